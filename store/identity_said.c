/* store/identity_said.c: what was said of a patient, as octets: for keeping and for comparing. */
#include "store/identity_said.h"
#include "gateway/base/arena.h"
#include "store/identity_rows.h"
#include "store/record.h"

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

static void write_insurances(struct record_writer *w, unsigned tag, const struct insurance *i)
{
	for (; i != NULL; i = i->next) {
		record_open(w, tag);
		record_text(w, INSURANCE_INSURER, i->insurer);
		record_text(w, INSURANCE_SYMBOL, i->symbol);
		record_text(w, INSURANCE_NUMBER, i->number);
		record_text(w, INSURANCE_BRANCH, i->branch);
		record_text(w, INSURANCE_FROM, i->from);
		record_text(w, INSURANCE_UNTIL, i->until);
		record_text(w, INSURANCE_LAST_SAID, i->last_said);
		record_close(w);
	}
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
	write_insurances(w, WHO_INSURANCE, d->insurances);
	write_insurances(w, WHO_FORMER_INSURANCE, d->former_insurances);
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
		case INSURANCE_FROM: i->from = record_as_text(&r); break;
		case INSURANCE_UNTIL: i->until = record_as_text(&r); break;
		case INSURANCE_LAST_SAID: i->last_said = record_as_text(&r); break;
		}
	return i;
}

bool identity_demographics_read(struct arena *a, struct bytes said, struct patient_demographics *d)
{
	struct record_reader r = record_read(said);
	struct person_name **name = &d->names;
	struct postal_address **address = &d->addresses;
	struct telecom **telecom = &d->telecoms;
	struct insurance **insurance = &d->insurances, **former = &d->former_insurances;
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
		case WHO_FORMER_INSURANCE:
			*former = read_insurance(a, record_within(&r));
			former = &(*former)->next;
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
	struct record_writer w = record_begin(a, SAID_VERSION);
	write_demographics(&w, d);
	return record_end(&w);
}

/* What a core is made of: no addresses, phones and insurances. */
bool identity_core_part_read(struct arena *a, struct bytes said, struct patient_demographics *d)
{
	struct record_reader r = record_read(said);
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
