/* gateway/envelope/ebrim_query.c: query:AdhocQueryRequest -> names and values.
 *
 * ITI TF-2: 3.18.4.1.2.3.5 (coding of values). A value is 'text' with '' for an apostrophe, or a
 * number; several stand in parentheses, separated by commas, spread over Value elements as the
 * sender likes. White space around values is passed over, inside the apostrophes it counts. What is
 * not of that form is refused, never guessed: these values are what a query trusts. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"

/* What the request and its parts hold (ebRS 3.0, query.xsd; ebRIM 3.0, rim.xsd). Name, Description
 * and VersionInfo describe a query and change nothing in it. */
static const struct xml_place in_request[] = { { RS_NAMESPACE, "RequestSlotList", 1 },
					       { QUERY_NAMESPACE, "ResponseOption", 1 },
					       { RIM_NAMESPACE, "AdhocQuery", 1 },
					       { 0 } };
static const struct xml_place in_query[] = { { RIM_NAMESPACE, "Slot", 0 },
					     { RIM_NAMESPACE, "Name", 1 },
					     { RIM_NAMESPACE, "Description", 1 },
					     { RIM_NAMESPACE, "VersionInfo", 1 },
					     { 0 } };
static const struct xml_place in_slot[] = { { RIM_NAMESPACE, "ValueList", 1 }, { 0 } };
static const struct xml_place in_value_list[] = { { RIM_NAMESPACE, "Value", 0 }, { 0 } };
static const struct xml_place nothing[] = { { 0 } };

static bool fits(const struct xml_node *n, const struct xml_place *places, const char *where,
		 struct problem *p)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || problem_at(p, PROBLEM_QUERY_INVALID, where, "%s %s", xml_local(misfit), what);
}

struct values {
	struct arena *arena;
	const char *slot, *at;
	struct query_slot *into;
	struct query_value **last;
	unsigned *total;
	struct problem *problem;
};

static bool refuse(struct values *v, const char *what)
{
	return problem_at(v->problem, PROBLEM_QUERY_INVALID, v->slot, "%s", what);
}

static void skip_space(struct values *v)
{
	v->at += strspn(v->at, " \t\r\n");
}

static bool add(struct values *v, const char *text, bool quoted)
{
	if (++*v->total > QUERY_VALUES_MOST)
		return refuse(v, "the query has more values than we accept");
	*v->last = arena_new(v->arena, struct query_value);
	(*v->last)->text = text;
	(*v->last)->quoted = quoted;
	v->last = &(*v->last)->next;
	v->into->count++;
	return true;
}

/* Where the quoted text ends: at an apostrophe that is not doubled. NULL: nowhere. */
static const char *closing(const char *text)
{
	for (; (text = strchr(text, '\'')) != NULL; text += 2)
		if (text[1] != '\'')
			return text;
	return NULL;
}

static bool read_quoted(struct values *v)
{
	const char *at = v->at + 1, *end = closing(at);
	if (end == NULL)
		return refuse(v, "the value's closing apostrophe is missing");
	char *text = arena_alloc(v->arena, (size_t)(end - at) + 1), *out = text;
	for (; at != end; at++) {
		*out++ = *at;
		at += *at == '\''; /* doubled: one of the two */
	}
	v->at = end + 1;
	return add(v, text, true);
}

/* Without apostrophes: a number, or what some senders forget to quote (6.6 of ITI-18's samples). It
 * ends where a list would go on, and has no apostrophe or parenthesis inside. */
static bool read_bare(struct values *v)
{
	size_t length = strcspn(v->at, ",'()");
	if (v->at[length] == '\'' || v->at[length] == '(' || length == 0)
		return refuse(v, "the value is neither 'text' nor a number");
	const char *text = text_trimmed(v->arena, arena_text_n(v->arena, v->at, length));
	v->at += length;
	return *text == '\0' ? refuse(v, "a value is missing between commas") : add(v, text, false);
}

static bool read_one(struct values *v)
{
	skip_space(v);
	bool done = *v->at == '\'' ? read_quoted(v) : read_bare(v);
	skip_space(v);
	return done;
}

static bool read_value(struct values *v)
{
	skip_space(v);
	if (*v->at == '\0')
		return refuse(v, "a Value is empty");
	bool list = *v->at == '(';
	if (list)
		v->at++;
	if (!read_one(v))
		return false;
	while (list && *v->at == ',') {
		v->at++;
		if (!read_one(v))
			return false;
	}
	if (list && *v->at++ != ')')
		return refuse(v, "a list of values is not closed by a parenthesis");
	skip_space(v);
	return *v->at == '\0' || refuse(v, "there is something after the value");
}

static bool read_slot(struct arena *a, const struct xml_node *n, struct query_slot *s,
		      unsigned *total, struct problem *p)
{
	s->name = xml_attribute(n, "name");
	if (text_empty(s->name))
		return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQuery", "a Slot has no name");
	struct values v = { .arena = a,
			    .slot = s->name,
			    .into = s,
			    .last = &s->values,
			    .total = total,
			    .problem = p };
	const struct xml_node *list = xml_child(n, RIM_NAMESPACE, "ValueList");
	if (!fits(n, in_slot, s->name, p) || !fits(list, in_value_list, s->name, p))
		return false;
	for (const struct xml_node *e = xml_first_element(list); e != NULL;
	     e = xml_next_element(e)) {
		if (xml_first_element(e) != NULL)
			return refuse(&v, "a Value has an element inside");
		v.at = xml_text(a, e);
		if (!read_value(&v))
			return false;
	}
	return true;
}

/* ebRS 3.0: 6.1: what would change the answer and is not done here is refused; the most results a
 * client can take is kept to. Slots of the request are of federated queries. */
static bool read_request_attributes(const struct xml_node *request, struct adhoc_query *q,
				    struct problem *p)
{
	const char *start = xml_attribute(request, "startIndex"),
		   *most = xml_attribute(request, "maxResults"),
		   *federated = xml_attribute(request, "federated");
	if (!text_empty(start) && !text_equal(start, "0"))
		return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQueryRequest/@startIndex",
				  "results are not given in portions here; ask for references");
	if (!text_empty(most) && !text_equal(most, "-1")
	    && (!text_to_number(most, UINT32_MAX, &q->most_results) || q->most_results == 0))
		return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQueryRequest/@maxResults",
				  "\"%s\" is not a number of results", most);
	if (text_equal(federated, "true") || text_equal(federated, "1")
	    || !text_empty(xml_attribute(request, "federation")))
		return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQueryRequest/@federated",
				  "federated queries are not answered here");
	if (xml_first_element(xml_child(request, RS_NAMESPACE, "RequestSlotList")) != NULL)
		return problem_at(p, PROBLEM_QUERY_INVALID, "RequestSlotList",
				  "slots of a request are not read here");
	return true;
}

static bool read_response_option(const struct xml_node *request, struct adhoc_query *q,
				 struct problem *p)
{
	const struct xml_node *option = xml_child(request, QUERY_NAMESPACE, "ResponseOption");
	const char *type = xml_attribute(option, "returnType");
	q->leaf_class = text_equal(type, "LeafClass");
	if (!fits(option, nothing, "ResponseOption", p))
		return false;
	return q->leaf_class || text_equal(type, "ObjectRef")
	       || problem_at(p, PROBLEM_QUERY_INVALID, "ResponseOption",
			     "returnType is \"%s\"; LeafClass and ObjectRef are what we answer",
			     type == NULL ? "" : type);
}

bool ebrim_read_filter(struct arena *a, const struct xml_node *query, struct adhoc_query *q,
		       struct problem *p)
{
	struct query_slot **last = &q->slots;
	unsigned slots = 0, total = 0;
	const char *home = xml_attribute(query, "home"), *id = xml_attribute(query, "id");
	q->home = text_empty(home) ? NULL : home;
	q->id = text_trimmed(a, id == NULL ? "" : id);
	if (!fits(query, in_query, "AdhocQuery", p))
		return false;
	for (const struct xml_node *n = xml_child(query, RIM_NAMESPACE, "Slot"); n != NULL;
	     n = xml_next(n, RIM_NAMESPACE, "Slot")) {
		if (++slots > QUERY_SLOTS_MOST)
			return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQuery",
					  "the query has more than %d slots", QUERY_SLOTS_MOST);
		*last = arena_new(a, struct query_slot);
		if (!read_slot(a, n, *last, &total, p))
			return false;
		last = &(*last)->next;
	}
	return true;
}

bool ebrim_read_query(struct arena *a, const struct xml_node *request, struct adhoc_query *q,
		      struct problem *p)
{
	const struct xml_node *query = xml_child(request, RIM_NAMESPACE, "AdhocQuery");
	if (query == NULL)
		return problem_at(p, PROBLEM_QUERY_INVALID, "AdhocQueryRequest",
				  "there is no AdhocQuery");
	if (!fits(request, in_request, "AdhocQueryRequest", p)
	    || !fits(query, in_query, "AdhocQuery", p) || !read_request_attributes(request, q, p))
		return false;
	const char *id = xml_attribute(query, "id");
	q->id = text_trimmed(a, id == NULL ? "" : id);
	return read_response_option(request, q, p) && ebrim_read_filter(a, query, q, p);
}
