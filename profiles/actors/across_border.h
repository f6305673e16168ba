/* profiles/actors/across_border.h: what of metadata another community is told, whether it asks
 * (ITI-38) or is provided with documents (ITI-80): no number of a patient's but the one it knows
 * him by, and nothing that nobody can tell what is in it. */
#ifndef PROFILES_ACTORS_ACROSS_BORDER_H
#define PROFILES_ACTORS_ACROSS_BORDER_H

struct document_entry;
struct region;
struct slot;

/* Of one whose patientId is what the community knows him by. */
void across_border_entry(const struct region *r, struct document_entry *e);
/* Leaves out slots that no standard tells the meaning of, but for our own. */
void across_border_slots(struct slot **slot);

#endif
