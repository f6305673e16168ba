/* gateway/client/probe_question.c: what a door that speaks SOAP is tried with: a stored query
 * without parameters. It names nobody, and changes nothing, whoever takes it. */
#include "gateway/client/probe.h"

#include "gateway/client/soap_call.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_writer.h"

static void write_stored_query(struct xml_writer *w, const void *what)
{
	(void)what;
	xml_open(w, "query:AdhocQueryRequest");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	xml_open(w, "query:ResponseOption");
	xml_put_attribute(w, "returnComposedObjects", "true");
	xml_put_attribute(w, "returnType", "ObjectRef");
	xml_close(w);
	xml_open(w, "rim:AdhocQuery");
	xml_put_attribute(w, "id", "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d");
	xml_close(w);
	xml_close(w);
}

const struct soap_call probe_stored_query = { .action = "urn:ihe:iti:2007:RegistryStoredQuery",
					      .write = write_stored_query };
