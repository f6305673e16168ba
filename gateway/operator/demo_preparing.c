/* gateway/operator/demo_preparing.c: the demo's first acts: storages come in, people are found to
 * be the same, and join. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/demo_scene.h"

enum { PATIENTS_MOST = 1000 };

static bool import(struct demo_scene *s, enum demo_hospital hospital, enum demo_system system,
		   struct problem *p)
{
	const struct demo_storage *storage = &s->storages[hospital];
	unsigned documents = storage->prescriptions + storage->results;
	struct demo_import first, again;
	if (!demo_admin_import(&s->admin, storage->root, s->nodes[system].name, &first, p))
		return false;
	demo_say(s,
		 arena_printf(s->arena, "患者 %u 人、処方 %u 件、検査 %u 件", storage->patients,
			      storage->prescriptions, storage->results),
		 arena_printf(s->arena, "%u patients, %u prescriptions, %u lab reports",
			      storage->patients, storage->prescriptions, storage->results));
	bool whole = demo_expect(s, first.faults == 0, first.fault)
		     && demo_expect(
			     s, first.patients == storage->patients && first.documents == documents,
			     "what was imported is not what the storage holds");
	if (!demo_admin_import(&s->admin, storage->root, s->nodes[system].name, &again, p))
		return false;
	demo_say(s, "もう一度取り込んでも何も変わらない", "taking it in again changes nothing");
	return demo_expect(s, again.patients == 0 && again.documents == 0 && again.faults == 0,
			   "the second import changed something")
	       && whole;
}

static bool import_a(struct demo_scene *s, struct problem *p)
{
	return import(s, DEMO_HOSPITAL_A, DEMO_A, p);
}

static bool import_c(struct demo_scene *s, struct problem *p)
{
	return import(s, DEMO_HOSPITAL_C, DEMO_C, p);
}

/* Regional ids of persons, each once, in the order of the list. */
static size_t count_persons(const json_t *patients, size_t *linked)
{
	size_t persons = 0;
	*linked = 0;
	for (size_t i = 0; i < json_array_size(patients); i++) {
		const char *one = demo_text(json_array_get(patients, i), "person");
		size_t earlier = 0;
		for (size_t k = 0; k < i; k++)
			earlier += text_equal(one,
					      demo_text(json_array_get(patients, k), "person"));
		persons += earlier == 0;
		*linked += earlier == 1;
	}
	return persons;
}

static const char *person_of(const json_t *patients, const char *facility, const char *id)
{
	for (size_t i = 0; i < json_array_size(patients); i++) {
		const json_t *one = json_array_get(patients, i);
		if (text_equal(demo_text(one, "facility"), facility)
		    && text_equal(demo_text(one, "id"), id))
			return demo_text(one, "person");
	}
	return "";
}

/* Those whom both hospitals know are one person exactly when the rules can prove it. */
static bool linked_as_proven(const struct demo_scene *s, const json_t *patients)
{
	bool right = true;
	for (size_t i = 0; i < s->people.count; i++) {
		const struct demo_person *one = &s->people.all[i];
		const char *a = one->at[DEMO_HOSPITAL_A].id, *c = one->at[DEMO_HOSPITAL_C].id;
		if (a != NULL && c != NULL)
			right &= text_equal(person_of(patients, s->nodes[DEMO_A].name, a),
					    person_of(patients, s->nodes[DEMO_C].name, c))
				 == !one->alike;
	}
	return right;
}

static bool link(struct demo_scene *s, struct problem *p)
{
	const json_t *list = demo_admin_get(
		&s->admin, arena_printf(s->arena, "/admin/patients?limit=%d", PATIENTS_MOST), p);
	const json_t *patients = json_object_get(list, "patients");
	size_t linked, persons = count_persons(patients, &linked),
		       records = json_array_size(patients);
	size_t expected = s->people.patients[DEMO_HOSPITAL_A] + s->people.patients[DEMO_HOSPITAL_C];
	if (list == NULL)
		return false;
	demo_say(s,
		 arena_printf(s->arena, "患者登録 %zu 件 → %zu 人（両院の患者 %zu 人）", records,
			      persons, linked),
		 arena_printf(s->arena, "%zu records are %zu persons, %zu known to both", records,
			      persons, linked));
	demo_say(s, "旧字体（髙橋・高橋）、転居、電話変更も同一人物",
		 "old letters, a move, a new phone: the same");
	demo_say(s, "同姓同名・同生年月日だけなら別人のまま",
		 "only alike (田中一郎): left as two persons");
	return demo_expect(s, records == expected, "records were lost or added")
	       && demo_expect(s, linked == s->people.linked && persons == expected - linked,
			      "the number of persons is not what the rules can prove")
	       && demo_expect(s, linked_as_proven(s, patients), "somebody was linked wrongly");
}

static bool join_one(struct demo_scene *s, const struct demo_person *one, struct problem *p)
{
	bool at_a = one->at[DEMO_HOSPITAL_A].id != NULL;
	const char *patient = arena_printf(
		s->arena, "%s@%s", at_a ? one->at[DEMO_HOSPITAL_A].id : one->at[DEMO_HOSPITAL_C].id,
		s->nodes[at_a ? DEMO_A : DEMO_C].name);
	const json_t *now = demo_admin_post(&s->admin, "/admin/consent",
					    json_pack("{s:s, s:s, s:s}", "patient", patient,
						      "action", "join", "reason", "同意書 (demo)"),
					    p);
	return now != NULL
	       && demo_expect(s, text_equal(demo_text(now, "participation"), "joined"), patient);
}

/* Somebody alike at both hospitals is two persons, so two forms. */
static bool join(struct demo_scene *s, struct problem *p)
{
	unsigned joined = 0;
	for (size_t i = 0; i < s->people.count; i++) {
		struct demo_person one = s->people.all[i];
		if (!one.joins)
			continue;
		if (!join_one(s, &one, p))
			return false;
		joined++;
		if (!one.alike)
			continue;
		one.at[DEMO_HOSPITAL_A].id = NULL;
		if (!join_one(s, &one, p))
			return false;
		joined++;
	}
	demo_say(s, arena_printf(s->arena, "%u 人が参加に同意", joined),
		 arena_printf(s->arena, "%u persons have agreed to take part", joined));
	demo_say(s, "鈴木花子さん（A 102、C 523）は不参加",
		 "鈴木花子 (102 at A, 523 at C) has not");
	const json_t *last = json_object_get(demo_admin_get(&s->admin, "/admin/audit?limit=1", p),
					     "records");
	s->prepared = demo_number(json_array_get(last, 0), "number") + 1;
	return p->code == PROBLEM_NONE;
}

const struct demo_act demo_acts_preparing[] = {
	{ "準備", "Preparing", "A病院", "SS-MIX2 標準化ストレージを地域につなぐ",
	  "connects its SS-MIX2 storage", import_a },
	{ NULL, NULL, "C病院", "SS-MIX2 標準化ストレージを地域につなぐ",
	  "connects its SS-MIX2 storage", import_c },
	{ NULL, NULL, "みなと", "同じ人を確かな証拠だけで名寄せする",
	  "finds who is the same, by proof only", link },
	{ NULL, NULL, "事務局", "患者の参加同意を登録する", "the operator enters the consents",
	  join },
	{ 0 }
};
