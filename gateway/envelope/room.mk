# The sources of this room: libminato_a_SOURCES += ...
libminato_a_SOURCES += \
	gateway/envelope/charset.h \
	gateway/envelope/hl7v2.h gateway/envelope/hl7v2_patient.h
