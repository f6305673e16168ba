/* tests/store/store_bench.c: what a durable write costs: N threads, each waiting for its own jobs.
 *
 *	store_bench [seconds]
 * prints for 1, 8 and 64 submitters and for flushes of 0 and 2000 us: jobs a second, jobs a flush,
 * mean and worst wait; then reads a second beside a writer, opening time and memory. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/store/fixture.h"

enum { KEYS = 7, VALUE = 120 };

struct load {
	struct store *store;
	atomic_bool stop;
	atomic_uint_fast64_t jobs, waited, worst, reads;
	bool savepoint;
};

struct submitter {
	struct load *load;
	unsigned number;
	uint64_t job;
};

static bool put_keys(void *with, struct store_txn *t, struct problem *p)
{
	struct submitter *s = with;
	unsigned char value[VALUE] = { 0 };
	(void)p;
	for (unsigned i = 0; i < KEYS; i++) {
		struct key k;
		key_begin(&k, i < 4 ? 0x20 : SPACE_AUDIT_RUN_BY_TIME);
		if (i < 4)
			key_number(&k, (s->job * 7919 + s->number * 104729 + i)
					       * UINT64_C(0x9e3779b97f4a7c15));
		key_number(&k, s->job);
		key_number(&k, s->number);
		key_octet(&k, (unsigned char)i);
		store_put(t, key_span(&k), (struct bytes){ value, sizeof value });
	}
	return true;
}

static bool put_in_savepoint(void *with, struct store_txn *t, struct problem *p)
{
	return store_savepoint(t, put_keys, with, p);
}

static void *submit(void *with)
{
	struct submitter *s = with;
	struct load *l = s->load;
	while (!atomic_load(&l->stop)) {
		struct problem p = { 0 };
		int64_t from = system_clock.elapsed(&system_clock);
		if (!store_write(l->store, l->savepoint ? put_in_savepoint : put_keys, s, &p)) {
			fprintf(stderr, "%s\n", p.what);
			exit(1);
		}
		uint64_t took = (uint64_t)(system_clock.elapsed(&system_clock) - from);
		atomic_fetch_add(&l->jobs, 1);
		atomic_fetch_add(&l->waited, took);
		if (took > atomic_load(&l->worst))
			atomic_store(&l->worst, took);
		s->job++;
	}
	return NULL;
}

static void *read_keys(void *with)
{
	struct load *l = with;
	unsigned char from = 0x20;
	while (!atomic_load(&l->stop)) {
		struct problem p = { 0 };
		struct bytes key, value;
		struct store_txn *t = store_begin_read(l->store, &p);
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &from, 1 }, false);
		for (unsigned i = 0; i < KEYS && store_next(c, &key, &value); i++)
			continue;
		store_end(t);
		atomic_fetch_add(&l->reads, 1);
	}
	return NULL;
}

static void measure(unsigned submitters, unsigned readers, unsigned delay, bool savepoint,
		    unsigned seconds)
{
	struct fixture f;
	fixture_open(&f);
	f.settings.flush_delay_us = delay;
	fixture_reopen(&f);
	struct load l = { .store = f.store, .savepoint = savepoint };
	struct submitter *s = calloc(submitters, sizeof *s);
	pthread_t *threads = calloc(submitters + readers, sizeof *threads);
	for (unsigned i = 0; i < submitters; i++) {
		s[i] = (struct submitter){ .load = &l, .number = i };
		pthread_create(&threads[i], NULL, submit, &s[i]);
	}
	for (unsigned i = 0; i < readers; i++)
		pthread_create(&threads[submitters + i], NULL, read_keys, &l);
	sleep(seconds);
	atomic_store(&l.stop, true);
	for (unsigned i = 0; i < submitters + readers; i++)
		pthread_join(threads[i], NULL);
	struct store_counts counts;
	store_count(f.store, &counts);
	double jobs = (double)atomic_load(&l.jobs);
	printf("%3u submitters %2u readers flush+%4u us %s: %7.0f jobs/s %6.1f jobs/flush"
	       " wait %6.0f us worst %6lu us %8.0f reads/s\n",
	       submitters, readers, delay, savepoint ? "savepoint" : "         ", jobs / seconds,
	       (double)counts.kept / (double)counts.flushes, (double)atomic_load(&l.waited) / jobs,
	       (unsigned long)atomic_load(&l.worst), (double)atomic_load(&l.reads) / seconds);
	fflush(stdout);
	free(s);
	free(threads);
	fixture_close(&f);
}

static void memory(const char *when)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");
	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "VmRSS", 5) == 0)
			printf("%s: %s", when, line);
	if (status != NULL)
		fclose(status);
}

static void opening(void)
{
	struct fixture f;
	memory("before opening");
	fixture_open(&f);
	memory("empty store open");
	for (unsigned i = 0; i < 3; i++) {
		int64_t from = system_clock.elapsed(&system_clock);
		store_close(f.store);
		int64_t closed = system_clock.elapsed(&system_clock);
		f.store = store_open(&f.settings, &f.problem);
		printf("close %lld us, open %lld us\n", (long long)(closed - from),
		       (long long)(system_clock.elapsed(&system_clock) - closed));
	}
	fixture_close(&f);
}

int main(int argc, char **argv)
{
	unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 2;
	opening();
	measure(1, 0, 0, false, seconds);
	measure(64, 0, 0, false, seconds);
	measure(1, 0, 0, true, seconds);
	measure(64, 0, 0, true, seconds);
	measure(1, 0, 2000, false, seconds);
	measure(8, 0, 2000, false, seconds);
	measure(64, 0, 2000, false, seconds);
	measure(64, 4, 0, true, seconds);
	memory("after the load");
	return 0;
}
