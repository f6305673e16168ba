/* gateway/notifying.c: systems are told which ids are one person's now (ITI-10, ITI-46).
 *
 * The message is made when it is sent: consent is asked then, and several changes are one message.
 * It has what a PIX query of that system would show, and is not sent where that is what it took
 * last, or nothing; after one that left and of which nothing was heard it is sent in any case.
 * Whoever must not be shown a person any more is told what is left, his own ids at least; who has
 * none of them is told nothing, for there is no message without an id. */
#include "gateway/composing.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/errands/visit.h"
#include "gateway/notifying_dialect.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"
#include "store/errands.h"
#include "store/notices.h"
#include "store/store.h"

static bool admits(void *self, struct store_txn *t, uint64_t subject)
{
	struct composing *c = self;
	return policy_of_record(c->decisions, t, subject)->ruling == RULING_PERMIT;
}

static struct patient_identifier *ids_shown(struct composing *c, instant now)
{
	const struct region *r = &c->configuration->region;
	const struct requester who = { .region = r, .system = c->system, .time = now };
	struct admission admission = { .self = c, .record = admits };
	bool there;
	c->decisions = policy_begin(c->arena, &who);
	struct patient_identifier *ids = cross_reference_shown(
		c->txn, c->arena, r, c->system, &admission, c->made->seen.person, &there);
	c->made->gone = !there;
	return ids;
}

static void note_ids(struct composing *c, const struct patient_identifier *ids)
{
	struct buffer all = buffer_in(c->arena);
	size_t count = 0;
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next)
		count++;
	c->made->ids = arena_array(c->arena, const char *, count + 1);
	count = 0;
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next) {
		const char *cx = cx_text(c->arena, id->id, id->universal_id);
		buffer_append(&all, cx, strlen(cx) + 1);
		c->made->ids[count++] = cx;
	}
	EVP_Digest(all.data, all.length, c->made->told, NULL, EVP_sha256(), NULL);
}

/* Of the errand and the ids. */
static void name_of(struct composing *c, unsigned char name[EVP_MAX_MD_SIZE])
{
	struct buffer b = buffer_in(c->arena);
	buffer_append(&b, &c->errand->number, sizeof c->errand->number);
	buffer_append(&b, c->made->told, NOTICE_DIGEST);
	EVP_Digest(b.data, b.length, name, NULL, EVP_sha256(), NULL);
}

/* In the dialect of where it goes. */
static void write_message(struct composing *c, const struct patient_identifier *ids, instant now,
			  struct errand_message *out)
{
	struct notification *made = c->made;
	unsigned char name[EVP_MAX_MD_SIZE];
	name_of(c, name);
	made->url = arena_text(c->arena, c->to->url);
	made->dialect = partner_by_mllp(c->to->url) ? &notification_hl7v2 : &notification_hl7v3;
	struct notification_octets written = made->dialect->write(c, name, ids, now);
	out->octets = written.octets;
	out->content_type = written.content_type;
	out->id = made->id;
}

/* ---- Its audit record ---- */

/* One patient for each id, with the message's (ITI TF-2: 3.10.5.1.1, 3.46.5.1.1). */
static struct audit_object *patients(struct arena *a, const struct notification *n)
{
	struct audit_object *first = NULL, **last = &first;
	for (const char *const *id = n->ids; *id != NULL; id++) {
		struct audit_object *o = arena_new(a, struct audit_object);
		struct audit_detail *d = arena_new(a, struct audit_detail);
		*d = (struct audit_detail){ .type = n->dialect->detail,
					    .value = (const unsigned char *)n->id,
					    .length = strlen(n->id) };
		*o = (struct audit_object){
			.id = *id,
			.type_code = 1,
			.type_code_role = 1,
			.id_type = { .code = "2",
				     .scheme = "RFC-3881",
				     .display = "Patient Number" },
			.details = d,
		};
		*last = o;
		last = &o->next;
	}
	return first;
}

static struct audit_event *event_of(struct arena *a, const struct audit_source *us,
				    const struct notification *n, const char *system, instant now)
{
	struct audit_event *e = composing_event(
		a, n->dialect->transaction, composing_participants(a, us, n->us, n->them, n->url),
		system, now);
	e->objects = patients(a, n);
	return e;
}

/* Should nothing ever be known of what became of it. */
static bool prepare_record(struct composing *c, instant now, struct errand_message *out)
{
	struct audit_event *e = event_of(c->arena, c->source, c->made, c->errand->partner, now);
	e->outcome_description = "cut short: whether it arrived is not known";
	out->record = e;
	return audit_record_prepare(c->txn, c->arena, c->source, e);
}

/* ---- The message ---- */

static bool was_told(const struct notification *n)
{
	return n->seen.was_told && memcmp(n->seen.told, n->told, NOTICE_DIGEST) == 0;
}

static bool compose(struct composing *c, instant now, struct errand_message *out)
{
	const struct region *r = &c->configuration->region;
	uint64_t person = notice_of(c->errand);
	c->system = region_system(r, c->errand->partner);
	if (person == 0 || region_notified(r, c->system) == NULL)
		return false;
	c->made = arena_new(c->arena, struct notification);
	out->made = c->made;
	notice_get(c->txn, c->arena, c->errand->partner, person, &c->made->seen);
	struct patient_identifier *ids = ids_shown(c, now);
	if (store_failed(c->txn))
		return false;
	note_ids(c, ids);
	out->nothing = ids == NULL || was_told(c->made);
	if (out->nothing)
		return true;
	write_message(c, ids, now, out);
	return prepare_record(c, now, out);
}

static bool compose_notification(void *self, struct arena *a, struct store_txn *t,
				 const struct errand *e, const struct errand_partner *to,
				 struct errand_message *out)
{
	struct gateway *g = self;
	struct composing c = { .arena = a,
			       .txn = t,
			       .errand = e,
			       .to = to,
			       .source = &g->source,
			       .configuration = gateway_configuration(g) };
	bool made = compose(&c, g->clock->now(g->clock), out);
	config_release(c.configuration);
	return made;
}

static bool holds(void *self, struct store_txn *t, const struct errand *e,
		  const struct errand_message *m)
{
	const struct notification *n = m->made;
	struct notice now;
	(void)self;
	notice_get(t, store_arena(t), e->partner, n->seen.person, &now);
	return now.change == n->seen.change;
}

static void leaves(void *self, struct store_txn *t, const struct errand *e,
		   const struct errand_message *m)
{
	const struct notification *n = m->made;
	(void)self;
	notice_leaves(t, e->partner, n->seen.person);
}

/* ---- What is left of it ---- */

static bool record(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct gateway *g = self;
	struct arena *a = store_arena(t);
	bool taken = end->verdict == VERDICT_TAKEN;
	struct audit_event *e = event_of(a, &g->source, end->message->made, end->errand->partner,
					 end->now);
	e->outcome = taken ? AUDIT_SUCCESS : end->answered ? AUDIT_MINOR : AUDIT_SERIOUS;
	e->outcome_description = taken ? NULL : end->why;
	return audit_record_append(t, a, &g->source, e);
}

static void conclude(struct store_txn *t, const struct region *r, const struct errand_end *end)
{
	const struct notification *n = end->message->made;
	const struct registered_system *s = region_system(r, end->errand->partner);
	struct notice seen;
	bool told = end->verdict == VERDICT_TAKEN && end->message->octets.data != NULL;
	if (s == NULL)
		return;
	/* Nothing was made: what has changed since waits for the operator as well. */
	if (n == NULL)
		notice_get(t, store_arena(t), s->name, notice_of(end->errand), &seen);
	notice_concluded(t, r, s, n != NULL ? &n->seen : &seen, told ? n->told : NULL,
			 n != NULL && n->gone);
}

static void conclude_notification(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct gateway *g = self;
	if (end->verdict == VERDICT_LATER)
		return;
	const struct configuration *c = gateway_configuration(g);
	conclude(t, &c->region, end);
	config_release(c);
}

const struct composer composer_of_pix_notifications = {
	.kind = NOTICE_ERRAND,
	.compose = compose_notification,
	.holds = holds,
	.leaves = leaves,
	.record = record,
	.conclude = conclude_notification,
};
