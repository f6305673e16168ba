/* tests/profiles/on_demand_test.c: lists offered with prescriptions (ITI-61), and made when they
 * are asked for (ITI-43): of what the asker may see, within bounds, or not at all. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/derived_id.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/on_demand_source.h"
#include "schemas/tables/view_kinds.h"
#include "store/lockouts.h"
#include "store/registry.h"
#include "store/repository.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/medication_message.h"

extern const struct transaction iti61_register_on_demand_document_entry, iti86_remove_documents;

#define FORMAT "urn:ihe:iti:xds:2017:mimeTypeSufficient"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"

static void open_house(struct house *h)
{
	house_open(h);
	h->region.on_demand[VIEW_MEDICATION] = (struct on_demand_list){
		OUR_REPOSITORY, { true, true }, false, false
	};
}

/* document.xml as SS-MIX2's messages of prescriptions have it. */
static const char *metadata(struct house *h)
{
	const char *text = message(h, "ebrim/document.xml", h->patient);
	text = edit(h, text, SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
	text = edit(h, text, SLOT("size", "36"), "");
	text = edit(h, text, "57133-1", "57833-6");
	text = edit(h, text, FORMAT, "SS-MIX2_1.20");
	return edit(h, text, "1.3.6.1.4.1.19376.1.2.3", "1.2.392.200250.2.1.100.1.2.120");
}

static const struct submission *provide_as(struct house *h, const char *system, const char *body,
					   const char *content)
{
	struct asked *q = ask(h, &iti41_provide_and_register, system,
			      provide(h, body, "Document01"), attach(h, "Document01", content));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	return q->x.result;
}

static const struct submission *prescribe(struct house *h, const char *system)
{
	return provide_as(h, system, metadata(h), usual_text);
}

static struct asked *fetch(struct house *h, const char *system, const char *id)
{
	return ask(h, &iti43_retrieve_document_set, system,
		   arena_printf(h->arena,
				"<xds:RetrieveDocumentSetRequest xmlns:xds=\"%s\">"
				"<xds:DocumentRequest><xds:RepositoryUniqueId>" OUR_REPOSITORY
				"</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s"
				"</xds:DocumentUniqueId></xds:DocumentRequest>"
				"</xds:RetrieveDocumentSetRequest>",
				XDSB_NAMESPACE, id),
		   NULL);
}

static const char *new_id(struct asked *q)
{
	const struct xml_node *d = xml_child(q->body, XDSB_NAMESPACE, "DocumentResponse");
	const struct xml_node *n = xml_child(d, XDSB_NAMESPACE, "NewDocumentUniqueId");
	CU_ASSERT_PTR_NULL(xml_child(d, XDSB_NAMESPACE, "NewRepositoryUniqueId"));
	return n == NULL ? NULL : xml_text(q->x.arena, n);
}

static unsigned occurrences(const struct asked *q, const char *text)
{
	const struct departure *d = q->x.departures;
	unsigned count = 0;
	if (d == NULL)
		return 0;
	const unsigned char *at = d->octets.data, *end = at + d->octets.length;
	while ((at = memmem(at, (size_t)(end - at), text, strlen(text))) != NULL) {
		count++;
		at += strlen(text);
	}
	return count;
}

/* Drugs in the CDA document. */
static unsigned drugs(const struct asked *q)
{
	return occurrences(q, "<manufacturedMaterial><code");
}

static bool is_unknown(const struct asked *q, const char *id)
{
	return text_equal(q->status, "Failure") && text_equal(q->error, "XDSDocumentUniqueIdError")
	       && text_equal(q->location, id) && q->x.departures == NULL
	       && strstr(q->context, "the repository has no such document") != NULL;
}

/* The uniqueId of the entry of that form. */
static const char *offered_as(const struct submission *s, enum view_form form)
{
	for (s = s->offered; s != NULL; s = s->offered)
		if (text_equal(s->entries->mime_type, on_demand_mime_type(form)))
			return s->entries->unique_id;
	CU_FAIL_FATAL("it is not offered");
	return NULL;
}

/* ---- Offering ---- */

static unsigned offers(const struct submission *s)
{
	unsigned n = 0;
	while ((s = s->offered) != NULL)
		n++;
	return n;
}

static void what_is_offered_is_a_valid_submission(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	CU_ASSERT_EQUAL(offers(s), 2);
	for (const struct submission *o = s->offered; o != NULL; o = o->offered) {
		struct findings f = findings_in(h.arena);
		struct leniencies needed = { 0 };
		const struct registry_desk d = { .arena = h.arena,
						 .region = &h.region,
						 .needed = &needed };
		CU_ASSERT_TRUE(document_registry_validate(&d, o, true, &f));
		for (const struct finding *one = f.first; one != NULL; one = one->next)
			printf("%s %s\n", one->problem.where, one->problem.what);
		CU_ASSERT_EQUAL(o->entries->type, ENTRY_ON_DEMAND);
		CU_ASSERT_EQUAL(o->entries->subject, s->entries->subject);
		CU_ASSERT_STRING_EQUAL(o->entries->source_patient_id, h.patient);
		CU_ASSERT_PTR_NULL(o->entries->source_system);
	}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static enum availability_status status_of(struct house *h, const char *uuid)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(h->store.store, &p);
	struct sealed_entry *e = registry_entry(t, h->arena, uuid);
	enum availability_status s = e == NULL ? STATUS_NONE : registry_entry_facts(e).status;
	store_end(t);
	return s;
}

static bool deprecate(void *with, struct store_txn *t, struct problem *p)
{
	return registry_deprecate(t, store_arena(t), with, p);
}

static bool approve(void *with, struct store_txn *t, struct problem *p)
{
	return registry_approve(t, store_arena(t), with, p);
}

/* Its submitter's, with its codes, a transform of it, of that message alone, and as it stands. */
static void one_message_is_offered_in_other_forms(void)
{
	struct house h;
	struct problem p = { .code = PROBLEM_NONE };
	open_house(&h);
	h.region.on_demand[VIEW_MEDICATION].each = true;
	const struct submission *s = prescribe(&h, "a-hospital"), *o = s->offered;
	CU_ASSERT_EQUAL(offers(s), 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o->entries->next);
	unsigned transforms = 0;
	for (const struct association *x = o->associations; x != NULL; x = x->next)
		transforms += x->type == ASSOCIATION_XFRM && text_equal(x->target, s->entries->id);
	CU_ASSERT_EQUAL(transforms, 2);
	for (const struct document_entry *e = o->entries; e != NULL; e = e->next) {
		CU_ASSERT_STRING_EQUAL(e->source_system, "a-hospital");
		CU_ASSERT_STRING_EQUAL(e->type_code->code, s->entries->type_code->code);
		CU_ASSERT_PTR_EQUAL(e->confidentiality_codes, s->entries->confidentiality_codes);
		struct asked *q = fetch(&h, "a-hospital", e->unique_id);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_PTR_NOT_NULL(q->x.departures);
	}
	char *message = (char *)s->entries->id;
	const char *form = o->entries->id;
	CU_ASSERT_TRUE(store_write(h.store.store, deprecate, message, &p));
	CU_ASSERT_EQUAL(status_of(&h, form), STATUS_DEPRECATED);
	CU_ASSERT_TRUE(store_write(h.store.store, approve, message, &p));
	CU_ASSERT_EQUAL(status_of(&h, form), STATUS_APPROVED);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Once a person, whoever prescribes; not of other documents, not where it is off. */
static void an_entry_is_offered_once(void)
{
	struct house h;
	open_house(&h);
	h.region.on_demand[VIEW_MEDICATION].repository_unique_id = NULL;
	CU_ASSERT_EQUAL(offers(prescribe(&h, "a-hospital")), 0);
	h.region.on_demand[VIEW_MEDICATION].repository_unique_id = OUR_REPOSITORY;
	CU_ASSERT_EQUAL(offers(provide_as(&h, "a-hospital",
					  edit(&h, metadata(&h), "57833-6", "11502-2"), "x")),
			0);
	CU_ASSERT_EQUAL(offers(provide_as(&h, "a-hospital",
					  edit(&h, metadata(&h), "SS-MIX2_1.20", "other"), "x")),
			0);
	h.region.on_demand[VIEW_MEDICATION].forms[VIEW_FHIR] = false;
	CU_ASSERT_EQUAL(offers(prescribe(&h, "b-clinic")), 1);
	CU_ASSERT_EQUAL(offers(prescribe(&h, "a-hospital")), 0);
	h.region.on_demand[VIEW_MEDICATION].forms[VIEW_FHIR] = true;
	CU_ASSERT_EQUAL(offers(prescribe(&h, "a-hospital")), 1);
	CU_ASSERT_EQUAL(offers(prescribe(&h, "b-clinic")), 0);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* One of a repository elsewhere could not be read: nothing is promised of it. */
static void others_repositories_offer_nothing(void)
{
	struct house h;
	open_house(&h);
	const char *text = message(&h, "ebrim/document.xml", h.patient);
	text = edit(&h, text, "57133-1", "57833-6");
	text = edit(&h, text, FORMAT, "SS-MIX2_1.20");
	text = edit(&h, text, "1.3.6.1.4.1.19376.1.2.3", "1.2.392.200250.2.1.100.1.2.120");
	struct asked *q = ask(&h, &iti42_register_document_set, "a-hospital", text, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(offers(q->x.result), 0);
	/* But it is a prescription that whoever may see it is told of. */
	const char *id = offered_as(prescribe(&h, "a-hospital"), VIEW_CDA);
	q = fetch(&h, "b-clinic", id);
	CU_ASSERT_EQUAL(drugs(q), 2);
	CU_ASSERT_EQUAL(occurrences(q, "1 prescriptions could not be read"), 1);
	house_close(&h);
}

static void it_is_recorded(void)
{
	struct house h;
	open_house(&h);
	struct asked *q = ask(&h, &iti41_provide_and_register, "a-hospital",
			      provide(&h, metadata(&h), "Document01"),
			      attach(&h, "Document01", usual_text));
	const struct audit_event *e = q->event->next;
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->type.code, "ITI-61");
	CU_ASSERT_STRING_EQUAL(e->transaction, "ITI-61");
	CU_ASSERT_EQUAL(e->event_id, 110107);
	CU_ASSERT_STRING_EQUAL(e->objects->id, h.patient);
	CU_ASSERT_PTR_NOT_NULL(e->objects->next->next);
	CU_ASSERT_PTR_NULL(e->next);
	q = ask(&h, &iti41_provide_and_register, "a-hospital",
		provide(&h, metadata(&h), "Document01"), attach(&h, "Document01", usual_text));
	CU_ASSERT_PTR_NULL(q->event->next);
	house_close(&h);
}

/* ---- Making ---- */

static void the_same_content_is_the_same_document(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	for (enum view_form form = 0; form < VIEW_FORMS; form++) {
		const char *id = offered_as(s, form);
		struct asked *one = fetch(&h, "b-clinic", id), *two = fetch(&h, "a-hospital", id);
		CU_ASSERT_STRING_EQUAL(one->status, "Success");
		CU_ASSERT_TRUE(one->x.lacks);
		CU_ASSERT_STRING_EQUAL(new_id(one), new_id(two));
		CU_ASSERT_STRING_NOT_EQUAL(new_id(one), id);
		CU_ASSERT_TRUE(bytes_equal(one->x.departures->octets, two->x.departures->octets));
		CU_ASSERT_EQUAL(occurrences(one, new_id(one)), 1);
		CU_ASSERT_EQUAL(occurrences(one, "2.25.0"), 0);
		CU_ASSERT_STRING_EQUAL(one->x.departures->content_type, on_demand_mime_type(form));
	}
	const char *id = offered_as(s, VIEW_CDA);
	const char *before = new_id(fetch(&h, "b-clinic", id));
	prescribe(&h, "b-clinic");
	struct asked *q = fetch(&h, "b-clinic", id);
	CU_ASSERT_EQUAL(drugs(q), 4);
	CU_ASSERT_STRING_NOT_EQUAL(new_id(q), before);
	house_close(&h);
}

/* What is hidden leaves no sign; where all is, the list is as one that is not there. */
static void what_is_hidden_is_not_there(void)
{
	struct house h;
	open_house(&h);
	const char *id = offered_as(prescribe(&h, "a-hospital"), VIEW_CDA);
	struct asked *alone = fetch(&h, "b-clinic", id);
	provide_as(&h, "b-clinic", metadata(&h), "no message");
	prescribe(&h, "b-clinic");
	struct asked *all = fetch(&h, "a-hospital", id);
	CU_ASSERT_EQUAL(drugs(all), 4);
	CU_ASSERT_EQUAL(occurrences(all, "1 prescriptions could not be read"), 1);
	h.hidden = "b-clinic";
	struct asked *q = fetch(&h, "a-hospital", id);
	CU_ASSERT_EQUAL(drugs(q), 2);
	CU_ASSERT_TRUE(bytes_equal(q->x.departures->octets, alone->x.departures->octets));
	CU_ASSERT_EQUAL(occurrences(q, "could not be read"), 0);
	h.hidden = "a-hospital";
	CU_ASSERT_EQUAL(drugs(fetch(&h, "b-clinic", id)), 2);
	house_close(&h);

	open_house(&h);
	id = offered_as(prescribe(&h, "a-hospital"), VIEW_CDA);
	h.hidden = "a-hospital";
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "b-clinic", id), id));
	house_close(&h);
}

struct leaving {
	const char *system;
	bool returns;
};

static bool leave_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct leaving *l = with;
	const struct lockout gone = { .system = l->system,
				      .reason = "a test",
				      .by = "uid 0",
				      .since = 1,
				      .withdrawn = true };
	bool changed;
	(void)p;
	return l->returns ? lockout_remove(t, &gone, &changed) : lockout_put(t, &gone, &changed);
}

static void leave(struct house *h, const char *system, bool returns)
{
	struct leaving l = { system, returns };
	fixture_must(&h->store, store_write(h->store.store, leave_run, &l, &h->store.problem));
}

/* What a facility that has withdrawn prescribed is in no list, which says that something is
 * missing; nor is it given by itself, and that is no secret. */
static void what_is_withdrawn_is_not_given(void)
{
	struct house h;
	open_house(&h);
	const char *id = offered_as(prescribe(&h, "a-hospital"), VIEW_CDA);
	const char *own = arena_text(h.arena, prescribe(&h, "b-clinic")->entries->unique_id);
	CU_ASSERT_EQUAL(drugs(fetch(&h, "a-hospital", id)), 4);
	CU_ASSERT_STRING_EQUAL(fetch(&h, "a-hospital", own)->status, "Success");
	leave(&h, "b-clinic", false);
	struct asked *q = fetch(&h, "a-hospital", id);
	CU_ASSERT_EQUAL(drugs(q), 2);
	CU_ASSERT_EQUAL(occurrences(q, "1 prescriptions could not be read"), 1);
	q = fetch(&h, "a-hospital", own);
	CU_ASSERT_STRING_EQUAL(q->status, "Failure");
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDocumentUniqueIdError");
	CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "has withdrawn from the region"));
	CU_ASSERT_PTR_NULL(q->x.departures);
	/* Who may not see its entry is told of nothing. */
	h.hidden = "b-clinic";
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", own), own));
	h.hidden = NULL;
	leave(&h, "b-clinic", true);
	CU_ASSERT_EQUAL(drugs(fetch(&h, "a-hospital", id)), 4);
	CU_ASSERT_STRING_EQUAL(fetch(&h, "a-hospital", own)->status, "Success");
	house_close(&h);
}

static void what_is_not_offered_is_not_made(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	const char *cda = offered_as(s, VIEW_CDA), *fhir = offered_as(s, VIEW_FHIR);
	const char *other = arena_printf(h.arena, "%s1", cda);
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", other), other));
	h.region.on_demand[VIEW_MEDICATION].forms[VIEW_CDA] = false;
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", cda), cda));
	CU_ASSERT_STRING_EQUAL(fetch(&h, "a-hospital", fhir)->status, "Success");
	h.region.on_demand[VIEW_MEDICATION].repository_unique_id = NULL;
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", fhir), fhir));
	/* An entry of somebody else's is made by him. */
	h.region.on_demand[VIEW_MEDICATION] = (struct on_demand_list){
		OUR_REPOSITORY, { true, true }, false, false
	};
	const char *text = message(&h, "ebrim/document.xml", h.patient);
	text = edit(&h, text, SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
	text = edit(&h, text, SLOT("size", "36"), "");
	text = edit(&h, text, SLOT("creationTime", "20251224103000"), "");
	text = edit(&h, text, "7edca82f-054d-47f2-a032-9b2a5b5186c1",
		    "34268e47-fdf5-41a6-ba33-82133c465248");
	struct asked *q = ask(&h, &iti61_register_on_demand_document_entry, "a-hospital", text,
			      NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	const char *theirs = ((const struct submission *)q->x.result)->entries->unique_id;
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", theirs), theirs));
	house_close(&h);
}

/* Its octets are gone (ITI-86), it is Deprecated; the same document registered twice is one. */
static void what_became_of_a_prescription_counts(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	const char *id = offered_as(s, VIEW_CDA), *first = s->entries->unique_id;
	const char *again = metadata(&h);
	provide_as(&h, "a-hospital", again, usual_text);
	const char *number = arena_printf(h.arena, "2.999.101.1^%u", h.number);
	const char *same = metadata(&h);
	same = edit(&h, same, arena_printf(h.arena, "2.999.101.1^%u\"", h.number),
		    arena_printf(h.arena, "%s\"", number));
	provide_as(&h, "a-hospital", same, usual_text);
	CU_ASSERT_EQUAL(drugs(fetch(&h, "a-hospital", id)), 4);
	struct asked *q = ask(
		&h, &iti86_remove_documents, "a-hospital",
		arena_printf(h.arena,
			     "<rmd:RemoveDocumentsRequest xmlns:rmd=\"urn:ihe:iti:rmd:2017\" "
			     "xmlns:xds=\"%s\"><xds:DocumentRequest><xds:"
			     "RepositoryUniqueId>" OUR_REPOSITORY
			     "</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s"
			     "</xds:DocumentUniqueId></xds:DocumentRequest>"
			     "</rmd:RemoveDocumentsRequest>",
			     XDSB_NAMESPACE, first),
		NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = fetch(&h, "a-hospital", id);
	CU_ASSERT_EQUAL(drugs(q), 2);
	CU_ASSERT_EQUAL(occurrences(q, "1 prescriptions could not be read"), 1);
	house_close(&h);
}

/* ---- Bounds ---- */

/* The usual message, as long as that, by so many drugs as have room. */
static const char *of_length(struct house *h, size_t length)
{
	struct buffer b = buffer_in(h->arena);
	const char *drug = strstr(usual_text, "ORC|");
	buffer_text(&b, usual_text);
	while (b.length + strlen(drug) + 8 < length)
		buffer_text(&b, drug);
	buffer_text(&b, "ZZZ|");
	while (b.length + 1 < length)
		buffer_byte(&b, 'x');
	buffer_byte(&b, '\r');
	return buffer_ended(&b);
}

static void a_message_has_so_many_octets(void)
{
	static const size_t lengths[] = { (64 << 10) + 1, VIEW_MESSAGE_MOST,
					  VIEW_MESSAGE_MOST + 1 };
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct house h;
		open_house(&h);
		bool read = lengths[i] <= VIEW_MESSAGE_MOST;
		const char *id = offered_as(
			provide_as(&h, "a-hospital", metadata(&h), of_length(&h, lengths[i])),
			VIEW_CDA);
		struct asked *q = fetch(&h, "a-hospital", id);
		CU_ASSERT_EQUAL(drugs(q) != 0, read);
		CU_ASSERT_EQUAL(occurrences(q, "1 prescriptions could not be read"), !read);
		house_close(&h);
	}
}

static bool is_too_large(const struct asked *q)
{
	return text_equal(q->status, "Failure")
	       && text_equal(q->error, "XDSRepositoryOutOfResources") && q->x.departures == NULL;
}

static void a_list_has_so_many_octets(void)
{
	const size_t most = view_kinds[VIEW_MEDICATION].octets_most;
	struct house h;
	const char *id = NULL, *fhir = NULL;
	open_house(&h);
	for (unsigned i = 0; i < most / VIEW_MESSAGE_MOST; i++) {
		const struct submission *s = provide_as(&h, "a-hospital", metadata(&h),
							of_length(&h, VIEW_MESSAGE_MOST));
		if (i == 0)
			id = offered_as(s, VIEW_CDA), fhir = offered_as(s, VIEW_FHIR);
	}
	h.memory = 64 << 20; /* exchange-memory, as shipped */
	const char *both[] = { fhir, id };
	struct asked *q = NULL;
	for (size_t i = 0; i < COUNT(both); i++) {
		q = fetch(&h, "a-hospital", both[i]);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_TRUE(arena_used(q->x.arena) < 40 << 20);
	}
	h.memory = 0;
	provide_as(&h, "b-clinic", metadata(&h), "x");
	CU_ASSERT_TRUE(is_too_large(fetch(&h, "a-hospital", id)));
	h.hidden = "b-clinic"; /* what is hidden does not count */
	CU_ASSERT_EQUAL(drugs(fetch(&h, "a-hospital", id)), drugs(q));
	house_close(&h);
}

/* Results as a laboratory writes them, up to that length. */
static const char *results_of_length(struct house *h, size_t length)
{
	static const char result[] = "OBX|1|NM|3B035000002327201^AST(GOT)^JC10||44|U/L^U/L^99XYZ|"
				     "10-40||||F\r";
	struct buffer b = buffer_in(h->arena);
	buffer_text(&b, "MSH|^~\\&|||||||OUL^R22|1|P|2.5||||||UNICODE UTF-8\rPID|||101\r"
			"SPM|1|||023^血清^JC10|||||||||||||202404121000\r");
	while (b.length + sizeof result < length)
		buffer_text(&b, result);
	return buffer_ended(&b);
}

/* As many as fit, the newest, and how many do not; of what may be seen. */
static void a_view_shows_the_newest(void)
{
	struct house h;
	const char *ids[VIEW_FORMS] = { NULL };
	open_house(&h);
	h.region.on_demand[VIEW_LABORATORY] = h.region.on_demand[VIEW_MEDICATION];
	const size_t most = view_kinds[VIEW_LABORATORY].octets_most / VIEW_MESSAGE_MOST;
	for (unsigned i = 0; i < most; i++) {
		const struct submission *s = provide_as(
			&h, "a-hospital", edit(&h, metadata(&h), "57833-6", "11502-2"),
			results_of_length(&h, VIEW_MESSAGE_MOST));
		for (enum view_form form = 0; i == 0 && form < VIEW_FORMS; form++)
			ids[form] = offered_as(s, form);
	}
	h.memory = 64 << 20; /* exchange-memory, as shipped */
	struct asked *all = fetch(&h, "a-hospital", ids[VIEW_CDA]);
	CU_ASSERT_TRUE(arena_used(all->x.arena) < 40 << 20);
	CU_ASSERT_EQUAL(occurrences(all, "are not shown"), 0);
	CU_ASSERT_TRUE(occurrences(all, "<entry ") > 5000);
	struct asked *fhir = fetch(&h, "a-hospital", ids[VIEW_FHIR]);
	CU_ASSERT_TRUE(arena_used(fhir->x.arena) < 40 << 20);
	CU_ASSERT_EQUAL(occurrences(fhir, "\"Observation\""), occurrences(all, "<entry "));
	/* One more, newer: it is shown, and one of the others is not. */
	const char *newer = edit(&h, metadata(&h), "57833-6", "11502-2");
	newer = edit(&h, newer, "20251224103000", "20251225103000");
	h.memory = 0;
	provide_as(&h, "b-clinic", newer,
		   "MSH|^~\\&|||||||OUL^R22|1|P|2.5||||||UNICODE UTF-8\rPID|||101\r"
		   "OBX|1|NM|X^新しい項目^99X||1||||||F\r");
	h.memory = 64 << 20;
	struct asked *q = fetch(&h, "a-hospital", ids[VIEW_CDA]);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(occurrences(q, "1 older laboratory results are not shown"), 1);
	CU_ASSERT_TRUE(occurrences(q, "新しい項目") > 0);
	CU_ASSERT_TRUE(occurrences(q, "<entry ") < occurrences(all, "<entry "));
	h.hidden = "b-clinic"; /* what is hidden does not count */
	CU_ASSERT_TRUE(bytes_equal(fetch(&h, "a-hospital", ids[VIEW_CDA])->x.departures->octets,
				   all->x.departures->octets));
	house_close(&h);
}

struct many {
	struct house *house;
	const struct document_entry *like;
	const struct blob *blob;
	unsigned from, count;
};

/* Straight into the store: what ITI-41 keeps, without its messages. */
static bool put_many(void *with, struct store_txn *t, struct problem *p)
{
	const struct many *m = with;
	struct arena *a = store_arena(t);
	for (unsigned i = m->from; i < m->from + m->count; i++) {
		char uuid[UUID_URN_TEXT];
		struct document_entry e = *m->like;
		struct submission_set set = { .unique_id = arena_printf(a, "2.999.8.%u", i) };
		struct submission s = { .set = &set, .set_count = 1, .entries = &e };
		e.next = NULL;
		e.unique_id = arena_printf(a, "2.999.7.%u", i);
		time_uuid(0, store_random(t), uuid);
		e.id = arena_text(a, uuid);
		time_uuid(0, store_random(t), uuid);
		set.id = arena_text(a, uuid);
		set.subject = e.subject;
		set.patient_id = e.patient_id;
		set.submission_time = "20260101";
		set.source_system = e.source_system;
		struct kept_document kept = { .repository_unique_id = OUR_REPOSITORY,
					      .unique_id = e.unique_id,
					      .mime_type = e.mime_type,
					      .size = m->blob->size,
					      .source_system = e.source_system };
		memcpy(kept.sha256, m->blob->sha256, sizeof kept.sha256);
		if (!registry_put(t, a, &s, 0, p) || !repository_put(t, a, &kept, m->blob, p))
			return false;
	}
	return true;
}

static void add(struct many *m, unsigned count)
{
	m->from += m->count;
	m->count = count;
	CU_ASSERT_TRUE(store_write(m->house->store.store, put_many, m, &m->house->store.problem));
}

static void a_list_has_so_many_prescriptions(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	const char *id = offered_as(s, VIEW_CDA), *fhir = offered_as(s, VIEW_FHIR);
	const struct attachment *octets = attach(&h, "Document01", usual_text);
	struct many m = { .house = &h, .like = s->entries, .blob = octets->blob };
	for (unsigned i = 1; i < VIEW_SOURCES_MOST; i += 27)
		add(&m, 27);
	CU_ASSERT_EQUAL(m.from + m.count + 1, VIEW_SOURCES_MOST);
	struct asked *q = fetch(&h, "b-clinic", id);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(drugs(q), 2 * VIEW_SOURCES_MOST);
	q = fetch(&h, "b-clinic", fhir);
	CU_ASSERT_EQUAL(occurrences(q, "\"MedicationRequest\""), 2 * VIEW_SOURCES_MOST);
	m.like = prescribe(&h, "b-clinic")->entries;
	CU_ASSERT_TRUE(is_too_large(fetch(&h, "b-clinic", id)));
	h.hidden = "b-clinic"; /* what is hidden does not count */
	CU_ASSERT_EQUAL(drugs(fetch(&h, "c-hospital", id)), 2 * VIEW_SOURCES_MOST);
	house_close(&h);
}

/* Whichever allocation is refused, there is an answer, and the next asker is served. */
static void memory_may_end_anywhere(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital");
	for (enum view_form form = 0; form < VIEW_FORMS; form++) {
		const char *id = offered_as(s, form);
		unsigned refused = 0;
		for (h.refuse = 1; h.refuse < 4000; h.refuse += h.refuse < 40 ? 1 : 37) {
			struct asked *q = fetch(&h, "a-hospital", id);
			refused += !text_equal(q->status, "Success");
			CU_ASSERT_TRUE(text_equal(q->status, "Success") || is_too_large(q));
		}
		CU_ASSERT_TRUE(refused > 10);
		h.refuse = 0;
		CU_ASSERT_STRING_EQUAL(fetch(&h, "a-hospital", id)->status, "Success");
	}
	house_close(&h);
}

/* An id is a UUID's number (version 8, variant 1), the same for the same, another for others. */
static void derived_ids(void)
{
	struct arena *a = arena_create(1 << 20);
	const char *parts[] = { "a", "bc" }, *others[] = { "ab", "c" };
	const struct bytes none = { NULL, 0 }, secret = bytes_of_text("secret");
	char urn[UUID_URN_TEXT];
	const char *one = derived_oid(a, none, parts, 2);
	CU_ASSERT_STRING_EQUAL(one, derived_oid(a, none, parts, 2));
	CU_ASSERT_STRING_NOT_EQUAL(one, derived_oid(a, none, others, 2));
	CU_ASSERT_STRING_NOT_EQUAL(one, derived_oid(a, secret, parts, 2));
	CU_ASSERT_TRUE(text_is_oid(one));
	derived_uuid(a, none, parts, 2, urn);
	CU_ASSERT_EQUAL(urn[strlen("urn:uuid:xxxxxxxx-xxxx-")], '8');
	CU_ASSERT_PTR_NOT_NULL(strchr("89ab", urn[strlen("urn:uuid:xxxxxxxx-xxxx-xxxx-")]));
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "what is offered is a valid submission", what_is_offered_is_a_valid_submission },
	{ "one message is offered in other forms", one_message_is_offered_in_other_forms },
	{ "an entry is offered once", an_entry_is_offered_once },
	{ "others' repositories offer nothing", others_repositories_offer_nothing },
	{ "it is recorded", it_is_recorded },
	{ "the same content is the same document", the_same_content_is_the_same_document },
	{ "what is hidden is not there", what_is_hidden_is_not_there },
	{ "what is withdrawn is not given", what_is_withdrawn_is_not_given },
	{ "what is not offered is not made", what_is_not_offered_is_not_made },
	{ "what became of a prescription counts", what_became_of_a_prescription_counts },
	{ "a message has so many octets", a_message_has_so_many_octets },
	{ "a list has so many octets", a_list_has_so_many_octets },
	{ "a view shows the newest", a_view_shows_the_newest },
	{ "a list has so many prescriptions", a_list_has_so_many_prescriptions },
	{ "memory may end anywhere", memory_may_end_anywhere },
	{ "derived ids", derived_ids },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: made on demand", tests);
}
