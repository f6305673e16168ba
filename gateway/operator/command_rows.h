/* gateway/operator/command_rows.h
 *
 * What the tables of commands (commands*.c) share: options, fields and columns that several have.
 * All is constant, and ended by a row without name. */
#ifndef MINATO_OPERATOR_COMMAND_ROWS_H
#define MINATO_OPERATOR_COMMAND_ROWS_H

#include "gateway/operator/command.h"

/* clang-format off */
#define PROGRESS_OPTION \
	{ .name = "progress", .help = "tell how far it is although this is no terminal" }
#define PATIENT_OPTION                                                                             \
	{ .name = "patient", .argument = "ID", .needed = true,                                     \
	  .help = "the person: 'ID^^^&OID&ISO' or ID@FACILITY" }
#define REASON_OPTION                                                                              \
	{ .name = "reason", .argument = "TEXT", .needed = true,                                    \
	  .help = "why, kept with the decision" }
/* clang-format on */

extern const struct option_row options_none[], options_progress[], options_patient[];
extern const struct request_field fields_patient[]; /* of the option --patient */
extern const struct request_field fields_id[];      /* of the first argument */
extern const struct column columns_patients[];
extern const struct request request_exchange_show; /* of the first argument, too */

/* The tables, each of some nouns; commands.c has their order. */
extern const struct command commands_people[], commands_consent[], commands_documents[],
	commands_emergencies[], commands_exchanges[], commands_partners[];

#endif
