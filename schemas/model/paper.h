/* schemas/model/paper.h: what a scanned paper is, by its octets and by nothing that was said of it:
 * not by a file's name, which is whoever's who chose it. Pure, thread-safe. */
#ifndef SCHEMAS_MODEL_PAPER_H
#define SCHEMAS_MODEL_PAPER_H

#include <stddef.h>

/* What stands in rows of the store (store/consent_rows.h): never another meaning. */
enum paper_kind { PAPER_NONE, PAPER_PDF, PAPER_TIFF, PAPER_JPEG, PAPER_KINDS };

/* Some pages, scanned: what an operator's request can hold. */
enum { PAPER_MOST = 4 << 20 };

/* "application/pdf"; NULL of none. */
extern const char *const paper_media_types[PAPER_KINDS];

/* Its beginning and its end are those of the kind: a scan that was broken off half way is none.
 * What stands in between is not looked at: it is kept, and given back, as octets. */
enum paper_kind paper_kind_of(const unsigned char *octets, size_t length);
/* By its media type; PAPER_NONE: of none. */
enum paper_kind paper_kind_named(const char *media_type);

#endif
