/* tests/envelope/ebrim_test.c: ebRIM read and written: tolerances, limits, others' messages, no
 * memory. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/metadata.h"
#include "tests/envelope/samples.h"

static const struct xml_node *parse(struct arena *a, struct bytes octets)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, octets, &p);
	if (d == NULL)
		printf("\n%s\n", p.what);
	return xml_root(d);
}

/* The first element of that name, wherever it is. */
static const struct xml_node *within(const struct xml_node *n, const char *namespace_uri,
				     const char *local)
{
	if (n == NULL || xml_is(n, namespace_uri, local))
		return n;
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		const struct xml_node *found = within(c, namespace_uri, local);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static const char *submission_of(struct arena *a, const char *objects)
{
	return arena_printf(
		a,
		"<lcm:SubmitObjectsRequest xmlns:lcm=\"%s\" xmlns=\"%s\"><RegistryObjectList>%s"
		"</RegistryObjectList></lcm:SubmitObjectsRequest>",
		LCM_NAMESPACE, RIM_NAMESPACE, objects);
}

#define MARKER(parent)                                                                             \
	"<Classification id=\"m\" classifiedObject=\"" parent "\" "                                \
	"classificationNode=\"urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd\"/>"

static void a_package_is_what_is_said_of_it(void)
{
	static const struct {
		const char *objects;
		unsigned sets, errors;
	} rows[] = {
		{ "<RegistryPackage id=\"s\">" MARKER("s") "</RegistryPackage>", 1, 0 },
		{ "<RegistryPackage id=\"s\"/>" MARKER("s"), 1, 0 },
		{ MARKER("s") "<RegistryPackage id=\"s\"/>", 1, 0 },
		{ "<RegistryPackage id=\"s\"/><RegistryPackage id=\"t\"/>" MARKER("s") MARKER("t"),
		  2, 0 },
		{ "<RegistryPackage id=\"s\"/>" MARKER("t"), 0, 1 },
		{ "<RegistryPackage/>" MARKER("s"), 0, 1 },
		{ "<ObjectRef id=\"urn:uuid:x\"/>", 0, 0 },
	};
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct submission s = { 0 };
		struct findings f = findings_in(a);
		ebrim_read_submission(a, parse(a, bytes_of_text(submission_of(a, rows[i].objects))),
				      &s, &f);
		CU_ASSERT_EQUAL(s.set_count, rows[i].sets);
		CU_ASSERT_EQUAL(f.errors, rows[i].errors);
	}
	arena_destroy(a);
}

/* One text again and again, with a number where its # is. */
static const char *repeated(struct arena *a, const char *one, unsigned times)
{
	struct buffer b = buffer_in(a);
	size_t before = strcspn(one, "#");
	for (unsigned i = 0; i < times; i++)
		buffer_printf(&b, "%.*s%u%s", (int)before, one, i, one + before + 1);
	return buffer_ended(&b);
}

/* A limit, and one more. */
static void limits_on_both_sides(void)
{
	static const struct {
		const char *before, *one, *after;
		unsigned most;
	} rows[] = {
		{ "", "<ObjectRef id=\"#\"/>", "", EBRIM_OBJECTS_MOST },
		{ "<ExtrinsicObject id=\"d\" "
		  "objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\">",
		  "<Slot name=\"urn:x:#\"><ValueList><Value>v</Value></ValueList></Slot>",
		  "</ExtrinsicObject>", 1000 },
		{ "<ExtrinsicObject id=\"d\" "
		  "objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\">"
		  "<Slot name=\"urn:x\"><ValueList>",
		  "<Value>#</Value>", "</ValueList></Slot></ExtrinsicObject>", 1000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned more = 0; more < 2; more++) {
			struct arena *a = arena_create(SAMPLE_ARENA);
			struct submission s = { 0 };
			struct findings f = findings_in(a);
			const char *objects = arena_printf(
				a, "%s%s%s", rows[i].before,
				repeated(a, rows[i].one, rows[i].most + more), rows[i].after);
			const struct xml_node *n = parse(a,
							 bytes_of_text(submission_of(a, objects)));
			CU_ASSERT_EQUAL(ebrim_read_submission(a, n, &s, &f), more == 0);
			arena_destroy(a);
		}
}

/* Slots of the request: told as passed over, but for the one that is read, whose values are found
 * wherever they stand. */
static void slots_of_a_request(void)
{
#define REQUEST_SLOT(name, values)                                                                 \
	"<Slot name=\"" name "\"><ValueList>" values "</ValueList></Slot>"
	static const struct {
		const char *slots, *known;
		unsigned told;
		const char *values;
	} rows[] = {
		{ "", "home", 0, "" },
		{ REQUEST_SLOT("home", "<Value>a</Value>"), "home", 0, "a " },
		{ REQUEST_SLOT("home", "<Value>a</Value>"), NULL, 1, "a " },
		{ REQUEST_SLOT("homes", "<Value>a</Value>"), "home", 1, "" },
		{ REQUEST_SLOT("home", "<Value>a</Value><Value>b</Value>") REQUEST_SLOT(
			  "x", "<Value>c</Value>") REQUEST_SLOT("home", "<Value>a</Value>"),
		  "home", 1, "a b a " },
		{ "<Slot><ValueList/></Slot><Slot name=\"home\"/>", "home", 1, "" },
	};
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct submission s = { 0 };
		struct findings f = findings_in(a);
		const char *values = "";
		const struct xml_node *n = parse(
			a, bytes_of_text(arena_printf(
				   a,
				   "<lcm:SubmitObjectsRequest xmlns:lcm=\"%s\" xmlns=\"%s\">"
				   "<rs:RequestSlotList xmlns:rs=\"%s\">%s</rs:RequestSlotList>"
				   "<RegistryObjectList/></lcm:SubmitObjectsRequest>",
				   LCM_NAMESPACE, RIM_NAMESPACE, RS_NAMESPACE, rows[i].slots)));
		CU_ASSERT_TRUE(ebrim_read_submission_slot(a, n, rows[i].known, &s, &f));
		unsigned told = 0;
		for (const struct finding *one = f.first; one != NULL; one = one->next)
			told += one->problem.code == PROBLEM_EXTRA_METADATA_NOT_SAVED;
		CU_ASSERT_EQUAL(told, rows[i].told);
		for (const struct text_list *v = ebrim_request_slot(a, n, "home"); v != NULL;
		     v = v->next)
			values = arena_printf(a, "%s%s ", values, v->value);
		CU_ASSERT_STRING_EQUAL(values, rows[i].values);
	}
	arena_destroy(a);
}

static void queries_are_bounded(void)
{
	static const char head[] =
		"<q:AdhocQueryRequest xmlns:q=\"" QUERY_NAMESPACE "\" xmlns=\"" RIM_NAMESPACE "\">"
		"<q:ResponseOption returnType=\"ObjectRef\"/><AdhocQuery id=\"urn:uuid:x\">";
	static const char tail[] = "</AdhocQuery></q:AdhocQueryRequest>";
	static const struct {
		const char *before, *one, *after;
		unsigned most;
	} rows[] = {
		{ "", "<Slot name=\"#\"><ValueList><Value>1</Value></ValueList></Slot>", "",
		  QUERY_SLOTS_MOST },
		{ "<Slot name=\"x\"><ValueList>", "<Value>'#'</Value>", "</ValueList></Slot>",
		  QUERY_VALUES_MOST },
		{ "<Slot name=\"x\"><ValueList><Value>(1", ",'#'", ")</Value></ValueList></Slot>",
		  QUERY_VALUES_MOST - 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned more = 0; more < 2; more++) {
			struct arena *a = arena_create(SAMPLE_ARENA);
			struct adhoc_query q = { 0 };
			struct problem p = { .code = PROBLEM_NONE };
			const char *text = arena_printf(
				a, "%s%s%s%s%s", head, rows[i].before,
				repeated(a, rows[i].one, rows[i].most + more), rows[i].after, tail);
			CU_ASSERT_EQUAL(ebrim_read_query(a, parse(a, bytes_of_text(text)), &q, &p),
					more == 0);
			CU_ASSERT_EQUAL(p.code, more == 0 ? PROBLEM_NONE : PROBLEM_QUERY_INVALID);
			arena_destroy(a);
		}
}

static void values_are_unquoted(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct adhoc_query q = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE_FATAL(
		ebrim_read_query(a, parse(a, sample_ours(a, "stored_query/values.xml")), &q, &p));
	CU_ASSERT_FALSE(q.leaf_class);
	const struct query_slot *s = q.slots;
	CU_ASSERT_STRING_EQUAL(s->values->text, "O'Brien^^^&1.2&ISO");
	CU_ASSERT_TRUE(s->values->quoted);
	s = s->next;
	CU_ASSERT_EQUAL(s->count, 4);
	CU_ASSERT_STRING_EQUAL(s->values->next->text, "b");
	CU_ASSERT_STRING_EQUAL(s->values->next->next->next->text, "d''");
	s = s->next;
	CU_ASSERT_STRING_EQUAL(s->values->text, "2004");
	CU_ASSERT_FALSE(s->values->quoted);
	arena_destroy(a);
}

/* Metadata of others: what is read, and how many faults there are. Ours to judge is only the
 * coding. */
static void others_submissions_are_read(void)
{
	static const struct {
		const char *path;
		unsigned entries, folders, associations;
		bool fine;
	} rows[] = {
		{ "xds/iti-42-request-xds-to-fhir.xml", 1, 0, 1, true },
		{ "xds/iti-42-request-ipf-base.xml", 1, 0, 2, true },
		{ "xds/iti-42-request-ipf-extra-metadata.xml", 1, 0, 2, true },
		{ "xds/iti-41-request-ohie.xml", 1, 0, 1, true },
		{ "xds/iti-41-request-limited-metadata-nist.xml", 1, 0, 1, true },
	};
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes octets;
		struct submission s = { 0 };
		struct findings f = findings_in(a);
		unsigned entries = 0, folders = 0, associations = 0;
		if (!sample_shared(a, rows[i].path, &octets))
			continue;
		bool fine = ebrim_read_submission(
			a, within(parse(a, octets), LCM_NAMESPACE, "SubmitObjectsRequest"), &s, &f);
		for (const struct document_entry *e = s.entries; e != NULL; e = e->next)
			entries++;
		for (const struct folder *o = s.folders; o != NULL; o = o->next)
			folders++;
		for (const struct association *x = s.associations; x != NULL; x = x->next)
			associations++;
		if (s.set_count != 1 || entries != rows[i].entries || folders != rows[i].folders
		    || associations != rows[i].associations || fine != rows[i].fine) {
			printf("\n%s: %u sets, %u entries, %u folders, %u associations, %u errors "
			       "(%s %s)\n",
			       rows[i].path, s.set_count, entries, folders, associations, f.errors,
			       f.first ? f.first->problem.where : "",
			       f.first ? f.first->problem.what : "");
			CU_FAIL("read differently");
		}
	}
	arena_destroy(a);
}

static void others_queries_are_read(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	const char **names = sample_names(a, "xds", ".xml");
	for (; names != NULL && *names != NULL; names++) {
		struct bytes octets;
		struct adhoc_query q = { 0 };
		struct problem p = { .code = PROBLEM_NONE };
		if (!text_starts(*names, "iti-18-") || strstr(*names, "-request-") == NULL
		    || !sample_shared(a, arena_printf(a, "xds/%s", *names), &octets))
			continue;
		bool read = ebrim_read_query(
			a, within(parse(a, octets), QUERY_NAMESPACE, "AdhocQueryRequest"), &q, &p);
		bool hostile = strstr(*names, "injection") != NULL;
		if (read == hostile) {
			printf("\n%s: %s %s\n", *names, p.where, p.what);
			CU_FAIL("read differently");
		}
	}
	arena_destroy(a);
}

static void outcomes_agree_with_themselves(void)
{
	static const struct {
		bool error, warning, results;
		const char *status;
	} rows[] = {
		{ false, false, false, "ResponseStatusType:Success" },
		{ false, true, false, "ResponseStatusType:Success" },
		{ true, true, false, "ebxml-regrep:ResponseStatusType:Failure" },
		{ true, false, true, "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess" },
	};
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned alone = 0; alone < 2; alone++) {
			struct findings f = findings_in(a);
			struct problem p = { .code = PROBLEM_NONE };
			if (rows[i].warning)
				findings_warn(&f, PROBLEM_EXTRA_METADATA_NOT_SAVED, NULL, "x",
					      "not kept");
			if (rows[i].error && alone)
				problem_at(&p, PROBLEM_REGISTRY_METADATA, "x", "wrong");
			else if (rows[i].error)
				findings_error(&f, PROBLEM_REGISTRY_METADATA, NULL, "x", "wrong");
			struct xml_writer *w = xml_writer_begin(a);
			ebrim_put_response(w, ebrim_status(&p, f.first, rows[i].results),
					   SIDE_REGISTRY, &p, f.first);
			const struct xml_node *n = parse(a, xml_writer_end(w));
			CU_ASSERT_PTR_NOT_NULL(strstr(xml_attribute(n, "status"), rows[i].status));
			const struct xml_node *list = xml_child(n, RS_NAMESPACE,
								"RegistryErrorList");
			CU_ASSERT_EQUAL(list != NULL, rows[i].error || rows[i].warning);
			unsigned errors = 0;
			for (const struct xml_node *e = xml_first_element(list); e != NULL;
			     e = xml_next_element(e))
				errors += text_equal(xml_attribute(e, "errorCode"),
						     "XDSRegistryMetadataError");
			CU_ASSERT_EQUAL(errors, rows[i].error);
		}
	arena_destroy(a);
}

/* The writer goes through each table once: its rows stand as the ebRIM schema orders children. */
/* What another registry said: read, and written on in its words. */
#define SAID(status, list)                                                                         \
	"<rs:RegistryResponse xmlns:rs=\"" RS_NAMESPACE "\" status=\"" status "\">" list           \
	"</rs:RegistryResponse>"
#define ERRORS(list) "<rs:RegistryErrorList>" list "</rs:RegistryErrorList>"
#define AN_ERROR(code, severity)                                                                   \
	"<rs:RegistryError errorCode=\"" code "\" codeContext=\"said\" severity=\"" severity "\"/" \
	">"
#define OASIS "urn:oasis:names:tc:ebxml-regrep:"
#define WELL OASIS "ResponseStatusType:Success"
#define BADLY OASIS "ResponseStatusType:Failure"
#define WARNING OASIS "ErrorSeverityType:Warning"
#define ERROR OASIS "ErrorSeverityType:Error"

static const struct {
	const char *why, *text;
	bool read;
	enum response_status status;
	unsigned errors, warnings;
	const char *code; /* of the first */
} said[] = {
	{ "Success", SAID(WELL, ""), true, RESPONSE_SUCCESS, 0, 0, NULL },
	{ "Success with a warning",
	  SAID(WELL, ERRORS(AN_ERROR("XDSExtraMetadataNotSaved", WARNING))), true, RESPONSE_SUCCESS,
	  0, 1, "XDSExtraMetadataNotSaved" },
	{ "Failure, errors and warnings",
	  SAID(BADLY, ERRORS(AN_ERROR("XDSUnknownPatientId", ERROR) AN_ERROR("W", WARNING))), true,
	  RESPONSE_FAILURE, 1, 1, "XDSUnknownPatientId" },
	{ "Failure without a word", SAID(BADLY, ""), true, RESPONSE_FAILURE, 0, 0, NULL },
	{ "PartialSuccess", SAID("urn:ihe:iti:2007:ResponseStatusType:PartialSuccess", ""), true,
	  RESPONSE_PARTIAL_SUCCESS, 0, 0, NULL },
	{ "a severity of nobody's is an error",
	  SAID(BADLY, ERRORS(AN_ERROR("XDSRegistryError", "Odd"))), true, RESPONSE_FAILURE, 1, 0,
	  "XDSRegistryError" },
	{ "a code that is no name", SAID(BADLY, ERRORS(AN_ERROR("not a name", ERROR))), true,
	  RESPONSE_FAILURE, 1, 0, "XDSRegistryError" },
	{ "no code", SAID(BADLY, ERRORS(AN_ERROR("", ERROR))), true, RESPONSE_FAILURE, 1, 0,
	  "XDSRegistryError" },
	{ "Success, and an error", SAID(WELL, ERRORS(AN_ERROR("XDSRegistryError", ERROR))), false,
	  RESPONSE_SUCCESS, 1, 0, "XDSRegistryError" },
	{ "another status", SAID("Splendid", ""), false, RESPONSE_SUCCESS, 0, 0, NULL },
	{ "another element", "<rs:Response xmlns:rs=\"" RS_NAMESPACE "\" status=\"" WELL "\"/>",
	  false, RESPONSE_SUCCESS, 0, 0, NULL },
};

static void what_a_registry_says(void)
{
	for (size_t i = 0; i < COUNT(said); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct problem p = { .code = PROBLEM_NONE };
		struct findings f = findings_in(a);
		enum response_status status = RESPONSE_SUCCESS;
		const struct xml_node *root = xml_root(
			xml_read(a, NULL, bytes_of_text(said[i].text), &p));
		bool read = ebrim_read_response(root, &status, &f, &p);
		bool same = read == said[i].read && status == said[i].status
			    && f.errors == said[i].errors && f.warnings == said[i].warnings
			    && read == (p.code == PROBLEM_NONE);
		if (same && said[i].code != NULL)
			same = text_equal(f.first->relayed, said[i].code)
			       && text_equal(f.first->problem.what, "said");
		if (!same)
			fprintf(stderr, "%s: %u errors, %u warnings\n", said[i].why, f.errors,
				f.warnings);
		CU_ASSERT_TRUE(same);
		arena_destroy(a);
	}
}

/* What it says at length is told on as far as there is room, to a whole character. */
static void what_is_relayed_is_readable(void)
{
	for (size_t blanks = 0; blanks < 4; blanks++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct findings f = findings_in(a);
		struct problem p = { .code = PROBLEM_NONE };
		struct buffer b = buffer_in(a);
		buffer_printf(&b, "%.*s", (int)blanks, "   ");
		for (size_t i = 0; i < PROBLEM_TEXT / 2; i++)
			buffer_printf(&b, "診");
		findings_relay(&f, false, "XDSRegistryError", buffer_ended(&b), NULL);
		struct xml_writer *w = xml_writer_begin(a);
		ebrim_put_response(w, RESPONSE_FAILURE, SIDE_REPOSITORY, &p, f.first);
		const struct xml_node *n = parse(a, xml_writer_end(w));
		const char *context = xml_attribute(within(n, RS_NAMESPACE, "RegistryError"),
						    "codeContext");
		CU_ASSERT_PTR_NOT_NULL_FATAL(context);
		CU_ASSERT(strlen(context) > PROBLEM_TEXT - 8
			  && strncmp(context, buffer_ended(&b), strlen(context)) == 0);
		arena_destroy(a);
	}
}

static void tables_stand_in_the_order_of_writing(void)
{
	static const enum metadata_coding order[] = {
		CODED_XML_ATTRIBUTE, CODED_SLOT,           CODED_NAME,   CODED_DESCRIPTION,
		CODED_AUTHOR,        CODED_CLASSIFICATION, CODED_MARKER, CODED_IDENTIFIER,
	};
	for (int kind = 0; kind < METADATA_OBJECTS; kind++) {
		const struct metadata_attribute *m = metadata_attributes(
			(enum metadata_object)kind);
		for (size_t i = 0; i < COUNT(order); i++)
			while (m->name != NULL && m->coding == order[i])
				m++;
		CU_ASSERT_PTR_NULL(m->name);
	}
}

/* What has only a part of what is usual is written as far as it goes. */
static void what_is_absent_is_left_out(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct text_value none = { NULL, NULL }, two = { "b", NULL }, one = { "a", &two };
	struct slot empty = { "e", &none, NULL }, slots = { "s", &one, &empty };
	struct coded_value bare = { 0 }, full = {
		.code = "c", .scheme = "", .display = "<d>", .display_language = "ja", .next = &bare
	};
	struct document_entry e = { .id = "x",
				    .version = 2,
				    .hash = "",
				    .size = "1",
				    .extra = &slots,
				    .class_code = &full };
	struct registry_objects all = { .entries = &e };
	struct xml_writer *w = xml_writer_begin(a);
	ebrim_put_objects(w, a, &all, true);
	struct bytes out = xml_writer_end(w);
	const char *text = arena_text_n(a, (const char *)out.data, out.length);
	static const char due[] =
		" isOpaque=\"false\">"
		"<rim:Slot name=\"hash\"><rim:ValueList><rim:Value/></rim:ValueList></rim:Slot>"
		"<rim:Slot "
		"name=\"size\"><rim:ValueList><rim:Value>1</rim:Value></rim:ValueList></rim:Slot>"
		"<rim:Slot "
		"name=\"s\"><rim:ValueList><rim:Value>a</rim:Value><rim:Value>b</rim:Value>"
		"</rim:ValueList></rim:Slot>"
		"<rim:Slot name=\"e\"><rim:ValueList/></rim:Slot><rim:VersionInfo "
		"versionName=\"2\"/>"
		"<rim:Classification id=\"x.1\" "
		"objectType=\"urn:oasis:names:tc:ebxml-regrep:ObjectType:"
		"RegistryObject:Classification\" classifiedObject=\"x\" classificationScheme="
		"\"urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a\" nodeRepresentation=\"c\">"
		"<rim:Slot "
		"name=\"codingScheme\"><rim:ValueList><rim:Value/></rim:ValueList></rim:Slot>"
		"<rim:Name><rim:LocalizedString xml:lang=\"ja\" value=\"&lt;d&gt;\"/></rim:Name>"
		"</rim:Classification>"
		"<rim:Classification id=\"x.2\" "
		"objectType=\"urn:oasis:names:tc:ebxml-regrep:ObjectType:"
		"RegistryObject:Classification\" classifiedObject=\"x\" classificationScheme="
		"\"urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a\">"
		"<rim:Name><rim:LocalizedString/></rim:Name></rim:Classification>"
		"</rim:ExtrinsicObject></rim:RegistryObjectList>";
	const char *at = strstr(text, " isOpaque");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_STRING_EQUAL(at, due);
	arena_destroy(a);
}

static struct bytes listed(struct arena *a, const struct submission *s, bool leaf_class)
{
	struct arena *each = arena_create_within(a);
	struct ebrim_list *l = ebrim_list_begin(a, NULL, leaf_class);
	struct problem p = { .code = PROBLEM_NONE };
	/* in another order than they stand in the answer */
	for (const struct association *x = s->associations; x != NULL;
	     x = x->next, arena_reset(each))
		CU_ASSERT_TRUE(ebrim_list_association(l, each, x, &p));
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next, arena_reset(each))
		CU_ASSERT_TRUE(ebrim_list_entry(l, each, e, &p));
	for (const struct folder *f = s->folders; f != NULL; f = f->next, arena_reset(each))
		CU_ASSERT_TRUE(ebrim_list_folder(l, each, f, &p));
	for (const struct submission_set *o = s->set; o != NULL; o = o->next, arena_reset(each))
		CU_ASSERT_TRUE(ebrim_list_set(l, each, o, &p));
	ebrim_list_end(l, true);
	struct xml_writer *w = xml_writer_begin(a);
	ebrim_put_list(w, l);
	return xml_writer_end(w);
}

/* Object by object or all at once: the same octets. */
static void a_list_grows_by_one(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct findings f = findings_in(a);
	struct submission s = { 0 }, none = { 0 };
	ebrim_read_submission(a, parse(a, sample_ours(a, "ebrim/submission.xml")), &s, &f);
	struct registry_objects all = { s.set, s.entries, s.folders, s.associations };
	CU_ASSERT(s.set != NULL && s.entries != NULL && s.folders != NULL
		  && s.associations != NULL);
	for (int leaf_class = 0; leaf_class < 2; leaf_class++) {
		struct xml_writer *w = xml_writer_begin(a), *empty = xml_writer_begin(a);
		ebrim_put_objects(w, a, &all, leaf_class);
		CU_ASSERT_TRUE(bytes_equal(xml_writer_end(w), listed(a, &s, leaf_class)));
		ebrim_put_objects(empty, a, NULL, leaf_class);
		CU_ASSERT_TRUE(bytes_equal(xml_writer_end(empty), listed(a, &none, leaf_class)));
	}
	arena_destroy(a);
}

struct task {
	struct arena *arena;
	const struct xml_node *submission, *query;
	bool done;
};

static void read_both(void *with)
{
	struct task *t = with;
	struct submission s = { 0 };
	struct adhoc_query q = { 0 };
	struct findings f = findings_in(t->arena);
	struct problem p = { .code = PROBLEM_NONE };
	ebrim_read_submission(t->arena, t->submission, &s, &f);
	ebrim_read_query(t->arena, t->query, &q, &p);
	struct registry_objects all = { s.set, s.entries, s.folders, s.associations };
	struct xml_writer *w = xml_writer_begin(t->arena);
	ebrim_put_objects(w, t->arena, &all, true);
	xml_writer_end(w);
	t->done = true;
}

static void fails_cleanly(void)
{
	struct arena *keep = arena_create(SAMPLE_ARENA);
	struct task t = { .submission = parse(keep, sample_ours(keep, "ebrim/submission.xml")),
			  .query = parse(keep, sample_ours(keep, "stored_query/values.xml")) };
	for (size_t n = 1; !t.done && n < 5000; n++) {
		t.arena = arena_create(SAMPLE_ARENA);
		arena_refuse_nth(t.arena, n);
		CU_ASSERT_EQUAL(arena_run(t.arena, read_both, &t), t.done);
		arena_destroy(t.arena);
	}
	CU_ASSERT_TRUE(t.done);
	arena_destroy(keep);
}

static const struct test tests[] = {
	{ "a package is what is said of it", a_package_is_what_is_said_of_it },
	{ "a list grows by one", a_list_grows_by_one },
	{ "limits on both sides", limits_on_both_sides },
	{ "slots of a request", slots_of_a_request },
	{ "queries are bounded", queries_are_bounded },
	{ "values are unquoted", values_are_unquoted },
	{ "others' submissions are read", others_submissions_are_read },
	{ "others' queries are read", others_queries_are_read },
	{ "outcomes agree with themselves", outcomes_agree_with_themselves },
	{ "what another registry says", what_a_registry_says },
	{ "what is relayed is readable", what_is_relayed_is_readable },
	{ "tables stand in the order of writing", tables_stand_in_the_order_of_writing },
	{ "what is absent is left out", what_is_absent_is_left_out },
	{ "fails cleanly", fails_cleanly },
	{ 0 }
};

int main(void)
{
	return suite_run("envelope: ebRIM", tests);
}
