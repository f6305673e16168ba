/* tests/profiles/bundle_test.c: the files of an export: what they are called, JSON that may be
 * anybody's, a patient said and read back, and a directory written and read. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <ftw.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/admin/bundle.h"
#include "profiles/admin/bundle_person.h"
#include "store/blobs.h"

#define HEX "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434daaf4c61ddcc5e8a2dabede0f"

static void names_are_ours_alone(void)
{
	static const struct {
		const char *name;
		enum bundle_kind kind;
	} cases[] = {
		{ "README.txt", BUNDLE_README },
		{ "identities.ndjson", BUNDLE_IDENTITIES },
		{ "consents.ndjson", BUNDLE_CONSENTS },
		{ "audit/messages.ndjson", BUNDLE_AUDIT },
		{ "index.html", BUNDLE_INDEX },
		{ "looks.ndjson", BUNDLE_LOOKS },
		{ "provisions.ndjson", BUNDLE_PROVISIONS },
		{ "documents/aa/" HEX, BUNDLE_DOCUMENT },
		{ "metadata/000001/000001234.xml", BUNDLE_METADATA_XML },
		{ "metadata/000001/000001234.json", BUNDLE_METADATA_JSON },
		{ "manifest.json", BUNDLE_NOTHING },
		{ "SHA256SUMS", BUNDLE_NOTHING },
		{ "", BUNDLE_NOTHING },
		{ "../README.txt", BUNDLE_NOTHING },
		{ "/etc/passwd", BUNDLE_NOTHING },
		{ "./README.txt", BUNDLE_NOTHING },
		{ "audit/../README.txt", BUNDLE_NOTHING },
		{ "documents/ab/" HEX, BUNDLE_NOTHING },
		{ "documents/aa/" HEX "0", BUNDLE_NOTHING },
		{ "documents/aa/AA" HEX, BUNDLE_NOTHING },
		{ "documents/../aa/" HEX, BUNDLE_NOTHING },
		{ "documents/aa", BUNDLE_NOTHING },
		{ "metadata/000002/000001234.xml", BUNDLE_NOTHING },
		{ "metadata/000001/000001234.xmlx", BUNDLE_NOTHING },
		{ "metadata/000001/00001234.xml", BUNDLE_NOTHING },
		{ "metadata/000001", BUNDLE_NOTHING },
		{ "metadata/", BUNDLE_NOTHING },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(bundle_kind_of(cases[i].name), cases[i].kind);
	char name[BUNDLE_NAME];
	bundle_metadata_name(1234, "xml", name);
	CU_ASSERT_STRING_EQUAL(name, "metadata/000001/000001234.xml");
	bundle_metadata_name(999999999, "json", name);
	CU_ASSERT_EQUAL(bundle_kind_of(name), BUNDLE_METADATA_JSON);
}

static void a_line_is_a_hash_and_a_name(void)
{
	static const char *const refused[] = {
		HEX " README.txt",
		HEX "  ../README.txt",
		HEX "   README.txt",
		HEX "  documents/ab/ab" HEX,
		"AAF4c61ddcc5e8a2dabede0f3b482cd9aea9434daaf4c61ddcc5e8a2dabede0f  README.txt",
		"aaf4  README.txt",
		HEX "  ",
		HEX,
		"",
		"baf4c61ddcc5e8a2dabede0f3b482cd9aea9434daaf4c61ddcc5e8a2dabede0f  "
		"documents/aa/" HEX,
	};
	struct bundle_sum sum;
	for (size_t i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(bundle_read_sum(refused[i], strlen(refused[i]), &sum));
	static const char good[] = HEX "  documents/aa/" HEX;
	CU_ASSERT_TRUE(bundle_read_sum(good, strlen(good), &sum));
	CU_ASSERT_EQUAL(sum.kind, BUNDLE_DOCUMENT);
	CU_ASSERT_EQUAL(sum.sha256[0], 0xaa);
	/* A NUL within is no end. */
	static const char nul[] = HEX "  README.txt\0x";
	CU_ASSERT_FALSE(bundle_read_sum(nul, sizeof nul - 1, &sum));
}

static bool reads(const char *text)
{
	struct problem p = { .code = PROBLEM_NONE };
	json_t *value = bundle_json(bytes_of_text(text), &p);
	CU_ASSERT_EQUAL(value == NULL, p.code != PROBLEM_NONE);
	json_decref(value);
	return value != NULL;
}

static void json_is_bounded(void)
{
	char text[256] = "";
	for (unsigned depth = BUNDLE_JSON_DEPTH; depth <= BUNDLE_JSON_DEPTH + 1; depth++) {
		text[0] = '\0';
		for (unsigned i = 0; i < depth; i++)
			strcat(text, "{\"a\":");
		strcat(text, "1");
		for (unsigned i = 0; i < depth; i++)
			strcat(text, "}");
		CU_ASSERT_EQUAL(reads(text), depth == BUNDLE_JSON_DEPTH);
	}
	CU_ASSERT_TRUE(reads("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}"));
	CU_ASSERT_FALSE(reads("[]"));
	CU_ASSERT_FALSE(reads("{\"a\":1"));
	CU_ASSERT_FALSE(reads("{\"a\":1,\"a\":2}"));
	CU_ASSERT_FALSE(reads("{\"a\":1} x"));
	CU_ASSERT_FALSE(reads("{\"a\":\"\xff\"}"));
	CU_ASSERT_FALSE(reads(""));
}

static void moments_are_read_back(void)
{
	instant t = 0;
	json_t *now = moment_json(INT64_C(1766570000123456));
	CU_ASSERT_TRUE(moment_read(json_string_value(now), &t));
	CU_ASSERT_EQUAL(t, INT64_C(1766570000123456));
	json_decref(now);
	static const char *const refused[] = { "2026-01-15",
					       "2026-01-15T00:30:01Z",
					       "2026-01-15 00:30:01.000000Z",
					       "2026-13-15T00:30:01.000000Z",
					       "2026-01-15T00:30:01.00000 Z",
					       "" };
	for (size_t i = 0; i < COUNT(refused); i++)
		CU_ASSERT_FALSE(moment_read(refused[i], &t));
	CU_ASSERT_FALSE(moment_read(NULL, &t));
}

static const char somebody[] =
	"{\"birth_date\":\"19410503\",\"sex\":\"M\",\"names\":[{\"family\":\"山田\",\"given\":"
	"\"健一\",\"representation\":\"ideographic\"},{\"family\":\"ヤマダ\",\"representation\":"
	"\"phonetic\"}],\"addresses\":[{\"city\":\"横浜市\",\"postal_code\":\"220-0011\"}],"
	"\"telecoms\":[{\"number\":\"045-1\",\"use\":\"PRN\"}],\"insurances\":[{\"insurer\":"
	"\"06139999\",\"number\":\"1\",\"from\":\"20200401\"}]}";

static void a_patient_is_read_back(void)
{
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_demographics d, less = { .names = NULL };
	json_t *said = json_loads(somebody, 0, NULL);
	CU_ASSERT_TRUE_FATAL(person_read(a, said, &d, &p));
	CU_ASSERT_STRING_EQUAL(d.names->next->family, "ヤマダ");
	CU_ASSERT_EQUAL(d.names->next->representation, NAME_PHONETIC);
	json_t *again = person_json(&d);
	CU_ASSERT_TRUE(json_equal(said, again));
	/* What is not said any more is taken away, and nothing else. */
	person_take_away(&less, &d);
	CU_ASSERT_TRUE(less.delete_names && less.delete_addresses && less.delete_telecoms
		       && less.delete_insurances);
	CU_ASSERT_STRING_EQUAL(less.sex, "");
	CU_ASSERT_PTR_NULL(less.deceased);
	struct patient_demographics same = d;
	person_take_away(&same, &d);
	CU_ASSERT_FALSE(same.delete_names || same.delete_insurances);
	json_decref(said);
	json_decref(again);
	arena_destroy(a);
}

static void what_is_no_patient_is_refused(void)
{
	static const char *const refused[] = {
		"{\"sex\":1}",
		"{\"names\":{}}",
		"{\"names\":[1]}",
		"{\"names\":[{\"family\":[]}]}",
		"{\"names\":[{\"representation\":\"no\"}]}",
		"[]",
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct patient_demographics d;
		json_t *said = json_loads(refused[i], 0, NULL);
		CU_ASSERT_FALSE(person_read(a, said, &d, &p));
		CU_ASSERT_NOT_EQUAL(p.code, PROBLEM_NONE);
		json_decref(said);
	}
	/* A list on each side of its bound. */
	for (size_t most = PERSON_LIST_MOST; most <= PERSON_LIST_MOST + 1; most++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct patient_demographics d;
		json_t *names = json_array();
		for (size_t i = 0; i < most; i++)
			json_array_append_new(names, json_object());
		json_t *said = json_pack("{s:o}", "names", names);
		CU_ASSERT_EQUAL(person_read(a, said, &d, &p), most == PERSON_LIST_MOST);
		json_decref(said);
	}
	arena_destroy(a);
}

static void decisions_are_read_back(void)
{
	struct arena *a = arena_create(1 << 20);
	const struct consent_event e = { .action = CONSENT_EXCLUDE,
					 .facility = "d-pharmacy",
					 .reason = "asked",
					 .by = "uid 0",
					 .time = INT64_C(1766570000000001) };
	struct consent_event out;
	struct problem p = { .code = PROBLEM_NONE };
	json_t *said = consent_json(a, &e);
	CU_ASSERT_TRUE_FATAL(consent_read(a, said, &out, &p));
	CU_ASSERT_EQUAL(out.action, CONSENT_EXCLUDE);
	CU_ASSERT_EQUAL(out.time, e.time);
	CU_ASSERT_STRING_EQUAL(out.facility, "d-pharmacy");
	static const char *const members[] = { "facility", "reason", "by", "time", "action" };
	for (size_t i = 0; i < COUNT(members); i++) {
		json_t *less = json_copy(said);
		json_object_del(less, members[i]);
		p.code = PROBLEM_NONE;
		CU_ASSERT_FALSE(consent_read(a, less, &out, &p));
		json_decref(less);
	}
	json_object_set_new(said, "action", json_string("join"));
	CU_ASSERT_FALSE(consent_read(a, said, &out, &p));
	json_decref(said);
	arena_destroy(a);
}

/* With the form it came with; and what is none. */
static void forms_are_read_back(void)
{
	static const char sha256[] = "000102030405060708090a0b0c0d0e0f"
				     "101112131415161718191a1b1c1d1e1f";
	static const struct {
		const char *member, *value;
	} wrong[] = { { "media_type", "\"text/plain\"" },
		      { "media_type", "7" },
		      { "size", "0" },
		      { "size", "-1" },
		      { "size", "\"3\"" },
		      { "size", "4194305" },
		      { "sha256", "\"00\"" },
		      { "sha256", "7" },
		      { "sha256", "\"zz0102030405060708090a0b0c0d0e0f"
				  "101112131415161718191a1b1c1d1e1f\"" } };
	struct arena *a = arena_create(1 << 20);
	unsigned char octets[BLOB_SHA256];
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (unsigned char)i;
	const struct consent_event e = {
		.action = CONSENT_JOIN,
		.reason = "asked",
		.by = "uid 0",
		.paper = { .kind = PAPER_TIFF, .sha256 = octets, .size = PAPER_MOST },
		.time = INT64_C(1766570000000001)
	};
	struct consent_event out;
	struct problem p = { .code = PROBLEM_NONE };
	json_t *said = consent_json(a, &e), *form = json_object_get(said, "form");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(form, "media_type")),
			       "image/tiff");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(form, "sha256")), sha256);
	CU_ASSERT_TRUE_FATAL(consent_read(a, said, &out, &p));
	CU_ASSERT_EQUAL(out.paper.kind, PAPER_TIFF);
	CU_ASSERT_EQUAL(out.paper.size, PAPER_MOST);
	CU_ASSERT_EQUAL(memcmp(out.paper.sha256, octets, sizeof octets), 0);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		json_t *other = json_deep_copy(said);
		json_object_set_new(json_object_get(other, "form"), wrong[i].member,
				    json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
		p.code = PROBLEM_NONE;
		CU_ASSERT_FALSE(consent_read(a, other, &out, &p));
		json_decref(other);
	}
	json_decref(said);
	arena_destroy(a);
}

/* With its times, groups and proof; and what is none of these. */
static void visits_are_read_back(void)
{
	static const struct {
		const char *member, *value;
	} wrong[] = { { "from", "\"2026-01-15\"" },
		      { "until", "5" },
		      { "until", "\"\"" },
		      { "proof", "\"passport\"" },
		      { "proof", "{\"date\": \"2026-01-15\"}" },
		      { "proof", "{\"kind\": 7}" } };
	struct arena *a = arena_create(1 << 20);
	const struct consent_event e = { .action = CONSENT_GRANT,
					 .facility = "d-pharmacy",
					 .groups = "note,letter",
					 .reason = "asked",
					 .by = "uid 0",
					 .proof = { "passport", "2026-01-15", "desk" },
					 .from = INT64_C(1766570000000002),
					 .until = INT64_C(1766570000000003),
					 .time = INT64_C(1766570000000001) };
	struct consent_event out;
	struct problem p = { .code = PROBLEM_NONE };
	json_t *said = consent_json(a, &e);
	CU_ASSERT_TRUE_FATAL(consent_read(a, said, &out, &p));
	CU_ASSERT_EQUAL(out.action, CONSENT_GRANT);
	CU_ASSERT_STRING_EQUAL(out.groups, "note,letter");
	CU_ASSERT_EQUAL(out.from, e.from);
	CU_ASSERT_EQUAL(out.until, e.until);
	CU_ASSERT_STRING_EQUAL(out.proof.kind, "passport");
	CU_ASSERT_STRING_EQUAL(out.proof.date, "2026-01-15");
	CU_ASSERT_STRING_EQUAL(out.proof.by, "desk");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		json_t *other = json_copy(said);
		json_object_set_new(other, wrong[i].member,
				    json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
		p.code = PROBLEM_NONE;
		CU_ASSERT_FALSE(consent_read(a, other, &out, &p));
		json_decref(other);
	}
	json_decref(said);
	arena_destroy(a);
}

/* ---- A directory ---- */

struct place {
	char root[256], directory[300];
	struct arena *arena;
	struct problem problem;
};

static int forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void begin(struct place *p)
{
	const char *root = getenv("TMPDIR");
	*p = (struct place){ .arena = arena_create(64 << 20) };
	snprintf(p->root, sizeof p->root, "%s/minato-bundle-XXXXXX", root != NULL ? root : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->root));
	snprintf(p->directory, sizeof p->directory, "%s/out", p->root);
}

static void end(struct place *p)
{
	arena_destroy(p->arena);
	nftw(p->root, forget, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_document(struct bundle_writer *w, const char *text)
{
	struct blob_content c = { .octets = bytes_of_text(text), .fd = -1, .size = strlen(text) };
	SHA256(c.octets.data, c.octets.length, c.sha256);
	bundle_put_document(w, &c);
}

static bool write_some(struct place *p)
{
	struct bundle_writer *w = bundle_begin(p->arena, p->directory, &p->problem);
	if (w == NULL)
		return false;
	json_t *line = json_pack("{s:i}", "person", 1), *manifest = json_pack("{s:i}", "form", 1);
	bundle_put(w, bundle_readme, bytes_of_text("read me"));
	put_document(w, "one");
	put_document(w, "two");
	put_document(w, "one");
	bundle_put(w, "metadata/000000/000000001.json", bytes_of_text("{}"));
	bundle_put(w, "metadata/000000/000000001.xml", bytes_of_text("<x/>"));
	bundle_put_line(w, p->arena, bundle_identities, line);
	bundle_put_line(w, p->arena, bundle_identities, line);
	bool done = bundle_end(w, manifest, &p->problem);
	CU_ASSERT_EQUAL(bundle_written(w)->documents, 2);
	json_decref(line);
	json_decref(manifest);
	return done;
}

/* Every file that a disclosure has besides; one of its lists is empty. */
static bool write_disclosure(struct place *p)
{
	struct bundle_writer *w = bundle_begin(p->arena, p->directory, &p->problem);
	if (w == NULL)
		return false;
	json_t *line = json_pack("{s:i}", "number", 1), *manifest = json_pack("{s:i}", "form", 1);
	bundle_put(w, bundle_readme, bytes_of_text("read me"));
	bundle_begin_list(w, bundle_looks);
	bundle_begin_list(w, bundle_provisions);
	bundle_put(w, "metadata/000000/000000001.json", bytes_of_text("{}"));
	bundle_put_line(w, p->arena, bundle_looks, line);
	bundle_put(w, bundle_index, bytes_of_text("<html></html>"));
	bool done = bundle_end(w, manifest, &p->problem);
	json_decref(line);
	json_decref(manifest);
	return done;
}

static bool verifies(struct place *p)
{
	p->problem.code = PROBLEM_NONE;
	struct bundle *b = bundle_open(p->arena, p->directory, &p->problem);
	return b != NULL && bundle_verify(b, NULL, &p->problem);
}

static void it_is_read_as_it_was_written(void)
{
	struct place p;
	begin(&p);
	CU_ASSERT_TRUE_FATAL(write_some(&p));
	CU_ASSERT_TRUE(verifies(&p));
	struct bundle *b = bundle_open(p.arena, p.directory, &p.problem);
	struct bundle_lines *l = bundle_lines(b, p.arena, bundle_identities, &p.problem);
	unsigned count = 0;
	for (json_t *line; (line = bundle_next_line(l, &p.problem)) != NULL; json_decref(line))
		if (++count == 1)
			bundle_line_again(l);
	CU_ASSERT_EQUAL(count, 3);
	struct bundle_sum sum;
	unsigned files = 0;
	bundle_rewind(b);
	while (bundle_next(b, &sum, &p.problem))
		files++;
	CU_ASSERT_EQUAL(files, 8);
	CU_ASSERT_EQUAL(p.problem.code, PROBLEM_NONE);
	/* It is there: it stays as it is. */
	CU_ASSERT_PTR_NULL(bundle_begin(p.arena, p.directory, &p.problem));
	CU_ASSERT_TRUE(verifies(&p));
	end(&p);
}

static void a_disclosure_has_more(void)
{
	struct place p;
	begin(&p);
	CU_ASSERT_TRUE_FATAL(write_disclosure(&p));
	CU_ASSERT_TRUE(verifies(&p));
	struct bundle *b = bundle_open(p.arena, p.directory, &p.problem);
	struct bundle_sum sum;
	unsigned more = 0;
	bundle_rewind(b);
	while (bundle_next(b, &sum, &p.problem))
		more += sum.kind == BUNDLE_INDEX || sum.kind == BUNDLE_LOOKS
			|| sum.kind == BUNDLE_PROVISIONS;
	CU_ASSERT_EQUAL(more, 3);
	end(&p);
}

static void write_file(struct place *p, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", p->directory, name);
	FILE *f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void what_was_changed_is_found(void)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "README.txt", "read mE" },
		{ "metadata/000000/000000001.xml", "<y/>" },
		{ "metadata/000000/000000002.xml", "<x/>" },
		{ "audit/more", "" },
		{ "a", "" },
		{ "manifest.json", "{}" },
		{ "SHA256SUMS", "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct place p;
		begin(&p);
		CU_ASSERT_TRUE_FATAL(write_some(&p));
		write_file(&p, cases[i].name, cases[i].text);
		CU_ASSERT_FALSE(verifies(&p));
		CU_ASSERT_NOT_EQUAL(p.problem.what[0], '\0');
		end(&p);
	}
}

static void what_is_not_ended_is_gone(void)
{
	struct place p;
	struct stat st;
	begin(&p);
	struct arena *a = arena_create(1 << 20);
	struct bundle_writer *w = bundle_begin(a, p.directory, &p.problem);
	put_document(w, "one");
	/* Nobody else begins it meanwhile. */
	CU_ASSERT_PTR_NULL(bundle_begin(p.arena, p.directory, &p.problem));
	arena_destroy(a);
	CU_ASSERT_NOT_EQUAL(lstat(p.directory, &st), 0);
	p.problem.code = PROBLEM_NONE;
	/* What a kill left is taken away. */
	char left[512];
	snprintf(left, sizeof left, "%s/.out.part", p.root);
	CU_ASSERT_NOT_EQUAL(lstat(left, &st), 0);
	mkdir(left, 0700);
	CU_ASSERT_TRUE(write_some(&p));
	CU_ASSERT_NOT_EQUAL(lstat(left, &st), 0);
	end(&p);
}

static const struct test tests[] = {
	{ "names are ours alone", names_are_ours_alone },
	{ "a line is a hash and a name", a_line_is_a_hash_and_a_name },
	{ "JSON is bounded", json_is_bounded },
	{ "moments are read back", moments_are_read_back },
	{ "a patient is read back", a_patient_is_read_back },
	{ "what is no patient is refused", what_is_no_patient_is_refused },
	{ "decisions are read back", decisions_are_read_back },
	{ "visits are read back", visits_are_read_back },
	{ "forms are read back", forms_are_read_back },
	{ "it is read as it was written", it_is_read_as_it_was_written },
	{ "a disclosure has more", a_disclosure_has_more },
	{ "what was changed is found", what_was_changed_is_found },
	{ "what is not ended is gone", what_is_not_ended_is_gone },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: files of an export", tests);
}
