/* store/backup_said.c: what a backup says of itself. */
#include "store/backup_said.h"

#include <stdio.h>
#include <string.h>

#include "store/audit_log.h"
#include "store/region_mark.h"
#include "store/store.h"
#include "store/store_form.h"

/* The snapshot's texts end with it. */
static void keep_mark(struct backup_said *s, const struct region_mark *m)
{
	const char *from[] = { m->affinity_domain, m->home_community_id, m->repository_unique_id };
	const char **to[] = { &s->about.affinity_domain, &s->about.home_community_id,
			      &s->about.repository_unique_id };
	for (unsigned i = 0; i < 3; i++)
		if (from[i] != NULL && strlen(from[i]) < BACKUP_OID) {
			strcpy(s->oids[i], from[i]);
			*to[i] = s->oids[i];
		}
}

bool backup_said_of(struct store *s, struct backup_said *out, struct problem *p)
{
	struct audit_head head = { 0 };
	struct region_mark mark = { 0 };
	struct store_txn *t = store_begin_read(s, p);
	if (t == NULL)
		return false;
	bool read = audit_log_head(t, &head) && region_mark_read(t, &mark);
	*out = (struct backup_said){ .about = { .form = store_form_of(t),
						.record = head.sequence } };
	keep_mark(out, &mark);
	const struct clock *clock = store_clock(t);
	instant_to_xml(clock->now(clock), out->made);
	out->about.made = out->made;
	if (!read)
		problem_set(p, PROBLEM_INTERNAL, "%s", store_problem(t)->what);
	store_end(t);
	return read;
}

bool backup_said_is_whole(const char *onto, const char *directory, struct problem *p)
{
	struct backup_about about;
	if (strcmp(onto, directory) == 0)
		return problem_at(p, PROBLEM_CONFLICT, onto, "a backup goes into a new directory");
	return backup_manifest_read(onto, NULL, &about, p);
}
