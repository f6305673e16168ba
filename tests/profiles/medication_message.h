/* tests/profiles/medication_message.h: messages of prescriptions, for the tests. */
#ifndef TESTS_PROFILES_VIEWS_MESSAGE_H
#define TESTS_PROFILES_VIEWS_MESSAGE_H

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

#define MESSAGE_HEAD                                                                               \
	"MSH|^~\\&|OWN|SEND|GATEWAY|RECEIVE|20240401101500||RDE^O11^RDE_O11|1|P|2.5||||||UNICODE " \
	"UTF-8\r"

/* A facility's own code for the one drug, HOT9 beside it for the other. */
static const char usual_text[] = MESSAGE_HEAD
	"PID|1||101^^^^PI||例示^太郎^^^^^L^I||19700401|M\r"
	"PV1|1|O\r"
	"ORC|NW|1||1_01_001|||||20240402090000|||D900^医師^一郎|||||01^内科^HL70069\r"
	"RXE||900000001^例示錠５ｍｇ^99OWN|1||TAB^錠^MR9P|TAB^錠剤^MR9P||||14|TAB^錠^MR9P\r"
	"TQ1|1||1011000400000000&内服・経口・１日１回朝食後&JAMISDP01|||14^d|20240402\r"
	"RXR|PO^口^HL70162\r"
	"ORC|NW|2||1_01_002|||||20240402090000|||D900^医師^一郎|||||01^内科^HL70069\r"
	"RXE||900000002^例示散^99OWN^123456789^例示散 標準^HOT|2.5||G^グラム^MR9P\r"
	"TQ1|1||1013044400000000&毎食後&JAMISDP01|||7^d|20240402\r"
	"RXR|PO^口^HL70162\r";

static inline struct bytes usual_message(struct arena *a)
{
	return bytes_of_text(arena_text(a, usual_text));
}

/* The first occurrence is replaced, of 14, ORC|, RXE| and their like all. */
static inline struct bytes edited_message(struct arena *a, const char *find, const char *replace)
{
	struct buffer b = buffer_in(a);
	const char *at = usual_text, *next;
	bool all = strlen(find) <= 6 || text_starts(find, "ORC|NW") || text_starts(find, "2024");
	while ((next = strstr(at, find)) != NULL) {
		buffer_append(&b, at, (size_t)(next - at));
		buffer_text(&b, replace);
		at = next + strlen(find);
		if (!all)
			break;
	}
	buffer_text(&b, at);
	return bytes_of_text(buffer_ended(&b));
}

/* A message of single values: segment, field, component, subcomponent. */
struct message_value {
	const char *segment, *text;
	unsigned field, component, subcomponent;
};
struct message_fields {
	struct arena *arena;
	struct message_value values[128];
	size_t count;
};

static inline void message_set(struct message_fields *m, const char *segment, unsigned field,
			       unsigned component, unsigned subcomponent, const char *text)
{
	m->values[m->count++] = (struct message_value){ segment, text, field, component,
							subcomponent };
}

/* Values of a segment stand in ascending order of their places. */
static inline void put_separators(struct buffer *b, const struct message_value *v,
				  struct message_value *at)
{
	for (; at->field < v->field; at->field++, at->component = at->subcomponent = 1)
		buffer_byte(b, '|');
	for (; at->component < v->component; at->component++, at->subcomponent = 1)
		buffer_byte(b, '^');
	for (; at->subcomponent < v->subcomponent; at->subcomponent++)
		buffer_byte(b, '&');
}

static inline struct bytes message_octets(struct message_fields *m)
{
	static const char *const order[] = { "PID", "ORC", "RXE", "TQ1", "RXR" };
	struct buffer b = buffer_in(m->arena);
	buffer_text(&b, MESSAGE_HEAD);
	message_set(m, "PID", 3, 1, 1, "101");
	for (size_t s = 0; s < COUNT(order); s++) {
		struct message_value at = { .field = 0, .component = 1, .subcomponent = 1 };
		buffer_text(&b, order[s]);
		for (unsigned place = 0; place < 32 * 64; place++)
			for (size_t i = 0; i < m->count; i++) {
				const struct message_value *v = &m->values[i];
				if (!text_equal(v->segment, order[s])
				    || v->field * 64 + v->component * 8 + v->subcomponent != place)
					continue;
				put_separators(&b, v, &at);
				buffer_text(&b, v->text);
			}
		buffer_byte(&b, '\r');
	}
	return bytes_of_text(buffer_ended(&b));
}

#endif
