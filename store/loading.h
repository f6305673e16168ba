/* store/loading.h: how far the first load of a storage came (SS-MIX2), for whoever goes on with it
 * after a kill, or on another node.
 *
 * It is a hint: who goes on looks at all of the storage, and begins behind that place. So it is
 * kept now and then, behind the jobs that took in what stands before it; what is lost of it costs
 * time alone. */
#ifndef STORE_LOADING_H
#define STORE_LOADING_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct check_module;
struct store_txn;

struct load_reached {
	const char *roots; /* of the storage, in order, a line each: of others it says nothing */
	uint64_t root;     /* which of them */
	const char *path;  /* below it: a patient's folder */
};

/* In a job, of that facility's storage; false: the store failed. */
bool loading_note(struct store_txn *t, const char *facility, const struct load_reached *r);
/* In a job: the load is whole. */
bool loading_end(struct store_txn *t, const char *facility);
/* Texts in the arena. False: none is under way, or the store failed. */
bool loading_look(struct store_txn *t, struct arena *a, const char *facility,
		  struct load_reached *out);

extern const struct check_module loading_check;

#endif
