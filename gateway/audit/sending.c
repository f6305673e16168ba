/* gateway/audit/sending.c: a batch of audit records on its way to a repository. */
#include "gateway/audit/sending.h"

/* Where nothing tells that a repository takes anything, so many single records are tried: of one
 * that is unwell each is a connection in vain. */
enum { SINGLES_IN_VAIN = 64 };

/* The first so many of a list. */
static enum sent send_some(const struct sending *s, const struct parcel *first, size_t count)
{
	struct syslog_tls *line = syslog_tls_open(&s->peer, s->cancel_fd, s->why);
	if (line == NULL)
		return NOT_REACHED;
	for (; count > 0; count--, first = first->next) {
		bool goes_on = s->may_go_on(s->with);
		if (!goes_on || !syslog_tls_send(line, first->frame, s->why)) {
			syslog_tls_drop(line);
			return goes_on ? NOT_TAKEN : NOT_REACHED;
		}
	}
	return syslog_tls_close(line, s->why) ? SENT : NOT_TAKEN;
}

static size_t count_of(const struct parcel *first)
{
	size_t count = 0;
	for (; first != NULL; first = first->next)
		count++;
	return count;
}

enum sent sending_whole(const struct sending *s, const struct parcel *first)
{
	return first == NULL ? SENT : send_some(s, first, count_of(first));
}

struct parting {
	const struct sending *sending;
	bool well; /* it took something */
	unsigned in_vain;
};

static enum sent refuse(struct parting *p, struct parcel *one)
{
	one->refused = true;
	return p->well || ++p->in_vain < SINGLES_IN_VAIN ? SENT : NOT_TAKEN;
}

/* Halves of what is not taken. SENT: each is taken or marked. */
static enum sent send_part(struct parting *p, struct parcel *first, size_t count)
{
	enum sent sent = send_some(p->sending, first, count);
	p->well = p->well || sent == SENT;
	if (sent != NOT_TAKEN)
		return sent;
	if (count == 1)
		return refuse(p, first);
	struct parcel *middle = first;
	for (size_t i = 0; i < count / 2; i++)
		middle = middle->next;
	sent = send_part(p, first, count / 2);
	return sent == SENT ? send_part(p, middle, count - count / 2) : sent;
}

/* While the repository took the others: what is refused twice is refused. */
static enum sent try_refused_again(const struct sending *s, struct parcel *p)
{
	enum sent sent = SENT;
	for (; p != NULL && sent != NOT_REACHED; p = p->next) {
		if (!p->refused)
			continue;
		sent = send_some(s, p, 1);
		p->refused = sent != SENT;
	}
	return sent == NOT_REACHED ? NOT_REACHED : SENT;
}

enum sent sending_apart(const struct sending *s, struct parcel *first, struct bytes known)
{
	struct parcel before = { .frame = known };
	struct parting p = { .sending = s, .well = known.length != 0 };
	enum sent sent = p.well ? send_some(s, &before, 1) : SENT;
	if (sent == SENT)
		sent = send_part(&p, first, count_of(first));
	if (sent == SENT && !p.well)
		sent = NOT_TAKEN;
	return sent == SENT ? try_refused_again(s, first) : sent;
}
