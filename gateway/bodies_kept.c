/* gateway/bodies_kept.c: an exchange as it was said, taken at its door. */
#include "gateway/bodies_kept.h"

#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/exchanges_noted.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "store/exchange_bodies.h"
#include "store/exchange_said.h"
#include "store/store.h"

static const char *const headers_kept[] = { "Content-Type", "SOAPAction", "Accept" };

/* What a registered system says at a door of transactions. Whether it will be refused nobody knows
 * before its end. */
static bool may_be_kept(const struct journey *j)
{
	return j->gateway->exchange_bodies != NULL && !j->replays && j->x.sender != NULL
	       && (j->head->door == DOOR_HTTPS || j->head->door == DOOR_MLLP);
}

struct taken {
	struct journey *journey;
	struct bytes octets;
};

static void append(void *with)
{
	struct taken *t = with;
	struct buffer *b = &t->journey->said;
	if (b->arena == NULL)
		*b = buffer_in(t->journey->x.arena);
	buffer_append(b, t->octets.data, t->octets.length);
}

/* What there is no memory for is only counted, as what is too long. */
void bodies_take(struct journey *j, struct bytes octets)
{
	struct taken t = { .journey = j, .octets = octets };
	if (!may_be_kept(j))
		return;
	bool fits = j->said_length == j->said.length
		    && j->said.length + octets.length <= j->configuration->store.exchange_body_most;
	j->said_length += octets.length;
	if (!fits || !arena_run(j->x.arena, append, &t))
		j->said.length = 0;
}

/* ---- The answer ---- */

static bool read_piece(struct buffer *b, const struct piece *p)
{
	uint64_t done = 0;
	while (done < p->length) {
		unsigned char *to = buffer_reserve(b, (size_t)(p->length - done));
		ssize_t n = pread(p->fd, to, (size_t)(p->length - done), (off_t)(p->offset + done));
		if (n <= 0)
			return false;
		b->length += (size_t)n;
		done += (uint64_t)n;
	}
	return true;
}

static uint64_t length_of(const struct answer *answer)
{
	uint64_t length = 0;
	for (size_t i = 0; i < answer->piece_count; i++)
		length += answer->pieces[i].octets.data != NULL ? answer->pieces[i].octets.length
								: answer->pieces[i].length;
	return length;
}

bool bodies_of_answer(struct arena *a, const struct answer *answer, size_t most, struct bytes *out)
{
	struct buffer b = buffer_in(a);
	if (length_of(answer) > most)
		return false;
	for (size_t i = 0; i < answer->piece_count; i++) {
		const struct piece *p = &answer->pieces[i];
		if (p->octets.data != NULL)
			buffer_append(&b, p->octets.data, p->octets.length);
		else if (p->fd >= 0 && !read_piece(&b, p))
			return false;
	}
	*out = buffer_bytes(&b);
	return true;
}

/* ---- What is kept of it ---- */

static bool is_wanted(const struct journey *j)
{
	enum bodies_kept which = j->configuration->store.exchange_bodies;
	return may_be_kept(j) && which != BODIES_NONE
	       && (which == BODIES_ALL || exchanges_refused_for(&j->x)->code != PROBLEM_NONE);
}

static const char *text_or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static void say_headers(const struct journey *j, struct exchange_said *s)
{
	for (size_t i = 0; i < COUNT(headers_kept); i++) {
		const char *value = head_header(j->head, headers_kept[i]);
		if (value != NULL)
			s->headers[s->header_count++] = (struct said_header){ headers_kept[i],
									      value };
	}
}

/* As its records have it (gateway/audit/subjects.h). */
static void say_subjects(const struct journey *j, struct exchange_said *s)
{
	uint64_t *subjects = arena_array(j->x.arena, uint64_t, SAID_SUBJECTS_MOST);
	s->subjects = subjects;
	for (const struct audit_event *e = j->events; e != NULL; e = e->next)
		for (size_t i = 0; i < e->subject_count; i++)
			if (s->subject_count < SAID_SUBJECTS_MOST)
				subjects[s->subject_count++] = e->subjects[i];
}

static const char *content_type_of(const struct answer *answer)
{
	for (size_t i = 0; i < answer->header_count; i++)
		if (text_equal_nocase(answer->headers[i].name, "Content-Type"))
			return answer->headers[i].value;
	return "";
}

static void say_answer(struct journey *j, struct exchange_said *s)
{
	const struct answer *answer = &j->answer;
	s->answer.length = length_of(answer);
	s->answer.whole = bodies_of_answer(
		j->x.arena, answer, j->configuration->store.exchange_body_most, &s->answer.octets);
	s->status = j->head->door == DOOR_HTTPS && answer->status > 0 ? (unsigned)answer->status
								      : 0;
	s->content_type = content_type_of(answer);
	s->elsewhere = j->errand != NULL;
}

static void keep(void *with)
{
	struct journey *j = with;
	const struct exchange *x = &j->x;
	const struct problem *p = exchanges_refused_for(x);
	struct exchange_said s = {
		.at = x->now,
		.transaction = x->transaction == NULL ? "" : x->transaction->code,
		.problem = p->code == PROBLEM_NONE ? "" : problem_row(p->code)->name,
		.door = j->head->door_name,
		.method = j->head->method,
		.path = j->head->path,
		.query = j->head->query,
		.url = j->head->local_url,
		.address = j->head->peer_address,
		.port = j->head->peer_port,
		.certificate = j->head->certificate_sha256,
		.subject = text_or_empty(j->head->certificate_subject),
		.request = { .octets = buffer_bytes(&j->said),
			     .length = j->said_length,
			     .whole = j->said.length == j->said_length },
	};
	say_headers(j, &s);
	say_answer(j, &s);
	say_subjects(j, &s);
	exchange_bodies_add(j->gateway->exchange_bodies, x->id, x->now,
			    exchange_said_write(x->arena, &s));
}

/* One that used up its memory is not kept. */
void bodies_keep(struct journey *j)
{
	if (j->x.id != NULL && is_wanted(j) && !arena_run(j->x.arena, keep, j))
		exchange_bodies_lose(j->gateway->exchange_bodies);
}

/* ---- The process' ---- */

bool bodies_open(struct gateway *g, struct problem *p)
{
	const int64_t day = INT64_C(86400) * 1000000;
	const struct configuration *c = g->configuration;
	if (c->store.exchange_bodies == BODIES_NONE) {
		exchange_bodies_forget(c->store.directory);
		return true;
	}
	const struct exchange_bodies_settings s = {
		.directory = c->store.directory,
		.key = c->store.exchange_bodies_key,
		.room = c->store.exchange_bodies_room,
		.keep = c->store.exchange_bodies_days * day,
		.random = g->random,
	};
	g->exchange_bodies = exchange_bodies_open(&s, p);
	return g->exchange_bodies != NULL;
}

/* Not of the room that is kept for audit records. A disk that is full is told once, and what the
 * queue lost meanwhile when it goes on. */
void bodies_write(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool written = g->exchange_bodies == NULL
		       || (store_has_room(g->store, &p)
			   && exchange_bodies_write(g->exchange_bodies, g->clock->now(g->clock),
						    &p));
	uint64_t lost = exchange_bodies_lost(g->exchange_bodies);
	if (!written && !g->bodies_unwritten)
		log_failure(&g->log, p.what, "bodies of exchanges are not kept meanwhile",
			    problem_row(p.code)->remedy);
	if (lost != g->bodies_lost)
		log_write(&g->log, LOG_NOTICE,
			  "bodies of %llu exchanges were not kept: more came than could be written",
			  (unsigned long long)(lost - g->bodies_lost));
	g->bodies_lost = lost;
	g->bodies_unwritten = !written;
}
