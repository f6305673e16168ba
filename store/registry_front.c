/* store/registry_front.c: what is looked at, and changed, of an object's record without reading the
 * rest. */
#include "store/registry_front.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/packing.h"
#include "store/usage.h"

/* The sources at the front of what follows the system's name: they are taken off it. False: they
 * break off. */
static bool take_sources(struct bytes *rest, struct bytes *sources)
{
	struct registry_source one;
	if (rest->length == 0)
		return false;
	unsigned count = rest->data[0];
	struct bytes left = { rest->data + 1, rest->length - 1 };
	*sources = left;
	while (count > 0 && registry_next_source(&left, &one))
		count--;
	sources->length -= left.length;
	*rest = left;
	return count == 0 && sources->length != 0;
}

void record_put_system(struct buffer *out, const char *system)
{
	buffer_append(out, system == NULL ? "" : system, (system == NULL ? 0 : strlen(system)) + 1);
}

void record_put_source(struct buffer *out, const struct object_source *s)
{
	unsigned char document[UUID_OCTETS];
	bool form = s->document != NULL && uuid_octets(s->document, document);
	size_t record = out->length;
	for (unsigned i = SOURCE_SUBJECT; i-- > 0;)
		buffer_byte(out, (unsigned char)(s->subject >> 8 * i));
	record_put_system(out, s->system);
	if (form) {
		out->data[record] |= SOURCE_IS_FORM;
		buffer_append(out, document, sizeof document);
	}
}

/* Where the source ends that is the first of these; NULL: it breaks off. */
static const unsigned char *end_of_source(struct bytes left)
{
	const unsigned char *nul = left.length <= SOURCE_SUBJECT
					   ? NULL
					   : memchr(left.data + SOURCE_SUBJECT, 0,
						    left.length - SOURCE_SUBJECT);
	size_t more = (left.length != 0 && left.data[0] & SOURCE_IS_FORM) != 0 ? UUID_OCTETS : 0;
	return nul == NULL || (size_t)(left.data + left.length - nul - 1) < more ? NULL
										 : nul + 1 + more;
}

bool registry_next_source(struct bytes *left, struct registry_source *out)
{
	const unsigned char *end = end_of_source(*left);
	if (end == NULL)
		return false;
	*out = (struct registry_source){ .system = (const char *)left->data + SOURCE_SUBJECT };
	out->subject = left->data[0] & ~SOURCE_IS_FORM;
	for (unsigned i = 1; i < SOURCE_SUBJECT; i++)
		out->subject = out->subject << 8 | left->data[i];
	if ((left->data[0] & SOURCE_IS_FORM) != 0)
		uuid_to_urn(end - UUID_OCTETS, out->document);
	if (*out->system == '\0')
		out->system = NULL;
	left->length -= (size_t)(end - left->data);
	left->data = end;
	return true;
}

bool registry_is_form(struct registry_facts f, struct registry_source *of)
{
	return registry_next_source(&f.sources, of) && of->document[0] != '\0';
}

bool record_front(struct bytes record, struct front *f)
{
	const unsigned char *end = record.length <= AT_SYSTEM || record.data[AT_FORM] != FORM
					   ? NULL
					   : memchr(record.data + AT_SYSTEM, 0,
						    record.length - AT_SYSTEM);
	if (end == NULL)
		return false;
	*f = (struct front){
		.status = (enum availability_status)(record.data[AT_STATUS] & STATUS_MASK),
		.kind = record.data[AT_STATUS] >> STATUS_BITS & ENTRY_KIND_MASK,
		.has_home = (record.data[AT_STATUS] & HAS_HOME) != 0,
		.former = (record.data[AT_STATUS] & IS_FORMER) != 0,
		.offline = (record.data[AT_STATUS] & IS_OFFLINE) != 0,
		.uuid = record.data + AT_ID,
		.system = (const char *)record.data + AT_SYSTEM,
		.packed = { end + 1, (size_t)(record.data + record.length - end - 1) },
	};
	if (*f->system == '\0')
		f->system = NULL;
	if ((record.data[AT_STATUS] & IS_MADE) != 0 && !take_sources(&f->packed, &f->sources))
		return false;
	return f->status == STATUS_APPROVED || f->status == STATUS_DEPRECATED;
}

bool record_glanced(struct bytes record, const struct registry_glance *g, bool entry)
{
	struct front f;
	if (!record_front(record, &f))
		return true; /* whoever opens it is told */
	return ((f.status == STATUS_APPROVED && g->approved)
		|| (f.status == STATUS_DEPRECATED && g->deprecated))
	       && (g->former || !f.former) && !(g->online_only && f.offline)
	       && (!entry || (f.kind == ENTRY_STABLE ? g->stable : g->on_demand));
}

bool record_facts(struct bytes record, uint64_t subject, struct registry_facts *out)
{
	struct front f;
	if (!record_front(record, &f))
		return false;
	*out = (struct registry_facts){ .subject = subject,
					.source_system = f.system,
					.status = f.status,
					.former = f.former,
					.offline = f.offline,
					.sources = f.sources };
	return true;
}

const char *record_counts_for(enum registry_space space, struct bytes record)
{
	struct front f;
	bool counts = space == SPACE_ENTRY && record_front(record, &f)
		      && f.status == STATUS_APPROVED && f.kind == ENTRY_STABLE;
	return counts ? f.system : NULL;
}

static struct bytes with_front(struct arena *a, struct bytes record, unsigned front)
{
	unsigned char *copy = arena_alloc(a, record.length);
	memcpy(copy, record.data, record.length);
	copy[AT_STATUS] = (unsigned char)front;
	return (struct bytes){ copy, record.length };
}

struct bytes record_with_status(struct arena *a, struct bytes record,
				enum availability_status status)
{
	return with_front(a, record, (unsigned)(record.data[AT_STATUS] & ~STATUS_MASK) | status);
}

struct bytes record_of_former(struct arena *a, struct bytes record)
{
	return with_front(a, record,
			  (unsigned)(record.data[AT_STATUS] & ~STATUS_MASK) | STATUS_DEPRECATED
				  | IS_FORMER);
}

uint64_t usage_of_object(enum registry_space space, struct bytes record)
{
	struct front f = { .packed = { record.data, 0 } };
	if (space != SPACE_ASSOCIATION)
		record_front(record, &f);
	else if (record.length > ASSOCIATION_FRONT)
		f.packed = (struct bytes){ record.data + ASSOCIATION_FRONT,
					   record.length - ASSOCIATION_FRONT };
	return record.length - f.packed.length + record_packed_of(f.packed) + USAGE_EACH;
}
