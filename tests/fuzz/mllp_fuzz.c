/* tests/fuzz/mllp_fuzz.c: any octets, in any pieces, to the MLLP parser. Cut as in http_fuzz.c. */
#include <stdlib.h>
#include <string.h>

#include "gateway/transport/mllp_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { LIMIT = 512 };
	struct mllp_parser p;
	struct bytes octets;
	size_t seen = 0, step = size > 0 && data[0] % 4 != 0 ? data[0] : size;
	mllp_parser_begin(&p, LIMIT);
	for (size_t at = 1; at < size;) {
		size_t piece = size - at < step ? size - at : step;
		struct bytes in = { data + at, piece };
		at += piece;
		for (enum mllp_event e; (e = mllp_parser_next(&p, &in, &octets)) != MLLP_MORE;) {
			if (e == MLLP_BROKEN)
				return 0;
			seen += octets.length;
			if (seen > LIMIT
			    || (octets.length > 0 && memchr(octets.data, 0x0b, octets.length)))
				abort();
			if (e == MLLP_END && seen == 0)
				abort();
			if (e == MLLP_END)
				seen = 0;
		}
		if (piece % 3 == 0 && mllp_parser_silence(&p) == MLLP_END) {
			if (seen == 0 || p.oddity == NULL)
				abort();
			seen = 0;
		}
	}
	return 0;
}
