/* tests/fuzz/iti47_fuzz.c: any document as a Patient Demographics Query HL7 V3, or its
 * continuation. What is read can be prepared for the search or is refused with a reason, what is
 * refused names a place, an Individual Number that was seen is in no reason, and either can be
 * answered. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/demographics_match.h"
#include "profiles/pdq/query_v3.h"

static const struct region all_kept;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Against nobody, and against somebody. */
static void compare(struct arena *a, const struct demographics_forms *f)
{
	struct person_name name = { .family = "ヤマダ", .given = "タロウ" };
	struct postal_address address = { .city = "千代田区" };
	struct telecom telecom = { .number = "0312345678" };
	struct patient_demographics d = { .sex = NULL };
	must(demographics_degree(a, f, &d) <= DEMOGRAPHICS_EXACT);
	d = (struct patient_demographics){ .names = &name,
					   .addresses = &address,
					   .telecoms = &telecom,
					   .birth_date = "19410503",
					   .sex = "M",
					   .mothers_maiden_name = "ホンダ" };
	must(demographics_degree(a, f, &d) <= DEMOGRAPHICS_EXACT);
}

static void read_question(const struct person_reader *r, const struct xml_node *query)
{
	struct query_v3 q;
	if (query == NULL || query_v3_has_my_number(r->arena, query, false))
		return;
	bool read = query_v3_read(r, query, &q);
	must(read == (r->problem->code == PROBLEM_NONE));
	if (!read)
		return;
	const struct demographics_forms *f = demographics_prepare(r->arena, &all_kept, &q.sought,
								  r->problem);
	must((f != NULL) == (r->problem->code == PROBLEM_NONE));
	if (f == NULL)
		return;
	must(f->search_count != 0 || q.sought.ids != NULL);
	for (size_t i = 0; i < f->search_count; i++)
		must(f->searches[i].reading != NULL || f->searches[i].name != NULL
		     || f->searches[i].birth != NULL || f->searches[i].insured != NULL);
	for (const struct patient_identifier *id = q.sought.ids; id != NULL; id = id->next)
		must(!text_empty(id->id) && !text_empty(id->universal_id) && id->where != NULL);
	compare(r->arena, f);
}

static void answer(struct arena *a, const struct xml_node *query)
{
	const struct hl7v3_quantities none = { .total = 0 };
	struct problem p = { .code = PROBLEM_NONE };
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "controlActProcess");
	xml_namespace_declare(w, NULL, HL7V3_NAMESPACE);
	hl7v3_write_query_ack(w, query, "AE", &none);
	xml_close(w);
	must(xml_read(a, NULL, xml_writer_end(w), &p) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE }, refused = { .code = PROBLEM_NONE };
	struct hl7_person_rules rules = { .twelve_digit_ids = false };
	struct hl7_person_notes notes = { .refused = 0 };
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	if (d != NULL) {
		const struct xml_node *n = xml_root(d);
		if (xml_is(n, SOAP_NAMESPACE, "Envelope"))
			n = xml_first_element(xml_child(n, SOAP_NAMESPACE, "Body"));
		const struct xml_node *act = xml_child(n, HL7V3_NAMESPACE, "controlActProcess");
		const struct xml_node *query = xml_child(act, HL7V3_NAMESPACE, "queryByParameter");
		struct person_reader r = hl7v3_reader(a, &rules, &notes, &refused);
		struct query_v3_continuation c;
		read_question(&r, query);
		must(refused.code == PROBLEM_NONE || refused.where[0] != '\0');
		answer(a, query);
		refused = (struct problem){ .code = PROBLEM_NONE };
		if (act != NULL)
			must(query_v3_read_continuation(&r, act, &c)
			     == (refused.code == PROBLEM_NONE));
	}
	arena_destroy(a);
	return 0;
}
