# Signatures over documents (DSG): read and verified, never made. And files of ours that are signed.
libminato_a_SOURCES += \
	gateway/signature/algorithms.c gateway/signature/algorithms.h \
	gateway/signature/base64url.c gateway/signature/base64url.h \
	gateway/signature/health_role.c gateway/signature/inside.h gateway/signature/jades.c \
	gateway/signature/signature.c gateway/signature/signature.h \
	gateway/signature/signed_file.c gateway/signature/signed_file.h gateway/signature/signer.c \
	gateway/signature/xades_read.c gateway/signature/xades_verify.c \
	gateway/signature/xml_signature.c gateway/signature/xml_signature.h
