/* schemas/tables/metadata.h: every attribute of the XDS metadata model, one row each.
 *
 * ITI TF-3: 4.2.3.2 to 4.2.3.4 (attributes), 4.2.5 (UUIDs), 4.3.1 (who must send what). From these
 * rows the ebRIM reader and writer, the registry's validation and the store's records work; adding
 * an attribute is adding a field and a row. */
#ifndef SCHEMAS_TABLES_METADATA_H
#define SCHEMAS_TABLES_METADATA_H

#include <stdbool.h>
#include <stddef.h>

enum metadata_object {
	METADATA_ENTRY,
	METADATA_SET,
	METADATA_FOLDER,
	METADATA_ASSOCIATION,
	METADATA_AUTHOR,
	METADATA_OBJECTS
};

/* How an attribute is coded in ebRIM, ITI TF-3: 4.2.1. */
enum metadata_coding {
	CODED_CLASSIFICATION, /* key: classificationScheme; codes */
	CODED_AUTHOR,         /* key: classificationScheme; slots of METADATA_AUTHOR */
	CODED_MARKER,         /* key: classificationNode */
	CODED_IDENTIFIER,     /* key: identificationScheme; label: the literal Name */
	CODED_SLOT,           /* key: slot name */
	CODED_NAME,
	CODED_DESCRIPTION,
	CODED_XML_ATTRIBUTE /* key: the attribute's name */
};

/* What kind of field holds it. */
enum metadata_field {
	FIELD_TEXT,      /* const char * */
	FIELD_TEXTS,     /* struct text_value * */
	FIELD_CODES,     /* struct coded_value * */
	FIELD_AUTHORS,   /* struct author * */
	FIELD_LOCALIZED, /* struct localized * */
	FIELD_FLAG       /* bool */
};

/* Grammar of a value, ITI TF-3: Table 4.2.3.1.7-2. */
enum metadata_type {
	TYPE_TEXT,
	TYPE_CODE,
	TYPE_DTM,
	TYPE_CX,
	TYPE_CXI,
	TYPE_XCN,
	TYPE_XON,
	TYPE_XTN,
	TYPE_OID,
	TYPE_HOME,
	TYPE_UNIQUE_ID,
	TYPE_HASH,
	TYPE_SIZE,
	TYPE_LANGUAGE,
	TYPE_MIME,
	TYPE_URI,
	TYPE_RECIPIENT,
	TYPE_PATIENT_INFO,
	TYPE_AVAILABILITY,
	TYPE_SET_STATUS
};

/* ITI TF-3: 4.3.1: X forbidden, O optional, R2 required if known, R required. */
enum metadata_rule { RULE_O, RULE_R2, RULE_R, RULE_X };
/* By what the metadata comes to the registry. */
enum metadata_rules {
	RULES_STABLE,
	RULES_ON_DEMAND,
	RULES_LIMITED, /* of an object with the marker limitedMetadata, to a Document Recipient */
	RULES_COUNT
};

struct metadata_attribute {
	const char *name; /* the standard's: "classCode" */
	enum metadata_coding coding;
	const char *key, *label;
	enum metadata_field field;
	size_t offset; /* in the struct of schemas/model/document.h */
	enum metadata_type type;
	unsigned most;   /* values (slot, texts) or codes; 0: any number */
	unsigned length; /* characters a value may have; 0: as its place (rim.h) */
	enum metadata_rule rules[RULES_COUNT];
	unsigned tag; /* in the store's record; never reused */
};

/* Rows of one kind of object, in the order they are written; ended by a row without name. */
const struct metadata_attribute *metadata_attributes(enum metadata_object object);
/* The row with this coding and key, NULL if none. */
const struct metadata_attribute *metadata_find(enum metadata_object object,
					       enum metadata_coding coding, const char *key);

/* One type of entries must have it, the other must not. */
bool metadata_is_by_type(const struct metadata_attribute *m);

/* The row with this tag, NULL if none. */
const struct metadata_attribute *metadata_tagged(enum metadata_object object, unsigned tag);

/* The field of an object as what it is. */
#define METADATA_AT(object, row, type) ((type *)(void *)((char *)(object) + (row)->offset))
#define METADATA_OF(object, row, type)                                                             \
	(*(type const *)(const void *)((const char *)(object) + (row)->offset))

/* ITI TF-3: 4.2.5.1 and 4.2.5.2. */
#define UUID_SUBMISSION_SET "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
#define UUID_FOLDER "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"
#define UUID_STABLE "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
#define UUID_ON_DEMAND "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"

/* Slots whose names begin so are the registry's own. */
#define REGISTRY_SLOTS "urn:minato:"

/* What documentAvailability is when an entry does not say. */
#define DOCUMENT_ONLINE "urn:ihe:iti:2010:DocumentAvailability:Online"
#define DOCUMENT_OFFLINE "urn:ihe:iti:2010:DocumentAvailability:Offline"

#endif
