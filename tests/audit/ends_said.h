/* tests/audit/ends_said.h: the ends of received audit records, said in the log and held against
 * what there is, as `minato audit verify` does it: in one walk of the log. */
#ifndef TESTS_AUDIT_ENDS_SAID_H
#define TESTS_AUDIT_ENDS_SAID_H

#include "gateway/audit/received_end.h"
#include "gateway/audit/record.h"
#include "store/audit_log.h"
#include "tests/base/suite.h"

static inline void ends_said(struct store_txn *t, struct arena *a, struct received_ends *out)
{
	struct received_ends_seeing seeing = { .arena = a };
	const struct audit_watch watch = { .transaction = audit_doing_name(AUDIT_DOING_RECEIVED),
					   .see = received_ends_see,
					   .with = &seeing };
	struct problem p = { .code = PROBLEM_NONE };
	struct audit_verdict v;
	CU_ASSERT_TRUE(audit_log_verify_watched(&watch, t, a, &v, &p));
	CU_ASSERT_TRUE(received_ends_compare(t, a, &seeing, out));
}

#endif
