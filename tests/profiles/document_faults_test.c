/* tests/profiles/document_faults_test.c: a submission and a push (ITI-41), one that replaces a
 * document in a folder (ITI-42), an on-demand entry (ITI-61), updates (ITI-57, ITI-92), a removal
 * of metadata (ITI-62) and one of documents (ITI-86), a subscription (ITI-52), and what a rule of
 * retention removes, while each call of the store and of the files that it makes fails once: what
 * is refused has changed nothing, what is answered with Success is there, and nothing is half
 * there. And a document fetched (ITI-43): what cannot be read, or recorded, is an error without an
 * octet. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/retention_run.h"
#include "store/audit_log.h"
#include "store/blobs.h"
#include "store/registry.h"
#include "store/store.h"
#include "store/subscriptions.h"
#include "tests/base/failing.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/road.h"

extern const struct transaction iti57_update_document_set, iti62_remove_metadata,
	iti86_remove_documents, iti92_restricted_update_document_set,
	iti61_register_on_demand_document_entry, iti52_document_metadata_subscribe;

#define GET_DOCUMENTS "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
#define GET_FOLDERS_FOR_DOCUMENT "10cae35a-c7f9-4cf5-b61e-fc3278ffb578"
#define UNIQUE_ID "$XDSDocumentEntryUniqueId"
#define CONSUMER "https://c.example/notified"

enum { LONG = 70 * 1024 }; /* octets that get a file of their own */

/* ---- Calls that fail ---- */

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

static struct store_cursor *no_cursor(struct store_txn *t)
{
	refused(t);
	return NULL;
}

static int no_room(void)
{
	errno = ENOSPC;
	return -1;
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_has, (struct store_txn * t, struct bytes k), (t, k), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_add, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))
FAILING(struct store_cursor *, store_scan,
	(struct store_txn * t, struct bytes from, struct bytes to, bool descending),
	(t, from, to, descending), no_cursor(t))
FAILING(struct store_cursor *, store_scan_prefix,
	(struct store_txn * t, struct bytes prefix, bool descending), (t, prefix, descending),
	no_cursor(t))
FAILING(ssize_t, pwrite, (int fd, const void *octets, size_t length, off_t at),
	(fd, octets, length, at), no_room())
FAILING(int, fsync, (int fd), (fd), no_room())
FAILING(int, linkat, (int at, const char *from, int to, const char *name, int flags),
	(at, from, to, name, flags), no_room())
FAILING(int, mkdirat, (int at, const char *name, mode_t mode), (at, name, mode), no_room())

static const char *const calls[] = {
	"store_get",         "store_has", "store_put", "store_add", "store_delete", "store_scan",
	"store_scan_prefix", "pwrite",    "fsync",     "linkat",    "mkdirat"
};

/* ---- What is done, and whether it is ---- */

struct scene {
	struct house h;
	const char *body;
	const char *content; /* what is provided; NULL: nothing */
	const char *unique_id;
	const char *id;     /* the first version's */
	const char *former; /* uniqueId of what is replaced */
	unsigned got;       /* documents that were answered */
	size_t before[2];   /* of what is counted, before it is done */
};

struct deed {
	const char *name;
	const struct transaction *transaction;
	void (*prepare)(struct scene *s);
	bool (*done)(struct scene *s);
	/* NULL: it is asked for, and answered with Success. */
	bool (*does)(struct scene *s, const struct transaction *t);
	bool by_parts;  /* what is told to have failed may be done: each part whole */
	unsigned least; /* more calls than that are made to fail */
};

static const char *long_text(struct house *h)
{
	char *text = arena_alloc(h->arena, LONG + 1);
	memset(text, 'x', LONG);
	text[LONG] = '\0';
	return text;
}

static const char *without_slot(struct house *h, const char *text, const char *name)
{
	const char *begin = strstr(text, arena_printf(h->arena, "<rim:Slot name=\"%s\"", name));
	const char *end = begin == NULL ? NULL : strstr(begin, "</rim:Slot>");
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	return arena_printf(h->arena, "%.*s%s", (int)(begin - text), text,
			    end + strlen("</rim:Slot>"));
}

static unsigned found(struct scene *s)
{
	return count_entries(&ask(&s->h, &iti18_registry_stored_query, "a-hospital",
				  get_query(&s->h, GET_DOCUMENTS, UNIQUE_ID, s->unique_id), NULL)
				      ->objects);
}

static struct asked *retrieve_from(struct scene *s, const char *system, const char *repository)
{
	const char *body = arena_printf(
		s->h.arena,
		"<xds:RetrieveDocumentSetRequest xmlns:xds=\"%s\"><xds:DocumentRequest>"
		"<xds:RepositoryUniqueId>%s</xds:RepositoryUniqueId>"
		"<xds:DocumentUniqueId>%s</xds:DocumentUniqueId></xds:DocumentRequest>"
		"</xds:RetrieveDocumentSetRequest>",
		XDSB_NAMESPACE, repository, s->unique_id);
	return ask(&s->h, &iti43_retrieve_document_set, system, body, NULL);
}

static struct asked *retrieve(struct scene *s)
{
	return retrieve_from(s, "a-hospital", OUR_REPOSITORY);
}

static bool retrieved_from(struct scene *s, const char *system, const char *repository)
{
	return text_equal(retrieve_from(s, system, repository)->status, "Success");
}

static bool retrieved(struct scene *s)
{
	return retrieved_from(s, "a-hospital", OUR_REPOSITORY);
}

static void prepare_submission(struct scene *s)
{
	struct house *h = &s->h;
	const char *metadata = message(h, "ebrim/document.xml", h->patient);
	s->content = long_text(h);
	s->unique_id = arena_printf(h->arena, "2.999.101.1^%u", h->number);
	s->body = provide(h, without_slot(h, without_slot(h, metadata, "hash"), "size"),
			  "Document01");
}

static struct attachment *attachment(struct scene *s, struct problem *p)
{
	struct attachment *a = arena_new(s->h.arena, struct attachment);
	a->element_id = "Document01";
	a->content_type = "application/octet-stream";
	a->blob = arena_new(s->h.arena, struct blob);
	return blob_of_bytes(s->h.store.store, s->h.arena, bytes_of_text(s->content), a->blob, p)
		       ? a
		       : NULL;
}

/* Nothing fails yet. */
static void submit(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	prepare_submission(s);
	struct asked *q = ask(&s->h, &iti41_provide_and_register, "a-hospital", s->body,
			      attachment(s, &p));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	s->content = NULL;
}

static bool is_submitted(struct scene *s)
{
	bool there = found(s) == 1;
	CU_ASSERT_EQUAL(retrieved(s), there);
	return there;
}

static void prepare_push(struct scene *s)
{
	s->h.resource = "b-clinic";
	prepare_submission(s);
}

static bool is_pushed(struct scene *s)
{
	CU_ASSERT_EQUAL(found(s), 0); /* it is nobody's but the clinic's */
	CU_ASSERT_FALSE(retrieved(s));
	return retrieved_from(s, "b-clinic", OUR_INBOX);
}

static const struct submission *registered(struct scene *s)
{
	struct house *h = &s->h;
	struct asked *q = ask(h, &iti42_register_document_set, "a-hospital",
			      message(h, "ebrim/submission.xml", h->patient), NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	const struct submission *put = q->x.result;
	s->unique_id = put->entries->unique_id;
	s->id = put->entries->id;
	return put;
}

/* ---- ITI-42: in the place of another one, and so in its folder (ITI TF-3: 4.2.2.2.3) ---- */

static void prepare_replacement(struct scene *s)
{
	static const char end[] = "</rim:RegistryObjectList>";
	struct house *h = &s->h;
	registered(s);
	s->former = s->unique_id;
	const char *text = message(h, "ebrim/document.xml", h->patient);
	s->unique_id = arena_printf(h->arena, "2.999.101.1^%u", h->number);
	s->body = edit(h, text, end,
		       arena_printf(h->arena,
				    "<rim:Association id=\"rel\" associationType=\""
				    "urn:ihe:iti:2007:AssociationType:RPLC\" sourceObject="
				    "\"Document01\" targetObject=\"%s\"/>%s",
				    s->id, end));
}

static unsigned folders_of(struct scene *s, const char *unique_id)
{
	return count_folders(&ask(&s->h, &iti18_registry_stored_query, "a-hospital",
				  get_query(&s->h, GET_FOLDERS_FOR_DOCUMENT, UNIQUE_ID, unique_id),
				  NULL)
				      ->objects);
}

static bool is_deprecated(struct scene *s, const char *unique_id)
{
	struct asked *q = ask(&s->h, &iti18_registry_stored_query, "a-hospital",
			      get_query(&s->h, GET_DOCUMENTS, UNIQUE_ID, unique_id), NULL);
	CU_ASSERT_EQUAL_FATAL(count_entries(&q->objects), 1);
	return q->objects.entries->status == STATUS_DEPRECATED;
}

static bool is_replaced(struct scene *s)
{
	bool there = found(s) == 1;
	CU_ASSERT_EQUAL(folders_of(s, s->unique_id), there);
	CU_ASSERT_EQUAL(folders_of(s, s->former), 1);
	CU_ASSERT_EQUAL(is_deprecated(s, s->former), there);
	return there;
}

/* ---- ITI-61 ---- */

static void prepare_on_demand(struct scene *s)
{
	struct house *h = &s->h;
	const char *text = message(h, "ebrim/document.xml", h->patient);
	s->unique_id = arena_printf(h->arena, "2.999.101.1^%u", h->number);
	text = without_slot(h, without_slot(h, text, "hash"), "size");
	s->body = edit(h, without_slot(h, text, "creationTime"),
		       "7edca82f-054d-47f2-a032-9b2a5b5186c1",
		       "34268e47-fdf5-41a6-ba33-82133c465248");
}

static bool is_offered(struct scene *s)
{
	return found(s) == 1;
}

/* ---- ITI-57, ITI-92 ---- */

static void prepare_update(struct scene *s)
{
	struct house *h = &s->h;
	registered(s);
	const char *text = edit(h, message(h, "update/entry.xml", h->patient), "$entry$", s->id);
	text = edit(h, edit(h, text, "$unique$", s->unique_id), "$previous$", "1");
	s->body = edit(h, text, "$propagates$", "yes");
}

static bool is_updated(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->h.store.store, &p);
	unsigned versions = registry_version_count(t, s->id, 10);
	store_end(t);
	CU_ASSERT_EQUAL(found(s), 1); /* the one that is approved */
	return versions == 2;
}

static void put_reference(struct buffer *b, struct house *h, const char *id)
{
	buffer_text(b, arena_printf(h->arena, "<rim:ObjectRef id=\"%s\"/>", id));
}

static void prepare_removal(struct scene *s)
{
	struct buffer b = buffer_in(s->h.arena);
	const struct submission *put = registered(s);
	put_reference(&b, &s->h, put->set->id);
	for (const struct document_entry *e = put->entries; e != NULL; e = e->next)
		put_reference(&b, &s->h, e->id);
	for (const struct folder *f = put->folders; f != NULL; f = f->next)
		put_reference(&b, &s->h, f->id);
	for (const struct association *a = put->associations; a != NULL; a = a->next)
		put_reference(&b, &s->h, a->id);
	s->body = arena_printf(s->h.arena,
			       "<lcm:RemoveObjectsRequest xmlns:lcm=\"" LCM_NAMESPACE
			       "\" xmlns:rim=\"" RIM_NAMESPACE "\"><rim:ObjectRefList>%s"
			       "</rim:ObjectRefList></lcm:RemoveObjectsRequest>",
			       buffer_ended(&b));
}

static bool is_removed(struct scene *s)
{
	return found(s) == 0;
}

static void prepare_removal_of_octets(struct scene *s)
{
	submit(s);
	s->body = arena_printf(s->h.arena,
			       "<rmd:RemoveDocumentsRequest xmlns:rmd=\"urn:ihe:iti:rmd:2017\" "
			       "xmlns:xds=\"" XDSB_NAMESPACE "\"><xds:DocumentRequest>"
			       "<xds:RepositoryUniqueId>" OUR_REPOSITORY
			       "</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s"
			       "</xds:DocumentUniqueId></xds:DocumentRequest>"
			       "</rmd:RemoveDocumentsRequest>",
			       s->unique_id);
}

static bool octets_are_removed(struct scene *s)
{
	return !retrieved(s);
}

/* ---- ITI-52 ---- */

static size_t subscriptions(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->h.store.store, &p);
	size_t count = 0;
	subscriptions_list(t, s->h.arena, NULL, "c-hospital", SUBSCRIPTIONS_OF_RECORD, &count);
	store_end(t);
	return count;
}

/* There is room for a few. */
static bool end_subscriptions(void *with, struct store_txn *t, struct problem *p)
{
	size_t count = 0;
	const struct subscription *s = subscriptions_list(t, store_arena(t), NULL, "c-hospital",
							  SUBSCRIPTIONS_OF_RECORD, &count);
	(void)with, (void)p;
	for (size_t i = 0; i < count; i++)
		subscription_remove(t, &s[i]);
	return !store_failed(t);
}

static void prepare_subscription(struct scene *s)
{
	static const char *const consumers[] = { "c-told", NULL };
	static const struct partner partners[] = {
		{ .name = "c-told", .url = CONSUMER, .purposes = 1u << PARTNER_SUBSCRIPTIONS },
	};
	static struct registered_system systems[COUNT(people_systems)];
	struct house *h = &s->h;
	memcpy(systems, people_systems, sizeof systems);
	systems[2].consumers = consumers;
	h->region.systems = systems;
	h->region.partners = partners;
	h->region.partner_count = COUNT(partners);
	h->to = OUR_BROKER;
	s->body = message(h, "iti52/subscribe.xml", h->patient);
	fixture_must(&h->store,
		     store_write(h->store.store, end_subscriptions, NULL, &h->store.problem));
	CU_ASSERT_EQUAL(subscriptions(s), 0);
}

static bool subscribes(struct scene *s, const struct transaction *t)
{
	return ask(&s->h, t, "c-hospital", s->body, NULL)->x.problem.code == PROBLEM_NONE;
}

static bool is_subscribed(struct scene *s)
{
	return subscriptions(s) != 0;
}

/* ---- Retention ---- */

static const char *const records[] = { "ITI-62", "ITI-86" };

static size_t recorded(struct scene *s, const char *transaction)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct audit_filter filter = { .transaction = transaction };
	struct store_txn *t = store_begin_read(s->h.store.store, &p);
	struct audit_cursor *c = audit_log_search(t, &filter, s->h.arena);
	size_t count = 0;
	while (audit_log_next(c) != NULL)
		count++;
	store_end(t);
	return count;
}

static void prepare_retention(struct scene *s)
{
	static const char *const types[] = { "57133-1^2.16.840.1.113883.6.1", NULL };
	static const struct retention_rule rules[] = {
		{ .name = "referrals", .types = types, .after_creation = { 6, 0 } },
	};
	s->h.region.retention = rules;
	s->h.region.retention_count = COUNT(rules);
	submit(s);
	for (size_t i = 0; i < COUNT(records); i++)
		s->before[i] = recorded(s, records[i]);
}

static bool record(void *self, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	const struct scene *s = self;
	const struct audit_terms terms = { .time = s->h.now, .transaction = e->transaction };
	return audit_log_append(t, audit_log_draft(a, bytes_of_text("record"), &terms), NULL);
}

static bool lets_go(struct scene *s, const struct transaction *t)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct admission sees = house_admission(&s->h);
	struct leniencies needed = { .resolve_own_ids = false };
	struct retention_run r = {
		.store = s->h.store.store,
		.asked = { .desk = { .region = &s->h.region,
				     .admission = &sees,
				     .needed = &needed } },
		.recorder = { s, record },
	};
	(void)t;
	CU_ASSERT_TRUE(instant_from_dtm("2099", 0, &r.asked.desk.now));
	bool done = retention_run(&r, &p);
	CU_ASSERT_TRUE(done == (p.code == PROBLEM_NONE));
	return done && r.done.stayed == 0;
}

/* Entry, octets and both records, or none of them. */
static bool has_gone(struct scene *s)
{
	bool gone = found(s) == 0;
	CU_ASSERT_EQUAL(retrieved(s), !gone);
	for (size_t i = 0; i < COUNT(records); i++)
		CU_ASSERT_EQUAL(recorded(s, records[i]) - s->before[i], gone);
	return gone;
}

/* ---- ITI-43 ---- */

static bool fetches(struct scene *s, const struct transaction *t)
{
	(void)t;
	struct asked *q = retrieve(s);
	s->got = 0;
	for (const struct xml_node *n = xml_child(q->body, XDSB_NAMESPACE, "DocumentResponse");
	     n != NULL; n = xml_next(n, XDSB_NAMESPACE, "DocumentResponse"))
		s->got++;
	CU_ASSERT_TRUE(s->got != 0 || q->x.departures == NULL);
	return text_equal(q->status, "Success");
}

static bool has_got_it(struct scene *s)
{
	return s->got == 1;
}

static const struct deed deeds[] = {
	{ .name = "ITI-41",
	  .transaction = &iti41_provide_and_register,
	  .prepare = prepare_submission,
	  .done = is_submitted,
	  .least = 20 },
	{ .name = "ITI-41 to an inbox",
	  .transaction = &iti41_provide_to_recipient,
	  .prepare = prepare_push,
	  .done = is_pushed,
	  .least = 20 },
	{ .name = "ITI-42",
	  .transaction = &iti42_register_document_set,
	  .prepare = prepare_replacement,
	  .done = is_replaced,
	  .least = 20 },
	{ .name = "ITI-61",
	  .transaction = &iti61_register_on_demand_document_entry,
	  .prepare = prepare_on_demand,
	  .done = is_offered,
	  .least = 20 },
	{ .name = "ITI-57",
	  .transaction = &iti57_update_document_set,
	  .prepare = prepare_update,
	  .done = is_updated,
	  .least = 20 },
	{ .name = "ITI-92",
	  .transaction = &iti92_restricted_update_document_set,
	  .prepare = prepare_update,
	  .done = is_updated,
	  .least = 20 },
	{ .name = "ITI-62",
	  .transaction = &iti62_remove_metadata,
	  .prepare = prepare_removal,
	  .done = is_removed,
	  .least = 20 },
	{ .name = "ITI-86",
	  .transaction = &iti86_remove_documents,
	  .prepare = prepare_removal_of_octets,
	  .done = octets_are_removed,
	  .least = 20 },
	{ .name = "ITI-52",
	  .transaction = &iti52_document_metadata_subscribe,
	  .prepare = prepare_subscription,
	  .done = is_subscribed,
	  .does = subscribes,
	  .least = 15 },
	{ .name = "retention",
	  .prepare = prepare_retention,
	  .done = has_gone,
	  .does = lets_go,
	  .by_parts = true,
	  .least = 50 },
	{ .name = "ITI-43",
	  .transaction = &iti43_retrieve_document_set,
	  .prepare = submit,
	  .done = has_got_it,
	  .does = fetches,
	  .least = 12 },
};

/* ---- All of it ---- */

static bool does(struct scene *s, const struct deed *d)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (d->does != NULL)
		return d->does(s, d->transaction);
	struct attachment *a = s->content == NULL ? NULL : attachment(s, &p);
	if (s->content != NULL && a == NULL)
		return false; /* its door says so */
	return text_equal(ask(&s->h, d->transaction, "a-hospital", s->body, a)->status, "Success");
}

static bool is_as_said(struct scene *s, const struct deed *d, bool success, const char *call,
		       unsigned passing)
{
	bool done = d->done(s);
	if (done == success || (done && d->by_parts))
		return true;
	printf("\n%s, %s after %u: %s\n", d->name, call, passing,
	       success ? "Success, and it is not done" : "refused, and it is done");
	return false;
}

/* The first of those calls, the second, until one is not reached: how many failed. */
static unsigned fail_each(struct scene *s, const struct deed *d, const char *call)
{
	unsigned passing = 0, failed = 0;
	for (bool fell = true; fell;) {
		*s = (struct scene){ .h = s->h };
		d->prepare(s);
		for (bool success = false; !success && fell; passing++) {
			failing_arm(call, passing);
			success = does(s, d);
			fell = failing_disarm();
			failed += fell;
			CU_ASSERT_TRUE(success || fell);
			CU_ASSERT_TRUE(is_as_said(s, d, success, call, passing));
		}
	}
	CU_ASSERT_EQUAL(house_findings(&s->h), 0);
	return failed;
}

static void each_call_fails_once(void)
{
	for (size_t i = 0; i < COUNT(deeds); i++) {
		struct scene s;
		unsigned failed = 0;
		house_open(&s.h);
		road_may_fail(s.h.road);
		for (size_t c = 0; c < COUNT(calls); c++)
			failed += fail_each(&s, &deeds[i], calls[c]);
		CU_ASSERT(failed > deeds[i].least);
		house_close(&s.h);
	}
}

static const struct test tests[] = { { "each call fails once", each_call_fails_once }, { 0 } };

int main(void)
{
	return suite_run("profiles: calls of documents that fail", tests);
}
