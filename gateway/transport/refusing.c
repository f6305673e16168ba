/* gateway/transport/refusing.c: what a door turns away by itself, and who is told of it.
 *
 * Before there is a message the door answers, in words the house lends it, and tells the house for
 * log and audit. A message that has begun is cut: the house answers and records it, as any other it
 * refuses. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/transport/inside.h"

struct refusal {
	struct job job;
	struct connection *connection; /* kept */
	int status;
	struct tls_failing failed; /* its why is in reason */
	char id[REFUSAL_ID], reason[REASON];
};

void fault_text(const struct door_fault *f, const struct door *d, char text[REASON])
{
	if (f->key == NULL)
		snprintf(text, REASON, "%s", f->why);
	else
		snprintf(text, REASON, "%s: the limit is %" PRIu64 " %s (key %s of section %s)",
			 f->why, f->limit, f->unit, f->key, d->section);
}

static struct refused_peer as_peer(struct connection *c, int status, const char *reason, char *id)
{
	return (struct refused_peer){
		.door = c->door->kind,
		.door_name = c->door->name,
		.address = c->address,
		.certificate_sha256 = c->peer.sha256[0] != '\0' ? c->peer.sha256 : NULL,
		.certificate_subject = c->peer.subject,
		.status = status,
		.reason = reason,
		.id = id,
	};
}

static void tell(struct job *j)
{
	struct refusal *r = (struct refusal *)j;
	struct connection *c = r->connection;
	struct refused_peer peer = as_peer(c, r->status, r->reason, r->id);
	peer.verified = r->failed.verified;
	peer.alert = r->failed.alert;
	c->door->house->refused(c->door->house->self, &peer);
	free(r);
	connection_drop(c);
}

/* failed: of node authentication; NULL: it is not that. */
static void queue(struct connection *c, int status, const char *reason, const char *id,
		  const struct tls_failing *failed)
{
	atomic_fetch_add(&c->loop->front->refused, 1);
	struct refusal *r = c->door->house->refused != NULL ? malloc(sizeof *r) : NULL;
	if (r == NULL)
		return;
	*r = (struct refusal){ .job = { .run = tell, .peer = c->number, .behind = true },
			       .connection = c,
			       .status = status };
	if (failed != NULL)
		r->failed = *failed;
	snprintf(r->reason, sizeof r->reason, "%s", reason);
	snprintf(r->id, sizeof r->id, "%s", id);
	connection_keep(c);
	workers_queue(c->terms->workers, &r->job);
}

void refuse_peer(struct connection *c, const struct tls_failing *f)
{
	queue(c, 0, f->why, "", f);
}

void refuse_silently(struct connection *c, const struct door_fault *f)
{
	char reason[REASON];
	fault_text(f, c->door, reason);
	queue(c, f->status, reason, "", NULL);
}

void refuse_aloud(struct connection *c, const struct door_fault *f)
{
	const struct house *house = c->door->house;
	char reason[REASON], id[REFUSAL_ID] = "";
	struct refusal_words words = { .status = f->status };
	fault_text(f, c->door, reason);
	if (door_is_framed(c->door)) {
		queue(c, f->status, reason, id, NULL);
		connection_linger(c);
		return;
	}
	struct refused_peer peer = as_peer(c, f->status, reason, id);
	if (house->words != NULL)
		house->words(house->self, &peer, &words);
	queue(c, f->status, reason, id, NULL);
	connection_refuse(c, &words, id, reason);
	free(words.text);
}

void refuse_message(struct connection *c, const struct door_fault *f)
{
	struct message *m = c->message;
	fault_text(f, c->door, m->cut);
	m->cut_status = f->status;
	atomic_fetch_add(&c->loop->front->refused, 1);
	message_lend(m);
}

void refuse(struct connection *c, const struct door_fault *f)
{
	c->close_after = true; /* nothing that follows can be trusted */
	if (c->message != NULL)
		refuse_message(c, f);
	else
		refuse_aloud(c, f);
}
