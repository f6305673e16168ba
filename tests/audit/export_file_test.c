/* tests/audit/export_file_test.c: exported audit records, and what may be done to the file:
 * whatever is changed, left out, put in or exchanged is told, with the signature and without it. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "gateway/audit/export_file.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "store/audit_received.h"
#include "tests/store/fixture.h"

enum { ENTRIES = 4 };

struct scene {
	struct fixture f;
	struct anchor_key *key;
	struct anchor_keys *keys, *others; /* public: ours, somebody else's */
	const char *path;
	struct export_verdict v;
	struct problem p;
};

static EVP_PKEY *pair_of(struct scene *s, const char *name)
{
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(arena_printf(s->f.arena, "%s/%s.pub", s->f.directory, name), "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PUBKEY(f, pair) == 1);
	fclose(f);
	return pair;
}

static struct anchor_keys *keys_of(struct scene *s, const char *name)
{
	const char *why;
	return anchor_keys_read(arena_printf(s->f.arena, "%s/%s.pub", s->f.directory, name), &why);
}

static void begin(struct scene *s)
{
	const char *why;
	*s = (struct scene){ .key = NULL };
	fixture_open(&s->f);
	EVP_PKEY *ours = pair_of(s, "ours"), *another = pair_of(s, "another");
	const char *path = arena_printf(s->f.arena, "%s/key", s->f.directory);
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, ours, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(another);
	s->key = anchor_key_read(path, &why);
	s->keys = keys_of(s, "ours");
	s->others = keys_of(s, "another");
	CU_ASSERT_FATAL(s->key != NULL && s->keys != NULL && s->others != NULL);
	s->path = arena_printf(s->f.arena, "%s/export", s->f.directory);
}

static void end(struct scene *s)
{
	anchor_key_free(s->key);
	anchor_keys_free(s->keys);
	anchor_keys_free(s->others);
	fixture_close(&s->f);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	static const struct audit_source us = { .source_id = "test",
						.process_id = "1",
						.host = "h" };
	struct arena *a = store_arena(t);
	struct received_terms terms = { .source = "a", .received = 1 };
	(void)with;
	for (int i = 0; i < ENTRIES; i++) {
		const char *text = arena_printf(a, "record %d", i % 3); /* the last comes again */
		if (!audit_record_append(t, a, &us,
					 audit_application(a, &us, i % 2 == 0, "somebody", i + 1))
		    || !received_append(t, &terms, bytes_of_text(text), 0, NULL, p))
			return false;
	}
	return true;
}

/* A checkpoint that goes with it: up to which entry all has gone, whose hash it has, who signs. */
struct with_checkpoint {
	enum audit_kind kind;
	uint64_t sequence, hash_of;
	const struct anchor_key *key;
	unsigned times;
};
static const struct with_checkpoint *with;

static void put_checkpoint(struct scene *s, struct export_file *f, const struct audit_kept *kept)
{
	char line[CHECKPOINT_LINE + 1];
	struct checkpoint c = { .kind = with->kind,
				.last = { .sequence = with->sequence },
				.count = with->sequence,
				.first_time = 1,
				.last_time = 2,
				.keep = 86400,
				.time = 76 };
	memcpy(c.last.hash, kept[with->hash_of - 1].value.data, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(checkpoint_sign(&c, with->key == NULL ? s->key : with->key, line));
	for (unsigned i = 0; i < with->times; i++)
		export_file_checkpoint(f, bytes_of_text(line));
}

/* From the second entry on, so that it begins in the middle of its chain. */
static void write_export(struct scene *s, enum export_kind kind)
{
	struct audit_kept kept[ENTRIES];
	CU_ASSERT_TRUE_FATAL(store_write(s->f.store, append, NULL, &s->f.problem));
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	size_t count = kind == EXPORT_OWN ? audit_log_kept(t, 1, kept, ENTRIES, s->f.arena)
					  : received_from(t, 1, kept, ENTRIES, s->f.arena);
	CU_ASSERT_EQUAL_FATAL(count, ENTRIES);
	struct export_file *f = export_file_begin(s->path, kind, 77, &s->p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	export_file_chain(f, 0, kept[0].value.data);
	export_file_checkpoint(f, (struct bytes){ NULL, 0 });
	if (with != NULL)
		put_checkpoint(s, f, kept);
	for (size_t i = 1; i < count; i++) {
		struct audit_entry own = { .sequence = kept[i].sequence };
		struct received_entry other = { .sequence = kept[i].sequence };
		struct bytes message = { NULL, 0 };
		bool read = kind == EXPORT_OWN
				    ? audit_log_read(kept[i].value, s->f.arena, &own)
					      && audit_record_render(s->f.arena, &own, &message)
				    : received_read(kept[i].value, s->f.arena, &other);
		CU_ASSERT_TRUE(read);
		if (kind == EXPORT_RECEIVED)
			message = other.octets;
		export_file_entry(f, s->f.arena, kept[i].sequence, kept[i].value, message);
	}
	CU_ASSERT_TRUE(export_file_end(f, s->key, &s->p));
	store_end(t);
}

static bool verifies(struct scene *s, const struct anchor_keys *keys)
{
	CU_ASSERT_TRUE(export_file_verify(s->path, keys, s->f.arena, &s->v, &s->p));
	return s->v.fault_count == 0 && s->v.is_signed;
}

static void whole(void)
{
	for (int kind = EXPORT_OWN; kind <= EXPORT_RECEIVED; kind++) {
		struct scene s;
		begin(&s);
		write_export(&s, (enum export_kind)kind);
		CU_ASSERT_TRUE(verifies(&s, s.keys));
		for (const struct text_list *l = s.v.faults; l != NULL; l = l->next)
			printf("\n  %s", l->value);
		CU_ASSERT_EQUAL((int)s.v.kind, kind);
		CU_ASSERT_EQUAL(s.v.time, 77);
		CU_ASSERT_EQUAL(s.v.entries, ENTRIES - 1);
		CU_ASSERT(s.v.chains != NULL && s.v.chains->first == 2
			  && s.v.chains->last == ENTRIES && s.v.chains->next == NULL);
		CU_ASSERT_FALSE(verifies(&s, s.others));
		CU_ASSERT_FALSE(s.v.is_signed);
		CU_ASSERT_EQUAL(s.v.fault_count, 1);
		CU_ASSERT_PTR_NULL(export_file_begin(s.path, EXPORT_OWN, 1, &s.p));
		end(&s);
	}
}

/* ---- What is done to it ---- */

enum { LINES_MOST = 16 };
struct text_lines {
	char *of[LINES_MOST];
	size_t count;
};

static char *read_file(struct scene *s, size_t *length)
{
	FILE *f = fopen(s->path, "re");
	char *text = arena_alloc(s->f.arena, 64 * 1024);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	*length = fread(text, 1, 64 * 1024 - 1, f);
	fclose(f);
	return text;
}

static void write_file(struct scene *s, const char *text, size_t length)
{
	FILE *f = fopen(s->path, "we");
	CU_ASSERT_FATAL(f != NULL && fwrite(text, 1, length, f) == length);
	fclose(f);
}

static struct text_lines lines_of(struct scene *s)
{
	struct text_lines l = { .count = 0 };
	size_t length;
	char *text = read_file(s, &length), *at = text;
	for (char *next; (next = strchr(at, '\n')) != NULL; at = next + 1) {
		*next = '\0';
		l.of[l.count++] = at;
	}
	return l;
}

static void write_lines(struct scene *s, const struct text_lines *l)
{
	struct buffer b = buffer_in(s->f.arena);
	for (size_t i = 0; i < l->count; i++)
		if (l->of[i] != NULL)
			buffer_printf(&b, "%s\n", l->of[i]);
	write_file(s, (const char *)b.data, b.length);
}

/* Of what is wrong without a look at the signature: the last two faults are of that. */
static bool told_without_signature(const struct scene *s)
{
	return s->v.fault_count > 1;
}

static void each_line_left_out(void)
{
	struct scene s;
	begin(&s);
	write_export(&s, EXPORT_OWN);
	struct text_lines l = lines_of(&s);
	CU_ASSERT_EQUAL_FATAL(l.count, 2 + 2 * (ENTRIES - 1) + 1);
	for (size_t i = 0; i < l.count; i++) {
		char *kept = l.of[i];
		bool message = text_starts(kept, "message ");
		l.of[i] = NULL;
		write_lines(&s, &l);
		CU_ASSERT_FALSE(verifies(&s, s.keys));
		/* A message is written from its entry: nothing is gone with it. */
		if (!message && !told_without_signature(&s))
			printf("\n  line %zu", i + 1);
		CU_ASSERT(message || told_without_signature(&s));
		l.of[i] = kept;
	}
	write_lines(&s, &l);
	CU_ASSERT_TRUE(verifies(&s, s.keys));
	end(&s);
}

static void two_lines_exchanged(void)
{
	struct scene s;
	begin(&s);
	write_export(&s, EXPORT_OWN);
	struct text_lines l = lines_of(&s);
	for (size_t i = 0; i < l.count; i++)
		for (size_t k = i + 1; k < l.count; k++) {
			char *kept = l.of[i];
			l.of[i] = l.of[k];
			l.of[k] = kept;
			write_lines(&s, &l);
			CU_ASSERT_FALSE(verifies(&s, s.keys));
			CU_ASSERT(told_without_signature(&s));
			l.of[k] = l.of[i];
			l.of[i] = kept;
		}
	end(&s);
}

static void a_line_twice(void)
{
	struct scene s;
	begin(&s);
	write_export(&s, EXPORT_RECEIVED);
	struct text_lines l = lines_of(&s);
	for (size_t i = 0; i < l.count; i++) {
		struct text_lines more = l;
		memmove(&more.of[i + 1], &l.of[i], (l.count - i) * sizeof *l.of);
		more.count++;
		write_lines(&s, &more);
		CU_ASSERT_FALSE(verifies(&s, s.keys));
	}
	end(&s);
}

static void every_octet_changed(void)
{
	struct scene s;
	size_t length;
	begin(&s);
	write_export(&s, EXPORT_RECEIVED);
	char *text = read_file(&s, &length);
	for (size_t i = 0; i < length; i++) {
		text[i] ^= 1;
		write_file(&s, text, length);
		if (verifies(&s, s.keys)) {
			printf("\n  octet %zu", i);
			CU_FAIL("a change was not told");
		}
		text[i] ^= 1;
	}
	for (size_t n = 0; n < length; n++) {
		write_file(&s, text, n);
		CU_ASSERT_FALSE(verifies(&s, s.keys));
	}
	end(&s);
}

static void without_its_signature(void)
{
	struct scene s;
	begin(&s);
	write_export(&s, EXPORT_OWN);
	CU_ASSERT_EQUAL(unlink(arena_printf(s.f.arena, "%s.sig", s.path)), 0);
	CU_ASSERT_FALSE(verifies(&s, s.keys));
	CU_ASSERT_EQUAL(s.v.fault_count, 1);
	CU_ASSERT_STRING_EQUAL(s.v.faults->value, "line 0: there is no signature beside the file");
	s.path = arena_printf(s.f.arena, "%s/none", s.f.directory);
	CU_ASSERT_FALSE(export_file_verify(s.path, s.keys, s.f.arena, &s.v, &s.p));
	end(&s);
}

/* The chain proves itself from the checkpoint on, and the checkpoint says what went before. */
static void behind_a_checkpoint(void)
{
	static const struct {
		struct with_checkpoint with;
		bool others_key;
		const char *fault; /* NULL: none */
	} rows[] = {
		{ { AUDIT_OWN, 1, 1, NULL, 1 }, false, NULL },
		{ { AUDIT_OWN, 1, 1, NULL, 1 }, true, "signed by none of the keys" },
		{ { AUDIT_OWN, 1, 2, NULL, 1 }, false, "does not follow on the checkpoint" },
		{ { AUDIT_OWN, 2, 2, NULL, 1 }, false, "has gone by the checkpoint" },
		{ { AUDIT_OWN, 0, 1, NULL, 1 }, false, "no checkpoint of the chain" },
		{ { AUDIT_RECEIVED, 1, 1, NULL, 1 }, false, "no checkpoint of the chain" },
		{ { AUDIT_OWN, 1, 1, NULL, 2 }, false, "no checkpoint of the chain" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct with_checkpoint w = rows[i].with;
		begin(&s);
		const char *why, *path = arena_printf(s.f.arena, "%s/another.key", s.f.directory);
		EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		FILE *f = fopen(path, "we");
		PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL);
		fclose(f);
		EVP_PKEY_free(pair);
		struct anchor_key *another = anchor_key_read(path, &why);
		if (rows[i].others_key)
			w.key = another;
		with = &w;
		write_export(&s, EXPORT_OWN);
		with = NULL;
		CU_ASSERT_EQUAL(verifies(&s, s.keys), rows[i].fault == NULL);
		CU_ASSERT_EQUAL(s.v.fault_count, rows[i].fault != NULL);
		if (rows[i].fault != NULL && s.v.faults != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(s.v.faults->value, rows[i].fault));
		if (rows[i].fault == NULL)
			CU_ASSERT(s.v.chains->gone.count == 1 && s.v.chains->gone.time == 76);
		anchor_key_free(another);
		end(&s);
	}
}

/* Neither file is left when one cannot be written. */
static void nothing_half(void)
{
	struct scene s;
	begin(&s);
	const char *beside = arena_printf(s.f.arena, "%s.sig", s.path);
	int fd = open(beside, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	CU_ASSERT(fd != -1);
	close(fd);
	struct export_file *f = export_file_begin(s.path, EXPORT_OWN, 1, &s.p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_FALSE(export_file_end(f, s.key, &s.p));
	CU_ASSERT_EQUAL(s.p.code, PROBLEM_CONFLICT);
	CU_ASSERT_NOT_EQUAL(access(s.path, F_OK), 0);
	CU_ASSERT_EQUAL(access(beside, F_OK), 0); /* it was there before */
	end(&s);
}

static const struct test tests[] = {
	{ "whole", whole },
	{ "each line left out", each_line_left_out },
	{ "two lines exchanged", two_lines_exchanged },
	{ "a line twice", a_line_twice },
	{ "every octet changed, and cut anywhere", every_octet_changed },
	{ "without its signature", without_its_signature },
	{ "behind a checkpoint", behind_a_checkpoint },
	{ "nothing half", nothing_half },
	{ 0 },
};

int main(void)
{
	return suite_run("exported audit records", tests);
}
