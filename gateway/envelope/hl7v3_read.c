/* gateway/envelope/hl7v3_read.c: HL7 v3 requests: the transmission wrapper, and the patient of a feed.
 * ITI TF-2: Appendix O; 3.44.4.1.2, 3.44.4.2.2. */
#include "gateway/envelope/hl7v3.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/occurrence.h"
#include "gateway/envelope/xml_reader.h"

#define V3 HL7V3_NAMESPACE

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, V3, local);
}

static const struct xml_node *next(const struct xml_node *n)
{
	return xml_next(n, V3, xml_local(n));
}

/* A path of element names, "receiver/device/id"; NULL when a step is missing. */
static const struct xml_node *descend(const struct xml_node *n, const char *path)
{
	char step[64];
	while (n != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		memcpy(step, path, length);
		step[length] = '\0';
		n = child(n, step);
		path += length + (path[length] == '/');
	}
	return n;
}

static const char *code_of(const struct xml_node *n)
{
	return xml_attribute(n, "code");
}

static struct hl7v3_ii read_ii(const struct xml_node *n)
{
	return (struct hl7v3_ii){ .root = xml_attribute(n, "root"),
				  .extension = xml_attribute(n, "extension"),
				  .authority = xml_attribute(n, "assigningAuthorityName") };
}

static bool wrong(struct arena *a, const struct xml_node *at, struct problem *p, const char *what)
{
	return problem_at(p, PROBLEM_REQUEST_INVALID, xml_path(a, at), "%s", what);
}

static bool one_of(const char *value, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_equal(value, *list))
			return true;
	return false;
}

bool hl7v3_open(struct arena *a, const struct xml_node *body, struct hl7v3_message *m,
		struct problem *p)
{
	static const char *const processing[] = { "P", "T", "D", NULL };
	static const char organization[] = "device/asAgent/representedOrganization/id";
	const struct xml_node *interaction = child(body, "interactionId");
	*m = (struct hl7v3_message){
		.body = body, .interaction = xml_local(body), .id = read_ii(child(body, "id")),
		.processing_code = code_of(child(body, "processingCode")),
		.sender = read_ii(descend(body, "sender/device/id")),
		.sender_organization = read_ii(descend(child(body, "sender"), organization)),
		.receiver = read_ii(descend(body, "receiver/device/id")),
		.receiver_organization = read_ii(descend(child(body, "receiver"), organization)),
		.control_act = child(body, "controlActProcess"),
	};
	if (text_empty(m->id.root))
		return wrong(a, body, p, "the message has no id");
	if (!text_equal(xml_attribute(interaction, "extension"), m->interaction))
		return wrong(a, interaction != NULL ? interaction : body, p,
			     "interactionId does not name the interaction that was sent");
	if (!one_of(m->processing_code, processing))
		return wrong(a, body, p, "processingCode must be P, T or D");
	if (!text_equal(code_of(child(body, "processingModeCode")), "T"))
		return wrong(a, body, p, "processingModeCode must be T");
	if (text_empty(m->sender.root) || text_empty(m->receiver.root))
		return wrong(a, body, p, "sender and receiver must each name a device");
	if (m->control_act == NULL)
		return wrong(a, body, p, "there is no controlActProcess");
	return true;
}

const char *hl7v3_ii_text(struct arena *a, const struct hl7v3_ii *ii)
{
	const char *root = ii->root == NULL ? "" : ii->root;
	return ii->extension == NULL ? root : text_joined(a, root, "^", ii->extension, NULL);
}

/* ---- patientPerson ---- */

static char *append_part(struct arena *a, const char *already, const char *part)
{
	return already == NULL ? arena_text(a, part) : arena_printf(a, "%s %s", already, part);
}

static bool is_null(const struct xml_node *n)
{
	return xml_attribute(n, "nullFlavor") != NULL;
}

/* A value that is there; NULL for nullFlavor, absent, or blank. */
static const char *text_of(struct arena *a, const struct xml_node *n)
{
	const char *text = n == NULL || is_null(n) ? NULL : text_trimmed(a, xml_text(a, n));
	return text_empty(text) ? NULL : text;
}

static bool has_use(const char *uses, const char *use)
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
	return has_use(uses, "IDE") ? NAME_IDEOGRAPHIC
		: has_use(uses, "SYL") ? NAME_PHONETIC
		: has_use(uses, "ABC") ? NAME_ALPHABETIC : NAME_UNSPECIFIED;
}

/* The use that is not a representation, as XPN-7 would say it: L stays L, a name at birth is M. */
static const char *use_of(struct arena *a, const char *uses)
{
	for (const char *at = uses; at != NULL && *at != '\0'; ) {
		size_t length = strcspn(at, " ");
		if (length == 1)
			return arena_text_n(a, at, length);
		at += length + strspn(at + length, " ");
	}
	return NULL;
}

/* The first given name is the given name, the others are the middle name (as XPN-2 and XPN-3). */
static struct person_name *read_name(struct arena *a, const struct xml_node *n)
{
	struct person_name *name = arena_new(a, struct person_name);
	const char *uses = xml_attribute(n, "use");
	bool birth = false;
	if (is_null(n))
		return NULL;
	for (const struct xml_node *part = xml_first_element(n); part != NULL;
	     part = xml_next_element(part)) {
		const char *text = text_of(a, part), *local = xml_local(part);
		if (text == NULL)
			continue;
		if (text_equal(local, "family")) {
			birth = birth || has_use(xml_attribute(part, "qualifier"), "BR");
			name->family = append_part(a, name->family, text);
		} else if (text_equal(local, "given") && name->given == NULL) {
			name->given = text;
		} else if (text_equal(local, "given")) {
			name->middle = append_part(a, name->middle, text);
		} else if (text_equal(local, "prefix")) {
			name->prefix = append_part(a, name->prefix, text);
		} else if (text_equal(local, "suffix")) {
			name->suffix = append_part(a, name->suffix, text);
		}
	}
	if (name->family == NULL && name->given == NULL)	/* a name in one piece */
		name->family = text_of(a, n);
	name->representation = representation(uses);
	name->use = birth ? "M" : use_of(a, uses);
	return name->family != NULL || name->given != NULL ? name : NULL;
}

static struct postal_address *read_address(struct arena *a, const struct xml_node *n)
{
	struct postal_address *ad = arena_new(a, struct postal_address);
	if (is_null(n))
		return NULL;
	for (const struct xml_node *part = xml_first_element(n); part != NULL;
	     part = xml_next_element(part)) {
		const char *text = text_of(a, part), *local = xml_local(part);
		if (text == NULL)
			continue;
		if (text_equal(local, "streetAddressLine") || text_equal(local, "streetName")
		    || text_equal(local, "houseNumber"))
			ad->street = append_part(a, ad->street, text);
		else if (text_equal(local, "city"))
			ad->city = text;
		else if (text_equal(local, "state"))
			ad->state = text;
		else if (text_equal(local, "postalCode"))
			ad->postal_code = text;
		else if (text_equal(local, "country"))
			ad->country = text;
		else if (!text_equal(local, "useablePeriod"))
			ad->other = append_part(a, ad->other, text);
	}
	if (xml_first_element(n) == NULL)
		ad->text = text_of(a, n);
	ad->use = xml_attribute(n, "use");
	return ad->street != NULL || ad->other != NULL || ad->city != NULL || ad->state != NULL
		|| ad->postal_code != NULL || ad->country != NULL || ad->text != NULL ? ad : NULL;
}

/* tel: and mailto: are the model's; a fax machine is nobody's phone. */
static struct telecom *read_telecom(struct arena *a, const struct xml_node *n)
{
	const char *value = text_trimmed(a, xml_attribute(n, "value"));
	if (text_empty(value) || is_null(n) || text_starts(value, "fax:"))
		return NULL;
	struct telecom *tel = arena_new(a, struct telecom);
	tel->number = text_starts(value, "tel:")      ? value + 4
		      : text_starts(value, "mailto:") ? value + 7
						      : value;
	tel->use = xml_attribute(n, "use");
	return *tel->number == '\0' ? NULL : tel;
}

/* What is sent as null is taken away; what is not sent stays as it is known. */
static const char *value_of(const struct xml_node *n)
{
	return n != NULL && is_null(n) ? "" : xml_attribute(n, "value");
}

static const char *flag_of(const struct xml_node *n)
{
	const char *value = value_of(n);
	return text_equal(value, "")        ? ""
	       : text_equal(value, "true")  ? "Y"
	       : text_equal(value, "false") ? "N"
					    : NULL;
}

/* AdministrativeGender: M, F, UN (undifferentiated), and table 0001's letters as others send them. */
static const char *sex_of(const struct xml_node *n)
{
	static const char *const letters[] = { "M", "F", "O", "U", "A", "N", NULL };
	const char *code = n != NULL && is_null(n) ? "" : code_of(n);
	return text_equal(code, "")     ? ""
	       : text_equal(code, "UN") ? "U"
	       : one_of(code, letters)  ? code
					: NULL;
}

/* personalRelationship MTH: the mother's name, of which the family name counts. */
static const char *mothers_name(struct arena *a, const struct xml_node *person)
{
	for (const struct xml_node *r = child(person, "personalRelationship"); r != NULL;
	     r = next(r)) {
		const struct xml_node *name = descend(r, "relationshipHolder1/name");
		if (!text_equal(code_of(child(r, "code")), "MTH") || name == NULL)
			continue;
		const char *family = text_of(a, child(name, "family"));
		return family != NULL ? family : text_of(a, name);
	}
	return NULL;
}

void hl7v3_read_person(struct arena *a, const struct xml_node *person,
		       struct patient_demographics *out)
{
	struct person_name **name = &out->names;
	struct postal_address **address = &out->addresses;
	struct telecom **telecom = &out->telecoms;
	for (const struct xml_node *n = xml_first_element(person); n != NULL;
	     n = xml_next_element(n)) {
		out->delete_addresses = out->delete_addresses
					|| (is_null(n) && xml_is(n, V3, "addr"));
		out->delete_telecoms = out->delete_telecoms
				       || (is_null(n) && xml_is(n, V3, "telecom"));
		if (xml_is(n, V3, "name") && (*name = read_name(a, n)) != NULL)
			name = &(*name)->next;
		else if (xml_is(n, V3, "addr") && (*address = read_address(a, n)) != NULL)
			address = &(*address)->next;
		else if (xml_is(n, V3, "telecom") && (*telecom = read_telecom(a, n)) != NULL)
			telecom = &(*telecom)->next;
	}
	out->sex = sex_of(child(person, "administrativeGenderCode"));
	out->birth_date = value_of(child(person, "birthTime"));
	out->deceased = flag_of(child(person, "deceasedInd"));
	out->deceased_time = value_of(child(person, "deceasedTime"));
	out->multiple_birth = flag_of(child(person, "multipleBirthInd"));
	out->birth_order = value_of(child(person, "multipleBirthOrderNumber"));
	out->mothers_maiden_name = mothers_name(a, person);
}

/* ---- A feed ---- */

/* The root says the domain; the authority's name only where there is no root (ITI TF-2: Appendix E). */
struct patient_identifier *hl7v3_read_identifier(struct arena *a, const struct xml_node *n)
{
	struct hl7v3_ii ii = read_ii(n);
	if (text_empty(ii.extension) || is_null(n))
		return NULL;
	struct patient_identifier *id = arena_new(a, struct patient_identifier);
	*id = (struct patient_identifier){ .id = ii.extension, .universal_id = ii.root, .where = xml_path(a, n) };
	if (text_empty(ii.root))
		id->namespace_id = ii.authority;
	else
		id->universal_id_type = "ISO";
	return id;
}

/* An Individual Number is never taken up, not even into a problem's text (japan.md D2). */
static struct patient_identifier **add_ids(struct arena *a, struct patient_identifier **tail,
					   const struct xml_node *holder,
					   const struct xml_node **refused)
{
	for (const struct xml_node *n = child(holder, "id"); n != NULL; n = next(n)) {
		struct patient_identifier *id = hl7v3_read_identifier(a, n);
		if (id != NULL && text_is_my_number(id->id)) {
			*refused = n;
			continue;
		}
		*tail = id;
		if (id != NULL)
			tail = &id->next;
	}
	return tail;
}

static bool no_ids(struct arena *a, const struct xml_node *holder, const struct xml_node *refused,
		   struct problem *p)
{
	if (refused != NULL)
		return problem_at(
			p, PROBLEM_TABLE_VALUE, xml_path(a, refused),
			"an Individual Number is not a patient identifier; it was not taken up");
	return problem_at(p, PROBLEM_FIELD_MISSING, xml_path(a, holder), "the patient has no id");
}

static bool read_patient(struct arena *a, const struct xml_node *patient,
			 struct identity_feed *feed, struct problem *p)
{
	const struct xml_node *person = child(patient, "patientPerson"), *refused = NULL;
	struct patient_identifier **tail = add_ids(a, &feed->ids, patient, &refused);
	if (feed->ids == NULL)
		return no_ids(a, patient, refused, p);
	if (person == NULL)
		return wrong(a, patient, p, "the patient has no patientPerson");
	if (feed->kind == FEED_MERGE)
		return true;	/* what else it says is not applied: 3.44.4.2.2 */
	for (const struct xml_node *other = child(person, "asOtherIDs"); other != NULL;
	     other = next(other)) {
		struct patient_identifier **from = tail;
		tail = add_ids(a, tail, other, &refused);
		for (struct patient_identifier *id = *from; id != NULL; id = id->next)
			id->beside = true;
	}
	if (child(person, "name") == NULL)
		return problem_at(p, PROBLEM_FIELD_MISSING, xml_path(a, person),
				  "the person has no name element");
	hl7v3_read_person(a, person, &feed->demographics);
	const char *birth = feed->demographics.birth_date;
	instant unused;
	if (!text_empty(birth) && !instant_from_dtm(birth, 540, &unused))
		return problem_at(p, PROBLEM_DATA_TYPE, xml_path(a, child(person, "birthTime")),
				  "the birth time is not a time");
	return true;
}

static bool read_subsumed(struct arena *a, const struct xml_node *event, struct identity_feed *feed,
			  struct problem *p)
{
	const struct xml_node *replacement = child(event, "replacementOf"), *refused = NULL;
	const struct xml_node *role = descend(replacement,
					      "priorRegistration/subject1/priorRegisteredRole");
	if (role == NULL)
		return wrong(a, event, p, "no replacementOf names the id that is subsumed");
	if (next(replacement) != NULL || next(child(role, "id")) != NULL)
		return wrong(a, role, p, "exactly one id may be subsumed by a message");
	add_ids(a, &feed->subsumed, role, &refused);
	return feed->subsumed != NULL || no_ids(a, role, refused, p);
}

bool hl7v3_read_feed(struct arena *a, const struct hl7v3_message *m, struct identity_feed *feed,
		     struct problem *p)
{
	static const struct { const char *interaction; enum feed_kind kind; } kinds[] = {
		{ "PRPA_IN201301UV02", FEED_CREATE }, { "PRPA_IN201302UV02", FEED_UPDATE },
		{ "PRPA_IN201304UV02", FEED_MERGE },
	};
	const struct xml_node *subject = child(m->control_act, "subject");
	const struct xml_node *event = child(subject, "registrationEvent");
	const struct xml_node *patient = descend(event, "subject1/patient");
	size_t i = 0;
	*feed = (struct identity_feed){ .message_id = hl7v3_ii_text(a, &m->id) };
	while (i < COUNT(kinds) && !text_equal(kinds[i].interaction, m->interaction))
		i++;
	if (i == COUNT(kinds))
		return wrong(a, m->body, p, "the interaction is not a patient identity feed");
	feed->kind = kinds[i].kind;
	if (patient == NULL)
		return wrong(a, m->control_act, p, "there is no registrationEvent with a patient");
	if (next(subject) != NULL || next(event) != NULL || next(child(event, "subject1")) != NULL
	    || next(patient) != NULL)
		return wrong(a, subject, p, "a feed is about one patient (ITI TF-2: 3.44.4.1.2)");
	if (feed->kind != FEED_MERGE && child(event, "replacementOf") != NULL)
		return wrong(a, child(event, "replacementOf"), p,
			     "only a resolved duplicate replaces a registration");
	return read_patient(a, patient, feed, p)
		&& (feed->kind != FEED_MERGE || read_subsumed(a, event, feed, p));
}

/* A moment, or where a period begins. */
static const char *moment(const struct xml_node *interval)
{
	const char *value = xml_attribute(interval, "value");
	return value != NULL ? value : xml_attribute(child(interval, "low"), "value");
}

/* The effectiveTime of a registrationEvent may be how long the registration holds: that began long
 * ago and says nothing of this message. */
instant hl7v3_occurred(const struct hl7v3_message *m, instant now)
{
	const struct xml_node *event = descend(m->control_act, "subject/registrationEvent");
	const char *const said[] = {
		moment(descend(event, "author/time")),
		xml_attribute(child(event, "effectiveTime"), "value"),
		moment(child(m->control_act, "effectiveTime")),
		xml_attribute(child(m->body, "creationTime"), "value"),
	};
	return occurrence_of(said, COUNT(said), now);
}
