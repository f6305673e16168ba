/* profiles/actors/on_demand_each.c: one message in another form. ITI TF-1: 10.1.1.6; ITI TF-2:
 * 3.61; ITI TF-3: 4.2.2.2. */
#include "profiles/actors/on_demand_each.h"

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "schemas/tables/view_kinds.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"

static const char *const form_names[VIEW_FORMS] = { [VIEW_CDA] = "CDA", [VIEW_FHIR] = "FHIR" };

/* By what stays whatever an update says of the message. NULL: the store does not give its
 * secret. */
static const char *unique_id(const struct registry_desk *d, const struct document_entry *message,
			     const char *what)
{
	unsigned char secret[STORE_SECRET];
	const char *parts[] = { "one on demand", what, message->logical_id };
	if (!store_secret(d->txn, secret))
		return NULL;
	return derived_oid(d->arena, (struct bytes){ secret, sizeof secret }, parts, COUNT(parts));
}

/* VIEW_KINDS: no form of it is made. */
static enum view_kind made_of(const struct registry_desk *d, const struct document_entry *message)
{
	enum view_kind kind = on_demand_source_is_of(d, message);
	return kind < VIEW_KINDS && d->region->on_demand[kind].each ? kind : VIEW_KINDS;
}

/* NULL: it is not made, or is there already; nothing is opened to see that. */
static const char *wanted(const struct registry_desk *d, const struct document_entry *message,
			  struct view view)
{
	const char *id = NULL;
	if (d->region->on_demand[view.kind].forms[view.form])
		id = unique_id(d, message, form_names[view.form]);
	return id != NULL && registry_same(d->txn, id, 1) == 0 ? id : NULL;
}

bool on_demand_each_lacks(const struct registry_desk *d, const struct document_entry *message)
{
	struct view view = { .kind = made_of(d, message) };
	bool lacking = false;
	for (; view.kind < VIEW_KINDS && !lacking && view.form < VIEW_FORMS; view.form++)
		lacking = wanted(d, message, view) != NULL;
	return lacking;
}

/* ---- Offering ---- */

static const char *new_id(const struct registry_desk *d)
{
	char uuid[UUID_URN_TEXT];
	time_uuid(d->now, store_random(d->txn), uuid);
	return arena_text(d->arena, uuid);
}

static struct localized *titled(struct arena *a, const char *text)
{
	struct localized *l = arena_new(a, struct localized);
	*l = (struct localized){ .value = text, .language = "ja-JP", .charset = "UTF-8" };
	return l;
}

/* By which the policy judges it as the message, and the registry lets it stand and go with that. */
static const struct object_source *form_of(struct arena *a, const struct document_entry *message)
{
	struct object_source *s = arena_new(a, struct object_source);
	*s = (struct object_source){ .subject = message->subject,
				     .system = message->source_system,
				     .document = message->logical_id };
	return s;
}

static struct document_entry *entry_of(const struct registry_desk *d,
				       const struct document_entry *message, const char *patient_id,
				       struct view view, const char *unique_id_of)
{
	struct arena *a = d->arena;
	struct document_entry *e = arena_new(a, struct document_entry);
	*e = document_as_form(message);
	e->id = new_id(d);
	e->title = titled(
		a, arena_printf(a, "%s (%s)", view_kinds[view.kind].noun, form_names[view.form]));
	e->format_code = on_demand_format_code(a, view.kind);
	e->mime_type = on_demand_mime_type(view.form);
	e->repository_unique_id = d->region->on_demand[view.kind].repository_unique_id;
	e->unique_id = unique_id_of;
	e->patient_id = patient_id;
	e->sources = form_of(a, message);
	return e;
}

/* The set the message came with. NULL: it is not there, or hidden from who sends: then nobody knows
 * to whom it is addressed. */
static const struct submission_set *set_of(const struct registry_desk *d,
					   const struct document_entry *message)
{
	const struct association *x = registry_to(d->txn, d->arena, message->logical_id);
	const struct submission_set *found = NULL;
	for (; x != NULL && found == NULL; x = x->next) {
		struct sealed_set *s = x->type != ASSOCIATION_HAS_MEMBER
						       || text_equal(x->submission_set_status,
								     "Reference")
					       ? NULL
					       : registry_submission_set(d->txn, d->arena,
									 x->source);
		const struct submission_set *open = document_registry_set(d, s);
		if (open != NULL && text_equal(open->source_system, message->source_system))
			found = open;
	}
	return found;
}

static struct submission_set *own_set(const struct registry_desk *d,
				      const struct document_entry *message,
				      const struct submission_set *came_with, enum view_kind kind)
{
	struct submission_set *s = arena_new(d->arena, struct submission_set);
	char dtm[DTM_TEXT];
	instant_to_dtm(d->now, dtm);
	*s = (struct submission_set){
		.id = new_id(d),
		.authors = message->authors,
		.title = titled(d->arena, view_kinds[kind].noun),
		.content_type_code = message->type_code,
		.intended_recipients = came_with->intended_recipients,
		.source_id = d->region->on_demand[kind].repository_unique_id,
		.submission_time = arena_text(d->arena, dtm),
		.subject = message->subject,
		.source_system = message->source_system,
		.sources = form_of(d->arena, message),
	};
	/* One a submission: a form may come later. */
	s->unique_id = unique_id(d, message, s->id);
	return s;
}

static void associate(const struct registry_desk *d, struct submission *s,
		      enum association_type type, const char *source, const char *target)
{
	struct association *x = arena_new(d->arena, struct association);
	*x = (struct association){
		.id = new_id(d),
		.type = type,
		.type_urn = association_type_urn(type),
		.source = source,
		.target = target,
		.submission_set_status = type == ASSOCIATION_HAS_MEMBER ? "Original" : NULL,
		.source_system = s->set->source_system,
		.next = s->associations,
	};
	s->associations = x;
}

static void add_form(const struct registry_desk *d, struct submission *s,
		     const struct document_entry *message, struct view view, const char *id)
{
	struct document_entry *e = entry_of(d, message, s->set->patient_id, view, id);
	e->next = s->entries;
	s->entries = e;
	associate(d, s, ASSOCIATION_HAS_MEMBER, s->set->id, e->id);
	associate(d, s, ASSOCIATION_XFRM, e->id, message->id);
}

static const char *patient_of(const struct registry_desk *d, uint64_t subject)
{
	struct patient_record place;
	return identity_place(d->txn, d->arena, subject, &place)
		       ? document_registry_regional_id(d, place.person)
		       : NULL;
}

/* Its set alone; NULL: nobody can say whose it is. */
static struct submission *begun(const struct registry_desk *d, const struct document_entry *message,
				enum view_kind kind)
{
	const struct submission_set *came_with = set_of(d, message);
	const char *patient = patient_of(d, message->subject);
	if (came_with == NULL || patient == NULL)
		return NULL;
	struct submission *s = arena_new(d->arena, struct submission);
	s->set = own_set(d, message, came_with, kind);
	s->set->patient_id = patient;
	s->set_count = 1;
	return s;
}

bool on_demand_each_offer(const struct registry_desk *d, const struct document_entry *message,
			  struct submission **made, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct view view = { .kind = made_of(d, message) };
	if (message->status != STATUS_APPROVED || !on_demand_each_lacks(d, message))
		return true;
	struct submission *s = begun(d, message, view.kind);
	for (const char *id; s != NULL && view.form < VIEW_FORMS; view.form++)
		if ((id = wanted(d, message, view)) != NULL)
			add_form(d, s, message, view, id);
	if (s == NULL)
		return true;
	if (!registry_put(d->txn, d->arena, s, d->now, &p))
		return findings_error(f, p.code, NULL, p.where, "%s", p.what);
	s->offered = *made;
	*made = s;
	return true;
}

/* ---- Finding ---- */

static bool is_form_of(const struct registry_desk *d, const struct document_entry *e,
		       const struct document_entry *message, struct on_demand_document *out)
{
	struct view view = { .kind = made_of(d, message) };
	for (; view.kind < VIEW_KINDS && view.form < VIEW_FORMS; view.form++) {
		if (d->region->on_demand[view.kind].forms[view.form]
		    && text_equal(e->unique_id, unique_id(d, message, form_names[view.form]))) {
			out->view = view;
			out->message = message;
			return true;
		}
	}
	return false;
}

bool on_demand_each_finds(const struct registry_desk *d, const struct document_entry *e,
			  struct on_demand_document *out)
{
	struct sealed_entry *base = registry_latest_entry(d->txn, d->arena, e->sources->document);
	const struct document_entry *message = document_registry_entry(d, base);
	return message != NULL && is_form_of(d, e, message, out);
}
