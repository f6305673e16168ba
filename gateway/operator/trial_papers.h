/* gateway/operator/trial_papers.h: what the facilities of a trial region have written about its
 * people: a document is a function of the seed and its number, but for the day it is drawn on. */
#ifndef GATEWAY_OPERATOR_TRIAL_PAPERS_H
#define GATEWAY_OPERATOR_TRIAL_PAPERS_H

#include "gateway/base/clock.h"
#include "gateway/operator/demo_letter.h"
#include "gateway/operator/trial_people.h"

struct trial_paper {
	struct trial_person person; /* about him */
	unsigned facility;          /* that knows him, and wrote it */
	struct demo_written written;
};

/* In the arena. people: how many there are. The old have more, and more of it is of late. */
void trial_paper_draw(struct arena *a, uint64_t seed, uint64_t number, uint64_t people, instant now,
		      struct trial_paper *out);

/* The year, in Japan. */
unsigned trial_year(instant now);

#endif
