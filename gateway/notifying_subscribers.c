/* gateway/notifying_subscribers.c: who subscribed is told of what was registered or published
 * (Document Metadata Notify, ITI-53).
 *
 * The message is made when it is sent, of what the subscriber's system may see then: policy is
 * asked for each object, as for a stored query of that system. Nothing is sent where nothing is
 * left of it, or where the subscription has ended meanwhile. */
#include "gateway/composing.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/config.h"
#include "gateway/errands/visit.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/dsub/iti53_document_metadata_notify.h"
#include "profiles/dsub/notification.h"
#include "profiles/transaction.h"
#include "store/errands.h"
#include "store/store.h"

extern const struct transaction iti53_document_metadata_notify;

/* What was made of an errand; in the visit's arena. */
struct told {
	struct subscription subscription;
	struct broker_told what;
	const char *url;
	const char *home; /* of the region; or NULL */
};

struct composing {
	struct arena *arena;
	struct store_txn *txn;
	const struct gateway *gateway;
	const struct configuration *configuration;
	const struct errand *errand;
	const struct errand_partner *to;
	struct decisions *decisions;
	struct told *made;
	instant now;
};

/* ---- What the subscriber may see ---- */

static bool admits_object(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	struct composing *c = self;
	return policy_of_object(c->decisions, t, subject, system)->ruling == RULING_PERMIT;
}

static bool admits_shown(void *self, struct store_txn *t, const struct document_entry *e)
{
	struct composing *c = self;
	return policy_of_entry(c->decisions, t, e)->ruling == RULING_PERMIT;
}

static struct document_entry *admits_entry(void *self, struct store_txn *t, struct sealed_entry *e)
{
	struct composing *c = self;
	return policy_open_entry(c->decisions, t, e);
}

static struct submission_set *admits_set(void *self, struct store_txn *t, struct sealed_set *s)
{
	struct composing *c = self;
	return policy_open_set(c->decisions, t, s);
}

static struct folder *admits_folder(void *self, struct store_txn *t, struct sealed_folder *f)
{
	struct composing *c = self;
	return policy_open_folder(c->decisions, t, f);
}

/* As iti54_document_metadata_publish.c kept it. */
static struct submission *published_by(struct composing *c)
{
	const struct errand_part *part = c->errand->parts->next;
	return part == NULL ? NULL : notification_published(c->txn, c->arena, &part->blob);
}

static bool find_objects(struct composing *c, const struct subscription_event *e)
{
	const struct region *r = &c->configuration->region;
	const struct registered_system *system = region_system(r, c->errand->partner);
	c->made->home = arena_text(c->arena, r->home_community_id);
	const struct requester who = { .region = r, .system = system, .time = c->now };
	struct admission admission = { .self = c,
				       .object = admits_object,
				       .shown = admits_shown,
				       .entry = admits_entry,
				       .set = admits_set,
				       .folder = admits_folder };
	struct leniencies needed = { .resolve_own_ids = false };
	struct problem p = { .code = PROBLEM_NONE };
	const struct registry_desk d = { .arena = c->arena,
					 .region = r,
					 .sender = system,
					 .admission = &admission,
					 .needed = &needed,
					 .now = c->now,
					 .txn = c->txn };
	struct submission *published = e->kind == EVENT_PUBLISHED ? published_by(c) : NULL;
	if (system == NULL || (e->kind == EVENT_PUBLISHED && published == NULL))
		return false;
	c->decisions = policy_begin(c->arena, &who);
	return broker_tell(&d, &c->made->subscription, e, published, &c->made->what, &p);
}

/* ---- Its audit record ---- */

static struct audit_about *about_of(struct arena *a, const struct registry_owner *owners)
{
	struct audit_about *first = NULL;
	for (; owners != NULL; owners = owners->next) {
		struct audit_about *one = arena_new(a, struct audit_about);
		*one = (struct audit_about){ owners->subject, first };
		first = one;
	}
	return first;
}

static struct audit_event *event_of(struct arena *a, const struct audit_source *us,
				    const struct told *made, const char *system, instant now)
{
	struct audit_event *e = composing_event(
		a, &iti53_document_metadata_notify,
		composing_participants(a, us, made->subscription.reference, made->url, made->url),
		system, now);
	e->objects = notification_audit_objects(a, &made->what.objects, made->home);
	e->about = about_of(a, made->what.owners);
	return e;
}

/* ---- The message ---- */

/* The same for the same errand and what it says now, so that who gets it twice knows it. */
static const char *name_of(struct composing *c)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char urn[UUID_URN_TEXT];
	struct buffer b = buffer_in(c->arena);
	const struct registry_objects *all = &c->made->what.objects;
	buffer_printf(&b, "%llu", (unsigned long long)c->errand->number);
	for (const struct document_entry *e = all->entries; e != NULL; e = e->next)
		buffer_printf(&b, " %s", e->id);
	EVP_Digest(b.data, b.length, digest, NULL, EVP_sha256(), NULL);
	digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x80);
	digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80);
	uuid_to_urn(digest, urn);
	return arena_text(c->arena, urn);
}

static bool write_message(struct composing *c, struct errand_message *out)
{
	const struct document_metadata_notify n = { .subscription = &c->made->subscription,
						    .objects = &c->made->what.objects };
	const struct soap_call call = { .url = c->to->url,
					.action = DOCUMENT_METADATA_NOTIFY_ACTION,
					.message_id = name_of(c),
					.write = document_metadata_notify_write,
					.what = &n };
	struct soap_sent sent;
	c->made->url = arena_text(c->arena, c->to->url);
	soap_call_write(c->arena, NULL, &call, &sent);
	out->octets = sent.body;
	out->content_type = sent.content_type;
	out->id = sent.message_id;
	struct audit_event *e = event_of(c->arena, &c->gateway->source, c->made, c->errand->partner,
					 c->now);
	e->outcome_description = "cut short: whether it arrived is not known";
	out->record = e;
	return audit_record_prepare(c->txn, c->arena, &c->gateway->source, e);
}

static bool compose(struct composing *c, struct errand_message *out)
{
	struct subscription_event e;
	const char *id;
	c->made = arena_new(c->arena, struct told);
	out->made = c->made;
	if (!subscription_event_of(c->arena, c->errand, &id, &e))
		return false;
	struct subscription *s = &c->made->subscription;
	if (!subscription_get(c->txn, c->arena, id, s) || subscription_is_over(s, c->now)
	    || !c->configuration->actors.on[DOCUMENT_METADATA_NOTIFICATION_BROKER]) {
		out->nothing = !store_failed(c->txn);
		return out->nothing;
	}
	if (!find_objects(c, &e) || store_failed(c->txn))
		return false;
	out->nothing = notification_is_empty(&c->made->what.objects);
	return out->nothing || write_message(c, out);
}

static bool compose_for_subscriber(void *self, struct arena *a, struct store_txn *t,
				   const struct errand *e, const struct errand_partner *to,
				   struct errand_message *out)
{
	struct gateway *g = self;
	struct composing c = { .arena = a,
			       .txn = t,
			       .gateway = g,
			       .errand = e,
			       .to = to,
			       .now = g->clock->now(g->clock),
			       .configuration = gateway_configuration(g) };
	bool made = compose(&c, out);
	config_release(c.configuration);
	return made;
}

/* It has not ended since. */
static bool holds(void *self, struct store_txn *t, const struct errand *e,
		  const struct errand_message *m)
{
	const struct gateway *g = self;
	const struct told *made = m->made;
	struct subscription now;
	(void)e;
	return subscription_get(t, store_arena(t), made->subscription.id, &now)
	       && !subscription_is_over(&now, g->clock->now(g->clock));
}

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

const struct composer composer_for_subscribers = {
	.kind = SUBSCRIPTION_ERRAND,
	.compose = compose_for_subscriber,
	.holds = holds,
	.record = record,
};
