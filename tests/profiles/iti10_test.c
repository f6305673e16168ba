/* tests/profiles/iti10_test.c: what a consumer is told (ITI TF-2: 3.10): the message, what may
 * stand in it, and that a change is noticed exactly when that changes. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/policy/decide.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/pix/iti10_pix_update_notification.h"
#include "tests/store/told.h"

/* ---- The message ---- */

/* 3.10.4.1.2: four segments, of PID its ids and a blank; C.2.2, C.2.4. */
static void the_message(void)
{
	struct arena *a = arena_create(1 << 20);
	struct patient_identifier second = { .id = "a|b",
					     .namespace_id = "B",
					     .universal_id = B_DOMAIN,
					     .universal_id_type = "ISO" };
	struct patient_identifier first = { .id = "1",
					    .namespace_id = "A",
					    .universal_id = A_DOMAIN,
					    .universal_id_type = "ISO",
					    .next = &second };
	const struct pix_update u = { .application = "MINATO",
				      .facility = "みなと",
				      .receiving_application = "THEIRS",
				      .receiving_facility = "C",
				      .control_id = "0123456789abcdef0123",
				      .now = INT64_C(1700000000) * 1000000,
				      .ids = &first };
	struct bytes octets = pix_update_write(a, &u);
	CU_ASSERT_STRING_EQUAL(
		arena_text_n(a, (const char *)octets.data, octets.length),
		"MSH|^~\\&|MINATO|みなと|THEIRS|C|20231114221320+0000||ADT^A31^ADT_A05|"
		"0123456789abcdef0123|P|2.5||||||UNICODE UTF-8\r"
		"EVN||20231114221320+0000\r"
		"PID|||1^^^A&2.999.101&ISO~a\\F\\b^^^B&2.999.102&ISO|| \r"
		"PV1||N\r");
	arena_destroy(a);
}

/* ---- What may stand in it, and when that is told ---- */

enum { STEPS = 400, PEOPLE = 6, PERSONS_MOST = 4096 };

struct history {
	struct fixture f;
	struct registered_system systems[TOLD_SYSTEMS];
	struct region region;
	uint64_t seed;
};

static unsigned choose(struct history *h, unsigned of)
{
	h->seed = h->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(h->seed >> 33) % of;
}

struct asker {
	struct decisions *decisions;
};

static bool admits(void *self, struct store_txn *t, uint64_t subject)
{
	struct asker *a = self;
	return policy_of_record(a->decisions, t, subject)->ruling == RULING_PERMIT;
}

/* The ids as one text; "" for none. */
static const char *shown(struct history *h, struct store_txn *t, size_t system, uint64_t person)
{
	const struct registered_system *s = &h->systems[system];
	const struct requester who = { .region = &h->region, .system = s };
	struct asker asker = { policy_begin(h->f.arena, &who) };
	struct admission admission = { .self = &asker, .record = admits };
	const char *text = "";
	bool there;
	for (const struct patient_identifier *id = cross_reference_shown(
		     t, h->f.arena, &h->region, s, &admission, person, &there);
	     id != NULL; id = id->next)
		text = arena_printf(h->f.arena, "%s%s@%s ", text, id->id, id->universal_id);
	return text;
}

/* What each of the two is shown of each person, and how often it was told of him. */
struct seen {
	const char *ids[PERSONS_MOST][2];
	uint64_t changes[PERSONS_MOST][2];
};

static const size_t listeners[] = { TOLD_B, TOLD_C };

static void look(struct history *h, uint64_t most, struct seen *out)
{
	struct store_txn *t = store_begin_read(h->f.store, &h->f.problem);
	for (uint64_t person = 1; person <= most; person++)
		for (size_t i = 0; i < COUNT(listeners); i++) {
			struct notice n;
			const char *name = h->systems[listeners[i]].name;
			out->ids[person][i] = shown(h, t, listeners[i], person);
			notice_get(t, h->f.arena, name, person, &n);
			out->changes[person][i] = n.change;
		}
	store_end(t);
}

static void step(struct history *h)
{
	static const char *const domains[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	static const char *const phones[] = { "0311111111", "0322222222", "0333333333" };
	static const char *const facilities[] = { "a-hospital", "b-clinic", "c-hospital" };
	static const char *const ids[PEOPLE] = { "1", "2", "3", "4", "5", "6" };
	struct who w = { .domain = domains[choose(h, 3)],
			 .id = ids[choose(h, PEOPLE)],
			 .family = "ヤマダ",
			 .given = choose(h, 4) == 0 ? "ハナコ" : "ケンイチ",
			 .birth = choose(h, 8) == 0 ? "19500101" : "19410503",
			 .sex = "M",
			 .phone = phones[choose(h, 3)] };
	struct told_step s = { .region = &h->region, .who = &w };
	struct patient_record r, other;
	if (choose(h, 3) == 0 && people_find(&h->f, w.domain, w.id, &r)) {
		s.who = NULL;
		s.record = r.number;
		s.action = (enum consent_action)choose(h, 4);
		s.facility = s.action >= CONSENT_EXCLUDE ? facilities[choose(h, 3)] : NULL;
		if (choose(h, 3) == 0
		    && people_find(&h->f, domains[choose(h, 3)], ids[choose(h, PEOPLE)], &other)) {
			s.other = other.number;
			s.decision = (enum pair_decision)choose(h, 3);
		}
	} else if (choose(h, 12) == 0) {
		s.survivor = ids[choose(h, PEOPLE)];
		s.subsumed = ids[choose(h, PEOPLE)];
	}
	told_do(&h->f, &s); /* what is refused changes nothing */
}

/* A change is noticed exactly when what a query would show is another: the rule in the store
 * (store/identity_shown.c) and that of manager and policy are one. */
static void noticed_when_shown(void)
{
	for (unsigned opt_in = 0; opt_in < 2; opt_in++) {
		struct history h = { .seed = 7 + opt_in };
		struct seen *before = calloc(1, sizeof *before), *after = calloc(1, sizeof *after);
		unsigned told = 0;
		fixture_open(&h.f);
		h.region = told_region(h.systems);
		h.region.opt_in = opt_in == 1;
		uint64_t most = 64;
		look(&h, most, before);
		for (unsigned n = 0; n < STEPS; n++) {
			step(&h);
			most = n / 4 + 64;
			look(&h, most, after);
			for (uint64_t p = 1; p <= most; p++)
				for (size_t i = 0; i < COUNT(listeners); i++) {
					const char *was = before->ids[p][i];
					bool other = !text_equal(was == NULL ? "" : was,
								 after->ids[p][i]);
					bool noticed = before->changes[p][i]
						       != after->changes[p][i];
					struct store_txn *t = store_begin_read(h.f.store,
									       &h.f.problem);
					struct person is;
					bool there = identity_person(t, h.f.arena, p, &is);
					store_end(t);
					told += noticed;
					if (there && other != noticed) {
						fprintf(stderr, "step %u, person %u: %s -> %s\n", n,
							(unsigned)p, was, after->ids[p][i]);
						CU_FAIL_FATAL("noticed otherwise than shown");
					}
				}
			struct seen *next = before;
			before = after;
			after = next;
		}
		CU_ASSERT(told > STEPS / 10);
		fixture_close(&h.f);
		free(before);
		free(after);
	}
}

static const struct test tests[] = { { "the message", the_message },
				     { "a change is noticed exactly when what is shown changes",
				       noticed_when_shown },
				     { 0 } };

int main(void)
{
	return suite_run("ITI-10", tests);
}
