# Arena, octets, text, clock, log, workers: what every room may enter.
libminato_a_SOURCES += \
	gateway/base/arena.c gateway/base/arena.h \
	gateway/base/backoff.c gateway/base/backoff.h \
	gateway/base/bytes.c gateway/base/bytes.h \
	gateway/base/clock.c gateway/base/clock.h \
	gateway/base/derived_id.c gateway/base/derived_id.h \
	gateway/base/descriptors.c gateway/base/descriptors.h \
	gateway/base/normalise.h gateway/base/normalise_name.c gateway/base/normalise_number.c \
	gateway/base/normalise_insurance.c \
	gateway/base/normalise_place.c gateway/base/normalise_provisional.c \
	gateway/base/runes.c gateway/base/runes.h \
	gateway/base/giving_way.c gateway/base/giving_way.h \
	gateway/base/log.c gateway/base/log.h \
	gateway/base/private_key.c gateway/base/private_key.h \
	gateway/base/progress.c gateway/base/progress.h \
	gateway/base/machine_memory.c gateway/base/machine_memory.h \
	gateway/base/json_arena.c gateway/base/json_arena.h \
	gateway/base/regular_file.c gateway/base/regular_file.h \
	gateway/base/sanitized.h \
	gateway/base/shares.c gateway/base/shares.h \
	gateway/base/spool.c gateway/base/spool.h \
	gateway/base/text.c gateway/base/text.h \
	gateway/base/text_set.c gateway/base/text_set.h \
	gateway/base/trace.c gateway/base/trace.h \
	gateway/base/turns.c gateway/base/turns.h \
	gateway/base/value.c gateway/base/value.h \
	gateway/base/withheld.c gateway/base/withheld.h \
	gateway/base/workers.c gateway/base/workers.h
libminato_a_SOURCES += gateway/base/findings.c gateway/base/findings.h
