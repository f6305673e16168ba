/* gateway/operator/demo_node.h: an institution's system in the demo, as a client of the gateway.
 *
 * What it says goes over mutual TLS with its own certificate: HL7 v2 over MLLP (ITI-8, ITI-9), SOAP
 * (ITI-45, ITI-18, ITI-41, ITI-43). Nothing is known here but what comes back. */
#ifndef GATEWAY_OPERATOR_DEMO_NODE_H
#define GATEWAY_OPERATOR_DEMO_NODE_H

#include <stdbool.h>

#include "gateway/client/https_client.h"
#include "schemas/model/document.h"
#include "schemas/model/patient.h"
#include "schemas/tables/problem.h"

struct arena;
struct clock;
struct demo_document;
struct mllp_client;
struct random_source;

struct demo_node {
	struct arena *arena;
	const struct clock *clock;
	const struct random_source *random;
	const char *name, *title;          /* "b-clinic", "B診療所" */
	const char *domain, *namespace_id; /* of the patient ids it issues */
	const char *institution_code;      /* ten digits */
	struct client_identity identity;
	unsigned https_port, mllp_port;
	struct https_client *https; /* opened when first needed */
	struct mllp_client *mllp;
	unsigned sent; /* messages */
};

/* Both connections, which live in the arena it has now; another may take its place then. Without
 * this each is opened when first needed. */
bool demo_node_open(struct demo_node *n, struct problem *p);
bool demo_node_open_https(struct demo_node *n, struct problem *p); /* its half of that */
/* "031^^^&OID&ISO" */
const char *demo_node_cx(const struct demo_node *n, const char *id);

/* ITI-8, A04: the institution knows this patient under id of domain, insured as d says. *code:
 * MSA-1; *text: why not. */
bool demo_node_feed(struct demo_node *n, const char *domain, const char *id,
		    const struct patient_demographics *d, const char **code, const char **text,
		    struct problem *p);

/* ITI-9 and ITI-45: the id in the wanted domain of the patient known as id in domain; *found is
 * NULL and *code says why when there is none (QAK-2 or queryResponseCode). */
struct demo_question {
	const char *domain, *id, *wanted;
};
bool demo_node_cross_reference(struct demo_node *n, const struct demo_question *q,
			       const char **found, const char **code, struct problem *p);
bool demo_node_cross_reference_v3(struct demo_node *n, const struct demo_question *q,
				  const char **found, const char **code, struct problem *p);

/* ITI-18 FindDocuments. *refused: the error code when the answer is a failure, else NULL. */
bool demo_node_find(struct demo_node *n, const char *patient_cx, struct document_entry **found,
		    const char **refused, struct problem *p);
/* ITI-43: one document; *refused as above, then octets are empty. */
bool demo_node_retrieve(struct demo_node *n, const struct document_entry *e, struct bytes *octets,
			const char **refused, struct problem *p);
/* ITI-41: one document with its metadata and submission set. */
bool demo_node_provide(struct demo_node *n, const struct submission *s, struct bytes document,
		       const char **refused, struct problem *p);

/* The hash and size of the octets are those the metadata says. */
bool demo_document_is_whole(const struct document_entry *e, struct bytes octets);

#endif
