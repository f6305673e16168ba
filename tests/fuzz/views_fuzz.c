/* tests/fuzz/views_fuzz.c: any octets as the messages of each kind of view. Whatever is read, both
 * documents of it are well-formed, and say the same number of items. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/views/view_read.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/problem.h"
#include "schemas/tables/view_kinds.h"
#include "schemas/tables/views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static size_t items_of(const struct view_source *s)
{
	size_t count = 0;
	for (; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next)
			count += !i->withdrawn && !i->withdraws;
	return count;
}

/* Composition, Patient, Device and Organization, and the items. */
static void check_fhir(struct arena *a, const struct view_list *list)
{
	json_error_t e;
	struct bytes fhir = view_write_fhir(a, list, "2.25.9");
	json_t *bundle = json_loadb((const char *)fhir.data, fhir.length, JSON_REJECT_DUPLICATES,
				    &e);
	must(bundle != NULL);
	must(json_array_size(json_object_get(bundle, "entry")) == 4 + items_of(list->sources));
	json_decref(bundle);
}

static void check_cda(struct arena *a, const struct view_list *list)
{
	struct problem why = { .code = PROBLEM_NONE };
	struct bytes cda = view_write_cda(a, list, "2.25.9");
	const unsigned char *at = cda.data, *end = at + cda.length;
	size_t count = 0;
	must(xml_read(a, NULL, cda, &why) != NULL);
	while ((at = memmem(at, (size_t)(end - at), "<entry ", 7)) != NULL) {
		count++;
		at++;
	}
	must(count == items_of(list->sources));
}

/* Each message of it that can be read, one before the other; as many as views are made of. */
static struct view_source *read_each(struct arena *a, const struct view_table *table,
				     struct bytes octets)
{
	struct view_source *newest = NULL;
	for (unsigned n = 0; octets.length != 0 && n < VIEW_SOURCES_MOST; n++) {
		const unsigned char *end = memmem(octets.data, octets.length, "\nMSH|", 5);
		size_t length = end == NULL ? octets.length : (size_t)(end - octets.data) + 1;
		struct view_source *s = view_read(a, a, (struct bytes){ octets.data, length },
						  table, NULL, "101^^^&2.999.5&ISO");
		octets = (struct bytes){ octets.data + length, octets.length - length };
		if (s == NULL)
			continue;
		s->origin = (struct view_origin){ .document = arena_printf(a, "2.25.%u", n),
						  .system = "a",
						  .facility = "A",
						  .day = "20240401150000",
						  .created = "20240401150000" };
		s->next = newest;
		newest = s;
	}
	return newest;
}

static void read_as(struct arena *a, enum view_kind kind, struct bytes octets)
{
	const struct view_table *table = view_table_of(kind);
	struct view_source *s = read_each(a, table, octets);
	if (s == NULL)
		return;
	view_withdraw(a, s);
	view_pair(a, table, s);
	const struct view_list list = { .head = { .kind = &view_kinds[kind],
						  .of = "2.25.1",
						  .patient_id = "P1",
						  .patient_domain = "2.999.1",
						  .made_by = "R",
						  .made_by_id = "2.999.10",
						  .device_id = "2.999.10.1",
						  .time = "20240402000000",
						  .person = &s->person },
					.table = table,
					.sources = s };
	check_cda(a, &list);
	check_fhir(a, &list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum view_kind kind = VIEW_LABORATORY; kind < VIEW_KINDS; kind++) {
		struct arena *a = arena_create(256 << 20);
		if (size <= VIEW_MESSAGE_MOST)
			read_as(a, kind, (struct bytes){ data, size });
		arena_destroy(a);
	}
	return 0;
}
