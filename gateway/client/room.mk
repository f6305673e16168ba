# The dialects outward: requests we send to others.
libminato_a_SOURCES += \
	gateway/client/admin_client.c gateway/client/admin_client.h \
	gateway/client/answer_body.c gateway/client/answer_body.h \
	gateway/client/answer_files.c gateway/client/answer_files.h \
	gateway/client/call_groups.c gateway/client/call_groups.h \
	gateway/client/calls.c gateway/client/calls.h \
	gateway/client/circuits.c gateway/client/circuits.h \
	gateway/client/client_thread.c gateway/client/client_thread.h \
	gateway/client/curl_handle.c gateway/client/curl_handle.h \
	gateway/client/hl7_call.c gateway/client/hl7_call.h \
	gateway/client/hl7v3_call.c gateway/client/hl7v3_call.h \
	gateway/client/https_client.c gateway/client/https_client.h \
	gateway/client/mllp_calls.c gateway/client/mllp_calls.h \
	gateway/client/mllp_client.c gateway/client/mllp_client.h \
	gateway/client/probe.c gateway/client/probe.h gateway/client/probing.h \
	gateway/client/probe_message.c gateway/client/probe_mllp.c gateway/client/probe_outcome.c gateway/client/probe_question.c \
	gateway/client/probe_rows.c gateway/client/probe_tls.c \
	gateway/client/staple.c gateway/client/staple.h \
	gateway/client/soap_call.c gateway/client/soap_call.h \
	gateway/client/soap_client.c gateway/client/soap_client.h
