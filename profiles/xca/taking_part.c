/* profiles/xca/taking_part.c: by each of his records. */
#include "profiles/xca/taking_part.h"

#include <stddef.h>

#include "profiles/transaction.h"
#include "store/identity.h"

bool taking_part(struct exchange *x, uint64_t person)
{
	struct admission *a = &x->admission;
	struct person him;
	size_t count = 0;
	if (!identity_person_places(x->txn, x->arena, person, &him))
		return false;
	for (const struct patient_record *r = him.records; r != NULL; r = r->next) {
		if (r->status != RECORD_ACTIVE || r->number == him.regional_record)
			continue;
		if (!a->object(a->self, x->txn, r->number, NULL))
			return false;
		count++;
	}
	return count != 0 || a->object(a->self, x->txn, him.regional_record, NULL);
}
