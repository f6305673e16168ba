/* gateway/config_parse.c: libconfuse reads the text; we keep what it says and where.
 *
 * libconfuse stops at the first name it does not know. So that every fault is told, such a
 * statement is noted and blanked, and the text is read again. */
#include "gateway/config_parse.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/nearest.h"

enum {
	UNKNOWN_MOST = 100, /* names not known, before we stop reading again and again */
	NAMES_MOST = 64,    /* keys of one section, and sections */
};

/* Found again from any section of the parser through an option no text can name: a name with a
 * control character in it, which config_text_read() refuses. */
static const char keeper_option[] = "\001keeper";

struct keeper {
	long number; /* what that option points to; first, so that it is the keeper */
	struct arena *arena;
	const struct config_text *text;
	cfg_t *root;
	struct config_section *sections, **tail;
	bool exhausted;
	/* The error that ended the reading. */
	bool failed, unknown;
	unsigned line;
	char section[NEAREST_LENGTH + 1]; /* "root" outside sections */
	char message[256];                /* or the unknown name */
};

static struct keeper *keeper_of(cfg_t *cfg)
{
	for (cfg_opt_t *o = cfg->opts; o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, keeper_option) == 0)
			return (struct keeper *)(void *)o->simple_value.number;
	return NULL;
}

static const struct config_section_kind *kind_named(const char *name)
{
	for (const struct config_section_kind *k = config_sections; k->name != NULL; k++)
		if (text_equal(k->name, name))
			return k;
	return NULL;
}

static const struct config_key *key_named(const struct config_section_kind *kind, const char *name)
{
	for (const struct config_key *k = kind->keys; k->name != NULL; k++)
		if (text_equal(k->name, name))
			return k;
	return NULL;
}

/* A copy in the arena; NULL when there is no more, for we are inside libconfuse. */
static char *copied(struct arena *a, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = arena_try(a, size);
	return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* The section being read: a new one when none of that name is open. */
static struct config_section *current_section(struct keeper *k, cfg_t *cfg, unsigned line)
{
	const struct config_section_kind *kind = kind_named(cfg->name);
	struct config_place place = config_text_place(k->text, line);
	if (kind == NULL)
		return NULL;
	for (struct config_section *s = k->sections; s != NULL; s = s->next)
		if (!s->closed && s->kind == kind && text_equal(s->title, cfg->title))
			return s;
	struct config_section *s = arena_try(k->arena, sizeof *s);
	char *title = cfg->title == NULL ? NULL : copied(k->arena, cfg->title);
	if (s == NULL || (cfg->title != NULL && title == NULL))
		return NULL;
	*s = (struct config_section){
		.kind = kind, .title = title, .place = place, .tail = &s->entries
	};
	*k->tail = s;
	k->tail = &s->next;
	return s;
}

/* libconfuse has read one value. */
static int keep_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct keeper *k = keeper_of(cfg);
	struct config_section *s = k == NULL ? NULL
					     : current_section(k, cfg, (unsigned)k->root->line);
	struct config_entry *e = s == NULL ? NULL : arena_try(k->arena, sizeof *e);
	char *copy = e == NULL ? NULL : copied(k->arena, value);
	if (copy == NULL) {
		if (k != NULL)
			k->exhausted = true;
		return -1;
	}
	*e = (struct config_entry){
		.key = key_named(s->kind, opt->name),
		.value = copy,
		.place = config_text_place(k->text, (unsigned)cfg->line),
		.begins = (opt->flags & CFGF_LIST) == 0 || opt->nvalues <= 1,
	};
	*s->tail = e;
	s->tail = &e->next;
	*(const char **)result = value;
	return 0;
}

/* libconfuse has read a section whole; one without values has not been seen yet. */
static int keep_section(cfg_t *root, cfg_opt_t *opt)
{
	struct keeper *k = keeper_of(root);
	cfg_t *last = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	if (k == NULL || last == NULL)
		return -1;
	struct config_section *s = k->sections;
	while (s != NULL && (s->closed || !text_equal(s->kind->name, opt->name)))
		s = s->next;
	if (s == NULL)
		s = current_section(k, last, (unsigned)root->line);
	if (s == NULL) {
		k->exhausted = true;
		return -1;
	}
	s->closed = true;
	return 0;
}

__attribute__((format(printf, 2, 0))) static void keep_error(cfg_t *cfg, const char *format,
							     va_list args)
{
	struct keeper *k = keeper_of(cfg);
	if (k == NULL || k->failed)
		return;
	k->failed = true;
	k->line = (unsigned)cfg->line;
	k->unknown = strstr(format, "no such option") != NULL;
	snprintf(k->section, sizeof k->section, "%s", cfg->name == NULL ? "root" : cfg->name);
	if (k->unknown)
		snprintf(k->message, sizeof k->message, "%s", va_arg(args, const char *));
	else
		vsnprintf(k->message, sizeof k->message, format, args);
}

static cfg_opt_t *keeper_row(cfg_opt_t *row, struct keeper *k)
{
	*row++ = (cfg_opt_t)CFG_SIMPLE_INT(keeper_option, &k->number);
	return row;
}

static cfg_opt_t *section_options(struct arena *a, const struct config_section_kind *kind,
				  struct keeper *k)
{
	cfg_opt_t *options = arena_array(a, cfg_opt_t, NAMES_MOST + 2);
	cfg_opt_t *row = keeper_row(options, k);
	for (const struct config_key *key = kind->keys; key->name != NULL; key++) {
		if (config_kind_is_list(key->kind))
			*row++ = (cfg_opt_t)CFG_STR_LIST_CB(key->name, NULL, CFGF_NODEFAULT,
							    keep_value);
		else
			*row++ = (cfg_opt_t)CFG_STR_CB(key->name, NULL, CFGF_NODEFAULT, keep_value);
	}
	*row = (cfg_opt_t)CFG_END();
	return options;
}

static cfg_opt_t *root_options(struct arena *a, struct keeper *k)
{
	cfg_opt_t *options = arena_array(a, cfg_opt_t, NAMES_MOST + 2);
	cfg_opt_t *row = keeper_row(options, k);
	for (const struct config_section_kind *s = config_sections; s->name != NULL; s++) {
		cfg_flag_t flags = CFGF_MULTI | (s->title != NULL ? CFGF_TITLE : CFGF_NONE);
		*row = (cfg_opt_t)CFG_SEC(s->name, section_options(a, s, k), flags);
		row++->validcb = keep_section;
	}
	*row = (cfg_opt_t)CFG_END();
	return options;
}

/* Where else a key of that name would be at home. */
static const char *home_of_key(const char *name)
{
	for (const struct config_section_kind *s = config_sections; s->name != NULL; s++)
		if (key_named(s, name) != NULL)
			return s->name;
	return NULL;
}

static void report_unknown(const struct keeper *k, struct config_faults *faults)
{
	const char *names[NAMES_MOST], *remedy;
	size_t count = 0;
	const struct config_section_kind *section = kind_named(k->section);
	struct config_place place = config_text_place(k->text, k->line);
	const char *home = home_of_key(k->message);
	if (section == NULL)
		for (const struct config_section_kind *s = config_sections; s->name != NULL; s++)
			names[count++] = s->name;
	else
		for (const struct config_key *key = section->keys; key->name != NULL; key++)
			names[count++] = key->name;
	if (home != NULL)
		remedy = arena_printf(faults->arena, "move it into %s { }", home);
	else
		remedy = arena_printf(faults->arena,
				      "write %s, if that is what you mean, or remove it",
				      nearest_name(k->message, names, count));
	if (section == NULL)
		config_fault_add(faults, place, remedy, "there is no section named %s", k->message);
	else
		config_fault_add(faults, place, remedy, "section %s has no key named %s",
				 section->name, k->message);
}

static void read_once(struct keeper *k, struct config_faults *faults,
		      const struct config_text *text)
{
	*k = (struct keeper){ .arena = faults->arena, .text = text, .tail = &k->sections };
	k->root = cfg_init(root_options(faults->arena, k), CFGF_NONE);
	if (k->root == NULL) {
		k->exhausted = true;
		return;
	}
	cfg_set_error_function(k->root, keep_error);
	int result = cfg_parse_buf(k->root, text->text);
	if (result != CFG_SUCCESS && !k->failed)
		k->exhausted = true;
	cfg_free(k->root);
	k->root = NULL;
}

bool config_parse(struct config_text *text, struct config_faults *faults,
		  struct config_section **out)
{
	struct keeper k;
	const char *cut = NULL;
	for (unsigned round = 0;; round++) {
		read_once(&k, faults, text);
		if (!k.failed || k.exhausted)
			break;
		if (!k.unknown) {
			cut = arena_printf(faults->arena, "this cannot be understood: %s",
					   k.message);
			break;
		}
		report_unknown(&k, faults);
		if (round == UNKNOWN_MOST || !config_text_blank(text, k.line, k.message)) {
			cut = "this is as far as the file could be read";
			break;
		}
	}
	if (k.exhausted)
		cut = "could not read the configuration: out of memory";
	if (cut != NULL)
		config_fault_add(
			faults, config_text_place(text, k.line),
			"mend this, then check again: what stands behind it has not been read",
			"%s", cut);
	*out = k.sections;
	return cut == NULL;
}
