/* profiles/admin/admin_said.c: what was said in an exchange, found by its id. */
#include "profiles/admin/admin_said.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/admin/admin_person.h"
#include "store/exchange_bodies.h"

enum { ID_DIGITS = 16 };

const char *admin_exchange_id(struct exchange *x)
{
	const char *id = admin_text(x, "id", true);
	if (id == NULL || (strlen(id) == ID_DIGITS && strspn(id, "0123456789abcdef") == ID_DIGITS))
		return id;
	problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "id",
		   "that is no exchange's id: they have 16 digits, 0 to 9 and a to f");
	return NULL;
}

static bool find(struct exchange *x, const char *id, struct bytes *out)
{
	switch (exchange_bodies_find(x->exchange_bodies, x->arena, id, x->now, out, &x->problem)) {
	case BODY_FOUND: return true;
	case BODY_FAILED: return false;
	case BODY_UNREADABLE:
		return problem_at(&x->problem, PROBLEM_INTERNAL, "id",
				  "what was said in exchange %s cannot be read: it was kept under "
				  "another store exchange-bodies-key, or was damaged",
				  id);
	default:
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "id",
				  "what was said in exchange %s is not kept (any more); minato "
				  "explain %s tells what is",
				  id, id);
	}
}

const struct exchange_said *admin_said_of(struct exchange *x, const char *id)
{
	struct exchange_said *said = arena_new(x->arena, struct exchange_said);
	struct bytes octets;
	if (x->exchange_bodies == NULL) {
		problem_set(&x->problem, PROBLEM_NOT_FOUND,
			    "nothing of what is said is kept: store exchange-bodies is none");
		return NULL;
	}
	if (!find(x, id, &octets))
		return NULL;
	if (exchange_said_read(x->arena, octets, said))
		return said;
	problem_at(&x->problem, PROBLEM_INTERNAL, "id",
		   "what was said in exchange %s is not as this release keeps it", id);
	return NULL;
}

void admin_audit_exchange(struct exchange *x, struct audit_event *e, const char *id)
{
	*audit_add_object(x, e) = (struct audit_object){
		.id = arena_printf(x->arena, "exchange %s", id),
		.type_code = 2,
		.type_code_role = 13, /* security resource */
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

void admin_audit_said(struct exchange *x, struct audit_event *e, const struct exchange_said *said)
{
	for (size_t i = 0; said != NULL && i < said->subject_count; i++)
		audit_about(x, e, said->subjects[i]);
}
