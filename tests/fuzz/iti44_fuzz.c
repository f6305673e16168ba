/* tests/fuzz/iti44_fuzz.c: any document as the body of an HL7 v3 feed. What is read names a patient
 * by ids that are not empty; what is refused is said so; and either can be answered. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ids(const struct patient_identifier *ids)
{
	if (ids == NULL)
		abort();
	for (; ids != NULL; ids = ids->next)
		if (ids->id == NULL || *ids->id == '\0' || ids->where == NULL)
			abort();
}

static void check_answer(struct arena *a, const struct hl7v3_message *m, const struct problem *told)
{
	struct xml_writer *w = xml_writer_begin(a);
	struct problem p = { 0 };
	hl7v3_write_accept(w, &(struct hl7v3_answer){ .interaction = "MCCI_IN000002UV01",
						      .acknowledgement = "CE",
						      .request = m,
						      .device_id = "2.999.10",
						      .random = &system_random,
						      .problem = told });
	if (xml_read(a, NULL, xml_writer_end(w), &p) == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { 0 }, refused = { 0 };
	struct hl7v3_message m;
	struct identity_feed feed;
	struct hl7_person_notes notes = { .refused = 0 };
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	if (d != NULL) {
		const struct xml_node *n = xml_root(d);
		if (xml_is(n, SOAP_NAMESPACE, "Envelope"))
			n = xml_first_element(xml_child(n, SOAP_NAMESPACE, "Body"));
		if (n == NULL)
			n = xml_root(d);
		bool opened = hl7v3_open(a, n, &m, &refused)
			      && hl7v3_read_feed(a, &m, NULL, &notes, &feed, &refused);
		if (opened != (refused.code == PROBLEM_NONE))
			abort();
		if (opened)
			check_ids(feed.ids);
		check_answer(a, &m, &refused);
	}
	arena_destroy(a);
	return 0;
}
