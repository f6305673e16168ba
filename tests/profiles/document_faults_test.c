/* tests/profiles/document_faults_test.c: a submission and a push (ITI-41), an update (ITI-57), a
 * removal of metadata (ITI-62) and one of documents (ITI-86), while each call of the store and of
 * the files that it makes fails once: what is refused has changed nothing, what is answered with
 * Success is there, and nothing is half there. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "store/blobs.h"
#include "store/registry.h"
#include "store/store.h"
#include "tests/base/failing.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/road.h"

extern const struct transaction iti57_update_document_set, iti62_remove_metadata,
	iti86_remove_documents;

#define GET_DOCUMENTS "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
#define UNIQUE_ID "$XDSDocumentEntryUniqueId"

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
	const char *id; /* the first version's */
};

struct deed {
	const char *name;
	const struct transaction *transaction;
	void (*prepare)(struct scene *s);
	bool (*done)(struct scene *s);
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

static bool retrieved_from(struct scene *s, const char *system, const char *repository)
{
	const char *body = arena_printf(
		s->h.arena,
		"<xds:RetrieveDocumentSetRequest xmlns:xds=\"%s\"><xds:DocumentRequest>"
		"<xds:RepositoryUniqueId>%s</xds:RepositoryUniqueId>"
		"<xds:DocumentUniqueId>%s</xds:DocumentUniqueId></xds:DocumentRequest>"
		"</xds:RetrieveDocumentSetRequest>",
		XDSB_NAMESPACE, repository, s->unique_id);
	struct asked *q = ask(&s->h, &iti43_retrieve_document_set, system, body, NULL);
	return text_equal(q->status, "Success");
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

static void prepare_removal_of_octets(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	prepare_submission(s);
	struct asked *q = ask(&s->h, &iti41_provide_and_register, "a-hospital", s->body,
			      attachment(s, &p));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	s->content = NULL;
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

static const struct deed deeds[] = {
	{ "ITI-41", &iti41_provide_and_register, prepare_submission, is_submitted },
	{ "ITI-41 to an inbox", &iti41_provide_to_recipient, prepare_push, is_pushed },
	{ "ITI-57", &iti57_update_document_set, prepare_update, is_updated },
	{ "ITI-62", &iti62_remove_metadata, prepare_removal, is_removed },
	{ "ITI-86", &iti86_remove_documents, prepare_removal_of_octets, octets_are_removed },
};

/* ---- All of it ---- */

static bool does(struct scene *s, const struct deed *d)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct attachment *a = s->content == NULL ? NULL : attachment(s, &p);
	if (s->content != NULL && a == NULL)
		return false; /* its door says so */
	return text_equal(ask(&s->h, d->transaction, "a-hospital", s->body, a)->status, "Success");
}

static bool is_as_said(struct scene *s, const struct deed *d, bool success, const char *call,
		       unsigned passing)
{
	if (d->done(s) == success)
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
	struct scene s;
	house_open(&s.h);
	road_may_fail(s.h.road);
	for (size_t i = 0; i < COUNT(deeds); i++) {
		unsigned failed = 0;
		for (size_t c = 0; c < COUNT(calls); c++)
			failed += fail_each(&s, &deeds[i], calls[c]);
		CU_ASSERT(failed > 20);
	}
	house_close(&s.h);
}

static const struct test tests[] = { { "each call fails once", each_call_fails_once }, { 0 } };

int main(void)
{
	return suite_run("profiles: calls of documents that fail", tests);
}
