/* profiles/xcpd/discovery_asked.h: another community is asked whether it knows a person of ours:
 * Cross Gateway Patient Discovery [ITI-55], ITI TF-2: 3.55. We are the Initiating Gateway.
 *
 * Within call() of any transaction, as often as that is run:
 *
 *	if (!discovery_ask(x, person, to))			for each community
 *		return false;
 *	discovery_answered(x, person, to, &it);
 *	if (it.as == DISCOVERED_NOT_YET)			it is under way: call() is run anew
 *		...
 *
 * What it needs of us first, his code there, is made in a job before anybody is asked; what it
 * answered is kept by the job that concludes the exchange: the id it knows him by
 * (store/partner_ids.h), and how long that may be relied on (store/correlations.h).
 *
 * Whom we may ask for: who takes part in the region and has not excluded that community. That a
 * record of his would be shown to it is not asked for: what it is told is who he is, so that it may
 * tell us of him, and who has joined wants that. A person is described by the latest record that
 * takes part; of the others nothing is told.
 *
 * An answer is taken of exactly one person, whose description fits ours, whom nothing stands
 * against.
 *
 * A community that has respond-to is asked to answer later (Deferred Response Option, 3.55.6.2): it
 * acknowledges the question, and what it answers within eight days is taken by discovery_take(), as
 * if it had been said at once. What is awaited is kept before it is asked (store/awaited.h). If
 * anything of the person has changed by then, who he is or what he consented to, the answer is of
 * somebody who is not so any more, and is dropped.
 *
 * Everything lives as long as the exchange. */
#ifndef PROFILES_XCPD_DISCOVERY_ASKED_H
#define PROFILES_XCPD_DISCOVERY_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct awaited;
struct exchange;
struct partner;

enum discovered_as {
	DISCOVERED_NOT_YET,   /* it is being asked, or about to be */
	DISCOVERED_ID,        /* it knows him, by domain and id */
	DISCOVERED_UNKNOWN,   /* it knows nobody */
	DISCOVERED_SEVERAL,   /* it knows several, of whom none is chosen */
	DISCOVERED_MORE,      /* it would have to be told more: why says what */
	DISCOVERED_DOUBTFUL,  /* whom it means may be somebody else */
	DISCOVERED_CONFLICT,  /* something stands against it: minato partner conflicts */
	DISCOVERED_CLOSED,    /* he does not take part, or has excluded it: it was not asked */
	DISCOVERED_NAMELESS,  /* no name and birth date of his is known: it was not asked */
	DISCOVERED_LATER,     /* it is to answer later, until then */
	DISCOVERED_CHANGED,   /* it answered later, and he is not so any more: it was dropped */
	DISCOVERED_NO_ANSWER, /* none that counts: why says what came */
	DISCOVERED_KINDS
};
/* "known"; for people. */
const char *discovered_name(enum discovered_as as);

struct discovered {
	enum discovered_as as;
	const char *domain, *id; /* ID: theirs */
	bool asked;              /* in this exchange; else it is remembered, or the operator's */
	instant since, until;    /* of what was answered; until 0: it is not kept */
	unsigned foreign;        /* persons of other communities that it named: left out */
	bool locator;            /* ID: it says that it knows where else he is known (ITI-56) */
	const char *why;         /* in our words; "" */
};

/* False: the store could not be read, and the problem is set. Where nothing has to be asked nothing
 * is. */
bool discovery_ask(struct exchange *x, uint64_t person, const struct partner *to);
/* The same whatever is remembered: who asks for him wants to know it now. without_code: by his
 * description alone, so that it cannot ask us back (3.55.1: Demographic Query only mode). */
bool discovery_ask_anew(struct exchange *x, uint64_t person, const struct partner *to,
			bool without_code);
/* What has come of it so far. Within call(); and within handle(), of what call() asked and has seen
 * the answer of. False as discovery_ask(). */
bool discovery_answered(struct exchange *x, uint64_t person, const struct partner *to,
			struct discovered *out);

/* Within handle() of a write: what it answered later, x->soap, to that question of ours. It is
 * kept, and the question is awaited no more. False, and nothing of that: it is no answer to it, as
 * x->problem says, or the store failed. *record: of whom it is, the one that was described; 0:
 * nobody's any more. */
bool discovery_take(struct exchange *x, const struct partner *from, const struct awaited *of,
		    struct discovered *out, uint64_t *record);

#endif
