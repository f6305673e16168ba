/* profiles/actors/consent_words.c: what a document of consent decides in this region.
 *
 * Whatever of it has no exact meaning here refuses the document: a region that takes a consent must
 * be able to keep it, to the letter. */
#include "profiles/actors/consent_documents.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/consent_manager.h"
#include "schemas/model/exclusion.h"
#include "schemas/model/region_policy.h"

struct compiling {
	const struct registry_desk *desk;
	const struct document_entry *entry;
	struct findings *findings;
	struct consent_word *words, **last;
	unsigned count;
	bool good;
};

/* ---- The metadata ---- */

static bool misfits(struct findings *f, const struct document_entry *e, const char *attribute,
		    const char *why)
{
	return findings_error(f, PROBLEM_REGISTRY_METADATA, e->unique_id,
			      arena_printf(f->arena, "DocumentEntry(%s).%s", e->id, attribute),
			      "%s", why);
}

static bool has_event(const struct document_entry *e, const struct consent_statement *s)
{
	const char *scheme = s->scheme == NULL ? "" : s->scheme;
	for (const struct coded_value *c = e->event_codes; c != NULL; c = c->next)
		if (text_equal(c->code, s->value)
		    && (text_equal(c->scheme, scheme)
			|| (text_starts(c->scheme == NULL ? "" : c->scheme, "urn:oid:")
			    && text_equal(c->scheme + strlen("urn:oid:"), scheme))))
			return true;
	return false;
}

static bool acknowledges(const struct consent_form *form, const char *code)
{
	for (const struct consent_statement *s = form->statements; s != NULL; s = s->next)
		if (text_equal(s->value, code))
			return true;
	return false;
}

static bool events_fit(const struct document_entry *e, const struct consent_form *form)
{
	for (const struct consent_statement *s = form->statements; s != NULL; s = s->next)
		if (!has_event(e, s))
			return false;
	for (const struct coded_value *c = e->event_codes; c != NULL; c = c->next)
		if (!acknowledges(form, c->code))
			return false;
	return true;
}

bool consent_document_fits(const struct document_entry *e, const struct consent_form *form,
			   struct findings *f)
{
	unsigned before = f->errors;
	const char *scheme = e->format_code->scheme;
	if (!text_equal(scheme, IHE_FORMAT_CODES)
	    && !text_equal(scheme, "urn:oid:" IHE_FORMAT_CODES))
		misfits(f, e, "formatCode", "codingScheme is not " IHE_FORMAT_CODES);
	if (!text_equal(e->mime_type, "text/xml"))
		misfits(f, e, "mimeType", "of a document of consent is text/xml");
	if (form->unique_id != NULL && !text_equal(form->unique_id, e->unique_id))
		misfits(f, e, "uniqueId", "is not the document's own id");
	if (form->kind != CONSENT_APPC && !events_fit(e, form))
		misfits(f, e, "eventCodeList",
			"is not the set of policies that the document acknowledges");
	return f->errors == before;
}

/* ---- Its words ---- */

static bool refuse(struct compiling *c, const struct consent_statement *s, const char *why)
{
	c->good = false;
	return findings_error(c->findings, PROBLEM_REGISTRY_METADATA, c->entry->unique_id, s->where,
			      "%s: %s", s->value == NULL ? "" : s->value, why);
}

static bool is_about_taking_part(enum consent_word_action a)
{
	return a < WORD_EXCLUDE;
}

/* Said once; and not the contrary. */
static bool add_word(struct compiling *c, const struct consent_statement *s,
		     enum consent_word_action action, const char *target)
{
	static const enum consent_action actions[WORD_ACTIONS] = {
		[WORD_JOIN] = CONSENT_JOIN,
		[WORD_LEAVE] = CONSENT_LEAVE,
		[WORD_EXCLUDE] = CONSENT_EXCLUDE,
		[WORD_INCLUDE] = CONSENT_INCLUDE
	};
	const struct consent_event e = { .action = actions[action], .facility = target };
	struct problem p = { .code = PROBLEM_NONE };
	for (const struct consent_word *w = c->words; w != NULL; w = w->next) {
		if (is_about_taking_part(w->action) != is_about_taking_part(action)
		    || !text_equal(w->target, target))
			continue;
		return w->action == action
		       || refuse(c, s, "the document says this, and the contrary");
	}
	if (!consent_manager_may(c->findings->arena, c->desk->region, &e, &p))
		return refuse(c, s, p.what);
	if (++c->count > CONSENT_WORDS_MOST)
		return refuse(c, s, "is one decision too many for one document");
	struct consent_word *w = arena_new(c->findings->arena, struct consent_word);
	*w = (struct consent_word){ .action = action, .target = target };
	*c->last = w;
	c->last = &w->next;
	return true;
}

static bool acknowledge(struct compiling *c, const struct consent_statement *s)
{
	const struct acknowledged_policy *p = region_policy_acknowledged(c->desk->region->policy,
									 s->value, s->scheme);
	bool good = p != NULL || refuse(c, s, "is no policy that this region has");
	for (const struct consent_word *w = p == NULL ? NULL : p->words; w != NULL && good;
	     w = w->next) {
		bool own = w->target != NULL && text_equal(w->target, CONSENT_SUBMITTER);
		if (own && c->desk->sender == NULL)
			return refuse(c, s, "is for a facility to record");
		good = add_word(c, s, w->action, own ? c->desk->sender->name : w->target);
	}
	return good;
}

/* How many codes of this attribute the name has. */
static unsigned codes_of(const struct region_policy *p, enum policy_code_of of, uint64_t bit)
{
	unsigned count = 0;
	for (size_t i = 0; i < p->codes[of].count; i++)
		count += (p->codes[of].all[i].names & bit) != 0;
	return count;
}

/* The name of the region's rules that has this code and no other: what bears another one too would
 * close more than the patient said. NULL: there is none. */
static const char *exact_name(const struct region_policy *p, enum policy_name_of names,
			      enum policy_code_of of, const struct consent_statement *s)
{
	static const enum policy_code_of kinds[] = { POLICY_CLASS, POLICY_TYPE, POLICY_FORMAT };
	uint64_t bits = p == NULL ? 0 : region_policy_names(p, of, s->value, s->scheme);
	for (unsigned bit = 1; bits != 0 && bit <= POLICY_NAMES_MOST; bit++) {
		uint64_t mask = UINT64_C(1) << bit;
		unsigned count = (bits & mask) == 0 ? 0 : codes_of(p, of, mask);
		for (size_t i = 0; names == POLICY_DOCUMENTS && i < COUNT(kinds); i++)
			if (kinds[i] != of)
				count += codes_of(p, kinds[i], mask);
		if ((bits & mask) != 0 && count == 1)
			return p->names[names][bit];
	}
	return NULL;
}

static bool exclude_named(struct compiling *c, const struct consent_statement *s,
			  enum exclusion kind, enum policy_name_of names, enum policy_code_of of)
{
	const char *name = exact_name(c->desk->region->policy, names, of, s);
	if (name == NULL)
		return refuse(c, s, "the region's rules have no name for exactly this code");
	return add_word(c, s, WORD_EXCLUDE,
			arena_printf(c->findings->arena, "%s/%s", exclusion_names[kind], name));
}

/* Whether this is an id of the system's organisation: an OID that vouches for its people, or its
 * institution's code as extension. */
static bool is_organisation(const struct registered_system *s, const char *id)
{
	const char *caret = strrchr(id, '^');
	if (caret != NULL)
		return s->institution_code != NULL && text_equal(caret + 1, s->institution_code);
	for (const char *const *o = s->organizations; o != NULL && *o != NULL; o++)
		if (text_equal(*o, id))
			return true;
	return false;
}

static bool exclude_organisation(struct compiling *c, const struct consent_statement *s)
{
	const struct region *r = c->desk->region;
	bool found = false, good = true;
	for (size_t i = 0; i < r->system_count && good; i++)
		if (is_organisation(&r->systems[i], s->value)) {
			found = true;
			good = add_word(c, s, WORD_EXCLUDE, r->systems[i].name);
		}
	return found ? good : refuse(c, s, "is no organisation that this region knows");
}

static bool exclude_text(struct compiling *c, const struct consent_statement *s,
			 enum exclusion kind)
{
	return add_word(c, s, WORD_EXCLUDE,
			arena_printf(c->findings->arena, "%s/%s", exclusion_names[kind], s->value));
}

static bool compile(struct compiling *c, const struct consent_statement *s)
{
	if (s->about == ABOUT_POLICY)
		return acknowledge(c, s);
	if (s->about == ABOUT_ALL)
		return add_word(c, s, s->permits ? WORD_JOIN : WORD_LEAVE, NULL);
	if (s->permits)
		return refuse(c, s,
			      "permits a part: consent to all of it is permitted, and parts "
			      "are denied");
	switch (s->about) {
	case ABOUT_ROLE: return exclude_named(c, s, EXCLUSION_ROLE, POLICY_ROLES, POLICY_ROLE);
	case ABOUT_PURPOSE:
		return exclude_named(c, s, EXCLUSION_PURPOSE, POLICY_PURPOSES, POLICY_PURPOSE);
	case ABOUT_CLASS:
		return exclude_named(c, s, EXCLUSION_DOCUMENTS, POLICY_DOCUMENTS, POLICY_CLASS);
	case ABOUT_TYPE:
		return exclude_named(c, s, EXCLUSION_DOCUMENTS, POLICY_DOCUMENTS, POLICY_TYPE);
	case ABOUT_FORMAT:
		return exclude_named(c, s, EXCLUSION_DOCUMENTS, POLICY_DOCUMENTS, POLICY_FORMAT);
	case ABOUT_ORGANISATION: return exclude_organisation(c, s);
	case ABOUT_PERSON: return exclude_text(c, s, EXCLUSION_PERSON);
	default: return exclude_text(c, s, EXCLUSION_DOCUMENT);
	}
}

/* Where it says whose word it is, it is the sender's. Organisations nobody knows say nothing. */
static bool is_senders_word(const struct registry_desk *d, const struct consent_form *form)
{
	bool others = false;
	for (const struct text_value *v = form->custodian; v != NULL; v = v->next)
		for (size_t i = 0; i < d->region->system_count; i++) {
			const struct registered_system *s = &d->region->systems[i];
			if (!is_organisation(s, v->value))
				continue;
			if (d->sender != NULL
			    && system_same_facility(d->region, d->sender, s->name))
				return true;
			others = true;
		}
	return !others;
}

static bool may_record(const struct registry_desk *d, const struct document_entry *e,
		       const struct consent_form *form, struct findings *f)
{
	const struct region_policy *p = d->region->policy;
	if (p == NULL)
		return misfits(f, e, "formatCode",
			       "is of a consent, and this region has no policies that could be "
			       "acknowledged (region policy)");
	if (d->sender != NULL && !region_policy_records(p, d->sender->name))
		return misfits(f, e, "formatCode",
			       "is of a consent, which this system may not "
			       "record (recorders of the region's policy)");
	return is_senders_word(d, form)
	       || misfits(f, e, "author",
			  "the document is the word of another facility than the sender's");
}

struct consent_word *consent_document_words(const struct registry_desk *d,
					    const struct document_entry *e,
					    const struct consent_form *form, struct findings *f)
{
	struct compiling c = { .desk = d, .entry = e, .findings = f, .good = true };
	c.last = &c.words;
	if (!may_record(d, e, form, f))
		return NULL;
	for (const struct consent_statement *s = form->statements; s != NULL; s = s->next)
		compile(&c, s);
	return c.good ? c.words : NULL;
}

const char *consent_document_says(struct arena *a, const struct consent_word *words)
{
	const char *says = "";
	for (; words != NULL; words = words->next)
		says = text_joined(a, says, *says == '\0' ? "" : ", ",
				   consent_word_names[words->action],
				   words->target == NULL ? "" : " ",
				   words->target == NULL ? "" : words->target, NULL);
	return says;
}
