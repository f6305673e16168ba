# Assertions about persons (ITI-40): read and verified, never made.
libminato_a_SOURCES += \
	gateway/assertion/assertion.h gateway/assertion/inside.h \
	gateway/assertion/attributes.c gateway/assertion/conditions.c \
	gateway/assertion/memory.c gateway/assertion/memory.h \
	gateway/assertion/place.c gateway/assertion/shape.c gateway/assertion/steps.c \
	gateway/assertion/verify.c
