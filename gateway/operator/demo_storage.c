/* gateway/operator/demo_storage.c: SS-MIX2 standardised storages (HS026) for the demo's
 * hospitals. */
#include "gateway/operator/demo_storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_patient.h"

static const struct {
	const char *code, *title, *system;
} hospitals[] = {
	[DEMO_HOSPITAL_A] = { "1319951013", "A病院", "HIS-A" },
	[DEMO_HOSPITAL_C] = { "1319953035", "C病院", "HIS-C" },
};

/* HOT9 codes and units as they stand in public examples; times a day fit the usage of each. */
static const struct drug {
	const char *code, *name, *usage_code, *usage;
	unsigned a_day, days;
} drugs[] = {
	{ "121431401", "アムロジピンＯＤ錠１０ｍｇ", "1011040000000000",
	  "内服・経口・１日１回朝食後", 1, 30 },
	{ "123812902", "カロナール錠５００", "1013044400000000", "内服・経口・１日３回朝昼夕食後",
	  3, 5 },
	{ "104195801", "ミヤＢＭ錠", "1013044400000000", "内服・経口・１日３回朝昼夕食後", 3, 14 },
	{ "103831601", "カルボシステイン錠２５０ｍｇ「サワイ」", "1013044400000000",
	  "内服・経口・１日３回朝昼夕食後", 3, 7 },
};
/* JLAC10 codes, likewise. Values are tenths; span is how far they go above the least. */
static const struct test {
	const char *code, *name, *unit;
	unsigned least, span;
} tests[] = {
	{ "3D046000001921002", "HbA1c(NGSP)", "%", 52, 28 },
	{ "3C015000002327101", "クレアチニン(Cre)", "mg/dL", 5, 12 },
	{ "3F077000002327101", "LDL-コレステロール(LDL-C)", "mg/dL", 800, 900 },
	{ "3B035000002327201", "AST(GOT)", "U/L", 120, 400 },
	{ "3H015000002327201", "カリウム(K)", "mmol/L", 35, 15 },
	{ "2A030000001930901", "血算-ヘモグロビン", "g/dL", 105, 55 },
};
enum { DRUGS_EACH = 2, TESTS_EACH = 3, VISITS_MOST = 2, DAYS_BETWEEN = 61, DAY_HOURS = 24 };
#define HOUR ((instant)3600 * 1000000)
#define UNDATED "-"
#define NO_ORDER "999999999999999"
#define PROFILE "SS-MIX2_1.20^SS-MIX2^1.2.392.200250.2.1.100.1.2.120^ISO"

struct writing {
	struct arena *arena;
	struct demo_storage *storage;
	enum demo_hospital hospital;
	instant now;
	struct problem *problem;
	/* The patient and the visit at hand. */
	const struct demo_person *person;
	const struct demo_writing *as;
	unsigned patient, visit;
	instant time; /* when the message was sent */
};

static char *jst(const struct writing *w, instant t)
{
	char text[DTM_TEXT];
	instant_to_dtm_jst(t, text);
	return arena_text(w->arena, text);
}

static const char *day(const struct writing *w)
{
	char *text = jst(w, w->time);
	text[8] = '\0';
	return text;
}

struct patient_demographics demo_person_demographics(struct arena *a,
						     const struct demo_person *person,
						     const struct demo_writing *as)
{
	struct person_name *kanji = arena_new(a, struct person_name),
			   *kana = arena_new(a, struct person_name);
	struct postal_address *home = arena_new(a, struct postal_address);
	struct telecom *phone = arena_new(a, struct telecom);
	*kana = (struct person_name){ .family = person->family_kana,
				      .given = person->given_kana,
				      .use = "L",
				      .representation = NAME_PHONETIC };
	*kanji = (struct person_name){ .family = as->family,
				       .given = person->given,
				       .use = "L",
				       .representation = NAME_IDEOGRAPHIC,
				       .next = kana };
	*home = (struct postal_address){
		.postal_code = as->postcode, .country = "JPN", .use = "H", .text = as->address
	};
	*phone = (struct telecom){ .number = as->phone, .use = "PRN" };
	return (struct patient_demographics){ .names = kanji,
					      .birth_date = person->birth_date,
					      .sex = person->sex,
					      .addresses = home,
					      .telecoms = phone };
}

/* MSH of SS-MIX2: local time without zone, two kanji sets, the profile in MSH-21. The wider
 * ISO-2022-JP is what hospitals write: 髙 is in it and not in JIS X 0208. */
static struct hl7_writer *begin(const struct writing *w, const char *type, const char *event,
				const char *structure, const char *control)
{
	const struct hl7_header header = {
		.sending_application = hospitals[w->hospital].system,
		.sending_facility = "SEND",
		.receiving_application = "GW",
		.receiving_facility = "RCV",
		.type = type,
		.event = event,
		.structure = structure,
		.processing_id = "P",
		.version = "2.5",
		.profile = PROFILE,
		.local_time = true,
	};
	struct hl7_stamp *stamp = arena_new(w->arena, struct hl7_stamp);
	*stamp = (struct hl7_stamp){ .control_id = control, .now = w->time };
	return hl7_message_write(w->arena, &header, CHARSET_WINDOWS_50221, stamp);
}

static void put_patient(const struct writing *w, struct hl7_writer *m)
{
	const struct patient_identifier id = { .id = w->as->id, .type = "PI" };
	const struct patient_demographics d = demo_person_demographics(w->arena, w->person, w->as);
	hl7_put_segment(m, "PID");
	hl7_put_field(m, 1, "0001");
	hl7_put_person(m, &id, &d);
	hl7_put_segment(m, "PV1");
	hl7_put_field(m, 1, "0001");
	hl7_put_field(m, 2, "O");
	hl7_put_verbatim(m, 3, "01^^^^^C");
}

static const char *order(const struct writing *w, unsigned kind)
{
	return arena_printf(w->arena, "%u%06u%u%07u", 1u + w->hospital, w->patient, kind,
			    w->visit + 1);
}

static void put_order(const struct writing *w, struct hl7_writer *m, const char *control,
		      const char *placer, const char *status)
{
	hl7_put_segment(m, "ORC");
	hl7_put_field(m, 1, control);
	hl7_put_field(m, 2, placer);
	hl7_put_field(m, 3, placer);
	hl7_put_field(m, 5, status);
	hl7_put_field(m, 9, jst(w, w->time));
	hl7_put_verbatim(m, 12, "9990000001^仮医師^一^^^^^^^L^^^^^I");
	hl7_put_verbatim(m, 17, "01^内科^HL70069");
	hl7_put_field(m, 21, hospitals[w->hospital].title);
}

static struct bytes admission(const struct writing *w)
{
	struct hl7_writer *m = begin(w, "ADT", "A08", "ADT_A01",
				     arena_printf(w->arena, "A%s", w->as->id));
	hl7_put_segment(m, "EVN");
	hl7_put_field(m, 2, jst(w, w->time));
	put_patient(w, m);
	return hl7_written(m);
}

static void put_drug(const struct writing *w, struct hl7_writer *m, const struct drug *d,
		     const char *placer, unsigned n)
{
	put_order(w, m, "NW", placer, NULL);
	hl7_put_segment(m, "RXE");
	hl7_put(m, 2, 1, 1, 1, d->code);
	hl7_put(m, 2, 1, 2, 1, d->name);
	hl7_put(m, 2, 1, 3, 1, "HOT9");
	hl7_put_field(m, 3, "1");
	hl7_put_verbatim(m, 5, "TAB^錠^MR9P");
	hl7_put_verbatim(m, 6, "TAB^錠剤^MR9P");
	hl7_put_field(m, 10, arena_printf(w->arena, "%u", d->a_day * d->days));
	hl7_put_verbatim(m, 11, "TAB^錠^MR9P");
	hl7_put_field(m, 15, placer);
	hl7_put_segment(m, "TQ1");
	hl7_put_field(m, 1, arena_printf(w->arena, "%u", n + 1));
	hl7_put(m, 3, 1, 1, 1, d->usage_code);
	hl7_put(m, 3, 1, 1, 2, d->usage);
	hl7_put(m, 3, 1, 1, 3, "JAMISDP01");
	hl7_put(m, 6, 1, 1, 1, arena_printf(w->arena, "%u", d->days));
	hl7_put(m, 6, 1, 2, 1, "d");
	hl7_put_field(m, 7, day(w));
	hl7_put_segment(m, "RXR");
	hl7_put_verbatim(m, 1, "PO^口^HL70162");
}

static struct bytes prescription(const struct writing *w, const char *placer)
{
	struct hl7_writer *m = begin(w, "RDE", "O11", "RDE_O11", placer);
	put_patient(w, m);
	for (unsigned n = 0; n < DRUGS_EACH; n++)
		put_drug(w, m, &drugs[(w->patient + w->visit + n) % COUNT(drugs)], placer, n);
	return hl7_written(m);
}

static void put_result(const struct writing *w, struct hl7_writer *m, unsigned n)
{
	const struct test *t = &tests[(w->patient + n) % COUNT(tests)];
	unsigned tenths = t->least + (w->patient * 37 + w->visit * 11 + n * 5) % t->span;
	hl7_put_segment(m, "OBX");
	hl7_put_field(m, 1, arena_printf(w->arena, "%u", n + 1));
	hl7_put_field(m, 2, "NM");
	hl7_put(m, 3, 1, 1, 1, t->code);
	hl7_put(m, 3, 1, 2, 1, t->name);
	hl7_put(m, 3, 1, 3, 1, "JC10");
	hl7_put_field(m, 5, arena_printf(w->arena, "%u.%u", tenths / 10, tenths % 10));
	hl7_put(m, 6, 1, 1, 1, t->unit);
	hl7_put(m, 6, 1, 2, 1, t->unit);
	hl7_put(m, 6, 1, 3, 1, "99XYZ");
	hl7_put_field(m, 11, "F");
}

static struct bytes laboratory(const struct writing *w, const char *placer)
{
	struct hl7_writer *m = begin(w, "OUL", "R22", "OUL_R22", placer);
	put_patient(w, m);
	hl7_put_segment(m, "SPM");
	hl7_put_field(m, 1, "1");
	hl7_put_field(m, 2, placer);
	hl7_put_verbatim(m, 4, "023^血清^JC10");
	hl7_put_field(m, 17, jst(w, w->time - HOUR));
	hl7_put_segment(m, "OBR");
	hl7_put_field(m, 1, "1");
	hl7_put_field(m, 2, placer);
	hl7_put_field(m, 3, placer);
	hl7_put_verbatim(m, 4, "3^生化学的検査^JC10");
	hl7_put_field(m, 7, jst(w, w->time - HOUR));
	hl7_put_field(m, 22, jst(w, w->time));
	put_order(w, m, "SC", placer, "CM");
	for (unsigned n = 0; n < TESTS_EACH; n++)
		put_result(w, m, n);
	return hl7_written(m);
}

/* The last file of the path is made; its folders as well, if they are missing. */
static bool write_file(const struct writing *w, char *path, struct bytes octets)
{
	size_t root = strlen(w->storage->root);
	for (char *slash = strchr(path + root, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool made = mkdir(path, 0755) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return problem_at(w->problem, PROBLEM_STORE_FULL, path,
					  "could not make folders for %s: %s", path,
					  strerror(errno));
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool written = fd >= 0 && write(fd, octets.data, octets.length) == (ssize_t)octets.length;
	int error = errno;
	if (fd >= 0 && close(fd) == 0 && written)
		return true;
	return problem_at(w->problem, PROBLEM_STORE_FULL, path, "could not write %s: %s", path,
			  strerror(error));
}

/* ROOT/123/456/123456789/DAY/KIND/123456789_DAY_KIND_ORDER_SENT_DEPARTMENT_1; an id of three
 * characters has only the first of the three folders above its days, and then itself. */
static bool keep(const struct writing *w, const char *kind, const char *when, const char *placer,
		 struct bytes message)
{
	const char *id = w->as->id;
	const char *second = strlen(id) > 3 ? arena_printf(w->arena, "%.3s/", id + 3) : "";
	const char *department = text_equal(when, UNDATED) ? UNDATED : "01";
	char *path = arena_printf(w->arena, "%s/%.3s/%s%s/%s/%s/%s_%s_%s_%s_%s000_%s_1",
				  w->storage->root, id, second, id, when, kind, id, when, kind,
				  placer, jst(w, w->time), department);
	return write_file(w, path, message);
}

/* 山田健一 has all there is to show; of the others every second visit had blood taken. */
static bool write_visit(struct writing *w)
{
	bool all = w->patient == DEMO_YAMADA;
	w->time = w->now
		  - (instant)(w->visit * DAYS_BETWEEN + 1 + w->patient % 30) * DAY_HOURS * HOUR;
	const char *prescribed = order(w, 1), *tested = order(w, 2);
	if (!keep(w, "OMP-01", day(w), prescribed, prescription(w, prescribed)))
		return false;
	w->storage->prescriptions++;
	if (!all && (w->patient + w->visit) % 2 == 0)
		return true;
	w->storage->results++;
	return keep(w, "OML-11", day(w), tested, laboratory(w, tested));
}

static bool write_patient(struct writing *w)
{
	unsigned visits = w->patient == DEMO_YAMADA ? VISITS_MOST : w->patient % (VISITS_MOST + 1);
	w->time = w->now - (instant)200 * DAY_HOURS * HOUR;
	if (w->patient == DEMO_SUZUKI)
		visits = 1;
	if (!keep(w, "ADT-00", UNDATED, NO_ORDER, admission(w)))
		return false;
	w->storage->patients++;
	for (w->visit = 0; w->visit < visits; w->visit++)
		if (!write_visit(w))
			return false;
	return true;
}

bool demo_storage_write(struct arena *a, const char *directory, enum demo_hospital hospital,
			const struct demo_people *people, instant now, struct demo_storage *out,
			struct problem *p)
{
	struct writing w = {
		.arena = a, .storage = out, .hospital = hospital, .now = now, .problem = p
	};
	*out = (struct demo_storage){ .root = arena_printf(a, "%s/%s", directory,
							   hospitals[hospital].code) };
	if (mkdir(out->root, 0755) != 0)
		return problem_at(p, PROBLEM_CONFLICT, out->root, "could not make %s: %s",
				  out->root, strerror(errno));
	for (size_t i = 0; i < people->count; i++) {
		w.person = &people->all[i];
		w.as = &w.person->at[hospital];
		w.patient = (unsigned)i;
		if (w.as->id != NULL && !write_patient(&w))
			return false;
	}
	return true;
}
