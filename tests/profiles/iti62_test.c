/* tests/profiles/iti62_test.c: what may be removed of a submission, and that nothing of it is left:
 * every subset of its objects, against the rule said in other words. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/store.h"
#include "store/usage.h"
#include "tests/profiles/documents.h"

extern const struct transaction iti62_remove_metadata;

enum { OBJECTS_MOST = 16 };

/* A set with a document in a folder: three objects, and what makes them belong together. */
struct shelf {
	const char *ids[OBJECTS_MOST];
	size_t count;
	struct {
		size_t source, target; /* both 0: no Association */
	} ends[OBJECTS_MOST];
};

static size_t place_of(const struct shelf *s, const char *id)
{
	size_t i = 0;
	while (i < s->count && !text_equal(s->ids[i], id))
		i++;
	return i;
}

static const struct submission *put(struct house *h, const char *system)
{
	struct asked *q = ask(h, &iti42_register_document_set, system,
			      message(h, "ebrim/submission.xml", h->patient), NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	return q->x.result;
}

static struct shelf shelf_of(const struct submission *s)
{
	struct shelf all = { .count = 0 };
	all.ids[all.count++] = s->set->id;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		all.ids[all.count++] = e->id;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		all.ids[all.count++] = f->id;
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		all.ids[all.count++] = x->id;
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		size_t i = place_of(&all, x->id);
		all.ends[i].source = place_of(&all, x->source);
		all.ends[i].target = place_of(&all, x->target);
	}
	return all;
}

static bool is_association(const struct shelf *s, size_t i)
{
	return s->ends[i].source != s->ends[i].target;
}

static bool touches(const struct shelf *s, size_t association, size_t i)
{
	return is_association(s, association)
	       && (s->ends[association].source == i || s->ends[association].target == i);
}

/* In other words: no Association that stays touches what goes, and none that goes leaves an object
 * that stays without any. */
static bool may_go(const struct shelf *s, unsigned going)
{
	for (size_t i = 0; i < s->count; i++) {
		bool goes = (going >> i & 1) != 0, was = false, is = false;
		for (size_t a = 0; a < s->count; a++) {
			bool stays = (going >> a & 1) == 0;
			if (touches(s, a, i) && stays && goes)
				return false;
			was = was || touches(s, a, i);
			is = is || (touches(s, a, i) && stays);
		}
		if (!goes && !is_association(s, i) && was && !is)
			return false;
	}
	return true;
}

static struct asked *take_away(struct house *h, const char *system, const struct shelf *s,
			       unsigned going)
{
	struct buffer b = buffer_in(h->arena);
	for (size_t i = 0; i < s->count; i++)
		if ((going >> i & 1) != 0)
			buffer_text(&b, arena_printf(h->arena, "<rim:ObjectRef id=\"%s\"/>",
						     s->ids[i]));
	return ask(h, &iti62_remove_metadata, system,
		   arena_printf(h->arena,
				"<lcm:RemoveObjectsRequest "
				"xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" "
				"xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">"
				"<rim:ObjectRefList>%s</rim:ObjectRefList>"
				"</lcm:RemoveObjectsRequest>",
				buffer_ended(&b)),
		   NULL);
}

static uint64_t used(struct house *h, const char *system)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(h->store.store, &p);
	struct usage u = usage_of(t, system);
	store_end(t);
	return usage_metadata(&u);
}

static void every_subset_goes_or_stays_whole(void)
{
	struct house h;
	house_open(&h);
	struct shelf s = shelf_of(put(&h, "a-hospital"));
	CU_ASSERT_EQUAL_FATAL(s.count, 7);
	unsigned gone = 0;
	for (unsigned going = 1; going < 1u << s.count; going++) {
		bool may = may_go(&s, going);
		struct asked *q = take_away(&h, "a-hospital", &s, going);
		CU_ASSERT_STRING_EQUAL(q->status, may ? "Success" : "Failure");
		CU_ASSERT_TRUE(may || text_equal(q->error, "ReferencesExistException")
			       || text_equal(q->error, "XDSUnreferencedObjectException"));
		gone += may;
		if (may) {
			take_away(&h, "a-hospital", &s, (1u << s.count) - 1 - going);
			s = shelf_of(put(&h, "a-hospital"));
		}
	}
	/* Associations alone, as long as set, document and folder have one left; the document, or
	 * the folder, with all of its own; all. */
	CU_ASSERT_EQUAL(gone, 11);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static void nothing_is_left(void)
{
	struct house h;
	house_open(&h);
	struct shelf before = shelf_of(put(&h, "a-hospital"));
	uint64_t one = used(&h, "a-hospital");
	CU_ASSERT_TRUE(one > 0);
	struct shelf again = shelf_of(put(&h, "a-hospital"));
	CU_ASSERT_EQUAL(used(&h, "a-hospital"), 2 * one);
	struct asked *q = take_away(&h, "a-hospital", &again, (1u << again.count) - 1);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_EQUAL(used(&h, "a-hospital"), one);
	take_away(&h, "a-hospital", &before, (1u << before.count) - 1);
	CU_ASSERT_EQUAL(used(&h, "a-hospital"), 0);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	/* Of whom it was, and what: one patient, seven objects. */
	unsigned patients = 0, objects = 0;
	for (const struct audit_object *o = q->event->objects; o != NULL; o = o->next) {
		patients += o->type_code == 1;
		objects += o->type_code == 2;
	}
	CU_ASSERT_EQUAL(patients, 1);
	CU_ASSERT_EQUAL(objects, 7);
	house_close(&h);
}

static void others_objects_stay(void)
{
	struct house h;
	house_open(&h);
	struct shelf s = shelf_of(put(&h, "a-hospital"));
	unsigned all = (1u << s.count) - 1;
	struct asked *q = take_away(&h, "b-clinic", &s, all);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryError");
	CU_ASSERT_EQUAL(q->errors, 7);
	/* What is hidden is not there. */
	h.hidden = "a-hospital";
	q = take_away(&h, "b-clinic", &s, all);
	CU_ASSERT_STRING_EQUAL(q->error, "UnresolvedReferenceException");
	CU_ASSERT_EQUAL(q->errors, 7);
	h.hidden = NULL;
	q = take_away(&h, "a-hospital", &s, all);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = take_away(&h, "a-hospital", &s, all);
	CU_ASSERT_STRING_EQUAL(q->error, "UnresolvedReferenceException");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static void as_many_as_a_submission_has(void)
{
	struct house h;
	house_open(&h);
	struct shelf s = shelf_of(put(&h, "a-hospital"));
	h.region.submission_objects = 6;
	struct asked *q = take_away(&h, "a-hospital", &s, (1u << s.count) - 1);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryOutOfResources");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static const struct test tests[] = { { "every subset goes, or stays whole",
				       every_subset_goes_or_stays_whole },
				     { "nothing is left", nothing_is_left },
				     { "others' objects stay", others_objects_stay },
				     { "as many as a submission has", as_many_as_a_submission_has },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: ITI-62", tests);
}
