/* tests/profiles/ssmix2_model_test.c: random histories of a storage against a function of its
 * files.
 *
 * The function is written here without a look at the importer. A history puts, corrects, deletes,
 * restores, moves and spoils files, and feeds demographics at the other door; imports come at
 * random moments, some stopped half-way or without an audit log. After the last import the region
 * is as the function says, and as a fresh region that saw the last tree only. Every third history
 * is of a data type without days.
 *
 *	MINATO_SEED=N		the same histories again
 *	MINATO_HISTORIES=N	how many; `make faults` makes many */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "tests/profiles/ssmix2_history.h"

enum { ORDERS = 3, DAYS = 3, ACTS = 14, HISTORIES = 25, SEED = 1795962858 };

/* ---- The function: files -> what is Approved ---- */

static bool is_order(const struct history_file *f)
{
	return strchr("RCB", f->kind) != NULL;
}

static bool same_key(const struct history_file *a, const struct history_file *b)
{
	return is_order(a) == is_order(b) && a->order == b->order && a->day == b->day;
}

/* The newest file of a key that passes; NULL: none. */
static const struct history_file *newest(const struct history *s, const struct history_file *key,
					 const char *kinds, char flag)
{
	const struct history_file *best = NULL;
	for (const struct history_file *f = s->files; f < s->files + s->count; f++)
		if (same_key(f, key) && strchr(kinds, f->kind) != NULL && f->flag == flag
		    && (best == NULL || f->time > best->time))
			best = f;
	return best;
}

/* What holds of a key: the newest valid file; else, if nothing was deleted since, its last
 * version. */
static const struct history_file *holds(const struct history *s, const struct history_file *key,
					const char *readable, const char *any)
{
	const struct history_file *valid = newest(s, key, readable, '1');
	const struct history_file *past = newest(s, key, readable, '2');
	const struct history_file *deleted = newest(s, key, any, '0');
	if (valid != NULL)
		return valid;
	return past != NULL && (deleted == NULL || past->time > deleted->time) ? past : NULL;
}

static const struct history_file patient_key = { .kind = 'P' };

static bool patient_lives(const struct history *s)
{
	bool any = false;
	for (const struct history_file *f = s->files; f < s->files + s->count; f++)
		any = any || !is_order(f);
	const struct history_file *p = holds(s, &patient_key, "PD", "PD");
	return !any || (p != NULL && p->kind == 'P');
}

/* A, D, or - for what is no document. */
static char expected(const struct history *s, const struct history_file *f)
{
	if (f->kind != 'R')
		return '-';
	return patient_lives(s) && holds(s, f, "RC", "RCB") == f ? 'A' : 'D';
}

/* Since when the file holds: a newer one with another flag was taken back before. */
static int holds_since(const struct history *s, const struct history_file *p)
{
	int since = p->time;
	for (const struct history_file *f = s->files; f < s->files + s->count; f++)
		if (!is_order(f) && f->flag != '1' && p->flag == '1' && f->time > since)
			since = f->time;
	return since;
}

/* The later of the file that holds and the last feed; -1: nobody said; -2: both at once. */
static int expected_phone(const struct history *s, int fed)
{
	const struct history_file *p = holds(s, &patient_key, "PD", "PD");
	if (p == NULL || p->kind != 'P')
		return fed;
	int since = holds_since(s, p);
	return since == fed ? -2 : since > fed ? p->time : fed;
}

/* ---- Histories ---- */

static unsigned below(unsigned n)
{
	return (unsigned)random() % n;
}

static void put(struct history *s, char kind, int order, int day, int time, char flag)
{
	struct history_file f = { .kind = kind,
				  .order = order,
				  .day = s->undated && order != 0 ? 1 : day,
				  .time = time,
				  .flag = flag,
				  .department = '1',
				  .undated = s->undated && strchr("PD", kind) == NULL };
	for (const struct history_file *o = s->files; o < s->files + s->count; o++)
		if (same_key(o, &f) && o->time == time)
			return; /* one 発生日時, one message */
	if (s->count == HISTORY_FILES)
		return;
	history_write(s, &f);
	s->files[s->count++] = f;
}

static void set(struct history *s, struct history_file *f, char flag)
{
	f->path = set_flag(s->im, f->path, flag);
	f->flag = flag;
}

static void set_all(struct history *s, const struct history_file *key, const char *from, char to)
{
	for (struct history_file *f = s->files; f < s->files + s->count; f++)
		if (same_key(f, key) && strchr(from, f->flag) != NULL)
			set(s, f, to);
}

static void import_somehow(struct history *s)
{
	struct imports *im = s->im;
	im->refuse_audit = below(8) == 0;
	im->stop_after = below(3) == 0 ? 1 + below(3) : 0;
	bool fine = history_import(s);
	CU_ASSERT_TRUE(fine || im->refuse_audit || atomic_load(&im->stopping));
	im->refuse_audit = false;
	im->stop_after = 0;
	atomic_store(&im->stopping, false);
}

static void maybe_import(struct history *s, bool imports)
{
	if (imports && s->count != 0 && below(3) == 0)
		import_somehow(s);
}

struct scene {
	struct history *s;
	bool imports;
	int now; /* minutes; it goes backwards at times */
	int fed; /* the latest of the facility's own feeds; -1: none */
	struct history_file key;
};

static void act_order(struct scene *x)
{
	put(x->s, 'R', x->key.order, x->key.day, x->now, '1');
}

static void act_correct(struct scene *x)
{
	set_all(x->s, &x->key, "1", '2');
	maybe_import(x->s, x->imports);
	put(x->s, 'R', x->key.order, x->key.day, x->now, '1');
}

static void act_cancel(struct scene *x)
{
	set_all(x->s, &x->key, "1", '2');
	put(x->s, 'C', x->key.order, x->key.day, x->now, '1');
}

static void act_spoil(struct scene *x)
{
	set_all(x->s, &x->key, "1", '2');
	put(x->s, 'B', x->key.order, x->key.day, x->now, "12"[below(2)]);
}

static void act_delete(struct scene *x)
{
	set_all(x->s, &x->key, "12", '0');
	maybe_import(x->s, x->imports);
	if (below(2) == 0)
		put(x->s, "RC"[below(2)], x -> key.order, x->key.day, x->now, '0');
}

static void act_move(struct scene *x)
{
	int day = x->key.day % DAYS + 1;
	bool first = below(2) == 0;
	if (first)
		put(x->s, 'R', x->key.order, day, x->now, '1');
	maybe_import(x->s, x->imports);
	set_all(x->s, &x->key, "12", '0');
	maybe_import(x->s, x->imports);
	if (!first)
		put(x->s, 'R', x->key.order, day, x->now, '1');
}

static void act_flip(struct scene *x)
{
	if (x->s->count != 0)
		set(x->s, &x->s->files[below((unsigned)x->s->count)], "012"[below(3)]);
}

static void act_late_history(struct scene *x)
{
	put(x->s, 'R', x->key.order, x->key.day, (int)below((unsigned)x->now), "02"[below(2)]);
}

static void act_patient(struct scene *x)
{
	if (below(3) == 0)
		set_all(x->s, &patient_key, "1", '2');
	maybe_import(x->s, x->imports);
	put(x->s, 'P', 0, 0, x->now, '1');
}

/* A correction, and it is taken back. */
static void act_patient_back(struct scene *x)
{
	set_all(x->s, &patient_key, "1", '2');
	put(x->s, 'P', 0, 0, x->now, '1');
	maybe_import(x->s, x->imports);
	for (struct history_file *f = x->s->files, *last = NULL; f < x->s->files + x->s->count;
	     f++) {
		if (f->kind != 'P')
			continue;
		if (f->flag == '1')
			set(x->s, f, '0');
		else if (f->flag == '2' && last == NULL)
			set(x->s, last = f, '1');
	}
}

static void act_patient_deleted(struct scene *x)
{
	set_all(x->s, &patient_key, "12", '0');
	maybe_import(x->s, x->imports);
	put(x->s, 'D', 0, 0, x->now, '0');
}

static void act_feed(struct scene *x)
{
	if (!x->imports)
		return; /* a feed of a patient who is not in the tree any more makes him known */
	history_feed(x->s, x->now);
	x->fed = x->now > x->fed ? x->now : x->fed;
}

static void (*const acts[])(struct scene *) = {
	act_order,
	act_order,
	act_correct,
	act_correct,
	act_delete,
	act_delete,
	act_move,
	act_move,
	act_flip,
	act_flip,
	act_cancel,
	act_spoil,
	act_late_history,
	act_patient,
	act_patient,
	act_patient_back,
	act_patient_deleted,
	act_feed,
	act_feed,
};

/* Returns when the last feed was. */
static int play(struct history *s, bool imports)
{
	struct scene x = { .s = s, .imports = imports, .now = 60, .fed = -1 };
	if (below(4) != 0)
		put(s, 'P', 0, 0, x.now, '1');
	for (unsigned n = 3 + below(ACTS); n > 0; n--) {
		x.now += below(8) == 0 ? -(int)below(20) : 1 + (int)below(20);
		x.now = x.now < 1 ? 1 : x.now;
		x.key = (struct history_file){ .kind = 'R',
					       .order = 1 + (int)below(ORDERS),
					       .day = 1 + (int)below(DAYS) };
		if (s->undated)
			x.key.day = 1;
		acts[below(COUNT(acts))](&x);
		maybe_import(s, imports);
	}
	return x.fed;
}

/* ---- Is it so? ---- */

static bool right(struct history *s, int fed, bool fresh)
{
	bool fine = true, known = history_phone(s) >= 0, lives = patient_lives(s);
	int phone = expected_phone(s, fed);
	unsigned alive = 0;
	for (const struct history_file *f = s->files; f < s->files + s->count; f++) {
		if (!is_order(f))
			continue;
		char wanted = known ? expected(s, f) : '-', got = history_status(s, f);
		/* A deleted patient that nobody had seen alive is not made for what was deleted
		 * with it; and of what was deleted while there was no patient, nobody has seen. */
		alive += wanted == 'A';
		if (got != wanted && !(wanted == 'D' && got == '-' && !lives)) {
			fprintf(stderr, "%c%d/%d/%d:%c is %c, not %c%s\n", f->kind, f->order,
				f->day, f->time, f->flag, got, wanted, fresh ? " (fresh)" : "");
			fine = false;
		}
	}
	if (lives && known && phone >= 0 && history_phone(s) != phone) {
		fprintf(stderr, "the phone is %d, not %d%s\n", history_phone(s), phone,
			fresh ? " (fresh)" : "");
		fine = false;
	}
	return fine && history_approved(s) == alive && (known || phone < 0 || !lives);
}

static void tell_tree(const struct history *s)
{
	for (const struct history_file *f = s->files; f < s->files + s->count; f++)
		fprintf(stderr, " %c%d/%d/%d:%c", f->kind, f->order, f->day, f->time, f->flag);
	fprintf(stderr, "\n");
}

/* The same files in a region that has not seen them. */
static bool right_in_a_fresh_region(const struct history *old, int fed, bool copy)
{
	struct imports im;
	struct history s = { .count = old->count };
	imports_open(&im);
	im.region.ssmix2_copy = copy;
	s.im = &im;
	memcpy(s.files, old->files, sizeof s.files);
	for (struct history_file *f = s.files; f < s.files + s.count; f++)
		history_write(&s, f);
	if (fed >= 0)
		history_feed(&s, fed);
	bool fine = history_import(&s) && right(&s, fed, true);
	imports_close(&im);
	return fine;
}

static void one_history(unsigned seed)
{
	struct imports im;
	struct history s = { .im = &im, .undated = seed % 3 == 0 };
	srandom(seed);
	imports_open(&im);
	im.region.ssmix2_copy = below(2) == 0;
	bool imports = below(5) != 0;
	int fed = play(&s, imports);
	if (s.count == 0)
		put(&s, 'R', 1, 1, 1, '1');
	bool fine = history_import(&s) && right(&s, fed, false);
	fine = history_import(&s) && im.events == 0 && right(&s, fed, false) && fine;
	fine = right_in_a_fresh_region(&s, fed, im.region.ssmix2_copy) && fine;
	if (!fine) {
		fprintf(stderr, "MINATO_SEED=%u:", seed);
		tell_tree(&s);
	}
	CU_ASSERT_TRUE(fine);
	imports_close(&im);
}

static unsigned number_of(const char *name, unsigned otherwise)
{
	const char *said = getenv(name);
	return said == NULL ? otherwise : (unsigned)strtoul(said, NULL, 10);
}

static void random_histories_end_as_their_files_say(void)
{
	/* What every change must pass is the same each time; whoever asks for more gets others. */
	unsigned otherwise = getenv("MINATO_HISTORIES") == NULL ? SEED : (unsigned)time(NULL);
	unsigned seed = number_of("MINATO_SEED", otherwise);
	unsigned count = number_of("MINATO_HISTORIES", HISTORIES);
	printf("MINATO_SEED=%u, %u histories\n", seed, count);
	for (unsigned n = 0; n < count; n++)
		one_history(seed + n);
}

/* What held, was taken back and holds again is not older than what held meanwhile. */
static void what_holds_again_is_not_older(void)
{
	static const struct {
		const char *words[3];
		int phone;
	} steps[] = {
		{ { "P9:2", "P10:1" }, 10 },
		{ { "P10:1>0", "P9:2>1" }, 9 },
		{ { "P10:0>1", "P9:1>2" }, 10 },
	};
	struct imports im;
	struct history s = { .im = &im };
	imports_open(&im);
	for (size_t i = 0; i < COUNT(steps); i++) {
		for (size_t k = 0; k < COUNT(steps[i].words) && steps[i].words[k] != NULL; k++)
			history_word(&s, steps[i].words[k]);
		CU_ASSERT_TRUE(history_import(&s));
		CU_ASSERT_EQUAL(history_phone(&s), steps[i].phone);
	}
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = { { "random histories end as their files say",
					       random_histories_end_as_their_files_say },
					     { "what holds again is not older",
					       what_holds_again_is_not_older },
					     { NULL, NULL } };
	return suite_run("ssmix2 model", tests);
}
