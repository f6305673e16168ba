/* tests/profiles/iti51_test.c: the stored queries of several patients: whose they are, what is
 * hidden among them, how many objects are looked at. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/profiles/documents.h"

extern const struct transaction iti51_multi_patient_stored_query;

#define STATUS "urn:oasis:names:tc:ebxml-regrep:StatusType:"
#define APPROVED "('" STATUS "Approved')"
#define BOTH "('" STATUS "Approved','" STATUS "Deprecated')"
#define DOCUMENTS "3d1bdb10-39a2-11de-89c2-2f44d94eaa9f"
#define FOLDERS "50d3f5ac-39a2-11de-a1ca-b366239e58df"
#define CLASS_CODE "REF^^2.999.4.1"

static struct asked *put(struct house *h, const char *system, const char *patient)
{
	struct asked *q = ask(h, &iti42_register_document_set, system,
			      message(h, "ebrim/document.xml", patient), NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	return q;
}

/* With a parameter of the query beside the status; value: one, or several in a list. */
static struct asked *query(struct house *h, const char *system, const char *id, const char *status,
			   const char *name, const char *value)
{
	const char *body = get_query(h, id, name, value);
	return ask(
		h, &iti51_multi_patient_stored_query, system,
		edit(h, body, "</rim:AdhocQuery>",
		     arena_printf(h->arena,
				  "<rim:Slot name=\"$XDS%sStatus\"><rim:ValueList><rim:Value>%s"
				  "</rim:Value></rim:ValueList></rim:Slot></rim:AdhocQuery>",
				  text_equal(id, DOCUMENTS) ? "DocumentEntry" : "Folder", status)),
		NULL);
}

static struct asked *of_patients(struct house *h, const char *system, const char *values)
{
	return query(h, system, DOCUMENTS, APPROVED, "$XDSDocumentEntryPatientId", values);
}

static struct asked *of_kind(struct house *h, const char *system)
{
	return query(h, system, DOCUMENTS, APPROVED, "$XDSDocumentEntryClassCode", CLASS_CODE);
}

static unsigned shown_as(const struct asked *q, const char *cx)
{
	unsigned count = 0;
	for (const struct document_entry *e = q->objects.entries; e != NULL; e = e->next)
		count += text_equal(e->patient_id, cx);
	return count;
}

static void each_is_shown_as_the_one_asked_for(void)
{
	struct house h;
	house_open(&h);
	const char *own = "101^^^&" A_DOMAIN "&ISO";
	put(&h, "a-hospital", h.patient);
	put(&h, "b-clinic", h.patient);
	put(&h, "a-hospital", h.other);
	struct asked *q = of_patients(&h, "a-hospital",
				      arena_printf(h.arena, "%s','%s", own, h.other));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(shown_as(q, own), 2);
	CU_ASSERT_EQUAL(shown_as(q, h.other), 1);
	/* By both of his ids he is one, and shown as by the first. */
	q = of_patients(&h, "a-hospital", arena_printf(h.arena, "%s','%s", h.patient, own));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 2);
	CU_ASSERT_EQUAL(shown_as(q, h.patient), 2);
	q = of_kind(&h, "a-hospital");
	CU_ASSERT_EQUAL(shown_as(q, h.patient), 2);
	CU_ASSERT_EQUAL(shown_as(q, h.other), 1);
	house_close(&h);
}

static void what_is_hidden_is_in_none(void)
{
	struct house h;
	house_open(&h);
	put(&h, "a-hospital", h.patient);
	put(&h, "b-clinic", h.other);
	h.hidden = "a-hospital";
	struct asked *q = of_kind(&h, "b-clinic");
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	CU_ASSERT_EQUAL(shown_as(q, h.other), 1);
	CU_ASSERT_TRUE(q->x.lacks);
	q = of_patients(&h, "b-clinic", arena_printf(h.arena, "%s','%s", h.patient, h.other));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	CU_ASSERT_TRUE(q->x.lacks);
	house_close(&h);
}

static void looking_has_an_end(void)
{
	enum { LOOKED_FOR_ONE = 20 };
	struct house h;
	house_open(&h);
	h.region.most_results = 1;
	put(&h, "a-hospital", h.patient);
	struct asked *q = of_kind(&h, "a-hospital");
	CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	for (unsigned i = 1; i <= LOOKED_FOR_ONE; i++)
		put(&h, "b-clinic", h.other);
	/* All of them hidden: they are looked at all the same. */
	h.hidden = "b-clinic";
	q = of_kind(&h, "a-hospital");
	CU_ASSERT_STRING_EQUAL(q->error, "XDSTooManyResults");
	CU_ASSERT_EQUAL(count_entries(&q->objects), 0);
	/* Who is named has no such bound. */
	h.hidden = NULL;
	q = of_patients(&h, "b-clinic", arena_printf(h.arena, "%s", h.other));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSTooManyResults");
	h.region.most_results = LOOKED_FOR_ONE;
	q = of_patients(&h, "b-clinic", arena_printf(h.arena, "%s", h.other));
	CU_ASSERT_EQUAL(count_entries(&q->objects), LOOKED_FOR_ONE);
	house_close(&h);
}

static void folders_are_found_so_too(void)
{
	struct house h;
	house_open(&h);
	ask(&h, &iti42_register_document_set, "a-hospital",
	    message(&h, "ebrim/submission.xml", h.patient), NULL);
	struct asked *q = query(&h, "a-hospital", FOLDERS, BOTH, "$XDSFolderPatientId",
				arena_printf(h.arena, "%s','%s", h.other, h.patient));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL_FATAL(count_folders(&q->objects), 1);
	CU_ASSERT_STRING_EQUAL(q->objects.folders->patient_id, h.patient);
	const struct coded_value *code = q->objects.folders->codes;
	CU_ASSERT_PTR_NOT_NULL_FATAL(code);
	const char *value = arena_printf(h.arena, "%s^^%s", code->code, code->scheme);
	q = query(&h, "b-clinic", FOLDERS, BOTH, "$XDSFolderCodeList", value);
	CU_ASSERT_EQUAL(count_folders(&q->objects), 1);
	h.hidden = "a-hospital";
	q = query(&h, "b-clinic", FOLDERS, BOTH, "$XDSFolderCodeList", value);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(count_folders(&q->objects), 0);
	/* The bound is of folders as well. */
	h.region.most_results = 0;
	q = query(&h, "a-hospital", FOLDERS, BOTH, "$XDSFolderCodeList", value);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSTooManyResults");
	house_close(&h);
}

static const struct test tests[] = { { "each is shown as the one asked for",
				       each_is_shown_as_the_one_asked_for },
				     { "what is hidden is in none", what_is_hidden_is_in_none },
				     { "looking has an end", looking_has_an_end },
				     { "folders are found so, too", folders_are_found_so_too },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: ITI-51", tests);
}
