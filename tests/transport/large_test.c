/* tests/transport/large_test.c: large bodies and long answers, over real TLS: by pieces, by others
 * than those who answer questions, and for no longer than somebody sends or reads. */
#include "tests/transport/bed.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* What 64 MiB on their way may add to the process. AddressSanitizer keeps what was freed;
 * ThreadSanitizer has four octets beside each that was touched, of stacks and libraries too. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
enum { GROWTH = 1 << 30 };
#elif defined(__SANITIZE_THREAD__)
enum { GROWTH = 24 * MEBI };
#else
enum { GROWTH = 4 * MEBI };
#endif

static long resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f == NULL || fscanf(f, "%*s %ld", &pages) != 1)
		pages = 0;
	if (f != NULL)
		fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void holds_back_a_fast_peer(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	char *piece = calloc(1, MEBI);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/slow", "Content-Length: 67108864\r\n")));
	OK(peer_send(&p, piece, MEBI));
	long before = resident(), most = 0;
	for (int i = 1; i < 64; i++) {
		OK(peer_send(&p, piece, MEBI));
		most = resident() > most ? resident() : most;
	}
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /slow? 67108864");
	OK(most - before < GROWTH);
	free(piece);
	peer_close(&p);
	bed_end(&b);
}

static void sends_a_file(void)
{
	enum { LENGTH = 32 * MEBI + 5 };
	struct bed b;
	struct peer_end p;
	char path[96], *got = malloc(LENGTH + 1);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	int fd = open(file(&b, path, "document"), O_RDWR | O_CREAT, 0600);
	for (unsigned i = 0; i < LENGTH + 1; i++)
		got[i % MEBI] = (char)(i / 7),
			i % MEBI == MEBI - 1 ? (void)!write(fd, got, MEBI) : (void)0;
	OK(write(fd, got, 6) == 6);
	b.house.file = fd;
	b.house.file_length = LENGTH;
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	size_t length = 0;
	CU_ASSERT_EQUAL(peer_answer(&p, got, LENGTH + 1, &length), 200);
	CU_ASSERT_EQUAL(length, LENGTH);
	bool same = true;
	for (unsigned i = 0; i < 32 * MEBI - 1; i++)
		same = same && got[i] == (char)((i + 1) / 7);
	OK(same);
	/* A range the file does not have: the answer is cut, not filled. */
	b.house.file_length = LENGTH + 100;
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	CU_ASSERT_EQUAL(peer_answer(&p, got, 10, &length), 0);
	peer_close(&p);
	close(fd);
	free(got);
	bed_end(&b);
}

static uint64_t moved(struct bed *b)
{
	struct front_counts counts;
	front_count(b->front, &counts);
	return counts.moved;
}

/* An answer and a body that are long go on on another loop; what comes between them does not, and
 * whoever is there when the service stops is let go as others are. */
static void what_is_long_gives_way(void)
{
	enum { LENGTH = 8 * MEBI };
	struct bed b;
	struct peer_end p;
	char path[96], *octets = calloc(1, LENGTH + 2);
	size_t length = 0;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	int fd = open(file(&b, path, "document"), O_RDWR | O_CREAT, 0600);
	OK(write(fd, octets, LENGTH + 1) == LENGTH + 1);
	b.house.file = fd;
	b.house.file_length = LENGTH;
	OK(asks(&b, &p, "client.pem"));
	for (unsigned i = 1; i <= 3; i++) {
		OK(peer_say(&p, REQUEST("GET", "/file", "")));
		CU_ASSERT_EQUAL(peer_answer(&p, octets, LENGTH, &length), 200);
		CU_ASSERT_EQUAL(length, LENGTH);
		CU_ASSERT_EQUAL(moved(&b), 2 * i - 1);
		OK(peer_say(&p, REQUEST("GET", "/", "")) && answer(&b, &p) == 200);
		CU_ASSERT_EQUAL(moved(&b), 2 * i - 1);
		OK(peer_say(&p, REQUEST("POST", "/slow", "Content-Length: 8388608\r\n")));
		OK(peer_send(&p, octets, LENGTH) && answer(&b, &p) == 200);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /slow? 8388608");
		CU_ASSERT_EQUAL(moved(&b), 2 * i);
	}
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	while (moved(&b) < 7 && SSL_read(p.ssl, octets, MEBI / 64) > 0)
		continue;
	bed_end(&b);
	peer_close(&p);
	close(fd);
	free(octets);
}

/* So long that no buffers take it; the house keeps its file open until it has left. */
static void asks_for_a_long_answer(struct bed *b, struct peer_end *p)
{
	char path[96];
	b->house.file = open(file(b, path, "document"), O_RDWR | O_CREAT, 0600);
	b->house.file_length = (uint64_t)64 * MEBI;
	OK(ftruncate(b->house.file, 64 * MEBI + 1) == 0);
	OK(asks(b, p, "client.pem") && peer_say(p, REQUEST("GET", "/file", "")));
}

static void who_does_not_read_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.stall_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	asks_for_a_long_answer(&b, &p);
	OK(house_wait(&b.house, &b.house.released, 1));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_EQUAL(b.house.sent, 0);
	CU_ASSERT_STRING_EQUAL(b.house.reason,
			       "the peer stopped reading its answer: the limit is "
			       "1024 octets a second (key least-rate of section https)");
	counts = when_open(&b, 0);
	CU_ASSERT_EQUAL(counts.stalled, 1);
	CU_ASSERT_EQUAL(counts.open, 0);
	peer_close(&p);
	close(b.house.file);
	bed_end(&b);
}

/* A mebioctet at once is no credit: what counts is what came of late. */
static void a_body_that_stops_is_cut(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.stall_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	char *octets = calloc(1, MEBI);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2000000\r\n")));
	OK(peer_send(&p, octets, MEBI));
	free(octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(peer_ended(&p));
	CU_ASSERT_EQUAL(b.house.cut, 1);
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "a body stopped coming: the limit is 1024 octets a second "
			       "(key least-rate of section https)");
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.halted, 1);
	CU_ASSERT_EQUAL(counts.stalled, 0);
	peer_close(&p);
	bed_end(&b);
}

/* All workers, held up until they are let go. */
struct held_up {
	struct job job;
	sem_t *begun, *over;
};

static void hold_up(struct job *j)
{
	struct held_up *h = (struct held_up *)j;
	sem_post(h->begun);
	while (sem_wait(h->over) != 0)
		continue;
}

/* From the second mebioctet on a body is taken by others than those who answer queries. */
static void what_is_large_is_taken_by_others(void)
{
	struct bed b;
	struct peer_end p;
	struct held_up all[WORKERS];
	sem_t begun, over;
	char *octets = calloc(1, MEBI + MEBI / 2);
	sem_init(&begun, 0, 0);
	sem_init(&over, 0, 0);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 3145728\r\n")));
	OK(peer_send(&p, octets, MEBI + MEBI / 2));
	OK(house_wait(&b.house, &b.house.octets, MEBI + MEBI / 4));
	for (unsigned i = 0; i < WORKERS; i++) {
		all[i] = (struct held_up){ .job.run = hold_up, .begun = &begun, .over = &over };
		workers_queue(b.workers, &all[i].job);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		while (sem_wait(&begun) != 0)
			continue;
	OK(peer_send(&p, octets, MEBI + MEBI / 2));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 3145728");
	for (unsigned i = 0; i < WORKERS; i++)
		sem_post(&over);
	peer_close(&p);
	bed_end(&b);
	sem_destroy(&begun);
	sem_destroy(&over);
	free(octets);
}

static const struct test tests[] = {
	{ "a slow house slows its peer, memory stays", holds_back_a_fast_peer },
	{ "a large file leaves piece by piece", sends_a_file },
	{ "what is long gives way to others", what_is_long_gives_way },
	{ "who does not read its answer is let go", who_does_not_read_is_let_go },
	{ "what is large is taken by others", what_is_large_is_taken_by_others },
	{ "a body that stops coming is cut", a_body_that_stops_is_cut },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* of our own writes; the loops take no signal */
	return suite_run("transport large", tests);
}
