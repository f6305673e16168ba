/* gateway/policy/policy_file.c: a file of rules becomes the region's table. */
#include "gateway/policy/policy_file.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_reading.h"

enum { NAME_MOST = 64 };
#define HL7_CONFIDENTIALITY "2.16.840.1.113883.5.25"

bool reading_fault(struct reading *r, const char *remedy, const char *what, ...)
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

void *reading_add(struct arena *a, struct growing *g, size_t size)
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
		return reading_fault(r, "put quotes around the whole word", "a quote stands alone");
	*at = to + quoted;
	if (**at != '\0' && !is_blank(**at))
		return reading_fault(r, "write a blank behind it",
				     "a word goes on behind its quote");
	if (r->count == POLICY_WORDS_MOST)
		return reading_fault(r, "make two statements of it", "more than %d words",
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

static const char *const reserved[] = { "role",    "purpose", "documents", "confidentiality",
					"class",   "type",    "format",    "permit",
					"hide",    "deny",    "default",   "include",
					"unsaid",  "opens",   "join",      "leave",
					"exclude", "facility" };

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
	return reading_fault(r, "take another word, of at most 64 octets, without ^ / ,",
			     "\"%.80s\" cannot be a name", word);
}

const char *reading_known_as(const struct reading *r, enum policy_name_of of, const char *name)
{
	const char *const *others = r->others[of].all;
	for (size_t i = 0; i < r->others[of].count; i += 2)
		if (text_equal(others[i], name))
			return others[i + 1];
	return name;
}

/* 0: there is none. */
uint64_t reading_bit_of(const struct reading *r, enum policy_name_of of, const char *name)
{
	name = reading_known_as(r, of, name);
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
	uint64_t bit = reading_bit_of(r, of, name);
	if (bit != 0)
		return bit;
	if (r->name_count[of] > POLICY_NAMES_MOST) {
		reading_fault(r, "put codes together under one name",
			      "more than %d names of one kind", POLICY_NAMES_MOST);
		return 0;
	}
	r->names[of][r->name_count[of]] = name;
	return UINT64_C(1) << r->name_count[of]++;
}

static bool add_other(struct reading *r, enum policy_name_of of, const char *word, const char *name)
{
	const char *first = reading_known_as(r, of, name);
	uint64_t stands = reading_bit_of(r, of, word);
	if (!is_name(r, word))
		return false;
	if (stands != 0 && stands != reading_bit_of(r, of, first))
		return reading_fault(r, "give each a name of its own", "\"%s\" is another's name",
				     word);
	if (stands != 0)
		return true;
	*(const char **)reading_add(r->arena, &r->others[of], sizeof word) = word;
	*(const char **)reading_add(r->arena, &r->others[of], sizeof word) = first;
	return true;
}

static bool add_code(struct reading *r, enum policy_code_of of, const char *word, uint64_t names)
{
	const char *caret = strrchr(word, '^');
	size_t total = 0;
	for (enum policy_code_of each = 0; each < POLICY_CODES_OF; each++)
		total += r->codes[each].count;
	if (caret == NULL || caret == word || caret[1] == '\0')
		return reading_fault(r, "write CODE^SCHEME, such as 57833-6^2.16.840.1.113883.6.1",
				     "\"%.80s\" is no code", word);
	if (total >= POLICY_CODES_MOST)
		return reading_fault(r, "name classes rather than types", "more than %d codes",
				     POLICY_CODES_MOST);
	const char *scheme = caret + 1;
	if (text_starts(scheme, "urn:oid:"))
		scheme += strlen("urn:oid:");
	*(struct policy_code *)reading_add(r->arena, &r->codes[of],
					   sizeof(struct policy_code)) = (struct policy_code){
		arena_text_n(r->arena, word, (size_t)(caret - word)), scheme, names
	};
	return true;
}

/* ---- Statements ---- */

bool reading_needs_words(struct reading *r, size_t least)
{
	if (r->count >= least)
		return true;
	return reading_fault(r, "write it as minato.policy(5) shows", "\"%s\" says too little",
			     r->words[0]);
}

static bool make_name(struct reading *r, enum policy_name_of of, enum policy_code_of codes)
{
	if (!reading_needs_words(r, 2))
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
	if (!reading_needs_words(r, 2))
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
			return reading_fault(r, "say class, type or format before codes",
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
	reading_fault(r, "take U, L, M, N, R or V", "\"%.80s\" is no confidentiality", word);
	return 0;
}

static bool make_confidentiality(struct reading *r)
{
	if (!reading_needs_words(r, 3))
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
		return reading_fault(r, "write include FILE", "\"include\" names one file");
	if (r->included)
		return reading_fault(r, "include it from the first file",
				     "an included file includes nothing");
	if (++r->files > POLICY_FILES_MOST)
		return reading_fault(r, "put files together", "more than %d files",
				     POLICY_FILES_MOST);
	if (r->source == NULL || !r->source->open(r->source->self, r->words[1], &text, &file, &why))
		return reading_fault(r, "name a file beside this one, or by its whole path",
				     "%.200s: %s", r->words[1], why);
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
	uint64_t bit = part == PART_CONFIDENTIALITY
			       ? level_of(r, word)
			       : reading_bit_of(r, (enum policy_name_of)part, word);
	if (part == PART_CONFIDENTIALITY)
		rule->confidentiality |= (unsigned)bit;
	else if (bit != 0)
		rule->names[part] |= bit;
	else
		reading_fault(r, "make the name known before, in a line of its own",
			      "%s \"%.80s\" is not known", parts[part], word);
	return bit != 0;
}

/* A part that is begun is no longer any. */
static bool begin_part(struct reading *r, struct region_rule *rule, size_t part, unsigned *begun)
{
	if ((*begun >> part & 1) != 0)
		return reading_fault(r, "put its names together", "%s is said twice", parts[part]);
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
			return reading_fault(r, "name one, or leave the part out", "%s names none",
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
			return reading_fault(
				r, "say role, purpose, documents or confidentiality first",
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
		return reading_fault(r, "name several in one rule", "more than %d rules",
				     POLICY_RULES_MOST);
	*(struct region_rule *)reading_add(r->arena, to, sizeof rule) = rule;
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
	return reading_fault(r, "name not-joined, left, closed or excluded",
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
		return reading_fault(r, "put them together", "emergency was said in line %u",
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
			return reading_fault(r, "say role, purpose or opens first",
					     "\"%.80s\" is part of nothing", r->words[i]);
		else
			good = add_to_emergency(r, part, r->words[i]);
	}
	if (good && r->emergency.roles == 0)
		return reading_fault(r, "name the roles that may break the glass",
				     "emergency names no role");
	return good;
}

static bool make_default(struct reading *r)
{
	enum ruling ruling;
	if (r->count != 2 || !ruling_of(r->words[1], &ruling))
		return reading_fault(r, "write default permit, default hide or default deny",
				     "the default is none of these");
	if (r->standard.file != NULL)
		return reading_fault(r, "leave one of them", "the default was said at %s:%u",
				     r->standard.file, r->standard.line);
	r->standard = any_rule(r, ruling);
	return true;
}

static bool make_addressed(struct reading *r)
{
	if (!reading_needs_words(r, 2))
		return false;
	for (size_t i = 1; i < r->count; i++) {
		uint64_t bit = reading_bit_of(r, POLICY_DOCUMENTS, r->words[i]);
		if (bit == 0)
			return reading_fault(r, "make the name known before, in a line of its own",
					     "documents \"%.80s\" is not known", r->words[i]);
		r->addressed |= bit;
	}
	return true;
}

/* A municipality, and how addresses in it begin. Digits are a postcode's, and no beginning. */
static bool make_municipality(struct reading *r)
{
	if (!reading_needs_words(r, 3))
		return false;
	if (strspn(r->words[1], "0123456789") != strlen(r->words[1]) || *r->words[1] == '\0')
		return reading_fault(r, "write its code of JIS X 0402, such as 04202",
				     "\"%.80s\" is no municipality", r->words[1]);
	if (r->municipalities.count == POLICY_MUNICIPALITIES_MOST)
		return reading_fault(r, "name those that a disaster may be declared for",
				     "more than %d municipalities", POLICY_MUNICIPALITIES_MOST);
	const char **places = arena_array(r->arena, const char *, r->count - 1);
	for (size_t i = 2; i < r->count; i++) {
		if (*r->words[i] == '\0')
			return reading_fault(r, "write how addresses begin there",
					     "every address begins so");
		places[i - 2] = r->words[i];
	}
	*(struct policy_municipality *)reading_add(
		r->arena, &r->municipalities,
		sizeof(struct policy_municipality)) = (struct policy_municipality){ r->words[1],
										    places };
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
		{ "acknowledged", reading_make_acknowledged },
		{ "recorders", reading_make_recorders },
	};
	enum ruling ruling;
	if (ruling_of(r->words[0], &ruling))
		return make_rule(r, ruling, &r->rules);
	for (size_t i = 0; i < COUNT(statements); i++)
		if (text_equal(r->words[0], statements[i].word))
			return statements[i].make(r);
	return reading_fault(
		r,
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
			return reading_fault(r, "write text", "a control character stands here");
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
		good = reading_fault(r, "write it as UTF-8", "it is no UTF-8 text");
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
		*(const char **)reading_add(r->arena, &r->recorders, sizeof(char *)) = NULL;
		p->recorders = r->recorders.all;
	}
	for (enum policy_code_of of = 0; of < POLICY_CODES_OF; of++)
		p->codes[of] = in_order(&r->codes[of]);
	for (enum policy_name_of of = 0; of < POLICY_NAMES_OF; of++) {
		*(const char **)reading_add(r->arena, &r->others[of], sizeof(char *)) = NULL;
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
		*(struct policy_code *)reading_add(
			r->arena, &r->codes[POLICY_CONFIDENTIALITY],
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
		reading_fault(r, "add a line: default hide",
			      "it does not say what holds where no rule "
			      "does");
	return (struct policy_reading){ .policy = r->fault_count == 0 ? table(r) : NULL,
					.faults = r->faults,
					.fault_count = r->fault_count };
}
