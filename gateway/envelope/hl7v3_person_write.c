/* gateway/envelope/hl7v3_person_write.c: a patientPerson as it is answered, in the order of its
 * message type. What was said in a form of its own is said in that of HL7 v3: a phone number as a
 * URL, the sex U as UN. ITI TF-2: 3.44.4.1.2, 3.47.4.2.2. */
#include "gateway/envelope/hl7v3.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"

static const char *use_of(const struct person_name *n)
{
	static const char *const written[] = {
		[NAME_IDEOGRAPHIC] = "IDE",
		[NAME_PHONETIC] = "SYL",
		[NAME_ALPHABETIC] = "ABC",
	};
	return n->representation == NAME_UNSPECIFIED || n->representation > NAME_ALPHABETIC
		       ? NULL
		       : written[n->representation];
}

void hl7v3_put_name_as(struct xml_writer *w, const char *element, const struct person_name *n)
{
	xml_open(w, element);
	xml_put_attribute(w, "use", use_of(n));
	xml_element_text(w, "prefix", n->prefix);
	xml_element_text(w, "family", n->family);
	xml_element_text(w, "given", n->given);
	xml_element_text(w, "given", n->middle);
	xml_element_text(w, "suffix", n->suffix);
	xml_close(w);
}

void hl7v3_put_names(struct xml_writer *w, const struct person_name *names)
{
	if (names == NULL) {
		xml_open(w, "name");
		xml_put_attribute(w, "nullFlavor", "NA");
		xml_close(w);
	}
	for (const struct person_name *n = names; n != NULL; n = n->next)
		hl7v3_put_name_as(w, "name", n);
}

static void put_value(struct xml_writer *w, const char *element, const char *value)
{
	if (text_empty(value))
		return;
	xml_open(w, element);
	xml_put_attribute(w, "value", value);
	xml_close(w);
}

/* EN.use and AD.use of table 0201 and 0190 are other codes in v3: only those that are the same. */
static const char *telecom_use(const char *use)
{
	static const char *const known[][2] = { { "PRN", "HP" }, { "H", "H" },   { "HP", "HP" },
						{ "WPN", "WP" }, { "WP", "WP" }, { "MC", "MC" } };
	for (size_t i = 0; use != NULL && i < COUNT(known); i++)
		if (text_equal(use, known[i][0]))
			return known[i][1];
	return NULL;
}

/* A URL has no blanks; what else a number was written with is kept (RFC 3966 5.1.1). */
static const char *telecom_url(struct arena *a, const char *number)
{
	if (strchr(number, '@') != NULL)
		return text_joined(a, "mailto:", number, NULL);
	char *url = text_joined(a, "tel:", number, NULL), *to = url;
	for (const char *from = url; *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return url;
}

void hl7v3_put_telecom_as(struct xml_writer *w, const char *element, const struct telecom *t)
{
	xml_open(w, element);
	xml_put_attribute(w, "use", telecom_use(t->use));
	xml_put_attribute(w, "value", telecom_url(xml_writer_arena(w), t->number));
	xml_close(w);
}

void hl7v3_put_address_as(struct xml_writer *w, const char *element,
			  const struct postal_address *ad)
{
	xml_open(w, element);
	xml_element_text(w, "streetAddressLine", ad->street);
	xml_element_text(w, "additionalLocator", ad->other);
	xml_element_text(w, "city", ad->city);
	xml_element_text(w, "state", ad->state);
	xml_element_text(w, "postalCode", ad->postal_code);
	xml_element_text(w, "country", ad->country);
	xml_put_text(w, ad->text);
	xml_close(w);
}

static const char *flag(const char *said)
{
	return text_equal(said, "Y") ? "true" : text_equal(said, "N") ? "false" : NULL;
}

const char *hl7v3_sex(const char *said)
{
	return text_empty(said) ? NULL : text_equal(said, "U") ? "UN" : said;
}

/* As TS: a date is digits, whatever it was written with; one that is none is not told. */
const char *hl7v3_date(struct arena *a, const char *said)
{
	size_t length = 0;
	for (; said != NULL && isdigit((unsigned char)said[length]); length++)
		;
	return length < strlen("YYYY") || length > strlen("YYYYMMDDhhmmss")
		       ? NULL
		       : arena_text_n(a, said, length);
}

void hl7v3_put_person(struct xml_writer *w, const struct patient_demographics *d)
{
	struct arena *a = xml_writer_arena(w);
	hl7v3_put_names(w, d->names);
	for (const struct telecom *t = d->telecoms; t != NULL; t = t->next)
		hl7v3_put_telecom_as(w, "telecom", t);
	if (!text_empty(d->sex))
		hl7v3_put_code(w, "administrativeGenderCode", hl7v3_sex(d->sex));
	put_value(w, "birthTime", hl7v3_date(a, d->birth_date));
	put_value(w, "deceasedInd", flag(d->deceased));
	put_value(w, "deceasedTime", hl7v3_date(a, d->deceased_time));
	put_value(w, "multipleBirthInd", flag(d->multiple_birth));
	put_value(w, "multipleBirthOrderNumber", d->birth_order);
	for (const struct postal_address *ad = d->addresses; ad != NULL; ad = ad->next)
		hl7v3_put_address_as(w, "addr", ad);
}

/* PersonalRelationship MTH: the family name her own by birth (ITI TF-2: 3.47.4.1.2.2). */
void hl7v3_put_mother(struct xml_writer *w, const char *maiden_name)
{
	if (text_empty(maiden_name))
		return;
	xml_open(w, "personalRelationship");
	xml_put_attribute(w, "classCode", "PRS");
	xml_open(w, "code");
	xml_put_attribute(w, "code", "MTH");
	xml_put_attribute(w, "codeSystem", "2.16.840.1.113883.5.111");
	xml_close(w);
	xml_open(w, "relationshipHolder1");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	xml_open(w, "name");
	xml_element_text(w, "family", maiden_name);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}
