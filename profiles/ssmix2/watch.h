/* profiles/ssmix2/watch.h: one storage that is watched: look after look, what changed is taken in.
 *
 * What is Approved is a function of the storage's files (profiles/ssmix2/import.h), so a look that
 * finds the same files of a patient has nothing to do, and one that finds others takes in all of
 * that patient. Which files those were is remembered as a hash of their names, sizes and times:
 * sixteen octets a patient, in memory. The first look of a process therefore reads every file,
 * and changes nothing where nothing changed; it may be ended at any time, and goes on from there.
 * How far it came is kept, so that the next process begins with whom this one did not come to.
 *
 * A file's absence is never a deletion, and of a storage that cannot be opened or is empty nothing
 * is inferred. A file that was written a moment ago may not be whole yet: a patient is taken in
 * when the newest file is older than a look is from the next, by the clock, or was the same at the
 * look before. What cannot be taken of a young file is not told yet; of an old one it is refused
 * (profiles/ssmix2/watch_refused.h), and tried again when the files change, once an hour, or when
 * the operator releases it.
 *
 * Between looks at all of it the kernel may tell which patients' files changed
 * (profiles/ssmix2/watch_folders.h); then those alone are looked at, and a file that was seen being
 * closed is whole.
 *
 * Looks are one thread's; storage_watch_seen() is anybody's. */
#ifndef PROFILES_SSMIX2_WATCH_H
#define PROFILES_SSMIX2_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct exchange;
struct refused_files;
struct root_owners;
struct registered_system;
struct storage_watch;

struct storage_watch *storage_watch_create(const struct clock *clock); /* NULL: no memory */
void storage_watch_destroy(struct storage_watch *w);                   /* NULL is fine */

struct storage_watch_look {
	const struct registered_system *facility;
	const char *directory;      /* absolute */
	struct root_owners *owners; /* those that are watched beside it; NULL: none is */
	unsigned every;             /* seconds between looks */
	const char *transactions;   /* its transaction storage (transaction_log.h); NULL: none */
	bool seldom; /* the next look at all is far: who waits does so among those that changed */
	bool whole;  /* no file has its name before it is whole: we write it */
	unsigned
		mark_files; /* between two marks of how far the first look came; 0: there is none */
	/* Asked often: once true the look ends where it is. gives_way() is asked only behind a
	 * patient's folder, so that each turn, however short, brings it further. */
	void *self;
	bool (*ends)(void *self), (*gives_way)(void *self);
};
/* x is an exchange of nobody's (region, store, admission, record, arena, now); x->problem says why
 * a look could not begin or go on. True: it came to its end. False, without a problem: the next one
 * goes on where this was. */
bool storage_watch_look(struct storage_watch *w, struct exchange *x,
			const struct storage_watch_look *l);

/* A look at all is under way, and it is another's turn. */
bool storage_watch_is_amid(const struct storage_watch *w);

/* To be waited for; readable: storage_watch_heed(). -1: the kernel tells nothing. */
int storage_watch_fd(const struct storage_watch *w);
/* False: something was lost; a look at all of it is due. */
bool storage_watch_heed(struct storage_watch *w);
/* Whoever writes the storage may tell in its transaction storage whose files; of what is there when
 * the first look begins nothing is told. False: it cannot be read, p says why. */
bool storage_watch_hear(struct storage_watch *w, struct problem *p);
/* When patients are to be looked at who changed, by clock->elapsed(); INT64_MAX: there are none. */
int64_t storage_watch_due(const struct storage_watch *w);
/* At those who are due. False: it did not come to its end. */
bool storage_watch_look_at_changed(struct storage_watch *w, struct exchange *x,
				   const struct storage_watch_look *l);

/* By what it is known between two looks at all who changed. */
enum storage_source {
	STORAGE_BY_LOOKS, /* by nothing: a share, or a kernel that tells nothing */
	STORAGE_BY_KERNEL,
	STORAGE_BY_KERNEL_PARTLY, /* of more folders than it tells of */
	STORAGE_BY_TRANSACTIONS,
	STORAGE_SOURCES
};

/* At one moment. What is counted is of the last look that came to its end; of the first one, of
 * what it has done so far. */
struct storage_watch_seen {
	bool at_work, whole;  /* whole: a look came to its end */
	bool silent;          /* it has been at one patient or folder for long */
	bool resumed;         /* the first one began where the last process's was */
	instant since, until; /* of the last look; until 0: none is over */
	uint64_t patients, files;
	uint64_t waiting;   /* patients whose newest file is too young */
	instant newest;     /* the newest file's time; 0: none */
	uint64_t taken;     /* patients taken in, by this process */
	uint64_t documents; /* registered, by this process */
	uint64_t refused;   /* files in quarantine */
	enum storage_source source;
	struct problem problem; /* of the last look */
};
/* As whoever is not at work at it saw. On any thread. */
void storage_watch_note_silent(struct storage_watch *w, bool silent);
void storage_watch_seen(struct storage_watch *w, struct storage_watch_seen *out);
struct refused_files *storage_watch_refused(struct storage_watch *w);
/* What was refused at or below that path (NULL: all) is tried again with the next look; NULL: and a
 * root that is gone is missed no more. How many. On any thread. */
size_t storage_watch_release(struct storage_watch *w, const char *path);

#endif
