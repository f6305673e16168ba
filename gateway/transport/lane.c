/* gateway/transport/lane.c: what is long, and whose peer is loud, goes on on a loop of its own,
 * which gives way.
 *
 * Who reads or sends gigabytes, or asks thousands of questions, keeps a loop busy: not for long at
 * a time, but the loop a processor, which a short question needs four times until it is answered.
 * So a connection moves there while its answer or its body goes on beyond LONG, or its peer has
 * many exchanges under way, and back when that is over. Nor does it stay at the gate when its
 * handshake is. */
#include <stdatomic.h>

#include "gateway/transport/inside.h"

static bool is_long(const struct connection *c)
{
	if (c->stage == ANSWERING)
		return c->output.sent >= LONG;
	return c->stage == READING && c->message != NULL && c->received >= LONG;
}

/* On the thread of the loop it comes to. */
static void arrived(struct mail *mail)
{
	struct connection *c = (struct connection *)mail;
	connection_link(c);
	if (!connection_listen(c))
		connection_close(c, "out of memory");
	else if (atomic_load(&c->loop->front->stopping))
		connection_stop(c);
	connection_queue(c);
	connection_drop(c);
}

/* From here on nothing of it is ours. */
static void move(struct connection *c, struct loop *to)
{
	connection_keep(c);
	event_del(&c->event);
	connection_unlink(c);
	c->loop = to;
	c->mail.deliver = arrived;
	loop_post(to, &c->mail);
}

/* Where it goes on; NULL: where it is. */
static struct loop *better(const struct connection *c)
{
	struct front *f = c->loop->front;
	bool away = c->loop->kind != LOOP_KNOWN;
	if (c->stage != READING && c->stage != ANSWERING)
		return NULL;
	if (is_long(c) || connection_is_loud(c))
		return c->loop->kind != LOOP_LANE ? f->lane : NULL;
	return away ? front_next_loop(f) : NULL;
}

/* Who asks for the next thing at once may have done so before the end of the answer is noticed: so
 * what is short goes back whenever it is its turn. */
bool lane_change(struct connection *c)
{
	struct loop *to = better(c);
	if (to == NULL)
		return false;
	if (is_long(c))
		atomic_fetch_add(&to->front->moved, 1);
	move(c, to);
	return true;
}
