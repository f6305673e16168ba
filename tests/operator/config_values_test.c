/* tests/operator/config_values_test.c: what a configuration says, as whoever reads it has it. */
#include "tests/operator/config_scene.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config_keys.h"
#include "gateway/walls.h"
#include "matching/weights.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

/* clang-format off */
static const char many_values[] = REGION
	"https { port = 9443 body = 1GiB idle-within = 2min tls-profile = tls13-only }\n"
	"https-door watch { port = 8444 client-certificates = none serves = {metrics, health} }\n"
	"mllp-door wide { port = 2576 frame = 2MiB }\n"
	"service { log-level = detail exchange-memory = 32MiB walls = required "
	"reach = {/srv/a, /srv/b} patient-operators = {0, 1000} allow-root = yes }\n"
	"ssmix2 { documents = reference }\n"
	"domain 1.2.5 { namespace = OUTSIDE }\n"
	"codes classCode { allow = {\"a^1.2\", \"b^1.3\"} }\n"
	"audit-repository one { host = arr.example }\n"
	PARTNER("box", "https://h:9/a", "connections = 3 connect-within = 4s answer-within = 5s "
		"server-name = x.example certificate = pki/clients/a-hospital.pem")
	"repository 2.999.22 { systems = {z} directory = docs }\n"
	"repository 2.999.23 { }\n"
	PARTNER("plain", "https://h/b", "")
	"system z { title = Z certificate-sha256 = \"AB:CD"
	"000000000000000000000000000000000000000000000000000000000000\" "
	"domains = {1.2.3, 1.2.4} pix-domains = {\"*\"} resolve-own-ids = yes reply-to = {box} "
	"fill-domain = no strict-input = yes }\n"
	SYSTEM("a-hospital", "feeds-affinity-domain = yes "
	       "next-certificate = pki/clients/d-pharmacy.pem");
/* clang-format on */

/* What is there, what must be. */
struct number {
	const char *what;
	uint64_t is, must;
};
struct named {
	const char *what, *is, *must;
};

static void same_numbers(const struct number *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].is != rows[i].must)
			printf("\n%s\n", rows[i].what);
		CU_ASSERT_EQUAL(rows[i].is, rows[i].must);
	}
}

static void same_names(const struct named *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!text_equal(rows[i].is, rows[i].must))
			printf("\n%s\n", rows[i].what);
		CU_ASSERT_TRUE(text_equal(rows[i].is, rows[i].must));
	}
}

static void doors_arrive(struct arena *a, const struct configuration *c)
{
	const struct config_door *watch = config_door_named(c, "watch"),
				 *wide = config_door_named(c, "wide");
	CU_ASSERT_FATAL(watch != NULL && wide != NULL);
	const struct number numbers[] = {
		{ "https port", c->https.port, 9443 },
		{ "https body", c->https.limits.body, UINT64_C(1) << 30 },
		{ "https idle-within", c->https.limits.idle_seconds, 120 },
		{ "https clients", c->https.tls.clients, CERTIFICATES_REQUIRED },
		{ "https serves", c->https.serves, SERVES_TRANSACTIONS },
		{ "mllp port", c->mllp.port, 2575 },
		{ "local serves", c->local.serves, SERVES_OPERATOR },
		{ "watch kind", watch->kind, DOOR_HTTPS },
		{ "watch port", watch->port, 8444 },
		{ "watch clients", watch->tls.clients, CERTIFICATES_NONE },
		{ "watch body", watch->limits.body, door_limits_default.body },
		{ "wide kind", wide->kind, DOOR_MLLP },
		{ "wide frame", wide->limits.frame, 2 << 20 },
		{ "wide clients", wide->tls.clients, CERTIFICATES_REQUIRED },
		{ "wide serves", wide->serves, SERVES_TRANSACTIONS },
	};
	const struct named names[] = {
		{ "https tls-profile", c->https.tls.profile, "tls13-only" },
		{ "watch section", watch->section, "https-door watch" },
		{ "watch services", config_door_services(a, watch), "health, metrics" },
		{ "local address", c->local.address, c->service.socket },
		{ "reach", c->service.reach[0], "/srv/a" },
		{ "reach, too", c->service.reach[1], "/srv/b" },
		{ "patient-operators", c->service.patient_operators[1], "1000" },
	};
	same_numbers(numbers, COUNT(numbers));
	same_names(names, COUNT(names));
	CU_ASSERT_PTR_EQUAL(config_door_named(c, "https"), &c->https);
	CU_ASSERT_PTR_EQUAL(config_door_named(c, "local"), &c->local);
	CU_ASSERT_PTR_NULL(config_door_named(c, "nothing"));
}

static void service_and_region_arrive(const struct configuration *c)
{
	const struct assigning_authority *outside = region_domain(&c->region, NULL, "OUTSIDE"),
					 *ours = region_domain(&c->region, "2.999.1", "MINATO");
	CU_ASSERT_FATAL(outside != NULL && ours != NULL);
	const struct number numbers[] = {
		{ "log-level", c->service.log_level, LOG_DETAIL },
		{ "walls", c->service.walls, WALLS_REQUIRED },
		{ "allow-root", c->service.allow_root, true },
		{ "exchange-memory", c->service.exchange_memory, 32 << 20 },
		{ "documents = reference", c->ssmix2.copy, false },
		{ "consent-default", c->region.opt_in, true },
		{ "codes", c->region.codes.count, 2 },
		{ "audit repositories", c->audit_repository_count, 1 },
		{ "port of the first", c->audit_repositories[0].port, 6514 },
		{ "domains", c->region.domain_count, 4 },
	};
	const struct named names[] = {
		{ "directory", c->store.directory + strlen(c->directory), "/data" },
		{ "device-id", c->region.device_id, "2.999.10.1" },
		{ "scheme of the second code", c->region.codes.codes[1].scheme, "1.3" },
		{ "enterprise-site-id", c->audit.enterprise_site_id, "2.999.1" },
		{ "OUTSIDE", outside->universal_id, "1.2.5" },
		{ "whose it is", outside->owner, NULL },
		{ "whose the affinity domain is", ours->owner, "a-hospital" },
	};
	same_numbers(numbers, COUNT(numbers));
	same_names(names, COUNT(names));
}

static void repositories_arrive(const struct place *p, const struct region *r)
{
	const struct named names[] = {
		{ "z's", region_repository_of(r, "z"), "2.999.22" },
		{ "a-hospital's", region_repository_of(r, "a-hospital"), "2.999.20" },
		{ "nobody's", region_repository_of(r, NULL), "2.999.20" },
		{ "z's documents", region_documents_of(r, "z"), place_name(p, "r/docs") },
		{ "a-hospital's documents", region_documents_of(r, "a-hospital"), NULL },
		{ "nobody's documents", region_documents_of(r, NULL), NULL },
	};
	const struct number numbers[] = {
		{ "the region's", region_has_repository(r, "2.999.20"), true },
		{ "the second", region_has_repository(r, "2.999.22"), true },
		{ "the third", region_has_repository(r, "2.999.23"), true },
		{ "one that is none", region_has_repository(r, "2.999.2"), false },
	};
	same_names(names, COUNT(names));
	same_numbers(numbers, COUNT(numbers));
}

static void partners_arrive(const struct configuration *c)
{
	const struct region *r = &c->region;
	const struct partner *box = region_partner(r, "box"), *plain = region_partner(r, "plain");
	const struct registered_system *z = region_system(r, "z"),
				       *a = region_system(r, "a-hospital");
	CU_ASSERT_FATAL(box != NULL && plain != NULL);
	CU_ASSERT_PTR_NULL(region_partner(r, "none"));
	const struct number numbers[] = {
		{ "connections", box->connections, 3 },
		{ "connect-within", (uint64_t)box->identity.connect_seconds, 4 },
		{ "answer-within", box->answer_seconds, 5 },
		{ "for", box->purposes, 1u << PARTNER_ANSWERS },
	};
	const struct named names[] = {
		{ "server-name", box->identity.server_name, "x.example" },
		{ "ca", plain->identity.ca, c->https.tls.ca },
		{ "certificate", plain->identity.certificate, c->https.tls.certificate },
	};
	same_numbers(numbers, COUNT(numbers));
	same_names(names, COUNT(names));
	CU_ASSERT_PTR_EQUAL(region_answers_at(r, z, "https://h:9/a"), box);
	CU_ASSERT_PTR_NULL(region_answers_at(r, z, "https://h:9/a/"));
	CU_ASSERT_PTR_NULL(region_answers_at(r, z, "https://h/b"));
	CU_ASSERT_PTR_NULL(region_answers_at(r, a, "https://h:9/a"));
}

static void systems_arrive(const struct region *r)
{
	const struct registered_system *z = region_system(r, "z"),
				       *a = region_system(r, "a-hospital");
	const struct number numbers[] = {
		{ "resolve-own-ids", z->lenient.resolve_own_ids, true },
		{ "fill-domain", z->lenient.fill_domain, false },
		{ "strict-input", z->strict_input, true },
		{ "a's resolve-own-ids", a->lenient.resolve_own_ids, false },
		{ "z owns", system_owns(z, "1.2.4"), true },
		{ "a does not", system_owns(a, "1.2.4"), false },
		{ "z sees all", system_sees(r, z, "1.2.77"), true },
		{ "z has one certificate", z->next_certificate_sha256 == NULL, true },
		{ "a has two", a->next_certificate_sha256 != NULL, true },
		{ "which differ", text_equal(a->certificate_sha256, a->next_certificate_sha256),
		  false },
	};
	same_numbers(numbers, COUNT(numbers));
	CU_ASSERT_STRING_EQUAL(z->certificate_sha256,
			       "abcd000000000000000000000000000000000000000000000000000000000000");
	CU_ASSERT_PTR_EQUAL(region_system_by_certificate(r, a->certificate_sha256), a);
	CU_ASSERT_PTR_EQUAL(region_system_by_certificate(r, a->next_certificate_sha256), a);
}

static void values_arrive_typed(void)
{
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/r.conf", many_values);
	const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena, &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_PTR_NOT_NULL_FATAL(region_system(&c->region, "z"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(region_system(&c->region, "a-hospital"));
	doors_arrive(p.arena, c);
	service_and_region_arrive(c);
	repositories_arrive(&p, &c->region);
	partners_arrive(c);
	systems_arrive(&c->region);
	config_release(c);
	place_end(&p);
}

#define MATCHING(rest)                                                                             \
	"region { name = x affinity-domain = 2.999.1 home-community-id = \"urn:oid:2.999.10\" "    \
	"repository-unique-id = 2.999.20 " rest "}\n"

/* The shipped ones with other thresholds, as a file. */
static void write_weights(struct place *p)
{
	struct match_weights *w = match_weights_default(p->arena);
	w->link_at = 12.5;
	struct bytes text = match_weights_write(p->arena, w);
	place_write(p, "r/own.weights",
		    arena_text_n(p->arena, (const char *)text.data, text.length));
}

#define CODES_HEADING "attribute\tcode\tscheme\tjapanese\tenglish\textension\n"

static void code_sets_are_sections_and_a_table(void)
{
	const struct config_fault *faults;
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/codes.tsv", CODES_HEADING "classCode\tA\t1.2\t甲\nmimeType\ttext/xml\n");
	place_write(&p, "r/r.conf",
		    MATCHING("code-sets = codes.tsv") "codes \"classCode\" { allow = {\"B^1.2\", "
						      "\"A^1.2\"} }\n"
						      "codes \"languageCode\" { allow = "
						      "{\"ja-JP\"} }\n");
	const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena, &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	const struct code_sets *s = &c->region.codes;
	CU_ASSERT_STRING_EQUAL(c->code_sets + strlen(c->directory), "/codes.tsv");
	CU_ASSERT_TRUE(code_sets_allow(s, "classCode", "A", "1.2"));
	CU_ASSERT_TRUE(code_sets_allow(s, "classCode", "B", "1.2"));
	CU_ASSERT_FALSE(code_sets_allow(s, "classCode", "C", "1.2"));
	CU_ASSERT_FALSE(code_sets_allow(s, "mimeType", "text/plain", NULL));
	CU_ASSERT_FALSE(code_sets_allow(s, "languageCode", "en", NULL));
	CU_ASSERT_TRUE(code_sets_allow(s, "typeCode", "C", "1.2"));
	/* The one that has a name. */
	CU_ASSERT_STRING_EQUAL(code_sets_find(s, "classCode", "A", "1.2")->japanese, "甲");
	config_release(c);
	place_end(&p);
}

static void faults_of_a_table_are_told(void)
{
	static const struct {
		const char *table, *what;
		unsigned line;
	} rows[] = {
		{ CODES_HEADING "\nclassCode\tA\n", "no coding scheme", 3 },
		{ "<Codes/>", "no table of codes", 5 },
		{ "{}", "no table of codes", 5 },
		{ CODES_HEADING, "no code", 0 },
	};
	const struct config_fault *faults;
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/r.conf", MATCHING("\ncode-sets = codes.tsv"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		place_write(&p, "r/codes.tsv", rows[i].table);
		CU_ASSERT_PTR_NULL(config_load(place_name(&p, "r/r.conf"), p.arena, &faults));
		CU_ASSERT_PTR_NOT_NULL_FATAL(faults);
		CU_ASSERT_PTR_NOT_NULL(strstr(faults->what, rows[i].what));
		if (rows[i].line != 5) {
			CU_ASSERT_EQUAL(faults->place.line, rows[i].line);
			CU_ASSERT_PTR_NOT_NULL(strstr(faults->place.file, "codes.tsv"));
		} else {
			CU_ASSERT_PTR_NOT_NULL(strstr(faults->place.file, "r.conf"));
		}
		CU_ASSERT_PTR_NULL(faults->next);
	}
	place_end(&p);
}

static void weights_are_loaded_once(void)
{
	static const struct {
		const char *text;
		enum matching matching;
		bool four_eyes;
		double link_at;
		bool without_insurances;
	} rows[] = {
		{ MATCHING(""), MATCHING_LINK, false, 10, false },
		{ MATCHING("insurance = match"), MATCHING_LINK, false, 10, false },
		{ MATCHING("insurance = on"), MATCHING_LINK, false, 10, false },
		{ MATCHING("insurance = match-only"), MATCHING_LINK, false, 10, false },
		{ MATCHING("insurance = off"), MATCHING_LINK, false, 10, true },
		{ MATCHING("matching = link match-four-eyes = no"), MATCHING_LINK, false, 10,
		  false },
		{ MATCHING("matching = review match-weights = own.weights"), MATCHING_REVIEW, false,
		  12.5, false },
		{ MATCHING("matching = off match-four-eyes = yes"), MATCHING_OFF, true, 10, false },
	};
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	write_weights(&p);
	for (size_t i = 0; i < COUNT(rows); i++) {
		place_write(&p, "r/r.conf", rows[i].text);
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c->region.weights);
		CU_ASSERT_EQUAL(c->region.matching, rows[i].matching);
		CU_ASSERT_EQUAL(c->region.four_eyes, rows[i].four_eyes);
		CU_ASSERT_EQUAL(c->region.without_insurances, rows[i].without_insurances);
		CU_ASSERT_EQUAL(c->region.unasked_insurances,
				strstr(rows[i].text, "match-only") != NULL);
		CU_ASSERT_DOUBLE_EQUAL(c->region.weights->link_at, rows[i].link_at, 1e-9);
		CU_ASSERT_EQUAL(match_weights_id(c->region.weights)
					== match_weights_id(match_weights_default(p.arena)),
				rows[i].link_at < 11);
		config_release(c);
	}
	place_end(&p);
}

static void defaults_are_the_doors_own(void)
{
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/r.conf", REGION);
	const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena, &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	const struct door_limits *is = &c->https.limits, *own = &door_limits_default;
	CU_ASSERT(is->request_line == own->request_line && is->header_block == own->header_block
		  && is->headers == own->headers && is->body == own->body
		  && is->connections == own->connections
		  && is->connections_per_peer == own->connections_per_peer
		  && is->handshakes == own->handshakes
		  && is->descriptors_kept == own->descriptors_kept
		  && is->handshake_seconds == own->handshake_seconds
		  && is->head_seconds == own->head_seconds && is->idle_seconds == own->idle_seconds
		  && is->total_seconds == own->total_seconds && is->least_rate == own->least_rate
		  && is->stall_seconds == own->stall_seconds
		  && is->begun_seconds == own->begun_seconds
		  && is->recheck_seconds == own->recheck_seconds);
	CU_ASSERT_EQUAL(c->mllp.limits.frame, own->frame);
	config_release(c);
	place_end(&p);
}

/* Whoever asks for an object has memory for it: the limit follows exchange-memory. */
static void an_object_fits_an_exchange(void)
{
	static const struct {
		const char *service;
		size_t octets;
	} rows[] = {
		{ "", 256 << 10 },
		{ "service { exchange-memory = 8MiB }\n", 256 << 10 },
		{ "service { exchange-memory = 4MiB }\n", 128 << 10 },
		{ "service { exchange-memory = 1MiB }\n", 32 << 10 },
	};
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	for (size_t i = 0; i < COUNT(rows); i++) {
		place_write(&p, "r/r.conf", arena_printf(p.arena, REGION "%s", rows[i].service));
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_EQUAL(c->region.metadata_object, rows[i].octets);
		config_release(c);
	}
	place_end(&p);
}

/* What the region says is each system's quota, but of who says otherwise. */
static void a_quota_for_each_system(void)
{
	static const struct {
		const char *region, *system;
		uint64_t a, b; /* of a-hospital, which has no key of its own, and b-clinic */
	} rows[] = {
		{ "", "", 0, 0 },
		{ "disk-quota = 3GiB", "", UINT64_C(3) << 30, UINT64_C(3) << 30 },
		{ "disk-quota = 3GiB", "disk-quota = 0B ", UINT64_C(3) << 30, 0 },
		{ "", "disk-quota = 5MiB ", 0, 5 << 20 },
		{ "disk-quota = 1B", "disk-quota = 1048576GiB ", 1, UINT64_C(1) << 50 },
	};
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	for (size_t i = 0; i < COUNT(rows); i++) {
		place_write(&p, "r/r.conf",
			    arena_printf(p.arena,
					 "region { name = x affinity-domain = 2.999.1 "
					 "home-community-id = \"urn:oid:2.999.10\" "
					 "repository-unique-id = 2.999.20 %s }\n" SYSTEM(
						 "a-hospital", "") SYSTEM("b-clinic", "%s"),
					 rows[i].region, rows[i].system));
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_EQUAL(region_system(&c->region, "a-hospital")->disk_quota, rows[i].a);
		CU_ASSERT_EQUAL(region_system(&c->region, "b-clinic")->disk_quota, rows[i].b);
		config_release(c);
	}
	place_end(&p);
}

/* C3: what is shown, written down, is the same configuration. */
static void shown_values_read_back(void)
{
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	const struct configuration *c = config_load(place_name(&p, "r/minato.conf"), p.arena,
						    &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	struct buffer b = buffer_in(p.arena);
	const struct config_value *last = NULL;
	for (const struct config_value *v = c->values; v != NULL; last = v, v = v->next) {
		if (last == NULL || !text_equal(last->section, v->section)
		    || !text_equal(last->title, v->title))
			buffer_printf(&b, "%s%s %s {\n", last == NULL ? "" : "}\n", v->section,
				      v->title == NULL ? "" : v->title);
		buffer_printf(&b, "%s = %s\n", v->key, v->value);
	}
	buffer_text(&b, "}\n");
	place_write(&p, "r/again.conf", buffer_ended(&b));
	const struct configuration *again = config_load(place_name(&p, "r/again.conf"), p.arena,
							&faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	const struct config_value *v = c->values, *w = again->values;
	for (; v != NULL && w != NULL; v = v->next, w = w->next)
		CU_ASSERT(text_equal(v->key, w->key) && text_equal(v->value, w->value)
			  && w->place.line > 0);
	CU_ASSERT(v == NULL && w == NULL);
	CU_ASSERT_PTR_NULL(config_restart_needed(p.arena, c, again));
	config_release(again);
	config_release(c);
	place_end(&p);
}

/* Architecture decision 3: a leniency is a named flag with its section. The page says what the
 * table says. */
static void leniencies_are_rows_of_their_table(void)
{
	size_t told = 0;
	const struct config_key *k = config_sections[SECTION_SYSTEM].keys;
	for (; k->name != NULL; k++) {
		size_t row = 0;
		while (row < LENIENCY_COUNT && !text_equal(leniency_rows[row].name, k->name))
			row++;
		CU_ASSERT_EQUAL(text_starts(k->help, "Leniency: "), row < LENIENCY_COUNT);
		if (row == LENIENCY_COUNT)
			continue;
		told++;
		CU_ASSERT_EQUAL(k->kind, CONFIG_FLAG);
		CU_ASSERT_PTR_NOT_NULL(strstr(k->help, leniency_rows[row].section));
		CU_ASSERT_EQUAL(k->offset, offsetof(struct system_keys, system.lenient)
						   + leniency_rows[row].flag);
	}
	CU_ASSERT_EQUAL(told, LENIENCY_COUNT);
}

/* Each actor but the operator is a key of its section, and no other is. */
static void actors_are_rows_of_their_table(void)
{
	const struct config_key *k = config_sections[SECTION_ACTORS].keys;
	for (unsigned a = 0; a < ACTOR_COUNT; a++) {
		if (a == REGION_OPERATOR)
			continue;
		CU_ASSERT_STRING_EQUAL(k->name, actor_key((enum actor)a));
		CU_ASSERT_EQUAL(k->offset, a * sizeof(bool));
		k++;
	}
	CU_ASSERT_PTR_NULL(k->name);
}

static void what_is_off_is_not_served(void)
{
	static const struct transaction alone = { .actor = DOCUMENT_REGISTRY },
					with_it = { .actor = REGION_OPERATOR,
						    .works_with = 1 << DOCUMENT_REGISTRY };
	struct actors which = { .on = { [REGION_OPERATOR] = true } };
	CU_ASSERT(!transaction_is_on(&alone, &which) && !transaction_is_on(&with_it, &which));
	which.on[DOCUMENT_REGISTRY] = true;
	CU_ASSERT(transaction_is_on(&alone, &which) && transaction_is_on(&with_it, &which));
}

static bool tells(const struct config_fault *f, const char *who, const char *what)
{
	while (f != NULL && (strstr(f->what, who) == NULL || strstr(f->what, what) == NULL))
		f = f->next;
	return f != NULL;
}

/* By a link to the root, to what is in it, and beside other roots: what the paths do not tell. */
static void one_root_by_two_paths(void)
{
	static const struct {
		const char *a, *b, *fault; /* NULL: it is none */
	} rows[] = {
		{ "all/1319951013", "linked", "its directory is that of \"a-hospital\" as well" },
		{ "linked", "all/1319951013", "its directory is named by" },
		{ "all", "linked", "its root is that of \"a-hospital\" as well, by a link" },
		{ "all/1319951013", "within", "its directory is that of \"a-hospital\" as well" },
		{ "all/1319951013", "own", NULL },
		{ "all/1319951013", "nothing", NULL },
	};
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	CU_ASSERT(mkdir(place_name(&p, "all"), 0700) == 0
		  && mkdir(place_name(&p, "all/1319951013"), 0700) == 0
		  && mkdir(place_name(&p, "all/1319951013/771"), 0700) == 0
		  && mkdir(place_name(&p, "own"), 0700) == 0
		  && symlink("all/1319951013", place_name(&p, "linked")) == 0
		  && symlink("all/1319951013/771", place_name(&p, "within")) == 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct config_fault *faults;
		place_write(&p, "r/r.conf",
			    arena_printf(
				    p.arena,
				    REGION SYSTEM("a-hospital", "domains = {1.2.3} "
								"institution-code = 1319951013")
					    SYSTEM("b-clinic",
						   "domains = {1.2.4}") "ssmix2-storage a-hospital "
									"{ directory = \"%s\" }\n"
									"ssmix2-storage b-clinic { "
									"directory = \"%s\" }\n",
				    place_name(&p, rows[i].a), place_name(&p, rows[i].b)));
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		CU_ASSERT_EQUAL(c != NULL, rows[i].fault == NULL);
		CU_ASSERT(rows[i].fault == NULL || tells(faults, "b-clinic", rows[i].fault));
		config_release(c);
	}
	place_end(&p);
}

static const struct test tests[] = {
	{ "values arrive typed", values_arrive_typed },
	{ "weights are loaded once", weights_are_loaded_once },
	{ "code sets are sections and a table", code_sets_are_sections_and_a_table },
	{ "faults of a table are told with its lines", faults_of_a_table_are_told },
	{ "defaults are the doors' own", defaults_are_the_doors_own },
	{ "an object fits an exchange", an_object_fits_an_exchange },
	{ "a quota for each system", a_quota_for_each_system },
	{ "shown values read back", shown_values_read_back },
	{ "leniencies are rows of their table", leniencies_are_rows_of_their_table },
	{ "actors are rows of their table", actors_are_rows_of_their_table },
	{ "one root by two paths", one_root_by_two_paths },
	{ "what is off is not served", what_is_off_is_not_served },
	{ 0 }
};

int main(void)
{
	return suite_run("config: values", tests);
}
