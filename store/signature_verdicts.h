/* store/signature_verdicts.h: what was said of each signature document when it came, by its
 * DocumentEntry. A certificate ends, an authority is taken out, a document goes: what held at that
 * moment, and with whom, is known from here and nowhere else. It is written once and goes with its
 * entry.
 *
 * Promises, each with a test of the same name in tests/store/signature_verdicts_test.c:
 *   V1  what was written is read, and stays as it was first written
 *   V2  it goes with its entry */
#ifndef STORE_SIGNATURE_VERDICTS_H
#define STORE_SIGNATURE_VERDICTS_H

#include <stdbool.h>

struct arena;
struct check_module;
struct signature_verdict;
struct store_txn;

/* In a job. One that is there stays. False: the store failed. */
bool signature_verdict_put(struct store_txn *t, const char *entry_uuid,
			   const struct signature_verdict *v);
/* False: there is none (or the store failed). */
bool signature_verdict_get(struct store_txn *t, struct arena *a, const char *entry_uuid,
			   struct signature_verdict *out);
/* In a job: the entry goes. */
void signature_verdict_forget(struct store_txn *t, const char *entry_uuid);

extern const struct check_module signature_verdicts_check;

#endif
