/* gateway/config_retention.c: sections retention become rules, and what a rule must say. */
#include "gateway/config_retention.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_region.h"

/* A hundred years of days are enough for any law. */
enum { DAYS_MOST = 36525, MONTHS_MOST = 1200, MONTHS_OF_A_YEAR = 12, HOUR = 60 };

/* The key of one rule. */
struct key_at {
	struct config_making *m;
	const struct config_section *section;
	const char *key;
};

static void fault(const struct key_at *k, const char *remedy, const char *value)
{
	config_fault_add(k->m->faults, config_place_of(k->section, k->key, k->section->place),
			 remedy, "retention %s: %s \"%s\" cannot be", k->section->title, k->key,
			 value);
}

bool config_read_span(const char *text, struct calendar_span *out)
{
	static const struct {
		const char *unit;
		unsigned months, days;
	} units[] = { { "d", 0, 1 }, { "mon", 1, 0 }, { "y", MONTHS_OF_A_YEAR, 0 } };
	char digits[8];
	uint64_t number;
	size_t length = strspn(text, "0123456789");
	if (length == 0 || length >= sizeof digits)
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!text_to_number(digits, DAYS_MOST, &number) || number == 0)
		return false;
	const char *unit = text + length + strspn(text + length, " ");
	for (size_t i = 0; i < COUNT(units); i++)
		if (text_equal(unit, units[i].unit)) {
			*out = (struct calendar_span){ (unsigned)number * units[i].months,
						       (unsigned)number * units[i].days };
			return out->months <= MONTHS_MOST;
		}
	return false;
}

static void set_span(const struct key_at *k, const char *text, struct calendar_span *out)
{
	if (text != NULL && !config_read_span(text, out))
		fault(k, "write days, months or years, up to a hundred years: 7d, 6mon, 5y", text);
}

static void check_codes(const struct key_at *k, const char *const *codes)
{
	for (; codes != NULL && *codes != NULL; codes++) {
		const char *caret = strchr(*codes, '^');
		if (caret == NULL || caret == *codes || caret[1] == '\0')
			fault(k, "write CODE^SCHEME", *codes);
	}
}

static void check_facilities(const struct key_at *k, const struct region *r,
			     const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		if (region_system(r, *names) == NULL)
			fault(k, "name a system that has a section", *names);
}

/* It must name some documents, and say what becomes of them. */
static void check_whole(struct config_making *m, const struct config_section *s,
			const struct retention_keys *keys)
{
	bool when = keys->after_creation != NULL || keys->after_acceptance != NULL
		    || keys->keep_last != 0;
	if (!config_plain_name(s->title))
		config_fault_add(m->faults, s->place,
				 "name it with a-z, 0-9 and -, such as referrals",
				 "\"%s\" cannot be the name of a rule", s->title);
	if ((keys->classes == NULL || *keys->classes == NULL)
	    && (keys->types == NULL || *keys->types == NULL))
		config_fault_add(m->faults, s->place, "say class or type, as CODE^SCHEME",
				 "retention %s names no documents", s->title);
	if (!when && !keys->keep)
		config_fault_add(m->faults, s->place,
				 "say after-creation, after-acceptance or keep-last; or keep = yes",
				 "retention %s does not say when they go", s->title);
	if (when && keys->keep)
		config_fault_add(m->faults, config_place_of(s, "keep", s->place),
				 "take keep away, or the times and the number",
				 "retention %s keeps them, and says when they go", s->title);
}

static void set_rule(struct config_making *m, const struct config_section *s,
		     const struct region *r, struct retention_rule *out)
{
	struct retention_keys keys = { 0 };
	struct key_at k = { m, s, "class" };
	config_section_set(m, s->kind, s, s->place, &keys);
	*out = (struct retention_rule){ .name = arena_text(m->arena, s->title),
					.classes = keys.classes,
					.types = keys.types,
					.facilities = keys.facilities,
					.keep_last = keys.keep_last,
					.keep = keys.keep };
	check_whole(m, s, &keys);
	check_codes(&k, keys.classes);
	k.key = "type";
	check_codes(&k, keys.types);
	k.key = "facility";
	check_facilities(&k, r, keys.facilities);
	k.key = "after-creation";
	set_span(&k, keys.after_creation, &out->after_creation);
	k.key = "after-acceptance";
	set_span(&k, keys.after_acceptance, &out->after_acceptance);
}

static unsigned two_digits(const char *text)
{
	return (unsigned)((text[0] - '0') * 10 + text[1] - '0');
}

static bool read_minute(const char *at, unsigned *out)
{
	static const char form[] = "00:00";
	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == '0' ? at[i] < '0' || at[i] > '9' : at[i] != form[i])
			return false;
	unsigned hour = two_digits(at), minute = two_digits(at + strlen("00:"));
	*out = hour * HOUR + minute;
	return hour < 24 && minute < HOUR;
}

void config_retention_set(struct config_making *m, const struct config_section *sections,
			  struct config_place there, const char *at, struct region *r)
{
	size_t n = config_section_count(sections, SECTION_RETENTION);
	struct retention_rule *rules = arena_array(m->arena, struct retention_rule, n + 1);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_RETENTION)) != NULL; s = s->next)
		set_rule(m, s, r, &rules[r->retention_count++]);
	r->retention = rules;
	if (at != NULL && !read_minute(at, &r->retention_minute))
		config_fault_add(m->faults, there, "write HH:MM, such as 03:00",
				 "region retention-at \"%s\" is no time of the day", at);
}
