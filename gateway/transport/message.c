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
	free(m->coming.octets);
	free(m->given.octets);
	if (m->ahead)
		atomic_fetch_sub(&c->door->front->reading_ahead, 1);
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
	if (c->terms->tls == NULL || waited <= (int64_t)seconds * SECOND || m->cut_status != 0
	    || c->door->kind == DOOR_SYSLOG)
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
	return m->shed && !door_is_framed(m->connection->door);
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
	const struct piece_read *given = &m->given;
	if (given->length > 0 && !is_unread(m)
	    && !house->body(m->record, (struct bytes){ given->octets, given->length }))
		m->stopped = true;
	if (!given->last && !m->stopped && !is_unread(m)) {
		post(m);
		return;
	}
	int cut_status = given->last ? m->cut_status : 0;
	if (m->shed || cut_status != 0)
		house->cut(m->record, cut_status != 0 ? cut_status : BUSY, m->cut);
	m->whole = true;
	house->whole(m->record);
	ready(m);
}

/* Time that is not spent reading does not count against the peer. */
static void go_on_reading(struct connection *c)
{
	if (c->stage != READING)
		c->waited_since = system_clock.elapsed(&system_clock);
	c->stage = READING;
}

static void stop_reading(struct connection *c)
{
	if (c->stage == READING)
		c->waited += system_clock.elapsed(&system_clock) - c->waited_since;
	c->stage = LENT;
}

static bool is_large(const struct connection *c)
{
	return c->received > DOOR_LARGE_BODY;
}

/* A body on the lane stays there until it is over, so its loop does not change while it is lent.
 * Its first piece, with which it arrives, is refused or shed, is back long since. A frame is not
 * read ahead: how it was framed is told with its end. */
static bool may_read_ahead(struct message *m)
{
	const struct connection *c = m->connection;
	struct front *f = c->loop->front;
	if (m->ahead)
		return true;
	if (c->loop != f->lane || !is_large(c) || door_is_framed(c->door)
	    || atomic_load(&f->reading_ahead) >= MOST_AHEAD)
		return false;
	atomic_fetch_add(&f->reading_ahead, 1); /* by nobody but the lane */
	m->ahead = true;
	return true;
}

/* What is large waits for the disk, and nobody's query behind it. */
static struct workers *workers_of(const struct message *m)
{
	const struct connection *c = m->connection;
	return is_large(c) ? c->terms->large : c->terms->workers;
}

static void exchange_pieces(struct message *m)
{
	struct piece_read given = m->given;
	m->given = m->coming;
	m->coming = (struct piece_read){ .octets = given.octets, .room = given.room };
}

static void lend(struct message *m)
{
	struct connection *c = m->connection;
	exchange_pieces(m);
	m->given.last = m->ended || m->cut_status != 0;
	m->waits = false;
	m->lent = true;
	if (!m->given.last && may_read_ahead(m))
		go_on_reading(c);
	else
		stop_reading(c);
	m->lent_since = system_clock.elapsed(&system_clock);
	m->head.loud = connection_is_loud(c);
	m->job.behind = m->head.loud || c->received >= LONG;
	loop_queue(c->loop, workers_of(m), &m->job);
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
	if (m->coming.length == 0)
		exchange_pieces(m); /* what is not read ahead needs one buffer */
	if (m->whole)
		connection_answer(c, m->answer);
	else if (m->record == NULL)
		refused(c, m);
	else if (m->text.expects_continue && !m->continued && c->received == 0)
		m->continued = true, connection_continue(c);
	else if (m->waits)
		lend(m);
	else
		go_on_reading(c);
	connection_queue(c);
	connection_drop(c);
}

static void fill_head(struct message *m, struct connection *c, bool framed)
{
	m->head = (struct head){
		.door = c->door->kind,
		.door_name = c->door->name,
		.method = !framed                      ? m->text.method
			  : c->door->kind == DOOR_MLLP ? "MLLP"
						       : "SYSLOG",
		.path = framed ? "/" : m->text.path,
		.query = framed ? "" : m->text.query,
		.headers = m->text.headers,
		.header_count = m->text.header_count,
		.content_length = framed ? -1 : m->text.content_length,
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
	bool framed = door_is_framed(c->door);
	const char *path = framed ? "/" : c->http.head.path;
	size_t local = strlen(c->local), length = strlen(path) + 1;
	struct message *m = malloc(sizeof *m + local + length);
	if (m == NULL)
		return NULL;
	*m = (struct message){ .job = { .run = run, .peer = c->number },
			       .mail.deliver = returned,
			       .connection = c };
	memcpy(m->url, c->local, local);
	memcpy(m->url + local, path, length);
	if (!framed)
		m->text = http_parser_take(&c->http);
	fill_head(m, c, framed);
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
	struct piece_read *p = &m->coming;
	size_t needed = p->length + octets.length;
	if (needed > p->room) {
		size_t room = p->room == 0 ? FIRST_ROOM : p->room;
		while (room < needed)
			room *= 2;
		unsigned char *moved = realloc(p->octets, room);
		if (moved == NULL)
			return false;
		p->octets = moved;
		p->room = room;
	}
	memcpy(p->octets + p->length, octets.data, octets.length);
	p->length = needed;
	m->connection->received += octets.length;
	return true;
}

bool message_full(const struct message *m)
{
	size_t most = m->ahead ? IN_FLIGHT_LARGE : IN_FLIGHT;
	return m->coming.length > most - READ_SIZE; /* what one read brings always fits */
}

void message_lend(struct message *m)
{
	if (!m->lent) {
		lend(m);
		return;
	}
	m->waits = true;
	stop_reading(m->connection);
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
