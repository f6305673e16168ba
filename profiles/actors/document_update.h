/* profiles/actors/document_update.h: what a Document Administrator has updated of the registry's
 * metadata, whatever the dialect. ITI XDS Metadata Update: 3.57 (ITI-57); ITI Restricted Metadata
 * Update: 3.92 (ITI-92).
 *
 * A submission says what is to be done by its objects: a DocumentEntry or Folder with a logical id
 * is a new version, an UpdateAvailabilityStatus another status, a SubmitAssociation a new
 * Association. All of it is done, or nothing.
 *
 * A system updates what its facility submitted, and what others did only where it has the right to
 * (update-others). What it may not see is as if it were not there. */
#ifndef PROFILES_ACTORS_DOCUMENT_UPDATE_H
#define PROFILES_ACTORS_DOCUMENT_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_registry.h"

/* Whatever there is, or metadata of DocumentEntries alone. */
enum update_rules { UPDATE_OF_ALL, UPDATE_RESTRICTED };

/* A new version: of an entry, or of a folder. */
struct update_version {
	const struct document_entry *entry; /* NULL: of the folder */
	const struct folder *folder;
	const char *id;         /* in the submission */
	const char *logical_id; /* or, where by_entry: the entryUUID of the latest version */
	bool by_entry;
	uint32_t previous; /* PreviousVersion */
	bool propagates;   /* AssociationPropagation */
	struct update_version *next;
};
struct update_status {
	const char *target; /* in the submission, or registered */
	enum availability_status from, to;
	struct update_status *next;
};
/* A new Association, which SubmitAssociation is about. */
struct update_association {
	const struct association *association;
	struct update_association *next;
};
struct document_update {
	enum update_rules rules;
	struct submission submission;
	struct update_version *versions;
	struct update_status *statuses;
	struct update_association *associations;
};

/* The operations of u->submission, which was read and validated (SUBMISSION_UPDATES) as far as it
 * can be. Worker, no store. */
bool document_update_read(const struct registry_desk *d, enum update_rules rules,
			  struct document_update *u, struct findings *f);

/* What registering it will look at, looked at: store_look_ahead(). Worker. */
void document_update_look_ahead(const struct registry_desk *d, const struct document_update *u);

/* On the committer: all of it, or NULL, and nothing may be kept (the caller's savepoint undoes it).
 * Returns the submission as it is registered; one that has a fingerprint, and is registered
 * already, is as if it had been now: again. */
struct submission *document_update_register(const struct registry_desk *d,
					    const struct document_update *u,
					    const struct registry_owner **owners,
					    struct findings *f);

/* What is told of, in the words of either transaction. Within document_update*.c only. */
enum update_fault {
	UPDATE_OF_FIRST,    /* a first version is no update */
	UPDATE_ANNOTATION,  /* PreviousVersion, AssociationPropagation, their HasMember */
	UPDATE_UNIQUE_ID,   /* another than was registered */
	UPDATE_OBJECT_TYPE, /* the same */
	UPDATE_OF_ANOTHERS, /* another facility's */
	UPDATE_OF_FORM      /* another form of a document, which follows that one */
};
enum problem_code document_update_fault(enum update_rules rules, enum update_fault fault);

#endif
