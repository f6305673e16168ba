/* gateway/ocsp_shown.c: what responders said, and how old it is. */
#include "gateway/ocsp_shown.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/transport/ocsp_answers.h"
#include "profiles/transaction.h"

enum { SHOWN_MOST = 100 };

/* ---- Status ---- */

/* Copied first: an arena may leave by a long jump, and the table is locked meanwhile. */
struct listing {
	struct ocsp_seen *all;
	size_t count, room;
};

static bool is_shown(const struct ocsp_seen *s)
{
	return s->wanted || s->said.word == OCSP_SAID_REVOKED || s->said.word == OCSP_SAID_UNKNOWN;
}

static void list_one(void *with, const struct ocsp_seen *s)
{
	struct listing *l = with;
	if (!is_shown(s))
		return;
	if (l->count == l->room) {
		size_t room = 2 * l->room + 64;
		struct ocsp_seen *wider = realloc(l->all, room * sizeof *wider);
		if (wider == NULL)
			return;
		l->all = wider;
		l->room = room;
	}
	l->all[l->count++] = *s;
}

/* Revoked, unknown, silence, nothing said yet; then the oldest. */
static int rank(const struct ocsp_seen *s)
{
	return s->said.word == OCSP_SAID_REVOKED   ? 0
	       : s->said.word == OCSP_SAID_UNKNOWN ? 1
	       : s->failing != 0                   ? 2
	       : s->said.word == OCSP_SAID_NOTHING ? 3
						   : 4;
}

static int by_need(const void *a, const void *b)
{
	const struct ocsp_seen *x = a, *y = b;
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	return (x->learned > y->learned) - (x->learned < y->learned);
}

static const char *problem_of(const struct ocsp_seen *s)
{
	if (s->staple && s->must && s->said.word != OCSP_SAID_GOOD)
		return "it insists on an OCSP answer beside it, and there is none that says good";
	if (s->wanted && !s->askable)
		return "no responder is known: the certificate names none";
	return s->why;
}

static const char *time_text(struct arena *a, instant t)
{
	char text[XML_TIME_TEXT];
	if (t == 0)
		return NULL;
	instant_to_xml(t, text);
	return arena_text(a, text);
}

static json_t *describe(struct exchange *x, const struct configuration *c,
			const struct ocsp_seen *s)
{
	char sha256[2 * OCSP_SHA256 + 1];
	for (unsigned i = 0; i < OCSP_SHA256; i++)
		snprintf(sha256 + 2 * i, 3, "%02x", s->sha256[i]);
	const struct registered_system *system = region_system_by_certificate(&c->region, sha256);
	json_t *o = json_pack("{s:s, s:s*, s:b, s:s, s:s*, s:s*, s:s*, s:s*}", "certificate",
			      sha256, "system", system == NULL ? NULL : system->name, "ours",
			      s->staple, "said", ocsp_word_name(s->said.word), "since",
			      time_text(x->arena, s->said.this_update), "until",
			      time_text(x->arena, s->said.next_update), "responder",
			      s->askable ? s->responder : NULL, "problem", problem_of(s));
	if (s->learned != 0)
		json_object_set_new(o, "age_seconds",
				    json_integer((x->now - s->learned) / 1000000));
	return o;
}

struct shown {
	struct exchange *x;
	const struct configuration *configuration;
	const struct listing *listing;
	json_t *out;
};

static void describe_all(void *with)
{
	struct shown *w = with;
	for (size_t i = 0; i < w->listing->count && i < SHOWN_MOST; i++)
		json_array_append_new(w->out,
				      describe(w->x, w->configuration, &w->listing->all[i]));
}

struct json_t *ocsp_shown_status(struct gateway *g, struct exchange *x)
{
	struct listing l = { .count = 0 };
	struct shown w = { .x = x,
			   .configuration = gateway_configuration(g),
			   .listing = &l,
			   .out = json_array() };
	ocsp_answers_each(g->ocsp_answers, list_one, &l);
	if (l.count > 1)
		qsort(l.all, l.count, sizeof *l.all, by_need);
	arena_run(x->arena, describe_all, &w);
	config_release(w.configuration);
	free(l.all);
	return w.out;
}

/* ---- Metrics ---- */

struct counting {
	instant now;
	uint64_t by_word[OCSP_WORDS], silent, oldest; /* microseconds */
};

static void count_one(void *with, const struct ocsp_seen *s)
{
	struct counting *c = with;
	if (!is_shown(s))
		return;
	c->by_word[s->said.word]++;
	c->silent += s->failing != 0;
	if (s->wanted && s->learned != 0 && c->now > s->learned
	    && (uint64_t)(c->now - s->learned) > c->oldest)
		c->oldest = (uint64_t)(c->now - s->learned);
}

void ocsp_shown_metrics(struct gateway *g, struct buffer *b)
{
	struct counting c = { .now = g->clock->now(g->clock) };
	ocsp_answers_each(g->ocsp_answers, count_one, &c);
	buffer_text(b, "# HELP minato_ocsp_certificates Certificates by what their responder said "
		       "last.\n"
		       "# TYPE minato_ocsp_certificates gauge\n");
	for (enum ocsp_word w = 0; w < OCSP_WORDS; w++)
		buffer_printf(b, "minato_ocsp_certificates{said=\"%s\"} %" PRIu64 "\n",
			      ocsp_word_name(w), c.by_word[w]);
	buffer_printf(b,
		      "# HELP minato_ocsp_unanswered Certificates whose responder gave no answer "
		      "that counts when it was asked last.\n"
		      "# TYPE minato_ocsp_unanswered gauge\n"
		      "minato_ocsp_unanswered %" PRIu64 "\n"
		      "# HELP minato_ocsp_oldest_answer_seconds How long ago the oldest answer was "
		      "had that is asked for.\n"
		      "# TYPE minato_ocsp_oldest_answer_seconds gauge\n"
		      "minato_ocsp_oldest_answer_seconds %" PRIu64 "\n",
		      c.silent, c.oldest / 1000000);
}
