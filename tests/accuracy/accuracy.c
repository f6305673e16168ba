/* tests/accuracy/accuracy.c: how well persons are told apart, measured (`make accuracy`).
 *
 *	accuracy [--show N] [FILE...]
 *
 * Without files the shared samples: FEBRL 1 to 3 (Christen 2005), with and without the social
 * security number, and the Japanese names. Thresholds and rules are those of the weights that are
 * shipped and the same for all files. Each file is judged with what is shipped; with what was
 * learnt without any truth from another file, or from the half of its persons that is not judged;
 * never with what was learnt from the records judged. --show explains so many wrong decisions of
 * each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "tests/accuracy/measure.h"
#include "tests/accuracy/rules.h"

enum { CEILING_MIB = 8192 };

static void head(void)
{
	printf("%-24s %-9s %7s %7s %8s | %-28s | %-28s | %-21s | %6s %6s %6s %5s | %9s\n", "", "",
	       "", "true", "blocking", "linked without asking", "persons made of it",
	       "likelier one than not", "review", "seen", "other-", "parts", "compared");
	printf("%-24s %-9s %7s %7s %8s | %-6s %-6s %-7s %-6s | %-6s %-6s %-7s %-6s | "
	       "%-6s %-6s %-7s | %6s %6s %6s %5s | %9s\n",
	       "sample", "weights", "records", "pairs", "recall", "precis", "recall", "F1", "false",
	       "precis", "recall", "F1", "false", "precis", "recall", "F1", "/true", "recall",
	       "wise", "", "a second");
}

static void quality(const struct quality *q, bool with_false)
{
	printf("| %6.4f %6.4f %7.5f ", quality_precision(q), quality_recall(q), quality_f1(q));
	if (with_false)
		printf("%6llu ", (unsigned long long)q->wrong);
}

static void report(const char *sample, const char *weights, const struct measure *m)
{
	double true_pairs = m->true_pairs == 0 ? 1 : (double)m->true_pairs;
	printf("%-24s %-9s %7llu %7llu %8.4f ", sample, weights, (unsigned long long)m->records,
	       (unsigned long long)m->true_pairs, (double)m->candidates_true / true_pairs);
	quality(&m->links, true);
	quality(&m->partition, true);
	quality(&m->likely, false);
	printf("| %6.3f %6.4f %6llu %5llu | %9.0f\n", (double)m->review / true_pairs,
	       quality_recall(&m->seen), (unsigned long long)m->one_domain,
	       (unsigned long long)m->parted, m->comparisons);
}

struct run {
	struct arena *arena;
	unsigned show;
	unsigned files;
	unsigned long long wrong; /* linked by an exact rule */
};

/* The store's exact rules, each by itself; no weights have a say in them. */
static void report_rules(struct run *r, const struct sample *s)
{
	struct rule_measure rules[RULES_END];
	rules_measure(r->arena, s, rules);
	for (unsigned rule = RULE_PHONE; rule < RULES_END; rule++) {
		printf("%-24s rule %-22s right %6llu (by no other %6llu), wrong %llu, "
		       "refused %llu\n",
		       s->name, rule_reason((enum link_rule)rule), rules[rule].right,
		       rules[rule].alone, rules[rule].wrong, rules[rule].refused);
		r->wrong += rules[rule].wrong;
	}
}

static void judge(struct run *r, const struct sample *s, const char *name, const char *how,
		  const struct match_weights *w)
{
	struct pairs p = pairs_of(r->arena, s);
	struct measure m = measure(r->arena, s, &p, w, r->show);
	report(name, how, &m);
}

static const struct match_weights *learn(struct run *r, const struct sample *s)
{
	struct pairs p = pairs_of(r->arena, s);
	return measure_learn(r->arena, s, &p, match_weights_default(r->arena));
}

/* What is shipped is for a region of a million; a region knows how many it has. */
static const struct match_weights *shipped(struct run *r, const struct sample *s)
{
	struct match_weights *w = match_weights_default(r->arena);
	match_weights_for(w, (double)s->count);
	return w;
}

/* Learnt on one half of its persons, judged on the other, both ways. */
static void judge_halves(struct run *r, const struct sample *s, const char *name)
{
	for (unsigned part = 0; part < 2; part++) {
		struct sample judged = sample_part(r->arena, s, part),
			      other = sample_part(r->arena, s, 1 - part);
		struct match_weights *w = arena_new(r->arena, struct match_weights);
		*w = *learn(r, &other);
		match_weights_for(w, (double)judged.count);
		judge(r, &judged, name, part == 0 ? "half 2->1" : "half 1->2", w);
	}
}

/* from: another file of the same sort to learn from, or NULL. */
static void judge_file(struct run *r, const char *path, const char *from, bool personal)
{
	struct sample s, other;
	if (!sample_read(r->arena, path, personal, &s))
		return;
	r->files++;
	const char *name = arena_printf(r->arena, "%s%s", s.name,
					s.japanese ? ""
					: personal ? ""
						   : " -ssn");
	judge(r, &s, name, "shipped", shipped(r, &s));
	judge_halves(r, &s, name);
	if (s.japanese)
		report_rules(r, &s);
	if (from != NULL && sample_read(r->arena, from, personal, &other)) {
		struct match_weights *w = arena_new(r->arena, struct match_weights);
		*w = *learn(r, &other);
		match_weights_for(w, (double)s.count);
		judge(r, &s, name, "other", w);
	}
}

static void judge_any(struct run *r, const char *path, const char *from)
{
	struct sample s;
	judge_file(r, path, from, true);
	struct arena_mark mark = arena_mark(r->arena);
	bool febrl = sample_read(r->arena, path, false, &s) && !s.japanese;
	arena_rewind(r->arena, &mark);
	if (febrl)
		judge_file(r, path, from, false);
}

static void judge_shared(struct run *r)
{
	static const char *const files[][2] = {
		{ "matching/febrl_dataset1.csv", "matching/febrl_dataset2.csv" },
		{ "matching/febrl_dataset2.csv", "matching/febrl_dataset1.csv" },
		{ "matching/febrl_dataset3.csv", "matching/febrl_dataset1.csv" },
		{ "japan-names/persons.csv", NULL },
	};
	const char *folder = getenv("MINATO_SHARED"), *top = getenv("srcdir");
	if (folder == NULL)
		folder = arena_printf(r->arena, "%s/../shared", top == NULL ? "." : top);
	for (size_t i = 0; i < COUNT(files); i++)
		judge_any(r, arena_printf(r->arena, "%s/samples/%s", folder, files[i][0]),
			  files[i][1] == NULL
				  ? NULL
				  : arena_printf(r->arena, "%s/samples/%s", folder, files[i][1]));
}

int main(int argc, char **argv)
{
	struct run r = { .arena = arena_create((size_t)CEILING_MIB << 20) };
	int first = 1;
	if (argc > 2 && text_equal(argv[1], "--show")) {
		r.show = (unsigned)strtoul(argv[2], NULL, 10);
		first = 3;
	}
	head();
	for (int i = first; i < argc; i++)
		judge_any(&r, argv[i], NULL);
	if (first >= argc)
		judge_shared(&r);
	if (r.files == 0)
		printf("skipped: no samples\n");
	arena_destroy(r.arena);
	if (r.wrong != 0)
		printf("%llu links by the exact rules are false\n", r.wrong);
	return (first < argc && r.files == 0) || r.wrong != 0;
}
