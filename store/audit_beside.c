/* store/audit_beside.c: what is done to the audit log beside the committer, step by step: read in a
 * snapshot that gives way to what others ask for, and joined by a job. */
#include "store/audit_entries.h"

#include "store/store.h"

bool audit_beside_read(struct audit_beside *b, audit_beside_look *look, void *with)
{
	struct store_txn *t = b->snapshot = store_begin_read(b->store, b->problem);
	if (t == NULL)
		return false;
	store_stop_on(t, b->stop);
	store_pass_by(t);
	bool read = look(with, t)
		    || problem_set(b->problem, store_problem(t)->code, "%s",
				   store_problem(t)->what);
	store_end(t);
	b->snapshot = NULL;
	return read;
}

bool audit_beside_join(struct audit_beside *b, audit_beside_job *job, void *with)
{
	if (b->stop != NULL && atomic_load(b->stop))
		return problem_set(b->problem, PROBLEM_BUSY, "told to stop");
	return store_write(b->store, job, with, b->problem);
}
