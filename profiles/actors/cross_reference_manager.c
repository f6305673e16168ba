/* profiles/actors/cross_reference_manager.c: the Patient Identifier Cross-reference Manager hears
 * who patients are and answers which ids are one patient's. ITI TF-2: 3.8, 3.9, 3.44, 3.45. */
#include "profiles/actors/cross_reference_manager.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/value.h"
#include "profiles/actors/authority.h"
#include "profiles/actors/feeding.h"
#include "profiles/actors/metadata_type.h"
#include "schemas/tables/leniency.h"
#include "schemas/tables/rim.h"
#include "store/store.h"

bool feeding_refuse(struct feeding *f, enum problem_code code, const struct patient_identifier *id,
		    bool domain, const char *what)
{
	f->out->offending = id;
	f->out->offending_domain = domain;
	return problem_at(f->problem, code, id == NULL || id->where == NULL ? "" : id->where, "%s",
			  what);
}

static struct patient_identifier *qualified(struct arena *a, const struct assigning_authority *d,
					    const char *id)
{
	struct patient_identifier *q = arena_new(a, struct patient_identifier);
	*q = (struct patient_identifier){ .id = id,
					  .universal_id = d->universal_id,
					  .namespace_id = d->namespace_id,
					  .universal_id_type = "ISO" };
	return q;
}

/* One source a domain; the affinity domain may have an outside one. ITI TF-2: 3.8.4.1.3. */
static bool feeds(const struct feeding *f, const char *domain)
{
	return system_owns(f->sender, domain)
	       || (f->sender != NULL && f->sender->feeds_affinity_domain
		   && text_equal(domain, f->region->affinity_domain));
}

/* The domain of an id, or NULL with the problem, quietly. `fill_domain`: an id without one is of
 * the sender's own domain (ITI TF-2: 3.8.4.1.3.1). */
static const struct assigning_authority *
domain_of(struct feeding *f, const struct patient_identifier *id, struct problem *p)
{
	const struct registered_system *s = f->sender;
	struct leniencies none = { .fill_domain = false };
	const struct leniencies *allowed = s == NULL ? &none : &s->lenient;
	const char *where = id->where == NULL ? "" : id->where;
	if (!authority_is_named(f->arena, id)) {
		if (allowed->fill_domain && s->domains != NULL)
			return region_domain(f->region, s->domains[0], NULL);
		problem_at(p, PROBLEM_FIELD_MISSING, where,
			   "an id without its assigning authority");
		return NULL;
	}
	struct authority found = authority_of(f->arena, f->region, id);
	if (found.domain == NULL)
		problem_at(p, PROBLEM_UNKNOWN_KEY, where, "%s", found.why);
	else if (found.loose && !allowed->loose_authority)
		problem_at(p, PROBLEM_UNKNOWN_KEY, where,
			   "the assigning authority is not named as the domain is");
	else
		return found.domain;
	return NULL;
}

/* An id of the affinity domain is the patientId of documents, in every answer that holds them:
 * ID^^^&OID&ISO in a value of ebRIM (schemas/tables/rim.h). */
static bool fits_metadata(const struct feeding *f, const struct assigning_authority *d,
			  const char *number)
{
	return !text_equal(d->universal_id, f->region->affinity_domain)
	       || metadata_type_characters(number) + strlen(d->universal_id) + strlen("^^^&&ISO")
			  <= RIM_LONG_NAME;
}

/* What of the id is kept, or NULL with the problem: the dialects have looked, and so does this. */
static const char *usable(struct feeding *f, const struct patient_identifier *id,
			  const struct assigning_authority *d)
{
	const char *fault = NULL, *number = value_kept(f->arena, id->id, VALUE_ID, &fault);
	if (number != NULL && !fits_metadata(f, d, number))
		fault = "an id of the affinity domain is longer than documents can name (256 "
			"characters "
			"with its authority)";
	if (fault != NULL)
		feeding_refuse(f, PROBLEM_DATA_TYPE, id, false, fault);
	else if (number == NULL)
		feeding_refuse(f, PROBLEM_FIELD_MISSING, id, false, "an id is empty");
	return number;
}

static bool listed(const struct patient_identifier *list, const struct patient_identifier *one)
{
	for (; list != NULL; list = list->next)
		if (text_equal(list->id, one->id)
		    && text_equal(list->universal_id, one->universal_id))
			return true;
	return false;
}

/* One more of what the sender is told of a feed that was taken. */
struct finding *feeding_warning(struct feeding *f)
{
	struct finding **tail = &f->out->warnings;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(f->arena, struct finding);
	(*tail)->warning = true;
	return *tail;
}

/* An id that is nothing to us beside the patient's own: the sender is told. A registry hears of the
 * affinity domain's ids only, that is no news to anybody (ITI TF-2: 3.8.4.1.4). */
static void leave_out(struct feeding *f, const struct problem *why)
{
	if (!f->registry)
		problem_at(&feeding_warning(f)->problem, why->code, why->where, "left out: %s",
			   why->what);
}

/* Why a feed without an own id is refused. An id that stands beside the patient's (asOtherIDs) is
 * never the reason; an authority nobody knows is one before another's domain. */
struct reasons {
	const struct patient_identifier *unknown, *foreign;
	struct problem why; /* of the unknown one */
};

static bool no_own_id(struct feeding *f, const struct reasons *r)
{
	if (r->unknown != NULL && !f->registry)
		return feeding_refuse(f, r->why.code, r->unknown, true, r->why.what);
	if (r->unknown == NULL && r->foreign == NULL)
		return feeding_refuse(f, PROBLEM_FIELD_MISSING, NULL, false,
				      "a feed without an id");
	if (f->registry && f->feed->kind != FEED_MERGE)
		return true;
	const struct patient_identifier *id = r->foreign != NULL ? r->foreign : r->unknown;
	return f->registry ? feeding_refuse(
		       f, PROBLEM_MERGE_REFUSED, id, true,
		       "a document registry merges ids of the affinity domain only")
			   : feeding_refuse(f, PROBLEM_DOMAIN_NOT_OWNED, id, true,
					    "none of the ids is of a domain this system feeds");
}

/* Is the id the sender's to feed? Then its domain; else it is left out, for the reason told. */
static const struct assigning_authority *
own_domain(struct feeding *f, const struct patient_identifier *id, struct reasons *r)
{
	struct problem why = { .code = PROBLEM_NONE };
	const struct assigning_authority *d = domain_of(f, id, &why);
	bool affinity = d != NULL && text_equal(d->universal_id, f->region->affinity_domain);
	if (d != NULL && feeds(f, d->universal_id) && (!f->registry || affinity))
		return d;
	if (f->registry && affinity)
		feeding_refuse(f, PROBLEM_DOMAIN_NOT_OWNED, id, true,
			       "the affinity domain is not this system's to feed");
	if (d == NULL && r->unknown == NULL && !id->beside) {
		r->unknown = id;
		r->why = why;
	}
	if (d != NULL || id->beside)
		r->foreign = r->foreign == NULL ? id : r->foreign;
	if (d != NULL)
		problem_at(&why, PROBLEM_DOMAIN_NOT_OWNED, id->where == NULL ? "" : id->where,
			   "an id of a domain that this system does not feed");
	leave_out(f, &why);
	return NULL;
}

static void note_leniencies(struct feeding *f, const struct patient_identifier *id)
{
	struct leniencies *needed = &f->out->needed;
	if (!authority_is_named(f->arena, id))
		needed->fill_domain = true;
	else if (authority_of(f->arena, f->region, id).loose)
		needed->loose_authority = true;
}

/* The ids that are the sender's to feed, in *own, in order, each once and qualified. Others are
 * left out, and told. None left: *own is NULL; the registry then has nothing to do (ITI TF-2:
 * 3.8.4.1.4), else the problem is set. */
bool feeding_own_ids(struct feeding *f, const struct patient_identifier *ids,
		     struct patient_identifier **own)
{
	struct patient_identifier **tail = own;
	struct reasons reasons = { .unknown = NULL };
	*own = NULL;
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next) {
		const struct assigning_authority *d = own_domain(f, id, &reasons);
		const char *number = d == NULL ? NULL : usable(f, id, d);
		if (f->problem->code != PROBLEM_NONE)
			return false;
		if (d == NULL)
			continue;
		note_leniencies(f, id);
		struct patient_identifier *q = qualified(f->arena, d, number);
		q->type = id->type;
		q->where = id->where;
		if (!listed(*own, q)) {
			*tail = q;
			tail = &q->next;
		}
	}
	f->out->offending = NULL;
	return *own != NULL || no_own_id(f, &reasons);
}

bool feeding_known(const struct feeding *f, const struct patient_identifier *id,
		   struct patient_record *r)
{
	return identity_find_place(f->txn, f->arena, id->universal_id, id->id, r);
}

/* An update is of an id that was fed before (ITI TF-2: 3.8.4.1.3), or by leniency makes it known;
 * an id that was merged into another one is nobody's. */
static bool may_be_fed(struct feeding *f)
{
	struct patient_record r;
	bool any_known = false;
	for (const struct patient_identifier *id = f->out->ids; id != NULL; id = id->next) {
		if (!feeding_known(f, id, &r))
			continue;
		if (r.status == RECORD_SUBSUMED)
			return feeding_refuse(
				f, PROBLEM_UNKNOWN_KEY, id, false,
				"the id was merged into another one and is no patient's any more");
		any_known = true;
	}
	return f->feed->kind != FEED_UPDATE || any_known || f->feed->unknown_is_no_error
	       || leniency_grants(f->sender->lenient.update_creates, &f->out->needed.update_creates)
	       || feeding_refuse(f, PROBLEM_UNKNOWN_KEY, f->out->ids, false,
				 "an update of an id that was never fed");
}

bool feeding_put(struct feeding *f)
{
	struct feed_outcome done;
	struct problem why = { .code = PROBLEM_NONE };
	if (!identity_put(f->txn, f->region, f->sender->name, f->out->ids, &f->feed->demographics,
			  f->feed->occurred, &done, &why))
		return feeding_refuse(f, why.code, f->out->ids, false, why.what);
	f->out->effect = done.effect;
	f->out->created = done.effect == FEED_CREATED;
	f->out->older = done.older;
	f->out->somebody_else = done.somebody_else;
	f->out->scored = done.scored;
	const char *where = f->out->ids->where == NULL ? "" : f->out->ids->where;
	if (done.older)
		problem_at(&feeding_warning(f)->problem, PROBLEM_CONFLICT, where,
			   "not taken: newer demographics of this patient are known");
	if (done.left_out)
		problem_at(&feeding_warning(f)->problem, PROBLEM_CONFLICT, where,
			   "kept, and not all compared: of names, phones, addresses and insurances "
			   "there are more than link a patient with others");
	if (done.somebody_else)
		problem_at(&feeding_warning(f)->problem, PROBLEM_CONFLICT, where, "%s",
			   f->feed->kind == FEED_DELETE
				   ? "others' records or a decision hang on this id: nothing is "
				     "shared with it until the patient is known again or the "
				     "region's operator has settled it"
				   : "name, birth date or sex are now somebody else's: nothing is "
				     "shared with this id before the region's operator has "
				     "confirmed that it is the same person");
	return true;
}

static bool feed_patient(struct feeding *f)
{
	return feeding_own_ids(f, f->feed->ids, &f->out->ids) && may_be_fed(f) && feeding_put(f);
}

/* What a registry needs to know of a patient is that the id exists; an update is not its business
 * (ITI TF-2: 3.8.4.1.4: it shall ignore A08), and an id that is known stays as it is. */
static bool feed_registry_patient(struct feeding *f)
{
	if (!feeding_own_ids(f, f->feed->ids, &f->out->ids))
		return false;
	if (f->feed->kind == FEED_UPDATE)
		return true;
	struct patient_identifier **at = &f->out->ids;
	for (struct patient_record r; *at != NULL;)
		if (feeding_known(f, *at, &r) && r.status == RECORD_ACTIVE
		    && text_empty(r.source_system))
			*at = (*at)->next; /* one the region gave itself */
		else
			at = &(*at)->next;
	return f->out->ids == NULL || feed_patient(f);
}

/* The survivor a subsumed id goes with: of the same domain, and of the same kind (CX.5) where
 * several of one domain are named. */
const struct patient_identifier *feeding_partner(const struct patient_identifier *survivors,
						 const struct patient_identifier *subsumed)
{
	const struct patient_identifier *found = NULL;
	for (; survivors != NULL; survivors = survivors->next) {
		if (!text_equal(survivors->universal_id, subsumed->universal_id))
			continue;
		if (found == NULL
		    || (text_equal(survivors->type, subsumed->type)
			&& !text_equal(found->type, subsumed->type)))
			found = survivors;
	}
	return found;
}

static bool merge_pair(struct feeding *f, const struct patient_identifier *survivor,
		       const struct patient_identifier *subsumed)
{
	struct feed_outcome done;
	struct patient_record r;
	if (text_equal(survivor->id, subsumed->id))
		return feeding_refuse(f, PROBLEM_MERGE_REFUSED, subsumed, false,
				      "an id cannot be merged into itself");
	bool survives = feeding_known(f, survivor, &r);
	if (f->feed->unknown_is_no_error && (!survives || !feeding_known(f, subsumed, &r)))
		return feeding_change_id(f, survivor, subsumed);
	if (!survives)
		return feeding_refuse(f, PROBLEM_UNKNOWN_KEY, survivor, false,
				      "the surviving id is not known");
	if (!feeding_known(f, subsumed, &r))
		return feeding_refuse(f, PROBLEM_UNKNOWN_KEY, subsumed, false,
				      "the subsumed id is not known");
	struct problem why = { .code = PROBLEM_NONE };
	if (!identity_merge(f->txn, f->region, subsumed->universal_id, survivor->id, subsumed->id,
			    &done, &why))
		return feeding_refuse(f, why.code, subsumed, false, why.what);
	if (f->registry && done.effect == FEED_UNCHANGED)
		return feeding_refuse(f, PROBLEM_MERGE_REFUSED, subsumed, false,
				      "the subsumed id was merged by an earlier message");
	if (done.effect != FEED_UNCHANGED)
		f->out->effect = FEED_UPDATED;
	return true;
}

/* ITI TF-2: 3.8.4.2.4, 3.44.4.2.4: each subsumed id with the survivor of its own domain. */
static bool feed_merge(struct feeding *f)
{
	struct patient_identifier *survivors, *subsumed, **ids = &f->out->ids,
							 **priors = &f->out->subsumed;
	if (!feeding_own_ids(f, f->feed->ids, &survivors)
	    || !feeding_own_ids(f, f->feed->subsumed, &subsumed))
		return false;
	for (const struct patient_identifier *prior = subsumed; prior != NULL;
	     prior = prior->next) {
		const struct patient_identifier *survivor = feeding_partner(survivors, prior);
		if (survivor == NULL)
			return feeding_refuse(f, PROBLEM_MERGE_REFUSED, prior, true,
					      "a merge must stay within one assigning authority");
		if (!merge_pair(f, survivor, prior))
			return false;
		*ids = arena_new(f->arena, struct patient_identifier);
		**ids = *survivor;
		*priors = arena_new(f->arena, struct patient_identifier);
		**priors = *prior;
		(*ids)->next = (*priors)->next = NULL;
		ids = &(*ids)->next;
		priors = &(*priors)->next;
	}
	return true;
}

static bool describes(const struct identity_feed *feed)
{
	return feed->kind == FEED_CREATE || feed->kind == FEED_UPDATE || feed->kind == FEED_VISIT;
}

/* What the record had goes, too: the next time it is fed. */
static void forget_insurances(struct patient_demographics *d)
{
	d->insurances = NULL;
	d->delete_insurances = true;
}

void cross_reference_prepare(struct arena *a, const struct region *r, struct identity_feed *feed)
{
	if (r->without_insurances)
		forget_insurances(&feed->demographics);
	if (describes(feed))
		feed->demographics.forms = identity_prepared(a, &feed->demographics);
}

/* The ids it is about, told to nobody; NULL: none is the sender's to feed. */
static struct patient_identifier *ids_of(struct store_txn *t, struct arena *a,
					 const struct region *r,
					 const struct registered_system *sender,
					 const struct identity_feed *feed)
{
	struct cross_reference_fed unused = { .kind = feed->kind };
	struct problem ignored = { .code = PROBLEM_NONE };
	struct feeding f = { .txn = t,
			     .arena = a,
			     .region = r,
			     .sender = sender,
			     .feed = feed,
			     .out = &unused,
			     .problem = &ignored };
	struct patient_identifier *own;
	return feeding_own_ids(&f, feed->ids, &own) ? own : NULL;
}

void cross_reference_weigh(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *sender, struct identity_feed *feed)
{
	if (describes(feed))
		feed->demographics.scored = identity_score(t, a, r, ids_of(t, a, r, sender, feed),
							   &feed->demographics);
}

void cross_reference_look_ahead(struct store_txn *t, struct arena *a, const struct region *r,
				const struct registered_system *sender,
				const struct identity_feed *feed)
{
	struct patient_identifier *own = ids_of(t, a, r, sender, feed);
	if (own != NULL)
		identity_look_ahead(t, a, own, &feed->demographics);
}

bool cross_reference_feed(struct store_txn *t, struct arena *a, const struct region *r,
			  const struct registered_system *sender, const struct identity_feed *feed,
			  struct cross_reference_fed *out, struct problem *p)
{
	struct feeding f = { .txn = t,
			     .arena = a,
			     .region = r,
			     .sender = sender,
			     .feed = feed,
			     .out = out,
			     .problem = p };
	*out = (struct cross_reference_fed){ .kind = feed->kind, .effect = FEED_UNCHANGED };
	return feed->kind > FEED_MERGE    ? feeding_manage(&f)
	       : feed->kind == FEED_MERGE ? feed_merge(&f)
					  : feed_patient(&f);
}

bool cross_reference_feed_registry(struct store_txn *t, struct arena *a, const struct region *r,
				   const struct registered_system *sender,
				   const struct identity_feed *feed,
				   struct cross_reference_fed *out, struct problem *p)
{
	struct feeding f = { .txn = t,
			     .arena = a,
			     .region = r,
			     .sender = sender,
			     .feed = feed,
			     .out = out,
			     .problem = p,
			     .registry = true };
	*out = (struct cross_reference_fed){ .kind = feed->kind, .effect = FEED_UNCHANGED };
	if (feed->kind > FEED_MERGE)
		return problem_at(p, PROBLEM_EVENT, "MSH^1^9^1^2",
				  "of the affinity domain's ids a document registry hears that "
				  "they are new or merged, and nothing else");
	return feed->kind == FEED_MERGE ? feed_merge(&f) : feed_registry_patient(&f);
}

struct asking {
	struct store_txn *txn;
	struct arena *arena;
	const struct region *region;
	const struct registered_system *sender;
	const struct cross_reference_query *query;
	struct cross_reference_found *out;
	bool *wanted; /* by domain of the region */
};

static bool owns(const struct asking *q, const char *domain)
{
	return q->sender == NULL || system_owns(q->sender, domain);
}

static bool sees(const struct asking *q, const char *domain)
{
	return q->sender == NULL || system_sees(q->region, q->sender, domain);
}

/* The domain that a query names, or NULL. The operator is held to the strict rule. */
static const struct assigning_authority *asked_domain(struct asking *q,
						      const struct patient_identifier *id)
{
	static const struct leniencies none = { .fill_domain = false };
	const struct leniencies *allowed = q->sender == NULL ? &none : &q->sender->lenient;
	struct authority found = authority_of(q->arena, q->region, id);
	bool strict = found.domain == NULL || !found.loose;
	return strict || leniency_grants(allowed->loose_authority, &q->out->needed.loose_authority)
		       ? found.domain
		       : NULL;
}

/* Which domains are asked for; those we do not know are named by their place. */
static void read_targets(struct asking *q)
{
	const struct region *r = q->region;
	unsigned place = 0, count = 0;
	for (const struct patient_identifier *d = q->query->domains; d != NULL; d = d->next)
		count++;
	q->wanted = arena_array(q->arena, bool, r->domain_count + 1);
	q->out->unknown_targets = arena_array(q->arena, unsigned, count + 1);
	for (size_t i = 0; count == 0 && i < r->domain_count; i++)
		q->wanted[i] = true;
	for (const struct patient_identifier *d = q->query->domains; d != NULL; d = d->next) {
		const struct assigning_authority *known_domain = asked_domain(q, d);
		place++;
		if (known_domain != NULL)
			q->wanted[known_domain - r->domains] = true;
		else
			q->out->unknown_targets[q->out->unknown_count++] = place;
	}
}

static bool takes_part(struct asking *q, struct admission *admission, uint64_t record)
{
	return admission == NULL || admission->record == NULL
	       || admission->record(admission->self, q->txn, record);
}

static bool is_own(struct asking *q, struct admission *admission, const struct patient_record *r)
{
	return owns(q, r->domain)
	       && (admission == NULL || admission->own == NULL
		   || admission->own(admission->self, q->txn, r->number));
}

/* May the asker be told of this record? Of its own, unless he is vouched for and it is another
 * patient's; of another's what its person allows. */
static bool told(struct asking *q, struct admission *admission, const struct patient_record *r)
{
	return is_own(q, admission, r) || takes_part(q, admission, r->number);
}

/* Whoever asks by the person's regional id asks about all of the person's records. */
static bool any_takes_part(struct asking *q, struct admission *admission,
			   const struct person *person)
{
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		if (r->status == RECORD_ACTIVE && takes_part(q, admission, r->number))
			return true;
	return false;
}

static bool is_regional(const struct asking *q, const char *domain)
{
	return text_equal(domain, q->region->affinity_domain);
}

/* The person of the id asked for, as far as the asker may know: false, as if the id were unknown.
 * `open` tells whether more than the asker's own ids may be told. */
static bool find_person(struct asking *q, struct admission *admission, struct person *person,
			bool *open)
{
	const struct patient_identifier *asked = &q->out->asked;
	struct patient_record r;
	if (!sees(q, asked->universal_id)
	    || !identity_find_place(q->txn, q->arena, asked->universal_id, asked->id, &r)
	    || r.status == RECORD_SUBSUMED || !identity_person_of(q->txn, q->arena, &r, person))
		return false;
	*open = is_regional(q, asked->universal_id) ? any_takes_part(q, admission, person)
						    : takes_part(q, admission, r.number);
	return *open || owns(q, asked->universal_id);
}

/* The regional id is the person's, and told to who takes part; every other id is its record's. */
static void collect_ids(struct asking *q, struct admission *admission, const struct person *person,
			bool open)
{
	struct patient_identifier **tail = &q->out->ids;
	const struct patient_identifier *asked = &q->out->asked;
	for (size_t i = 0; i < q->region->domain_count; i++) {
		const struct assigning_authority *d = &q->region->domains[i];
		if (!q->wanted[i] || !sees(q, d->universal_id)
		    || !(open || owns(q, d->universal_id)))
			continue;
		for (const struct patient_record *r = person->records; r != NULL; r = r->next) {
			if (r->status != RECORD_ACTIVE || !text_equal(r->domain, d->universal_id)
			    || (text_equal(r->domain, asked->universal_id)
				&& text_equal(r->id, asked->id))
			    || !(is_regional(q, r->domain) || told(q, admission, r)))
				continue;
			*tail = qualified(q->arena, d, r->id);
			tail = &(*tail)->next;
		}
	}
}

/* The asker has told us these names itself. */
static struct person_name *own_names(const struct asking *q, const struct person *person)
{
	struct patient_record whole;
	for (const struct patient_record *r = person->records; r != NULL; r = r->next)
		if (q->sender != NULL && r->status == RECORD_ACTIVE
		    && system_owns(q->sender, r->domain)
		    && identity_rest(q->txn, q->arena, r, person->records, &whole)
		    && whole.demographics.names != NULL)
			return whole.demographics.names;
	return NULL;
}

/* Whose the id asked for is, as far as the asker may know. */
static enum cross_reference_outcome ask_person(struct asking *q, struct admission *admission,
					       struct person *person, bool *open)
{
	struct cross_reference_found *out = q->out;
	const struct patient_identifier *id = &q->query->id;
	const struct assigning_authority *d = asked_domain(q, id);
	if (d == NULL && !authority_is_named(q->arena, id) && q->sender != NULL
	    && q->sender->domains != NULL
	    && leniency_grants(q->sender->lenient.fill_domain, &out->needed.fill_domain))
		d = region_domain(q->region, q->sender->domains[0], NULL);
	if (d == NULL)
		return CROSS_REFERENCE_UNKNOWN_DOMAIN;
	const char *fault = NULL, *number = value_kept(q->arena, id->id, VALUE_ID, &fault);
	out->asked = *qualified(q->arena, d, number == NULL ? "" : number);
	return find_person(q, admission, person, open) ? CROSS_REFERENCE_FOUND
						       : CROSS_REFERENCE_UNKNOWN_ID;
}

/* Which case it is; where several hold, the id's domain goes before the id, and the id before the
 * domains asked for (ITI TF-2: 3.9.4.2.2). */
static enum cross_reference_outcome ask(struct asking *q, struct admission *admission)
{
	struct cross_reference_found *out = q->out;
	struct person person;
	bool open;
	enum cross_reference_outcome whose = ask_person(q, admission, &person, &open);
	if (whose != CROSS_REFERENCE_FOUND)
		return whose;
	read_targets(q);
	if (out->unknown_count != 0)
		return CROSS_REFERENCE_UNKNOWN_TARGETS;
	collect_ids(q, admission, &person, open);
	out->names = own_names(q, &person);
	return out->ids != NULL ? CROSS_REFERENCE_FOUND : CROSS_REFERENCE_NOTHING;
}

bool cross_reference_query(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *sender, struct admission *admission,
			   const struct cross_reference_query *query,
			   struct cross_reference_found *out, struct problem *p)
{
	struct asking q = {
		.txn = t, .arena = a, .region = r, .sender = sender, .query = query, .out = out
	};
	*out = (struct cross_reference_found){ .asked = query->id };
	out->asked.next = NULL;
	out->outcome = ask(&q, admission);
	if (store_failed(t)) {
		*p = *store_problem(t);
		return false;
	}
	return true;
}

/* May the system look past its own ids? By those it would ask, if it has any. */
static bool may_look(struct asking *q, struct admission *admission, const struct person *person)
{
	bool has_own = false;
	for (const struct patient_record *r = person->records; r != NULL; r = r->next) {
		if (r->status != RECORD_ACTIVE || !owns(q, r->domain))
			continue;
		has_own = true;
		if (takes_part(q, admission, r->number))
			return true;
	}
	return !has_own && any_takes_part(q, admission, person);
}

struct patient_identifier *cross_reference_shown(struct store_txn *t, struct arena *a,
						 const struct region *r,
						 const struct registered_system *system,
						 struct admission *admission, uint64_t person,
						 bool *there)
{
	static const struct cross_reference_query all = { .domains = NULL };
	struct cross_reference_found found = { .outcome = CROSS_REFERENCE_NOTHING };
	struct asking q = {
		.txn = t, .arena = a, .region = r, .sender = system, .query = &all, .out = &found
	};
	struct person p;
	*there = identity_person_places(t, a, person, &p);
	if (!*there)
		return NULL;
	read_targets(&q);
	collect_ids(&q, admission, &p, may_look(&q, admission, &p));
	return found.ids;
}

enum cross_reference_outcome
cross_reference_person(struct store_txn *t, struct arena *a, const struct region *r,
		       const struct registered_system *system, struct admission *admission,
		       const struct cross_reference_query *query, struct cross_reference_found *out,
		       uint64_t *number)
{
	struct asking q = {
		.txn = t, .arena = a, .region = r, .sender = system, .query = query, .out = out
	};
	struct person person;
	bool open;
	*out = (struct cross_reference_found){ .asked = query->id };
	enum cross_reference_outcome whose = ask_person(&q, admission, &person, &open);
	if (whose == CROSS_REFERENCE_FOUND)
		*number = person.number;
	return whose;
}

void cross_reference_domains(struct arena *a, const struct region *r,
			     const struct registered_system *system,
			     struct patient_identifier *domains, struct cross_reference_found *out)
{
	const struct cross_reference_query query = { .domains = domains };
	struct asking q = {
		.arena = a, .region = r, .sender = system, .query = &query, .out = out
	};
	*out = (struct cross_reference_found){ .outcome = CROSS_REFERENCE_NOTHING };
	read_targets(&q);
}

bool cross_reference_tells(struct store_txn *t, struct arena *a, const struct region *r,
			   const struct registered_system *system, struct admission *admission,
			   const struct patient_record *record)
{
	struct asking q = { .txn = t, .arena = a, .region = r, .sender = system };
	struct person p;
	if (is_own(&q, admission, record))
		return true;
	return takes_part(&q, admission, record->number)
	       && identity_person_places(t, a, record->person, &p) && may_look(&q, admission, &p);
}
