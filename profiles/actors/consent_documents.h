/* profiles/actors/consent_documents.h: a document in which a patient consents decides, by the job
 * that registers it, and by no other way: what it says is compiled into decisions of
 * store/consent.h, and taken back when it is. ITI TF-1: 19; ITI TF-3: 5.1.
 *
 *	the document                  what it opened          what it closed
 *	comes, in its time            opens                   closes
 *	comes, before its time        opens when that begins  closes then
 *	comes, after its time         nothing, and a warning  nothing
 *	is replaced by a consent      as that says; else      as that says; else exclusions
 *	                              closes                  end, and leaving stays
 *	is replaced by another, is    closes                  stays closed
 *	deprecated or removed, becomes
 *	another patient's; its time ends
 *
 * What was decided of the same thing later (by another document, or by the operator) is the last
 * word and stands. What is taken back closes, where nobody can tell. Thread-safety: as the
 * transaction. */
#ifndef PROFILES_ACTORS_CONSENT_DOCUMENTS_H
#define PROFILES_ACTORS_CONSENT_DOCUMENTS_H

#include <stdbool.h>

#include "profiles/actors/document_registry.h"
#include "schemas/model/consent_form.h"
#include "store/consent_documents.h"

struct submission;

/* What was read of the octets of one that came with a submission. */
struct consent_arrived {
	const char *entry_id; /* its DocumentEntry's, as sent */
	struct consent_form form;
	const struct consent_arrived *next;
};

enum {
	/* Decisions of one document, each a part of one job of the committer; a record keeps 64
	 * that still decide (store/consent_rows.h). */
	CONSENT_WORDS_MOST = 32,
	/* Of one person, by whatever documents: exclusions that stand, for each decision reads all
	 * of them; documents, for each that comes reads all of them. Beyond, the operator decides;
	 * who only joins or leaves needs none of the first. */
	CONSENT_EXCLUSIONS_MOST = 128,
	CONSENT_DOCUMENTS_MOST = 500,
};

/* The metadata of the document say what it says itself (ITI TF-3: 5.1.2.1). Pure. */
bool consent_document_fits(const struct document_entry *e, const struct consent_form *form,
			   struct findings *f);
/* What it decides in this region. NULL: something of it is not understood, or means nothing here,
 * as f says. Pure. */
struct consent_word *consent_document_words(const struct registry_desk *d,
					    const struct document_entry *e,
					    const struct consent_form *form, struct findings *f);

/* On the committer, in the job that registers own (of that person): documents of consent among it
 * decide, and what they replace does no more. False: refused, as f says, and nothing may be kept.
 * sent: as it came, with the ids that the desk's consents have. */
bool consent_documents_registered(const struct registry_desk *d, const struct submission *sent,
				  const struct submission *own, uint64_t person,
				  struct findings *f);
/* On the committer, after statuses, versions or objects of these owners, and of that person (0: of
 * nobody besides), changed: what stands no more is taken back. One that was and is Approved again
 * is refused: what was withdrawn comes back by a new document alone. */
bool consent_documents_changed(const struct registry_desk *d, const struct registry_owner *owners,
			       uint64_t person, struct findings *f);
/* The same after the octets of the document went. */
bool consent_documents_removed(const struct registry_desk *d, const struct registry_owner *owners,
			       const char *unique_id, struct findings *f);
/* Signatures over documents of consent that do not hold: what the system submitted itself and they
 * sign is taken back. */
bool consent_documents_doubted(const struct registry_desk *d, const char *unique_id,
			       struct findings *f);

/* In a job: one document whose time has begun, or ended, at that moment. out: as it is then; NULL:
 * none was due. False: the store failed, p. */
bool consent_documents_due(struct store_txn *t, struct arena *a, const struct region *r,
			   instant now, const struct consent_document **out, struct problem *p);
/* What is to be recorded of that, without participants (ITI TF-2: 3.20). */
struct audit_event *consent_document_event(struct store_txn *t, struct arena *a,
					   const struct region *r, const struct consent_document *d,
					   instant now);
/* "join, exclude role/clerk": its words. */
const char *consent_document_says(struct arena *a, const struct consent_word *words);

#endif
