/* tests/profiles/iti52_test.c: who subscribes is told of what matches, as a stored query would find
 * it, and of nothing else: ITI-52 and ITI-54 through the road, and what of an event is told
 * (profiles/actors/notification_broker.h). That it is sent: conformance/scenes/subscriptions.py. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/dsub/wsnt.h"
#include "store/errands.h"
#include "store/store.h"
#include "tests/profiles/subscribing.h"

extern const struct transaction iti54_document_metadata_publish;

/* ---- What is told ---- */

/* Of all that waits, as the subscriber would be told now. */
struct heard {
	unsigned errands, messages, entries, sets, folders;
	const struct document_entry *entry; /* the last */
	const struct submission_set *set;
	const struct folder *folder;
};

static void count_objects(struct heard *out, const struct registry_objects *all)
{
	unsigned before = out->entries + out->sets + out->folders;
	for (const struct document_entry *e = all->entries; e != NULL; e = e->next) {
		out->entry = e;
		out->entries++;
	}
	if (all->sets != NULL) {
		out->set = all->sets;
		out->sets++;
	}
	if (all->folders != NULL) {
		out->folder = all->folders;
		out->folders++;
	}
	out->messages += out->entries + out->sets + out->folders > before;
}

static void hear(struct house *h, struct store_txn *t, const struct errand *e,
		 struct submission *published, struct heard *out)
{
	const char *id;
	struct subscription s;
	struct subscription_event event;
	struct broker_told told;
	struct admission admission = house_admission(h);
	struct leniencies needed = { .resolve_own_ids = false };
	struct problem p = { .code = PROBLEM_NONE };
	const struct registry_desk d = { .arena = h->arena,
					 .region = &h->region,
					 .sender = region_system(&h->region, e->partner),
					 .admission = &admission,
					 .needed = &needed,
					 .now = h->now,
					 .txn = t };
	CU_ASSERT_FATAL(subscription_event_of(h->arena, e, &id, &event));
	CU_ASSERT_FATAL(subscription_get(t, h->arena, id, &s));
	CU_ASSERT(broker_tell(&d, &s, &event, published, &told, &p));
	count_objects(out, &told.objects);
}

static struct heard listen(struct house *h, struct submission *published)
{
	struct heard out = { .errands = 0 };
	size_t count;
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	const struct errand *all = errand_list(t, h->arena, 0, NULL, 100, &count);
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT_STRING_EQUAL(all[i].address, CONSUMER);
		hear(h, t, &all[i], published, &out);
	}
	out.errands = (unsigned)count;
	store_end(t);
	return out;
}

/* ---- Matching ---- */

/* By hand, of tests/cases/ebrim/submission.xml. */
static const struct {
	struct criterion criteria[2];
	bool matches;
} of_the_document[] = {
	{ { { "$XDSDocumentEntryClassCode", "('REF^^2.999.4.1')" } }, true },
	{ { { "$XDSDocumentEntryClassCode", "('REF^^2.999.4.2')" } }, false },
	{ { { "$XDSDocumentEntryClassCode", "('x^^2.999.4.1','REF^^2.999.4.1')" } }, true },
	{ { { "$XDSDocumentEntryTypeCode", "('57133-1^^2.16.840.1.113883.6.1')" } }, true },
	{ { { "$XDSDocumentEntryTypeCode", "('57133-2^^2.16.840.1.113883.6.1')" } }, false },
	{ { { "$XDSDocumentEntryPracticeSettingCode", "('IM^^2.999.4.5')" } }, true },
	{ { { "$XDSDocumentEntryHealthcareFacilityTypeCode", "('HOSP^^2.999.4.4')" } }, true },
	{ { { "$XDSDocumentEntryHealthcareFacilityTypeCode", "('IM^^2.999.4.5')" } }, false },
	/* several Slots of one name: each must be met */
	{ { { "$XDSDocumentEntryEventCodeList", "('CT^^1.2.840.10008.2.16.4')" },
	    { "$XDSDocumentEntryEventCodeList", "('HEAD^^2.999.4.3')" } },
	  true },
	{ { { "$XDSDocumentEntryEventCodeList", "('CT^^1.2.840.10008.2.16.4')" },
	    { "$XDSDocumentEntryEventCodeList", "('FOOT^^2.999.4.3')" } },
	  false },
	{ { { "$XDSDocumentEntryEventCodeList",
	      "('CT^^1.2.840.10008.2.16.4','FOOT^^2.999.4.3')" } },
	  true },
	{ { { "$XDSDocumentEntryConfidentialityCode", "('PSY^^2.999.4.2')" } }, true },
	{ { { "$XDSDocumentEntryConfidentialityCode", "('V^^2.16.840.1.113883.5.25')" } }, false },
	{ { { "$XDSDocumentEntryFormatCode",
	      "('urn:ihe:iti:xds:2017:mimeTypeSufficient^^1.3.6.1.4.1.19376.1.2.3')" } },
	  true },
	/* SQL's LIKE */
	{ { { "$XDSDocumentEntryAuthorPerson", "('D0123%')" } }, true },
	{ { { "$XDSDocumentEntryAuthorPerson", "('D0123')" } }, false },
	{ { { "$XDSDocumentEntryAuthorPerson", "('%^_iro')" } }, true },
	{ { { "$XDSDocumentEntryAuthorPerson", "('%^_ro')" } }, false },
	{ { { "$XDSDocumentEntryReferenceIdList",
	      "('ORD-1^^^&amp;2.999.101.6&amp;ISO^urn:ihe:iti:xds:2013:order')" } },
	  true },
	/* all of different names */
	{ { { "$XDSDocumentEntryClassCode", "('REF^^2.999.4.1')" },
	    { "$XDSDocumentEntryAuthorPerson", "('D0123%')" } },
	  true },
	{ { { "$XDSDocumentEntryClassCode", "('REF^^2.999.4.1')" },
	    { "$XDSDocumentEntryAuthorPerson", "('D0124%')" } },
	  false },
};

/* The same criteria of the stored query: what is registered is Approved. */
static unsigned found_by_query(struct house *h, const struct criterion *c)
{
	struct buffer slots = buffer_in(h->arena);
	const char *text = message(h, "stored_query/find_documents.xml", h->patient);
	for (size_t i = 0; i < 2 && c[i].name != NULL; i++)
		buffer_printf(&slots,
			      "<rim:Slot name=\"%s\"><rim:ValueList><rim:Value>%s</rim:Value>"
			      "</rim:ValueList></rim:Slot>",
			      c[i].name, c[i].value);
	buffer_text(&slots, "</rim:AdhocQuery>");
	struct asked *q = ask(h, &iti18_registry_stored_query, "c-hospital",
			      edit(h, text, "</rim:AdhocQuery>", buffer_ended(&slots)), NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	return count_entries(&q->objects);
}

static void as_a_stored_query_finds(void)
{
	for (size_t i = 0; i < COUNT(of_the_document); i++) {
		struct bench b;
		struct criterion c[3] = { { DOCUMENT_PATIENT, NULL } };
		bench_open(&b);
		struct house *h = &b.house;
		c[0].value = quoted(h, h->patient);
		memcpy(&c[1], of_the_document[i].criteria, sizeof of_the_document[i].criteria);
		follow(h, "FullDocumentEntry", DOCUMENTS, c, 3);
		put(h, message(h, "ebrim/submission.xml", h->patient));
		struct heard all = listen(h, NULL);
		if (all.entries != of_the_document[i].matches)
			printf("row %zu: %s %s\n", i, c[1].name, c[1].value);
		CU_ASSERT_EQUAL(all.errands, of_the_document[i].matches);
		CU_ASSERT_EQUAL(all.entries, of_the_document[i].matches);
		CU_ASSERT_EQUAL(found_by_query(h, &c[1]), of_the_document[i].matches);
		bench_close(&b);
	}
}

static const struct {
	const char *topic, *filter;
	struct criterion criterion;
	bool matches;
} of_the_rest[] = {
	{ "SubmissionSetMetadata", ALL_SETS, { "$XDSSubmissionSetSourceId", "('2.999.101')" }, 1 },
	{ "SubmissionSetMetadata", ALL_SETS, { "$XDSSubmissionSetSourceId", "('2.999.102')" }, 0 },
	{ "SubmissionSetMetadata", ALL_SETS, { "$XDSSubmissionSetAuthor", "('D0123%')" }, 1 },
	{ "SubmissionSetMetadata", ALL_SETS, { "$XDSSubmissionSetAuthorPerson", "('D02%')" }, 0 },
	{ "SubmissionSetMetadata",
	  ALL_SETS,
	  { "$XDSSubmissionSetIntendedRecipient", "('%|D0456^%')" },
	  1 },
	{ "SubmissionSetMetadata",
	  ALL_SETS,
	  { "$XDSSubmissionSetIntendedRecipient", "('%|D0457^%')" },
	  0 },
	{ "MinimalDocumentEntry",
	  ALL_DOCUMENTS,
	  { "$XDSDocumentEntryClassCode", "('REF^^2.999.4.1')" },
	  1 },
	{ "MinimalDocumentEntry",
	  ALL_DOCUMENTS,
	  { "$XDSDocumentEntryClassCode", "('FER^^2.999.4.1')" },
	  0 },
};

/* Whoever's patient it is. */
static void of_every_patient(void)
{
	for (size_t i = 0; i < COUNT(of_the_rest); i++) {
		struct bench b;
		bench_open(&b);
		struct house *h = &b.house;
		follow(h, of_the_rest[i].topic, of_the_rest[i].filter, &of_the_rest[i].criterion,
		       1);
		put(h, message(h, "ebrim/submission.xml", h->patient));
		put(h, message(h, "ebrim/submission.xml", h->other));
		struct heard all = listen(h, NULL);
		CU_ASSERT_EQUAL(all.errands, 2 * of_the_rest[i].matches);
		CU_ASSERT_EQUAL(all.messages, 2 * of_the_rest[i].matches);
		CU_ASSERT_EQUAL(all.folders, 0);
		bench_close(&b);
	}
}

/* Of nobody else, and each as he is called by who subscribed. */
static void of_one_patient(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	follow_patient(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, h->patient);
	put(h, message(h, "ebrim/submission.xml", h->other));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 0);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	struct heard all = listen(h, NULL);
	CU_ASSERT_FATAL(all.errands == 1 && all.entries == 1);
	CU_ASSERT_STRING_EQUAL(all.entry->patient_id, h->patient);
	bench_close(&b);
}

/* A's two numbers become one person's: what is registered of either is told to who follows
 * either. */
static void follows_a_merge(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	follow_patient(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, h->other);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 0);
	CU_ASSERT_EQUAL(people_merge(&h->store, A_DOMAIN, "101", "7", NULL), PROBLEM_NONE);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	struct heard all = listen(h, NULL);
	CU_ASSERT(all.errands == 1 && all.entries == 1);
	bench_close(&b);
}

/* What its submitter hides is told to nobody, not even that there is something. */
static void nothing_hidden(void)
{
	static const char *const topics[] = { "FullDocumentEntry", "SubmissionSetMetadata",
					      "FolderMetadata" };
	static const char *const filters[] = { DOCUMENTS, SETS, FOLDERS };
	static const char *const patients[] = { DOCUMENT_PATIENT, "$XDSSubmissionSetPatientId",
						"$XDSFolderPatientId" };
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	for (size_t i = 0; i < COUNT(topics); i++)
		follow_patient(h, topics[i], filters[i], patients[i], h->patient);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	struct heard all = listen(h, NULL);
	CU_ASSERT(all.errands == 3 && all.entries == 1 && all.sets == 1 && all.folders == 1);
	h->hidden = "a-hospital";
	all = listen(h, NULL);
	CU_ASSERT(all.errands == 3 && all.messages == 0);
	bench_close(&b);
}

/* ---- Folders ---- */

/* The same once more, in the folder that is there, and nothing of a folder of its own. */
static const char *into(struct house *h, const char *folder)
{
	const char *text = message(h, "ebrim/submission.xml", h->patient);
	const char *from = strstr(text, "<rim:RegistryPackage id=\"Folder01\">");
	const char *to = strstr(from, "<rim:Association id=\"as1\"");
	text = arena_printf(h->arena, "%.*s%s", (int)(from - text), text, to);
	from = strstr(text, "<rim:Association id=\"as2\"");
	to = strstr(from, "<rim:Association id=\"as3\"");
	text = arena_printf(h->arena, "%.*s%s", (int)(from - text), text, to);
	return edit(h, text, "sourceObject=\"Folder01\"",
		    arena_printf(h->arena, "sourceObject=\"%s\"", folder));
}

/* as3 as the relation of two documents, of which the set has only the new one. */
static const char *replacing(struct house *h, const char *text)
{
	const char *from = strstr(text, "<rim:Association id=\"as4\"");
	const char *to = strstr(text, "</rim:RegistryObjectList>");
	text = arena_printf(h->arena, "%.*s%s", (int)(from - text), text, to);
	return edit(h, text,
		    "id=\"as3\" associationType=\"urn:oasis:names:tc:ebxml-regrep:"
		    "AssociationType:HasMember\"",
		    "id=\"as3\" associationType=\"urn:ihe:iti:2007:AssociationType:RPLC\"");
}

static void a_folder_gains_a_document(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	follow_patient(h, "FolderMetadata", FOLDERS, "$XDSFolderPatientId", h->patient);
	const struct submission *first = put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).folders, 1);
	put(h, into(h, first->folders->id));
	struct heard all = listen(h, NULL);
	CU_ASSERT(all.errands == 2 && all.folders == 2);
	CU_ASSERT_STRING_EQUAL(all.folder->id, first->folders->id);
	/* What replaces a document of it joins it (ITI TF-2: 3.42.4.1.3.5). */
	const char *old = arena_printf(h->arena, "sourceObject=\"%s\" targetObject=\"Document01\"",
				       first->folders->id);
	const char *new = arena_printf(h->arena, "sourceObject=\"Document01\" targetObject=\"%s\"",
				       first->entries->id);
	put(h, replacing(h, edit(h, into(h, first->folders->id), old, new)));
	CU_ASSERT_EQUAL(listen(h, NULL).folders, 3);
	bench_close(&b);
}

static void folders_of_a_kind(void)
{
	static const struct {
		struct criterion criterion;
		unsigned told;
	} rows[] = {
		{ { "$XDSFolderCodeList", "('REFERRAL^^2.999.4.7')" }, 1 },
		{ { "$XDSFolderCodeList", "('OTHER^^2.999.4.7')" }, 0 },
		{ { "$XDSFolderUniqueId", "('2.999.101.3.1')" }, 1 },
		{ { "$XDSFolderUniqueId", "('2.999.101.3.2')" }, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench b;
		bench_open(&b);
		struct house *h = &b.house;
		const struct criterion c[2] = { { "$XDSFolderPatientId", quoted(h, h->patient) },
						rows[i].criterion };
		follow(h, "FolderMetadata", FOLDERS, c, 2);
		const struct submission *s = put(h, message(h, "ebrim/submission.xml", h->patient));
		CU_ASSERT_EQUAL(listen(h, NULL).folders, rows[i].told);
		/* One that is there is judged when it is told. */
		put(h, into(h, s->folders->id));
		CU_ASSERT_EQUAL(listen(h, NULL).folders, 2 * rows[i].told);
		bench_close(&b);
	}
}

/* ---- Ending ---- */

static void ended_by_who_subscribed(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const struct subscription *s = follow_patient(h, "FullDocumentEntry", DOCUMENTS,
						      DOCUMENT_PATIENT, h->patient);
	const char *at = wsnt_reference(h->arena, s);
	CU_ASSERT(text_starts(at, OUR_BROKER "/") && strlen(at) == strlen(OUR_BROKER "/") + 32);
	CU_ASSERT_EQUAL(unsubscribe(h, "b-clinic", at), PROBLEM_SUBSCRIPTION_UNKNOWN);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", OUR_BROKER), PROBLEM_SUBSCRIPTION_UNKNOWN);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", NULL), PROBLEM_SUBSCRIPTION_UNKNOWN);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", at), PROBLEM_NONE);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", at), PROBLEM_SUBSCRIPTION_UNKNOWN);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 0);
	bench_close(&b);
}

/* By the house's clock: ask() lets a second pass. */
static void over_at_its_time(void)
{
	enum { SECOND = 1000000 };
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	instant ends = follow_patient(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT,
				      h->patient)
			       ->ends;
	CU_ASSERT_EQUAL(ends, h->now + INT64_C(24) * 3600 * SECOND);
	h->now = ends - 2 * SECOND;
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 1);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(h->now, ends);
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 1);
	bench_close(&b);
}

/* Whatever is not understood is refused, and nothing of it stays. */
static void what_is_refused(void)
{
	static const struct {
		const char *old, *new;
		enum problem_code code;
	} rows[] = {
		{ "TopicExpression/Simple", "TopicExpression/Full", PROBLEM_TOPIC_DIALECT },
		{ "ihe:FullDocumentEntry", "ihe:Full DocumentEntry", PROBLEM_TOPIC_INVALID },
		{ "ihe:FullDocumentEntry", "ihe:Weather", PROBLEM_TOPIC_NOT_SUPPORTED },
		{ "ihe:FullDocumentEntry", "ihe:FolderMetadata", PROBLEM_FILTER_INVALID },
		{ DOCUMENTS, "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d",
		  PROBLEM_FILTER_INVALID },
		{ DOCUMENT_PATIENT, "$XDSDocumentEntryColour", PROBLEM_FILTER_INVALID },
		{ "rim:AdhocQuery", "rim:Query", PROBLEM_FILTER_INVALID },
		{ CONSUMER, CONSUMER "/x", PROBLEM_NOT_PERMITTED },
		{ "wsa:Address", "wsa:To", PROBLEM_MALFORMED },
		{ "P1D", "P", PROBLEM_TERMINATION_TIME },
		{ "P1D", "-P1D", PROBLEM_TERMINATION_TIME },
		{ "P1D", "2020-01-01T00:00:00Z", PROBLEM_TERMINATION_TIME },
		{ "</wsnt:Subscribe>",
		  "<wsnt:SubscriptionPolicy><wsnt:UseRaw/></wsnt:SubscriptionPolicy>"
		  "</wsnt:Subscribe>",
		  PROBLEM_POLICY_UNKNOWN },
	};
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *text = message(h, "iti52/subscribe.xml", h->patient);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked *q = subscribe(h, "c-hospital",
					    edit(h, text, rows[i].old, rows[i].new));
		if (q->x.problem.code != rows[i].code)
			printf("%s: %s\n", rows[i].new, q->x.problem.what);
		CU_ASSERT_EQUAL(q->x.problem.code, rows[i].code);
	}
	CU_ASSERT_EQUAL(subscribe(h, "a-hospital", text)->x.problem.code, PROBLEM_NOT_PERMITTED);
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 0);
	bench_close(&b);
}

/* As many of one patient as there may be, and none more. */
static void as_many_as_there_may_be(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *text = message(h, "iti52/subscribe.xml", h->patient);
	static const char *const systems[] = { "b-clinic", "c-hospital" };
	for (unsigned i = 0; i < 2 * SUBSCRIPTIONS_EACH + 2; i++) {
		struct asked *q = subscribe(h, systems[i % 2], text);
		CU_ASSERT_EQUAL(q->x.problem.code, i < 2 * SUBSCRIPTIONS_EACH
							   ? PROBLEM_NONE
							   : PROBLEM_SUBSCRIPTIONS_FULL);
	}
	put(h, message(h, "ebrim/submission.xml", h->patient));
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 2 * SUBSCRIPTIONS_EACH);
	bench_close(&b);
}

/* ---- Publishing ---- */

static void published_is_told_and_not_kept(void)
{
	struct bench b;
	struct submission read;
	bench_open(&b);
	struct house *h = &b.house;
	follow_patient(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, h->patient);
	follow_patient(h, "SubmissionSetMetadata", SETS, "$XDSSubmissionSetPatientId", h->patient);
	follow_patient(h, "FolderMetadata", FOLDERS, "$XDSFolderPatientId", h->patient);
	const char *text = publish_text(h, h->patient);
	struct asked *q = ask(h, &iti54_document_metadata_publish, "a-hospital", text, NULL);
	CU_ASSERT_EQUAL_FATAL(q->x.problem.code, PROBLEM_NONE);
	read = *(const struct submission *)q->x.request; /* the publication's first */
	struct heard all = listen(h, &read);
	CU_ASSERT(all.errands == 3 && all.entries == 1 && all.sets == 1 && all.folders == 1);
	CU_ASSERT_EQUAL(all.entry->status, STATUS_APPROVED);
	CU_ASSERT_STRING_EQUAL(all.entry->id, "Document01");
	h->hidden = "a-hospital";
	CU_ASSERT_EQUAL(listen(h, &read).messages, 0);
	h->hidden = NULL;
	const struct criterion none[2] = { { 0 } };
	CU_ASSERT_EQUAL(found_by_query(h, none), 0);
	bench_close(&b);
}

static void what_is_not_published(void)
{
	static const struct {
		const char *system, *old, *new;
		enum problem_code code;
	} rows[] = {
		{ "b-clinic", "urn:oid:2.999.101", "urn:oid:2.999.101", PROBLEM_NOT_PERMITTED },
		{ "a-hospital", "urn:oid:2.999.101", "urn:oid:2.999.102", PROBLEM_MALFORMED },
		{ "a-hospital", "wsnt:ProducerReference", "wsnt:Producer", PROBLEM_MALFORMED },
		{ "a-hospital", "lcm:SubmitObjectsRequest", "lcm:SubmitRequest",
		  PROBLEM_MALFORMED },
		{ "a-hospital", "classificationScheme=\"urn:uuid:41a5887f", "x=\"urn:uuid:41a5887f",
		  PROBLEM_MALFORMED },
		{ "a-hospital", "^^^&amp;" AFFINITY, "9^^^&amp;" AFFINITY,
		  PROBLEM_UNKNOWN_PATIENT },
	};
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	follow_patient(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, h->patient);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = edit(h, publish_text(h, h->patient), rows[i].old, rows[i].new);
		struct asked *q = ask(h, &iti54_document_metadata_publish, rows[i].system, text,
				      NULL);
		if (q->x.problem.code != rows[i].code)
			printf("%s: %s\n", rows[i].new, q->x.problem.what);
		CU_ASSERT_EQUAL(q->x.problem.code, rows[i].code);
	}
	CU_ASSERT_EQUAL(listen(h, NULL).errands, 0);
	bench_close(&b);
}

static const struct test tests[] = {
	{ "as a stored query finds", as_a_stored_query_finds },
	{ "of every patient", of_every_patient },
	{ "of one patient", of_one_patient },
	{ "follows a merge", follows_a_merge },
	{ "nothing hidden", nothing_hidden },
	{ "a folder gains a document", a_folder_gains_a_document },
	{ "folders of a kind", folders_of_a_kind },
	{ "ended by who subscribed", ended_by_who_subscribed },
	{ "over at its time", over_at_its_time },
	{ "what is refused", what_is_refused },
	{ "as many as there may be", as_many_as_there_may_be },
	{ "published is told and not kept", published_is_told_and_not_kept },
	{ "what is not published", what_is_not_published },
	{ 0 },
};

int main(void)
{
	return suite_run("profiles: ITI-52, ITI-54", tests);
}
