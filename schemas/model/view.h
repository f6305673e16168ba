/* schemas/model/view.h: what of a person's messages is made into one document when it is asked for.
 *
 * A view is of one kind. Its sources are messages; what one says is a list of items, and each item
 * has a value for every row of the kind's table (schemas/tables/views.h), as the message says it,
 * "" where it says nothing. */
#ifndef SCHEMAS_MODEL_VIEW_H
#define SCHEMAS_MODEL_VIEW_H

#include <stdbool.h>

struct view_kind_row;
struct view_table;

/* As PID says. */
struct view_person {
	const char *family, *given, *birth, *sex;
};

/* What every document of ours says of itself. */
struct view_head {
	const struct view_kind_row *kind;
	const char *of; /* uniqueId of the on-demand entry */
	const char *patient_id, *patient_domain;
	const char *made_by, *made_by_id; /* the region, its OID */
	const char *device_id;            /* OID of the gateway */
	/* DTM: of the newest source, not of the moment: what has not changed is the same
	 * document */
	const char *time;
	const struct view_person *person; /* of the newest source that could be read, or NULL */
	unsigned unread;                  /* more sources there are, which could not be read */
	unsigned older;                   /* and older ones, which are left out */
};

/* Whose message it is. */
struct view_origin {
	const char *document;                    /* its uniqueId */
	const char *system;                      /* who submitted it; "": nobody known */
	const char *facility, *institution_code; /* seven digits, or NULL */
	const char *day, *created;               /* DTM: serviceStartTime, else creationTime */
};

/* By what it is the same in another message: its number there, or what it is about. */
enum { VIEW_IDENTITIES = 2 };

struct view_item {
	const char *const *said; /* as many as the table has rows */
	const char *type;        /* of its value: which rows are for it */
	const char *note;        /* NTE, line by line */
	const char *same[VIEW_IDENTITIES];
	unsigned number; /* the how-manieth of its message */
	bool withdraws;  /* it says that it is none */
	bool ended;      /* another one says so */
	/* It is part of that one; NULL: of none that is known. */
	const struct view_source *whole_source;
	const struct view_item *whole;
	bool withdrawn; /* by that, or by another that came later */
	struct view_item *next;
};

struct view_source {
	struct view_origin origin;
	struct view_person person;
	struct view_item *items;
	struct view_source *next;
};

struct view_list {
	struct view_head head;
	const struct view_table *table;
	const struct view_source *sources; /* newest first */
};

#endif
