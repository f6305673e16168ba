/* gateway/config_running.c: the OIDs a region is known by, compared with those of the daemon that
 * runs: what it keeps is named by them. The store itself is not opened: who only looks must not
 * change it, and it may be another user's. */
#include "gateway/config_running.h"

#include <jansson.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/admin_client.h"
#include "gateway/config.h"

enum { LOOK_EVERY_MS = 250, PATIENCE = 5 * 1000000 };

static const char *const keys[] = { "affinity-domain", "home-community-id",
				    "repository-unique-id" };

static bool is_in_time(void *with)
{
	const int64_t *end = with;
	return system_clock.elapsed(&system_clock) < *end;
}

/* The values in effect; NULL: nobody tells them. A new reference. */
static json_t *ask(const struct configuration *c, struct arena *a)
{
	int64_t end = system_clock.elapsed(&system_clock) + PATIENCE;
	const struct admin_watch watch = {
		.fd = -1, .every_ms = LOOK_EVERY_MS, .look = is_in_time, .with = &end
	};
	const struct admin_question q = { .socket = c->service.socket,
					  .method = "GET",
					  .path = "/admin/configuration",
					  .watch = &watch };
	struct admin_answer answer;
	admin_ask(a, &q, &answer);
	if (!answer.reached || answer.status != 200 || answer.body == NULL)
		return NULL;
	return json_loads(answer.body, 0, NULL);
}

static const char *member(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static const char *running_value(const json_t *rows, const char *key)
{
	const json_t *row;
	size_t n;
	json_array_foreach (rows, n, row)
		if (text_equal(member(row, "section"), "region")
		    && text_equal(member(row, "key"), key))
			return member(row, "value");
	return NULL;
}

static unsigned compare(const struct configuration *c, struct arena *a, const json_t *rows,
			const char *key, FILE *stream)
{
	const struct config_value wanted = { .section = "region", .key = key };
	const struct config_value *said = config_value_of(c->values, &wanted);
	const char *runs = running_value(rows, key);
	if (said == NULL || runs == NULL || text_equal(said->value, runs))
		return 0;
	const struct config_fault f = {
		.place = said->place.file != NULL ? said->place
						  : (struct config_place){ .file = c->path },
		.what = arena_printf(a, "region %s is %s, and the daemon that runs has %s", key,
				     said->value, runs),
		.remedy =
			"put it back: what the store keeps is named by it, and cannot be renamed. "
			"Only while it holds nobody and no document a new start takes another",
	};
	config_tell_fault(&f, stream);
	return 1;
}

unsigned config_running_differs(const struct configuration *c, struct arena *a, FILE *stream)
{
	unsigned count = 0;
	json_t *answer = ask(c, a);
	for (size_t i = 0; answer != NULL && i < COUNT(keys); i++)
		count += compare(c, a, json_object_get(answer, "values"), keys[i], stream);
	json_decref(answer);
	return count;
}
