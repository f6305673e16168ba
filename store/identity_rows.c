/* store/identity_rows.c: how identity is laid out in keys. */
#include "store/identity_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
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
	ROW_MADE,
	ROW_ANCHOR,
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
	ROW_SYSTEM_NUMBER
};
enum { OWN_ID = 16 };
enum { EVIDENCE_UNDIVIDED = 0x80 }; /* beside the rule */
enum { TIE_OTHER = 1, TIE_REASON, TIE_TIME, TIE_SAID_OF, TIE_SAID };
enum {
	WHO_NAME = 1,
	WHO_BIRTH_DATE,
	WHO_SEX,
	WHO_ADDRESS,
	WHO_TELECOM,
	WHO_INSURANCE,
	WHO_MAIDEN_NAME,
	WHO_MULTIPLE_BIRTH,
	WHO_BIRTH_ORDER,
	WHO_DECEASED,
	WHO_DECEASED_TIME,
	WHO_IDENTITY_UNKNOWN
};
enum {
	NAME_FAMILY = 1,
	NAME_GIVEN,
	NAME_MIDDLE,
	NAME_PREFIX,
	NAME_SUFFIX,
	NAME_USE,
	NAME_REPRESENTATION
};
enum {
	ADDRESS_STREET = 1,
	ADDRESS_OTHER,
	ADDRESS_CITY,
	ADDRESS_STATE,
	ADDRESS_POSTAL_CODE,
	ADDRESS_COUNTRY,
	ADDRESS_TEXT,
	ADDRESS_USE
};
enum { TELECOM_NUMBER = 1, TELECOM_USE };
enum { INSURANCE_INSURER = 1, INSURANCE_SYMBOL, INSURANCE_NUMBER, INSURANCE_BRANCH };
enum { PERSON_REGIONAL = 1, PERSON_MEMBER, PERSON_SINCE };

static void write_name(struct record_writer *w, const struct person_name *n)
{
	record_open(w, WHO_NAME);
	record_text(w, NAME_FAMILY, n->family);
	record_text(w, NAME_GIVEN, n->given);
	record_text(w, NAME_MIDDLE, n->middle);
	record_text(w, NAME_PREFIX, n->prefix);
	record_text(w, NAME_SUFFIX, n->suffix);
	record_text(w, NAME_USE, n->use);
	if (n->representation != NAME_UNSPECIFIED)
		record_number(w, NAME_REPRESENTATION, n->representation);
	record_close(w);
}

static void write_address(struct record_writer *w, const struct postal_address *ad)
{
	record_open(w, WHO_ADDRESS);
	record_text(w, ADDRESS_STREET, ad->street);
	record_text(w, ADDRESS_OTHER, ad->other);
	record_text(w, ADDRESS_CITY, ad->city);
	record_text(w, ADDRESS_STATE, ad->state);
	record_text(w, ADDRESS_POSTAL_CODE, ad->postal_code);
	record_text(w, ADDRESS_COUNTRY, ad->country);
	record_text(w, ADDRESS_TEXT, ad->text);
	record_text(w, ADDRESS_USE, ad->use);
	record_close(w);
}

static void write_demographics(struct record_writer *w, const struct patient_demographics *d)
{
	for (const struct person_name *n = d->names; n != NULL; n = n->next)
		write_name(w, n);
	record_text(w, WHO_BIRTH_DATE, d->birth_date);
	record_text(w, WHO_SEX, d->sex);
	for (const struct postal_address *ad = d->addresses; ad != NULL; ad = ad->next)
		write_address(w, ad);
	for (const struct telecom *tel = d->telecoms; tel != NULL; tel = tel->next) {
		record_open(w, WHO_TELECOM);
		record_text(w, TELECOM_NUMBER, tel->number);
		record_text(w, TELECOM_USE, tel->use);
		record_close(w);
	}
	for (const struct insurance *i = d->insurances; i != NULL; i = i->next) {
		record_open(w, WHO_INSURANCE);
		record_text(w, INSURANCE_INSURER, i->insurer);
		record_text(w, INSURANCE_SYMBOL, i->symbol);
		record_text(w, INSURANCE_NUMBER, i->number);
		record_text(w, INSURANCE_BRANCH, i->branch);
		record_close(w);
	}
	record_text(w, WHO_MAIDEN_NAME, d->mothers_maiden_name);
	record_text(w, WHO_MULTIPLE_BIRTH, d->multiple_birth);
	record_text(w, WHO_BIRTH_ORDER, d->birth_order);
	record_text(w, WHO_DECEASED, d->deceased);
	record_text(w, WHO_DECEASED_TIME, d->deceased_time);
	record_text(w, WHO_IDENTITY_UNKNOWN, d->identity_unknown);
}

static struct person_name *read_name(struct arena *a, struct record_reader r)
{
	struct person_name *n = arena_new(a, struct person_name);
	while (record_next(&r))
		switch (r.tag) {
		case NAME_FAMILY: n->family = record_as_text(&r); break;
		case NAME_GIVEN: n->given = record_as_text(&r); break;
		case NAME_MIDDLE: n->middle = record_as_text(&r); break;
		case NAME_PREFIX: n->prefix = record_as_text(&r); break;
		case NAME_SUFFIX: n->suffix = record_as_text(&r); break;
		case NAME_USE: n->use = record_as_text(&r); break;
		case NAME_REPRESENTATION:
			n->representation = (enum name_representation)record_as_number(&r);
			break;
		}
	return n;
}

static struct postal_address *read_address(struct arena *a, struct record_reader r)
{
	struct postal_address *ad = arena_new(a, struct postal_address);
	while (record_next(&r))
		switch (r.tag) {
		case ADDRESS_STREET: ad->street = record_as_text(&r); break;
		case ADDRESS_OTHER: ad->other = record_as_text(&r); break;
		case ADDRESS_CITY: ad->city = record_as_text(&r); break;
		case ADDRESS_STATE: ad->state = record_as_text(&r); break;
		case ADDRESS_POSTAL_CODE: ad->postal_code = record_as_text(&r); break;
		case ADDRESS_COUNTRY: ad->country = record_as_text(&r); break;
		case ADDRESS_TEXT: ad->text = record_as_text(&r); break;
		case ADDRESS_USE: ad->use = record_as_text(&r); break;
		}
	return ad;
}

static struct telecom *read_telecom(struct arena *a, struct record_reader r)
{
	struct telecom *tel = arena_new(a, struct telecom);
	while (record_next(&r))
		switch (r.tag) {
		case TELECOM_NUMBER: tel->number = record_as_text(&r); break;
		case TELECOM_USE: tel->use = record_as_text(&r); break;
		}
	return tel;
}

static struct insurance *read_insurance(struct arena *a, struct record_reader r)
{
	struct insurance *i = arena_new(a, struct insurance);
	while (record_next(&r))
		switch (r.tag) {
		case INSURANCE_INSURER: i->insurer = record_as_text(&r); break;
		case INSURANCE_SYMBOL: i->symbol = record_as_text(&r); break;
		case INSURANCE_NUMBER: i->number = record_as_text(&r); break;
		case INSURANCE_BRANCH: i->branch = record_as_text(&r); break;
		}
	return i;
}

static bool read_demographics(struct arena *a, struct record_reader r,
			      struct patient_demographics *d)
{
	struct person_name **name = &d->names;
	struct postal_address **address = &d->addresses;
	struct telecom **telecom = &d->telecoms;
	struct insurance **insurance = &d->insurances;
	while (record_next(&r))
		switch (r.tag) {
		case WHO_NAME:
			*name = read_name(a, record_within(&r));
			name = &(*name)->next;
			break;
		case WHO_ADDRESS:
			*address = read_address(a, record_within(&r));
			address = &(*address)->next;
			break;
		case WHO_TELECOM:
			*telecom = read_telecom(a, record_within(&r));
			telecom = &(*telecom)->next;
			break;
		case WHO_INSURANCE:
			*insurance = read_insurance(a, record_within(&r));
			insurance = &(*insurance)->next;
			break;
		case WHO_BIRTH_DATE: d->birth_date = record_as_text(&r); break;
		case WHO_SEX: d->sex = record_as_text(&r); break;
		case WHO_MAIDEN_NAME: d->mothers_maiden_name = record_as_text(&r); break;
		case WHO_MULTIPLE_BIRTH: d->multiple_birth = record_as_text(&r); break;
		case WHO_BIRTH_ORDER: d->birth_order = record_as_text(&r); break;
		case WHO_DECEASED: d->deceased = record_as_text(&r); break;
		case WHO_DECEASED_TIME: d->deceased_time = record_as_text(&r); break;
		case WHO_IDENTITY_UNKNOWN: d->identity_unknown = record_as_text(&r); break;
		}
	return !r.broken;
}

struct bytes identity_demographics_octets(struct arena *a, const struct patient_demographics *d)
{
	struct record_writer w = record_begin(a, ROW_VERSION);
	write_demographics(&w, d);
	return record_end(&w);
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

/* Most was said first when the record was made: what differs from that is short. */
static void write_evidence(struct record_writer *w, struct arena *a, const struct identity_row *row)
{
	struct buffer b = buffer_in(a);
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next) {
		buffer_byte(&b, (unsigned char)((unsigned)e->rule
						| (e->divided ? 0u : EVIDENCE_UNDIVIDED)));
		buffer_append(&b, e->hash, EVIDENCE_HASH);
		packed_signed(&b, e->since - row->record.created);
	}
	if (b.length != 0)
		record_bytes(w, ROW_EVIDENCES, buffer_bytes(&b));
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

static void write_named(struct record_writer *w, struct store_txn *t, unsigned tag,
			const char *name)
{
	if (!text_empty(name))
		record_number(w, tag, name_number(t, name));
}

struct bytes identity_row_octets(struct store_txn *t, struct arena *a,
				 const struct identity_row *row)
{
	const struct patient_record *r = &row->record;
	struct record_writer w = record_begin(a, ROW_VERSION);
	record_number(&w, ROW_NUMBER, r->number);
	write_named(&w, t, ROW_DOMAIN_NUMBER, r->domain);
	write_id(&w, row);
	if (r->status == RECORD_SUBSUMED) {
		record_number(&w, ROW_STATUS, r->status);
		record_number(&w, ROW_SURVIVOR, r->survivor);
	}
	record_number(&w, ROW_PERSON, r->person);
	write_named(&w, t, ROW_SYSTEM_NUMBER, r->source_system);
	record_instant(&w, ROW_CREATED, r->created);
	if (r->updated != r->created)
		record_signed(&w, ROW_CHANGED, r->updated - r->created);
	if (r->version != FIRST_VERSION)
		record_number(&w, ROW_REVISION, r->version);
	record_flag(&w, ROW_MADE, row->made);
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

/* What every record has. */
static bool is_placed(const struct patient_record *p)
{
	return p->number != 0 && p->domain != NULL && p->id != NULL && p->source_system != NULL;
}

bool identity_row_skim(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out)
{
	struct record_reader r = record_read(octets);
	struct patient_record *p = &out->record;
	*out = (struct identity_row){ .record = { .source_system = "", .version = FIRST_VERSION } };
	struct bytes evidence = { 0 };
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
		case ROW_OCCURRED: out->occurred = record_as_instant(&r); break;
		case ROW_UNSETTLED: out->unsettled = (unsigned)record_as_number(&r); break;
		case ROW_AGAINST: out->against = record_as_number(&r); break;
		case ROW_ANCHOR: out->anchor = record_as_number(&r); break;
		case ROW_CORE: out->kept_core = r.value; break;
		case ROW_EVIDENCES: evidence = r.value; break;
		case ROW_TIE:
			*tie = read_tie(a, record_within(&r));
			tie = &(*tie)->next;
			break;
		case ROW_DEMOGRAPHICS: out->said = r.value; break;
		case ROW_PACKED: out->packed = r.value; break;
		}
	p->updated = p->created + changed;
	if (!based)
		out->base = first_base(out);
	if (evidence.length != 0)
		out->evidence = read_evidence(a, evidence, p->created, &broken);
	out->old_person = p->person;
	out->old_against = out->against;
	out->old_unsettled = p->unsettled = out->unsettled;
	return !broken && !r.broken && is_placed(p);
}

bool identity_row_said(struct arena *a, struct identity_row *row)
{
	if ((row->said.data == NULL && row->packed.data == NULL) || row->said_read)
		return true;
	if (row->said.data == NULL && !identity_unpacked(a, row->packed, &row->said))
		return false;
	row->said_read = true;
	row->core = NULL; /* it may be of names that were read apart */
	return read_demographics(a, record_read(row->said), &row->record.demographics);
}

bool identity_row_read(struct store_txn *t, struct arena *a, struct bytes octets,
		       struct identity_row *out)
{
	return identity_row_skim(t, a, octets, out) && identity_row_said(a, out);
}

/* What a core is made of: no addresses, phones and insurances. */
static bool read_core_of(struct arena *a, struct record_reader r, struct patient_demographics *d)
{
	struct person_name **name = &d->names;
	while (record_next(&r))
		switch (r.tag) {
		case WHO_NAME:
			*name = read_name(a, record_within(&r));
			name = &(*name)->next;
			break;
		case WHO_BIRTH_DATE: d->birth_date = record_as_text(&r); break;
		case WHO_SEX: d->sex = record_as_text(&r); break;
		case WHO_MULTIPLE_BIRTH: d->multiple_birth = record_as_text(&r); break;
		case WHO_BIRTH_ORDER: d->birth_order = record_as_text(&r); break;
		}
	return !r.broken;
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
		if (!read_core_of(a, record_read(said), part))
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
		}
	return !r.broken && is_placed(p);
}

bool identity_row_broken(struct store_txn *t, const char *what, uint64_t number)
{
	return store_damaged(t, "%s %llu in the store cannot be read", what,
			     (unsigned long long)number);
}

static struct bytes number_key(struct key *k, unsigned char space, uint64_t number)
{
	key_begin(k, space);
	key_short(k, number);
	return key_span(k);
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

bool identity_id_get(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		     uint64_t *number)
{
	struct bytes octets;
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

bool person_row_read(struct arena *a, uint64_t number, struct bytes octets, struct person_row *out)
{
	struct record_reader r = record_read(octets);
	size_t count = 0;
	for (struct record_reader c = r; record_next(&c);)
		count += c.tag == PERSON_MEMBER;
	*out = (struct person_row){ .number = number,
				    .members = arena_array(a, uint64_t, count + 1) };
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
	struct record_writer w = record_begin(store_arena(t), ROW_VERSION);
	record_number(&w, PERSON_REGIONAL, row->regional);
	record_instant(&w, PERSON_SINCE, row->since);
	for (size_t i = 0; i < row->count; i++)
		record_number(&w, PERSON_MEMBER, row->members[i]);
	return store_put(t, number_key(&k, SPACE_IDENTITY_PERSON, row->number), record_end(&w));
}

bool person_row_delete(struct store_txn *t, uint64_t number)
{
	struct key k;
	return store_delete(t, number_key(&k, SPACE_IDENTITY_PERSON, number));
}
