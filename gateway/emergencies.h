/* gateway/emergencies.h: what an emergency leaves: the override, its beginning and its end.
 *
 * What policy opened while an exchange was handled (policy_broken()) is kept in the job of that
 * exchange's record, so that nothing of it leaves before it can be reviewed, and the patient be
 * told. DCM 110127 and 110138; ITI TF-2: 3.20; security-consent d.6. */
#ifndef GATEWAY_EMERGENCIES_H
#define GATEWAY_EMERGENCIES_H

#include <stdbool.h>

struct gateway;
struct journey;
struct store_txn;

/* In the job of the exchange's record. False: the store failed. */
bool emergencies_keep(struct journey *j, struct store_txn *t);
/* Every few seconds, by upkeep's thread: what has had its time ends. */
void emergencies_sweep(struct gateway *g);

#endif
