/* gateway/operator/command_region.c: commands on a region's configuration. */
#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"

static json_t *value_row(const struct invocation *i, const struct config_value *v)
{
	const char *source = v->place.file == NULL ? "default"
						   : arena_printf(i->arena, "%s:%u", v->place.file,
								  v->place.line);
	const char *section = v->title == NULL
				      ? v->section
				      : arena_printf(i->arena, "%s %s", v->section, v->title);
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "section", section, "key", v->key, "value",
			 v->value, "source", source, "restart", v->restart);
}

enum outcome command_config_show(struct invocation *i)
{
	const struct configuration *c;
	if (invocation_option(i, "file") == NULL)
		return command_ask(i);
	c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array();
	for (const struct config_value *v = c->values; v != NULL; v = v->next)
		json_array_append_new(rows, value_row(i, v));
	output_rows(i->out, i->arena, i->format, rows, i->command->request->columns);
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

enum outcome command_config_check(struct invocation *i)
{
	return config_test(i->configuration, false, i->talk) ? OUTCOME_DONE : OUTCOME_CONFIGURATION;
}

enum outcome command_config_keys(struct invocation *i)
{
	static const struct column columns[] = { { .key = "section", .heading = "SECTION" },
						 { .key = "key", .heading = "KEY" },
						 { .key = "default", .heading = "DEFAULT" },
						 { .key = "help", .heading = "MEANING" },
						 { 0 } };
	json_t *rows = json_array();
	for (const struct config_section_kind *s = config_sections; s->name != NULL; s++)
		for (const struct config_key *k = s->keys; s->like == NULL && k->name != NULL; k++)
			json_array_append_new(rows,
					      json_pack("{s:s, s:s, s:s*, s:b, s:b, s:s}",
							"section", s->name, "key", k->name,
							"default", k->preset, "needed", k->needed,
							"restart", k->restart, "help", k->help));
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	return OUTCOME_DONE;
}
