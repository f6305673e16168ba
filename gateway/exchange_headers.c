/* gateway/exchange_headers.c: which of a message's own headers the message log keeps. */
#include "gateway/exchange_headers.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/soap.h"
#include "gateway/journey.h"
#include "store/exchange_log.h"

/* Not among them, and not to be: Authorization, Cookie, and whatever else lets somebody in. */
static const char *const http_fields[] = {
	"Content-Type", "Content-Length", "Transfer-Encoding", "Expect",
	"SOAPAction",   "Accept",         "User-Agent",        "traceparent",
};

static const struct soap_row {
	const char *name;
	size_t member; /* of struct soap_message: a text */
	bool address;
} soap_rows[] = {
	{ .name = "wsa:Action", .member = offsetof(struct soap_message, action) },
	{ .name = "wsa:MessageID", .member = offsetof(struct soap_message, message_id) },
	{ .name = "wsa:RelatesTo", .member = offsetof(struct soap_message, relates_to) },
	{ .name = "wsa:To", .member = offsetof(struct soap_message, to), .address = true },
	{ .name = "wsa:ReplyTo",
	  .member = offsetof(struct soap_message, reply_to),
	  .address = true },
	{ .name = "wsa:FaultTo",
	  .member = offsetof(struct soap_message, fault_to),
	  .address = true },
};

/* MSH-8 is a password of the application's, where there is one. */
static const struct msh_row {
	const char *name;
	unsigned field;
} msh_rows[] = {
	{ "MSH-3", 3 },   { "MSH-4", 4 },   { "MSH-5", 5 },   { "MSH-6", 6 },
	{ "MSH-7", 7 },   { "MSH-9", 9 },   { "MSH-10", 10 }, { "MSH-11", 11 },
	{ "MSH-12", 12 }, { "MSH-15", 15 }, { "MSH-16", 16 }, { "MSH-18", 18 },
};

static_assert(2 + COUNT(http_fields) + COUNT(soap_rows) <= EXCHANGE_HEADERS_MOST
		      && COUNT(msh_rows) <= EXCHANGE_HEADERS_MOST,
	      "each has its place");

struct headers {
	struct arena *arena;
	struct exchange_header_note *out;
	size_t count;
};

static void add(struct headers *h, const char *name, const char *value)
{
	if (!text_empty(value))
		h->out[h->count++] = (struct exchange_header_note){ name, value };
}

/* Without the user of its authority and without a query: passwords are put there. */
static const char *bare_address(struct arena *a, const char *address)
{
	size_t length = address == NULL ? 0 : strcspn(address, "?#");
	const char *authority = address == NULL ? NULL : strstr(address, "://");
	if (authority == NULL || authority > address + length)
		return address == NULL ? NULL : arena_text_n(a, address, length);
	authority += strlen("://");
	size_t scheme = (size_t)(authority - address), rest = length - scheme;
	const char *end = memchr(authority, '/', rest), *at = authority;
	size_t within = end == NULL ? rest : (size_t)(end - authority);
	for (size_t i = 0; i < within; i++)
		if (authority[i] == '@')
			at = authority + i + 1;
	return arena_printf(a, "%.*s%.*s", (int)scheme, address,
			    (int)(rest - (size_t)(at - authority)), at);
}

/* What a route's path names may be a patient: of such a one it is the route's own. */
static const char *path_of(const struct journey *j)
{
	if (j->road != &soap_road)
		return j->route == NULL ? NULL : j->route->detail;
	if (j->x.transaction != NULL)
		return j->head->path;
	/* It was refused before the path was looked at, or is none of ours. */
	for (enum actor a = 0; a < ACTOR_COUNT; a++)
		if (text_equal(actor_path(a), j->head->path))
			return actor_path(a);
	return NULL;
}

static void add_http(struct headers *h, const struct journey *j)
{
	add(h, "method", j->head->method);
	add(h, "path", path_of(j));
	for (size_t i = 0; i < COUNT(http_fields); i++)
		add(h, http_fields[i], head_header(j->head, http_fields[i]));
}

static void add_soap(struct headers *h, const struct soap_message *m)
{
	for (size_t i = 0; i < COUNT(soap_rows); i++) {
		const char *value;
		memcpy(&value, (const char *)m + soap_rows[i].member, sizeof value);
		add(h, soap_rows[i].name,
		    soap_rows[i].address ? bare_address(h->arena, value) : value);
	}
}

static void add_msh(struct headers *h, const struct hl7_message *m)
{
	for (size_t i = 0; i < COUNT(msh_rows); i++) {
		struct hl7_part p = hl7_field(m->segments, msh_rows[i].field);
		if (p.length > 0)
			add(h, msh_rows[i].name, arena_text_n(h->arena, p.text, p.length));
	}
}

size_t exchange_headers(struct arena *a, const struct journey *j, struct exchange_header_note *out)
{
	struct headers h = { .arena = a, .out = out };
	if (j->x.hl7 != NULL)
		add_msh(&h, j->x.hl7);
	else if (j->head->door != DOOR_MLLP && j->head->door != DOOR_SYSLOG)
		add_http(&h, j);
	if (j->x.soap != NULL)
		add_soap(&h, j->x.soap);
	return h.count;
}
