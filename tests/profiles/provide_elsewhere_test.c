/* tests/profiles/provide_elsewhere_test.c: for whom and of whom documents are sent to another
 * community, what of them leaves, and what is made of what it says. */
#include "tests/base/suite.h"

#include <string.h>
#include <sys/resource.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/xca/provide_elsewhere.h"
#include "store/blobs.h"
#include "store/partner_ids.h"
#include "tests/profiles/documents.h"

extern const struct transaction iti41_at_initiating_gateway;

#define WEST "urn:oid:2.999.30"
#define EAST "urn:oid:2.999.40"
#define NORTH "urn:oid:2.999.50"
#define THEIRS "2.999.30.9"
#define CONTENT "<ClinicalDocument/> of 36 octets, then!"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define HASH SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709")
#define SIZE SLOT("size", "36")
#define RS "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
#define SAYS(status, errors)                                                                       \
	"<r:RegistryResponse xmlns:r=\"" RS "\" status=\"" status "\">" errors                     \
	"</r:RegistryResponse>"
#define STATUS "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
#define PARTIAL "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
#define SAID(code, severity, more)                                                                 \
	"<r:RegistryErrorList><r:RegistryError errorCode=\"" code                                  \
	"\" codeContext=\"in its words\" "                                                         \
	"severity=\"urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:" severity "\"" more         \
	"/></r:RegistryErrorList>"

enum { LARGE = 70 * 1024 }; /* more than BLOB_SMALL */

static const struct partner partners[] = {
	{ .name = "west",
	  .url = "https://west",
	  .submit_url = "https://west/submit",
	  .home_community_id = WEST,
	  .purposes = 1u << PARTNER_COMMUNITY },
	{ .name = "east",
	  .url = "https://east",
	  .home_community_id = EAST,
	  .purposes = 1u << PARTNER_COMMUNITY },
};

struct scene {
	struct house h;
	struct registered_system systems[8];
	struct exchange x;
	uint64_t closed;          /* that record is, to who asks */
	const char *kept;         /* the document of that uniqueId is not for them */
	bool nothing_for_them;    /* nor anything else */
	unsigned judged;          /* how often that was asked */
	struct document_entry as; /* the entry that was asked about last */
};

static bool may_have(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	const struct scene *s = self;
	(void)t, (void)system;
	return subject != s->closed;
}

static bool may_cross(void *self, struct store_txn *t, const struct partner *to,
		      const struct document_entry *e)
{
	struct scene *s = self;
	(void)t;
	CU_ASSERT_STRING_EQUAL(to->name, "west");
	s->judged++;
	s->as = *e;
	return !s->nothing_for_them && (s->kept == NULL || !text_equal(s->kept, e->unique_id));
}

/* The gateway of the west is a system of ours, which a patient may exclude. */
static void scene_open(struct scene *s)
{
	*s = (struct scene){ .closed = 0 };
	house_open(&s->h);
	size_t n = people_region.system_count;
	memcpy(s->systems, people_systems, n * sizeof *people_systems);
	s->systems[n] = (struct registered_system){ .name = "west-gateway", .community = "west" };
	s->h.region.systems = s->systems;
	s->h.region.system_count = n + 1;
	s->h.region.partners = partners;
	s->h.region.partner_count = COUNT(partners);
}

static void scene_close(struct scene *s)
{
	store_end(s->x.txn);
	house_close(&s->h);
}

/* The next exchange, and whether it could be read. */
static bool opened(struct scene *s, const char *body, struct attachment *attachments)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message *m = arena_new(s->h.arena, struct soap_message);
	const struct xml_document *d = xml_read(s->h.arena, NULL, bytes_of_text(body), &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	m->body = xml_root(d);
	store_end(s->x.txn);
	s->judged = 0;
	s->x = (struct exchange){ .arena = s->h.arena,
				  .id = "test",
				  .now = s->h.now,
				  .random = &system_random,
				  .region = &s->h.region,
				  .transaction = &iti41_at_initiating_gateway,
				  .sender = &s->systems[1],
				  .store = s->h.store.store,
				  .soap = m,
				  .attachments = attachments,
				  .admission = {
					  .self = s, .object = may_have, .across = may_cross } };
	return provide_elsewhere_read(&s->x);
}

/* For that home; "": the request says none. */
static const char *metadata(struct scene *s, const char *path, const char *home,
			    const char *patient)
{
	struct house *h = &s->h;
	const char *text = edit(h, edit(h, message(h, path, patient), HASH, ""), SIZE, "");
	if (*home == '\0')
		return text;
	return edit(h, text, "<rim:RegistryObjectList>",
		    arena_printf(h->arena,
				 "<rs:RequestSlotList xmlns:rs=\"" RS
				 "\"><rim:Slot name=\"homeCommunityId\"><rim:ValueList>"
				 "<rim:Value>%s</rim:Value></rim:ValueList></rim:Slot>"
				 "</rs:RequestSlotList><rim:RegistryObjectList>",
				 home));
}

static bool provides(struct scene *s, const char *home, const char *patient)
{
	return opened(
		s, provide(&s->h, metadata(s, "ebrim/submission.xml", home, patient), "Document01"),
		attach(&s->h, "Document01", CONTENT));
}

static bool calls(struct scene *s)
{
	return provide_elsewhere_call(&s->x);
}

static struct submission *submitted(struct scene *s)
{
	return (struct submission *)s->x.request; /* its first member's first */
}

/* ---- Who is known there ---- */

static bool map_id(void *with, struct store_txn *t, struct problem *p)
{
	struct partner_id *id = with;
	struct mapped mapped;
	return partner_id_map(t, id, &mapped, p);
}

/* 101 of A is that one in the west. */
static void is_theirs(struct scene *s, const char *domain, const char *ours, const char *theirs)
{
	struct fixture *f = &s->h.store;
	struct partner_id id = { .partner = "west",
				 .domain = THEIRS,
				 .id = theirs,
				 .person = people_record(f, domain, ours).person,
				 .by = "ITI-55",
				 .since = 1 };
	store_write(f->store, map_id, &id, &f->problem);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
}

struct deciding {
	const struct region *region;
	uint64_t subject;
	enum consent_action action;
};

static bool decide(void *with, struct store_txn *t, struct problem *p)
{
	const struct deciding *d = with;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = d->action,
					 .facility = "west-gateway",
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = 1 };
	return consent_record(t, d->region, d->subject, &e, &coverage, p);
}

static void decides(struct scene *s, enum consent_action action)
{
	struct fixture *f = &s->h.store;
	struct deciding d = { &s->h.region, people_record(f, A_DOMAIN, "101").number, action };
	store_write(f->store, decide, &d, &f->problem);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
}

struct joining {
	uint64_t one, other;
};

static bool join(void *with, struct store_txn *t, struct problem *p)
{
	const struct joining *j = with;
	struct person_decision by = { .by = "clerk", .why = "asked" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, j->one, j->other, PAIR_TOGETHER, &by, &out,
				    p);
}

/* ---- For whom ---- */

static void for_whom(void)
{
	static const struct {
		const char *home;
		enum problem_code refused;
	} rows[] = {
		{ WEST, PROBLEM_NONE },
		{ "", PROBLEM_MISSING_HOME_COMMUNITY },
		{ OUR_HOME, PROBLEM_UNKNOWN_COMMUNITY },
		{ NORTH, PROBLEM_UNKNOWN_COMMUNITY },
		{ EAST, PROBLEM_UNKNOWN_COMMUNITY }, /* it is sent none */
		{ WEST "</rim:Value><rim:Value>" EAST, PROBLEM_UNKNOWN_COMMUNITY },
	};
	struct scene s;
	scene_open(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool read = provides(&s, rows[i].home, s.h.patient);
		CU_ASSERT_EQUAL(read, rows[i].refused == PROBLEM_NONE);
		CU_ASSERT_EQUAL(s.x.problem.code, rows[i].refused);
		CU_ASSERT_TRUE(read || text_equal(s.x.problem.where, "homeCommunityId"));
		CU_ASSERT_PTR_NULL(s.x.calls);
	}
	scene_close(&s);
}

/* What may not be pushed is refused as by any ITI-41, before anybody is looked for. */
static void what_is_pushed(void)
{
	struct scene s;
	scene_open(&s);
	const char *body = metadata(&s, "ebrim/document.xml", WEST, s.h.patient);
	CU_ASSERT_FALSE(opened(&s, provide(&s.h, body, "Document01"), NULL));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_MISSING_DOCUMENT);
	const char *wrong = edit(&s.h, body, "languageCode", "urn:example:l");
	CU_ASSERT_FALSE(opened(&s, provide(&s.h, wrong, "Document01"),
			       attach(&s.h, "Document01", CONTENT)));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_REGISTRY_METADATA);
	/* Of what cannot be read nothing more is said. */
	const char *odd = edit(&s.h, provide(&s.h, wrong, "Document01"),
			       "<xds:Document id=\"Document01\"></xds:Document>", "<xds:Odd/>");
	CU_ASSERT_FALSE(opened(&s, odd, NULL));
	CU_ASSERT_PTR_NULL(s.x.findings->next);
	/* Its documents do not match its entries: that, and what its metadata lack. */
	wrong = edit(&s.h, edit(&s.h, body, "languageCode", "urn:example:l"), "id=\"Document01\"",
		     "id=\"Document02\"");
	CU_ASSERT_FALSE(opened(&s, provide(&s.h, wrong, "Document01"),
			       attach(&s.h, "Document01", CONTENT)));
	/* As much as a submission may have. */
	s.h.region.submission_objects = 1;
	CU_ASSERT_FALSE(provides(&s, WEST, s.h.patient));
	scene_close(&s);
}

/* A national document is read, and does not go when it is none. */
static void what_is_national(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	const char *body = edit(&s.h, metadata(&s, "ebrim/document.xml", WEST, s.h.patient),
				"text/xml", "application/fhir+json");
	CU_ASSERT_TRUE(
		opened(&s, provide(&s.h, body, "Document01"), attach(&s.h, "Document01", CONTENT)));
	CU_ASSERT_FALSE(calls(&s));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_INVALID_DOCUMENT_CONTENT);
	CU_ASSERT_PTR_NULL(s.x.calls);
	CU_ASSERT_EQUAL(s.judged, 0);
	scene_close(&s);
}

/* ---- Of whom ---- */

static const char *refused_words; /* of whoever may not be sent, each the same */

static void is_nobody(struct scene *s, bool called, const char *why)
{
	bool as_nobody = !called && s->x.calls == NULL && s->x.findings != NULL
			 && s->x.findings->next == NULL && s->x.findings->location == NULL
			 && s->x.problem.code == PROBLEM_UNKNOWN_PATIENT
			 && text_equal(s->x.problem.what, refused_words);
	if (!as_nobody)
		fprintf(stderr, "%s: %s %s\n", why, problem_row(s->x.problem.code)->name,
			s->x.problem.what);
	CU_ASSERT_TRUE(as_nobody);
}

static void nobody_is_here(struct scene *s)
{
	CU_ASSERT_TRUE(provides(s, WEST, "nobody^^^&" AFFINITY "&ISO"));
	bool called = calls(s);
	refused_words = s->x.problem.what;
	is_nobody(s, called, "nobody here");
}

static void whoever_may_not_be_sent_is_nobody(void)
{
	struct scene s;
	scene_open(&s);
	nobody_is_here(&s);
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	is_nobody(&s, calls(&s), "nobody there");
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	submitted(&s)->set->patient_id = NULL;
	is_nobody(&s, calls(&s), "no patient");
	is_theirs(&s, A_DOMAIN, "101", "W1");
	uint64_t of_a = people_record(&s.h.store, A_DOMAIN, "101").number,
		 of_b = people_record(&s.h.store, B_DOMAIN, "031").number;
	for (size_t i = 0; i < 2; i++) { /* all of his are to be open */
		CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
		s.closed = i == 0 ? of_a : of_b;
		is_nobody(&s, calls(&s), "closed to who asks");
		s.closed = 0;
	}
	decides(&s, CONSENT_EXCLUDE);
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	is_nobody(&s, calls(&s), "excluded");
	CU_ASSERT_EQUAL(s.judged, 0);
	decides(&s, CONSENT_INCLUDE);
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	s.nothing_for_them = true;
	is_nobody(&s, calls(&s), "not for them");
	s.nothing_for_them = false;
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	CU_ASSERT_TRUE(calls(&s));
	CU_ASSERT_PTR_NOT_NULL(s.x.calls);
	scene_close(&s);
}

/* Each document is judged as it would be shown there, whoever provides it: as nobody's of ours. */
static void each_document_is_judged(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	nobody_is_here(&s);
	static const struct object_source made_of = { .system = "a-hospital" };
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
		struct document_entry *first = submitted(&s)->entries;
		struct document_entry second = *first;
		second.unique_id = "2.999.101.77";
		second.source_system = "b-clinic";
		second.sources = &made_of;
		first->next = &second;
		s.kept = i == 0 ? NULL : i == 1 ? first->unique_id : second.unique_id;
		if (i != 0) {
			is_nobody(&s, calls(&s), "one is not for them");
			CU_ASSERT_EQUAL(s.judged, i);
			continue;
		}
		CU_ASSERT_TRUE(calls(&s));
		CU_ASSERT_EQUAL(s.judged, 2);
		CU_ASSERT_STRING_EQUAL(s.as.unique_id, "2.999.101.77");
		CU_ASSERT_EQUAL(s.as.subject,
				people_person(&s.h.store, A_DOMAIN, "101").regional_record);
		CU_ASSERT_PTR_NULL(s.as.source_system);
		CU_ASSERT_PTR_NULL(s.as.sources);
		/* What was read stays as it was. */
		CU_ASSERT_EQUAL(second.subject, 0);
	}
	/* Without documents it is the patient that is judged. */
	s.kept = NULL;
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
		submitted(&s)->entries = NULL;
		s.nothing_for_them = i == 1;
		bool called = calls(&s);
		CU_ASSERT_EQUAL(s.judged, 1);
		CU_ASSERT_NOT_EQUAL(s.as.subject, 0);
		CU_ASSERT_EQUAL(called, i == 0);
	}
	scene_close(&s);
}

/* Two ids there: it is told, but only to who might send. */
static void two_ids_there(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	is_theirs(&s, A_DOMAIN, "7", "W2");
	struct fixture *f = &s.h.store;
	struct joining j = { people_record(f, A_DOMAIN, "101").number,
			     people_record(f, A_DOMAIN, "7").number };
	store_write(f->store, join, &j, &f->problem);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	CU_ASSERT_FALSE(calls(&s));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_UNAVAILABLE_COMMUNITY);
	CU_ASSERT_STRING_EQUAL(s.x.problem.where, WEST);
	CU_ASSERT_PTR_NULL(s.x.calls);
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	s.nothing_for_them = true;
	CU_ASSERT_FALSE(calls(&s));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_UNKNOWN_PATIENT);
	scene_close(&s);
}

/* ---- What is sent ---- */

static const char *written(struct scene *s, const struct exchange_call *c, bool headers)
{
	struct xml_writer *w = xml_writer_begin(s->h.arena);
	if (!headers) {
		c->what->write(w, c->request);
	} else {
		xml_open(w, "h");
		c->what->write_headers(w, c->request);
		xml_close(w);
	}
	struct bytes b = xml_writer_end(w);
	return arena_text_n(s->h.arena, (const char *)b.data, b.length);
}

static unsigned count_of(const char *text, const char *what)
{
	unsigned n = 0;
	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void names_nothing_of_ours(const char *body)
{
	static const char *const ours[] = {
		"sourcePatientInfo", "repositoryUniqueId", "urn:example:ward", "101^^^",
		"2.999.1&",          "DOC0001.XML",        OUR_HOME,           NULL
	};
	for (const char *const *one = ours; *one != NULL; one++) {
		if (strstr(body, *one) != NULL)
			fprintf(stderr, "%s crossed\n", *one);
		CU_ASSERT_PTR_NULL(strstr(body, *one));
	}
}

static void patient_there_and_nothing_of_ours(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	/* Slots of ours, of set and folder as of the entry. */
	const char *sent = metadata(&s, "ebrim/submission.xml", WEST, s.h.patient);
	sent = edit(&s.h, sent, "<rim:Slot name=\"submissionTime\">",
		    SLOT("urn:example:ward", "8") "<rim:Slot name=\"submissionTime\">");
	sent = edit(&s.h, sent, "<rim:Slot name=\"lastUpdateTime\">",
		    SLOT("urn:example:ward", "9") "<rim:Slot name=\"lastUpdateTime\">");
	CU_ASSERT_TRUE(
		opened(&s, provide(&s.h, sent, "Document01"), attach(&s.h, "Document01", CONTENT)));
	CU_ASSERT_TRUE(calls(&s));
	const struct exchange_call *c = s.x.calls;
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_PTR_NULL(c->next);
	CU_ASSERT_STRING_EQUAL(c->to->name, "west");
	CU_ASSERT_STRING_EQUAL(c->what->code, "ITI-80");
	CU_ASSERT_TRUE(c->what->once);
	const char *body = written(&s, c, false);
	/* Of set, folder, entry, and sourcePatientId. */
	CU_ASSERT_EQUAL(count_of(body, "W1^^^&amp;" THEIRS "&amp;ISO"), 4);
	CU_ASSERT_EQUAL(count_of(body, ">" WEST "<"), 1);
	CU_ASSERT_EQUAL(count_of(body, "home="), 0);
	CU_ASSERT_EQUAL(count_of(body, "<rim:Association "), 4);
	CU_ASSERT_EQUAL(count_of(body, "value=\"2.999.101\""), 1); /* sourceId */
	names_nothing_of_ours(body);
	CU_ASSERT_EQUAL(count_of(written(&s, c, true), "<xdr:homeCommunityId>" WEST "<"), 1);
	/* What is read stays as it came. */
	CU_ASSERT_STRING_EQUAL(submitted(&s)->set->patient_id, s.h.patient);
	CU_ASSERT_PTR_NOT_NULL(submitted(&s)->entries->extra);
	const struct soap_part *part = c->what->parts(c->request);
	CU_ASSERT_PTR_NOT_NULL_FATAL(part);
	CU_ASSERT_PTR_NULL(part->next);
	CU_ASSERT_STRING_EQUAL(part->content_type, "text/xml");
	CU_ASSERT_TRUE(bytes_equal(part->octets, bytes_of_text(CONTENT)));
	CU_ASSERT_PTR_NOT_NULL(strstr(body, arena_printf(s.h.arena, "cid:%s", part->content_id)));
	scene_close(&s);
}

/* A document for each entry; a small one in memory, a large one in its file. */
static bool two_documents(struct scene *s)
{
	struct house *h = &s->h;
	char *large = arena_alloc(h->arena, LARGE + 1);
	memset(large, 'x', LARGE);
	large[LARGE] = '\0';
	const char *body = metadata(s, "ebrim/document.xml", WEST, h->patient);
	const char *from = strstr(body, "<rim:ExtrinsicObject"),
		   *to = strstr(body, "<rim:RegistryPackage");
	const char *other = arena_text_n(h->arena, from, (size_t)(to - from));
	other = edit(h,
		     edit(h, edit(h, other, "Document01", "Document02"), "text/xml", "image/png"),
		     "2.999.101.1^", "2.999.101.9^");
	other = edit(h, other, "id=\"c", "id=\"d");
	body = edit(h, body, "<rim:RegistryPackage",
		    arena_printf(h->arena, "%s<rim:RegistryPackage", other));
	body = edit(h, body, "</rim:RegistryObjectList>",
		    "<rim:Association id=\"as9\" associationType=\"urn:oasis:names:tc:ebxml-regrep:"
		    "AssociationType:HasMember\" sourceObject=\"Set01\" "
		    "targetObject=\"Document02\">" SLOT(
			    "SubmissionSetStatus",
			    "Original") "</rim:Association></rim:RegistryObjectList>");
	body = edit(h, provide(h, body, "Document01"), "</xds:Document>",
		    "</xds:Document><xds:Document id=\"Document02\"></xds:Document>");
	struct attachment *a = attach(h, "Document01", CONTENT);
	a->next = attach(h, "Document02", large);
	return opened(s, body, a);
}

static void large_ones_stay_in_their_files(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	CU_ASSERT_TRUE(two_documents(&s));
	CU_ASSERT_TRUE(calls(&s));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.x.calls);
	const struct soap_part *small = s.x.calls->what->parts(s.x.calls->request),
			       *large = small->next;
	CU_ASSERT_PTR_NOT_NULL_FATAL(large);
	CU_ASSERT_PTR_NULL(large->next);
	CU_ASSERT_PTR_NOT_NULL(small->octets.data);
	CU_ASSERT_STRING_EQUAL(small->content_type, "text/xml");
	CU_ASSERT_PTR_NULL(large->octets.data);
	CU_ASSERT_TRUE(large->fd >= 0);
	CU_ASSERT_EQUAL(large->length, LARGE);
	CU_ASSERT_STRING_EQUAL(large->content_type, "image/png");
	CU_ASSERT_FALSE(text_equal(small->content_id, large->content_id));
	CU_ASSERT_EQUAL(count_of(written(&s, s.x.calls, false), "<xop:Include"), 2);
	scene_close(&s);
}

/* Without a descriptor for its file nothing leaves; later it does. */
static void no_file_can_be_opened(void)
{
	struct scene s;
	struct rlimit before, few;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	CU_ASSERT_TRUE(two_documents(&s));
	int next = dup(STDOUT_FILENO);
	close(next);
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = (rlim_t)next;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	bool called = calls(&s);
	setrlimit(RLIMIT_NOFILE, &before);
	CU_ASSERT_FALSE(called);
	CU_ASSERT_NOT_EQUAL(s.x.problem.code, PROBLEM_NONE);
	CU_ASSERT_PTR_NULL(s.x.calls);
	CU_ASSERT_TRUE(two_documents(&s));
	CU_ASSERT_TRUE(calls(&s));
	scene_close(&s);
}

/* A folder, or a set alone, has no documents. */
static void without_documents(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	struct submission *what = submitted(&s);
	what->entries = NULL;
	*(struct provided_document **)(void *)(what + 1) = NULL;
	CU_ASSERT_TRUE(calls(&s));
	CU_ASSERT_PTR_NULL(s.x.calls->what->parts(s.x.calls->request));
	CU_ASSERT_EQUAL(count_of(written(&s, s.x.calls, false), "<xds:Document "), 0);
	scene_close(&s);
}

/* ---- What is recorded ---- */

static bool has_object(const struct audit_event *e, const char *id)
{
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (text_equal(o->id, id))
			return true;
	return false;
}

static unsigned abouts(const struct audit_event *e)
{
	unsigned n = 0;
	for (const struct audit_about *a = e->about; a != NULL; a = a->next)
		n++;
	return n;
}

/* Of the call he is who they know; of ours, who we do. Both hang on his record. */
static void both_are_recorded(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	struct audit_event before = { .event_id = 1 }, ours = before, call = before;
	provide_elsewhere_audited(&s.x, &before);
	CU_ASSERT_TRUE(has_object(&before, s.h.patient));
	CU_ASSERT_EQUAL(abouts(&before), 0);
	CU_ASSERT_TRUE(calls(&s));
	provide_elsewhere_audited(&s.x, &ours);
	s.x.calls->what->audited(&s.x, s.x.calls, &call);
	const char *set = submitted(&s)->set->unique_id;
	CU_ASSERT_TRUE(has_object(&ours, s.h.patient) && has_object(&ours, set));
	CU_ASSERT_TRUE(has_object(&call, "W1^^^&" THEIRS "&ISO") && has_object(&call, set));
	CU_ASSERT_FALSE(has_object(&call, s.h.patient));
	CU_ASSERT_EQUAL(abouts(&ours), 1);
	CU_ASSERT_EQUAL(abouts(&call), 1);
	/* Of what could not even be read there is nothing to say. */
	struct audit_event none = { .event_id = 1 };
	s.x.request = NULL;
	provide_elsewhere_audited(&s.x, &none);
	CU_ASSERT_PTR_NULL(none.objects);
	scene_close(&s);
}

/* ---- What it said ---- */

static const struct {
	const char *name, *says; /* NULL: nothing */
	const char *status;      /* what is answered here */
	const char *told;        /* code@location of each error, then (of each warning) */
	enum problem_code call;
} rows[] = {
	{ "success", SAYS(STATUS "Success", ""), "Success", "", PROBLEM_NONE },
	{ "a warning", SAYS(STATUS "Success", SAID("XDSExtraMetadataNotSaved", "Warning", "")),
	  "Success", "(XDSExtraMetadataNotSaved@" WEST ")", PROBLEM_NONE },
	{ "partial", SAYS(PARTIAL, SAID("XDSOdd", "Error", "")), "PartialSuccess", "XDSOdd@" WEST,
	  PROBLEM_NONE },
	{ "failure", SAYS(STATUS "Failure", SAID("XDSOdd", "Error", " location=\"d1\"")), "Failure",
	  "XDSOdd@d1", PROBLEM_REGISTRY_REFUSED },
	{ "failure without a reason", SAYS(STATUS "Failure", ""), "Failure",
	  "XDSRepositoryError@" WEST, PROBLEM_REGISTRY_REFUSED },
	{ "failure with a warning",
	  SAYS(STATUS "Failure", SAID("XDSExtraMetadataNotSaved", "Warning", "")), "Failure",
	  "(XDSExtraMetadataNotSaved@" WEST ")XDSRepositoryError@" WEST, PROBLEM_REGISTRY_REFUSED },
	{ "success and an error", SAYS(STATUS "Success", SAID("XDSOdd", "Error", "")), "Failure",
	  "XDSUnavailableCommunity@" WEST, PROBLEM_MALFORMED },
	{ "another status", SAYS("splendid", ""), "Failure", "XDSUnavailableCommunity@" WEST,
	  PROBLEM_MALFORMED },
	{ "another body", "<x/>", "Failure", "XDSUnavailableCommunity@" WEST, PROBLEM_MALFORMED },
	{ "silence", NULL, "Failure", "XDSUnavailableCommunity@" WEST, PROBLEM_BUSY },
};

static const struct xml_node *answer(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct xml_writer *w = xml_writer_begin(s->h.arena);
	provide_elsewhere_answer(&s->x, w);
	const struct xml_document *d = xml_read(s->h.arena, NULL, xml_writer_end(w), &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	return xml_root(d);
}

static const char *status_of(const struct xml_node *response)
{
	const char *status = xml_attribute(response, "status");
	return status == NULL || strrchr(status, ':') == NULL ? "" : strrchr(status, ':') + 1;
}

static const char *told(struct scene *s, const struct xml_node *response)
{
	struct buffer b = buffer_in(s->h.arena);
	const struct xml_node *list = xml_child(response, RS, "RegistryErrorList");
	for (const struct xml_node *e = xml_child(list, RS, "RegistryError"); e != NULL;
	     e = xml_next(e, RS, "RegistryError")) {
		const char *at = xml_attribute(e, "location");
		bool warning = strstr(xml_attribute(e, "severity"), "Warning") != NULL;
		buffer_printf(&b, warning ? "(%s@%s)" : "%s@%s", xml_attribute(e, "errorCode"),
			      at == NULL ? "" : at);
	}
	return buffer_ended(&b);
}

/* And the same again, where handle() runs twice. */
static void what_is_said(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_open(&s);
		is_theirs(&s, A_DOMAIN, "101", "W1");
		CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
		CU_ASSERT_TRUE(calls(&s));
		struct exchange_call *c = s.x.calls;
		struct problem p = { .code = PROBLEM_NONE };
		struct soap_message m = { .body = NULL };
		c->over = true;
		if (rows[i].says == NULL)
			problem_set(&c->problem, PROBLEM_BUSY, "it is silent");
		else {
			m.body = xml_root(
				xml_read(s.h.arena, NULL, bytes_of_text(rows[i].says), &p));
			c->answer = &m;
		}
		bool done = calls(&s) && provide_elsewhere_handle(&s.x);
		CU_ASSERT_PTR_NULL(c->next); /* it is not sent again */
		const struct xml_node *response = answer(&s);
		const char *status = status_of(response), *errors = told(&s, response);
		bool as_said = text_equal(status, rows[i].status)
			       && text_equal(errors, rows[i].told)
			       && c->problem.code == rows[i].call
			       && done == (s.x.problem.code == PROBLEM_NONE);
		if (!as_said)
			fprintf(stderr, "%s: %s %s %s\n", rows[i].name, status, errors,
				problem_row(c->problem.code)->name);
		CU_ASSERT_TRUE(as_said);
		scene_close(&s);
	}
}

/* Before it was asked, and of what could not be read, a refusal is ours. */
static void what_is_refused_here(void)
{
	struct scene s;
	scene_open(&s);
	CU_ASSERT_FALSE(provides(&s, "", s.h.patient));
	CU_ASSERT_STRING_EQUAL(status_of(answer(&s)), "Failure");
	s.x.request = NULL;
	CU_ASSERT_STRING_EQUAL(status_of(answer(&s)), "Failure");
	scene_close(&s);
}

/* The store cannot be read. */
static bool unreadable;
struct store_txn *__real_exchange_look(struct exchange *x);
struct store_txn *__wrap_exchange_look(struct exchange *x);
struct store_txn *__wrap_exchange_look(struct exchange *x)
{
	if (!unreadable)
		return __real_exchange_look(x);
	problem_set(&x->problem, PROBLEM_INTERNAL, "made to fail");
	return NULL;
}

static void the_store_cannot_be_read(void)
{
	struct scene s;
	scene_open(&s);
	is_theirs(&s, A_DOMAIN, "101", "W1");
	CU_ASSERT_TRUE(provides(&s, WEST, s.h.patient));
	unreadable = true;
	CU_ASSERT_FALSE(calls(&s));
	unreadable = false;
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_INTERNAL);
	CU_ASSERT_PTR_NULL(s.x.calls);
	scene_close(&s);
}

int main(void)
{
	static const struct test tests[] = {
		{ "for whom", for_whom },
		{ "what is pushed", what_is_pushed },
		{ "what is national", what_is_national },
		{ "whoever may not be sent is nobody", whoever_may_not_be_sent_is_nobody },
		{ "each document is judged", each_document_is_judged },
		{ "two ids there", two_ids_there },
		{ "patient there and nothing of ours", patient_there_and_nothing_of_ours },
		{ "large ones stay in their files", large_ones_stay_in_their_files },
		{ "no file can be opened", no_file_can_be_opened },
		{ "without documents", without_documents },
		{ "both are recorded", both_are_recorded },
		{ "what is said", what_is_said },
		{ "what is refused here", what_is_refused_here },
		{ "the store cannot be read", the_store_cannot_be_read },
		{ 0 }
	};
	return suite_run("provide elsewhere", tests);
}
