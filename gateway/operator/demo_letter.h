/* gateway/operator/demo_letter.h: small CDA R2 documents made for the demo, and their metadata: the
 * 診療情報提供書 that B診療所 shares, and what a trial region is filled with. */
#ifndef GATEWAY_OPERATOR_DEMO_LETTER_H
#define GATEWAY_OPERATOR_DEMO_LETTER_H

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/operator/demo_node.h"
#include "gateway/operator/demo_people.h"

enum { DEMO_SECTIONS = 3 };

struct demo_paper {
	const char *type, *title; /* LOINC's code; what it is called */
	const char *set_title;
	struct {
		const char *title, *text; /* NULL: there are no more */
	} sections[DEMO_SECTIONS];
};
extern const struct demo_paper demo_letter;

/* One of those. */
struct demo_written {
	const struct demo_paper *paper;
	const struct demo_person *about; /* as at[DEMO_HOSPITAL_A] has him */
	const char *id, *unique_id;
	instant when;
};

/* In the node's arena. */
struct bytes demo_letter_write(const struct demo_node *from, const struct demo_written *d);
/* hash and size are the Document Repository's to fill in (ITI TF-2: 3.41.4.1.2), so they are
 * absent. */
struct submission *demo_letter_submission(const struct demo_node *from,
					  const struct demo_written *d);
/* A new OID below 2.25 (ITU-T X.667). */
const char *demo_letter_unique_id(const struct demo_node *from);

#endif
