/* gateway/http_routes.h: which way in a request by HTTP takes: by path, method and media type.
 *
 * Whoever has routes tries them one by one, in the order they are to be preferred; what none of
 * them fits is refused with the status that says why (RFC 9110): no such path 404, another method
 * 405 and Allow, another media type 415. HEAD goes where GET does (9.3.2): the door leaves the body
 * out. */
#ifndef GATEWAY_HTTP_ROUTES_H
#define GATEWAY_HTTP_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/tables/problem.h"

struct arena;
struct route;

/* {name}s in one path; octets of Allow. */
enum { HTTP_VALUES_MOST = 4, HTTP_ALLOW = 64 };

/* What stands in a path where its route has {name}. */
struct http_value {
	const char *name, *value;
};

struct http_search {
	struct arena *arena;
	const char *method, *path;
	const struct route *found;                  /* NULL: none yet */
	struct http_value values[HTTP_VALUES_MOST]; /* of the found one's path */
	size_t value_count;
	char allow[HTTP_ALLOW]; /* methods of that path: "GET, HEAD"; "" when it is not known */
};

void http_search_begin(struct http_search *s, struct arena *a, const char *method,
		       const char *path);
/* True: it is this one. A segment {name} of its path fits every segment that is not empty. */
bool http_search_try(struct http_search *s, const struct route *r);
/* False, with the problem, when it was none. */
bool http_search_end(const struct http_search *s, struct problem *p);
/* Whether a body that bears this Content-Type (NULL: none) is of the media type its route takes. */
bool http_media_fits(struct arena *a, const struct route *r, const char *content_type,
		     struct problem *p);

#endif
