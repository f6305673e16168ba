/* profiles/ssmix2/validate_extended.c: checking a file of an SS-MIX2 extended storage: that it is
 * what its name says, and a message of this patient where it is one. */
#include <errno.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/extended_media.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/validate_inside.h"

static size_t read_head(const struct storage_file *f, unsigned char *head)
{
	size_t length = 0;
	while (length < EXTENDED_HEAD) {
		ssize_t got = read(f->fd, head + length, EXTENDED_HEAD - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	return length;
}

void checking_document(struct checking *c)
{
	unsigned char head[EXTENDED_HEAD];
	struct storage_file f;
	bool doubted;
	const char *why = storage_open(c->arena, c->name, STORAGE_DOCUMENT_MOST, &f);
	if (why != NULL) {
		enum storage_rule_id rule = storage_rule_said(why);
		checking_found(c, rule, "", rule == RULE_OTHER ? why : "");
		return;
	}
	if (c->name->no_department)
		checking_found(c, RULE_NO_DEPARTMENT, "", "");
	const struct extended_media *media = extended_media_of(
		(struct bytes){ head, read_head(&f, head) }, c->name->path, &doubted);
	if (doubted)
		checking_found(c, RULE_FILE_KIND, "", media->mime_type);
	if (extended_is_hl7(media))
		checking_message(c);
}
