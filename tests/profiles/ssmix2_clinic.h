/* tests/profiles/ssmix2_clinic.h: a clinic whose storage is delegated, its messages, and what is
 * there of them. */
#ifndef TESTS_PROFILES_SSMIX2_CLINIC_H
#define TESTS_PROFILES_SSMIX2_CLINIC_H

#include <ftw.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"
#include "profiles/ssmix2/write.h"
#include "tests/profiles/ssmix2_storage.h"

#define NOW 1775000000000000 /* 2026-03-31T23:33:20Z: already April in Japan */
#define ID "0001234567"

/* ---- A clinic ---- */

struct clinic {
	struct imports im;
	struct ssmix2_source source;
	struct problem problem;
	struct storage_wrote wrote;
};

static inline void open_clinic(struct clinic *c)
{
	*c = (struct clinic){ .problem = { .code = PROBLEM_NONE } };
	imports_open(&c->im);
	c->source = (struct ssmix2_source){ .region = &c->im.region,
					    .facility = &c->im.systems[1],
					    .now = NOW };
}

static inline struct bytes message(struct clinic *c, const char *kind, const char *time,
				   const char *segments)
{
	size_t lost;
	const char *text = arena_printf(c->im.f.arena,
					"MSH|^~\\&|EMR|B|GW|MINATO|%s||%s|1|P|2.5||||||~ISO IR87||"
					"ISO 2022-1994\r%s",
					time, kind, segments);
	return charset_encode(c->im.f.arena, CHARSET_ISO_2022_JP, text, strlen(text), &lost);
}

#define PID(id) "PID|1||" id "^^^^PI||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19600101|M\r"
#define RXE "RXE||1^薬^HOT9|1||TAB^錠^MR9P|||||1|TAB^錠^MR9P\rTQ1|1\rRXR|PO\r"
#define ORC(control, number, date)                                                                 \
	"ORC|" control "|" number "|" number "|" number "_1|||||" date "||||||||01^内科^HL70069\r"
#define NUMBERED PID(ID) ORC("NW", "%u", "20260401") RXE
#define RX(control, number, date) PID(ID) ORC(control, number, date) RXE

static inline bool put_typed(struct clinic *c, struct bytes octets, const char *type)
{
	struct storage_message m;
	c->problem = (struct problem){ .code = PROBLEM_NONE };
	c->wrote = (struct storage_wrote){ .path = NULL };
	return storage_message_read(c->im.f.arena, &c->source, octets, type, &m, &c->problem)
	       && storage_write(c->im.f.arena, c->im.root, CODE_B, &m, NOW, &c->wrote, &c->problem);
}

static inline bool put(struct clinic *c, struct bytes octets)
{
	return put_typed(c, octets, NULL);
}

static inline struct bytes held(struct clinic *c, const char *path)
{
	struct bytes octets = { 0 };
	const char *why = "";
	const char *whole = arena_printf(c->im.f.arena, "%s/%s", c->im.root, path);
	if (!regular_read(c->im.f.arena, whole, 1 << 22, &octets, &why))
		return (struct bytes){ 0 };
	return octets;
}

/* ---- What is there ---- */

static struct {
	struct arena *arena;
	const char *paths[1024];
	size_t count;
} all;

static inline int list_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (kind == FTW_F && all.count < COUNT(all.paths))
		all.paths[all.count++] = arena_text(all.arena, path);
	return 0;
}

static inline int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline void list_all(struct clinic *c)
{
	all.arena = c->im.f.arena;
	all.count = 0;
	nftw(c->im.root, list_file, 16, FTW_PHYS);
	qsort(all.paths, all.count, sizeof all.paths[0], by_path);
}

/* Each file and what it holds. */
static inline struct bytes state(struct clinic *c)
{
	struct buffer b = buffer_in(c->im.f.arena);
	list_all(c);
	for (size_t i = 0; i < all.count; i++) {
		const char *below = all.paths[i] + strlen(c->im.root) + 1;
		struct bytes octets = held(c, below);
		buffer_printf(&b, "%s %zu\n", below, octets.length);
		buffer_append(&b, octets.data, octets.length);
	}
	return buffer_bytes(&b);
}

/* ---- One order and its changes ---- */

struct event {
	const char *control, *date, *time; /* of one order */
};

static inline struct bytes order(struct clinic *c, const struct event *e)
{
	/* Which of them it is stands in the text, so that no two have the same octets. */
	return message(
		c, "RDE^O11^RDE_O11", e->time,
		arena_printf(c->im.f.arena, PID(ID) ORC("%s", "5", "%s") RXE, e->control, e->date));
}

#endif
