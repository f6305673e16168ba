/* tests/profiles/documents.c: a registry and a repository in a store of their own. */
#include "tests/profiles/documents.h"

#include <CUnit/Basic.h>
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "store/blobs.h"
#include "store/disasters.h"
#include "store/errands.h"
#include "store/inboxes.h"
#include "store/overrides.h"
#include "store/registry_sealed.h"
#include "store/repository.h"
#include "store/subscriptions.h"
#include "tests/envelope/samples.h"
#include "tests/profiles/road.h"

/* What h->hidden submitted is hidden; the rest is opened. */
static bool permits(const struct house *h, struct registry_facts f)
{
	struct registry_source s;
	bool permitted = h->hidden == NULL || !text_equal(h->hidden, f.source_system);
	while (registry_next_source(&f.sources, &s))
		permitted = permitted && !text_equal(h->hidden, s.system);
	return permitted;
}

static struct document_entry *opens_entry(void *self, struct store_txn *t, struct sealed_entry *e)
{
	(void)t;
	return permits(self, registry_entry_facts(e)) ? registry_unseal_entry(e) : NULL;
}

static struct submission_set *opens_set(void *self, struct store_txn *t, struct sealed_set *s)
{
	(void)t;
	return permits(self, registry_set_facts(s)) ? registry_unseal_set(s) : NULL;
}

static struct folder *opens_folder(void *self, struct store_txn *t, struct sealed_folder *f)
{
	(void)t;
	return permits(self, registry_folder_facts(f)) ? registry_unseal_folder(f) : NULL;
}

static bool permits_object(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	(void)t, (void)subject;
	return permits(self, (struct registry_facts){ .source_system = system });
}

static bool permits_shown(void *self, struct store_txn *t, const struct document_entry *e)
{
	(void)t;
	return permits(self, (struct registry_facts){ .source_system = e->source_system });
}

static bool denies(void *self)
{
	(void)self;
	return false;
}

struct admission house_admission(struct house *h)
{
	return (struct admission){ .self = h,
				   .object = permits_object,
				   .shown = permits_shown,
				   .denied = denies,
				   .entry = opens_entry,
				   .set = opens_set,
				   .folder = opens_folder };
}

static const char *regional(struct house *h, const char *domain, const char *id)
{
	struct person p = people_person(&h->store, domain, id);
	return arena_printf(h->arena, "%s^^^&%s&ISO", p.regional_id, AFFINITY);
}

void house_open(struct house *h)
{
	static const char *const from[] = { "a-hospital", NULL };
	static const struct facility_inbox inboxes[] = { { .name = "b-clinic",
							   .facility = "b-clinic",
							   .repository_unique_id = OUR_INBOX,
							   .from = from,
							   .limited_metadata = true,
							   .quota = 64 << 20,
							   .most = 1000 } };
	static const struct who at_a = {
		A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
		0,        0,     0,        0,          0,          0
	};
	static const struct who at_b = {
		B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678",
		0,        0,     0,        0,          0,          0
	};
	static const struct who other = {
		A_DOMAIN, "7", "スズキ", "ハナコ", "19500101", "F", "0399999999", 0, 0, 0, 0, 0, 0
	};
	*h = (struct house){ .region = people_region, .now = INT64_C(1766570000000000) };
	h->region.home_community_id = OUR_HOME;
	h->region.repository_unique_id = OUR_REPOSITORY;
	h->region.most_results = 50;
	h->region.submission_objects = 100;
	h->region.inboxes = inboxes;
	h->region.inbox_count = COUNT(inboxes);
	fixture_open(&h->store);
	h->road = road_open(h->store.store);
	h->arena = h->store.arena;
	people_feed(&h->store, &at_a);
	people_feed(&h->store, &at_b);
	people_feed(&h->store, &other);
	h->patient = regional(h, A_DOMAIN, "101");
	h->other = regional(h, A_DOMAIN, "7");
}

void house_close(struct house *h)
{
	road_close(h->road);
	fixture_close(&h->store);
}

const char *edit(struct house *h, const char *text, const char *find, const char *replace)
{
	struct buffer out = buffer_in(h->arena);
	const char *at = text;
	bool found = false;
	for (const char *hit; (hit = strstr(at, find)) != NULL; at = hit + strlen(find)) {
		buffer_append(&out, at, (size_t)(hit - at));
		buffer_text(&out, replace);
		found = true;
	}
	if (!found) {
		printf("nothing to edit: %s\n", find);
		abort();
	}
	buffer_text(&out, at);
	return buffer_ended(&out);
}

static const char *escaped(struct house *h, const char *text)
{
	return strchr(text, '&') == NULL ? text : edit(h, text, "&", "&amp;");
}

const char *message(struct house *h, const char *path, const char *patient)
{
	struct bytes octets = sample_ours(h->arena, path);
	const char *text = arena_text_n(h->arena, (const char *)octets.data, octets.length);
	if (strstr(text, "$patient$") != NULL)
		text = edit(h, text, "$patient$", escaped(h, patient));
	if (strstr(text, "$number$") != NULL)
		text = edit(h, text, "$number$", arena_printf(h->arena, "%u", ++h->number));
	return text;
}

const char *get_query(struct house *h, const char *id, const char *parameter, const char *value)
{
	const char *text = message(h, "stored_query/get.xml", "");
	text = edit(h, edit(h, text, "$query$", id), "$parameter$", parameter);
	return edit(h, text, "$value$", escaped(h, value));
}

static const struct xml_grammar *grammar_of(struct house *h, const struct transaction *t)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *folder = getenv("srcdir");
	const struct xml_grammar *g = xml_grammar_load(
		h->arena,
		arena_printf(h->arena, "%s/schemas/grammar/%s", folder == NULL ? "." : folder,
			     t->answer_grammar),
		&p);
	if (g == NULL)
		printf("%s: %s\n", t->answer_grammar, p.what);
	return g;
}

/* As a door sends it, in the house's memory. */
static struct bytes sent(struct house *h, struct xml_writer *w)
{
	struct buffer out = buffer_in(h->arena);
	for (const struct spool_part *p = xml_writer_end_in_parts(w); p != NULL; p = p->next) {
		if (p->octets.data != NULL) {
			buffer_append(&out, p->octets.data, p->octets.length);
			continue;
		}
		unsigned char *to = arena_alloc(h->arena, p->length);
		CU_ASSERT_EQUAL(pread(p->fd, to, p->length, (off_t)p->offset), (ssize_t)p->length);
		buffer_append(&out, to, p->length);
	}
	return buffer_bytes(&out);
}

/* Into an envelope, out again, and against the grammar. */
static const struct xml_node *sealed(struct house *h, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m;
	struct soap_headers headers = {
		.action = x->transaction->routes[0].answer,
		.relates_to = "urn:uuid:00000000-0000-4000-8000-000000000001",
		.message_id = "urn:uuid:00000000-0000-4000-8000-000000000002",
	};
	struct xml_writer *w = xml_writer_begin(h->arena);
	soap_begin(w, &headers);
	soap_body(w);
	x->transaction->answer_xml(x, w);
	soap_end(w);
	struct bytes octets = sent(h, w);
	const struct xml_document *d = xml_read(h->arena, NULL, octets, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_TRUE_FATAL(soap_open_answer(h->arena, d, headers.relates_to, &m, &p));
	if (!xml_grammar_validate(h->arena, grammar_of(h, x->transaction), xml_root(d), &p)) {
		printf("%s %s\n%.*s\n", p.what, p.where, (int)octets.length,
		       (const char *)octets.data);
		CU_FAIL("the answer does not follow its grammar");
	}
	return m.body;
}

static void read_errors(struct asked *q, const struct xml_node *response)
{
	const char *status = xml_attribute(response, "status");
	q->status = status == NULL || strrchr(status, ':') == NULL ? "" : strrchr(status, ':') + 1;
	q->error = q->context = q->location = "";
	const struct xml_node *list = xml_child(response, RS_NAMESPACE, "RegistryErrorList");
	for (const struct xml_node *e = xml_child(list, RS_NAMESPACE, "RegistryError"); e != NULL;
	     e = xml_next(e, RS_NAMESPACE, "RegistryError")) {
		bool warning = strstr(xml_attribute(e, "severity"), "Warning") != NULL;
		/* An error, and only where there is none a warning. */
		if (*q->error == '\0' || (!warning && q->errors == 0)) {
			q->error = xml_attribute(e, "errorCode");
			q->context = xml_attribute(e, "codeContext");
			q->location = xml_attribute(e, "location");
		}
		q->warnings += warning;
		q->errors += !warning;
	}
}

/* What is answered can be read as it would be submitted. */
static void read_objects(struct house *h, struct asked *q, const struct xml_node *list)
{
	struct findings f = findings_in(h->arena);
	struct problem p = { .code = PROBLEM_NONE };
	struct xml_writer *w = xml_writer_begin(h->arena);
	for (const struct xml_node *n = xml_child(list, RIM_NAMESPACE, "ObjectRef"); n != NULL;
	     n = xml_next(n, RIM_NAMESPACE, "ObjectRef"))
		q->references++;
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	xml_copy_node(w, list);
	xml_close(w);
	const struct xml_document *d = xml_read(h->arena, NULL, xml_writer_end(w), &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_TRUE(ebrim_read_submission(h->arena, xml_root(d), &q->objects, &f));
}

static void forget(void *arena)
{
	arena_destroy(arena);
}

static struct arena *exchange_arena(struct house *h)
{
	struct arena *a = h->memory == 0 ? h->arena : arena_create(h->memory);
	if (a != h->arena)
		arena_at_end(h->arena, forget, a);
	return a;
}

struct asked *ask(struct house *h, const struct transaction *t, const char *system,
		  const char *body, struct attachment *attachments)
{
	struct asked *q = arena_new(h->arena, struct asked);
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message *m = arena_new(h->arena, struct soap_message);
	const struct xml_document *d = xml_read(h->arena, NULL, bytes_of_text(body), &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	m->body = xml_root(d);
	m->to = h->to;
	h->now += 1000000;
	q->x = (struct exchange){
		.arena = exchange_arena(h),
		.spools = h->spools,
		.open_documents = h->open,
		.open_documents_most = h->open_most,
		.id = "test",
		.now = h->now,
		.random = &system_random,
		.region = &h->region,
		.transaction = t,
		.sender = region_system(&h->region, system),
		.store = h->store.store,
		.soap = m,
		.endpoint = t->actor == NOTIFICATION_PULL_POINT ? OUR_PULL_POINT : OUR_BROKER,
		.resource = h->resource == NULL ? "" : h->resource,
		.attachments = attachments,
		.admission = house_admission(h),
	};
	q->event = arena_new(h->arena, struct audit_event);
	road_run(h->road, &q->x, h->refuse, q->event);
	if (q->x.problem.code == PROBLEM_MALFORMED
	    || (t->refuses_by_fault && q->x.problem.code != PROBLEM_NONE))
		return q; /* the road answers with a fault */
	if (t->answer_xml == NULL)
		return q; /* and with nothing at all */
	q->body = sealed(h, &q->x);
	read_errors(q, t == &iti43_retrieve_document_set
			       ? xml_child(q->body, RS_NAMESPACE, "RegistryResponse")
			       : q->body);
	if (t->audit_event == 110112 && !t->refuses_by_fault) /* a query */
		read_objects(h, q, xml_child(q->body, RIM_NAMESPACE, "RegistryObjectList"));
	return q;
}

unsigned house_findings(struct house *h)
{
	static const struct check_module *const modules[] = {
		&identity_check,  &consent_check,
		&registry_check,  &repository_check,
		&errands_check,   &subscriptions_check,
		&inboxes_check,   &overrides_check,
		&disasters_check, NULL
	};
	struct check_counts counts = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_check(h->store.store, modules, people_tell, NULL, &counts, &p));
	return (unsigned)counts.findings;
}

unsigned count_entries(const struct submission *s)
{
	unsigned n = 0;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		n++;
	return n;
}

unsigned count_folders(const struct submission *s)
{
	unsigned n = 0;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		n++;
	return n;
}

unsigned count_associations(const struct submission *s)
{
	unsigned n = 0;
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		n++;
	return n;
}

const struct document_entry *found_entry(const struct asked *q, const char *id)
{
	for (const struct document_entry *e = q->objects.entries; e != NULL; e = e->next)
		if (text_equal(e->id, id))
			return e;
	return NULL;
}

struct attachment *attach(struct house *h, const char *element_id, const char *content)
{
	struct attachment *a = arena_new(h->arena, struct attachment);
	a->element_id = element_id;
	a->content_type = "application/octet-stream";
	a->blob = arena_new(h->arena, struct blob);
	fixture_must(&h->store, blob_of_bytes(h->store.store, h->arena, bytes_of_text(content),
					      a->blob, &h->store.problem));
	return a;
}

const char *provide(struct house *h, const char *metadata, const char *element_id)
{
	return arena_printf(h->arena,
			    "<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds=\"%s\">%s"
			    "<xds:Document id=\"%s\"></xds:Document>"
			    "</xds:ProvideAndRegisterDocumentSetRequest>",
			    XDSB_NAMESPACE, metadata, element_id);
}
