/* gateway/config_set.c: texts become typed values, by the table of keys. */
#include "gateway/config_set.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config_units.h"

/* One value on its way into its field. */
struct setting {
	struct config_making *m;
	const struct config_section_kind *section;
	const struct config_key *key;
	const char *text;
	struct config_place place;
	void *field;
};

static bool refuse(const struct setting *s, const char *remedy, const char *what)
{
	return config_fault_add(s->m->faults, s->place, remedy, "%s %s \"%s\": %s",
				s->section->name, s->key->name, s->text, what);
}

static bool set_text(const struct setting *s)
{
	if (text_empty(s->text))
		return refuse(s, "give a value, or remove the line", "it is empty");
	*(const char **)s->field = arena_text(s->m->arena, s->text);
	return true;
}

static bool set_oid(const struct setting *s)
{
	if (!text_is_oid(s->text))
		return refuse(s, "write digits and dots, such as 2.999.1", "this is not an OID");
	return set_text(s);
}

static bool set_urn(const struct setting *s)
{
	if (!text_starts(s->text, "urn:oid:") || !text_is_oid(s->text + strlen("urn:oid:")))
		return refuse(s, "write urn:oid: and an OID, such as urn:oid:2.999.10",
			      "this is not the URN of an OID");
	return set_text(s);
}

static bool set_path(const struct setting *s)
{
	if (text_empty(s->text))
		return refuse(s, "give a file's name, or remove the line", "it is empty");
	*(const char **)s->field = s->text[0] == '/' ? arena_text(s->m->arena, s->text)
						     : arena_printf(s->m->arena, "%s/%s",
								    s->m->directory, s->text);
	return true;
}

static bool set_sha256(const struct setting *s)
{
	char digits[65];
	unsigned char octets[32];
	size_t n = 0;
	for (const char *p = s->text; *p != '\0'; p++)
		if (*p != ':') {
			if (n == 64) {
				n = 0;
				break;
			}
			digits[n++] = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
		}
	digits[n] = '\0';
	if (n != 64 || !bytes_from_hex(digits, n, octets))
		return refuse(s, "take it from: openssl x509 -noout -fingerprint -sha256 -in FILE",
			      "this is not 64 hexadecimal digits");
	*(const char **)s->field = arena_text(s->m->arena, digits);
	return true;
}

static bool set_address(const struct setting *s)
{
	unsigned char any[sizeof(struct in6_addr)];
	if (inet_pton(AF_INET, s->text, any) != 1 && inet_pton(AF_INET6, s->text, any) != 1)
		return refuse(s, "write a number such as 127.0.0.1 or ::1, not a name",
			      "this is not an address");
	return set_text(s);
}

static bool set_flag(const struct setting *s)
{
	return units_to_flag(s->text, s->field)
	       || refuse(s, "write yes or no", "this is neither yes nor no");
}

/* The number is read; is it within its bounds? */
static bool bounded(const struct setting *s, uint64_t n)
{
	const struct config_key *k = s->key;
	char low[UNITS_TEXT], high[UNITS_TEXT];
	if (n >= k->least && (k->most == 0 || n <= k->most))
		return true;
	snprintf(low, sizeof low, "%" PRIu64, k->least);
	snprintf(high, sizeof high, "%" PRIu64, k->most);
	if (k->kind == CONFIG_OCTETS) {
		units_from_octets(k->least, low);
		units_from_octets(k->most, high);
	} else if (k->kind == CONFIG_SECONDS) {
		units_from_seconds(k->least, low);
		units_from_seconds(k->most, high);
	}
	return refuse(s,
		      arena_printf(s->m->faults->arena, "write a value from %s to %s", low, high),
		      "this is out of bounds");
}

static bool set_count(const struct setting *s)
{
	uint64_t n;
	if (!text_to_number(s->text, UINT32_MAX, &n))
		return refuse(s, "write digits only", "this is not a whole number");
	if (!bounded(s, n))
		return false;
	if (s->key->kind == CONFIG_NUMBER)
		*(size_t *)s->field = n;
	else
		*(unsigned *)s->field = (unsigned)n;
	return true;
}

static bool set_octets(const struct setting *s)
{
	uint64_t n;
	if (!units_to_octets(s->text, &n))
		return refuse(s, "write a whole number and B, KiB, MiB, GiB or TiB, such as 16MiB",
			      "this is not a size with its unit");
	if (!bounded(s, n))
		return false;
	*(uint64_t *)s->field = n;
	return true;
}

static bool set_seconds(const struct setting *s)
{
	uint64_t n;
	if (!units_to_seconds(s->text, &n) || n > UINT32_MAX)
		return refuse(s, "write a whole number and s, min, h or d, such as 30s",
			      "this is not a time with its unit");
	if (!bounded(s, n))
		return false;
	*(unsigned *)s->field = (unsigned)n;
	return true;
}

static bool set_choice(const struct setting *s)
{
	unsigned index = 0;
	size_t length = strlen(s->text);
	for (const char *word = s->key->choices; *word != '\0'; index++) {
		size_t l = strcspn(word, " ");
		if (l == length && memcmp(word, s->text, l) == 0) {
			if (s->key->kind != CONFIG_CHOICE)
				return set_text(s);
			*(unsigned *)s->field = index;
			return true;
		}
		word += l;
		word += strspn(word, " ");
	}
	return refuse(s, arena_printf(s->m->faults->arena, "write one of: %s", s->key->choices),
		      "this is none of the choices");
}

_Static_assert(sizeof(size_t) == sizeof(uint64_t), "limits in octets are kept as either");

static bool (*const setters[])(const struct setting *s) = {
	[CONFIG_TEXT] = set_text,       [CONFIG_OID] = set_oid,
	[CONFIG_URN] = set_urn,         [CONFIG_PATH] = set_path,
	[CONFIG_SHA256] = set_sha256,   [CONFIG_ADDRESS] = set_address,
	[CONFIG_FLAG] = set_flag,       [CONFIG_COUNT] = set_count,
	[CONFIG_NUMBER] = set_count,    [CONFIG_OCTETS] = set_octets,
	[CONFIG_SECONDS] = set_seconds, [CONFIG_CHOICE] = set_choice,
	[CONFIG_WORD] = set_choice,     [CONFIG_TEXTS] = set_text,
	[CONFIG_OIDS] = set_oid,        [CONFIG_WORDS] = set_choice,
};

bool config_kind_is_list(enum config_kind kind)
{
	return kind == CONFIG_TEXTS || kind == CONFIG_OIDS || kind == CONFIG_WORDS;
}

static void quote(struct buffer *b, const char *text)
{
	buffer_byte(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buffer_byte(b, '\\');
		buffer_byte(b, (unsigned char)*text);
	}
	buffer_byte(b, '"');
}

static void note(const struct setting *s, const char *title, const char *value, bool preset)
{
	struct config_making *m = s->m;
	struct config_value *v = arena_new(m->arena, struct config_value);
	*v = (struct config_value){
		.section = s->section->name,
		.title = arena_text(m->arena, title),
		.key = s->key->name,
		.value = value,
		.restart = s->key->restart,
	};
	if (s->key->kind == CONFIG_PATH)
		v->file = *(const char *const *)s->field;
	if (!preset)
		v->place = (struct config_place){ arena_text(m->arena, s->place.file),
						  s->place.line };
	*m->tail = v;
	m->tail = (struct config_value **)&v->next;
}

static void set_list(struct setting *s, const struct config_section *section,
		     const struct config_entry *first)
{
	size_t count = 0;
	for (const struct config_entry *e = first; e != NULL; e = e->next)
		count += e->key == s->key;
	const char **list = arena_array(s->m->arena, const char *, count + 1);
	struct buffer shown = buffer_in(s->m->arena);
	count = 0;
	for (const struct config_entry *e = first; e != NULL; e = e->next) {
		if (e->key != s->key)
			continue;
		struct setting one = *s;
		one.text = e->value;
		one.place = e->place;
		one.field = &list[count];
		buffer_text(&shown, count == 0 ? "{" : ", ");
		quote(&shown, e->value);
		if (setters[s->key->kind](&one))
			count++;
	}
	buffer_byte(&shown, '}');
	*(const char *const **)s->field = list;
	note(s, section->title, buffer_ended(&shown), false);
}

/* Of one value. */
static void set_preset_list(struct setting *s, const char *title)
{
	const char **list = arena_array(s->m->arena, const char *, 2);
	struct buffer shown = buffer_in(s->m->arena);
	list[0] = arena_text(s->m->arena, s->text);
	*(const char *const **)s->field = list;
	buffer_byte(&shown, '{');
	quote(&shown, s->text);
	buffer_byte(&shown, '}');
	note(s, title, buffer_ended(&shown), true);
}

static void set_one(struct setting *s, const char *title, bool preset)
{
	struct buffer shown = buffer_in(s->m->arena);
	setters[s->key->kind](s);
	quote(&shown, s->text);
	note(s, title, buffer_ended(&shown), preset);
}

static void refuse_twice(struct config_making *m, const struct config_section *section)
{
	for (const struct config_entry *e = section->entries; e != NULL; e = e->next)
		for (const struct config_entry *f = section->entries; f != e; f = f->next)
			if (e->key == f->key && e->begins && f->begins) {
				config_fault_add(m->faults, e->place, "remove one of the two",
						 "%s is given twice, first in %s:%u", e->key->name,
						 f->place.file, f->place.line);
				break;
			}
}

void config_fault_of_file(struct config_making *m, struct config_place where, const char *section,
			  const char *key, const char *path, const char *why)
{
	config_fault_add(m->faults, where, "name a PEM file that fits, or mend that file",
			 "%s %s, %s: %s", section, key, path, why);
}

const struct config_section *config_section_next(const struct config_section *s,
						 enum config_section_number n)
{
	while (s != NULL && s->kind != &config_sections[n])
		s = s->next;
	return s;
}

size_t config_section_count(const struct config_section *sections, enum config_section_number n)
{
	size_t count = 0;
	for (; sections != NULL; sections = sections->next)
		count += sections->kind == &config_sections[n];
	return count;
}

const struct config_entry *config_entry_of(const struct config_section *section, const char *key)
{
	const struct config_entry *e = section == NULL ? NULL : section->entries;
	while (e != NULL && !text_equal(e->key->name, key))
		e = e->next;
	return e;
}

struct config_place config_place_of(const struct config_section *section, const char *key,
				    struct config_place where)
{
	const struct config_entry *e = config_entry_of(section, key);
	return e != NULL ? e->place : section != NULL ? section->place : where;
}

void config_section_set(struct config_making *m, const struct config_section_kind *kind,
			const struct config_section *section, struct config_place where, void *base)
{
	const char *title = section == NULL ? NULL : section->title;
	if (section != NULL) {
		where = section->place;
		refuse_twice(m, section);
	}
	for (const struct config_key *k = kind->keys; k->name != NULL; k++) {
		const struct config_entry *e = config_entry_of(section, k->name);
		struct setting s = {
			.m = m,
			.section = kind,
			.key = k,
			.place = where,
			.field = (char *)base + k->offset,
		};
		if (e != NULL && config_kind_is_list(k->kind)) {
			s.place = e->place;
			set_list(&s, section, e);
		} else if (e != NULL) {
			s.place = e->place;
			s.text = e->value;
			set_one(&s, title, false);
		} else if (k->preset != NULL) {
			s.text = k->preset;
			if (config_kind_is_list(k->kind))
				set_preset_list(&s, title);
			else
				set_one(&s, title, true);
		} else if (k->needed && !m->partial) {
			config_fault_add(
				m->faults, where,
				arena_printf(m->faults->arena, "add to it: %s = ...", k->name),
				"section %s%s%s has no %s", kind->name, title != NULL ? " " : "",
				title != NULL ? title : "", k->name);
		}
	}
}
