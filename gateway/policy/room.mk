# Permit, deny or hide.
libminato_a_SOURCES += gateway/policy/decide.c gateway/policy/decide.h
