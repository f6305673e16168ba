/* profiles/ssmix2/validate.h: whether an SS-MIX2 storage is as HS026 has it, told
 * without a region: what an import would not take, and Individual Numbers (errors), what it takes
 * although its writer should know better (warnings), and what is worth knowing (notes).
 *
 * Files are read by what the import reads them with (storage_walk.h, message.h), so that both say
 * the same. Which domain and which leniencies a facility has only a region knows: of PID-3 the
 * number is compared and not its authority, and no leniency is granted but the one below.
 *
 * A finding names places and never a patient's data, but for the path; of an Individual Number
 * (マイナンバー) not even that. Memory: one patient's file names, and one file. One thread. */
#ifndef PROFILES_SSMIX2_VALIDATE_H
#define PROFILES_SSMIX2_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "profiles/ssmix2/storage_name.h"
#include "schemas/tables/problem.h"

struct arena;

enum storage_severity { STORAGE_ERROR, STORAGE_WARNING, STORAGE_NOTE, STORAGE_SEVERITIES };
extern const char *const storage_severity_names[STORAGE_SEVERITIES];

struct storage_rule {
	const char *name; /* "condition-flag": stays what it is */
	enum storage_severity severity;
	const char *section; /* where it is written */
	const char *what, *remedy;
};

/* Texts live as long as the call. */
struct storage_finding {
	const struct storage_rule *rule;
	enum storage_severity severity; /* the rule's, or less: of what was deleted */
	const char *type;               /* the data type by the path; "-": it stands in none */
	const char *path;               /* as text, below what was checked */
	const char *where;  /* "PID^1^3^2", as struct problem has it; "": the file, or its name */
	const char *detail; /* what the rule's words leave open; "": nothing */
};

/* Of one data type; type "-": what stands in none. */
struct storage_tally {
	const char *type;
	uint64_t files, found[STORAGE_SEVERITIES];
};
enum { STORAGE_TALLIES = 64 }; /* more than there are types */

struct storage_check {
	/* The caller's. */
	instant now;           /* nothing was sent later than that */
	bool twelve_digit_ids; /* the facility's own ids may have twelve digits */
	void *self;
	void (*found)(void *self, const struct storage_finding *f);
	/* Asked at every entry of every folder and before each file: once true, the check ends. */
	bool (*ends)(void *self);
	void (*looked)(void *self); /* a file has been looked at, or counted; or NULL */

	/* What was found so far. */
	struct storage_tally types[STORAGE_TALLIES];
	size_t type_count;
	uint64_t files, ignored; /* named as messages; all others */
	uint64_t all[STORAGE_SEVERITIES];
};

/* The rules in their order; NULL behind the last. */
const struct storage_rule *storage_rule_at(size_t number);

/* The storage of one facility. False: it cannot be begun, a root is none. May be called again for
 * another facility's: what was found is added. */
bool storage_check_roots(struct storage_check *c, const struct storage_root *roots, size_t count,
			 struct problem *p);
/* How many files there are; ends is asked and looked told, nothing else. */
bool storage_check_count(const struct storage_check *c, const struct storage_root *roots,
			 size_t count, uint64_t *files, struct problem *p);

enum { STORAGE_FACILITIES = 64 }; /* whose storages may stand side by side */
/* The institution codes that folders of this directory are named by, sorted, each once; none where
 * it is named so itself, or nothing is: then it is a root. */
size_t storage_check_codes(const char *directory, char codes[STORAGE_FACILITIES][11]);

#endif
