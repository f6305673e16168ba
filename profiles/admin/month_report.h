/* profiles/admin/month_report.h: what is counted of a month, facility by facility, for
 * profiles/admin/admin_report.c. Each figure is a fact of the month: of its end, or of what
 * happened in it. What the store does not know of it any more, or never did, is noted, and told
 * with it. */
#ifndef PROFILES_ADMIN_MONTH_REPORT_H
#define PROFILES_ADMIN_MONTH_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/transaction.h"

struct arena;

enum { REPORT_NODES_MOST = 64 };

struct facility_report {
	const char *name;
	const struct registered_system *system; /* NULL: it is configured no more */
	uint64_t patients, joined, new_patients;
	uint64_t documents, shared; /* when it ended; registered first in it */
	uint64_t opened, given;     /* documents of others it opened; its own that others opened */
	uint64_t no_branch;
};

struct node_report {
	uint64_t chain;
	instant next;      /* of the month: its record that was read before; 0: none was */
	bool starts;       /* that was the record of a start */
	bool since_before; /* it has records of before the month */
	int64_t away;      /* microseconds */
};

struct month_report {
	const char *text; /* YYYY-MM, of the region's zone: Japan's */
	uint32_t month;
	instant begins, ends;
	instant last; /* of the month's moments, or now */
	struct facility_report *all;
	size_t count;
	uint64_t persons, new_persons;
	struct node_report nodes[REPORT_NODES_MOST];
	size_t node_count;
	instant counted_since; /* store/months.h; 0: from the beginning */
	instant audit_since;   /* records of before have gone by rule; 0: none has */
};

/* It is over: what is so now says nothing of it. */
bool month_is_over(const struct exchange *x, const struct month_report *r);
/* store/months.h has all of what happened in it; what was there when it ended can be told by it. */
bool month_is_counted(const struct month_report *r);
bool month_end_is_counted(const struct month_report *r);
/* The audit log has all of it. */
bool month_is_recorded(const struct month_report *r);

/* NULL: nobody's. */
struct facility_report *month_facility(struct month_report *r, const char *system);

/* Each into r; a is emptied as they go on. */
void month_count_persons(struct exchange *x, struct arena *a, struct month_report *r);
void month_count_documents(struct exchange *x, struct arena *a, struct month_report *r);
void month_count_records(struct exchange *x, struct arena *a, struct month_report *r);

#endif
