/* profiles/actors/document_registry_validate.c: what can be said of a submission without the store.
 *
 * ITI TF-2: 3.42.4.1.3.1; ITI TF-3: 4.2.2 (associations), 4.2.3 (attributes), 4.3.1 (who must send
 * what). Every fault is told, not only the first. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/actors/submission_index.h"
#include "schemas/tables/leniency.h"
#include "schemas/tables/rim.h"
#include "store/registry.h"

enum { TOLD_MOST = 80 }; /* octets; a longer value is not told back to its sender */

struct validation {
	const struct registry_desk *desk;
	const struct submission *submission;
	struct findings *findings;
	struct submission_index index;
	struct arena *each; /* for what is needed for one object, emptied after it */
	enum submission_rules rules;
};

/* One object: for the text of findings. */
struct subject {
	struct validation *v;
	const char *name, *id;
};

static bool fault(const struct subject *s, const char *attribute, const char *what)
{
	const char *where = arena_printf(s->v->desk->arena, "%s(%s).%s", s->name, s->id, attribute);
	return findings_error(s->v->findings, PROBLEM_REGISTRY_METADATA, NULL, where, "%s", what);
}

/* The ids among sourcePatientInfo: PID-3|id~id and its like. */
static bool info_has_my_number(const char *info)
{
	const char *id = strchr(info, '|');
	if (strncmp(info, "PID-2", 5) != 0 && !text_starts(info, "PID-3|")
	    && !text_starts(info, "PID-4|") && !text_starts(info, "PID-18|")
	    && !text_starts(info, "PID-19|"))
		return false;
	for (; id != NULL; id = strchr(id + 1, '~'))
		if (metadata_type_my_number(id + 1))
			return true;
	return false;
}

/* A Japanese Individual Number is never taken up (japan: D2). A system whose own ids have twelve
 * digits may say so: twelve-digit-ids. */
static bool refuse_my_number(const struct subject *s, const struct metadata_attribute *m,
			     const char *value)
{
	const struct registered_system *sender = s->v->desk->sender;
	bool is = m->type == TYPE_CX ? metadata_type_my_number(value)
				     : m->type == TYPE_PATIENT_INFO && info_has_my_number(value);
	if (!is
	    || (sender != NULL
		&& leniency_grants(sender->lenient.twelve_digit_ids,
				   &s->v->desk->needed->twelve_digit_ids)))
		return false;
	fault(s, m->name,
	      "has an Individual Number, which is not taken as a patient "
	      "id" TWELVE_DIGIT_IDS_REMEDY);
	return true;
}

/* Whatever is registered is answered: nothing longer than its place in an answer is (rim.h). most:
 * of the attribute itself; 0: none of its own. */
static void check_length(const struct subject *s, const char *attribute, enum rim_part part,
			 size_t most, const char *value)
{
	const struct rim_part_row *row = rim_part(part);
	size_t limit = most != 0 ? most : row->most;
	if (value != NULL && limit != RIM_UNBOUNDED && metadata_type_characters(value) > limit)
		fault(s, attribute,
		      arena_printf(s->v->desk->arena, "%s is longer than %zu characters", row->part,
				   limit));
	if (value != NULL && !rim_can_hold(value))
		fault(s, attribute,
		      arena_printf(s->v->desk->arena,
				   "%s has a control character, which XML cannot carry",
				   row->part));
}

static void check_language(const struct subject *s, const char *attribute, const char *language)
{
	if (language != NULL && !rim_is_language(language))
		fault(s, attribute,
		      arena_printf(s->v->desk->arena, "%s is no language tag (xs:language)",
				   rim_part(RIM_LANGUAGE)->part));
}

static enum rim_part part_of(const struct metadata_attribute *m)
{
	switch (m->coding) {
	case CODED_IDENTIFIER: return RIM_IDENTIFIER;
	case CODED_NAME: return RIM_NAME;
	case CODED_DESCRIPTION: return RIM_DESCRIPTION;
	case CODED_XML_ATTRIBUTE: return m->type == TYPE_MIME ? RIM_MIME_TYPE : RIM_HOME;
	default: return RIM_VALUE;
	}
}

static void check_value(const struct subject *s, const struct metadata_attribute *m,
			const char *value)
{
	const char *wrong = metadata_type_fault(m->type, value);
	if (refuse_my_number(s, m, value))
		return;
	if (wrong != NULL)
		fault(s, m->name,
		      strlen(value) > TOLD_MOST
			      ? wrong
			      : arena_printf(s->v->desk->arena, "\"%s\" %s", value, wrong));
	check_length(s, m->name, part_of(m), m->length, value);
}

static void check_extra(const struct subject *s, const struct slot *extra)
{
	for (; extra != NULL; extra = extra->next) {
		check_length(s, "Slot", RIM_SLOT_NAME, 0, extra->name);
		for (const struct text_value *v = extra->values; v != NULL; v = v->next)
			check_length(s, extra->name, RIM_VALUE, 0, v->value);
	}
}

#define OUTSIDE_REMEDY                                                                             \
	"; send one that is, or have the region's operator add it (minato codes import)"

/* Its documents come to one facility, and nobody finds them by a code. */
static bool is_pushed(const struct validation *v)
{
	return v->rules == SUBMISSION_PUSHES || v->rules == SUBMISSION_PUSHES_LIMITED;
}

/* An affinity domain's value set has it, or is not asked. */
static bool may_be_said(const struct subject *s, const struct metadata_attribute *m,
			const char *code, const char *scheme)
{
	return is_pushed(s->v)
	       || code_sets_allow(&s->v->desk->region->codes, m->name, code, scheme);
}

/* ITI TF-2: 3.42.4.1.3.3.4: the affinity domain may say which media types and languages there
 * are. */
static void check_plain_code(const struct subject *s, const struct metadata_attribute *m,
			     const char *value)
{
	if ((m->type != TYPE_MIME && m->type != TYPE_LANGUAGE) || may_be_said(s, m, value, NULL))
		return;
	fault(s, m->name,
	      arena_printf(s->v->desk->arena,
			   "\"%s\" is not in the affinity domain's value set" OUTSIDE_REMEDY,
			   strlen(value) > TOLD_MOST ? "..." : value));
}

/* The affinity domain's value set. What the code is called is its sender's affair. */
static void check_code(const struct subject *s, const struct metadata_attribute *m,
		       const struct coded_value *c)
{
	check_length(s, m->name, RIM_NODE_REPRESENTATION, 0, c->code);
	check_length(s, m->name, RIM_VALUE, 0, c->scheme);
	check_length(s, m->name, RIM_NAME, 0, c->display);
	check_language(s, m->name, c->display_language);
	if (c->code != NULL && c->scheme != NULL && !may_be_said(s, m, c->code, c->scheme))
		fault(s, m->name,
		      arena_printf(s->v->desk->arena,
				   "code \"%s\" of scheme \"%s\" is not in the affinity domain's "
				   "value set" OUTSIDE_REMEDY,
				   strlen(c->code) > TOLD_MOST ? "..." : c->code,
				   strlen(c->scheme) > TOLD_MOST ? "..." : c->scheme));
}

/* ITI TF-3: 4.2.3.1.4: at least one of person, institution, telecommunication. */
static void check_author(const struct subject *s, const struct metadata_attribute *row,
			 const struct author *author)
{
	if (author->person == NULL && author->institution == NULL
	    && author->telecommunication == NULL)
		fault(s, row->name,
		      "has none of authorPerson, authorInstitution, authorTelecommunication");
	for (const struct metadata_attribute *m = metadata_attributes(METADATA_AUTHOR);
	     m->name != NULL; m++)
		for (const struct text_value *v = METADATA_OF(author, m, struct text_value *);
		     v != NULL; v = v->next)
			check_value(s, m, v->value);
}

/* Checks each value, and counts them. */
static unsigned check_values(const struct subject *s, const struct metadata_attribute *m,
			     const void *object)
{
	unsigned n = 0;
	switch (m->field) {
	case FIELD_TEXT:
		if (METADATA_OF(object, m, char *) == NULL)
			return 0;
		check_value(s, m, METADATA_OF(object, m, char *));
		check_plain_code(s, m, METADATA_OF(object, m, char *));
		return 1;
	case FIELD_TEXTS:
		for (const struct text_value *v = METADATA_OF(object, m, struct text_value *);
		     v != NULL; v = v->next, n++)
			check_value(s, m, v->value);
		return n;
	case FIELD_CODES:
		for (const struct coded_value *c = METADATA_OF(object, m, struct coded_value *);
		     c != NULL; c = c->next, n++)
			check_code(s, m, c);
		return n;
	case FIELD_AUTHORS:
		for (const struct author *a = METADATA_OF(object, m, struct author *); a != NULL;
		     a = a->next, n++)
			check_author(s, m, a);
		return n;
	case FIELD_LOCALIZED:
		for (const struct localized *l = METADATA_OF(object, m, struct localized *);
		     l != NULL; l = l->next, n++) {
			check_value(s, m, l->value);
			check_language(s, m->name, l->language);
		}
		return n;
	case FIELD_FLAG: return METADATA_OF(object, m, bool);
	}
	return n;
}

/* What is registered is read whole by everybody who asks for it. The limit is ours, and says
 * nothing about the metadata: no XDSRegistryMetadataError (ITI TF-3: 4.2.4.1). */
static void check_size(const struct subject *s, enum metadata_object kind, const void *object)
{
	const struct registry_desk *d = s->v->desk;
	size_t octets = registry_object_octets(s->v->each, kind, object);
	arena_reset(s->v->each);
	if (octets > d->region->metadata_object)
		findings_error(s->v->findings, PROBLEM_TOO_LARGE, NULL,
			       arena_printf(d->arena, "%s(%s)", s->name, s->id),
			       "has %zu octets; here an object may have %zu (metadata-object)",
			       octets, d->region->metadata_object);
}

static void check_attributes(const struct subject *s, enum metadata_object kind, const void *object,
			     enum metadata_rules rules, const struct slot *extra)
{
	check_size(s, kind, object);
	check_extra(s, extra);
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++) {
		unsigned n = check_values(s, m, object);
		bool later = s->v->rules == SUBMISSION_UPDATES && metadata_is_by_type(m);
		if (n == 0 && m->rules[rules] == RULE_R && !later)
			fault(s, m->name, "is required");
		if (n > 0 && m->rules[rules] == RULE_X && !later)
			fault(s, m->name, "is not allowed here");
		if (m->most != 0 && n > m->most)
			fault(s, m->name, "is given more than once");
	}
}

/* A real id is urn:uuid: and lower case; anything else without that prefix is symbolic. */
static void check_id(const struct subject *s, const char *logical_id)
{
	static const char prefix[] = "urn:uuid:";
	if (strncmp(s->id, prefix, sizeof prefix - 1) == 0) {
		const char *uuid = s->id + sizeof prefix - 1;
		bool fine = strlen(uuid) == 36 && strspn(uuid, "0123456789abcdef-") == 36;
		for (unsigned i = 0; fine && i < 36; i++)
			fine = (uuid[i] == '-') == (i == 8 || i == 13 || i == 18 || i == 23);
		if (!fine)
			fault(s, "id", "is not a UUID in lower case");
	}
	if (s->v->rules != SUBMISSION_UPDATES && s->v->rules != SUBMISSION_PUBLISHES
	    && logical_id != NULL && !text_equal(logical_id, s->id))
		fault(s, "lid", "names an earlier version: updates are for Update Document Set");
}

static void check_service_times(const struct subject *s, const struct document_entry *e)
{
	if (e->service_start_time == NULL || e->service_stop_time == NULL)
		return;
	size_t start = strlen(e->service_start_time), stop = strlen(e->service_stop_time);
	if (strncmp(e->service_start_time, e->service_stop_time, start < stop ? start : stop) > 0)
		fault(s, "serviceStopTime", "is before serviceStartTime");
}

/* ITI TF-3: 4.2.3.2.23: one birth date, one sex. */
static void check_patient_info(const struct subject *s, const struct document_entry *e)
{
	unsigned births = 0, sexes = 0;
	for (const struct text_value *v = e->source_patient_info; v != NULL; v = v->next) {
		births += text_starts(v->value, "PID-7|");
		sexes += text_starts(v->value, "PID-8|");
	}
	if (births > 1 || sexes > 1)
		fault(s, "sourcePatientInfo", "has PID-7 or PID-8 twice");
}

/* ITI TF-2: 3.41.4.1.3.1: each object says by its marker whether less is asked of it. */
static enum metadata_rules stable_or_limited(const struct validation *v, bool limited)
{
	return limited && v->rules == SUBMISSION_PUSHES_LIMITED ? RULES_LIMITED : RULES_STABLE;
}

static void check_entry(struct validation *v, const struct document_entry *e)
{
	struct subject s = { v, "DocumentEntry", e->id };
	check_id(&s, e->logical_id);
	check_attributes(&s, METADATA_ENTRY, e,
			 e->type == ENTRY_ON_DEMAND ? RULES_ON_DEMAND
						    : stable_or_limited(v, e->limited_metadata),
			 e->extra);
	check_service_times(&s, e);
	check_patient_info(&s, e);
	/* Documents of our repositories come with ITI-41: an entry alone could claim another's. */
	if (v->rules == SUBMISSION_REGISTERS
	    && region_has_repository(v->desk->region, e->repository_unique_id))
		fault(&s, "repositoryUniqueId",
		      "is this gateway's own: its documents come by Provide and Register");
}

static void check_objects(struct validation *v)
{
	const struct submission *s = v->submission;
	if (s->set != NULL) {
		struct subject set = { v, "SubmissionSet", s->set->id };
		check_id(&set, s->set->logical_id);
		check_attributes(&set, METADATA_SET, s->set,
				 stable_or_limited(v, s->set->limited_metadata), s->set->extra);
	}
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		check_entry(v, e);
	for (const struct folder *f = s->folders; f != NULL; f = f->next) {
		struct subject folder = { v, "Folder", f->id };
		check_id(&folder, f->logical_id);
		check_attributes(&folder, METADATA_FOLDER, f,
				 stable_or_limited(v, f->limited_metadata), f->extra);
	}
}

/* ITI TF-3: 4.2.2.1: SS-DE, SS-FD, SS-HasMember, FD-DE. */
static void check_set_member(struct validation *v, const struct subject *s,
			     const struct association *x, struct submitted *target)
{
	bool original = text_equal(x->submission_set_status, "Original");
	if (target == NULL) {
		if (!text_equal(x->submission_set_status, "Reference"))
			fault(s, "SubmissionSetStatus",
			      "must be Reference for what is not in this submission");
		return;
	}
	target->member = true;
	if (target->kind == SUBMITTED_ENTRY && !original)
		fault(s, "SubmissionSetStatus",
		      "must be Original for a DocumentEntry of this submission");
	if (target->kind == SUBMITTED_SET)
		fault(s, "targetObject", "is a SubmissionSet, which is a member of nothing");
	if (target->kind == SUBMITTED_ASSOCIATION) {
		const struct association *inner = target->object;
		if (inner->type != ASSOCIATION_HAS_MEMBER
		    || text_equal(inner->source, v->submission->set->id))
			fault(s, "targetObject",
			      "is an association that is no member of a SubmissionSet");
	}
}

/* A reason is a relationship's. */
static void check_documentation(const struct subject *s, const struct association *x)
{
	if (x->documentation != NULL && x->type == ASSOCIATION_HAS_MEMBER)
		fault(s, "associationDocumentation", "is not for HasMember");
}

static void check_has_member(struct validation *v, const struct subject *s,
			     const struct association *x, const struct submitted *source,
			     struct submitted *target)
{
	check_documentation(s, x);
	if (source != NULL && source->kind == SUBMITTED_SET) {
		check_set_member(v, s, x, target);
		return;
	}
	if (source != NULL && source->kind != SUBMITTED_FOLDER)
		fault(s, "sourceObject",
		      "has no members: it is neither a SubmissionSet nor a Folder");
	if (target != NULL && target->kind != SUBMITTED_ENTRY)
		fault(s, "targetObject",
		      "is no DocumentEntry, and nothing else is a member of a Folder");
}

static void check_relationship(const struct subject *s, const struct association *x,
			       const struct submitted *source, const struct submitted *target)
{
	bool registered_only = x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC
			       || x->type == ASSOCIATION_IS_SNAPSHOT_OF;
	if (source == NULL)
		findings_error(s->v->findings, PROBLEM_UNRESOLVED_REFERENCE, NULL, x->source,
			       "the sourceObject of a relationship is a DocumentEntry of the same "
			       "submission");
	else if (source->kind != SUBMITTED_ENTRY)
		fault(s, "sourceObject", "is no DocumentEntry");
	if (target != NULL && registered_only)
		findings_error(
			s->v->findings, PROBLEM_UNRESOLVED_REFERENCE, NULL, x->target,
			"the targetObject of %s is a DocumentEntry that is registered already",
			x->type_urn);
	else if (target != NULL && target->kind != SUBMITTED_ENTRY)
		fault(s, "targetObject", "is no DocumentEntry");
	if (text_equal(x->source, x->target))
		fault(s, "targetObject", "is the sourceObject itself");
}

static void check_association(struct validation *v, const struct association *x)
{
	struct subject s = { v, "Association", x->id };
	const struct submitted *source = submission_index_find(&v->index, x->source);
	struct submitted *target = submission_index_find(&v->index, x->target);
	check_id(&s, x->logical_id);
	check_attributes(&s, METADATA_ASSOCIATION, x, RULES_STABLE, x->extra);
	for (const struct slot *e = x->extra; e != NULL; e = e->next)
		if (v->rules != SUBMISSION_UPDATES && text_equal(e->name, "PreviousVersion"))
			fault(&s, e->name, "is of an update: updates are for Update Document Set");
	const char *ends[] = { source == NULL ? x->source : NULL,
			       target == NULL ? x->target : NULL };
	for (unsigned i = 0; i < COUNT(ends); i++)
		if (ends[i] != NULL && !text_starts(ends[i], "urn:uuid:"))
			findings_error(v->findings, PROBLEM_UNRESOLVED_REFERENCE, NULL, ends[i],
				       "no object of this submission has this id");
	if (v->rules == SUBMISSION_UPDATES) {
		check_documentation(&s, x);
		return;
	}
	switch (x->type) {
	case ASSOCIATION_HAS_MEMBER: check_has_member(v, &s, x, source, target); break;
	case ASSOCIATION_UPDATE_AVAILABILITY_STATUS:
	case ASSOCIATION_SUBMIT_ASSOCIATION:
	case ASSOCIATION_UNKNOWN:
		fault(&s, "associationType",
		      "is of an update: updates are for Update Document Set");
		break;
	default: check_relationship(&s, x, source, target);
	}
}

/* ITI TF-3: 4.2.1.4 and 4.2.2.1.3: all that is submitted is a member of the submission set. */
static void check_membership(struct validation *v)
{
	for (size_t i = 0; i < v->index.count; i++) {
		const struct submitted *o = &v->index.objects[i];
		const struct association *x = o->kind == SUBMITTED_ASSOCIATION ? o->object : NULL;
		bool must = o->kind == SUBMITTED_ENTRY || o->kind == SUBMITTED_FOLDER
			    || (x != NULL && x->type == ASSOCIATION_HAS_MEMBER
				&& !text_equal(x->source, v->submission->set->id));
		if (must && !o->member)
			findings_error(v->findings, PROBLEM_REGISTRY_METADATA, NULL, o->id,
				       "is not a member of the SubmissionSet");
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_unique_ids(struct validation *v)
{
	const struct submission *s = v->submission;
	const char **ids = arena_array(v->desk->arena, const char *, v->index.count + 1);
	size_t n = 0;
	if (s->set != NULL && s->set->unique_id != NULL)
		ids[n++] = s->set->unique_id;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (e->unique_id != NULL)
			ids[n++] = e->unique_id;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		if (f->unique_id != NULL)
			ids[n++] = f->unique_id;
	if (n > 1)
		qsort(ids, n, sizeof ids[0], by_text);
	for (size_t i = 1; i < n; i++)
		if (text_equal(ids[i - 1], ids[i]))
			findings_error(v->findings,
				       v->rules == SUBMISSION_PROVIDES || is_pushed(v)
					       ? PROBLEM_REPOSITORY_DUPLICATE_IN_MESSAGE
					       : PROBLEM_REGISTRY_DUPLICATE_IN_MESSAGE,
				       NULL, ids[i], "this uniqueId is given to two objects");
}

/* ITI TF-2: 3.42.4.1.3.1: one submission, one patient. Where the set names none (limited
 * metadata), whom the first object names. */
static void check_patient_ids(struct validation *v)
{
	const struct submission *s = v->submission;
	const char *id = s->set == NULL ? NULL : s->set->patient_id, *other = NULL;
	for (const struct document_entry *e = s->entries; id == NULL && e != NULL; e = e->next)
		id = e->patient_id;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (e->patient_id != NULL && !text_equal(e->patient_id, id))
			other = e->id;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		if (f->patient_id != NULL && !text_equal(f->patient_id, id))
			other = f->id;
	if (id != NULL && other != NULL)
		findings_error(v->findings, PROBLEM_PATIENT_ID_DOES_NOT_MATCH, NULL, other,
			       "patientId is not that of the SubmissionSet");
}

bool document_registry_takes(const struct registry_desk *d, size_t objects, struct findings *f)
{
	return objects <= d->region->submission_objects
	       || findings_error(f, PROBLEM_TOO_LARGE, NULL, "SubmitObjectsRequest",
				 "the submission has %zu objects; here it may have %u "
				 "(submission-objects)",
				 objects, d->region->submission_objects);
}

bool document_registry_validate(const struct registry_desk *d, const struct submission *s,
				enum submission_rules rules, struct findings *f)
{
	struct validation v = { .desk = d,
				.submission = s,
				.findings = f,
				.each = arena_create_within(d->arena),
				.rules = rules,
				.index = submission_index_of(d->arena, s) };
	unsigned before = f->errors;
	const char *twice = submission_index_twice(&v.index);
	if (s->set_count != 1)
		findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "SubmissionSet",
			       "a submission has exactly one SubmissionSet, this one has %u",
			       s->set_count);
	if (twice != NULL)
		findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, twice,
			       "two objects have this id");
	check_objects(&v);
	check_unique_ids(&v);
	check_patient_ids(&v);
	if (s->set != NULL) {
		for (const struct association *x = s->associations; x != NULL; x = x->next)
			check_association(&v, x);
		if (rules != SUBMISSION_UPDATES)
			check_membership(&v);
	}
	return f->errors == before;
}

bool document_registry_validate_objects(const struct registry_desk *d, const struct submission *s,
					struct findings *f)
{
	struct validation v = { .desk = d,
				.submission = s,
				.findings = f,
				.each = arena_create_within(d->arena),
				.rules = SUBMISSION_PUBLISHES };
	unsigned before = f->errors;
	check_objects(&v);
	return f->errors == before;
}
