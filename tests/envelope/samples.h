/* tests/envelope/samples.h: messages from files, for the tests of this room.
 *
 * Ours are below tests/cases of the source tree. Others' are below the folder MINATO_SHARED names
 * (default: ../shared beside the source tree); where it is absent, `make check` names the folder of
 * our own making (tests/samples/make), and a program run by hand skips their cases. */
#ifndef TESTS_ENVELOPE_SAMPLES_H
#define TESTS_ENVELOPE_SAMPLES_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

enum { SAMPLE_ARENA = 64 * 1024 * 1024 };

/* Of tests/cases; ends the program when it is not there. */
struct bytes sample_ours(struct arena *a, const char *path);
/* Of the shared samples; false, with a line printed, when they are not there. */
bool sample_shared(struct arena *a, const char *path, struct bytes *out);
/* The names in a shared folder that end so, sorted, NULL-ended; NULL when it is not there. */
const char **sample_names(struct arena *a, const char *folder, const char *suffix);

#endif
