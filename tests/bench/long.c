/* tests/bench/long.c: FindDocuments of a patient with 100,000 entries, by a daemon just started:
 * how long until the answer begins and until all of it is there, and what memory grows by
 * meanwhile, the store's cache included. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "tests/bench/machine.h"

enum { ENTRIES = 100000, AT_ONCE = 250, MEBIBYTE = 1 << 20, PIECE = 1 << 16, GROWS_MOST = 32 };

static const struct returned {
	const char *how, *mark; /* an object of the answer begins so */
} ways[] = {
	{ "LeafClass", "<rim:ExtrinsicObject " },
	{ "ObjectRef", "<rim:ObjectRef " },
};

/* One message, with other numbers each time. */
static void register_all(struct arena *a, const struct place *p, unsigned count)
{
	struct submission_plan s = { .domain = B_DOMAIN,
				     .id = people_id(a, 0),
				     .unique = "2.999.8." SERIAL,
				     .documents = AT_ONCE,
				     .times = 1 };
	struct load_request request = message_registration(a, &s);
	struct serials places = message_serials(a, &request);
	struct load_target target = place_target(p, p->b_clinic);
	for (unsigned done = 0; done < count; done += AT_ONCE) {
		message_number(&places, done + 1);
		people_ask(&target, &request, true);
	}
}

static void begin(struct arena *a, struct place *p, unsigned count)
{
	char *join[] = { "consent",  "join",  "--patient", "P10000@b-clinic",
			 "--reason", "bench", NULL };
	char most[16];
	snprintf(most, sizeof most, "%u", count);
	place_make(p);
	place_configure(p, "most-results", most);
	place_start(p);
	people_feed(a, p, 1);
	place_tell(p, join);
	register_all(a, p, count);
	place_stop(p);
	place_configure(p, "cache", "4MiB"); /* what it holds of the store is no answer's */
	place_start(p);
}

/* What is there of an answer: pieces as they come, and behind the last its end is looked for
 * together with the next. */
struct reading {
	const char *mark;
	unsigned char piece[PIECE + 64];
	size_t left; /* of the piece before: too short to be a mark */
	uint64_t octets, objects;
	double first; /* seconds until it began */
};

static void count_objects(struct reading *r, size_t got)
{
	size_t length = strlen(r->mark), have = r->left + got;
	for (const unsigned char *at = r->piece, *end = r->piece + have;
	     (at = memmem(at, (size_t)(end - at), r->mark, length)) != NULL; at += length)
		r->objects++;
	r->left = have < length ? have : length - 1;
	memmove(r->piece, r->piece + have - r->left, r->left);
}

/* Of the answer's head, which comes in one piece. 0: it is none. */
static uint64_t length_told(const unsigned char *piece, size_t got)
{
	static const char field[] = "\r\nContent-Length: ", end[] = "\r\n\r\n";
	const unsigned char *told = memmem(piece, got, field, strlen(field)),
			    *body = memmem(piece, got, end, strlen(end));
	if (told == NULL || body == NULL || told > body)
		return 0;
	return strtoull((const char *)told + strlen(field), NULL, 10)
	       + (uint64_t)(body + strlen(end) - piece);
}

/* False: it broke off, or was not begun. */
static bool read_answer(struct load_line *line, double begun, struct reading *r)
{
	uint64_t whole = 0;
	do {
		size_t got = load_hear(line, r->piece + r->left, PIECE);
		if (got == 0)
			return false;
		if (r->octets == 0) {
			r->first = machine_now() - begun;
			whole = length_told(r->piece, got);
		}
		r->octets += got;
		count_objects(r, got);
	} while (r->octets < whole);
	return r->octets == whole;
}

static struct load_request question(struct arena *a, const char *how)
{
	struct replacing with[] = {
		{ "@DOMAIN@", A_DOMAIN }, { "@ID@", people_id(a, 0) }, { "@RETURN@", how }, { 0 }
	};
	return message_plain(a, "/xds/registry", message_text(a, "iti18.xml", with));
}

static void find_all(struct bench *b, const struct place *p, const struct returned *way,
		     unsigned count)
{
	struct load_request request = question(b->arena, way->how);
	struct load_target target = place_target(p, p->a_hospital);
	struct load_context *context = load_context(&target);
	struct load_line *line = load_connect(context);
	struct reading r = { .mark = way->mark };
	uint64_t before = machine_status(p->daemon, "VmRSS");
	machine_forget_peak(p->daemon);
	double begun = machine_now();
	bool all = line != NULL && load_say(line, request.data, request.length)
		   && read_answer(line, begun, &r) && r.objects == count;
	double seconds = machine_now() - begun;
	uint64_t most = machine_status(p->daemon, "VmHWM");
	double grown = most > before ? (double)(most - before) / MEBIBYTE : 0;
	printf("%-22s %7u by %s, %.1f MB, begun after %.2f s, all after %.2f s, %.0f a second, "
	       "%.1f MiB grown",
	       "FindDocuments", (unsigned)r.objects, way->how, (double)r.octets / 1e6, r.first,
	       seconds, (double)r.objects / seconds, grown);
	bench_goal(b, all && grown <= GROWS_MOST, "all, %d MiB", GROWS_MOST);
	printf("\n");
	load_disconnect(line);
	load_context_free(context);
}

void bench_long(struct bench *b)
{
	struct place p;
	unsigned count = (unsigned)bench_number("BENCH_ENTRIES", ENTRIES);
	count = (count + AT_ONCE - 1) / AT_ONCE * AT_ONCE;
	begin(b->arena, &p, count);
	for (size_t i = 0; i < COUNT(ways); i++)
		find_all(b, &p, &ways[i], count);
	place_stop(&p);
	place_remove(&p);
}
