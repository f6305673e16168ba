/* gateway/operator/demo_scene.h: the scene of the demo: what each institution does and sees.
 *
 * Acts are rows: who, what in two languages, a function that does it over the real protocols and
 * says what was seen. An act fails when anything was not as it should be; the scene goes on. */
#ifndef GATEWAY_OPERATOR_DEMO_SCENE_H
#define GATEWAY_OPERATOR_DEMO_SCENE_H

#include <stdbool.h>

#include "gateway/operator/demo_admin.h"
#include "gateway/operator/demo_neighbour.h"
#include "gateway/operator/demo_node.h"
#include "gateway/operator/demo_people.h"
#include "gateway/operator/demo_region.h"
#include "gateway/operator/demo_screen.h"
#include "gateway/operator/demo_storage.h"

enum demo_system { DEMO_A, DEMO_B, DEMO_C, DEMO_D, DEMO_SYSTEMS };

struct demo_said;

struct demo_scene {
	struct arena *arena;
	const struct clock *clock;
	const struct demo_region *region;
	struct demo_neighbour *neighbour; /* NULL: there is none */
	struct demo_screen screen;
	struct demo_admin admin;
	struct demo_people people;
	struct demo_storage storages[DEMO_HOSPITALS];
	struct demo_node nodes[DEMO_SYSTEMS];
	const char *affinity_domain;
	const char *affinity_id; /* of 山田健一, once B has asked */
	const char *letter;      /* uniqueId of what B shared */
	struct document_entry *seen_by_b;
	long prepared; /* number of the last audit record before the scene proper */
	struct demo_said *said, **said_last; /* lines of the act at hand */
};

struct demo_act {
	const char *japanese_heading, *english_heading; /* before it; NULL: none */
	const char *who, *japanese, *english;           /* who NULL ends the list */
	bool (*play)(struct demo_scene *s, struct problem *p);
};

extern const struct demo_act demo_acts_preparing[], demo_acts_sharing[], demo_acts_protecting[],
	demo_acts_moving[];

/* A line under the act, shown when it has ended. */
void demo_say(struct demo_scene *s, const char *japanese, const char *english);
/* A condition of the act, said when it does not hold. */
bool demo_expect(struct demo_scene *s, bool holds, const char *what);
/* 山田健一, 鈴木花子. */
const struct demo_person *demo_person(const struct demo_scene *s, size_t which);

struct invocation;
/* Where the daemon of s->region is, and its systems; false: p, or the configuration's faults were
 * told. */
bool demo_scene_know_region(struct demo_scene *s, const struct invocation *i, struct problem *p);
/* Plays everything; true when every act did what it should. */
bool demo_scene_play(struct demo_scene *s);
/* Counts, times, audit trail, rsyslog, chain. */
bool demo_summary_show(struct demo_scene *s, int64_t begun);

/* Documents of one institution among these. */
unsigned demo_documents_of(const struct document_entry *e, const char *institution);
/* "A病院" of an entry's author; "" when it says none. */
const char *demo_document_institution(struct arena *a, const struct document_entry *e);

#endif
