/* profiles/ssmix2/watch_refused.c: what a watched storage holds and could not be taken in. */
#include "profiles/ssmix2/watch_refused.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

enum { CHAINS = 4096 }; /* by the lowest bits of the patient's number */

/* One patient's. */
struct refused {
	uint64_t patient;
	int64_t tried;
	unsigned long look; /* in which he was met last */
	size_t count;
	json_t *lines;
	struct refused *next;
};

struct refused_files {
	pthread_mutex_t lock;
	struct refused *first[CHAINS];
	unsigned long look;
	size_t count, told;
};

struct refused_files *refused_create(void)
{
	struct refused_files *r = calloc(1, sizeof *r);
	if (r != NULL)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

static struct refused **find(struct refused_files *r, uint64_t patient)
{
	struct refused **at = &r->first[patient % CHAINS];
	while (*at != NULL && (*at)->patient != patient)
		at = &(*at)->next;
	return at;
}

static void take_away(struct refused_files *r, struct refused **at)
{
	struct refused *gone = *at;
	*at = gone->next;
	r->count -= gone->count;
	r->told -= json_array_size(gone->lines);
	json_decref(gone->lines);
	free(gone);
}

void refused_destroy(struct refused_files *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < CHAINS; i++)
		while (r->first[i] != NULL)
			take_away(r, &r->first[i]);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

void refused_begin(struct refused_files *r)
{
	pthread_mutex_lock(&r->lock);
	r->look++;
	pthread_mutex_unlock(&r->lock);
}

void refused_end(struct refused_files *r)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < CHAINS; i++)
		for (struct refused **at = &r->first[i]; *at != NULL;)
			if ((*at)->look != r->look)
				take_away(r, at);
			else
				at = &(*at)->next;
	pthread_mutex_unlock(&r->lock);
}

bool refused_met(struct refused_files *r, uint64_t patient, int64_t *tried)
{
	pthread_mutex_lock(&r->lock);
	struct refused *is = *find(r, patient);
	if (is != NULL) {
		is->look = r->look;
		*tried = is->tried;
	}
	pthread_mutex_unlock(&r->lock);
	return is != NULL;
}

static const char *text_in(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));
	return text == NULL ? "" : text;
}

/* Since when that was refused for that reason. */
static json_int_t since_when(const struct refused *before, const json_t *fault, instant now)
{
	size_t n = before == NULL ? 0 : json_array_size(before->lines);
	for (size_t i = 0; i < n; i++) {
		const json_t *line = json_array_get(before->lines, i);
		if (text_equal(text_in(line, "path"), text_in(fault, "path"))
		    && text_equal(text_in(line, "what"), text_in(fault, "what")))
			return json_integer_value(json_object_get(line, "since"));
	}
	return (json_int_t)now;
}

static void add_line(struct refused_files *r, struct refused *one, const struct refused *before,
		     const json_t *fault, instant now)
{
	one->count++;
	if (r->told + json_array_size(one->lines) >= REFUSED_MOST)
		return;
	json_array_append_new(one->lines,
			      json_pack("{s:s, s:s, s:I}", "path", text_in(fault, "path"), "what",
					text_in(fault, "what"), "since",
					since_when(before, fault, now)));
}

/* All of one patient's; NULL: there is none, or no memory. */
static struct refused *made_of(struct refused_files *r, const struct refused *before,
			       const json_t *lines, instant now)
{
	struct refused *one = calloc(1, sizeof *one);
	if (one == NULL)
		return NULL;
	one->look = r->look;
	one->lines = json_array();
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *fault = json_object_get(json_array_get(lines, i), "fault");
		if (fault != NULL)
			add_line(r, one, before, fault, now);
	}
	if (one->count != 0)
		return one;
	json_decref(one->lines);
	free(one);
	return NULL;
}

static void put_first(struct refused_files *r, struct refused *one)
{
	struct refused **chain = &r->first[one->patient % CHAINS];
	one->next = *chain;
	*chain = one;
	r->count += one->count;
	r->told += json_array_size(one->lines);
}

void refused_put(struct refused_files *r, uint64_t patient, const json_t *lines, instant now,
		 int64_t tried)
{
	pthread_mutex_lock(&r->lock);
	struct refused **before = find(r, patient);
	struct refused *one = made_of(r, *before, lines, now);
	if (*before != NULL)
		take_away(r, before);
	if (one != NULL) {
		one->patient = patient;
		one->tried = tried;
		put_first(r, one);
	}
	pthread_mutex_unlock(&r->lock);
}

/* The path is the asked one, or below it. */
static bool is_below(const char *path, const char *asked)
{
	size_t length = strlen(asked);
	return strncmp(path, asked, length) == 0
	       && (path[length] == '\0' || path[length] == '/' || asked[length - 1] == '/');
}

static bool is_meant(const struct refused *one, const char *path)
{
	if (text_empty(path))
		return true;
	for (size_t i = 0; i < json_array_size(one->lines); i++)
		if (is_below(text_in(json_array_get(one->lines, i), "path"), path))
			return true;
	return false;
}

size_t refused_release(struct refused_files *r, const char *path)
{
	size_t count = 0;
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < CHAINS; i++)
		for (struct refused *one = r->first[i]; one != NULL; one = one->next)
			if (is_meant(one, path)) {
				one->tried = INT64_MIN;
				count += one->count;
			}
	pthread_mutex_unlock(&r->lock);
	return count;
}

size_t refused_count(struct refused_files *r)
{
	pthread_mutex_lock(&r->lock);
	size_t count = r->count;
	pthread_mutex_unlock(&r->lock);
	return count;
}

json_t *refused_list(struct refused_files *r)
{
	json_t *all = json_array();
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < CHAINS && all != NULL; i++)
		for (struct refused *one = r->first[i]; one != NULL; one = one->next) {
			json_t *lines = json_deep_copy(one->lines);
			json_array_extend(all, lines);
			json_decref(lines);
		}
	pthread_mutex_unlock(&r->lock);
	return all;
}
