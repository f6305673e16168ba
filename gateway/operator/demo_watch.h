/* gateway/operator/demo_watch.h: waits for what is to come in a file that another process
 * writes. */
#ifndef GATEWAY_OPERATOR_DEMO_WATCH_H
#define GATEWAY_OPERATOR_DEMO_WATCH_H

#include <stdbool.h>

/* Gives every whole line from the beginning, and on as the file grows (inotify(7)), until line()
 * returns true. False when it did not within 20 s of the last change. */
bool demo_watch(const char *path, bool (*line)(void *with, const char *text), void *with);

#endif
