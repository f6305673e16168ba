/* tests/fuzz/prescription_fuzz.c: any octets as the message of a prescription. What is read has a
 * name for each drug and numbers that are some, and both documents of it are well-formed. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/views/medication_writers.h"
#include "profiles/views/prescription.h"
#include "schemas/tables/medication.h"
#include "schemas/tables/problem.h"
#include "schemas/tables/view_kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_number(const char *text)
{
	size_t length = strlen(text);
	must(length <= VIEW_NUMBER_MOST && strspn(text, "0123456789.") == length);
}

static void check_lines(const struct prescription *p)
{
	for (const struct medication_line *l = p->lines; l != NULL; l = l->next) {
		must(l->drug.text[0] != '\0');
		check_number(l->dose);
		check_number(l->supply);
		check_number(l->daily);
		for (const struct medication_usage *u = l->usages; u != NULL; u = u->next) {
			check_number(u->dose);
			check_number(u->lasting);
		}
	}
}

static void check_documents(struct arena *a, const struct medication_list *list)
{
	struct problem why = { .code = PROBLEM_NONE };
	json_error_t e;
	must(xml_read(a, NULL, medication_write_cda(a, list, "2.25.9"), &why) != NULL);
	struct bytes fhir = medication_write_fhir(a, list, "2.25.9");
	json_t *bundle = json_loadb((const char *)fhir.data, fhir.length, JSON_REJECT_DUPLICATES,
				    &e);
	must(bundle != NULL);
	json_decref(bundle);
}

static void read_one(struct arena *a, struct bytes octets)
{
	struct prescription *p = prescription_read(a, a, octets, NULL, "101^^^&2.999.5&ISO");
	if (p == NULL)
		return;
	check_lines(p);
	p->origin = (struct view_origin){ .document = "2.25.7",
					  .facility = "A",
					  .day = "20240401150000" };
	check_documents(a,
			&(struct medication_list){ .head = { .kind = &view_kinds[VIEW_MEDICATION],
							     .of = "2.25.1",
							     .patient_id = "P1",
							     .patient_domain = "2.999.1",
							     .made_by = "R",
							     .made_by_id = "2.999.10",
							     .device_id = "2.999.10.1",
							     .time = "20240402000000",
							     .person = &p->person },
						   .prescriptions = p });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(256 << 20);
	if (size <= VIEW_MESSAGE_MOST)
		read_one(a, (struct bytes){ data, size });
	arena_destroy(a);
	return 0;
}
