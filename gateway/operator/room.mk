bin_PROGRAMS += minato
minato_SOURCES = gateway/operator/minato.c
minato_LDADD = $(MINATO_LIBS)

libminato_a_SOURCES += \
	gateway/operator/admin_client.c gateway/operator/admin_client.h \
	gateway/operator/command.h gateway/operator/commands.c \
	gateway/operator/command_daemon.c \
	gateway/operator/command_line.c \
	gateway/operator/command_region.c \
	gateway/operator/command_transactions.c \
	gateway/operator/conf_writer.c gateway/operator/conf_writer.h \
	gateway/operator/init.c \
	gateway/operator/invocation.c \
	gateway/operator/output.c gateway/operator/output.h \
	gateway/operator/pki.c gateway/operator/pki.h \
	gateway/operator/region_files.c gateway/operator/region_files.h
