/* tests/fuzz/soap_fuzz.c: any document as a SOAP request and as an answer. What is refused is
 * answered by a fault that opens; what is accepted has what was promised. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(struct arena *a, const struct problem *told, const struct soap_message *m)
{
	struct xml_writer *w = xml_writer_begin(a);
	struct problem p = { 0 };
	struct soap_message fault;
	soap_write_fault(w, &(struct soap_fault_message){ .problem = told,
							  .message_id = "urn:uuid:2",
							  .relates_to = m->message_id,
							  .parameters = m->reply_parameters,
							  .soap_action = m->action,
							  .request = m });
	if (!soap_open_answer(a, xml_read(a, NULL, xml_writer_end(w), &p), NULL, &fault, &p)
	    || fault.fault == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { 0 }, refused = { 0 }, ignored = { 0 };
	struct soap_message m;
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	if (d != NULL) {
		bool opened = soap_open(a, d, &m, &refused);
		if (opened != (refused.code == PROBLEM_NONE))
			abort();
		if (opened && (m.action == NULL || m.message_id == NULL))
			abort();
		if (!opened)
			check_fault(a, &refused, &m);
		soap_open_answer(a, d, "urn:uuid:1", &m, &ignored);
	}
	arena_destroy(a);
	return 0;
}
