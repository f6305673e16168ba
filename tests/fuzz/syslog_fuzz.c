/* tests/fuzz/syslog_fuzz.c: any octets, in any pieces, to the reader of syslog frames; each frame
 * to those of its header and of the AuditMessage in it. Cut as in http_fuzz.c. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/audit_message.h"
#include "gateway/envelope/syslog_message.h"
#include "gateway/transport/syslog_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 64 * 1024, MEMORY = 8 << 20 };

static void bounded(const struct text_list *l)
{
	size_t count = 0;
	for (; l != NULL; l = l->next)
		if (++count > AUDIT_MESSAGE_MOST || l->value[0] == '\0')
			abort();
}

static void read_frame(void *with)
{
	struct buffer *frame = with;
	struct bytes octets = buffer_bytes(frame);
	struct syslog_message s = syslog_message_read(frame->arena, octets);
	struct audit_message m = audit_message_read(frame->arena, s.message);
	bool within = s.message.length == 0
		      || (s.message.data >= octets.data
			  && s.message.data + s.message.length == octets.data + octets.length);
	bool told = m.event != NULL || m.type != NULL || m.user != NULL || m.source != NULL
		    || m.patients != NULL || m.objects != NULL || m.participants != NULL;
	if (!within || (!s.whole && s.host != NULL) || (told && !m.is_one)
	    || (m.whole && !m.is_one))
		abort();
	bounded(m.patients);
	bounded(m.objects);
	bounded(m.participants);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(MEMORY);
	struct buffer frame = buffer_in(a);
	struct syslog_parser p;
	struct bytes octets;
	size_t step = size > 0 && data[0] % 4 != 0 ? data[0] : size;
	enum syslog_event e = SYSLOG_MORE;
	syslog_parser_begin(&p, LIMIT);
	for (size_t at = 1; e != SYSLOG_BROKEN && at < size;) {
		size_t piece = size - at < step ? size - at : step;
		struct bytes in = { data + at, piece };
		at += piece;
		while ((e = syslog_parser_next(&p, &in, &octets)) == SYSLOG_DATA
		       || e == SYSLOG_END) {
			buffer_append(&frame, octets.data, octets.length);
			if (frame.length > LIMIT || (e == SYSLOG_END && frame.length == 0))
				abort();
			if (e != SYSLOG_END)
				continue;
			arena_run(a, read_frame, &frame);
			arena_reset(a);
			frame = buffer_in(a);
		}
	}
	arena_destroy(a);
	return 0;
}
