/* tests/operator/expiries_test.c: what runs out is told in its time, once, over restarts, and
 * stands in what is seen of it; and who is locked out is known after one. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/expiries.h"
#include "gateway/locked_out.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "store/audit_log.h"
#include "store/lockouts.h"
#include "store/store.h"
#include "tests/operator/place.h"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

struct scene {
	struct place place;
	struct gateway gateway;
	struct log log;
};

static void start(struct scene *s)
{
	CU_ASSERT_FATAL(
		gateway_start(&s->gateway, place_name(&s->place, "r/minato.conf"), &s->log));
}

static void begin(struct scene *s)
{
	struct problem problem = { .code = PROBLEM_NONE };
	*s = (struct scene){ .log.level = LOG_NOTICE };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(
		region_init(&plan, s->place.arena, system_clock.now(&system_clock), &problem));
	s->log.fd = open(place_name(&s->place, "log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	CU_ASSERT_FATAL(s->log.fd >= 0);
	start(s);
}

static void end(struct scene *s)
{
	gateway_stop(&s->gateway);
	close(s->log.fd);
	place_end(&s->place);
}

static unsigned count_records(struct scene *s)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct arena *a = arena_create(64 << 20);
	struct store_txn *t = store_begin_read(s->gateway.store, &problem);
	const struct audit_filter f = { .transaction = "certificate-expiry" };
	struct audit_cursor *c = audit_log_search(t, &f, a);
	unsigned count = 0;
	while (audit_log_next(c) != NULL)
		count++;
	store_end(t);
	arena_destroy(a);
	return count;
}

/* The first of that key; it is there. */
static const struct expiry *find(const struct expiries_seen *seen, const char *section,
				 const char *title, const char *key)
{
	for (size_t i = 0; i < seen->count; i++)
		if (text_equal(seen->all[i].section, section)
		    && text_equal(seen->all[i].title, title) && text_equal(seen->all[i].key, key))
			return &seen->all[i];
	CU_FAIL_FATAL("what the configuration names was not read");
	return NULL;
}

/* Of a fresh region: two certificates of two years, those of its four systems and the doors', and
 * an authority of ten. */
static void told_in_its_time(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(count_records(&s), 0);
	const struct expiries_seen *seen = expiries_hold(s.gateway.expiries);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	/* All were made within some seconds: half a day is no seam. */
	instant until = find(seen, "system", "a-hospital", "certificate")->until + day / 2;
	CU_ASSERT(find(seen, "https", NULL, "ca")->until > until + 1000 * day);
	unsigned ours = 0, all;
	for (size_t i = 0; i < seen->count; i++)
		ours += seen->all[i].until < until + 10 * day;
	expiries_release(seen);
	expiries_look_at(&s.gateway, until - 61 * day);
	CU_ASSERT_EQUAL(count_records(&s), 0);
	expiries_look_at(&s.gateway, until - 60 * day);
	all = count_records(&s);
	CU_ASSERT(all >= 5 && all <= ours); /* one certificate of two doors is one */
	CU_ASSERT_PTR_NOT_NULL(strstr(place_read(&s.place, "log"),
				      "system a-hospital certificate: the certificate runs out in "
				      "59 days"));
	expiries_look_at(&s.gateway, until - 31 * day);
	CU_ASSERT_EQUAL(count_records(&s), all);
	gateway_stop(&s.gateway);
	start(&s);
	/* The start looked by the true clock, which is behind: nothing is told, and what comes is
	 * told again in its time. */
	CU_ASSERT_EQUAL(count_records(&s), all);
	expiries_look_at(&s.gateway, until - 30 * day);
	CU_ASSERT_EQUAL(count_records(&s), 2 * all);
	expiries_look_at(&s.gateway, until - 29 * day);
	CU_ASSERT_EQUAL(count_records(&s), 2 * all);
	expiries_look_at(&s.gateway, until + 10 * day);
	CU_ASSERT_EQUAL(count_records(&s), 3 * all);
	CU_ASSERT_PTR_NOT_NULL(strstr(place_read(&s.place, "log"),
				      "system a-hospital certificate: the certificate has run "
				      "out"));
	end(&s);
}

/* Of a door of each kind. */
static void doors_of_each_kind(void)
{
	static const char more[] = "https-door \"portal\" {\n\tport = \"0\"\n}\n"
				   "mllp-door \"ward\" {\n\tport = \"0\"\n}\n"
				   "syslog-door \"records\" {\n\tport = \"0\"\n}\n";
	static const struct {
		const char *section, *title;
	} rows[] = { { "https", NULL },
		     { "mllp", NULL },
		     { "https-door", "portal" },
		     { "mllp-door", "ward" },
		     { "syslog-door", "records" } };
	struct scene s;
	begin(&s);
	gateway_stop(&s.gateway);
	const char *before = place_read(&s.place, "r/minato.conf");
	CU_ASSERT_FATAL(place_write(&s.place, "r/minato.conf",
				    arena_printf(s.place.arena, "%s%s", before, more)));
	start(&s);
	const struct expiries_seen *seen = expiries_hold(s.gateway.expiries);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_PTR_NOT_NULL(find(seen, rows[i].section, rows[i].title, "certificate"));
		CU_ASSERT_PTR_NOT_NULL(find(seen, rows[i].section, rows[i].title, "ca"));
	}
	expiries_release(seen);
	end(&s);
}

static void each_step(void)
{
	static const struct {
		int64_t left; /* days */
		unsigned step;
		int days;
	} rows[] = { { 61, 0, 61 }, { 60, 1, 60 }, { 31, 1, 31 }, { 30, 2, 30 },
		     { 15, 2, 15 }, { 14, 3, 14 }, { 8, 3, 8 },   { 7, 4, 7 },
		     { 2, 4, 2 },   { 1, 5, 1 },   { 0, 6, 0 },   { -1, 6, -1 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct expiry e = { .until = 1000 * day + rows[i].left * day };
		CU_ASSERT_EQUAL(expiry_step(&e, 1000 * day), rows[i].step);
		CU_ASSERT_EQUAL(expiry_days(&e, 1000 * day), rows[i].days);
	}
	const struct expiry soon = { .until = 1000 * day + 1 }, gone = { .until = 1000 * day - 1 };
	CU_ASSERT_EQUAL(expiry_days(&soon, 1000 * day), 0);
	CU_ASSERT_EQUAL(expiry_days(&gone, 1000 * day), -1);
}

/* Of a list those in the last eighth of its time, whatever that is. */
static void each_step_of_a_list(void)
{
	static const struct {
		int64_t lasts, left; /* hours */
		unsigned step;
	} rows[] = { { 24, 3, 0 },          { 24, 0, 6 },          { 185, 18, 0 },
		     { 185, 0, 6 },         { 30 * 24, 73, 0 },    { 30 * 24, 24, 5 },
		     { 30 * 24, -1, 6 },    { 56 * 24, 169, 0 },   { 56 * 24, 168, 4 },
		     { 56 * 24, 24, 5 },    { 365 * 24, 1441, 0 }, { 365 * 24, 1440, 0 },
		     { 365 * 24, 721, 0 },  { 365 * 24, 720, 2 },  { 365 * 24, 336, 3 },
		     { 480 * 24, 1440, 1 }, { 480 * 24, -9, 6 } };
	const int64_t hour = day / 24;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct expiry e = { .list = true,
					  .since = 1000 * day
						   - (rows[i].lasts - rows[i].left) * hour,
					  .until = 1000 * day + rows[i].left * hour };
		CU_ASSERT_EQUAL(expiry_step(&e, 1000 * day), rows[i].step);
	}
}

/* Of the region's own authority; it revokes nobody. */
static void make_list(struct scene *s, const char *name, instant since, instant until)
{
	FILE *f = fopen(place_name(&s->place, "r/pki/private/ca.key"), "r");
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	f = fopen(place_name(&s->place, "r/pki/ca.pem"), "r");
	X509 *ca = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)(since / 1000000)),
		  *to = ASN1_TIME_set(NULL, (time_t)(until / 1000000));
	f = fopen(place_name(&s->place, name), "w");
	CU_ASSERT_FATAL(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1
			&& X509_CRL_set_issuer_name(list, X509_get_subject_name(ca)) == 1
			&& X509_CRL_set1_lastUpdate(list, from) == 1
			&& X509_CRL_set1_nextUpdate(list, to) == 1
			&& X509_CRL_sign(list, key, EVP_sha256()) > 0
			&& PEM_write_X509_CRL(f, list) == 1);
	fclose(f);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	X509_CRL_free(list);
	X509_free(ca);
	EVP_PKEY_free(key);
}

static void name_list(struct scene *s)
{
	static const char door[] = "\nhttps {\n";
	const char *text = place_read(&s->place, "r/minato.conf"), *at = strstr(text, door);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at += strlen(door);
	CU_ASSERT_FATAL(place_write(&s->place, "r/minato.conf",
				    arena_printf(s->place.arena, "%.*s\tcrl = \"pki/crl.pem\"\n%s",
						 (int)(at - text), text, at)));
}

/* Before it is over, and the next one is told of anew; long before the certificates run out. */
static void a_list_in_its_time(void)
{
	static const struct {
		int left; /* days */
		unsigned records;
		const char *said;
	} rows[] = { { 12, 0, NULL },
		     { 7, 1, "https crl: the revocation list runs out in 7 days" },
		     { 6, 1, NULL },
		     { 1, 2, "https crl: the revocation list runs out in 1 day" },
		     { -1, 3, "https crl: the revocation list should have been replaced by now" } };
	struct scene s;
	begin(&s);
	gateway_stop(&s.gateway);
	instant now = system_clock.now(&system_clock), until = now + 90 * day;
	until -= until % 1000000;
	make_list(&s, "r/pki/crl.pem", now - day, until);
	name_list(&s);
	start(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		expiries_look_at(&s.gateway, until - rows[i].left * day);
		CU_ASSERT_EQUAL(count_records(&s), rows[i].records);
		if (rows[i].said != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(place_read(&s.place, "log"), rows[i].said));
	}
	make_list(&s, "r/pki/crl.pem", now, until + 90 * day);
	expiries_look_at(&s.gateway, until);
	CU_ASSERT_EQUAL(count_records(&s), 3);
	expiries_look_at(&s.gateway, until + 83 * day);
	CU_ASSERT_EQUAL(count_records(&s), 4);
	end(&s);
}

/* ---- Who is locked out ---- */

static bool lock_run(void *with, struct store_txn *t, struct problem *p)
{
	bool changed;
	(void)p;
	return lockout_put(t, with, &changed);
}

static void known_after_a_restart(void)
{
	struct scene s;
	struct problem problem = { .code = PROBLEM_NONE };
	begin(&s);
	const struct region *r = &s.gateway.configuration->region;
	const struct registered_system *pharmacy = region_system(r, "d-pharmacy");
	struct lockout l = { .system = "d-pharmacy",
			     .institution = pharmacy->institution_code,
			     .reason = "a test",
			     .by = "uid 0",
			     .since = 1 };
	CU_ASSERT_FALSE(locked_out_has(s.gateway.locked_out, pharmacy));
	CU_ASSERT_FALSE(house_barred(&s.gateway, pharmacy->certificate_sha256));
	CU_ASSERT_TRUE(store_write(s.gateway.store, lock_run, &l, &problem));
	CU_ASSERT_TRUE(locked_out_look(&s.gateway));
	CU_ASSERT_TRUE(locked_out_has(s.gateway.locked_out, pharmacy));
	CU_ASSERT_TRUE(house_barred(&s.gateway, pharmacy->certificate_sha256));
	CU_ASSERT_FALSE(locked_out_has(s.gateway.locked_out, region_system(r, "a-hospital")));
	CU_ASSERT_FALSE(house_barred(&s.gateway, "nobody's"));
	gateway_stop(&s.gateway);
	start(&s);
	pharmacy = region_system(&s.gateway.configuration->region, "d-pharmacy");
	CU_ASSERT_TRUE(locked_out_has(s.gateway.locked_out, pharmacy));
	end(&s);
}

int main(void)
{
	static const struct test tests[] = { { "told in its time", told_in_its_time },
					     { "doors of each kind", doors_of_each_kind },
					     { "each step", each_step },
					     { "each step of a list", each_step_of_a_list },
					     { "a list in its time", a_list_in_its_time },
					     { "known after a restart", known_after_a_restart },
					     { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("expiries", tests);
}
