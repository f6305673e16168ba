/* tests/profiles/ssmix2_history.c: files put, renamed and taken away, as a hospital's system
 * does. */
#include "tests/profiles/ssmix2_history.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/document_entry.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A
#define PATIENT "101"

const char *history_type(const struct history_file *f)
{
	return strchr("PD", f->kind) != NULL ? "ADT-00"
	       : f->kind == 'L'              ? "OML-11"
	       : f->undated                  ? "PPR-01"
					     : "OMP-01";
}

static const char *segments_of(struct arena *a, const struct history_file *f)
{
	const char *pid = arena_printf(a,
				       "PID|1||" PATIENT
				       "^^^^PI||例示^太郎^^^^^L^I~レイジ^タロウ^^^^^L^P||"
				       "19500101|M|||||^PRN^PH^^^^^^^^^03-0000-%04d\r",
				       f->time);
	switch (f->kind) {
	case 'P':
	case 'D': return arena_printf(a, "EVN||2024\r%sPV1|1|O\r", pid);
	case 'L': return arena_printf(a, "%sOBX|1|ST|||%d\r", pid, f->time);
	case 'B': return arena_printf(a, "PID|1||another\r");
	default:
		return arena_printf(a, "%sORC|%s|%d\rRXE||%c%d\r", pid,
				    f->kind == 'C' ? "CA" : "NW", f->order,
				    f->department > 'm' ? f->department : '1', f->time);
	}
}

static const char *date_of(struct arena *a, const struct history_file *f)
{
	return f->undated || strchr("PD", f->kind) != NULL ? "-"
							   : arena_printf(a, "202404%02d", f->day);
}

void history_write(struct history *s, struct history_file *f)
{
	struct arena *a = s->im->f.arena;
	static const char kinds[] = "PDL";
	static const char *const messages[] = { "ADT^A08^ADT_A01", "ADT^A23^ADT_A21",
						"OUL^R22^OUL_R22" };
	const char *at = strchr(kinds, f->kind);
	const char *message = at != NULL   ? messages[at - kinds]
			      : f->undated ? "PPR^ZD1^PPR_ZD1"
					   : "RDE^O11^RDE_O11";
	bool adt = text_equal(history_type(f), "ADT-00");
	f->path = put_message(s->im, CODE_A, PATIENT, date_of(a, f), history_type(f),
			      adt ? "999999999999999" : arena_printf(a, "%d", f->order),
			      arena_printf(a, "20240430%02d%02d00000", f->time / 60, f->time % 60),
			      arena_printf(a, "0%c", f->department), f->flag, message,
			      segments_of(a, f));
}

static struct history_file *find(struct history *s, const struct history_file *like)
{
	for (struct history_file *f = s->files; f < s->files + s->count; f++)
		if (f->kind == like->kind && f->order == like->order && f->day == like->day
		    && f->time == like->time && f->department == like->department)
			return f;
	return NULL;
}

void history_word(struct history *s, const char *word)
{
	struct history_file f = { .kind = *word, .department = '1' };
	const char *colon = strchr(word, ':');
	fixture_must(&s->im->f, colon != NULL);
	if (sscanf(word + 1, "%d/%d/%d", &f.order, &f.day, &f.time) == 1) {
		f.time = f.order;
		f.order = f.day = 0;
	}
	f.flag = colon[1];
	const char *rest = colon + 2;
	if (*rest >= 'a' && *rest <= 'z')
		f.department = *rest++;
	struct history_file *old = find(s, &f);
	if (*rest == '>') {
		fixture_must(&s->im->f, old != NULL);
		old->path = set_flag(s->im, old->path, rest[1]);
		old->flag = rest[1];
	} else if (*rest == '!') {
		fixture_must(&s->im->f, old != NULL);
		unlink(arena_printf(s->im->f.arena, "%s/%s", s->im->root, old->path));
		*old = s->files[--s->count];
	} else {
		fixture_must(&s->im->f, s->count < HISTORY_FILES && old == NULL);
		history_write(s, &f);
		s->files[s->count++] = f;
	}
}

char history_status(struct history *s, const struct history_file *f)
{
	struct ssmix2_source source = { .region = &s->im->region, .facility = &s->im->systems[0] };
	struct arena *a = s->im->f.arena;
	struct storage_name n = { .path = "" };
	unsigned count;
	struct store_txn *t = store_begin_read(s->im->f.store, &s->im->f.problem);
	fixture_must(&s->im->f, store_secret(t, source.secret));
	store_end(t);
	const char *date = date_of(a, f), *name = strrchr(f->path, '/') + 1;
	fixture_must(&s->im->f,
		     storage_name_read(a, PATIENT, date, history_type(f), name, &n) == NULL);
	const char *id = ssmix2_unique_id(a, &source, &n, NULL);
	for (const struct document_entry *e = entries_of(s->im, DOMAIN_A, PATIENT, &count);
	     e != NULL; e = e->next)
		if (text_equal(e->unique_id, id))
			return e->status == STATUS_APPROVED ? 'A' : 'D';
	return '-';
}

unsigned history_approved(struct history *s)
{
	unsigned count, n = 0;
	for (const struct document_entry *e = entries_of(s->im, DOMAIN_A, PATIENT, &count);
	     e != NULL; e = e->next)
		n += e->status == STATUS_APPROVED;
	return n;
}

int history_phone(struct history *s)
{
	struct patient_record r;
	if (!people_find(&s->im->f, DOMAIN_A, PATIENT, &r))
		return -1;
	r = people_record(&s->im->f, DOMAIN_A, PATIENT);
	const char *number = r.demographics.telecoms == NULL ? "" : r.demographics.telecoms->number;
	return *number == '\0' ? -1 : atoi(number + strlen(number) - 4);
}

bool history_import(struct history *s)
{
	return import_storage(s->im, s->im->root, "a-hospital");
}

struct feeding {
	struct history *history;
	int time;
};

static bool feed(void *with, struct store_txn *t, struct problem *p)
{
	const struct feeding *x = with;
	struct imports *im = x->history->im;
	struct arena *a = im->f.arena;
	char number[] = "03-0000-0000";
	snprintf(number + strlen(number) - 4, 5, "%04u", (unsigned)x->time % 10000);
	struct person_name kanji = {
		.family = "例示", .given = "太郎", .use = "L", .representation = NAME_IDEOGRAPHIC
	};
	struct person_name kana = { .family = "レイジ",
				    .given = "タロウ",
				    .use = "L",
				    .representation = NAME_PHONETIC,
				    .next = &kanji };
	struct telecom phone = { .number = number, .use = "PRN" };
	struct patient_identifier id = { .id = PATIENT, .universal_id = DOMAIN_A };
	struct patient_demographics d = {
		.names = &kana, .birth_date = "19500101", .sex = "M", .telecoms = &phone
	};
	struct feed_outcome out;
	int64_t occurred;
	return instant_from_dtm(arena_printf(a, "20240430%02d%02d", x->time / 60, x->time % 60),
				540, &occurred)
	       && identity_put(t, &im->region, "a-hospital", &id, &d, occurred, &out, p);
}

void history_feed(struct history *s, int time)
{
	struct feeding x = { s, time };
	struct problem p = { .code = PROBLEM_NONE };
	bool fed = store_write(s->im->f.store, feed, &x, &p);
	if (!fed)
		fprintf(stderr, "%s\n", p.what);
	CU_ASSERT_TRUE(fed);
}
