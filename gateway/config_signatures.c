/* gateway/config_signatures.c: the authorities of those who sign documents, of their files. They
 * are read here, once: what is verified later is verified with what was looked at now. */
#include "gateway/config_signatures.h"

#include <fcntl.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"

enum { FILE_MOST = 16 << 20, PIECE = 1 << 16 };

static const char *wrong(struct config_making *m, struct config_place where, const char *key,
			 const char *path, const char *why)
{
	config_fault_add(m->faults, where, "give a PEM file with the right contents, or remove it",
			 "region %s, %s: %s", key, path, why);
	return NULL;
}

static const char *read_text(struct config_making *m, struct config_place where, const char *key,
			     const char *path)
{
	struct buffer b = buffer_in(m->arena);
	int fd = regular_open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : 1;
	while (got > 0 && b.length <= FILE_MOST) {
		got = read(fd, buffer_reserve(&b, PIECE), PIECE);
		b.length += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		close(fd);
	return got == 0 ? buffer_ended(&b)
			: wrong(m, where, key, path, "it cannot be read, or is longer than 16 MiB");
}

const char *config_signature_anchors(struct config_making *m, struct config_place where,
				     const char *path)
{
	static const char key[] = "signature-anchors";
	const char *why;
	if (path == NULL)
		return NULL;
	if (!certificate_authorities(path, &why))
		return wrong(m, where, key, path, why);
	return read_text(m, where, key, path);
}

const char *config_signature_revocations(struct config_making *m, struct config_place where,
					 const char *path, const char *anchors)
{
	static const char key[] = "signature-revocations";
	const char *why;
	if (path == NULL)
		return NULL;
	if (!certificate_revocations(path, NULL, &why))
		return wrong(m, where, key, path, why);
	if (anchors == NULL)
		return wrong(m, where, key, path,
			     "there are no signature-anchors they could be of");
	return read_text(m, where, key, path);
}
