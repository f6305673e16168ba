/* schemas/tables/look_words.h: what somebody did with a person's record, in words for that person.
 *
 * One row a transaction as the audit log calls it; tests/profiles/looked_test.c holds every
 * transaction and every doing of ours against it, so that nothing of a trail is told without
 * words. */
#ifndef SCHEMAS_TABLES_LOOK_WORDS_H
#define SCHEMAS_TABLES_LOOK_WORDS_H

enum look_kind {
	LOOK_SEEN,    /* somebody saw something of the person, or asked to */
	LOOK_TOLD,    /* we told somebody something by ourselves */
	LOOK_GIVEN,   /* a facility gave something: a document, a name, an address */
	LOOK_CHANGED, /* something of the person's was changed, or taken away */
	LOOK_TENDED,  /* the region's own work, which shows nobody anything */
	LOOK_KINDS
};

enum look_language { LOOK_JAPANESE, LOOK_ENGLISH, LOOK_LANGUAGES };

struct look_words {
	const char *transaction; /* "ITI-43", "patient-show" */
	enum look_kind kind;
	const char *words[LOOK_LANGUAGES]; /* behind the name of who did it */
};

/* NULL: of no row. Valid for ever. */
const struct look_words *look_words_of(const char *transaction);
const char *look_kind_name(enum look_kind kind); /* "seen" */

#endif
