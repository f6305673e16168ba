/* profiles/ssmix2/storage_name.h: names of files in an SS-MIX2 standardised storage, and what the
 * folders around them say.
 *
 *	pid _ 診療日 _ データ種別 _ オーダNo _ 発生日時 _ 診療科コード _ フラグ
 *
 * The folders say the first three again. Where folder and name disagree, or a part is none of what
 * it may be, the file is not taken. Pure functions, thread-safe. */
#ifndef PROFILES_SSMIX2_STORAGE_NAME_H
#define PROFILES_SSMIX2_STORAGE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"
#include "schemas/model/values.h"

struct arena;

/* What a file of a data type is to us. */
enum storage_use {
	STORAGE_IDENTITY, /* a patient identity feed */
	STORAGE_DOCUMENT  /* a document entry; the file is the document */
};

struct storage_type {
	const char *code;  /* "OMP-01" */
	const char *title; /* 処方オーダ */
	enum storage_use use;
	bool undated;               /* 診療日 is "-" */
	const char *issue, *cancel; /* MSH-9.1^9.2; cancel NULL: there is no such message */
	const char *kin;            /* what many write in issue's place; NULL: nothing */
	bool extended; /* of the extended storage (extended_name.h), of any file type */
	/* STORAGE_DOCUMENT; type_code NULL: the data type's own code. */
	const struct coded_value *class_code, *type_code;
};

/* storage_types.c */

/* NULL: there is no such type (lower case is not that type). */
const struct storage_type *storage_type_of(const char *code);
/* The same, whatever the case. */
const struct storage_type *storage_type_like(const char *code);
/* Types of the extended storage are made anew from each folder. */
bool storage_same_type(const struct storage_type *a, const struct storage_type *b);

enum {
	STORAGE_ID_MOST = 15,    /* characters of a patient id */
	STORAGE_ORDER_MOST = 22, /* index column OrderNo */
	STORAGE_TIME = 18,       /* YYYYMMDDHHMMSSFFF and NUL */
	STORAGE_TIME_UNIT = 1000 /* a millisecond, as instants count */
};

/* A facility's storage may be several folders side by side, split by period or by data type. */
struct storage_root {
	const char *directory; /* absolute, no link in it */
	const char *shown;     /* how paths below it are told: "" or "1319951013_2/" */
};

struct storage_name {
	const struct storage_root *root;
	const char *path;                                   /* below its root */
	const char *patient_id, *date, *order, *department; /* department "-": none */
	const struct storage_type *type;
	char time[STORAGE_TIME];
	/* Extended storage: a file beside the document's main one; else "" */
	const char *part;
	char flag;          /* '1' valid, '0' deleted, '2' superseded */
	bool short_time;    /* less than 17 digits; filled with zeros */
	bool no_department; /* extended storage: the name lacks the field */
	instant written;    /* the file's own time, where it is watched; else 0 */
	struct storage_name *next;
};

/* It could be one: parts and a flag at the end. Thumbs.db and x_1.tmp are not. */
bool storage_name_likely(const char *name);
/* NULL: read into *out (path is the caller's). Else why not, in a few words without the name. */
const char *storage_name_read(struct arena *a, const char *patient_id, const char *date,
			      const char *type, const char *name, struct storage_name *out);
/* Of a name `part_...` what follows; NULL: it does not begin so. text NULL is fine. */
const char *storage_after(const char *text, const char *part);
/* What the folders of patient and date say; NULL: read into *out. */
const char *storage_folders_read(const char *patient_id, const char *date,
				 struct storage_name *out);
/* The rest of a name, behind the data type, whose type is known; text is changed, and kept. */
const char *storage_end_read(char *text, size_t order_most, struct storage_name *out);
/* How many folders and files its path has below the patient's folder. */
unsigned storage_levels(const struct storage_name *n);
/* Folders above a patient's folder begin its id: 000/123/0001234, A12/3/A123, 7/7. */
bool storage_leads_to(const char *const *above, size_t count, const char *patient_id);
/* 発生日時, which is written in Japan. */
instant storage_instant(const struct storage_name *n);
bool storage_is_date(const char *text); /* YYYYMMDD that can be, or "-" */

#endif
