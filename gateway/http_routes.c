/* gateway/http_routes.c: which way in a request by HTTP takes. */
#include "gateway/http_routes.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/content_type.h"
#include "profiles/transaction.h"

void http_search_begin(struct http_search *s, struct arena *a, const char *method, const char *path)
{
	*s = (struct http_search){ .arena = a, .method = method, .path = path };
}

/* Segment by segment. False: the path is another; what was kept of it counts for nothing. */
static bool path_fits(struct http_search *s, const char *pattern)
{
	const char *path = s->path;
	s->value_count = 0;
	while (*pattern == '/' && *path == '/') {
		size_t wanted = strcspn(++pattern, "/"), length = strcspn(++path, "/");
		if (*pattern == '{' && length > 0 && s->value_count < HTTP_VALUES_MOST)
			s->values[s->value_count++] = (struct http_value){
				.name = arena_text_n(s->arena, pattern + 1, wanted - 2),
				.value = arena_text_n(s->arena, path, length),
			};
		else if (*pattern == '{' || wanted != length || memcmp(pattern, path, length) != 0)
			return false;
		pattern += wanted;
		path += length;
	}
	return *pattern == '\0' && *path == '\0';
}

/* A path has few methods, and no method's name is within another's. */
static void allow(struct http_search *s, const char *method)
{
	size_t used = strlen(s->allow);
	if (strstr(s->allow, method) != NULL || used + strlen(method) + 3 > sizeof s->allow)
		return;
	if (used > 0)
		strcat(s->allow, ", ");
	strcat(s->allow, method);
}

bool http_search_try(struct http_search *s, const struct route *r)
{
	if (!path_fits(s, r->detail))
		return false;
	bool gets = text_equal(r->request, "GET");
	if (text_equal(s->method, r->request) || (gets && text_equal(s->method, "HEAD"))) {
		s->found = r;
		return true;
	}
	allow(s, r->request);
	if (gets)
		allow(s, "HEAD");
	return false;
}

bool http_search_end(const struct http_search *s, struct problem *p)
{
	if (s->found != NULL)
		return true;
	return s->allow[0] == '\0'
		       ? problem_set(p, PROBLEM_PATH_UNKNOWN, "there is nothing at %s", s->path)
		       : problem_set(p, PROBLEM_METHOD, "%s does not take %s, but %s", s->path,
				     s->method, s->allow);
}

bool http_media_fits(struct arena *a, const struct route *r, const char *content_type,
		     struct problem *p)
{
	struct content_type type;
	if (content_type_read(a, content_type, &type) && text_equal(type.media, r->media))
		return true;
	return problem_at(p, PROBLEM_MEDIA_TYPE, "Content-Type", "%s takes %s, not '%.100s'",
			  r->detail, r->media, content_type == NULL ? "" : content_type);
}
