/* tests/audit/anchors_test.c: what somebody with the disk may do to the audit log or its anchors, and
 * what is then told. Also the line's form, and the notary that writes them. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "gateway/audit/anchors.h"
#include "gateway/audit/notary.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "tests/store/fixture.h"

enum { LINES = 16 };

/* A store, a key, a file; entries differ by the seed. */
struct scene {
	struct fixture f;
	struct anchors at;
	struct anchor_key *key, *other;
	const char *name;		/* of the file */
	const char *seed;
	const char *repositories[2];
	instant now;
	struct anchors_verdict v;
	struct problem p;		/* of the last comparison */
};

static struct anchor_key *make_key(struct scene *s, const char *name)
{
	const char *why, *path = arena_printf(s->f.arena, "%s/%s", s->f.directory, name);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	struct anchor_key *k = anchor_key_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

static void begin(struct scene *s)
{
	*s = (struct scene){ .seed = "first", .now = 1000, .repositories = { "arr", "other" } };
	fixture_open(&s->f);
	s->key = make_key(s, "key");
	s->other = make_key(s, "other");
	s->name = arena_printf(s->f.arena, "%s/anchors", s->f.directory);
	s->at = (struct anchors){ .file = s->name, .key = s->key, .repositories = s->repositories,
				  .repository_count = 2 };
}

static void end(struct scene *s)
{
	anchor_key_free(s->key);
	anchor_key_free(s->other);
	fixture_close(&s->f);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct scene *s = with;
	struct audit_terms terms = { .time = 5, .system = s->seed };
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text(s->seed), &terms),
				NULL);
}

static void entries(struct scene *s, unsigned count)
{
	while (count-- != 0)
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, append, s, &s->f.problem));
}

/* True: nothing is against it. */
static bool compare(struct scene *s, bool whole)
{
	s->p = (struct problem){ 0 };
	struct store_txn *t = store_begin_read(s->f.store, &s->p);
	bool read = anchors_compare(&s->at, t, s->f.arena, whole, &s->v, &s->p);
	store_end(t);
	CU_ASSERT_EQUAL(read, s->p.code == PROBLEM_NONE);
	return read && s->v.fault_count == 0;
}

static bool note(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return audit_log_note_anchor(t, *(uint64_t *)with);
}

/* As the notary does it. */
static void anchor_as(struct scene *s, const struct anchor_key *key, bool noted)
{
	char line[ANCHOR_LINE + 1];
	struct problem p = { 0 };
	compare(s, true);
	struct anchor a = { .number = s->v.last.number + 1, .time = s->now, .head = s->v.head };
	memcpy(a.before, s->v.last_digest, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&a, key, line));
	CU_ASSERT_TRUE_FATAL(anchors_append(&s->at, line, &p));
	if (noted)
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, note, &a.number, &s->f.problem));
	s->now += 1000;
}

static void anchor(struct scene *s)
{
	anchor_as(s, s->key, true);
}

/* The log is another one from its first entry on, with chain and head as they should be. */
static void new_log(struct scene *s)
{
	store_close(s->f.store);
	CU_ASSERT_EQUAL_FATAL(mkdir(arena_printf(s->f.arena, "%s/new", s->f.directory), 0700), 0);
	s->f.settings.directory = arena_printf(s->f.arena, "%s/new", s->f.directory);
	s->f.store = store_open(&s->f.settings, &s->f.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->f.store);
}

static size_t read_lines(struct scene *s, char lines[LINES][ANCHOR_LINE + 3])
{
	size_t n = 0;
	FILE *f = fopen(s->name, "re");
	while (f != NULL && n < LINES && fgets(lines[n], ANCHOR_LINE + 3, f) != NULL)
		n++;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Writes the lines again; those the text has a '-' for are left out. */
static void keep_lines(struct scene *s, const char *which)
{
	char lines[LINES][ANCHOR_LINE + 3];
	size_t n = read_lines(s, lines);
	FILE *f = fopen(s->name, "we");
	CU_ASSERT_EQUAL(n, strlen(which));
	for (size_t i = 0; i < n; i++)
		if (which[i] != '-')
			fputs(lines[i], f);
	fclose(f);
}

static void change_line(struct scene *s, size_t which, size_t at, char to)
{
	char lines[LINES][ANCHOR_LINE + 3];
	size_t n = read_lines(s, lines);
	CU_ASSERT_FATAL(which < n && at < strlen(lines[which]));
	CU_ASSERT_NOT_EQUAL(lines[which][at], to);
	lines[which][at] = to;
	FILE *f = fopen(s->name, "we");
	for (size_t i = 0; i < n; i++)
		fputs(lines[i], f);
	fclose(f);
}

static void add_text(struct scene *s, const char *text)
{
	FILE *f = fopen(s->name, "ae");
	fputs(text, f);
	fclose(f);
}

/* What is done to a log of 3 entries, anchored; 2 more, anchored; 1 more. */

static void nothing(struct scene *s) { (void)s; }
static void one_more(struct scene *s) { anchor(s); }
static void not_noted(struct scene *s) { anchor_as(s, s->key, false); }
static void clock_back(struct scene *s) { s->now = 1; anchor(s); }

static void cut(struct scene *s)
{
	new_log(s);
	entries(s, 4);
}

static void cut_before_all(struct scene *s)
{
	new_log(s);
}

static void rewritten(struct scene *s)
{
	new_log(s);
	s->seed = "second";
	entries(s, 9);
}

static void rewritten_from_the_last(struct scene *s)
{
	new_log(s);
	entries(s, 4);
	s->seed = "second";
	entries(s, 5);
}

static void put_back_and_on(struct scene *s)
{
	new_log(s);
	entries(s, 3);
	s->seed = "second";
	entries(s, 1);
	anchor(s);
	entries(s, 4);
}

static void younger_cut(struct scene *s)
{
	new_log(s);
	entries(s, 5);
}

static void last_out(struct scene *s) { keep_lines(s, "1-"); }
static void first_out(struct scene *s) { keep_lines(s, "-2"); }
static void all_out(struct scene *s) { keep_lines(s, "--"); }
static void away(struct scene *s) { remove(s->name); }

static void middle_out(struct scene *s)
{
	anchor(s);
	anchor(s);
	keep_lines(s, "1--4");
}

static void twice(struct scene *s)
{
	char lines[LINES][ANCHOR_LINE + 3];
	read_lines(s, lines);
	add_text(s, lines[1]);
}

static void signature_changed(struct scene *s)
{
	char lines[LINES][ANCHOR_LINE + 3];
	read_lines(s, lines);
	size_t at = strlen(lines[1]) - 2;
	change_line(s, 1, at, lines[1][at] == '0' ? '1' : '0');
}

static void time_changed(struct scene *s) { change_line(s, 0, strlen("minato-anchor-1 1 "), '2'); }
static void last_time_changed(struct scene *s) { change_line(s, 1, strlen("minato-anchor-1 2 "), '3'); }
static void line_spoilt(struct scene *s) { change_line(s, 1, 3, 'X'); }
static void foreign(struct scene *s) { anchor_as(s, s->other, true); }
static void garbage(struct scene *s) { add_text(s, "something else\n"); }
static void broken_off(struct scene *s) { add_text(s, "minato-anchor-1 3 70"); }

static void foreign_in_between(struct scene *s)
{
	foreign(s);
	anchor(s);
}

static void broken_off_and_on(struct scene *s)
{
	broken_off(s);
	anchor(s);
}

static void endless(struct scene *s)
{
	for (unsigned i = 0; i < ANCHOR_LINE; i++)
		add_text(s, "many");
	add_text(s, "\n");
}

static void no_key(struct scene *s) { s->at.key = NULL; }

static void no_file(struct scene *s)
{
	remove(s->name);
	CU_ASSERT_EQUAL(mkfifo(s->name, 0600), 0);
}

static bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return audit_log_acknowledge(t, "other", *(uint64_t *)with);
}

static void acknowledged(struct scene *s, uint64_t up_to)
{
	CU_ASSERT_TRUE(store_write(s->f.store, acknowledge, &up_to, &s->f.problem));
}

static void acknowledged_all(struct scene *s) { acknowledged(s, 6); }
static void acknowledged_more(struct scene *s) { acknowledged(s, 7); }

static const struct {
	const char *why;
	void (*done)(struct scene *s);
	const char *fault, *remark;	/* NULL: none */
	uint64_t covered;
	bool unreadable;
} cases[] = {
	{ "as it was left", nothing, NULL, NULL, 5, false },
	{ "anchored again", one_more, NULL, NULL, 6, false },
	{ "a crash between anchor and log", not_noted, NULL, NULL, 6, false },
	{ "the clock goes back", clock_back, NULL, "the clock had gone back", 6, false },
	{ "a broken line", broken_off, NULL, "broke off", 5, false },
	{ "a broken line, and on", broken_off_and_on, NULL, "a line broke off", 6, false },
	{ "cut", cut, "anchor 2 signed entry 5, but the log ends at 4", NULL, 3, false },
	{ "cut to nothing", cut_before_all, "but the log ends at 0", NULL, 0, false },
	{ "rewritten", rewritten, "another entry 3", NULL, 0, false },
	{ "rewritten from the last", rewritten_from_the_last, "another entry 5", NULL, 3, false },
	{ "put back and grown beyond", put_back_and_on, "the log was put back in between", NULL, 4,
	  false },
	{ "only what no anchor has is cut", younger_cut, NULL, NULL, 5, false },
	{ "the last anchor out", last_out, "the log had 2 anchors", NULL, 3, false },
	{ "the first anchors moved away", first_out, NULL, "anchors before 2 are not in", 5, false },
	{ "anchors out of the middle", middle_out, "anchors 2 to 3 are missing", NULL, 6, false },
	{ "all anchors out", all_out, NULL, "none of them is in", 0, false },
	{ "the file away", away, NULL, "none of them is in", 0, false },
	{ "an anchor twice", twice, "anchor 2 does not follow", NULL, 5, false },
	{ "a signature changed", signature_changed, "anchor 2 is not signed", NULL, 5, false },
	{ "an anchor changed", time_changed, "anchor 2 does not follow", NULL, 5, false },
	{ "and it is seen to be unsigned", time_changed, "anchor 1 is not signed", NULL, 5, false },
	{ "the last changed", last_time_changed, "anchor 2 is not signed", NULL, 5, false },
	{ "the last spoilt", line_spoilt, "ends with 1 lines that are no anchors", NULL, 3, false },
	{ "spoilt, and one less", line_spoilt, "the log had 2 anchors", NULL, 3, false },
	{ "something else at the end", garbage, "ends with 1 lines", NULL, 5, false },
	{ "a line without end", endless, "ends with 1 lines", NULL, 5, false },
	{ "another's key", foreign, "anchor 3 is not signed with the key configured", NULL, 6, false },
	{ "no key", no_key, "no anchor-key is configured", NULL, 0, false },
	{ "a FIFO in its place", no_file, NULL, NULL, 0, true },
	{ "a repository has all", acknowledged_all, NULL, NULL, 5, false },
	{ "a repository has more", acknowledged_more, "other has acknowledged entry 7", NULL, 5, false },
};

static bool says(const struct anchors_verdict *v, const char *fault)
{
	for (const struct anchors_fault *f = v->faults; f != NULL; f = f->next)
		if (strstr(f->what, fault) != NULL)
			return true;
	return false;
}

static bool remarks(const struct anchors_verdict *v, const char *remark)
{
	for (const struct text_list *l = v->notes; l != NULL; l = l->next)
		if (strstr(l->value, remark) != NULL)
			return true;
	return false;
}

static void judge(struct scene *s, size_t i, bool whole)
{
	bool well = compare(s, whole);
	bool right = well == (cases[i].fault == NULL && !cases[i].unreadable)
		  && (cases[i].fault == NULL || says(&s->v, cases[i].fault))
		  && (cases[i].remark == NULL ? s->v.notes == NULL : remarks(&s->v, cases[i].remark))
		  && s->v.covered == cases[i].covered
		  && (!cases[i].unreadable || strstr(s->p.what, "it is not a regular file") != NULL);
	CU_ASSERT_TRUE(right);
	if (right)
		return;
	printf("%s (%s): covered %llu\n", cases[i].why, whole ? "whole" : "start",
	       (unsigned long long)s->v.covered);
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		printf("  fault: %s\n", f->what);
	for (const struct text_list *l = s->v.notes; l != NULL; l = l->next)
		printf("  note: %s\n", l->value);
}

static void what_is_told(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene s;
		begin(&s);
		entries(&s, 3);
		anchor(&s);
		entries(&s, 2);
		anchor(&s);
		entries(&s, 1);
		cases[i].done(&s);
		judge(&s, i, true);
		judge(&s, i, false);
		end(&s);
	}
}

/* The last signature speaks for those before it only when it is right itself. */
static void foreign_in_the_middle(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 3);
	anchor(&s);
	foreign_in_between(&s);
	CU_ASSERT_TRUE(compare(&s, true));	/* ours vouched for it: the notary does not */
	end(&s);
}

static void many_faults(void)
{
	struct scene s;
	size_t told = 0;
	begin(&s);
	for (unsigned i = 0; i < 25; i++) {
		entries(&s, 1);
		anchor(&s);
	}
	new_log(&s);
	CU_ASSERT_FALSE(compare(&s, true));
	for (const struct anchors_fault *f = s.v.faults; f != NULL; f = f->next)
		told++;
	CU_ASSERT_EQUAL(told, ANCHOR_FAULTS);
	CU_ASSERT_EQUAL(s.v.fault_count, 25);
	CU_ASSERT_EQUAL(s.v.count, 25);
	end(&s);
}

/* A start looks at the last 64 KiB; all of it is looked at by verifying. */
static void long_file(void)
{
	enum { ANCHORS = 300 };
	struct scene s;
	begin(&s);
	entries(&s, 1);
	struct anchor a = { .number = 1, .time = 1 };
	CU_ASSERT_TRUE(compare(&s, true));
	a.head = s.v.head;
	for (; a.number <= ANCHORS; a.number++) {
		char line[ANCHOR_LINE + 1];
		struct problem p = { 0 };
		CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
		CU_ASSERT_TRUE_FATAL(anchors_append(&s.at, line, &p));
		anchor_digest(bytes_of_text(line), a.before);
	}
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_EQUAL(s.v.count, ANCHORS);
	CU_ASSERT_EQUAL(s.v.first, 1);
	CU_ASSERT_TRUE(compare(&s, false));
	CU_ASSERT(s.v.count < ANCHORS && s.v.count > ANCHORS / 2);
	CU_ASSERT_EQUAL(s.v.last.number, ANCHORS);
	CU_ASSERT_PTR_NULL(s.v.notes);
	end(&s);
}

static void line_form(void)
{
	struct scene s;
	char line[ANCHOR_LINE + 1];
	struct anchor in = { .number = UINT64_MAX, .time = INT64_MAX,
			     .head = { .sequence = UINT64_MAX } }, out;
	begin(&s);
	memset(in.head.hash, 0xab, AUDIT_HASH);
	memset(in.before, 0x0f, AUDIT_HASH);
	CU_ASSERT_TRUE_FATAL(anchor_sign(&in, s.key, line));
	struct bytes whole = bytes_of_text(line);
	CU_ASSERT_TRUE(anchor_read(whole, &out));
	CU_ASSERT_TRUE(anchor_signed(whole, s.key));
	CU_ASSERT_FALSE(anchor_signed(whole, s.other));
	CU_ASSERT(out.number == in.number && out.time == in.time
		  && out.head.sequence == in.head.sequence
		  && memcmp(out.head.hash, in.head.hash, AUDIT_HASH) == 0
		  && memcmp(out.before, in.before, AUDIT_HASH) == 0);
	for (size_t i = 0; i < whole.length; i++) {
		struct bytes shorter = { whole.data, i };
		CU_ASSERT_FALSE(anchor_read(shorter, &out));
		CU_ASSERT_FALSE(anchor_signed(shorter, s.key));
		char was = line[i];
		line[i] = was == 'x' ? 'y' : 'x';
		CU_ASSERT_FALSE(anchor_read(whole, &out));
		CU_ASSERT_FALSE(anchor_signed(whole, s.key));
		line[i] = was;
	}
	static const char *const wrong[] = { "minato-anchor-1 0 1 1", "minato-anchor-1 1  1 1",
					     "minato-anchor-1 1 9999999999999999999 1",
					     "minato-anchor-1 99999999999999999999 1 1",
					     "minato-anchor-1 -1 1 1", "minato-anchor-2 1 1 1" };
	const char *tail = strstr(line, " abab");
	CU_ASSERT_TRUE(anchor_read(bytes_of_text(arena_printf(s.f.arena, "minato-anchor-1 1 1 1%s",
							      tail)), &out));
	for (size_t i = 0; i < COUNT(wrong); i++)
		CU_ASSERT_FALSE(anchor_read(bytes_of_text(arena_printf(s.f.arena, "%s%s", wrong[i],
								       tail)), &out));
	CU_ASSERT_FALSE(anchor_read(bytes_of_text(arena_printf(s.f.arena, "%s0", line)), &out));
	end(&s);
}

static void keys(void)
{
	struct scene s;
	const char *why = NULL;
	char a[ANCHOR_KEY_NAME], b[ANCHOR_KEY_NAME];
	begin(&s);
	anchor_key_name(s.key, a);
	anchor_key_name(s.other, b);
	CU_ASSERT_EQUAL(strlen(a), ANCHOR_KEY_NAME - 1);
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
	CU_ASSERT_PTR_NULL(anchor_key_read("/nowhere/at/all", &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_PTR_NULL(anchor_key_read(s.f.directory, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is not a regular file");
	const char *path = arena_printf(s.f.arena, "%s/wrong", s.f.directory);
	FILE *f = fopen(path, "we");
	fputs("nothing\n", f);
	fclose(f);
	CU_ASSERT_PTR_NULL(anchor_key_read(path, &why));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "no private key"));
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	f = fopen(path, "we");
	PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	EVP_PKEY_free(pair);
	CU_ASSERT_PTR_NULL(anchor_key_read(path, &why));
	CU_ASSERT_STRING_EQUAL(why, "its key is not an Ed25519 key");
	anchor_key_free(NULL);
	end(&s);
}

/* Nothing more may be written than so many octets: what a full disk is like. */
static void limit_files(rlim_t most)
{
	struct rlimit r;
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = most < r.rlim_max ? most : r.rlim_max;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* A line that found no room is told, and spoils itself only. */
static void full_disk(void)
{
	struct scene s;
	struct problem p = { 0 }, q = { 0 }, r = { 0 };
	struct stat st;
	begin(&s);
	entries(&s, 1);
	anchor(&s);
	CU_ASSERT_EQUAL(stat(s.name, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	signal(SIGXFSZ, SIG_IGN);
	limit_files((rlim_t)st.st_size + 9);
	CU_ASSERT_FALSE(anchors_append(&s.at, "minato-anchor-1 something", &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
	CU_ASSERT_FALSE(anchors_append(&s.at, "minato-anchor-1 something", &q));
	CU_ASSERT_EQUAL(q.code, PROBLEM_STORE_FULL);
	limit_files(RLIM_INFINITY);
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_TRUE(remarks(&s.v, "broke off"));
	anchor(&s);
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_EQUAL(s.v.last.number, 2);
	s.at.file = "/nowhere/at/all";
	CU_ASSERT_FALSE(anchors_append(&s.at, "x", &r));
	CU_ASSERT_EQUAL(r.code, PROBLEM_CONFIGURATION);
	end(&s);
}

/* The fault about a repository is about the first entry that is missing. */
static void where_faults_are(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 3);
	acknowledged(&s, 9);
	CU_ASSERT_FALSE(compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 4);
	anchor(&s);
	new_log(&s);
	s.seed = "second";
	entries(&s, 1);
	CU_ASSERT_FALSE(compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 2);
	entries(&s, 5);
	CU_ASSERT_FALSE(compare(&s, true));
	CU_ASSERT(s.v.faults != NULL && s.v.faults->sequence == 3);
	end(&s);
}

/* ---- The notary ---- */

static uint64_t last_anchor(struct scene *s)
{
	CU_ASSERT_TRUE(compare(s, true));
	return s->v.last.number;
}

static unsigned altered(struct scene *s)
{
	unsigned found = 0;
	struct audit_filter filter = { .transaction = "audit-altered" };
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_cursor *c = audit_log_search(t, &filter, s->f.arena);
	while (audit_log_next(c) != NULL)
		found++;
	store_end(t);
	return found;
}

static struct notary *serve_with(struct scene *s, const struct log *log, unsigned seconds)
{
	static const struct audit_source us = { .source_id = "minato", .process_id = "1",
						.host = "host" };
	struct notary_settings set = {
		.store = s->f.store, .anchors = &s->at, .seconds = seconds, .source = &us,
		.clock = &system_clock, .log = log,
	};
	struct notary *n = notary_open(&set);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	CU_ASSERT_TRUE(notary_begin(n));
	return n;
}

static struct notary *serve(struct scene *s)
{
	static const struct log quiet = { .fd = -1 };
	return serve_with(s, &quiet, 3600);
}

static void notary(void)
{
	struct scene s;
	begin(&s);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(last_anchor(&s), 0);		/* nothing to sign */
	entries(&s, 2);
	struct notary *n = serve(&s);
	notary_close(n);
	CU_ASSERT_EQUAL(last_anchor(&s), 1);
	CU_ASSERT_EQUAL(s.v.noted, 1);
	CU_ASSERT_EQUAL(s.v.covered, 2);
	CU_ASSERT_EQUAL(s.v.head.sequence, 3);		/* and its record */
	entries(&s, 2);
	n = serve(&s);
	entries(&s, 1);
	notary_close(n);
	CU_ASSERT(last_anchor(&s) >= 2);
	CU_ASSERT(s.v.covered >= 5);
	CU_ASSERT_EQUAL(altered(&s), 0);
	end(&s);
}

/* How often the log says that. */
static unsigned told(const char *path, const char *what)
{
	char line[1024];
	unsigned found = 0;
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		found += strstr(line, what) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

/* Until it is so, or (false) half a minute has gone. */
static bool comes(const char *path, const char *what)
{
	for (unsigned i = 0; i < 3000 && told(path, what) == 0; i++)
		usleep(10000);
	return told(path, what) != 0;
}

/* An outage is told once, and its end. */
static void notary_tells(void)
{
	struct scene s;
	begin(&s);
	const char *path = arena_printf(s.f.arena, "%s/log", s.f.directory);
	FILE *f = fopen(path, "we");
	struct log log = { .fd = fileno(f), .level = LOG_NOTICE };
	entries(&s, 3);
	CU_ASSERT_EQUAL(mkdir(s.name, 0700), 0);
	struct notary *n = serve_with(&s, &log, 1);
	CU_ASSERT_TRUE(comes(path, "grows without anchors"));
	CU_ASSERT_EQUAL(told(path, "anchored again"), 0);
	rmdir(s.name);
	CU_ASSERT_TRUE(comes(path, "anchored again"));
	notary_close(n);
	CU_ASSERT_EQUAL(told(path, "grows without anchors"), 1);
	CU_ASSERT_EQUAL(told(path, "anchored again"), 1);
	CU_ASSERT(told(path, "the audit log is not what it was") >= 1);
	broken_off(&s);
	foreign(&s);
	notary_close(serve_with(&s, &log, 3600));
	CU_ASSERT(told(path, "is not signed with the key configured") >= 1);
	fclose(f);
	end(&s);
}

/* While it serves, not only at its ends; and only when the log has grown. */
static void notary_in_time(void)
{
	struct scene s;
	unsigned turns = 0;
	begin(&s);
	entries(&s, 1);
	struct notary *n = serve_with(&s, &(const struct log){ .fd = -1 }, 1);
	for (; turns < 3000 && last_anchor(&s) == 0; turns++)
		usleep(10000);
	entries(&s, 1);
	for (; turns < 3000 && last_anchor(&s) < 2; turns++)
		usleep(10000);
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	CU_ASSERT_EQUAL(s.v.covered, 3);
	usleep(1500000);	/* longer than the notary waits: nothing has grown */
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	notary_close(n);
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	end(&s);
}

/* It tells what it finds, and its next signature does not speak for what is wrong. */
static void notary_finds(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 3);
	anchor(&s);
	foreign(&s);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1);
	CU_ASSERT_FALSE(compare(&s, true));
	CU_ASSERT_TRUE(says(&s.v, "anchor 2 is not signed"));
	CU_ASSERT_TRUE(says(&s.v, "anchor 3 does not follow"));
	remove(s.name);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 2);		/* the file is gone */
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_EQUAL(s.v.first, 4);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 2);		/* settled */
	end(&s);
}

static void notary_without_key(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 3);
	s.at.key = NULL;
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 0);
	CU_ASSERT_EQUAL(access(s.name, F_OK), -1);
	acknowledged_more(&s);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1);
	end(&s);
}

/* A file that cannot be written is told once, and what is not anchored is so later. */
static void notary_cannot_write(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 3);
	CU_ASSERT_EQUAL(mkdir(s.name, 0700), 0);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1);		/* it cannot be read either */
	rmdir(s.name);
	notary_close(serve(&s));
	CU_ASSERT_EQUAL(last_anchor(&s), 1);
	end(&s);
}

static const struct test tests[] = {
	{ "what is told", what_is_told },
	{ "foreign in the middle", foreign_in_the_middle },
	{ "many faults", many_faults },
	{ "long file", long_file },
	{ "line form", line_form },
	{ "keys", keys },
	{ "full disk", full_disk },
	{ "where faults are", where_faults_are },
	{ "notary", notary },
	{ "notary tells", notary_tells },
	{ "notary in time", notary_in_time },
	{ "notary finds", notary_finds },
	{ "notary without key", notary_without_key },
	{ "notary cannot write", notary_cannot_write },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: anchors", tests);
}
