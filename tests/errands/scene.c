/* tests/errands/scene.c: an outbox whose partners are a script, and whose clock stands still. */
#include "tests/errands/scene.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/lease.h"

typedef bool job_run(void *with, struct store_txn *t, struct problem *p);
bool __real_store_write(struct store *s, job_run *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_run *run, void *with, struct problem *p);

static int jobs_left = -1;

void scene_full(int after)
{
	jobs_left = after;
}

bool __wrap_store_write(struct store *s, job_run *run, void *with, struct problem *p)
{
	if (jobs_left == 0)
		return problem_set(p, PROBLEM_STORE_FULL, "no room");
	jobs_left -= jobs_left > 0;
	return __real_store_write(s, run, with, p);
}

/* ---- The clock and the dice ---- */

static struct scene *of_clock(const struct clock *c)
{
	return (struct scene *)((char *)c - offsetof(struct scene, clock));
}

static instant tell_time(const struct clock *c)
{
	return of_clock(c)->now;
}

static void throw_dice(const struct random_source *r, void *out, size_t length)
{
	static unsigned seed = 1; /* any sequence will do */
	(void)r;
	for (size_t i = 0; i < length; i++) {
		seed = seed * 1664525u + 1013904223u;
		((unsigned char *)out)[i] = (unsigned char)(seed >> 24);
	}
}

static const struct random_source dice = { throw_dice };

/* ---- Partners ---- */

static struct receiver *at(struct scene *s, const char *address)
{
	for (size_t i = 0; i < s->partner_count; i++)
		if (text_equal(s->partners[i].address, address))
			return &s->partners[i];
	abort();
}

static const char *octets_of(struct scene *s, const struct call *c)
{
	struct buffer b = buffer_in(s->f.arena);
	for (size_t i = 0; i < c->piece_count; i++) {
		const struct call_piece *p = &c->pieces[i];
		unsigned char *room = buffer_reserve(&b, (size_t)p->length + 1);
		if (p->octets.data != NULL)
			buffer_append(&b, p->octets.data, p->octets.length);
		else if (pread(p->fd, room, p->length, 0) == (ssize_t)p->length)
			b.length += p->length;
	}
	return buffer_ended(&b);
}

static bool begin(struct caller *self, struct call *c)
{
	struct node *n = (struct node *)self;
	struct scene *s = n->scene;
	struct receiver *p = at(s, c->url);
	c->answered = false;
	n->calls[n->count++] = c;
	s->begun++;
	if (!p->how.away)
		s->sent[s->sent_count++] = (struct sent){
			.to = p,
			.octets = octets_of(s, c),
			.type = arena_text(s->f.arena, c->headers[0].value),
			.exchange = c->header_count < 2
					    ? NULL
					    : arena_text(s->f.arena, c->headers[1].value),
		};
	return true;
}

static struct call *over(struct caller *self)
{
	struct node *n = (struct node *)self;
	for (size_t i = 0; i < n->count; i++) {
		struct call *c = n->calls[i];
		const struct receiver *p = at(n->scene, c->url);
		if (p->how.silent)
			continue;
		n->calls[i] = n->calls[--n->count];
		c->answered = !p->how.away;
		c->whole = c->answered;
		c->status = p->how.status;
		c->content_type = p->how.type == NULL ? "" : p->how.type;
		c->body = bytes_of_text(p->how.body == NULL ? "" : p->how.body);
		snprintf(c->why, sizeof c->why, "not reached");
		return c;
	}
	return NULL;
}

static bool look_up(void *self, struct arena *a, enum partner_purpose purpose,
		    const struct errand *e, struct errand_partner *out)
{
	struct scene *s = self;
	const struct receiver *p = at(s, e->address);
	(void)a;
	*out = (struct errand_partner){ .name = p->name,
					.url = p->address,
					.us = { .ca = "ca.pem", .certificate = "us.pem" },
					.connections = s->connections,
					.answer_seconds = 60,
					.locked_out = p->locked_out,
					.give_up_seconds = s->give_up_seconds };
	return purpose != PARTNER_REGISTRY && !p->unknown && !p->unlisted;
}

const char *const scene_verdicts[] = {
	[VERDICT_TAKEN] = "taken", [VERDICT_LATER] = "later", [VERDICT_NEVER] = "never"
};

static struct audit_event *cut_short(const struct scene *s, struct arena *a, const struct errand *e)
{
	const struct audit_terms terms = {
		.time = s->now, .transaction = "ITI-10", .system = e->partner, .user = "cut short"
	};
	struct audit_event *record = arena_new(a, struct audit_event);
	record->draft = audit_log_draft(a, bytes_of_text("of it"), &terms);
	return record;
}

static bool compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		    const struct errand_partner *to, struct errand_message *out)
{
	struct scene *s = self;
	(void)t;
	s->composing.misled += !text_equal(to->url, e->address);
	out->content_type = "made/too";
	s->composing.made++;
	out->nothing = s->composing.text == NULL;
	out->id = s->composing.id;
	out->made = s;
	if (!out->nothing) {
		out->octets = bytes_of_text(arena_text(a, s->composing.text));
		out->record = cut_short(s, a, e);
	}
	return !s->composing.cannot;
}

static void leaves(void *self, struct store_txn *t, const struct errand *e,
		   const struct errand_message *m)
{
	struct scene *s = self;
	(void)t;
	(void)e;
	(void)m;
	s->composing.left++;
}

static bool holds(void *self, struct store_txn *t, const struct errand *e,
		  const struct errand_message *m)
{
	struct scene *s = self;
	(void)t, (void)e, (void)m;
	if (s->composing.outdated == 0)
		return true;
	s->composing.outdated--;
	return false;
}

static bool record(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct scene *s = self;
	struct arena *a = store_arena(t);
	const struct audit_terms terms = { .time = end->now,
					   .transaction = "ITI-10",
					   .system = end->errand->partner,
					   .user = scene_verdicts[end->verdict] };
	return !s->composing.unkept
	       && audit_log_append(t, audit_log_draft(a, bytes_of_text("of it"), &terms), NULL);
}

static void recorded(void *self)
{
	struct scene *s = self;
	s->composing.heard = scene_records(s);
}

static void conclude(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct scene *s = self;
	(void)t;
	s->composing.concluded++;
	s->composing.verdict = end->verdict;
	s->composing.answered = end->answered;
	s->composing.said = end->message->octets.data != NULL;
}

static struct receiver *add_receiver(struct scene *s, const char *name, struct behaviour how)
{
	struct receiver *p = &s->partners[s->partner_count++];
	snprintf(p->name, sizeof p->name, "%s", name);
	p->how = how;
	return p;
}

struct receiver *scene_receiver(struct scene *s, const char *name, struct behaviour how)
{
	size_t number = s->partner_count;
	struct receiver *p = add_receiver(s, name, how);
	snprintf(p->address, sizeof p->address, "https://%s.example/%zu", name, number);
	return p;
}

struct receiver *scene_consumer(struct scene *s, const char *name, struct behaviour how)
{
	size_t number = s->partner_count;
	struct receiver *p = add_receiver(s, name, how);
	snprintf(p->address, sizeof p->address, "mllps://%s.example:%zu", name, number + 1);
	return p;
}

/* ---- The outbox ---- */

void scene_open(struct scene *s)
{
	memset(s, 0, sizeof *s);
	fixture_open(&s->f);
	s->clock = (struct clock){ .now = tell_time, .elapsed = tell_time };
	s->now = INT64_C(1000000) * SECOND;
	s->log = (struct log){ .fd = -1 };
	s->give_up_seconds = DAY;
	s->connections = VISITS_MOST;
	scene_full(-1);
}

void scene_close(struct scene *s)
{
	scene_full(-1);
	rounds_destroy(s->one.rounds);
	rounds_destroy(s->two.rounds);
	fixture_close(&s->f);
}

void scene_node(struct scene *s, struct node *n, const char *name)
{
	*n = (struct node){ .caller = { .begin = begin, .over = over }, .scene = s };
	n->rounds = rounds_create(&(struct rounds_settings){ .store = s->f.store,
							     .clock = &s->clock,
							     .random = &dice,
							     .log = &s->log,
							     .node = name,
							     .caller = &n->caller,
							     .self = s,
							     .look_up = look_up,
							     .compose = compose,
							     .holds = holds,
							     .leaves = leaves,
							     .record = record,
							     .recorded = recorded,
							     .conclude = conclude });
}

void scene_kill(struct node *n)
{
	n->count = 0;
	rounds_destroy(n->rounds);
	n->rounds = NULL;
}

int64_t scene_run(struct node *n)
{
	size_t before;
	int64_t wait;
	do {
		before = n->count + n->scene->sent_count;
		wait = rounds_step(n->rounds);
	} while (wait == 0 || before != n->count + n->scene->sent_count);
	return wait;
}

void scene_pass(struct node *n, int64_t seconds)
{
	struct scene *s = n->scene;
	instant end = s->now + seconds * SECOND;
	for (;;) {
		int64_t wait = scene_run(n);
		if (wait < 0 || s->now + wait > end)
			break;
		s->now += wait;
	}
	s->now = end;
	scene_run(n);
}

struct putting {
	struct errand errand;
	uint64_t number;
	instant now;
};

static bool put(void *with, struct store_txn *t, struct problem *p)
{
	static const struct errand_bounds wide = { 100000, 1 << 30, 100000, 1 << 30 };
	struct putting *m = with;
	return errand_put(t, &m->errand, &wide, p);
}

uint64_t scene_errand_of(struct scene *s, const struct receiver *to,
			 const struct errand_part *parts, const char *kind)
{
	struct putting m = { .errand = { .kind = kind,
					 .partner = to->name,
					 .address = to->address,
					 .what = "ITI-18",
					 .parts = parts,
					 .made = s->now,
					 .exchange = arena_printf(s->f.arena, "e%u", ++s->fresh),
					 .content_type = "application/soap+xml" } };
	fixture_must(&s->f, __real_store_write(s->f.store, put, &m, &s->f.problem));
	return m.errand.number;
}

uint64_t scene_errand(struct scene *s, const struct receiver *to, const char *octets)
{
	const struct errand_part part = { .octets = bytes_of_text(octets) };
	return scene_errand_of(s, to, &part, "answer");
}

uint64_t scene_notice(struct scene *s, const struct receiver *to)
{
	const struct errand_part part = { .octets = bytes_of_text("person 101") };
	return scene_errand_of(s, to, &part, "pix-notification");
}

static bool drop(void *with, struct store_txn *t, struct problem *p)
{
	struct putting *m = with;
	(void)p;
	return errand_drop(t, m->number);
}

static bool again(void *with, struct store_txn *t, struct problem *p)
{
	struct putting *m = with;
	(void)p;
	return errand_again(t, m->number, m->now);
}

bool scene_drop(struct scene *s, uint64_t number)
{
	struct putting m = { .number = number };
	struct problem p = { 0 };
	return __real_store_write(s->f.store, drop, &m, &p);
}

bool scene_again(struct scene *s, uint64_t number)
{
	struct putting m = { .number = number, .now = s->now };
	struct problem p = { 0 };
	return __real_store_write(s->f.store, again, &m, &p);
}

/* ---- What is to be seen ---- */

size_t scene_got(const struct scene *s, const struct receiver *p)
{
	size_t count = 0;
	for (size_t i = 0; i < s->sent_count; i++)
		count += s->sent[i].to == p;
	return count;
}

struct errand_queue scene_queue(struct scene *s, const struct receiver *p)
{
	struct errand_queue q;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	errand_queue_get(t, s->f.arena, p->name, p->address, &q);
	store_end(t);
	return q;
}

bool scene_look(struct scene *s, uint64_t number, struct errand *out)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	bool there = errand_get(t, s->f.arena, number, out);
	store_end(t);
	return there;
}

const char *scene_records(struct scene *s)
{
	const struct audit_filter all = { .transaction = "ITI-10" };
	const char *text = "";
	const struct audit_entry *e;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_cursor *c = audit_log_search(t, &all, s->f.arena);
	while ((e = audit_log_next(c)) != NULL)
		text = arena_printf(s->f.arena, "%s%s%s", e->terms.user,
				    text[0] == '\0' ? "" : ", ", text);
	store_end(t);
	return text;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "%s\n", finding);
}

uint64_t scene_findings(struct scene *s)
{
	static const struct check_module *const modules[] = { &errands_check, &lease_check, NULL };
	struct check_counts counts = { .findings = 0 };
	return store_check(s->f.store, modules, tell, NULL, &counts, &s->f.problem)
		       ? counts.findings
		       : 1;
}
