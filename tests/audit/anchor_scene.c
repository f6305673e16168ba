/* tests/audit/anchor_scene.c: a log with anchors, to be treated badly. */
#include "tests/audit/anchor_scene.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

static struct anchor_key *make_key(struct scene *s, const char *name)
{
	const char *why, *path = arena_printf(s->f.arena, "%s/%s", s->f.directory, name);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	struct anchor_key *k = anchor_key_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

void scene_begin(struct scene *s)
{
	*s = (struct scene){ .seed = "first",
			     .now = 1000,
			     .repositories = { "arr", "other" },
			     .clock = &system_clock };
	fixture_open(&s->f);
	s->key = make_key(s, "key");
	s->other = make_key(s, "other");
	s->name = arena_printf(s->f.arena, "%s/anchors", s->f.directory);
	s->at = (struct anchors){ .file = s->name,
				  .key = s->key,
				  .repositories = s->repositories,
				  .repository_count = 2 };
}

void scene_end(struct scene *s)
{
	anchor_key_free(s->key);
	anchor_key_free(s->other);
	fixture_close(&s->f);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct scene *s = with;
	struct audit_terms terms = { .time = 5, .system = s->seed };
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text(s->seed), &terms),
				NULL);
}

void scene_entries(struct scene *s, unsigned count)
{
	while (count-- != 0)
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, append, s, &s->f.problem));
}

bool scene_compare(struct scene *s, bool whole)
{
	s->p = (struct problem){ 0 };
	struct store_txn *t = store_begin_read(s->f.store, &s->p);
	bool read = anchors_compare(&s->at, t, s->f.arena, whole, &s->v, &s->p);
	store_end(t);
	CU_ASSERT_EQUAL(read, s->p.code == PROBLEM_NONE);
	return read && s->v.fault_count == 0;
}

static bool note(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return audit_log_note_anchor(t, &(struct audit_anchored){ *(uint64_t *)with, 0 });
}

/* As the anchoring does it. */
void scene_anchor_as(struct scene *s, const struct anchor_key *key, bool noted)
{
	char line[ANCHOR_LINE + 1];
	struct problem p = { 0 };
	scene_compare(s, true);
	struct anchor a = { .number = s->v.last.number + 1, .time = s->now, .head = s->v.own.head };
	memcpy(a.before, s->v.last_digest, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, key, line));
	CU_ASSERT_TRUE_FATAL(anchors_append(&s->at, line, &p));
	if (noted)
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, note, &a.number, &s->f.problem));
	s->now += 1000;
}

void scene_anchor(struct scene *s)
{
	scene_anchor_as(s, s->key, true);
}

void scene_add_text(struct scene *s, const char *text)
{
	FILE *f = fopen(s->name, "ae");
	fputs(text, f);
	fclose(f);
}

bool scene_says(const struct anchors_verdict *v, const char *fault)
{
	for (const struct anchors_fault *f = v->faults; f != NULL; f = f->next)
		if (strstr(f->what, fault) != NULL)
			return true;
	return false;
}

bool scene_remarks(const struct anchors_verdict *v, const char *remark)
{
	for (const struct text_list *l = v->notes; l != NULL; l = l->next)
		if (strstr(l->value, remark) != NULL)
			return true;
	return false;
}

static bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return audit_log_acknowledge(t, "other", *(uint64_t *)with);
}

void scene_acknowledge(struct scene *s, uint64_t up_to)
{
	CU_ASSERT_TRUE(store_write(s->f.store, acknowledge, &up_to, &s->f.problem));
}

void scene_foreign_anchor(struct scene *s)
{
	scene_anchor_as(s, s->other, true);
}

void scene_broken_line(struct scene *s)
{
	scene_add_text(s, "minato-anchor-2 3 70");
}
