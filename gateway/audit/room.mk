libminato_a_SOURCES += \
	gateway/audit/courier.c gateway/audit/courier.h gateway/audit/record.c gateway/audit/record.h \
	gateway/audit/syslog_tls.c gateway/audit/syslog_tls.h
