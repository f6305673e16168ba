# Assertions about persons (ITI-40): read, verified, and made of our own.
libminato_a_SOURCES += \
	gateway/assertion/assertion.h gateway/assertion/inside.h \
	gateway/assertion/attributes.c gateway/assertion/conditions.c \
	gateway/assertion/make.c gateway/assertion/make.h \
	gateway/assertion/memory.c gateway/assertion/memory.h \
	gateway/assertion/place.c gateway/assertion/shape.c gateway/assertion/steps.c \
	gateway/assertion/verify.c
