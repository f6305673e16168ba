/* gateway/config_codes.c: the affinity domain's code sets, of sections and of a file beside. */
#include "gateway/config_codes.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "gateway/nearest.h"

/* What is put together. */
struct gathering {
	struct config_making *making;
	struct affinity_code *codes;
	size_t count;
};

/* ---- Sections ---- */

static bool is_coded(struct config_making *m, const struct config_section *s)
{
	return code_attribute(s->title) >= 0
	       || config_fault_add(m->faults, s->place,
				   "write the attribute as ITI TF-3: 4.2.3 does",
				   "\"%s\" is no coded attribute; the nearest is %s", s->title,
				   nearest_name(s->title, code_attributes, CODE_ATTRIBUTES));
}

static void add_section(struct gathering *g, const struct config_section *s)
{
	struct config_making *m = g->making;
	struct codes_keys keys = { 0 };
	bool plain = code_attribute_is_plain(s->title);
	config_section_set(m, &config_sections[SECTION_CODES], s, s->place, &keys);
	if (!is_coded(m, s))
		return;
	for (const char *const *c = keys.allow; c != NULL && *c != NULL; c++) {
		const char *caret = plain ? *c + strlen(*c) : strchr(*c, '^');
		if (caret == NULL || caret == *c || (!plain && caret[1] == '\0')) {
			config_fault_add(m->faults, config_place_of(s, "allow", s->place),
					 "write CODE^SCHEME",
					 "codes %s: \"%s\" has no coding scheme", s->title, *c);
			continue;
		}
		g->codes[g->count++] = (struct affinity_code){
			.attribute = arena_text(m->arena, s->title),
			.code = arena_text_n(m->arena, *c, (size_t)(caret - *c)),
			.scheme = plain ? "" : caret + 1,
		};
	}
}

static size_t count_allowed(const struct config_section *sections)
{
	size_t most = 0;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_CODES)) != NULL; s = s->next)
		for (const struct config_entry *e = s->entries; e != NULL; e = e->next)
			most++;
	return most;
}

/* ---- The file ---- */

static void tell(struct config_making *m, const char *given, const struct code_file *f)
{
	const char *path = arena_text(m->faults->arena, given);
	for (const struct code_fault *w = f->faults; w != NULL; w = w->next)
		config_fault_add(m->faults, (struct config_place){ path, w->line }, w->remedy, "%s",
				 w->what);
	if (f->fault_count > CODE_FAULTS_MOST)
		config_fault_add(m->faults, (struct config_place){ path, 0 },
				 "mend those that are told first", "there are %zu more faults",
				 f->fault_count - CODE_FAULTS_MOST);
}

/* Our own form alone: what it means must not depend on what else was said when it was imported. */
static struct code_file read_file(struct config_making *m, struct config_place where,
				  const char *path)
{
	struct code_file f = code_file_in(m->arena);
	struct bytes text;
	const char *why;
	if (path == NULL)
		return f;
	if (!regular_read(m->arena, path, CODE_FILE_MOST, &text, &why))
		config_fault_add(m->faults, where,
				 "name a file that minato codes import has written, or mend it",
				 "region code-sets, %s: %s", path, why);
	else if (code_form_of(text) != CODE_FORM_TSV)
		config_fault_add(m->faults, where, "bring it in by minato codes import",
				 "region code-sets, %s: is no table of codes", path);
	else if (!code_file_read(&f, text, NULL))
		tell(m, path, &f);
	return f;
}

struct code_sets config_codes(struct config_making *m, const struct config_section *sections,
			      struct config_place where, const char *path)
{
	struct code_file f = read_file(m, where, path);
	size_t most = f.count + count_allowed(sections);
	struct gathering g = { m, arena_array(m->arena, struct affinity_code, most + 1), 0 };
	for (const struct code_row *r = f.first; r != NULL; r = r->next)
		g.codes[g.count++] = r->code; /* first: these have names */
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_CODES)) != NULL; s = s->next)
		add_section(&g, s);
	struct code_sets sets = { .codes = g.codes, .count = g.count };
	size_t places = code_sets_places(g.count);
	code_sets_index(&sets, arena_array(m->arena, uint32_t, places), places);
	return sets;
}
