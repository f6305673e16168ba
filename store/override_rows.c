/* store/override_rows.c: how overrides are laid out in keys. */
#include "store/override_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/record.h"

enum { VERSION = 1 };
enum {
	TAG_SYSTEM = 1,
	TAG_ASKER,
	TAG_DISPLAY,
	TAG_ROLE,
	TAG_ORGANIZATION,
	TAG_PURPOSE,
	TAG_REASON,
	TAG_PERSON,
	TAG_RECORD,
	TAG_PATIENT,
	TAG_EXCHANGE,
	TAG_SINCE,
	TAG_UNTIL,
	TAG_ENDED,
	TAG_ACCESSES,
	TAG_REVIEWED,
	TAG_REVIEWED_BY,
	TAG_REVIEW,
	TAG_TOLD,
	TAG_TOLD_BY,
	TAG_TOLD_HOW,
	TAG_ERRAND,
};

/* A field is one of three forms. */
static const struct {
	unsigned tag;
	size_t offset;
} texts[] = {
	{ TAG_SYSTEM, offsetof(struct override, system) },
	{ TAG_ASKER, offsetof(struct override, asker) },
	{ TAG_DISPLAY, offsetof(struct override, display) },
	{ TAG_ROLE, offsetof(struct override, role) },
	{ TAG_ORGANIZATION, offsetof(struct override, organization) },
	{ TAG_PURPOSE, offsetof(struct override, purpose) },
	{ TAG_REASON, offsetof(struct override, reason) },
	{ TAG_PATIENT, offsetof(struct override, patient) },
	{ TAG_EXCHANGE, offsetof(struct override, exchange) },
	{ TAG_REVIEWED_BY, offsetof(struct override, reviewed_by) },
	{ TAG_REVIEW, offsetof(struct override, review) },
	{ TAG_TOLD_BY, offsetof(struct override, told_by) },
	{ TAG_TOLD_HOW, offsetof(struct override, told_how) },
}, numbers[] = {
	{ TAG_PERSON, offsetof(struct override, person) },
	{ TAG_RECORD, offsetof(struct override, record) },
	{ TAG_ACCESSES, offsetof(struct override, accesses) },
	{ TAG_ERRAND, offsetof(struct override, errand) },
}, times[] = {
	{ TAG_SINCE, offsetof(struct override, since) },
	{ TAG_UNTIL, offsetof(struct override, until) },
	{ TAG_ENDED, offsetof(struct override, ended) },
	{ TAG_REVIEWED, offsetof(struct override, reviewed) },
	{ TAG_TOLD, offsetof(struct override, told) },
};
enum {
	TEXTS = sizeof texts / sizeof texts[0],
	NUMBERS = sizeof numbers / sizeof numbers[0],
	TIMES = sizeof times / sizeof times[0],
};

struct bytes override_row(struct arena *a, const struct override *o)
{
	struct record_writer w = record_begin(a, VERSION);
	const char *at = (const char *)o;
	for (size_t i = 0; i < TEXTS; i++)
		record_text(&w, texts[i].tag, *(const char *const *)(at + texts[i].offset));
	for (size_t i = 0; i < NUMBERS; i++)
		record_number(&w, numbers[i].tag, *(const uint64_t *)(at + numbers[i].offset));
	for (size_t i = 0; i < TIMES; i++)
		record_instant(&w, times[i].tag, *(const instant *)(at + times[i].offset));
	return record_end(&w);
}

static void read_field(struct record_reader *r, struct override *out)
{
	char *at = (char *)out;
	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i].tag == r->tag)
			*(const char **)(at + texts[i].offset) = record_as_text(r);
	for (size_t i = 0; i < NUMBERS; i++)
		if (numbers[i].tag == r->tag)
			*(uint64_t *)(at + numbers[i].offset) = record_as_number(r);
	for (size_t i = 0; i < TIMES; i++)
		if (times[i].tag == r->tag)
			*(instant *)(at + times[i].offset) = record_as_instant(r);
}

bool override_row_read(struct bytes row, struct override *out)
{
	struct record_reader r = record_read(row);
	while (r.version == VERSION && record_next(&r))
		read_field(&r, out);
	return !r.broken && out->system != NULL && out->asker != NULL && out->reason != NULL
	       && out->purpose != NULL && out->patient != NULL && out->person != 0
	       && out->since != 0 && out->until != 0;
}

struct bytes override_until_row(struct arena *a, const struct override *o)
{
	struct record_writer w = record_begin(a, VERSION);
	record_instant(&w, TAG_UNTIL, o->until);
	return record_end(&w);
}

instant override_until_read(struct bytes row)
{
	struct override o = { .until = 0 };
	struct record_reader r = record_read(row);
	while (r.version == VERSION && record_next(&r))
		read_field(&r, &o);
	return r.broken ? 0 : o.until;
}

bool override_id_octets(const char *id, unsigned char out[OVERRIDE_ID])
{
	return id != NULL && strlen(id) == (size_t)2 * OVERRIDE_ID
	       && bytes_from_hex(id, (size_t)2 * OVERRIDE_ID, out);
}

struct key override_key(unsigned char space, const unsigned char id[OVERRIDE_ID])
{
	struct key k;
	key_begin(&k, space);
	key_bytes(&k, id, OVERRIDE_ID);
	return k;
}

struct key override_open_key(uint64_t person, const unsigned char *id)
{
	struct key k;
	key_begin(&k, SPACE_OVERRIDE_OPEN);
	key_id(&k, person);
	if (id != NULL)
		key_bytes(&k, id, OVERRIDE_ID);
	return k;
}
