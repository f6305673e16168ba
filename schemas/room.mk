libminato_a_SOURCES += \
	schemas/tables/problem.c schemas/tables/problem.h
