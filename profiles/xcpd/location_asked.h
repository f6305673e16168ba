/* profiles/xcpd/location_asked.h: a Health Data Locator is asked which communities know a person of
 * ours: Patient Location Query [ITI-56], ITI TF-2: 3.56. We are the Initiating Gateway.
 *
 * Within call() of any transaction, as often as that is run, of a community whose answer says that
 * it is one (struct discovered: locator):
 *
 *	struct located where;
 *	location_asked(x, record, to, &known, &where);
 *	if (where.as == LOCATED_NOT_YET)			it is under way: call() is run anew
 *		...
 *
 * It is told the id by which it knows him itself, so it learns nothing. What it names is where to
 * ask, and nothing more: whether somebody knows him, and as whom, is that community's to say
 * (ITI-55). Named are only communities of the configuration, each once, and neither we nor itself;
 * nothing of it is kept.
 *
 * Everything lives as long as the exchange. */
#ifndef PROFILES_XCPD_LOCATION_ASKED_H
#define PROFILES_XCPD_LOCATION_ASKED_H

#include <stddef.h>
#include <stdint.h>

struct discovered;
struct exchange;
struct partner;

enum located_as {
	LOCATED_NOT_YET,   /* it is being asked, or about to be */
	LOCATED_TOLD,      /* it answered */
	LOCATED_NO_ANSWER, /* none that counts: why says what came */
};

struct located {
	enum located_as as;
	const struct partner **named; /* in its order */
	size_t named_count;
	unsigned left_out;     /* communities that it named: us, and itself */
	const char *strangers; /* homes that are no partners' here, in words; "" */
	const char *why;       /* in our words; "" */
};

/* record: of the person's; known: what it answered of him. */
void location_asked(struct exchange *x, uint64_t record, const struct partner *to,
		    const struct discovered *known, struct located *out);

#endif
