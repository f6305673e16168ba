/* profiles/ssmix2/validate_segments.c: which segments and fields a message of SS-MIX2 has, in
 * which order, and which field says its day. */
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/validate_inside.h"

enum { FIELDS = 12 };

static bool is_one_of(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; length != 0 && (at = strstr(at, word)) != NULL; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* ---- Fields that are always there ---- */

static const struct {
	const char *of; /* MSH-9.1; NULL: whatever the message */
	const char *segment;
	unsigned char fields[FIELDS]; /* ended by 0 */
} required[] = {
	{ NULL, "MSH", { 7, 9, 10, 11, 12, 18 } },
	{ NULL, "EVN", { 2 } },
	{ NULL, "PID", { 3, 5, 7, 8 } },
	{ NULL, "PV1", { 2 } },
	{ NULL, "IN1", { 1, 2 } },
	{ NULL, "AL1", { 1, 3 } },
	{ NULL, "IAM", { 1, 3, 6 } },
	{ NULL, "PRB", { 1, 2, 3, 4 } },
	{ "RDE RAS OML OMG OMD OMI OUL ORU", "ORC", { 1, 2 } },
	{ "RDE RAS", "ORC", { 4 } },
	{ "OMG", "ORC", { 9, 12 } },
	{ NULL, "SPM", { 4 } },
	{ NULL, "OBR", { 2, 4 } },
	{ NULL, "OBX", { 3, 11 } },
	{ NULL, "RXE", { 2, 3, 5, 10, 11 } },
	{ NULL, "RXA", { 1, 2, 3, 4, 5, 6 } },
};

/* Of the first segment that lacks it: a list of a hundred drugs would tell the same a hundred
 * times. */
static const struct hl7_segment *lacking(const struct hl7_message *m, const char *name,
					 unsigned field)
{
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		if (text_equal(s->name, name) && !hl7_present(hl7_field(s, field)))
			return s;
	return NULL;
}

static void tell_lacking(struct checking *c, const struct hl7_segment *s, unsigned field)
{
	checking_found(c, RULE_REQUIRED_FIELD,
		       arena_printf(c->arena, "%s^%u^%u", s->name, hl7_occurrence(s), field), "");
}

void checking_fields(struct checking *c, const struct hl7_message *m)
{
	for (size_t i = 0; i < COUNT(required); i++) {
		if (required[i].of != NULL && !is_one_of(required[i].of, m->type))
			continue;
		for (const unsigned char *f = required[i].fields; *f != 0; f++) {
			const struct hl7_segment *s = lacking(m, required[i].segment, *f);
			if (s != NULL)
				tell_lacking(c, s, *f);
		}
	}
}

/* ---- Their order ---- */

/* Segments of which the readers of Japan tell where they stand; others, and Z-segments that are
 * not named, may stand anywhere. TQ1 and NTE are written before and behind what they are about. */
#define PERSON "MSH EVN PID (PD1 )?"
#define VISIT "PV1 (PV2 )?"
#define COVERED "(GT1 )*(IN1 (IN2 )?(IN3 )*(ROL )*)*(ACC )?(UB1 )?(UB2 )?(PDA )?"
#define PATIENT "(PID (PD1 )?(" VISIT ")?(IN1 (IN2 )?(IN3 )?)*(GT1 )?(AL1 )*)?"

static const struct {
	const char *type, *events; /* MSH-9.1; MSH-9.2, or NULL: any */
	const char *order;         /* a POSIX extended expression over "MSH EVN PID " */
} orders[] = {
	{ "ADT", "A01 A04 A08 A13 A14 A16",
	  PERSON "(ROL )*(NK1 )*" VISIT
		 "(ROL )*(DB1 )*(OBX )*(AL1 )*(DG1 )*(DRG )?(PR1 (ROL )*)*" COVERED },
	{ "ADT", "A03",
	  PERSON "(ROL )*(NK1 )*" VISIT
		 "(ROL )*(DB1 )*(AL1 )*(DG1 )*(DRG )?(PR1 (ROL )*)*(OBX )*" COVERED },
	{ "ADT", "A02", PERSON "(ROL )*" VISIT "(ROL )*(DB1 )*(OBX )*(PDA )?" },
	{ "ADT", "A15", PERSON "(ROL )*" VISIT "(ROL )*(DB1 )*(OBX )*(DG1 )*" },
	{ "ADT", "A11 A12", PERSON VISIT "(DB1 )*(OBX )*(DG1 )*" },
	{ "ADT", "A21 A22 A23 A25 A26 A27", PERSON VISIT "(DB1 )*(OBX )*" },
	{ "ADT", "A52 A53 A55", PERSON VISIT },
	{ "ADT", "A54", PERSON "(ROL )*" VISIT "(ROL )*" },
	{ "ADT", "A60", PERSON "(PV1 )?(PV2 )?(IAM )*" },
	{ "PPR", NULL, "MSH PID (PD1 )?(" VISIT ")?(PRB (ZPR )?(ZPD )*(VAR |ZI1 |OBX |ORC )*)+" },
	{ "RDE", NULL, "MSH " PATIENT "(ORC RXE (RXR )+(RXC )*(OBX )*(FT1 )*(BLG )?(CTI )*)+" },
	{ "RAS", NULL,
	  "MSH (PID (PD1 )?(AL1 )*(" VISIT ")?)?"
	  "(ORC (RXE (RXR )*(RXC )*)?((RXA )+RXR (OBX )*)+(CTI )*)+" },
	{ "OML", NULL,
	  "MSH " PATIENT "(SPM (OBX )*(SAC )*(ORC (OBR (DG1 )*(OBX )*)?(FT1 )*(CTI )*)+)+" },
	{ "OUL", NULL,
	  "MSH (PID (PD1 )?)?(" VISIT ")?"
	  "(SPM (OBX )*(SAC (INV )?)*(OBR (ORC )?(OBX (TCD )?(SID )*)*(CTI )*)+)+(DSC )?" },
	{ "OMG", NULL,
	  "MSH " PATIENT "(ORC OBR (CTD )?(DG1 )*(OBX )*(SPM (OBX )*)*(FT1 )*(CTI )*)+" },
	{ "OMI", NULL, "MSH " PATIENT "(ORC OBR (CTD )?(DG1 )*(OBX |ZE1 |ZE2 |IPC )+)+" },
	{ "OMD", NULL, "MSH " PATIENT "(ORC ((ODS )+(OBX )*|(ODT )+)?)+" },
	{ "ORU", NULL,
	  "MSH ((PID (PD1 )?(" VISIT ")?)?"
	  "((ORC )?OBR (CTD )?(OBX )*(FT1 )*(SPM (OBX )*)*)+)+(DSC )?" },
};

/* The names of those that the expression names, each ended by a blank. */
static const char *names_of(struct arena *a, const struct hl7_message *m, const char *order)
{
	struct buffer b = buffer_in(a);
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		if (strstr(order, s->name) != NULL)
			buffer_printf(&b, "%s ", s->name);
	return buffer_ended(&b);
}

struct checking_orders {
	regex_t expressions[COUNT(orders)];
	bool compiled[COUNT(orders)];
};

struct checking_orders *checking_orders_create(void)
{
	return calloc(1, sizeof(struct checking_orders));
}

void checking_orders_free(struct checking_orders *o)
{
	for (size_t i = 0; o != NULL && i < COUNT(orders); i++)
		if (o->compiled[i])
			regfree(&o->expressions[i]);
	free(o);
}

static bool is_in_order(struct checking *c, const char *names, size_t row)
{
	struct checking_orders *o = c->orders;
	const char *whole = arena_printf(c->arena, "^%s$", orders[row].order);
	if (!o->compiled[row])
		o->compiled[row] = regcomp(&o->expressions[row], whole, REG_EXTENDED | REG_NOSUB)
				   == 0;
	/* Nothing but memory can be wanting to either; then nothing is known of the file. */
	return !o->compiled[row] || regexec(&o->expressions[row], names, 0, NULL, 0) != REG_NOMATCH;
}

void checking_order(struct checking *c, const struct hl7_message *m)
{
	for (size_t i = 0; i < COUNT(orders); i++) {
		if (!text_equal(orders[i].type, m->type)
		    || (orders[i].events != NULL && !is_one_of(orders[i].events, m->event)))
			continue;
		const char *names = names_of(c->arena, m, orders[i].order);
		if (!is_in_order(c, names, i))
			checking_found(c, RULE_SEGMENT_ORDER, "",
				       arena_printf(c->arena, "they are %.60s%s", names,
						    strlen(names) > 60 ? "..." : ""));
		return;
	}
}

/* ---- Its day ---- */

void checking_care_date(struct checking *c, const struct hl7_message *m)
{
	unsigned field;
	const struct hl7_segment *other = ssmix2_other_day(c->arena, m, c->name, &field);
	if (other != NULL)
		checking_found(c, RULE_CARE_DATE, hl7_where(hl7_field(other, field)), "");
}
