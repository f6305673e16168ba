/* gateway/composing.h: errands whose message is made when it is sent, by kind: a row each. The
 * functions are those of struct rounds_settings; self is the gateway. */
#ifndef GATEWAY_COMPOSING_H
#define GATEWAY_COMPOSING_H

#include "gateway/errands/rounds.h"

struct audit_participant;
struct audit_source;

struct composer {
	const char *kind; /* of errands */
	bool (*compose)(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
			const struct errand_partner *to, struct errand_message *out);
	bool (*holds)(void *self, struct store_txn *t, const struct errand *e,
		      const struct errand_message *m);
	void (*leaves)(void *self, struct store_txn *t, const struct errand *e,
		       const struct errand_message *m); /* NULL: nothing is kept of that */
	bool (*record)(void *self, struct store_txn *t, const struct errand_end *end);
	void (*conclude)(void *self, struct store_txn *t, const struct errand_end *end);
};

extern const struct composer composer_of_pix_notifications, composer_for_subscribers,
	composer_for_patients, composer_of_deferred_answers;

/* Of the record of a message we sent: we, whose UserID is us, and who is at that URL. */
struct audit_participant *composing_participants(struct arena *a, const struct audit_source *source,
						 const char *us, const char *them, const char *url);

/* The record of such a message; by whom it was asked, and what it is about, is for who makes it to
 * say. */
struct transaction;
struct audit_event *composing_event(struct arena *a, const struct transaction *is,
				    struct audit_participant *participants, const char *system,
				    instant now);

bool composing_compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		       const struct errand_partner *to, struct errand_message *out);
bool composing_holds(void *self, struct store_txn *t, const struct errand *e,
		     const struct errand_message *m);
void composing_leaves(void *self, struct store_txn *t, const struct errand *e,
		      const struct errand_message *m);
bool composing_record(void *self, struct store_txn *t, const struct errand_end *end);
/* Nobody may ask anything for hours. */
void composing_recorded(void *self);
void composing_conclude(void *self, struct store_txn *t, const struct errand_end *end);

#endif
