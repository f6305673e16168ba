/* tests/audit/cross_keys_test.c: whose word counts of another node's chain: whoever's public key
 * this node was given, and records that are no anchor's. */
#include "tests/audit/cross_anchors_scene.h"

static bool remarks(const struct scene *s, const char *what)
{
	for (const struct text_list *l = s->v.notes; l != NULL; l = l->next)
		if (strstr(l->value, what) != NULL)
			return true;
	return false;
}

/* ---- Another's key ---- */

static const char *public_file(struct scene *s, const char *name, const char *const *keys)
{
	const char *path = arena_printf(s->r.arena, "%s/%s", s->r.directory, name);
	FILE *out = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	for (; *keys != NULL; keys++) {
		FILE *f = fopen(arena_printf(s->r.arena, "%s/%s", s->r.directory, *keys), "re");
		EVP_PKEY *pair = PEM_read_PrivateKey(f, NULL, NULL, NULL);
		fclose(f);
		CU_ASSERT_EQUAL(PEM_write_PUBKEY(out, pair), 1);
		EVP_PKEY_free(pair);
	}
	fclose(out);
	return path;
}

/* A node that was given another's public key takes its word for what that signed, of all chains;
 * not for its own chain's anchors, which are ours alone to sign. */
static void a_key_this_node_was_given(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	s.at[1].key = s.other;
	for (unsigned i = 0; i < NODES; i++)
		write_some(&s, i, SOME, "x");
	anchor(&s, 1);
	const char *path = public_file(&s, "others", (const char *[]){ "key", "other", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	CU_ASSERT_EQUAL(others->count, 2);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_FALSE(remarks(&s, "are signed with keys"));
	for (unsigned chain = 0; chain < NODES; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), SOME);
	/* It signs nothing for node 0. */
	s.at[0].key = s.other;
	anchor(&s, 0);
	s.at[0].key = s.key;
	CU_ASSERT_FALSE(compare(&s, 0, true));
	CU_ASSERT_TRUE(says(&s, "is not signed with the key configured"));
	anchor_keys_free(others);
	scene_end(&s);
}

static void files_of_public_keys(void)
{
	struct scene s;
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "there is no public key in it" },
		{ "rubbish\n", "there is no public key in it" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
		  "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nM?ow\n-----END PUBLIC KEY-----\n",
		  "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow\n", "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066Sp"
		  "jqqbTmo=\n-----END PUBLIC KEY-----\n",
		  "a key in it is not an Ed25519 key" },
	};
	scene_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = NULL;
		const char *path = arena_printf(s.r.arena, "%s/public", s.r.directory);
		FILE *f = fopen(path, "we");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		fputs(rows[i].text, f);
		fclose(f);
		CU_ASSERT_PTR_NULL(anchor_keys_read(path, &why));
		CU_ASSERT_STRING_EQUAL(why, rows[i].why);
	}
	const char *why, *many[ANCHOR_OTHERS + 2] = { NULL };
	CU_ASSERT_PTR_NULL(anchor_keys_read("/nowhere/public", &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_PTR_NULL(anchor_keys_read(s.r.directory, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is not a regular file");
	for (unsigned over = 0; over < 2; over++) {
		for (unsigned i = 0; i < ANCHOR_OTHERS + over; i++)
			many[i] = "other";
		struct anchor_keys *k = anchor_keys_read(public_file(&s, "many", many), &why);
		CU_ASSERT_EQUAL(k == NULL, over != 0);
		anchor_keys_free(k);
	}
	CU_ASSERT_STRING_EQUAL(why, "there are more than 31 keys in it");
	anchor_keys_free(NULL);
	scene_end(&s);
}

/* Of the other keys it was given none has signed: they are as good as none. */
static void keys_that_signed_nothing(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	s.at[1].key = s.other;
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	anchor(&s, 1);
	anchor_key_free(make_key(&s, "third"));
	const char *path = public_file(&s, "others", (const char *[]){ "key", "third", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	CU_ASSERT_EQUAL(covered(&s, 1), 0);
	anchor_keys_free(others);
	scene_end(&s);
}

/* The file is away, and the log's record of its own last anchor is signed with another's key: which
 * this node was given, but not for its own chain. */
static void an_own_record_signed_by_another(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	write_some(&s, 0, SOME, "x");
	s.at[0].key = s.other;
	anchor(&s, 0);
	s.at[0].key = s.key;
	CU_ASSERT_TRUE(away(&s, 0));
	const char *path = public_file(&s, "others", (const char *[]){ "other", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, false));
	CU_ASSERT_TRUE(remarks(&s, "none of them is in"));
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_EQUAL(covered(&s, 0), 0);
	s.at[0].key = s.other; /* its own */
	CU_ASSERT_TRUE(compare(&s, 0, false));
	CU_ASSERT_TRUE(remarks(&s, "none of them is in"));
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_EQUAL(covered(&s, 0), SOME);
	anchor_keys_free(others);
	scene_end(&s);
}

/* It is held against the log, and counts for nothing that is said to be covered. */
static void a_key_this_node_does_not_have(void)
{
	struct scene s;
	scene_begin(&s);
	s.at[1].key = s.other;
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	anchor(&s, 1);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	for (unsigned chain = 0; chain < NODES; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), 0);
	CU_ASSERT_TRUE(compare(&s, 1, true)); /* its own key */
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_EQUAL(covered(&s, 0), SOME);
	cut(&s, 0, 2, 1);
	CU_ASSERT_FALSE(compare(&s, 0, false));
	CU_ASSERT_TRUE(says(&s,
			    "anchor 1 of chain 1, of which the log has a record, signed entry 5 "
			    "of chain 2, but the log ends at 1 of chain 2"));
	scene_end(&s);
}

/* ---- Records that are none ---- */

struct noting {
	uint64_t number, record;
};

static bool note_run(struct store_txn *t, const void *with)
{
	const struct noting *n = with;
	return audit_log_note_anchor(t, &(struct audit_anchored){ n->number, n->record });
}

/* The record of an anchor: of that chain; without an object, without a detail, with a line that is
 * none; of another transaction. */
enum form { WELL, OF_ANOTHER, NO_OBJECT, NO_DETAIL, NO_LINE, OTHER_EVENT, NO_EVENT };

struct recording {
	struct scene *s;
	enum form form;
};

static bool record_run(struct store_txn *t, const void *with)
{
	const struct recording *r = with;
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "host" };
	struct anchor a = { .number = 9 };
	char *line = arena_alloc(store_arena(t), ANCHOR_LINE + 1);
	if (!audit_log_head_of(t, r->form == OF_ANOTHER, &a.head)
	    || !anchor_sign(&a, r->s->key, line))
		return false;
	if (r->form == NO_LINE)
		line[0] = 'M';
	struct audit_event *e = audit_anchored(store_arena(t), &us, line, 7);
	if (r->form == NO_OBJECT)
		e->objects = NULL;
	else if (r->form == NO_DETAIL)
		e->objects->details = NULL;
	else if (r->form == OTHER_EVENT)
		e->transaction = "start";
	const struct audit_terms terms = { .time = 5,
					   .transaction = audit_doing_name(AUDIT_DOING_ANCHOR) };
	return r->form == NO_EVENT ? audit_log_append(
		       t, audit_log_draft(store_arena(t), bytes_of_text("x"), &terms), NULL)
				   : audit_record_append(t, store_arena(t), &us, e);
}

static void records_that_are_none(void)
{
	static const struct {
		enum form form;
		bool well;
	} rows[] = {
		{ WELL, true },       { OF_ANOTHER, false }, { NO_OBJECT, false },
		{ NO_DETAIL, false }, { NO_LINE, false },    { OTHER_EVENT, false },
		{ NO_EVENT, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct fixture f;
		scene_begin(&s);
		f = (struct fixture){ .store = s.r.nodes[0].store };
		write_some(&s, 0, SOME, "x");
		write_some(&s, 1, SOME, "x");
		struct recording r = { &s, rows[i].form };
		CU_ASSERT_TRUE(in_job(&f, record_run, &r));
		CU_ASSERT_TRUE(in_job(&f, note_run, &(struct noting){ 9, SOME + 1 }));
		CU_ASSERT_EQUAL(compare(&s, 1, false), rows[i].well);
		CU_ASSERT_EQUAL(covered(&s, 0), rows[i].well ? SOME : 0);
		if (!rows[i].well)
			CU_ASSERT_TRUE(says(&s, "entry 6 should be the record of anchor 9, and is "
						"not: it was cut, or rewritten"));
		CU_ASSERT_EQUAL(compare(&s, 1, true), rows[i].well);
		CU_ASSERT_EQUAL(s.v.fault_count, !rows[i].well);
		/* Or it is not there at all. */
		CU_ASSERT_TRUE(in_job(&f, note_run, &(struct noting){ 10, SOME + 2 }));
		CU_ASSERT_FALSE(compare(&s, 1, false));
		CU_ASSERT_TRUE(says(&s, "entry 7 should be the record of anchor 10"));
		scene_end(&s);
	}
}

/* An entry of no chain's beginning, and another's chain that goes back from one anchor to the
 * next. */
static void chains_put_back_in_between(void)
{
	struct scene s;
	scene_begin(&s);
	struct problem p = { .code = PROBLEM_NONE };
	struct anchor a = { .number = 1 };
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	struct store_txn *t = store_begin_read(s.r.nodes[0].store, &p);
	CU_ASSERT_TRUE(audit_log_head_of(t, 0, &a.head));
	a.other_count = 2;
	CU_ASSERT_TRUE(audit_log_head_of(t, 2, &a.others[0]));
	CU_ASSERT_TRUE(audit_log_head_of(t, 1, &a.others[1]));
	for (unsigned i = 0; i < 3; i++) {
		char line[ANCHOR_LINE + 1];
		CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
		CU_ASSERT_TRUE_FATAL(anchors_append(&s.at[0], line, &p));
		anchor_digest(bytes_of_text(line), a.before);
		a.number++;
		/* Then the same; then one less. */
		if (i == 1) {
			a.others[1].sequence--;
			CU_ASSERT_TRUE(audit_log_hash(t, a.others[1].sequence, a.others[1].hash));
		}
	}
	store_end(t);
	CU_ASSERT_FALSE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.fault_count, 1);
	CU_ASSERT_TRUE(says(&s, "anchor 3 signed entry 4 of chain 1, the one before it entry 5 of "
				"chain 1: the log was put back in between"));
	CU_ASSERT_EQUAL(covered(&s, 1), SOME);
	CU_ASSERT_EQUAL(covered(&s, 2), SOME);
	scene_end(&s);
}

static const struct test tests[] = {
	{ "a key this node does not have", a_key_this_node_does_not_have },
	{ "a key this node was given", a_key_this_node_was_given },
	{ "keys that signed nothing", keys_that_signed_nothing },
	{ "an own record signed by another", an_own_record_signed_by_another },
	{ "files of public keys", files_of_public_keys },
	{ "records that are none", records_that_are_none },
	{ "chains put back in between", chains_put_back_in_between },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: keys of several nodes", tests);
}
