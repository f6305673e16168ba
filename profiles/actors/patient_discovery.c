/* profiles/actors/patient_discovery.c: which one of our persons another community means. */
#include "profiles/actors/patient_discovery.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/authority.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/actors/partner_identities.h"
#include "store/match_seek.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "store/store.h"

enum { YEAR = 4, DAY = 8, SURE = 100 };

/* ---- What is asked ---- */

static bool is_missing(struct problem *p, const char *where, const char *what)
{
	return problem_at(p, PROBLEM_FIELD_MISSING, where == NULL ? "" : where, "%s", what);
}

/* An asterisk stands for nothing here, and is not read past. */
static bool has_asterisk(const struct person_name *n)
{
	const char *const parts[] = { n->family, n->given, n->middle };
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i] != NULL
		    && (strchr(parts[i], '*') != NULL || strstr(parts[i], "＊") != NULL))
			return true;
	return false;
}

static bool take_names(struct arena *a, const struct demographics_sought *s,
		       struct patient_demographics *d, struct problem *p)
{
	struct person_name **tail = &d->names;
	for (const struct demographics_name *n = s->names; n != NULL; n = n->next) {
		if (has_asterisk(n->name))
			return problem_at(p, PROBLEM_DATA_TYPE, n->where,
					  "a name is said whole here, without an asterisk");
		*tail = arena_new(a, struct person_name);
		**tail = *n->name;
		(*tail)->next = NULL;
		tail = &(*tail)->next;
	}
	return true;
}

static const char *digits(struct arena *a, const char *date)
{
	size_t length = 0;
	while (date != NULL && length < DAY && isdigit((unsigned char)date[length]))
		length++;
	return length < YEAR ? NULL : arena_text_n(a, date, length - length % 2);
}

/* A range is compared by what both of its ends begin with; that a record lies in it is looked at
 * besides. */
static bool take_birth(struct arena *a, const struct demographics_sought *s,
		       struct discovery_question *q, struct patient_demographics *d,
		       struct problem *p)
{
	const char *from = digits(a, s->born_from), *to = digits(a, s->born_to);
	size_t same = 0;
	if (from != NULL && text_equal(s->born_from, s->born_to)) {
		d->birth_date = s->born_from;
		return true;
	}
	if (from != NULL && to != NULL && strncmp(from, to, strlen(to)) > 0)
		return problem_at(p, PROBLEM_DATA_TYPE, s->born_where,
				  "the range ends before it begins");
	q->born_from = from;
	q->born_to = to;
	while (from != NULL && to != NULL && from[same] != '\0' && from[same] == to[same])
		same++;
	same -= same % 2;
	d->birth_date = same < YEAR ? NULL : arena_text_n(a, from, same);
	return true;
}

/* "Nobody has it" would say more than this region knows. */
static bool take_insured(struct arena *a, const struct region *r,
			 const struct demographics_sought *s, struct patient_demographics *d,
			 struct problem *p)
{
	struct insurance **tail = &d->insurances;
	if (s->insured != NULL && r->without_insurances)
		return problem_at(p, PROBLEM_TABLE_VALUE, s->insured->where,
				  "this region keeps no insured numbers (region insurance = off)");
	if (s->insured != NULL && r->unasked_insurances)
		return problem_at(p, PROBLEM_TABLE_VALUE, s->insured->where,
				  "nobody is asked for by insured numbers in this region "
				  "(region insurance = match-only)");
	for (const struct insured_sought *i = s->insured; i != NULL; i = i->next) {
		*tail = arena_new(a, struct insurance);
		**tail = *i->number;
		(*tail)->next = NULL;
		tail = &(*tail)->next;
	}
	return true;
}

/* ITI TF-2: 3.55.4.1.2.1: both are needed, unless an id is given. An insured number is on a card:
 * it corroborates, and is nobody by itself. */
static bool is_enough(const struct demographics_sought *s, struct problem *p)
{
	if (s->ids != NULL)
		return true;
	if (s->names == NULL)
		return is_missing(p, s->where,
				  "say the name (livingSubjectName), or an id of the patient");
	return s->born_from != NULL || s->born_to != NULL
	       || is_missing(p, s->where,
			     "say the birth time (livingSubjectBirthTime), or an id of the "
			     "patient");
}

static bool has_demographics(const struct demographics_sought *s)
{
	return s->names != NULL || s->born_from != NULL || s->born_to != NULL || s->sex != NULL
	       || s->addresses != NULL || s->telecoms != NULL || s->mother != NULL
	       || s->insured != NULL;
}

static const char *without_prefix(const char *oid)
{
	return text_starts(oid, "urn:oid:") ? oid + strlen("urn:oid:") : oid;
}

/* What is issued here is nobody else's. */
static const struct patient_identifier *own_of(const struct region *r,
					       const struct discovery_question *q)
{
	const char *domain = without_prefix(q->own_domain);
	const struct patient_identifier *id = q->sought->ids;
	if (domain == NULL || text_equal(domain, r->community_domain)
	    || region_domain(r, domain, NULL) != NULL)
		return NULL;
	while (id != NULL && !text_equal(without_prefix(id->universal_id), domain))
		id = id->next;
	return id;
}

bool patient_discovery_prepare(struct arena *a, const struct region *r,
			       struct discovery_question *q, struct problem *p)
{
	const struct demographics_sought *s = q->sought;
	struct patient_demographics *d = arena_new(a, struct patient_demographics);
	if (!is_enough(s, p) || !take_names(a, s, d, p) || !take_birth(a, s, q, d, p)
	    || !take_insured(a, r, s, d, p))
		return false;
	d->sex = s->sex;
	d->addresses = (struct postal_address *)s->addresses;
	d->telecoms = (struct telecom *)s->telecoms;
	d->mothers_maiden_name = s->mother == NULL ? NULL : s->mother->name->family;
	if (has_demographics(s))
		q->described = match_describe(a, d);
	q->own = own_of(r, q);
	return true;
}

/* ---- Who is meant ---- */

/* One person in sight, by the record that would be told. */
struct in_sight {
	struct match_sight best;
	struct in_sight *next;
};

struct discovering {
	struct store_txn *txn;
	struct arena *arena;
	const struct demographics_asker *asker;
	const struct discovery_question *question;
	struct in_sight *persons; /* sure or near, all of whom may be seen */
	uint64_t meant;           /* by an id, and may be seen; 0: nobody */
	bool two_meant;           /* by two ids */
	bool understood;          /* one of the ids at least is of a domain we know */
};

static bool is_shown(struct discovering *d, const struct patient_record *r)
{
	return r->status == RECORD_ACTIVE
	       && cross_reference_tells(d->txn, d->arena, d->asker->region, d->asker->system,
					d->asker->admission, r);
}

/* As far as both say it. */
static bool is_born_within(const struct discovering *d, const char *date)
{
	const char *from = d->question->born_from, *to = d->question->born_to;
	const char *born = digits(d->arena, date);
	if (born == NULL || (from == NULL && to == NULL))
		return true;
	size_t length = strlen(born);
	return (from == NULL
		|| strncmp(born, from, length < strlen(from) ? length : strlen(from)) >= 0)
	       && (to == NULL || strncmp(born, to, length < strlen(to) ? length : strlen(to)) <= 0);
}

/* The sure before the near, the better before the worse, what was said last before what was said
 * earlier. */
static bool is_better(const struct match_sight *is, const struct match_sight *was)
{
	if (is->sure != was->sure)
		return is->sure;
	return is->degree != was->degree ? is->degree > was->degree : is->updated > was->updated;
}

static void add(struct discovering *d, const struct match_sight *sight)
{
	struct in_sight **at = &d->persons;
	while (*at != NULL && (*at)->best.person != sight->person)
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_new(d->arena, struct in_sight);
		(*at)->best = *sight;
	} else if (is_better(sight, &(*at)->best)) {
		(*at)->best = *sight;
	}
}

/* Whoever it is: nothing of a record that may not be told is left behind. */
static void look_for_described(struct discovering *d)
{
	struct match_sight *s = match_seek(d->txn, d->arena, d->asker->region,
					   d->question->described);
	for (; s != NULL; s = s->next) {
		struct patient_record record;
		if (identity_record(d->txn, d->arena, s->record, &record) && is_shown(d, &record)
		    && is_born_within(d, record.demographics.birth_date))
			add(d, s);
	}
}

/* Never the regional id: no community is told it, so none asks by it. */
static bool is_known(const struct discovering *d, const struct patient_identifier *id)
{
	const struct region *r = d->asker->region;
	const struct assigning_authority *domain = authority_of(d->arena, r, id).domain;
	return domain != NULL && !text_equal(domain->universal_id, r->affinity_domain)
	       && system_sees(r, d->asker->system, domain->universal_id);
}

/* By our code, by its own id, or by an id of ours that its system may see. 0: nobody, or nobody
 * knows. */
static uint64_t whose(struct discovering *d, const struct patient_identifier *id)
{
	const struct demographics_asker *asker = d->asker;
	const char *domain = without_prefix(id->universal_id);
	const char *partner = d->question->community->name;
	struct partner_code code;
	struct partner_id theirs;
	if (text_equal(domain, asker->region->community_domain)) {
		d->understood = true;
		return partner_code_find(d->txn, d->arena, partner, id->id, &code) ? code.person
										   : 0;
	}
	d->understood = d->understood || id == d->question->own;
	if (partner_id_find(d->txn, d->arena, partner, domain, id->id, &theirs)) {
		d->understood = true;
		return theirs.person;
	}
	if (!is_known(d, id))
		return 0;
	d->understood = true;
	struct cross_reference_query query = { .id = *id };
	struct cross_reference_found found;
	uint64_t person = 0;
	query.id.next = NULL;
	return cross_reference_person(d->txn, d->arena, asker->region, asker->system,
				      asker->admission, &query, &found, &person)
			       == CROSS_REFERENCE_FOUND
		       ? person
		       : 0;
}

/* His records that may be told, weighed as far as something is said of him. False: all of them
 * contradict it, or none may be told. */
static bool look_at_person(struct discovering *d, uint64_t number, bool *shown)
{
	struct person person;
	bool fits = false;
	*shown = false;
	if (!identity_person(d->txn, d->arena, number, &person))
		return false;
	for (const struct patient_record *r = person.records; r != NULL; r = r->next) {
		if (r->number == person.regional_record || !is_shown(d, r))
			continue;
		*shown = true;
		struct match_sight sight = { .record = r->number,
					     .person = number,
					     .version = r->version,
					     .degree = SURE,
					     .updated = r->updated };
		if (d->question->described != NULL
		    && (!is_born_within(d, r->demographics.birth_date)
			|| !match_seek_record(d->txn, d->arena, d->asker->region,
					      d->question->described, r->number, &sight)))
			continue;
		fits = true;
		sight.sure = true;
		add(d, &sight);
	}
	return fits;
}

/* Two who are meant, or one whom what is said contradicts: nobody can be told. */
static void look_for_ids(struct discovering *d)
{
	for (const struct patient_identifier *id = d->question->sought->ids; id != NULL;
	     id = id->next) {
		uint64_t person = whose(d, id);
		bool shown;
		if (person == 0 || person == d->meant)
			continue;
		bool fits = look_at_person(d, person, &shown);
		if (!shown)
			continue;
		d->two_meant = d->two_meant || d->meant != 0 || !fits;
		d->meant = person;
	}
}

/* ---- What is told of them ---- */

/* Of what our rules go by and was not said (ITI TF-2: 3.55.4.2.2.6). */
static bool more_would_tell(const struct demographics_sought *s)
{
	return s->sex == NULL || s->addresses == NULL || s->telecoms == NULL;
}

/* The only one who is meant for sure; NULL: nobody, or several. */
static const struct in_sight *only_one(const struct discovering *d)
{
	const struct in_sight *one = NULL;
	for (const struct in_sight *i = d->persons; i != NULL; i = i->next) {
		if (i->best.sure && one != NULL)
			return NULL;
		one = i->best.sure ? i : one;
	}
	return one;
}

static void conclude(struct discovering *d, struct discovery_found *out)
{
	const struct in_sight *one = only_one(d);
	out->claimed = one == NULL ? 0 : one->best.person;
	if (d->two_meant || (d->meant != 0 && (one == NULL || one->best.person != d->meant)))
		out->outcome = DISCOVERY_UNDECIDED;
	else if (one == NULL)
		out->outcome = d->persons == NULL                     ? DISCOVERY_NOBODY
			       : more_would_tell(d->question->sought) ? DISCOVERY_MORE_WANTED
								      : DISCOVERY_UNDECIDED;
	else
		*out = (struct discovery_found){ .outcome = DISCOVERY_ONE,
						 .person = one->best.person,
						 .record = one->best.record,
						 .version = one->best.version,
						 .degree = one->best.degree,
						 .claimed = one->best.person };
}

bool patient_discovery_seek(struct store_txn *t, struct arena *a,
			    const struct demographics_asker *asker,
			    const struct discovery_question *q, struct discovery_found *out,
			    struct problem *p)
{
	struct discovering d = { .txn = t, .arena = a, .asker = asker, .question = q };
	*out = (struct discovery_found){ .outcome = DISCOVERY_NOBODY };
	look_for_ids(&d);
	if (q->described != NULL)
		look_for_described(&d);
	else if (!d.understood)
		return problem_at(p, PROBLEM_UNKNOWN_KEY, q->sought->ids->where,
				  "no id of the question is of an assigning authority that is "
				  "known here");
	if (store_failed(t))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	conclude(&d, out);
	return true;
}

/* ---- In the job ---- */

/* The record is as it was, and may still be told. */
static bool holds(struct store_txn *t, struct arena *a, const struct demographics_asker *asker,
		  const struct discovery_found *found, struct patient_record *record)
{
	return identity_record(t, a, found->record, record) && record->status == RECORD_ACTIVE
	       && record->version == found->version && record->person == found->person
	       && cross_reference_tells(t, a, asker->region, asker->system, asker->admission,
					record);
}

/* What stands against it is raised by the table, and changes nothing (store/partner_ids.h). */
static bool learn(struct store_txn *t, const struct discovery_question *q, uint64_t person,
		  instant now, struct discovery_told *out, struct problem *p)
{
	struct partner_id id = { .partner = q->community->name,
				 .domain = without_prefix(q->own->universal_id),
				 .id = q->own->id,
				 .person = person,
				 .by = "ITI-55",
				 .since = now };
	struct mapped mapped;
	if (!partner_id_map(t, &id, &mapped, p))
		return false;
	out->conflict = mapped.what == MAPPING_REFUSED ? mapped.conflict : 0;
	return true;
}

bool patient_discovery_settle(struct store_txn *t, struct arena *a,
			      const struct demographics_asker *asker,
			      const struct discovery_question *q,
			      const struct discovery_found *found, instant now,
			      struct discovery_told *out, struct problem *p)
{
	struct discovery_found anew;
	struct partner_code code;
	bool made;
	*out = (struct discovery_told){ .outcome = DISCOVERY_NOBODY };
	if (found == NULL
	    || (found->outcome == DISCOVERY_ONE && !holds(t, a, asker, found, &out->record))) {
		if (!patient_discovery_seek(t, a, asker, q, &anew, p))
			return false;
		found = &anew;
		if (found->outcome == DISCOVERY_ONE && !holds(t, a, asker, found, &out->record))
			return problem_set(p, PROBLEM_INTERNAL,
					   "the record that was found cannot be read");
	}
	out->outcome = found->outcome;
	out->degree = found->degree;
	if (q->own != NULL && q->keeps && found->claimed != 0
	    && !learn(t, q, found->claimed, now, out, p))
		return false;
	if (found->outcome != DISCOVERY_ONE)
		return true;
	if (!partner_identities_shown_code(t, q->community, found->person, now, &code, &made, p))
		return false;
	out->code = arena_text(a, code.text);
	return true;
}
