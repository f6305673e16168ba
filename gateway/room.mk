# The few files that see every room.
sbin_PROGRAMS += minatod
minatod_SOURCES = gateway/main.c
minatod_LDADD = $(MINATO_LIBS)
