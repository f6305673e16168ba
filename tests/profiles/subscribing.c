/* tests/profiles/subscribing.c: who subscribes, and for what. */
#include "tests/profiles/subscribing.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/dsub/wsnt.h"

static const char *const consumers[] = { "c-told", NULL };
static const struct partner partners[] = {
	{ .name = "c-told", .url = CONSUMER, .purposes = 1u << PARTNER_SUBSCRIPTIONS },
};

void bench_open(struct bench *b)
{
	house_open(&b->house);
	memcpy(b->systems, people_systems, sizeof b->systems);
	b->systems[0].publish = true;
	b->systems[1].consumers = b->systems[2].consumers = consumers;
	b->house.region.systems = b->systems;
	b->house.region.partners = partners;
	b->house.region.partner_count = COUNT(partners);
}

void bench_close(struct bench *b)
{
	CU_ASSERT_EQUAL(house_findings(&b->house), 0);
	house_close(&b->house);
}

const char *subscribe_text(struct house *h, const char *topic, const char *filter,
			   const struct criterion *c, size_t count)
{
	struct buffer slots = buffer_in(h->arena);
	const char *text = message(h, "iti52/subscribe.xml", h->patient);
	text = edit(h, edit(h, text, "FullDocumentEntry", topic), DOCUMENTS, filter);
	for (size_t i = 0; i < count && c[i].name != NULL; i++)
		buffer_printf(&slots,
			      "<rim:Slot name=\"%s\"><rim:ValueList><rim:Value>%s</rim:Value>"
			      "</rim:ValueList></rim:Slot>",
			      c[i].name, c[i].value);
	const char *from = strstr(text, "<rim:Slot"), *to = strstr(text, "</rim:AdhocQuery>");
	return arena_printf(h->arena, "%.*s%s%s", (int)(from - text), text, buffer_ended(&slots),
			    to);
}

struct asked *subscribe(struct house *h, const char *system, const char *text)
{
	h->to = OUR_BROKER;
	return ask(h, &iti52_document_metadata_subscribe, system, text, NULL);
}

/* Of that patient, of FullDocumentEntry, with these criteria. */
const struct subscription *follow(struct house *h, const char *topic, const char *filter,
				  const struct criterion *c, size_t count)
{
	struct asked *q = subscribe(h, "c-hospital", subscribe_text(h, topic, filter, c, count));
	CU_ASSERT_EQUAL_FATAL(q->x.problem.code, PROBLEM_NONE);
	return q->x.result;
}

const char *quoted(struct house *h, const char *patient)
{
	return edit(h, arena_printf(h->arena, "'%s'", patient), "&", "&amp;");
}

const struct subscription *follow_patient(struct house *h, const char *topic, const char *filter,
					  const char *parameter, const char *patient)
{
	const struct criterion one = { parameter, quoted(h, patient) };
	return follow(h, topic, filter, &one, 1);
}

enum problem_code unsubscribe(struct house *h, const char *system, const char *to)
{
	h->to = to;
	struct asked *q = ask(h, &iti52_document_metadata_subscribe, system,
			      "<wsnt:Unsubscribe xmlns:wsnt=\"" WSNT_NAMESPACE "\"/>", NULL);
	return q->x.problem.code;
}

const struct submission *put(struct house *h, const char *text)
{
	struct asked *q = ask(h, &iti42_register_document_set, "a-hospital", text, NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	return q->x.result;
}

const char *publish_text(struct house *h, const char *patient)
{
	const char *text = message(h, "ebrim/submission.xml", patient);
	const char *from = strstr(text, "<rim:Association id=\"as1\"");
	const char *to = strstr(text, "</rim:RegistryObjectList>");
	return arena_printf(h->arena,
			    "<wsnt:Notify xmlns:wsnt=\"" WSNT_NAMESPACE "\" "
			    "xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">"
			    "<wsnt:NotificationMessage><wsnt:ProducerReference><wsa:Address>"
			    "urn:oid:2.999.101</wsa:Address></wsnt:ProducerReference>"
			    "<wsnt:Message>%.*s%s</wsnt:Message></wsnt:NotificationMessage>"
			    "</wsnt:Notify>",
			    (int)(from - text), text, to);
}
