/* tests/profiles/iti41_test.c: documents in by ITI-41 and out by ITI-43: whole, unchanged, or not
 * at all. */
#include "tests/base/suite.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/shares.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "store/blobs.h"
#include "store/registry_record.h"
#include "tests/profiles/documents.h"

#define CONTENT "<ClinicalDocument/> of 36 octets, then!"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define HASH SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709")
#define SIZE SLOT("size", "36")

/* document.xml without hash and size: the repository adds them. */
static const char *metadata(struct house *h, const char *patient)
{
	return edit(h, edit(h, message(h, "ebrim/document.xml", patient), HASH, ""), SIZE, "");
}

static struct asked *put(struct house *h, const char *system, const char *body, const char *content)
{
	return ask(h, &iti41_provide_and_register, system, provide(h, body, "Document01"),
		   content == NULL ? NULL : attach(h, "Document01", content));
}

static const struct document_entry *entry(const struct asked *q)
{
	return ((const struct submission *)q->x.result)->entries;
}

static const char *request(struct house *h, bool home, const char *repository, const char *id)
{
	return arena_printf(
		h->arena,
		"<xds:DocumentRequest>%s<xds:RepositoryUniqueId>%s</xds:RepositoryUniqueId>"
		"<xds:DocumentUniqueId>%s</xds:DocumentUniqueId></xds:DocumentRequest>",
		home ? "<xds:HomeCommunityId>" OUR_HOME "</xds:HomeCommunityId>" : "", repository,
		id);
}

static struct asked *retrieve(struct house *h, const char *system, const char *requests)
{
	return ask(h, &iti43_retrieve_document_set, system,
		   arena_printf(h->arena,
				"<xds:RetrieveDocumentSetRequest "
				"xmlns:xds=\"%s\">%s</xds:RetrieveDocumentSetRequest>",
				XDSB_NAMESPACE, requests),
		   NULL);
}

static unsigned delivered(const struct asked *q)
{
	unsigned n = 0;
	for (const struct departure *d = q->x.departures; d != NULL; d = d->next)
		n++;
	return n;
}

static unsigned audited(const struct audit_event *e)
{
	unsigned n = 0;
	for (const struct audit_object *o = e == NULL ? NULL : e->objects; o != NULL; o = o->next)
		n++;
	return n;
}

static void what_is_provided_is_retrieved(void)
{
	struct house h;
	house_open(&h);
	struct asked *q = put(&h, "a-hospital", metadata(&h, h.patient), CONTENT);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(audited(q->event), 2);
	CU_ASSERT_STRING_EQUAL(entry(q)->repository_unique_id, OUR_REPOSITORY);
	CU_ASSERT_STRING_EQUAL(entry(q)->size, "39");
	q = retrieve(&h, "b-clinic", request(&h, true, OUR_REPOSITORY, entry(q)->unique_id));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL_FATAL(delivered(q), 1);
	CU_ASSERT_TRUE(bytes_equal(q->x.departures->octets, bytes_of_text(CONTENT)));
	CU_ASSERT_STRING_EQUAL(q->x.departures->content_type, "text/xml");
	const struct xml_node *d = xml_child(q->body, XDSB_NAMESPACE, "DocumentResponse");
	CU_ASSERT_STRING_EQUAL(xml_text(h.arena, xml_child(d, XDSB_NAMESPACE, "HomeCommunityId")),
			       OUR_HOME);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* A document in a file is not given out of the last descriptors; later it is. */
static void the_last_descriptors_are_not_for_documents(void)
{
	enum { LONG = 70 * 1024 };
	struct house h;
	struct rlimit before, few;
	house_open(&h);
	char *content = arena_alloc(h.arena, LONG + 1);
	memset(content, 'x', LONG);
	content[LONG] = '\0';
	struct asked *q = put(&h, "a-hospital", metadata(&h, h.patient), content);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	const char *wanted = request(&h, true, OUR_REPOSITORY, entry(q)->unique_id);
	wanted = arena_printf(h.arena, "%s%s", wanted,
			      request(&h, true, OUR_REPOSITORY, "2.999.7"));
	int next = dup(STDOUT_FILENO);
	close(next);
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = (rlim_t)next + 4;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	q = retrieve(&h, "b-clinic", wanted);
	setrlimit(RLIMIT_NOFILE, &before);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRepositoryBusy");
	CU_ASSERT_EQUAL(q->errors, 2);
	CU_ASSERT_EQUAL(delivered(q), 0);
	q = retrieve(&h, "b-clinic", wanted);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDocumentUniqueIdError");
	CU_ASSERT_EQUAL(q->errors, 1);
	CU_ASSERT_EQUAL(delivered(q), 1);
	house_close(&h);
}

static void documents_and_entries_are_matched(void)
{
	struct house h;
	house_open(&h);
	const char *body = metadata(&h, h.patient);
	CU_ASSERT_STRING_EQUAL(put(&h, "a-hospital", body, NULL)->error, "XDSMissingDocument");
	struct asked *q = ask(&h, &iti41_provide_and_register, "a-hospital",
			      provide(&h, body, "Document02"), attach(&h, "Document02", CONTENT));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSMissingDocument");
	CU_ASSERT_EQUAL(q->errors, 2); /* and XDSMissingDocumentMetadata */
	/* hash and size: wrong, in other case, right. */
	CU_ASSERT_STRING_EQUAL(
		put(&h, "a-hospital", message(&h, "ebrim/document.xml", h.patient), CONTENT)->error,
		"XDSRepositoryMetadataError");
	struct blob *b = attach(&h, "x", CONTENT)->blob;
	const char *hash = bytes_to_hex(h.arena, (struct bytes){ b->sha1, sizeof b->sha1 });
	char upper[41];
	for (unsigned i = 0; i < 41; i++)
		upper[i] = hash[i] >= 'a' ? (char)(hash[i] - 'a' + 'A') : hash[i];
	body = edit(&h, message(&h, "ebrim/document.xml", h.patient),
		    "DA39a3ee5e6b4b0d3255bfef95601890afd80709", upper);
	q = put(&h, "a-hospital", body, CONTENT);
	CU_ASSERT_EQUAL(q->errors, 1); /* the size */
	q = put(&h, "a-hospital", edit(&h, body, ">36<", ">39<"), CONTENT);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_STRING_EQUAL(entry(q)->hash, upper); /* as submitted */
	/* What the registry finds is told by the repository. */
	q = put(&h, "a-hospital",
		edit(&h, metadata(&h, h.patient), "languageCode", "urn:example:l"), CONTENT);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryMetadataError");
	q = put(&h, "a-hospital", metadata(&h, "1^^^&1.2.3&ISO"), CONTENT);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownPatientId");
	q = put(&h, "a-hospital",
		edit(&h, metadata(&h, h.patient), "7edca82f-054d-47f2-a032-9b2a5b5186c1",
		     "34268e47-fdf5-41a6-ba33-82133c465248"),
		CONTENT);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRepositoryMetadataError");
	house_close(&h);
}

static void refused_leaves_nothing(void)
{
	struct house h;
	house_open(&h);
	struct asked *first = put(&h, "a-hospital", metadata(&h, h.patient), CONTENT);
	const char *body = metadata(&h, h.patient);
	/* The same set again: refused by the registry; the new document must not stay in the
	 * repository. */
	const char *again = edit(&h, body, arena_printf(h.arena, "2.999.101.2.%u\"", h.number),
				 ((const struct submission *)first->x.result)->set->unique_id);
	again = edit(&h, again, ((const struct submission *)first->x.result)->set->unique_id,
		     arena_printf(h.arena, "%s\"",
				  ((const struct submission *)first->x.result)->set->unique_id));
	struct asked *q = put(&h, "a-hospital", again, "another document");
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDuplicateUniqueIdInRegistry");
	q = retrieve(&h, "a-hospital",
		     request(&h, false, OUR_REPOSITORY,
			     arena_printf(h.arena, "2.999.101.1^%u", h.number)));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDocumentUniqueIdError");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	/* The same uniqueId with other octets. */
	body = metadata(&h, h.patient);
	again = edit(&h, body, arena_printf(h.arena, "2.999.101.1^%u", h.number),
		     entry(first)->unique_id);
	CU_ASSERT_STRING_EQUAL(put(&h, "a-hospital", again, "other octets, same id")->error,
			       "XDSNonIdenticalHash");
	CU_ASSERT_STRING_EQUAL(put(&h, "a-hospital", again, CONTENT)->status, "Success");
	house_close(&h);
}

static void each_document_has_its_error(void)
{
	struct house h;
	house_open(&h);
	const char *id = entry(put(&h, "a-hospital", metadata(&h, h.patient), CONTENT))->unique_id;
	struct asked *q = retrieve(&h, "b-clinic",
				   arena_printf(h.arena, "%s%s%s",
						request(&h, false, OUR_REPOSITORY, id),
						request(&h, false, OUR_REPOSITORY, "1.2.3"),
						request(&h, false, "2.999.99", id)));
	CU_ASSERT_STRING_EQUAL(q->status, "PartialSuccess");
	CU_ASSERT_EQUAL(q->errors, 2);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDocumentUniqueIdError");
	CU_ASSERT_STRING_EQUAL(q->location, "1.2.3");
	CU_ASSERT_EQUAL(delivered(q), 1);
	/* What was given, with the person whose it is, and what was not: two records. */
	CU_ASSERT_EQUAL(audited(q->event), 2);
	CU_ASSERT_STRING_EQUAL(q->event->objects->id_type.code, "2"); /* Patient Number */
	CU_ASSERT_EQUAL(q->event->outcome, AUDIT_SUCCESS);
	CU_ASSERT_EQUAL(audited(q->event->next), 2);
	q = retrieve(&h, "b-clinic", request(&h, false, "2.999.99", id));
	CU_ASSERT_STRING_EQUAL(q->status, "Failure");
	CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownRepositoryId");
	CU_ASSERT_EQUAL(audited(q->event), 1);
	CU_ASSERT_PTR_NULL(q->event->next);
	/* Hidden is as unknown, to the letter. */
	struct asked *unknown = retrieve(&h, "b-clinic",
					 request(&h, false, OUR_REPOSITORY, "1.2.3"));
	h.hidden = "a-hospital";
	q = retrieve(&h, "b-clinic", request(&h, false, OUR_REPOSITORY, id));
	CU_ASSERT_STRING_EQUAL(q->error, unknown->error);
	CU_ASSERT_STRING_EQUAL(q->context + strlen(id), unknown->context + strlen("1.2.3"));
	h.hidden = "b-clinic";
	CU_ASSERT_STRING_EQUAL(
		retrieve(&h, "b-clinic", request(&h, false, OUR_REPOSITORY, id))->status,
		"Success");
	CU_ASSERT_EQUAL(retrieve(&h, "b-clinic", "")->x.problem.code, PROBLEM_MALFORMED);
	house_close(&h);
}

/* An entry alone gives no right to a document that somebody else provided. */
static void the_repository_trusts_its_own_index(void)
{
	struct house h;
	house_open(&h);
	const char *id = entry(put(&h, "a-hospital", metadata(&h, h.patient), CONTENT))->unique_id;
	const char *claim = edit(&h, message(&h, "ebrim/document.xml", h.patient), "2.999.77",
				 OUR_REPOSITORY);
	struct asked *q = ask(&h, &iti42_register_document_set, "b-clinic", claim, NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryMetadataError");
	/* A document registered for another repository is not ours to give. */
	q = ask(&h, &iti42_register_document_set, "b-clinic",
		message(&h, "ebrim/document.xml", h.patient), NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = retrieve(&h, "b-clinic", request(&h, false, OUR_REPOSITORY, entry(q)->unique_id));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDocumentUniqueIdError");
	/* Deprecated documents stay retrievable. */
	const char *body = edit(&h, edit(&h, message(&h, "ebrim/related.xml", h.patient), HASH, ""),
				SIZE, "");
	q = ask(&h, &iti18_registry_stored_query, "a-hospital",
		get_query(&h, "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "$XDSDocumentEntryUniqueId",
			  id),
		NULL);
	body = edit(&h, edit(&h, body, "$relation$", "urn:ihe:iti:2007:AssociationType:RPLC"),
		    "$target$", q->objects.entries->id);
	CU_ASSERT_STRING_EQUAL(put(&h, "a-hospital", body, "a better one")->status, "Success");
	CU_ASSERT_STRING_EQUAL(
		retrieve(&h, "b-clinic", request(&h, false, OUR_REPOSITORY, id))->status,
		"Success");
	house_close(&h);
}

/* region submission-objects: a set, an entry and an association; and so many Documents. */
static void a_submission_has_so_many_objects(void)
{
	static const struct {
		unsigned most, documents;
		const char *error;
	} rows[] = {
		{ 3, 1, "" },
		{ 2, 1, "XDSRepositoryOutOfResources" },
		/* of which two have no entry */
		{ 3, 3, "XDSMissingDocumentMetadata" },
		{ 3, 4, "XDSRepositoryOutOfResources" },
	};
	static const char one[] = "<xds:Document id=\"Document01\"></xds:Document>";
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer b = buffer_in(h.arena);
		for (unsigned n = 1; n < rows[i].documents; n++)
			buffer_printf(&b, "<xds:Document id=\"Other%u\"></xds:Document>", n);
		buffer_text(&b, one);
		struct attachment *sent = attach(&h, "Document01", CONTENT), **last = &sent->next;
		for (unsigned n = 1; n < rows[i].documents; n++, last = &(*last)->next)
			*last = attach(&h, arena_printf(h.arena, "Other%u", n), CONTENT);
		const char *body = provide(&h, metadata(&h, h.patient), "Document01");
		h.region.submission_objects = rows[i].most;
		struct asked *q = ask(&h, &iti41_provide_and_register, "a-hospital",
				      edit(&h, body, one, buffer_ended(&b)), sent);
		bool large = strstr(rows[i].error, "OutOfResources") != NULL;
		if (!text_equal(q->error, rows[i].error)
		    || large != (strstr(q->context, "submission-objects") != NULL)) {
			printf("\n%u of %u: %s %s\n", rows[i].documents, rows[i].most, q->error,
			       q->context);
			CU_FAIL("another answer was expected");
		}
		CU_ASSERT_PTR_NOT_NULL(q->event->objects);
	}
	struct asked *q = ask(&h, &iti18_registry_stored_query, "a-hospital",
			      message(&h, "stored_query/find_documents.xml", h.patient), NULL);
	CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* A submission that replaces the document of this entry. */
static const char *replacing(struct house *h, const char *id)
{
	const char *body = message(h, "ebrim/related.xml", h->patient);
	body = edit(h, edit(h, body, HASH, ""), SIZE, "");
	body = edit(h, body, "$relation$", "urn:ihe:iti:2007:AssociationType:RPLC");
	return edit(h, body, "$target$", id);
}

/* Every allocation of the handler refused once: the request fails, and nothing of it is kept. */
static void no_memory_leaves_nothing(void)
{
	struct house h;
	house_open(&h);
	const char *body = replacing(
		&h, entry(put(&h, "a-hospital", metadata(&h, h.patient), CONTENT))->id);
	for (size_t n = 1; n < 2000; n += 1 + n / 40) {
		h.refuse = n;
		struct asked *q = put(&h, "a-hospital", body, "a better one");
		h.refuse = 0;
		if (text_equal(q->status, "Success")) {
			CU_ASSERT_EQUAL(house_findings(&h), 0);
			house_close(&h);
			return;
		}
		CU_ASSERT_STRING_EQUAL(q->error, "XDSRepositoryOutOfResources");
		q = ask(&h, &iti18_registry_stored_query, "a-hospital",
			message(&h, "stored_query/find_documents.xml", h.patient), NULL);
		CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	}
	CU_FAIL("it never succeeded");
	house_close(&h);
}

/* Where a document's entry stands comes what nobody wrote. */
static bool spoil_entry(void *with, struct store_txn *t, struct problem *p)
{
	static const unsigned char space = SPACE_ENTRY;
	struct bytes found, value;
	struct key k = { .overflow = false };
	(void)with, (void)p;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	if (store_next(c, &found, &value))
		memcpy(k.data, found.data, k.length = found.length);
	store_scan_end(c);
	return store_put(t, key_span(&k), bytes_of_text("\xff\xff\xff"));
}

/* What cannot be read is not absent: nobody is told that there is no such document. */
static void what_cannot_be_read_is_not_absent(void)
{
	struct house h;
	struct problem p = { .code = PROBLEM_NONE };
	house_open(&h);
	const char *body = replacing(
		&h, entry(put(&h, "a-hospital", metadata(&h, h.patient), CONTENT))->id);
	CU_ASSERT_TRUE(store_write(h.store.store, spoil_entry, NULL, &p));
	struct asked *q = put(&h, "a-hospital", body, "a better one");
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRepositoryError");
	CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_INTERNAL);
	house_close(&h);
}

/* Eighteen documents of 60 KiB are a MiB, which has a place on the way as a large one has. */
static void small_documents_have_places_together(void)
{
	enum { OCTETS = 60 * 1024, WANTED = 40 };
	static const struct {
		unsigned most, delivered, held;
		const char *status;
	} rows[] = { { 256, 40, 2, "Success" },
		     { 3, 40, 2, "Success" },
		     { 2, 36, 2, "PartialSuccess" },
		     { 1, 18, 1, "PartialSuccess" } };
	struct shares *opened[COUNT(rows)];
	struct house h;
	house_open(&h);
	char *octets = arena_alloc(h.arena, OCTETS + 1);
	memset(octets, 'x', OCTETS);
	octets[OCTETS] = '\0';
	const char *id = entry(put(&h, "b-clinic", metadata(&h, h.patient), octets))->unique_id;
	struct buffer all = buffer_in(h.arena);
	for (unsigned i = 0; i < WANTED; i++)
		buffer_text(&all, request(&h, false, OUR_REPOSITORY, id));
	h.memory = 64 << 20;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct shares_counts now;
		h.open = shares_create();
		h.open_most = rows[i].most;
		CU_ASSERT_PTR_NOT_NULL_FATAL(h.open);
		struct asked *q = retrieve(&h, "b-clinic", buffer_ended(&all));
		CU_ASSERT_STRING_EQUAL(q->status, rows[i].status);
		CU_ASSERT_EQUAL(delivered(q), rows[i].delivered);
		CU_ASSERT_EQUAL(q->errors, WANTED - rows[i].delivered);
		if (q->errors != 0)
			CU_ASSERT_STRING_EQUAL(q->error, "XDSRepositoryBusy");
		shares_count(h.open, &now);
		CU_ASSERT_EQUAL(now.held, rows[i].held);
		opened[i] = h.open;
	}
	house_close(&h); /* and the answers with it: every place is given back */
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct shares_counts now;
		shares_count(opened[i], &now);
		CU_ASSERT_EQUAL(now.held, 0);
		shares_destroy(opened[i]);
	}
}

/* The community a request says it is for, in its slot: what is another's is kept by nobody. */
static const char *slotted(struct house *h, const char *slots)
{
	return edit(h, metadata(h, h->patient), "<rim:RegistryObjectList>",
		    arena_printf(h->arena,
				 "<rs:RequestSlotList xmlns:rs=\"%s\">%s</rs:RequestSlotList>"
				 "<rim:RegistryObjectList>",
				 RS_NAMESPACE, slots));
}

static void it_is_for_one_community(void)
{
	static const struct {
		bool across; /* by ITI-80 */
		const char *slots, *error;
		unsigned homes; /* in its record */
	} rows[] = {
		{ false, "", "", 0 },
		{ false, SLOT("homeCommunityId", OUR_HOME), "", 1 },
		{ false, SLOT("homeCommunityId", "urn:oid:2.999.30"), "XDSUnknownCommunity", 1 },
		{ true, "", "XDSMissingHomeCommunityId", 1 },
		{ true, SLOT("homeCommunityId", " "), "XDSMissingHomeCommunityId", 1 },
		{ true, SLOT("homeCommunityId", OUR_HOME), "", 1 },
		{ true, SLOT("homeCommunityId", OUR_HOME) SLOT("homeCommunityId", OUR_HOME), "",
		  1 },
		{ true, SLOT("homeCommunityId", "urn:oid:2.999.30"), "XDSUnknownCommunity", 1 },
		{ true,
		  SLOT("homeCommunityId", OUR_HOME) SLOT("homeCommunityId", "urn:oid:2.999.30")
			  SLOT("homeCommunityId", "urn:oid:2.999.31"),
		  "XDSUnknownCommunity", 2 },
	};
	struct transaction iti80 = iti80_cross_gateway_document_provide;
	struct house h;
	iti80.demands = DEMAND_NOBODY; /* who may is shown elsewhere */
	house_open(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked *q = ask(&h, rows[i].across ? &iti80 : &iti41_provide_and_register,
				      "a-hospital",
				      provide(&h, slotted(&h, rows[i].slots), "Document01"),
				      attach(&h, "Document01", CONTENT));
		CU_ASSERT_STRING_EQUAL(q->error, rows[i].error);
		CU_ASSERT_EQUAL(q->errors, *rows[i].error != '\0');
		CU_ASSERT_EQUAL(q->warnings, 0);
		CU_ASSERT_EQUAL(q->x.result != NULL, *rows[i].error == '\0');
		unsigned homes = 0;
		for (const struct audit_detail *d = q->event->objects->next->details; d != NULL;
		     d = d->next)
			homes += text_equal(d->type, "urn:ihe:iti:xca:2010:homeCommunityId");
		CU_ASSERT_EQUAL(homes, rows[i].homes);
	}
	house_close(&h);
}

static const struct test tests[] = {
	{ "what is provided is retrieved", what_is_provided_is_retrieved },
	{ "the last descriptors are not for documents",
	  the_last_descriptors_are_not_for_documents },
	{ "it is for one community", it_is_for_one_community },
	{ "documents and entries are matched", documents_and_entries_are_matched },
	{ "refused leaves nothing", refused_leaves_nothing },
	{ "each document has its error", each_document_has_its_error },
	{ "the repository trusts its own index", the_repository_trusts_its_own_index },
	{ "a submission has so many objects", a_submission_has_so_many_objects },
	{ "no memory leaves nothing", no_memory_leaves_nothing },
	{ "what cannot be read is not absent", what_cannot_be_read_is_not_absent },
	{ "small documents have places together", small_documents_have_places_together },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-41 and ITI-43", tests);
}
