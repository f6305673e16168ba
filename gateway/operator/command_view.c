/* gateway/operator/command_view.c: a document as a screen. The daemon is asked for its octets, as
 * by document fetch, and has that in the patient's trail; they are read here, by whoever asked. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/operator/command.h"
#include "gateway/operator/page.h"
#include "gateway/operator/screen.h"

/* libcurl calls: no arena_alloc() here. */
struct viewing {
	unsigned char *octets;
	size_t length, room; /* of all of them; what is more than is read is counted */
};

static bool keep_octets(void *with, const void *octets, size_t length)
{
	struct viewing *v = with;
	size_t wanted = v->length + length;
	if (wanted <= SCREEN_OCTETS_MOST && wanted > v->room) {
		size_t room = wanted * 2;
		unsigned char *more = realloc(v->octets, room);
		if (more == NULL)
			return false;
		v->octets = more;
		v->room = room;
	}
	if (wanted <= SCREEN_OCTETS_MOST)
		memcpy(v->octets + v->length, octets, length);
	v->length = wanted;
	return true;
}

/* Of the terminal, if it is one. */
static unsigned columns_of(FILE *out)
{
	struct winsize size;
	bool known = isatty(fileno(out)) == 1 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0
		     && size.ws_col != 0;
	return known ? size.ws_col : PAGE_COLUMNS;
}

static void show(const struct invocation *i, const struct screen *s, size_t octets)
{
	if (i->format == OUTPUT_TABLE) {
		fputs(s->text, i->out);
		if (s->text[0] == '\0')
			fprintf(i->talk,
				"%s, %zu octets: nothing of it can be shown as text\n"
				"do: minato document fetch %s --out FILE\n",
				s->kind, octets, output_printable(i->arena, i->arguments[0]));
		return;
	}
	json_t *o = json_pack("{s:s, s:I, s:s}", "kind", s->kind, "octets", (json_int_t)octets,
			      "screen", s->text);
	output_object(i->out, i->arena, i->format, o);
	json_decref(o);
}

enum outcome command_document_view(struct invocation *i)
{
	struct viewing v = { NULL, 0, 0 };
	enum outcome outcome = command_octets(i, keep_octets, &v);
	if (outcome == OUTCOME_DONE) {
		unsigned columns = columns_of(i->out);
		struct screen s = screen_of(i->arena, (struct bytes){ v.octets, v.length },
					    columns);
		show(i, &s, v.length);
	}
	free(v.octets);
	return outcome;
}
