# The sources of this room: libminato_a_SOURCES += ...
libminato_a_SOURCES += \
	gateway/transport/answering.c \
	gateway/transport/connection.c \
	gateway/transport/door.c gateway/transport/door.h \
	gateway/transport/fault.h \
	gateway/transport/front.c \
	gateway/transport/http_head.c gateway/transport/http_head.h \
	gateway/transport/http_parser.c gateway/transport/http_parser.h \
	gateway/transport/inside.h \
	gateway/transport/lane.c \
	gateway/transport/loop.c \
	gateway/transport/message.c \
	gateway/transport/mllp_parser.c gateway/transport/mllp_parser.h \
	gateway/transport/ocsp.c gateway/transport/ocsp.h \
	gateway/transport/ocsp_answers.c gateway/transport/ocsp_answers.h \
	gateway/transport/pace.c gateway/transport/pace.h \
	gateway/transport/reading.c \
	gateway/transport/reference.c \
	gateway/transport/refusing.c \
	gateway/transport/shaking.c \
	gateway/transport/tls.c gateway/transport/revocation_lists.c gateway/transport/revocation_lists.h gateway/transport/tls.h \
	gateway/transport/tls_ocsp.c gateway/transport/tls_ocsp.h \
	gateway/transport/tls_words.c gateway/transport/tls_words.h gateway/transport/syslog_parser.c gateway/transport/syslog_parser.h \
	gateway/transport/tls_files.c gateway/transport/tls_files.h
