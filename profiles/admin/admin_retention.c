/* profiles/admin/admin_retention.c: rules of retention, as the operator names them. */
#include "profiles/admin/admin_retention.h"

#include "gateway/base/text.h"
#include "profiles/admin/admin_person.h"

bool admin_retention_read(struct exchange *x, const char **rule)
{
	const struct region *r = x->region;
	const char *name = *rule = admin_text(x, "rule", false);
	size_t i = 0;
	while (name != NULL && i < r->retention_count && !text_equal(r->retention[i].name, name))
		i++;
	return name == NULL || i < r->retention_count
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "rule",
			     "no rule of retention is called '%s'", name);
}

struct retention_asked admin_retention_asked(struct exchange *x, const char *rule)
{
	return (struct retention_asked){ .desk = exchange_desk(x), .only = rule };
}
