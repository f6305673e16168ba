/* profiles/xcpd/location_message.c: PatientLocationQueryRequest as we send it, and its response as
 * we take it, ITI TF-2: 3.56. What contradicts itself is no answer at all. */
#include "profiles/xcpd/location_message.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/xcpd/time_to_live.h"

#define URN "urn:oid:"

void location_write(struct xml_writer *w, const void *question)
{
	const struct location_question *q = question;
	xml_open(w, "xcpd:PatientLocationQueryRequest");
	xml_namespace_declare(w, "xcpd", XCPD_NAMESPACE);
	xml_open(w, "xcpd:RequestedPatientId");
	xml_put_attribute(w, "root", q->domain);
	xml_put_attribute(w, "extension", q->id);
	xml_close(w);
	xml_close(w);
}

struct reading {
	struct arena *arena;
	const struct location_question *asked;
	struct located_home **out;
	struct problem *problem;
};

static bool wrong(const struct reading *r, const struct xml_node *at, const char *what)
{
	return problem_at(r->problem, PROBLEM_MALFORMED, xml_path(r->arena, at), "%s", what);
}

static const struct xml_node *next(const struct xml_node *n)
{
	return xml_next(n, XCPD_NAMESPACE, xml_local(n));
}

/* NULL: it is not there, or stands there twice. */
static const struct xml_node *only(const struct xml_node *n, const char *local)
{
	const struct xml_node *one = xml_child(n, XCPD_NAMESPACE, local);
	return next(one) == NULL ? one : NULL;
}

static bool is_asked_for(const struct reading *r, const struct xml_node *id)
{
	return text_equal(xml_attribute(id, "root"), r->asked->domain)
	       && text_equal(xml_attribute(id, "extension"), r->asked->id);
}

static bool is_home(const char *home)
{
	return text_starts(home, URN) && text_is_oid(home + strlen(URN));
}

/* One that is named twice is one. */
static void add(const struct reading *r, const char *home)
{
	struct located_home **last = r->out;
	for (; *last != NULL; last = &(*last)->next)
		if (text_equal((*last)->home, home))
			return;
	*last = arena_new(r->arena, struct located_home);
	(*last)->home = home;
}

static bool read_one(const struct reading *r, const struct xml_node *n)
{
	const struct xml_node *home = only(n, "HomeCommunityId");
	const struct xml_node *id = only(n, "RequestedPatientId");
	const char *text = text_trimmed(r->arena, xml_text(r->arena, home));
	if (home == NULL || !is_home(text))
		return wrong(r, n, "a location has one HomeCommunityId, urn:oid: and an OID");
	if (id == NULL || !is_asked_for(r, id))
		return wrong(r, n, "a location is of the patient it was asked for");
	add(r, text);
	return true;
}

bool location_read(struct arena *a, const struct soap_message *m, const struct location_question *q,
		   struct located_home **out, struct problem *p)
{
	const struct reading r = { .arena = a, .asked = q, .out = out, .problem = p };
	unsigned count = 0;
	*out = NULL;
	if (!xml_is(m->body, XCPD_NAMESPACE, "PatientLocationQueryResponse"))
		return wrong(&r, m->body,
			     "the body of its answer is no PatientLocationQueryResponse");
	for (const struct xml_node *n =
		     xml_child(m->body, XCPD_NAMESPACE, "PatientLocationResponse");
	     n != NULL; n = next(n)) {
		if (++count > LOCATIONS_MOST)
			return wrong(&r, n, "it names more communities than are looked at");
		if (!read_one(&r, n))
			return false;
	}
	return true;
}
