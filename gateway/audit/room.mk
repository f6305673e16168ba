# ITI-20: records of what was done, the log that keeps them, the courier that delivers them.
libminato_a_SOURCES += \
	gateway/audit/anchor.c gateway/audit/anchor.h \
	gateway/audit/anchors.c gateway/audit/anchors.h \
	gateway/audit/indexer.c gateway/audit/indexer.h \
	gateway/audit/anchoring.c gateway/audit/anchoring.h \
	gateway/audit/checkpoint.c gateway/audit/checkpoint.h \
	gateway/audit/expiring.c gateway/audit/expiring.h \
	gateway/audit/courier.c gateway/audit/courier.h \
	gateway/audit/event_dictionary.c gateway/audit/event_dictionary_1.h \
	gateway/audit/event_packing.c gateway/audit/event_packing.h \
	gateway/audit/event_record.c gateway/audit/event_record.h \
	gateway/audit/record.c gateway/audit/record.h \
	gateway/audit/record_parts.c gateway/audit/record_parts.h \
	gateway/audit/sending.c gateway/audit/sending.h \
	gateway/audit/subjects.c gateway/audit/subjects.h \
	gateway/audit/syslog_tls.c gateway/audit/syslog_tls.h
libminato_a_SOURCES += gateway/audit/received_end.c gateway/audit/received_end.h \
	gateway/audit/export_file.c gateway/audit/export_file.h gateway/audit/export_lines.h \
	gateway/audit/export_verify.c
