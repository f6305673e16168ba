/* gateway/envelope/code_file.h: code sets as files, and back: our own table, the codes.xml of the
 * NIST toolkit, a FHIR R4 ValueSet or CodeSystem.
 *
 * Our own has lines of UTF-8 ended by LF or CRLF, fields parted by a tab. The first line that is
 * neither empty nor begins with # is the heading
 *	attribute	code	scheme	japanese	english	extension
 * and each further one a code; fields at the end may be left out.
 *
 * Every fault is told with where it is and what to do; behind FAULTS_MOST they are only counted.
 * A file with faults gives no codes. What is read lives in the arena; thread-safety: as its. */
#ifndef GATEWAY_ENVELOPE_CODE_FILE_H
#define GATEWAY_ENVELOPE_CODE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "schemas/model/code_sets.h"

struct arena;

enum {
	CODE_FILE_MOST = 16 << 20, /* octets: codes.xml of the largest domains have 1 MiB */
	CODE_ROWS_MOST = 100000,   /* codes of one file: JLAC10 as a whole has some 20,000 */
	CODE_FAULTS_MOST = 20
};

struct code_fault {
	unsigned line;     /* 0: not of a line */
	const char *where; /* of JSON: "compose.include[0].concept[2]"; else NULL */
	const char *what, *remedy;
	const struct code_fault *next;
};

struct code_row {
	struct affinity_code code;
	unsigned line;
	struct code_row *next;
};

struct code_file {
	struct arena *arena;
	struct code_row *first, **tail;
	size_t count;
	const struct code_fault *faults, **faults_tail;
	size_t fault_count;
	size_t twice;                                 /* codes said again, in the foreign forms */
	const struct code_fault *notes, **notes_tail; /* what was passed over, told, no fault */
};

enum code_form { CODE_FORM_TSV, CODE_FORM_XML, CODE_FORM_FHIR };
/* By its first octets: '<' is XML, '{' is FHIR. */
enum code_form code_form_of(struct bytes text);

struct code_reading {
	const char *attribute; /* of FHIR, which does not say it */
	const char *scheme;    /* an OID for systems of FHIR that have none we know; or NULL */
};

struct code_file code_file_in(struct arena *a);
/* Each gives true when there is no fault. with: NULL is fine but for FHIR. */
bool code_file_read(struct code_file *f, struct bytes text, const struct code_reading *with);
bool code_file_read_tsv(struct code_file *f, struct bytes text);
bool code_file_read_xml(struct code_file *f, struct bytes text);
bool code_file_read_fhir(struct code_file *f, struct bytes text, const struct code_reading *with);

/* The codes, as sets. */
struct code_sets code_file_sets(const struct code_file *f);
/* Our own form of them, in the order of the rows, with its heading and without. */
void code_file_write(struct buffer *b, const struct code_row *first);
void code_file_write_rows(struct buffer *b, const struct code_row *first);

/* For the readers. Adding checks what holds of every code; false: it was a fault. */
bool code_file_add(struct code_file *f, const struct affinity_code *code, unsigned line,
		   const char *where);
bool code_file_fault(struct code_file *f, unsigned line, const char *where, const char *remedy,
		     const char *what, ...) __attribute__((format(printf, 5, 6)));
void code_file_note(struct code_file *f, unsigned line, const char *what);
/* A value for a sentence: cut, where it is long. */
const char *code_file_told(const struct code_file *f, const char *value);
/* The attributes there are, for a remedy. */
extern const char code_attributes_remedy[];

#endif
