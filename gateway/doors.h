/* gateway/doors.h: which dialect is spoken: a door and the beginning of a path choose it.
 *
 * What is to be had somewhere is a row: kind of door, prefix of the path, the service of which the
 * door must say that it serves it, and the road. The last row of a kind of door is for what is not
 * there: it answers so in its own words. */
#ifndef GATEWAY_DOORS_H
#define GATEWAY_DOORS_H

struct config_door;
struct dialect_road;
struct head;

/* d: the door of the configuration the exchange began with; NULL: it has none of that name any
 * more, and then nothing is to be had there. */
const struct dialect_road *road_of(const struct config_door *d, const struct head *head);

#endif
