/* profiles/actors/on_demand_source.h: our On-Demand Document Source, ITI TF-1: 10.1.1.6: a person's
 * list of medication, made when somebody asks for it, of what he may see.
 *
 * One On-Demand DocumentEntry a person and form, registered by ourselves (ITI-61) in the job that
 * makes the first prescription of that person known. It hangs on the record that prescription hangs
 * on, so whoever sees the entry may see that one. Its uniqueId is made of the store's secret, the
 * record's number and the form: nobody guesses it, and it is known again by making it again. */
#ifndef PROFILES_ACTORS_ON_DEMAND_SOURCE_H
#define PROFILES_ACTORS_ON_DEMAND_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "profiles/actors/document_registry.h"

/* The forms, as region says which are offered. */
const char *on_demand_mime_type(enum medication_form form);

/* On the committer, after a submission was registered: of each person whose prescription is in it,
 * and whose list is offered by no entry yet, one is registered. What was is put into
 * registered->offered. False, with the finding: the store failed. */
bool on_demand_source_offer(const struct registry_desk *d, struct submission *registered,
			    struct findings *f);
/* The same for a prescription that was registered before; *made: how many entries. */
bool on_demand_source_offer_one(const struct registry_desk *d, const struct document_entry *e,
				struct submission **made, struct findings *f);

/* Whether lists are made of this entry's document; and whether its person's is offered by no entry
 * yet in one of the forms. */
bool on_demand_source_is_of(const struct registry_desk *d, const struct document_entry *e);
bool on_demand_source_lacks(const struct registry_desk *d, const struct document_entry *e);

/* Whether that is an entry of ours whose document is made now: offered still, in this repository,
 * and seen by whoever asks. */
struct on_demand_document {
	enum medication_form form;
	uint64_t subject;  /* the record it hangs on */
	const char *entry; /* its entryUUID */
};
bool on_demand_source_finds(const struct registry_desk *d, const char *repository,
			    const char *unique_id, struct on_demand_document *out);

/* Whose it is, as the sender is told: CX in the affinity domain, or another community's code; NULL:
 * nobody's, or the store failed. */
const char *on_demand_source_patient(const struct registry_desk *d,
				     const struct on_demand_document *what);

/* What our own entry and submission set of it say, ids and what is of one document aside: nobody
 * submits it, for that record, now. patient_id NULL: the store failed. */
struct document_entry;
struct submission_set;
void on_demand_source_describe(const struct registry_desk *d, const struct on_demand_document *what,
			       struct document_entry *entry, struct submission_set *set);

/* Who makes it is given each Approved prescription of that person that the asker may see, in no
 * order, gone when the call returns; octets without data: the document is not there, or longer
 * than MEDICATION_MESSAGE_MOST. More than is taken together (MEDICATION_PRESCRIPTIONS_MOST,
 * MEDICATION_OCTETS_MOST), or what fails while it is read: false, with the problem. */
struct on_demand_taker {
	void *self;
	void (*take)(void *self, struct arena *each, const struct document_entry *e,
		     struct bytes octets);
};
bool on_demand_source_gather(const struct registry_desk *d, uint64_t subject,
			     const struct on_demand_taker *taker, struct problem *p);

#endif
