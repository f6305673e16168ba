/* tests/transport/limits_test.c: how long and how much a door bears of one peer, over real TLS. */
#include "tests/transport/bed.h"

#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/text.h"

/* In the next four one limit is a second, and all others are as ever: however slow the machine is,
 * nobody is let go for another. */
static void who_does_not_shake_hands_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.handshake_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(peer_open_plain(&p, NULL, b.port));
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_asks_nothing_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.idle_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_does_not_end_a_head_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.head_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "GET / HT"));
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_does_not_end_a_body_is_let_go(void)
{
	static const char head[] = REQUEST("POST", "/a", "Content-Length: 70000\r\n");
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.total_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	char *octets = calloc(1, 60000);
	memcpy(octets, head, strlen(head));
	OK(asks(&b, &p, "client.pem"));
	OK(peer_send(&p, octets, 60000));
	free(octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(house_wait(&b.house, &b.house.cut, 1));
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "the exchange took too long: the limit is 1 seconds "
			       "(key message-within of section https)");
	peer_close(&p);
	bed_end(&b);
}

static void who_leaves_within_a_body_is_gone(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 3\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 100);
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.gone, 1));
	bed_end(&b);
}

static void counts_connections(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p[4];
	limits.connections_per_peer = 2;
	bed_make(&b, DOOR_HTTPS, &limits);
	for (int i = 0; i < 2; i++)
		OK(asks(&b, &p[i], "client.pem") && peer_say(&p[i], REQUEST("GET", "/", ""))
		   && answer(&b, &p[i]) == 200);
	OK(asks(&b, &p[2], "client.pem") && answer(&b, &p[2]) == 503);
	OK(asks(&b, &p[3], "client2.pem") && peer_say(&p[3], REQUEST("GET", "/", ""))
	   && answer(&b, &p[3]) == 200);
	peer_close(&p[2]);
	peer_close(&p[0]);
	when_open(&b, 2);
	OK(asks(&b, &p[0], "client.pem") && peer_say(&p[0], REQUEST("GET", "/", ""))
	   && answer(&b, &p[0]) == 200);
	peer_close(&p[0]);
	peer_close(&p[1]);
	peer_close(&p[3]);
	bed_end(&b);
}

/* However many connections: its messages take turns with others' as one peer's. */
static void numbers_peers(void)
{
	static const char *const shown[] = { "client.pem", "client2.pem", "client.pem" };
	struct bed b;
	struct peer_end p[COUNT(shown)];
	uint64_t numbers[COUNT(shown)];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (size_t i = 0; i < COUNT(shown); i++) {
		OK(asks(&b, &p[i], shown[i]) && peer_say(&p[i], REQUEST("GET", "/", ""))
		   && answer(&b, &p[i]) == 200);
		numbers[i] = b.house.last_peer;
	}
	CU_ASSERT_EQUAL(numbers[0], numbers[2]);
	CU_ASSERT_NOT_EQUAL(numbers[0], numbers[1]);
	CU_ASSERT_NOT_EQUAL(numbers[0], 0);
	for (size_t i = 0; i < COUNT(shown); i++)
		peer_close(&p[i]);
	bed_end(&b);
}

/* Whoever has many exchanges under way is told from who has not, and is quiet again after them. */
static void hears_who_is_loud(void)
{
	enum { MANY = 7, QUIET = 4 };
	struct bed b;
	struct peer_end p[MANY], other;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < MANY; i++) {
		OK(asks(&b, &p[i], "client.pem"));
		OK(peer_say(&p[i], REQUEST("GET", "/hold", "")));
		OK(house_wait(&b.house, &b.house.held, i + 1));
		CU_ASSERT_EQUAL(b.house.loud, i < QUIET ? 0 : i + 1 - QUIET);
	}
	OK(asks(&b, &other, "client2.pem") && peer_say(&other, REQUEST("GET", "/", ""))
	   && answer(&b, &other) == 200);
	CU_ASSERT_EQUAL(b.house.loud, MANY - QUIET);
	house_let_go(&b.house);
	for (unsigned i = 1; i < MANY; i++)
		OK(answer(&b, &p[i]) == 200);
	peer_close(&p[0]); /* its answer is not read */
	when_open(&b, MANY);
	OK(peer_say(&p[1], REQUEST("GET", "/", "")) && answer(&b, &p[1]) == 200);
	CU_ASSERT_EQUAL(b.house.loud, MANY - QUIET);
	for (unsigned i = 1; i < MANY; i++)
		peer_close(&p[i]);
	peer_close(&other);
	bed_end(&b);
}

static bool asks_again(struct bed *b, struct peer_end *p)
{
	return peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
}

struct held_gate {
	struct bed bed;
	sem_t asked, over;
};

/* On the thread that shakes hands. */
static void hold_gate(void *self, struct refused_peer *peer, struct refusal_words *out)
{
	struct held_gate *g = (struct held_gate *)((char *)self
						   - offsetof(struct held_gate, bed.house));
	(void)peer, (void)out;
	sem_post(&g->asked);
	while (sem_wait(&g->over) != 0)
		continue;
}

/* Whatever becomes of a connection until it is known, those who are known are served meanwhile: on
 * each of the loops. */
static void nobody_known_waits_at_the_gate(void)
{
	struct held_gate g;
	struct bed *b = &g.bed;
	struct door_limits limits = door_limits_default;
	struct peer_end one, two, again;
	limits.connections_per_peer = 1;
	bed_make(b, DOOR_HTTPS, &limits);
	sem_init(&g.asked, 0, 0);
	sem_init(&g.over, 0, 0);
	b->house.house.words = hold_gate;
	OK(asks(b, &one, "client.pem") && asks_again(b, &one));
	OK(asks(b, &two, "client2.pem") && asks_again(b, &two));
	OK(asks(b, &again, "client.pem")); /* one too many of that peer */
	while (sem_wait(&g.asked) != 0)
		continue;
	for (unsigned i = 0; i < 3; i++)
		OK(asks_again(b, &one) && asks_again(b, &two));
	sem_post(&g.over);
	CU_ASSERT_EQUAL(answer(b, &again), 503);
	peer_close(&one);
	peer_close(&two);
	peer_close(&again);
	bed_end(b);
	sem_destroy(&g.asked);
	sem_destroy(&g.over);
}

static bool is_answered(struct bed *b, struct peer_end *p, enum door_kind kind)
{
	return kind == DOOR_MLLP
		       ? peer_say(p, "\vMSH|1\x1c\r") && peer_frame(p, b->text, sizeof b->text)
		       : peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
}

enum { SILENT = 8 };

/* Who connects is there when the door has taken him, on whichever loop. */
static void when_shaking(struct bed *b, unsigned count)
{
	struct front_counts counts;
	do
		front_count(b->front, &counts);
	while (counts.shaking != count);
}

/* So many connect and say nothing. */
static void besiege(struct bed *b, struct peer_end silent_ones[SILENT], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		OK(peer_open_plain(&silent_ones[i], NULL, b->port));
}

static void relieve(struct bed *b, struct peer_end silent_ones[SILENT], unsigned count,
		    struct peer_end *honest)
{
	for (unsigned i = 0; i < count; i++)
		peer_close(&silent_ones[i]);
	peer_close(honest);
	bed_end(b);
}

/* Two loops with two places each: the oldest four of eight give way, and one more to the honest
 * one. None of them takes the only place of those who are known. */
static void handshakes_give_way(enum door_kind kind)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest, second;
	struct front_counts counts;
	limits.handshakes = 4;
	limits.connections = 1;
	limits.handshake_seconds = 300;
	bed_make(&b, kind, &limits);
	besiege(&b, silent_ones, SILENT);
	OK(asks(&b, &honest, "client.pem"));
	OK(is_answered(&b, &honest, kind));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4 + 1));
	OK(text_starts(b.house.reason, "the handshake gave way to a newer one: the limit is 4 "
				       "connections (key handshakes of section "));
	for (unsigned i = 0; i < SILENT - 4; i++)
		OK(peer_ended(&silent_ones[i]));
	counts = when_open(&b, 4);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 4 + 1);
	CU_ASSERT_EQUAL(counts.shaking, 3);
	CU_ASSERT_EQUAL(counts.open, 4);
	/* Of the known there is one already. */
	OK(!is_served(&b, &second, "client2.pem"));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4 + 2));
	OK(text_starts(b.house.reason, "too many connections: the limit is 1 "));
	peer_close(&second);
	relieve(&b, silent_ones, SILENT, &honest);
}

static void silent_ones_give_way(void)
{
	handshakes_give_way(DOOR_HTTPS);
	handshakes_give_way(DOOR_MLLP);
}

/* As many as have a place stay, however silent. */
static void silent_ones_have_their_place(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest;
	struct front_counts counts;
	limits.handshakes = 4;
	bed_make(&b, DOOR_HTTPS, &limits);
	besiege(&b, silent_ones, 3);
	when_shaking(&b, 3);
	OK(is_served(&b, &honest, "client.pem"));
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.displaced, 0);
	CU_ASSERT_EQUAL(counts.shaking, 3);
	CU_ASSERT_EQUAL(b.house.refused, 0);
	relieve(&b, silent_ones, 3, &honest);
}

/* The silent ones of one door take no place of another of its kind. */
static void doors_have_shares_of_their_own(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], early, honest;
	struct front_counts counts;
	const char *why = NULL;
	limits.handshakes = 4;
	limits.handshake_seconds = 300;
	bed_make(&b, DOOR_HTTPS, &limits);
	struct door_settings other = b.settings;
	other.name = "other";
	OK(front_open(b.front, &other, &why));
	OK(peer_open_plain(&early, NULL, front_port(b.front, "other")));
	when_shaking(&b, 1);
	besiege(&b, silent_ones, SILENT);
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4));
	OK(peer_open(&honest, front_port(b.front, "other"), b.folder, "client.pem"));
	OK(is_answered(&b, &honest, DOOR_HTTPS));
	counts = when_open(&b, 4 + 2);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 4);
	CU_ASSERT_EQUAL(counts.shaking, 4 + 1);
	peer_close(&early);
	relieve(&b, silent_ones, SILENT, &honest);
}

/* Who shares the address of silent ones at the one door is let in there, and at the other. */
static void neighbours_give_way(enum door_kind kind)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest;
	struct front_counts counts;
	const char *why = NULL;
	limits.connections_per_peer = 2;
	limits.handshake_seconds = 300;
	bed_make(&b, DOOR_HTTPS, &limits);
	struct door_settings mllp = b.settings;
	mllp.kind = DOOR_MLLP;
	OK(front_open(b.front, &mllp, &why));
	besiege(&b, silent_ones, SILENT);
	OK(house_wait(&b.house, &b.house.refused, SILENT - 2));
	OK(peer_open(&honest, front_port(b.front, door_kind_name(kind)), b.folder, "client.pem"));
	OK(is_answered(&b, &honest, kind));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 2 + 1));
	OK(strstr(b.house.reason, "(key connections-per-peer of section https)") != NULL);
	counts = when_open(&b, 2);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 2 + 1);
	CU_ASSERT_EQUAL(counts.open, 2);
	relieve(&b, silent_ones, SILENT, &honest);
}

static void silent_neighbours_give_way(void)
{
	neighbours_give_way(DOOR_HTTPS);
	neighbours_give_way(DOOR_MLLP);
}

/* Who has waited too long for a worker is told that we are busy, and the next is heard. */
static void what_waited_too_long_is_shed(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.begun_seconds = 0; /* any time is too long */
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	for (unsigned i = 1; i <= 2; i++) {
		OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2\r\n") "ab"));
		CU_ASSERT_EQUAL(answer(&b, &p), 503);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 0");
		CU_ASSERT_EQUAL(b.house.cut, i);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(b.house.cut_why, "0 seconds (key begun-within"));
	/* One whose body is still to come is not heard to its end. */
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2000000\r\n")));
	char octets[128 * 1024] = "";
	peer_send(&p, octets, sizeof octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 503);
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.shed, 3);
	peer_close(&p);
	bed_end(&b);
}

/* A frame is read, so that its sender learns which one it was. */
static void a_shed_frame_is_read(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.begun_seconds = 0;
	bed_make(&b, DOOR_MLLP, &limits);
	OK(asks(&b, &p, "client.pem") && peer_say(&p, "\vMSH|1\x1c\r"));
	OK(peer_frame(&p, b.text, sizeof b.text));
	CU_ASSERT_STRING_EQUAL(b.text, "A:MSH|1");
	CU_ASSERT_EQUAL(b.house.cut, 1);
	peer_close(&p);
	bed_end(&b);
}

/* Those of the process that are left are for its operator: the lowest numbers are taken first. */
static void descriptors_are_kept(void)
{
	enum { ROOM = 40, KEPT = 16, MOST = ROOM / 2 };
	struct door_limits limits = door_limits_default;
	struct rlimit before, few;
	struct bed b;
	struct peer_end idle[MOST], operator;
	struct front_counts counts;
	const char *why = NULL;
	char path[96];
	unsigned count = 0;
	limits.descriptors_kept = KEPT;
	bed_make(&b, DOOR_ADMIN, &limits);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	local.limits.descriptors_kept = 0;
	OK(front_open(b.front, &local, &why));
	int next = dup(STDOUT_FILENO);
	close(next);
	CU_ASSERT_FATAL(getrlimit(RLIMIT_NOFILE, &before) == 0);
	few = before;
	few.rlim_cur = (rlim_t)next + ROOM;
	CU_ASSERT_FATAL(setrlimit(RLIMIT_NOFILE, &few) == 0);
	while (count < MOST && peer_open_plain(&idle[count], NULL, b.port)
	       && peer_say(&idle[count], REQUEST("GET", "/", ""))
	       && answer(&b, &idle[count]) == 200)
		count++;
	OK(count > 0 && count < MOST);
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.starved, 1);
	CU_ASSERT_EQUAL(counts.open, count);
	OK(peer_open_plain(&operator, path, 0)
	   && peer_say(&operator, REQUEST("GET", "/status", "")));
	CU_ASSERT_EQUAL(answer(&b, &operator), 200);
	/* What is free again is given again. */
	for (unsigned i = 0; i <= count && i < MOST; i++)
		peer_close(&idle[i]);
	when_open(&b, 1);
	OK(peer_open_plain(&idle[0], NULL, b.port) && peer_say(&idle[0], REQUEST("GET", "/", "")));
	CU_ASSERT_EQUAL(answer(&b, &idle[0]), 200);
	peer_close(&idle[0]);
	peer_close(&operator);
	setrlimit(RLIMIT_NOFILE, &before);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "who does not shake hands is let go", who_does_not_shake_hands_is_let_go },
	{ "who asks nothing is let go", who_asks_nothing_is_let_go },
	{ "who does not end a head is let go", who_does_not_end_a_head_is_let_go },
	{ "who does not end a body is let go", who_does_not_end_a_body_is_let_go },
	{ "who leaves within a body is gone", who_leaves_within_a_body_is_gone },
	{ "connections are counted by certificate", counts_connections },
	{ "a peer has one number, whatever it connects by", numbers_peers },
	{ "who has many under way is loud", hears_who_is_loud },
	{ "nobody known waits at the gate", nobody_known_waits_at_the_gate },
	{ "the oldest handshake gives way, and no known one to it", silent_ones_give_way },
	{ "each door has a share of handshakes of its own", doors_have_shares_of_their_own },
	{ "silent ones keep the place they have", silent_ones_have_their_place },
	{ "a silent neighbour gives way within its address", silent_neighbours_give_way },
	{ "the last descriptors are the operator's", descriptors_are_kept },
	{ "what waited too long is shed", what_waited_too_long_is_shed },
	{ "a frame that is shed is read", a_shed_frame_is_read },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* of our own writes; the loops take no signal */
	return suite_run("transport limits", tests);
}
