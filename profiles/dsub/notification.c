/* profiles/dsub/notification.c: a notification as it is written and recorded. */
#include "profiles/dsub/notification.h"

#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"
#include "schemas/tables/metadata.h"
#include "store/blobs.h"

bool notification_is_empty(const struct registry_objects *objects)
{
	return objects->entries == NULL && objects->sets == NULL && objects->folders == NULL;
}

/* ---- On the wire ---- */

/* The producer is this broker: what it says of itself the consumer knows by the subscription. */
void notification_write(struct xml_writer *w, const struct subscription *s,
			const struct registry_objects *objects)
{
	struct arena *a = xml_writer_arena(w);
	xml_open(w, "wsnt:NotificationMessage");
	wsnt_put_endpoint(w, "wsnt:SubscriptionReference", wsnt_reference(a, s));
	xml_open(w, "wsnt:Topic");
	xml_namespace_declare(w, "ihe", WSNT_TOPICS_NAMESPACE);
	xml_put_attribute(w, "Dialect", WSNT_SIMPLE_DIALECT);
	xml_put_text(w, wsnt_topic_name(s->topic));
	xml_close(w);
	wsnt_put_endpoint(w, "wsnt:ProducerReference", s->reference);
	xml_open(w, "wsnt:Message");
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	ebrim_put_objects(w, a, objects, s->topic != TOPIC_MINIMAL_DOCUMENT_ENTRY);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* ---- In the audit log ---- */

/* home: NULL where it is not known. */
static struct audit_detail *home_of(struct arena *a, const char *home)
{
	if (home == NULL)
		return NULL;
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ .type = "urn:ihe:iti:xca:2010:homeCommunityId",
				    .value = (const unsigned char *)home,
				    .length = strlen(home) };
	return d;
}

static void add_object(struct arena *a, struct audit_object ***last, const char *id,
		       const char *type, const char *display, const char *home)
{
	struct audit_object *o = arena_new(a, struct audit_object);
	*o = (struct audit_object){
		.id = id,
		.type_code = 2,
		.type_code_role = 3,
		.id_type = { .code = type, .scheme = "IHE XDS Metadata", .display = display },
		.details = home_of(a, home),
	};
	**last = o;
	*last = &o->next;
}

static void add_entry(struct arena *a, struct audit_object ***last, const struct document_entry *e,
		      const char *home)
{
	bool on_demand = e->type == ENTRY_ON_DEMAND;
	add_object(a, last, e->id, on_demand ? UUID_ON_DEMAND : UUID_STABLE,
		   on_demand ? "on-demand document entry object type"
			     : "document entry object type",
		   e->home_community_id != NULL ? e->home_community_id : home);
}

struct audit_object *notification_audit_objects(struct arena *a,
						const struct registry_objects *objects,
						const char *home)
{
	struct audit_object *first = NULL, **last = &first;
	for (const struct document_entry *e = objects->entries; e != NULL; e = e->next)
		add_entry(a, &last, e, home);
	if (objects->sets != NULL)
		add_object(a, &last, objects->sets->id, UUID_SUBMISSION_SET,
			   "submission set classification node",
			   objects->sets->home_community_id != NULL
				   ? objects->sets->home_community_id
				   : home);
	for (const struct folder *f = objects->folders; f != NULL; f = f->next)
		add_object(a, &last, f->id, UUID_FOLDER, "folder classification node",
			   f->home_community_id != NULL ? f->home_community_id : home);
	return first;
}

void notification_audit(struct exchange *x, struct audit_event *e,
			const struct registry_objects *objects)
{
	struct audit_object *o = notification_audit_objects(x->arena, objects,
							    x->region->home_community_id);
	for (; o != NULL; o = o->next) {
		struct audit_object *added = audit_add_object(x, e);
		*added = *o;
		added->next = NULL;
	}
}

/* ---- What was published ---- */

static bool read_octets(struct arena *a, const struct blob_content *content, struct bytes *out)
{
	*out = content->octets;
	if (content->octets.data != NULL)
		return true;
	unsigned char *octets = arena_alloc(a, (size_t)content->size);
	*out = (struct bytes){ octets, (size_t)content->size };
	return pread(content->fd, octets, (size_t)content->size, 0) == (ssize_t)content->size;
}

struct submission *notification_published(struct store_txn *t, struct arena *a,
					  const struct blob *kept)
{
	struct submission *s = arena_new(a, struct submission);
	struct findings f = findings_in(a);
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	struct bytes octets;
	if (!blob_open(t, kept->sha256, a, &content, &p) || !read_octets(a, &content, &octets))
		return NULL;
	const struct xml_document *d = xml_read(a, NULL, octets, &p);
	return d != NULL && ebrim_read_submission(a, xml_root(d), s, &f) ? s : NULL;
}
