/* tests/fuzz/extended_name_fuzz.c: any octets as names of an extended storage, a line each: the
 * data type's folder, the document's, a file in it; the rest is what the file holds. What is read
 * is text and within its bounds, and the same when it is read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/extended_media.h"
#include "profiles/ssmix2/extended_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Up to the end of the line; the rest is left. */
static const char *line(struct arena *a, struct bytes *rest)
{
	const unsigned char *end = memchr(rest->data, '\n', rest->length);
	size_t length = end == NULL ? rest->length : (size_t)(end - rest->data);
	const char *text = arena_text_n(a, (const char *)rest->data, length);
	rest->data += length + (end != NULL);
	rest->length -= length + (end != NULL);
	return text;
}

static void must_be_text(const char *text)
{
	must(text_is_utf8((const unsigned char *)text, strlen(text)));
}

static void read_name(struct arena *a, const struct extended_type *type, const char *name)
{
	struct storage_name n = { .path = "" }, again = { .path = "" };
	if (extended_name_read(a, "D501", "20240420", type, name, &n) != NULL)
		return;
	must(extended_name_read(a, "D501", "20240420", type, name, &again) == NULL);
	must(text_equal(n.order, again.order) && text_equal(n.time, again.time));
	must(strlen(n.order) >= 1 && strlen(n.order) <= 64 && strlen(n.department) <= 5);
	must(strlen(n.time) == STORAGE_TIME - 1 && strchr("012", n.flag) != NULL && n.flag != '\0');
	must(storage_instant(&n) != 0);
	must(!n.no_department || text_equal(n.department, "-"));
}

static void read_file(struct arena *a, const char *file, struct bytes octets)
{
	bool doubted;
	const char *part = extended_part(a, file);
	if (part != NULL)
		must_be_text(part);
	must(!extended_is_passed_by(file) || extended_is_main(file) <= 1);
	must(extended_media_of(octets, file, &doubted)->mime_type != NULL);
}

static void read_one(struct arena *a, struct bytes rest)
{
	struct extended_type type;
	const char *folder = line(a, &rest), *name = line(a, &rest), *file = line(a, &rest);
	read_file(a, file, rest);
	if (!extended_is_type(folder) || extended_type_read(a, folder, "20240420", &type) != NULL)
		return;
	must_be_text(type.is.title);
	must_be_text(type.is.code);
	must(*type.is.title != '\0' && type.is.class_code != NULL && type.is.type_code != NULL);
	must(storage_same_type(&type.is, &type.is) && type.is.extended);
	read_name(a, &type, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	if (size <= 1 << 16)
		read_one(a, (struct bytes){ data, size });
	arena_destroy(a);
	return 0;
}
