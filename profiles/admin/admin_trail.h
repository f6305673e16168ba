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
};

struct trail_question {
	struct audit_filter filter;        /* its limit is the page's */
	struct patient_identifier patient; /* filter.patient in its parts */
	/* NULL: the terms of the filter say all. Else whether the kept event is asked for. */
	bool (*wanted)(const void *self, const struct trail_record *r);
	const void *self;
	bool with_messages;
};

/* A member that is a time, such as 2026-01-15 or 2026-01-15T00:30:01Z; without it *out stays. */
bool trail_read_time(struct exchange *x, const char *member, instant *out);
/* All of the parameters above; false: the problem says which cannot be read. */
bool trail_read(struct exchange *x, struct trail_question *q);
/* A page is full with as many as were asked for, or earlier: what is looked through may take a
 * quarter of the exchange's memory, so that the answer made of it may need as much again. NULL: the
 * store failed. */
struct trail_page *trail_search(struct exchange *x, const struct trail_question *q);
/* Nothing was found of somebody whom nobody knows and no record names: PROBLEM_UNKNOWN_KEY. */
bool trail_is_somebodys(struct exchange *x, const struct trail_question *q,
			const struct trail_page *p);
/* The event of such a search: 110101, in the trail of whoever was asked for (DICOM PS3.15 A.5.3.2);
 * p may be NULL. */
void trail_audited(struct exchange *x, struct audit_event *e, const struct trail_question *q,
		   const struct trail_page *p);

#endif
