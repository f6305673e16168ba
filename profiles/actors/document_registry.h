/* profiles/actors/document_registry.h: what a Document Registry does, whatever the dialect.
 * ITI TF-1: 10.1.1.3; ITI TF-2: 3.18, 3.42. */
#ifndef PROFILES_ACTORS_DOCUMENT_REGISTRY_H
#define PROFILES_ACTORS_DOCUMENT_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"
#include "schemas/model/registry_query.h"
#include "schemas/tables/metadata.h"
#include "schemas/tables/problem.h"

struct admission;
struct community_patients;
struct arena;
struct consent_arrived;
struct findings;
struct sealed_entry;
struct sealed_folder;
struct sealed_set;
struct shares;
struct store_txn;

/* On whose behalf, where and when. */
struct registry_desk {
	struct arena *arena;
	const struct region *region;
	const struct registered_system *sender; /* NULL: the region's operator, who sees all */
	struct admission *admission;
	/* Whom the community knows on whose behalf the sender asks, and as whom
	 * (community_patients.h); NULL: it is a facility's. */
	struct community_patients *community;
	struct leniencies *needed; /* notes those of the sender that were */
	instant now;
	struct store_txn *txn; /* not needed by document_registry_validate() */
	struct shares *open;   /* large documents on their way, by system; NULL: not counted */
	unsigned open_most;    /* of one system */
	/* Octets the sender has by what other nodes kept: quota_elsewhere(), before the job. */
	uint64_t stored_elsewhere;
	/* What was read of documents of consent that come with the submission; NULL: none was. */
	const struct consent_arrived *consents;
};

/* One submission is one job of the committer, for which all that write wait, so that it has no more
 * objects (or documents) than the region allows: submission-objects. Before anything else.
 * Worker. */
bool document_registry_takes(const struct registry_desk *d, size_t objects, struct findings *f);
/* By what a submission comes. */
enum submission_rules {
	SUBMISSION_REGISTERS, /* documents that are elsewhere */
	SUBMISSION_PROVIDES, /* its documents came with it: repositoryUniqueId of ours is allowed */
	SUBMISSION_UPDATES,  /* what is registered: structure is document_update.h's */
	SUBMISSION_PUBLISHES, /* what another's registry has registered */
	/* To a Document Recipient: nothing is registered, and the affinity domain's codes are not
	 * asked for. The other one accepts limited metadata (ITI TF-1: 15.2.3). */
	SUBMISSION_PUSHES,
	SUBMISSION_PUSHES_LIMITED
};
/* What can be said of a submission without looking at the store: attributes, data types, codes,
 * structure (ITI TF-3: 4.2, 4.3.1). Worker. */
bool document_registry_validate(const struct registry_desk *d, const struct submission *s,
				enum submission_rules rules, struct findings *f);
/* The same of objects alone, which another's registry has registered and publishes (ITI TF-2:
 * 3.54). Worker. */
bool document_registry_validate_objects(const struct registry_desk *d, const struct submission *s,
					struct findings *f);
/* What registering it will look at, looked at: store_look_ahead(). Worker. */
void document_registry_look_ahead(const struct registry_desk *d, const struct submission *s);
/* Registers a valid submission, or nothing of it (ITI TF-2: 3.42.4.1.3). On the committer. Returns
 * it as it is registered, with the ids of the registry; the one that was sent stays as it is. One
 * that has a fingerprint, and is registered already, is as if it had been now: again. NULL:
 * refused. */
struct submission *document_registry_register(const struct registry_desk *d,
					      const struct submission *s, struct findings *f);

/* This very submission when it was registered before, by the same system; else NULL. */
struct submission *document_registry_again(const struct registry_desk *d,
					   const struct submission *s);

/* Who writes down what a stored query finds: one object at a time, as the sender may see it, gone
 * when the call returns; so that an answer of any size needs memory for one. each is for what is
 * needed until then. False: it cannot be kept, p says why, and the search is over. */
struct registry_taker {
	void *self;
	bool (*entry)(void *self, struct arena *each, const struct document_entry *e,
		      struct problem *p);
	bool (*set)(void *self, struct arena *each, const struct submission_set *s,
		    struct problem *p);
	bool (*folder)(void *self, struct arena *each, const struct folder *f, struct problem *p);
	bool (*association)(void *self, struct arena *each, const struct association *x,
			    struct problem *p);
};
struct registry_owner {
	uint64_t subject;
	const struct registry_owner *next;
};
/* What was taken, as far as it is known afterwards. */
struct registry_found {
	size_t objects, associations; /* DocumentEntries, SubmissionSets, Folders; and these */
	const struct registry_owner *owners; /* whose objects; one may stand there several times */
};
/* The most objects an answer to it may have. */
size_t document_registry_most(const struct region *r, const struct registry_query *q);
/* Answers a stored query. Objects that are hidden from the sender are as if they did not exist.
 * When it fails nothing was found, whatever was taken. */
bool document_registry_query(const struct registry_desk *d, const struct registry_query *q,
			     const struct registry_taker *taker, struct registry_found *found,
			     struct problem *p);

/* What the store gave, as far as the desk's admission opens it. NULL: nothing, or hidden, which is
 * for the sender the same; and to another community, of a person it knows by no code. */
struct document_entry *document_registry_entry(const struct registry_desk *d,
					       struct sealed_entry *e);
struct submission_set *document_registry_set(const struct registry_desk *d, struct sealed_set *s);
struct folder *document_registry_folder(const struct registry_desk *d, struct sealed_folder *f);

/* Whom a patient id means: an active id of the affinity domain or, when the sender's leniency
 * resolve_own_ids says so, an active id of a domain the sender owns. Of another community: a code
 * it was given. False: nobody, or not to be used (unknown, subsumed, revoked, of others). */
struct registry_patient {
	uint64_t record, person;
	const char *
		/* CX in the affinity domain, if that is what was asked with; or NULL */
		regional_id;
};
bool document_registry_patient(const struct registry_desk *d, const char *cx,
			       struct registry_patient *out);
/* What is wrong with an id before anybody is looked for: its form, or an authority whose ids the
 * sender cannot ask with. It depends on nobody's records. NULL: nothing. */
const char *document_registry_patient_fault(const struct registry_desk *d, const char *cx);
/* A person's patientId for all: CX in the affinity domain. NULL: the store failed. */
const char *document_registry_regional_id(const struct registry_desk *d, uint64_t person);
/* The same as the sender is told it: to another community the code it knows him by. NULL: it knows
 * him by none. */
const char *document_registry_told_id(const struct registry_desk *d, uint64_t person);
/* Something of that record may be told at all: to a facility always; to another community where it
 * knows the person. */
bool document_registry_knows(const struct registry_desk *d, uint64_t subject);

#endif
