/* profiles/ssmix2/storage_name.c: the grammar of names in an SS-MIX2 standardised storage. */
#include "profiles/ssmix2/storage_name.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static const char digits[] = "0123456789";
static const char letters_and_digits[] =
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool only(const char *text, const char *of, size_t least, size_t most)
{
	size_t length = strlen(text);
	return length >= least && length <= most && strspn(text, of) == length;
}

bool storage_is_date(const char *text)
{
	instant unused;
	return text_equal(text, "-")
	       || (only(text, digits, 8, 8) && instant_from_dtm(text, 540, &unused));
}

instant storage_instant(const struct storage_name *n)
{
	char text[STORAGE_TIME + 1];
	instant t = 0;
	memcpy(text, n->time, DTM_TEXT - 1);
	text[DTM_TEXT - 1] = '.';
	memcpy(text + DTM_TEXT, n->time + DTM_TEXT - 1, sizeof text - DTM_TEXT);
	instant_from_dtm(text, 540, &t);
	return t;
}

bool storage_name_likely(const char *name)
{
	unsigned parts = 0;
	const char *last = NULL;
	for (const char *at = name; (at = strchr(at, '_')) != NULL; at++) {
		parts++;
		last = at;
	}
	return parts >= 6 && last[1] != '\0' && last[2] == '\0';
}

/* 発生日時 to 17 digits. Some systems leave the milliseconds, or the seconds, out. */
static bool read_time(const char *text, struct storage_name *out)
{
	char seconds[DTM_TEXT];
	instant unused;
	if (!only(text, digits, 14, STORAGE_TIME - 1))
		return false;
	memset(out->time, '0', STORAGE_TIME - 1);
	memcpy(out->time, text, strlen(text));
	out->time[STORAGE_TIME - 1] = '\0';
	out->short_time = strlen(text) != STORAGE_TIME - 1;
	memcpy(seconds, out->time, DTM_TEXT - 1);
	seconds[DTM_TEXT - 1] = '\0';
	return instant_from_dtm(seconds, 540, &unused);
}

/* The last part of the text, cut off it. */
static const char *cut_last(char *text)
{
	char *at = strrchr(text, '_');
	if (at == NULL)
		return "";
	*at = '\0';
	return at + 1;
}

const char *storage_after(const char *text, const char *part)
{
	size_t length = strlen(part);
	return text != NULL && strncmp(text, part, length) == 0 && text[length] == '_'
		       ? text + length + 1
		       : NULL;
}

const char *storage_folders_read(const char *patient_id, const char *date, struct storage_name *out)
{
	out->patient_id = patient_id;
	out->date = date;
	out->part = "";
	out->no_department = false;
	if (!only(patient_id, letters_and_digits, 1, STORAGE_ID_MOST))
		return "the patient id is not 1 to 15 letters and digits";
	if (!storage_is_date(date))
		return "the folder of the date is neither YYYYMMDD nor -";
	return NULL;
}

static const char *read_type(const char *date, const char *type, struct storage_name *out)
{
	out->type = storage_type_of(type);
	if (out->type == NULL)
		return storage_type_like(type) != NULL ? "the data type is written in lower case"
						       : "the data type is not one of SS-MIX2";
	if (out->type->undated != text_equal(date, "-"))
		return out->type->undated ? "this data type has no date, its folder is -"
					  : "this data type has a date, its folder is not -";
	return NULL;
}

/* Published samples of the extended storage have no department; no department is that long. */
static const char *cut_department(char *text, struct storage_name *out)
{
	const char *last = strrchr(text, '_');
	out->no_department = out->type->extended && last != NULL && strlen(last + 1) > 5
			     && only(last + 1, digits, 14, STORAGE_TIME - 1);
	return out->no_department ? "-" : cut_last(text);
}

const char *storage_end_read(char *text, size_t order_most, struct storage_name *out)
{
	const char *flag = cut_last(text);
	out->department = cut_department(text, out);
	if (!read_time(cut_last(text), out))
		return "発生日時 in the name is no time";
	out->order = text;
	if (flag[0] < '0' || flag[0] > '2' || flag[1] != '\0')
		return "the condition flag is none of 0, 1 and 2";
	out->flag = flag[0];
	if (!text_equal(out->department, "-") && !only(out->department, letters_and_digits, 1, 5))
		return "the department in the name is not 1 to 5 letters and digits";
	if (!only(out->order, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.",
		  1, order_most))
		return out->type->extended
			       ? "特定キー in the name is not 1 to 64 letters, digits, - . and _"
			       : "オーダNo in the name is not 1 to 22 letters, digits, - . and _";
	return NULL;
}

const char *storage_name_read(struct arena *a, const char *patient_id, const char *date,
			      const char *type, const char *name, struct storage_name *out)
{
	const char *why = storage_folders_read(patient_id, date, out);
	if (why == NULL)
		why = read_type(date, type, out);
	if (why != NULL)
		return why;
	const char *rest = storage_after(name, patient_id);
	if (rest == NULL)
		return "the patient id in the name is not the folder's";
	if ((rest = storage_after(rest, date)) == NULL)
		return "the date in the name is not the folder's";
	if ((rest = storage_after(rest, type)) == NULL)
		return "the data type in the name is not the folder's";
	return storage_end_read(arena_text(a, rest), STORAGE_ORDER_MOST, out);
}

unsigned storage_levels(const struct storage_name *n)
{
	return n->type->extended ? 4 : 3; /* date, data type, a document's own folder, file */
}

/* Each folder begins the id, or goes on where the one above it ended. */
bool storage_leads_to(const char *const *above, size_t count, const char *patient_id)
{
	size_t at = 0, length = strlen(patient_id);
	for (size_t i = 0; i < count; i++) {
		size_t part = strlen(above[i]);
		if (part > length)
			return false;
		if (at + part <= length && strncmp(patient_id + at, above[i], part) == 0)
			at += part;
		else if (strncmp(patient_id, above[i], part) != 0)
			return false;
	}
	return true;
}
