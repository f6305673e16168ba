/* profiles/ssmix2/extended_name.c: the grammar of names in an SS-MIX2 extended storage. */
#include "profiles/ssmix2/extended_name.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"

enum {
	PARTS = 6,
	PARTS_LEAST = 2,
	KEY_MOST = 64, /* characters of a 特定キー; the index has 22 */
	PART_MOST = 128
};
enum { LOCAL, LOCAL_NAME, LOCAL_SYSTEM, STANDARD, STANDARD_NAME, STANDARD_SYSTEM };

/* UTF-8, else CP932; NULL: neither, or not to be shown. */
static const char *text_of(struct arena *a, const char *name)
{
	static const struct charset_leniency none = { .when_unsaid = CHARSET_NONE };
	struct bytes octets = bytes_of_text(name), utf8 = octets;
	struct charset_found found;
	struct problem p = { .code = PROBLEM_NONE };
	if (!text_is_utf8(octets.data, octets.length)
	    && (!charset_decode(a, octets, CHARSET_WINDOWS_31J, &none, 0, &utf8, &found, &p)
		|| found.replaced != 0))
		return NULL;
	for (size_t i = 0; i < utf8.length; i++)
		if (utf8.data[i] < 0x20 || utf8.data[i] == 0x7f)
			return NULL;
	return arena_text_n(a, (const char *)utf8.data, utf8.length);
}

bool extended_is_type(const char *folder)
{
	return strchr(folder, '^') != NULL;
}

/* ---- The folder of the type ---- */

static size_t split(struct arena *a, const char *folder, const char *parts[PARTS])
{
	size_t count = 0, length;
	for (const char *at = folder;; at += length + 1) {
		length = strcspn(at, "^");
		if (count < PARTS)
			parts[count] = arena_text_n(a, at, length);
		count++;
		if (at[length] == '\0')
			return count;
	}
}

static const char *first_of(const char *a, const char *b, const char *otherwise)
{
	return *a != '\0' ? a : *b != '\0' ? b : otherwise;
}

/* By its codes, for names are written anew now and then; where there are none, by the names. */
static const char *identity_of(struct arena *a, const char *const parts[PARTS])
{
	bool coded = *parts[LOCAL] != '\0' || *parts[STANDARD] != '\0';
	return coded ? arena_printf(a, "%s^%s^%s^%s", parts[LOCAL], parts[LOCAL_SYSTEM],
				    parts[STANDARD], parts[STANDARD_SYSTEM])
		     : arena_printf(a, "^%s^%s", parts[LOCAL_NAME], parts[STANDARD_NAME]);
}

const char *extended_type_read(struct arena *a, const char *folder, const char *date,
			       struct extended_type *out)
{
	const char *parts[PARTS] = { "", "", "", "", "", "" }, *text = text_of(a, folder);
	size_t count = text == NULL ? 0 : split(a, text, parts);
	if (text == NULL)
		return "the folder of the data type is named neither in UTF-8 nor in CP932";
	if (count < PARTS_LEAST || count > PARTS
	    || *first_of(first_of(parts[LOCAL], parts[STANDARD], ""),
			 first_of(parts[LOCAL_NAME], parts[STANDARD_NAME], ""), "")
		       == '\0')
		return "the folder of the data type is not local code^name^system^standard "
		       "code^name^system";
	*out = (struct extended_type){
		.is = { .code = identity_of(a, parts),
			.title = first_of(first_of(parts[STANDARD_NAME], parts[LOCAL_NAME], ""),
					  parts[STANDARD], parts[LOCAL]),
			.use = STORAGE_DOCUMENT,
			.undated = text_equal(date, "-"),
			.extended = true },
		.folder = text,
		.local = parts[LOCAL],
		.standard = parts[STANDARD],
	};
	extended_type_codes(out, a, parts[LOCAL_SYSTEM], parts[STANDARD_SYSTEM]);
	return NULL;
}

/* ---- The folder of a document ---- */

/* What follows the type in the name: the longest of its three writings that stands there. */
static const char *after_type(const char *rest, const struct extended_type *type)
{
	const char *const writings[] = { type->folder, type->local, type->standard };
	const char *best = NULL;
	for (size_t i = 0; i < COUNT(writings); i++) {
		const char *end = *writings[i] == '\0' ? NULL : storage_after(rest, writings[i]);
		if (end != NULL && (best == NULL || end > best))
			best = end;
	}
	return best;
}

const char *extended_name_read(struct arena *a, const char *patient_id, const char *date,
			       const struct extended_type *type, const char *name,
			       struct storage_name *out)
{
	const char *why = storage_folders_read(patient_id, date, out);
	const char *rest = why != NULL ? NULL : text_of(a, name);
	out->type = &type->is;
	if (why != NULL)
		return why;
	if (rest == NULL)
		return "the name is neither UTF-8 nor CP932";
	if ((rest = storage_after(rest, patient_id)) == NULL)
		return "the patient id in the name is not the folder's";
	if ((rest = storage_after(rest, date)) == NULL)
		return "the date in the name is not the folder's";
	if ((rest = after_type(rest, type)) == NULL)
		return "the data type in the name is not the folder's";
	return storage_end_read(arena_text(a, rest), KEY_MOST, out);
}

/* ---- What lies in it ---- */

static const char *ending_of(const char *file)
{
	const char *dot = strrchr(file, '.');
	return dot == NULL ? "" : dot + 1;
}

bool extended_is_passed_by(const char *file)
{
	static const char *const endings[] = { "tmp", "part", "bak", "db",   "ini",
					       "lnk", "css",  "xsl", "xslt", "js" };
	size_t length = strlen(file);
	if (file[0] == '.' || file[0] == '~' || length == 0 || file[length - 1] == '~')
		return true;
	for (size_t i = 0; i < COUNT(endings); i++)
		if (text_equal_nocase(ending_of(file), endings[i]))
			return true;
	return false;
}

/* Where the document is there in several forms, the one that says most to a machine. */
unsigned extended_is_main(const char *file)
{
	static const char *const best[] = { "pdf", "hl7", "xml" };
	if (!text_starts(file, "main_document.") && !text_equal(file, "main_document"))
		return 0;
	for (unsigned i = 0; i < COUNT(best); i++)
		if (text_equal_nocase(ending_of(file), best[i]))
			return i + 2;
	return 1;
}

const char *extended_part(struct arena *a, const char *file)
{
	const char *text = text_of(a, file);
	if (text == NULL || strlen(text) > PART_MOST)
		return NULL;
	const char *stem = arena_text_n(a, text, strcspn(text, "._-"));
	return text_is_my_number(stem) ? NULL : text;
}
