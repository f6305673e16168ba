# Permit, deny or hide.
libminato_a_SOURCES += gateway/policy/addressed.c gateway/policy/addressed.h \
	gateway/policy/beyond.c gateway/policy/beyond.h \
	gateway/policy/decide.c gateway/policy/decide.h \
	gateway/policy/disaster_area.c gateway/policy/disaster_area.h \
	gateway/policy/explain.c gateway/policy/explain.h \
	gateway/policy/policy_file.c gateway/policy/policy_file_acknowledged.c gateway/policy/policy_file.h gateway/policy/policy_reading.h \
	gateway/policy/region_rules.c gateway/policy/region_rules.h
