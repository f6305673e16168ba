/* profiles/dsub/wsnt.c: how Document Metadata Subscription names things on the wire. */
#include "profiles/dsub/wsnt.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"

static const char *const topics[TOPIC_COUNT] = {
	[TOPIC_FULL_DOCUMENT_ENTRY] = "ihe:FullDocumentEntry",
	[TOPIC_MINIMAL_DOCUMENT_ENTRY] = "ihe:MinimalDocumentEntry",
	[TOPIC_SUBMISSION_SET] = "ihe:SubmissionSetMetadata",
	[TOPIC_FOLDER] = "ihe:FolderMetadata",
};

const char *wsnt_topic_name(enum subscription_topic topic)
{
	return topics[topic];
}

enum subscription_topic wsnt_topic_named(const char *name)
{
	for (unsigned i = TOPIC_NONE + 1; i < TOPIC_COUNT; i++)
		if (text_equal(topics[i], name))
			return i;
	return TOPIC_NONE;
}

const char *wsnt_reference(struct arena *a, const struct subscription *s)
{
	return wsnt_address(a, s->reference, s->id);
}

const char *wsnt_address(struct arena *a, const char *reference, const char *id)
{
	return arena_printf(a, "%s/%s", reference, id);
}

void wsnt_put_endpoint(struct xml_writer *w, const char *name, const char *address)
{
	xml_open(w, name);
	xml_element_text(w, "wsa:Address", address);
	xml_close(w);
}

const char *wsnt_resource(const struct exchange *x)
{
	const char *slash = x->soap->to == NULL ? NULL : strrchr(x->soap->to, '/');
	const char *to = slash == NULL ? "" : slash + 1;
	if (text_empty(x->resource))
		return to;
	return text_equal(to, x->resource) ? to : "";
}
