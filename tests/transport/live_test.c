/* tests/transport/live_test.c: the front over real sockets and real TLS: what is asked and
 * answered, what is done for who waits, and how it ends. */
#include "tests/transport/bed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"

static void keeps_alive(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	for (int i = 0; i < 3; i++) {
		OK(peer_say(&p, REQUEST("POST", "/a%20b?c=d", "Content-Length: 5\r\n") "hello"));
		CU_ASSERT_EQUAL(answer(&b, &p), 200);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /a b?c=d 5");
	}
	OK(strlen(b.house.last_sha256) == 64);
	OK(text_starts(b.house.last_url, "https://127.0.0.1:"));
	OK(peer_say(&p, REQUEST("HEAD", "/a", "Connection: close\r\n")));
	OK(house_wait(&b.house, &b.house.sent, 4));
	while (p.length < 4 && !peer_ended(&p))
		continue;
	OK(strstr(p.in, "Content-Length: 10\r\n") != NULL
	   && strstr(p.in, "Connection: close") != NULL);
	OK(strstr(p.in, "X-Kind: split  no\r\n") != NULL);
	OK(p.length > 4 && memcmp(p.in + p.length - 4, "\r\n\r\n", 4) == 0);
	struct front_counts counts;
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.requests, 4);
	CU_ASSERT_EQUAL(counts.accepted, 1);
	peer_close(&p);
	bed_end(&b);
}

static void answers_in_order(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("GET", "/1", "") REQUEST(
				"POST", "/2",
				"Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r"
								  "\n" REQUEST("GET", "/3", "")));
	peer_end_sending(&p); /* the answers come all the same */
	static const char *const wanted[] = { "GET /1? 0", "POST /2? 7", "GET /3? 0" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		CU_ASSERT_EQUAL(answer(&b, &p), 200);
		CU_ASSERT_STRING_EQUAL(b.text, wanted[i]);
	}
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void continues_or_refuses(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 100);
	OK(peer_say(&p, "ok"));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 2");
	OK(peer_say(&p, REQUEST("GET", "/refuse", "")));
	CU_ASSERT_EQUAL(answer(&b, &p), 403);
	OK(peer_say(&p,
		    REQUEST("POST", "/refuse", "Content-Length: 2\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 403);
	OK(peer_ended(&p));
	peer_close(&p);
	/* The house may stop a body in the middle; its answer can still be read. */
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/stop", "Content-Length: 1000000\r\n")));
	char *large = calloc(1, 400000);
	OK(peer_send(&p, large, 400000));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	OK(peer_ended(&p));
	free(large);
	peer_close(&p);
	bed_end(&b);
}

static void *stop(void *front)
{
	front_stop(front, 60); /* it takes as long as it must, and no longer */
	return NULL;
}

static void stops_gracefully(void)
{
	struct bed b;
	struct peer_end busy, idle, late;
	pthread_t stopper;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &busy, "client.pem") && asks(&b, &idle, "client2.pem"));
	OK(peer_say(&idle, REQUEST("GET", "/", "")) && answer(&b, &idle) == 200);
	OK(peer_say(&busy, REQUEST("GET", "/hold", "")));
	OK(house_wait(&b.house, &b.house.held, 1));
	CU_ASSERT_FATAL(pthread_create(&stopper, NULL, stop, b.front) == 0);
	OK(peer_ended(&idle));
	OK(!asks(&b, &late, "client.pem"));
	house_let_go(&b.house);
	CU_ASSERT_EQUAL(answer(&b, &busy), 200);
	OK(peer_ended(&busy));
	peer_close(&busy);
	peer_close(&idle);
	peer_close(&late);
	pthread_join(stopper, NULL);
	OK(house_wait(&b.house, &b.house.sent, 2));
	bed_end(&b);
}

/* What is not finished in time is cut off; the house may answer into the void. */
static void stops_in_bounded_time(void)
{
	struct bed b;
	struct peer_end busy;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &busy, "client.pem") && peer_say(&busy, REQUEST("GET", "/hold", "")));
	OK(house_wait(&b.house, &b.house.held, 1));
	front_stop(b.front, 0);
	CU_ASSERT_EQUAL(answer(&b, &busy), 0);
	house_let_go(&b.house);
	OK(house_wait(&b.house, &b.house.released, 1));
	CU_ASSERT_EQUAL(b.house.sent, 0);
	peer_close(&busy);
	bed_end(&b);
}

static void speaks_mllp(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_MLLP, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "\vMSH|1\x1c\r\r\n\v\x1c\r\vMSH|2\x1c\r\vMSH|3\x1c"));
	static const char *const wanted[] = { "A:MSH|1", "A:MSH|2", "A:MSH|3" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if (i == 2)
			OK(peer_say(&p, "\r"));
		OK(peer_frame(&p, b.text, sizeof b.text));
		CU_ASSERT_STRING_EQUAL(b.text, wanted[i]);
	}
	/* What relays write: FS alone and silence, FS LF, no VT. */
	static const char *const odd[] = { "\vMSH|4\x1c", "\vMSH|5\x1c\n", "MSH|6\x1c\r" };
	for (size_t i = 0; i < COUNT(odd); i++) {
		OK(peer_say(&p, odd[i]));
		OK(peer_frame(&p, b.text, sizeof b.text));
		CU_ASSERT_EQUAL(b.text[6], '4' + (char)i);
	}
	/* A frame whose end was lost is the house's to refuse, and the last. */
	OK(peer_say(&p, "\vMSH|garbage\vMSH|4\x1c\r"));
	OK(peer_frame(&p, b.text, sizeof b.text));
	OK(peer_ended(&p));
	CU_ASSERT_EQUAL(b.house.cut, 1);
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "a start block (VT) inside a frame: its end was lost");
	CU_ASSERT_EQUAL(b.house.arrived, 7);
	OK(text_starts(b.house.last_url, "mllps://127.0.0.1:"));
	peer_close(&p);
	bed_end(&b);
}

/* RFC 5425: frames are taken in order, nothing is answered, and one that cannot be told from the
 * next is the last: what came before it stays taken. */
static void takes_syslog(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_SYSLOG, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "3 one3 two5 th"));
	OK(house_wait(&b.house, &b.house.released, 2));
	OK(peer_say(&p, "ree"));
	OK(house_wait(&b.house, &b.house.released, 3));
	CU_ASSERT_STRING_EQUAL(b.house.last_body, "three");
	OK(peer_say(&p, "4 four\n5 fives"));
	OK(peer_ended(&p));
	OK(house_wait(&b.house, &b.house.released, 4));
	CU_ASSERT_STRING_EQUAL(b.house.last_body, "four");
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_EQUAL(b.house.arrived, 4);
	OK(text_starts(b.house.last_url, "syslogs://127.0.0.1:"));
	peer_close(&p);
	bed_end(&b);
}

/* A source that must not know how much was lost would send into the dark: the house ends it. */
static void ends_syslog(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_SYSLOG, &door_limits_default);
	b.house.closes = true;
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "3 one3 two"));
	OK(peer_ended(&p));
	CU_ASSERT_EQUAL(b.house.arrived, 1);
	peer_close(&p);
	bed_end(&b);
}

static void opens_plain_doors_at_home_only(void)
{
	struct bed b;
	struct peer_end p;
	const char *why = NULL;
	char path[96];
	struct stat s;
	bed_make(&b, DOOR_ADMIN, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(stat(path, &s) == 0 && (s.st_mode & 07777) == 0600);
	OK(peer_open_plain(&p, path, 0) && peer_say(&p, REQUEST("GET", "/status", "")));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_EQUAL(b.house.last_uid, geteuid());
	local.name = "another";
	OK(!front_open(b.front, &local, &why) && strstr(why, "another process listens") != NULL);
	peer_close(&p);
	OK(peer_open_plain(&p, NULL, b.port) && peer_say(&p, "GET / HTTP/1.1\n"));
	CU_ASSERT_EQUAL(answer(&b, &p), 400);
	OK(peer_ended(&p));
	peer_close(&p);
	struct door_settings wide = b.settings;
	wide.name = "wide";
	wide.address = "0.0.0.0";
	OK(!front_open(b.front, &wide, &why) && strstr(why, "loopback") != NULL);
	bed_end(&b);
}

static bool begins_long_work(struct bed *b, struct peer_end *p, const char *path, unsigned count)
{
	return (path != NULL ? peer_open_plain(p, path, 0) : asks(b, p, "client.pem"))
	       && peer_say(p, REQUEST("POST", "/long", "Content-Length: 2\r\n") "{}")
	       && house_wait(&b->house, &b->house.arrived, count);
}

/* The operator's client goes away while the house works, or was gone before it began. */
static void tells_that_nobody_waits(void)
{
	struct bed b;
	struct peer_end p;
	const char *why = NULL;
	char path[96];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(begins_long_work(&b, &p, path, 1));
	CU_ASSERT_EQUAL(b.house.unwanted, 0);
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.unwanted, 1));
	OK(peer_open_plain(&p, path, 0));
	peer_say(&p, REQUEST("POST", "/long", "Content-Length: 2\r\n") "{}");
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.unwanted, 2));
	OK(house_wait(&b.house, &b.house.released, 2));
	bed_end(&b);
}

/* The operator's work ends at once, others' when the time is over. */
static void tells_that_the_service_stops(void)
{
	struct bed b;
	struct peer_end p, q;
	const char *why = NULL;
	char path[96];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(begins_long_work(&b, &p, path, 1) && begins_long_work(&b, &q, NULL, 2));
	front_stop(b.front, 4); /* time to tell who waits, on a busy machine as well */
	OK(house_wait(&b.house, &b.house.unwanted, 2));
	CU_ASSERT_EQUAL(answer(&b, &p), 200); /* who waits is told */
	CU_ASSERT_EQUAL(answer(&b, &q), 0);
	peer_close(&p);
	peer_close(&q);
	bed_end(&b);
}

/* Peers that do what they please, while the door stops in the middle of it. Each has its own row of
 * what it sends, and leaves at once. */
struct storm {
	struct bed *bed;
	unsigned seed;
};

static void *rage(void *with)
{
	static const char *const said[] = {
		REQUEST("GET", "/", ""),
		REQUEST("GET", "/1", "") REQUEST("GET", "/2", ""),
		"GET / HT",
		REQUEST("POST", "/", "Content-Length: 100000\r\n") "abc",
		"\v\x1c\r",
		"",
		REQUEST("POST", "/", "Transfer-Encoding: chunked\r\n") "5\r\nhello\r\nzz",
		REQUEST("POST", "/stop", "Content-Length: 5\r\n") "hello",
		REQUEST("GET", "/refuse", ""),
		REQUEST("POST", "/", "Content-Length: 3\r\nExpect: 100-continue\r\n"),
	};
	struct storm *s = with;
	for (int i = 0; i < 60; i++) {
		struct peer_end p;
		unsigned row = s->seed++ * 7;
		bool open = row % 6 == 0 ? peer_open_plain(&p, NULL, s->bed->port)
					 : peer_open(&p, s->bed->port, s->bed->folder,
						     row % 11 == 0 ? NULL : "client.pem");
		if (open)
			peer_say(&p, said[row % COUNT(said)]);
		if (open && row % 3 == 0)
			peer_end_sending(&p);
		if (open && row % 10 < 2) {
			char body[256];
			size_t length;
			peer_answer(&p, body, sizeof body, &length);
		}
		peer_close(&p);
	}
	return NULL;
}

static void weathers_a_storm(void)
{
	enum { PEERS = 4 };
	struct bed b;
	struct storm storms[PEERS];
	pthread_t threads[PEERS];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < PEERS; i++) {
		storms[i] = (struct storm){ &b, i * 101 + 1 };
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, rage, &storms[i]) == 0);
	}
	OK(house_wait(&b.house, &b.house.released, 50));
	front_stop(b.front, 0);
	for (unsigned i = 0; i < PEERS; i++)
		pthread_join(threads[i], NULL);
	struct front_counts counts;
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.open, 0);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "a connection is kept alive", keeps_alive },
	{ "pipelined requests are answered in order, after a half-close too", answers_in_order },
	{ "100-continue, a refusal, a body stopped", continues_or_refuses },
	{ "stopping finishes what runs", stops_gracefully },
	{ "stopping takes bounded time", stops_in_bounded_time },
	{ "long work learns that nobody waits", tells_that_nobody_waits },
	{ "long work learns that the service stops", tells_that_the_service_stops },
	{ "a storm of peers that leave", weathers_a_storm },
	{ "MLLP frames are answered in order", speaks_mllp },
	{ "syslog frames are taken in order, and not answered", takes_syslog },
	{ "a syslog frame that is not taken is the last", ends_syslog },
	{ "plain doors open at home only", opens_plain_doors_at_home_only },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* of our own writes; the loops take no signal */
	return suite_run("transport live", tests);
}
