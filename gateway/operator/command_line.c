/* gateway/operator/command_line.c: understands what the operator wrote, or says what was meant. */
#include "gateway/operator/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/nearest.h"

enum { MEMORY_MOST = 1 << 30 };

/* Options every command takes. */
static const struct option_row everywhere[] = {
	{ .name = "config", .argument = "FILE", .help = "-c FILE: the region's minato.conf" },
	{ .name = "output", .argument = "FORMAT", .help = "table, json, ndjson or csv" },
	{ .name = "local",
	  .help = "times of this machine's zone, in tables and CSV; without it UTC" },
	{ .name = "help", .help = "this, for any command" },
	{ .name = "version", .help = "which minato this is" },
	{ 0 }
};

static bool same_noun(const struct command *c, const char *noun)
{
	return text_equal(c->noun, noun);
}

static void print_examples(FILE *to, const char *examples)
{
	while (*examples != '\0') {
		size_t length = strcspn(examples, "\n");
		fprintf(to, "  %.*s\n", (int)length, examples);
		examples += length + (examples[length] == '\n');
	}
}

static void print_options(FILE *to, const struct option_row *o)
{
	for (; o->name != NULL; o++) {
		int width = fprintf(to, "  --%s%s%s", o->name, o->argument != NULL ? " " : "",
				    o->argument != NULL ? o->argument : "");
		fprintf(to, "%*s%s%s\n", width < 28 ? 28 - width : 1, "", o->help,
			o->needed ? " (needed)" : "");
	}
}

static void print_command(FILE *to, const struct command *c)
{
	fputs("Examples:\n", to);
	print_examples(to, c->examples);
	fprintf(to, "\nUsage: minato [-c FILE] %s%s%s%s%s%s\n%s%s.\n", c->noun,
		c->verb != NULL ? " " : "", c->verb != NULL ? c->verb : "",
		c->arguments != NULL ? " " : "", c->arguments != NULL ? c->arguments : "",
		c->options->name != NULL ? " [OPTION]..." : "", "  ", c->help);
	fputs("\nOptions:\n", to);
	print_options(to, c->options);
	print_options(to, everywhere);
}

/* All commands, or those of one noun. */
static void print_commands(FILE *to, const char *noun)
{
	const struct command *c;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++) {
		if (noun != NULL && !same_noun(c, noun))
			continue;
		int width = fprintf(to, "  %s%s%s%s%s", c->noun, c->verb != NULL ? " " : "",
				    c->verb != NULL ? c->verb : "", c->arguments != NULL ? " " : "",
				    c->arguments != NULL ? c->arguments : "");
		fprintf(to, "%*s%s\n", width < 28 ? 28 - width : 1, "", c->help);
	}
}

static void print_help(FILE *to, const char *noun)
{
	fputs("Examples:\n", to);
	const struct command *c;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		if (noun != NULL ? same_noun(c, noun)
				 : same_noun(c, "init") || same_noun(c, "status")
					   || text_equal(c->verb, "search"))
			print_examples(to, c->examples);
	fputs("\nUsage: minato [-c FILE] NOUN VERB [ARGUMENT]... [OPTION]...\n\nCommands:\n", to);
	print_commands(to, noun);
	fputs("\nOptions:\n", to);
	print_options(to, everywhere);
	fprintf(to,
		"\nExit: 0 done, 1 negative result or failure, 2 usage, 3 configuration, 4 "
		"refused,\n"
		"5 unreachable. Without -c: $MINATO_CONF, else %s.\n",
		command_default_configuration);
}

static enum outcome mistake(const struct invocation *i, const char *what, const char *given,
			    const char *const *names, size_t count)
{
	const char *nearest = nearest_name(given, names, count);
	fprintf(i->talk, "minato: %s \"%s\"\n", what, given);
	if (nearest != NULL)
		fprintf(i->talk,
			"do: write %s, if that is what you mean; minato --help shows all\n",
			nearest);
	return OUTCOME_USAGE;
}

static size_t command_count(void)
{
	size_t count = 0;
	while (command_row(count) != NULL)
		count++;
	return count;
}

/* There is none: what was meant? */
static enum outcome no_command(struct invocation *i, const char *noun, const char *verb)
{
	const char **names = arena_array(i->arena, const char *, command_count() + 1);
	size_t nouns = 0, verbs = 0;
	const struct command *c;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		if (same_noun(c, noun))
			names[verbs++] = c->verb;
	if (verbs > 0 && verb == NULL) {
		fprintf(i->talk, "minato: %s what?\n", noun);
		print_commands(i->talk, noun);
		return OUTCOME_USAGE;
	}
	if (verbs > 0)
		return mistake(i, arena_printf(i->arena, "%s has no verb", noun), verb, names,
			       verbs);
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		names[nouns++] = c->noun;
	return mistake(i, "there is no command", noun, names, nouns);
}

static enum outcome find_command(struct invocation *i, const char *noun, const char *verb)
{
	const struct command *c;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		if (same_noun(c, noun) && (c->verb == NULL || text_equal(c->verb, verb))) {
			i->command = c;
			return OUTCOME_DONE;
		}
	return no_command(i, noun, verb);
}

/* What has been collected of the line before the command is known. */
struct collected {
	const char *words[ARGUMENTS_MOST + 2];
	size_t word_count;
	struct {
		const char *name, *value;
	} options[OPTIONS_MOST];
	size_t option_count;
	bool help, version;
};

static bool takes_argument(const char *name, size_t length)
{
	const struct command *c;
	for (const struct option_row *o = everywhere; o->name != NULL; o++)
		if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
			return o->argument != NULL;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		for (const struct option_row *o = c->options; o->name != NULL; o++)
			if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
				return o->argument != NULL;
	return true;
}

static enum outcome keep_option(struct invocation *i, struct collected *c, const char *name,
				const char *value)
{
	if (text_equal(name, "config")) {
		i->configuration = value;
	} else if (text_equal(name, "output")) {
		if (!output_format_of(value, &i->format)) {
			fprintf(i->talk,
				"minato: there is no output format \"%s\"\ndo: table, json, ndjson "
				"or csv\n",
				value);
			return OUTCOME_USAGE;
		}
	} else if (text_equal(name, "local")) {
		i->local_times = true;
	} else if (c->option_count == OPTIONS_MOST) {
		fprintf(i->talk, "minato: too many options\n");
		return OUTCOME_USAGE;
	} else {
		c->options[c->option_count].name = name;
		c->options[c->option_count++].value = value;
	}
	return OUTCOME_DONE;
}

/* One option; *at is left at the last word it took. */
static enum outcome collect_option(struct invocation *i, struct collected *c, int argc, char **argv,
				   int *at)
{
	const char *word = argv[*at];
	if (text_equal(word, "-h") || text_equal(word, "--help")) {
		c->help = true;
		return OUTCOME_DONE;
	}
	if (text_equal(word, "--version")) {
		c->version = true;
		return OUTCOME_DONE;
	}
	bool shortly = text_starts(word, "-c");
	if (!shortly && !text_starts(word, "--")) {
		fprintf(i->talk, "minato: there is no option \"%s\"\ndo: minato --help shows all\n",
			word);
		return OUTCOME_USAGE;
	}
	const char *name = shortly ? "config" : word + 2;
	const char *equals = shortly ? NULL : strchr(name, '=');
	size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const char *value = equals != NULL               ? equals + 1
			    : shortly && word[2] != '\0' ? word + 2
							 : NULL;
	name = arena_text_n(i->arena, name, length);
	bool takes = takes_argument(name, length);
	if (!takes && value != NULL) {
		fprintf(i->talk, "minato: --%s takes no value, and \"%s\" was given\n", name,
			value);
		return OUTCOME_USAGE;
	}
	if (value == NULL && takes && *at + 1 < argc)
		value = argv[++*at];
	if (takes && value == NULL) {
		fprintf(i->talk, "minato: --%s needs a value\n", name);
		return OUTCOME_USAGE;
	}
	if (!takes)
		value = "";
	return keep_option(i, c, name, value);
}

static enum outcome collect(struct invocation *i, struct collected *c, int argc, char **argv)
{
	bool options = true;
	for (int at = 1; at < argc; at++) {
		if (options && text_equal(argv[at], "--")) {
			options = false;
		} else if (options && argv[at][0] == '-' && argv[at][1] != '\0') {
			enum outcome o = collect_option(i, c, argc, argv, &at);
			if (o != OUTCOME_DONE)
				return o;
		} else if (c->word_count < COUNT(c->words)) {
			c->words[c->word_count++] = argv[at];
		} else {
			fprintf(i->talk, "minato: too many words, from \"%s\" on\n", argv[at]);
			return OUTCOME_USAGE;
		}
	}
	return OUTCOME_DONE;
}

static size_t words_of(const char *arguments)
{
	size_t count = arguments != NULL;
	for (; arguments != NULL && *arguments != '\0'; arguments++)
		count += *arguments == ' ';
	return count;
}

static enum outcome give_options(struct invocation *i, const struct collected *c)
{
	const char *names[OPTIONS_MOST];
	const struct option_row *rows = i->command->options;
	size_t count = 0;
	for (; rows[count].name != NULL && count < OPTIONS_MOST; count++)
		names[count] = rows[count].name;
	for (size_t n = 0; n < c->option_count; n++) {
		size_t row = 0;
		while (row < count && !text_equal(rows[row].name, c->options[n].name))
			row++;
		if (row == count)
			return mistake(i, "this command has no option", c->options[n].name, names,
				       count);
		if (i->options[row] != NULL) {
			fprintf(i->talk, "minato: --%s is given twice\n", rows[row].name);
			return OUTCOME_USAGE;
		}
		i->options[row] = c->options[n].value;
	}
	for (size_t row = 0; row < count; row++) {
		const char *value = i->options[row];
		bool empty = value != NULL && *value == '\0' && rows[row].argument != NULL;
		if (rows[row].needed && text_empty(value))
			fprintf(i->talk, "minato: --%s %s is needed: %s\n", rows[row].name,
				rows[row].argument, rows[row].help);
		else if (empty)
			fprintf(i->talk, "minato: --%s is empty\n", rows[row].name);
		if (empty || (rows[row].needed && text_empty(value)))
			return OUTCOME_USAGE;
	}
	return OUTCOME_DONE;
}

static enum outcome give_arguments(struct invocation *i, const struct collected *c)
{
	size_t taken = i->command->verb != NULL ? 2 : 1;
	size_t given = c->word_count - taken, wanted = words_of(i->command->arguments);
	bool optional = wanted > 0 && i->command->arguments[0] == '[';
	bool several = wanted > 0 && strstr(i->command->arguments, "...") != NULL;
	if (given != wanted && !(optional && given == 0) && !(several && given > wanted)) {
		if (wanted == 0)
			fprintf(i->talk, "minato: \"%s\" is one word too many\n", c->words[taken]);
		else
			fprintf(i->talk, "minato: this command takes %s\n", i->command->arguments);
		print_command(i->talk, i->command);
		return OUTCOME_USAGE;
	}
	for (size_t n = 0; n < given; n++) {
		i->arguments[n] = c->words[taken + n];
		if (text_empty(i->arguments[n])) {
			fprintf(i->talk, "minato: %s is empty\n", i->command->arguments);
			return OUTCOME_USAGE;
		}
	}
	i->argument_count = given;
	return OUTCOME_DONE;
}

enum outcome command_line_read(struct invocation *i, int argc, char **argv, bool *finished)
{
	struct collected c = { 0 };
	const char *from_environment = getenv("MINATO_CONF");
	*finished = true;
	i->configuration = text_empty(from_environment) ? command_default_configuration
							: from_environment;
	enum outcome o = collect(i, &c, argc, argv);
	if (o != OUTCOME_DONE)
		return o;
	if (c.version) {
		fprintf(i->out, "minato %s\n", PACKAGE_VERSION);
		return OUTCOME_DONE;
	}
	if (c.word_count == 0) {
		print_help(c.help ? i->out : i->talk, NULL);
		return c.help ? OUTCOME_DONE : OUTCOME_USAGE;
	}
	if (c.help && c.word_count == 1) {
		const struct command *row;
		for (size_t n = 0; (row = command_row(n)) != NULL; n++)
			if (same_noun(row, c.words[0]) && row->verb != NULL) {
				print_help(i->out, c.words[0]);
				return OUTCOME_DONE;
			}
	}
	o = find_command(i, c.words[0], c.words[1]);
	if (o == OUTCOME_DONE && c.help) {
		print_command(i->out, i->command);
		return OUTCOME_DONE;
	}
	if (o == OUTCOME_DONE)
		o = give_arguments(i, &c);
	if (o == OUTCOME_DONE)
		o = give_options(i, &c);
	*finished = o != OUTCOME_DONE;
	return o;
}

struct running {
	struct invocation invocation;
	int argc;
	char **argv;
	enum outcome outcome;
};

static void run(void *with)
{
	struct running *r = with;
	bool finished;
	r->outcome = command_line_read(&r->invocation, r->argc, r->argv, &finished);
	output_local_times(r->invocation.local_times);
	if (!finished)
		r->outcome = r->invocation.command->run(&r->invocation);
}

int command_line_run(int argc, char **argv, FILE *out, FILE *talk, const struct clock *clock)
{
	struct running r = {
		.invocation = {
			.arena = arena_create(MEMORY_MOST), .clock = clock,
			.out = out, .talk = talk,
			.terminal = isatty(fileno(talk)) == 1,
		},
		.argc = argc, .argv = argv, .outcome = OUTCOME_NEGATIVE,
	};
	if (r.invocation.arena == NULL || !arena_run(r.invocation.arena, run, &r))
		fprintf(talk, "minato: out of memory\n");
	arena_destroy(r.invocation.arena);
	if (fflush(out) != 0 && r.outcome == OUTCOME_DONE) {
		fprintf(talk, "minato: could not write the result\n");
		r.outcome = OUTCOME_NEGATIVE;
	}
	return r.outcome;
}
