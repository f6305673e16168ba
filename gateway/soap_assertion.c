/* gateway/soap_assertion.c: what a SOAP message brings to vouch for a person: whether it has to,
 * whether it may, and what its failure is told as. ITI TF-2: 3.40.4.1.3; security: c.5. */
#include "gateway/soap_assertion.h"

#include "gateway/assertion/assertion.h"
#include "gateway/config.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/process.h"
#include "store/exchange_said.h"

bool assertions_are_understood(const struct journey *j)
{
	return j->configuration->region.assertions.issuer_count != 0;
}

static bool refuse(struct journey *j, enum assertion_step step)
{
	const struct assertion_step_row *row = assertion_step_row(step);
	j->failed = row->name;
	j->failed_remedy = row->remedy;
	return problem_said(&j->x.problem, row->problem, "", assertion_words(row->problem));
}

/* Of a former exchange it is judged as of the moment it came, and was presented before. */
static bool verify(struct journey *j, const struct soap_message *m, const struct xml_document *d,
		   const struct assertion **out)
{
	const struct partner *from = region_community_of(j->x.region, j->x.sender);
	const struct assertion_presented by = {
		.policy = &j->configuration->region.assertions,
		.organizations = j->x.sender->organizations,
		.home = from == NULL ? NULL : from->home_community_id,
		.purposes = from == NULL ? NULL : from->purposes_in,
		.certificate_sha256 = j->head->certificate_sha256,
		.endpoint = j->x.endpoint,
		.peer_address = j->x.peer_address,
		.now = j->replays == NULL ? j->x.now : j->replays->at,
	};
	const struct assertion *v = assertion_verify(j->x.arena, xml_root(d), m->security, &by,
						     j->replays == NULL ? j->gateway->assertions
									: NULL);
	if (v->step != ASSERTION_HOLDS)
		return refuse(j, v->step);
	*out = v;
	return true;
}

bool assertion_of_message(struct journey *j, const struct soap_message *m,
			  const struct xml_document *d, const struct assertion **out)
{
	enum assertion_need need = j->x.sender->assertions;
	*out = NULL;
	if (!assertions_are_understood(j))
		return true;
	if (m->security_count > 1)
		return refuse(j, ASSERTION_HEADERS);
	if (m->security == NULL)
		return need != ASSERTION_REQUIRED || refuse(j, ASSERTION_MISSING);
	if (need == ASSERTION_FORBIDDEN)
		return refuse(j, ASSERTION_FORBIDDEN_HERE);
	return verify(j, m, d, out);
}

bool assertion_of_no_message(struct journey *j)
{
	j->x.problem.code = PROBLEM_NONE;
	return refuse(j, ASSERTION_PLACE);
}
