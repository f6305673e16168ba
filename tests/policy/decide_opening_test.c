/* tests/policy/decide_opening_test.c: what the registry keeps is opened for whom it may be shown
 * to; so is what was made of several. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "store/identity.h"
#include "store/registry.h"
#include "tests/policy/decide_scene.h"

/* What the registry keeps is opened for whom it may be shown to, and for nobody else. */
static void opening(void)
{
	static const struct {
		size_t asker, person;
		bool opens;
	} rows[] = {
		{ 0, 0, true }, { 0, 1, false }, { 0, 2, false }, { 0, 3, false }, { 2, 1, true },
		{ 2, 4, true }, { 4, 1, false }, { 6, 2, true },  { 8, 1, true },  { 8, 3, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		scene_begin(&s);
		compose(&s, &x, s.records[rows[i].person]);
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, rows[i].asker);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		struct sealed_folder *f = registry_folder(s.t, s.f.arena, x.folder.id);
		CU_ASSERT_FATAL(e != NULL && set != NULL && f != NULL);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_folder(d, s.t, f) != NULL, rows[i].opens);
		if (rows[i].opens)
			CU_ASSERT_STRING_EQUAL(policy_open_entry(d, s.t, e)->unique_id, "2.999.2");
		scene_end(&s);
	}
}

struct linking {
	uint64_t one, other;
	enum pair_decision what;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct linking *l = with;
	struct person_decision by = { .by = "clerk", .why = "asked" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, l->one, l->other, l->what, &by, &out, p);
}

static const struct object_source *source(struct scene *s, uint64_t subject, const char *system,
					  const struct object_source *next)
{
	struct object_source *one = arena_new(s->f.arena, struct object_source);
	*one = (struct object_source){ subject, system, next, NULL };
	return one;
}

/* What was made of several is opened for who may have each of them, in whichever order they stand;
 * who submitted one himself has that one. */
static void made_of_several(void)
{
	static const struct {
		size_t asker;
		size_t of[2];
		const char *by[2];
		bool opens;
	} rows[] = {
		{ 0, { 0, 0 }, { "b-clinic", "c-hospital" }, true },
		{ 0, { 0, 1 }, { "b-clinic", "c-hospital" }, false },
		{ 0, { 1, 0 }, { "c-hospital", "c-hospital" }, false },
		{ 0, { 0, 1 }, { "c-hospital", "b-clinic" }, true },
		{ 0, { 1, 1 }, { "b-clinic", "c-hospital" }, false },
		{ 0, { 0, 0 }, { NULL, "" }, true },
		{ 0, { 0, 1 }, { "c-hospital", NULL }, false },
		{ 8, { 0, 1 }, { "c-hospital", "b-clinic" }, true },
		{ 8, { 3, 1 }, { "c-hospital", NULL }, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		scene_begin(&s);
		struct linking l = { s.records[0], s.records[rows[i].of[0]], PAIR_TOGETHER };
		store_end(s.t);
		for (size_t k = 0; k < COUNT(rows[i].of); k++) {
			l.other = s.records[rows[i].of[k]];
			CU_ASSERT_TRUE_FATAL(
				l.one == l.other
				|| store_write(s.f.store, decide_job, &l, &s.f.problem));
		}
		compose(&s, &x, s.records[0]);
		x.entry.sources = x.set.sources = source(
			&s, s.records[rows[i].of[0]], rows[i].by[0],
			source(&s, s.records[rows[i].of[1]], rows[i].by[1], NULL));
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, rows[i].asker);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_FATAL(e != NULL && set != NULL);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT,
				rows[i].opens);
		scene_end(&s);
	}
}

/* And once their records are two persons' it is nobody's but the operator's. */
static void made_of_who_is_parted(void)
{
	struct scene s;
	struct submitted x;
	scene_begin(&s);
	store_end(s.t);
	struct linking l = { s.records[0], s.records[1], PAIR_TOGETHER };
	compose(&s, &x, s.records[0]);
	x.entry.sources = source(&s, s.records[0], "b-clinic",
				 source(&s, s.records[1], "b-clinic", NULL));
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	static const struct {
		enum pair_decision what;
		bool opens;
	} steps[] = { { PAIR_APART, false }, { PAIR_TOGETHER, true }, { PAIR_APART, false } };
	for (size_t i = 0; i < COUNT(steps); i++) {
		l.what = steps[i].what;
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, decide_job, &l, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(of_asker(&s, 0), s.t, e) != NULL, steps[i].opens);
		CU_ASSERT_PTR_NOT_NULL(policy_open_entry(of_asker(&s, 8), s.t, e));
		store_end(s.t);
	}
	s.t = store_begin_read(s.f.store, &s.f.problem);
	scene_end(&s);
}

/* Of somebody whom nobody knows there is nothing that could be one person's. */
static void made_of_nobodys(void)
{
	enum { UNKNOWN = 999999 };
	struct scene s;
	struct submitted x;
	scene_begin(&s);
	store_end(s.t);
	compose(&s, &x, s.records[0]);
	x.entry.sources = source(&s, UNKNOWN, "b-clinic", NULL);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = of_asker(&s, 0);
	CU_ASSERT_PTR_NULL(policy_open_entry(d, s.t, registry_entry(s.t, s.f.arena, x.entry.id)));
	CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling, RULING_HIDE);
	scene_end(&s);
}

/* Another form of x's document, which says of itself what opens it to everybody. */
static void compose_form(struct scene *s, struct submitted *form, const struct submitted *x,
			 uint64_t subject)
{
	struct object_source *of = arena_new(s->f.arena, struct object_source);
	compose(s, form, subject);
	*of = (struct object_source){ subject, "c-hospital", NULL, x->entry.id };
	form->set.unique_id = "2.999.11";
	form->entry.unique_id = "2.999.12";
	form->folder.unique_id = "2.999.13";
	form->entry.type = ENTRY_ON_DEMAND;
	form->entry.sources = form->set.sources = of;
}

struct closing {
	uint64_t subject;
	const char *target;
};

static bool close_job(void *with, struct store_txn *t, struct problem *p)
{
	struct closing *c = with;
	struct consent_coverage coverage;
	struct consent_event said = { .action = CONSENT_EXCLUDE,
				      .facility = c->target,
				      .reason = "asked for it",
				      .by = "clerk",
				      .time = 900 };
	return consent_record(t, &people_region, c->subject, &said, &coverage, p);
}

static bool remove_job(void *with, struct store_txn *t, struct problem *p)
{
	return registry_remove(t, store_arena(t), with, p);
}

/* What closes the document closes its form, and what closes the form that alone; neither says
 * anything of the other's words. */
static void a_form_is_judged_as_its_document(void)
{
	static const struct {
		const char *excluded; /* NULL: nothing */
		size_t asker;
		bool opens, form;
	} rows[] = {
		{ NULL, 0, true, true },
		{ "document/2.999.2", 0, false, false },
		{ "document/2.999.2", 2, true, true }, /* its own */
		{ "document/2.999.2", 8, true, true },
		{ "document/2.999.12", 0, true, false },
		{ "document/2.999.77", 0, true, true },
		{ "period/2020-2020", 0, false, false },
		{ "period/2021-2021", 0, true, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x, form;
		scene_begin(&s);
		store_end(s.t);
		compose(&s, &x, s.records[0]);
		x.entry.creation_time = "20200301";
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
		compose_form(&s, &form, &x, s.records[0]);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &form, &s.f.problem));
		struct closing c = { s.records[0], rows[i].excluded };
		CU_ASSERT_TRUE_FATAL(c.target == NULL
				     || store_write(s.f.store, close_job, &c, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct decisions *d = of_asker(&s, rows[i].asker);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		struct sealed_entry *f = registry_entry(s.t, s.f.arena, form.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, f) != NULL, rows[i].form);
		CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &form.entry)->ruling == RULING_PERMIT,
				rows[i].form);
		CU_ASSERT_STRING_EQUAL(policy_judged_as(d, s.t, &form.entry)->id, x.entry.id);
		scene_end(&s);
	}
}

/* Without its document it is nobody's but the operator's. */
static void a_form_of_nothing(void)
{
	struct scene s;
	struct submitted x, form;
	scene_begin(&s);
	store_end(s.t);
	compose(&s, &x, s.records[0]);
	x.entry.id = uuid(&s); /* which nothing is registered by */
	compose_form(&s, &form, &x, s.records[0]);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &form, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct sealed_entry *f = registry_entry(s.t, s.f.arena, form.entry.id);
	CU_ASSERT_PTR_NULL(policy_open_entry(of_asker(&s, 0), s.t, f));
	CU_ASSERT_PTR_NOT_NULL(policy_open_entry(of_asker(&s, 8), s.t, f));
	CU_ASSERT_EQUAL(policy_of_entry(of_asker(&s, 0), s.t, &form.entry)->ruling, RULING_HIDE);
	CU_ASSERT_PTR_NULL(policy_judged_as(of_asker(&s, 0), s.t, &form.entry));
	scene_end(&s);
}

/* Nor is it anybody's whose person is not the document's. */
static void a_form_of_anothers(void)
{
	struct scene s;
	struct submitted x, form;
	scene_begin(&s);
	store_end(s.t);
	compose(&s, &x, s.records[5]);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	compose_form(&s, &form, &x, s.records[0]);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &form, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
	struct sealed_entry *f = registry_entry(s.t, s.f.arena, form.entry.id);
	CU_ASSERT_PTR_NOT_NULL(policy_open_entry(of_asker(&s, 0), s.t, e));
	CU_ASSERT_PTR_NULL(policy_open_entry(of_asker(&s, 0), s.t, f));
	scene_end(&s);
}

/* Nobody removes the document and leaves its form. */
static void a_form_goes_with_its_document(void)
{
	struct scene s;
	struct submitted x, form;
	struct association transform;
	scene_begin(&s);
	store_end(s.t);
	compose(&s, &x, s.records[0]);
	x.all.folders = NULL;
	x.members[0].next = NULL;
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &x, &s.f.problem));
	compose_form(&s, &form, &x, s.records[0]);
	form.all.folders = NULL;
	transform = (struct association){ .id = uuid(&s),
					  .type = ASSOCIATION_XFRM,
					  .type_urn = association_type_urn(ASSOCIATION_XFRM),
					  .source = form.entry.id,
					  .target = x.entry.id };
	form.members[0].next = &transform;
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &form, &s.f.problem));
	struct text_value ids[] = { { x.set.id, &ids[1] },     { x.entry.id, &ids[2] },
				    { x.members[0].id, NULL }, { transform.id, &ids[4] },
				    { form.set.id, &ids[5] },  { form.members[0].id, &ids[6] },
				    { form.entry.id, NULL } };
	CU_ASSERT_FALSE(store_write(s.f.store, remove_job, ids, &s.f.problem));
	CU_ASSERT_EQUAL(s.f.problem.code, PROBLEM_REFERENCES_EXIST);
	ids[2].next = &ids[3];
	ids[3].next = NULL;
	s.f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(store_write(s.f.store, remove_job, ids, &s.f.problem));
	CU_ASSERT_EQUAL(s.f.problem.code, PROBLEM_UNREFERENCED_OBJECT);
	ids[3].next = &ids[4];
	s.f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_write(s.f.store, remove_job, ids, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_FALSE(registry_has(s.t, form.entry.id));
	scene_end(&s);
}

static const struct test tests[] = {
	{ "opening", opening },
	{ "made of several", made_of_several },
	{ "made of who is parted", made_of_who_is_parted },
	{ "made of nobody's", made_of_nobodys },
	{ "a form is judged as its document", a_form_is_judged_as_its_document },
	{ "a form of nothing", a_form_of_nothing },
	{ "a form of another's", a_form_of_anothers },
	{ "a form goes with its document", a_form_goes_with_its_document },
	{ 0 }
};

int main(void)
{
	return suite_run("policy: opening", tests);
}
