/* tests/profiles/documents.h: a registry and a repository in a store of their own, asked as the
 * road asks them: read, handle in a transaction, audit, answer. Every answer is put into its
 * envelope, read again and held against its grammar. */
#ifndef TESTS_PROFILES_DOCUMENTS_H
#define TESTS_PROFILES_DOCUMENTS_H

#include <stdbool.h>

#include "gateway/envelope/xml_reader.h"
#include "profiles/transaction.h"
#include "schemas/model/document.h"
#include "tests/store/people.h"

extern const struct transaction iti18_registry_stored_query, iti41_provide_and_register,
	iti80_cross_gateway_document_provide, iti41_provide_to_recipient,
	iti42_register_document_set, iti43_retrieve_document_set;

#define OUR_REPOSITORY "2.999.20"
#define OUR_INBOX "2.999.27" /* b-clinic's: from a-hospital; limited metadata */
#define OUR_HOME "urn:oid:2.999.10"
#define OUR_BROKER "https://minato.example/dsub"
#define OUR_PULL_POINT "https://minato.example/pullpoint"

struct house {
	struct fixture store;
	struct road *road;
	struct region region;
	struct arena *arena;
	const char *patient; /* regional id (CX) of the one known as 101@A and 031@B */
	const char *other;   /* of somebody else, known as 7@A */
	const char *hidden;  /* what this system submitted is hidden from all others */
	instant now;
	unsigned number;       /* makes uniqueIds unique */
	size_t refuse;         /* this allocation of the handler is refused; 0: none */
	size_t memory;         /* the exchange's own; 0: the house's */
	struct spools *spools; /* of answers; NULL: they stay in memory */
	struct shares *open;   /* documents on their way; NULL: any number */
	unsigned open_most;    /* of one system */
	const char *to;        /* wsa:To of what is asked */
	const char *resource;  /* what its path names; or NULL */
};

void house_open(struct house *h);
void house_close(struct house *h);
/* What h->hidden submitted is hidden; everything else is seen. */
struct admission house_admission(struct house *h);
unsigned house_findings(struct house *h); /* of store_check(), told */

/* Texts. The edit must find something; all occurrences are replaced. */
const char *edit(struct house *h, const char *text, const char *find, const char *replace);
/* A message of tests/cases, for this patient; $number$ is a fresh number. */
const char *message(struct house *h, const char *path, const char *patient);

/* What one exchange came to. */
struct asked {
	struct exchange x;
	const struct xml_node *body;            /* the answer's */
	const char *status;                     /* "Success", "Failure", "PartialSuccess" */
	const char *error, *context, *location; /* of the first rs:RegistryError; "" */
	unsigned errors, warnings;
	struct submission objects; /* of an AdhocQueryResponse with LeafClass */
	unsigned references;       /* rim:ObjectRef in it */
	struct audit_event *event;
};
struct asked *ask(struct house *h, const struct transaction *t, const char *system,
		  const char *body, struct attachment *attachments);

/* A stored query of one parameter. */
const char *get_query(struct house *h, const char *id, const char *parameter, const char *value);
unsigned count_entries(const struct submission *s);
unsigned count_folders(const struct submission *s);
unsigned count_associations(const struct submission *s);
const struct document_entry *found_entry(const struct asked *q, const char *id);

/* ITI-41: document.xml with these octets; edits may follow in *metadata. NULL content: no
 * attachment. */
struct attachment *attach(struct house *h, const char *element_id, const char *content);
const char *provide(struct house *h, const char *metadata, const char *element_id);

#endif
