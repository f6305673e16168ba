/* tests/store/former_form_test.c: a store of form 10, as its rows were written then, or of form
 * 11, is brought over by this release: everybody in it is found, nothing in it is wrong, and it
 * is fed as any other; from then on it says that it is of this form. So is what form 11 wrote of
 * documents and consent. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/names.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/registry_record.h"
#include "store/repository.h"
#include "store/store_form.h"
#include "store/store_migration.h"
#include "tests/store/asked.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { LONG_ROWS = 10, NO_KEYS = 11, NOW = 13 };
/* Tags of form 10. */
enum {
	ROW_NUMBER = 1,
	ROW_ID = 3,
	ROW_PERSON = 6,
	ROW_CREATED = 8,
	ROW_REVISION = 10,
	ROW_MADE = 11,
	ROW_ANCHOR = 12,
	ROW_DEMOGRAPHICS = 15,
	ROW_CORE = 21,
	ROW_EVIDENCES = 22,
	ROW_PACKED = 23,
	ROW_CHANGED = 24,
	ROW_OWN_ID = 25,
	ROW_DOMAIN_NUMBER = 26,
	ROW_SYSTEM_NUMBER = 27
};
enum { PERSON_REGIONAL = 1, PERSON_MEMBER, PERSON_SINCE };
enum { DECISION_OTHER = 1, DECISION_LINKED, DECISION_TIME = 4, DECISION_KNOWN_REASON = 7 };
enum { REASON_ADDRESS = 2 };

static const char given_then[] = "00112233445566778899aabbccddeeff"; /* by chance alone */

#define HANAKO(domain, phone)                                                                      \
	{                                                                                          \
		domain, "1", "サトウ", "ハナコ", "19800101", "F", phone, "1500002", "渋谷1", 0, 0, \
			0, 0                                                                       \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "0312345001"),
			hanako_b = HANAKO(B_DOMAIN, "0312345001"),
			hanako_c = HANAKO(C_DOMAIN, "0312345001"),
			moved_a = HANAKO(A_DOMAIN, "0399990000");

/* One block of literals (LZ4 Block Format Description): what it says needs no dictionary. */
static struct bytes literals(struct arena *a, struct bytes said)
{
	enum { TOKEN = 15, MORE = 255 };
	struct buffer b = buffer_in(a);
	packed_number(&b, said.length);
	CU_ASSERT_FATAL(said.length >= TOKEN);
	size_t left = said.length - TOKEN;
	buffer_byte(&b, TOKEN << 4);
	for (; left >= MORE; left -= MORE)
		buffer_byte(&b, MORE);
	buffer_byte(&b, (unsigned char)left);
	buffer_append(&b, said.data, said.length);
	return buffer_bytes(&b);
}

static void put_said(struct record_writer *w, struct arena *a, const struct identity_row *row)
{
	const struct patient_demographics *d = &row->record.demographics;
	struct bytes said = identity_demographics_octets(a, d);
	struct identity_core core = identity_core(a, d);
	record_bytes(w, ROW_CORE, core_octets(a, &core, d));
	if (text_equal(row->record.domain, A_DOMAIN))
		record_bytes(w, ROW_PACKED, literals(a, said));
	else
		record_bytes(w, ROW_DEMOGRAPHICS, said);
}

static void put_evidence(struct record_writer *w, struct arena *a, const struct identity_row *row)
{
	struct buffer b = buffer_in(a);
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next) {
		buffer_byte(&b, (unsigned char)e->rule);
		buffer_append(&b, e->hash, EVIDENCE_HASH);
		packed_signed(&b, e->since - row->record.created);
	}
	record_bytes(w, ROW_EVIDENCES, buffer_bytes(&b));
}

static bool put_record(struct store_txn *t, uint64_t number)
{
	struct arena *a = store_arena(t);
	struct record_writer w = record_begin(a, 1);
	struct identity_row row;
	struct key k;
	unsigned char own[16];
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, a, number, &row));
	record_number(&w, ROW_NUMBER, number);
	record_number(&w, ROW_DOMAIN_NUMBER, name_number(t, row.record.domain));
	CU_ASSERT_TRUE(bytes_from_hex(given_then, sizeof given_then - 1, own));
	if (row.made)
		record_bytes(&w, ROW_OWN_ID, (struct bytes){ own, sizeof own });
	else
		record_text(&w, ROW_ID, row.record.id);
	record_number(&w, ROW_PERSON, row.record.person);
	if (!row.made)
		record_number(&w, ROW_SYSTEM_NUMBER, name_number(t, row.record.source_system));
	record_instant(&w, ROW_CREATED, row.record.created);
	if (row.record.updated != row.record.created)
		record_signed(&w, ROW_CHANGED, row.record.updated - row.record.created);
	record_flag(&w, ROW_MADE, row.made);
	if (row.made)
		record_number(&w, ROW_ANCHOR, row.anchor);
	else {
		put_evidence(&w, a, &row);
		put_said(&w, a, &row);
	}
	key_begin(&k, SPACE_IDENTITY_RECORD);
	key_short(&k, number);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), record_end(&w)));
	if (row.made)
		return identity_id_put(t, AFFINITY, given_then, number);
	struct candidate_entries none = { .count = 0 },
				 all = candidate_entries(a, &row.record.demographics);
	identity_candidates_move(t, number, &none, &all);
	return true;
}

static bool put_person(struct store_txn *t, const struct person_row *p)
{
	struct record_writer w = record_begin(store_arena(t), 1);
	struct key k;
	record_number(&w, PERSON_REGIONAL, p->regional);
	record_instant(&w, PERSON_SINCE, p->since);
	for (size_t i = 0; i < p->count; i++)
		record_number(&w, PERSON_MEMBER, p->members[i]);
	key_begin(&k, SPACE_IDENTITY_PERSON);
	key_short(&k, p->number);
	return store_put(t, key_span(&k), record_end(&w));
}

static bool put_decision(struct store_txn *t, const struct link_decision *d)
{
	struct record_writer w = record_begin(store_arena(t), 1);
	struct key k;
	record_number(&w, DECISION_OTHER, d->other);
	record_flag(&w, DECISION_LINKED, d->linked);
	record_number(&w, DECISION_KNOWN_REASON, REASON_ADDRESS);
	record_instant(&w, DECISION_TIME, d->time);
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, d->record);
	key_short(&k, 1);
	return store_put(t, key_span(&k), record_end(&w));
}

/* Neither form had keys for matching. */
static void forget_keys(struct store_txn *t)
{
	struct bytes key, value;
	struct key space, k;
	key_begin(&space, SPACE_MATCH_BLOCK);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	while (store_next(c, &key, &value)) {
		key_begin(&k, SPACE_MATCH_BLOCK);
		key_bytes(&k, key.data + 1, key.length - 1);
		CU_ASSERT_TRUE(store_delete(t, key_span(&k)));
	}
	store_scan_end(c);
}

struct former {
	unsigned char form;
	uint64_t person;
};

static bool put_form(struct store_txn *t, unsigned char form)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "format");
	return store_put(t, key_span(&k), (struct bytes){ &form, 1 });
}

static bool as_it_was(struct store_txn *t, const void *with)
{
	const struct former *former = with;
	struct person_row p;
	CU_ASSERT_TRUE_FATAL(person_row_get(t, store_arena(t), former->person, &p));
	forget_keys(t);
	if (former->form == NO_KEYS)
		return put_form(t, NO_KEYS);
	/* Those that borrow while whom they borrow from is as it is. */
	for (size_t i = p.count; i > 0; i--)
		CU_ASSERT_TRUE(put_record(t, p.members[i - 1]));
	const struct link_decision *d = identity_decisions(t, store_arena(t), former->person);
	CU_ASSERT_FATAL(d != NULL && d->next == NULL && text_equal(d->reason, "postcode+address"));
	CU_ASSERT_TRUE(put_person(t, &p) && put_decision(t, d));
	return put_form(t, former->form);
}

static unsigned form_of(struct fixture *f)
{
	struct key k;
	struct bytes form = { 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	key_begin(&k, SPACE_STORE);
	key_text(&k, "format");
	CU_ASSERT_TRUE(store_get(t, key_span(&k), f->arena, &form));
	store_end(t);
	return form.length == 1 ? form.data[0] : 0;
}

/* Who is in it, and what was decided. */
static void look(struct fixture *f, const char *regional, unsigned records, const char *by_name)
{
	static const struct asked asked = { .kana = "サトウ" };
	unsigned count = 0;
	struct person p = people_person(f, AFFINITY, regional);
	for (const struct patient_record *r = p.records; r != NULL; r = r->next)
		if (r->number != p.regional_record) {
			CU_ASSERT_STRING_EQUAL(r->demographics.names->family, "サトウ");
			CU_ASSERT_STRING_EQUAL(r->demographics.addresses->text, "渋谷1");
			count++;
		}
	CU_ASSERT_EQUAL(count, records);
	CU_ASSERT_STRING_EQUAL(p.regional_id, regional);
	CU_ASSERT_EQUAL(people_record(f, A_DOMAIN, "1").person, p.number);
	if (!text_equal(found(f, asked), by_name))
		printf("%s: %s\n", by_name, found(f, asked));
	CU_ASSERT_STRING_EQUAL(found(f, asked), by_name);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	const struct link_decision *d = identity_decisions(t, f->arena, p.number);
	CU_ASSERT_FATAL(d != NULL);
	CU_ASSERT(d->linked && text_equal(d->reason, "postcode+address") && d->time != 0);
	store_end(t);
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
}

struct told_steps {
	unsigned form, begun, done;
};

static void on_step(void *with, unsigned from, unsigned to, const char *changes, bool done)
{
	struct told_steps *told = with;
	CU_ASSERT_EQUAL(from, told->form);
	CU_ASSERT_EQUAL(to, from + 1);
	CU_ASSERT(strlen(changes) > 0);
	told->begun += !done;
	told->done += done;
	told->form += done;
}

/* A start refuses it, one who looks leaves it as it is, and the steps bring it over once. */
static void bring_over(struct fixture *f, unsigned char form)
{
	struct told_steps told = { .form = form };
	const struct store_migration how = { .tell = on_step, .with = &told };
	struct store_life life;
	store_close(f->store);
	f->store = store_open(&f->settings, &f->problem);
	CU_ASSERT_PTR_NULL_FATAL(f->store);
	f->settings.as_it_is = true;
	for (unsigned again = 0; again < 2; again++) {
		f->problem = (struct problem){ 0 };
		fixture_reopen(f);
		CU_ASSERT_EQUAL(form_of(f), form);
	}
	for (unsigned again = 0; again < 2; again++) {
		fixture_must(f, store_migrate(f->store, &how, &f->problem));
		CU_ASSERT_EQUAL(form_of(f), NOW);
		CU_ASSERT_EQUAL(told.begun, NOW - form);
		CU_ASSERT_EQUAL(told.done, NOW - form);
	}
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE_FATAL(store_life_read(t, &life));
	CU_ASSERT_EQUAL(life.brought_from, form);
	CU_ASSERT(life.brought_by != NULL && life.brought != 0);
	store_end(t);
	f->settings.as_it_is = false;
}

static void open_as_it_was(unsigned char form)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	struct former former = { form, people_feed(&f, &hanako_b).person };
	const char *regional = form == LONG_ROWS ? given_then
						 : people_person(&f, A_DOMAIN, "1").regional_id;
	CU_ASSERT_TRUE(in_job(&f, as_it_was, &former));
	CU_ASSERT_EQUAL(form_of(&f), form);
	bring_over(&f, form);
	for (uint64_t again = 0, made; again < 2; again++) {
		fixture_reopen(&f);
		CU_ASSERT_EQUAL(form_of(&f), NOW);
		CU_ASSERT_TRUE(identity_keys_ready(f.store, &made, &f.problem));
		CU_ASSERT_EQUAL(made, 0); /* by the step */
		look(&f, regional, 2, "a1 b1");
	}
	people_feed(&f, &hanako_c);
	look(&f, regional, 3, "a1 b1 c1");
	people_feed(&f, &moved_a);
	look(&f, regional, 3, form == LONG_ROWS ? "a1 b1 c1" : "a1 c1 b1");
	people_feed(&f, &hanako_a);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "1", NULL), PROBLEM_MERGE_REFUSED);
	look(&f, regional, 3, form == LONG_ROWS ? "b1 a1 c1" : "c1 a1 b1");
	fixture_close(&f);
}

static void it_is_brought_over(void)
{
	open_as_it_was(LONG_ROWS);
}

static void keys_are_made(void)
{
	open_as_it_was(NO_KEYS);
}

/* ---- Form 11: documents and consent ---- */

enum { BLOB_SIZE = 1, BLOB_USES, BLOB_SHA1_TAG, BLOB_PLACE, BLOB_PACK = 7, BLOB_AT = 8 };
enum { DOCUMENT_SHA256 = 1, DOCUMENT_TYPE, DOCUMENT_OCTETS, DOCUMENT_SYSTEM = 5 };
enum { IN_A_PACK = 4, ROW_OF_PACKED = 2 };

#define REPOSITORY "1.2.3.9"
static const char report[] = "a report";

static struct bytes row_of(struct store_txn *t, struct key *k, unsigned char space,
			   const unsigned char sha256[BLOB_SHA256])
{
	struct bytes row = { 0 };
	key_begin(k, space);
	if (sha256 != NULL) {
		key_bytes(k, sha256, BLOB_SHA256);
	} else {
		key_text(k, REPOSITORY);
		key_oid(k, "1.2");
	}
	CU_ASSERT_TRUE_FATAL(store_get(t, key_span(k), store_arena(t), &row));
	return row;
}

static bool keep_document(struct store_txn *t, const void *with)
{
	const struct blob *b = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct kept_document d = { .repository_unique_id = REPOSITORY,
				   .unique_id = "1.2",
				   .mime_type = "text/plain",
				   .size = b->size,
				   .source_system = "a-hospital" };
	memcpy(d.sha256, b->sha256, BLOB_SHA256);
	return repository_put(t, store_arena(t), &d, b, &p);
}

/* With tags; and the system and the type in letters. */
static bool document_as_it_was(struct store_txn *t, const void *with)
{
	const struct blob *b = with;
	struct arena *a = store_arena(t);
	struct key k;
	struct bytes row = row_of(t, &k, SPACE_BLOB, b->sha256);
	struct packed_reader r = packed_read(row);
	struct record_writer w = record_begin(a, 1);
	CU_ASSERT_EQUAL(packed_as_octet(&r), ROW_OF_PACKED);
	record_number(&w, BLOB_SIZE, packed_as_number(&r));
	record_number(&w, BLOB_USES, packed_as_number(&r));
	record_bytes(&w, BLOB_SHA1_TAG,
		     (struct bytes){ packed_as_octets(&r, BLOB_SHA1), BLOB_SHA1 });
	record_number(&w, BLOB_PLACE, IN_A_PACK);
	record_number(&w, BLOB_PACK, packed_as_number(&r));
	record_number(&w, BLOB_AT, packed_as_number(&r));
	CU_ASSERT(!r.broken && !packed_more(&r) && record_end(&w).length > row.length);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), record_end(&w)));
	row = row_of(t, &k, SPACE_REPOSITORY, NULL);
	w = record_begin(a, 1);
	record_bytes(&w, DOCUMENT_SHA256, (struct bytes){ b->sha256, BLOB_SHA256 });
	record_text(&w, DOCUMENT_TYPE, "text/plain");
	record_number(&w, DOCUMENT_OCTETS, b->size);
	record_text(&w, DOCUMENT_SYSTEM, "a-hospital");
	CU_ASSERT(record_end(&w).length > row.length);
	return store_put(t, key_span(&k), record_end(&w));
}

static void look_at_document(struct fixture *f, const struct blob *b)
{
	struct kept_document d;
	struct blob_content content;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &p);
	CU_ASSERT_TRUE_FATAL(repository_find(t, f->arena, REPOSITORY, "1.2", &d));
	CU_ASSERT_STRING_EQUAL(d.mime_type, "text/plain");
	CU_ASSERT_STRING_EQUAL(d.source_system, "a-hospital");
	CU_ASSERT_EQUAL(d.size, b->size);
	CU_ASSERT_TRUE_FATAL(blob_open(t, d.sha256, f->arena, &content, &p));
	CU_ASSERT_TRUE(bytes_equal(content.octets, bytes_of_text(report)));
	struct blob known;
	CU_ASSERT_TRUE_FATAL(blob_known(t, d.sha256, &known));
	CU_ASSERT_EQUAL(memcmp(known.sha1, b->sha1, BLOB_SHA1), 0);
	store_end(t);
}

static void documents_are_read(void)
{
	struct fixture f;
	struct blob b;
	fixture_open(&f);
	fixture_must(&f, blob_of_bytes(f.store, f.arena, bytes_of_text(report), &b, &f.problem));
	CU_ASSERT_TRUE(in_job(&f, keep_document, &b));
	look_at_document(&f, &b);
	CU_ASSERT_TRUE(in_job(&f, document_as_it_was, &b));
	look_at_document(&f, &b);
	fixture_reopen(&f);
	look_at_document(&f, &b);
	fixture_close(&f);
}

static const struct test tests[] = { { "a store of form 10 is brought over", it_is_brought_over },
				     { "one of form 11 gets keys for matching", keys_are_made },
				     { "documents of form 11 are read", documents_are_read },
				     { 0 } };

int main(void)
{
	return suite_run("store: a former form", tests);
}
