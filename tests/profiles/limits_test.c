/* tests/profiles/limits_test.c: whatever is registered can be answered.
 *
 * For every place of a submission whose answer has a bound, a value at the bound is taken and its
 * answer is of the answer's grammar (tests/profiles/documents.c holds each against it); one past
 * the bound is refused with the attribute's name, and leaves nothing. The places are found in the
 * message itself, so that a new attribute in it gets its cases. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "schemas/tables/rim.h"
#include "tests/profiles/documents.h"

#define SUBMISSION "ebrim/submission.xml"
#define SET_AND_CONTENTS "e8e3cb2c-e39c-46b9-99e4-c12f57260b83"
#define CHARACTER "港" /* one character, three octets */

static size_t characters(const char *text, size_t octets)
{
	size_t n = 0;
	for (size_t i = 0; i < octets; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* The message with the value at `at` (octets long) replaced. */
static const char *with_value(struct house *h, const char *body, const char *at, size_t octets,
			      const char *value)
{
	struct buffer b = buffer_in(h->arena);
	buffer_append(&b, body, (size_t)(at - body));
	buffer_text(&b, value);
	buffer_text(&b, at + octets);
	return buffer_ended(&b);
}

/* The value with so many characters after it that there are `wanted`; &...; counts as one. */
static const char *padded(struct house *h, const char *value, size_t octets, size_t wanted,
			  const char *filler)
{
	struct buffer b = buffer_in(h->arena);
	size_t references = 0, hidden = 0;
	for (size_t i = 0; i < octets; i++)
		if (value[i] == '&') {
			size_t end = i + strcspn(value + i, ";");
			references++;
			hidden += end - i + 1;
		}
	buffer_append(&b, value, octets);
	for (size_t n = characters(value, octets) - hidden + references; n < wanted; n++)
		buffer_text(&b, filler);
	return buffer_ended(&b);
}

/* What the registry has of the submission that was sent last. */
static struct asked *kept(struct house *h)
{
	const char *id = arena_printf(h->arena, "2.999.101.2.%u", h->number);
	struct asked *q = ask(h, &iti18_registry_stored_query, "b-clinic",
			      get_query(h, SET_AND_CONTENTS, "$XDSSubmissionSetUniqueId", id),
			      NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	return q;
}

static void taken(struct house *h, const char *why, const char *body)
{
	struct asked *q = ask(h, &iti42_register_document_set, "a-hospital", body, NULL);
	if (!text_equal(q->status, "Success")) {
		printf("\n%s: %s %s\n", why, q->error, q->context);
		CU_FAIL("this was to be taken");
	}
	CU_ASSERT_EQUAL(count_entries(&kept(h)->objects), 1);
}

static void refused(struct house *h, const char *why, const char *body)
{
	struct asked *q = ask(h, &iti42_register_document_set, "a-hospital", body, NULL);
	if (!text_equal(q->error, "XDSRegistryMetadataError") || strstr(q->context, why) == NULL) {
		printf("\n%s: %s %s\n", why, q->error, q->context);
		CU_FAIL("this was to be refused, by name");
	}
	CU_ASSERT_PTR_NULL(kept(h)->objects.entries);
}

/* Free texts by what stands before them; most 0: by where they stand. */
static const struct place {
	const char *name, *before;
	char end;
	size_t most;
} places[] = {
	{ "nodeRepresentation", "nodeRepresentation=\"", '"', RIM_LONG_NAME },
	{ "Value", "\"codingScheme\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "Name", "</rim:Slot><rim:Name><rim:LocalizedString value=\"", '"', RIM_FREE_FORM_TEXT },
	{ "title", "</rim:Slot>\n<rim:Name><rim:LocalizedString value=\"", '"', 256 },
	{ "title", "</rim:Slot>\n<rim:Name><rim:LocalizedString xml:lang=\"ja\" value=\"", '"',
	  256 },
	{ "title", "<rim:Name><rim:LocalizedString xml:lang=\"ja\" charset=\"UTF-8\" value=\"", '"',
	  128 },
	{ "Slot", "<rim:Slot name=\"urn:example:ward", '"', RIM_LONG_NAME - 16 },
	{ "urn:example:ward", "urn:example:ward\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "authorPerson", "\"authorPerson\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "authorInstitution", "</rim:Value><rim:Value>A病院", '<', RIM_LONG_NAME - 3 },
	{ "authorTelecommunication", "\"authorTelecommunication\"><rim:ValueList><rim:Value>", '<',
	  RIM_LONG_NAME },
	{ "authorRole", "\"authorRole\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "authorSpecialty", "\"authorSpecialty\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "legalAuthenticator", "\"legalAuthenticator\"><rim:ValueList><rim:Value>", '^',
	  RIM_LONG_NAME - 30 },
	{ "referenceIdList", "referenceIdList\"><rim:ValueList><rim:Value>", '<', RIM_LONG_NAME },
	{ "intendedRecipient", "\"intendedRecipient\"><rim:ValueList><rim:Value>", '<',
	  RIM_LONG_NAME },
	{ "sourcePatientInfo", "<rim:Value>PID-5|", '<', RIM_LONG_NAME - 6 },
};

/* Where the nth value of that place begins; NULL: there are not so many. */
static const char *nth_value(const char *body, const struct place *p, unsigned nth)
{
	for (unsigned n = 0; body != NULL && n <= nth; n++) {
		body = strstr(body, p->before);
		body = body == NULL ? NULL : body + strlen(p->before);
	}
	return body;
}

static void try_value(struct house *h, const struct place *p, unsigned nth, const char *filler,
		      bool more)
{
	const char *body = message(h, SUBMISSION, h->patient), *at = nth_value(body, p, nth);
	size_t octets = strcspn(at, (char[]){ p->end, '\0' });
	const char *value = padded(h, at, octets, p->most + more, filler);
	body = with_value(h, body, at, octets, value);
	if (octets == 0)
		return; /* an author's nodeRepresentation is empty */
	if (more)
		refused(h, p->name, body);
	else
		taken(h, p->name, body);
}

static void longest_and_one_more(void)
{
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *body = message(&h, SUBMISSION, h.patient);
		unsigned n = 0;
		for (; nth_value(body, &places[i], n) != NULL; n++) {
			try_value(&h, &places[i], n, "c", false);
			try_value(&h, &places[i], n, "c", true);
			try_value(&h, &places[i], n, CHARACTER, false);
			try_value(&h, &places[i], n, CHARACTER, true);
		}
		if (n == 0) {
			printf("\n%s is nowhere: %s\n", places[i].name, places[i].before);
			CU_FAIL("a place without a case");
		}
	}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* Values that have a form: what is at its edge, and what is past it. */
static void each_side_of_each_form(void)
{
	static const char x128[] =
		"1111111111111111111111111111111111111111111111111111111111111111"
		"1111111111111111111111111111111111111111111111111111111111111111";
	static const struct {
		const char *name, *find, *good, *bad;
	} rows[] = {
		{ "title", "xml:lang=\"en\"", "xml:lang=\"abcdefgh-12345678-x\"",
		  "xml:lang=\"not a lang!\"" },
		{ "title", "xml:lang=\"en\"", "xml:lang=\"\"", "xml:lang=\"abcdefghi\"" },
		{ "title", "xml:lang=\"en\"", "xml:lang=\"de-CH-1996\"", "xml:lang=\"en_US\"" },
		{ "title", "xml:lang=\"en\"", "xml:lang=\"zh-Hant\"", "xml:lang=\"en-\"" },
		{ "title", "xml:lang=\"en\"", "xml:lang=\"x-private\"", "xml:lang=\"1en\"" },
		{ "eventCodeList", "<rim:LocalizedString xml:lang=\"ja\" value=\"頭部",
		  "<rim:LocalizedString xml:lang=\"ja-Hira\" value=\"頭部",
		  "<rim:LocalizedString xml:lang=\"日本語\" value=\"頭部" },
		{ "comments", "<rim:LocalizedString xml:lang=\"ja\" value=\"紹介",
		  "<rim:LocalizedString xml:lang=\"ja-JP\" value=\"紹介",
		  "<rim:LocalizedString xml:lang=\"ja JP\" value=\"紹介" },
		{ "mimeType", "\"text/xml\"", "\"text/xml; charset=&quot;a \\&quot; b&quot;\"",
		  "\"text/xml; charset=&quot;a\"" },
		{ "mimeType", "\"text/xml\"", "\"text/xml;charset=UTF-8;\"",
		  "\"text/xml garbage\"" },
		{ "mimeType", "\"text/xml\"", "\"text/xml ; a=b\"", "\"text/xml; a\"" },
		{ "mimeType", "\"text/xml\"", "\"a/b\"", "\"text/xml; a=&#10;b\"" },
		{ "sourcePatientInfo", "PID-11|", "PID-2|", "PID2|" },
		{ "sourcePatientInfo", "PID-11|", "PID-4|", "PID-|" },
		{ "sourcePatientInfo", "PID-11|", "PID-12|", "PID-100|" },
		{ "sourcePatientInfo", "PID-11|", "PID-19|", "PID-x|" },
		{ "sourcePatientInfo", "PID-11|", "PID-3|", "PID-03|" },
		{ "sourcePatientInfo", "PID-11|", "PID-39|", "PID-0|" },
		{ "home", "id=\"Document01\" mime",
		  "id=\"Document01\" home=\"urn:oid:2.999.1\" mime",
		  "id=\"Document01\" home=\"urn:oid:x\" mime" },
		{ "URI", "DOC0001.XML", "http://a.example/%20", "http://a b" },
		{ "languageCode", "ja-JP", "zh-Hant-TW", "ja_JP" },
	};
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *good = edit(&h, message(&h, SUBMISSION, h.patient), rows[i].find,
					rows[i].good);
		taken(&h, rows[i].name, good);
		const char *bad = edit(&h, message(&h, SUBMISSION, h.patient), rows[i].find,
				       rows[i].bad);
		refused(&h, rows[i].name, bad);
	}
	for (unsigned more = 0; more < 2; more++) {
		const char *body = message(&h, SUBMISSION, h.patient);
		const char *id = arena_printf(h.arena, "value=\"%.*s%u", 118 + (int)more, x128,
					      1000000000 + h.number);
		body = edit(&h, body, arena_printf(h.arena, "value=\"2.999.101.1^%u", h.number),
			    id);
		if (more == 0)
			taken(&h, "uniqueId", body);
		else
			refused(&h, "uniqueId", body);
	}
	house_close(&h);
}

/* ITI TF-3: 4.2.3.2.4: comments have no bound but that of the message. */
static void comments_are_unbounded(void)
{
	static const struct {
		const char *find;
	} rows[] = {
		{ "value=\"紹介 &amp;" },
		{ "value=\"comments" },
		{ "value=\"of the referral" },
	};
	enum { LONG = 40000 };
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = padded(&h, rows[i].find, strlen(rows[i].find), LONG, CHARACTER);
		taken(&h, "comments",
		      edit(&h, message(&h, SUBMISSION, h.patient), rows[i].find, text));
	}
	house_close(&h);
}

/* Names of slots that a later profile or a nation gave are kept, and come back. */
static void unknown_slots_are_kept(void)
{
	static const char *const names[] = { "urn:example:x", "urn:ihe:iti:xds:2099:news",
					     "urn:ihe:jp:ssmix2:ward", "urn:oid:2.999.1" };
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct asked *q = ask(
			&h, &iti42_register_document_set, "a-hospital",
			edit(&h, message(&h, SUBMISSION, h.patient), "urn:example:ward", names[i]),
			NULL);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_EQUAL(q->warnings, 0);
		q = kept(&h);
		CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.entries);
		CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.entries->extra);
		CU_ASSERT_STRING_EQUAL(q->objects.entries->extra->name, names[i]);
	}
	house_close(&h);
}

/* What came by another dialect is held against the same table. */
static void what_xml_cannot_carry(void)
{
	static const struct {
		const char *text;
		bool can;
	} rows[] = {
		{ "a b", true },
		{ "a\tb\r\nc", true },
		{ "港 \xf0\xa0\xae\xb7", true },
		{ "a\x01", false },
		{ "\x1b$B", false },
		{ "a\x0b", false },
		{ "\xef\xbf\xbd", true },
		{ "\xef\xbf\xbe", false },
		{ "\xef\xbf\xbf", false },
		{ "\x7f", true },
		{ "", true },
	};
	static const struct {
		const char *text;
		bool is;
	} languages[] = {
		{ "ja", true },          { "abcdefgh", true },      { "abcdefghi", false },
		{ "en-abcdefgh", true }, { "en-abcdefghi", false }, { "en--x", false },
		{ "-en", false },        { "en-1", true },          { "e1", false },
		{ "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(rim_can_hold(rows[i].text), rows[i].can);
	for (size_t i = 0; i < COUNT(languages); i++)
		CU_ASSERT_EQUAL(rim_is_language(languages[i].text), languages[i].is);
}

static const struct test tests[] = { { "the longest value is taken, one more is not",
				       longest_and_one_more },
				     { "each side of each form", each_side_of_each_form },
				     { "comments are unbounded", comments_are_unbounded },
				     { "unknown slots are kept", unknown_slots_are_kept },
				     { "what XML cannot carry", what_xml_cannot_carry },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: limits", tests);
}
