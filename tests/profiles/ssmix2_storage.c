/* tests/profiles/ssmix2_storage.c: SS-MIX2 storages made file by file, and imports of them. */
#include "tests/profiles/ssmix2_storage.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"
#include "profiles/actors/document_repository.h"
#include "schemas/model/registry_query.h"
#include "store/registry_sealed.h"
#include "store/repository.h"

#define ARC "1.2.392.100495.20.3.51.1"

static const char *const domains_a[] = { ARC CODE_A, NULL }, *const domains_b[] = { ARC CODE_B,
										    NULL };
static const char *const domains_c[] = { ARC CODE_C, NULL }, *const domains_edge[] = {
	ARC CODE_EDGE, NULL
};

static const struct registered_system systems[] = {
	{ .name = "a-hospital",
	  .title = "A病院",
	  .institution_code = CODE_A,
	  .domains = domains_a },
	{ .name = "b-clinic",
	  .title = "B診療所",
	  .institution_code = CODE_B,
	  .domains = domains_b },
	{ .name = "c-hospital",
	  .title = "C病院",
	  .institution_code = CODE_C,
	  .domains = domains_c },
	{ .name = "edge",
	  .title = "端^病院",
	  .institution_code = CODE_EDGE,
	  .domains = domains_edge },
};
static const struct assigning_authority domains[] = {
	{ "REGION", AFFINITY, NULL },   { "", ARC CODE_A, "a-hospital" },
	{ "", ARC CODE_B, "b-clinic" }, { "", ARC CODE_C, "c-hospital" },
	{ "", ARC CODE_EDGE, "edge" },
};

static bool denies(void *self)
{
	(void)self;
	return false;
}

static struct document_entry *sees_everything(void *self, struct store_txn *t,
					      struct sealed_entry *e)
{
	(void)self;
	(void)t;
	return registry_unseal_entry(e);
}

/* It remembers nothing of who asked before. */
static void another(void *self, struct arena *a, struct admission *out)
{
	(void)a;
	*out = (struct admission){ .self = self, .entry = sees_everything };
}

void imports_begin(struct imports *im)
{
	*im = (struct imports){ 0 };
	memcpy(im->systems, systems, sizeof im->systems);
	im->region = (struct region){
		.metadata_object = 256 << 10,
		.name = "test",
		.affinity_domain = AFFINITY,
		.affinity_namespace = "REGION",
		.device_id = "2.999.10.1",
		.repository_unique_id = "2.999.20",
		.ssmix2_copy = true,
		.systems = im->systems,
		.system_count = COUNT(im->systems),
		.domains = domains,
		.domain_count = COUNT(domains),
	};
}

void imports_open(struct imports *im)
{
	imports_begin(im);
	fixture_open(&im->f);
	im->root = arena_printf(im->f.arena, "%s/storages", im->f.directory);
	fixture_must(&im->f, mkdir(im->root, 0700) == 0);
}

static void tell_finding(void *with, const char *finding)
{
	const struct imports *im = with;
	if (im->spoilt == 0)
		fprintf(stderr, "finding: %s\n", finding);
}

void imports_close(struct imports *im)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &registry_check, &repository_check,
							      NULL };
	struct check_counts counts = { 0 };
	im->f.problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(&im->f,
		     store_check(im->f.store, modules, tell_finding, im, &counts, &im->f.problem));
	CU_ASSERT_EQUAL(counts.findings, im->spoilt);
	json_decref(im->lines);
	fixture_close(&im->f);
}

/* ---- Files ---- */

void put_file(struct imports *im, const char *path, struct bytes octets)
{
	char *whole = arena_printf(im->f.arena, "%s/%s", im->root, path);
	for (char *slash = whole + strlen(im->root) + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		fixture_must(&im->f, mkdir(whole, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	FILE *f = fopen(whole, "wb");
	fixture_must(&im->f,
		     f != NULL && fwrite(octets.data, 1, octets.length, f) == octets.length);
	fclose(f);
}

static struct bytes in_jis(struct imports *im, const char *text)
{
	size_t lost;
	return charset_encode(im->f.arena, CHARSET_ISO_2022_JP, text, strlen(text), &lost);
}

static const char *path_of(struct imports *im, const char *code, const char *id, const char *date,
			   const char *type, const char *order, const char *time,
			   const char *department, char flag)
{
	return arena_printf(im->f.arena, "%s/%.3s/%.3s/%s/%s/%s/%s_%s_%s_%s_%s_%s_%c", code, id,
			    strlen(id) > 3 ? id + 3 : id, id, date, type, id, date, type, order,
			    time, text_equal(date, "-") ? "-" : department, flag);
}

#define MSH(kind)                                                                                  \
	"MSH|^~\\&|HIS123|SEND|GW|RCV|20240401101500||" kind                                       \
	"|1|P|2.5||||||~ISO IR87||ISO 2022-1994\r"

void put_patient(struct imports *im, const char *code, const char *id, const char *kanji,
		 const char *kana, const char *birth, const char *phone)
{
	const char *text = arena_printf(
		im->f.arena,
		MSH("ADT^A08^ADT_A01") "EVN||20240401101500\r"
				       "PID|1||%s^^^^PI||%s^^^^^L^I~%s^^^^^L^P||%s|M|||||^PRN^PH^^^"
				       "^^^^^^%s\rPV1|1|O\r",
		id, kanji, kana, birth, phone);
	put_file(im,
		 path_of(im, code, id, "-", "ADT-00", "999999999999999", "20240401101500123", "-",
			 '1'),
		 in_jis(im, text));
}

const char *put_order(struct imports *im, const char *code, const char *id, const char *date,
		      const char *type, const char *order, const char *time, char flag,
		      const char *text)
{
	bool lab = text_equal(type, "OML-11");
	const char *message = arena_printf(im->f.arena,
					   "%sPID|1||%s^^^^PI||山田^健一^^^^^L^I\r%s%s\r",
					   lab ? MSH("OUL^R22^OUL_R22") : MSH("RDE^O11^RDE_O11"),
					   id, lab ? "OBX|1|ST|||" : "ORC|NW|1\rRXE||", text);
	const char *path = path_of(im, code, id, date, type, order, time, "01", flag);
	put_file(im, path, in_jis(im, message));
	return path;
}

const char *put_message(struct imports *im, const char *code, const char *id, const char *date,
			const char *type, const char *order, const char *time,
			const char *department, char flag, const char *kind, const char *segments)
{
	const char *path = path_of(im, code, id, date, type, order, time, department, flag);
	const char *message = arena_printf(
		im->f.arena,
		"MSH|^~\\&|HIS123|SEND|GW|RCV|20240401101500||%s|1|P|2.5||||||~ISO IR87"
		"||ISO 2022-1994\r%s",
		kind, segments);
	put_file(im, path, in_jis(im, message));
	return path;
}

const char *set_flag(struct imports *im, const char *path, char flag)
{
	char *other = arena_text(im->f.arena, path);
	other[strlen(other) - 1] = flag;
	fixture_must(&im->f, rename(arena_printf(im->f.arena, "%s/%s", im->root, path),
				    arena_printf(im->f.arena, "%s/%s", im->root, other))
				     == 0);
	return other;
}

/* ---- Imports ---- */

static bool record(struct exchange *x, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	struct imports *im = x->admission.self;
	(void)t;
	(void)a;
	for (; e != NULL; e = e->next) {
		im->events++;
		im->feeds += e->event_id == 110110;
		im->created += e->event_id == 110107 && e->action == AUDIT_CREATE;
		im->updated += e->event_id == 110107 && e->action == AUDIT_UPDATE;
		CU_ASSERT_STRING_EQUAL(e->transaction, "SS-MIX2");
		CU_ASSERT_PTR_NOT_NULL_FATAL(e->objects);
		CU_ASSERT_EQUAL(e->objects->type_code_role, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(e->objects->id, "&ISO"));
	}
	if (im->at_event != NULL)
		im->at_event(im->with);
	if (im->stop_after != 0 && --im->stop_after == 0)
		atomic_store(&im->stopping, true);
	return !im->refuse_audit;
}

void imports_ask(struct imports *im)
{
	im->events = im->feeds = im->created = im->updated = 0;
	im->x = (struct exchange){
		.arena = im->f.arena,
		.id = "x",
		.now = 1768437000000000,
		.transaction = &ssmix2_import,
		.random = &system_random,
		.region = &im->region,
		.store = im->f.store,
		.who = { .person = { .vouched = VOUCHED_BY_SYSTEM, .name = "uid 0" },
			 .operates = true },
		.admission = { .self = im,
			       .another = im->alone ? NULL : another,
			       .entry = sees_everything },
		.record = im->record != NULL ? im->record : record,
		.stopping = &im->stopping,
	};
}

bool import_storage(struct imports *im, const char *directory, const char *facility)
{
	imports_ask(im);
	im->x.json = json_pack("{s:s, s:s}", "directory", directory, "facility", facility);
	bool fine = ssmix2_import.read(&im->x) && ssmix2_import.handle(&im->x);
	json_decref(im->x.json);
	json_decref(im->lines);
	im->lines = fine ? ssmix2_import.answer_json(&im->x) : NULL;
	return fine;
}

int done(const struct imports *im, const char *member)
{
	json_t *last = json_array_get(im->lines, json_array_size(im->lines) - 1);
	return (int)json_integer_value(json_object_get(json_object_get(last, "done"), member));
}

const char *told(const struct imports *im, const char *kind, const char *path)
{
	size_t i;
	json_t *line;
	json_array_foreach (im->lines, i, line) {
		json_t *one = json_object_get(line, kind);
		const char *said = json_string_value(json_object_get(one, "path"));
		if (said != NULL && strstr(said, path) != NULL)
			return json_string_value(json_object_get(one, "what"));
	}
	return NULL;
}

void check_done(struct imports *im, const char *why, int patients, int documents, int replaced,
		int withdrawn, int unchanged, int faults)
{
	const int want[] = { patients, documents, replaced, withdrawn, unchanged, faults };
	static const char *const members[] = { "patients",  "documents", "replaced",
					       "withdrawn", "unchanged", "faults" };
	bool same = true;
	for (size_t i = 0; i < COUNT(want); i++)
		same = same && done(im, members[i]) == want[i];
	if (!same) {
		char *text = json_dumps(im->lines, JSON_INDENT(1));
		fprintf(stderr, "%s: %s %s\n", why, text, im->x.problem.what);
		free(text);
	}
	CU_ASSERT_TRUE(same);
}

struct document_entry *entries_of(struct imports *im, const char *domain, const char *id,
				  unsigned *n)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct document_entry *first = NULL, **tail = &first;
	struct patient_record r;
	struct store_txn *t = store_begin_read(im->f.store, &im->f.problem);
	*n = 0;
	if (identity_find(t, im->f.arena, domain, id, &r)) {
		struct registry_cursor *c = registry_entries(t, im->f.arena, r.number, &all);
		for (struct document_entry *e;
		     (e = registry_unseal_entry(registry_next_entry(c))) != NULL;
		     tail = &e->next, (*n)++) {
			*tail = e;
			e->next = NULL;
		}
	}
	store_end(t);
	return first;
}

bool retrieve(struct imports *im, const char *unique_id, struct bytes *out)
{
	struct document_request request = { .repository_unique_id = "2.999.20",
					    .document_unique_id = unique_id };
	struct store_txn *t = store_begin_read(im->f.store, &im->f.problem);
	struct admission admission = { .self = im, .denied = denies, .entry = sees_everything };
	struct registry_desk d = { .arena = im->f.arena,
				   .region = &im->region,
				   .sender = &im->systems[1],
				   .admission = &admission,
				   .needed = &im->x.needed,
				   .now = im->x.now,
				   .txn = t };
	struct findings f = findings_in(im->f.arena);
	const struct retrieved_document *r = document_repository_retrieve(&d, &request, &f);
	store_end(t);
	if (!r->found)
		return false;
	*out = r->content.octets;
	if (out->data == NULL) {
		unsigned char *data = arena_alloc(im->f.arena, r->content.size + 1);
		ssize_t n = read(r->content.fd, data, r->content.size);
		*out = (struct bytes){ data, n < 0 ? 0 : (size_t)n };
	}
	return true;
}
