/* gateway/operator/command_init.c: a new region, of options or of answers. */
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/init_words.h"
#include "gateway/operator/region_files.h"

static bool port_option(const struct invocation *i, const char *name, unsigned preset,
			unsigned *out)
{
	const char *text = invocation_option(i, name);
	uint64_t n = preset;
	if (text != NULL && !text_to_number(text, 65535, &n)) {
		fprintf(i->talk,
			"minato: --%s \"%s\" is not a port\ndo: a number from 0 to 65535\n", name,
			text);
		return false;
	}
	*out = (unsigned)n;
	return true;
}

static bool is_example_region(const struct region_plan *plan)
{
	return plan->demo || plan->neighbour;
}

static bool read_words(const struct invocation *i, struct region_plan *plan)
{
	for (unsigned w = 0; w < REGION_WORDS; w++) {
		const char *why = NULL, *option = region_word(w)->option;
		const char *text = invocation_option(i, option);
		if (text == NULL)
			continue;
		if (is_example_region(plan))
			why = "the example regions have their own: leave it away";
		else
			plan->said[w] = region_word_read(i->arena, w, text, &why);
		if (why == NULL)
			continue;
		fprintf(i->talk, "minato: --%s \"%s\" cannot be taken\ndo: %s\n", option, text,
			why);
		return false;
	}
	return true;
}

/* What no other region may have, and anybody who makes one has until he says his own. */
static void tell_examples(const struct invocation *i, const struct region_plan *plan)
{
	bool any = false;
	for (unsigned w = 0; w < REGION_WORDS; w++) {
		const struct region_word_row *row = region_word(w);
		if (!row->example || plan->said[w] != NULL)
			continue;
		if (!any)
			fprintf(i->talk,
				"Still an example, to be replaced in %s/minato.conf before it "
				"serves anybody\n"
				"(what the store keeps is named by OIDs: it cannot be renamed "
				"later):\n",
				plan->directory);
		fprintf(i->talk, "  %-22s %s\n", row->option, row->preset);
		any = true;
	}
	if (plan->said[REGION_HOSTS] == NULL)
		fprintf(i->talk,
			"Its certificate bears localhost and this machine's name alone.\n");
	fprintf(i->talk,
		"Certificates are of its own authority (%s/pki): for trials, and for who "
		"wants no other.\n",
		plan->directory);
	fprintf(i->talk,
		"Every code is accepted until it has code sets; those of Japanese regions:\n"
		"  minato -c %s/minato.conf codes import " MINATO_DATADIR "/codes/japan.tsv\n",
		plan->directory);
}

enum outcome command_init(struct invocation *i)
{
	struct problem problem = { 0 };
	struct region_plan plan = {
		.directory = i->arguments[0],
		.demo = invocation_option(i, "demo") != NULL,
		.neighbour = invocation_option(i, "neighbour") != NULL,
	};
	if (!port_option(i, "https-port", HTTPS_PORT, &plan.https_port)
	    || !port_option(i, "mllp-port", MLLP_PORT, &plan.mllp_port)
	    || !port_option(i, "admin-port", ADMIN_PORT, &plan.admin_port) || !read_words(i, &plan))
		return OUTCOME_USAGE;
	if (!is_example_region(&plan) && i->terminal && isatty(STDIN_FILENO) == 1
	    && region_is_free(&plan, i->arena, &problem))
		region_words_ask(stdin, i->talk, i->arena, &plan);
	if (problem.code != PROBLEM_NONE
	    || !region_init(&plan, i->arena, i->clock->now(i->clock), &problem)) {
		enum outcome o = invocation_fail(i, &problem);
		return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
	}
	fprintf(i->talk, "A region has been made in %s.\n", plan.directory);
	for (const struct facility *f = region_facilities(&plan); f->name != NULL; f++)
		fprintf(i->talk, "  %-12s %s, certificate and key in %s/pki/clients/%s.pem\n",
			f->name, f->title, plan.directory, f->name);
	fprintf(i->talk,
		"Start it:    minatod -c %s/minato.conf\n"
		"Is it ready: minato -c %s/minato.conf status\n",
		plan.directory, plan.directory);
	if (!is_example_region(&plan))
		tell_examples(i, &plan);
	return OUTCOME_DONE;
}
