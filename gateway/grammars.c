/* gateway/grammars.c: the RELAX NG grammars of schemas/grammar, loaded once at start. */
#include "gateway/grammars.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/transaction.h"

struct grammar {
	const struct transaction *transaction;
	const struct xml_grammar *grammar;
	struct grammar *next;
};

struct grammars {
	struct arena *arena;
	struct grammar *first;
};

enum { MOST = 64 << 20 };

struct loading {
	struct grammars *grammars;
	const char *directory;
	struct problem *problem;
	bool done;
};

static void load_all(void *with)
{
	struct loading *l = with;
	struct arena *a = l->grammars->arena;
	for (size_t i = 0; transactions[i] != NULL; i++) {
		if (transactions[i]->request_grammar == NULL || transactions[i]->sent)
			continue;
		struct grammar *one = arena_new(a, struct grammar);
		const char *path = arena_printf(a, "%s/%s", l->directory,
						transactions[i]->request_grammar);
		one->transaction = transactions[i];
		one->grammar = xml_grammar_load(a, path, l->problem);
		if (one->grammar == NULL)
			return;
		one->next = l->grammars->first;
		l->grammars->first = one;
	}
	l->done = true;
}

struct grammars *grammars_load(const char *directory, struct problem *p)
{
	struct arena *a = arena_create(MOST);
	struct grammars *g = a == NULL ? NULL : arena_try(a, sizeof *g);
	if (g != NULL) {
		struct loading l = { .grammars = g, .directory = directory, .problem = p };
		g->arena = a;
		if (arena_run(a, load_all, &l) && l.done)
			return g;
	}
	arena_destroy(a);
	problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for the grammars of %s", directory);
	return NULL;
}

void grammars_free(struct grammars *g)
{
	if (g != NULL)
		arena_destroy(g->arena);
}

bool grammars_accept(const struct grammars *g, const struct transaction *t, struct arena *a,
		     const struct xml_node *root, struct problem *p)
{
	if (g == NULL)
		return true;
	for (const struct grammar *one = g->first; one != NULL; one = one->next)
		if (one->transaction == t)
			return xml_grammar_validate(a, one->grammar, root, p);
	return true;
}
