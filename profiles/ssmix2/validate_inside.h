/* profiles/ssmix2/validate_inside.h: between the parts of the validator, and for nobody else.
 *
 *	validate.c		the walk, what names and keys say, the tallies
 *	validate_message.c	what a file says
 *	validate_extended.c	what a file of the extended storage is
 *	validate_segments.c	which segments and fields it has
 *	validate_rules.c	the rules, and by which words of the readers they are known */
#ifndef PROFILES_SSMIX2_VALIDATE_INSIDE_H
#define PROFILES_SSMIX2_VALIDATE_INSIDE_H

#include "gateway/envelope/hl7v2.h"
#include "profiles/ssmix2/validate.h"

enum storage_rule_id {
	RULE_ROOT_NAME,
	RULE_UNREADABLE,
	RULE_SYMLINK,
	RULE_NOT_REGULAR,
	RULE_TOO_DEEP,
	RULE_TOO_MANY,
	RULE_FOLDER_AS_FILE,
	RULE_MISPLACED,
	RULE_ID_FOLDERS,
	RULE_ID_FORM,
	RULE_DATE_FOLDER,
	RULE_DATE_KIND,
	RULE_DATA_TYPE_CASE,
	RULE_DATA_TYPE,
	RULE_EXTENDED_TYPE,
	RULE_DOCUMENT_FOLDER,
	RULE_BESIDE,
	RULE_NAME_FIELDS,
	RULE_NAME_FOLDER,
	RULE_NAME_TIME,
	RULE_SHORT_TIME,
	RULE_FUTURE_TIME,
	RULE_CONDITION_FLAG,
	RULE_DEPARTMENT,
	RULE_DEPARTMENT_UNKNOWN,
	RULE_NO_DEPARTMENT,
	RULE_ORDER_NUMBER,
	RULE_TWO_CURRENT,
	RULE_SAME_TIME,
	RULE_NO_CURRENT,
	RULE_DELETED_CURRENT,
	RULE_NO_IDENTITY,
	RULE_GONE,
	RULE_EMPTY,
	RULE_TOO_LARGE,
	RULE_BROKEN_OFF,
	RULE_CHARSET,
	RULE_CHARSET_OTHER,
	RULE_CHARSET_LOST,
	RULE_FILE_KIND,
	RULE_NOT_HL7,
	RULE_DELIMITERS,
	RULE_MESSAGE_TYPE,
	RULE_MESSAGE_KIN,
	RULE_PID_ONE,
	RULE_PID_FOLDER,
	RULE_INDIVIDUAL_NUMBER,
	RULE_NO_NAME,
	RULE_PERSON,
	RULE_NAME_KIND,
	RULE_BIRTH_DATE,
	RULE_BIRTH_DATE_FORM,
	RULE_SEX,
	RULE_INSURANCE,
	RULE_OTHER_IDS,
	RULE_OTHER,
	RULE_REQUIRED_FIELD,
	RULE_SEGMENT_ORDER,
	RULE_CARE_DATE,
	RULES
};
const struct storage_rule *storage_rule(enum storage_rule_id id);
/* The rule that a reader's words are about; RULE_OTHER: they are about none that is known. */
enum storage_rule_id storage_rule_said(const char *words);

/* One check under way. */
struct checking {
	struct storage_check *check;
	struct arena *arena; /* of one file */
	struct checking_orders *orders;
	const struct storage_name *name;
};
void checking_found(struct checking *c, enum storage_rule_id rule, const char *where,
		    const char *detail);

/* ---- validate_message.c ---- */

/* The file of c->name. */
void checking_message(struct checking *c);

/* ---- validate_extended.c ---- */

/* The same, of the extended storage. */
void checking_document(struct checking *c);

/* ---- validate_segments.c ---- */

void checking_fields(struct checking *c, const struct hl7_message *m);
/* The expressions for the order of segments, each compiled when it is first needed. NULL: there is
 * no memory. */
struct checking_orders *checking_orders_create(void);
void checking_orders_free(struct checking_orders *o); /* NULL is fine */
void checking_order(struct checking *c, const struct hl7_message *m);
void checking_care_date(struct checking *c, const struct hl7_message *m);

#endif
