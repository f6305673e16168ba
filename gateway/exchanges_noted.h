/* gateway/exchanges_noted.h: what goes into the message log (store/exchange_log.h): every exchange
 * but the operator's own that were done, and what a door refused before there was one. Of what came
 * from outside the headers of gateway/exchange_headers.h alone: of what was wrong our own words,
 * without what is quoted in them. */
#ifndef GATEWAY_EXCHANGES_NOTED_H
#define GATEWAY_EXCHANGES_NOTED_H

#include <stdint.h>

struct gateway;
struct journey;
struct refused_peer;

/* Once the store is open; what is off leaves no file. */
void exchanges_open(struct gateway *g);
/* What it was refused for, as the log has it: of a batch that was done, that of the first of its
 * messages that was not. Its code is PROBLEM_NONE where it was done. */
struct exchange;
const struct problem *exchanges_refused_for(const struct exchange *x);
/* It has its answer, and leaves. On whatever thread that is, the committer's as
 * well: nothing is written to the disk. */
void exchanges_note(struct journey *j);
/* id: what the log calls it; who: its system, or the subject of its certificate, or "". Any
 * thread. */
void exchanges_note_peer(struct gateway *g, const struct refused_peer *peer, const char *id,
			 const char *who);
/* What was noted since goes to the disk, as far as there is room. Upkeep's, and at the end. */
void exchanges_write(struct gateway *g);

#endif
