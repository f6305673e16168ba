/* profiles/ssmix2/extended_name.h: names of folders in an SS-MIX2 extended storage.
 *
 *	.../pid/診療日/データ種別フォルダ/コンテンツフォルダ/main_document.xml
 *
 * データ種別フォルダ	local code ^ name ^ system ^ standard code ^ name ^ system
 * コンテンツフォルダ	pid _ 診療日 _ データ種別コード _ 特定キー _ 発生日時 _ 診療科コード
 *			_ フラグ
 *
 * データ種別コード is the local or the standard code, or the whole name of the folder above, as
 * some systems have it; they may leave the department out as well. Names are UTF-8, or CP932, whose
 * characters end in octets that look like ^ and _: they are read as characters first. Pure
 * functions, thread-safe; texts are the arena's. */
#ifndef PROFILES_SSMIX2_EXTENDED_NAME_H
#define PROFILES_SSMIX2_EXTENDED_NAME_H

#include <stdbool.h>

#include "profiles/ssmix2/storage_name.h"

struct arena;

struct extended_type {
	struct storage_type is;
	const char *folder;           /* its whole name, as text */
	const char *local, *standard; /* codes; "": none */
};

/* Has the name of a data type as the extended storage writes it; the standardised one never has. */
bool extended_is_type(const char *folder);
/* NULL: read into *out. Else why not, in a few words without the name. */
const char *extended_type_read(struct arena *a, const char *folder, const char *date,
			       struct extended_type *out);
/* The folder of one document, below that of the type. NULL: read into *out, but for root, path and
 * part. Else why not. */
const char *extended_name_read(struct arena *a, const char *patient_id, const char *date,
			       const struct extended_type *type, const char *name,
			       struct storage_name *out);

/* ---- What lies in it ---- */

/* No part of a document: what is being written, and what others leave behind. A style sheet is how
 * something looks, and nothing by itself. */
bool extended_is_passed_by(const char *file);
/* How much a file looks like the document itself, which others lie beside; 0: it does not. */
unsigned extended_is_main(const char *file);
/* A file beside the main one, by its name as text. NULL: it has none that may be told. */
const char *extended_part(struct arena *a, const char *file);

/* ---- extended_types.c ---- */

/* What is known of the type with that local or standard code. */
void extended_type_codes(struct extended_type *t, struct arena *a, const char *local_system,
			 const char *standard_system);

#endif
