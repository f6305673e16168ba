/* gateway/transport/lane.c: what is long goes on on a loop of its own, which gives way.
 *
 * Who reads or sends gigabytes keeps a loop busy: not for long at a time, but the loop a processor,
 * which a short question needs four times until it is answered. So a connection moves there while
 * its answer or its body goes on beyond LONG, and back when that is over. */
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

/* Who asks for the next thing at once may have done so before the end of the answer is noticed: so
 * what is short goes back whenever it is its turn. */
bool lane_change(struct connection *c)
{
	struct front *f = c->loop->front;
	bool there = c->loop == f->lane;
	if ((c->stage != READING && c->stage != ANSWERING) || is_long(c) == there)
		return false;
	if (there) {
		move(c, f->loops[atomic_fetch_add(&f->next_loop, 1) % f->loop_count]);
	} else {
		atomic_fetch_add(&f->moved, 1);
		move(c, f->lane);
	}
	return true;
}
