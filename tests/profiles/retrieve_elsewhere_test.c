/* tests/profiles/retrieve_elsewhere_test.c: whom documents of others are asked of, and what is made
 * of what they say. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom_ranges.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xca/retrieve_elsewhere.h"
#include "profiles/xca/whose_documents.h"
#include "schemas/model/registry_query.h"
#include "store/partner_ids.h"
#include "tests/store/people.h"

#define OURS "urn:oid:2.999.10"
#define WEST "urn:oid:2.999.30"
#define EAST "urn:oid:2.999.40"
#define HOME(h) "<x:HomeCommunityId>" h "</x:HomeCommunityId>"
#define NAMED(repository, id)                                                                      \
	"<x:RepositoryUniqueId>" repository "</x:RepositoryUniqueId><x:DocumentUniqueId>" id       \
	"</x:DocumentUniqueId>"
#define MIME "<x:mimeType>text/plain</x:mimeType>"
#define IN_PART(id)                                                                                \
	"<x:Document><i:Include xmlns:i=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:" id  \
	"\"/></x:Document>"
#define RESPONSE(head, document) "<x:DocumentResponse>" head document "</x:DocumentResponse>"
#define GIVEN(id, part) RESPONSE(HOME(WEST) NAMED("9", id) MIME, IN_PART(part))
#define SUCCESS "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
#define FAILURE "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
#define PARTIAL "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
#define ERROR(code, context, more)                                                                 \
	"<r:RegistryErrorList><r:RegistryError errorCode=\"" code "\" codeContext=\"" context      \
	"\" severity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error\"" more             \
	"/></r:RegistryErrorList>"
#define SAYS(status, errors, documents)                                                            \
	"<x:RetrieveDocumentSetResponse xmlns:x=\"urn:ihe:iti:xds-b:2007\" "                       \
	"xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0\"><r:RegistryResponse "              \
	"status=\"" status "\">" errors "</r:RegistryResponse>" documents                          \
	"</x:RetrieveDocumentSetResponse>"

#define THEIRS "2.999.30.9"
#define LISTED(id, patient) LISTED_IN("9", id, patient)
#define LISTED_IN(repository, id, patient)                                                         \
	"<m:ExtrinsicObject id=\"urn:uuid:00000000-0000-4000-8000-00000000000" id "\" "            \
	"objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\" mimeType=\"text/plain\" "    \
	"status=\"urn:oasis:names:tc:ebxml-regrep:StatusType:Approved\">"                          \
	"<m:Slot name=\"repositoryUniqueId\"><m:ValueList><m:Value>" repository                    \
	"</m:Value></m:ValueList></m:Slot><m:ExternalIdentifier id=\"urn:uuid:1\" "                \
	"registryObject=\"x\" identificationScheme="                                               \
	"\"urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427\" value=\"" patient                       \
	"\"><m:Name><m:LocalizedString value=\"XDSDocumentEntry.patientId\"/></m:Name>"            \
	"</m:ExternalIdentifier><m:ExternalIdentifier id=\"urn:uuid:2\" registryObject=\"x\" "     \
	"identificationScheme=\"urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab\" value=\"9." id     \
	"\"><m:Name><m:LocalizedString value=\"XDSDocumentEntry.uniqueId\"/></m:Name>"             \
	"</m:ExternalIdentifier></m:ExtrinsicObject>"
#define LISTS(objects)                                                                             \
	"<q:AdhocQueryResponse xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\" "         \
	"xmlns:m=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\" status=\"" SUCCESS                \
	"\"><m:RegistryObjectList>" objects "</m:RegistryObjectList></q:AdhocQueryResponse>"
#define KNOWN "W1^^^&amp;" THEIRS "&amp;ISO"

static struct fixture store; /* 101 of A is W1 to the west, 7 of A is W2 */
static uint64_t known, other;

static const struct partner partners[] = {
	{ .name = "mailbox", .url = "https://mailbox" },
	{ .name = "west",
	  .url = "https://west",
	  .home_community_id = WEST,
	  .purposes = 1u << PARTNER_COMMUNITY },
	{ .name = "east",
	  .url = "https://east",
	  .home_community_id = EAST,
	  .purposes = 1u << PARTNER_COMMUNITY },
};
static const struct registered_system clinic = { .name = "b-clinic" };
static const struct registered_system gateway = { .name = "west-gateway", .community = "west" };

struct scene {
	struct arena *arena;
	struct region region;
	struct transaction transaction;
	struct exchange x;
	struct findings findings;
	struct mtom_range parts[3];
	uint64_t hidden;     /* that record is, from who asks */
	bool rules, refuses; /* rules hide the documents, and tell it */
};

static bool may_have(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	const struct scene *s = self;
	(void)t, (void)system;
	return subject != 0 && subject != s->hidden;
}

static bool is_shown(void *self, struct store_txn *t, const struct document_entry *e)
{
	const struct scene *s = self;
	return may_have(self, t, e->subject, NULL) && !s->rules;
}

static bool is_refused(void *self)
{
	return ((const struct scene *)self)->refuses;
}

/* wanted: "home repository id" each, "-" for no home. */
static void scene_make(struct scene *s, const char *const *wanted)
{
	*s = (struct scene){ .arena = arena_create(4 << 20) };
	s->region = (struct region){ .home_community_id = OURS,
				     .partners = partners,
				     .partner_count = COUNT(partners),
				     .asks_communities = true };
	s->transaction = (struct transaction){ .actor = DOCUMENT_REPOSITORY };
	s->x = (struct exchange){ .arena = s->arena,
				  .region = &s->region,
				  .transaction = &s->transaction,
				  .sender = &clinic,
				  .store = store.store,
				  .admission = { .self = s,
						 .object = may_have,
						 .shown = is_shown,
						 .denied = is_refused } };
	s->region.affinity_domain = AFFINITY;
	s->findings = findings_in(s->arena);
	const struct document_request **last = (const struct document_request **)&s->x.request;
	for (; *wanted != NULL; wanted += 3) {
		struct document_request *r = arena_new(s->arena, struct document_request);
		*r = (struct document_request){ .home_community_id = strcmp(wanted[0], "-") == 0
									     ? NULL
									     : wanted[0],
						.repository_unique_id = wanted[1],
						.document_unique_id = wanted[2] };
		*last = r;
		last = (const struct document_request **)&r->next;
	}
	for (size_t i = 0; i < COUNT(s->parts); i++)
		s->parts[i] = (struct mtom_range){
			.content_id = arena_printf(s->arena, "p%zu", i + 1),
			.key = arena_printf(s->arena, "p%zu", i + 1),
			.content_type = "text/plain",
			.offset = 100 * (i + 1),
			.length = 10,
			.whole = true,
			.next = i + 1 < COUNT(s->parts) ? &s->parts[i + 1] : NULL,
		};
}

static void scene_end(struct scene *s)
{
	store_end(s->x.txn);
	arena_destroy(s->arena);
}

static struct soap_message *message_of(struct scene *s, const char *body)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(s->arena, NULL, bytes_of_text(body), &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	struct soap_message *m = arena_new(s->arena, struct soap_message);
	m->body = xml_root(d);
	return m;
}

static const char *written(struct scene *s, const struct exchange_call *c)
{
	struct xml_writer *w = xml_writer_begin(s->arena);
	c->what->write(w, c->request);
	struct bytes b = xml_writer_end(w);
	return arena_text_n(s->arena, (const char *)b.data, b.length);
}

static unsigned count_of(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

/* The road's part between two calls of call(). */
static bool ask_again(struct scene *s)
{
	store_end(s->x.txn);
	s->x.txn = NULL;
	return retrieve_elsewhere_ask(&s->x);
}

static unsigned objects_of(struct scene *s, const struct exchange_call *c, const char *id)
{
	struct audit_event e = { .event_id = 1 };
	unsigned n = 0;
	c->what->audited(&s->x, c, &e);
	for (const struct audit_object *o = e.objects; o != NULL; o = o->next)
		n += text_equal(o->id, id);
	return n;
}

/* One question a community, of all that is its own, each once; nothing of what is ours. Then one
 * more for what may be given. */
static void each_is_asked_once(void)
{
	static const char *const wanted[] = { "-",
					      "1",
					      "1.1",
					      WEST,
					      "9",
					      "9.1",
					      EAST,
					      "8",
					      "8.1",
					      OURS,
					      "1",
					      "1.2",
					      WEST,
					      "9",
					      "9.2",
					      WEST,
					      "9",
					      "9.1",
					      "urn:oid:2.999.99",
					      "7",
					      "7.1",
					      NULL };
	struct scene s;
	scene_make(&s, wanted);
	CU_ASSERT_TRUE(retrieve_elsewhere_ask(&s.x));
	struct exchange_call *west = s.x.calls, *east = west->next;
	CU_ASSERT_PTR_NULL(east->next);
	CU_ASSERT_STRING_EQUAL(west->to->name, "west");
	CU_ASSERT_STRING_EQUAL(east->to->name, "east");
	CU_ASSERT_STRING_EQUAL(west->what->code, "ITI-38");
	CU_ASSERT_EQUAL(count_of(written(&s, west), "<rim:Value>"), 2);
	CU_ASSERT_EQUAL(count_of(written(&s, west), "('9.1')"), 1);
	CU_ASSERT_EQUAL(count_of(written(&s, west), "home=\"" WEST "\""), 1);
	CU_ASSERT_EQUAL(count_of(written(&s, east), "('8.1')"), 1);
	CU_ASSERT_EQUAL(objects_of(&s, west, "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"), 1);
	west->over = east->over = true;
	west->answer = message_of(&s, LISTS(LISTED("1", KNOWN) LISTED("2", KNOWN)));
	CU_ASSERT_TRUE(ask_again(&s));
	const struct exchange_call *fetches = east->next;
	CU_ASSERT_PTR_NOT_NULL_FATAL(fetches);
	CU_ASSERT_STRING_EQUAL(fetches->what->code, "ITI-39");
	CU_ASSERT_STRING_EQUAL(fetches->to->name, "west");
	CU_ASSERT_EQUAL(count_of(written(&s, fetches), "<xds:DocumentRequest>"), 2);
	CU_ASSERT_EQUAL(count_of(written(&s, fetches), ">" WEST "<"), 2);
	CU_ASSERT_EQUAL(objects_of(&s, fetches, "9.1"), 1);
	CU_ASSERT_EQUAL(objects_of(&s, fetches, people_person(&store, A_DOMAIN, "101").regional_id),
			0);
	CU_ASSERT_EQUAL(
		objects_of(&s, fetches,
			   cx_text(s.arena, people_person(&store, A_DOMAIN, "101").regional_id,
				   AFFINITY)),
		1);
	CU_ASSERT_TRUE(ask_again(&s)); /* they have answered */
	CU_ASSERT_PTR_NULL(fetches->next);
	scene_end(&s);
}

/* Of 9.1 and 9.2, the second as it is told: what is fetched, and what is said of it. All that is
 * not for who asks is told in the same words. */
static const struct {
	const char *name, *lists;
	unsigned fetched;
	enum problem_code told;
	bool hidden, rules, refuses;
} judged[] = {
	{ "both", LISTS(LISTED("1", KNOWN) LISTED("2", KNOWN)), 2, PROBLEM_NONE, 0, 0, 0 },
	{ "not listed", LISTS(LISTED("1", KNOWN)), 1, PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "hidden", LISTS(LISTED("1", KNOWN) LISTED("2", "W2^^^&amp;" THEIRS "&amp;ISO")), 1,
	  PROBLEM_DOCUMENT_UNIQUE_ID, true, 0, 0 },
	{ "nobody we know", LISTS(LISTED("1", KNOWN) LISTED("2", "W9^^^&amp;" THEIRS "&amp;ISO")),
	  1, PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "another's id", LISTS(LISTED("1", KNOWN) LISTED("2", "W1^^^&amp;2.999.77&amp;ISO")), 1,
	  PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "no patient", LISTS(LISTED("1", KNOWN) LISTED("2", "W1")), 1, PROBLEM_DOCUMENT_UNIQUE_ID,
	  0, 0, 0 },
	{ "in another repository", LISTS(LISTED("1", KNOWN) LISTED_IN("8", "2", KNOWN)), 1,
	  PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "of two patients",
	  LISTS(LISTED("1", KNOWN) LISTED("2", KNOWN) LISTED("2", "W2^^^&amp;" THEIRS "&amp;ISO")),
	  1, PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "rules hide it", LISTS(LISTED("2", KNOWN)), 0, PROBLEM_DOCUMENT_UNIQUE_ID, 0, true, 0 },
	{ "rules refuse it", LISTS(LISTED("2", KNOWN)), 0, PROBLEM_DOCUMENT_REFUSED, 0, true,
	  true },
	{ "nothing", LISTS(""), 0, PROBLEM_DOCUMENT_UNIQUE_ID, 0, 0, 0 },
	{ "another body", "<x/>", 0, PROBLEM_UNAVAILABLE_COMMUNITY, 0, 0, 0 },
};

static void who_may(void)
{
	static const char *const wanted[] = { WEST, "9", "9.1", WEST, "9", "9.2", NULL };
	for (size_t i = 0; i < COUNT(judged); i++) {
		struct scene s;
		scene_make(&s, wanted);
		s.hidden = judged[i].hidden ? other : 0;
		s.rules = judged[i].rules;
		s.refuses = judged[i].refuses;
		CU_ASSERT_TRUE(retrieve_elsewhere_ask(&s.x));
		struct exchange_call *asks = s.x.calls;
		asks->over = true;
		asks->answer = message_of(&s, judged[i].lists);
		CU_ASSERT_TRUE(ask_again(&s));
		const struct exchange_call *fetches = asks->next;
		unsigned fetched = fetches == NULL ? 0
						   : count_of(written(&s, fetches),
							      "<xds:DocumentRequest>");
		asks->next = NULL; /* what it gave is another test's */
		retrieve_elsewhere_take(&s.x, &s.findings);
		const struct finding *last = s.findings.last;
		enum problem_code told = last == NULL ? PROBLEM_NONE : last->problem.code;
		bool as_said = fetched == judged[i].fetched && told == judged[i].told
			       && (told != PROBLEM_DOCUMENT_UNIQUE_ID
				   || text_equal(last->problem.what,
						 "community west has no such document"));
		if (!as_said)
			fprintf(stderr, "%s: %u fetched, %s\n", judged[i].name, fetched,
				problem_row(told)->name);
		CU_ASSERT_TRUE(as_said);
		scene_end(&s);
	}
}

/* Whoever may not ask others asks nobody: it is our repository's to say that it is not ours. */
static void who_asks_nobody(void)
{
	static const char *const wanted[] = { WEST, "9", "9.1", NULL };
	for (unsigned i = 0; i < 4; i++) {
		struct scene s;
		scene_make(&s, wanted);
		if (i == 1)
			s.region.asks_communities = false;
		if (i == 2)
			s.x.sender = &gateway;
		if (i == 3)
			s.transaction.actor = RESPONDING_GATEWAY;
		CU_ASSERT_TRUE(retrieve_elsewhere_ask(&s.x));
		CU_ASSERT_EQUAL(s.x.calls != NULL, i == 0);
		CU_ASSERT_EQUAL(retrieve_elsewhere_whose(&s.x, s.x.request),
				i == 0 ? REQUEST_ELSEWHERE : REQUEST_OURS);
		scene_end(&s);
	}
}

static void whose_it_is(void)
{
	static const struct {
		const char *home;
		enum actor at;
		enum whose_request whose;
	} rows[] = {
		{ "-", DOCUMENT_REPOSITORY, REQUEST_OURS },
		{ "-", INITIATING_GATEWAY, REQUEST_WITHOUT_HOME },
		{ OURS, DOCUMENT_REPOSITORY, REQUEST_OURS },
		{ OURS, INITIATING_GATEWAY, REQUEST_OURS },
		{ EAST, DOCUMENT_REPOSITORY, REQUEST_ELSEWHERE },
		{ EAST, INITIATING_GATEWAY, REQUEST_ELSEWHERE },
		{ "urn:oid:2.999.99", INITIATING_GATEWAY, REQUEST_OURS },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const wanted[] = { rows[i].home, "9", "9.1", NULL };
		struct scene s;
		scene_make(&s, wanted);
		s.transaction.actor = rows[i].at;
		CU_ASSERT_EQUAL(retrieve_elsewhere_whose(&s.x, s.x.request), rows[i].whose);
		scene_end(&s);
	}
}

/* 9.1 and 9.2 were asked for. given: of each whether it is; told: the codes, in order. */
enum { CUT = 1, ENCODED = 2, AMBIGUOUS = 4, NO_RANGES = 8 };
static const struct {
	const char *name, *says;
	unsigned parts; /* what is wrong with the second */
	const char *given, *told, *context;
	enum problem_code call;
} rows[] = {
	{ "both", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2")), 0, "9.1@100 9.2@200",
	  "", "", PROBLEM_NONE },
	{ "in another order", SAYS(SUCCESS, "", GIVEN("9.2", "p2") GIVEN("9.1", "p1")), 0,
	  "9.2@200 9.1@100", "", "", PROBLEM_NONE },
	{ "inline",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1") RESPONSE(HOME(WEST) NAMED("9", "9.2") MIME,
					   "<x:Document>YWJj</x:Document>")),
	  0, "9.1@100 9.2=abc", "", "", PROBLEM_NONE },
	{ "not base64",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1")
		       RESPONSE(HOME(WEST) NAMED("9", "9.2") MIME, "<x:Document>%</x:Document>")),
	  0, "9.1@100", "community-contradicts ", "nor base64", PROBLEM_NONE },
	{ "no Document",
	  SAYS(SUCCESS, "", GIVEN("9.1", "p1") RESPONSE(HOME(WEST) NAMED("9", "9.2") MIME, "")), 0,
	  "9.1@100", "community-contradicts ", "without a Document", PROBLEM_NONE },
	{ "an Include beside text",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1") RESPONSE(HOME(WEST) NAMED("9", "9.2") MIME,
					   "<x:Document>x<i:Include "
					   "xmlns:i=\"http://www.w3.org/2004/08/xop/include\" "
					   "href=\"cid:p2\"/></x:Document>")),
	  0, "9.1@100", "community-contradicts ", "cannot be read", PROBLEM_NONE },
	{ "cut", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2")), CUT, "9.1@100",
	  "community-contradicts ", "came in part: it broke off", PROBLEM_NONE },
	{ "cut before it", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2")),
	  CUT | NO_RANGES, "9.1@100", "community-contradicts ", "did not come: it broke off",
	  PROBLEM_NONE },
	{ "encoded", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2")), ENCODED, "9.1@100",
	  "community-contradicts ", "Content-Transfer-Encoding", PROBLEM_NONE },
	{ "an id twice", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2")), AMBIGUOUS,
	  "9.1@100", "community-contradicts ", "two parts", PROBLEM_NONE },
	{ "no such part", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p7")), 0, "9.1@100",
	  "community-contradicts ", "no part", PROBLEM_NONE },
	{ "one part for two", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p1")), 0,
	  "9.1@100", "community-contradicts ", "as well", PROBLEM_NONE },
	{ "no mimeType",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1") RESPONSE(HOME(WEST) NAMED("9", "9.2"), IN_PART("p2"))),
	  0, "9.1@100", "community-contradicts ", "mimeType", PROBLEM_NONE },
	{ "no home",
	  SAYS(SUCCESS, "", GIVEN("9.1", "p1") RESPONSE(NAMED("9", "9.2") MIME, IN_PART("p2"))), 0,
	  "9.1@100", "missing-home-community ", "without HomeCommunityId", PROBLEM_NONE },
	{ "another's home",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1") RESPONSE(HOME(EAST) NAMED("9", "9.2") MIME, IN_PART("p2"))),
	  0, "9.1@100", "(community-contradicts) document-unique-id ", "nobody asked",
	  PROBLEM_NONE },
	{ "another repository",
	  SAYS(SUCCESS, "",
	       GIVEN("9.1", "p1") RESPONSE(HOME(WEST) NAMED("6", "9.2") MIME, IN_PART("p2"))),
	  0, "9.1@100", "(community-contradicts) document-unique-id ", "nobody asked",
	  PROBLEM_NONE },
	{ "one more", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.3", "p3") GIVEN("9.2", "p2")),
	  0, "9.1@100 9.2@200", "(community-contradicts) ", "nobody asked", PROBLEM_NONE },
	{ "twice", SAYS(SUCCESS, "", GIVEN("9.1", "p1") GIVEN("9.2", "p2") GIVEN("9.2", "p3")), 0,
	  "9.1@100 9.2@200", "(community-contradicts) ", "given already", PROBLEM_NONE },
	{ "one, without a reason", SAYS(SUCCESS, "", GIVEN("9.1", "p1")), 0, "9.1@100",
	  "document-unique-id ", "neither", PROBLEM_NONE },
	{ "one, with a reason in the location",
	  SAYS(PARTIAL, ERROR("XDSOdd", "no", " location=\"9.2\""), GIVEN("9.1", "p1")), 0,
	  "9.1@100", "XDSOdd@9.2 ", "no", PROBLEM_NONE },
	{ "one, with a reason in the context",
	  SAYS(PARTIAL, ERROR("XDSOdd", "9.2 is gone", ""), GIVEN("9.1", "p1")), 0, "9.1@100",
	  "XDSOdd@" WEST " ", "9.2 is gone", PROBLEM_NONE },
	{ "none", SAYS(FAILURE, ERROR("XDSOdd", "no", ""), ""), 0, "",
	  "XDSOdd@" WEST " document-unique-id document-unique-id ", "no",
	  PROBLEM_REGISTRY_REFUSED },
	{ "Success, and an error", SAYS(SUCCESS, ERROR("XDSOdd", "no", ""), ""), 0, "",
	  "unavailable-community ", "Success, and errors", PROBLEM_MALFORMED },
	{ "a status of its own", SAYS("splendid", "", ""), 0, "", "unavailable-community ",
	  "RegistryResponse", PROBLEM_MALFORMED },
	{ "another body", "<x/>", 0, "", "unavailable-community ", "no RetrieveDocumentSetResponse",
	  PROBLEM_MALFORMED },
	{ "no RegistryResponse",
	  "<x:RetrieveDocumentSetResponse xmlns:x=\"urn:ihe:iti:xds-b:2007\"/>", 0, "",
	  "unavailable-community ", "no RetrieveDocumentSetResponse", PROBLEM_MALFORMED },
	{ "no answer", NULL, 0, "", "unavailable-community ", "it is silent", PROBLEM_BUSY },
};

static const char *given_text(struct scene *s, const struct elsewhere_document *d)
{
	struct buffer b = buffer_in(s->arena);
	for (; d != NULL; d = d->next) {
		buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", d->request->document_unique_id);
		if (d->fd >= 0)
			buffer_printf(&b, "@%d", (int)d->offset);
		else
			buffer_printf(&b, "=%.*s", (int)d->length, d->octets.data);
	}
	buffer_byte(&b, '\0');
	return (const char *)b.data;
}

static const char *told_text(struct scene *s)
{
	struct buffer b = buffer_in(s->arena);
	for (const struct finding *f = s->findings.first; f != NULL; f = f->next)
		buffer_printf(&b, f->warning ? "(%s) " : "%s ",
			      f->relayed == NULL
				      ? problem_row(f->problem.code)->name
				      : arena_printf(s->arena, "%s@%s", f->relayed, f->location));
	buffer_byte(&b, '\0');
	return (const char *)b.data;
}

static void answer_as(struct scene *s, size_t i)
{
	struct exchange_call *c = s->x.calls;
	c->over = true;
	c->fd = 7;
	c->ranges = s->parts;
	s->parts[1].whole = (rows[i].parts & CUT) == 0;
	s->parts[1].encoded = (rows[i].parts & ENCODED) != 0;
	s->parts[1].ambiguous = (rows[i].parts & AMBIGUOUS) != 0;
	if ((rows[i].parts & NO_RANGES) != 0)
		s->parts[0].next = NULL;
	if ((rows[i].parts & CUT) != 0)
		problem_set(&c->cut, PROBLEM_BUSY, "it broke off");
	if (rows[i].says == NULL)
		problem_set(&c->problem, PROBLEM_BUSY, "it is silent");
	else
		c->answer = message_of(s, rows[i].says);
}

/* And the same again, where handle() runs twice. */
static void what_is_said(void)
{
	static const char *const wanted[] = { WEST, "9", "9.1", WEST, "9", "9.2", NULL };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_make(&s, wanted);
		CU_ASSERT_TRUE(retrieve_elsewhere_ask(&s.x));
		s.x.calls->over = true;
		s.x.calls->answer = message_of(&s, LISTS(LISTED("1", KNOWN) LISTED("2", KNOWN)));
		CU_ASSERT_TRUE(ask_again(&s));
		s.x.calls = s.x.calls->next;
		CU_ASSERT_PTR_NOT_NULL_FATAL(s.x.calls);
		answer_as(&s, i);
		for (unsigned again = 0; again < 2; again++) {
			s.findings = findings_in(s.arena);
			const struct elsewhere_document *all = retrieve_elsewhere_take(&s.x,
										       &s.findings);
			const char *given = given_text(&s, all), *told = told_text(&s);
			const char *context = s.findings.first == NULL
						      ? ""
						      : s.findings.first->problem.what;
			bool as_said = strcmp(given, rows[i].given) == 0
				       && strcmp(told, rows[i].told) == 0
				       && strstr(context, rows[i].context) != NULL
				       && s.x.calls->problem.code == rows[i].call;
			if (!as_said)
				fprintf(stderr, "%s: \"%s\" \"%s\" \"%s\" %s\n", rows[i].name,
					given, told, context,
					problem_row(s.x.calls->problem.code)->name);
			CU_ASSERT_TRUE(as_said);
		}
		scene_end(&s);
	}
}

static const struct test tests[] = { { "each is asked once", each_is_asked_once },
				     { "who may have it", who_may },
				     { "who asks nobody", who_asks_nobody },
				     { "whose it is", whose_it_is },
				     { "what is said", what_is_said },
				     { 0 } };

struct theirs {
	const char *id;
	uint64_t person, record;
};

static bool map_id(void *with, struct store_txn *t, struct problem *p)
{
	struct theirs *one = with;
	struct mapped mapped;
	struct partner_id id = { .partner = "west",
				 .domain = THEIRS,
				 .id = one->id,
				 .person = one->person,
				 .by = "ITI-55",
				 .since = 1 };
	bool done = partner_id_map(t, &id, &mapped, p);
	one->record = id.record;
	return done;
}

static uint64_t is_theirs(const char *ours, const char *id)
{
	struct theirs one = { .id = id, .person = people_record(&store, A_DOMAIN, ours).person };
	store_write(store.store, map_id, &one, &store.problem);
	fixture_must(&store, store.problem.code == PROBLEM_NONE);
	return one.record;
}

int main(void)
{
	static const struct who people[] = {
		{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0,
		  0, 0 },
		{ A_DOMAIN, "7", "スズキ", "ハナコ", "19500101", "F", "0399999999", 0, 0, 0, 0, 0,
		  0 },
	};
	fixture_open(&store);
	people_feed(&store, &people[0]);
	people_feed(&store, &people[1]);
	known = is_theirs("101", "W1");
	other = is_theirs("7", "W2");
	int failed = known == other || suite_run("retrieve elsewhere", tests);
	fixture_close(&store);
	return failed;
}
