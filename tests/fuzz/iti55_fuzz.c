/* tests/fuzz/iti55_fuzz.c: any document as a Cross Gateway Patient Discovery, its header included.
 * What is read can be prepared for the search or is refused with a reason, what is refused names a
 * place, a duration has a bound, and somebody can be held against it. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/patient_discovery.h"
#include "profiles/pdq/query_v3.h"
#include "profiles/xcpd/time_to_live.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void read_time_to_live(struct arena *a, const struct xml_node *envelope)
{
	const struct soap_message m = { .header = xml_child(envelope, SOAP_NAMESPACE, "Header") };
	struct problem p = { .code = PROBLEM_NONE };
	int64_t seconds = -1;
	bool read = time_to_live_read(a, &m, &seconds, &p);
	must(read == (p.code == PROBLEM_NONE));
	must(!read || (seconds >= 0 && seconds <= (int64_t)36500 * 86400));
	must(read || p.where[0] != '\0');
}

static void read_question(const struct person_reader *r, const struct xml_node *query)
{
	static const struct region region = { .community_domain = "2.999.1.77",
					      .affinity_domain = "2.999.1" };
	static const struct partner west = { .name = "west" };
	struct query_v3 q;
	if (query == NULL || query_v3_has_my_number(r->arena, query, false))
		return;
	bool read = query_v3_read_discovery(r, query, &q);
	must(read == (r->problem->code == PROBLEM_NONE));
	must(q.unkept_count <= QUERY_V3_UNKEPT);
	if (!read)
		return;
	struct discovery_question asked = { .sought = &q.sought,
					    .community = &west,
					    .own_domain = "2.999.30.1" };
	bool prepared = patient_discovery_prepare(r->arena, &region, &asked, r->problem);
	must(prepared == (r->problem->code == PROBLEM_NONE));
	must(!prepared || asked.described != NULL || q.sought.ids != NULL);
	must(q.sought.domains == NULL && q.quantity == 0);
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
		if (xml_is(n, SOAP_NAMESPACE, "Envelope")) {
			read_time_to_live(a, n);
			n = xml_first_element(xml_child(n, SOAP_NAMESPACE, "Body"));
		}
		const struct xml_node *act = xml_child(n, HL7V3_NAMESPACE, "controlActProcess");
		struct person_reader r = hl7v3_reader(a, &rules, &notes, &refused);
		read_question(&r, xml_child(act, HL7V3_NAMESPACE, "queryByParameter"));
		must(refused.code == PROBLEM_NONE || refused.where[0] != '\0');
	}
	arena_destroy(a);
	return 0;
}
