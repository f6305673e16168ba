/* store/names.c: names of domains and systems as short numbers. */
#include "store/names.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/region.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/numbers.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1, TAG_NUMBER = 1, TAG_NAME = 1 };

/* A region has some hundreds; those for which there is no place are read each time. */
enum { REMEMBERED = 4096, PLACES = 4 };

/* ---- What is remembered ---- */

/* Never changed, and there until the store is closed: whoever reads it need not hold it. */
struct name {
	uint64_t generation; /* of the engine: what another one had committed may be gone */
	uint64_t number;
	struct name *former; /* whose place it took */
	char text[];
};

struct names {
	_Atomic(struct name *) by_number[REMEMBERED], by_text[REMEMBERED];
};

struct names *names_create(void)
{
	struct names *n = malloc(sizeof *n);
	for (size_t i = 0; n != NULL && i < REMEMBERED; i++) {
		atomic_init(&n->by_number[i], NULL);
		atomic_init(&n->by_text[i], NULL);
	}
	return n;
}

static void forget(struct name *one)
{
	while (one != NULL) {
		struct name *former = one->former;
		free(one);
		one = former;
	}
}

void names_destroy(struct names *n)
{
	for (size_t i = 0; n != NULL && i < REMEMBERED; i++) {
		forget(atomic_load(&n->by_number[i]));
		forget(atomic_load(&n->by_text[i]));
	}
	free(n);
}

/* FNV-1a. */
static size_t place_of_text(const char *text)
{
	uint32_t sum = 2166136261u;
	for (; *text != '\0'; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619u;
	return sum % REMEMBERED;
}

static const struct name *recall_text(struct store_txn *t, const char *text)
{
	struct names *n = store_names(t);
	size_t at = place_of_text(text);
	for (unsigned i = 0; n != NULL && i < PLACES; i++) {
		const struct name *one = atomic_load_explicit(&n->by_text[(at + i) % REMEMBERED],
							      memory_order_acquire);
		if (one != NULL && one->generation == store_generation(t)
		    && strcmp(one->text, text) == 0)
			return one;
	}
	return NULL;
}

static const struct name *recall_number(struct store_txn *t, uint64_t number)
{
	struct names *n = store_names(t);
	const struct name *one = n == NULL
					 ? NULL
					 : atomic_load_explicit(&n->by_number[number % REMEMBERED],
								memory_order_acquire);
	return one != NULL && one->generation == store_generation(t) && one->number == number
		       ? one
		       : NULL;
}

/* False: another one is there. */
static bool take_place(_Atomic(struct name *) *place, struct name *one)
{
	one->former = atomic_load(place);
	return (one->former == NULL || one->former->generation < one->generation)
	       && atomic_compare_exchange_strong(place, &one->former, one);
}

static struct name *name_new(struct store_txn *t, uint64_t number, const char *text)
{
	size_t length = strlen(text) + 1;
	struct name *one = malloc(sizeof *one + length);
	if (one != NULL) {
		*one = (struct name){ .generation = store_generation(t), .number = number };
		memcpy(one->text, text, length);
	}
	return one;
}

static void remember(struct store_txn *t, uint64_t number, const char *text)
{
	struct names *n = store_names(t);
	if (n == NULL || store_numbers(t) != NULL)
		return; /* a job's may be undone */
	struct name *one = name_new(t, number, text);
	if (one != NULL && !take_place(&n->by_number[number % REMEMBERED], one))
		free(one);
	struct name *other = name_new(t, number, text);
	bool placed = other == NULL;
	size_t at = place_of_text(text);
	for (unsigned i = 0; !placed && i < PLACES; i++)
		placed = take_place(&n->by_text[(at + i) % REMEMBERED], other);
	if (!placed)
		free(other);
}

/* ---- Rows ---- */

static struct key text_key(const char *name)
{
	struct key k;
	key_begin(&k, SPACE_NAME);
	key_text(&k, name);
	return k;
}

static struct key number_key(uint64_t number)
{
	struct key k;
	key_begin(&k, SPACE_NAMED);
	key_short(&k, number);
	return k;
}

static bool read_number(struct bytes row, uint64_t *number)
{
	struct record_reader r = record_read(row);
	*number = 0;
	while (record_next(&r))
		if (r.tag == TAG_NUMBER)
			*number = record_as_number(&r);
	return !r.broken && *number != 0;
}

static const char *read_name(struct bytes row)
{
	struct record_reader r = record_read(row);
	const char *name = NULL;
	while (record_next(&r))
		if (r.tag == TAG_NAME)
			name = record_as_text(&r);
	return r.broken ? NULL : name;
}

bool name_find(struct store_txn *t, const char *name, uint64_t *number)
{
	struct key k = text_key(name);
	struct bytes row;
	const struct name *known = recall_text(t, name);
	if (known != NULL) {
		*number = known->number;
		return true;
	}
	if (!store_get(t, key_span(&k), store_arena(t), &row))
		return false;
	if (!read_number(row, number))
		return store_damaged(t, "the number of a name cannot be read");
	remember(t, *number, name);
	return true;
}

const char *name_text(struct store_txn *t, struct arena *a, uint64_t number)
{
	struct key k = number_key(number);
	struct bytes row;
	const struct name *known = recall_number(t, number);
	if (known != NULL)
		return known->text;
	if (!store_get(t, key_span(&k), a, &row))
		return NULL;
	const char *name = read_name(row);
	if (name == NULL)
		store_damaged(t, "the name of a number cannot be read");
	else
		remember(t, number, name);
	return name;
}

static bool put_both(struct store_txn *t, const char *name, uint64_t number)
{
	struct key by_text = text_key(name), by_number = number_key(number);
	struct record_writer n = record_begin(store_arena(t), VERSION),
			     m = record_begin(store_arena(t), VERSION);
	record_number(&n, TAG_NUMBER, number);
	record_text(&m, TAG_NAME, name);
	return store_put(t, key_span(&by_text), record_end(&n))
	       && store_put(t, key_span(&by_number), record_end(&m));
}

uint64_t name_number(struct store_txn *t, const char *name)
{
	uint64_t number = 0;
	if (name_find(t, name, &number))
		return number;
	if (store_failed(t))
		return 0;
	number = number_next(t, NUMBER_NAME);
	return number != 0 && put_both(t, name, number) ? number : 0;
}

/* ---- A region's ---- */

typedef bool each_name(struct store_txn *t, const char *name);

static bool is_known(struct store_txn *t, const char *name)
{
	uint64_t number;
	return name_find(t, name, &number) && name_text(t, store_arena(t), number) != NULL;
}

static bool is_given(struct store_txn *t, const char *name)
{
	return name_number(t, name) != 0;
}

static bool for_all(struct store_txn *t, const struct region *r, each_name *each)
{
	bool all = each(t, r->affinity_domain); /* what we make ourselves */
	for (size_t i = 0; all && i < r->domain_count; i++)
		all = each(t, r->domains[i].universal_id);
	for (size_t i = 0; all && i < r->system_count; i++)
		all = each(t, r->systems[i].name);
	for (size_t i = 0; all && i < r->partner_count; i++)
		all = each(t, r->partners[i].name);
	return all;
}

static bool give_all(void *with, struct store_txn *t, struct problem *p)
{
	return for_all(t, with, is_given)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

/* And are remembered from now on. */
static bool are_known(struct store *s, const struct region *r, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	bool known = t != NULL && for_all(t, r, is_known);
	if (t != NULL && store_failed(t))
		*p = *store_problem(t);
	store_end(t);
	return known;
}

bool names_of_region(struct store *s, const struct region *r, struct problem *p)
{
	bool known = are_known(s, r, p)
		     || (p->code == PROBLEM_NONE && store_write(s, give_all, (void *)r, p)
			 && are_known(s, r, p));
	if (known || p->code != PROBLEM_STORE_FULL)
		return known;
	*p = (struct problem){ .code = PROBLEM_NONE };
	return true;
}

/* ---- Its check ---- */

static void look_at_name(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	const char *name = key_read_text(&r), *told = NULL;
	struct bytes row;
	uint64_t number = 0;
	if (key_read_end(&r) && read_number(value, &number)) {
		struct key back = number_key(number);
		if (store_get(check_txn(c), key_span(&back), check_arena(c), &row))
			told = read_name(row);
	}
	if (told == NULL || !text_equal(told, name))
		check_finding(c, "the name %s has no number that is its own", name);
}

static void look_at_number(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	uint64_t number = key_read_short(&r), told = 0;
	const char *name = key_read_end(&r) ? read_name(value) : NULL;
	struct bytes row;
	if (name != NULL) {
		struct key back = text_key(name);
		if (!store_get(check_txn(c), key_span(&back), check_arena(c), &row)
		    || !read_number(row, &told))
			told = 0;
	}
	if (told == 0 || told != number)
		check_finding(c, "number %llu is that of no name", (unsigned long long)number);
}

const struct check_module names_check = {
	.name = "names",
	.rows = (const struct check_row[]){ { SPACE_NAME, "names", look_at_name },
					    { SPACE_NAMED, "numbers of names", look_at_number },
					    { 0 } },
};
