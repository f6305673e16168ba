# The sources of this room: libminato_a_SOURCES += ...
libminato_a_SOURCES += \
	gateway/envelope/charset.h \
	gateway/envelope/hl7v2.h gateway/envelope/hl7v2_patient.h

libminato_a_SOURCES += \
	gateway/envelope/content_type.h \
	gateway/envelope/mtom.h \
	gateway/envelope/soap.h \
	gateway/envelope/xml_reader.h \
	gateway/envelope/xml_writer.h

libminato_a_SOURCES += \
	gateway/envelope/hl7v3.h

libminato_a_SOURCES += \
	gateway/envelope/ebrim.h
