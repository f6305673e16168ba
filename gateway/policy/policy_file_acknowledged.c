/* gateway/policy/policy_file_acknowledged.c: which policies a patient may acknowledge by a document
 * (BPPC, ITI TF-3: 5.1), what that decides, and who may record it. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_reading.h"
#include "schemas/model/exclusion.h"

struct acknowledging {
	struct consent_word **last;
	enum consent_word_action action; /* of the names that follow */
	enum exclusion kind;             /* EXCLUSIONS: no kind was said yet */
	bool names, takes_part;
};

static void add_word(struct reading *r, struct acknowledging *k, enum consent_word_action action,
		     const char *target)
{
	struct consent_word *w = arena_new(r->arena, struct consent_word);
	*w = (struct consent_word){ .action = action, .target = target };
	*k->last = w;
	k->last = &w->next;
}

/* Names of the file are checked here; systems, when it is known which there are. */
static bool is_known(struct reading *r, enum exclusion kind, const char *name)
{
	static const struct {
		enum exclusion kind;
		enum policy_name_of of;
	} named[] = { { EXCLUSION_ROLE, POLICY_ROLES },
		      { EXCLUSION_PURPOSE, POLICY_PURPOSES },
		      { EXCLUSION_DOCUMENTS, POLICY_DOCUMENTS } };
	for (size_t i = 0; i < COUNT(named); i++)
		if (named[i].kind == kind && reading_bit_of(r, named[i].of, name) == 0)
			return reading_fault(r, "make the name known before, in a line of its own",
					     "%s \"%.80s\" is not known", exclusion_names[kind],
					     name);
	return true;
}

/* The kind it names; EXCLUSIONS: none that a policy may be about. */
static enum exclusion kind_named(const char *word)
{
	static const enum exclusion kinds[] = { EXCLUSION_FACILITY, EXCLUSION_ROLE,
						EXCLUSION_PURPOSE, EXCLUSION_DOCUMENTS };
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (text_equal(word, exclusion_names[kinds[i]]))
			return kinds[i];
	return EXCLUSIONS;
}

static const char *target_named(struct reading *r, enum exclusion kind, const char *name)
{
	static const enum policy_name_of of[EXCLUSIONS] = {
		[EXCLUSION_ROLE] = POLICY_ROLES,
		[EXCLUSION_PURPOSE] = POLICY_PURPOSES,
		[EXCLUSION_DOCUMENTS] = POLICY_DOCUMENTS
	};
	return kind == EXCLUSION_FACILITY ? name
					  : text_joined(r->arena, exclusion_names[kind], "/",
							reading_known_as(r, of[kind], name), NULL);
}

static bool complete(struct reading *r, const struct acknowledging *k)
{
	if (k->names)
		return true;
	return reading_fault(r, "say whom: facility, role, purpose or documents, and a name",
			     "%s is said of nobody", consent_word_names[k->action]);
}

static bool add_acknowledged(struct reading *r, struct acknowledging *k, const char *word)
{
	enum exclusion kind = k->action < WORD_EXCLUDE ? EXCLUSIONS : kind_named(word);
	for (enum consent_word_action a = WORD_JOIN; a < WORD_ACTIONS; a++) {
		if (!text_equal(word, consent_word_names[a]))
			continue;
		if (!complete(r, k))
			return false;
		if (a < WORD_EXCLUDE && k->takes_part)
			return reading_fault(r, "a patient takes part or does not",
					     "join or leave is said twice");
		k->takes_part = k->takes_part || a < WORD_EXCLUDE;
		k->names = a < WORD_EXCLUDE;
		k->action = a;
		k->kind = EXCLUSIONS;
		if (a < WORD_EXCLUDE)
			add_word(r, k, a, NULL);
		return true;
	}
	if (kind != EXCLUSIONS) {
		k->kind = kind;
		k->names = false;
		return true;
	}
	if (k->kind == EXCLUSIONS)
		return reading_fault(r, "write join, leave, or exclude or include with whom",
				     "\"%.80s\" is no part of it", word);
	if (!is_known(r, k->kind, word))
		return false;
	k->names = true;
	add_word(r, k, k->action, target_named(r, k->kind, word));
	return true;
}

static bool is_acknowledged(struct reading *r, const char *code, const char *scheme)
{
	const struct acknowledged_policy *all = r->acknowledged.all;
	for (size_t i = 0; i < r->acknowledged.count; i++)
		if (text_equal(all[i].code, code) && text_equal(all[i].scheme, scheme))
			return reading_fault(r, "leave one of them", "%.80s was said at %s:%u",
					     code, all[i].file, all[i].line);
	return true;
}

bool reading_make_acknowledged(struct reading *r)
{
	struct consent_word *words = NULL;
	struct acknowledging k = { .last = &words, .kind = EXCLUSIONS, .names = true };
	if (!reading_needs_words(r, 3))
		return false;
	const char *caret = strrchr(r->words[1], '^');
	if (caret == NULL || caret == r->words[1] || caret[1] == '\0')
		return reading_fault(r, "write POLICY^DOMAIN, both OIDs", "\"%.80s\" is no policy",
				     r->words[1]);
	const char *code = arena_text_n(r->arena, r->words[1], (size_t)(caret - r->words[1]));
	const char *scheme = caret + 1;
	if (text_starts(scheme, "urn:oid:"))
		scheme += strlen("urn:oid:");
	if (!is_acknowledged(r, code, scheme))
		return false;
	for (size_t i = 2; i < r->count; i++)
		if (!add_acknowledged(r, &k, r->words[i]))
			return false;
	if (!complete(r, &k))
		return false;
	if (r->acknowledged.count == POLICY_ACKNOWLEDGED_MOST)
		return reading_fault(r, "leave those out that nobody acknowledges any more",
				     "more than %d policies are acknowledged",
				     POLICY_ACKNOWLEDGED_MOST);
	*(struct acknowledged_policy *)reading_add(r->arena, &r->acknowledged,
						   sizeof(struct acknowledged_policy)) =
		(struct acknowledged_policy){ code, scheme, words, r->file, r->line };
	return true;
}

bool reading_make_recorders(struct reading *r)
{
	if (!reading_needs_words(r, 2))
		return false;
	for (size_t i = 1; i < r->count; i++)
		*(const char **)reading_add(r->arena, &r->recorders, sizeof(char *)) = r->words[i];
	return true;
}
