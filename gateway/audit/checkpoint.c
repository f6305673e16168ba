/* gateway/audit/checkpoint.c: what has gone of a chain of audit records, as a signed line. */
#include "gateway/audit/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/audit/anchors.h"
#include "gateway/base/text.h"

#define PREFIX "minato-checkpoint-1"

static const char *kind_word(enum audit_kind kind)
{
	return kind == AUDIT_OWN ? "own" : "received";
}

static void put_hex(const unsigned char octets[AUDIT_HASH], char out[2 * AUDIT_HASH + 1])
{
	for (size_t i = 0; i < AUDIT_HASH; i++)
		sprintf(out + 2 * i, "%02x", octets[i]);
}

/* The line has no earlier time. */
static int64_t told(instant time)
{
	return time < 0 ? 0 : time;
}

/* What is signed; returns its length. */
static size_t put_line(const struct checkpoint *c, char out[CHECKPOINT_LINE + 1])
{
	char hash[2 * AUDIT_HASH + 1], before[2 * AUDIT_HASH + 1];
	put_hex(c->last.hash, hash);
	put_hex(c->before, before);
	return (size_t)snprintf(out, CHECKPOINT_LINE + 1,
				PREFIX " %s %" PRIu64 " %s %" PRIu64 " %" PRId64 " %" PRId64
				       " %" PRIu64 " %" PRId64 " %s",
				kind_word(c->kind), c->last.sequence, hash, c->count,
				told(c->first_time), told(c->last_time), c->keep, told(c->time),
				before);
}

bool checkpoint_sign(const struct checkpoint *c, const struct anchor_key *k,
		     char out[CHECKPOINT_LINE + 1])
{
	unsigned char signature[ANCHOR_SIGNATURE];
	size_t length = put_line(c, out);
	if (!anchor_key_sign(k, (struct bytes){ (const unsigned char *)out, length }, signature))
		return false;
	out[length++] = ' ';
	for (size_t i = 0; i < ANCHOR_SIGNATURE; i++)
		sprintf(out + length + 2 * i, "%02x", signature[i]);
	return true;
}

/* The next word up to a blank or the end; NULL: there is none. The text is changed. */
static char *word(char **text)
{
	char *first = *text, *blank;
	if (first == NULL || *first == '\0')
		return NULL;
	blank = strchr(first, ' ');
	*text = blank == NULL ? NULL : blank + 1;
	if (blank != NULL)
		*blank = '\0';
	return first;
}

static bool number(char **text, uint64_t most, uint64_t *out)
{
	char *w = word(text);
	return w != NULL && text_to_number(w, most, out);
}

static bool moment(char **text, instant *out)
{
	uint64_t n = 0;
	bool read = number(text, INT64_MAX, &n);
	*out = (instant)n;
	return read;
}

static bool hash(char **text, unsigned char out[AUDIT_HASH])
{
	char *w = word(text);
	return w != NULL && strlen(w) == 2 * (size_t)AUDIT_HASH
	       && bytes_from_hex(w, 2 * (size_t)AUDIT_HASH, out);
}

static bool kind(char **text, enum audit_kind *out)
{
	char *w = word(text);
	*out = text_equal(w, "received") ? AUDIT_RECEIVED : AUDIT_OWN;
	return text_equal(w, kind_word(*out));
}

/* Written anew it is the same: one form of each number, or two lines could say the same. */
bool checkpoint_read(struct bytes line, struct checkpoint *out)
{
	char text[CHECKPOINT_LINE + 1], again[CHECKPOINT_LINE + 1], *rest = text;
	const size_t tail = 1 + 2 * ANCHOR_SIGNATURE;
	*out = (struct checkpoint){ .kind = AUDIT_OWN };
	if (line.length <= tail || line.length > CHECKPOINT_LINE
	    || memchr(line.data, '\0', line.length) != NULL)
		return false;
	memcpy(text, line.data, line.length);
	text[line.length] = '\0';
	return text_equal(word(&rest), PREFIX) && kind(&rest, &out->kind)
	       && number(&rest, UINT64_MAX, &out->last.sequence) && hash(&rest, out->last.hash)
	       && number(&rest, UINT64_MAX, &out->count) && moment(&rest, &out->first_time)
	       && moment(&rest, &out->last_time) && number(&rest, UINT64_MAX, &out->keep)
	       && moment(&rest, &out->time) && hash(&rest, out->before)
	       && put_line(out, again) == line.length - tail
	       && memcmp(again, line.data, line.length - tail) == 0;
}

bool checkpoint_signed(struct bytes line, const struct anchor_key *own,
		       const struct anchor_keys *others)
{
	return (own != NULL && anchor_signed(line, own)) || anchor_signed_by_any(line, others);
}

bool checkpoint_is_of(const struct checkpoint *c, enum audit_kind kind,
		      const struct audit_checkpoint *row)
{
	return c->kind == kind && c->last.sequence == row->sequence
	       && memcmp(c->last.hash, row->hash, AUDIT_HASH) == 0
	       && c->count == audit_place(row->sequence) && c->first_time == told(row->first)
	       && c->last_time == told(row->last);
}

const char *checkpoint_fault(const struct audit_checkpoint *row, enum audit_kind kind,
			     const struct anchors *at)
{
	struct checkpoint c;
	if (audit_place(row->sequence) == 0)
		return NULL;
	if (!checkpoint_read(row->line, &c) || !checkpoint_is_of(&c, kind, row))
		return "is said to have gone by a checkpoint whose line says something else: it "
		       "was "
		       "made by hand";
	if (!checkpoint_signed(row->line, at->key, at->others))
		return "is said to have gone by a checkpoint that no key we have has signed: "
		       "whoever "
		       "took it away was not this gateway";
	return NULL;
}
