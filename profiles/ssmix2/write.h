/* profiles/ssmix2/write.h: an SS-MIX2 standardised storage is written, message by message: that of
 * a facility whose storage is delegated to us (委託保管).
 *
 *	write_types.c	which data type a message is of, and where it says its day, a row each
 *	write_message.c	a message -> where its file stands and what it does to those before it
 *	write.c		the file, and the flags of those before it (HS026: condition flags)
 *	write_log.c	the transaction storage (HS026)
 *
 * Below the directory, which may hold other facilities' storages too, CODE being the institution
 * code of this one:
 *
 *	CODE/000/123/0001234/20260401/OMP-01/...	the standardised storage
 *	transaction/CODE/2026/TR_..._00001.DAT		every write, in order
 *	transaction/CODE/pending/			the one that is under way
 *
 * The file is the message, octet for octet as it came. What was written is durable when
 * storage_write() says so. A write that ended anywhere between is undone, or is brought to its end
 * by the next one: until then an import reads the state before it, or a correction under way
 * (import_plan.c). What was refused changed nothing, and what is sent again is known by its octets
 * and written once.
 *
 * Thread-safe; several processes may write the same storage (flock(2)). Files are made for our user
 * alone. */
#ifndef PROFILES_SSMIX2_WRITE_H
#define PROFILES_SSMIX2_WRITE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/storage_name.h"
#include "schemas/tables/problem.h"

struct arena;
struct hl7_message;

/* ---- Which type a message is of ---- */

struct storage_place {
	const char *segment;
	unsigned field, component;
};
enum { STORAGE_DAY_PLACES = 4 };
struct storage_row {
	const char *type; /* "OMP-01" */
	/* The order number is ORC-2, else OBR-2; not numbered: there is none. */
	bool numbered;
	struct storage_place day[STORAGE_DAY_PLACES]; /* 診療日: the first that says one */
	/* Where one message is that of several types: a value that tells it from the others, one
	 * of these words; NULL: any. No segment: nothing has to be told apart. */
	struct storage_place told_by;
	const char *words;
};
/* type NULL: whichever the message is of. NULL: it is of none (p says why). */
const struct storage_row *storage_row_of(const struct hl7_message *m, const char *type,
					 struct problem *p);
/* The rows in their order; NULL behind the last. */
const struct storage_row *storage_row_at(size_t number);

/* ---- A message ---- */

struct storage_message {
	struct bytes octets;
	/* Where its file is to stand; its flag is not known yet. Time: 発生日時, which is the first
	 * moment that MSH-7 may mean, or later where files of the key are of that moment. */
	struct storage_name name;
	char until[STORAGE_TIME]; /* the last moment it may mean */
	bool deletes;             /* the cancelling message of its type, or ORC-1 CA in every ORC */
	/* A change of an order (ORC-1 CA or XO in every ORC): it is filed under the day that the
	 * order has. */
	bool follows;
	struct ssmix2_message read;
};
/* False: why it is not taken, without the patient's data. Of source region, facility and now are
 * used. type: as its sender says; or NULL. The octets must live as long as the arena. */
bool storage_message_read(struct arena *a, const struct ssmix2_source *source, struct bytes octets,
			  const char *type, struct storage_message *out, struct problem *p);

/* ---- Its file ---- */

enum storage_written {
	WRITTEN_ADDED,
	WRITTEN_CORRECTED, /* the one before it has flag 2 now */
	WRITTEN_DELETED,   /* those before it have flag 0 now */
	WRITTEN_OLDER,     /* a newer one is there: it is history */
	WRITTEN_KNOWN      /* the same octets are there; nothing was changed */
};
extern const char *const storage_written_words[];

struct storage_wrote {
	enum storage_written what;
	const char *path; /* below the directory */
};
/* code: the institution code; now: of the log. False: nothing was changed, or what was begun is
 * ended by the next write. */
bool storage_write(struct arena *a, const char *directory, const char *code,
		   const struct storage_message *m, instant now, struct storage_wrote *out,
		   struct problem *p);

/* Nobody writes to that storage until the descriptor is closed. -1: p says why. */
int storage_lock(const char *directory, const char *code, struct problem *p);

/* ---- Between write.c and write_log.c, and for nobody else ---- */

/* Below a folder that is open; made where it is not there, durably. -1: p says why. */
int storage_folder(int above, const char *name, struct problem *p);
bool storage_problem(struct problem *p, const char *what); /* by errno; false */

struct storage_log_mark {
	char year[5];
	char file[64];
	int64_t size; /* before */
	bool made;
};
/* At the end of the transaction storage in that folder, durably. again: it may be there already,
 * whole or in part. */
bool storage_log_append(struct arena *a, int folder, struct bytes record, instant now, bool again,
			struct storage_log_mark *mark, struct problem *p);
bool storage_log_undo(int folder, const struct storage_log_mark *mark);

#endif
