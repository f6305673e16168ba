/* gateway/policy/decide.c: permit or hide. */
#include "gateway/policy/decide.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"

/* What was decided about a patient record. */
struct verdict {
	uint64_t subject;
	bool permit;
	struct verdict *next;
};

struct decisions {
	struct arena *arena;
	struct requester who;
	struct verdict *verdicts;
	unsigned hidden;
};

struct decisions *policy_begin(struct arena *a, const struct requester *who)
{
	struct decisions *d = arena_new(a, struct decisions);
	d->arena = a;
	d->who = *who;
	return d;
}

static bool excluded(const struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return true;
	return false;
}

/* A store that cannot be read permits nothing. */
static bool participates(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	struct participation now;
	if (!consent_participation(t, d->arena, subject, &now) || now.rests)
		return false;
	bool shared = now.decided ? now.joined : !d->who.region->opt_in;
	return shared && !excluded(&now, d->who.system->name);
}

bool policy_permits_record(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	if (d->who.system == NULL)
		return true;
	for (const struct verdict *v = d->verdicts; v != NULL; v = v->next)
		if (v->subject == subject)
			return v->permit;
	struct verdict *v = arena_new(d->arena, struct verdict);
	*v = (struct verdict){ .subject = subject, .permit = participates(d, t, subject),
			       .next = d->verdicts };
	d->verdicts = v;
	d->hidden += !v->permit;
	return v->permit;
}

bool policy_permits_subject(struct decisions *d, struct store_txn *t, uint64_t subject,
			    const char *source_system)
{
	return d->who.system == NULL || text_equal(source_system, d->who.system->name)
	       || policy_permits_record(d, t, subject);
}

unsigned policy_hidden(const struct decisions *d)
{
	return d->hidden;
}
