/* tests/fuzz/iti21_fuzz.c: any octets as a Patient Demographics Query of HL7 v2, of either event.
 * What is read can be prepared for the search or is refused with a reason, what is refused names a
 * place, and an Individual Number that was seen is in no reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "profiles/actors/demographics_match.h"
#include "profiles/pdq/query_v2.h"

static const struct region all_kept;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { QUERY_MOST = 16384 }; /* what the Patient Demographics Supplier looks at */

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const struct charset_leniency leniency = { .when_unsaid = CHARSET_UTF_8,
						  .when_false = CHARSET_WINDOWS_31J,
						  .misnamed = true };

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

static void prepare(struct arena *a, const struct query_v2 *q)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct demographics_forms *f = demographics_prepare(a, &all_kept, &q->sought, &p);
	must((f != NULL) == (p.code == PROBLEM_NONE));
	must(f != NULL || p.where[0] != '\0');
	if (f == NULL)
		return;
	must(f->search_count != 0 || q->sought.ids != NULL);
	for (size_t i = 0; i < f->search_count; i++)
		must(f->searches[i].reading != NULL || f->searches[i].name != NULL
		     || f->searches[i].birth != NULL || f->searches[i].insured != NULL);
	compare(a, f);
}

static void read_query(const struct hl7_message *m, bool visits)
{
	static const struct hl7_person_rules rules = { .twelve_digit_ids = false };
	struct hl7_person_notes notes = { .refused = 0 };
	struct problem p = { .code = PROBLEM_NONE };
	struct query_v2 q;
	const struct hl7_segment *qpd = hl7_only_segment(m, "QPD", &p);
	if (qpd == NULL || query_v2_has_my_number(m, false))
		return;
	bool read = query_v2_read(m, qpd, visits, &rules, &notes, &q, &p);
	must(read == (p.code == PROBLEM_NONE));
	must(read || p.where[0] != '\0');
	if (!read)
		return;
	must(q.pointer == NULL || q.pointer[0] != '\0');
	for (const struct patient_identifier *id = q.sought.ids; id != NULL; id = id->next)
		must(!text_empty(id->id) && !text_is_my_number(id->id) && id->where != NULL);
	prepare(m->arena, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct hl7_message *m;
	if (size <= QUERY_MOST && hl7_parse(a, (struct bytes){ data, size }, &leniency, &m, &p)) {
		read_query(m, false);
		read_query(m, true);
	}
	arena_destroy(a);
	return 0;
}
