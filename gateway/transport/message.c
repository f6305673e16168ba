/* gateway/transport/message.c: a message between its loop and the house. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/transport/inside.h"

enum { FIRST_ROOM = 4 * 1024 }; /* most requests fit */
enum { BUSY = 503 };

static void message_free(struct message *m)
{
	struct connection *c = m->connection;
	http_head_free(&m->text);
	free(m->body);
	free(m);
	connection_drop(c);
}

void message_release(struct message *m)
{
	m->connection->door->house->release(m->record, m->sent);
	message_free(m);
}

/* Back to the loop. The connection is kept until the loop has been woken: what is posted may be
 * over, and the front with it, before this returns. */
static void post(struct message *m)
{
	struct connection *c = m->connection;
	connection_keep(c);
	loop_post(c->loop, &m->mail);
	connection_drop(c);
}

static void ready(struct message *m)
{
	if (atomic_fetch_add(&m->ready, 1) == 1)
		post(m);
}

void door_answer(struct message *m, const struct answer *answer)
{
	m->answer = answer;
	ready(m);
}

const atomic_bool *door_unwanted(const struct message *m)
{
	return &m->unwanted;
}

const atomic_bool *door_left(const struct message *m)
{
	return &m->left;
}

void message_left(struct message *m)
{
	const struct house *house = m->connection->door->house;
	if (!atomic_exchange(&m->left, true) && house->left != NULL)
		house->left(house->self);
}

void door_give_up(struct message *m)
{
	atomic_store(&m->unwanted, true);
	message_left(m);
}

static bool arrive(struct message *m, const struct house *house)
{
	m->arrived = true;
	m->refusal = 0;
	m->record = house->arrive(house->self, m, &m->head, &m->refusal);
	return m->record != NULL;
}

/* Nobody has done anything for it yet, and not for a while: there is more to do than we can. To
 * say so now serves its sender better than an answer he may not wait for, and who comes after
 * it, too. */
static void shed_if_late(struct message *m)
{
	const struct connection *c = m->connection;
	unsigned seconds = c->terms->limits.begun_seconds;
	int64_t waited = system_clock.elapsed(&system_clock) - m->lent_since;
	if (c->terms->tls == NULL || waited <= (int64_t)seconds * SECOND || m->cut_status != 0)
		return;
	fault_text(&(struct door_fault){ .why = "more is asked than can be answered; it was not "
						"begun in time",
					 .key = "begun-within",
					 .unit = "seconds",
					 .limit = seconds },
		   c->door, m->cut);
	m->shed = true;
	atomic_fetch_add(&c->loop->front->shed, 1);
	atomic_fetch_add(&c->loop->front->refused, 1);
}

/* Of a frame its sender must be told which one it was. */
static bool is_unread(const struct message *m)
{
	return m->shed && m->connection->door->kind != DOOR_MLLP;
}

static bool begin(struct message *m, const struct house *house)
{
	if (!arrive(m, house))
		return false;
	shed_if_late(m);
	return true;
}

/* On a worker: what the message is lent for. */
static void run(struct job *j)
{
	struct message *m = (struct message *)j;
	const struct house *house = m->connection->door->house;
	if (m->gone != NULL) {
		house->gone(m->record, m->gone);
		message_release(m);
		return;
	}
	if (!m->arrived && !begin(m, house)) {
		post(m);
		return;
	}
	if (m->body_length > 0 && !is_unread(m)
	    && !house->body(m->record, (struct bytes){ m->body, m->body_length }))
		m->stopped = true;
	m->body_length = 0;
	if (!m->ended && !m->stopped && !is_unread(m) && m->cut_status == 0) {
		post(m);
		return;
	}
	if (m->shed || m->cut_status != 0)
		house->cut(m->record, m->cut_status != 0 ? m->cut_status : BUSY, m->cut);
	m->whole = true;
	house->whole(m->record);
	ready(m);
}

/* The house would not even begin with it. */
static void refused(struct connection *c, struct message *m)
{
	struct door_fault f = { .status = m->refusal >= 400 ? m->refusal : 500,
				.why = "no memory for the message" };
	c->message = NULL;
	connection_use(c, false);
	c->close_after = c->close_after || !m->ended;
	message_free(m);
	refuse_aloud(c, &f);
}

static void returned(struct mail *mail)
{
	struct message *m = (struct message *)((char *)mail - offsetof(struct message, mail));
	struct connection *c = m->connection;
	m->lent = false;
	if (c->stage == CLOSED) {
		message_abandon(m, c->why);
		return;
	}
	connection_keep(c);
	c->waited_since = system_clock.elapsed(&system_clock);
	if (m->whole)
		connection_answer(c, m->answer);
	else if (m->record == NULL)
		refused(c, m);
	else if (m->text.expects_continue && !m->continued && c->received == 0)
		m->continued = true, connection_continue(c);
	else
		c->stage = READING;
	connection_queue(c);
	connection_drop(c);
}

static void fill_head(struct message *m, struct connection *c, bool mllp)
{
	m->head = (struct head){
		.door = c->door->kind,
		.door_name = c->door->name,
		.method = mllp ? "MLLP" : m->text.method,
		.path = mllp ? "/" : m->text.path,
		.query = mllp ? "" : m->text.query,
		.headers = m->text.headers,
		.header_count = m->text.header_count,
		.content_length = mllp ? -1 : m->text.content_length,
		.peer = c->number,
		.peer_address = c->address,
		.peer_port = c->port,
		.local_url = m->url,
		.certificate_sha256 = c->peer.sha256[0] != '\0' ? c->peer.sha256 : NULL,
		.certificate_subject = c->peer.subject,
		.peer_uid = c->uid,
	};
}

struct message *message_begin(struct connection *c)
{
	bool mllp = c->door->kind == DOOR_MLLP;
	const char *path = mllp ? "/" : c->http.head.path;
	size_t local = strlen(c->local), length = strlen(path) + 1;
	struct message *m = malloc(sizeof *m + local + length);
	if (m == NULL)
		return NULL;
	*m = (struct message){ .job = { .run = run, .peer = c->number },
			       .mail.deliver = returned,
			       .connection = c };
	memcpy(m->url, c->local, local);
	memcpy(m->url + local, path, length);
	if (!mllp)
		m->text = http_parser_take(&c->http);
	fill_head(m, c, mllp);
	connection_keep(c);
	connection_use(c, true);
	c->message = m;
	c->received = 0;
	c->waited = 0;
	c->sends = (struct pace){ 0 };
	c->waited_since = system_clock.elapsed(&system_clock);
	atomic_fetch_add(&c->loop->front->requests, 1);
	return m;
}

bool message_append(struct message *m, struct bytes octets)
{
	size_t needed = m->body_length + octets.length;
	if (needed > m->body_room) {
		size_t room = m->body_room == 0 ? FIRST_ROOM : m->body_room;
		while (room < needed)
			room *= 2;
		unsigned char *body = realloc(m->body, room);
		if (body == NULL)
			return false;
		m->body = body;
		m->body_room = room;
	}
	memcpy(m->body + m->body_length, octets.data, octets.length);
	m->body_length = needed;
	m->connection->received += octets.length;
	return true;
}

bool message_full(const struct message *m)
{
	return m->body_length > IN_FLIGHT - READ_SIZE; /* what one read brings always fits */
}

/* What is large waits for the disk, and nobody's query behind it. */
static struct workers *workers_of(const struct message *m)
{
	const struct connection *c = m->connection;
	return c->received > DOOR_LARGE_BODY ? c->terms->large : c->terms->workers;
}

void message_lend(struct message *m)
{
	struct connection *c = m->connection;
	m->lent = true;
	c->stage = LENT;
	/* The time in the house does not count against the peer. */
	c->waited += system_clock.elapsed(&system_clock) - c->waited_since;
	m->lent_since = system_clock.elapsed(&system_clock);
	m->head.loud = connection_is_loud(c);
	m->job.behind = m->head.loud || c->received >= LONG;
	workers_queue(workers_of(m), &m->job);
}

void message_abandon(struct message *m, const char *why)
{
	if (m->record == NULL) {
		message_free(m);
	} else if (m->whole) {
		loop_finish(m->connection->loop, m);
	} else {
		m->gone = why;
		workers_queue(workers_of(m), &m->job);
	}
}
