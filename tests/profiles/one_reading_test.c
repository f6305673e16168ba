/* tests/profiles/one_reading_test.c: what HL7 v2 and v3 say of a person is read as one: the same
 * table goes through ITI-8 and ITI-44, its ids through ITI-9 and ITI-45. */
#include "tests/base/suite.h"

#include "tests/profiles/hl7_exchange.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti8_patient_identity_feed, iti44_patient_identity_feed_v3,
	iti9_pix_query, iti45_pix_query_v3;

#define INDIVIDUAL_NUMBER "123456789018"

/* What is varied. */
enum part {
	ID,
	NAMESPACE,
	OID,
	BESIDE,
	FAMILY,
	BIRTH,
	SEX,
	TWIN,
	ORDER,
	DEAD,
	DIED,
	PHONE,
	STREET,
	PARTS
};

/* said NULL: the usual. code: of the refusal or the warning, by severity; kept: what is stored. */
static const struct {
	const char *why;
	enum part part;
	const char *said, *severity, *code, *kept;
} rows[] = {
	{ "an id", ID, "777", "", "", "777" },
	{ "blanks around", ID, " 777 ", "", "", "777" },
	{ "wide blanks around", ID, "　777　", "", "", "777" },
	{ "a blank within", ID, "7 77", "", "", "7 77" },
	{ "a caret", ID, "1^^^&2.999.9&ISO", "E", "102", NULL },
	{ "a bar", ID, "a|b", "E", "102", NULL },
	{ "an ampersand", ID, "a&b", "E", "102", NULL },
	{ "a tilde", ID, "a~b", "E", "102", NULL },
	{ "a backslash", ID, "a\\b", "E", "102", NULL },
	{ "a line feed", ID, "a\nb", "E", "102", NULL },
	{ "a tab", ID, "a\tb", "E", "102", NULL },
	{ "a C1 control", ID,
	  "a\xc2\x85"
	  "b",
	  "E", "102", NULL },
	{ "a zero-width space", ID, "777\xe2\x80\x8b", "E", "102", NULL },
	{ "a right-to-left mark", ID,
	  "\xe2\x80\x8f"
	  "777",
	  "E", "102", NULL },
	{ "a lost character", ID,
	  "7\xef\xbf\xbd"
	  "7",
	  "E", "102", NULL },
	{ "nothing", ID, "", "E", "101", NULL },
	{ "blanks alone", ID, "  ", "E", "101", NULL },
	{ "an Individual Number", ID, INDIVIDUAL_NUMBER, "E", "103", NULL },
	{ "in wide digits", ID, "１２３４５６７８９０１８", "E", "103", NULL },
	{ "in groups", ID, "1234-5678-9018", "E", "103", NULL },
	{ "the domain's name", NAMESPACE, "A", "", "", "777" },
	{ "a name nobody configured", NAMESPACE, "WARD7", "", "", "777" },
	{ "another domain's name", NAMESPACE, "B", "E", "204", NULL },
	{ "a name that says what it is", NAMESPACE, "マイナンバー", "E", "103", NULL },
	{ "blanks around the OID", OID, " " A_DOMAIN " ", "", "", "777" },
	{ "a URN", OID, "urn:oid:" A_DOMAIN, "", "", "777" },
	{ "an OID nobody knows", OID, "2.999.777", "E", "204", NULL },
	{ "another's OID", OID, B_DOMAIN, "E", "204", NULL },
	{ "an id of nobody's authority beside it", BESIDE, "2.999.777", "W", "204", "777" },
	{ "an id of another domain beside it", BESIDE, B_DOMAIN, "W", "204", "777" },
	{ "a family name", FAMILY, "山田", "", "", "山田" },
	{ "blanks around a name", FAMILY, " 山田 ", "", "", "山田" },
	{ "a control character in a name", FAMILY, "山\xc2\x81田", "E", "102", NULL },
	{ "a lost character in a name", FAMILY, "\xef\xbf\xbd田", "E", "102", NULL },
	{ "a private character", FAMILY, "\xee\x80\x80田", "W", "102", "\xee\x80\x80田" },
	{ "a date", BIRTH, "19410503", "", "", "19410503" },
	{ "blanks around a date", BIRTH, " 19410503 ", "", "", "19410503" },
	{ "a time", BIRTH, "19410503120000+0900", "", "", "19410503120000+0900" },
	{ "a year", BIRTH, "1941", "", "", "1941" },
	{ "zeros", BIRTH, "00000000", "", "", "" },
	{ "nines", BIRTH, "99999999", "", "", "" },
	{ "no such day", BIRTH, "19410231", "E", "102", NULL },
	{ "no such year", BIRTH, "00000101", "E", "102", NULL },
	{ "hyphens", BIRTH, "1941-05-03", "E", "102", NULL },
	{ "long ago", BIRTH, "18490101", "", "", "18490101" },
	/* The exchange is at 2026-01-15T00:30:00Z. */
	{ "today", BIRTH, "20260115", "", "", "20260115" },
	{ "tomorrow", BIRTH, "20260116235959+0900", "", "", "20260116235959+0900" },
	{ "the day after tomorrow", BIRTH, "20260117", "E", "102", NULL },
	{ "next month", BIRTH, "202602", "E", "102", NULL },
	{ "a year to come", BIRTH, "2099", "E", "102", NULL },
	{ "male", SEX, "M", "", "", "M" },
	{ "a small letter", SEX, "f", "", "", "F" },
	{ "undifferentiated", SEX, "UN", "", "", "U" },
	{ "other", SEX, "O", "", "", "O" },
	{ "no code", SEX, "X", "W", "103", "U" },
	{ "a word", SEX, "male", "W", "103", "U" },
	{ "a local code", SEX, "1", "W", "103", "U" },
	{ "a twin", TWIN, "Y", "", "", "Y" },
	{ "in XML's word", TWIN, "true", "", "", "Y" },
	{ "none", TWIN, "false", "", "", "N" },
	{ "in digits", TWIN, "1", "", "", "Y" },
	{ "neither yes nor no", TWIN, "maybe", "W", "103", "" },
	{ "the second", ORDER, "2", "", "", "2" },
	{ "with a zero", ORDER, "02", "", "", "2" },
	{ "zero", ORDER, "0", "W", "102", "" },
	{ "a letter", ORDER, "B", "W", "102", "" },
	{ "deceased", DEAD, "Y", "", "", "Y" },
	{ "in a word", DEAD, "TRUE", "", "", "Y" },
	{ "not known", DEAD, "?", "W", "103", "" },
	{ "when", DIED, "20250101", "", "", "20250101" },
	{ "when is no time", DIED, "yesterday", "W", "102", "" },
	{ "a phone", PHONE, "03-0000-0101", "", "", "03-0000-0101" },
	{ "a URL", PHONE, "tel:03-0000-0101", "", "", "03-0000-0101" },
	{ "with parameters", PHONE, "TEL:03-0000-0101;ext=5", "", "", "03-0000-0101" },
	{ "mail", PHONE, "mailto:a@b.example", "", "", "a@b.example" },
	{ "a fax machine", PHONE, "fax:03-0000-0102", "", "", "" },
	{ "an address", STREET, "千代田1-1", "", "", "千代田1-1" },
	{ "a lost character in it", STREET, "千代\xef\xbf\xbd", "E", "102", NULL },
};

static const char *value(size_t row, enum part part)
{
	static const char *const usual[PARTS] = {
		[ID] = "777",
		[OID] = A_DOMAIN,
		[FAMILY] = "山田",
		[BIRTH] = "19410503",
		[SEX] = "M",
		[STREET] = "千代田1-1",
		[PHONE] = "03-0000-0101",
	};
	if (rows[row].part == part)
		return rows[row].said;
	return usual[part] == NULL ? "" : usual[part];
}

/* As a careful sender of v2 writes it. */
static const char *er7(struct arena *a, size_t row, enum part part)
{
	struct buffer b = buffer_in(a);
	for (const char *c = value(row, part); *c != '\0'; c++) {
		const char *at = strchr("|F^S&T~R\\E", *c);
		if (at != NULL && (at - "|F^S&T~R\\E") % 2 == 0)
			buffer_printf(&b, "\\%c\\", at[1]);
		else if (*c == '\n' || *c == '\t')
			buffer_printf(&b, "\\X%02X\\", (unsigned)*c);
		else
			buffer_byte(&b, (unsigned char)*c);
	}
	return buffer_ended(&b);
}

static const char *xml(struct arena *a, size_t row, enum part part)
{
	struct buffer b = buffer_in(a);
	for (const char *c = value(row, part); *c != '\0'; c++)
		if (strchr("&<\"\n\t", *c) != NULL)
			buffer_printf(&b, "&#%u;", (unsigned char)*c);
		else
			buffer_byte(&b, (unsigned char)*c);
	return buffer_ended(&b);
}

/* An empty element where nothing is said. */
static const char *element(struct arena *a, const char *name, const char *attribute,
			   const char *text)
{
	return *text == '\0' ? "" : arena_printf(a, "<%s %s=\"%s\"/>", name, attribute, text);
}

static const char *cx(struct arena *a, size_t row)
{
	return arena_printf(a, "%s^^^%s&%s&ISO", er7(a, row, ID), er7(a, row, NAMESPACE),
			    er7(a, row, OID));
}

static const char *v2_feed(struct arena *a, size_t row)
{
	const char *beside = rows[row].part != BESIDE
				     ? ""
				     : arena_printf(a, "~5^^^&%s&ISO", rows[row].said);
	return arena_printf(a,
			    "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||ADT^A04|M1|P|2.3.1||||||"
			    "UNICODE UTF-8\r"
			    "EVN|A04|20260115093000\rPID|||%s%s||%s^健一||%s|%s|||%s||%s|||||||||||"
			    "%s|%s||||%s|%s\rPV1||O\r",
			    cx(a, row), beside, er7(a, row, FAMILY), er7(a, row, BIRTH),
			    er7(a, row, SEX), er7(a, row, STREET), er7(a, row, PHONE),
			    er7(a, row, TWIN), er7(a, row, ORDER), er7(a, row, DIED),
			    er7(a, row, DEAD));
}

static const char *ii(struct arena *a, size_t row)
{
	return arena_printf(
		a, "root=\"%s\" extension=\"%s\" %s", xml(a, row, OID), xml(a, row, ID),
		*value(row, NAMESPACE) == '\0'
			? ""
			: arena_printf(a, "assigningAuthorityName=\"%s\"", xml(a, row, NAMESPACE)));
}

#define OPENING                                                                                    \
	"<env:Envelope xmlns:env=\"http://www.w3.org/2003/05/soap-envelope\" "                     \
	"xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><env:Header><wsa:Action "              \
	"env:mustUnderstand=\"true\">urn:hl7-org:v3:%s</wsa:Action>"                               \
	"<wsa:MessageID>urn:uuid:7a8f5b1e-0000-4000-8000-000000000044</wsa:MessageID>"             \
	"<wsa:To>https://minato.example/pix</wsa:To></env:Header><env:Body><%s "                   \
	"xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"><id root=\"2.999.101.9\" "                \
	"extension=\"m-1\"/>"                                                                      \
	"<creationTime value=\"20260115093000\"/><interactionId root=\"2.16.840.1.113883.1.6\" "   \
	"extension=\"%s\"/>"                                                                       \
	"<processingCode code=\"P\"/><processingModeCode code=\"T\"/><acceptAckCode code=\"AL\"/>" \
	"<receiver><device><id root=\"2.999.10.1\"/></device></receiver><sender><device><id "      \
	"root=\"2.999.101.8\"/>"                                                                   \
	"</device></sender><controlActProcess>"
#define CLOSING "</controlActProcess></%s></env:Body></env:Envelope>"

static const char *v3_feed(struct arena *a, size_t row)
{
	const char *beside = rows[row].part != BESIDE
				     ? ""
				     : arena_printf(a, "<id root=\"%s\" extension=\"5\"/>",
						    rows[row].said);
	const char *name = "PRPA_IN201301UV02";
	return arena_printf(
		a,
		OPENING
		"<subject><registrationEvent><statusCode code=\"active\"/><subject1><patient>"
		"<id %s/>%s<statusCode "
		"code=\"active\"/><patientPerson><name><family>%s</family><given>健一</given></"
		"name>"
		"%s%s%s%s%s%s%s<addr><streetAddressLine>%s</streetAddressLine></addr></"
		"patientPerson></patient></subject1>"
		"</registrationEvent></subject>" CLOSING,
		name, name, name, ii(a, row), beside, xml(a, row, FAMILY),
		element(a, "telecom", "value", xml(a, row, PHONE)),
		element(a, "administrativeGenderCode", "code", xml(a, row, SEX)),
		element(a, "birthTime", "value", xml(a, row, BIRTH)),
		element(a, "deceasedInd", "value", xml(a, row, DEAD)),
		element(a, "deceasedTime", "value", xml(a, row, DIED)),
		element(a, "multipleBirthInd", "value", xml(a, row, TWIN)),
		element(a, "multipleBirthOrderNumber", "value", xml(a, row, ORDER)),
		xml(a, row, STREET), name);
}

/* What is stored where the row looks; NULL: nobody. */
static const char *kept(struct fixture *f, size_t row)
{
	const char *id = rows[row].part == ID && rows[row].kept != NULL ? rows[row].kept : "777";
	struct patient_record r;
	if (!people_find(f, A_DOMAIN, id, &r))
		return NULL;
	const struct patient_demographics *d = &r.demographics;
	switch (rows[row].part) {
	case FAMILY: return d->names->family;
	case BIRTH: return d->birth_date;
	case SEX: return d->sex;
	case TWIN: return d->multiple_birth;
	case ORDER: return d->birth_order;
	case DEAD: return d->deceased;
	case DIED: return d->deceased_time;
	case PHONE: return d->telecoms == NULL ? "" : d->telecoms->number;
	case STREET: return d->addresses->street;
	default: return r.id;
	}
}

static void check(const char *dialect, struct fixture *f, size_t row, const char *severity,
		  const char *code)
{
	const char *is = kept(f, row), *should = rows[row].kept;
	bool same = text_equal(severity, rows[row].severity) && text_equal(code, rows[row].code)
		    && (should == NULL ? is == NULL : text_equal(is == NULL ? "" : is, should));
	if (!same)
		fprintf(stderr, "%s: %s: %s %s, kept \"%s\"\n", dialect, rows[row].why, severity,
			code, is == NULL ? "NULL" : is);
	CU_ASSERT_TRUE(same);
}

static bool holds(struct bytes octets, const char *text)
{
	return memmem(octets.data, octets.length, text, strlen(text)) != NULL;
}

/* Born on the 15th in Japan, told while it is the 14th in UTC; and by a clock that is an hour slow,
 * or a day and more. */
static void a_newborn_of_today_is_taken(void)
{
	static const struct {
		const char *now;
		bool taken;
	} cases[] = {
		{ "20260114153000", true },
		{ "20260114140000", true },
		{ "20260113150000", true },
		{ "20260113145959", false },
	};
	size_t row = 0;
	while (row < COUNT(rows) && !text_equal(rows[row].said, "20260115"))
		row++;
	CU_ASSERT_FATAL(row < COUNT(rows));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		struct v3 v;
		instant now;
		CU_ASSERT_TRUE_FATAL(instant_from_dtm(cases[i].now, 0, &now));
		hl7_open(&h);
		v3_open(&v);
		h.now = v.now = now;
		hl7_send(&h, &iti8_patient_identity_feed, "a-hospital", v2_feed(h.f.arena, row));
		v3_send(&v, &iti44_patient_identity_feed_v3, "a-hospital", v3_feed(v.f.arena, row));
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), cases[i].taken ? "AA" : "AE");
		CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"),
				       cases[i].taken ? "CA" : "CE");
		CU_ASSERT_EQUAL(kept(&h.f, row) != NULL, cases[i].taken);
		CU_ASSERT_EQUAL(kept(&v.f, row) != NULL, cases[i].taken);
		hl7_close(&h);
		v3_close(&v);
	}
}

static void a_feed_is_read_as_one(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hl7_house h;
		hl7_open(&h);
		h.systems[0].lenient.loose_authority = true;
		hl7_send(&h, &iti8_patient_identity_feed, "a-hospital", v2_feed(h.f.arena, i));
		const struct hl7_segment *err = hl7_segment(h.answer, "ERR", 1);
		check("v2", &h.f, i, hl7_value(err, 4, 1, 1, 1), hl7_value(err, 3, 1, 1, 1));
		CU_ASSERT_EQUAL(text_equal(hl7_at(&h, "MSA", 1), "AA"),
				!text_equal(rows[i].severity, "E"));
		CU_ASSERT_FALSE(holds(h.octets, INDIVIDUAL_NUMBER));
		hl7_close(&h);
		struct v3 v;
		v3_open(&v);
		v.systems[0].lenient.loose_authority = true;
		v3_send(&v, &iti44_patient_identity_feed_v3, "a-hospital", v3_feed(v.f.arena, i));
		const char *severity = xml_attribute(
			v3_node(&v, "acknowledgement/acknowledgementDetail"), "typeCode");
		check("v3", &v.f, i, severity == NULL ? "" : severity,
		      v3_code(&v, "acknowledgement/acknowledgementDetail/code"));
		CU_ASSERT_EQUAL(text_equal(v3_code(&v, "acknowledgement/typeCode"), "CA"),
				!text_equal(rows[i].severity, "E"));
		CU_ASSERT_FALSE(holds(v.answer, INDIVIDUAL_NUMBER));
		v3_close(&v);
	}
}

/* The ids of the table are asked for where 777 is known: found, or refused by the same code. */
static void a_query_is_read_as_one(void)
{
	static const struct who known = { .domain = A_DOMAIN, .id = "777" };
	static const struct who spaced = { .domain = A_DOMAIN, .id = "7 77" };
	for (size_t i = 0; i < COUNT(rows) && rows[i].part <= OID; i++) {
		struct hl7_house h;
		struct v3 v;
		if (rows[i].part == OID && !text_is_oid(rows[i].said))
			continue; /* its echo would not be valid, as the query is not */
		const char *name = "PRPA_IN201309UV02",
			   *found = *rows[i].code == '\0' ? "OK" : rows[i].code;
		hl7_open(&h);
		v3_open(&v);
		h.systems[0].lenient.loose_authority = v.systems[0].lenient.loose_authority = true;
		people_feed(&h.f, &known);
		people_feed(&h.f, &spaced);
		people_feed(&v.f, &known);
		people_feed(&v.f, &spaced);
		hl7_send(&h, &iti9_pix_query, "a-hospital",
			 arena_printf(h.f.arena,
				      "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||QBP^Q23^QBP_"
				      "Q21|Q1|P|2.5||||||UNICODE UTF-8\r"
				      "QPD|IHE PIX Query|T1|%s|\rRCP|I\r",
				      cx(h.f.arena, i)));
		const char *code = hl7_value(hl7_segment(h.answer, "ERR", 1), 3, 1, 1, 1);
		const char *v2 = *code == '\0' ? hl7_at(&h, "QAK", 2) : code;
		v3_send(&v, &iti45_pix_query_v3, "a-hospital",
			arena_printf(v.f.arena,
				     OPENING "<queryByParameter><queryId root=\"2.999.5\" "
					     "extension=\"T1\"/><statusCode code=\"new\"/>"
					     "<responsePriorityCode "
					     "code=\"I\"/><parameterList><patientIdentifier><value "
					     "%s/><semanticsText>Patient.id"
					     "</semanticsText></patientIdentifier></"
					     "parameterList></queryByParameter>" CLOSING,
				     name, name, name, ii(v.f.arena, i), name));
		/* No answer but a fault may follow an Individual Number. */
		const char *v3 = v.root == NULL
					 ? "103"
					 : v3_code(&v,
						   "acknowledgement/acknowledgementDetail/code");
		if (*v3 == '\0')
			v3 = v3_code(&v, "controlActProcess/queryAck/queryResponseCode");
		if (!text_equal(v2, found) || !text_equal(v3, found))
			fprintf(stderr, "query: %s: v2 %s, v3 %s, not %s\n", rows[i].why, v2, v3,
				found);
		CU_ASSERT_STRING_EQUAL(v2, found);
		CU_ASSERT_STRING_EQUAL(v3, found);
		hl7_close(&h);
		v3_close(&v);
	}
}

int main(void)
{
	static const struct test tests[] = { { "a feed is read as one", a_feed_is_read_as_one },
					     { "a query is read as one", a_query_is_read_as_one },
					     { "a newborn of today is taken",
					       a_newborn_of_today_is_taken },
					     { 0 } };
	return suite_run("profiles: one reading", tests);
}
