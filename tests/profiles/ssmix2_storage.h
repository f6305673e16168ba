/* tests/profiles/ssmix2_storage.h: SS-MIX2 storages made file by file, and imports of them. */
#ifndef TESTS_PROFILES_SSMIX2_STORAGE_H
#define TESTS_PROFILES_SSMIX2_STORAGE_H

#include <jansson.h>
#include <sys/stat.h>

#include "profiles/transaction.h"
#include "tests/store/people.h"

extern const struct transaction ssmix2_import;

#define CODE_A "1319951013"
#define CODE_B "1319952029"
#define CODE_C "1319953035"
#define CODE_EDGE "1319954041"

struct imports {
	struct fixture f;
	struct region region;
	struct registered_system systems[4]; /* a, b, c, edge */
	/* where storages are made; a folder each facility */
	const char *root;
	/* What the last import did. */
	struct exchange x;
	json_t *lines;                            /* of the answer; the last is done */
	unsigned events, feeds, created, updated; /* audit events within its jobs */
	bool refuse_audit;
	bool alone; /* patients are taken in one after the other, by whoever asks */
	/* Instead of counting: of imports that several threads do. Its exchange's admission.self is
	 * these imports. */
	bool (*record)(struct exchange *x, struct store_txn *t, struct arena *a,
		       struct audit_event *e);
	unsigned stop_after;          /* events until the service stops; 0: it does not */
	void (*at_event)(void *with); /* what happens to the storage meanwhile; or NULL */
	void *with;
	atomic_bool stopping;
	/* documents a test changed where they are: the check finds them */
	unsigned spoilt;
};

void imports_open(struct imports *im);
/* Without a store of their own: f.store, f.arena and root are the caller's to set, and to end. */
void imports_begin(struct imports *im);
void imports_close(struct imports *im); /* the store is proved, too */

/* path below the root; folders are made. */
void put_file(struct imports *im, const char *path, struct bytes octets);
/* "ADT-00", the file of a patient: PID-5, 7, 8 and the phone; written in ISO-2022-JP. */
void put_patient(struct imports *im, const char *code, const char *id, const char *kanji,
		 const char *kana, const char *birth, const char *phone);
/* A file of a dated type: what OMP-01 or OML-11 holds, with this text in it. Returns its path. */
const char *put_order(struct imports *im, const char *code, const char *id, const char *date,
		      const char *type, const char *order, const char *time, char flag,
		      const char *text);
/* Any message whatever, under that name, in ISO-2022-JP: segments after MSH, which is of this
 * kind. */
const char *put_message(struct imports *im, const char *code, const char *id, const char *date,
			const char *type, const char *order, const char *time,
			const char *department, char flag, const char *kind, const char *segments);
/* The same file with another flag. Returns the new path. */
const char *set_flag(struct imports *im, const char *path, char flag);

/* im->x as an import has it; what the last one did is forgotten. */
void imports_ask(struct imports *im);
bool import_storage(struct imports *im, const char *directory, const char *facility);
int done(const struct imports *im, const char *member); /* a number of the last line */
/* What the fault or warning of that path says; NULL: there is none. */
const char *told(const struct imports *im, const char *kind, const char *path);
void check_done(struct imports *im, const char *why, int patients, int documents, int replaced,
		int withdrawn, int unchanged, int faults);

/* The entries of a patient's record, newest first; count in *n. */
struct document_entry *entries_of(struct imports *im, const char *domain, const char *id,
				  unsigned *n);
/* The one whose text (given to put_order) is in the document; octets by way of ITI-43's actor. */
bool retrieve(struct imports *im, const char *unique_id, struct bytes *out);

#endif
