/* gateway/config_test.c: tells a person what is wrong with a configuration. */
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/config_machine.h"
#include "gateway/config_running.h"

enum { FAULTS_MOST = 64 << 20 }; /* the text, what was read of it, and the sentences */

void config_tell_fault(const struct config_fault *f, FILE *stream)
{
	fprintf(stream, "%s", f->place.file);
	if (f->place.line != 0)
		fprintf(stream, ":%u", f->place.line);
	fprintf(stream, ": %s\n", f->what);
	if (f->remedy != NULL) /* else the sentence says it */
		fprintf(stream, "\tdo: %s\n", f->remedy);
}

struct testing {
	const char *path;
	struct arena *arena;
	FILE *stream;
	bool here, valid;
};

static void test(void *with)
{
	struct testing *t = with;
	const struct config_fault *faults;
	const struct configuration *c = config_load(t->path, t->arena, &faults);
	size_t count = 0;
	if (c != NULL && faults == NULL && t->here)
		faults = config_machine_faults(c, t->arena);
	for (const struct config_fault *f = faults; f != NULL; f = f->next, count++)
		config_tell_fault(f, t->stream);
	if (c != NULL)
		count += config_running_differs(c, t->arena, t->stream);
	t->valid = c != NULL && count == 0;
	if (t->valid)
		fprintf(t->stream, "%s: configuration is valid\n", t->path);
	else
		fprintf(t->stream, "%s: %zu fault%s\n", t->path, count, count == 1 ? "" : "s");
	config_release(c);
}

bool config_test(const char *path, bool here, FILE *stream)
{
	struct testing t = {
		.path = path, .arena = arena_create(FAULTS_MOST), .stream = stream, .here = here
	};
	if (t.arena == NULL || !arena_run(t.arena, test, &t))
		fprintf(stream, "%s: out of memory\n", path);
	arena_destroy(t.arena);
	return t.valid;
}
