/* tests/store/damaged_test.c: what cannot be read is not what is not there.
 *
 * A row a question; a value that nobody ever wrote stands where the answer is looked for. Each must
 * fail the store for whoever asked: an answer "nothing" would be taken for the truth. Where the row
 * is not there at all it is no failure. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "store/audit_log.h"
#include "store/blobs.h"
#include "store/consent_rows.h"
#include "store/daily.h"
#include "store/errands_rows.h"
#include "store/errands_sent.h"
#include "store/identity_rows.h"
#include "store/lease.h"
#include "store/loading.h"
#include "store/names.h"
#include "store/notices.h"
#include "store/numbers.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/repository.h"
#include "tests/store/fixture.h"

#define UUID "urn:uuid:00000000-0000-0000-0000-000000000007"
#define UUID_KEY "h00000000000000000000000000000007"
#define SHA "h0000000000000000000000000000000000000000000000000000000000000000"
#define EVIDENCE "h00000000000000000000000000000000"
#define URL "https://there.example/"

typedef void ask_function(struct store_txn *t, struct arena *a);

/* ---- Identity ---- */

static void ask_id(struct store_txn *t, struct arena *a)
{
	struct patient_record r;
	CU_ASSERT_FALSE(identity_find(t, a, "2.999.1.1", "7", &r));
}

static void ask_id_place(struct store_txn *t, struct arena *a)
{
	struct patient_record r;
	CU_ASSERT_FALSE(identity_find_place(t, a, "2.999.1.1", "7", &r));
}

static void ask_record(struct store_txn *t, struct arena *a)
{
	struct patient_record r;
	CU_ASSERT_FALSE(identity_record(t, a, 7, &r));
}

static void ask_place(struct store_txn *t, struct arena *a)
{
	struct patient_record r;
	CU_ASSERT_FALSE(identity_place(t, a, 7, &r));
}

static void ask_person(struct store_txn *t, struct arena *a)
{
	struct person p;
	CU_ASSERT_FALSE(identity_person(t, a, 7, &p));
}

static void ask_subjects(struct store_txn *t, struct arena *a)
{
	struct record_numbers n;
	CU_ASSERT_FALSE(identity_subjects(t, a, 7, &n));
}

static void ask_person_of(struct store_txn *t, struct arena *a)
{
	struct patient_record place = { .number = 5, .person = 7 };
	struct person p;
	CU_ASSERT_FALSE(identity_person_of(t, a, &place, &p));
}

static void ask_regional(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(identity_regional_id(t, a, 7));
}

static void ask_persons(struct store_txn *t, struct arena *a)
{
	unsigned count;
	identity_list(t, a, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
}

static void ask_unsettled(struct store_txn *t, struct arena *a)
{
	unsigned count;
	identity_unsettled(t, a, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
}

static void ask_decision(struct store_txn *t, struct arena *a)
{
	struct link_decision d;
	CU_ASSERT_FALSE(identity_decision_get(t, a, &(struct trail_place){ 7, 1 }, &d));
}

static void ask_linked(struct store_txn *t, struct arena *a)
{
	static const struct evidence e = { .rule = RULE_PHONE };
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, 0);
}

/* ---- Names ---- */

static void ask_name(struct store_txn *t, struct arena *a)
{
	uint64_t number;
	(void)a;
	CU_ASSERT_FALSE(name_find(t, "some", &number));
}

static void ask_named(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(name_text(t, a, 7));
}

/* ---- Consent ---- */

static void ask_events(struct store_txn *t, struct arena *a)
{
	struct consent_row row;
	consent_row_get(t, a, 7, &row);
	CU_ASSERT_EQUAL(row.events.count, 0);
}

static void ask_participation(struct store_txn *t, struct arena *a)
{
	struct participation p;
	consent_participation(t, a, 7, 0, &p);
	CU_ASSERT_FALSE(p.decided);
}

static void ask_last_event(struct store_txn *t, struct arena *a)
{
	struct kept_event e;
	CU_ASSERT_FALSE(consent_history_last(t, a, 7, &e));
}

/* ---- Documents ---- */

static void ask_blob(struct store_txn *t, struct arena *a)
{
	static const unsigned char sha256[BLOB_SHA256];
	struct blob b;
	(void)a;
	CU_ASSERT_FALSE(blob_known(t, sha256, &b));
}

static void ask_repository(struct store_txn *t, struct arena *a)
{
	struct kept_document d;
	CU_ASSERT_FALSE(repository_find(t, a, "2.999.20", "1.2", &d));
}

static void ask_entry(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_entry(t, a, UUID));
}

/* As what another form of it is judged, and by what. */
static void ask_latest(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_latest_entry(t, a, UUID));
}

static void ask_set(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_submission_set(t, a, UUID));
}

static void ask_folder(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_folder(t, a, UUID));
}

static void ask_association(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_association(t, a, UUID));
}

static void ask_set_of(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_submission_set_of(t, a, "1.2"));
}

static const struct registry_glance approved = { .approved = true, .stable = true };

static void ask_entries(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_entries(t, a, 7, &approved)));
}

static void ask_sets(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(
		registry_next_submission_set(registry_submission_sets(t, a, 7, &approved)));
}

static void ask_folders(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_next_folder(registry_folders(t, a, 7, &approved)));
}

static void ask_entries_of(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_entries_of(t, a, "1.2")));
}

static void ask_referring(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_referring(t, a, "r", 7, &approved)));
}

static void ask_links(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_PTR_NULL(registry_from(t, a, UUID));
}

/* ---- Errands ---- */

static void ask_errand(struct store_txn *t, struct arena *a)
{
	struct errand e;
	CU_ASSERT_FALSE(errand_get(t, a, 7, &e));
}

static void ask_first(struct store_txn *t, struct arena *a)
{
	struct errand e;
	CU_ASSERT_FALSE(errand_first(t, a, "p", URL, &e));
}

static void ask_errands(struct store_txn *t, struct arena *a)
{
	size_t count;
	errand_list(t, a, 0, NULL, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
}

static void ask_queue(struct store_txn *t, struct arena *a)
{
	struct errand_queue q;
	CU_ASSERT_FALSE(errand_queue_get(t, a, "p", URL, &q));
}

static void ask_queues(struct store_txn *t, struct arena *a)
{
	size_t count;
	errand_queues(t, a, &count);
}

static void ask_due(struct store_txn *t, struct arena *a)
{
	size_t count;
	errand_queues_by_due(t, a, 10, &count);
}

static void ask_sum(struct store_txn *t, struct arena *a)
{
	struct errand_totals n;
	(void)a;
	errand_count(t, &n);
}

static void ask_try(struct store_txn *t, struct arena *a)
{
	(void)a;
	CU_ASSERT_FALSE(errand_sent_end(t, "p", URL, 1));
}

static void ask_lease(struct store_txn *t, struct arena *a)
{
	struct lease l;
	CU_ASSERT_FALSE(lease_look(t, a, "l", &l));
}

static void ask_leases(struct store_txn *t, struct arena *a)
{
	const char *name = NULL;
	struct lease l;
	CU_ASSERT_FALSE(lease_next(t, a, &name, &l));
}

static void ask_loading(struct store_txn *t, struct arena *a)
{
	struct load_reached r;
	CU_ASSERT_FALSE(loading_look(t, a, "f", &r));
}

static void ask_daily(struct store_txn *t, struct arena *a)
{
	struct daily d;
	(void)a;
	CU_ASSERT_FALSE(daily_look(t, "d", &d));
}

static void ask_notice(struct store_txn *t, struct arena *a)
{
	struct notice n;
	CU_ASSERT_FALSE(notice_get(t, a, "s", 7, &n));
}

static void ask_late(struct store_txn *t, struct arena *a)
{
	CU_ASSERT_EQUAL(notices_late(t, a, "s"), 0);
}

/* ---- The store itself, and the audit log ---- */

static void ask_number(struct store_txn *t, struct arena *a)
{
	(void)a;
	CU_ASSERT_EQUAL(number_next(t, NUMBER_ERRAND) % NUMBERS_FIRST, store_failed(t) ? 0 : 1);
}

static void ask_secret(struct store_txn *t, struct arena *a)
{
	unsigned char secret[STORE_SECRET];
	(void)a;
	CU_ASSERT_EQUAL(store_secret(t, secret), !store_failed(t));
}

static void ask_head(struct store_txn *t, struct arena *a)
{
	struct audit_head h;
	(void)a;
	CU_ASSERT_EQUAL(audit_log_head_of(t, 3, &h), !store_failed(t));
}

static void ask_acknowledged(struct store_txn *t, struct arena *a)
{
	(void)a;
	CU_ASSERT_EQUAL(audit_log_acknowledged(t, "there", 3), audit_number(3, 0));
}

static void ask_anchored(struct store_txn *t, struct arena *a)
{
	struct audit_anchored n;
	(void)a;
	CU_ASSERT_EQUAL(audit_log_anchored(t, 3, &n), !store_failed(t));
}

static void ask_aside(struct store_txn *t, struct arena *a)
{
	size_t count;
	audit_aside_list(t, a, "there", false, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
}

/* ---- The table ---- */

/* A record of nothing that breaks off; a number of no record of the store. */
#define BROKEN                                                                                     \
	{                                                                                          \
		"\1\1", 2                                                                          \
	}
#define SEVEN                                                                                      \
	{                                                                                          \
		"\0\0\0\0\0\0\0\7", 8                                                              \
	}

static const struct row {
	const char *why;
	unsigned char space;
	/* Blanks between, as store/keys.h writes them: tTEXT, dOID, nNUMBER, sSHORT, iID, mMOMENT,
	 * oOCTET;
	 * IID and MMOMENT reversed; hOCTETS in hexadecimal. */
	const char *key;
	struct {
		const char *octets;
		size_t length;
	} value;
	ask_function *ask;
} rows[] = {
	{ "an id of nothing", SPACE_IDENTITY_ID, "s1 d7", { "", 0 }, ask_id },
	{ "an id of three octets", SPACE_IDENTITY_ID, "s1 d7", { "\0\0\7", 3 }, ask_id },
	{ "an id of nine", SPACE_IDENTITY_ID, "s1 d7", { "\0\0\0\0\0\0\0\0\7", 9 }, ask_id },
	{ "an id of 0", SPACE_IDENTITY_ID, "s1 d7", { "\0\0\0\0\0\0\0\0", 8 }, ask_id },
	{ "an id of no record", SPACE_IDENTITY_ID, "s1 d7", { "\7", 1 }, ask_id },
	{ "the same, its place", SPACE_IDENTITY_ID, "s1 d7", { "\7", 1 }, ask_id_place },
	{ "a name", SPACE_NAME, "tsome", BROKEN, ask_name },
	{ "a name without number", SPACE_NAME, "tsome", { "\1", 1 }, ask_name },
	{ "a number's name", SPACE_NAMED, "s7", BROKEN, ask_named },
	{ "a number without name", SPACE_NAMED, "s7", { "\1", 1 }, ask_named },
	{ "a patient record", SPACE_IDENTITY_RECORD, "s7", BROKEN, ask_record },
	{ "its place", SPACE_IDENTITY_RECORD, "s7", BROKEN, ask_place },
	{ "a person", SPACE_IDENTITY_PERSON, "s7", BROKEN, ask_person },
	{ "a person's records", SPACE_IDENTITY_PERSON, "s7", BROKEN, ask_subjects },
	{ "a person's regional id", SPACE_IDENTITY_PERSON, "s7", BROKEN, ask_regional },
	{ "a person whose record is gone",
	  SPACE_IDENTITY_PERSON,
	  "s7",
	  { "\1\1\1\5\2\1\5\3\1\1", 10 },
	  ask_person },
	{ "the same, of a place",
	  SPACE_IDENTITY_PERSON,
	  "s7",
	  { "\1\1\1\5\2\1\6\3\1\1", 10 },
	  ask_person_of },
	{ "the same, its regional id",
	  SPACE_IDENTITY_PERSON,
	  "s7",
	  { "\1\1\1\5\2\1\5\3\1\1", 10 },
	  ask_regional },
	{ "persons", SPACE_IDENTITY_PERSON, "s7", BROKEN, ask_persons },
	{ "who is unsettled", SPACE_IDENTITY_UNSETTLED, "s7", BROKEN, ask_unsettled },
	{ "a decision", SPACE_IDENTITY_DECISION, "s7 s1", BROKEN, ask_decision },
	{ "consents", SPACE_CONSENT, "s7", BROKEN, ask_events },
	{ "a participation", SPACE_CONSENT, "s7", BROKEN, ask_participation },
	{ "the last of a history", SPACE_CONSENT_HISTORY, "s7 s1", BROKEN, ask_last_event },
	{ "a document", SPACE_BLOB, SHA, BROKEN, ask_blob },
	{ "what a repository keeps", SPACE_REPOSITORY, "t2.999.20 d1.2", BROKEN, ask_repository },
	{ "where an object is", SPACE_BY_UUID, UUID_KEY, { "", 0 }, ask_entry },
	{ "an entry that is gone", SPACE_BY_UUID, UUID_KEY, { "\x41gone", 5 }, ask_entry },
	{ "what a form is of", SPACE_BY_UUID, UUID_KEY, { "\x41gone", 5 }, ask_latest },
	{ "a set that is gone", SPACE_BY_UUID, UUID_KEY, { "\x42gone", 5 }, ask_set },
	{ "a folder that is gone", SPACE_BY_UUID, UUID_KEY, { "\x43gone", 5 }, ask_folder },
	{ "an association that is gone",
	  SPACE_BY_UUID,
	  UUID_KEY,
	  { "\x44gone", 5 },
	  ask_association },
	{ "a set by its uniqueId", SPACE_SET_BY_UNIQUE_ID, "d1.2", { "\x42gone", 5 }, ask_set_of },
	{ "an entry by its uniqueId",
	  SPACE_ENTRY_BY_UNIQUE_ID,
	  "d1.2 m1 i1",
	  { "\0\0\0\0\7", 5 },
	  ask_entries_of },
	{ "an entry referred to", SPACE_BY_REFERENCE_ID, "i7 tr m1 i1", { "", 0 }, ask_referring },
	{ "an entry of a patient", SPACE_ENTRY, "i7 M1 I1", BROKEN, ask_entries },
	{ "an entry without a status", SPACE_ENTRY, "i7 M1 I1", { "\1", 1 }, ask_entries },
	{ "an entry of a status nobody knows",
	  SPACE_ENTRY,
	  "i7 M1 I1",
	  { "\1\2\1\11", 4 },
	  ask_entries },
	{ "a set of a patient", SPACE_SET, "i7 M1 I1", BROKEN, ask_sets },
	{ "a folder of a patient", SPACE_FOLDER, "i7 M1 I1", BROKEN, ask_folders },
	{ "whose associations are asked for",
	  SPACE_BY_UUID,
	  UUID_KEY,
	  { "\x41gone", 5 },
	  ask_links },
	{ "who shares evidence", SPACE_IDENTITY_LINK, EVIDENCE, { "\x80", 1 }, ask_linked },
	{ "an errand", SPACE_ERRAND, "n7", BROKEN, ask_errand },
	{ "errands", SPACE_ERRAND, "n7", BROKEN, ask_errands },
	{ "a place in a line", SPACE_ERRAND_WAITING, "tp t" URL " n1", { "", 0 }, ask_first },
	{ "a place of no errand", SPACE_ERRAND_WAITING, "tp t" URL " n1", SEVEN, ask_first },
	{ "a queue", SPACE_ERRAND_QUEUE, "tp t" URL, BROKEN, ask_queue },
	{ "queues", SPACE_ERRAND_QUEUE, "tp t" URL, BROKEN, ask_queues },
	{ "a queue without address", SPACE_ERRAND_QUEUE, "tp", BROKEN, ask_queues },
	{ "what is due of no queue", SPACE_ERRAND_DUE, "n1 tp t" URL, { "", 0 }, ask_due },
	{ "a partner's sum", SPACE_ERRAND_SUM, "tp", BROKEN, ask_sum },
	{ "a try of an errand", SPACE_ERRAND_SENT, "tp t" URL, BROKEN, ask_try },
	{ "a lease", SPACE_OUTBOX_LAST, "tl", BROKEN, ask_lease },
	{ "what is done daily", SPACE_STORE, "tdaily td", BROKEN, ask_daily },
	{ "a minute of no day", SPACE_STORE, "tdaily td", { "\1\2\2\240\13", 5 }, ask_daily },
	{ "how far a storage was loaded", SPACE_LOADING, "tf", BROKEN, ask_loading },
	{ "the same without a place", SPACE_LOADING, "tf", { "\1\1\2r\0", 5 }, ask_loading },
	{ "leases", SPACE_OUTBOX_LAST, "tl", BROKEN, ask_leases },
	{ "a notice", SPACE_OUTBOX_FIRST + 8, "ts n7", BROKEN, ask_notice },
	{ "how many are late", SPACE_OUTBOX_FIRST + 10, "ts", BROKEN, ask_late },
	{ "numbers", SPACE_NUMBERS, "o6", BROKEN, ask_number },
	{ "the store's secret", SPACE_STORE, "tsecret", { "short", 5 }, ask_secret },
	{ "the head of a chain", SPACE_AUDIT_HEAD, "n3", BROKEN, ask_head },
	{ "what was delivered", SPACE_AUDIT_CURSOR, "tthere n3", BROKEN, ask_acknowledged },
	{ "the same without number",
	  SPACE_AUDIT_CURSOR,
	  "tthere n3",
	  { "\1", 1 },
	  ask_acknowledged },
	{ "the same that breaks off",
	  SPACE_AUDIT_CURSOR,
	  "tthere n3",
	  { "\1\1\1\7\3", 5 },
	  ask_acknowledged },
	{ "the same of another version",
	  SPACE_AUDIT_CURSOR,
	  "tthere n3",
	  { "\2\1\1\7", 4 },
	  ask_acknowledged },
	{ "what was anchored", SPACE_AUDIT_ANCHORED, "n3", BROKEN, ask_anchored },
	{ "what was set aside", SPACE_AUDIT_ASIDE, "tthere o0 n7", BROKEN, ask_aside },
};

static void add_part(struct key *k, char kind, const char *text)
{
	unsigned char octets[KEY_MOST];
	switch (kind) {
	case 't': key_text(k, text); break;
	case 'n': key_number(k, strtoull(text, NULL, 10)); break;
	case 's': key_short(k, strtoull(text, NULL, 10)); break;
	case 'd': key_oid(k, text); break;
	case 'i': key_id(k, strtoull(text, NULL, 10)); break;
	case 'I': key_id_reversed(k, strtoull(text, NULL, 10)); break;
	case 'm': key_moment(k, strtoll(text, NULL, 10)); break;
	case 'M': key_moment_reversed(k, strtoll(text, NULL, 10)); break;
	case 'o': key_octet(k, (unsigned char)atoi(text)); break;
	default:
		CU_ASSERT_TRUE_FATAL(bytes_from_hex(text, strlen(text), octets));
		key_bytes(k, octets, strlen(text) / 2);
	}
}

static struct key key_of_row(const struct row *row)
{
	struct key k;
	char text[KEY_MOST], *rest = NULL;
	snprintf(text, sizeof text, "%s", row->key);
	key_begin(&k, row->space);
	for (char *part = strtok_r(text, " ", &rest); part != NULL;
	     part = strtok_r(NULL, " ", &rest))
		add_part(&k, part[0], part + 1);
	return k;
}

struct asking {
	const struct row *row;
	bool there; /* the row is put first */
	bool damaged;
};

/* In the job that put it, which is then undone: some questions are only a job's. */
static bool ask(void *with, struct store_txn *t, struct problem *p)
{
	struct asking *s = with;
	struct key k = key_of_row(s->row);
	(void)p;
	CU_ASSERT_EQUAL(name_number(t, "2.999.1.1"), 1); /* as some keys say it */
	if (s->there)
		store_put(t, key_span(&k),
			  (struct bytes){ (const unsigned char *)s->row->value.octets,
					  s->row->value.length });
	s->row->ask(t, store_arena(t));
	s->damaged = store_failed(t) && store_is_damaged(t);
	return false;
}

static void each(bool there)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct asking s = { &rows[i], there, false };
		fixture_open(&f);
		store_write(f.store, ask, &s, &f.problem);
		if (s.damaged != there) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("what is not there and what cannot be read are the same");
		}
		fixture_close(&f);
	}
}

static void what_cannot_be_read(void)
{
	each(true);
}

static void what_is_not_there(void)
{
	each(false);
}

static const struct test tests[] = { { "what cannot be read fails whoever asks",
				       what_cannot_be_read },
				     { "what is not there does not", what_is_not_there },
				     { 0 } };

int main(void)
{
	return suite_run("store: damaged rows", tests);
}
