/* profiles/actors/on_demand_each.h: one message in another form, made when somebody asks for it
 * (section on-demand, each): an On-Demand DocumentEntry a form, an XFRM of the message's entry.
 *
 * It is its submitter's, on the same record, in a set to the same recipients, and says of which
 * document it is a form (struct object_source): so the policy judges it as the message, as that one
 * is now. It stands as the message does, follows it from version to version and goes with it
 * (store/registry.h); nobody updates or replaces it by itself. Its uniqueId is made of the store's
 * secret, the message's logical id and the form, so that offering it again makes no other. */
#ifndef PROFILES_ACTORS_ON_DEMAND_EACH_H
#define PROFILES_ACTORS_ON_DEMAND_EACH_H

#include <stdbool.h>

#include "profiles/actors/on_demand_source.h"

struct findings;
struct submission;

/* Whether a form of that message is to be registered, and is not. */
bool on_demand_each_lacks(const struct registry_desk *d, const struct document_entry *message);
/* On the committer: the forms of an Approved message that are not. What was is put into *made.
 * False, with the finding: the store failed. */
bool on_demand_each_offer(const struct registry_desk *d, const struct document_entry *message,
			  struct submission **made, struct findings *f);
/* Whether that is such an entry, and the message is seen by whoever asks. */
bool on_demand_each_finds(const struct registry_desk *d, const struct document_entry *e,
			  struct on_demand_document *out);

#endif
