/* profiles/admin/admin_trail.h: how the audit log is asked for a page of a trail, newest first:
 * what is alike in every question. GET parameters patient, from, to, limit, after. */
#ifndef PROFILES_ADMIN_ADMIN_TRAIL_H
#define PROFILES_ADMIN_ADMIN_TRAIL_H

#include "gateway/audit/event_record.h"
#include "profiles/admin/admin_person.h"
#include "store/audit_log.h"

enum { TRAIL_LIMIT = 100, TRAIL_LIMIT_MOST = 10000 };

struct trail_record {
	const struct audit_entry *entry;
	const struct kept_event *kept; /* NULL: damaged */
	struct bytes message;          /* as an Audit Record Repository gets it, where asked for */
	struct trail_record *next;
};

struct trail_page {
	struct trail_record *found;
	unsigned count;
	uint64_t about; /* the patient record asked for; 0: none, or nobody is called so */
	struct audit_subjects his; /* all records of that person */
	const char *next;          /* where the next page begins; NULL: there is none */
	/* What happened up to then may be there no more: it went by rule. NULL: nothing has. */
	const char *known_since;
};

struct trail_question {
	struct audit_filter filter;        /* its limit is the page's */
	struct patient_identifier patient; /* filter.patient in its parts */
	/* Of the records that name this id, whosever it was; else all of its person's. */
	bool only_this_id;
	/* NULL: the terms of the filter say all. Else whether the kept event is asked for. */
	bool (*wanted)(const void *self, const struct trail_record *r);
	const void *self;
	bool with_messages;
};

/* All of the parameters above; false: the problem says which cannot be read. */
bool trail_read(struct exchange *x, struct trail_question *q);
/* Within handle(): the patient record of that id; 0: it names none, or nobody is called so. */
uint64_t trail_record_asked_for(struct exchange *x, const struct patient_identifier *id);
/* The mark of a page's last entry: TIME.SEQUENCE, nobody's affair but ours. In the arena. */
const char *trail_mark(struct arena *a, instant time, uint64_t sequence);
/* A page is full with as many as were asked for, or earlier: what is looked through may take a
 * quarter of the exchange's memory, so that the answer made of it may need as much again. NULL: the
 * store failed. */
struct trail_page *trail_search(struct exchange *x, const struct trail_question *q);
/* The moment up to which records have gone by rule (store/audit_expiring.h); NULL: none has. So
 * that nobody takes for "nothing happened" what is kept no more. In the exchange's arena. */
const char *trail_known_since(struct exchange *x, struct store_txn *t);
/* Nothing was found of somebody whom nobody knows and no record names: PROBLEM_UNKNOWN_KEY. */
bool trail_is_somebodys(struct exchange *x, const struct trail_question *q,
			const struct trail_page *p);
/* Who sat there, if anybody said so; NULL. kept may be NULL. */
const char *trail_person(const struct kept_event *kept);
/* The event of such a search: 110101, in the trail of whoever was asked for (DICOM PS3.15 A.5.3.2);
 * p may be NULL. */
void trail_audited(struct exchange *x, struct audit_event *e, const struct trail_question *q,
		   const struct trail_page *p);

#endif
