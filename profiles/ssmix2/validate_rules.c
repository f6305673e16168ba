/* profiles/ssmix2/validate_rules.c: the rules of an SS-MIX2 storage, a row each.
 *
 * HS026 is the SS-MIX2 guideline; the chapters of it are named, for versions number them anew. */
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/validate_inside.h"

const char *const storage_severity_names[STORAGE_SEVERITIES] = { "error", "warning", "note" };

#define ROW(n, s, where, w, r)                                                                     \
	{                                                                                          \
		.name = n, .severity = STORAGE_##s, .section = where, .what = w, .remedy = r       \
	}

/* clang-format off */
static const struct storage_rule rules[RULES] = {
	/* Folders */
	[RULE_ROOT_NAME] = ROW("root-name", NOTE, "HS026: folders",
		"the root is not named by an institution code of ten digits",
		"name it by the code, a suffix may follow: 1319999999 or 1319999999_2015"),
	[RULE_UNREADABLE] = ROW("unreadable", ERROR, "HS026: folders",
		"it cannot be read",
		"give whoever reads the storage the right to, or have the disk looked at"),
	[RULE_SYMLINK] = ROW("symlink", ERROR, "HS026: folders",
		"it is a symbolic link, which is not followed",
		"put the file or folder itself there"),
	[RULE_NOT_REGULAR] = ROW("not-regular", ERROR, "HS026: folders",
		"it is neither a file nor a folder",
		"take it away: a storage holds files alone"),
	[RULE_TOO_DEEP] = ROW("too-deep", ERROR, "HS026: folders",
		"folders lie deeper than a storage has them",
		"files stand in patient/date/data type, at most three folders above the patient"),
	[RULE_TOO_MANY] = ROW("too-many", ERROR, "HS026: folders",
		"the folder holds more than can be listed",
		"look what fills it; one patient has no half a million files"),
	[RULE_FOLDER_AS_FILE] = ROW("folder-as-file", ERROR, "HS026: folders",
		"it is a folder and bears the name of a file",
		"put the file itself there"),
	[RULE_MISPLACED] = ROW("misplaced", ERROR, "HS026: folders",
		"it stands outside the folders of patient, date and data type",
		"put it into patient/date/data type as its name says"),
	[RULE_ID_FOLDERS] = ROW("id-folders", ERROR, "HS026: folders",
		"the folders above do not begin the patient id",
		"they are the first and the next three characters of the id: 000/123/0001234"),
	[RULE_ID_FORM] = ROW("id-form", ERROR, "HS026: folders",
		"the patient id is not 1 to 15 letters and digits",
		"write the id as it was issued, leading zeros kept"),
	[RULE_DATE_FOLDER] = ROW("date-folder", ERROR, "HS026: folders",
		"the folder of the date is neither YYYYMMDD nor -",
		"name it by the day of care, or - for a data type without one"),
	[RULE_DATE_KIND] = ROW("date-kind", ERROR, "HS026: folders",
		"the data type has a date where the folder is -, or has none where it is a day",
		"ADT-00, ADT-01, ADT-61 and PPR-01 stand under -, all others under a day"),
	[RULE_DATA_TYPE_CASE] = ROW("data-type-case", ERROR, "HS026: data types",
		"the data type is written in lower case",
		"write it in capitals: OMP-01"),
	[RULE_DATA_TYPE] = ROW("data-type", ERROR, "HS026: data types",
		"the data type is not one of SS-MIX2",
		"use one of the types of the standard; others belong in the extended storage"),
	/* The extended storage */
	[RULE_EXTENDED_TYPE] = ROW("extended-type", ERROR, "HS026: extended storage",
		"the folder of the data type is not local code^name^system^standard "
		"code^name^system, in UTF-8 or CP932",
		"write the six parts: ^退院サマリ^^18842-5^退院時サマリー^LN"),
	[RULE_DOCUMENT_FOLDER] = ROW("document-folder", ERROR, "HS026: extended storage",
		"a document is no folder, or one without a main_document",
		"a document is a folder that holds main_document.* and what belongs to it"),
	[RULE_BESIDE] = ROW("beside", ERROR, "HS026: extended storage",
		"what lies beside a document cannot be taken: a folder, or a name that cannot be "
		"shown",
		"put files into the document's folder itself, and name them in UTF-8 or CP932"),
	[RULE_FILE_KIND] = ROW("file-kind", WARNING, "HS026: extended storage",
		"the file is not of the kind that its name ends in",
		"name it by what it is"),
	/* Names */
	[RULE_NAME_FIELDS] = ROW("name-fields", ERROR, "HS026: names",
		"the name has not the seven parts of a message's, so the file is passed over",
		"patient_date_type_order_time_department_flag, - where there is no department"),
	[RULE_NAME_FOLDER] = ROW("name-folder", ERROR, "HS026: names",
		"the name says another patient, date or data type than the folders",
		"have name and folders put right; what was written wrong is written again"),
	[RULE_NAME_TIME] = ROW("name-time", ERROR, "HS026: names",
		"the fifth part of the name (発生日時) is no time",
		"YYYYMMDDHHMMSSFFF, when the message was sent"),
	[RULE_SHORT_TIME] = ROW("short-time", WARNING, "HS026: names",
		"発生日時 in the name has less than 17 digits",
		"write the milliseconds too; without them two files of a second have no order"),
	[RULE_FUTURE_TIME] = ROW("future-time", WARNING, "HS026: names",
		"発生日時 in the name is still to come",
		"set the sender's clock; until then this file outdoes every correction of it"),
	[RULE_CONDITION_FLAG] = ROW("condition-flag", ERROR, "HS026: names",
		"the condition flag is none of 0, 1 and 2",
		"1 valid, 0 deleted, 2 superseded"),
	[RULE_DEPARTMENT] = ROW("department", ERROR, "HS026: names",
		"the department in the name is not 1 to 5 letters and digits",
		"two or three digits of the SS-MIX2 table of departments, - for none"),
	[RULE_DEPARTMENT_UNKNOWN] = ROW("department-unknown", NOTE, "HS026: departments",
		"the department in the name is not in the SS-MIX2 table",
		"use the table's code, so that others know which department it is"),
	[RULE_NO_DEPARTMENT] = ROW("no-department", WARNING, "HS026: extended storage",
		"the name has no department (診療科コード)",
		"write it, - where there is none"),
	[RULE_ORDER_NUMBER] = ROW("order-number", ERROR, "HS026: names",
		"オーダNo (特定キー) in the name is not 1 to 22 (64) letters, digits, - . and _",
		"at most 15 characters; 999999999999999 where there is no number"),
	/* One key: patient, date, type and order number */
	[RULE_TWO_CURRENT] = ROW("two-current", WARNING, "HS026: corrections",
		"a newer file of the same order is valid too",
		"a correction renames the file before it to flag 2, then writes its own"),
	[RULE_SAME_TIME] = ROW("same-time", WARNING, "HS026: corrections",
		"another file of the same order has the same 発生日時 and other octets: nobody "
		"knows which is newer",
		"have one of them written again with a 発生日時 of its own"),
	[RULE_NO_CURRENT] = ROW("no-current", WARNING, "HS026: corrections",
		"the newest file is history (flag 2), and none is valid or says a deletion",
		"have the correction written that this file was renamed for"),
	[RULE_DELETED_CURRENT] = ROW("deleted-current", WARNING, "HS026: corrections",
		"it is valid although a deletion (flag 0) of the same order is newer",
		"a deletion renames every file of the order to flag 0"),
	[RULE_NO_IDENTITY] = ROW("no-identity", WARNING, "HS026: ADT-00",
		"the patient has no ADT-00: an import takes nothing of one it does not know",
		"have ADT-00 written; it says who the patient is"),
	/* The file */
	[RULE_GONE] = ROW("gone", NOTE, "HS026: corrections",
		"it was renamed, removed or written to while the storage was checked",
		"check again"),
	[RULE_EMPTY] = ROW("empty", ERROR, "HS026: messages",
		"the file is empty",
		"have it written again"),
	[RULE_TOO_LARGE] = ROW("too-large", ERROR, "HS026: messages",
		"it is larger than a message can be: 1 MiB, 10000 segments",
		"have what it holds divided"),
	[RULE_BROKEN_OFF] = ROW("broken-off", ERROR, "HS026: messages",
		"the file breaks off within double-byte characters",
		"have it written again; a file is renamed into place when it is whole"),
	[RULE_CHARSET] = ROW("charset", ERROR, "HS026: characters",
		"its octets are no characters of the set that MSH-18 says",
		"write ISO-2022-JP (MSH-18 ~ISO IR87), back in ASCII before each delimiter"),
	[RULE_CHARSET_OTHER] = ROW("charset-other", WARNING, "HS026: characters",
		"the characters are in another set than MSH-18 says",
		"say in MSH-18 which set it is"),
	[RULE_CHARSET_LOST] = ROW("charset-lost", WARNING, "HS026: characters",
		"some characters have no counterpart in Unicode",
		"write 〓 for characters of the facility's own"),
	[RULE_NOT_HL7] = ROW("not-hl7", ERROR, "HL7 2.5: 2.3",
		"it is no message of HL7 v2, or is two",
		"one file is one message and begins with MSH"),
	[RULE_DELIMITERS] = ROW("delimiters", ERROR, "HL7 2.5: 2.15.9.2",
		"MSH-1 and MSH-2 are no delimiters of a message",
		"write |^~\\&"),
	[RULE_MESSAGE_TYPE] = ROW("message-type", ERROR, "HS026: data types",
		"its data type does not hold messages of this kind (MSH-9)",
		"have it written under its own data type"),
	[RULE_MESSAGE_KIN] = ROW("message-kin", WARNING, "HS026: data types",
		"its message (MSH-9) is not its data type's, as some writers have it",
		"write the message of the data type; one that reads strictly does not take it"),
	/* Whose it is, and what it says of the patient */
	[RULE_PID_ONE] = ROW("pid-one", ERROR, "HS026: messages",
		"PID is missing, or is there more than once",
		"a message is about one patient"),
	[RULE_PID_FOLDER] = ROW("pid-folder", ERROR, "HS026: messages",
		"PID-3 names another patient than the folder does",
		"have it filed under the patient it is of"),
	[RULE_INDIVIDUAL_NUMBER] = ROW("individual-number", ERROR, "Number Act",
		"it holds an Individual Number (マイナンバー)",
		"have it written again without; it must not be in a storage. Where the facility's "
		"own ids have twelve digits: --twelve-digit-ids"),
	[RULE_NO_NAME] = ROW("no-name", ERROR, "HS026: ADT-00",
		"the patient has no name (PID-5)",
		"have it filled in"),
	[RULE_PERSON] = ROW("person", ERROR, "HS026: ADT-00",
		"what it says of the patient cannot be taken",
		"have the field that is named put right"),
	[RULE_NAME_KIND] = ROW("name-kind", WARNING, "HL7 2.5: 2.A.89",
		"the kind of a name (XPN.8) stands one component off",
		"L is the seventh component of a name, I or P the eighth"),
	[RULE_BIRTH_DATE] = ROW("birth-date", WARNING, "HS026: ADT-00",
		"the birth date (PID-7) cannot be, and is read as not known",
		"have it put right; without it nobody is matched"),
	[RULE_BIRTH_DATE_FORM] = ROW("birth-date-form", WARNING, "HS026: ADT-00",
		"the birth date (PID-7) is not written as YYYYMMDD; it is read as the day it says",
		"write eight digits"),
	[RULE_SEX] = ROW("sex", WARNING, "HL7 table 0001",
		"the sex (PID-8) is no code of HL7 table 0001, and is read as not known",
		"F, M, O or U"),
	[RULE_INSURANCE] = ROW("insurance", WARNING, "HS026: ADT-00",
		"the validity of an insurance (IN1-12, IN1-13) cannot be, and is left out",
		"have the dates put right"),
	[RULE_OTHER_IDS] = ROW("other-ids", NOTE, "HS026: ADT-00",
		"PID-3 holds other ids as well, which are left out",
		"nothing, where they are meant to be there"),
	[RULE_OTHER] = ROW("not-taken", ERROR, "HS026",
		"it cannot be taken",
		"see what is told of it"),
	/* Segments and fields */
	[RULE_REQUIRED_FIELD] = ROW("required-field", WARNING, "HS026: fields",
		"a field that every message of its kind has is empty",
		"have it filled in"),
	[RULE_SEGMENT_ORDER] = ROW("segment-order", WARNING, "HS026: segments",
		"a segment is missing, or stands where its message does not have it",
		"write the segments in the order of the message's structure"),
	[RULE_CARE_DATE] = ROW("care-date", WARNING, "HS026: 診療日",
		"the message is of another day than its folder",
		"file it under the day of the field that is named"),
};
/* clang-format on */

/* How what a reader says begins. Readers speak to the operator, in words: a rule more of theirs is
 * a row more here, and tests/profiles/ssmix2_validate_test.c has a file for each row. */
static const struct {
	const char *words;
	enum storage_rule_id rule;
} said[] = {
	{ "the folder cannot be read", RULE_UNREADABLE },
	{ "the file cannot be opened", RULE_UNREADABLE },
	{ "the file could not be read to its end", RULE_UNREADABLE },
	{ "is a symbolic link", RULE_SYMLINK },
	{ "is neither a file nor a folder", RULE_NOT_REGULAR },
	{ "is no regular file", RULE_NOT_REGULAR },
	{ "folders lie deeper", RULE_TOO_DEEP },
	{ "the folder holds more", RULE_TOO_MANY },
	{ "is a folder and bears", RULE_FOLDER_AS_FILE },
	{ "is a folder within a document", RULE_BESIDE },
	{ "a file beside the document", RULE_BESIDE },
	{ "the folder of a document", RULE_DOCUMENT_FOLDER },
	{ "is a file where the folder", RULE_DOCUMENT_FOLDER },
	{ "the folder of the data type", RULE_EXTENDED_TYPE },
	{ "the name is neither UTF-8", RULE_EXTENDED_TYPE },
	{ "特定キー in the name", RULE_ORDER_NUMBER },
	{ "the file was written to", RULE_GONE },
	{ "stands outside the folders", RULE_MISPLACED },
	{ "the folders above do not begin", RULE_ID_FOLDERS },
	{ "the folder's name is an Individual Number", RULE_INDIVIDUAL_NUMBER },
	{ "the patient id is not 1 to 15", RULE_ID_FORM },
	{ "the folder of the date", RULE_DATE_FOLDER },
	{ "this data type has", RULE_DATE_KIND },
	{ "the data type is written in lower case", RULE_DATA_TYPE_CASE },
	{ "the data type is not one of SS-MIX2", RULE_DATA_TYPE },
	{ "the patient id in the name", RULE_NAME_FOLDER },
	{ "the date in the name", RULE_NAME_FOLDER },
	{ "the data type in the name", RULE_NAME_FOLDER },
	{ "発生日時 in the name is no time", RULE_NAME_TIME },
	{ "発生日時 in the name has less", RULE_SHORT_TIME },
	{ "the condition flag", RULE_CONDITION_FLAG },
	{ "the department in the name", RULE_DEPARTMENT },
	{ "オーダNo in the name", RULE_ORDER_NUMBER },
	{ "the file is gone", RULE_GONE },
	{ "the file is empty", RULE_EMPTY },
	{ "the file is larger", RULE_TOO_LARGE },
	{ "the characters are in another set", RULE_CHARSET_OTHER },
	{ "some characters have no counterpart", RULE_CHARSET_LOST },
	{ "an Individual Number", RULE_INDIVIDUAL_NUMBER },
	{ "the patient id is an Individual Number", RULE_INDIVIDUAL_NUMBER },
	{ "the patient has no name", RULE_NO_NAME },
	{ "the form of the birth date", RULE_BIRTH_DATE_FORM },
	{ "the birth date", RULE_BIRTH_DATE },
	{ "the specimen", RULE_CARE_DATE },
	{ "the sex", RULE_SEX },
	{ "the validity of an insurance", RULE_INSURANCE },
	{ "PID-3 holds other ids", RULE_OTHER_IDS },
	{ "the kind of a name", RULE_NAME_KIND },
};

const struct storage_rule *storage_rule(enum storage_rule_id id)
{
	return &rules[id];
}

const struct storage_rule *storage_rule_at(size_t number)
{
	return number < RULES ? &rules[number] : NULL;
}

enum storage_rule_id storage_rule_said(const char *words)
{
	for (size_t i = 0; i < COUNT(said); i++)
		if (text_starts(words, said[i].words))
			return said[i].rule;
	return RULE_OTHER;
}
