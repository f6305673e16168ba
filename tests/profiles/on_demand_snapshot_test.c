/* tests/profiles/on_demand_snapshot_test.c: lists that were given are kept as they were (ITI TF-2:
 * 3.43.4.2.3): once for the same content, seen by whoever may see all that is in them. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/on_demand_snapshot.h"
#include "store/registry.h"
#include "store/registry_sealed.h"
#include "store/repository.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/medication_message.h"

#define FORMAT "urn:ihe:iti:xds:2017:mimeTypeSufficient"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define GET_DOCUMENTS "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
#define GET_ASSOCIATIONS "a7ae438b-4bc2-4642-93e9-be891f7bb155"
#define GET_SETS "51224314-5390-4169-9b91-b1980040715a"

static void open_house(struct house *h)
{
	house_open(h);
	h->region.on_demand[VIEW_MEDICATION] = (struct on_demand_list){
		OUR_REPOSITORY, { true, true }, true, false
	};
}

static const struct submission *prescribe(struct house *h, const char *system, const char *content)
{
	const char *text = message(h, "ebrim/document.xml", h->patient);
	text = edit(h, text, SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
	text = edit(h, text, SLOT("size", "36"), "");
	text = edit(h, text, "57133-1", "57833-6");
	text = edit(h, text, FORMAT, "SS-MIX2_1.20");
	text = edit(h, text, "1.3.6.1.4.1.19376.1.2.3", "1.2.392.200250.2.1.100.1.2.120");
	struct asked *q = ask(h, &iti41_provide_and_register, system,
			      provide(h, text, "Document01"), attach(h, "Document01", content));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	return q->x.result;
}

static const struct submission *found_in_blood(struct house *h, const char *system,
					       const char *value)
{
	const char *text = message(h, "ebrim/document.xml", h->patient);
	text = edit(h, text, SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
	text = edit(h, text, SLOT("size", "36"), "");
	text = edit(h, text, "57133-1", "11502-2");
	text = edit(h, text, FORMAT, "SS-MIX2_1.20");
	text = edit(h, text, "1.3.6.1.4.1.19376.1.2.3", "1.2.392.200250.2.1.100.1.2.120");
	const char *content = text_joined(h->arena,
					  "MSH|^~\\&|||||||OUL^R22|1|P|2.5||||||UNICODE UTF-8\r"
					  "PID|||101\rOBX|1|NM|X^例示項目^99X||",
					  value, "||||||F\r", NULL);
	struct asked *q = ask(h, &iti41_provide_and_register, system,
			      provide(h, text, "Document01"), attach(h, "Document01", content));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	return q->x.result;
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

static const char *told(struct asked *q, const char *element)
{
	const struct xml_node *d = xml_child(q->body, XDSB_NAMESPACE, "DocumentResponse");
	const struct xml_node *n = xml_child(d, XDSB_NAMESPACE, element);
	return n == NULL ? NULL : xml_text(q->x.arena, n);
}

static const char *new_id(struct asked *q)
{
	return told(q, "NewDocumentUniqueId");
}

static bool is_kept(struct asked *q)
{
	return text_equal(told(q, "NewRepositoryUniqueId"), OUR_REPOSITORY);
}

static bool is_unknown(const struct asked *q, const char *id)
{
	return text_equal(q->status, "Failure") && text_equal(q->error, "XDSDocumentUniqueIdError")
	       && text_equal(q->location, id) && q->x.departures == NULL
	       && strstr(q->context, "the repository has no such document") != NULL;
}

static const struct submission *offered(const struct submission *s, enum view_form form)
{
	for (s = s->offered; s != NULL; s = s->offered)
		if (text_equal(s->entries->mime_type, on_demand_mime_type(form)))
			return s;
	return NULL;
}

/* Entries of that uniqueId, as the store has them. */
static unsigned entries(struct house *h, const char *id)
{
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	unsigned count = registry_same(t, id, 100);
	store_end(t);
	return count;
}

static struct asked *get(struct house *h, const char *system, const char *query, const char *name,
			 const char *value)
{
	return ask(h, &iti18_registry_stored_query, system, get_query(h, query, name, value), NULL);
}

static void what_was_given_can_be_fetched_again(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = prescribe(&h, "a-hospital", usual_text);
	for (enum view_form form = 0; form < VIEW_FORMS; form++) {
		const char *id = offered(s, form)->entries->unique_id;
		struct asked *q = fetch(&h, "b-clinic", id);
		const char *made = new_id(q);
		CU_ASSERT_TRUE_FATAL(is_kept(q));
		struct asked *again = fetch(&h, "c-hospital", made);
		CU_ASSERT_STRING_EQUAL(again->status, "Success");
		CU_ASSERT_PTR_NULL(new_id(again));
		CU_ASSERT_FALSE(again->x.lacks);
		CU_ASSERT_TRUE(bytes_equal(q->x.departures->octets, again->x.departures->octets));
	}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Its entry says what it is, and how it hangs together (3.43.4.2.3). */
static void it_is_registered_as_a_snapshot(void)
{
	struct house h;
	open_house(&h);
	const struct submission *s = offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA);
	struct asked *given = fetch(&h, "b-clinic", s->entries->unique_id);
	struct asked *q = get(&h, "b-clinic", GET_DOCUMENTS, "$XDSDocumentEntryUniqueId",
			      new_id(given));
	CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.entries);
	const struct document_entry *e = q->objects.entries;
	CU_ASSERT_PTR_NULL(e->next);
	CU_ASSERT_EQUAL(e->type, ENTRY_STABLE);
	CU_ASSERT_STRING_EQUAL(e->mime_type, "text/xml");
	CU_ASSERT_STRING_EQUAL(e->repository_unique_id, OUR_REPOSITORY);
	CU_ASSERT_STRING_EQUAL(e->patient_id, h.patient);
	CU_ASSERT_STRING_EQUAL(e->type_code->code, s->entries->type_code->code);
	CU_ASSERT_STRING_EQUAL(e->size,
			       arena_printf(h.arena, "%zu", given->x.departures->octets.length));
	CU_ASSERT_PTR_NOT_NULL(e->hash);
	CU_ASSERT_PTR_NOT_NULL(e->creation_time);
	q = get(&h, "b-clinic", GET_ASSOCIATIONS, "$uuid", e->id);
	unsigned member = 0, snapshot = 0;
	for (const struct association *x = q->objects.associations; x != NULL; x = x->next) {
		member += x->type == ASSOCIATION_HAS_MEMBER && text_equal(x->target, e->id);
		snapshot += x->type == ASSOCIATION_IS_SNAPSHOT_OF && text_equal(x->source, e->id)
			    && text_equal(x->target, s->entries->id);
	}
	CU_ASSERT_EQUAL(member, 1);
	CU_ASSERT_EQUAL(snapshot, 1);
	CU_ASSERT_EQUAL(count_associations(&q->objects), 2);
	house_close(&h);
}

static void the_same_content_is_kept_once(void)
{
	struct house h;
	open_house(&h);
	const char *id =
		offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA)->entries->unique_id;
	struct asked *one = fetch(&h, "b-clinic", id), *two = fetch(&h, "a-hospital", id);
	CU_ASSERT_TRUE(is_kept(one) && is_kept(two));
	CU_ASSERT_STRING_EQUAL(new_id(one), new_id(two));
	CU_ASSERT_EQUAL(entries(&h, new_id(one)), 1);
	prescribe(&h, "b-clinic", usual_text);
	struct asked *three = fetch(&h, "a-hospital", id);
	CU_ASSERT_STRING_NOT_EQUAL(new_id(three), new_id(one));
	CU_ASSERT_EQUAL(entries(&h, new_id(three)), 1);
	CU_ASSERT_STRING_EQUAL(fetch(&h, "c-hospital", new_id(one))->status, "Success");
	/* None of the lists is made of what is itself one. */
	CU_ASSERT_STRING_EQUAL(new_id(fetch(&h, "a-hospital", id)), new_id(three));
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Who may not see one of the prescriptions is answered as if the snapshot were not there, whichever
 * way he asks; who may see them all sees it, as long as he may. */
static void one_hidden_source_hides_it(void)
{
	static const char *const hidden[] = { "a-hospital", "b-clinic" };
	for (size_t i = 0; i < COUNT(hidden); i++) {
		struct house h;
		open_house(&h);
		const struct submission *s = offered(prescribe(&h, "a-hospital", usual_text),
						     VIEW_CDA);
		const char *id = s->entries->unique_id;
		prescribe(&h, "b-clinic", usual_text);
		const char *made = new_id(fetch(&h, "c-hospital", id));
		struct asked *q = get(&h, "c-hospital", GET_DOCUMENTS, "$XDSDocumentEntryUniqueId",
				      made);
		CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.entries);
		const char *uuid = q->objects.entries->id;
		q = get(&h, "c-hospital", GET_SETS, "$uuid", uuid);
		CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.set);
		const char *set = q->objects.set->id;
		h.hidden = hidden[i];
		CU_ASSERT_TRUE(is_unknown(fetch(&h, "c-hospital", made), made));
		q = get(&h, "c-hospital", GET_DOCUMENTS, "$XDSDocumentEntryUniqueId", made);
		CU_ASSERT_PTR_NULL(q->objects.entries);
		q = get(&h, "c-hospital", GET_ASSOCIATIONS, "$uuid", uuid);
		CU_ASSERT_PTR_NULL(q->objects.associations);
		q = get(&h, "c-hospital", GET_ASSOCIATIONS, "$uuid", set);
		CU_ASSERT_PTR_NULL(q->objects.associations);
		q = get(&h, "c-hospital", GET_ASSOCIATIONS, "$uuid", s->entries->id);
		CU_ASSERT_EQUAL(count_associations(&q->objects), 1); /* its own set's */
		h.hidden = NULL;
		CU_ASSERT_STRING_EQUAL(fetch(&h, "c-hospital", made)->status, "Success");
		house_close(&h);
	}
}

/* What a facility is given is of what it sees, and others see that one, too. */
static void each_is_kept_what_it_was_given(void)
{
	struct house h;
	open_house(&h);
	const char *id =
		offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA)->entries->unique_id;
	prescribe(&h, "b-clinic", usual_text);
	const char *all = new_id(fetch(&h, "a-hospital", id));
	h.hidden = "b-clinic";
	struct asked *q = fetch(&h, "c-hospital", id);
	const char *part = new_id(q);
	CU_ASSERT_TRUE(is_kept(q));
	CU_ASSERT_STRING_NOT_EQUAL(part, all);
	CU_ASSERT_STRING_EQUAL(fetch(&h, "c-hospital", part)->status, "Success");
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "c-hospital", all), all));
	house_close(&h);
}

static void off_nothing_is_kept(void)
{
	struct house h;
	open_house(&h);
	const char *id =
		offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA)->entries->unique_id;
	h.region.on_demand[VIEW_MEDICATION].persists = false;
	struct asked *q = fetch(&h, "b-clinic", id);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_FALSE(is_kept(q));
	CU_ASSERT_FALSE(q->x.keeps_more);
	CU_ASSERT_EQUAL(entries(&h, new_id(q)), 0);
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "b-clinic", new_id(q)), new_id(q)));
	/* On again, the same content is the same document; off again, what is kept stays. */
	h.region.on_demand[VIEW_MEDICATION].persists = true;
	struct asked *kept = fetch(&h, "b-clinic", id);
	CU_ASSERT_STRING_EQUAL(new_id(kept), new_id(q));
	CU_ASSERT_TRUE(is_kept(kept) && kept->x.keeps_more);
	CU_ASSERT_FALSE(fetch(&h, "b-clinic", id)->x.keeps_more);
	h.region.on_demand[VIEW_MEDICATION].persists = false;
	CU_ASSERT_FALSE(is_kept(fetch(&h, "b-clinic", id)));
	CU_ASSERT_STRING_EQUAL(fetch(&h, "b-clinic", new_id(q))->status, "Success");
	house_close(&h);
}

/* Who registers something else under the uniqueId a list would have keeps nobody from the list. */
static void a_uniqueid_that_is_taken(void)
{
	struct house h;
	open_house(&h);
	const char *id =
		offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA)->entries->unique_id;
	h.region.on_demand[VIEW_MEDICATION].persists = false;
	const char *taken = new_id(fetch(&h, "b-clinic", id));
	h.region.on_demand[VIEW_MEDICATION].persists = true;
	const char *text = message(&h, "ebrim/document.xml", h.patient);
	text = edit(&h, text, arena_printf(h.arena, "2.999.101.1^%u", h.number), taken);
	text = edit(&h, text, SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
	text = edit(&h, text, SLOT("size", "36"), "");
	struct asked *q = ask(&h, &iti41_provide_and_register, "c-hospital",
			      provide(&h, text, "Document01"), attach(&h, "Document01", "x"));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	q = fetch(&h, "b-clinic", id);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_STRING_EQUAL(new_id(q), taken);
	CU_ASSERT_FALSE(is_kept(q));
	CU_ASSERT_EQUAL(entries(&h, taken), 1);
	house_close(&h);
}

/* ITI-43's record as ever, and one of the registration, of both ends. */
static void it_is_recorded(void)
{
	struct house h;
	open_house(&h);
	const char *id =
		offered(prescribe(&h, "a-hospital", usual_text), VIEW_CDA)->entries->unique_id;
	struct asked *q = fetch(&h, "b-clinic", id);
	CU_ASSERT_STRING_EQUAL(q->event->transaction, "ITI-43");
	const struct audit_event *e = q->event->next;
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->type.code, "ITI-42");
	CU_ASSERT_EQUAL(e->event_id, 110107);
	CU_ASSERT_EQUAL(e->action, AUDIT_CREATE);
	CU_ASSERT_STRING_EQUAL(e->objects->id, h.patient);
	CU_ASSERT_PTR_NOT_NULL(e->objects->next);
	CU_ASSERT_PTR_NULL(e->next);
	CU_ASSERT_PTR_NULL(fetch(&h, "b-clinic", id)->event->next);
	house_close(&h);
}

/* One of 500 more is kept, one of 501 is given and not kept. */
struct crowd {
	struct house *house;
	const char *target;
	unsigned count;
};

static bool put_crowd(void *with, struct store_txn *t, struct problem *p)
{
	const struct crowd *c = with;
	struct arena *a = store_arena(t);
	for (unsigned i = 0; i < c->count; i++) {
		char uuid[3][UUID_URN_TEXT];
		for (unsigned k = 0; k < 3; k++)
			time_uuid(0, store_random(t), uuid[k]);
		struct sealed_entry *sealed = registry_entry(t, a, c->target);
		struct document_entry e = *registry_unseal_entry(sealed);
		struct submission_set set = { .id = uuid[0],
					      .unique_id = arena_printf(a, "2.999.8.%u", i),
					      .subject = e.subject,
					      .patient_id = e.patient_id };
		struct association x = { .id = uuid[2],
					 .type = ASSOCIATION_IS_SNAPSHOT_OF,
					 .type_urn = association_type_urn(
						 ASSOCIATION_IS_SNAPSHOT_OF),
					 .source = uuid[1],
					 .target = c->target };
		struct submission s = {
			.set = &set, .set_count = 1, .entries = &e, .associations = &x
		};
		e.next = NULL;
		e.id = uuid[1];
		e.type = ENTRY_STABLE;
		e.unique_id = arena_printf(a, "2.999.7.%u", i);
		if (!registry_put(t, a, &s, 0, p))
			return false;
	}
	return true;
}

static void an_entry_has_so_many(void)
{
	for (unsigned more = 0; more < 2; more++) {
		struct house h;
		open_house(&h);
		const struct submission *s = offered(prescribe(&h, "a-hospital", usual_text),
						     VIEW_CDA);
		struct crowd c = { &h, s->entries->id, SNAPSHOTS_MOST - 1 + more };
		CU_ASSERT_TRUE_FATAL(store_write(h.store.store, put_crowd, &c, &h.store.problem));
		struct asked *q = fetch(&h, "b-clinic", s->entries->unique_id);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_EQUAL(is_kept(q), more == 0);
		house_close(&h);
	}
}

/* Sources stand once, in their order, whatever order they come in. */
static void sources_are_a_set(void)
{
	static const struct {
		uint64_t subject;
		const char *system;
	} rows[] = { { 2, "b" }, { 1, "c" }, { 2, "a" }, { 2, "b" }, { 1, "c" }, { 1, NULL } };
	static const char *const expected[] = { NULL, "c", "a", "b" };
	struct arena *a = arena_create(1 << 20);
	struct on_demand_sources s = { 0 };
	struct coded_value normal = { .code = "N", .scheme = "1.2" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct document_entry e = { .subject = rows[i].subject,
					    .source_system = rows[i].system,
					    .confidentiality_codes = &normal };
		on_demand_sources_add(&s, a, &e);
	}
	CU_ASSERT_EQUAL(s.count, COUNT(expected));
	CU_ASSERT_EQUAL(s.codes, 1);
	const struct object_source *at = s.all;
	for (size_t i = 0; i < COUNT(expected); i++, at = at->next) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		CU_ASSERT_TRUE(text_equal(at->system, expected[i])
			       || (at->system == NULL && expected[i] == NULL));
		CU_ASSERT_EQUAL(at->subject, i < 2 ? 1 : 2);
	}
	arena_destroy(a);
}

static bool tells(const struct asked *q, const char *text)
{
	const struct departure *d = q->x.departures;
	return d != NULL && memmem(d->octets.data, d->octets.length, text, strlen(text)) != NULL;
}

/* A view of results: offered, made and kept by the same rules as a list of prescriptions. */
static void other_views_are_kept_alike(void)
{
	struct house h;
	open_house(&h);
	h.region.on_demand[VIEW_LABORATORY] = (struct on_demand_list){
		OUR_REPOSITORY, { true, true }, true, false
	};
	const struct submission *s = found_in_blood(&h, "a-hospital", "44.5");
	CU_ASSERT_PTR_NOT_NULL_FATAL(offered(s, VIEW_FHIR));
	const char *id = offered(s, VIEW_FHIR)->entries->unique_id;
	CU_ASSERT_STRING_EQUAL(offered(s, VIEW_FHIR)->entries->type_code->code, "11502-2");
	struct asked *one = fetch(&h, "b-clinic", id), *two = fetch(&h, "a-hospital", id);
	CU_ASSERT_TRUE(is_kept(one) && is_kept(two) && tells(one, "\"value\":44.5"));
	CU_ASSERT_STRING_EQUAL(new_id(one), new_id(two));
	CU_ASSERT_EQUAL(entries(&h, new_id(one)), 1);
	const char *kept = arena_text(h.arena, new_id(one));
	CU_ASSERT_TRUE(bytes_equal(fetch(&h, "c-hospital", kept)->x.departures->octets,
				   one->x.departures->octets));
	found_in_blood(&h, "b-clinic", "46.5");
	two = fetch(&h, "a-hospital", id);
	CU_ASSERT_TRUE(tells(two, "\"value\":46.5") && tells(two, "\"value\":44.5"));
	const char *both = arena_text(h.arena, new_id(two));
	CU_ASSERT_STRING_NOT_EQUAL(both, kept);
	h.hidden = "b-clinic";
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "a-hospital", both), both));
	one = fetch(&h, "a-hospital", id);
	CU_ASSERT_TRUE(text_equal(new_id(one), kept) && !tells(one, "46.5"));
	h.hidden = "a-hospital";
	CU_ASSERT_TRUE(is_unknown(fetch(&h, "c-hospital", kept), kept));
	house_close(&h);
}

static const struct test tests[] = {
	{ "what was given can be fetched again", what_was_given_can_be_fetched_again },
	{ "it is registered as a snapshot", it_is_registered_as_a_snapshot },
	{ "the same content is kept once", the_same_content_is_kept_once },
	{ "one hidden source hides it", one_hidden_source_hides_it },
	{ "each is kept what it was given", each_is_kept_what_it_was_given },
	{ "off, nothing is kept", off_nothing_is_kept },
	{ "a uniqueId that is taken", a_uniqueid_that_is_taken },
	{ "it is recorded", it_is_recorded },
	{ "an entry has so many", an_entry_has_so_many },
	{ "sources are a set", sources_are_a_set },
	{ "other views are kept alike", other_views_are_kept_alike },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: made on demand, and kept", tests);
}
