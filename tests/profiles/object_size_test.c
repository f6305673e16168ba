/* tests/profiles/object_size_test.c: how large one metadata object may be, and that whoever asks
 * for what is registered needs memory for one of them, whoever made them as large as he may. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "store/registry.h"
#include "tests/profiles/documents.h"

#define SUBMISSION "ebrim/submission.xml"
#define GET_DOCUMENTS "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"

/* What service exchange-memory is at least, and of it an object at most (gateway/config.c). */
enum { LEAST_MEMORY = 1 << 20, LARGEST = LEAST_MEMORY / 32 };

/* Slots of others' as an object may have them, of count values of so many characters. */
static const char *slots(struct house *h, unsigned count, unsigned characters)
{
	enum { IN_ONE = 1000 }; /* gateway/envelope/ebrim_parts.c: VALUES_MOST */
	struct buffer b = buffer_in(h->arena);
	for (unsigned n = 0; n < count; n++) {
		if (n % IN_ONE == 0)
			buffer_printf(&b, "<rim:Slot name=\"urn:example:%u\"><rim:ValueList>", n);
		buffer_text(&b, "<rim:Value>");
		for (unsigned i = 0; i < characters; i++)
			buffer_byte(&b, 'v');
		buffer_text(&b, "</rim:Value>");
		if (n % IN_ONE == IN_ONE - 1 || n + 1 == count)
			buffer_text(&b, "</rim:ValueList></rim:Slot>");
	}
	return buffer_ended(&b);
}

/* The objects of submission.xml: where slots go in, and what the refusal calls them. */
static const struct kind {
	const char *name, *tag;
	enum metadata_object kind;
} kinds[] = {
	{ "DocumentEntry(Document01)",
	  "<rim:ExtrinsicObject id=\"Document01\" mimeType=\"text/xml\" "
	  "objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\">",
	  METADATA_ENTRY },
	{ "SubmissionSet(Set01)", "<rim:RegistryPackage id=\"Set01\">", METADATA_SET },
	{ "Folder(Folder01)", "<rim:RegistryPackage id=\"Folder01\">", METADATA_FOLDER },
	{ "Association(as1)",
	  "<rim:Association id=\"as1\" "
	  "associationType=\"urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" "
	  "sourceObject=\"Set01\" targetObject=\"Document01\">",
	  METADATA_ASSOCIATION },
};

static const char *grown(struct house *h, const struct kind *k, unsigned count, unsigned characters)
{
	return edit(h, message(h, SUBMISSION, h->patient), k->tag,
		    arena_printf(h->arena, "%s%s", k->tag, slots(h, count, characters)));
}

static size_t octets_told(const struct asked *q)
{
	const char *at = strstr(q->context, "has ");
	return at == NULL ? 0 : (size_t)strtoul(at + strlen("has "), NULL, 10);
}

/* The size that is refused is told; with that as the limit it is taken, with one less it is not. */
static void each_kind_at_the_limit(void)
{
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *body = grown(&h, &kinds[i], 700, 30);
		h.region.metadata_object = 16 << 10;
		struct asked *q = ask(&h, &iti42_register_document_set, "a-hospital", body, NULL);
		size_t octets = octets_told(q);
		CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryOutOfResources");
		CU_ASSERT_EQUAL(q->errors, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(q->context, kinds[i].name));
		CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "16384 (metadata-object)"));
		CU_ASSERT_FATAL(octets > 700 * 30);
		h.region.metadata_object = octets - 1;
		q = ask(&h, &iti42_register_document_set, "a-hospital", body, NULL);
		CU_ASSERT_EQUAL(octets_told(q), octets);
		CU_ASSERT_PTR_NOT_NULL(q->event->objects); /* the record tells whose it was */
		h.region.metadata_object = octets;
		q = ask(&h, &iti42_register_document_set, "a-hospital", body, NULL);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
	}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* The repository says it in its own words, and nothing of it is left. */
static void a_repository_refuses_it_as_well(void)
{
	for (unsigned more = 0; more < 2; more++) {
		struct house h;
		house_open(&h);
		const char *metadata = grown(&h, &kinds[0], 700, 30);
		metadata = edit(&h, metadata, "DA39a3ee5e6b4b0d3255bfef95601890afd80709",
				"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
		metadata = edit(&h, metadata, "<rim:Value>36</rim:Value>",
				"<rim:Value>5</rim:Value>");
		h.region.metadata_object = more ? 16 << 10 : 32 << 10;
		struct asked *q = ask(&h, &iti41_provide_and_register, "a-hospital",
				      provide(&h, metadata, "Document01"),
				      attach(&h, "Document01", "hello"));
		CU_ASSERT_STRING_EQUAL(q->error, more ? "XDSRepositoryOutOfResources" : "");
		CU_ASSERT_EQUAL(house_findings(&h), 0);
		house_close(&h);
	}
}

/* As large as may be, in values of so many characters: of one the most must be remembered. */
static const char *largest(struct house *h, const struct kind *k, unsigned characters)
{
	unsigned count = (LARGEST - 4000) / (characters + 3);
	for (;; count -= 20) {
		const char *body = grown(h, k, count, characters);
		struct asked *q = ask(h, &iti42_register_document_set, "a-hospital", body, NULL);
		if (text_equal(q->status, "Success"))
			return body;
		CU_ASSERT_FATAL(octets_told(q) > LARGEST && count > 20);
	}
}

/* Others' entries as large as they may be, and each asks with the least memory there is. */
static void ten_of_the_largest_in_the_least_memory(void)
{
	static const unsigned characters[] = { 1, 7, 256 };
	enum { ENTRIES = 10 };
	for (size_t i = 0; i < COUNT(characters); i++) {
		struct house h;
		house_open(&h);
		h.region.metadata_object = LARGEST;
		for (unsigned n = 0; n < ENTRIES; n++)
			largest(&h, &kinds[0], characters[i]);
		h.spools = spools_create("/tmp");
		CU_ASSERT_PTR_NOT_NULL_FATAL(h.spools);
		h.memory = LEAST_MEMORY;
		struct asked *q = ask(&h, &iti18_registry_stored_query, "b-clinic",
				      message(&h, "stored_query/find_documents.xml", h.patient),
				      NULL);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_EQUAL(count_entries(&q->objects), ENTRIES);
		struct spools *spools = h.spools;
		house_close(&h);
		spools_destroy(spools);
	}
}

/* Of one uniqueId, more than that memory holds. */
static void so_many_of_one_name_in_the_least_memory(void)
{
	enum { ENTRIES = 40 };
	struct house h;
	house_open(&h);
	h.region.metadata_object = LARGEST;
	const char *body = largest(&h, &kinds[0], 256);
	const char *name = arena_printf(h.arena, "2.999.101.1^%u", h.number);
	for (unsigned n = 1; n < ENTRIES; n++) {
		const char *next = edit(&h, body, arena_printf(h.arena, "2.%u\"", h.number),
					arena_printf(h.arena, "2.%u.%u\"", h.number, n));
		next = edit(&h, next, arena_printf(h.arena, "3.%u\"", h.number),
			    arena_printf(h.arena, "3.%u.%u\"", h.number, n));
		struct asked *q = ask(&h, &iti42_register_document_set, "a-hospital", next, NULL);
		CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	}
	h.spools = spools_create("/tmp");
	h.memory = LEAST_MEMORY;
	struct asked *q = ask(&h, &iti18_registry_stored_query, "b-clinic",
			      get_query(&h, GET_DOCUMENTS, "$XDSDocumentEntryUniqueId", name),
			      NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(count_entries(&q->objects), ENTRIES);
	struct spools *spools = h.spools;
	house_close(&h);
	spools_destroy(spools);
}

static const struct test tests[] = {
	{ "each kind at the limit", each_kind_at_the_limit },
	{ "a repository refuses it as well", a_repository_refuses_it_as_well },
	{ "ten of the largest in the least memory", ten_of_the_largest_in_the_least_memory },
	{ "so many of one name in the least memory", so_many_of_one_name_in_the_least_memory },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: size of objects", tests);
}
