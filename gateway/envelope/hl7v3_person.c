/* gateway/envelope/hl7v3_person.c: where patientPerson and II hold what is said of a person. ITI
 * TF-2:
 * 3.44.4.1.2; Appendix E. */
#include "gateway/envelope/hl7v3.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"

#define V3 HL7V3_NAMESPACE

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, V3, local);
}

static bool is_null(const struct xml_node *n)
{
	return xml_attribute(n, "nullFlavor") != NULL;
}

static const char *place(const struct person_reader *r, const void *at)
{
	return xml_path(r->arena, at);
}

struct person_reader hl7v3_reader(struct arena *a, const struct hl7_person_rules *rules,
				  struct hl7_person_notes *notes, struct problem *p)
{
	return (struct person_reader){
		.arena = a, .rules = rules, .notes = notes, .problem = p, .where = place
	};
}

/* The root says the domain, the authority's name beside it is for people; alone it is all there is
 * (ITI TF-2: Appendix E). */
struct patient_identifier *hl7v3_read_identifier(const struct person_reader *r,
						 const struct xml_node *n)
{
	if (n == NULL || is_null(n))
		return NULL;
	struct person_id_said ii = { .id = xml_attribute(n, "extension"),
				     .universal_id = xml_attribute(n, "root"),
				     .namespace_id = xml_attribute(n, "assigningAuthorityName") };
	ii.label = !text_empty(ii.universal_id);
	ii.universal_id_type = ii.label ? "ISO" : NULL;
	return person_id(r, &ii, n, n);
}

static char *append_part(struct arena *a, const char *already, const char *part)
{
	return already == NULL ? arena_text(a, part) : arena_printf(a, "%s %s", already, part);
}

/* A value that is there; NULL for nullFlavor, absent, or blank. */
static const char *text_of(const struct person_reader *r, const struct xml_node *n)
{
	return n == NULL || is_null(n) ? NULL : person_text(r, xml_text(r->arena, n), n);
}

bool hl7v3_has_use(const char *uses, const char *use)
{
	size_t length = strlen(use);
	for (const char *at = uses; at != NULL && (at = strstr(at, use)) != NULL; at += length)
		if ((at == uses || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* EN.use says how a name is written (IDE SYL ABC), beside what it is for. */
static enum name_representation representation(const char *uses)
{
	return hl7v3_has_use(uses, "IDE")   ? NAME_IDEOGRAPHIC
	       : hl7v3_has_use(uses, "SYL") ? NAME_PHONETIC
	       : hl7v3_has_use(uses, "ABC") ? NAME_ALPHABETIC
					    : NAME_UNSPECIFIED;
}

/* The use that is not a representation, as XPN-7 would say it: L stays L, a name at birth is M. */
static const char *use_of(struct arena *a, const char *uses)
{
	for (const char *at = uses; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, " ");
		if (length == 1)
			return arena_text_n(a, at, length);
		at += length + strspn(at + length, " ");
	}
	return NULL;
}

static void add_name_part(const struct person_reader *r, struct person_name *name,
			  const struct xml_node *part, bool *birth)
{
	const char *text = text_of(r, part), *local = xml_local(part);
	if (text == NULL)
		return;
	if (text_equal(local, "family")) {
		*birth = *birth || hl7v3_has_use(xml_attribute(part, "qualifier"), "BR");
		name->family = append_part(r->arena, name->family, text);
	} else if (text_equal(local, "given") && name->given == NULL) {
		name->given = text;
	} else if (text_equal(local, "given")) {
		name->middle = append_part(r->arena, name->middle, text);
	} else if (text_equal(local, "prefix")) {
		name->prefix = append_part(r->arena, name->prefix, text);
	} else if (text_equal(local, "suffix")) {
		name->suffix = append_part(r->arena, name->suffix, text);
	}
}

/* The first given name is the given name, the others are the middle name (as XPN-2 and XPN-3). */
struct person_name *hl7v3_read_name(const struct person_reader *r, const struct xml_node *n)
{
	struct person_name *name = arena_new(r->arena, struct person_name);
	const char *uses = person_code(r, xml_attribute(n, "use"), n);
	bool birth = false;
	if (is_null(n))
		return NULL;
	for (const struct xml_node *part = xml_first_element(n); part != NULL;
	     part = xml_next_element(part))
		add_name_part(r, name, part, &birth);
	if (name->family == NULL && name->given == NULL && name->middle == NULL)
		name->family = text_of(r, n); /* a name in one piece */
	name->representation = representation(uses);
	name->use = birth ? "M" : use_of(r->arena, uses);
	return person_name_read(r, name);
}

static void add_address_part(const struct person_reader *r, struct postal_address *ad,
			     const struct xml_node *part)
{
	const char *text = text_of(r, part), *local = xml_local(part);
	if (text == NULL)
		return;
	if (text_equal(local, "streetAddressLine") || text_equal(local, "streetName")
	    || text_equal(local, "houseNumber"))
		ad->street = append_part(r->arena, ad->street, text);
	else if (text_equal(local, "city"))
		ad->city = text;
	else if (text_equal(local, "state"))
		ad->state = text;
	else if (text_equal(local, "postalCode"))
		ad->postal_code = text;
	else if (text_equal(local, "country"))
		ad->country = text;
	else if (!text_equal(local, "useablePeriod"))
		ad->other = append_part(r->arena, ad->other, text);
}

struct postal_address *hl7v3_read_address(const struct person_reader *r, const struct xml_node *n)
{
	struct postal_address *ad = arena_new(r->arena, struct postal_address);
	if (is_null(n))
		return NULL;
	for (const struct xml_node *part = xml_first_element(n); part != NULL;
	     part = xml_next_element(part))
		add_address_part(r, ad, part);
	if (xml_first_element(n) == NULL)
		ad->text = text_of(r, n);
	ad->use = person_code(r, xml_attribute(n, "use"), n);
	return person_address_read(ad);
}

struct telecom *hl7v3_read_telecom(const struct person_reader *r, const struct xml_node *n)
{
	if (is_null(n))
		return NULL;
	return person_telecom(r, person_text(r, xml_attribute(n, "value"), n),
			      person_code(r, xml_attribute(n, "use"), n), NULL);
}

typedef const char *reading_of(const struct person_reader *r, const char *said, const void *at);

/* An element of one value: what is sent as null is taken away; what is not sent stays as known. */
static const char *update(const struct person_reader *r, const struct xml_node *person,
			  const char *local, const char *attribute, reading_of *read)
{
	const struct xml_node *n = child(person, local);
	if (n == NULL)
		return NULL;
	return is_null(n) ? "" : read(r, xml_attribute(n, attribute), n);
}

/* personalRelationship MTH: the mother's name, of which the family name counts. */
static const char *mothers_name(const struct person_reader *r, const struct xml_node *person)
{
	const struct xml_node *mother = child(person, "personalRelationship");
	for (; mother != NULL; mother = xml_next(mother, V3, "personalRelationship")) {
		const struct xml_node *name = child(child(mother, "relationshipHolder1"), "name");
		if (!text_equal(xml_attribute(child(mother, "code"), "code"), "MTH")
		    || name == NULL)
			continue;
		const char *family = text_of(r, child(name, "family"));
		return family != NULL ? family : text_of(r, name);
	}
	return NULL;
}

static void read_lists(const struct person_reader *r, const struct xml_node *person,
		       struct patient_demographics *out)
{
	struct person_name **name = &out->names;
	struct postal_address **address = &out->addresses;
	struct telecom **telecom = &out->telecoms;
	unsigned count = 0;
	for (const struct xml_node *n = xml_first_element(person); n != NULL;
	     n = xml_next_element(n)) {
		bool is_name = xml_is(n, V3, "name"), is_address = xml_is(n, V3, "addr");
		bool is_telecom = xml_is(n, V3, "telecom");
		if ((is_name || is_address || is_telecom) && person_too_many(r, ++count, n))
			return;
		out->delete_addresses = out->delete_addresses || (is_null(n) && is_address);
		out->delete_telecoms = out->delete_telecoms || (is_null(n) && is_telecom);
		if (is_name && (*name = hl7v3_read_name(r, n)) != NULL)
			name = &(*name)->next;
		else if (is_address && (*address = hl7v3_read_address(r, n)) != NULL)
			address = &(*address)->next;
		else if (is_telecom && (*telecom = hl7v3_read_telecom(r, n)) != NULL)
			telecom = &(*telecom)->next;
	}
}

void hl7v3_read_person(const struct person_reader *r, const struct xml_node *person,
		       struct patient_demographics *out)
{
	read_lists(r, person, out);
	out->sex = update(r, person, "administrativeGenderCode", "code", person_sex);
	out->birth_date = update(r, person, "birthTime", "value", person_birth_date);
	out->deceased = update(r, person, "deceasedInd", "value", person_flag);
	out->deceased_time = update(r, person, "deceasedTime", "value", person_time);
	out->multiple_birth = update(r, person, "multipleBirthInd", "value", person_flag);
	out->birth_order = update(r, person, "multipleBirthOrderNumber", "value",
				  person_birth_order);
	out->mothers_maiden_name = mothers_name(r, person);
}
