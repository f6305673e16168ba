/* store/usage_check.c: what a system has as it is kept, and whether that is what is there.
 *
 * The store is written while it is walked, and rows only grow: what comes is counted, and what
 * goes. So what the walk met of a system's is no less than what had come before the walk came to
 * the first object (their space is before all of those) without what has gone when it is over, and
 * no more than what has come by then without what had gone before; in a store that rests, exactly
 * that. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/node.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage_rows.h"

enum { VERSION = 1, TAG_DOCUMENTS = 1, TAG_METADATA = 2, TAG_PERSONS = 3 };
/* From form 12 of the store on; what nobody has is not written. */
enum {
	TAG_NO_BRANCH = 4,
	TAG_NO_BRANCH_ENDED,
	TAG_CHECK_DIGIT,
	TAG_CHECK_DIGIT_ENDED,
	TAG_DOCUMENTS_GONE,
	TAG_METADATA_GONE
};

static void put_tally(struct record_writer *w, unsigned tag, const struct usage_tally *t)
{
	if (t->begun != 0)
		record_number(w, tag, t->begun);
	if (t->ended != 0)
		record_number(w, tag + 1, t->ended);
}

struct bytes usage_row(struct arena *a, const struct usage *u)
{
	struct record_writer w = record_begin(a, VERSION);
	record_number(&w, TAG_DOCUMENTS, u->documents);
	record_number(&w, TAG_METADATA, u->metadata);
	record_number(&w, TAG_PERSONS, u->persons);
	if (u->documents_gone != 0)
		record_number(&w, TAG_DOCUMENTS_GONE, u->documents_gone);
	if (u->metadata_gone != 0)
		record_number(&w, TAG_METADATA_GONE, u->metadata_gone);
	put_tally(&w, TAG_NO_BRANCH, &u->no_branch);
	put_tally(&w, TAG_CHECK_DIGIT, &u->check_digit);
	return record_end(&w);
}

bool usage_row_read(struct bytes key, struct bytes row, const char **system, struct usage *out)
{
	struct key_reader k = key_read(key);
	struct record_reader r = record_read(row);
	*out = (struct usage){ 0 };
	*system = key_read_text(&k);
	uint64_t node = key_read_number(&k);
	while (record_next(&r))
		switch (r.tag) {
		case TAG_DOCUMENTS: out->documents = record_as_number(&r); break;
		case TAG_METADATA: out->metadata = record_as_number(&r); break;
		case TAG_PERSONS: out->persons = record_as_number(&r); break;
		case TAG_DOCUMENTS_GONE: out->documents_gone = record_as_number(&r); break;
		case TAG_METADATA_GONE: out->metadata_gone = record_as_number(&r); break;
		case TAG_NO_BRANCH: out->no_branch.begun = record_as_number(&r); break;
		case TAG_NO_BRANCH_ENDED: out->no_branch.ended = record_as_number(&r); break;
		case TAG_CHECK_DIGIT: out->check_digit.begun = record_as_number(&r); break;
		case TAG_CHECK_DIGIT_ENDED: out->check_digit.ended = record_as_number(&r); break;
		}
	return key_read_end(&k) && node < NODES_MOST && !r.broken;
}

/* ---- The walk ---- */

enum { BUCKETS = 256 };

struct walked {
	struct walked *next;
	struct usage said, met; /* by the rows as the walk began; by the objects it came by */
	char system[];
};

struct usage_walk {
	bool lost;   /* there was no memory for a system */
	bool unread; /* something that counts could not be read */
	struct walked *buckets[BUCKETS];
};

struct usage_walk *usage_walk_create(void)
{
	return calloc(1, sizeof(struct usage_walk));
}

void usage_walk_destroy(struct usage_walk *w)
{
	for (size_t i = 0; w != NULL && i < BUCKETS; i++)
		for (struct walked *one = w->buckets[i], *next; one != NULL; one = next) {
			next = one->next;
			free(one);
		}
	free(w);
}

static unsigned bucket_of(const char *system)
{
	unsigned sum = 0;
	for (const char *c = system; *c != '\0'; c++)
		sum = sum * 31 + (unsigned char)*c;
	return sum % BUCKETS;
}

/* NULL: no memory, which is noted. */
static struct walked *walked_of(struct usage_walk *w, const char *system)
{
	struct walked **at = &w->buckets[bucket_of(system)];
	while (*at != NULL && !text_equal((*at)->system, system))
		at = &(*at)->next;
	size_t room = strlen(system) + 1;
	if (*at == NULL && (*at = calloc(1, sizeof **at + room)) != NULL)
		memcpy((*at)->system, system, room);
	w->lost = w->lost || *at == NULL;
	return *at;
}

void usage_walked(struct store_check *c, const char *system, const struct usage *one)
{
	struct usage_walk *w = check_usage(c);
	struct walked *of = w == NULL || system == NULL ? NULL : walked_of(w, system);
	if (of != NULL)
		usage_add_up(&of->met, one);
}

void usage_unread(struct store_check *c)
{
	struct usage_walk *w = check_usage(c);
	if (w != NULL)
		w->unread = true;
}

static void look_row(struct store_check *c, struct bytes key, struct bytes value)
{
	struct usage_walk *w = check_usage(c);
	struct usage one;
	const char *system;
	if (!usage_row_read(key, value, &system, &one)) {
		check_finding(c, "usage: what a system has of the disk cannot be read");
		usage_unread(c);
		return;
	}
	struct walked *of = w == NULL ? NULL : walked_of(w, system);
	if (of != NULL)
		usage_add_up(&of->said, &one);
}

/* As rows said when the walk began, and as they say when it is over. */
struct said {
	uint64_t came, gone, came_since, gone_since;
};

static void compare(struct store_check *c, const char *system, const char *what, uint64_t met,
		    const struct said *s)
{
	/* What came meanwhile may be gone already. */
	uint64_t least = s->came > s->gone_since ? s->came - s->gone_since : 0;
	uint64_t most = s->came_since - s->gone;
	if (met < least || met > most)
		check_finding(c,
			      "usage: the %s of %s take up %" PRIu64 " octets, and their row says "
			      "%" PRIu64,
			      what, system, met, met < least ? least : most);
}

/* Those met are no fewer than began before the walk and ended by its end, and no more than began by
 * its end and ended before it. */
static void compare_tally(struct store_check *c, const char *system, const char *what,
			  const struct usage_tally *met, const struct usage_tally *said,
			  const struct usage_tally *says)
{
	const struct usage_tally least = { said->begun, says->ended },
				 most = { says->begun, said->ended };
	if (met->begun < usage_tallied(&least) || met->begun > usage_tallied(&most))
		check_finding(c,
			      "usage: %" PRIu64 " patient records of %s have %s, and its row says "
			      "%" PRIu64,
			      met->begun, system, what, usage_tallied(says));
}

static void compare_all(struct store_check *c)
{
	struct usage_walk *w = check_usage(c);
	if (w == NULL || w->lost)
		check_finding(c, "usage: no memory to add up what systems have");
	for (size_t i = 0; w != NULL && !w->unread && i < BUCKETS; i++)
		for (const struct walked *one = w->buckets[i]; one != NULL; one = one->next) {
			struct usage now = usage_of(check_txn(c), one->system);
			if (store_failed(check_txn(c)))
				return;
			const struct usage *was = &one->said;
			const struct said documents = { was->documents, was->documents_gone,
							now.documents, now.documents_gone },
					  metadata = { was->metadata, was->metadata_gone,
						       now.metadata, now.metadata_gone },
					  persons = { was->persons, 0, now.persons, 0 };
			compare(c, one->system, "documents", one->met.documents, &documents);
			compare(c, one->system, "metadata", one->met.metadata, &metadata);
			compare(c, one->system, "patient records", one->met.persons, &persons);
			compare_tally(c, one->system, "an insurance without a branch",
				      &one->met.no_branch, &one->said.no_branch, &now.no_branch);
			compare_tally(c, one->system, "one whose check digit fails",
				      &one->met.check_digit, &one->said.check_digit,
				      &now.check_digit);
		}
}

const struct check_module usage_check = {
	.name = "usage",
	.rows = (const struct check_row[]){ { SPACE_USAGE, "usage", look_row }, { 0 } },
	.whole = compare_all,
};
