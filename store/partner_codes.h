/* store/partner_codes.h: what a partner knows a person by instead of the regional id (機関別符号).
 *
 * A code is 160 random bits, written as 32 characters of base32 (RFC 4648: 6). It is one partner's,
 * for one purpose, and nobody can make it of the regional id, of a facility's or of another code:
 * who has the codes of one partner knows nothing of another's. It is made when it is first asked
 * for, and there is no other way to have it than this table.
 *
 * A code hangs on the regional record of its person, as documents do on a facility's:
 *
 *	two persons become one	both codes lead to that person. The one that hangs on his regional
 *				record is told from then on, or else the older; no third is made
 *	they part		each goes with its regional record, with whom it was made for
 *	a facility merges ids	as where two persons become one
 *	A29, another identity	where a code hangs on the person his record rests (I7), as where
 *				others' records do, so that it never leads to somebody else
 *	A28 again		the record rests no more, and the code leads to the same person
 *	leaving the region	the code stays, so that who joins again has the same; whoever has
 *				left is given none (profiles/actors/partner_identities.h)
 *	revoked			it leads nowhere, for ever, and is never given again; what is told
 *				next is another that leads to the person, or else a new one
 *	the partner is gone	from the configuration: its codes stay, and are nobody's to ask for
 *
 * Promises, each with a test of the same name in tests/store/partner_codes_test.c:
 *   P1  asked again it is the same, until it is revoked; of each partner and purpose another
 *   P2  one code leads to one person, and of those that lead to him one is told
 *   P3  a revoked code leads nowhere, and is never given again
 *   P4  a code goes with whom it was made for, through merges, links and their undoing
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_PARTNER_CODES_H
#define STORE_PARTNER_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

/* What stands in keys: never another meaning. */
enum code_purpose { CODE_NO_PURPOSE, CODE_CARE, CODE_RESEARCH, CODE_PURPOSES };
/* "care"; and of such a name, CODE_NO_PURPOSE: there is none. */
const char *code_purpose_name(enum code_purpose purpose);
enum code_purpose code_purpose_named(const char *name);

enum { PARTNER_CODE = 20, PARTNER_CODE_TEXT = 33 }; /* octets; characters, with the NUL */

struct partner_code {
	const char *partner;
	enum code_purpose purpose;
	char text[PARTNER_CODE_TEXT];
	instant made, revoked; /* revoked 0: it holds */
	uint64_t record;       /* it hangs on; revoked: 0 */
	uint64_t person;       /* it leads to; revoked: 0 */
	bool told; /* of those of its person, partner and purpose, the one that is told */
	struct partner_code *next;
};

/* In a job: the code by which that partner knows the person (store/identity.h); *made: it is new.
 * False: there is no such person, or the store failed. */
bool partner_code_ask(struct store_txn *t, const char *partner, enum code_purpose purpose,
		      uint64_t person, instant now, struct partner_code *out, bool *made);
/* Whose it is; text in capitals or not. False: that partner was never given it (or the store
 * failed). One that was revoked is known, and leads to nobody. */
bool partner_code_find(struct store_txn *t, struct arena *a, const char *partner, const char *text,
		       struct partner_code *out);
/* In a job. False: that partner was never given it (or the store failed). One that was revoked
 * before stays as it was. */
bool partner_code_revoke(struct store_txn *t, const char *partner, const char *text, instant now);
/* All that lead to that person. NULL: none, or the store failed. */
struct partner_code *partner_codes_of(struct store_txn *t, struct arena *a, uint64_t person);
/* Any hangs on that record. */
bool partner_code_hangs_on(struct store_txn *t, uint64_t record);

extern const struct check_module partner_codes_check;

#endif
