/* store/pack_record.h: how a small document stands in a pack file (store/packs.h); pure functions,
 * thread-safe.
 *
 * A file begins with a head of its own, PACK_HEAD octets; records follow, each a head and then the
 * document's octets, filled up with zeros to a multiple of PACK_ALIGNED. Numbers are eight octets,
 * the highest first.
 *
 *	offset	head of a record		head of a file
 *	0	"MinatoD1"			"MinatoP1"
 *	8	the pack's number		the same
 *	16	where in the file it stands	0
 *	24	octets of the document		0
 *	32	SHA-256 of them			zeros
 *	64	first eight octets of the SHA-256 of the 64 before
 *
 * A head says where it belongs, so that what a disk wrote in another place, or an old copy left
 * there, is none; its own checksum tells it from a document that looks like one. */
#ifndef STORE_PACK_RECORD_H
#define STORE_PACK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

enum { PACK_HEAD = 72, PACK_ALIGNED = 8, PACK_SHA256 = 32 };

struct pack_record {
	uint64_t pack, at, length;
	unsigned char sha256[PACK_SHA256];
};

/* What it takes up in the file. */
uint64_t pack_record_octets(uint64_t length);
void pack_record_head(const struct pack_record *r, unsigned char head[PACK_HEAD]);
/* Of the file itself. */
void pack_file_head(uint64_t pack, unsigned char head[PACK_HEAD]);
bool pack_is_file_head(uint64_t pack, const unsigned char head[PACK_HEAD]);

/* What is wrong with what was found there, in the words of a finding. */
enum pack_fault {
	PACK_WHOLE,
	PACK_CUT,
	PACK_NO_RECORD,
	PACK_ELSEWHERE,
	PACK_ANOTHER,
	PACK_DAMAGED
};
const char *pack_fault_words(enum pack_fault f);
/* found: what the file has from wanted->at on, as much as the record should take up, or less where
 * it ends. PACK_WHOLE: content is the document, within found, and has the hash that was wanted. */
enum pack_fault pack_record_read(struct bytes found, const struct pack_record *wanted,
				 struct bytes *content);

#endif
