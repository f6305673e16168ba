/* gateway/operator/invocation.c: what every command needs of its invocation. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"

const char *invocation_option(const struct invocation *i, const char *name)
{
	const struct option_row *rows = i->command->options;
	for (size_t n = 0; rows[n].name != NULL; n++)
		if (text_equal(rows[n].name, name))
			return i->options[n];
	return NULL;
}

enum outcome invocation_fail(const struct invocation *i, const struct problem *p)
{
	const struct problem_row *row = problem_row(p->code);
	fprintf(i->talk, "minato: %s\n", p->what);
	if (p->where[0] != '\0' && strstr(p->what, p->where) == NULL)
		fprintf(i->talk, "where: %s\n", p->where);
	if (row->remedy != NULL)
		fprintf(i->talk, "do: %s\n", row->remedy);
	return (enum outcome)row->exit_code;
}

const struct configuration *invocation_configuration(const struct invocation *i)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(i->configuration, i->arena, &faults);
	for (; c == NULL && faults != NULL; faults = faults->next)
		config_tell_fault(faults, i->talk);
	return c;
}

const char *invocation_path(const struct invocation *i, const char *path)
{
	char *directory = path[0] == '/' ? NULL : getcwd(NULL, 0);
	if (directory == NULL)
		return path;
	path = arena_printf(i->arena, "%s/%s", directory, path);
	free(directory);
	return path;
}
