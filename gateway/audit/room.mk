libminato_a_SOURCES += gateway/audit/record.c gateway/audit/record.h
