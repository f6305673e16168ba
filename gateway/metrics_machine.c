/* gateway/metrics_machine.c: what of the metrics is of this process and its machine. */
#include "gateway/metrics_machine.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/audit/courier.h"
#include "gateway/audit_backlog.h"
#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "store/audit_log.h"
#include "store/store.h"
#include <config.h>

static void put_head(struct buffer *b, const char *name, const char *type, const char *help)
{
	buffer_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(struct buffer *b, const char *name, const char *help, uint64_t value)
{
	put_head(b, name, "gauge", help);
	buffer_printf(b, "%s %" PRIu64 "\n", name, value);
}

static uint64_t resident_octets(void)
{
	unsigned long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%lu %lu", &pages, &resident) != 2)
		resident = 0;
	fclose(f);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void put_process(struct buffer *b, const struct gateway *g)
{
	put_head(b, "minato_build_info", "info", "1; of which version this process is.");
	buffer_printf(b, "minato_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
	put_one(b, "process_resident_memory_bytes", "Resident memory.", resident_octets());
	put_one(b, "process_start_time_seconds", "Start, seconds since 1970.",
		(uint64_t)(g->started_at / 1000000));
}

/* What is allocated for the files of a directory, not of those below it: a sparse file is counted
 * as what it takes up. */
static uint64_t octets_in(const char *path)
{
	enum { BLOCK = 512 }; /* stat(2) */
	uint64_t sum = 0;
	struct stat st;
	DIR *d = opendir(path);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0
		    && S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_blocks * BLOCK;
	if (d != NULL)
		closedir(d);
	return sum;
}

/* Documents are counted as they come and go (minato_stored_octets): to walk through them for each
 * scrape would be work for the disk. */
static void put_disk(struct buffer *b, const char *data)
{
	struct statvfs fs;
	if (statvfs(data, &fs) == 0) {
		put_one(b, "minato_disk_free_bytes", "Room left on the disk of the data directory.",
			(uint64_t)fs.f_bavail * fs.f_frsize);
		put_one(b, "minato_disk_size_bytes", "All of that disk.",
			(uint64_t)fs.f_blocks * fs.f_frsize);
		put_one(b, "minato_disk_free_inodes", "Files that can still be made there.",
			(uint64_t)fs.f_favail);
	}
	put_one(b, "minato_store_size_bytes",
		"What tables, indices, audit log and their journal take up of it; documents are "
		"minato_stored_octets.",
		octets_in(arena_printf(b->arena, "%s/keys", data)));
}

/* How many entries the audit log has; false: it cannot be said now. */
static bool audit_records(struct gateway *g, struct arena *a, uint64_t *out)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct audit_heads heads;
	struct store_txn *t = store_begin_read(g->store, &p);
	bool read = t != NULL && audit_log_heads(t, a, &heads) && !store_failed(t);
	store_end(t);
	if (read)
		*out = heads.entries;
	return read;
}

static void put_repositories(struct buffer *b, struct gateway *g, uint64_t records)
{
	size_t count;
	struct courier_state *all = courier_look(g->courier, b->arena, &count);
	instant now = g->clock->now(g->clock);
	put_head(b, "minato_audit_waiting", "gauge",
		 "Audit records that a repository does not have yet.");
	put_head(b, "minato_audit_unreachable_seconds", "gauge",
		 "For how long it has not been reached; 0: it is.");
	for (size_t i = 0; i < count; i++) {
		const struct courier_state *s = &all[i];
		int64_t silent = s->unreachable_since == 0 ? 0 : now - s->unreachable_since;
		if (s->name == NULL)
			continue;
		buffer_printf(b,
			      "minato_audit_waiting{repository=\"%s\"} %" PRIu64 "\n"
			      "minato_audit_unreachable_seconds{repository=\"%s\"} %" PRId64 "\n",
			      s->name, audit_backlog(s, records), s->name,
			      silent > 0 ? silent / 1000000 : 0);
	}
}

void metrics_put_machine(struct gateway *g, struct buffer *b)
{
	uint64_t records = 0;
	put_process(b, g);
	put_disk(b, g->named->store.directory);
	if (!audit_records(g, b->arena, &records))
		return;
	put_one(b, "minato_audit_records", "Entries of the audit log.", records);
	put_repositories(b, g, records);
}
