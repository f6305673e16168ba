/* store/packing.h: records kept short by what their sender's other records say.
 *
 * What a facility registers says the same again and again: its name, its authors, the codes it
 * uses. Such a text is learnt once, into a dictionary of its sender's, and a record refers to it
 * (LZ4 with that dictionary, or a place in it). Only what was given as `learnt` is: nothing that
 * speaks of a patient ever stands in a dictionary, for a record can go, and what others refer to
 * cannot. A dictionary is never changed: one that knows more is another, found by a name made of
 * its octets and the store's secret, so that whoever remembers one may go on with it, whatever job
 * was undone. A sender has DICTIONARIES_MOST at most, of DICTIONARY_OCTETS each; what they do not
 * say stands in the record.
 *
 *	0x04  name -> the dictionary's octets
 *	0x05  sender text -> name of the latest, count
 *
 * Thread-safe as the transaction is; what dictionaries say is remembered for all of a store. */
#ifndef STORE_PACKING_H
#define STORE_PACKING_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;
struct check_module;
struct store_txn;

enum { DICTIONARY_OCTETS = 4096, DICTIONARIES_MOST = 256 };

/* Within a job: appends learnt and rest, together at most 16 MiB, as they are to be kept. NULL:
 * nobody's. False: the store failed. */
bool record_pack(struct store_txn *t, struct buffer *out, const char *sender, struct bytes learnt,
		 struct bytes rest);
/* The same without learning or shortening anything: octets that are written anew stay as many. */
void record_pack_plainly(struct buffer *out, struct bytes learnt, struct bytes rest);
/* How many octets were packed, by what the packed ones say; 0: they are damaged. */
size_t record_packed_of(struct bytes packed);
/* What was packed, in the arena or borrowed from it. False: it is damaged, or the store failed. */
bool record_unpack(struct store_txn *t, struct arena *a, struct bytes packed, struct bytes *octets);

/* What a store remembers of its dictionaries. NULL: no memory; then they are read each time. */
struct dictionaries;
struct dictionaries *dictionaries_create(void);
void dictionaries_destroy(struct dictionaries *d);

extern const struct check_module packing_check;

#endif
