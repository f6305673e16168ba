/* profiles/actors/notification_broker.c: subscribing, and what of an event is to be told. */
#include "profiles/actors/notification_broker.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/pull_point.h"
#include "profiles/actors/registry_match.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"

/* ---- Subscribing ---- */

/* ITI TF-2: Table 3.52.5.3-1 */
static bool topic_fits(enum subscription_topic topic, enum stored_query kind)
{
	static const enum stored_query kinds[TOPIC_COUNT] = {
		[TOPIC_FULL_DOCUMENT_ENTRY] = QUERY_FIND_DOCUMENTS,
		[TOPIC_MINIMAL_DOCUMENT_ENTRY] = QUERY_FIND_DOCUMENTS,
		[TOPIC_SUBMISSION_SET] = QUERY_FIND_SUBMISSION_SETS,
		[TOPIC_FOLDER] = QUERY_FIND_FOLDERS,
	};
	return kinds[topic] == kind;
}

/* It is told at one of its own pull points, or at a consumer that is registered. */
static bool find_consumer(const struct registry_desk *d, struct subscription *made,
			  struct problem *p)
{
	struct pull_point own;
	if (pull_point_at(d, made->consumer, &own))
		made->pull_point = own.id;
	return made->pull_point != NULL
	       || region_consumer(d->region, d->sender, made->consumer) != NULL
	       || problem_at(p, PROBLEM_NOT_PERMITTED, "ConsumerReference",
			     "'%s' is the url of no partner in consumers of %s, and of no pull "
			     "point of its",
			     made->consumer, d->sender->name);
}

bool broker_subscribe(const struct registry_desk *d, const struct subscription *wanted,
		      struct subscription *made, struct problem *p)
{
	struct registry_patient patient = { .record = 0 };
	*made = *wanted;
	made->system = d->sender->name;
	if (!find_consumer(d, made, p))
		return false;
	if (!topic_fits(wanted->topic, wanted->filter.kind))
		return problem_at(p, PROBLEM_FILTER_INVALID, "TopicExpression",
				  "the topic does not go with the filter %s (ITI TF-2: Table "
				  "3.52.5.3-1)",
				  wanted->filter.query_id);
	if (wanted->filter.patient_id != NULL
	    && !document_registry_patient(d, wanted->filter.patient_id, &patient))
		return problem_at(p, PROBLEM_FILTER_INVALID, wanted->filter.patient_id,
				  "no active patient has this id");
	made->subject = patient.record;
	return subscription_put(d->txn, made, p);
}

bool broker_unsubscribe(const struct registry_desk *d, const char *id, struct subscription *was,
			struct problem *p)
{
	if (!subscription_get(d->txn, d->arena, id, was)
	    || !text_equal(was->system, d->sender->name) || subscription_is_over(was, d->now))
		return problem_at(p, PROBLEM_SUBSCRIPTION_UNKNOWN, "wsa:To",
				  "there is no such subscription of %s", d->sender->name);
	return subscription_remove(d->txn, was)
	       || problem_set(p, store_problem(d->txn)->code, "%s", store_problem(d->txn)->what);
}

/* ---- Matching ---- */

static bool any_entry(const struct registry_query *q, const struct submission *s)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (registry_match_entry(q, e))
			return true;
	return false;
}

static bool matches(const struct subscription *s, const struct submission *what)
{
	return s->topic == TOPIC_SUBMISSION_SET
		       ? what->set != NULL && registry_match_submission_set(&s->filter, what->set)
		       : any_entry(&s->filter, what);
}

/* What happens, while those who follow it are looked at; in the job's scratch. */
struct event {
	const struct registry_desk *desk;
	const struct submission *submission;
	struct subscription_event what; /* as far as it is the same for all */
	bool update; /* of what is registered: but folders that gained something nothing is new */
	const struct text_list *gained; /* folders that gained a document */
	bool gained_known;
};

/* A registered folder that has a document more, once. */
static void note_folder(struct event *e, struct text_set *known, const char *uuid,
			struct text_list ***last)
{
	const struct registry_desk *d = e->desk;
	const char *kept = text_set_keep(known, uuid);
	if (kept != NULL && registry_folder(d->txn, store_arena(d->txn), kept) != NULL)
		*last = text_list_add(store_arena(d->txn), *last, kept);
}

static bool replaces(const struct association *x)
{
	return x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC;
}

/* The replacement has joined the folders of what it replaced (ITI TF-2: 3.42.4.1.3.5). */
static void note_folders_of(struct event *e, struct text_set *known, const char *entry,
			    struct text_list ***last)
{
	const struct registry_desk *d = e->desk;
	const struct association *x = registry_to(d->txn, store_arena(d->txn), entry);
	for (; x != NULL; x = x->next)
		if (x->type == ASSOCIATION_HAS_MEMBER)
			note_folder(e, known, x->source, last);
}

/* Those of this submission are known by what they say; the others are sealed. */
static const struct text_list *folders_gained(struct event *e)
{
	const struct submission *s = e->submission;
	struct text_set known = text_set_in(store_arena(e->desk->txn));
	struct text_list *first = NULL, **last = &first;
	if (e->gained_known)
		return e->gained;
	text_set_add(&known, s->set->id);
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		text_set_add(&known, f->id);
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		if (x->type == ASSOCIATION_HAS_MEMBER)
			note_folder(e, &known, x->source, &last);
		else if (replaces(x))
			note_folders_of(e, &known, x->source, &last);
	e->gained_known = true;
	return e->gained = first;
}

static void tell_of(const struct event *e, const struct subscription *s,
		    enum subscription_event_kind kind, const char *object)
{
	struct subscription_event what = e->what;
	what.kind = what.published != NULL ? EVENT_PUBLISHED : kind;
	what.object = object;
	subscription_tell(e->desk->txn, s, &what);
}

/* A notification is of one folder (DSUB Extensions 3.53.4.1.2). What a registered one says, and
 * whether what it gained by which set may be seen, is looked at when it is told. */
static void tell_of_folders(struct event *e, const struct subscription *s)
{
	const struct folder *f = e->update ? NULL : e->submission->folders;
	for (; f != NULL; f = f->next)
		if (registry_match_folder(&s->filter, f))
			tell_of(e, s, EVENT_FOLDER, f->id);
	if (e->what.published != NULL)
		return;
	for (const struct text_list *l = folders_gained(e); l != NULL; l = l->next)
		tell_of(e, s, EVENT_FOLDER,
			arena_printf(store_arena(e->desk->txn), "%s/%s", l->value,
				     e->submission->set->id));
}

static void tell_followers(struct event *e, uint64_t record)
{
	const struct registry_desk *d = e->desk;
	const struct subscription *s = subscriptions_of(d->txn, store_arena(d->txn), record,
							d->now);
	for (; s != NULL; s = s->next)
		if (s->topic == TOPIC_FOLDER)
			tell_of_folders(e, s);
		else if (!e->update && matches(s, e->submission))
			tell_of(e, s, EVENT_SUBMISSION,
				e->what.published != NULL ? "-" : e->submission->set->id);
}

/* Of each record of the person, and of every patient. */
static void tell_event(struct event *e, uint64_t person)
{
	const struct registry_desk *d = e->desk;
	struct arena *a = store_arena(d->txn);
	struct arena_mark before = arena_mark(a);
	struct record_numbers records;
	tell_followers(e, 0);
	if (identity_subjects(d->txn, a, person, &records))
		for (size_t i = 0; i < records.count; i++)
			tell_followers(e, records.numbers[i]);
	arena_rewind(a, &before);
}

void broker_registered(const struct registry_desk *d, const struct submission *s, uint64_t person)
{
	struct event e = { .desk = d, .submission = s };
	tell_event(&e, person);
}

void broker_updated(const struct registry_desk *d, const struct submission *s, uint64_t person)
{
	struct event e = { .desk = d, .submission = s, .update = true };
	tell_event(&e, person);
}

bool broker_publish(const struct registry_desk *d, const struct publication *what, uint64_t *record,
		    struct problem *p)
{
	struct registry_patient patient;
	if (!d->sender->publish)
		return problem_set(p, PROBLEM_NOT_PERMITTED, "%s may not publish (publish)",
				   d->sender->name);
	if (!document_registry_patient(d, what->patient_id, &patient))
		return problem_at(p, PROBLEM_UNKNOWN_PATIENT, what->patient_id,
				  "no active patient of the affinity domain has this id");
	*record = patient.record;
	struct event e = { .desk = d,
			   .submission = &what->submission,
			   .what = { .subject = patient.record,
				     .source_system = d->sender->name,
				     .published = what->metadata } };
	tell_event(&e, patient.person);
	return !store_failed(d->txn)
	       || problem_set(p, store_problem(d->txn)->code, "%s", store_problem(d->txn)->what);
}
