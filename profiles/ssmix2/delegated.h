/* profiles/ssmix2/delegated.h: messages that are to stand in a facility's storage, which is
 * delegated to us (schemas/model/region.h: delegated_storage).
 *
 *	delegated_feed.c	an ADT that is an identity feed besides, by MLLP
 *	delegated_message.c	orders, results and what else a storage has, by MLLP
 *	ssmix2_put.c		the same brought by the operator
 *	ssmix2_export.c		all of it goes home
 *
 * There is no second road into the registry: the storage is watched, and what was written is looked
 * at at once (struct exchange: storage_changed). */
#ifndef PROFILES_SSMIX2_DELEGATED_H
#define PROFILES_SSMIX2_DELEGATED_H

#include "profiles/ssmix2/write.h"
#include "profiles/transaction.h"

struct storage_delivery {
	const struct registered_system *facility;
	struct storage_message message;
	struct storage_wrote wrote; /* path NULL: it was not */
};

/* The octets become x->delivery, checked as an import will. type NULL: whichever it is of. False:
 * x->problem. */
bool delegated_read(struct exchange *x, const struct registered_system *facility,
		    struct bytes octets, const char *type);
/* A call(): what was taken in of the facility leaves room for the message within its disk-quota.
 * Not exact: the files are not counted, but what becomes of them is. False: x->problem. */
bool delegated_has_room(struct exchange *x);
/* x->delivery is written, durably. False: x->problem. */
bool delegated_write(struct exchange *x);
/* Whose message it is, and which file it became. */
void delegated_audited(struct exchange *x, struct audit_event *e);

#endif
