/* tests/bench/growth_region.c: what is measured of a region as a whole. */
#include "tests/bench/growth.h"

#include <db.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/audit/subjects.h"
#include "gateway/base/arena.h"
#include "gateway/base/log.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/consent.h"
#include "store/engine_berkeleydb.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/registry.h"
#include "store/repository.h"
#include "tests/bench/machine.h"

enum {
	SEARCHED = 50,
	RESTARTS = 5,
	CRASH_CLIENTS = 16,
	CHUNK = 1 << 20,
};

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void path_of(const struct place *p, unsigned space, char path[static 256])
{
	char name[TREE_NAME];
	berkeleydb_tree_name((unsigned char)space, name);
	snprintf(path, 256, "%s/region/data/keys/%s", p->directory, name);
}

/* Of the trees of these spaces. */
static uint64_t size_of(const struct place *p, unsigned first, unsigned last)
{
	uint64_t octets = 0;
	for (unsigned space = first; space <= last; space++) {
		char path[256];
		struct stat s;
		path_of(p, space, path);
		octets += stat(path, &s) == 0 ? (uint64_t)s.st_size : 0;
	}
	return octets;
}

/* Of its pages those that hold something: what was freed is used again before the file grows. In
 * service the audit log is packed second by second; a load packs all of it at its end, and leaves
 * the pages of what it had not packed. */
static uint64_t held_by(const struct place *p, unsigned space)
{
	char path[256];
	DB *db;
	DB_BTREE_STAT *stat = NULL;
	if (size_of(p, space, space) == 0)
		return 0;
	path_of(p, space, path);
	bool read = db_create(&db, NULL, 0) == 0
		    && db->open(db, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0) == 0
		    && db->stat(db, NULL, &stat, 0) == 0;
	if (!read) {
		fprintf(stderr, "bench: %s could not be read\n", path);
		exit(1);
	}
	uint64_t held = ((uint64_t)stat->bt_pagecnt - stat->bt_free) * stat->bt_pagesize;
	free(stat);
	db->close(db, 0);
	return held;
}

/* ---- Octets ---- */

static uint64_t audit_octets(const struct place *p)
{
	uint64_t octets = 0;
	for (unsigned space = SPACE_AUDIT_SHEET; space <= SPACE_AUDIT_LAST; space++)
		octets += held_by(p, space);
	return octets;
}

void region_weigh(const struct place *p, const struct crowd *c, const struct bulk_result *loaded,
		  struct region_octets *out)
{
	double persons = (double)(size_of(p, SPACE_IDENTITY_FIRST, SPACE_IDENTITY_LAST)
				  + size_of(p, SPACE_CONSENT_FIRST, SPACE_CONSENT_LAST));
	double entries = (double)(size_of(p, SPACE_REGISTRY_FIRST, SPACE_REGISTRY_LAST)
				  + size_of(p, SPACE_BLOB, SPACE_BLOB));
	*out = (struct region_octets){
		.person = persons / (double)c->persons,
		.entry = entries / (double)loaded->entries,
		.audit = (double)audit_octets(p) / (double)loaded->audit_records,
		.trees = size_of(p, 0, TREES - 1),
	};
}

void region_show_spaces(const struct place *p, const struct bulk_result *loaded)
{
	printf("%-6s %10s %12s %12s %6s\n", "space", "rows", "octets/row", "on disk/row", "full");
	for (unsigned space = 0; space < TREES; space++) {
		const struct bulk_space *s = &loaded->spaces[space];
		double rows = (double)s->rows, disk = (double)size_of(p, space, space);
		if (s->rows != 0)
			printf("0x%02x   %10.0f %12.1f %12.1f %5.0f%%\n", space, rows,
			       (double)s->octets / rows, disk / rows,
			       100 * (double)s->octets / disk);
	}
}

static void forget_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		perror(path);
	close(fd);
}

void region_forget_pages(const struct place *p)
{
	for (unsigned space = 0; space < TREES; space++) {
		char path[256];
		path_of(p, space, path);
		forget_file(path);
	}
}

void region_read_pages(const struct place *p)
{
	unsigned char *chunk = malloc(CHUNK);
	for (unsigned space = 0; space < TREES; space++) {
		char path[256];
		path_of(p, space, path);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		while (read(fd, chunk, CHUNK) > 0)
			continue;
		close(fd);
	}
	free(chunk);
}

struct region_log region_log(const struct place *p)
{
	char directory[256];
	struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct problem problem = { .code = PROBLEM_NONE };
	struct audit_head head = { 0 };
	snprintf(directory, sizeof directory, "%s/region/data", p->directory);
	struct store_settings s = { .directory = directory,
				    .log = &log,
				    .clock = &system_clock,
				    .random = &system_random };
	struct store *store = store_open(&s, &problem);
	struct store_txn *t = store == NULL ? NULL : store_begin_read(store, &problem);
	if (t == NULL || !audit_log_head(t, &head)) {
		fprintf(stderr, "bench: %s\n", problem.what);
		exit(1);
	}
	store_end(t);
	store_close(store);
	return (struct region_log){ head.sequence, audit_octets(p) };
}

/* ---- The audit log, the check ---- */

static unsigned search_one(struct bench *b, uint64_t person)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct arena *a = arena_create(SIZE_MAX);
	struct store_txn *t = store_begin_read(b->gateway.store, &p);
	struct audit_filter f = { .limit = 0 };
	char id[POPULATION_ID];
	unsigned found = 0;
	population_id(id, person);
	const char *cx = arena_printf(a, "%s^^^&%s&ISO", id, B_DOMAIN);
	if (t == NULL || !audit_subjects_search(t, a, cx, &f)) {
		fprintf(stderr, "bench: the audit log could not be searched\n");
		exit(1);
	}
	struct audit_cursor *c = audit_log_search(t, &f, a);
	while (audit_log_next(c) != NULL)
		found++;
	store_end(t);
	arena_destroy(a);
	return found;
}

void region_search_audit(struct bench *b, struct region_figures *out)
{
	uint64_t found = 0;
	double begun = thread_cpu();
	for (unsigned i = 0; i < SEARCHED; i++)
		found += search_one(b, population_mixed(i) % b->crowd.persons);
	out->audit_us = (thread_cpu() - begun) * 1e6 / SEARCHED;
	out->audit_found = (double)found / SEARCHED;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "bench: %s\n", finding);
}

void region_check(struct bench *b, struct region_figures *out)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &registry_check, &repository_check,
							      NULL };
	struct problem p = { .code = PROBLEM_NONE };
	struct check_counts counts = { 0 };
	struct audit_head head;
	uint64_t broken;
	double begun = thread_cpu();
	struct store_txn *t = NULL;
	bool done = store_check(b->gateway.store, modules, tell, NULL, &counts, &p)
		    && (t = store_begin_read(b->gateway.store, &p)) != NULL
		    && audit_log_verify(t, &head, &broken, &p);
	out->check_us = (thread_cpu() - begun) * 1e6 / (double)b->crowd.persons;
	out->findings = counts.findings;
	store_end(t);
	if (!done) {
		fprintf(stderr, "bench: the check: %s\n", p.what);
		exit(1);
	}
}

/* ---- Starts ---- */

/* Writes under way, then a kill: there is log to go through. */
static void write_and_crash(struct bench *b)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct load_plan plan;
	struct load_result result;
	crowd_plan(a, &b->crowd, &b->place, GIVE_ENTRY, CRASH_CLIENTS, 0, &plan);
	plan.seconds = 1;
	load_run(&plan, &result);
	place_kill(&b->place);
	arena_destroy(a);
}

void region_restart(struct bench *b, struct region_figures *out)
{
	double stopped[RESTARTS], killed[RESTARTS];
	place_configure(&b->place, "walls", "where-possible");
	place_start(&b->place);
	for (unsigned i = 0; i < RESTARTS; i++) {
		place_stop(&b->place);
		place_start(&b->place);
		stopped[i] = b->place.ready_ms;
	}
	for (unsigned i = 0; i < RESTARTS; i++) {
		write_and_crash(b);
		place_start(&b->place);
		killed[i] = b->place.ready_ms;
	}
	place_stop(&b->place);
	place_configure(&b->place, "walls", "off");
	out->ready_ms = spread_of(stopped, RESTARTS).median;
	out->ready_killed_ms = spread_of(killed, RESTARTS).median;
}
