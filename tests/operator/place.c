/* tests/operator/place.c: a directory of a test's own, gone afterwards. */
#include "tests/operator/place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

bool place_begin(struct place *p)
{
	p->arena = arena_create(256 << 20);
	const char *tmp = getenv("TMPDIR");
	char *name = arena_printf(p->arena, "%s/minato-test-XXXXXX",
				  text_empty(tmp) ? "/tmp" : tmp);
	p->directory = mkdtemp(name);
	return p->directory != NULL;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
	(void)s;
	(void)kind;
	(void)where;
	return remove(path);
}

void place_end(struct place *p)
{
	nftw(p->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_destroy(p->arena);
}

const char *place_name(const struct place *p, const char *name)
{
	return arena_printf(p->arena, "%s/%s", p->directory, name);
}

bool place_write(const struct place *p, const char *name, const char *text)
{
	FILE *f = fopen(place_name(p, name), "w");
	return f != NULL && fputs(text, f) >= 0 && fclose(f) == 0;
}

const char *place_read(const struct place *p, const char *name)
{
	FILE *f = fopen(place_name(p, name), "r");
	struct buffer b = buffer_in(p->arena);
	for (size_t got = 1; f != NULL && got > 0; b.length += got)
		got = fread(buffer_reserve(&b, 4096), 1, 4096, f);
	if (f != NULL)
		fclose(f);
	return buffer_ended(&b);
}
