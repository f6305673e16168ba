/* profiles/actors/document_registry.c: whom a patient id means, and who may see what. */
#include "profiles/actors/document_registry.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/community_patients.h"
#include "profiles/actors/metadata_type.h"
#include "store/identity.h"

struct document_entry *document_registry_entry(const struct registry_desk *d,
					       struct sealed_entry *e)
{
	struct document_entry *open = e == NULL
					      ? NULL
					      : d->admission->entry(d->admission->self, d->txn, e);
	return open == NULL || !document_registry_knows(d, open->subject) ? NULL : open;
}

struct submission_set *document_registry_set(const struct registry_desk *d, struct sealed_set *s)
{
	struct submission_set *open = s == NULL ? NULL
						: d->admission->set(d->admission->self, d->txn, s);
	return open == NULL || !document_registry_knows(d, open->subject) ? NULL : open;
}

struct folder *document_registry_folder(const struct registry_desk *d, struct sealed_folder *f)
{
	struct folder *open = f == NULL ? NULL
					: d->admission->folder(d->admission->self, d->txn, f);
	return open == NULL || !document_registry_knows(d, open->subject) ? NULL : open;
}

/* By leniency a sender may name a patient here in its own domains, too. */
static bool own_id_taken(const struct registry_desk *d, const char *universal_id)
{
	return d->sender->lenient.resolve_own_ids && system_owns(d->sender, universal_id);
}

const char *document_registry_patient_fault(const struct registry_desk *d, const char *cx)
{
	struct cx_parts parts;
	if (!metadata_type_cx(cx, &parts))
		return metadata_type_fault(TYPE_CX, cx);
	const char *domain = arena_text_n(d->arena, parts.universal_id, parts.universal_id_length);
	if (d->community != NULL)
		return text_equal(domain, d->region->community_domain)
			       ? NULL
			       : "has an assigning authority whose ids another community cannot "
				 "ask "
				 "with: it is known by the codes it was given";
	if (text_equal(domain, d->region->affinity_domain)
	    || (d->sender == NULL ? region_domain(d->region, domain, NULL) != NULL
				  : own_id_taken(d, domain)))
		return NULL;
	return arena_printf(d->arena,
			    "has an assigning authority whose ids are not taken here; the "
			    "affinity domain's is %s",
			    d->region->affinity_domain);
}

bool document_registry_patient(const struct registry_desk *d, const char *cx,
			       struct registry_patient *out)
{
	struct cx_parts parts;
	struct patient_record record;
	if (!metadata_type_cx(cx, &parts))
		return false;
	const char *id = arena_text_n(d->arena, parts.id, parts.id_length);
	const char *domain = arena_text_n(d->arena, parts.universal_id, parts.universal_id_length);
	if (d->community != NULL) {
		out->regional_id = NULL;
		return text_equal(domain, d->region->community_domain)
		       && community_patients_find(d->community, d->txn, id, &out->record,
						  &out->person);
	}
	bool regional = text_equal(domain, d->region->affinity_domain);
	bool lenient = !regional && d->sender != NULL;
	if ((lenient && !own_id_taken(d, domain))
	    || !identity_find_place(d->txn, d->arena, domain, id, &record)
	    || record.status != RECORD_ACTIVE)
		return false;
	/* Only now: whom nobody knows is unknown by the strict rule, too. */
	if (lenient)
		d->needed->resolve_own_ids = true;
	out->record = record.number;
	out->person = record.person;
	out->regional_id = regional ? cx : NULL;
	return true;
}

const char *document_registry_regional_id(const struct registry_desk *d, uint64_t person)
{
	const char *id = identity_regional_id(d->txn, d->arena, person);
	return id == NULL ? NULL
			  : arena_printf(d->arena, "%s^^^&%s&ISO", id, d->region->affinity_domain);
}

const char *document_registry_told_id(const struct registry_desk *d, uint64_t person)
{
	return d->community != NULL ? community_patients_code(d->community, d->txn, person)
				    : document_registry_regional_id(d, person);
}

bool document_registry_knows(const struct registry_desk *d, uint64_t subject)
{
	struct patient_record place;
	return d->community == NULL
	       || (identity_place(d->txn, d->arena, subject, &place)
		   && community_patients_code(d->community, d->txn, place.person) != NULL);
}
