# The sources of this room: libminato_a_SOURCES += ...
libminato_a_SOURCES += \
	gateway/transport/door.c gateway/transport/door.h \
	gateway/transport/http_head.c gateway/transport/http_head.h \
	gateway/transport/http_parser.c gateway/transport/http_parser.h \
	gateway/transport/mllp_parser.c gateway/transport/mllp_parser.h
