/* gateway/operator/demo_scene.c: plays the acts and tells them. */
#include "gateway/operator/demo_scene.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct demo_said {
	const char *japanese, *english;
	bool wrong;
	struct demo_said *next;
};

static void add(struct demo_scene *s, const char *japanese, const char *english, bool wrong)
{
	struct demo_said *one = arena_new(s->arena, struct demo_said);
	*one = (struct demo_said){ japanese, english, wrong, NULL };
	*s->said_last = one;
	s->said_last = &one->next;
}

void demo_say(struct demo_scene *s, const char *japanese, const char *english)
{
	add(s, japanese, english, false);
}

bool demo_expect(struct demo_scene *s, bool holds, const char *what)
{
	if (!holds)
		add(s, arena_printf(s->arena, "not as it should be: %s", what), "", true);
	return holds;
}

const struct demo_person *demo_person(const struct demo_scene *s, size_t which)
{
	return &s->people.all[which];
}

const char *demo_document_institution(struct arena *a, const struct document_entry *e)
{
	const struct text_value *at = e->authors != NULL ? e->authors->institution : NULL;
	return at != NULL ? arena_text_n(a, at->value, strcspn(at->value, "^")) : "";
}

unsigned demo_documents_of(const struct document_entry *e, const char *institution)
{
	unsigned count = 0;
	for (; e != NULL; e = e->next) {
		const struct text_value *at = e->authors != NULL ? e->authors->institution : NULL;
		size_t length = strlen(institution);
		count += at != NULL && strncmp(at->value, institution, length) == 0
			 && strcspn(at->value, "^") == length;
	}
	return count;
}

static void play(struct demo_scene *s, const struct demo_act *act)
{
	struct problem p = { 0 };
	s->said = NULL;
	s->said_last = &s->said;
	if (act->japanese_heading != NULL)
		demo_screen_heading(&s->screen, act->japanese_heading, act->english_heading);
	demo_screen_begin(&s->screen, act->who, act->japanese, act->english);
	bool done = act->play(s, &p);
	demo_screen_end(&s->screen, done && p.code == PROBLEM_NONE);
	for (const struct demo_said *one = s->said; one != NULL; one = one->next) {
		if (one->wrong)
			demo_screen_problem(&s->screen, one->japanese);
		else
			demo_screen_line(&s->screen, one->japanese, one->english);
	}
	if (p.code != PROBLEM_NONE)
		demo_screen_problem(&s->screen, p.what);
}

bool demo_scene_play(struct demo_scene *s)
{
	static const struct demo_act *const parts[] = { demo_acts_preparing, demo_acts_sharing,
							demo_acts_protecting, demo_acts_moving };
	for (size_t i = 0; i < COUNT(parts); i++)
		for (const struct demo_act *act = parts[i]; act->who != NULL; act++)
			play(s, act);
	return s->screen.failures == 0;
}
