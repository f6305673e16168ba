/* gateway/operator/demo_node.c: an institution's system in the demo: HL7 v2 over MLLP, ITI TF-2:
 * 3.8 and 3.9. */
#include "gateway/operator/demo_node.h"

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/mllp_client.h"
#include "gateway/envelope/hl7v2_patient.h"

const char *demo_node_cx(const struct demo_node *n, const char *id)
{
	return arena_printf(n->arena, "%s^^^&%s&ISO", id, n->domain);
}

static struct hl7_writer *begin(struct demo_node *n, const char *type, const char *event,
				const char *structure, const struct hl7_stamp *stamp)
{
	const struct hl7_header header = {
		.sending_application = "EMR",
		.sending_facility = n->namespace_id,
		.receiving_application = "MINATO",
		.receiving_facility = "REGION",
		.type = type,
		.event = event,
		.structure = structure,
		.processing_id = "P",
		.version = "2.5",
	};
	return hl7_message_write(n->arena, &header, CHARSET_ISO_2022_JP, stamp);
}

static const struct hl7_stamp *stamp(struct demo_node *n)
{
	struct hl7_stamp *s = arena_new(n->arena, struct hl7_stamp);
	*s = (struct hl7_stamp){ .control_id = arena_printf(n->arena, "%s-%u", n->namespace_id,
							    ++n->sent),
				 .now = n->clock->now(n->clock) };
	return s;
}

static bool open_mllp(struct demo_node *n, struct problem *p)
{
	if (n->mllp == NULL)
		n->mllp = mllp_client_open(n->arena, "127.0.0.1", n->mllp_port, &n->identity, p);
	return n->mllp != NULL;
}

bool demo_node_open(struct demo_node *n, struct problem *p)
{
	return open_mllp(n, p) && demo_node_open_https(n, p);
}

static bool ask(struct demo_node *n, struct hl7_writer *w, struct hl7_message **answer,
		struct problem *p)
{
	struct bytes octets;
	return open_mllp(n, p) && mllp_client_ask(n->mllp, n->arena, hl7_written(w), &octets, p)
	       && hl7_parse(n->arena, octets, NULL, answer, p);
}

static void put_insurances(struct hl7_writer *w, const struct insurance *i)
{
	for (; i != NULL; i = i->next) {
		hl7_put_segment(w, "IN1");
		hl7_put_field(w, 3, i->insurer);
		hl7_put(w, 10, 1, 1, 1, i->symbol);
		hl7_put(w, 10, 2, 1, 1, i->number);
		hl7_put(w, 10, 3, 1, 1, i->branch);
	}
}

bool demo_node_feed(struct demo_node *n, const char *domain, const char *id,
		    const struct patient_demographics *d, const char **code, const char **text,
		    struct problem *p)
{
	struct patient_identifier own = { .id = id, .universal_id = domain };
	struct hl7_message *answer;
	char now[DTM_TEXT];
	const struct hl7_stamp *when = stamp(n);
	struct hl7_writer *w = begin(n, "ADT", "A04", "ADT_A01", when);
	instant_to_dtm_jst(when->now, now);
	hl7_put_segment(w, "EVN");
	hl7_put_field(w, 2, now);
	hl7_put_segment(w, "PID");
	hl7_put_person(w, &own, d);
	hl7_put_segment(w, "PV1");
	hl7_put_field(w, 2, "O");
	put_insurances(w, d->insurances);
	if (!ask(n, w, &answer, p))
		return false;
	*code = hl7_value(hl7_segment(answer, "MSA", 1), 1, 1, 1, 1);
	*text = hl7_value(hl7_segment(answer, "ERR", 1), 8, 1, 1, 1);
	return true;
}

bool demo_node_cross_reference(struct demo_node *n, const struct demo_question *q,
			       const char **found, const char **code, struct problem *p)
{
	const struct patient_identifier asked = { .id = q->id, .universal_id = q->domain };
	const struct patient_identifier wanted = { .universal_id = q->wanted };
	struct hl7_message *answer;
	const struct hl7_stamp *when = stamp(n);
	struct hl7_writer *w = begin(n, "QBP", "Q23", "QBP_Q21", when);
	hl7_put_segment(w, "QPD");
	hl7_put_field(w, 1, "IHE PIX Query");
	hl7_put_field(w, 2, when->control_id);
	hl7_put_cx(w, 3, 1, &asked);
	hl7_put_cx(w, 4, 1, &wanted);
	hl7_put_segment(w, "RCP");
	hl7_put_field(w, 1, "I");
	if (!ask(n, w, &answer, p))
		return false;
	const char *id = hl7_value(hl7_segment(answer, "PID", 1), 3, 1, 1, 1);
	*code = hl7_value(hl7_segment(answer, "QAK", 1), 2, 1, 1, 1);
	*found = text_empty(id) ? NULL : id;
	return true;
}
