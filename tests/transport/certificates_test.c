/* tests/transport/certificates_test.c: whom a door lets in by what he shows, and what it shows
 * itself, over real TLS. */
#include "tests/transport/bed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"

static void turns_away(void)
{
	static const struct {
		const char *pem, *reason;
		bool shown;
	} cases[] = {
		{ NULL, "no certificate", false },
		{ "stranger.pem", "unable to get local issuer certificate", true },
		{ "expired.pem", "certificate has expired", true },
		{ "early.pem", "certificate is not yet valid", true },
		{ "revoked.pem", "certificate revoked", true },
	};
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < COUNT(cases); i++) {
		bool open = asks(&b, &p, cases[i].pem);
		if (open && peer_say(&p, REQUEST("GET", "/", "")))
			CU_ASSERT_EQUAL(answer(&b, &p), 0);
		OK(house_wait(&b.house, &b.house.refused, i + 1));
		CU_ASSERT_STRING_EQUAL(b.house.reason, cases[i].reason);
		CU_ASSERT_EQUAL(strlen(b.house.refused_sha256), cases[i].shown ? 64 : 0);
		peer_close(&p);
	}
	/* Not TLS at all. */
	OK(peer_open_plain(&p, NULL, b.port));
	OK(peer_say(&p, REQUEST("GET", "/", "")));
	while (!peer_ended(&p))
		p.length = 0;
	OK(house_wait(&b.house, &b.house.refused, COUNT(cases) + 1));
	peer_close(&p);
	CU_ASSERT_EQUAL(b.house.arrived, 0);
	bed_end(&b);
}

/* What a door does about certificates, against what a client has. */
static void asks_for_certificates(void)
{
	static const struct {
		enum client_certificates mode;
		const char *pem, *reason; /* reason NULL: let in */
		bool known;
	} cases[] = {
		{ CERTIFICATES_REQUIRED, "client.pem", NULL, true },
		{ CERTIFICATES_REQUIRED, NULL, "no certificate", false },
		{ CERTIFICATES_OPTIONAL, "client.pem", NULL, true },
		{ CERTIFICATES_OPTIONAL, NULL, NULL, false },
		{ CERTIFICATES_OPTIONAL, "stranger.pem", "unable to get local issuer certificate",
		  true },
		{ CERTIFICATES_OPTIONAL, "expired.pem", "certificate has expired", true },
		{ CERTIFICATES_OPTIONAL, "early.pem", "certificate is not yet valid", true },
		{ CERTIFICATES_OPTIONAL, "revoked.pem", "certificate revoked", true },
		{ CERTIFICATES_NONE, "client.pem", NULL, false },
		{ CERTIFICATES_NONE, NULL, NULL, false },
		{ CERTIFICATES_NONE, "stranger.pem", NULL, false },
		{ CERTIFICATES_NONE, "revoked.pem", NULL, false },
	};
	static const char *const names[] = { "required", "optional", "none" };
	struct bed b;
	struct peer_end p;
	struct door_seen seen;
	const char *why = NULL;
	unsigned refused = 0;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned mode = CERTIFICATES_REQUIRED; mode <= CERTIFICATES_NONE; mode++) {
		struct door_settings s = b.settings;
		s.name = names[mode];
		s.tls.clients = mode;
		if (mode == CERTIFICATES_NONE)
			s.tls.ca = s.tls.crl = NULL; /* not read */
		OK(front_open(b.front, &s, &why));
		OK(!front_open(b.front, &s, &why) && strstr(why, "name") != NULL);
		OK(front_look(b.front, names[mode], &seen) && seen.clients == mode);
	}
	for (unsigned i = 0; i < COUNT(cases); i++) {
		b.port = front_port(b.front, names[cases[i].mode]);
		bool open = asks(&b, &p, cases[i].pem) && peer_say(&p, REQUEST("GET", "/", ""))
			    && answer(&b, &p) == 200;
		CU_ASSERT_EQUAL(open, cases[i].reason == NULL);
		if (open) {
			CU_ASSERT_EQUAL(strlen(b.house.last_sha256), cases[i].known ? 64 : 0);
		} else {
			OK(house_wait(&b.house, &b.house.refused, ++refused));
			CU_ASSERT_STRING_EQUAL(b.house.reason, cases[i].reason);
			CU_ASSERT_EQUAL(strlen(b.house.refused_sha256), cases[i].known ? 64 : 0);
		}
		peer_close(&p);
	}
	CU_ASSERT_EQUAL(b.house.refused, refused);
	OK(!front_look(b.front, "another", &seen) && front_port(b.front, "another") == 0);
	bed_end(&b);
}

/* A door that begins to insist lets go who has shown nothing, and nobody else. */
static void insists_since(void)
{
	struct bed b;
	struct peer_end with, without;
	const char *why = NULL;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	struct door_settings s = b.settings;
	s.tls.clients = CERTIFICATES_OPTIONAL;
	OK(front_renew(b.front, &s, &why));
	OK(is_served(&b, &with, "client.pem") && is_served(&b, &without, NULL));
	s.tls.profile = "tls13-only";
	OK(front_renew(b.front, &s, &why));
	OK(peer_say(&without, REQUEST("GET", "/", "")) && answer(&b, &without) == 200);
	s.tls.clients = CERTIFICATES_REQUIRED;
	OK(front_renew(b.front, &s, &why));
	OK(peer_ended(&without));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_STRING_EQUAL(b.house.reason, "no certificate");
	OK(peer_say(&with, REQUEST("GET", "/", "")) && answer(&b, &with) == 200);
	peer_close(&with);
	peer_close(&without);
	bed_end(&b);
}

/* Who shows none is counted by address, and known systems of that address are not counted in. */
static void counts_who_shows_none(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p[4];
	const char *why = NULL;
	limits.connections_per_peer = 2;
	bed_make(&b, DOOR_HTTPS, &limits);
	struct door_settings s = b.settings;
	s.name = "open";
	s.section = "https-door open";
	s.tls.clients = CERTIFICATES_OPTIONAL;
	OK(front_open(b.front, &s, &why));
	b.port = front_port(b.front, "open");
	for (int i = 0; i < 2; i++)
		OK(is_served(&b, &p[i], "client.pem"));
	OK(is_served(&b, &p[2], NULL));
	OK(!is_served(&b, &p[3], "client.pem"));
	OK(house_wait(&b.house, &b.house.refused, 1));
	OK(text_starts(b.house.reason, "too many connections of one system: the limit is 2 "));
	peer_close(&p[3]);
	OK(is_served(&b, &p[3], NULL));
	struct peer_end third;
	OK(!is_served(&b, &third, NULL));
	OK(house_wait(&b.house, &b.house.refused, 2));
	CU_ASSERT_STRING_EQUAL(b.house.reason,
			       "too many connections of one address: the limit is 2 connections "
			       "(key connections-per-peer of section https-door open)");
	peer_close(&third);
	for (int i = 0; i < 4; i++)
		peer_close(&p[i]);
	bed_end(&b);
}

static const struct {
	const char *why, *profile, *server;
	int version;
	const char *suites;
	bool open;
} profiles[] = {
	{ "TLS 1.3", "ihe-bcp195", "server.pem", 0, NULL, true },
	{ "TLS 1.2", "ihe-bcp195", "server.pem", TLS1_2_VERSION, NULL, true },
	{ "TLS 1.2, RSA", "ihe-bcp195", "server-rsa.pem", TLS1_2_VERSION,
	  "ECDHE-RSA-AES128-GCM-SHA256", true },
	{ "no TLS 1.1", "ihe-bcp195", "server.pem", TLS1_1_VERSION, "ALL:@SECLEVEL=0", false },
	{ "no CBC", "ihe-bcp195", "server.pem", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256",
	  false },
	{ "no RSA key exchange", "ihe-bcp195", "server-rsa.pem", TLS1_2_VERSION,
	  "AES128-GCM-SHA256", false },
	{ "no DHE", "ihe-bcp195", "server-rsa.pem", TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256",
	  false },
	{ "but where IHE asks for it", "ihe-stx-strict", "server-rsa.pem", TLS1_2_VERSION,
	  "DHE-RSA-AES128-GCM-SHA256", true },
	{ "DICOM", "dicom-b13", "server-rsa.pem", TLS1_2_VERSION, "DHE-RSA-AES256-GCM-SHA384",
	  true },
	{ "DICOM, no CBC", "dicom-b13", "server.pem", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256",
	  false },
	{ "TLS 1.3 only", "tls13-only", "server.pem", TLS1_2_VERSION, NULL, false },
	{ "TLS 1.3 only, by name", "tls13-only", "server.pem", 0, NULL, true },
};

static void keeps_to_its_profile(void)
{
	struct bed b;
	struct peer_end p;
	const char *why = NULL;
	char path[96];
	bed_make_with(&b, DOOR_HTTPS, &door_limits_default, true);
	for (size_t i = 0; i < COUNT(profiles); i++) {
		struct door_settings next = b.settings;
		next.tls.profile = profiles[i].profile;
		next.tls.certificate = file(&b, path, profiles[i].server);
		OK(front_renew(b.front, &next, &why));
		bool open = peer_open_as(&p, b.port, b.folder, "client.pem", profiles[i].version,
					 profiles[i].suites, NULL);
		if (open != profiles[i].open)
			printf("\n  %s", profiles[i].why);
		CU_ASSERT_EQUAL(open, profiles[i].open);
		if (open)
			OK(peer_say(&p, REQUEST("GET", "/", "")) && answer(&b, &p) == 200);
		peer_close(&p);
	}
	bed_end(&b);
}

/* A resumed session would skip the certificate, and with it today's list of revoked ones. */
static void resumes_no_session(void)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct bed b;
	struct peer_end p, q;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (size_t i = 0; i < COUNT(versions); i++) {
		OK(peer_open_as(&p, b.port, b.folder, "client.pem", versions[i], NULL, NULL));
		OK(peer_say(&p, REQUEST("GET", "/", "")) && answer(&b, &p) == 200);
		SSL_SESSION *session = SSL_get1_session(p.ssl);
		OK(peer_open_as(&q, b.port, b.folder, "client.pem", versions[i], NULL, session));
		CU_ASSERT_EQUAL(SSL_session_reused(q.ssl), 0);
		SSL_SESSION_free(session);
		peer_close(&p);
		peer_close(&q);
	}
	bed_end(&b);
}

static void renews(void)
{
	static const struct {
		const char *certificate, *ca, *crl, *profile;
	} bad[] = {
		{ "mismatch.pem", "ca.pem", NULL, NULL },
		{ "expired.pem", "ca.pem", NULL, NULL },
		{ "missing.pem", "ca.pem", NULL, NULL },
		{ "server.pem", "crl.pem", NULL, NULL },
		{ "server.pem", "ca.pem", "ca.pem", NULL },
		{ "server.pem", "ca.pem", NULL, "sslv3" },
		{ "open.pem", "ca.pem", NULL, NULL },
	};
	struct bed b;
	struct peer_end p, q;
	const char *why = NULL;
	char one[96], two[96], three[96];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	struct door_settings next = b.settings;
	char command[256];
	snprintf(command, sizeof command, "cp %s/server.pem %s/open.pem", b.folder, b.folder);
	OK(system(command) == 0 && chmod(file(&b, one, "open.pem"), 0644) == 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		next.tls = (struct tls_profile_paths){
			.certificate = file(&b, one, bad[i].certificate),
			.ca = file(&b, two, bad[i].ca),
			.crl = bad[i].crl != NULL ? file(&b, three, bad[i].crl) : NULL,
			.profile = bad[i].profile
		};
		why = NULL;
		OK(!front_renew(b.front, &next, &why) && why != NULL);
	}
	next.tls = b.settings.tls;
	next.tls.certificate = file(&b, one, "server2.pem");
	next.tls.profile = "tls13-only";
	OK(front_renew(b.front, &next, &why));
	OK(asks(&b, &q, "client2.pem"));
	X509 *shown = SSL_get0_peer_certificate(q.ssl);
	CU_ASSERT_EQUAL(ASN1_INTEGER_get(X509_get0_serialNumber(shown)), 3);
	OK(peer_say(&p, REQUEST("GET", "/old", "")) && answer(&b, &p) == 200);
	OK(peer_say(&q, REQUEST("GET", "/new", "")) && answer(&b, &q) == 200);
	/* A list that names the client ends its connection, and no other. */
	next.tls.crl = file(&b, two, "crl-client.pem");
	OK(front_renew(b.front, &next, &why));
	OK(peer_ended(&p));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_STRING_EQUAL(b.house.reason, "certificate revoked");
	OK(peer_say(&q, REQUEST("GET", "/new", "")) && answer(&b, &q) == 200);
	/* A list that has ended proves nothing: nobody passes. */
	next.tls.crl = file(&b, two, "crl-old.pem");
	OK(front_renew(b.front, &next, &why));
	OK(peer_ended(&q));
	peer_close(&p);
	peer_close(&q);
	bed_end(&b);
}

/* Who is barred loses what he has open when the doors look: what is idle, and what waits for an
 * answer, which never leaves. Others go on, and he may come again, to be told why. */
static void looks_at_peers(void)
{
	struct bed b;
	struct peer_end idle, busy, other, again;
	char his[65];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &idle, "client.pem") && asks(&b, &busy, "client.pem"));
	OK(asks(&b, &other, "client2.pem"));
	OK(peer_say(&idle, REQUEST("GET", "/", "")) && answer(&b, &idle) == 200);
	snprintf(his, sizeof his, "%s", b.house.last_sha256);
	OK(peer_say(&other, REQUEST("GET", "/", "")) && answer(&b, &other) == 200);
	OK(peer_say(&busy, REQUEST("GET", "/hold", "")));
	OK(house_wait(&b.house, &b.house.held, 1));
	/* Nobody is: a look ends nothing. */
	front_look_at_peers(b.front);
	OK(peer_say(&idle, REQUEST("GET", "/", "")) && answer(&b, &idle) == 200);
	house_bar(&b.house, his);
	front_look_at_peers(b.front);
	OK(peer_ended(&idle));
	OK(peer_ended(&busy));
	OK(house_wait(&b.house, &b.house.refused, 2));
	CU_ASSERT_STRING_EQUAL(b.house.reason, "its peer is locked out");
	CU_ASSERT_STRING_EQUAL(b.house.refused_sha256, his);
	unsigned sent = b.house.sent, released = b.house.released;
	house_let_go(&b.house);
	OK(house_wait(&b.house, &b.house.released, released + 1));
	CU_ASSERT_EQUAL(b.house.sent, sent);
	OK(peer_say(&other, REQUEST("GET", "/", "")) && answer(&b, &other) == 200);
	OK(asks(&b, &again, "client.pem"));
	OK(peer_say(&again, REQUEST("GET", "/", "")) && answer(&b, &again) == 200);
	peer_close(&idle);
	peer_close(&busy);
	peer_close(&other);
	peer_close(&again);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "who has no good certificate is turned away, and told of", turns_away },
	{ "a door requires certificates, asks for them, or does not", asks_for_certificates },
	{ "a door begins to insist on certificates", insists_since },
	{ "who shows no certificate is counted by address", counts_who_shows_none },
	{ "a door keeps to its TLS profile", keeps_to_its_profile },
	{ "no session is resumed", resumes_no_session },
	{ "certificates and lists are renewed without dropping a connection", renews },
	{ "who is barred loses what he has open", looks_at_peers },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* of our own writes; the loops take no signal */
	return suite_run("transport certificates", tests);
}
