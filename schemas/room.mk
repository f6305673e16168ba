libminato_a_SOURCES += \
	schemas/model/audit_event.h schemas/model/document.c schemas/model/document.h \
	schemas/model/patient.h schemas/model/region.c schemas/model/region.h \
	schemas/model/registry_query.h schemas/model/values.h \
	schemas/tables/problem.c schemas/tables/problem.h
