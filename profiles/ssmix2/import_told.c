/* profiles/ssmix2/import_told.c: what whoever has a storage taken in is told of its files. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"

enum {
	LINES_MOST = 10000, /* faults and warnings told one by one; the rest are counted */
	PATH_SHOWN = 1024
};

/* A path of others as text: what is no UTF-8 or a control character is shown by its number. */
static void show_path(const char *place, const char *path, char out[PATH_SHOWN])
{
	size_t n = (size_t)snprintf(out, PATH_SHOWN, "%s", place);
	bool text = text_is_utf8((const unsigned char *)path, strlen(path));
	for (const unsigned char *c = (const unsigned char *)path; *c != '\0' && n + 5 < PATH_SHOWN;
	     c++) {
		if (*c >= 0x20 && *c != 0x7f && (*c < 0x80 || text))
			out[n++] = (char)*c;
		else
			n += (size_t)snprintf(out + n, PATH_SHOWN - n, "\\x%02x", *c);
	}
	out[n] = '\0';
}

static void add_line(struct importing *im, const char *kind, const struct storage_root *root,
		     const char *path, const char *what)
{
	char shown[PATH_SHOWN];
	if (json_array_size(im->lines) >= LINES_MOST)
		return;
	show_path(root->shown, path, shown);
	/* A path cut within a character is no UTF-8 any more: the whole line must not be lost for
	 * it. */
	json_t *line = json_pack("{s:{s:s, s:s}}", kind, "path", shown, "what", what);
	json_array_append_new(
		im->lines,
		line != NULL ? line : json_pack("{s:{s:s, s:s}}", kind, "path", "?", "what", what));
}

void import_fault(struct importing *im, const struct storage_name *n, const char *what)
{
	im->counts.faults++;
	add_line(im, "fault", n->root, n->path, what);
}

void import_fault_at(struct importing *im, const struct storage_root *root, const char *path,
		     const char *what)
{
	im->counts.faults++;
	add_line(im, "fault", root, path, what);
}

void import_warning(struct importing *im, const struct storage_name *n, const char *what)
{
	im->counts.warnings++;
	add_line(im, "warning", n->root, n->path, what);
}
