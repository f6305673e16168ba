/* store/identity_rows.c: how identity is laid out in keys. */
#include "store/identity_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/compact_text.h"
#include "store/identity_core.h"
#include "store/identity_packing.h"
#include "store/names.h"
#include "store/packed.h"
#include "store/record.h"
#include "store/usage.h"

enum { ROW_VERSION = 1 };

/* Tags of a record's row, and of what stands within. A tag is never used twice. */
enum {
	ROW_NUMBER = 1,
	ROW_DOMAIN, /* was: the text, see ROW_DOMAIN_NUMBER */
	ROW_ID,
	ROW_STATUS,
	ROW_SURVIVOR,
	ROW_PERSON,
	ROW_SYSTEM, /* the same */
	ROW_CREATED,
	ROW_UPDATED, /* was: the time itself, see ROW_CHANGED */
	ROW_REVISION,
	ROW_MADE,     /* was: a flag; who has an anchor was made */
	ROW_ANCHOR,   /* of one we made, always */
	ROW_EVIDENCE, /* was: a record each */
	ROW_TIE,
	ROW_DEMOGRAPHICS,
	ROW_VETOED, /* was: a rule would have made a person too large */
	ROW_BASE,
	ROW_OCCURRED,
	ROW_UNSETTLED,
	ROW_AGAINST,
	ROW_CORE,
	ROW_EVIDENCES,     /* packed: rule, hash, since, of each */
	ROW_PACKED,        /* demographics: identity_packing.h */
	ROW_CHANGED,       /* when, after it was created; ROW_UPDATED was the time itself */
	ROW_OWN_ID,        /* the octets of an id that we gave */
	ROW_DOMAIN_NUMBER, /* store/names.h */
	ROW_SYSTEM_NUMBER,
	ROW_FRONT,       /* packed: number, domain's, person, system's (0: none), created */
	ROW_LIKE,        /* the record whose row has its demographics, core and evidence */
	ROW_SINCES,      /* packed: since when it has said each of that evidence */
	ROW_DOUBTS,      /* of its insurances, as it is counted by */
	ROW_FRONT_AND_ID /* ROW_FRONT, what its id begins with, and the digits behind, in halves */
};
enum { OWN_ID = 16 };
enum { DIGITS_LEAST = 4 };          /* at an id's end, for which halves are shorter */
enum { EVIDENCE_UNDIVIDED = 0x80 }; /* beside the rule */
enum { TIE_OTHER = 1, TIE_REASON, TIE_TIME, TIE_SAID_OF, TIE_SAID };
enum {
	PERSON_VERSION = 2, /* 1 was: a record of these */
	PERSON_REGIONAL = 1,
	PERSON_MEMBER,
	PERSON_SINCE
};

static struct bytes number_key(struct key *k, unsigned char space, uint64_t number)
{
	key_begin(k, space);
	key_short(k, number);
	return key_span(k);
}

/* What most records have is not written. */
enum { FIRST_VERSION = 1 };
static uint64_t first_base(const struct identity_row *row)
{
	return row->made ? 0 : FIRST_VERSION;
}

static void write_id(struct record_writer *w, const struct identity_row *row)
{
	unsigned char octets[OWN_ID];
	const char *id = row->record.id;
	if (row->made && id != NULL && strlen(id) == 2 * sizeof octets
	    && bytes_from_hex(id, 2 * sizeof octets, octets) && strpbrk(id, "ABCDEF") == NULL)
		record_bytes(w, ROW_OWN_ID, (struct bytes){ octets, sizeof octets });
	else
		record_text(w, ROW_ID, id);
}

/* What is written anew is its own. */
static bool borrows(const struct identity_row *row)
{
	return row->like != 0 && (row->said.data != NULL || row->packed.data != NULL);
}

/* The same evidence in the same order, whoever said it since when. */
static bool is_same_evidence(const struct evidence *x, const struct evidence *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (x->rule != y->rule || x->divided != y->divided
		    || memcmp(x->hash, y->hash, EVIDENCE_HASH) != 0)
			return false;
	return x == NULL && y == NULL;
}

/* Most was said first when the record was made: what differs from that is short. */
static void write_evidence(struct record_writer *w, struct arena *a, const struct identity_row *row)
{
	struct buffer b = buffer_in(a);
	bool borrowed = borrows(row) && is_same_evidence(row->evidence, row->like_evidence);
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next) {
		if (!borrowed) {
			buffer_byte(&b, (unsigned char)((unsigned)e->rule
							| (e->divided ? 0u : EVIDENCE_UNDIVIDED)));
			buffer_append(&b, e->hash, EVIDENCE_HASH);
		}
		packed_signed(&b, e->since - row->record.created);
	}
	if (b.length != 0)
		record_bytes(w, borrowed ? ROW_SINCES : ROW_EVIDENCES, buffer_bytes(&b));
}

/* As it was read, where nothing new was said. Of a record we made nothing is said. */
static void write_said(struct record_writer *w, struct arena *a, const struct identity_row *row)
{
	const struct patient_demographics *d = &row->record.demographics;
	struct bytes said = row->said, core = row->kept_core;
	struct bytes packed = row->packed;
	bool is_new = said.data == NULL && packed.data == NULL;
	if (is_new)
		said = identity_demographics_octets(a, d);
	if (packed.data == NULL && said.length <= 1)
		return;
	if (core.data == NULL && is_new) {
		struct identity_core made = identity_core(a, d);
		core = core_octets(a, &made, d);
	}
	if (core.length != 0)
		record_bytes(w, ROW_CORE, core);
	if (packed.data == NULL)
		packed = identity_packed(a, said);
	if (packed.data != NULL)
		record_bytes(w, ROW_PACKED, packed);
	else
		record_bytes(w, ROW_DEMOGRAPHICS, said);
}

uint64_t usage_of_version(struct bytes said)
{
	enum { ROW_AND_INDICES = 2 * USAGE_EACH };
	return ROW_AND_INDICES + (said.length <= 1 ? 0 : said.length);
}

struct bytes identity_row_kept(struct arena *a, struct identity_row *row)
{
	if (row->packed.data == NULL && row->said.length > 1)
		row->packed = identity_packed(a, row->said);
	return row->packed.data != NULL ? row->packed
	       : row->said.length > 1   ? row->said
					: (struct bytes){ 0 };
}

/* Most ids are numbers, maybe behind a letter or two. False: this one is none. */
static bool pack_id(struct buffer *b, const char *id)
{
	size_t length = id == NULL ? 0 : strlen(id), at = length;
	while (at > 0 && strchr("0123456789.", id[at - 1]) != NULL)
		at--;
	if (length - at < DIGITS_LEAST)
		return false;
	size_t halves = compact_text_octets(id + at);
	buffer_append(b, id, at);
	buffer_byte(b, 0);
	compact_text_write(id + at, buffer_reserve(b, halves));
	b->length += halves;
	return true;
}

/* What every record has: of no name there is no number. */
static void write_front(struct record_writer *w, struct store_txn *t, struct arena *a,
			const struct identity_row *row)
{
	const struct patient_record *r = &row->record;
	struct buffer b = buffer_in(a);
	packed_number(&b, r->number);
	packed_number(&b, text_empty(r->domain) ? 0 : name_number(t, r->domain));
	packed_number(&b, r->person);
	packed_number(&b, text_empty(r->source_system) ? 0 : name_number(t, r->source_system));
	packed_signed(&b, r->created);
	bool with_id = !row->made && pack_id(&b, r->id);
	record_bytes(w, with_id ? ROW_FRONT_AND_ID : ROW_FRONT, buffer_bytes(&b));
	if (!with_id)
		write_id(w, row);
}

struct bytes identity_row_octets(struct store_txn *t, struct arena *a,
				 const struct identity_row *row)
{
	const struct patient_record *r = &row->record;
	struct record_writer w = record_begin(a, ROW_VERSION);
	write_front(&w, t, a, row);
	if (r->status == RECORD_SUBSUMED) {
		record_number(&w, ROW_STATUS, r->status);
		record_number(&w, ROW_SURVIVOR, r->survivor);
	}
	if (r->updated != r->created)
		record_signed(&w, ROW_CHANGED, r->updated - r->created);
	if (r->version != FIRST_VERSION)
		record_number(&w, ROW_REVISION, r->version);
	if (row->made)
		record_number(&w, ROW_ANCHOR, row->anchor);
	write_evidence(&w, a, row);
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next) {
		record_open(&w, ROW_TIE);
		record_number(&w, TIE_OTHER, tie->other);
		record_number(&w, TIE_REASON, tie->reason);
		record_instant(&w, TIE_TIME, tie->time);
		if (tie->said.sequence != 0) {
			record_number(&w, TIE_SAID_OF, tie->said.record);
			record_number(&w, TIE_SAID, tie->said.sequence);
		}
		record_close(&w);
	}
	if (row->base != first_base(row))
		record_number(&w, ROW_BASE, row->base);
	if (row->occurred != 0)
		record_instant(&w, ROW_OCCURRED, row->occurred);
	if (row->unsettled != 0) {
		record_number(&w, ROW_UNSETTLED, row->unsettled);
		record_number(&w, ROW_AGAINST, row->against);
	}
	if (row->doubts != 0)
		record_number(&w, ROW_DOUBTS, row->doubts);
	if (borrows(row))
		record_number(&w, ROW_LIKE, row->like);
	else
		write_said(&w, a, row);
	return record_end(&w);
}

static struct evidence *read_evidence(struct arena *a, struct bytes octets, instant created,
				      bool *broken)
{
	struct evidence *first = NULL, **tail = &first;
	struct packed_reader r = packed_read(octets);
	while (packed_more(&r)) {
		struct evidence *e = arena_new(a, struct evidence);
		unsigned char octet = packed_as_octet(&r);
		const unsigned char *hash = packed_as_octets(&r, EVIDENCE_HASH);
		e->rule = octet & ~EVIDENCE_UNDIVIDED;
		e->divided = (octet & EVIDENCE_UNDIVIDED) == 0;
		e->since = created + packed_as_signed(&r);
		if (r.broken)
			break;
		memcpy(e->hash, hash, EVIDENCE_HASH);
		*tail = e;
		tail = &e->next;
	}
	*broken = r.broken;
	return first;
}

static struct tie *read_tie(struct arena *a, struct record_reader r)
{
	struct tie *tie = arena_new(a, struct tie);
	while (record_next(&r))
		if (r.tag == TIE_OTHER)
			tie->other = record_as_number(&r);
		else if (r.tag == TIE_REASON)
			tie->reason = (enum tie_reason)record_as_number(&r);
		else if (r.tag == TIE_TIME)
			tie->time = record_as_instant(&r);
		else if (r.tag == TIE_SAID_OF)
			tie->said.record = record_as_number(&r);
		else if (r.tag == TIE_SAID)
			tie->said.sequence = record_as_number(&r);
	return tie;
}

/* NULL: it has none that can be read. */
static const char *as_name(struct store_txn *t, struct arena *a, struct record_reader *r)
{
	return name_text(t, a, record_as_number(r));
}

static const char *as_front_name(struct store_txn *t, struct arena *a, struct packed_reader *r)
{
	uint64_t number = packed_as_number(r);
	return number == 0 ? NULL : name_text(t, a, number);
}

/* To the end of what is read. */
static const char *packed_id(struct arena *a, struct packed_reader *r)
{
	const char *begins = packed_as_text(r);
	size_t halves = r->broken ? 0 : (size_t)(r->end - r->at), at = strlen(begins);
	char *id = arena_alloc(a, at + 2 * halves + 1);
	memcpy(id, begins, at);
	r->broken = r->broken || !compact_text_read(r->at, halves, id + at);
	r->at = r->end;
	return id;
}

static void read_front(struct store_txn *t, struct arena *a, struct record_reader *from,
		       struct patient_record *p)
{
	struct packed_reader r = packed_read(from->value);
	p->number = packed_as_number(&r);
	p->domain = as_front_name(t, a, &r);
	p->person = packed_as_number(&r);
	bool fed = r.at != r.end && *r.at != 0;
	const char *system = as_front_name(t, a, &r);
	p->source_system = fed ? system : "";
	p->created = packed_as_signed(&r);
	if (from->tag == ROW_FRONT_AND_ID)
		p->id = packed_id(a, &r);
	if (r.broken || packed_more(&r))
		from->broken = true;
}

/* What every record has. */
static bool is_placed(const struct patient_record *p)
{
	return p->number != 0 && p->domain != NULL && p->id != NULL && p->source_system != NULL;
}

/* Since when the record itself says what it shares. */
static bool read_sinces(struct evidence *list, struct bytes octets, instant created)
{
	struct packed_reader r = packed_read(octets);
	for (; list != NULL; list = list->next)
		list->since = created + packed_as_signed(&r);
	return !r.broken && !packed_more(&r);
}

/* What stands in the row of a record that says the same. What is kept there is kept by that row
 * itself, so that nobody's is looked for from one to the next. */
static bool read_borrowed(struct store_txn *t, struct arena *a, struct bytes sinces,
			  const struct patient_record *among, struct identity_row *row)
{
	struct key k;
	struct bytes octets, evidence = { 0 };
	bool broken = false;
	while (among != NULL && among->number != row->like)
		among = among->next;
	if (among != NULL)
		octets = among->row;
	else if (!store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, row->like), a, &octets))
		return false;
	struct record_reader r = record_read(octets);
	while (record_next(&r))
		switch (r.tag) {
		case ROW_CORE: row->kept_core = r.value; break;
		case ROW_EVIDENCES: evidence = r.value; break;
		case ROW_DEMOGRAPHICS: row->said = r.value; break;
		case ROW_PACKED: row->packed = r.value; break;
		}
	row->like_evidence = read_evidence(a, evidence, 0, &broken);
	if (sinces.length != 0) {
		row->evidence = read_evidence(a, evidence, 0, &broken);
		broken = broken || !read_sinces(row->evidence, sinces, row->record.created);
	}
	return !broken && !r.broken && (row->said.data != NULL || row->packed.data != NULL);
}

/* among: places that were read already, or NULL. */
static bool skim(struct store_txn *t, struct arena *a, struct bytes octets,
		 const struct patient_record *among, struct identity_row *out)
{
	struct record_reader r = record_read(octets);
	struct patient_record *p = &out->record;
	*out = (struct identity_row){ .record = { .source_system = "", .version = FIRST_VERSION } };
	struct bytes evidence = { 0 }, sinces = { 0 };
	int64_t changed = 0;
	bool based = false;
	bool broken = false;
	struct tie **tie = &out->ties;
	while (record_next(&r))
		switch (r.tag) {
		case ROW_NUMBER: p->number = record_as_number(&r); break;
		case ROW_DOMAIN_NUMBER: p->domain = as_name(t, a, &r); break;
		case ROW_ID: p->id = record_as_text(&r); break;
		case ROW_STATUS: p->status = (enum record_status)record_as_number(&r); break;
		case ROW_SURVIVOR: p->survivor = record_as_number(&r); break;
		case ROW_PERSON: p->person = record_as_number(&r); break;
		case ROW_SYSTEM_NUMBER: p->source_system = as_name(t, a, &r); break;
		case ROW_CREATED: p->created = record_as_instant(&r); break;
		case ROW_CHANGED: changed = record_as_signed(&r); break;
		case ROW_OWN_ID: p->id = bytes_to_hex(a, r.value); break;
		case ROW_REVISION: p->version = record_as_number(&r); break;
		case ROW_MADE: out->made = record_as_flag(&r); break;
		case ROW_BASE:
			out->base = record_as_number(&r);
			based = true;
			break;
		case ROW_OCCURRED: out->occurred = p->occurred = record_as_instant(&r); break;
		case ROW_UNSETTLED: out->unsettled = (unsigned)record_as_number(&r); break;
		case ROW_AGAINST: out->against = record_as_number(&r); break;
		case ROW_ANCHOR:
			out->anchor = record_as_number(&r);
			out->made = true;
			break;
		case ROW_CORE: out->kept_core = r.value; break;
		case ROW_EVIDENCES: evidence = r.value; break;
		case ROW_TIE:
			*tie = read_tie(a, record_within(&r));
			tie = &(*tie)->next;
			break;
		case ROW_DEMOGRAPHICS: out->said = r.value; break;
		case ROW_PACKED: out->packed = r.value; break;
		case ROW_FRONT:
		case ROW_FRONT_AND_ID: read_front(t, a, &r, p); break;
		case ROW_LIKE: out->like = record_as_number(&r); break;
		case ROW_SINCES: sinces = r.value; break;
		case ROW_DOUBTS: out->doubts = (unsigned)record_as_number(&r); break;
		}
	p->updated = p->created + changed;
	if (!based)
		out->base = first_base(out);
	if (evidence.length != 0)
		out->evidence = read_evidence(a, evidence, p->created, &broken);
	if (out->like != 0 && !read_borrowed(t, a, sinces, among, out))
		broken = true;
	out->old_like = out->like;
	out->old_person = p->person;
	out->old_against = out->against;
	out->old_unsettled = p->unsettled = out->unsettled;
	return !broken && !r.broken && is_placed(p);
}

bool identity_row_skim(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out)
{
	return skim(t, a, octets, NULL, out);
}

bool identity_row_said(struct arena *a, struct identity_row *row)
{
	if ((row->said.data == NULL && row->packed.data == NULL) || row->said_read)
		return true;
	if (row->said.data == NULL && !identity_unpacked(a, row->packed, &row->said))
		return false;
	row->said_read = true;
	row->core = NULL; /* it may be of names that were read apart */
	return identity_demographics_read(a, row->said, &row->record.demographics);
}

bool identity_row_read(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out)
{
	return skim(t, a, octets, NULL, out) && identity_row_said(a, out);
}

bool identity_row_read_among(struct store_txn *t, struct arena *a,
			     const struct patient_record *place, const struct patient_record *among,
			     struct identity_row *out)
{
	return skim(t, a, place->row, among, out) && identity_row_said(a, out);
}

bool identity_row_core(struct arena *a, const struct identity_row *row, struct identity_core *out)
{
	const struct patient_demographics *d = &row->record.demographics;
	struct bytes said = row->said;
	if (said.data == NULL && row->packed.data != NULL
	    && !identity_unpacked(a, row->packed, &said))
		return false;
	if (said.data != NULL && !row->said_read) {
		struct patient_demographics *part = arena_new(a, struct patient_demographics);
		if (!identity_core_part_read(a, said, part))
			return false;
		d = part;
	}
	if (!core_read(a, row->kept_core, d, out))
		*out = identity_core(a, d);
	return true;
}

static bool place_read(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct patient_record *p)
{
	struct record_reader r = record_read(octets);
	*p = (struct patient_record){ .source_system = "", .row = octets };
	while (record_next(&r))
		switch (r.tag) {
		case ROW_NUMBER: p->number = record_as_number(&r); break;
		case ROW_DOMAIN_NUMBER: p->domain = as_name(t, a, &r); break;
		case ROW_ID: p->id = record_as_text(&r); break;
		case ROW_OWN_ID: p->id = bytes_to_hex(a, r.value); break;
		case ROW_STATUS: p->status = (enum record_status)record_as_number(&r); break;
		case ROW_SURVIVOR: p->survivor = record_as_number(&r); break;
		case ROW_PERSON: p->person = record_as_number(&r); break;
		case ROW_SYSTEM_NUMBER: p->source_system = as_name(t, a, &r); break;
		case ROW_FRONT:
		case ROW_FRONT_AND_ID: read_front(t, a, &r, p); break;
		}
	return !r.broken && is_placed(p);
}

bool identity_row_broken(struct store_txn *t, const char *what, uint64_t number)
{
	return store_damaged(t, "%s %llu in the store cannot be read", what,
			     (unsigned long long)number);
}

/* A record that is there, and was not to be read, is damage. */
static bool is_read(struct store_txn *t, uint64_t number, bool read)
{
	return read || identity_row_broken(t, "patient record", number);
}

bool identity_row_get(struct store_txn *t, struct arena *a, uint64_t number,
		      struct identity_row *out)
{
	struct key k;
	struct bytes octets;
	if (number == 0 || !store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, number), a, &octets))
		return false;
	return is_read(t, number, identity_row_read(t, a, octets, out));
}

bool identity_row_get_skimmed(struct store_txn *t, struct arena *a, uint64_t number,
			      struct identity_row *out)
{
	struct key k;
	struct bytes octets;
	if (number == 0 || !store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, number), a, &octets))
		return false;
	return is_read(t, number, identity_row_skim(t, a, octets, out));
}

bool identity_row_version(struct store_txn *t, struct arena *a, uint64_t number, uint64_t version,
			  struct identity_row *out)
{
	struct key k;
	struct bytes octets;
	if (!identity_row_get(t, a, number, out))
		return false;
	if (out->record.version == version)
		return true;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_short(&k, number);
	key_short(&k, version);
	if (!store_get(t, key_span(&k), a, &octets))
		return false;
	return is_read(t, number, identity_row_read(t, a, octets, out));
}

bool identity_place_get(struct store_txn *t, struct arena *a, uint64_t number,
			struct patient_record *out)
{
	struct key k;
	struct bytes octets;
	if (number == 0 || !store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, number), a, &octets))
		return false;
	return is_read(t, number, place_read(t, a, octets, out));
}

bool identity_row_place(struct store_txn *t, struct arena *a, uint64_t number,
			struct identity_place *out)
{
	struct key k;
	struct bytes octets;
	struct patient_record p = { .source_system = "" };
	if (number == 0 || !store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, number), a, &octets))
		return false;
	struct record_reader r = record_read(octets);
	*out = (struct identity_place){ .version = FIRST_VERSION };
	while (record_next(&r))
		switch (r.tag) {
		case ROW_NUMBER: p.number = record_as_number(&r); break;
		case ROW_DOMAIN_NUMBER: p.domain = as_name(t, a, &r); break;
		case ROW_STATUS: p.status = (enum record_status)record_as_number(&r); break;
		case ROW_PERSON: p.person = record_as_number(&r); break;
		case ROW_REVISION: out->version = record_as_number(&r); break;
		case ROW_FRONT:
		case ROW_FRONT_AND_ID: read_front(t, a, &r, &p); break;
		case ROW_LIKE: out->like = record_as_number(&r); break;
		}
	out->number = p.number;
	out->person = p.person;
	out->domain = p.domain;
	out->active = p.status == RECORD_ACTIVE;
	return is_read(t, number, !r.broken && p.number == number && p.domain != NULL);
}

bool identity_row_put(struct store_txn *t, const struct identity_row *row)
{
	struct key k;
	return store_put(t, number_key(&k, SPACE_IDENTITY_RECORD, row->record.number),
			 identity_row_octets(t, store_arena(t), row));
}

static struct bytes id_key(struct key *k, uint64_t domain, const char *id)
{
	key_begin(k, SPACE_IDENTITY_ID);
	key_short(k, domain);
	key_identifier(k, id);
	return key_span(k);
}

struct bytes identity_id_key(struct store_txn *t, struct key *k, const char *domain, const char *id)
{
	uint64_t number;
	return name_find(t, domain, &number) ? id_key(k, number, id) : (struct bytes){ 0 };
}

enum { NUMBER_OCTETS = 8 };

/* In as few octets as it takes. */
bool identity_number_read(struct bytes octets, uint64_t *number)
{
	*number = 0;
	if (octets.length == 0 || octets.length > NUMBER_OCTETS || octets.data[0] == 0)
		return false;
	for (size_t i = 0; i < octets.length; i++)
		*number = *number << 8 | octets.data[i];
	return true;
}

bool identity_key_is_known(struct store_txn *t, struct bytes key)
{
	struct key k;
	key_begin(&k, SPACE_IDENTITY_ID);
	key_bytes(&k, key.data + 1, key.length - 1);
	return store_has(t, key_span(&k));
}

bool identity_id_octets(struct store_txn *t, struct arena *a, const char *domain, const char *id,
			struct bytes *octets)
{
	struct key k;
	if (domain == NULL || id == NULL || *id == '\0' || strlen(domain) > DOMAIN_MOST
	    || strlen(id) > ID_MOST)
		return false;
	struct bytes key = identity_id_key(t, &k, domain, id);
	return key.length != 0 && store_get(t, key, a, octets);
}

bool identity_id_is_own(struct store_txn *t, const struct identity_row *row)
{
	return row->made && identity_own_id_number(t, row->record.id) == row->record.number;
}

/* All of it must be the record's: any 32 digits say a number. */
static bool is_own_id(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		      uint64_t *number)
{
	struct key k;
	struct bytes octets;
	struct patient_record r;
	*number = domain == NULL || id == NULL ? 0 : identity_own_id_number(t, id);
	return *number != 0
	       && store_get(t, number_key(&k, SPACE_IDENTITY_RECORD, *number), a, &octets)
	       && is_read(t, *number, place_read(t, a, octets, &r)) && text_equal(r.id, id)
	       && text_equal(r.domain, domain);
}

bool identity_id_get(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		     uint64_t *number)
{
	struct bytes octets;
	if (is_own_id(t, a, domain, id, number))
		return true;
	return identity_id_octets(t, a, domain, id, &octets)
	       && (identity_number_read(octets, number)
		   || store_damaged(t, "whose an id is cannot be read"));
}

bool identity_id_put(struct store_txn *t, const char *domain, const char *id, uint64_t number)
{
	struct key k;
	unsigned char octets[NUMBER_OCTETS];
	size_t at = sizeof octets;
	for (uint64_t left = number; left != 0; left >>= 8)
		octets[--at] = (unsigned char)left;
	uint64_t named = name_number(t, domain);
	return named != 0
	       && store_put(t, id_key(&k, named, id),
			    (struct bytes){ octets + at, sizeof octets - at });
}

/* Since when; its records' numbers, each as what it is more than the one before; after the first of
 * them which one is the regional record, likewise. Each takes an octet at least. */
static bool read_person(struct arena *a, struct bytes octets, struct person_row *out)
{
	struct packed_reader r = packed_read(octets);
	out->members = arena_array(a, uint64_t, octets.length);
	packed_as_octet(&r);
	out->since = packed_as_signed(&r);
	for (uint64_t before = 0; packed_more(&r);) {
		before = out->members[out->count++] = before + (uint64_t)packed_as_signed(&r);
		if (out->count == 1)
			out->regional = before + (uint64_t)packed_as_signed(&r);
	}
	return !r.broken && out->count != 0 && out->regional != 0;
}

bool person_row_read(struct arena *a, uint64_t number, struct bytes octets, struct person_row *out)
{
	*out = (struct person_row){ .number = number };
	if (octets.length != 0 && octets.data[0] == PERSON_VERSION)
		return read_person(a, octets, out);
	struct record_reader r = record_read(octets);
	size_t count = 0;
	for (struct record_reader c = r; record_next(&c);)
		count += c.tag == PERSON_MEMBER;
	out->members = arena_array(a, uint64_t, count + 1);
	while (record_next(&r))
		if (r.tag == PERSON_REGIONAL)
			out->regional = record_as_number(&r);
		else if (r.tag == PERSON_SINCE)
			out->since = record_as_instant(&r);
		else if (r.tag == PERSON_MEMBER)
			out->members[out->count++] = record_as_number(&r);
	return !r.broken && out->count != 0 && out->regional != 0;
}

bool person_row_get(struct store_txn *t, struct arena *a, uint64_t number, struct person_row *out)
{
	struct key k;
	struct bytes octets;
	if (number == 0 || !store_get(t, number_key(&k, SPACE_IDENTITY_PERSON, number), a, &octets))
		return false;
	return person_row_read(a, number, octets, out) || identity_row_broken(t, "person", number);
}

bool person_row_put(struct store_txn *t, const struct person_row *row)
{
	struct key k;
	struct buffer b = buffer_in(store_arena(t));
	uint64_t before = 0;
	buffer_byte(&b, PERSON_VERSION);
	packed_signed(&b, row->since);
	for (size_t i = 0; i < row->count; before = row->members[i++]) {
		packed_signed(&b, (int64_t)(row->members[i] - before));
		if (i == 0)
			packed_signed(&b, (int64_t)(row->regional - row->members[0]));
	}
	return store_put(t, number_key(&k, SPACE_IDENTITY_PERSON, row->number), buffer_bytes(&b));
}

bool person_row_delete(struct store_txn *t, uint64_t number)
{
	struct key k;
	return store_delete(t, number_key(&k, SPACE_IDENTITY_PERSON, number));
}
