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
	store/registry.h \
	store/repository.h
