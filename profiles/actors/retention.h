/* profiles/actors/retention.h: which documents a rule of retention names, and when it lets them go.
 * Pure; thread-safe.
 *
 * A rule with times lets a document go when one of them has come; with keep-last only what is
 * behind the newest N, and with keep-last alone that at once. Months are those of the calendar in
 * UTC, as DTM is (ITI TF-3: 4.2.3.1.7): what is due shall not depend on the host. Whatever is told
 * imprecisely is counted from the last moment that it may mean. */
#ifndef PROFILES_ACTORS_RETENTION_H
#define PROFILES_ACTORS_RETENTION_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"

enum retention_reason {
	RETENTION_STAYS,
	RETENTION_CREATED,  /* so long after its creation */
	RETENTION_ACCEPTED, /* so long after its addressees had it */
	RETENTION_BEHIND,   /* the newest so many are others */
	RETENTION_ALONG     /* no rule's own: it goes with what it belongs to */
};
const char *retention_reason_name(enum retention_reason reason); /* "after-creation" */

/* Of class, type and submitter. An on-demand entry is no document: no rule names it. */
bool retention_names(const struct region *r, const struct retention_rule *rule,
		     const struct document_entry *e);

/* What a rule that names the document looks at. */
struct retention_facts {
	const char *creation_time; /* DTM; NULL: not told, and so long after it never comes */
	instant accepted;          /* 0: not (all) of its addressees have it */
	unsigned newer;            /* of the same patient and type, that the rule names */
	instant now;
};
enum retention_reason retention_due(const struct retention_rule *rule,
				    const struct retention_facts *f);

bool calendar_span_is_said(struct calendar_span s);
/* The same day and time so many months later, or the last day of that month where it has no such
 * day; then so many days of 24 hours. */
instant calendar_span_after(instant t, struct calendar_span s);

/* Which of two documents of one kind is the newer: by creation, then by id, so that every order
 * they are read in gives the same. */
bool retention_is_newer(const struct document_entry *a, const struct document_entry *b);

/* A rule counts from acceptance: whether documents were accepted is of use. */
bool retention_needs_acceptance(const struct region *r, const struct document_entry *e);

#endif
