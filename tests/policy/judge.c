/* tests/policy/judge.c: what the region's rules say, one question a line; for tests/policy/oracle.
 *
 * judge FILE, which includes what stands beside it. A question has fields parted by tabs, in each
 * of which codes (CODE^SCHEME) are parted by blanks: the system's role, yes or no (an assertion
 * vouches for a person), the person's roles, purposes, classCode, typeCode, formatCode,
 * confidentialityCodes, and of s (the system may break the glass), r (a reason is given), e (it is
 * an emergency) those that hold; of c (the system is another region's gateway), a (it needs no
 * word of its patients), i (this one included it), o (he included another), p (the region is a
 * partner) those that hold. The answer: the ruling, the number of the line it stands on, whether he
 * breaks the glass, whether that opens what its patient closed, and whether the record stays within
 * the border. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/policy/beyond.h"
#include "gateway/policy/policy_file.h"
#include "gateway/policy/region_rules.h"

enum { FIELDS = 10, LINE = 1 << 16 };
enum {
	SYSTEM_ROLE,
	VOUCHED,
	ROLES,
	PURPOSES,
	CLASS,
	TYPE,
	FORMAT,
	CONFIDENTIALITY,
	EMERGENCY,
	BORDER
};

struct scene {
	struct arena *arena, *each; /* for one question */
	const char *file;
	int status;
};

static bool open_beside(void *self, const char *name, struct bytes *text, const char **file,
			const char **why)
{
	const struct scene *s = self;
	const char *slash = strrchr(s->file, '/');
	*file = arena_printf(s->arena, "%.*s/%s", (int)(slash - s->file), s->file, name);
	return regular_read(s->arena, *file, POLICY_FILE_MOST, text, why);
}

static const struct coded_value *codes(struct arena *a, char *field)
{
	struct coded_value *first = NULL, **last = &first;
	for (char *word = strtok(field, " "); word != NULL; word = strtok(NULL, " ")) {
		char *caret = strrchr(word, '^');
		*caret = '\0';
		*last = arena_new(a, struct coded_value);
		(*last)->code = word;
		(*last)->scheme = caret + 1;
		last = &(*last)->next;
	}
	return first;
}

/* west is a gateway of the community w; what is said of another opens nothing to it. */
static const char *at_the_border(const struct region_policy *p, const char *holds)
{
	const char *included[2];
	struct participation now = { .included = included };
	const struct partner w = { .name = "w", .consent_assumed = strchr(holds, 'a') != NULL };
	const struct region region = { .policy = p,
				       .partners = &w,
				       .partner_count = strchr(holds, 'p') != NULL };
	const struct registered_system west = { .name = "west",
						.community = strchr(holds, 'c') != NULL ? "w"
											: NULL };
	const struct requester who = { .region = &region, .system = &west };
	if (strchr(holds, 'o') != NULL)
		included[now.included_count++] = "east";
	if (strchr(holds, 'i') != NULL)
		included[now.included_count++] = "west";
	return beyond_border(&who, &now) ? "beyond" : "-";
}

static void answer(struct scene *s, const struct region_policy *p, char *line)
{
	static const char *const words[] = { "permit", "hide", "deny" };
	struct arena *a = s->each;
	char *fields[FIELDS] = { line };
	for (size_t i = 1; i < FIELDS; i++) {
		char *tab = strchr(fields[i - 1], '\t');
		*tab = '\0';
		fields[i] = tab + 1;
	}
	struct registered_system system = { .role = fields[SYSTEM_ROLE][0] == '\0'
							    ? NULL
							    : fields[SYSTEM_ROLE],
					    .emergency = strchr(fields[EMERGENCY], 's') != NULL };
	struct region region = { .policy = p };
	struct requester who = { .region = &region,
				 .system = &system,
				 .person = { .vouched = text_equal(fields[VOUCHED], "yes")
								? VOUCHED_BY_ASSERTION
								: VOUCHED_BY_NOBODY,
					     .roles = codes(a, fields[ROLES]),
					     .reason = strchr(fields[EMERGENCY], 'r') },
				 .emergency = strchr(fields[EMERGENCY], 'e') != NULL,
				 .purposes = codes(a, fields[PURPOSES]) };
	struct document_entry e = { .class_code = (struct coded_value *)codes(a, fields[CLASS]),
				    .type_code = (struct coded_value *)codes(a, fields[TYPE]),
				    .format_code = (struct coded_value *)codes(a, fields[FORMAT]),
				    .confidentiality_codes = (struct coded_value *)codes(
					    a, fields[CONFIDENTIALITY]) };
	struct rules_asker asks = rules_begin(a, &who);
	struct rules_marks marks = rules_marks_of(p, &e);
	const struct region_rule *rule = rules_decide(&asks, marks);
	const char *slash = strrchr(rule->file, '/');
	printf("%s %s:%u %s %s %s\n", words[rule->ruling], slash == NULL ? rule->file : slash + 1,
	       rule->line, requester_breaks_glass(&who) ? "breaks" : "-",
	       rules_open_in_emergency(&asks, marks) ? "opens" : "never",
	       at_the_border(p, fields[BORDER]));
	arena_reset(a);
}

static void judge(void *with)
{
	struct scene *s = with;
	const struct policy_source source = { s, open_beside };
	struct bytes text;
	const char *why;
	char *line = arena_alloc(s->arena, LINE);
	s->each = arena_create_within(s->arena);
	if (!regular_read(s->arena, s->file, POLICY_FILE_MOST, &text, &why)) {
		fprintf(stderr, "%s: %s\n", s->file, why);
		return;
	}
	struct policy_reading read = policy_file_read(s->arena, s->file, text, &source);
	for (const struct policy_fault *f = read.faults; f != NULL; f = f->next)
		fprintf(stderr, "%s:%u: %s\n", f->file, f->line, f->what);
	if (read.policy == NULL)
		return;
	while (fgets(line, LINE, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		answer(s, read.policy, line);
	}
	s->status = 0;
}

int main(int argc, char **argv)
{
	struct scene s = { .arena = arena_create(256 << 20),
			   .file = argc == 2 ? argv[1] : "",
			   .status = 1 };
	bool held = arena_run(s.arena, judge, &s);
	arena_destroy(s.arena);
	return held ? s.status : 1;
}
