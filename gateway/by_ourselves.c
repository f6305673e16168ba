/* gateway/by_ourselves.c: what this process does because it is configured so. */
#include "gateway/by_ourselves.h"

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"
#include "store/store.h"

static bool sees_record(void *self, struct store_txn *t, uint64_t subject)
{
	return policy_of_record(self, t, subject)->ruling == RULING_PERMIT;
}

static bool sees_object(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	return policy_of_object(self, t, subject, system)->ruling == RULING_PERMIT;
}

static struct document_entry *sees_entry(void *self, struct store_txn *t, struct sealed_entry *e)
{
	return policy_open_entry(self, t, e);
}

static struct submission_set *sees_set(void *self, struct store_txn *t, struct sealed_set *s)
{
	return policy_open_set(self, t, s);
}

static struct folder *sees_folder(void *self, struct store_txn *t, struct sealed_folder *f)
{
	return policy_open_folder(self, t, f);
}

static void by_decisions(struct decisions *operators, struct admission *out)
{
	*out = (struct admission){ .self = operators,
				   .another = by_ourselves_beside,
				   .record = sees_record,
				   .object = sees_object,
				   .entry = sees_entry,
				   .set = sees_set,
				   .folder = sees_folder };
}

void by_ourselves_beside(void *operators, struct arena *a, struct admission *out)
{
	by_decisions(policy_begin_beside(a, operators), out);
}

void by_ourselves_admitted(struct arena *a, const struct region *region, instant now,
			   struct admission *out)
{
	struct requester *who = arena_new(a, struct requester);
	*who = (struct requester){ .region = region, .operates = true, .time = now };
	by_decisions(policy_begin_operator(a, who), out);
}

void by_ourselves_fill_ends(const struct audit_source *us, struct audit_event *e)
{
	struct audit_participant *source = e->participants;
	struct audit_participant *registry = source == NULL ? NULL : source->next;
	if (registry == NULL || registry->user_id != NULL)
		return;
	source->requestor = false;
	source->network_access_point = us->host;
	source->network_access_point_type = 1;
	registry->user_id = us->source_id;
	registry->alternative_user_id = us->process_id;
	registry->network_access_point = us->host;
	registry->network_access_point_type = 1;
}

bool by_ourselves_record(const struct gateway *g, struct store_txn *t, struct arena *a,
			 struct audit_event *e)
{
	const struct audit_source *us = &g->source;
	struct audit_participant *p = arena_new(a, struct audit_participant), **last;
	*p = (struct audit_participant){ .user_id = us->source_id,
					 .alternative_user_id = us->process_id,
					 .requestor = true,
					 .role = AUDIT_APPLICATION,
					 .network_access_point = us->host,
					 .network_access_point_type = 1 };
	by_ourselves_fill_ends(us, e);
	for (last = &e->participants; *last != NULL;)
		last = &(*last)->next;
	*last = p;
	e->time = store_clock(t)->now(store_clock(t));
	return audit_record_append(t, a, us, e);
}
