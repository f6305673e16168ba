/* profiles/ssmix2/import_told.c: what whoever has a storage taken in is told of its files. */
#include "profiles/ssmix2/import.h"
#include "profiles/ssmix2/shown_path.h"

enum { LINES_MOST = 10000 }; /* faults and warnings told one by one; the rest are counted */

static void add_line(struct importing *im, const char *kind, const struct storage_root *root,
		     const char *path, const char *what)
{
	char shown[PATH_SHOWN];
	if (json_array_size(im->lines) >= LINES_MOST)
		return;
	path_shown(root->shown, path, im->source.facility->lenient.twelve_digit_ids, shown);
	json_array_append_new(im->lines,
			      json_pack("{s:{s:s, s:s}}", kind, "path", shown, "what", what));
}

void import_add_lines(struct importing *im, json_t *lines)
{
	for (size_t i = 0; i < json_array_size(lines) && json_array_size(im->lines) < LINES_MOST;
	     i++)
		json_array_append(im->lines, json_array_get(lines, i));
}

void import_fault(struct importing *im, const struct storage_name *n, const char *what)
{
	if (im->tells_until != 0 && n->written > im->tells_until) {
		im->young++;
		return;
	}
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
