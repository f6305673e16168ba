/* gateway/config.c: the configuration, read once, typed, checked, then never changed. */
#include "gateway/config.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "gateway/audit/anchor.h"
#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config_actors.h"
#include "gateway/config_certificate.h"
#include "gateway/config_doors.h"
#include "gateway/config_keys.h"
#include "gateway/config_partner.h"
#include "gateway/config_region.h"
#include "gateway/config_retention.h"
#include "gateway/config_ssmix2.h"
#include "store/at_rest.h"
#include "store/exchange_bodies.h"

/* A region of 1,000 systems takes about 2 MiB. */
enum { CONFIGURATION_MOST = 256 << 20 };

/* What a struct configuration is the first part of. */
struct held {
	struct configuration configuration;
	struct arena *arena;
	atomic_uint holds;
};

struct loading {
	const char *path;
	struct config_faults faults;
	struct arena *arena;
	struct held *held;
};

static void set_once(struct config_making *m, const struct config_section *sections,
		     enum config_section_number n, struct config_place file, void *base)
{
	config_section_set(m, &config_sections[n], config_section_next(sections, n), file, base);
}

/* A section that stands once stands once; a title names one section. */
static void refuse_doubles(struct config_faults *faults, const struct config_section *sections)
{
	for (const struct config_section *s = sections; s != NULL; s = s->next)
		for (const struct config_section *t = sections; t != s; t = t->next)
			if (t->kind == s->kind && text_equal(t->title, s->title)) {
				config_fault_add(
					faults, s->place,
					"make one of the two, or give them different names",
					"section %s%s%s stands twice, first in %s:%u",
					s->kind->name, s->title != NULL ? " " : "",
					s->title != NULL ? s->title : "", t->place.file,
					t->place.line);
				break;
			}
}

static void check_socket(struct config_making *m, const struct config_section *sections,
			 struct config_place file, const struct configuration *c)
{
	struct sockaddr_un address;
	if (c->service.socket != NULL && strlen(c->service.socket) >= sizeof address.sun_path)
		config_fault_add(
			m->faults,
			config_place_of(config_section_next(sections, SECTION_SERVICE), "socket",
					file),
			"name a socket with a shorter path, such as /run/minato/admin.sock",
			"the path %s has more than %zu octets", c->service.socket,
			sizeof address.sun_path - 1);
}

/* A name that begins elsewhere would be another directory for another daemon. */
static void check_reach(struct config_making *m, const struct config_section *sections,
			struct config_place file, const struct configuration *c)
{
	struct config_place at = config_place_of(config_section_next(sections, SECTION_SERVICE),
						 "reach", file);
	const char *const *each = c->service.reach;
	for (; each != NULL && *each != NULL; each++)
		if (**each != '/')
			config_fault_add(m->faults, at, "write names that begin with /",
					 "service reach: %s is not absolute", *each);
}

/* As the kernel's number is written: another spelling would be nobody. */
static void check_patient_operators(struct config_making *m, const struct config_section *sections,
				    struct config_place file, const struct configuration *c)
{
	struct config_place at = config_place_of(config_section_next(sections, SECTION_SERVICE),
						 "patient-operators", file);
	const char *const *each = c->service.patient_operators;
	for (; each != NULL && *each != NULL; each++) {
		uint64_t uid;
		if (!text_to_number(*each, UINT32_MAX, &uid)
		    || (**each == '0' && (*each)[1] != '\0'))
			config_fault_add(m->faults, at, "write the number that id -u USER says",
					 "service patient-operators: '%s' is no user's number",
					 *each);
	}
}

static bool key_of_anchors(const char *path, const char **why)
{
	struct anchor_key *k = private_to_owner(path, why) ? anchor_key_read(path, why) : NULL;
	anchor_key_free(k);
	return k != NULL;
}

static bool keys_of_others(const char *path, const char **why)
{
	struct anchor_keys *k = anchor_keys_read(path, why);
	anchor_keys_free(k);
	return k != NULL;
}

static bool is_below_data(const struct configuration *c, const char *path)
{
	size_t length = c->store.directory == NULL ? 0 : strlen(c->store.directory);
	return length != 0 && path != NULL && strncmp(path, c->store.directory, length) == 0
	       && path[length] == '/';
}

/* A key beside what it locks locks nothing, and could not be read. */
static struct at_rest *check_data_key(struct config_making *m, struct config_place at,
				      const char *key, const char *path,
				      const struct configuration *c)
{
	const char *why = NULL;
	if (is_below_data(c, path)) {
		config_fault_add(m->faults, at, "name a file outside of the data directory",
				 "%s is below the data directory, which it is to lock", path);
		return NULL;
	}
	struct at_rest *r = path == NULL ? NULL : at_rest_read(path, &why);
	if (why != NULL)
		config_fault_add(m->faults, at, "name the file of the key, or mend that file",
				 "store %s, %s: %s", key, path, why);
	return r;
}

static void check_data_keys(struct config_making *m, const struct config_section *sections,
			    struct config_place file, const struct configuration *c)
{
	const struct config_section *s = config_section_next(sections, SECTION_STORE);
	struct config_place at = config_place_of(s, "data-key-before", file);
	struct at_rest *fresh = check_data_key(m, config_place_of(s, "data-key", file), "data-key",
					       c->store.data_key, c);
	struct at_rest *before = check_data_key(m, at, "data-key-before", c->store.data_key_before,
						c);
	if (c->store.data_key_before != NULL && c->store.data_key == NULL)
		config_fault_add(m->faults, at, "name the new key as data-key",
				 "store data-key-before needs a data-key that takes its place");
	if (fresh != NULL && before != NULL && at_rest_is_same(fresh, before))
		config_fault_add(m->faults, at,
				 "make another with openssl rand -out FILE 64, and name it as "
				 "data-key",
				 "store data-key and data-key-before are the same key");
	at_rest_free(fresh);
	at_rest_free(before);
}

/* Whoever has the disk has the bodies, and is not to have their key. */
static void check_bodies_key(struct config_making *m, const struct config_section *sections,
			     struct config_place file, const struct configuration *c)
{
	const struct config_section *s = config_section_next(sections, SECTION_STORE);
	struct config_place at = config_place_of(s, "exchange-bodies-key", file);
	const char *path = c->store.exchange_bodies_key, *why = NULL;
	if (c->store.exchange_bodies != BODIES_NONE && path == NULL)
		config_fault_add(m->faults, config_place_of(s, "exchange-bodies", file),
				 "name a file of 64 octets: openssl rand -out FILE 64",
				 "store exchange-bodies needs an exchange-bodies-key");
	else if (is_below_data(c, path))
		config_fault_add(m->faults, at, "name a file outside of the data directory",
				 "%s is below the data directory, where what it locks is kept",
				 path);
	else if (path != NULL && (why = exchange_bodies_key_fault(path)) != NULL)
		config_fault_add(m->faults, at, "name the file of the key, or mend that file",
				 "store exchange-bodies-key, %s: %s", path, why);
	if (c->store.exchange_bodies != BODIES_NONE && c->store.exchanges == 0)
		config_fault_add(m->faults, config_place_of(s, "exchange-bodies", file),
				 "let store exchanges be as many as bodies are to be asked for",
				 "store exchange-bodies is of the message log, which is off "
				 "(exchanges = 0)");
}

/* Records of third-party provision are made of the log, and must be kept for three years
 * (個人情報の 保護に関する法律施行規則, articles 21 and 25). */
enum { KEEP_DAYS_LEAST = 3 * 365 + 1, DAY = 86400 };

/* Nothing goes too early: a year has 366 days here, a month 31. */
static uint64_t seconds_of(struct calendar_span s)
{
	uint64_t days = s.days + (uint64_t)(s.months / 12) * 366 + (uint64_t)(s.months % 12) * 31;
	return days * DAY;
}

static uint64_t keep_of(struct config_making *m, struct config_place where, const char *key,
			const char *text, const struct audit_keys *keys)
{
	struct calendar_span span = { 0 };
	if (text == NULL)
		return 0;
	if (!config_read_span(text, &span))
		config_fault_add(
			m->faults, where,
			"write days, months or years, up to a hundred years: 2000d, 60mon, 5y",
			"audit %s \"%s\" cannot be", key, text);
	else if (keys->anchor_key == NULL)
		config_fault_add(m->faults, where,
				 "name an anchor-key (minato init makes one), or take it away",
				 "audit %s needs an anchor-key: what is left of the log could not "
				 "prove itself",
				 key);
	return seconds_of(span);
}

static void set_keep(struct config_making *m, const struct config_section *sections,
		     struct config_place file, const struct audit_keys *keys,
		     struct configuration *c)
{
	const struct config_section *s = config_section_next(sections, SECTION_AUDIT);
	struct config_place where = config_place_of(s, "keep", file);
	struct audit_keeping *k = &c->region.audit_keeping;
	const char **names = arena_array(m->arena, const char *, c->audit_repository_count);
	for (size_t i = 0; i < c->audit_repository_count; i++)
		names[i] = c->audit_repositories[i].name;
	k->repositories = names;
	k->repository_count = c->audit_repository_count;
	k->keep = keep_of(m, where, "keep", keys->keep, keys);
	k->keep_received = keep_of(m, config_place_of(s, "keep-received", file), "keep-received",
				   keys->keep_received, keys);
	if (k->keep != 0 && k->keep < (uint64_t)KEEP_DAYS_LEAST * DAY)
		config_fault_add(
			m->faults, where, "write 3y or more",
			"audit keep \"%s\" is shorter than records of third-party provision "
			"must be kept, which are made of the log",
			keys->keep);
}

/* Whoever can write the log must not find key and anchors beside it. */
static void check_anchors(struct config_making *m, const struct config_section *sections,
			  struct config_place file, const struct configuration *c)
{
	const struct config_section *s = config_section_next(sections, SECTION_AUDIT);
	const struct {
		const char *key, *path;
	} places[] = {
		{ "anchor-key", c->audit.anchor_key },
		{ "anchors", c->audit.anchors },
		{ "others-anchor-keys", c->audit.others_anchor_keys },
	};
	const char *why;
	if (c->audit.anchor_key != NULL && !key_of_anchors(c->audit.anchor_key, &why))
		config_fault_add(m->faults, config_place_of(s, "anchor-key", file),
				 "name a PEM file that fits, or mend that file",
				 "audit anchor-key, %s: %s", c->audit.anchor_key, why);
	if (c->audit.others_anchor_keys != NULL
	    && !keys_of_others(c->audit.others_anchor_keys, &why))
		config_fault_add(m->faults, config_place_of(s, "others-anchor-keys", file),
				 "name a PEM file of public keys, or mend that file",
				 "audit others-anchor-keys, %s: %s", c->audit.others_anchor_keys,
				 why);
	for (size_t i = 0; i < COUNT(places); i++)
		if (is_below_data(c, places[i].path))
			config_fault_add(m->faults, config_place_of(s, places[i].key, file),
					 "name a file outside of the data directory",
					 "%s is below the data directory, where it proves nothing",
					 places[i].path);
}

static void set_audit_repositories(struct config_making *m, const struct config_section *sections,
				   struct config_place file, struct configuration *c)
{
	const struct config_section_kind *kind = &config_sections[SECTION_AUDIT_REPOSITORY];
	size_t count = config_section_count(sections, SECTION_AUDIT_REPOSITORY);
	struct config_audit_repository *all = arena_array(m->arena, struct config_audit_repository,
							  count + 1);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_AUDIT_REPOSITORY)) != NULL; s = s->next) {
		struct config_audit_repository *r = &all[c->audit_repository_count++];
		r->name = arena_text(m->arena, s->title);
		config_section_set(m, kind, s, file, r);
		const char *why;
		if (r->ca != NULL && !certificate_authorities(r->ca, &why))
			config_fault_of_file(m, config_place_of(s, "ca", file), kind->name, "ca",
					     r->ca, why);
		if (r->certificate != NULL
		    && !certificate_with_key(r->certificate, NULL, CERTIFICATE_OF_CLIENT, &why))
			config_fault_of_file(m, config_place_of(s, "certificate", file), kind->name,
					     "certificate", r->certificate, why);
	}
	c->audit_repositories = all;
}

/* When an object is answered there are in memory its octets, and what was read of them: up to eight
 * times as much, when all of it are short values. Half of the least exchange-memory may be an
 * answer's beginning (SPOOL_MEMORY). What is kept of an exchange is copied there, and it is to come
 * out as it would without that. */
enum { OBJECTS_OF_A_MEMORY = 32 };

static void bound_objects(struct configuration *c)
{
	uint64_t most = c->service.exchange_memory / OBJECTS_OF_A_MEMORY;
	if (c->region.metadata_object > most)
		c->region.metadata_object = (size_t)most;
	if (c->store.exchange_body_most > most)
		c->store.exchange_body_most = most;
}

static void make(struct config_making *m, const struct config_section *sections,
		 struct config_place file, struct configuration *c)
{
	struct store_keys store = { 0 };
	struct service_keys service = { 0 };
	struct outbox_keys outbox = { 0 };
	struct audit_keys audit = { 0 };
	struct ssmix2_keys ssmix2 = { 0 };
	refuse_doubles(m->faults, sections);
	config_region_set(m, sections, file, c);
	set_once(m, sections, SECTION_ACTORS, file, &c->actors);
	c->actors.on[REGION_OPERATOR] = true;
	config_doors_set(m, sections, file, c);
	set_once(m, sections, SECTION_STORE, file, &store);
	set_once(m, sections, SECTION_SERVICE, file, &service);
	set_once(m, sections, SECTION_OUTBOX, file, &outbox);
	set_once(m, sections, SECTION_AUDIT, file, &audit);
	set_once(m, sections, SECTION_SSMIX2, file, &ssmix2);
	set_once(m, sections, SECTION_SYSLOG_UDP, file, &c->syslog_udp);
	set_audit_repositories(m, sections, file, c);
	c->store.directory = store.directory;
	c->store.cache = store.cache;
	c->store.snapshot_memory = store.snapshot_memory;
	c->store.audit_reserve = store.audit_reserve;
	c->store.exchanges = store.exchanges;
	c->store.exchange_days = store.exchange_days;
	c->store.exchange_bodies = (enum bodies_kept)store.exchange_bodies;
	c->store.exchange_bodies_key = store.exchange_bodies_key;
	c->store.exchange_body_most = store.exchange_body_most;
	c->store.exchange_bodies_room = store.exchange_bodies_room;
	c->store.exchange_bodies_days = store.exchange_bodies_days;
	c->store.data_key = store.data_key;
	c->store.data_key_before = store.data_key_before;
	c->service.exchange_memory = service.exchange_memory;
	c->service.answers_memory = service.answers_memory;
	c->service.answers_disk = service.answers_disk;
	c->service.workers = service.workers;
	c->service.loops = service.loops;
	c->service.stop_within = service.stop_within;
	c->service.ready_within = service.ready_within;
	c->service.ready_audit_waiting = service.ready_audit_waiting;
	c->service.long_work_waiting = service.long_work_waiting;
	c->service.long_reads_waiting = service.long_reads_waiting;
	c->service.open_documents = service.open_documents;
	c->service.log_level = service.log_level;
	c->service.log_format = service.log_format;
	c->service.socket = c->local.address = service.socket;
	c->service.grammars = service.grammars;
	c->service.walls = service.walls;
	c->service.reach = service.reach;
	c->service.patient_operators = service.patient_operators;
	c->service.allow_root = service.allow_root;
	c->outbox.errands = outbox.errands;
	c->outbox.errands_per_partner = outbox.errands_per_partner;
	c->outbox.octets = outbox.octets;
	c->outbox.octets_per_partner = outbox.octets_per_partner;
	c->outbox.give_up_seconds = outbox.give_up_seconds;
	c->audit.enterprise_site_id = audit.enterprise_site_id != NULL ? audit.enterprise_site_id
								       : c->region.affinity_domain;
	c->audit.source_id = audit.source_id;
	c->audit.anchor_key = audit.anchor_key;
	c->audit.anchors = audit.anchors;
	c->audit.others_anchor_keys = audit.others_anchor_keys;
	c->audit.anchor_seconds = audit.anchor_seconds;
	set_keep(m, sections, file, &audit, c);
	c->ssmix2.copy = c->region.ssmix2_copy = ssmix2.documents == 0;
	config_ssmix2_set(m, sections, c);
	bound_objects(c);
	config_partners_set(m, sections, c);
	c->region.asks_communities = c->actors.on[INITIATING_GATEWAY]
				     && region_has_community(&c->region);
	config_doors_check(m, sections, file, c);
	config_region_check_certificates(m, sections, c);
	config_region_check_directories(m, sections, c);
	check_socket(m, sections, file, c);
	check_reach(m, sections, file, c);
	check_patient_operators(m, sections, file, c);
	check_data_keys(m, sections, file, c);
	check_bodies_key(m, sections, file, c);
	check_anchors(m, sections, file, c);
	c->region.asks_communities = c->actors.on[INITIATING_GATEWAY]
				     && region_has_community(&c->region);
	config_actors_check(m, config_section_next(sections, SECTION_ACTORS), file, c);
	config_transactions_check(m, sections, &c->region);
}

/* The text could not be read to its end: its values are checked, what is missing is not known. */
static void make_what_there_is(struct config_making *m, const struct config_section *sections,
			       struct config_place file)
{
	for (const struct config_section *s = sections; s != NULL; s = s->next)
		config_section_set(m, s->kind, s, file, arena_alloc(m->arena, s->kind->size));
}

/* The directory of the file itself, absolute if it can be found: a daemon may change its own, and
 * /etc/minato/minato.conf is a link to the region's. */
static const char *directory_of(struct arena *a, const char *path)
{
	const char *real = config_real_path(a, path), *slash = strrchr(real, '/');
	return slash == NULL   ? "."
	       : slash == real ? "/"
			       : arena_text_n(a, real, (size_t)(slash - real));
}

static void load(void *with)
{
	struct loading *l = with;
	struct config_text text;
	struct config_place file = { l->path, 0 };
	struct held *held = arena_new(l->arena, struct held);
	if (!config_text_read(l->path, &l->faults, &text))
		return;
	struct config_making m = {
		.arena = l->arena,
		.faults = &l->faults,
		.directory = directory_of(l->arena, l->path),
	};
	m.tail = &m.values;
	struct configuration *c = &held->configuration;
	c->path = arena_text(l->arena, l->path);
	c->directory = m.directory;
	struct config_section *sections;
	m.partial = !config_parse(&text, &l->faults, &sections);
	if (m.partial)
		make_what_there_is(&m, sections, file);
	else
		make(&m, sections, file, c);
	c->values = m.values;
	held->arena = l->arena;
	atomic_init(&held->holds, 1);
	l->held = held;
}

/* Faults in the order of the files and lines; a file as a whole comes first. */
static struct config_fault *sorted(struct config_fault *list)
{
	struct config_fault *out = NULL;
	while (list != NULL) {
		struct config_fault *f = list, **at = &out;
		list = f->next;
		while (*at != NULL
		       && !(text_equal((*at)->place.file, f->place.file)
			    && (*at)->place.line > f->place.line))
			at = &(*at)->next;
		f->next = *at;
		*at = f;
	}
	return out;
}

static bool any_stops(const struct config_fault *f)
{
	while (f != NULL && f->tolerable)
		f = f->next;
	return f != NULL;
}

const struct configuration *config_load(const char *path, struct arena *a,
					const struct config_fault **faults)
{
	struct loading l = { .path = path, .arena = arena_create(CONFIGURATION_MOST) };
	config_faults_begin(&l.faults, a);
	bool fitted = l.arena != NULL && arena_run(l.arena, load, &l);
	if (!fitted)
		config_fault_add(&l.faults, (struct config_place){ path, 0 },
				 "free memory, or make it smaller",
				 "could not read the configuration: out of memory");
	*faults = sorted(l.faults.first);
	if (!any_stops(*faults))
		return &l.held->configuration;
	arena_destroy(l.arena);
	return NULL;
}

/* One section of the file, nothing else of it. False: it could not be read. */
static bool set_alone(const char *path, struct arena *a, enum config_section_number n, void *base,
		      bool *faulty)
{
	struct config_faults faults;
	struct config_text text;
	struct config_section *sections;
	config_faults_begin(&faults, a);
	if (!config_text_read(path, &faults, &text) || !config_parse(&text, &faults, &sections))
		return false;
	struct config_making m = { .arena = a,
				   .faults = &faults,
				   .directory = directory_of(a, path) };
	m.tail = &m.values;
	set_once(&m, sections, n, (struct config_place){ path, 0 }, base);
	*faulty = faults.first != NULL;
	return true;
}

const char *config_socket(const char *path, struct arena *a)
{
	struct service_keys service = { 0 };
	bool faulty; /* of the file as it is now; the daemon has read it before */
	return set_alone(path, a, SECTION_SERVICE, &service, &faulty) ? service.socket : NULL;
}

bool config_own_certificate(const char *path, struct arena *a, const char **certificate,
			    const char **ca)
{
	struct config_door https = { 0 };
	bool faulty;
	if (!set_alone(path, a, SECTION_HTTPS, &https, &faulty) || faulty)
		return false;
	*certificate = https.tls.certificate;
	*ca = https.tls.ca;
	return https.tls.certificate != NULL;
}

bool config_actors(const char *path, struct arena *a, struct actors *out)
{
	bool faulty;
	*out = (struct actors){ .on = { [REGION_OPERATOR] = true } };
	return set_alone(path, a, SECTION_ACTORS, out, &faulty) && !faulty;
}

const struct configuration *config_hold(const struct configuration *c)
{
	atomic_fetch_add(&((struct held *)(void *)(uintptr_t)c)->holds, 1);
	return c;
}

void config_release(const struct configuration *c)
{
	struct held *held = (struct held *)(void *)(uintptr_t)c;
	if (held != NULL && atomic_fetch_sub(&held->holds, 1) == 1)
		arena_destroy(held->arena);
}

const struct config_value *config_value_of(const struct config_value *list,
					   const struct config_value *v)
{
	while (list != NULL
	       && !(text_equal(list->section, v->section) && text_equal(list->title, v->title)
		    && text_equal(list->key, v->key)))
		list = list->next;
	return list;
}

static void add_name(struct buffer *b, const struct config_value *v)
{
	buffer_printf(b, "%s%s%s%s %s", b->length == 0 ? "" : ", ", v->section,
		      v->title == NULL ? "" : " ", v->title == NULL ? "" : v->title, v->key);
}

const char *config_restart_needed(struct arena *a, const struct configuration *old,
				  const struct configuration *new)
{
	struct buffer b = buffer_in(a);
	for (const struct config_value *v = new->values; v != NULL; v = v->next) {
		const struct config_value *was = config_value_of(old->values, v);
		if (v->restart && (was == NULL || !text_equal(was->value, v->value)))
			add_name(&b, v);
	}
	for (const struct config_value *v = old->values; v != NULL; v = v->next)
		if (v->restart && config_value_of(new->values, v) == NULL)
			add_name(&b, v);
	return b.length == 0 ? NULL : buffer_ended(&b);
}
