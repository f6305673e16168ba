/* gateway/policy/policy_file.c: a file of rules becomes the region's table. */
#include "gateway/policy/policy_file.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/exclusion.h"

enum { NAME_MOST = 64 };
#define HL7_CONFIDENTIALITY "2.16.840.1.113883.5.25"

/* A list that grows in the arena. */
struct growing {
	void *all;
	size_t count, room;
};

struct reading {
	struct arena *arena;
	const struct policy_source *source;
	const char *file;
	unsigned line, files;
	bool included;    /* now */
	const char *text; /* of the line */
	const char *words[POLICY_WORDS_MOST];
	bool quoted[POLICY_WORDS_MOST];
	size_t count;
	const char **names[POLICY_NAMES_OF]; /* POLICY_NAMES_MOST + 1 and the end */
	unsigned name_count[POLICY_NAMES_OF];
	struct growing others[POLICY_NAMES_OF]; /* const char * */
	struct growing codes[POLICY_CODES_OF];  /* struct policy_code */
	struct growing rules, never;            /* struct region_rule */
	struct growing municipalities;          /* struct policy_municipality */
	struct policy_emergency emergency;
	unsigned emergency_line; /* 0: it was not said */
	struct region_rule standard;
	uint64_t addressed;
	struct growing acknowledged; /* struct acknowledged_policy */
	struct growing recorders;    /* const char * */
	struct policy_fault *faults, **last;
	size_t fault_count;
};

static bool __attribute__((format(printf, 3, 4)))
fault(struct reading *r, const char *remedy, const char *what, ...)
{
	va_list arguments;
	if (r->fault_count++ >= POLICY_FAULTS_MOST)
		return false;
	struct buffer b = buffer_in(r->arena);
	char text[400];
	va_start(arguments, what);
	vsnprintf(text, sizeof text, what, arguments);
	va_end(arguments);
	buffer_append(&b, text, text_utf8_length((const unsigned char *)text, strlen(text)));
	struct policy_fault *f = arena_new(r->arena, struct policy_fault);
	*f = (struct policy_fault){ r->file, r->line, buffer_ended(&b), remedy, NULL };
	*r->last = f;
	r->last = (struct policy_fault **)&f->next;
	return false;
}

static void *add(struct arena *a, struct growing *g, size_t size)
{
	if (g->count == g->room) {
		size_t room = g->room == 0 ? 16 : 2 * g->room;
		void *all = arena_alloc_array(a, room, size);
		if (g->count != 0)
			memcpy(all, g->all, g->count * size);
		g->all = all;
		g->room = room;
	}
	return (char *)g->all + g->count++ * size;
}

/* ---- Words ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The word at *at, which moves behind it. False: a quote does not end, or a blank is missing. */
static bool next_word(struct reading *r, const char **at)
{
	const char *from = *at, *to;
	bool quoted = *from == '"';
	if (quoted)
		from++;
	to = from + strcspn(from, quoted ? "\"" : " \t\"");
	if (quoted != (*to == '"'))
		return fault(r, "put quotes around the whole word", "a quote stands alone");
	*at = to + quoted;
	if (**at != '\0' && !is_blank(**at))
		return fault(r, "write a blank behind it", "a word goes on behind its quote");
	if (r->count == POLICY_WORDS_MOST)
		return fault(r, "make two statements of it", "more than %d words",
			     POLICY_WORDS_MOST);
	r->words[r->count] = arena_text_n(r->arena, from, (size_t)(to - from));
	r->quoted[r->count++] = quoted;
	return true;
}

static bool split(struct reading *r, const char *line)
{
	r->count = 0;
	for (;;) {
		while (is_blank(*line))
			line++;
		if (*line == '\0' || *line == '#')
			return true;
		if (!next_word(r, &line))
			return false;
	}
}

/* ---- Names and codes ---- */

static const char *const reserved[] = { "role",  "purpose", "documents", "confidentiality",
					"class", "type",    "format",    "permit",
					"hide",  "deny",    "default",   "include",
					"unsaid" };

static bool is_reserved(const char *word)
{
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (text_equal(word, reserved[i]))
			return true;
	return false;
}

static bool is_name(struct reading *r, const char *word)
{
	size_t length = strlen(word);
	bool is = length > 0 && length <= NAME_MOST && !is_reserved(word)
		  && strpbrk(word, "^/,") == NULL;
	if (is)
		return true;
	return fault(r, "take another word, of at most 64 octets, without ^ / ,",
		     "\"%.80s\" cannot be a name", word);
}

static const char *known_as(const struct reading *r, enum policy_name_of of, const char *name)
{
	const char *const *others = r->others[of].all;
	for (size_t i = 0; i < r->others[of].count; i += 2)
		if (text_equal(others[i], name))
			return others[i + 1];
	return name;
}

/* 0: there is none. */
static uint64_t bit_of(const struct reading *r, enum policy_name_of of, const char *name)
{
	name = known_as(r, of, name);
	for (unsigned bit = 0; bit < r->name_count[of]; bit++)
		if (text_equal(r->names[of][bit], name))
			return UINT64_C(1) << bit;
	return 0;
}

/* The bit of a name, which is made if it is new. 0: a fault. */
static uint64_t bit_made(struct reading *r, enum policy_name_of of, const char *name)
{
	if (!is_name(r, name))
		return 0;
	uint64_t bit = bit_of(r, of, name);
	if (bit != 0)
		return bit;
	if (r->name_count[of] > POLICY_NAMES_MOST) {
		fault(r, "put codes together under one name", "more than %d names of one kind",
		      POLICY_NAMES_MOST);
		return 0;
	}
	r->names[of][r->name_count[of]] = name;
	return UINT64_C(1) << r->name_count[of]++;
}

static bool add_other(struct reading *r, enum policy_name_of of, const char *word, const char *name)
{
	const char *first = known_as(r, of, name);
	uint64_t stands = bit_of(r, of, word);
	if (!is_name(r, word))
		return false;
	if (stands != 0 && stands != bit_of(r, of, first))
		return fault(r, "give each a name of its own", "\"%s\" is another's name", word);
	if (stands != 0)
		return true;
	*(const char **)add(r->arena, &r->others[of], sizeof word) = word;
	*(const char **)add(r->arena, &r->others[of], sizeof word) = first;
	return true;
}

static bool add_code(struct reading *r, enum policy_code_of of, const char *word, uint64_t names)
{
	const char *caret = strrchr(word, '^');
	size_t total = 0;
	for (enum policy_code_of each = 0; each < POLICY_CODES_OF; each++)
		total += r->codes[each].count;
	if (caret == NULL || caret == word || caret[1] == '\0')
		return fault(r, "write CODE^SCHEME, such as 57833-6^2.16.840.1.113883.6.1",
			     "\"%.80s\" is no code", word);
	if (total >= POLICY_CODES_MOST)
		return fault(r, "name classes rather than types", "more than %d codes",
			     POLICY_CODES_MOST);
	const char *scheme = caret + 1;
	if (text_starts(scheme, "urn:oid:"))
		scheme += strlen("urn:oid:");
	*(struct policy_code *)add(r->arena, &r->codes[of],
				   sizeof(struct policy_code)) = (struct policy_code){
		arena_text_n(r->arena, word, (size_t)(caret - word)), scheme, names
	};
	return true;
}

/* ---- Statements ---- */

static bool needs_words(struct reading *r, size_t least)
{
	if (r->count >= least)
		return true;
	return fault(r, "write it as minato.policy(5) shows", "\"%s\" says too little",
		     r->words[0]);
}

static bool make_name(struct reading *r, enum policy_name_of of, enum policy_code_of codes)
{
	if (!needs_words(r, 2))
		return false;
	uint64_t bit = bit_made(r, of, r->words[1]);
	bool good = bit != 0;
	for (size_t i = 2; good && i < r->count; i++)
		good = strchr(r->words[i], '^') != NULL
			       ? add_code(r, codes, r->words[i], bit)
			       : add_other(r, of, r->words[i], r->words[1]);
	return good;
}

static bool make_role(struct reading *r)
{
	return make_name(r, POLICY_ROLES, POLICY_ROLE);
}

static bool make_purpose(struct reading *r)
{
	return make_name(r, POLICY_PURPOSES, POLICY_PURPOSE);
}

static bool make_documents(struct reading *r)
{
	static const struct {
		const char *word;
		enum policy_code_of of;
	} attributes[] = { { "class", POLICY_CLASS },
			   { "type", POLICY_TYPE },
			   { "format", POLICY_FORMAT } };
	enum policy_code_of of = POLICY_CODES_OF;
	if (!needs_words(r, 2))
		return false;
	uint64_t bit = bit_made(r, POLICY_DOCUMENTS, r->words[1]);
	bool good = bit != 0;
	for (size_t i = 2; good && i < r->count; i++) {
		size_t k = 0;
		while (k < COUNT(attributes) && !text_equal(r->words[i], attributes[k].word))
			k++;
		if (k < COUNT(attributes))
			of = attributes[k].of;
		else if (of == POLICY_CODES_OF && strchr(r->words[i], '^') == NULL)
			good = add_other(r, POLICY_DOCUMENTS, r->words[i], r->words[1]);
		else if (of == POLICY_CODES_OF)
			return fault(r, "say class, type or format before codes",
				     "\"%.80s\" is of no attribute", r->words[i]);
		else
			good = add_code(r, of, r->words[i], bit);
	}
	return good;
}

/* The bit of a letter; 0: a fault. */
static unsigned level_of(struct reading *r, const char *word)
{
	const char *at = strlen(word) == 1 ? strchr(confidentiality_letters, *word) : NULL;
	if (at != NULL)
		return 1U << (at - confidentiality_letters);
	fault(r, "take U, L, M, N, R or V", "\"%.80s\" is no confidentiality", word);
	return 0;
}

static bool make_confidentiality(struct reading *r)
{
	if (!needs_words(r, 3))
		return false;
	uint64_t level = level_of(r, r->words[1]);
	bool good = level != 0;
	for (size_t i = 2; good && i < r->count; i++)
		good = add_code(r, POLICY_CONFIDENTIALITY, r->words[i], level);
	return good;
}

static bool read_file(struct reading *r, const char *file, struct bytes text);

static bool include(struct reading *r)
{
	struct bytes text;
	const char *file, *why = "nothing is included here";
	if (r->count != 2)
		return fault(r, "write include FILE", "\"include\" names one file");
	if (r->included)
		return fault(r, "include it from the first file",
			     "an included file includes nothing");
	if (++r->files > POLICY_FILES_MOST)
		return fault(r, "put files together", "more than %d files", POLICY_FILES_MOST);
	if (r->source == NULL || !r->source->open(r->source->self, r->words[1], &text, &file, &why))
		return fault(r, "name a file beside this one, or by its whole path", "%.200s: %s",
			     r->words[1], why);
	r->included = true;
	bool good = read_file(r, file, text);
	r->included = false;
	return good;
}

static const struct {
	const char *word;
	enum ruling ruling;
} rulings[] = { { "permit", RULING_PERMIT }, { "hide", RULING_HIDE }, { "deny", RULING_DENY } };

static bool ruling_of(const char *word, enum ruling *out)
{
	for (size_t i = 0; i < COUNT(rulings); i++)
		if (text_equal(word, rulings[i].word)) {
			*out = rulings[i].ruling;
			return true;
		}
	return false;
}

static struct region_rule any_rule(const struct reading *r, enum ruling ruling)
{
	return (struct region_rule){ .ruling = ruling,
				     .names = { UINT64_MAX, UINT64_MAX, UINT64_MAX },
				     .confidentiality = UINT_MAX,
				     .file = r->file,
				     .line = r->line,
				     .text = r->text };
}

static const char *const parts[] = { "role", "purpose", "documents", "confidentiality" };
enum { PART_CONFIDENTIALITY = POLICY_NAMES_OF, PARTS };

static bool add_to_part(struct reading *r, struct region_rule *rule, size_t part, const char *word)
{
	uint64_t bit = part == PART_CONFIDENTIALITY ? level_of(r, word)
						    : bit_of(r, (enum policy_name_of)part, word);
	if (part == PART_CONFIDENTIALITY)
		rule->confidentiality |= (unsigned)bit;
	else if (bit != 0)
		rule->names[part] |= bit;
	else
		fault(r, "make the name known before, in a line of its own",
		      "%s \"%.80s\" is not known", parts[part], word);
	return bit != 0;
}

/* A part that is begun is no longer any. */
static bool begin_part(struct reading *r, struct region_rule *rule, size_t part, unsigned *begun)
{
	if ((*begun >> part & 1) != 0)
		return fault(r, "put its names together", "%s is said twice", parts[part]);
	*begun |= 1U << part;
	if (part == PART_CONFIDENTIALITY)
		rule->confidentiality = 0;
	else
		rule->names[part] = 0;
	return true;
}

static bool is_whole(struct reading *r, const struct region_rule *rule)
{
	for (size_t part = 0; part < PARTS; part++)
		if (part == PART_CONFIDENTIALITY ? rule->confidentiality == 0
						 : rule->names[part] == 0)
			return fault(r, "name one, or leave the part out", "%s names none",
				     parts[part]);
	return true;
}

static bool make_rule(struct reading *r, enum ruling ruling, struct growing *to)
{
	struct region_rule rule = any_rule(r, ruling);
	size_t part = PARTS;
	unsigned begun = 0;
	for (size_t i = 1; i < r->count; i++) {
		size_t begins = 0;
		while (begins < PARTS && !text_equal(r->words[i], parts[begins]))
			begins++;
		if (begins == PARTS && part == PARTS)
			return fault(r, "say role, purpose, documents or confidentiality first",
				     "\"%.80s\" is part of nothing", r->words[i]);
		if (begins == PARTS) {
			if (!add_to_part(r, &rule, part, r->words[i]))
				return false;
			continue;
		}
		part = begins;
		if (!begin_part(r, &rule, part, &begun))
			return false;
	}
	if (!is_whole(r, &rule))
		return false;
	if (r->rules.count + r->never.count == POLICY_RULES_MOST)
		return fault(r, "name several in one rule", "more than %d rules",
			     POLICY_RULES_MOST);
	*(struct region_rule *)add(r->arena, to, sizeof rule) = rule;
	return true;
}

static bool make_never(struct reading *r)
{
	return make_rule(r, RULING_HIDE, &r->never);
}

/* ---- Emergencies ---- */

static bool add_opening(struct reading *r, const char *word)
{
	static const struct {
		const char *word;
		enum policy_opening opens;
	} openings[] = { { "not-joined", OPENING_NOT_JOINED },
			 { "left", OPENING_LEFT },
			 { "closed", OPENING_CLOSED },
			 { "excluded", OPENING_EXCLUDED } };
	for (size_t i = 0; i < COUNT(openings); i++)
		if (text_equal(word, openings[i].word)) {
			r->emergency.opens |= openings[i].opens;
			return true;
		}
	return fault(r, "name not-joined, left, closed or excluded",
		     "an emergency does not open \"%.80s\"", word);
}

static bool add_to_emergency(struct reading *r, size_t part, const char *word)
{
	struct region_rule names = { .names = { 0 } };
	if (part == PARTS)
		return add_opening(r, word);
	if (!add_to_part(r, &names, part, word))
		return false;
	r->emergency.roles |= names.names[POLICY_ROLES];
	r->emergency.purposes |= names.names[POLICY_PURPOSES];
	return true;
}

/* What it names is all that is opened. */
static size_t opens_anew(struct reading *r)
{
	r->emergency.opens = 0;
	return PARTS;
}

/* Its parts: role and purpose as a rule's, and behind those opens. */
static bool make_emergency(struct reading *r)
{
	size_t part = POLICY_DOCUMENTS; /* none has begun */
	bool good = true;
	if (r->emergency_line != 0)
		return fault(r, "put them together", "emergency was said in line %u",
			     r->emergency_line);
	r->emergency_line = r->line;
	for (size_t i = 1; good && i < r->count; i++) {
		if (text_equal(r->words[i], "role"))
			part = POLICY_ROLES;
		else if (text_equal(r->words[i], "purpose"))
			part = POLICY_PURPOSES;
		else if (text_equal(r->words[i], "opens"))
			part = opens_anew(r);
		else if (part == POLICY_DOCUMENTS)
			return fault(r, "say role, purpose or opens first",
				     "\"%.80s\" is part of nothing", r->words[i]);
		else
			good = add_to_emergency(r, part, r->words[i]);
	}
	if (good && r->emergency.roles == 0)
		return fault(r, "name the roles that may break the glass",
			     "emergency names no role");
	return good;
}

static bool make_default(struct reading *r)
{
	enum ruling ruling;
	if (r->count != 2 || !ruling_of(r->words[1], &ruling))
		return fault(r, "write default permit, default hide or default deny",
			     "the default is none of these");
	if (r->standard.file != NULL)
		return fault(r, "leave one of them", "the default was said at %s:%u",
			     r->standard.file, r->standard.line);
	r->standard = any_rule(r, ruling);
	return true;
}

static bool make_addressed(struct reading *r)
{
	if (!needs_words(r, 2))
		return false;
	for (size_t i = 1; i < r->count; i++) {
		uint64_t bit = bit_of(r, POLICY_DOCUMENTS, r->words[i]);
		if (bit == 0)
			return fault(r, "make the name known before, in a line of its own",
				     "documents \"%.80s\" is not known", r->words[i]);
		r->addressed |= bit;
	}
	return true;
}

/* A municipality, and how addresses in it begin. Digits are a postcode's, and no beginning. */
static bool make_municipality(struct reading *r)
{
	if (!needs_words(r, 3))
		return false;
	if (strspn(r->words[1], "0123456789") != strlen(r->words[1]) || *r->words[1] == '\0')
		return fault(r, "write its code of JIS X 0402, such as 04202",
			     "\"%.80s\" is no municipality", r->words[1]);
	if (r->municipalities.count == POLICY_MUNICIPALITIES_MOST)
		return fault(r, "name those that a disaster may be declared for",
			     "more than %d municipalities", POLICY_MUNICIPALITIES_MOST);
	const char **places = arena_array(r->arena, const char *, r->count - 1);
	for (size_t i = 2; i < r->count; i++) {
		if (*r->words[i] == '\0')
			return fault(r, "write how addresses begin there",
				     "every address begins so");
		places[i - 2] = r->words[i];
	}
	*(struct policy_municipality *)add(
		r->arena, &r->municipalities,
		sizeof(struct policy_municipality)) = (struct policy_municipality){ r->words[1],
										    places };
	return true;
}

/* ---- What a patient acknowledges ---- */

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
		if (named[i].kind == kind && bit_of(r, named[i].of, name) == 0)
			return fault(r, "make the name known before, in a line of its own",
				     "%s \"%.80s\" is not known", exclusion_names[kind], name);
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
							known_as(r, of[kind], name), NULL);
}

static bool complete(struct reading *r, const struct acknowledging *k)
{
	if (k->names)
		return true;
	return fault(r, "say whom: facility, role, purpose or documents, and a name",
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
			return fault(r, "a patient takes part or does not",
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
		return fault(r, "write join, leave, or exclude or include with whom",
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
			return fault(r, "leave one of them", "%.80s was said at %s:%u", code,
				     all[i].file, all[i].line);
	return true;
}

static bool make_acknowledged(struct reading *r)
{
	struct consent_word *words = NULL;
	struct acknowledging k = { .last = &words, .kind = EXCLUSIONS, .names = true };
	if (!needs_words(r, 3))
		return false;
	const char *caret = strrchr(r->words[1], '^');
	if (caret == NULL || caret == r->words[1] || caret[1] == '\0')
		return fault(r, "write POLICY^DOMAIN, both OIDs", "\"%.80s\" is no policy",
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
		return fault(r, "leave those out that nobody acknowledges any more",
			     "more than %d policies are acknowledged", POLICY_ACKNOWLEDGED_MOST);
	*(struct acknowledged_policy *)add(r->arena, &r->acknowledged,
					   sizeof(struct acknowledged_policy)) =
		(struct acknowledged_policy){ code, scheme, words, r->file, r->line };
	return true;
}

static bool make_recorders(struct reading *r)
{
	if (!needs_words(r, 2))
		return false;
	for (size_t i = 1; i < r->count; i++)
		*(const char **)add(r->arena, &r->recorders, sizeof(char *)) = r->words[i];
	return true;
}

static bool state(struct reading *r)
{
	static const struct {
		const char *word;
		bool (*make)(struct reading *r);
	} statements[] = {
		{ "role", make_role },
		{ "purpose", make_purpose },
		{ "documents", make_documents },
		{ "confidentiality", make_confidentiality },
		{ "include", include },
		{ "addressed", make_addressed },
		{ "default", make_default },
		{ "emergency", make_emergency },
		{ "never", make_never },
		{ "municipality", make_municipality },
		{ "acknowledged", make_acknowledged },
		{ "recorders", make_recorders },
	};
	enum ruling ruling;
	if (ruling_of(r->words[0], &ruling))
		return make_rule(r, ruling, &r->rules);
	for (size_t i = 0; i < COUNT(statements); i++)
		if (text_equal(r->words[0], statements[i].word))
			return statements[i].make(r);
	return fault(r,
		     "begin with role, purpose, documents, confidentiality, include, permit, hide, "
		     "deny, addressed, emergency, never, municipality, acknowledged, recorders or "
		     "default",
		     "\"%.80s\" begins no statement", r->words[0]);
}

/* ---- Files ---- */

static bool read_line(struct reading *r, struct bytes line)
{
	if (line.length != 0 && line.data[line.length - 1] == '\r')
		line.length--;
	for (size_t i = 0; i < line.length; i++)
		if (line.data[i] < ' ' && line.data[i] != '\t')
			return fault(r, "write text", "a control character stands here");
	r->text = arena_text_n(r->arena, (const char *)line.data, line.length);
	return split(r, r->text) && (r->count == 0 || state(r));
}

/* Every line is looked at, so that all faults are told at once. */
static bool read_file(struct reading *r, const char *file, struct bytes text)
{
	const char *outer = r->file;
	unsigned outer_line = r->line;
	bool good = true;
	r->file = file;
	r->line = 0;
	if (!text_is_utf8(text.data, text.length))
		good = fault(r, "write it as UTF-8", "it is no UTF-8 text");
	for (size_t from = 0; good && from < text.length;) {
		const unsigned char *line = text.data + from;
		const unsigned char *end = memchr(line, '\n', text.length - from);
		size_t length = end == NULL ? text.length - from : (size_t)(end - line);
		r->line++;
		read_line(r, (struct bytes){ line, length });
		from += length + 1;
	}
	r->file = outer;
	r->line = outer_line;
	return good;
}

/* ---- The table ---- */

static int by_code(const void *x, const void *y)
{
	const struct policy_code *a = x, *b = y;
	int order = strcmp(a->code, b->code);
	return order != 0 ? order : strcmp(a->scheme, b->scheme);
}

/* In order, each once, with all its names. */
static struct policy_codes in_order(struct growing *g)
{
	struct policy_code *all = g->all;
	size_t count = 0;
	if (g->count != 0)
		qsort(all, g->count, sizeof *all, by_code);
	for (size_t i = 0; i < g->count; i++)
		if (count != 0 && by_code(&all[count - 1], &all[i]) == 0)
			all[count - 1].names |= all[i].names;
		else
			all[count++] = all[i];
	return (struct policy_codes){ all, count };
}

static const struct region_policy *table(struct reading *r)
{
	struct region_policy *p = arena_new(r->arena, struct region_policy);
	*p = (struct region_policy){ .rules = r->rules.all,
				     .rule_count = r->rules.count,
				     .never = r->never.all,
				     .never_count = r->never.count,
				     .emergency = r->emergency,
				     .municipalities = r->municipalities.all,
				     .municipality_count = r->municipalities.count,
				     .standard = r->standard,
				     .addressed = r->addressed,
				     .acknowledged = r->acknowledged.all,
				     .acknowledged_count = r->acknowledged.count };
	if (r->recorders.count != 0) {
		*(const char **)add(r->arena, &r->recorders, sizeof(char *)) = NULL;
		p->recorders = r->recorders.all;
	}
	for (enum policy_code_of of = 0; of < POLICY_CODES_OF; of++)
		p->codes[of] = in_order(&r->codes[of]);
	for (enum policy_name_of of = 0; of < POLICY_NAMES_OF; of++) {
		*(const char **)add(r->arena, &r->others[of], sizeof(char *)) = NULL;
		p->names[of] = r->names[of];
		p->others[of] = r->others[of].all;
	}
	return p;
}

static void begin(struct reading *r)
{
	for (enum policy_name_of of = 0; of < POLICY_NAMES_OF; of++) {
		r->names[of] = arena_array(r->arena, const char *, POLICY_NAMES_MOST + 2);
		r->names[of][r->name_count[of]++] = "unsaid";
	}
	for (enum confidentiality c = 0; c < CONFIDENTIALITIES; c++)
		*(struct policy_code *)add(r->arena, &r->codes[POLICY_CONFIDENTIALITY],
					   sizeof(struct policy_code)) = (struct policy_code){
			arena_text_n(r->arena, confidentiality_letters + c, 1), HL7_CONFIDENTIALITY,
			UINT64_C(1) << c
		};
}

struct policy_reading policy_file_read(struct arena *a, const char *file, struct bytes text,
				       const struct policy_source *source)
{
	struct reading *r = arena_new(a, struct reading);
	*r = (struct reading){ .arena = a,
			       .source = source,
			       .files = 1,
			       .emergency.opens = OPENING_NOT_JOINED | OPENING_LEFT
						  | OPENING_CLOSED };
	r->last = &r->faults;
	begin(r);
	read_file(r, file, text);
	r->file = file;
	if (r->standard.file == NULL && r->fault_count == 0)
		fault(r, "add a line: default hide",
		      "it does not say what holds where no rule "
		      "does");
	return (struct policy_reading){ .policy = r->fault_count == 0 ? table(r) : NULL,
					.faults = r->faults,
					.fault_count = r->fault_count };
}
