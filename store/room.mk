# What we keep.
libminato_a_SOURCES += \
	store/audit_log.h \
	store/blobs.h \
	store/check.h \
	store/engine.h \
	store/keys.c store/keys.h \
	store/record.c store/record.h \
	store/store.h

libminato_a_SOURCES += \
	store/registry.c store/registry.h \
	store/registry_check.c \
	store/registry_record.c store/registry_record.h \
	store/registry_submission.c \
	store/repository.c store/repository.h
