/* tests/profiles/on_demand_each_test.c: other forms of one message follow it: what it says, whose
 * it is, how it stands, and when it is no message any more. Nobody changes one by itself. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/document_registry.h"
#include "schemas/tables/view_kinds.h"
#include "store/registry.h"
#include "store/store.h"
#include "tests/profiles/documents.h"
#include "tests/profiles/medication_message.h"

extern const struct transaction iti57_update_document_set, iti92_restricted_update_document_set;

#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define HASH "DA39a3ee5e6b4b0d3255bfef95601890afd80709"
#define FORMAT "urn:ihe:iti:xds:2017:mimeTypeSufficient"
#define FORMAT_SCHEME "1.3.6.1.4.1.19376.1.2.3"
#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120"
#define TYPE(name) "urn:ihe:iti:2007:AssociationType:" name
#define UPDATE(name) "urn:ihe:iti:2010:AssociationType:" name

struct scene {
	struct house h;
	const struct document_entry *message, *forms; /* as they were registered */
	const struct association *transform;          /* of the first form */
	const char *type, *patient;                   /* of the next version */
};

static const char *as_message(struct scene *s, const char *text)
{
	struct house *h = &s->h;
	text = edit(h, text, "57133-1", s->type);
	text = edit(h, text, "\"" FORMAT "\"", "\"SS-MIX2_1.20\"");
	return edit(h, text, FORMAT_SCHEME, SSMIX2);
}

static void begin(struct scene *s)
{
	struct house *h = &s->h;
	*s = (struct scene){ .type = "57833-6" };
	house_open(h);
	s->patient = h->patient;
	h->region.on_demand[VIEW_MEDICATION] = h->region.on_demand[VIEW_LABORATORY] =
		(struct on_demand_list){ OUR_REPOSITORY, { true, true }, false, true };
	const char *text = as_message(s, message(h, "ebrim/document.xml", h->patient));
	text = edit(h, edit(h, text, SLOT("hash", HASH), ""), SLOT("size", "36"), "");
	struct asked *q = ask(h, &iti41_provide_and_register, "a-hospital",
			      provide(h, text, "Document01"), attach(h, "Document01", usual_text));
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	const struct submission *registered = q->x.result;
	s->message = registered->entries;
	CU_ASSERT_PTR_NOT_NULL_FATAL(registered->offered);
	s->forms = registered->offered->entries;
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->forms->next);
	s->transform = registered->offered->associations;
	while (s->transform->type != ASSOCIATION_XFRM
	       || !text_equal(s->transform->source, s->forms->id))
		s->transform = s->transform->next;
}

static void end(struct scene *s)
{
	CU_ASSERT_EQUAL(house_findings(&s->h), 0);
	house_close(&s->h);
}

/* The next version of that entry, as the message would be. */
static const char *version(struct scene *s, const struct document_entry *of, unsigned previous,
			   const char *propagates)
{
	struct house *h = &s->h;
	const struct document_entry *m = s->message;
	const char *text = as_message(s, message(h, "update/entry.xml", s->patient));
	text = edit(h, edit(h, text, "$entry$", of->id), "$unique$", of->unique_id);
	text = edit(h, text, "$previous$", arena_printf(h->arena, "%u", previous));
	text = edit(h, text, "$propagates$", propagates);
	text = edit(h, edit(h, text, HASH, m->hash), "<rim:Value>36</rim:Value>",
		    arena_printf(h->arena, "<rim:Value>%s</rim:Value>", m->size));
	text = edit(h, text, "2.999.77", OUR_REPOSITORY);
	return edit(h, text, "20251223", "20251201");
}

static struct asked *update(struct scene *s, const char *body)
{
	return ask(&s->h, &iti57_update_document_set, "a-hospital", body, NULL);
}

static void succeeds(struct scene *s, const char *body)
{
	struct asked *q = update(s, body);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	if (q->errors != 0)
		printf("%s %s\n", q->error, q->context);
}

static struct asked *fetch(struct scene *s, const char *id)
{
	return ask(&s->h, &iti43_retrieve_document_set, "a-hospital",
		   arena_printf(s->h.arena,
				"<xds:RetrieveDocumentSetRequest xmlns:xds=\"%s\">"
				"<xds:DocumentRequest><xds:RepositoryUniqueId>" OUR_REPOSITORY
				"</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s"
				"</xds:DocumentUniqueId></xds:DocumentRequest>"
				"</xds:RetrieveDocumentSetRequest>",
				XDSB_NAMESPACE, id),
		   NULL);
}

/* As everybody is told it is now. */
static const struct document_entry *latest(struct scene *s, const struct document_entry *e)
{
	struct house *h = &s->h;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(h->store.store, &p);
	struct admission sees = house_admission(h);
	const struct registry_desk desk = {
		.txn = t, .arena = h->arena, .region = &h->region, .admission = &sees
	};
	const struct document_entry *found = document_registry_entry(
		&desk, registry_latest_entry(t, h->arena, e->id));
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	store_end(t);
	return found;
}

/* Transforms from one to the other that are Approved. */
static unsigned transforms(struct scene *s, const char *source, const char *target)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->h.store.store, &p);
	unsigned n = 0;
	for (const struct association *x = registry_from(t, s->h.arena, source); x != NULL;
	     x = x->next)
		n += x->type == ASSOCIATION_XFRM && x->status == STATUS_APPROVED
		     && text_equal(x->target, target);
	store_end(t);
	return n;
}

static bool deprecate(void *with, struct store_txn *t, struct problem *p)
{
	return registry_deprecate(t, store_arena(t), with, p);
}

/* Whether or not its associations are taken along, each form is one of the new version. */
static void what_its_message_says(void)
{
	static const char *const propagates[] = { "yes", "no" };
	for (size_t i = 0; i < COUNT(propagates); i++) {
		struct scene s;
		struct problem p = { .code = PROBLEM_NONE };
		begin(&s);
		for (unsigned n = 1; n < 3; n++) {
			const char *body = version(&s, s.message, n, propagates[i]);
			body = edit(&s.h, body, "nodeRepresentation=\"N\"",
				    "nodeRepresentation=\"R\"");
			succeeds(&s, body);
		}
		const struct document_entry *m = latest(&s, s.message);
		for (const struct document_entry *f = s.forms; f != NULL; f = f->next) {
			const struct document_entry *e = latest(&s, f);
			CU_ASSERT_EQUAL(e->version, 3);
			CU_ASSERT_EQUAL(e->status, STATUS_APPROVED);
			CU_ASSERT_EQUAL(e->type, ENTRY_ON_DEMAND);
			CU_ASSERT_STRING_EQUAL(e->confidentiality_codes->code, "R");
			CU_ASSERT_STRING_EQUAL(e->service_start_time, "20251201");
			CU_ASSERT_STRING_EQUAL(e->unique_id, f->unique_id);
			CU_ASSERT_STRING_EQUAL(e->mime_type, f->mime_type);
			CU_ASSERT_STRING_EQUAL(e->title->value, f->title->value);
			CU_ASSERT_PTR_NULL(e->hash);
			CU_ASSERT_EQUAL(transforms(&s, e->id, m->id), 1);
			CU_ASSERT_STRING_EQUAL(fetch(&s, e->unique_id)->status, "Success");
		}
		CU_ASSERT_TRUE(store_write(s.h.store.store, deprecate, (char *)m->id, &p));
		CU_ASSERT_EQUAL(latest(&s, s.forms)->status, STATUS_DEPRECATED);
		end(&s);
	}
}

/* Then nothing is made of it; and again, when it is one. */
static void what_is_no_message(void)
{
	static const struct {
		const char *type;
		enum availability_status status;
		bool made;
	} rows[] = { { "57833-6", STATUS_APPROVED, true },
		     { "57133-9", STATUS_DEPRECATED, false },
		     { "11502-2", STATUS_APPROVED, false },
		     { "57833-6", STATUS_APPROVED, true } };
	struct scene s;
	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		s.type = rows[i].type;
		const char *body = version(&s, s.message, (unsigned)i + 1, "yes");
		succeeds(&s, body);
		CU_ASSERT_EQUAL(latest(&s, s.forms)->status, rows[i].status);
		CU_ASSERT_STRING_EQUAL(latest(&s, s.forms)->type_code->code, rows[i].type);
		CU_ASSERT_EQUAL(text_equal(fetch(&s, s.forms->unique_id)->status, "Success"),
				rows[i].made);
	}
	end(&s);
}

/* That joins two objects no more than a version joins two. */
static void what_is_anothers(void)
{
	struct scene s;
	begin(&s);
	s.patient = s.h.other;
	const char *body = version(&s, s.message, 1, "yes");
	body = edit(&s.h, body, "101^^^&amp;2.999.101", "7^^^&amp;2.999.101");
	succeeds(&s, body);
	const struct document_entry *m = latest(&s, s.message), *e = latest(&s, s.forms);
	CU_ASSERT_NOT_EQUAL(m->subject, s.message->subject);
	CU_ASSERT_EQUAL(e->subject, m->subject);
	CU_ASSERT_EQUAL(e->sources->subject, m->subject);
	CU_ASSERT_STRING_EQUAL(e->patient_id, m->patient_id);
	CU_ASSERT_STRING_EQUAL(e->source_patient_id, m->source_patient_id);
	/* It names the one it is not about any more. */
	CU_ASSERT_STRING_EQUAL(fetch(&s, e->unique_id)->error, "XDSDocumentUniqueIdError");
	end(&s);
}

/* ---- By itself ---- */

#define STATUS(name) "urn:oasis:names:tc:ebxml-regrep:StatusType:" name

/* A request of one operation, and of the Association that it is about, if any. */
static const char *request(struct scene *s, const char *operation, const char *target,
			   const char *more)
{
	static const char slots[] = SLOT("OriginalStatus", STATUS("Approved"))
		SLOT("NewStatus", STATUS("Deprecated"));
	struct house *h = &s->h;
	const char *text = message(h, "update/entry.xml", h->patient);
	const char *list = strstr(text, "<rim:ExtrinsicObject");
	const char *set = strstr(text, "<rim:RegistryPackage");
	const char *after = strstr(set, "<rim:Association");
	return arena_printf(h->arena,
			    "%.*s%.*s%s<rim:Association id=\"as1\" associationType=\"%s\" "
			    "sourceObject=\"Set01\" targetObject=\"%s\">%s</rim:Association>"
			    "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>",
			    (int)(list - text), text, (int)(after - set), set, more, operation,
			    target, *more == '\0' ? slots : "");
}

static const char *relation(struct scene *s, const char *type, const char *source,
			    const char *target)
{
	const char *x = arena_printf(s->h.arena,
				     "<rim:Association id=\"new\" associationType=\"%s\" "
				     "sourceObject=\"%s\" targetObject=\"%s\"/>",
				     type, source, target);
	return request(s, UPDATE("SubmitAssociation"), "new", x);
}

/* Not even its submitter. */
static void nobody_changes_a_form(void)
{
	static const char status[] = UPDATE("UpdateAvailabilityStatus");
	struct scene s;
	begin(&s);
	const char *own = s.forms->id, *other = s.forms->next->id;
	const struct {
		const char *body, *error;
	} rows[] = {
		{ version(&s, s.forms, 1, "yes"), "XDSMetadataUpdateError" },
		{ request(&s, status, own, ""), "XDSMetadataUpdateError" },
		{ request(&s, status, s.transform->id, ""), "XDSMetadataUpdateError" },
		{ relation(&s, TYPE("APND"), own, other), "XDSMetadataUpdateError" },
		{ relation(&s, TYPE("RPLC"), s.message->id, own), "XDSRegistryMetadataError" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked *q = update(&s, rows[i].body);
		CU_ASSERT_STRING_EQUAL(q->error, rows[i].error);
		CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "another form of a document"));
	}
	struct asked *q = ask(&s.h, &iti92_restricted_update_document_set, "a-hospital",
			      rows[0].body, NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "LocalPolicyRestrictionError");
	CU_ASSERT_EQUAL(latest(&s, s.forms)->version, 1);
	CU_ASSERT_EQUAL(latest(&s, s.forms)->status, STATUS_APPROVED);
	succeeds(&s, request(&s, status, s.message->id, ""));
	CU_ASSERT_EQUAL(latest(&s, s.forms)->status, STATUS_DEPRECATED);
	end(&s);
}

static const struct test tests[] = { { "what its message says", what_its_message_says },
				     { "what is no message", what_is_no_message },
				     { "what is another's", what_is_anothers },
				     { "nobody changes a form", nobody_changes_a_form },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: one message in other forms", tests);
}
