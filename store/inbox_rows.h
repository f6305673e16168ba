/* store/inbox_rows.h: how what was pushed is laid out in keys. Only store/inbox*.c includes
 * this. */
#ifndef STORE_INBOX_ROWS_H
#define STORE_INBOX_ROWS_H

#include "store/inboxes.h"
#include "store/keys.h"
#include "store/store_keys.h"

enum {
	SPACE_PUSH = SPACE_INBOX_FIRST, /* id -> struct push */
	SPACE_PUSH_OF_INBOX,            /* inbox text, moment, id -> nothing */
	SPACE_PUSH_OF_SET,              /* inbox text, SubmissionSet.uniqueId -> id */
	SPACE_PUSH_OF_DOCUMENT,         /* inbox text, DocumentEntry.uniqueId, id -> sha256 */
	SPACE_INBOX_SUM,                /* inbox text -> struct inbox_sum */
};

struct bytes push_row(struct arena *a, const struct push *p);
/* Texts are borrowed from the row; the id is the caller's. */
bool push_row_read(struct arena *a, struct bytes row, struct push *out);
struct bytes inbox_sum_row(struct arena *a, const struct inbox_sum *s);
bool inbox_sum_read(struct bytes row, struct inbox_sum *out);

/* The octets of an id; false: it is none. */
bool push_id_octets(const char *id, unsigned char out[PUSH_ID]);
struct key push_key(const unsigned char id[PUSH_ID]);
struct key push_of_inbox_key(const struct push *p, const unsigned char id[PUSH_ID]);
struct key push_of_set_key(const char *inbox, const char *set_unique_id);
/* id NULL: what all of that document's begin with. */
struct key push_of_document_key(const char *inbox, const char *unique_id, const unsigned char *id);
struct key inbox_sum_key(const char *inbox);

#endif
