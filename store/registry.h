/* store/registry.h: document metadata, kept. ITI TF-3: 4.2; ITI TF-2: 3.42.4.1.3.
 *
 * Every object hangs on a patient record, its subject (store/identity.h): a person's documents are
 * those of all its records, a few contiguous ranges, newest first. Objects are found by entryUUID,
 * by uniqueId, by reference id, and from either end of an association.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   R1  a submission is visible whole or not at all
 *   R2  the submission that replaces a DocumentEntry deprecates it, and what was appended to it or
 *       transformed from it (ITI TF-2: 3.42.4.1.3.5)
 *   R3  one uniqueId, one hash, for ever (otherwise XDSNonIdenticalHash): of all versions, too
 *   R4  a change and its audit record are committed together or not at all
 *   R5  the versions of a DocumentEntry or Folder are numbered 1 to n, bear the entryUUID of the
 *       first as their logical id, and all but the last are Deprecated (ITI XDS Metadata Update)
 *   R6  another form of a DocumentEntry is of one that is there, changes its status with it, and
 *       its latest version is joined with that one's (XFRM) and says what it says
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. A failing store is
 * sticky: reads then find nothing, and the transaction's end says why. */
#ifndef STORE_REGISTRY_H
#define STORE_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/model/document.h"
#include "schemas/tables/metadata.h"
#include "schemas/tables/problem.h"

struct arena;
struct check_module;
struct store_txn;
struct text_list;

/* On the committer. Keeps a whole submission: ids are urn:uuid already and nowhere in use, subjects
 * and source_system are set, every end of an association is in s or in the registry. Copies.
 *
 * And what follows from it: targets of RPLC and XFRM_RPLC and their APND and XFRM become
 * Deprecated; the replacement joins the Approved folders of what it replaced, through new
 * associations that are members of its submission set; every folder that gained a document has its
 * lastUpdateTime set to now. version, logical_id, status and a folder's lastUpdateTime are ours and
 * set in s. What is kept counts for its source_system (store/usage.h). */
bool registry_put(struct store_txn *t, struct arena *a, struct submission *s, instant now,
		  struct problem *p);

/* What hangs on one object is read by the job that replaces it, while all others who write wait,
 * and in one piece by who asks for it. So it is bounded. An object's own submitter may have all of
 * it, so that nobody else's submissions keep him from his own; a replacement is never refused for
 * it. One submission may go beyond by what it has itself. */
enum {
	REGISTRY_HANGING_MOST =
		1000, /* Associations that end at a registered object: registry_hanging() */
	REGISTRY_HANGING_OTHERS = 500,
	REGISTRY_MEMBERS_MOST = 10000, /* Associations that start at a registered Folder */
	REGISTRY_MEMBERS_OTHERS = 5000,
	REGISTRY_SAME_MOST = 100, /* DocumentEntries of one uniqueId */
	REGISTRY_SAME_OTHERS = 50,
	/* Of one submission, in its job: Associations looked at (some 3 us each), documents
	 * deprecated. */
	REGISTRY_LOOKED_MOST = 10000,
	REGISTRY_DEPRECATED_MOST = 2000,
	/* Versions of one Folder, of one DocumentEntry: who asks for all of them by their logical
	 * id gets them in one piece, as those of one uniqueId. */
	REGISTRY_VERSIONS_MOST = 100,
	/* Associations that one update copies to its new versions: each takes what one that is
	 * submitted takes, and of these a job has as many (submission-objects, as shipped). */
	REGISTRY_COPIED_MOST = 1000,
	/* Records and systems that one object is made of: each is a question of the policy, for
	 * whoever looks at it. */
	REGISTRY_SOURCES_MOST = 64,
};
/* Such an Association makes its source end with its target: APND, XFRM, XFRM_RPLC (ITI TF-2:
 * 3.42.4.1.3.5). */
bool registry_depends(const struct association *x);
/* How many Associations end at the object, and at what depends on it, step by step; counts up to
 * most. Here and in the next one *left is how many more may be looked at; 0 afterwards: there may
 * be more. */
unsigned registry_hanging(struct store_txn *t, struct arena *a, const char *uuid, unsigned most,
			  unsigned *left);
/* The object, and what it depends on, step by step. */
const struct text_list *registry_hangs_on(struct store_txn *t, struct arena *a, const char *uuid,
					  unsigned *left);
/* Associations that start at it, DocumentEntries with that uniqueId; counted up to most. */
unsigned registry_members(struct store_txn *t, const char *uuid, unsigned most);
unsigned registry_same(struct store_txn *t, const char *unique_id, unsigned most);

/* What one object takes up as it is kept, in octets; needs some more of the arena. */
size_t registry_object_octets(struct arena *a, enum metadata_object kind, const void *object);

/* What a submission says, as it came and before anything is done with it: SHA-256 in hexadecimal
 * digits over all its objects in their order, and over what else belongs to it (its documents). How
 * it was written (prefixes, white space, ids of classifications) does not matter. Kept with its
 * set, so that a submission sent again after a lost answer is known. */
const char *registry_fingerprint(struct arena *a, const struct submission *s, struct bytes more);

/* On the committer. An Approved DocumentEntry becomes Deprecated, with the other forms of it
 * (registry_is_form()), and nothing else changes; one that is Deprecated stays so. What a source
 * takes back without a replacement (SS-MIX2 flag 0). */
bool registry_deprecate(struct store_txn *t, struct arena *a, const char *uuid, struct problem *p);
/* The other way: a Deprecated DocumentEntry is Approved again, for its source has it back (flag 1
 * again). Replacements of it become Deprecated Associations, those it made itself Approved ones. */
bool registry_approve(struct store_txn *t, struct arena *a, const char *uuid, struct problem *p);

/* A new version of what is registered: the DocumentEntry or Folder of this id in the submission.
 */
struct registry_successor {
	const char *id, *previous; /* entryUUIDs; previous: the latest version until now */
	bool propagates;           /* AssociationPropagation */
	bool deprecated;           /* it stays so, for the previous one was */
	const struct registry_successor *next;
};
/* The status an object is to have after all else: a DocumentEntry, a Folder, an Association, of the
 * submission or not. What is Approved again, though an RPLC or XFRM_RPLC replaced it, is replaced
 * no longer: that Association becomes Deprecated. */
struct registry_standing {
	const char *uuid;
	enum availability_status status;
	const struct registry_standing *next;
};
/* On the committer. As registry_put() (set, new Associations and what follows from them), and every
 * entry and folder of s is a new version of what its successor row says: subject and source_system
 * are set, logical_id and version are ours. The previous version becomes Deprecated, and what is
 * Approved between it and others is copied (registry_propagated()); a folder that gets a member, or
 * loses one, or has a new version, has lastUpdateTime now. Other forms of an entry
 * (registry_is_form()) get new versions with it, which say what it says and are members of the set;
 * one that is no message any more has none that is Approved.
 * ITI XDS Metadata Update: 3.57.4.1.3.3. */
bool registry_update(struct store_txn *t, struct arena *a, struct submission *s,
		     const struct registry_successor *successors,
		     const struct registry_standing *standings, instant now, struct problem *p);
/* On the committer. What another registry had registered is registered here as it was: statuses,
 * versions, logical ids, lastUpdateTime are those of s, and nothing follows from it, for what
 * followed is in s or comes later. Subjects and source_system are set; ends of Associations are in
 * s or in the registry. A version follows the one before it, which is the latest until then:
 * PROBLEM_METADATA_VERSION. An id, or a uniqueId of a set or folder, that is in use:
 * REGISTRY_METADATA, DUPLICATE_IN_REGISTRY. set NULL: Associations alone. */
bool registry_take_over(struct store_txn *t, struct arena *a, struct submission *s, instant now,
			struct problem *p);
/* What of a version's Associations a successor gets: Approved relationships, and memberships in
 * Approved folders or of Approved entries, whose other end is a latest version. Each as it is, once
 * whatever is there twice, with the id of the successor in the version's place. As
 * registry_hanging(), of *left; 0 afterwards: there may be more. */
struct association *registry_propagated(struct store_txn *t, struct arena *a, const char *uuid,
					const char *successor, unsigned *left);
/* How many versions there are; counted up to most. */
unsigned registry_version_count(struct store_txn *t, const char *logical_id, unsigned most);

/* On the committer. These objects (entryUUIDs, each once whatever is named twice) are removed, all
 * or none, with whatever leads to them; the octets of documents stay with their repository (ITI
 * Remove Metadata and Documents: ITI-62). Nothing else goes along: UNRESOLVED_REFERENCE, there is
 * no such object; REFERENCES_EXIST, an Association that is not named touches one of them;
 * UNREFERENCED_OBJECT, one that stays would be left without an Association. Versions of an object
 * go all together (REFERENCES_EXIST): a logical id leads to the first, and numbers have no gap.
 * What was Deprecated by an Association that goes stays so. What they took up is their sender's
 * again. */
bool registry_remove(struct store_txn *t, struct arena *a, const struct text_value *ids,
		     struct problem *p);

/* What is read is sealed: nothing of an object can be told before the policy has opened it for
 * whoever asks (gateway/policy/decide.h; actors: profiles/actors/admission.h). Outside the seal is
 * only what decides about it, and what a registry must know to keep its promises; none of it is for
 * an answer. Sealed it is octets still: what is in it is read when it is opened, in the arena and
 * the transaction it came from, so that what is hidden costs no more than its octets. */
struct sealed_entry;
struct sealed_set;
struct sealed_folder;
struct registry_facts {
	uint64_t subject;          /* the patient record it hangs on */
	const char *source_system; /* who submitted it; NULL: the region's operator */
	enum availability_status status;
	bool former;  /* there is a newer version of it */
	bool offline; /* documentAvailability is Offline; of what was registered since it is told */
	/* Of what was made of others' (struct object_source): who may have it may have all these,
	 * too, and it is one person's. Empty: it was not. */
	struct bytes sources;
};
/* The next of them, taken off what is left. False: there is none. */
struct registry_source {
	uint64_t subject;
	const char *system;           /* as the facts' */
	char document[UUID_URN_TEXT]; /* as struct object_source has it; "": none */
};
bool registry_next_source(struct bytes *left, struct registry_source *out);
/* It is another form of one document, which it is judged as, stands as, and goes with. */
bool registry_is_form(struct registry_facts f, struct registry_source *of);
struct registry_facts registry_entry_facts(const struct sealed_entry *e);
struct registry_facts registry_set_facts(const struct sealed_set *s);
struct registry_facts registry_folder_facts(const struct sealed_folder *f);
const char *registry_set_fingerprint(const struct sealed_set *s); /* or NULL */

/* When its first version was registered. */
instant registry_registered(const struct sealed_entry *e);

/* By entryUUID ("urn:uuid:..."); NULL: not there, or of another kind. */
struct sealed_entry *registry_entry(struct store_txn *t, struct arena *a, const char *uuid);
struct sealed_set *registry_submission_set(struct store_txn *t, struct arena *a, const char *uuid);
struct sealed_folder *registry_folder(struct store_txn *t, struct arena *a, const char *uuid);
struct association *registry_association(struct store_txn *t, struct arena *a, const char *uuid);
bool registry_has(struct store_txn *t, const char *uuid); /* of any kind */

/* By uniqueId. Several DocumentEntries may have the same, in several submissions
 * (registry_entries_of(), below); this is the oldest of them, in its latest version: they agree in
 * type, size and hash (R3). */
struct sealed_entry *registry_entry_of(struct store_txn *t, struct arena *a, const char *unique_id);
/* The document that an entry of this uniqueId describes: what R3 is kept by. */
struct registry_document {
	enum document_entry_type type;
	const char *hash, *size; /* NULL: not told yet (on demand) */
};
struct registry_document registry_document_of(const struct sealed_entry *e);
struct sealed_set *registry_submission_set_of(struct store_txn *t, struct arena *a,
					      const char *unique_id);
struct sealed_folder *registry_folder_of(struct store_txn *t, struct arena *a,
					 const char *unique_id);

/* The latest version of what has this logical id, which is the entryUUID of the first. */
struct sealed_entry *registry_latest_entry(struct store_txn *t, struct arena *a,
					   const char *logical_id);
struct sealed_folder *registry_latest_folder(struct store_txn *t, struct arena *a,
					     const char *logical_id);

/* Associations that start at this object, or end at it; oldest first. */
struct association *registry_from(struct store_txn *t, struct arena *a, const char *uuid);
struct association *registry_to(struct store_txn *t, struct arena *a, const char *uuid);

/* The same, one at a time. */
struct registry_ends;
struct registry_ends *registry_ends_from(struct store_txn *t, struct arena *a, const char *uuid);
struct registry_ends *registry_ends_to(struct store_txn *t, struct arena *a, const char *uuid);
/* In an arena of its own, which may be emptied after it. NULL: no more. */
struct association *registry_next_end(struct registry_ends *e, struct arena *a);
void registry_ends_over(struct registry_ends *e); /* also done by the transaction's end */

/* What is looked at before an entry is read whole; the rest of a query is the actor's. */
struct registry_glance {
	bool approved, deprecated;
	bool stable, on_demand; /* DocumentEntries only */
	bool former;            /* versions that are not the latest, too */
	bool online_only;       /* without what is Offline */
};
/* Objects of one subject, newest first. A cursor ends with its transaction. */
struct registry_cursor;
struct registry_cursor *registry_entries(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g);
struct sealed_entry *registry_next_entry(struct registry_cursor *c);
struct registry_cursor *registry_submission_sets(struct store_txn *t, struct arena *a,
						 uint64_t subject, const struct registry_glance *g);
struct sealed_set *registry_next_submission_set(struct registry_cursor *c);
struct registry_cursor *registry_folders(struct store_txn *t, struct arena *a, uint64_t subject,
					 const struct registry_glance *g);
struct sealed_folder *registry_next_folder(struct registry_cursor *c);
/* The next subject behind that one (0: the first) that has entries; 0: there is none, or the store
 * failed. Who walks all of them goes on by it in a fresh snapshot. */
uint64_t registry_next_subject(struct store_txn *t, uint64_t behind);
/* Those of all subjects, subject by subject. */
struct registry_cursor *registry_all_entries(struct store_txn *t, struct arena *a,
					     const struct registry_glance *g);
struct registry_cursor *registry_all_folders(struct store_txn *t, struct arena *a,
					     const struct registry_glance *g);
/* Entries of one subject with this reference id (CXi, exact); entries come as above. */
struct registry_cursor *registry_referring(struct store_txn *t, struct arena *a,
					   const char *reference_id, uint64_t subject,
					   const struct registry_glance *g);
/* All versions of a logical id, oldest first; those that are there. */
struct registry_cursor *registry_entry_versions(struct store_txn *t, struct arena *a,
						const char *logical_id);
struct registry_cursor *registry_folder_versions(struct store_txn *t, struct arena *a,
						 const char *logical_id);
/* Of the folder of that uniqueId. */
struct registry_cursor *registry_folder_versions_of(struct store_txn *t, struct arena *a,
						    const char *unique_id);
/* All entries of one uniqueId, all versions, oldest first. */
struct registry_cursor *registry_entries_of(struct store_txn *t, struct arena *a,
					    const char *unique_id);
void registry_cursor_over(struct registry_cursor *c); /* also done by the transaction's end */

/* From now on it gives one at a time: what it gave is gone when the next is asked for, for `each`
 * is emptied before it (gateway/base/arena.h: arena_create_within()). So a search of any number of
 * objects needs memory for one. */
void registry_lend(struct registry_cursor *c, struct arena *each);

/* From now on the entries it gives are references: opened, they say id, status, type, subject, home
 * community and who submitted them; nothing else of them was read. */
void registry_refer(struct registry_cursor *c);

extern const struct check_module registry_check;

#endif
