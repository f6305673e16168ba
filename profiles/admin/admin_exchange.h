/* profiles/admin/admin_exchange.h: an exchange as the message log has it, for the operator. */
#ifndef PROFILES_ADMIN_ADMIN_EXCHANGE_H
#define PROFILES_ADMIN_ADMIN_EXCHANGE_H

#include "profiles/admin/admin_person.h"
#include "store/exchange_log.h"

/* By its code; NULL: there is none. */
const struct transaction *admin_transaction(const char *code);
/* False with the problem: there is no log. */
bool admin_exchanges_kept(struct exchange *x);
/* The next before *number, which becomes its own (0 at first: the latest). False: there is none.
 * Lives in octets, of EXCHANGE_NOTE_MOST. */
bool admin_next_exchange(struct exchange *x, uint64_t *number, unsigned char *octets,
			 struct exchange_note *out);
/* {"id", "at", "transaction", "system", "address", "door", "result", "status", "milliseconds"};
 * result: "done", or the problem's name; status is left out where it was not HTTP. Names no
 * patient. A new reference. */
json_t *admin_show_exchange(struct exchange *x, const struct exchange_note *n);

#endif
