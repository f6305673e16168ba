/* tests/profiles/look_ahead_test.c: what a write will look at is looked at before, by its worker:
 * whatever comes of that, the write has one effect and one record, and is answered as ever.
 *
 * What the worker is given for it is ours to choose: the linker leads store_look_ahead() here. That
 * it was of use is what Berkeley DB's reading of files tells. */
#include "tests/base/suite.h"

#include <db.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/road.h"

extern const struct transaction iti57_update_document_set;

enum looking { NOT_AT_ALL, AS_IT_IS, AS_IT_WAS, STOPPED };

/* Of this program alone. */
static struct {
	enum looking how;
	unsigned times;
	struct store_txn *before; /* a snapshot of a while ago, for AS_IT_WAS */
	atomic_uint identity;     /* pages of identity that the committer read itself */
} ahead;

struct store_txn *__wrap_store_look_ahead(struct store *s);

struct store_txn *__wrap_store_look_ahead(struct store *s)
{
	static const atomic_bool stop = true;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = NULL;
	ahead.times++;
	switch (ahead.how) {
	case NOT_AT_ALL: break;
	case AS_IT_IS: t = store_begin_read(s, &p); break;
	case AS_IT_WAS:
		t = ahead.before;
		ahead.before = NULL;
		break;
	case STOPPED:
		t = store_begin_read(s, &p);
		store_stop_on(t, &stop);
		break;
	}
	return t;
}

/* Records, ids, persons and evidence: 20.db to 23.db. */
static ssize_t reads(int fd, void *to, size_t length, off_t at)
{
	char thread[16] = "", link[32], path[512] = "";
	pthread_getname_np(pthread_self(), thread, sizeof thread);
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	const char *name = n <= 0 ? NULL : strrchr(path, '/');
	if (text_equal(thread, "committer") && name != NULL && name[1] == '2' && name[2] < '4')
		atomic_fetch_add(&ahead.identity, 1);
	return pread(fd, to, length, at);
}

static uint64_t records(struct house *h)
{
	struct audit_head head = { .sequence = 0 };
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	store_end(t);
	return head.sequence;
}

static unsigned entries_of(struct house *h, const char *patient)
{
	struct asked *q = ask(h, &iti18_registry_stored_query, "a-hospital",
			      message(h, "stored_query/get_all.xml", patient), NULL);
	return count_entries(&q->objects);
}

static struct asked *registers(struct house *h, const char *patient)
{
	return ask(h, &iti42_register_document_set, "a-hospital",
		   message(h, "ebrim/document.xml", patient), NULL);
}

#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"

/* Without hash and size: the repository adds them. */
static struct asked *provides(struct house *h, const char *patient)
{
	static const char hash[] = SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"),
			  size[] = SLOT("size", "36");
	const char *body = edit(h, message(h, "ebrim/document.xml", patient), hash, "");
	return ask(h, &iti41_provide_and_register, "a-hospital",
		   provide(h, edit(h, body, size, ""), "Document01"),
		   attach(h, "Document01", "<ClinicalDocument/>"));
}

static struct asked *(*const writes[])(struct house *h, const char *patient) = { registers,
										 provides };

/* Of somebody who was not known when ahead.before began. */
static const char *somebody_new(struct house *h, unsigned number)
{
	const char *id = arena_printf(h->arena, "9%u", number);
	const struct who who = { A_DOMAIN, id, "タナカ", "マリ", "19600101", "F", "0355555555",
				 0,        0,  0,        0,      0,          0 };
	people_feed(&h->store, &who);
	struct person p = people_person(&h->store, A_DOMAIN, id);
	return arena_printf(h->arena, "%s^^^&%s&ISO", p.regional_id, AFFINITY);
}

static void one_effect_and_one_record(void)
{
	struct house h;
	house_open(&h);
	for (unsigned how = NOT_AT_ALL; how <= STOPPED; how++)
		for (size_t i = 0; i < COUNT(writes); i++) {
			struct problem p = { .code = PROBLEM_NONE };
			ahead.how = (enum looking)how;
			ahead.times = 0;
			if (ahead.how == AS_IT_WAS)
				ahead.before = store_begin_read(h.store.store, &p);
			const char *patient = somebody_new(&h, how * 10 + (unsigned)i);
			uint64_t before = records(&h);
			struct asked *q = writes[i](&h, patient);
			CU_ASSERT_STRING_EQUAL(q->status, "Success");
			CU_ASSERT_EQUAL(q->errors + q->warnings, 0);
			CU_ASSERT_EQUAL(ahead.times, 1);
			CU_ASSERT_EQUAL(records(&h), before + 1);
			CU_ASSERT_EQUAL(entries_of(&h, patient), 1);
		}
	CU_ASSERT_PTR_NULL(ahead.before);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* The same words, and nothing kept, whatever was seen before. */
static void a_refusal_is_the_same(void)
{
	struct house h;
	house_open(&h);
	for (unsigned how = NOT_AT_ALL; how <= STOPPED; how++)
		for (size_t i = 0; i < COUNT(writes); i++) {
			struct problem p = { .code = PROBLEM_NONE };
			ahead.how = (enum looking)how;
			if (ahead.how == AS_IT_WAS)
				ahead.before = store_begin_read(h.store.store, &p);
			uint64_t before = records(&h);
			struct asked *q = writes[i](&h, "404^^^&" AFFINITY "&ISO");
			CU_ASSERT_STRING_EQUAL(q->status, "Failure");
			CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownPatientId");
			CU_ASSERT_EQUAL(q->errors, 1);
			CU_ASSERT_EQUAL(records(&h), before + 1);
		}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* What was registered before is told so, and nothing of it is registered anew. */
static void sent_again_it_is_once(void)
{
	struct house h;
	house_open(&h);
	ahead.how = AS_IT_IS;
	const char *body = message(&h, "ebrim/document.xml", h.patient);
	for (unsigned i = 0; i < 2; i++) {
		struct asked *q = ask(&h, &iti42_register_document_set, "a-hospital", body, NULL);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
	}
	CU_ASSERT_EQUAL(entries_of(&h, h.patient), 1);
	house_close(&h);
}

static void questions_do_not_look_ahead(void)
{
	struct house h;
	house_open(&h);
	ahead.how = AS_IT_IS;
	ahead.times = 0;
	CU_ASSERT_EQUAL(entries_of(&h, h.patient), 0);
	CU_ASSERT_EQUAL(ahead.times, 0);
	house_close(&h);
}

/* With nothing in memory. */
static void begin_anew(struct house *h)
{
	road_close(h->road);
	fixture_reopen(&h->store);
	h->road = road_open(h->store.store);
	atomic_store(&ahead.identity, 0);
}

static void the_committer_finds_it_in_memory(void)
{
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(writes); i++) {
		ahead.how = NOT_AT_ALL;
		begin_anew(&h);
		CU_ASSERT_STRING_EQUAL(writes[i](&h, h.patient)->status, "Success");
		CU_ASSERT_TRUE(atomic_load(&ahead.identity) >= 3);
		ahead.how = AS_IT_IS;
		begin_anew(&h);
		CU_ASSERT_STRING_EQUAL(writes[i](&h, h.patient)->status, "Success");
		CU_ASSERT_EQUAL(atomic_load(&ahead.identity), 0);
	}
	house_close(&h);
}

/* The next version of what that registered. */
static struct asked *updates(struct house *h, const struct submission *s, const char *previous)
{
	const char *body = message(h, "update/entry.xml", h->patient);
	body = edit(h, body, "$entry$", s->entries->id);
	body = edit(h, body, "$unique$", s->entries->unique_id);
	body = edit(h, body, "$previous$", previous);
	return ask(h, &iti57_update_document_set, "a-hospital", edit(h, body, "$propagates$", "no"),
		   NULL);
}

static void an_update_finds_it_in_memory(void)
{
	struct house h;
	house_open(&h);
	ahead.how = NOT_AT_ALL;
	struct asked *q = ask(&h, &iti42_register_document_set, "a-hospital",
			      message(&h, "ebrim/submission.xml", h.patient), NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	begin_anew(&h);
	CU_ASSERT_STRING_EQUAL(updates(&h, q->x.result, "1")->status, "Success");
	CU_ASSERT_TRUE(atomic_load(&ahead.identity) >= 3);
	ahead.how = AS_IT_IS;
	ahead.times = 0;
	begin_anew(&h);
	CU_ASSERT_STRING_EQUAL(updates(&h, q->x.result, "2")->status, "Success");
	CU_ASSERT_EQUAL(ahead.times, 1);
	CU_ASSERT_EQUAL(atomic_load(&ahead.identity), 0);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* A feed that is linked with somebody, and one that changes who is known. */
static void a_feed_finds_it_in_memory(void)
{
	static const struct who whos[] = {
		{ B_DOMAIN, "032", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0,
		  0, 0 },
		{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0398765432", 0, 0, 0, 0,
		  0, 0 },
	};
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(whos); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		const struct patient_identifier id = { .id = whos[i].id,
						       .universal_id = whos[i].domain };
		struct patient_demographics d = people_demographics(h.arena, &whos[i]);
		d.forms = i == 0 ? identity_prepared(h.arena, &d) : NULL;
		begin_anew(&h);
		struct store_txn *t = store_begin_read(h.store.store, &p);
		identity_look_ahead(t, h.arena, &id, &d);
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
		people_feed(&h.store, &whos[i]);
		CU_ASSERT_EQUAL(atomic_load(&ahead.identity), 0);
	}
	begin_anew(&h);
	people_feed(&h.store, &whos[0]);
	CU_ASSERT_TRUE(atomic_load(&ahead.identity) >= 3);
	house_close(&h);
}

static const struct test tests[] = {
	{ "one effect and one record", one_effect_and_one_record },
	{ "a refusal is the same", a_refusal_is_the_same },
	{ "sent again it is once", sent_again_it_is_once },
	{ "questions do not look ahead", questions_do_not_look_ahead },
	{ "the committer finds it in memory", the_committer_finds_it_in_memory },
	{ "an update finds it in memory", an_update_finds_it_in_memory },
	{ "a feed finds it in memory", a_feed_finds_it_in_memory },
	{ 0 },
};

int main(void)
{
	db_env_set_func_pread(reads);
	return suite_run("look-ahead", tests);
}
