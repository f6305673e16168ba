/* gateway/turned_away.c: what the house says, counts and records for what a door refused by itself.
 *
 * The door knows octets; here they get a problem, a name (the system of the certificate), the words
 * of the dialect that is spoken at that door, and an id that stands in answer, log and audit. */
#include "gateway/journey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/base/trace.h"
#include "gateway/config.h"
#include "gateway/door_failures.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/exchanges_noted.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/refusals.h"

enum { WORDS_MEMORY = 64 * 1024 }; /* a fault has some 2 KiB */

enum problem_code turned_away_problem(int status)
{
	switch (status) {
	case 0: return PROBLEM_NODE_UNKNOWN;
	case 408: return PROBLEM_TIMEOUT;
	case 413:
	case 414:
	case 431: return PROBLEM_TOO_LARGE;
	case 415: return PROBLEM_MEDIA_TYPE;
	case 503: return PROBLEM_BUSY;
	default: return PROBLEM_MALFORMED;
	}
}

/* A system by its name, who is none by the subject of its certificate. */
static void name_peer(const struct region *r, const struct refused_peer *peer, char *who,
		      size_t room)
{
	const struct registered_system *s = peer->certificate_sha256 == NULL
						    ? NULL
						    : region_system_by_certificate(
							    r, peer->certificate_sha256);
	const char *subject = peer->certificate_subject == NULL ? "" : peer->certificate_subject;
	snprintf(who, room, "%s", s != NULL ? s->name : subject);
}

/* As of an exchange: whoever asks about it has something to ask by. */
static void name_refusal(struct gateway *g, char id[REFUSAL_ID])
{
	unsigned char drawn[8];
	g->random->fill(g->random, drawn, sizeof drawn);
	for (size_t i = 0; i < sizeof drawn; i++)
		snprintf(id + 2 * i, REFUSAL_ID - 2 * i, "%02x", drawn[i]);
}

/* Who was turned away without a word (in the handshake, or at a door whose dialect answers messages
 * alone) has a name in the log and for the operator all the same. */
void house_refused(void *self, const struct refused_peer *peer)
{
	struct gateway *g = self;
	struct refusal_notice n = { .problem = turned_away_problem(peer->status),
				    .node = peer->status == 0 };
	const struct configuration *c = gateway_configuration(g);
	name_peer(&c->region, peer, n.who, sizeof n.who);
	config_release(c);
	snprintf(n.address, sizeof n.address, "%s", peer->address);
	snprintf(n.id, sizeof n.id, "%s", peer->id);
	if (n.id[0] == '\0')
		name_refusal(g, n.id);
	snprintf(n.why, sizeof n.why, "%s", peer->reason);
	metrics_count(g->metrics, NULL, n.problem, 0);
	struct door_failure failure;
	door_failure_of_peer(peer, n.who, &failure);
	failure.at = g->clock->now(g->clock);
	door_failures_add(g->door_failures, &failure);
	exchanges_note_peer(g, peer, n.id, n.who);
	refusals_tell(g, &n);
}

/* The message had begun; it goes on as one that is refused. */
void house_cut(void *record, int status, const char *why)
{
	struct journey *j = record;
	problem_set(&j->x.problem, turned_away_problem(status), "%s", why);
	j->cut = why;
}

static void remember(const struct journey *j)
{
	struct door_failure failure;
	door_failure_of_journey(j, &failure);
	failure.at = j->x.now;
	door_failures_add(j->gateway->door_failures, &failure);
}

void journey_tell_refused(struct journey *j)
{
	struct exchange *x = &j->x;
	struct refusal_notice n = { .problem = x->problem.code,
				    .recorded = !journey_is_told_as_number(j),
				    .exchange = true };
	snprintf(n.address, sizeof n.address, "%s", x->peer_address);
	snprintf(n.id, sizeof n.id, "%s", x->id == NULL ? "" : x->id);
	if (x->trace != NULL)
		memcpy(n.trace, x->trace->id, sizeof n.trace);
	snprintf(n.who, sizeof n.who, "%s",
		 x->sender != NULL                      ? x->sender->name
		 : j->head->certificate_subject != NULL ? j->head->certificate_subject
							: "");
	snprintf(n.why, sizeof n.why, "%s",
		 j->cut != NULL      ? j->cut
		 : j->failed != NULL ? j->failed
				     : "");
	if (j->head->door != DOOR_LOCAL)
		remember(j);
	refusals_tell(j->gateway, &n);
}

struct wording {
	struct gateway *gateway;
	struct arena *arena;
	const struct refused_peer *peer;
	struct problem problem;
	struct refusal_words *out;
};

static void soap_words(void *with)
{
	struct wording *w = with;
	char id[UUID_URN_TEXT];
	random_uuid(w->gateway->random, id);
	struct soap_fault_message fault = { .problem = &w->problem,
					    .message_id = id,
					    .exchange = w->peer->id };
	struct xml_writer *x = xml_writer_begin(w->arena);
	soap_write_fault(x, &fault);
	struct bytes text = xml_writer_end(x);
	w->out->text = strndup((const char *)text.data, text.length);
	w->out->content_type = "application/soap+xml; charset=UTF-8";
}

static void json_words(void *with)
{
	struct wording *w = with;
	const struct problem_row *row = problem_row(w->problem.code);
	json_t *value = json_pack("{s:s, s:s, s:s, s:s, s:i, s:s}", "error", row->name, "what",
				  w->problem.what, "where", "", "do",
				  row->remedy == NULL ? "" : row->remedy, "exit", row->exit_code,
				  "exchange", w->peer->id);
	struct buffer text = buffer_in(w->arena);
	w->out->text = json_append(&text, value) ? strdup(buffer_ended(&text)) : NULL;
	w->out->content_type = "application/json";
	json_decref(value);
}

static bool wants_500(struct gateway *g, const struct refused_peer *peer)
{
	const struct configuration *c = gateway_configuration(g);
	const struct registered_system *s = peer->certificate_sha256 == NULL
						    ? NULL
						    : region_system_by_certificate(
							    &c->region, peer->certificate_sha256);
	bool wants = s != NULL && s->faults_as_500;
	config_release(c);
	return wants;
}

/* NULL: the reason as plain text, where no dialect is spoken. */
static void (*words_at(struct gateway *g, const struct refused_peer *peer))(void *)
{
	if (peer->door != DOOR_HTTPS)
		return json_words;
	const struct configuration *c = gateway_configuration(g);
	const struct config_door *d = config_door_named(c, peer->door_name);
	bool speaks_soap = d != NULL && (d->serves & SERVES_TRANSACTIONS) != 0;
	config_release(c);
	return speaks_soap ? soap_words : NULL;
}

void house_words(void *self, struct refused_peer *peer, struct refusal_words *out)
{
	struct gateway *g = self;
	struct wording w = { .gateway = g, .peer = peer, .out = out };
	name_refusal(g, peer->id);
	problem_set(&w.problem, turned_away_problem(peer->status), "%s", peer->reason);
	w.arena = arena_create_from(g->memory, WORDS_MEMORY);
	void (*words)(void *) = words_at(g, peer);
	if (w.arena != NULL && words != NULL)
		json_arena_run(w.arena, words, &w);
	arena_destroy(w.arena);
	if (words == soap_words && out->text != NULL && wants_500(g, peer))
		out->status = 500;
}
