/* profiles/xca/community_answer.c: what a community answered a stored query, into a spool. */
#include "profiles/xca/community_answer.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/metadata_type.h"
#include "schemas/model/partner.h"

/* What may stand in a RegistryObjectList. */
static const struct kind {
	const char *element;
	bool of_references; /* in an answer of references */
	bool needs_home;    /* ITI TF-2: 3.38.4.1.3 */
	bool has_patient;
} kinds[] = {
	{ .element = "ExtrinsicObject", .needs_home = true, .has_patient = true },
	{ .element = "RegistryPackage", .needs_home = true, .has_patient = true },
	{ .element = "ObjectRef", .of_references = true, .needs_home = true },
	{ .element = "Association" },
	{ .element = "Classification" }, /* of a package, where it stands beside it */
};

/* ExternalIdentifier/@identificationScheme of a patientId (ITI TF-3: 4.2.5.2). */
static const char *const patient_schemes[] = {
	"urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", /* DocumentEntry */
	"urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", /* SubmissionSet */
	"urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", /* Folder */
};

enum { NAMED_MOST = 120 }; /* octets of elements' ids that an error lists */

struct reading {
	const struct community_reading *settings;
	struct community_part *part;
	struct xml_writer *writer; /* NULL: no object was given yet */
	struct text_set ids, withheld;
	/* Ids of elements that are not given, and how many there are. */
	char without_home[NAMED_MOST], other_home[NAMED_MOST], anothers[NAMED_MOST];
	unsigned without_home_count, other_home_count, anothers_count, strange;
};

static const struct kind *kind_of(const struct xml_node *n)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (xml_is(n, RIM_NAMESPACE, kinds[i].element))
			return &kinds[i];
	return NULL;
}

/* "ExtrinsicObject urn:uuid:...", as many as there is room for. Ids of theirs are text for people
 * here: what is no name is not repeated. */
static void note(char *names, unsigned *count, const struct xml_node *n)
{
	const char *id = xml_attribute(n, "id"), *element = xml_local(n);
	size_t used = strlen(names), length = id == NULL ? 0 : strlen(id);
	bool plain = true;
	for (size_t i = 0; i < length; i++)
		plain = plain && id[i] > ' ' && id[i] <= '~';
	++*count;
	if (used + strlen(element) + length + 4 > NAMED_MOST)
		return;
	strcat(names, used == 0 ? "" : ", ");
	strcat(names, element);
	strcat(names, " ");
	strcat(names, plain && length != 0 ? id : "?");
}

static const struct xml_node *patient_identifier(const struct xml_node *n)
{
	for (const struct xml_node *e = xml_child(n, RIM_NAMESPACE, "ExternalIdentifier");
	     e != NULL; e = xml_next(e, RIM_NAMESPACE, "ExternalIdentifier"))
		for (size_t i = 0; i < COUNT(patient_schemes); i++)
			if (text_equal(xml_attribute(e, "identificationScheme"),
				       patient_schemes[i]))
				return e;
	return NULL;
}

static bool same_part(const char *a, size_t a_length, const char *b, size_t b_length)
{
	return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool is_patient(const char *said, const char *asked)
{
	struct cx_parts one, other;
	if (text_equal(said, asked))
		return true;
	return said != NULL && metadata_type_cx(said, &one) && metadata_type_cx(asked, &other)
	       && same_part(one.id, one.id_length, other.id, other.id_length)
	       && same_part(one.universal_id, one.universal_id_length, other.universal_id,
			    other.universal_id_length);
}

/* The patient whose id was not asked with is that of the first object: an answer is of one. */
static bool is_his(struct reading *r, const struct xml_node *identifier)
{
	struct community_part *part = r->part;
	const char *said = xml_attribute(identifier, "value");
	if (part->theirs == NULL && !text_empty(said)) {
		const struct community_patient *patient = &r->settings->patient;
		part->theirs = arena_text(r->settings->arena, said);
		part->hidden = !patient->is_for_asker(patient->self, part);
	}
	return part->theirs != NULL && is_patient(said, part->theirs);
}

static bool has_home(struct reading *r, const struct kind *k, const struct xml_node *n)
{
	const char *home = xml_attribute(n, "home");
	if (text_empty(home) && !k->needs_home)
		return true;
	if (text_empty(home))
		note(r->without_home, &r->without_home_count, n);
	else if (!text_equal(home, r->part->community->home_community_id))
		note(r->other_home, &r->other_home_count, n);
	else
		return true;
	return false;
}

static bool write_object(struct reading *r, const struct xml_node *n,
			 const struct xml_node *identifier, struct problem *p)
{
	struct community_part *part = r->part;
	if (r->writer == NULL) {
		part->spool = spool_begin(r->settings->spools, r->settings->arena);
		r->writer = xml_content_begin(r->settings->arena, part->spool);
	}
	xml_copy_changed(r->writer, n, identifier, "value", part->shown);
	part->objects++;
	const struct problem *why = spool_problem(part->spool);
	return why == NULL || problem_set(p, why->code, "%s", why->what);
}

/* False: nothing of it can be kept. What is no object that was asked for is passed over, and
 * counted. */
static bool read_object(struct reading *r, const struct xml_node *n, struct problem *p)
{
	const struct kind *k = kind_of(n);
	const struct xml_node *identifier = NULL;
	const char *id = xml_attribute(n, "id");
	if (k == NULL || (!r->settings->leaf_class && !k->of_references) || text_empty(id)) {
		r->strange++;
		return true;
	}
	if (!has_home(r, k, n))
		return true;
	if (k->has_patient && !is_his(r, identifier = patient_identifier(n))) {
		note(r->anothers, &r->anothers_count, n);
		return true;
	}
	if (text_set_has(&r->ids, id))
		return true;
	text_set_add(&r->ids, id);
	return write_object(r, n, identifier, p);
}

/* What of it cannot be read is not said, and counts as such: as very restricted. */
static bool may_have(const struct reading *r, const struct document_entry *e)
{
	static const struct document_entry unread;
	const struct community_patient *patient = &r->settings->patient;
	return patient->may_have(patient->self, r->part, e == NULL ? &unread : e);
}

/* They were read in the order of the list, so that it is the next one, or a later one where some
 * could not be read. NULL: it could not. */
static const struct document_entry *entry_of(const struct document_entry **next, const char *id)
{
	const struct document_entry *e = *next;
	while (e != NULL && !text_equal(e->id, id))
		e = e->next;
	if (e != NULL)
		*next = e->next;
	return e;
}

/* Before any of them is written: what connects a document may stand in front of it. */
static void withhold(struct reading *r, const struct xml_node *response,
		     const struct xml_node *list)
{
	const char *home = r->part->community->home_community_id;
	struct findings unread = findings_in(r->settings->each);
	struct submission said = { .set = NULL };
	if (!r->settings->leaf_class)
		return;
	ebrim_read_found(r->settings->each, response, &said, &unread);
	const struct document_entry *next = said.entries;
	for (const struct xml_node *n = xml_child(list, RIM_NAMESPACE, "ExtrinsicObject");
	     n != NULL; n = xml_next(n, RIM_NAMESPACE, "ExtrinsicObject")) {
		const char *id = xml_attribute(n, "id");
		if (!text_empty(id) && text_equal(xml_attribute(n, "home"), home)
		    && is_his(r, patient_identifier(n)) && !may_have(r, entry_of(&next, id)))
			text_set_add(&r->withheld, id);
	}
}

static bool is_withheld(const struct reading *r, const struct xml_node *n)
{
	static const char *const names[] = { "id", "sourceObject", "targetObject" };
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *id = xml_attribute(n, names[i]);
		if (id != NULL && text_set_has(&r->withheld, id))
			return true;
	}
	return false;
}

static bool read_objects(struct reading *r, const struct xml_node *response, struct problem *p)
{
	const struct xml_node *list = xml_child(response, RIM_NAMESPACE, "RegistryObjectList");
	bool read = true;
	withhold(r, response, list);
	for (const struct xml_node *n = xml_first_element(list); read && n != NULL;
	     n = xml_next_element(n))
		read = is_withheld(r, n) || read_object(r, n, p);
	if (r->writer != NULL)
		xml_content_end(r->writer);
	return read;
}

/* ITI TF-2: 3.38.4.1.3: the gateway and the elements in error. */
static void tell_objects(struct reading *r)
{
	struct findings *f = &r->part->findings;
	const struct partner *c = r->part->community;
	const char *home = c->home_community_id;
	if (r->without_home_count != 0)
		findings_error(f, PROBLEM_MISSING_HOME_COMMUNITY, home, c->name,
			       "%u objects of its answer have no homeCommunityId, and are not "
			       "given: %s",
			       r->without_home_count, r->without_home);
	if (r->other_home_count != 0)
		findings_error(f, PROBLEM_MISSING_HOME_COMMUNITY, home, c->name,
			       "%u objects of its answer have another homeCommunityId than %s, "
			       "and are not given: %s",
			       r->other_home_count, home, r->other_home);
	if (r->anothers_count != 0)
		findings_error(f, PROBLEM_COMMUNITY_CONTRADICTS, home, c->name,
			       "%u objects of its answer are not of the patient who was asked "
			       "for, and are not given: %s",
			       r->anothers_count, r->anothers);
	if (r->strange != 0)
		findings_error(f, PROBLEM_COMMUNITY_CONTRADICTS, home, c->name,
			       "%u elements of its answer are nothing that was asked for, and are "
			       "not given",
			       r->strange);
	r->part->anothers = r->anothers_count != 0;
}

/* What it said of a patient it does not know is dropped (ITI TF-2: 3.38.4.1.3), and every error is
 * from somewhere. */
static void settle_errors(struct community_part *part)
{
	struct findings *f = &part->findings;
	struct finding **at = &f->first;
	f->last = NULL;
	while (*at != NULL) {
		struct finding *one = *at;
		if (text_equal(one->relayed, "XDSUnknownPatientId")) {
			*(one->warning ? &f->warnings : &f->errors) -= 1;
			*at = one->next;
			continue;
		}
		if (text_empty(one->location))
			one->location = part->community->home_community_id;
		f->last = one;
		at = &one->next;
	}
}

/* A failure has no objects (ITI TF-3: 4.2.4.2); one of which nothing is left is none. */
static void settle_failure(struct community_part *part, unsigned errors_said)
{
	part->succeeded = errors_said != 0 && part->findings.errors == 0;
	if (errors_said == 0)
		findings_error(&part->findings, PROBLEM_REGISTRY_REFUSED,
			       part->community->home_community_id, part->community->name,
			       "it failed, and said no more");
}

bool community_answer_read(const struct community_reading *settings,
			   const struct xml_node *response, struct community_part *part,
			   struct problem *p)
{
	struct reading r = { .settings = settings,
			     .part = part,
			     .ids = text_set_in(settings->each),
			     .withheld = text_set_in(settings->each) };
	enum response_status status;
	if (!ebrim_read_query_response(response, &status, &part->findings, p))
		return false;
	unsigned errors_said = part->findings.errors;
	settle_errors(part);
	part->answered = part->succeeded = true;
	if (status == RESPONSE_FAILURE) {
		settle_failure(part, errors_said);
		return true;
	}
	if (!read_objects(&r, response, p))
		return false;
	if (!part->hidden)
		tell_objects(&r);
	return true;
}
