/* profiles/consent/consent_reader.h: the octets of a document of consent, read.
 *
 * They come from outside and are believed in nothing: XML is bounded and has no DOCTYPE
 * (gateway/envelope/xml_reader.h), and what is not understood of what decides refuses the document.
 * What it means in a region is not known here. Pure; thread-safety: as the arena. */
#ifndef PROFILES_CONSENT_CONSENT_READER_H
#define PROFILES_CONSENT_CONSENT_READER_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "profiles/actors/consent_documents.h"
#include "profiles/actors/document_repository.h"
#include "schemas/model/consent_form.h"
#include "schemas/tables/problem.h"

struct arena;

enum {
	CONSENT_OCTETS_MOST = 2 << 20, /* of one document: a form of some pages, scanned */
	CONSENT_STATEMENTS_MOST = 64,  /* each becomes a decision, of which a record keeps 64 */
	CONSENT_IDS_MOST = 16,         /* of the patient, of organisations */
};

/* Documents of consent among those that came with a submission, read and held against their
 * metadata. In a snapshot; worker. out NULL: there are none. False: refused, as f says. */
bool consent_arrived_read(const struct registry_desk *d, const struct submission *s,
			  const struct provided_document *documents,
			  const struct consent_arrived **out, struct findings *f);

/* By its kind. False: p says what is wrong, and where in the document (where). */
bool consent_form_read(struct arena *a, enum consent_kind kind, struct bytes octets,
		       struct consent_form *out, struct problem *p);

/* The two forms of it. */
bool bppc_read(struct arena *a, enum consent_kind kind, struct bytes octets,
	       struct consent_form *out, struct problem *p);
bool appc_read(struct arena *a, struct bytes octets, struct consent_form *out, struct problem *p);

#endif
