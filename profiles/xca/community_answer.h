/* profiles/xca/community_answer.h: what a community answered a stored query (ITI TF-2:
 * 3.38.4.1.3), object by object, into a spool.
 *
 * It is believed of nothing: an object has the community's own home and the patient who was asked
 * for, or it is not given, and that is told. A document that our region's rules or its patient keep
 * from who asked is as if it were not in the answer, and so is what connects it (of references
 * nobody can tell). Everything else of an object goes on as it came,
 * whatever it is, but for the patient's id: who asked is shown the one he asked with. Nothing of
 * an answer stays but its part. Thread-safety: as its arena. */
#ifndef PROFILES_XCA_COMMUNITY_ANSWER_H
#define PROFILES_XCA_COMMUNITY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/findings.h"

struct arena;
struct document_entry;
struct partner;
struct spool;
struct spools;
struct xml_node;

/* What one community has to do with the answer. */
struct community_part {
	const struct partner *community;
	struct findings findings; /* what it said, and what is wrong with it */
	struct spool *spool;      /* its objects; NULL: none */
	size_t objects;
	bool answered;      /* with what counts; else findings say why not */
	bool succeeded;     /* ... and not with a failure */
	bool anothers;      /* it gave objects of another patient */
	bool hidden;        /* what it gave is not for who asked: it has no part */
	uint64_t record;    /* ours of the patient; 0: not known yet */
	const char *theirs; /* the patient's id there; NULL: not known yet */
	const char *shown;  /* the one it is replaced by */
	struct community_part *next;
};

/* Whose objects these are, of a query that named no patient: sets shown and record and returns true
 * if who asked may have them. Then of each document, whether our region's rules and its patient let
 * him. */
struct community_patient {
	void *self;
	bool (*is_for_asker)(void *self, struct community_part *part);
	bool (*may_have)(void *self, const struct community_part *part,
			 const struct document_entry *e);
};

/* a: of the part. each: for what is needed while it is read. */
struct community_reading {
	struct arena *arena, *each;
	struct spools *spools;
	bool leaf_class; /* what was asked for */
	struct community_patient patient;
};
/* response: query:AdhocQueryResponse, or what came instead. False: it does not count, and p says
 * why. */
bool community_answer_read(const struct community_reading *r, const struct xml_node *response,
			   struct community_part *part, struct problem *p);

#endif
