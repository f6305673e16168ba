/* tests/client/client_thread_test.c: the client thread against a door of ours, over real TLS. */
#include "tests/base/suite.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/base/workers.h"
#include "gateway/client/calls.h"
#include "gateway/client/client_thread.h"
#include "gateway/transport/ocsp_answers.h"
#include "tests/transport/peer.h"
#include "tests/transport/pki.h"
#include "tests/transport/responder.h"

enum { SECOND = 1000000, LONG = 120, ROOM = 256, LARGE = 5 << 20 };

/* The disk: it stands while the gate is shut. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_moved = PTHREAD_COND_INITIALIZER;
static bool shut;
static unsigned at_gate;

ssize_t __real_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *octets, size_t length, off_t at)
{
	pthread_mutex_lock(&gate);
	at_gate++;
	pthread_cond_broadcast(&gate_moved);
	while (shut)
		pthread_cond_wait(&gate_moved, &gate);
	at_gate--;
	pthread_mutex_unlock(&gate);
	return __real_pwrite(fd, octets, length, at);
}

static void set_gate(bool is_shut)
{
	pthread_mutex_lock(&gate);
	shut = is_shut;
	pthread_cond_broadcast(&gate_moved);
	pthread_mutex_unlock(&gate);
}

static void somebody_at_gate(void)
{
	pthread_mutex_lock(&gate);
	while (at_gate == 0)
		pthread_cond_wait(&gate_moved, &gate);
	pthread_mutex_unlock(&gate);
}

static const struct log mute = { .fd = -1, .level = LOG_ERROR };

struct bed {
	struct clock clock;         /* first */
	atomic_int_fast64_t ahead;  /* of the time there is, microseconds */
	atomic_int_fast64_t stands; /* at that; 0: it goes */
	bool staple, plain;
	char folder[64], server[96], client[96], stranger[96], ca[96], crl[96];
	struct workers *workers;
	struct front *front;
	struct house_state partner;
	unsigned port;
	struct client_thread *thread;
	struct arena *arena;
	struct spools *spools;
	struct spool_file *to; /* of the next call's answer; or NULL */
};

static int64_t elapsed(const struct clock *c)
{
	const struct bed *b = (const struct bed *)c;
	int64_t stands = atomic_load(&b->stands);
	return (stands != 0 ? stands : system_clock.elapsed(&system_clock))
	       + atomic_load(&b->ahead);
}

static char *file(struct bed *b, char into[96], const char *name)
{
	snprintf(into, 96, "%s/%s", b->folder, name);
	return into;
}

static void bed_make(struct bed *b)
{
	const char *why = "";
	memset(b, 0, sizeof *b);
	b->clock.elapsed = elapsed;
	snprintf(b->folder, sizeof b->folder, "/tmp/minato-client-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
	CU_ASSERT_FATAL(pki_make(b->folder, false));
	house_begin(&b->partner);
	b->workers = workers_create(2);
	b->front = front_create(b->workers, 1, &mute);
	const struct door_settings s = {
		.kind = DOOR_HTTPS,
		.address = "127.0.0.1",
		.limits = door_limits_default,
		.house = &b->partner.house,
		.tls = { .certificate = file(b, b->server, "server.pem"),
			 .ca = file(b, b->ca, "ca.pem"),
			 .profile = "ihe-bcp195" },
	};
	CU_ASSERT_FATAL(front_open(b->front, &s, &why));
	file(b, b->client, "client.pem");
	file(b, b->stranger, "stranger.pem");
	b->port = front_port(b->front, "https");
	b->thread = client_thread_start(&b->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->thread);
	b->arena = arena_create(1 << 20);
	b->spools = spools_create("/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->spools);
}

static void bed_end(struct bed *b)
{
	char command[128];
	client_thread_stop(b->thread);
	struct spools_counts n;
	spool_file_let_go(b->to);
	spools_count(b->spools, &n);
	CU_ASSERT_EQUAL(n.disk, 0);
	spools_destroy(b->spools);
	house_let_go(&b->partner);
	front_destroy(b->front);
	if (b->partner.file > 0)
		close(b->partner.file); /* nobody sends of it any more */
	workers_destroy(b->workers);
	arena_destroy(b->arena);
	snprintf(command, sizeof command, "rm -r %s", b->folder);
	CU_ASSERT(system(command) == 0);
}

static X509 *read_certificate(struct bed *b, const char *name, EVP_PKEY **key)
{
	char path[96];
	FILE *f = fopen(file(b, path, name), "r");
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	if (key != NULL)
		*key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	return x;
}

struct stapled {
	struct ocsp_answers *answers;
};

/* The partner sends those octets beside its certificate, whatever they say: who has to believe them
 * is not the one who sends. */
static void staple_at(struct bed *b, struct stapled *s, const struct saying *saying, bool says)
{
	struct responder r;
	EVP_PKEY *key = NULL;
	const struct ocsp_terms terms = { .every = 600, .responder = "http://nobody.invalid/" };
	const struct ocsp_said good = { OCSP_SAID_GOOD, 1, 0, 0 };
	const char *why = "";
	struct ocsp_due due;
	size_t length = 0;
	X509 *issuer = read_certificate(b, "ca.pem", &key);
	responder_begin_of(&r, key, issuer, read_certificate(b, "server.pem", NULL));
	ocsp_answers_want(s->answers, r.leaf, r.issuer, &terms, true);
	CU_ASSERT_FATAL(ocsp_answers_next(s->answers, &due));
	unsigned char *der = responder_say(&r, saying, &length);
	if (says)
		ocsp_answers_put(s->answers, due.sha256, &good, 1, (struct bytes){ der, length });
	const struct door_settings door = {
		.kind = DOOR_HTTPS,
		.limits = door_limits_default,
		.house = &b->partner.house,
		.answers = s->answers,
		.tls = { .certificate = b->server,
			 .ca = b->ca,
			 .ocsp_staple = true,
			 .profile = "ihe-bcp195" },
	};
	CU_ASSERT_FATAL(front_renew(b->front, &door, &why));
	X509_free(due.leaf);
	X509_free(due.issuer);
	OPENSSL_free(der);
	responder_end(&r);
}

struct waiter {
	struct call_group group; /* first */
	struct grouped_call call;
	struct call_piece piece;
	atomic_bool unwanted;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool told;
};

static void is_told(struct call_group *g)
{
	struct waiter *w = (struct waiter *)g;
	pthread_mutex_lock(&w->lock);
	w->told = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

static void take_within(struct bed *b, struct waiter *w, const char *path, size_t most,
			unsigned seconds)
{
	memset(w, 0, sizeof *w);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	w->piece = (struct call_piece){ .octets = bytes_of_text("hello"), .fd = -1 };
	w->call = (struct grouped_call){
		.call = { .arena = arena_create(1 << 20),
			  .us = { .ca = b->ca,
				  .crl = b->crl[0] != '\0' ? b->crl : NULL,
				  .staple = b->staple,
				  .certificate = b->client },
			  .plain = b->plain,
			  .url = arena_printf(b->arena, "https://127.0.0.1:%u%s", b->port, path),
			  .pieces = &w->piece,
			  .piece_count = 1,
			  .answer_most = most,
			  .to = b->to },
		.partner = "p",
		.connections = 2,
	};
	w->group = (struct call_group){ .calls = &w->call,
					.unwanted = &w->unwanted,
					.over = is_told,
					.until = b->clock.elapsed(&b->clock)
						 + seconds * (int64_t)SECOND };
	client_thread_take(b->thread, &w->group);
}

static void take(struct bed *b, struct waiter *w, const char *path, size_t most)
{
	take_within(b, w, path, most, LONG);
}

static const char *told(struct waiter *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->told)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return w->call.call.answered ? "" : w->call.call.why;
}

static void let(struct waiter *w)
{
	arena_destroy(w->call.call.arena);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
}

static void answers(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	for (int i = 0; i < 3; i++) {
		take(&b, &w, "/a", ROOM);
		CU_ASSERT_STRING_EQUAL(told(&w), "");
		const struct call *c = &w.call.call;
		CU_ASSERT(c->whole && c->status == 200);
		CU_ASSERT(bytes_equal(c->body, bytes_of_text("POST /a? 5")));
		let(&w);
	}
	struct front_counts seen;
	front_count(b.front, &seen);
	CU_ASSERT(seen.accepted == 1); /* the connection is kept */
	bed_end(&b);
}

/* An answer of as many octets as may be is whole; of one more it is not. */
static void as_large_as_may_be(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	take(&b, &w, "/a", strlen("POST /a? 5"));
	CU_ASSERT_STRING_EQUAL(told(&w), "");
	CU_ASSERT(w.call.call.whole);
	let(&w);
	take(&b, &w, "/a", strlen("POST /a? 5") - 1);
	CU_ASSERT_STRING_EQUAL(told(&w), "");
	CU_ASSERT(w.call.call.answered && !w.call.call.whole);
	CU_ASSERT(w.call.call.body.length == strlen("POST /a? 5") - 1);
	let(&w);
	bed_end(&b);
}

/* Of two places one is held: the neighbour's call passes it; when its time is over it ends. */
static void silent_partner(void)
{
	struct bed b;
	struct waiter held, other;
	bed_make(&b);
	take(&b, &held, "/hold", ROOM);
	CU_ASSERT(house_wait(&b.partner, &b.partner.held, 1));
	take(&b, &other, "/a", ROOM);
	CU_ASSERT_STRING_EQUAL(told(&other), "");
	atomic_store(&b.ahead, LONG * SECOND);
	client_thread_look(b.thread);
	CU_ASSERT_STRING_EQUAL(told(&held), "it has not answered in time");
	CU_ASSERT(!held.call.call.whole);
	let(&held);
	let(&other);
	bed_end(&b);
}

/* Our clock stands while all others go on: whatever the library's own says, in time is what ours
 * says. */
static void one_clock(void)
{
	struct bed b;
	struct waiter held;
	bed_make(&b);
	int64_t now = system_clock.elapsed(&system_clock);
	atomic_store(&b.stands, now);
	take_within(&b, &held, "/hold", ROOM, 1);
	CU_ASSERT(house_wait(&b.partner, &b.partner.held, 1));
	while (system_clock.elapsed(&system_clock) < now + 2 * SECOND)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	pthread_mutex_lock(&held.lock);
	CU_ASSERT_FALSE(held.told);
	pthread_mutex_unlock(&held.lock);
	atomic_store(&b.ahead, SECOND);
	client_thread_look(b.thread);
	CU_ASSERT_STRING_EQUAL(told(&held), "it has not answered in time");
	let(&held);
	bed_end(&b);
}

static void nobody_waits(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	take(&b, &w, "/hold", ROOM);
	CU_ASSERT(house_wait(&b.partner, &b.partner.held, 1));
	atomic_store(&w.unwanted, true);
	client_thread_look(b.thread);
	CU_ASSERT_STRING_EQUAL(told(&w), "nobody waits for the answer any more");
	let(&w);
	bed_end(&b);
}

/* Who has a certificate of nobody's gets nothing, and no answer is taken of him. */
static void strange_certificate(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	snprintf(b.ca, sizeof b.ca, "%s/other-ca.pem", b.folder);
	take(&b, &w, "/a", ROOM);
	CU_ASSERT(strstr(told(&w), "certificate") != NULL);
	CU_ASSERT(b.partner.arrived == 0);
	let(&w);
	bed_end(&b);
}

/* With a list nobody is called who is on it, nor anybody when the list is over. */
static void revoked_certificate(void)
{
	static const struct {
		const char *list;
		bool answered;
	} rows[] = { { "crl.pem", true }, { "crl-server.pem", false }, { "crl-old.pem", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bed b;
		struct waiter w;
		bed_make(&b);
		file(&b, b.crl, rows[i].list);
		take(&b, &w, "/a", ROOM);
		if ((told(&w)[0] == '\0') != rows[i].answered)
			fprintf(stderr, "%s: %s\n", rows[i].list, told(&w));
		CU_ASSERT_EQUAL(told(&w)[0] == '\0', rows[i].answered);
		CU_ASSERT_EQUAL(b.partner.arrived, rows[i].answered ? 1 : 0);
		let(&w);
		bed_end(&b);
	}
}

/* Who has to staple, and does not, or a word of another certificate, is not called. */
static void stapling(void)
{
	static const struct {
		struct saying said;
		bool says;
		const char *why; /* NULL: it is answered */
	} rows[] = {
		{ { .next_update = 0 }, false, "no OCSP answer beside its certificate" },
		{ { .next_update = 3600 }, true, NULL },
		{ { .signer = A_DELEGATE, .next_update = 3600 }, true, NULL },
		{ { .signer = A_STRANGER, .next_update = 3600 }, true, "signed by nobody" },
		{ { .otherwise = 1, .next_update = 3600 }, true, "about another certificate" },
		{ { .this_update = -7200, .next_update = -3600 }, true, "has ended" },
		{ { .status = V_OCSP_CERTSTATUS_REVOKED, .next_update = 3600 },
		  true,
		  "revoked by OCSP" },
		{ { .status = V_OCSP_CERTSTATUS_UNKNOWN, .next_update = 3600 },
		  true,
		  "does not know it" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bed b;
		struct waiter w;
		struct stapled s = { .answers = ocsp_answers_create(&system_clock) };
		bed_make(&b);
		staple_at(&b, &s, &rows[i].said, rows[i].says);
		b.staple = true;
		take(&b, &w, "/a", ROOM);
		const char *why = told(&w);
		bool as_expected = rows[i].why == NULL ? why[0] == '\0'
						       : strstr(why, rows[i].why) != NULL;
		if (!as_expected)
			fprintf(stderr, "staple %zu: %s\n", i, why);
		CU_ASSERT_TRUE(as_expected);
		CU_ASSERT_EQUAL(b.partner.arrived, rows[i].why == NULL ? 1 : 0);
		let(&w);
		bed_end(&b);
		ocsp_answers_destroy(s.answers);
	}
}

/* By http: no TLS is spoken, and https is not. */
static void plainly(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	b.plain = true;
	take(&b, &w, "/a", ROOM);
	CU_ASSERT(strstr(told(&w), "https") != NULL);
	CU_ASSERT_EQUAL(b.partner.arrived, 0);
	let(&w);
	bed_end(&b);
}

/* ---- Answers that go to files ---- */

/* The partner has a large one; the next call's is put aside. */
static void large_answer(struct bed *b)
{
	struct problem p = { .code = PROBLEM_NONE };
	char path[128];
	unsigned char *octets = malloc(LARGE + 1);
	for (size_t i = 0; i <= LARGE; i++)
		octets[i] = (unsigned char)(i * 7 + i / 251);
	snprintf(path, sizeof path, "%s/large", b->folder);
	FILE *f = fopen(path, "w+");
	CU_ASSERT_FATAL(f != NULL && fwrite(octets, 1, LARGE + 1, f) == LARGE + 1
			&& fflush(f) == 0);
	b->partner.file = dup(fileno(f));
	b->partner.file_length = LARGE;
	fclose(f);
	free(octets);
	b->to = spool_file_begin(b->spools, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->to);
}

static bool came_whole(const struct bed *b)
{
	static unsigned char octets[LARGE];
	bool same = spool_file_length(b->to) == LARGE
		    && pread(spool_file_descriptor(b->to), octets, LARGE, 0) == LARGE;
	for (size_t i = 0; same && i < LARGE; i++)
		same = octets[i] == (unsigned char)((i + 1) * 7 + (i + 1) / 251);
	return same;
}

/* Its memory is not the answer's size: the arena of a call here has 1 MiB. */
static void goes_to_a_file(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	large_answer(&b);
	take(&b, &w, "/file", 0);
	CU_ASSERT_STRING_EQUAL(told(&w), "");
	CU_ASSERT_TRUE(w.call.call.whole && w.call.call.status == 200);
	CU_ASSERT_EQUAL(w.call.call.body.length, 0);
	CU_ASSERT_TRUE(came_whole(&b));
	let(&w);
	bed_end(&b);
}

/* A disk that stands holds up the answer that is for it, and nobody else's. */
static void a_disk_that_stands(void)
{
	struct bed b;
	struct waiter slow, other;
	bed_make(&b);
	large_answer(&b);
	set_gate(true);
	take(&b, &slow, "/file", 0);
	somebody_at_gate();
	struct spool_file *aside = b.to;
	b.to = NULL;
	for (int i = 0; i < 3; i++) {
		take(&b, &other, "/a", ROOM);
		CU_ASSERT_STRING_EQUAL(told(&other), "");
		let(&other);
	}
	b.to = aside;
	set_gate(false);
	CU_ASSERT_STRING_EQUAL(told(&slow), "");
	CU_ASSERT_TRUE(slow.call.call.whole && came_whole(&b));
	let(&slow);
	bed_end(&b);
}

/* Beyond the budget it ends, in our words, and gives back what it held. */
static void beyond_the_budget(void)
{
	struct bed b;
	struct waiter w;
	bed_make(&b);
	large_answer(&b);
	spools_allow(b.spools, 0, LARGE / 2);
	take(&b, &w, "/file", 0);
	told(&w);
	CU_ASSERT_FALSE(w.call.call.whole);
	CU_ASSERT_PTR_NOT_NULL_FATAL(spool_file_problem(b.to));
	CU_ASSERT_EQUAL(spool_file_problem(b.to)->code, PROBLEM_ANSWERS_FULL);
	let(&w);
	bed_end(&b);
}

/* Nobody waits any more, while the disk stands: it is over at once, and its file goes when the disk
 * goes on. So it is when its time has passed. */
static void given_up_meanwhile(void)
{
	for (int late = 0; late < 2; late++) {
		struct bed b;
		struct waiter w;
		bed_make(&b);
		large_answer(&b);
		set_gate(true);
		take(&b, &w, "/file", 0);
		somebody_at_gate();
		if (late)
			atomic_store(&b.ahead, LONG * SECOND);
		else
			atomic_store(&w.unwanted, true);
		client_thread_look(b.thread);
		CU_ASSERT_STRING_EQUAL(told(&w), late ? "it has not answered in time"
						      : "nobody waits for the answer any more");
		set_gate(false);
		let(&w);
		client_thread_stop(b.thread);
		b.thread = NULL;
		bed_end(&b);
	}
}

/* What is under way when the service stops is told, and so is what comes last. */
static void stops(void)
{
	struct bed b;
	struct waiter held, last;
	bed_make(&b);
	take(&b, &held, "/hold", ROOM);
	CU_ASSERT(house_wait(&b.partner, &b.partner.held, 1));
	take(&b, &last, "/hold", ROOM);
	client_thread_stop(b.thread);
	b.thread = NULL;
	CU_ASSERT_STRING_EQUAL(told(&held), "the service is stopping");
	CU_ASSERT_STRING_EQUAL(told(&last), "the service is stopping");
	let(&held);
	let(&last);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "answers come, over one connection", answers },
	{ "an answer is whole up to its bound", as_large_as_may_be },
	{ "a silent partner ends in time, a neighbour is answered meanwhile", silent_partner },
	{ "late is what one clock says", one_clock },
	{ "nobody waits any more", nobody_waits },
	{ "a certificate of another authority", strange_certificate },
	{ "a certificate that is revoked, or a list that is over", revoked_certificate },
	{ "who has to staple", stapling },
	{ "by http, to who speaks it", plainly },
	{ "a large answer goes to a file", goes_to_a_file },
	{ "a disk that stands holds up its own", a_disk_that_stands },
	{ "an answer beyond the budget", beyond_the_budget },
	{ "an answer nobody waits for any more, and one too late", given_up_meanwhile },
	{ "the thread stops", stops },
	{ 0 }
};

int main(void)
{
	calls_library_begin();
	int failed = suite_run("client thread", tests);
	calls_library_end();
	return failed;
}
