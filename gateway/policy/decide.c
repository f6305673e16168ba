/* gateway/policy/decide.c: permit or hide. */
#include "gateway/policy/decide.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/registry_sealed.h"

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

static bool opens(struct decisions *d, struct store_txn *t, struct registry_facts f)
{
	return policy_permits_subject(d, t, f.subject, f.source_system);
}

struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t, struct sealed_entry *e)
{
	return opens(d, t, registry_entry_facts(e)) ? registry_unseal_entry(e) : NULL;
}

struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t, struct sealed_set *s)
{
	return opens(d, t, registry_set_facts(s)) ? registry_unseal_set(s) : NULL;
}

struct folder *policy_open_folder(struct decisions *d, struct store_txn *t, struct sealed_folder *f)
{
	return opens(d, t, registry_folder_facts(f)) ? registry_unseal_folder(f) : NULL;
}

unsigned policy_hidden(const struct decisions *d)
{
	return d->hidden;
}
