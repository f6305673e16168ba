# The sources of this room: libminato_a_SOURCES += ...

# Code sets as files.
libminato_a_SOURCES += \
	gateway/envelope/code_file.c gateway/envelope/code_file.h \
	gateway/envelope/code_file_fhir.c gateway/envelope/code_file_tsv.c gateway/envelope/code_file_xml.c \
	gateway/envelope/code_system_oid.c gateway/envelope/code_system_oid.h

# XML, SOAP, MTOM.
libminato_a_SOURCES += \
	gateway/envelope/boundary.c gateway/envelope/boundary.h \
	gateway/envelope/content_type.c gateway/envelope/content_type.h \
	gateway/envelope/mtom.h gateway/envelope/mtom_reader.c gateway/envelope/mtom_writer.c \
	gateway/envelope/quoted_printable.c gateway/envelope/quoted_printable.h \
	gateway/envelope/mtom_part.c gateway/envelope/mtom_part.h \
	gateway/envelope/mtom_ranges.c gateway/envelope/mtom_ranges.h \
	gateway/envelope/soap.h gateway/envelope/soap_open.c gateway/envelope/soap_write.c \
	gateway/envelope/xop.c \
	gateway/envelope/xml_copy.c \
	gateway/envelope/xml_dom.c gateway/envelope/xml_dom.h \
	gateway/envelope/xml_events.c gateway/envelope/xml_events.h \
	gateway/envelope/xml_parsers.c gateway/envelope/xml_parsers.h \
	gateway/envelope/xml_grammar.c \
	gateway/envelope/xml_guard.c gateway/envelope/xml_guard.h \
	gateway/envelope/xml_node.c \
	gateway/envelope/xml_reader.c gateway/envelope/xml_reader.h \
	gateway/envelope/xml_shape.c gateway/envelope/xml_shape.h gateway/envelope/xml_time.c gateway/envelope/xml_time.h \
	gateway/envelope/xml_tree.h \
	gateway/envelope/xml_walk.c gateway/envelope/xml_walk.h \
	gateway/envelope/xml_writer.c gateway/envelope/xml_writer.h

# HL7 v2 and its character sets.
libminato_a_SOURCES += \
	gateway/envelope/charset.c gateway/envelope/charset_encode.c gateway/envelope/charset_names.c \
	gateway/envelope/charset_place.c gateway/envelope/charset.h \
	gateway/envelope/charset_sets.h \
	gateway/envelope/hl7v2.c gateway/envelope/hl7v2_value.c gateway/envelope/hl7v2_writer.c \
	gateway/envelope/hl7v2_ack.c gateway/envelope/hl7v2_batch.c gateway/envelope/hl7v2_batch.h gateway/envelope/hl7v2.h \
	gateway/envelope/hl7v2_patient.c gateway/envelope/hl7v2_person_write.c \
	gateway/envelope/hl7v2_my_number.c gateway/envelope/hl7v2_my_number.h \
	gateway/envelope/hl7v2_patient.h \
	gateway/envelope/occurrence.c gateway/envelope/occurrence.h \
	gateway/envelope/person_reader.c gateway/envelope/person_reader.h

libminato_a_SOURCES += \
	gateway/envelope/hl7v3.h \
	gateway/envelope/hl7v3_person.c gateway/envelope/hl7v3_person_write.c \
	gateway/envelope/hl7v3_read.c \
	gateway/envelope/hl7v3_write.c

libminato_a_SOURCES += \
	gateway/envelope/ebrim.h \
	gateway/envelope/ebrim_parts.c gateway/envelope/ebrim_parts.h \
	gateway/envelope/ebrim_query.c \
	gateway/envelope/ebrim_reader.c gateway/envelope/ebrim_response.c \
	gateway/envelope/ebrim_writer.c

# What an Audit Record Repository is sent.
libminato_a_SOURCES += \
	gateway/envelope/audit_message.c gateway/envelope/audit_message.h \
	gateway/envelope/syslog_message.c gateway/envelope/syslog_message.h
