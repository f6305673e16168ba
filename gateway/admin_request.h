/* gateway/admin_request.h: what the operator's request says, member by member. */
#ifndef GATEWAY_ADMIN_REQUEST_H
#define GATEWAY_ADMIN_REQUEST_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "profiles/transaction.h"

/* The parameters of a GET, or the members of a POST's body, become x->json: an object whose members
 * are texts with something in them, each one that is taken (names apart by blanks; NULL: none),
 * none twice. Otherwise the problem says which is not so: a filter that nobody read would show more
 * than was asked for. */
bool admin_request_read(struct exchange *x, const char *method, const char *taken,
			const char *query, struct bytes body);
/* One of them; NULL: it was not given. */
const char *admin_request_member(const struct exchange *x, const char *name);
/* For what takes neither. */
bool admin_request_is_bare(struct problem *p, const char *query, struct bytes body);

#endif
