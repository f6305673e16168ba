/* gateway/operator/command_renew.c: the certificate of our own doors: its renewal, told. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"
#include "gateway/operator/daemon_follow.h"
#include "gateway/operator/init_words.h"
#include "gateway/operator/region_own.h"

static enum outcome misused(const struct invocation *i, const char *what, const char *remedy)
{
	fprintf(i->talk, "minato: %s\ndo: %s\n", what, remedy);
	return OUTCOME_USAGE;
}

/* What each option excludes. */
static enum outcome read_options(struct invocation *i, struct own_renewal *r)
{
	const char *hosts = invocation_option(i, "hosts"), *why;
	bool request = invocation_option(i, "request") != NULL,
	     prepare = invocation_option(i, "prepare") != NULL;
	r->answer = invocation_option(i, "certificate");
	if (request + prepare + (r->answer != NULL) > 1)
		return misused(i,
			       "--request asks for a certificate, --prepare has ours make one for "
			       "later, and --certificate brings one",
			       "give one of the three");
	if (r->answer != NULL && hosts != NULL)
		return misused(i, "the names of a certificate are those its authority wrote",
			       "give --hosts with --request or --prepare, when it is made");
	if ((request || prepare) && invocation_option(i, "reload") != NULL)
		return misused(i, "that changes nothing that a daemon could read again",
			       "give --reload with --certificate, when it is to be shown");
	if (hosts != NULL && region_word_read(i->arena, REGION_HOSTS, hosts, &why) == NULL)
		return misused(i, arena_printf(i->arena, "--hosts \"%s\"", hosts), why);
	if (hosts != NULL)
		r->names = region_server_names(i->arena, hosts);
	return OUTCOME_DONE;
}

/* ---- What is told ---- */

static void print(const struct invocation *i, const struct own_renewed *o)
{
	char end[DTM_TEXT];
	instant_to_dtm(o->ends, end);
	json_t *shown = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s}", "file", o->file,
				  "subject", o->subject, "issuer", o->issuer, "names", o->names,
				  "serial", o->serial, "certificate_sha256", o->sha256, "expires",
				  json_sprintf("%.4s-%.2s-%.2s", end, end + 4, end + 6), "before",
				  o->before);
	output_object(i->out, i->arena, i->format, shown);
	json_decref(shown);
}

/* NULL: no door listens there. */
static const char *listening_at(const struct configuration *c, const char *name)
{
	static const char kind[] = "IP Address:";
	const char *address = text_starts(name, kind) ? name + strlen(kind) : NULL;
	for (const struct config_door *const *d = c->doors; *d != NULL; d++)
		if ((*d)->tls.certificate != NULL && text_equal((*d)->address, address))
			return (*d)->name;
	return NULL;
}

static void warn(const struct invocation *i, const struct configuration *c,
		 const struct own_renewed *o)
{
	for (const char *const *name = o->dropped; *name != NULL; name++) {
		const char *door = c == NULL ? NULL : listening_at(c, *name);
		fprintf(i->talk,
			"minato: it no longer bears %s%s%s%s: who connects there by that "
			"refuses it\n",
			output_printable(i->arena, *name), door == NULL ? "" : ", where the ",
			door == NULL ? "" : door, door == NULL ? "" : " door listens");
	}
	if (o->authority_ends_first)
		fputs("minato: the region's own authority runs out before it does: minato status "
		      "tells when\n",
		      i->talk);
	if (c != NULL && region_has_community(&c->region))
		fputs("Other communities may know it by its copy: send them what minato partner "
		      "describe tells now.\n",
		      i->talk);
	fputs("Who knows it by its fingerprint, and not by its authority, needs the new one.\n",
	      i->talk);
}

/* Every section that names the file, as far as the configuration can be read. */
static void tell_users(const struct invocation *i, const struct configuration *c, const char *file)
{
	bool first = true;
	for (const struct config_value *v = c == NULL ? NULL : c->values; v != NULL; v = v->next) {
		if (!text_equal(v->file, file))
			continue;
		fprintf(i->talk, "%s%s%s%s", first ? "It is named by: " : ", ", v->section,
			v->title == NULL ? "" : " ", v->title == NULL ? "" : v->title);
		first = false;
	}
	if (!first)
		fputs(".\n", i->talk);
}

static enum outcome tell_renewed(struct invocation *i, const struct own_renewed *o)
{
	const struct configuration *c = invocation_configuration(i);
	print(i, o);
	fprintf(i->talk, "%s is renewed; what it was is in %s.\n", o->file, o->before);
	tell_users(i, c, o->file);
	warn(i, c, o);
	config_release(c);
	return daemon_shows(i, o->file, o->sha256);
}

static enum outcome tell_requested(struct invocation *i, const struct own_renewed *o)
{
	fprintf(i->talk,
		"The request is in %s: send it to the authority. Its key is in %s, and stays "
		"here.\nUntil the answer is there nothing changes; then, with the certificates "
		"between behind it:\n  minato region renew --certificate ANSWER --reload\n",
		o->request, o->key);
	return OUTCOME_DONE;
}

static enum outcome tell_prepared(struct invocation *i, const struct own_renewed *o)
{
	fprintf(i->talk,
		"The next certificate is in %s, its key in %s; it is not shown yet.\nSend the "
		"certificate to those who know ours by its fingerprint or a copy (other regions: "
		"minato facility renew NAME FILE --overlap 30d). When they have it:\n  minato "
		"region renew --certificate %s --reload\n",
		o->prepared, o->key, o->prepared);
	return OUTCOME_DONE;
}

/* What an invocation asks for. */
static const struct way {
	const char *option; /* NULL: whatever else is given */
	bool (*run)(const struct own_renewal *r, struct arena *a, struct own_renewed *out,
		    struct problem *p);
	enum outcome (*tell)(struct invocation *i, const struct own_renewed *o);
} ways[] = { { "request", region_request_own, tell_requested },
	     { "prepare", region_prepare_own, tell_prepared },
	     { NULL, region_renew_own, tell_renewed } };

enum outcome command_region_renew(struct invocation *i)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct own_renewal r = { .configuration = i->configuration,
				 .now = i->clock->now(i->clock) };
	struct own_renewed o = { .file = NULL };
	const struct way *w = ways;
	enum outcome read = read_options(i, &r);
	if (read != OUTCOME_DONE)
		return read;
	while (w->option != NULL && invocation_option(i, w->option) == NULL)
		w++;
	if (w->run(&r, i->arena, &o, &problem))
		return w->tell(i, &o);
	read = invocation_fail(i, &problem);
	return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : read;
}
