/* gateway/admin_request.c: what the operator's request says, member by member. HACKING.md: Admin
 * API. */
#include "gateway/admin_request.h"

#include <jansson.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* One name or value of a query, decoded (application/x-www-form-urlencoded); NULL when it is not
 * that, or no UTF-8, or has an octet 0. */
static const char *decoded(struct arena *a, const char *text, size_t length)
{
	char *out = arena_text_n(a, text, length), *to = out;
	for (const char *from = out; *from != '\0'; from++) {
		int octet = *from == '+' ? ' ' : (unsigned char)*from;
		if (*from == '%') {
			int high = hex(from[1]), low = high < 0 ? -1 : hex(from[2]);
			octet = low < 0 ? 0 : high << 4 | low;
			from += low < 0 ? 0 : 2;
		}
		if (octet == 0)
			return NULL;
		*to++ = (char)octet;
	}
	*to = '\0';
	return text_is_utf8((const unsigned char *)out, strlen(out)) ? out : NULL;
}

static bool add_parameter(struct exchange *x, json_t *object, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals == NULL ? length : (size_t)(equals - text);
	const char *name = decoded(x->arena, text, name_length);
	const char *value = equals == NULL
				    ? ""
				    : decoded(x->arena, equals + 1, length - name_length - 1);
	if (name == NULL || value == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name == NULL ? "" : name,
				  "a parameter of the query cannot be decoded");
	if (json_object_get(object, name) != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name, "'%s' is given twice",
				  name);
	return json_object_set_new(object, name, json_string(value)) == 0
	       || problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
			      "no memory for the parameters of the query");
}

/* The parameters of a GET become the members of an object, all strings. */
static bool read_query(struct exchange *x, const char *query)
{
	while (*query != '\0') {
		size_t length = strcspn(query, "&");
		if (!add_parameter(x, x->json, query, length))
			return false;
		query += length;
		query += *query == '&';
	}
	return true;
}

static bool is_among(const char *words, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = words; at != NULL && *at != '\0';) {
		size_t word = strcspn(at, " ");
		if (word == length && memcmp(at, name, length) == 0)
			return true;
		at += word;
		at += strspn(at, " ");
	}
	return false;
}

static bool check_members(struct exchange *x, const char *taken)
{
	const char *name;
	json_t *value;
	json_object_foreach (x->json, name, value) {
		if (!is_among(taken, name))
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name,
					  "there is no '%s' here; what there is: %s", name,
					  taken == NULL ? "nothing" : taken);
		if (!json_is_string(value))
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name,
					  "'%s' is not a text", name);
		if (text_empty(json_string_value(value)))
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name,
					  "'%s' is empty; leave it out, or say something", name);
	}
	return true;
}

static void release_json(void *what)
{
	json_decref(what);
}

bool admin_request_is_bare(struct problem *p, const char *query, struct bytes body)
{
	if (!text_empty(query))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "this takes no parameters, and '%.100s' was given", query);
	return body.length == 0 || problem_set(p, PROBLEM_REQUEST_INVALID, "this takes no body");
}

bool admin_request_read(struct exchange *x, const char *method, const char *taken,
			const char *query, struct bytes body)
{
	json_error_t error = { .line = 0 };
	bool get = text_equal(method, "GET");
	x->json = get ? json_object()
		      : json_loadb((const char *)body.data, body.length, JSON_REJECT_DUPLICATES,
				   &error);
	if (x->json == NULL)
		return problem_set(&x->problem, PROBLEM_MALFORMED,
				   "the body is not JSON: %s (line %d)", error.text, error.line);
	arena_at_end(x->arena, release_json, x->json);
	if (!json_is_object(x->json))
		return problem_set(&x->problem, PROBLEM_REQUEST_INVALID,
				   "the body is not a JSON object");
	if (get ? !read_query(x, query) || !admin_request_is_bare(&x->problem, NULL, body)
		: !admin_request_is_bare(&x->problem, query, (struct bytes){ NULL, 0 }))
		return false;
	return check_members(x, taken);
}

const char *admin_request_member(const struct exchange *x, const char *name)
{
	return json_string_value(json_object_get(x->json, name));
}
