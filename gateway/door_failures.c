/* gateway/door_failures.c: a ring of what failed at our doors. */
#include "gateway/door_failures.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>

#include "gateway/admin_request.h"
#include "gateway/base/text.h"
#include "profiles/transaction.h"

struct door_failures {
	pthread_mutex_t lock;
	uint64_t last;
	struct door_failure rows[DOOR_FAILURES_KEPT];
};

struct door_failures *door_failures_create(void)
{
	struct door_failures *d = calloc(1, sizeof *d);
	if (d != NULL)
		pthread_mutex_init(&d->lock, NULL);
	return d;
}

void door_failures_destroy(struct door_failures *d)
{
	if (d == NULL)
		return;
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void door_failures_add(struct door_failures *d, const struct door_failure *f)
{
	pthread_mutex_lock(&d->lock);
	struct door_failure *row = &d->rows[d->last++ % DOOR_FAILURES_KEPT];
	*row = *f;
	row->number = d->last;
	pthread_mutex_unlock(&d->lock);
}

bool door_failures_next(struct door_failures *d, uint64_t after, struct door_failure *out)
{
	pthread_mutex_lock(&d->lock);
	uint64_t oldest = d->last > DOOR_FAILURES_KEPT ? d->last - DOOR_FAILURES_KEPT : 0;
	uint64_t at = after > oldest ? after : oldest;
	bool found = at < d->last;
	if (found)
		*out = d->rows[at % DOOR_FAILURES_KEPT];
	pthread_mutex_unlock(&d->lock);
	return found;
}

uint64_t door_failures_last(struct door_failures *d)
{
	pthread_mutex_lock(&d->lock);
	uint64_t last = d->last;
	pthread_mutex_unlock(&d->lock);
	return last;
}

/* ---- For the operator ---- */

static const char *shown(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* How to let it in, where nothing else stands against it. */
static const char *command_of(struct arena *a, const struct door_failure *f)
{
	return f->admittable ? arena_printf(a,
					    "minato facility add NAME --title TEXT "
					    "--certificate-sha256 %s",
					    f->sha256)
			     : NULL;
}

static json_t *row_of(struct arena *a, const struct door_failure *f)
{
	char at[XML_TIME_TEXT];
	instant_to_xml(f->at, at);
	return json_pack("{s:I, s:s, s:s, s:s, s:s*, s:s*, s:s, s:s*, s:s*, s:s, s:s*, s:s*, s:s*}",
			 "number", (json_int_t)f->number, "at", at, "door", f->door, "address",
			 f->address, "who", shown(f->who), "sha256", shown(f->sha256), "finding",
			 f->finding, "step", f->step, "fault", f->fault, "what", f->what, "do",
			 shown(f->remedy), "admit", command_of(a, f), "exchange",
			 shown(f->exchange));
}

json_t *door_failures_describe(struct door_failures *d, struct exchange *x)
{
	const char *given = admin_request_member(x, "after");
	struct door_failure *f = arena_new(x->arena, struct door_failure);
	uint64_t last = door_failures_last(d), after = last, lost = 0;
	json_t *list = json_array();
	/* Of a daemon that began anew: all of it is new. */
	if (given != NULL && (!text_to_number(given, UINT64_MAX, &after) || after > last))
		after = 0;
	for (bool first = true; door_failures_next(d, after, f); first = false) {
		lost += first && after != 0 ? f->number - after - 1 : 0;
		after = f->number;
		json_array_append_new(list, row_of(x->arena, f));
	}
	return json_pack("{s:o, s:s, s:I}", "failures", list, "last",
			 arena_printf(x->arena, "%llu", (unsigned long long)after), "lost",
			 (json_int_t)lost);
}
