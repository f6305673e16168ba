/* tests/bench/growth.h: between the files of `make bench-growth`: a region of one size, and what is
 * measured of it as a whole. */
#ifndef TESTS_BENCH_GROWTH_H
#define TESTS_BENCH_GROWTH_H

#include "tests/bench/bench.h"

/* Octets on the disk: the trees' pages, shared out by what stands in them. */
struct region_octets {
	uint64_t trees;    /* all of them, log aside */
	double person;     /* identity and consent of one, all indexes included */
	double entry;      /* a document entry with its set, associations, indexes; no document */
	double audit;      /* an audit record as it was loaded, many to a sheet, indexes included */
	double audit_live; /* as the exchanges of this bench left them */
};

struct region_figures {
	double audit_us;    /* of processor, to find all audit records of one person */
	double audit_found; /* how many these are */
	double check_us;    /* of processor, a person: minato check and audit verify */
	uint64_t findings;
	double ready_ms, ready_killed_ms; /* after a stop, after a kill under load */
};

/* After the load, before the gateway was started. */
void region_weigh(const struct place *p, const struct crowd *c, const struct bulk_result *loaded,
		  struct region_octets *out);
/* Its store's files: out of the page cache, or into it. */
/* What each space of keys takes, as loaded. */
void region_show_spaces(const struct place *p, const struct bulk_result *loaded);
void region_forget_pages(const struct place *p);
void region_read_pages(const struct place *p);

/* Audit records and the octets of their trees, when the gateway is not running. */
struct region_log {
	uint64_t records, octets;
};
struct region_log region_log(const struct place *p);

/* With the gateway running in this process. */
void region_search_audit(struct bench *b, struct region_figures *out);
void region_check(struct bench *b, struct region_figures *out);
/* With minatod as a child; the gateway of this process is closed. */
void region_restart(struct bench *b, struct region_figures *out);

#endif
