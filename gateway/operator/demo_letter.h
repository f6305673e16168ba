/* gateway/operator/demo_letter.h: the 診療情報提供書 that B診療所 shares: a small CDA R2 document,
 * made for the demo, and its metadata. */
#ifndef GATEWAY_OPERATOR_DEMO_LETTER_H
#define GATEWAY_OPERATOR_DEMO_LETTER_H

#include "gateway/base/bytes.h"
#include "gateway/operator/demo_node.h"
#include "gateway/operator/demo_people.h"

/* In the node's arena. */
struct bytes demo_letter_write(const struct demo_node *from, const struct demo_person *about,
			       const char *id, const char *unique_id);
/* hash and size are the Document Repository's to fill in (ITI TF-2: 3.41.4.1.2), so they are
 * absent. */
struct submission *demo_letter_submission(const struct demo_node *from, const char *patient_cx,
					  const char *unique_id);
/* A new OID below 2.25 (ITU-T X.667). */
const char *demo_letter_unique_id(const struct demo_node *from);

#define DEMO_LETTER_TITLE "診療情報提供書"
#define DEMO_LETTER_TYPE "57133-1"

#endif
