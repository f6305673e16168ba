/* gateway/base/withheld.h: what may be told of a problem to who is not to see whose it was.
 *
 * A problem's text quotes what came from outside; an operator who asks why something was refused is
 * told our own words of it, and where in the message it was. Never NULL; in the arena, or the
 * program's own. Thread-safety: that of the arena. */
#ifndef GATEWAY_BASE_WITHHELD_H
#define GATEWAY_BASE_WITHHELD_H

struct arena;
struct problem;

/* Its words with "…" for whatever was put into them; "" where no word would be left. */
const char *withheld_words(struct arena *a, const struct problem *p);
/* A place of the message as it is (PID^1^3, an XPath, a slot's name), but "" if it has what no such
 * place has: long numbers, letters beyond ASCII, quotes. */
const char *withheld_place(const struct problem *p);

#endif
