/* profiles/actors/notification_broker_tell.c: what a subscriber is told of an event, as it would
 * see it by a stored query now (ITI TF-2: 3.52.5.2, 3.53.4.1.2). */
#include "profiles/actors/notification_broker.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/registry_match.h"
#include "profiles/actors/registry_search.h"
#include "store/identity.h"
#include "store/registry.h"

/* Objects as they are shown: they live in the desk's arena, for nothing here empties another. */
struct collecting {
	struct registry_objects *out;
	struct document_entry **last;
};

static bool take_entry(void *self, struct arena *each, const struct document_entry *e,
		       struct problem *p)
{
	struct collecting *c = self;
	(void)each;
	(void)p;
	*c->last = (struct document_entry *)e;
	c->last = &(*c->last)->next;
	*c->last = NULL;
	return true;
}

static bool take_set(void *self, struct arena *each, const struct submission_set *s,
		     struct problem *p)
{
	struct collecting *c = self;
	(void)each;
	(void)p;
	c->out->sets = (struct submission_set *)s;
	c->out->sets->next = NULL;
	return true;
}

static bool take_folder(void *self, struct arena *each, const struct folder *f, struct problem *p)
{
	struct collecting *c = self;
	(void)each;
	(void)p;
	c->out->folders = (struct folder *)f;
	c->out->folders->next = NULL;
	return true;
}

/* ---- What was registered ---- */

static bool add_entry(struct search *s, struct document_entry *e)
{
	return e == NULL || !registry_match_entry(s->query, e) || search_add_entry(s, e);
}

/* Those that came with it; what it refers to was registered before. */
static bool add_entries_of(struct search *s, const char *set)
{
	const struct registry_desk *d = s->desk;
	const struct association *x = registry_from(d->txn, d->arena, set);
	for (; x != NULL; x = x->next) {
		if (x->type != ASSOCIATION_HAS_MEMBER
		    || text_equal(x->submission_set_status, "Reference"))
			continue;
		struct sealed_entry *sealed = registry_entry(d->txn, d->arena, x->target);
		if (!add_entry(s, document_registry_entry(d, sealed)))
			return false;
	}
	return true;
}

static bool add_set(struct search *s, struct submission_set *set)
{
	return set == NULL || !registry_match_submission_set(s->query, set)
	       || search_add_set(s, set);
}

static bool add_folder(struct search *s, struct folder *f)
{
	return f == NULL || !registry_match_folder(s->query, f) || search_add_folder(s, f);
}

static bool is_in(const struct registry_desk *d, const char *folder, const char *entry)
{
	const struct association *x = registry_to(d->txn, d->arena, entry);
	while (x != NULL && (x->type != ASSOCIATION_HAS_MEMBER || !text_equal(x->source, folder)))
		x = x->next;
	return x != NULL;
}

/* The entry that the folder gained by this member of the set, or NULL: a membership, or a document
 * that followed what it replaced. */
static const char *gained_by(const struct registry_desk *d, const char *folder, const char *member)
{
	const struct association *x = registry_association(d->txn, d->arena, member);
	if (x == NULL)
		return is_in(d, folder, member) ? member : NULL;
	return x->type == ASSOCIATION_HAS_MEMBER && text_equal(x->source, folder) ? x->target
										  : NULL;
}

/* Of a folder that gained nothing the subscriber may see nothing has happened. */
static bool gained_something(const struct registry_desk *d, const char *folder, const char *set)
{
	const struct association *x = registry_from(d->txn, d->arena, set);
	for (; x != NULL; x = x->next) {
		bool brings = x->type == ASSOCIATION_HAS_MEMBER
			      || x->type == ASSOCIATION_SUBMIT_ASSOCIATION;
		const char *entry = brings ? gained_by(d, folder, x->target) : NULL;
		if (entry != NULL
		    && document_registry_entry(d, registry_entry(d->txn, d->arena, entry)) != NULL)
			return true;
	}
	return false;
}

/* object: the folder; of one that was there, FOLDER/SET, by which it gained something. */
static bool add_registered_folder(struct search *s, const char *object)
{
	const struct registry_desk *d = s->desk;
	const char *slash = strchr(object, '/');
	const char *folder = slash == NULL
				     ? object
				     : arena_text_n(d->arena, object, (size_t)(slash - object));
	if (slash != NULL && !gained_something(d, folder, slash + 1))
		return true;
	return add_folder(s,
			  document_registry_folder(d, registry_folder(d->txn, d->arena, folder)));
}

static bool add_registered(struct search *s, enum subscription_topic topic,
			   const struct subscription_event *e)
{
	const struct registry_desk *d = s->desk;
	if (e->kind == EVENT_FOLDER)
		return add_registered_folder(s, e->object);
	if (topic != TOPIC_SUBMISSION_SET)
		return add_entries_of(s, e->object);
	return add_set(
		s, document_registry_set(d, registry_submission_set(d->txn, d->arena, e->object)));
}

/* ---- What was published ---- */

/* Whoever published it has registered it. */
static enum availability_status as_registered(enum availability_status status)
{
	return status == STATUS_NONE ? STATUS_APPROVED : status;
}

static bool add_published(struct search *s, enum subscription_topic topic,
			  const struct subscription_event *e, struct submission *what)
{
	const struct registry_desk *d = s->desk;
	bool goes_on = true, hidden = false, shown = false;
	if (!d->admission->object(d->admission->self, d->txn, e->subject, e->source_system))
		return true;
	for (struct document_entry *x = what->entries, *next; goes_on && x != NULL; x = next) {
		next = x->next;
		x->subject = e->subject;
		x->source_system = e->source_system;
		x->status = as_registered(x->status);
		if (!d->admission->shown(d->admission->self, d->txn, x)) {
			hidden = true;
			continue;
		}
		shown = true;
		goes_on = topic == TOPIC_SUBMISSION_SET || topic == TOPIC_FOLDER || add_entry(s, x);
	}
	if (hidden && !shown)
		return true;
	if (what->set != NULL && topic == TOPIC_SUBMISSION_SET) {
		what->set->subject = e->subject;
		what->set->status = as_registered(what->set->status);
		goes_on = add_set(s, what->set);
	}
	for (struct folder *f = what->folders; goes_on && f != NULL; f = f->next) {
		if (topic != TOPIC_FOLDER || !text_equal(f->id, e->object))
			continue;
		f->subject = e->subject;
		f->status = as_registered(f->status);
		return add_folder(s, f);
	}
	return goes_on;
}

/* The id it was subscribed with is the patientId of what it is told, while it means the same person
 * (ITI TF-2: 3.18.4.1.3); else the region's is. */
static void ask_as_subscribed(struct search *s, uint64_t subject)
{
	const struct registry_desk *d = s->desk;
	struct registry_patient patient;
	struct patient_record place;
	if (s->query->patient_id != NULL && identity_place(d->txn, d->arena, subject, &place)
	    && document_registry_patient(d, s->query->patient_id, &patient)
	    && patient.person == place.person)
		search_ask(s, patient.person, s->query->patient_id, patient.regional_id);
}

bool broker_tell(const struct registry_desk *d, const struct subscription *s,
		 const struct subscription_event *e, struct submission *published,
		 struct broker_told *out, struct problem *p)
{
	struct registry_query q = s->filter;
	struct registry_found found;
	struct search search;
	struct collecting all = { &out->objects, &out->objects.entries };
	const struct registry_taker taker = {
		.self = &all, .entry = take_entry, .set = take_set, .folder = take_folder
	};
	q.leaf_class = true;
	*out = (struct broker_told){ .owners = NULL };
	search_begin(&search, d, &q, &taker, &found, p);
	search.once = true;
	ask_as_subscribed(&search, s->subject);
	bool done = published == NULL ? add_registered(&search, s->topic, e)
				      : add_published(&search, s->topic, e, published);
	out->owners = found.owners;
	return done;
}
