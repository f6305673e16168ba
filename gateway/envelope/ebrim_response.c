/* gateway/envelope/ebrim_response.c: what another registry said of a submission, or to a
 * query. ITI TF-3:
 * 4.2.4. */
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"

enum { CODE_MOST = 128 }; /* octets of an errorCode; those of the framework have forty at most */

static const struct {
	const char *urn;
	enum response_status status;
} statuses[] = {
	{ "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success", RESPONSE_SUCCESS },
	{ "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure", RESPONSE_FAILURE },
	{ "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess", RESPONSE_PARTIAL_SUCCESS },
};

static bool read_status(const char *urn, enum response_status *out)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (text_equal(statuses[i].urn, urn)) {
			*out = statuses[i].status;
			return true;
		}
	return false;
}

/* A name: what is none is told as an error of the registry. */
static const char *error_code(const struct xml_node *error)
{
	const char *code = xml_attribute(error, "errorCode");
	size_t length = code == NULL ? 0 : strlen(code);
	bool named = length != 0 && length <= CODE_MOST;
	for (size_t i = 0; named && i < length; i++)
		named = code[i] > ' ' && code[i] <= '~';
	return named ? code : "XDSRegistryError";
}

/* ebRS: the last word of the severity is what counts. */
static bool is_warning(const struct xml_node *error)
{
	const char *severity = xml_attribute(error, "severity");
	const char *word = severity == NULL ? NULL : strrchr(severity, ':');
	return word != NULL && text_equal(word, ":Warning");
}

static void read_errors(const struct xml_node *response, struct findings *f)
{
	const struct xml_node *list = xml_child(response, RS_NAMESPACE, "RegistryErrorList");
	for (const struct xml_node *e = xml_child(list, RS_NAMESPACE, "RegistryError"); e != NULL;
	     e = xml_next(e, RS_NAMESPACE, "RegistryError")) {
		const char *context = xml_attribute(e, "codeContext");
		findings_relay(f, is_warning(e), error_code(e),
			       text_empty(context) ? "the registry says no more" : context,
			       xml_attribute(e, "location"));
	}
}

bool ebrim_read_response(const struct xml_node *response, enum response_status *status,
			 struct findings *f, struct problem *p)
{
	if (!xml_is(response, RS_NAMESPACE, "RegistryResponse")
	    || !read_status(xml_attribute(response, "status"), status))
		return problem_set(p, PROBLEM_MALFORMED,
				   "there is no RegistryResponse with a status");
	read_errors(response, f);
	if (*status == RESPONSE_SUCCESS && f->errors != 0)
		return problem_set(p, PROBLEM_MALFORMED, "it says Success, and errors");
	return true;
}

bool ebrim_read_query_response(const struct xml_node *response, enum response_status *status,
			       struct findings *f, struct problem *p)
{
	if (!xml_is(response, QUERY_NAMESPACE, "AdhocQueryResponse")
	    || !read_status(xml_attribute(response, "status"), status))
		return problem_set(p, PROBLEM_MALFORMED,
				   "there is no AdhocQueryResponse with a status");
	read_errors(response, f);
	return true;
}
