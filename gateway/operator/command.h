/* gateway/operator/command.h: one row a command of the operator's tool.
 *
 * From the rows come the parsing, the help, the completion and the check of minato(1). Most
 * commands only ask the daemon: their row says how (struct request) and command_ask() does it. */
#ifndef GATEWAY_OPERATOR_COMMAND_H
#define GATEWAY_OPERATOR_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/operator/output.h"
#include "schemas/tables/problem.h"

struct arena;
struct configuration;
struct invocation;

/* The contract's exit codes. */
enum outcome {
	OUTCOME_DONE = 0,
	OUTCOME_NEGATIVE = 1,
	OUTCOME_USAGE = 2,
	OUTCOME_CONFIGURATION = 3,
	OUTCOME_REFUSED = 4,
	OUTCOME_UNREACHABLE = 5,
	OUTCOME_INTERRUPTED = 130 /* 128 and SIGINT, as shells have it */
};

struct option_row {
	const char *name;     /* without dashes; NULL ends the list */
	const char *argument; /* "N", "DIR"; NULL: a switch */
	const char *help;
	bool needed;
};

/* Where a field of a request comes from: an option's name, "1" for the first argument, or fixed. */
struct request_field {
	const char *name, *from; /* name NULL ends the list */
	const char *fixed;
	/* made absolute: the daemon has another working directory */
	bool path;
	/* not its name but what is in it, in base64, of at most so many octets; 0: its name. One
	 * field of a request. */
	size_t octets_most;
};

/* A GET with rows whose answer has a member `next` may be asked for more, by the field `after`. */
struct request {
	const char *method, *path;
	const struct request_field *fields; /* GET: the query; POST: a JSON object */
	/* member of the answer that is the table; NULL: the whole answer */
	const char *rows;
	const struct column *columns;
	const char *verdict; /* a boolean member; false exits with 1 */
};

struct command {
	const char *noun, *verb; /* verb NULL: the noun alone is the command */
	/* "DIR"; NULL: none. As many as it has words; "[CODE]": it may be left out; "FILE...": as
	 * many as are given, one at least */
	const char *arguments;
	const struct option_row *options;
	const char *help;     /* one line */
	const char *examples; /* lines, each a whole command */
	enum outcome (*run)(struct invocation *i);
	const struct request *request; /* for command_ask() */
	const char *long_work; /* "check": it may take long; long_watch.h. NULL: it does not */
};

enum { ARGUMENTS_MOST = 1000, OPTIONS_MOST = 16 };

/* What the operator wrote, understood. */
struct invocation {
	struct arena *arena;
	const struct clock *clock;
	FILE *out, *talk; /* data, and everything else */
	bool terminal;    /* talk is one: progress may be shown */
	const struct command *command;
	const char *configuration; /* -c, or where it usually is */
	enum output_format format;
	bool local_times; /* output_local_times() */
	const char *arguments[ARGUMENTS_MOST];
	size_t argument_count;
	const char *options[OPTIONS_MOST]; /* as command->options; a switch given is "" */
	long within_ms;                    /* the daemon has so long to answer; 0: for ever */
	const char *octets; /* of the file that a field of the request is: octets_most */
};

/* The rows of all tables in their order (commands.c); NULL behind the last. */
const struct command *command_row(size_t number);
extern const char command_default_configuration[];

/* The value of an option of this command; NULL when not given. */
const char *invocation_option(const struct invocation *i, const char *name);
/* Prints what, where and what to do; the outcome is the problem's. */
enum outcome invocation_fail(const struct invocation *i, const struct problem *p);
/* Loads the configuration; NULL after telling its faults (OUTCOME_CONFIGURATION). */
const struct configuration *invocation_configuration(const struct invocation *i);
/* A name for a path that holds from any directory. */
const char *invocation_path(const struct invocation *i, const char *path);

/* Asks the daemon what the command's row says and prints the answer. */
enum outcome command_ask(struct invocation *i);
/* The answer, of a list all its pages; a new reference. NULL: the outcome says why there is none,
 * and it has been told. */
json_t *command_asked(struct invocation *i, const struct request *r, enum outcome *outcome);
/* Asks for a document's octets, as the command's row says: each piece as it comes. take() runs
 * within libcurl, so it allocates nothing of an arena; false: they cannot be taken, and nobody is
 * told. */
enum outcome command_octets(struct invocation *i,
			    bool (*take)(void *with, const void *octets, size_t length),
			    void *with);
/* Of a list: that it goes on, where it does. */
void command_tell_more(const struct invocation *i, const json_t *answer);

/* The whole tool. argv as main()'s. */
int command_line_run(int argc, char **argv, FILE *out, FILE *talk, const struct clock *clock);
/* Only the understanding of it, for tests: OUTCOME_DONE when i->command may run; help and mistakes
 * have been printed otherwise. */
enum outcome command_line_read(struct invocation *i, int argc, char **argv, bool *finished);

/* The rows' functions. */
enum outcome command_status(struct invocation *i);
enum outcome command_backup_verify(struct invocation *i);
enum outcome command_restore(struct invocation *i);
enum outcome command_migrate(struct invocation *i);
enum outcome command_audit_verify(struct invocation *i);
enum outcome command_exchange_replay(struct invocation *i);
enum outcome command_explain(struct invocation *i);
enum outcome command_init(struct invocation *i);
enum outcome command_facility_list(struct invocation *i);
enum outcome command_facility_add(struct invocation *i);
enum outcome command_facility_show(struct invocation *i);
enum outcome command_facility_test(struct invocation *i);
enum outcome command_facility_csr(struct invocation *i);
enum outcome command_facility_renew(struct invocation *i);
enum outcome command_region_renew(struct invocation *i);
enum outcome command_config_show(struct invocation *i);
enum outcome command_config_check(struct invocation *i);
enum outcome command_config_keys(struct invocation *i);
enum outcome command_metrics(struct invocation *i);
enum outcome command_import(struct invocation *i);
enum outcome command_ssmix2_check(struct invocation *i);
enum outcome command_ssmix2_put(struct invocation *i);
enum outcome command_transactions(struct invocation *i);
enum outcome command_diagnose(struct invocation *i);
enum outcome command_partner_list(struct invocation *i);
enum outcome command_partner_add(struct invocation *i);
enum outcome command_partner_trust(struct invocation *i);
enum outcome command_partner_describe(struct invocation *i);
enum outcome command_demo(struct invocation *i);
enum outcome command_demo_load(struct invocation *i);
enum outcome command_demo_unload(struct invocation *i);
enum outcome command_document_fetch(struct invocation *i);
enum outcome command_document_view(struct invocation *i);
enum outcome command_retention_preview(struct invocation *i);
enum outcome command_match_queue(struct invocation *i);
enum outcome command_match_show(struct invocation *i);
enum outcome command_match_explain(struct invocation *i);
enum outcome command_match_decide(struct invocation *i);
enum outcome command_match_train(struct invocation *i);
enum outcome command_codes_import(struct invocation *i);
enum outcome command_codes_list(struct invocation *i);
enum outcome command_codes_check(struct invocation *i);

#endif
