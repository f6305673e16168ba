/* tests/operator/demo_test.c: what the demo's hospitals have in their storages. */
#include <fts.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "gateway/operator/demo_storage.h"
#include "tests/base/suite.h"
#include "tests/operator/place.h"

/* 2026-01-15T00:30:01Z */
#define NOW ((instant)1768437001 * 1000000)

static bool linked_by_rule(struct arena *a, const struct demo_person *one)
{
	const struct demo_writing *x = &one->at[DEMO_HOSPITAL_A], *y = &one->at[DEMO_HOSPITAL_C];
	return text_equal(normalise_phone(a, x->phone), normalise_phone(a, y->phone))
	       || (text_equal(normalise_postcode(a, x->postcode),
			      normalise_postcode(a, y->postcode))
		   && text_equal(normalise_address(a, x->address),
				 normalise_address(a, y->address)));
}

static const char *key(struct arena *a, const struct demo_person *p)
{
	return arena_printf(a, "%s%s %s %s", p->family_kana, p->given_kana, p->birth_date, p->sex);
}

static void people_overlap(void)
{
	struct arena *a = arena_create(64 << 20);
	const struct demo_people people = demo_people_make(a);
	size_t linked = 0, both = 0, hidden = 0;
	for (size_t i = 0; i < people.count; i++) {
		const struct demo_person *one = &people.all[i];
		bool shared = one->at[DEMO_HOSPITAL_A].id != NULL
			      && one->at[DEMO_HOSPITAL_C].id != NULL;
		both += shared;
		linked += shared && linked_by_rule(a, one);
		hidden += !one->joins;
		CU_ASSERT(!shared || linked_by_rule(a, one) == !one->alike);
		CU_ASSERT_PTR_NOT_NULL(normalise_birth_date(a, one->birth_date));
		for (size_t k = 0; k < i; k++)
			CU_ASSERT_FALSE(text_equal(key(a, one), key(a, &people.all[k])));
	}
	CU_ASSERT(people.patients[DEMO_HOSPITAL_A] >= 50);
	CU_ASSERT(people.patients[DEMO_HOSPITAL_C] >= 50);
	CU_ASSERT_EQUAL(both, 24);
	CU_ASSERT_EQUAL(linked, people.linked);
	CU_ASSERT_EQUAL(linked, 23);
	CU_ASSERT_EQUAL(hidden, 1);
	const struct demo_person *yamada = &people.all[DEMO_YAMADA];
	CU_ASSERT_STRING_EQUAL(yamada->at[DEMO_HOSPITAL_A].id, "101");
	CU_ASSERT_STRING_EQUAL(yamada->at[DEMO_HOSPITAL_C].id, "522");
	CU_ASSERT_FALSE(people.all[DEMO_SUZUKI].joins);
	arena_destroy(a);
}

/* Every file of a storage: name and content, as our own reader understands them. */
struct reading {
	struct arena *arena;
	unsigned kinds[3], wrong; /* ADT-00, OMP-01, OML-11 */
	bool yamada, older_letter;
};

static bool is_kind(const struct hl7_message *m, size_t kind)
{
	static const char *const types[] = { "ADT", "RDE", "OUL" };
	return text_equal(m->type, types[kind]) && m->charset.replaced == 0 && !m->charset.mismatch
	       && text_equal(hl7_value(m->segments, 18, 2, 1, 1), "ISO IR87")
	       && text_equal(hl7_value(m->segments, 20, 1, 1, 1), "ISO 2022-1994");
}

static void read_message(struct reading *r, const char *path, size_t kind, const char *id)
{
	struct place here = { .arena = r->arena, .directory = "" };
	const char *octets = place_read(&here, path + 1);
	struct hl7_message *m;
	struct problem p = { 0 };
	struct patient_demographics d = { 0 };
	struct hl7_person_rules rules = { 0 };
	struct hl7_person_notes notes = { 0 };
	if (!hl7_parse(r->arena, bytes_of_text(octets), NULL, &m, &p) || !is_kind(m, kind)) {
		r->wrong++;
		return;
	}
	const struct hl7_segment *pid = hl7_only_segment(m, "PID", &p);
	const struct patient_identifier *ids = hl7_read_ids(hl7_field(pid, 3), &rules, &notes, &p);
	if (ids == NULL || !text_equal(ids->id, id)
	    || !hl7_read_demographics(pid, &rules, &d, &notes, &p) || d.names == NULL
	    || d.names->next == NULL || d.telecoms == NULL || d.addresses == NULL)
		r->wrong++;
	else if (text_equal(d.names->family, "山田") && text_equal(d.names->given, "健一"))
		r->yamada = text_equal(d.names->next->family, "ヤマダ")
			    && text_equal(d.birth_date, "19410503")
			    && text_equal(d.telecoms->number, "099-0123-0101")
			    && text_equal(d.addresses->postal_code, "999-0101");
	else if (text_equal(d.names->family, "髙橋"))
		r->older_letter = true;
}

static void read_file(struct reading *r, const char *path, const char *name)
{
	static const char *const names[] = { "ADT-00", "OMP-01", "OML-11" };
	const char *id = arena_text_n(r->arena, name, strcspn(name, "_"));
	for (size_t k = 0; k < COUNT(names); k++) {
		if (strstr(name, arena_printf(r->arena, "_%s_", names[k])) == NULL)
			continue;
		r->kinds[k]++;
		read_message(r, path, k, id);
		return;
	}
	r->wrong++;
}

static void read_storage(struct reading *r, const char *root)
{
	char *const roots[] = { arena_text(r->arena, root), NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(walk);
	for (const FTSENT *e; (e = fts_read(walk)) != NULL;)
		if (e->fts_info == FTS_F)
			read_file(r, e->fts_path, e->fts_name);
	fts_close(walk);
}

static void check_storage(enum demo_hospital hospital, const char *code, unsigned patients)
{
	struct place place;
	CU_ASSERT_FATAL(place_begin(&place));
	const struct demo_people people = demo_people_make(place.arena);
	struct demo_storage storage;
	struct problem p = { 0 };
	CU_ASSERT(demo_storage_write(place.arena, place.directory, hospital, &people, NOW, &storage,
				     &p));
	CU_ASSERT_STRING_EQUAL(strrchr(storage.root, '/') + 1, code);
	struct reading r = { .arena = place.arena };
	read_storage(&r, storage.root);
	CU_ASSERT_EQUAL(r.wrong, 0);
	CU_ASSERT_EQUAL(r.kinds[0], storage.patients);
	CU_ASSERT_EQUAL(r.kinds[1], storage.prescriptions);
	CU_ASSERT_EQUAL(r.kinds[2], storage.results);
	CU_ASSERT_EQUAL(storage.patients, patients);
	CU_ASSERT(storage.prescriptions >= 50);
	CU_ASSERT(storage.results >= 25);
	CU_ASSERT(r.yamada);
	CU_ASSERT_EQUAL(r.older_letter, hospital == DEMO_HOSPITAL_A);
	/* A storage is never written over. */
	CU_ASSERT_FALSE(demo_storage_write(place.arena, place.directory, hospital, &people, NOW,
					   &storage, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	place_end(&place);
}

static void storage_of_a(void)
{
	check_storage(DEMO_HOSPITAL_A, "1319951013", 60);
}

static void storage_of_c(void)
{
	check_storage(DEMO_HOSPITAL_C, "1319953035", 56);
}

int main(void)
{
	static const struct test tests[] = {
		{ "patients of both hospitals overlap as the rules find them", people_overlap },
		{ "A's storage reads as it was written", storage_of_a },
		{ "C's storage reads as it was written", storage_of_c },
		{ 0 }
	};
	return suite_run("demo", tests);
}
