/* tests/bench/dedup_main.c: the batch deduplication alone, beside others' software on the same
 * records (`make interop-matching`).
 *
 *	dedup RECORDS [FILE]
 *
 * FILE: where the records are written, with the truth (residents_line()). The last line is for
 * programs: seconds, precision, recall and F1 of persons, false pairs, MiB. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/machine.h"
#include "tests/bench/residents_dedup.h"

enum { CORES = 2, SEED = 11, MIB = 1 << 20 };

int main(int argc, char **argv)
{
	const struct residents r = { SEED };
	struct dedup_result result;
	size_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	FILE *file = argc > 2 ? fopen(argv[2], "w") : NULL;
	if (records == 0 || records > UINT32_MAX / 2 || (argc > 2 && file == NULL)) {
		fprintf(stderr, "usage: dedup RECORDS [FILE]\n");
		return 2;
	}
	machine_settle(CORES);
	machine_describe(".");
	residents_dedup(&r, records, file, &result);
	if (file != NULL && fclose(file) != 0) {
		perror(argv[2]);
		return 1;
	}
	residents_dedup_show(&result, records);
	printf("result\t%.1f\t%.5f\t%.5f\t%.5f\t%llu\t%.0f\n", dedup_seconds(&result),
	       dedup_precision(&result.joined), dedup_recall(&result.joined),
	       dedup_f1(&result.joined), (unsigned long long)result.joined.wrong,
	       (double)machine_status(getpid(), "VmHWM") / MIB);
	return 0;
}
