/* tests/policy/decider.c: what is decided of a whole combination of inputs, one question a line;
 * for tests/policy/whole.
 *
 * decider POLICY..., the first of which is number 1; 0 is a region without. A question has a digit
 * for each input, in the order of enum input: what the digits mean is said here, and there once
 * more. Everything a patient may have said is said before, in the store, by a patient of its own.
 * The answer: + (permitted), - (hidden) or ! (denied), the rule's name, and the line of the
 * region's rules it stands on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/policy_file.h"
#include "store/acceptances.h"
#include "store/disasters.h"
#include "store/registry.h"
#include "tests/store/people.h"

enum input {
	/* the region */
	ABOUT,
	POLICY,
	OPT_IN,
	TIME,
	/* the patient */
	TAKING,
	EXCLUDED,
	CLOSED,
	INCLUDED,
	GRANTED,
	LIVES,
	/* who asks */
	NODE,
	SYSTEM_ROLE,
	SYSTEM_EMERGENCY,
	RESPONDER,
	VOUCHED,
	ROLES,
	PERSON,
	PURPOSES,
	TOLD,
	REASON,
	GLASS,
	RESPONDS,
	/* the document */
	KIND,
	SECRECY,
	UNIQUE_ID,
	DATES,
	AUTHOR,
	ADDRESSEE,
	MADE_OF,
	INPUTS
};
/* Of the patient's inputs as many values. */
enum { TAKINGS = 6, EXCLUDEDS = 8, CLOSEDS = 5, INCLUDEDS = 3, GRANTEDS = 4, LIVINGS = 2 };
enum { PATIENTS = TAKINGS * EXCLUDEDS * CLOSEDS * INCLUDEDS * GRANTEDS * LIVINGS };
enum { POLICIES = 9, AUTHORS = 4, ADDRESSEES = 3, LINE = 64, AT_ONCE = 64 };
/* What has a beginning and an end is from the one to before the other. */
enum { BEGINS = 10, ENDS = 20 };

struct world {
	struct fixture f;
	const struct region_policy *policies[1 + POLICIES];
	struct registered_system systems[COUNT(people_systems)];
	uint64_t patients[PATIENTS];
	const char *bases[PATIENTS]; /* a document of each, by its id */
	uint64_t joined, left;       /* two others */
	const char *letters[AUTHORS][ADDRESSEES];
	size_t made;
	struct arena *each;
	struct store_txn *t;
};

static const char *const authors[AUTHORS] = { "a-hospital", "b-clinic", "c-hospital", "west" };

#define CODED(name, of, by) static struct coded_value name = { .code = (of), .scheme = (by) }
CODED(doctor, "D", "2.999.6");
CODED(nurse, "S", "2.999.6");
CODED(nobodys_role, "Z", "2.999.6");
CODED(treatment, "T", "2.999.7");
CODED(research, "R", "2.999.7");
CODED(crisis, "C", "2.999.7");
CODED(nobodys_purpose, "Z", "2.999.7");
CODED(note, "N", "2.999.5");
CODED(letter, "L", "2.999.5");
CODED(normal, "N", "2.16.840.1.113883.5.25");
CODED(restricted, "R", "2.16.840.1.113883.5.25");
CODED(very, "V", "2.16.840.1.113883.5.25");
static struct coded_value also_doctor = { .code = "D", .scheme = "2.999.6", .next = &nurse };
static struct coded_value also_research = { .code = "R", .scheme = "2.999.7", .next = &treatment };

/* ---- What patients have said ---- */

struct saying {
	struct store_txn *t;
	struct problem *p;
	uint64_t subject;
	instant at;
};

static bool say_of(struct saying *s, struct consent_event e, bool for_a_time)
{
	struct consent_coverage coverage;
	e.reason = "asked for it";
	e.by = "clerk";
	e.time = ++s->at;
	e.from = for_a_time ? BEGINS : 0;
	e.until = for_a_time ? ENDS : 0;
	return consent_record(s->t, &people_region, s->subject, &e, &coverage, s->p);
}

static bool say(struct saying *s, enum consent_action action, const char *whom, bool for_a_time)
{
	return say_of(s, (struct consent_event){ .action = action, .facility = whom }, for_a_time);
}

static bool grant(struct saying *s, const char *to, const char *groups, bool for_a_time)
{
	const struct consent_event e = { .action = CONSENT_GRANT,
					 .facility = to,
					 .groups = groups };
	return say_of(s, e, for_a_time);
}

static bool takes_part(struct saying *s, size_t how)
{
	switch (how) {
	case 0: return true;
	case 2: return say(s, CONSENT_LEAVE, NULL, false);
	case 3: return say(s, CONSENT_JOIN, NULL, true);
	case 4: return say(s, CONSENT_JOIN, NULL, false) && say(s, CONSENT_LEAVE, NULL, true);
	default: return say(s, CONSENT_JOIN, NULL, false);
	}
}

static bool says(struct saying *s, const size_t what[])
{
	static const char *const excluded[EXCLUDEDS] = { NULL,           "b-clinic",
							 "role/doctor",  "role/gone",
							 "person/P1@I",  "purpose/research",
							 "purpose/gone", "west" };
	static const char *const closed[CLOSEDS] = { NULL, "documents/note", "documents/gone",
						     "document/2.999.2", "period/2019-202003" };
	bool said = takes_part(s, what[TAKING]);
	if (said && what[INCLUDED] != 0)
		said = say(s, CONSENT_INCLUDE, "west", what[INCLUDED] == 2);
	if (said && what[EXCLUDED] != 0)
		said = say(s, CONSENT_EXCLUDE, excluded[what[EXCLUDED]], false);
	if (said && what[CLOSED] != 0)
		said = say(s, CONSENT_EXCLUDE, closed[what[CLOSED]], false);
	if (said && what[GRANTED] != 0)
		said = grant(s, what[GRANTED] == 3 ? "west" : "b-clinic",
			     what[GRANTED] == 2 ? "letter" : "note", what[GRANTED] == 2);
	return said;
}

/* ---- What is registered ---- */

static const char *id_of(struct world *w)
{
	char urn[UUID_URN_TEXT];
	random_uuid(&system_random, urn);
	return arena_text(w->f.arena, urn);
}

/* A document as it came, in a set for these recipients. NULL: it was not kept. */
static const char *submit(struct world *w, struct store_txn *t, struct document_entry entry,
			  struct text_value *to, struct problem *p)
{
	w->made++;
	entry.id = id_of(w);
	entry.logical_id = NULL;
	entry.unique_id = arena_printf(w->f.arena, "2.999.77.%zu", w->made);
	struct submission_set set = { .id = id_of(w),
				      .unique_id = arena_printf(w->f.arena, "2.999.78.%zu",
								w->made),
				      .subject = entry.subject,
				      .source_system = entry.source_system,
				      .intended_recipients = to };
	struct association member = { .id = id_of(w),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .source = set.id,
				      .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				      .target = entry.id };
	struct submission all = { .set = &set, .entries = &entry, .associations = &member };
	return registry_put(t, store_arena(t), &all, 1, p) ? entry.id : NULL;
}

static bool feed(struct world *w, struct store_txn *t, size_t number, bool here, bool anew,
		 uint64_t *out, struct problem *p)
{
	struct arena *a = w->f.arena;
	const struct who who = { .domain = A_DOMAIN,
				 .id = arena_printf(a, "%zu", number),
				 .family = anew ? "サトウ" : "ヤマダ",
				 .given = arena_printf(a, "%zu", number),
				 .birth = anew ? "19770707" : "19410101",
				 .sex = anew ? "F" : "M",
				 .address = here ? "東京都新宿区1-1" : "東京都港区1-1" };
	const struct patient_identifier id = { .id = who.id, .universal_id = who.domain };
	struct patient_demographics d = people_demographics(a, &who);
	struct feed_outcome outcome;
	bool fed = identity_put(t, &people_region, people_system(A_DOMAIN), &id, &d, 0, &outcome,
				p);
	*out = outcome.record;
	return fed;
}

/* Patient number N has said what the digits of N say. */
static bool make_patient(struct world *w, struct store_txn *t, size_t number, struct problem *p)
{
	static const size_t counts[] = {
		TAKINGS, EXCLUDEDS, CLOSEDS, INCLUDEDS, GRANTEDS, LIVINGS
	};
	size_t what[INPUTS] = { 0 }, rest = number;
	for (size_t i = COUNT(counts); i-- > 0; rest /= counts[i])
		what[TAKING + i] = rest % counts[i];
	bool here = what[LIVES] == 0;
	uint64_t *record = &w->patients[number];
	if (!feed(w, t, number, here, false, record, p))
		return false;
	const struct document_entry base = { .subject = *record,
					     .source_system = "c-hospital",
					     .creation_time = "20200101",
					     .type_code = &note,
					     .confidentiality_codes = &normal };
	struct saying s = { t, p, *record, 0 };
	w->bases[number] = submit(w, t, base, NULL, p);
	return w->bases[number] != NULL && says(&s, what)
	       && (what[TAKING] != 5 || feed(w, t, number, here, true, record, p));
}

struct some {
	struct world *w;
	size_t from;
};

static bool make_some(void *with, struct store_txn *t, struct problem *p)
{
	const struct some *s = with;
	for (size_t i = s->from; i < s->from + AT_ONCE && i < PATIENTS; i++)
		if (!make_patient(s->w, t, i, p))
			return false;
	return true;
}

/* To A's, who has it or not, or to a person. */
static bool make_letters(struct world *w, struct store_txn *t, struct problem *p)
{
	struct text_value to[ADDRESSEES] = { { "A病院", NULL },
					     { "A病院", NULL },
					     { "|^試験", NULL } };
	for (size_t i = 0; i < AUTHORS; i++)
		for (size_t k = 0; k < ADDRESSEES; k++) {
			const struct document_entry e = { .subject = w->joined,
							  .source_system = authors[i],
							  .class_code = &letter };
			w->letters[i][k] = submit(w, t, e, &to[k], p);
			if (w->letters[i][k] == NULL
			    || (k == 1 && !acceptance_put(t, w->letters[i][k], "a-hospital", 1)))
				return false;
		}
	return true;
}

static bool make_others(void *with, struct store_txn *t, struct problem *p)
{
	struct world *w = with;
	struct disaster d = { .municipalities = "13104",
			      .reason = "earthquake",
			      .by = "uid 1",
			      .since = BEGINS,
			      .until = ENDS };
	if (!feed(w, t, PATIENTS, false, false, &w->joined, p)
	    || !feed(w, t, PATIENTS + 1, false, false, &w->left, p) || !disaster_propose(t, &d))
		return false;
	struct saying one = { t, p, w->joined, 0 }, other = { t, p, w->left, 0 };
	d.approved = BEGINS;
	d.approved_by = "uid 2";
	return disaster_put(t, &d) && say(&one, CONSENT_JOIN, NULL, false)
	       && say(&other, CONSENT_LEAVE, NULL, false) && make_letters(w, t, p);
}

static void make(struct world *w)
{
	memcpy(w->systems, people_systems, sizeof w->systems);
	w->systems[0].title = "A病院";
	fixture_must(&w->f, store_write(w->f.store, make_others, w, &w->f.problem));
	for (size_t i = 0; i < PATIENTS; i += AT_ONCE)
		fixture_must(&w->f, store_write(w->f.store, make_some, &(struct some){ w, i },
						&w->f.problem));
}

/* ---- Asking ---- */

/* Who asks, of the digits. */
static void put_node(const struct world *w, const int *q, struct registered_system *system,
		     struct requester *who)
{
	static const char *const communities[] = { "west", "east", "lost" };
	static const char *const roles[] = { NULL, "doctor", "gone" };
	int node = q[NODE];
	who->operates = node == 0;
	who->system = node < 2 ? NULL : system;
	*system = node >= 2 && node < 5 ? w->systems[node - 2] : (struct registered_system){ 0 };
	if (node >= 5)
		system->name = system->community = communities[node - 5];
	system->role = roles[q[SYSTEM_ROLE]];
	system->emergency = q[SYSTEM_EMERGENCY] == 1;
	system->responder = q[RESPONDER] == 1;
}

static struct requester requester_of(const struct world *w, const int *q, const struct region *r,
				     struct registered_system *system)
{
	static const struct coded_value *const roles[] = { NULL, &doctor, &nurse, &nobodys_role,
							   &also_doctor },
					       *const purposes[] = {
						       NULL,    &treatment,       &research,
						       &crisis, &nobodys_purpose, &also_research
					       };
	static const instant times[] = { BEGINS - 1, BEGINS, ENDS - 1, ENDS };
	struct requester who = {
		.region = r,
		.person = { .vouched = (enum vouching)q[VOUCHED],
			    .roles = roles[q[ROLES]],
			    .id = q[PERSON] == 0 ? NULL : "P1",
			    .issuer = q[PERSON] == 2 ? "J" : "I",
			    .reason = q[REASON] == 1 ? "unconscious" : NULL },
		.purposes = purposes[q[PURPOSES]],
		.emergency = q[TOLD] == 1,
		.time = times[q[TIME]],
	};
	put_node(w, q, system, &who);
	return who;
}

static size_t patient_of(const int *q)
{
	static const int counts[] = { TAKINGS, EXCLUDEDS, CLOSEDS, INCLUDEDS, GRANTEDS, LIVINGS };
	size_t number = 0;
	for (size_t i = 0; i < COUNT(counts); i++)
		number = number * (size_t)counts[i] + (size_t)q[TAKING + i];
	return number;
}

static struct document_entry entry_of(const struct world *w, const int *q)
{
	static struct coded_value *const secrecy[] = { &normal, &restricted, &very, NULL };
	static const char *const dates[] = { "20200301", "20200401", NULL };
	return (struct document_entry){
		.id = "urn:uuid:1",
		.logical_id = q[ADDRESSEE] == 0 ? "urn:uuid:1"
						: w->letters[q[AUTHOR]][q[ADDRESSEE] - 1],
		.unique_id = q[UNIQUE_ID] == 0 ? "2.999.2" : "2.999.3",
		.type_code = q[KIND] == 0 || q[KIND] == 3 ? &note : NULL,
		.class_code = q[KIND] == 1 || q[KIND] == 3 ? &letter : NULL,
		.confidentiality_codes = secrecy[q[SECRECY]],
		.creation_time = dates[q[DATES]],
		.subject = w->patients[patient_of(q)],
		.source_system = authors[q[AUTHOR]],
	};
}

/* Of the record itself, of one of another who joined, or who left; another form of a document of
 * the record, or of none. false: as it came. */
static bool source_of(const struct world *w, const int *q, struct object_source *out)
{
	uint64_t subject = w->patients[patient_of(q)];
	const char *const documents[] = {
		NULL, NULL, NULL, NULL, w->bases[patient_of(q)], "urn:uuid:nothing"
	};
	const uint64_t subjects[] = { 0, subject, w->joined, w->left, subject, subject };
	*out = (struct object_source){ .subject = subjects[q[MADE_OF]],
				       .system = "c-hospital",
				       .document = documents[q[MADE_OF]] };
	return q[MADE_OF] != 0;
}

static void decide(struct world *w, const int *q)
{
	static const char marks[] = {
		[RULING_PERMIT] = '+', [RULING_HIDE] = '-', [RULING_DENY] = '!'
	};
	struct registered_system system;
	struct object_source source;
	const struct partner partners[] = { { .name = "west" },
					    { .name = "east", .consent_assumed = true } };
	struct region r = people_region;
	r.policy = w->policies[q[POLICY]];
	r.opt_in = q[OPT_IN] == 1;
	r.systems = w->systems;
	r.partners = partners;
	r.partner_count = COUNT(partners);
	struct requester who = requester_of(w, q, &r, &system);
	struct document_entry e = entry_of(w, q);
	struct decisions *d = who.operates ? policy_begin_operator(w->each, &who)
					   : policy_begin(w->each, &who);
	e.sources = source_of(w, q, &source) ? &source : NULL;
	if (q[GLASS] == 1)
		policy_may_break_glass(d);
	if (q[RESPONDS] == 1)
		policy_may_respond(d);
	const struct decision *now = q[ABOUT] == 0 ? policy_of_record(d, w->t, e.subject)
						   : policy_of_entry(d, w->t, &e);
	const struct region_rule *stood = policy_stood_on(d);
	printf("%c%s %u\n", marks[now->ruling], now->rule, stood == NULL ? 0 : stood->line);
}

static bool read_policies(struct world *w, int count, char **files)
{
	for (int i = 0; i < count && i < POLICIES; i++) {
		struct bytes text;
		const char *why;
		if (!regular_read(w->f.arena, files[i], POLICY_FILE_MOST, &text, &why))
			return false;
		w->policies[i + 1] = policy_file_read(w->f.arena, files[i], text, NULL).policy;
		if (w->policies[i + 1] == NULL)
			return false;
	}
	return true;
}

/* A snapshot has an arena of its own, which is not emptied before its end. */
static void ask(struct world *w)
{
	enum { QUESTIONS = 4096 };
	char line[LINE];
	int q[INPUTS];
	for (unsigned n = 0; fgets(line, sizeof line, stdin) != NULL; n++) {
		if (n % QUESTIONS == 0) {
			if (w->t != NULL)
				store_end(w->t);
			w->t = store_begin_read(w->f.store, &w->f.problem);
		}
		for (size_t i = 0; i < INPUTS; i++)
			q[i] = line[i] - '0';
		decide(w, q);
		arena_reset(w->each);
	}
}

int main(int argc, char **argv)
{
	struct world *w = calloc(1, sizeof *w);
	if (w == NULL)
		return 1;
	fixture_open(&w->f);
	w->each = arena_create(256 << 20);
	bool read = read_policies(w, argc - 1, argv + 1);
	if (read) {
		make(w);
		ask(w);
		if (w->t != NULL)
			store_end(w->t);
	}
	arena_destroy(w->each);
	fixture_close(&w->f);
	free(w);
	return read ? 0 : 1;
}
