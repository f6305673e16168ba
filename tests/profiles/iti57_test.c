/* tests/profiles/iti57_test.c: updating what is registered (ITI-57, ITI-92), as the road does it:
 * how often, how much at once, by a job that is refused wherever memory may be, and what is
 * recorded. The rules one by one are conformance/cases/iti57.case's and iti92.case's. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/registry.h"
#include "store/store.h"
#include "store/usage.h"
#include "tests/profiles/documents.h"

extern const struct transaction iti57_update_document_set, iti92_restricted_update_document_set;

#define GET_DOCUMENTS "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
#define BY_LOGICAL_ID "$XDSDocumentEntryLogicalID"
#define TYPE(name) "urn:ihe:iti:2007:AssociationType:" name

static const struct submission *put(struct house *h, const char *system, const char *body)
{
	struct asked *q = ask(h, &iti42_register_document_set, system, body, NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	return q->x.result;
}

static const struct submission *put_one(struct house *h, const char *system)
{
	return put(h, system, message(h, "ebrim/submission.xml", h->patient));
}

/* The next version of that entry, or of the folder of its submission. */
static const char *version(struct house *h, const struct submission *s, bool folder,
			   unsigned previous, const char *propagates)
{
	const char *text = message(h, folder ? "update/folder.xml" : "update/entry.xml",
				   h->patient);
	if (folder) {
		text = edit(h, text, "$folder$", s->folders->id);
		text = edit(h, text, "$folder-unique$", s->folders->unique_id);
	} else {
		text = edit(h, text, "$entry$", s->entries->id);
		text = edit(h, text, "$unique$", s->entries->unique_id);
	}
	text = edit(h, text, "$previous$", arena_printf(h->arena, "%u", previous));
	return edit(h, text, "$propagates$", propagates);
}

static struct asked *update(struct house *h, const char *system, const char *body)
{
	return ask(h, &iti57_update_document_set, system, body, NULL);
}

static unsigned versions(struct house *h, const struct submission *s, bool folder)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(h->store.store, &p);
	unsigned n = registry_version_count(t, folder ? s->folders->id : s->entries->id, 1000);
	store_end(t);
	return n;
}

static void so_many_versions(void)
{
	for (unsigned folder = 0; folder < 2; folder++) {
		struct house h;
		struct asked *q;
		house_open(&h);
		const struct submission *s = put_one(&h, "a-hospital");
		for (unsigned n = 1; n < REGISTRY_VERSIONS_MOST; n++) {
			q = update(&h, "a-hospital", version(&h, s, folder != 0, n, "no"));
			CU_ASSERT_STRING_EQUAL(q->status, "Success");
		}
		q = update(&h, "a-hospital",
			   version(&h, s, folder != 0, REGISTRY_VERSIONS_MOST, "no"));
		CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryOutOfResources");
		CU_ASSERT_EQUAL(versions(&h, s, folder != 0), REGISTRY_VERSIONS_MOST);
		CU_ASSERT_EQUAL(house_findings(&h), 0);
		house_close(&h);
	}
}

/* Another document, with so many relations to the first. */
static const char *related(struct house *h, const char *target, unsigned relations)
{
	static const char end[] = "</rim:RegistryObjectList>";
	struct buffer b = buffer_in(h->arena);
	for (unsigned i = 0; i < relations; i++)
		buffer_text(&b, arena_printf(h->arena,
					     "<rim:Association id=\"r%u\" associationType=\"" TYPE(
						     "signs") "\" sourceObject=\"Document01\" "
							      "targetObject=\"%s\"/>",
					     i, target));
	buffer_text(&b, end);
	return edit(h, message(h, "ebrim/submission.xml", h->patient), end, buffer_ended(&b));
}

/* What is copied hangs on others' objects, and of that there is so much. */
static void copies_hang_on_others(void)
{
	struct house h;
	house_open(&h);
	h.region.submission_objects = 1000;
	const struct submission *base = put_one(&h, "a-hospital");
	/* With what its set and its folder hold it by there is room for one more, and what is there
	 * many times is copied once. */
	const struct submission *s = put(
		&h, "b-clinic", related(&h, base->entries->id, REGISTRY_HANGING_OTHERS - 3));
	struct asked *q = update(&h, "b-clinic", version(&h, s, false, 1, "yes"));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = update(&h, "b-clinic", version(&h, s, false, 2, "yes"));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryOutOfResources");
	CU_ASSERT_EQUAL(versions(&h, s, false), 2);
	q = update(&h, "b-clinic", version(&h, s, false, 2, "no"));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Wherever memory ends, nothing of it is kept; and what is run again is the same. */
static void refused_wherever(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = put_one(&h, "a-hospital");
	const char *body = version(&h, s, false, 1, "yes");
	size_t n = 1;
	struct asked *q;
	for (;; n++) {
		h.refuse = n;
		q = update(&h, "a-hospital", body);
		if (text_equal(q->status, "Success"))
			break;
		CU_ASSERT_EQUAL(versions(&h, s, false), 1);
	}
	h.refuse = 0;
	CU_ASSERT_TRUE(n > 10);
	CU_ASSERT_EQUAL(versions(&h, s, false), 2);
	q = update(&h, "a-hospital", body);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(versions(&h, s, false), 2);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Of a Deprecated one ITI-57 makes no version, ITI-92 a Deprecated one. */
static void which_transaction(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = put_one(&h, "a-hospital");
	const char *body = version(&h, s, false, 1, "yes");
	struct asked *q = ask(&h, &iti92_restricted_update_document_set, "b-clinic", body, NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "LocalPolicyRestrictionError");
	CU_ASSERT_STRING_EQUAL(update(&h, "b-clinic", body)->error, "XDSRegistryError");
	h.hidden = "a-hospital";
	q = ask(&h, &iti92_restricted_update_document_set, "b-clinic", body, NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSMetadataVersionError");
	CU_ASSERT_STRING_EQUAL(update(&h, "b-clinic", body)->error, "XDSMetadataVersionError");
	h.hidden = NULL;
	q = ask(&h, &iti92_restricted_update_document_set, "a-hospital", body, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = ask(&h, &iti18_registry_stored_query, "a-hospital",
		get_query(&h, GET_DOCUMENTS, BY_LOGICAL_ID, s->entries->id), NULL);
	CU_ASSERT_EQUAL_FATAL(count_entries(&q->objects), 1);
	CU_ASSERT_STRING_EQUAL(q->objects.entries->logical_id, s->entries->id);
	CU_ASSERT_STRING_NOT_EQUAL(q->objects.entries->id, s->entries->id);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static void what_is_recorded(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = put_one(&h, "a-hospital");
	struct asked *q = update(&h, "a-hospital", version(&h, s, true, 1, "yes"));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	unsigned patients = 0, sets = 0;
	for (const struct audit_object *o = q->event->objects; o != NULL; o = o->next) {
		patients += o->type_code == 1 && o->type_code_role == 1;
		sets += o->type_code == 2 && o->type_code_role == 20;
	}
	CU_ASSERT_EQUAL(patients, 1);
	CU_ASSERT_EQUAL(sets, 1);
	CU_ASSERT_EQUAL(iti57_update_document_set.audit_event, 110107);
	CU_ASSERT_EQUAL(iti57_update_document_set.audit_action, AUDIT_UPDATE);
	CU_ASSERT_EQUAL(iti92_restricted_update_document_set.audit_action, AUDIT_UPDATE);
	house_close(&h);
}

/* As many objects as a submission may have. */
static void so_many_objects(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = put_one(&h, "a-hospital");
	const char *body = version(&h, s, false, 1, "yes");
	h.region.submission_objects = 2;
	CU_ASSERT_STRING_EQUAL(update(&h, "a-hospital", body)->error, "XDSRegistryOutOfResources");
	h.region.submission_objects = 3;
	CU_ASSERT_STRING_EQUAL(update(&h, "a-hospital", body)->status, "Success");
	house_close(&h);
}

static const struct test tests[] = {
	{ "so many versions", so_many_versions },
	{ "copies hang on others", copies_hang_on_others },
	{ "refused wherever", refused_wherever },
	{ "which transaction", which_transaction },
	{ "what is recorded", what_is_recorded },
	{ "so many objects", so_many_objects },
	{ 0 },
};

int main(void)
{
	return suite_run("profiles: ITI-57 and ITI-92", tests);
}
