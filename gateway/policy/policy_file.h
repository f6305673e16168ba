/* gateway/policy/policy_file.h: the region's rules, as an administrator writes them.
 *
 * Lines of UTF-8, one statement each; words parted by blanks or tabs, "in quotes" where one has
 * blanks; # begins a comment. Names are made before they are used:
 *
 *	role NAME [OTHER-NAME ...] [CODE^SCHEME ...]
 *	purpose NAME [OTHER-NAME ...] [CODE^SCHEME ...]
 *	documents NAME [class|type|format CODE^SCHEME ...] ...
 *	confidentiality U|L|M|N|R|V CODE^SCHEME ...
 *	include FILE
 *	permit|hide|deny [role NAME ...] [purpose NAME ...] [documents NAME ...]
 *	                 [confidentiality U|L|M|N|R|V ...]
 *	addressed NAME ...
 *	emergency role NAME ... [purpose NAME ...] [opens not-joined|left|closed|excluded ...]
 *	municipality CODE PLACE ...
 *	never [role NAME ...] [purpose NAME ...] [documents NAME ...] [confidentiality ...]
 *	acknowledged CODE^SCHEME [join|leave] [exclude|include KIND NAME ...] ...
 *	recorders SYSTEM ...
 *	default permit|hide|deny
 *
 * A rule applies where each of its parts does; a part has several names, of which one suffices, and
 * a part that is not said is any. Of the rules that apply deny goes before hide, and hide before
 * permit. Where none does, default holds, which must be said. "role unsaid" and "purpose unsaid"
 * are those of who told none. The codes of HL7 Confidentiality are known. Who may break the glass,
 * and what a patient's decisions close that is open then, emergency says once (not-joined, left and
 * closed, if it names none); what matches a never stays closed all the same.
 *
 * Every fault is told with where it is and what to do; behind POLICY_FAULTS_MOST they are only
 * counted. Thread-safety: as the arena. */
#ifndef GATEWAY_POLICY_POLICY_FILE_H
#define GATEWAY_POLICY_POLICY_FILE_H

#include "gateway/base/bytes.h"
#include "schemas/model/region_policy.h"

struct arena;

enum {
	POLICY_FILE_MOST = 1 << 20, /* octets of one file */
	POLICY_FILES_MOST = 32,     /* with those included */
	POLICY_RULES_MOST = 1000,   /* each is looked at for each document, some 5 ns */
	POLICY_CODES_MOST = 10000,
	POLICY_WORDS_MOST = 200,           /* of one statement */
	POLICY_MUNICIPALITIES_MOST = 2000, /* Japan has 1,741 */
	POLICY_ACKNOWLEDGED_MOST = 200,
	POLICY_FAULTS_MOST = 20
};

struct policy_fault {
	const char *file;
	unsigned line;
	const char *what, *remedy;
	const struct policy_fault *next;
};

/* Gives the octets of an included file, and how it is called from then on; both live as long as
 * the policy. False: why. */
struct policy_source {
	void *self;
	bool (*open)(void *self, const char *name, struct bytes *text, const char **file,
		     const char **why);
};

struct policy_reading {
	const struct region_policy *policy; /* NULL: there are faults */
	const struct policy_fault *faults;
	size_t fault_count;
};
/* What is made lives in the arena, and keeps nothing of the text. source: NULL includes nothing. */
struct policy_reading policy_file_read(struct arena *a, const char *file, struct bytes text,
				       const struct policy_source *source);

#endif
