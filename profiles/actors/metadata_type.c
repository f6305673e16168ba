/* profiles/actors/metadata_type.c: the grammars of metadata values.
 *
 * ITI TF-3: Table 4.2.3.1.7-2. HL7 components are counted as they are: \S\ and the like stay inside
 * a component, which is all that matters here; a patient's id holds none of them, as in ITI-8. */
#include "profiles/actors/metadata_type.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/base/value.h"

enum { OID_MOST = 64, LANGUAGE_MOST = 35, HASH_DIGITS = 40, URI_MOST = 256 };

static bool is_digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return length > 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_oid(const char *text, size_t length)
{
	char copy[OID_MOST + 1];
	if (length > OID_MOST)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return text_is_oid(copy);
}

/* The n-th component (from 1) of a value, "" if it has not so many. */
struct component {
	const char *text;
	size_t length;
};

static struct component part(const char *value, size_t length, char delimiter, unsigned n)
{
	const char *end = value == NULL ? NULL : value + length;
	for (; n > 1 && value != NULL; n--) {
		value = memchr(value, delimiter, (size_t)(end - value));
		value = value == NULL ? NULL : value + 1;
	}
	if (value == NULL)
		return (struct component){ "", 0 };
	const char *stop = memchr(value, delimiter, (size_t)(end - value));
	return (struct component){ value, (size_t)((stop == NULL ? end : stop) - value) };
}

static struct component component(const char *value, size_t length, unsigned n)
{
	return part(value, length, '^', n);
}

static unsigned count(const char *value, size_t length, char delimiter)
{
	unsigned n = 1;
	for (size_t i = 0; i < length; i++)
		n += value[i] == delimiter;
	return n;
}

/* &OID&ISO */
static bool is_authority(struct component c)
{
	struct component oid = part(c.text, c.length, '&', 2),
			 type = part(c.text, c.length, '&', 3);
	return count(c.text, c.length, '&') == 3 && c.text[0] == '&' && is_oid(oid.text, oid.length)
	       && type.length == 3 && memcmp(type.text, "ISO", 3) == 0;
}

bool metadata_type_cx(const char *value, struct cx_parts *out)
{
	size_t length = value == NULL ? 0 : strlen(value);
	struct component id = component(value, length, 1), authority = component(value, length, 4);
	if (length == 0 || count(value, length, '^') != 4 || id.length == 0
	    || memchr(id.text, '&', id.length) != NULL || component(value, length, 2).length != 0
	    || component(value, length, 3).length != 0 || !is_authority(authority))
		return false;
	if (!value_id_within(&id.text, &id.length))
		return false;
	struct component oid = part(authority.text, authority.length, '&', 2);
	*out = (struct cx_parts){ id.text, oid.text, id.length, oid.length };
	return true;
}

bool metadata_type_my_number(const char *cx)
{
	enum { DIGITS_AND_SEPARATORS = 63 };
	char id[DIGITS_AND_SEPARATORS + 1];
	size_t length = cx == NULL ? 0 : strcspn(cx, "^@");
	if (length == 0 || length >= sizeof id)
		return false;
	memcpy(id, cx, length);
	id[length] = '\0';
	return text_is_my_number(id);
}

static const char *cx_fault(const char *v)
{
	struct cx_parts parts;
	return metadata_type_cx(v, &parts) ? NULL : "is not of the form id^^^&OID&ISO (CX)";
}

static const char *dtm_fault(const char *v)
{
	instant t;
	size_t length = strlen(v);
	return length >= 4 && length <= 14 && length % 2 == 0 && is_digits(v, length)
			       && instant_from_dtm(v, 0, &t)
		       ? NULL
		       : "is not a time YYYY[MM[DD[hh[mm[ss]]]]] (DTM)";
}

/* CXi.1 and CXi.5 are required; an assigning authority, if given, is &OID&ISO or has a
 * namespace. */
static const char *cxi_fault(const char *v)
{
	size_t length = strlen(v);
	struct component authority = component(v, length, 4);
	bool fine = component(v, length, 1).length > 0 && component(v, length, 5).length > 0
		    && count(v, length, '^') <= 6;
	if (fine && authority.length > 0 && authority.text[0] == '&')
		fine = is_authority(authority);
	return fine ? NULL : "is not of the form id^^^&OID&ISO^type (CXi)";
}

static const char *xcn_fault_of(const char *v, size_t length)
{
	struct component authority = component(v, length, 9);
	if (component(v, length, 1).length == 0 && component(v, length, 2).length == 0
	    && component(v, length, 3).length == 0)
		return "has neither an id nor a name (XCN)";
	return authority.length == 0 || is_authority(authority)
		       ? NULL
		       : "has an assigning authority that is not &OID&ISO (XCN.9)";
}

static const char *xcn_fault(const char *v)
{
	return xcn_fault_of(v, strlen(v));
}

static const char *xon_fault_of(const char *v, size_t length)
{
	struct component id = component(v, length, 10), authority = component(v, length, 6);
	if (component(v, length, 1).length == 0)
		return "has no organization name (XON.1)";
	if (id.length > 0 && !is_oid(id.text, id.length) && !is_authority(authority))
		return "has an id that is no OID, and no assigning authority &OID&ISO (XON.6, "
		       "XON.10)";
	return authority.length == 0 || is_authority(authority)
		       ? NULL
		       : "has an assigning authority that is not &OID&ISO (XON.6)";
}

static const char *xon_fault(const char *v)
{
	return xon_fault_of(v, strlen(v));
}

/* An e-mail address in XTN.4, a telephone number in XTN.7 or XTN.12; XTN.1 in older messages. */
static const char *xtn_fault(const char *v)
{
	size_t length = strlen(v);
	return component(v, length, 1).length + component(v, length, 4).length
				       + component(v, length, 7).length
				       + component(v, length, 12).length
			       > 0
		       ? NULL
		       : "has neither an address nor a number (XTN)";
}

static const char *oid_fault(const char *v)
{
	return text_is_oid(v) ? NULL : "is not an OID";
}

static const char *home_fault(const char *v)
{
	return text_starts(v, "urn:oid:") && text_is_oid(v + strlen("urn:oid:"))
		       ? NULL
		       : "is not of the form urn:oid:OID";
}

/* An opaque identifier. Octets are bounded, too, since it is a key. White space around the text of
 * an element means nothing, so that no ITI-43 could ask for an id that has it. */
static const char *unique_id_fault(const char *v)
{
	enum { OCTETS_MOST = 384 };
	if (v[0] == ' ' || (v[0] != '\0' && v[strlen(v) - 1] == ' '))
		return "begins or ends with a space";
	for (const char *c = v; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "has a control character";
	return strlen(v) <= OCTETS_MOST ? NULL : "is too long";
}

static const char *hash_fault(const char *v)
{
	return strlen(v) == HASH_DIGITS && strspn(v, "0123456789abcdefABCDEF") == HASH_DIGITS
		       ? NULL
		       : "is not a SHA-1 hash of 40 hexadecimal digits";
}

static const char *size_fault(const char *v)
{
	uint64_t size;
	return text_to_number(v, INT64_MAX, &size) ? NULL : "is not a number of octets";
}

/* RFC 5646 2.1, the general shape: letters, then subtags of 1 to 8 letters and digits. */
static const char *language_fault(const char *v)
{
	size_t in_tag = 0;
	bool fine = is_letter(v[0]) && strlen(v) <= LANGUAGE_MOST;
	for (; fine && *v != '\0'; v++) {
		if (*v == '-')
			fine = in_tag > 0, in_tag = 0;
		else
			fine = ++in_tag <= 8 && (is_letter(*v) || is_digits(v, 1));
	}
	return fine && in_tag > 0 ? NULL : "is not a language tag of RFC 5646";
}

/* A token or a quoted string of RFC 2045 5.1: how many octets, 0 if it is neither. */
static size_t parameter_value(const char *v, const char *token)
{
	const char *at = v + 1;
	if (*v != '"')
		return strspn(v, token);
	for (; *at != '"'; at++) {
		at += *at == '\\';
		if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7f)
			return 0;
	}
	return (size_t)(at + 1 - v);
}

/* RFC 2045 5.1, type/subtype and parameters; RFC 9110 lets a parameter be empty. It becomes a
 * header of the part that ITI-43 delivers, so that it must be readable there. */
static const char *mime_fault(const char *v)
{
	static const char token[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&^_.+-*'`|~%";
	static const char fault[] = "is not a MIME type";
	size_t type = strspn(v, token);
	size_t subtype = v[type] == '/' ? strspn(v + type + 1, token) : 0;
	if (type == 0 || subtype == 0)
		return fault;
	for (v += type + 1 + subtype; *(v += strspn(v, " ")) != '\0';) {
		if (*v++ != ';')
			return fault;
		v += strspn(v, " ");
		size_t name = strspn(v, token);
		if (name == 0)
			continue;
		size_t value = v[name] == '=' ? parameter_value(v + name + 1, token) : 0;
		if (value == 0)
			return fault;
		v += name + 1 + value;
	}
	return NULL;
}

static const char *uri_fault(const char *v)
{
	for (const char *c = v; *c != '\0'; c++)
		if ((unsigned char)*c <= 0x20 || strchr("<>\"", *c) != NULL)
			return "is not a URI";
	return strlen(v) <= URI_MOST ? NULL : "is longer than 256 characters";
}

/* ITI TF-3: 4.2.3.3.7: XON|XCN|XTN, any of the three. */
static const char *recipient_fault(const char *v)
{
	size_t length = strlen(v);
	struct component organization = part(v, length, '|', 1), person = part(v, length, '|', 2);
	const char *fault = NULL;
	if (count(v, length, '|') > 3 || strspn(v, "|") == length)
		return "is not of the form organization|person|telecommunication";
	if (organization.length > 0)
		fault = xon_fault_of(organization.text, organization.length);
	if (fault == NULL && person.length > 0)
		fault = xcn_fault_of(person.text, person.length);
	return fault;
}

/* ITI TF-3: 4.2.3.2.23: PID-n|... That PID-2, PID-4, PID-12 and PID-19 should not be there is
 * advice to the sender, not to the registry. */
static const char *patient_info_fault(const char *v)
{
	size_t digits = text_starts(v, "PID-") ? strspn(v + 4, "0123456789") : 0;
	if (digits == 0 || digits > 2 || v[4 + digits] != '|' || v[4] == '0')
		return "has a value that is not of the form PID-n|...";
	return NULL;
}

static const char *availability_fault(const char *v)
{
	return text_equal(v, DOCUMENT_ONLINE) || text_equal(v, DOCUMENT_OFFLINE)
		       ? NULL
		       : "is neither Online nor Offline";
}

static const char *set_status_fault(const char *v)
{
	return text_equal(v, "Original") || text_equal(v, "Reference")
		       ? NULL
		       : "is neither Original nor Reference";
}

const char *metadata_type_fault(enum metadata_type type, const char *value)
{
	static const char *(*const faults[])(const char *) = {
		[TYPE_TEXT] = NULL,
		[TYPE_CODE] = NULL,
		[TYPE_DTM] = dtm_fault,
		[TYPE_CX] = cx_fault,
		[TYPE_CXI] = cxi_fault,
		[TYPE_XCN] = xcn_fault,
		[TYPE_XON] = xon_fault,
		[TYPE_XTN] = xtn_fault,
		[TYPE_OID] = oid_fault,
		[TYPE_HOME] = home_fault,
		[TYPE_UNIQUE_ID] = unique_id_fault,
		[TYPE_HASH] = hash_fault,
		[TYPE_SIZE] = size_fault,
		[TYPE_LANGUAGE] = language_fault,
		[TYPE_MIME] = mime_fault,
		[TYPE_URI] = uri_fault,
		[TYPE_RECIPIENT] = recipient_fault,
		[TYPE_PATIENT_INFO] = patient_info_fault,
		[TYPE_AVAILABILITY] = availability_fault,
		[TYPE_SET_STATUS] = set_status_fault,
	};
	return faults[type] == NULL ? NULL : faults[type](value);
}

void metadata_type_dtm_full(const char *dtm, char out[DTM_FULL])
{
	size_t length = strlen(dtm);
	memcpy(out, "00000101000000", DTM_FULL);
	memcpy(out, dtm, length < DTM_FULL - 1 ? length : DTM_FULL - 1);
}

size_t metadata_type_characters(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

const char *metadata_type_uuid(struct arena *a, const char *text)
{
	static const char prefix[] = "urn:uuid:", form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	if (!text_starts(text, prefix) || strlen(text) != sizeof prefix + sizeof form - 2)
		return NULL;
	char *uuid = arena_text(a, text), *at = uuid + sizeof prefix - 1;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		if (at[i] >= 'A' && at[i] <= 'F')
			at[i] = (char)(at[i] - 'A' + 'a');
		if (form[i] == 'x' ? strchr("0123456789abcdef", at[i]) == NULL : at[i] != form[i])
			return NULL;
	}
	return uuid;
}
