/* tests/engines/deeds.c: what is done to a region, and what became of it. */
#include "tests/engines/deeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/errands.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "store/registry.h"
#include "store/repository.h"
#include "tests/store/people.h"

/* ---- Who and what ---- */

enum { SPACE_DEED = 0x0f }; /* nobody else's: the last of the store's own */
enum { OBJECT_SET, OBJECT_ENTRY, OBJECT_MEMBER, OBJECT_RELATION };

static const char *const domains[DEED_FACILITIES] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
static const char *const partners[DEED_PARTNERS] = { "a-hospital", "b-clinic", "c-hospital" };
static const char address[] = "https://partner.example/";
static const char repository[] = "2.999.9";

static const char *id_of(struct arena *a, unsigned patient)
{
	return arena_printf(a, "%u", patient);
}

static const char *uuid_of(struct arena *a, unsigned deed, unsigned object)
{
	return arena_printf(a, "urn:uuid:00000000-0000-4000-8000-%08x%04x", deed, object);
}

static const char *unique_id(struct arena *a, unsigned deed, unsigned object)
{
	return arena_printf(a, "2.999.5.%u.%u", deed, object);
}

static bool find(struct store_txn *t, unsigned facility, unsigned patient,
		 struct patient_record *out, struct problem *p)
{
	struct arena *a = store_arena(t);
	return identity_find(t, a, domains[facility], id_of(a, patient), out)
	       || problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such record");
}

/* ---- Deeds ---- */

typedef bool deed_part(struct store_txn *t, const struct deed *d, struct problem *p);

/* Two patients look alike but for their birth date, which some variants have of the other: so
 * strangers are linked, and links contradict. */
static bool feed(struct store_txn *t, const struct deed *d, struct problem *p)
{
	static const char *const births[] = { "19700101", "19800202" };
	static const char *const phones[] = { "0312345", "0387654" };
	struct arena *a = store_arena(t);
	struct who who = { .family = arena_printf(a, "サトウ%s", d->patient % 4 < 2 ? "" : "ダ"),
			   .given = d->variant % 5 == 4 ? "ジロウ" : "タロウ",
			   .birth = births[(d->patient + (d->variant % 3 == 2)) % 2],
			   .sex = "M",
			   .phone = arena_printf(a, "%s%04u", phones[d->variant % 2],
						 d->patient / 2) };
	struct patient_identifier second = { .id = id_of(a, d->other),
					     .universal_id = domains[d->facility] };
	struct patient_identifier first = { .id = id_of(a, d->patient),
					    .universal_id = domains[d->facility],
					    .next = d->variant % 7 == 6 ? &second : NULL };
	struct patient_demographics demographics = people_demographics(a, &who);
	struct feed_outcome out;
	return identity_put(t, &people_region, people_system(domains[d->facility]), &first,
			    &demographics, 0, &out, p);
}

static bool merge(struct store_txn *t, const struct deed *d, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct feed_outcome out;
	return identity_merge(t, &people_region, domains[d->facility], id_of(a, d->patient),
			      id_of(a, d->other), &out, p);
}

static const struct person_decision clerk = { .by = "clerk", .why = "seen" };

static bool decide_pair(struct store_txn *t, const struct deed *d, struct problem *p)
{
	static const enum pair_decision what[] = { PAIR_APART, PAIR_TOGETHER, PAIR_UNDO };
	struct patient_record x, y;
	struct feed_outcome out;
	return find(t, d->facility, d->patient, &x, p)
	       && find(t, d->other_facility, d->other, &y, p)
	       && identity_decide_pair(t, &people_region, x.number, y.number,
				       what[d->variant % COUNT(what)], &clerk, &out, p);
}

static bool confirm(struct store_txn *t, const struct deed *d, struct problem *p)
{
	struct patient_record r;
	struct feed_outcome out;
	return find(t, d->facility, d->patient, &r, p)
	       && identity_confirm(t, &people_region, r.number, &clerk, &out, p);
}

static bool consent(struct store_txn *t, const struct deed *d, struct problem *p)
{
	struct patient_record r;
	struct consent_coverage coverage;
	struct consent_event e = { .action = (enum consent_action)(d->variant % 4),
				   .by = "clerk",
				   .reason = "asked for it",
				   .time = d->now };
	if (e.action == CONSENT_EXCLUDE || e.action == CONSENT_INCLUDE)
		e.facility = partners[d->other_facility];
	return find(t, d->facility, d->patient, &r, p)
	       && consent_record(t, &people_region, r.number, &e, &coverage, p);
}

static struct association *associate(struct arena *a, const struct deed *d, unsigned object,
				     enum association_type type, const char *source,
				     const char *target)
{
	struct association *x = arena_new(a, struct association);
	*x = (struct association){ .id = uuid_of(a, d->name, object),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .source_system = partners[d->facility] };
	return x;
}

static bool may_replace(struct store_txn *t, const char *uuid, struct problem *p)
{
	const struct sealed_entry *e = registry_entry(t, store_arena(t), uuid);
	if (e == NULL)
		return problem_set(p, PROBLEM_NOT_FOUND, "there is nothing to replace");
	return registry_entry_facts(e).status == STATUS_APPROVED
	       || problem_set(p, PROBLEM_CONFLICT, "it is replaced already");
}

/* Some of the octets are the same in many documents. */
static bool keep_octets(struct store_txn *t, const struct deed *d, const char *document,
			struct problem *p)
{
	struct arena *a = store_arena(t);
	struct blob blob;
	struct kept_document kept = { .repository_unique_id = repository,
				      .unique_id = document,
				      .mime_type = "text/plain",
				      .source_system = partners[d->facility] };
	const char *text = arena_printf(a, "report %u", d->variant % 2 == 0 ? d->variant : d->name);
	if (!blob_of_bytes(store_of(t), a, bytes_of_text(text), &blob, p))
		return false;
	memcpy(kept.sha256, blob.sha256, sizeof kept.sha256);
	kept.size = blob.size;
	return repository_put(t, a, &kept, &blob, p);
}

static bool submit(struct store_txn *t, const struct deed *d, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct patient_record r;
	if (!find(t, d->facility, d->patient, &r, p))
		return false;
	struct submission_set set = { .id = uuid_of(a, d->name, OBJECT_SET),
				      .unique_id = unique_id(a, d->name, OBJECT_SET),
				      .source_system = partners[d->facility],
				      .subject = r.number };
	struct document_entry entry = { .id = uuid_of(a, d->name, OBJECT_ENTRY),
					.unique_id = unique_id(a, d->name, OBJECT_ENTRY),
					.source_system = partners[d->facility],
					.subject = r.number,
					.size = "3",
					.creation_time = "2026" };
	struct submission s = { .set = &set, .entries = &entry };
	s.associations = associate(a, d, OBJECT_MEMBER, ASSOCIATION_HAS_MEMBER, set.id, entry.id);
	if (d->replaces != 0) {
		const char *old = uuid_of(a, d->replaces, OBJECT_ENTRY);
		if (!may_replace(t, old, p))
			return false;
		s.associations->next = associate(a, d, OBJECT_RELATION, ASSOCIATION_RPLC, entry.id,
						 old);
	}
	return keep_octets(t, d, entry.unique_id, p) && registry_put(t, a, &s, d->now, p);
}

static bool send(struct store_txn *t, const struct deed *d, struct problem *p)
{
	static const struct errand_bounds narrow = { 24, 1 << 20, 12, 1 << 20 },
					  wide = { 100000, 1 << 30, 100000, 1 << 30 };
	const struct errand_part part = { .octets = bytes_of_text("<answer/>") };
	struct errand e = { .kind = "answer",
			    .partner = partners[d->patient % DEED_PARTNERS],
			    .address = address,
			    .exchange = id_of(store_arena(t), d->name),
			    .content_type = "text/xml",
			    .parts = &part,
			    .made = d->now };
	return errand_put(t, &e, d->wide ? &wide : &narrow, p);
}

static bool deliver(struct store_txn *t, const struct deed *d, struct problem *p)
{
	const char *partner = partners[d->patient % DEED_PARTNERS];
	struct errand e;
	struct errand_try no = {
		.now = d->now, .due = d->now + 1, .answered = d->variant % 2 != 0, .why = "no"
	};
	if (!errand_first(t, store_arena(t), partner, address, &e))
		return problem_set(p, PROBLEM_NOT_FOUND, "nothing waits");
	return d->variant % 4 == 0   ? errand_later(t, e.number, &no)
	       : d->variant % 4 == 1 ? errand_aside(t, e.number, &no)
				     : errand_done(t, e.number, d->now);
}

static bool revoke_told(struct store_txn *t, const struct deed *d, const char *partner,
			uint64_t person, struct problem *p)
{
	const struct partner_code *c = partner_codes_of(t, store_arena(t), person);
	while (c != NULL && (!c->told || strcmp(c->partner, partner) != 0))
		c = c->next;
	return (c != NULL && partner_code_revoke(t, partner, c->text, d->now))
	       || problem_set(p, PROBLEM_NOT_FOUND, "there is no code");
}

/* The oldest, whatever its number is. */
static bool settle_oldest(struct store_txn *t, const struct deed *d, const char *partner,
			  struct problem *p)
{
	const struct partner_conflict *first = NULL;
	for (const struct partner_conflict *c =
		     partner_conflicts(t, store_arena(t), partner, 0, PARTNER_CONFLICTS_MOST);
	     c != NULL; c = c->next)
		if (first == NULL || c->claimed.since < first->claimed.since
		    || (c->claimed.since == first->claimed.since && first->joined))
			first = c;
	return (first != NULL
		&& partner_conflict_settle(t, first, (enum settlement)(d->variant / 8 % 3), "clerk",
					   d->now))
	       || problem_set(p, PROBLEM_NOT_FOUND, "there is no conflict");
}

static bool know(struct store_txn *t, const struct deed *d, struct problem *p)
{
	enum { IDS = 5 };
	const char *partner = partners[d->other % DEED_PARTNERS];
	struct patient_record r;
	struct partner_code code;
	struct mapped told;
	bool made;
	if (!find(t, d->facility, d->patient, &r, p))
		return false;
	struct partner_id id = { .partner = partner,
				 .domain = "2.999.3",
				 .id = id_of(store_arena(t), d->variant / 8 % IDS),
				 .person = r.person,
				 .by = "clerk",
				 .since = d->now };
	switch (d->variant % 8) {
	case 0: return revoke_told(t, d, partner, r.person, p);
	case 1: return partner_id_unmap(t, partner, r.person) != 0;
	case 2: return settle_oldest(t, d, partner, p);
	case 3:
	case 4: return partner_code_ask(t, partner, CODE_CARE, r.person, d->now, &code, &made);
	default: return partner_id_map(t, &id, &told, p);
	}
}

static deed_part *const parts[DEED_KINDS] = {
	[DEED_FEED] = feed,       [DEED_MERGE] = merge,     [DEED_PAIR] = decide_pair,
	[DEED_CONFIRM] = confirm, [DEED_CONSENT] = consent, [DEED_SUBMIT] = submit,
	[DEED_SEND] = send,       [DEED_DELIVER] = deliver, [DEED_KNOW] = know,
};

static bool run_part(void *with, struct store_txn *t, struct problem *p)
{
	const struct deed *d = with;
	return parts[d->kind](t, d, p);
}

struct key deed_key(const struct deed *d)
{
	struct key k;
	key_begin(&k, SPACE_DEED);
	key_number(&k, d->name);
	return k;
}

/* As on the road: what is refused is undone, and leaves a record all the same. */
static bool run(void *with, struct store_txn *t, struct problem *p)
{
	struct deed *d = with;
	struct problem why = { .code = PROBLEM_NONE };
	struct key k = deed_key(d);
	(void)p;
	d->now = store_clock(t)->now(store_clock(t));
	d->turn = atomic_fetch_add(d->turns, 1);
	store_savepoint(t, run_part, d, &why);
	d->refused = why.code;
	return store_put(t, key_span(&k), (struct bytes){ 0 });
}

void deed_do(struct deed *d, struct store *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct store_block found = { d, sizeof *d };
	const struct store_afresh afresh = { .blocks = &found, .count = 1 };
	d->kept = store_write_afresh(s, &afresh, run, d, &p);
	if (!d->kept)
		fprintf(stderr, "deed %u was not kept: %s\n", d->name, p.what);
}

/* ---- What became of it ---- */

struct portrait {
	struct store_txn *txn;
	struct arena *arena;
	struct buffer text;
};

static void say(struct portrait *p, const char *text)
{
	buffer_append(&p->text, text, strlen(text));
}

#define SAY(p, ...) say(p, arena_printf((p)->arena, __VA_ARGS__))

/* A record in words: its id, or when we made it. */
static const char *name_of(struct portrait *p, uint64_t number)
{
	struct patient_record r;
	if (number == 0 || !identity_record(p->txn, p->arena, number, &r))
		return "-";
	if (strcmp(r.domain, AFFINITY) == 0)
		return arena_printf(p->arena, "made@%lld", (long long)r.created);
	return arena_printf(p->arena, "%s/%s", r.domain, r.id);
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* In an order that is the same whatever their numbers are. */
static void say_sorted(struct portrait *p, const char **names, size_t count)
{
	if (count != 0)
		qsort(names, count, sizeof *names, by_text);
	for (size_t i = 0; i < count; i++)
		SAY(p, " %s", names[i]);
}

static void say_person(struct portrait *p, uint64_t number)
{
	enum { MOST = 512 };
	struct person person = { 0 };
	const char *names[MOST];
	size_t count = 0;
	if (!identity_person(p->txn, p->arena, number, &person))
		SAY(p, " no person");
	for (const struct patient_record *r = person.records; r != NULL && count < MOST;
	     r = r->next)
		names[count++] = name_of(p, r->number);
	SAY(p, " of %s with", name_of(p, person.regional_record));
	say_sorted(p, names, count);
}

static void say_decided(struct portrait *p, uint64_t number)
{
	struct participation now = { 0 };
	struct record_numbers subject = { &number, 1 };
	consent_participation(p->txn, p->arena, number, 0, &now);
	SAY(p, "\n  %s%s%s%s since %lld, without", now.decided ? "decided " : "",
	    now.joined ? "joined " : "", now.rests ? "rests " : "", now.disputed ? "disputed" : "",
	    (long long)now.since);
	say_sorted(p, now.excluded, now.excluded_count);
	enum { MOST = 1000 };
	const char *events[MOST];
	size_t count = 0;
	for (const struct consent_event *e = consent_history(p->txn, p->arena, &subject, 0, MOST);
	     e != NULL; e = e->next)
		events[count++] = arena_printf(p->arena, "%lld:%d:%s", (long long)e->time,
					       (int)e->action,
					       e->facility == NULL ? "" : e->facility);
	SAY(p, "\n  was told");
	say_sorted(p, events, count);
	for (const struct pair_decided *d = identity_pairs_decided(p->txn, p->arena, number);
	     d != NULL; d = d->next)
		SAY(p, "\n  %s %s at %lld by %s", d->together ? "is" : "is not",
		    name_of(p, d->other), (long long)d->time, d->by);
}

/* What was linked in one moment stands in the order of numbers, which means nothing. */
static void say_trail(struct portrait *p, const struct patient_record *r)
{
	enum { MOST = 1000 };
	const char *lines[MOST];
	size_t count = 0;
	for (const struct link_decision *d = identity_decisions(p->txn, p->arena, r->person);
	     d != NULL && count < MOST; d = d->next)
		if (d->record == r->number)
			lines[count++] = arena_printf(
				p->arena, "\n  %lld %s %s %s", (long long)d->time,
				d->linked ? "linked" : "unlinked", name_of(p, d->other), d->reason);
	say_sorted(p, lines, count);
}

/* What partners know; a code is chance, and says nothing. */
static void say_known(struct portrait *p, uint64_t person)
{
	enum { MOST = 512 };
	const char *lines[MOST];
	size_t count = 0;
	for (const struct partner_code *c = partner_codes_of(p->txn, p->arena, person);
	     c != NULL && count < MOST; c = c->next)
		lines[count++] = arena_printf(p->arena, "\n  code for %s of %lld on %s%s",
					      c->partner, (long long)c->made, name_of(p, c->record),
					      c->told ? ", told" : "");
	for (const struct partner_id *id = partner_ids_of(p->txn, p->arena, person);
	     id != NULL && count < MOST; id = id->next)
		lines[count++] = arena_printf(p->arena, "\n  is %s for %s since %lld on %s", id->id,
					      id->partner, (long long)id->since,
					      name_of(p, id->record));
	say_sorted(p, lines, count);
}

static void say_conflicts(struct portrait *p, const char *partner)
{
	const char *lines[PARTNER_CONFLICTS_MOST];
	size_t count = 0;
	for (const struct partner_conflict *c =
		     partner_conflicts(p->txn, p->arena, partner, 0, PARTNER_CONFLICTS_MOST);
	     c != NULL; c = c->next) {
		const char *line = arena_printf(p->arena, "\n  %s: %s %s at %lld, against", partner,
						name_of(p, c->claimed.record),
						c->joined ? "joined" : c->claimed.id,
						(long long)c->claimed.since);
		for (const struct partner_id *one = c->against; one != NULL; one = one->next)
			line = arena_printf(p->arena, "%s %s/%s", line, name_of(p, one->record),
					    one->id);
		lines[count++] = line;
	}
	say_sorted(p, lines, count);
}

static void say_record(struct portrait *p, unsigned facility, unsigned patient)
{
	struct patient_record r;
	struct problem absent = { 0 };
	SAY(p, "\n%s/%u", domains[facility], patient);
	if (!find(p->txn, facility, patient, &r, &absent))
		return;
	SAY(p, " version %llu status %d survivor %s unsettled %u", (unsigned long long)r.version,
	    (int)r.status, name_of(p, r.survivor), r.unsettled);
	say_person(p, r.person);
	say_decided(p, r.number);
	say_trail(p, &r);
	say_known(p, r.person);
}

static void say_ends(struct portrait *p, const struct association *x)
{
	for (; x != NULL; x = x->next)
		SAY(p, "\n  %d %d %s %s", (int)x->type, (int)x->status, x->source, x->target);
}

static void say_document(struct portrait *p, const struct deed *d)
{
	const char *uuid = uuid_of(p->arena, d->name, OBJECT_ENTRY);
	const struct sealed_entry *e = registry_entry(p->txn, p->arena, uuid);
	struct kept_document kept;
	struct blob blob;
	if (e == NULL)
		return;
	SAY(p, "\n%s of %s status %d", uuid, name_of(p, registry_entry_facts(e).subject),
	    (int)registry_entry_facts(e).status);
	if (!repository_find(p->txn, p->arena, repository,
			     unique_id(p->arena, d->name, OBJECT_ENTRY), &kept)
	    || !blob_known(p->txn, kept.sha256, &blob))
		SAY(p, " without octets");
	say_ends(p, registry_from(p->txn, p->arena, uuid));
	say_ends(p, registry_to(p->txn, p->arena, uuid));
}

static int by_place(const void *x, const void *y)
{
	uint64_t a = ((const struct errand *)x)->place, b = ((const struct errand *)y)->place;
	return (a > b) - (a < b);
}

static void say_queue(struct portrait *p, const char *partner)
{
	enum { MOST = 1000 };
	size_t count;
	struct errand_queue q;
	struct errand *e = errand_list(p->txn, p->arena, 0, partner, MOST, &count);
	errand_queue_get(p->txn, p->arena, partner, address, &q);
	SAY(p, "\n%s: %llu waiting %llu aside %u failures", partner, (unsigned long long)q.waiting,
	    (unsigned long long)q.aside, q.failures);
	if (count != 0)
		qsort(e, count, sizeof *e, by_place);
	for (size_t i = 0; i < count; i++)
		SAY(p, "\n  %s%s after %u tries", e[i].exchange, e[i].aside ? " aside" : "",
		    e[i].attempts);
}

static void say_all(struct portrait *p, unsigned patients, const struct deed *deeds, unsigned count)
{
	for (unsigned f = 0; f < DEED_FACILITIES; f++)
		for (unsigned i = 0; i < patients; i++)
			say_record(p, f, i);
	for (unsigned i = 0; i < count; i++)
		if (deeds[i].kind == DEED_SUBMIT)
			say_document(p, &deeds[i]);
	for (unsigned i = 0; i < DEED_PARTNERS; i++) {
		say_queue(p, partners[i]);
		say_conflicts(p, partners[i]);
	}
}

const char *deeds_portrait(struct store *s, struct arena *a, unsigned patients,
			   const struct deed *deeds, unsigned count)
{
	struct problem why = { .code = PROBLEM_NONE };
	struct portrait p = { .txn = store_begin_read(s, &why), .arena = a, .text = buffer_in(a) };
	if (p.txn == NULL)
		abort();
	say_all(&p, patients, deeds, count);
	if (store_failed(p.txn))
		SAY(&p, "\nfailed: %s", store_problem(p.txn)->what);
	store_end(p.txn);
	buffer_byte(&p.text, '\0');
	return (const char *)p.text.data;
}

static const struct check_row deed_rows[] = { { SPACE_DEED, "deed", NULL }, { 0 } };
static const struct check_module deeds_check = { .name = "deeds", .rows = deed_rows };

unsigned deeds_findings(struct store *s)
{
	static const struct check_module *const modules[] = {
		&identity_check,    &consent_check, &registry_check,
		&repository_check,  &errands_check, &partner_codes_check,
		&partner_ids_check, &deeds_check,   NULL,
	};
	struct check_counts counts = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	if (!store_check(s, modules, people_tell, NULL, &counts, &p))
		abort();
	return (unsigned)counts.findings;
}
