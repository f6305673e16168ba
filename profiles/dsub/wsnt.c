/* profiles/dsub/wsnt.c: how Document Metadata Subscription names things on the wire. */
#include "profiles/dsub/wsnt.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

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
	return arena_printf(a, "%s/%s", s->reference, s->id);
}
