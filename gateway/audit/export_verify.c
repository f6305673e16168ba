/* gateway/audit/export_verify.c: audit records in a file that proves itself: does it? Line by line;
 * a line is as long as its record. */
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/export_lines.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "store/audit_received.h"

/* No record has as many octets, in base64. */
enum { LINE_MOST = 64 << 20 };

struct verifying {
	struct export_verdict *out;
	struct arena *arena, *line_arena;
	struct text_list *faults, **last_fault;
	struct export_chain **last_chain, *chain; /* chain NULL: none was begun */
	const struct anchor_keys *keys;
	EVP_MD_CTX *whole, *link;
	unsigned char hash[AUDIT_HASH];  /* of the entry before */
	unsigned char begin[AUDIT_HASH]; /* the same of a chain with a checkpoint, at its begin */
	struct bytes value; /* the entry that a message may follow; of the line before */
	uint64_t line, sequence;
	bool begun, ended;
};

static void fault(struct verifying *v, const char *what)
{
	if (v->out->fault_count++ < EXPORT_FAULTS)
		v->last_fault = text_list_add(
			v->arena, v->last_fault,
			arena_printf(v->arena, "line %" PRIu64 ": %s", v->line, what));
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

static bool number(char **text, uint64_t *out)
{
	char *w = word(text);
	return w != NULL && text_to_number(w, UINT64_MAX, out);
}

static bool hash(char **text, unsigned char out[AUDIT_HASH])
{
	char *w = word(text);
	return w != NULL && strlen(w) == 2 * (size_t)AUDIT_HASH
	       && bytes_from_hex(w, 2 * (size_t)AUDIT_HASH, out);
}

static void read_begin(struct verifying *v, char *rest)
{
	char *kind = word(&rest);
	uint64_t time;
	v->begun = v->line == 1 && number(&rest, &time);
	if (!v->begun || (!text_equal(kind, "own") && !text_equal(kind, "received"))) {
		fault(v, "it is no beginning of an export");
		return;
	}
	v->out->kind = text_equal(kind, "own") ? EXPORT_OWN : EXPORT_RECEIVED;
	v->out->time = (instant)time;
}

static void read_chain(struct verifying *v, char *rest)
{
	struct export_chain *c = arena_new(v->arena, struct export_chain);
	if (!number(&rest, &c->chain) || !hash(&rest, v->hash)) {
		fault(v, "it begins no chain");
		return;
	}
	*v->last_chain = v->chain = c;
	v->last_chain = &c->next;
	v->sequence = 0;
}

static bool is_of_chain(const struct verifying *v, const struct checkpoint *c)
{
	return c->kind == (v->out->kind == EXPORT_OWN ? AUDIT_OWN : AUDIT_RECEIVED)
	       && audit_chain(c->last.sequence) == v->chain->chain && c->count != 0
	       && c->count == audit_place(c->last.sequence);
}

/* Behind the chain's line. What is signed in it says what went; an entry that follows on the last
 * of it has to name its hash. */
static void read_checkpoint(struct verifying *v, char *rest)
{
	struct checkpoint c;
	struct bytes line = { (const unsigned char *)rest, rest == NULL ? 0 : strlen(rest) };
	if (v->chain == NULL || v->sequence != 0 || v->chain->gone.count != 0
	    || !checkpoint_read(line, &c) || !is_of_chain(v, &c)) {
		fault(v, "it is no checkpoint of the chain");
		return;
	}
	if (!checkpoint_signed(line, NULL, v->keys))
		fault(v, "the checkpoint is signed by none of the keys");
	v->chain->gone = c;
	memcpy(v->begin, v->hash, AUDIT_HASH);
}

/* The first entry of a chain: not before what has gone, and on it where it is the next. */
static void hold_begin(struct verifying *v, uint64_t sequence)
{
	const struct checkpoint *c = &v->chain->gone;
	if (c->count == 0)
		return;
	if (sequence <= c->last.sequence)
		fault(v, "the entry has gone by the checkpoint before it");
	else if (sequence == c->last.sequence + 1
		 && memcmp(v->begin, c->last.hash, AUDIT_HASH) != 0)
		fault(v, "the entry does not follow on the checkpoint");
}

/* Follows on the one before, and is what was hashed. */
static bool is_linked(struct verifying *v, uint64_t sequence, struct bytes value)
{
	static const unsigned char leaf = 0x00;
	unsigned char made[AUDIT_HASH];
	bool done = EVP_DigestInit_ex(v->link, EVP_sha256(), NULL) == 1
		    && EVP_DigestUpdate(v->link, &leaf, 1) == 1
		    && EVP_DigestUpdate(v->link, v->hash, AUDIT_HASH) == 1
		    && EVP_DigestUpdate(v->link, value.data + AUDIT_HASH, value.length - AUDIT_HASH)
			       == 1
		    && EVP_DigestFinal_ex(v->link, made, NULL) == 1;
	if (audit_chain(sequence) != v->chain->chain
	    || (v->sequence != 0 && sequence != v->sequence + 1))
		fault(v, "the entry is not the next of its chain");
	else if (!done || memcmp(made, value.data, AUDIT_HASH) != 0)
		fault(v, "the entry does not follow on the one before, or is not as it was "
			 "written");
	else
		return true;
	return false;
}

static bool read_value(struct verifying *v, char *rest, uint64_t *sequence, struct bytes *value)
{
	unsigned char said[AUDIT_HASH];
	struct bytes entry;
	if (v->chain == NULL || !number(&rest, sequence) || !hash(&rest, said) || rest == NULL
	    || !bytes_from_base64(v->line_arena, rest, &entry))
		return false;
	unsigned char *joined = arena_alloc(v->line_arena, AUDIT_HASH + entry.length);
	memcpy(joined, said, AUDIT_HASH);
	if (entry.length != 0)
		memcpy(joined + AUDIT_HASH, entry.data, entry.length);
	*value = (struct bytes){ joined, AUDIT_HASH + entry.length };
	return true;
}

static void read_entry(struct verifying *v, char *rest)
{
	uint64_t sequence;
	struct bytes value;
	if (!read_value(v, rest, &sequence, &value)) {
		fault(v, "it is no entry");
		return;
	}
	if (v->sequence == 0)
		hold_begin(v, sequence);
	is_linked(v, sequence, value);
	if (v->chain->first == 0)
		v->chain->first = audit_place(sequence);
	v->chain->last = audit_place(sequence);
	v->sequence = sequence;
	memcpy(v->hash, value.data, AUDIT_HASH); /* from here on it may fit again */
	v->value = value;
	v->out->entries++;
}

/* What the entry says, in the words of others. */
static bool message_of(struct verifying *v, struct bytes *message)
{
	struct audit_entry own = { .sequence = v->sequence };
	struct received_entry received = { .sequence = v->sequence };
	if (v->out->kind == EXPORT_OWN)
		return audit_log_read(v->value, v->line_arena, &own)
		       && audit_record_render(v->line_arena, &own, message);
	bool read = received_read(v->value, v->line_arena, &received) && received.first == 0;
	*message = received.octets;
	return read;
}

static void read_message(struct verifying *v, char *rest)
{
	struct bytes said, is;
	if (v->value.length == 0 || rest == NULL || !bytes_from_base64(v->line_arena, rest, &said)
	    || !message_of(v, &is) || !bytes_equal(said, is))
		fault(v, "the message is not that of the entry before it");
}

static void read_end(struct verifying *v, char *rest)
{
	uint64_t count;
	v->ended = true;
	if (!number(&rest, &count) || count != v->out->entries)
		fault(v, "there were more or fewer entries when it was written");
}

static const struct {
	const char *name;
	void (*read)(struct verifying *v, char *rest);
} lines[] = {
	{ EXPORT_FORM, read_begin }, { "chain", read_chain },     { "checkpoint", read_checkpoint },
	{ "entry", read_entry },     { "message", read_message }, { "end", read_end },
};

static void read_line(struct verifying *v, char *text)
{
	char *rest = text, *first = word(&rest);
	size_t i = 0;
	while (i < COUNT(lines) && !text_equal(first, lines[i].name))
		i++;
	if (i == COUNT(lines) || v->ended || (v->line == 1) != (i == 0)) {
		fault(v, "it does not belong there");
		return;
	}
	lines[i].read(v, rest);
}

struct one_line {
	struct verifying *v;
	char *text;
};

static void in_memory(void *with)
{
	struct one_line *l = with;
	read_line(l->v, l->text);
}

/* A message looks at the entry of the line before: that one's memory stays until then. */
static void take_line(struct verifying *v, char *text, size_t length)
{
	struct one_line l = { v, text };
	bool message = text_starts(text, "message ");
	v->line++;
	EVP_DigestUpdate(v->whole, text, length);
	bool ended = length > 0 && text[length - 1] == '\n';
	if (ended)
		text[length - 1] = '\0';
	if (!message) {
		arena_reset(v->line_arena);
		v->value = (struct bytes){ NULL, 0 };
	}
	if (!ended || strlen(text) != length - 1)
		fault(v, "it is not a line of text");
	else if (!arena_run(v->line_arena, in_memory, &l))
		fault(v, "it is too long");
}

static void read_lines(struct verifying *v, FILE *stream)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	while ((length = getline(&text, &room, stream)) > 0 && room <= LINE_MOST)
		take_line(v, text, (size_t)length);
	free(text);
	v->line++;
	if (!v->ended)
		fault(v, "the end is missing");
}

/* Whether the line beside it is of this file, and by whom. */
static void hold_signature(struct verifying *v, const char *path, const struct anchor_keys *keys)
{
	unsigned char digest[AUDIT_HASH], said[AUDIT_HASH];
	char line[EXPORT_SIGNATURE + 1] = "", *rest = line;
	FILE *stream = regular_stream(arena_printf(v->arena, "%s.sig", path));
	bool there = stream != NULL && fgets(line, sizeof line, stream) != NULL;
	if (stream != NULL)
		fclose(stream);
	line[strcspn(line, "\n")] = '\0';
	v->line = 0;
	v->out->is_signed = there && anchor_signed_by_any(bytes_of_text(line), keys);
	if (!v->out->is_signed) {
		fault(v, there ? "the signature beside the file is by none of the keys"
			       : "there is no signature beside the file");
		return;
	}
	if (EVP_DigestFinal_ex(v->whole, digest, NULL) != 1 || !text_equal(word(&rest), EXPORT_FORM)
	    || !hash(&rest, said) || memcmp(digest, said, AUDIT_HASH) != 0) {
		v->out->is_signed = false;
		fault(v, "the signature beside the file is of another file");
	}
}

bool export_file_verify(const char *path, const struct anchor_keys *keys, struct arena *a,
			struct export_verdict *out, struct problem *p)
{
	struct verifying v = {
		.out = out, .arena = a, .line_arena = arena_create(LINE_MOST), .keys = keys
	};
	FILE *stream = regular_stream(path);
	*out = (struct export_verdict){ .entries = 0 };
	v.last_fault = &v.faults;
	v.last_chain = &out->chains;
	v.whole = EVP_MD_CTX_new();
	v.link = EVP_MD_CTX_new();
	bool ready = stream != NULL && v.line_arena != NULL && v.whole != NULL && v.link != NULL
		     && EVP_DigestInit_ex(v.whole, EVP_sha256(), NULL) == 1;
	if (ready) {
		read_lines(&v, stream);
		hold_signature(&v, path, keys);
		out->faults = v.faults;
	} else {
		problem_set(p, stream == NULL ? PROBLEM_REQUEST_INVALID : PROBLEM_OUT_OF_RESOURCES,
			    "%s cannot be read: %s", path, strerror(errno));
	}
	if (stream != NULL)
		fclose(stream);
	EVP_MD_CTX_free(v.whole);
	EVP_MD_CTX_free(v.link);
	arena_destroy(v.line_arena);
	return ready;
}
