/* profiles/actors/on_demand_source.h: our On-Demand Document Source, ITI TF-1: 10.1.1.6: views
 * of a person's messages (schemas/tables/view_kinds.h), made when somebody asks for one, of what he
 * may see.
 *
 * One On-Demand DocumentEntry a person, kind and form, registered by ourselves (ITI-61) in the job
 * that makes the first message of that kind and person known. It hangs on the record that message
 * hangs on, so whoever sees the entry may see that one. Its uniqueId is made of the store's secret,
 * the record's number, kind and form: nobody guesses it, and making it again makes it known. */
#ifndef PROFILES_ACTORS_ON_DEMAND_SOURCE_H
#define PROFILES_ACTORS_ON_DEMAND_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "profiles/actors/document_registry.h"

/* The forms, as region says which are offered. */
const char *on_demand_mime_type(enum view_form form);
struct coded_value *on_demand_format_code(struct arena *a, enum view_kind kind);

/* On the committer, after a submission was registered: of each person who has a message in it that
 * is shown in a view, and whose view is offered by no entry yet, one is registered. What was is put
 * into registered->offered. False, with the finding: the store failed. */
bool on_demand_source_offer(const struct registry_desk *d, struct submission *registered,
			    struct findings *f);
/* The same for a message that was registered before; *made: how many entries. */
bool on_demand_source_offer_one(const struct registry_desk *d, const struct document_entry *e,
				struct submission **made, struct findings *f);

/* Of which kind's views this entry's document is a source; VIEW_KINDS: of none that is made. And
 * whether its person's is offered by no entry yet in one of the forms. */
enum view_kind on_demand_source_is_of(const struct registry_desk *d,
				      const struct document_entry *e);
bool on_demand_source_lacks(const struct registry_desk *d, const struct document_entry *e);

struct view {
	enum view_kind kind;
	enum view_form form;
};
/* Whether that is an entry of ours whose document is made now: offered still, in this repository,
 * and seen by whoever asks. */
struct on_demand_document {
	struct view view;
	uint64_t subject;  /* the record it hangs on */
	const char *entry; /* its entryUUID */
	/* of which alone it is made (on_demand_each.h); NULL: of all the person's of its kind */
	const struct document_entry *message;
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

/* Who makes it is given each Approved source of that person and kind that the asker may see, in no
 * order, gone when the call returns; octets without data: the document is not there, or longer
 * than VIEW_MESSAGE_MOST. More than is taken together (VIEW_SOURCES_MOST,
 * octets_most of its kind), or what fails while it is read: false, with the problem. */
struct on_demand_taker {
	void *self;
	void (*take)(void *self, struct arena *each, const struct document_entry *e,
		     struct bytes octets);
	unsigned *older; /* how many were left out, of a kind that shows the newest */
};
bool on_demand_source_gather(const struct registry_desk *d, const struct on_demand_document *what,
			     const struct on_demand_taker *taker, struct problem *p);

#endif
