/* profiles/ssmix2/delegated.c: messages that are to stand in a delegated storage. */
#include "profiles/ssmix2/delegated.h"

#include "gateway/base/findings.h"
#include "profiles/actors/quota.h"
#include "schemas/tables/leniency.h"

bool delegated_read(struct exchange *x, const struct registered_system *facility,
		    struct bytes octets, const char *type)
{
	struct storage_delivery *d = arena_new(x->arena, struct storage_delivery);
	const struct ssmix2_source source = { .region = x->region,
					      .facility = facility,
					      .now = x->now };
	d->facility = facility;
	if (!storage_message_read(x->arena, &source, octets, type, &d->message, &x->problem))
		return false;
	leniencies_add(&x->needed, &d->message.read.needed);
	x->delivery = d;
	return true;
}

bool delegated_has_room(struct exchange *x)
{
	const struct storage_delivery *d = x->delivery;
	struct registry_desk desk = exchange_desk(x);
	struct findings f = findings_in(x->arena);
	desk.sender = d->facility;
	if (!quota_is_set(&desk))
		return true;
	if ((desk.txn = exchange_look(x)) == NULL)
		return false;
	if (quota_has_room(&desk, d->message.octets.length, &f))
		return true;
	x->problem = f.first->problem;
	return false;
}

bool delegated_write(struct exchange *x)
{
	struct storage_delivery *d = x->delivery;
	const struct delegated_storage *to = region_delegated(x->region, d->facility);
	struct storage_wrote wrote;
	if (!storage_write(x->arena, to->directory, d->facility->institution_code, &d->message,
			   x->now, &wrote, &x->problem))
		return false;
	d->wrote = wrote;
	if (wrote.what != WRITTEN_KNOWN)
		x->storage_changed = d->facility->name;
	return true;
}

void delegated_audited(struct exchange *x, struct audit_event *e)
{
	const struct storage_delivery *d = x->delivery;
	if (d == NULL)
		return;
	const char *id = d->message.name.patient_id;
	audit_patient(x, e, cx_text(x->arena, id, d->facility->domains[0]));
	if (d->wrote.path == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = d->wrote.path,
		.type_code = 2,
		.type_code_role = 3,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	audit_add_detail(x, o, "MSH-10", bytes_of_text(d->message.read.hl7->control_id));
	audit_add_detail(x, o, "written", bytes_of_text(storage_written_words[d->wrote.what]));
}
