/* profiles/actors/registration.h: what registering a submission and updating what is registered
 * have in common. Between document_registry_submit.c and document_update_register.c only, but for
 * the copy, which an import of what was registered elsewhere makes as well. */
#ifndef PROFILES_ACTORS_REGISTRATION_H
#define PROFILES_ACTORS_REGISTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_registry.h"
#include "profiles/actors/submission_index.h"

struct registration {
	const struct registry_desk *desk;
	struct submission *submission;
	struct findings *findings;
	struct submission_index index;
	struct registry_patient patient;
	unsigned looked; /* associations of what is replaced */
};

/* What is written into while it is registered: the objects, not what hangs on them. What was sent
 * stays as it is, for the job may have to be run again. */
struct submission *registration_copy(struct arena *a, const struct submission *s);
bool registration_refuse(struct registration *r, enum problem_code code, const char *where,
			 const char *what);
uint64_t registration_person_of(struct registration *r, uint64_t subject); /* 0: nobody */
/* Whose all of it is, and who sent it. False: nobody's, as the findings tell. */
bool registration_attribute(struct registration *r);
/* ITI TF-3: 4.2.1.5: real ids are kept, and must be new; symbolic ones are replaced. */
void registration_assign_ids(struct registration *r);
/* ... everywhere: after the checks, which know the objects by the ids they came with. */
void registration_replace_references(struct registration *r);
/* The SubmissionSet's uniqueId is new. */
void registration_check_set(struct registration *r);
/* R3 */
void registration_check_document(struct registration *r, const struct document_entry *e);
/* What a replacement of it may do to it, and to the folders it is in. False: refused. */
bool registration_check_replaced(struct registration *r, const struct document_entry *e);
/* RPLC, XFRM_RPLC: such an association deprecates its target. */
bool registration_replaces(const struct association *x);

#endif
