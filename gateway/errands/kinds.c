/* gateway/errands/kinds.c: the table of kinds. */
#include "gateway/errands/kinds.h"

#include <stddef.h>

#include "gateway/base/text.h"

const struct errand_kind *const errand_kinds[] = {
	&errand_answer,         &errand_pix_notification,   &errand_dsub_notification,
	&errand_patient_notice, &errand_deferred_discovery, NULL
};

_Static_assert(COUNT(errand_kinds) <= ERRAND_KINDS_MOST, "counts have a place for each kind");

const struct errand_kind *errand_kind(const char *name)
{
	const struct errand_kind *const *k = errand_kinds;
	while (*k != NULL && !text_equal((*k)->name, name))
		k++;
	return *k;
}
