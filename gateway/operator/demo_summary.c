/* gateway/operator/demo_summary.c: the end of the demo: the audit trail of the scene, what rsyslog
 * has of it, the proofs, the counts and the times. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/demo_scene.h"
#include "gateway/operator/demo_watch.h"

enum { REFUSED_FROM = 4 }; /* EventOutcomeIndicator: 4 minor, 8 serious */
enum { ID_SHOWN = 8 };     /* the region's ids are long and random */

static const char all_records[] = "/admin/audit?limit=1000";

/* What a transaction is called by those who do not know its number. */
static const struct {
	const char *code, *japanese, *english;
} names[] = {
	{ "ITI-8", "患者の届出", "patient told" },
	{ "ITI-9", "番号の照会", "id asked" },
	{ "ITI-45", "番号の照会", "id asked" },
	{ "ITI-18", "文書の検索", "documents searched" },
	{ "ITI-41", "文書の登録", "document shared" },
	{ "ITI-55", "他地域からの照会", "asked by next door" },
	{ "ITI-38", "他地域からの検索", "searched by next door" },
	{ "ITI-39", "他地域からの閲覧", "read by next door" },
	{ "ITI-43", "文書の閲覧", "document read" },
	{ "consent", "同意の登録", "consent entered" },
	{ "consent-hidden", "同意により非表示", "hidden by consent" },
	{ "node-authentication", "入室拒否", "turned away at the door" },
};

static size_t name_of(const char *transaction)
{
	size_t i = 0;
	while (i < COUNT(names) && !text_equal(names[i].code, transaction))
		i++;
	return i;
}

/* hh:mm:ss in Japan, of 2026-01-15T00:30:01.234Z. */
static const char *clock_time(const struct demo_scene *s, const char *xml_time)
{
	char digits[DTM_TEXT] = "", text[DTM_TEXT];
	instant when;
	for (size_t n = 0; *xml_time != '\0' && *xml_time != '.' && n + 1 < sizeof digits;
	     xml_time++)
		if (*xml_time >= '0' && *xml_time <= '9')
			digits[n++] = *xml_time;
	if (!instant_from_dtm(digits, 0, &when))
		return "";
	instant_to_dtm_jst(when, text);
	return arena_printf(s->arena, "%.2s:%.2s:%.2s", text + 8, text + 10, text + 12);
}

static void show_record(const struct demo_scene *s, const json_t *one, size_t name)
{
	const char *system = demo_text(one, "system"), *patient = demo_text(one, "patient");
	const char *who = text_empty(system) ? "部外者" : "事務局";
	const char *english = arena_printf(s->arena, "%s%s%s", names[name].english,
					   text_starts(names[name].code, "ITI") ? ", " : "",
					   text_starts(names[name].code, "ITI") ? names[name].code
										: "");
	for (size_t i = 0; i < DEMO_SYSTEMS; i++)
		if (text_equal(system, s->nodes[i].name))
			who = s->nodes[i].title;
	if (text_equal(system, DEMO_THEIR_GATEWAY))
		who = "となり地域";
	bool refused = demo_number(one, "outcome") >= REFUSED_FROM;
	size_t id = strcspn(patient, "^");
	const char *whose = arena_text_n(s->arena, patient, id < ID_SHOWN ? id : ID_SHOWN);
	fprintf(s->screen.out, "  %5ld  %s  %s%s%s%s\n", demo_number(one, "number"),
		clock_time(s, demo_text(one, "time")), demo_screen_padded(s->arena, who, 11),
		demo_screen_padded(s->arena, names[name].japanese, 18),
		demo_screen_padded(s->arena, english, 30),
		!refused ? whose
			 : arena_printf(s->arena, "%s拒否 refused",
					demo_screen_padded(s->arena, whose, 10)));
}

/* What happened since the consents were entered; looking at the trail itself is left out. */
static bool show_trail(struct demo_scene *s, struct problem *p)
{
	const json_t *list = demo_admin_list(&s->admin, all_records, "records", p);
	unsigned shown = 0;
	demo_screen_heading(&s->screen, "監査証跡：だれが、いつ、だれの記録に、何をしたか",
			    "Audit trail: who did what, when, with whose records");
	fprintf(s->screen.out, "  %5s  %-8s  %s%s%s%s\n", "No.", "JST",
		demo_screen_padded(s->arena, "だれが", 11),
		demo_screen_padded(s->arena, "何を", 18), demo_screen_padded(s->arena, "what", 30),
		"患者 patient");
	for (size_t i = json_array_size(list); i > 0; i--) {
		const json_t *one = json_array_get(list, i - 1);
		size_t name = name_of(demo_text(one, "transaction"));
		if (name == COUNT(names) || demo_number(one, "number") <= s->prepared)
			continue;
		show_record(s, one, name);
		shown++;
	}
	return shown > 0;
}

/* ---- What rsyslog has ---- */

struct delivery {
	bool *wanted; /* by number of the record */
	size_t last, count, got;
};

static bool note_line(void *with, const char *line)
{
	struct delivery *d = with;
	const char *at = strstr(line, "sequenceId=\"");
	size_t number = at != NULL ? strtoul(at + strlen("sequenceId=\""), NULL, 10) : 0;
	if (number > 0 && number <= d->last && d->wanted[number]) {
		d->wanted[number] = false;
		d->got++;
	}
	return d->got == d->count;
}

/* Everything in the log but what is marked local, which says why something was hidden and never
 * leaves the gateway. */
static bool show_delivery(struct demo_scene *s, struct problem *p)
{
	const json_t *list = demo_admin_list(&s->admin, all_records, "records", p);
	struct delivery d = { .last = (size_t)demo_number(json_array_get(list, 0), "number") };
	d.wanted = arena_array(s->arena, bool, d.last + 1);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		size_t number = (size_t)demo_number(one, "number");
		if (json_is_true(json_object_get(one, "local")) || number > d.last)
			continue;
		d.wanted[number] = true;
		d.count++;
	}
	if (s->region->rsyslogd == NULL) {
		demo_screen_count(&s->screen, "-", "監査サーバなし（rsyslogd 未導入）",
				  "rsyslogd is not installed: not delivered");
		return true;
	}
	bool all = demo_watch(demo_region_file(s->region, "rsyslog/audit.log"), note_line, &d);
	demo_screen_count(&s->screen, arena_printf(s->arena, "%zu/%zu", d.got, d.count),
			  "監査記録が rsyslog に到着（TLS、欠番なし）",
			  all ? "audit records at rsyslog over TLS, no gap"
			      : "audit records at rsyslog: SOME ARE MISSING");
	return all && d.count > 0;
}

/* ---- Proofs and counts ---- */

static bool show_proofs(struct demo_scene *s, struct problem *p)
{
	const json_t *chain = demo_admin_post(&s->admin, "/admin/audit/verify", json_object(), p);
	bool chained = json_is_true(json_object_get(chain, "valid"));
	demo_screen_count(&s->screen, arena_printf(s->arena, "%ld", demo_number(chain, "records")),
			  chained ? "監査記録の連鎖を検証：改ざんなし"
				  : "監査記録の連鎖が壊れている",
			  chained ? "audit records, chain verified: unchanged"
				  : "audit records: THE CHAIN IS BROKEN");
	const json_t *store = demo_admin_post(&s->admin, "/admin/check", json_object(), p);
	const json_t *faults = json_object_get(store, "faults");
	bool whole = json_is_true(json_object_get(store, "valid"));
	demo_screen_count(&s->screen, arena_printf(s->arena, "%zu", json_array_size(faults)),
			  "保管庫の検査で見つかった不整合",
			  "faults found by checking the whole store");
	for (size_t i = 0; i < json_array_size(faults); i++)
		demo_screen_problem(&s->screen,
				    arena_printf(s->arena, "%s: %s",
						 demo_text(json_array_get(faults, i), "what"),
						 demo_text(json_array_get(faults, i), "where")));
	return chained && whole;
}

static size_t count_patients(struct demo_scene *s, size_t *persons, size_t *linked,
			     struct problem *p)
{
	const json_t *list = json_object_get(
		demo_admin_get(&s->admin, "/admin/patients?limit=1000", p), "patients");
	size_t count = json_array_size(list);
	*persons = *linked = 0;
	for (size_t i = 0; i < count; i++) {
		const char *one = demo_text(json_array_get(list, i), "person");
		size_t earlier = 0;
		for (size_t k = 0; k < i; k++)
			earlier += text_equal(one, demo_text(json_array_get(list, k), "person"));
		*persons += earlier == 0;
		*linked += earlier == 1;
	}
	return count;
}

static void show_counts(struct demo_scene *s, struct problem *p)
{
	size_t persons, linked, patients = count_patients(s, &persons, &linked, p);
	unsigned documents = 1, exchanges = s->neighbour->hospital.sent;
	for (size_t i = 0; i < DEMO_HOSPITALS; i++)
		documents += s->storages[i].prescriptions + s->storages[i].results;
	for (size_t i = 0; i < DEMO_SYSTEMS; i++)
		exchanges += s->nodes[i].sent;
	demo_screen_heading(&s->screen, "まとめ", "Summary");
	demo_screen_count(&s->screen, arena_printf(s->arena, "%zu", patients), "患者登録（3 機関）",
			  "patient records at three institutions");
	demo_screen_count(&s->screen, arena_printf(s->arena, "%zu", persons), "人（名寄せ後）",
			  "persons");
	demo_screen_count(&s->screen, arena_printf(s->arena, "%zu", linked), "人が複数の機関を受診",
			  "of them linked across institutions");
	demo_screen_count(&s->screen, arena_printf(s->arena, "%u", documents),
			  "文書（処方・検査・紹介状）", "documents");
	demo_screen_count(&s->screen, arena_printf(s->arena, "%u", exchanges),
			  "機関の電文（相互 TLS）", "exchanges of institutions, mutual TLS");
}

bool demo_summary_show(struct demo_scene *s, int64_t begun)
{
	struct problem p = { 0 };
	bool trail = show_trail(s, &p);
	show_counts(s, &p);
	bool proven = show_proofs(s, &p), delivered = show_delivery(s, &p);
	int64_t took = s->clock->elapsed(s->clock) - begun;
	demo_screen_count(&s->screen,
			  arena_printf(s->arena, "%" PRId64 ".%02" PRId64 " s", took / 1000000,
				       took / 10000 % 100),
			  "所要時間", "in all");
	if (p.code != PROBLEM_NONE)
		demo_screen_problem(&s->screen, p.what);
	bool done = trail && proven && delivered && p.code == PROBLEM_NONE
		    && s->screen.failures == 0;
	fprintf(s->screen.out, "\n%s: %u of %u acts did what they should.\n",
		done ? "done" : "FAILED", s->screen.acts - s->screen.failures, s->screen.acts);
	fflush(s->screen.out);
	return done;
}
