/* store/consent_papers.h: the papers that decisions about consent were written on, scanned.
 *
 * A decision that came with one says which it is (struct consent_paper), wherever it is kept; here
 * is the one use the store counts of its octets, and whose it is: the decision is kept with several
 * records, and with others later, but its paper once. Nothing takes it away: a decision is kept for
 * ever (store/consent.h, C2).
 *
 *	0xe2  number of the decision -> the record it was given with, and which octets
 *	0xe3  node -> how many papers it kept, and how many octets they have
 *
 * What they take of the disk is the region's own and counts for no facility (store/usage.h):
 * whoever sends them is the operator. Promises, each with a test of the same name in
 * tests/store/consent_papers_test.c:
 *   E1  a paper is kept with its decision in one job, or neither is
 *   E2  what is read of it is what was scanned, or it is told that it is not
 *   E3  of no decision a paper is lost, and no paper is of none, or minato check says so
 *   E4  how many there are is counted as they come, by each node for itself */
#ifndef STORE_CONSENT_PAPERS_H
#define STORE_CONSENT_PAPERS_H

#include "gateway/base/bytes.h"
#include "store/consent.h"

/* What a decision's row has of it, and read again: the octets of the hash stay in those of the
 * row. */
struct bytes consent_paper_octets(struct arena *a, const struct consent_paper *p);
bool consent_paper_read(struct bytes octets, struct consent_paper *out);

/* In a job: the octets that were written are kept, for that decision, which was given with that
 * record. False: the store failed. */
bool consent_paper_keep(struct store_txn *t, uint64_t number, uint64_t record,
			const struct consent_paper *p);
/* That decision has this paper, and the store its octets; or there is none of it. */
bool consent_paper_is_kept(struct store_txn *t, uint64_t number, const struct consent_paper *p);

/* What all nodes have kept. In a snapshot: false, the store failed. */
struct consent_papers_sum {
	uint64_t count, octets;
};
bool consent_papers_kept(struct store_txn *t, struct consent_papers_sum *out);

extern const struct check_module consent_papers_check;

#endif
