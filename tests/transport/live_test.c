/* tests/transport/live_test.c: the front over real sockets and real TLS. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/base/workers.h"
#include "tests/transport/peer.h"
#include "tests/transport/pki.h"

#define OK(condition) CU_ASSERT(condition)

enum { MEBI = 1 << 20, WORKERS = 4 };

/* What 64 MiB on their way may add to the process. AddressSanitizer keeps what was freed;
 * ThreadSanitizer has four octets beside each that was touched, of stacks and libraries too. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
enum { GROWTH = 1 << 30 };
#elif defined(__SANITIZE_THREAD__)
enum { GROWTH = 24 * MEBI };
#else
enum { GROWTH = 4 * MEBI };
#endif

static const struct log silent = { .fd = -1, .level = LOG_ERROR };

/* One front with one door, and what belongs to it. */
struct bed {
	char folder[64], certificate[96], ca[96], crl[96];
	struct workers *workers, *large;
	struct front *front;
	struct house_state house;
	struct door_settings settings;
	unsigned port;
	char text[4096];
	size_t length;
};

static const char *file(struct bed *b, char *into, const char *name)
{
	snprintf(into, 96, "%s/%s", b->folder, name);
	return into;
}

static void bed_make_with(struct bed *b, enum door_kind kind, const struct door_limits *limits,
			  bool rsa)
{
	const char *why = "";
	memset(b, 0, sizeof *b);
	snprintf(b->folder, sizeof b->folder, "/tmp/minato-transport-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
	CU_ASSERT_FATAL(pki_make(b->folder, rsa));
	house_begin(&b->house);
	b->workers = workers_create(WORKERS);
	b->front = front_create(b->workers, 2, &silent);
	b->settings = (struct door_settings){
		.kind = kind,
		.large = b->large = workers_create(1),
		.address = "127.0.0.1",
		.limits = *limits,
		.house = &b->house.house,
		.tls = { .certificate = file(b, b->certificate, "server.pem"),
			 .ca = file(b, b->ca, "ca.pem"),
			 .crl = file(b, b->crl, "crl.pem"),
			 .profile = "ihe-bcp195" },
	};
	if (!front_open(b->front, &b->settings, &why))
		printf("\n  %s", why);
	b->port = front_port(b->front, door_kind_name(kind));
	CU_ASSERT_FATAL(b->port != 0);
}

static void bed_make(struct bed *b, enum door_kind kind, const struct door_limits *limits)
{
	bed_make_with(b, kind, limits, false);
}

/* Everything that arrived has been released. */
static void bed_end(struct bed *b)
{
	front_destroy(b->front);
	workers_destroy(b->workers);
	workers_destroy(b->large);
	CU_ASSERT_EQUAL(b->house.arrived, b->house.released);
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", b->folder);
	OK(system(command) == 0);
}

static bool asks(struct bed *b, struct peer_end *p, const char *pem)
{
	return peer_open(p, b->port, b->folder, pem);
}

static int answer(struct bed *b, struct peer_end *p)
{
	b->text[0] = '\0';
	return peer_answer(p, b->text, sizeof b->text, &b->length);
}

#define REQUEST(method, path, more) method " " path " HTTP/1.1\r\nHost: gw\r\n" more "\r\n"

static void keeps_alive(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	for (int i = 0; i < 3; i++) {
		OK(peer_say(&p, REQUEST("POST", "/a%20b?c=d", "Content-Length: 5\r\n") "hello"));
		CU_ASSERT_EQUAL(answer(&b, &p), 200);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /a b?c=d 5");
	}
	OK(strlen(b.house.last_sha256) == 64);
	OK(text_starts(b.house.last_url, "https://127.0.0.1:"));
	OK(peer_say(&p, REQUEST("HEAD", "/a", "Connection: close\r\n")));
	OK(house_wait(&b.house, &b.house.sent, 4));
	while (p.length < 4 && !peer_ended(&p))
		continue;
	OK(strstr(p.in, "Content-Length: 10\r\n") != NULL
	   && strstr(p.in, "Connection: close") != NULL);
	OK(strstr(p.in, "X-Kind: split  no\r\n") != NULL);
	OK(p.length > 4 && memcmp(p.in + p.length - 4, "\r\n\r\n", 4) == 0);
	struct front_counts counts;
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.requests, 4);
	CU_ASSERT_EQUAL(counts.accepted, 1);
	peer_close(&p);
	bed_end(&b);
}

static void answers_in_order(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("GET", "/1", "") REQUEST(
				"POST", "/2",
				"Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r"
								  "\n" REQUEST("GET", "/3", "")));
	peer_end_sending(&p); /* the answers come all the same */
	static const char *const wanted[] = { "GET /1? 0", "POST /2? 7", "GET /3? 0" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		CU_ASSERT_EQUAL(answer(&b, &p), 200);
		CU_ASSERT_STRING_EQUAL(b.text, wanted[i]);
	}
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void continues_or_refuses(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 100);
	OK(peer_say(&p, "ok"));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 2");
	OK(peer_say(&p, REQUEST("GET", "/refuse", "")));
	CU_ASSERT_EQUAL(answer(&b, &p), 403);
	OK(peer_say(&p,
		    REQUEST("POST", "/refuse", "Content-Length: 2\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 403);
	OK(peer_ended(&p));
	peer_close(&p);
	/* The house may stop a body in the middle; its answer can still be read. */
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/stop", "Content-Length: 1000000\r\n")));
	char *large = calloc(1, 400000);
	OK(peer_send(&p, large, 400000));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	OK(peer_ended(&p));
	free(large);
	peer_close(&p);
	bed_end(&b);
}

static long resident(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f == NULL || fscanf(f, "%*s %ld", &pages) != 1)
		pages = 0;
	if (f != NULL)
		fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void holds_back_a_fast_peer(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	char *piece = calloc(1, MEBI);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/slow", "Content-Length: 67108864\r\n")));
	OK(peer_send(&p, piece, MEBI));
	long before = resident(), most = 0;
	for (int i = 1; i < 64; i++) {
		OK(peer_send(&p, piece, MEBI));
		most = resident() > most ? resident() : most;
	}
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /slow? 67108864");
	OK(most - before < GROWTH);
	free(piece);
	peer_close(&p);
	bed_end(&b);
}

static void sends_a_file(void)
{
	enum { LENGTH = 32 * MEBI + 5 };
	struct bed b;
	struct peer_end p;
	char path[96], *got = malloc(LENGTH + 1);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	int fd = open(file(&b, path, "document"), O_RDWR | O_CREAT, 0600);
	for (unsigned i = 0; i < LENGTH + 1; i++)
		got[i % MEBI] = (char)(i / 7),
			i % MEBI == MEBI - 1 ? (void)!write(fd, got, MEBI) : (void)0;
	OK(write(fd, got, 6) == 6);
	b.house.file = fd;
	b.house.file_length = LENGTH;
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	size_t length = 0;
	CU_ASSERT_EQUAL(peer_answer(&p, got, LENGTH + 1, &length), 200);
	CU_ASSERT_EQUAL(length, LENGTH);
	bool same = true;
	for (unsigned i = 0; i < 32 * MEBI - 1; i++)
		same = same && got[i] == (char)((i + 1) / 7);
	OK(same);
	/* A range the file does not have: the answer is cut, not filled. */
	b.house.file_length = LENGTH + 100;
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	CU_ASSERT_EQUAL(peer_answer(&p, got, 10, &length), 0);
	peer_close(&p);
	close(fd);
	free(got);
	bed_end(&b);
}

static uint64_t moved(struct bed *b)
{
	struct front_counts counts;
	front_count(b->front, &counts);
	return counts.moved;
}

/* An answer and a body that are long go on on another loop; what comes between them does not, and
 * whoever is there when the service stops is let go as others are. */
static void what_is_long_gives_way(void)
{
	enum { LENGTH = 8 * MEBI };
	struct bed b;
	struct peer_end p;
	char path[96], *octets = calloc(1, LENGTH + 2);
	size_t length = 0;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	int fd = open(file(&b, path, "document"), O_RDWR | O_CREAT, 0600);
	OK(write(fd, octets, LENGTH + 1) == LENGTH + 1);
	b.house.file = fd;
	b.house.file_length = LENGTH;
	OK(asks(&b, &p, "client.pem"));
	for (unsigned i = 1; i <= 3; i++) {
		OK(peer_say(&p, REQUEST("GET", "/file", "")));
		CU_ASSERT_EQUAL(peer_answer(&p, octets, LENGTH, &length), 200);
		CU_ASSERT_EQUAL(length, LENGTH);
		CU_ASSERT_EQUAL(moved(&b), 2 * i - 1);
		OK(peer_say(&p, REQUEST("GET", "/", "")) && answer(&b, &p) == 200);
		CU_ASSERT_EQUAL(moved(&b), 2 * i - 1);
		OK(peer_say(&p, REQUEST("POST", "/slow", "Content-Length: 8388608\r\n")));
		OK(peer_send(&p, octets, LENGTH) && answer(&b, &p) == 200);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /slow? 8388608");
		CU_ASSERT_EQUAL(moved(&b), 2 * i);
	}
	OK(peer_say(&p, REQUEST("GET", "/file", "")));
	while (moved(&b) < 7 && SSL_read(p.ssl, octets, MEBI / 64) > 0)
		continue;
	bed_end(&b);
	peer_close(&p);
	close(fd);
	free(octets);
}

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

static bool is_served(struct bed *b, struct peer_end *p, const char *pem)
{
	return asks(b, p, pem) && peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
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

/* In the next four one limit is a second, and all others are as ever: however slow the machine is,
 * nobody is let go for another. */
static void who_does_not_shake_hands_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.handshake_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(peer_open_plain(&p, NULL, b.port));
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_asks_nothing_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.idle_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_does_not_end_a_head_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.head_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "GET / HT"));
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(peer_ended(&p));
	peer_close(&p);
	bed_end(&b);
}

static void who_does_not_end_a_body_is_let_go(void)
{
	static const char head[] = REQUEST("POST", "/a", "Content-Length: 70000\r\n");
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.total_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	char *octets = calloc(1, 60000);
	memcpy(octets, head, strlen(head));
	OK(asks(&b, &p, "client.pem"));
	OK(peer_send(&p, octets, 60000));
	free(octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(house_wait(&b.house, &b.house.cut, 1));
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "the exchange took too long: the limit is 1 seconds "
			       "(key message-within of section https)");
	peer_close(&p);
	bed_end(&b);
}

static void who_leaves_within_a_body_is_gone(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 3\r\nExpect: 100-continue\r\n")));
	CU_ASSERT_EQUAL(answer(&b, &p), 100);
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.gone, 1));
	bed_end(&b);
}

/* A refusal is told before its connection has closed. */
static struct front_counts when_open(struct bed *b, unsigned most)
{
	struct front_counts counts;
	do
		front_count(b->front, &counts);
	while (counts.open > most);
	return counts;
}

static void counts_connections(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p[4];
	limits.connections_per_peer = 2;
	bed_make(&b, DOOR_HTTPS, &limits);
	for (int i = 0; i < 2; i++)
		OK(asks(&b, &p[i], "client.pem") && peer_say(&p[i], REQUEST("GET", "/", ""))
		   && answer(&b, &p[i]) == 200);
	OK(asks(&b, &p[2], "client.pem") && answer(&b, &p[2]) == 503);
	OK(asks(&b, &p[3], "client2.pem") && peer_say(&p[3], REQUEST("GET", "/", ""))
	   && answer(&b, &p[3]) == 200);
	peer_close(&p[2]);
	peer_close(&p[0]);
	when_open(&b, 2);
	OK(asks(&b, &p[0], "client.pem") && peer_say(&p[0], REQUEST("GET", "/", ""))
	   && answer(&b, &p[0]) == 200);
	peer_close(&p[0]);
	peer_close(&p[1]);
	peer_close(&p[3]);
	bed_end(&b);
}

/* However many connections: its messages take turns with others' as one peer's. */
static void numbers_peers(void)
{
	static const char *const shown[] = { "client.pem", "client2.pem", "client.pem" };
	struct bed b;
	struct peer_end p[COUNT(shown)];
	uint64_t numbers[COUNT(shown)];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (size_t i = 0; i < COUNT(shown); i++) {
		OK(asks(&b, &p[i], shown[i]) && peer_say(&p[i], REQUEST("GET", "/", ""))
		   && answer(&b, &p[i]) == 200);
		numbers[i] = b.house.last_peer;
	}
	CU_ASSERT_EQUAL(numbers[0], numbers[2]);
	CU_ASSERT_NOT_EQUAL(numbers[0], numbers[1]);
	CU_ASSERT_NOT_EQUAL(numbers[0], 0);
	for (size_t i = 0; i < COUNT(shown); i++)
		peer_close(&p[i]);
	bed_end(&b);
}

/* Whoever has many exchanges under way is told from who has not, and is quiet again after them. */
static void hears_who_is_loud(void)
{
	enum { MANY = 7, QUIET = 4 };
	struct bed b;
	struct peer_end p[MANY], other;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < MANY; i++) {
		OK(asks(&b, &p[i], "client.pem"));
		OK(peer_say(&p[i], REQUEST("GET", "/hold", "")));
		OK(house_wait(&b.house, &b.house.held, i + 1));
		CU_ASSERT_EQUAL(b.house.loud, i < QUIET ? 0 : i + 1 - QUIET);
	}
	OK(asks(&b, &other, "client2.pem") && peer_say(&other, REQUEST("GET", "/", ""))
	   && answer(&b, &other) == 200);
	CU_ASSERT_EQUAL(b.house.loud, MANY - QUIET);
	house_let_go(&b.house);
	for (unsigned i = 1; i < MANY; i++)
		OK(answer(&b, &p[i]) == 200);
	peer_close(&p[0]); /* its answer is not read */
	when_open(&b, MANY);
	OK(peer_say(&p[1], REQUEST("GET", "/", "")) && answer(&b, &p[1]) == 200);
	CU_ASSERT_EQUAL(b.house.loud, MANY - QUIET);
	for (unsigned i = 1; i < MANY; i++)
		peer_close(&p[i]);
	peer_close(&other);
	bed_end(&b);
}

static bool asks_again(struct bed *b, struct peer_end *p)
{
	return peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
}

struct held_gate {
	struct bed bed;
	sem_t asked, over;
};

/* On the thread that shakes hands. */
static void hold_gate(void *self, struct refused_peer *peer, struct refusal_words *out)
{
	struct held_gate *g = (struct held_gate *)((char *)self
						   - offsetof(struct held_gate, bed.house));
	(void)peer, (void)out;
	sem_post(&g->asked);
	while (sem_wait(&g->over) != 0)
		continue;
}

/* Whatever becomes of a connection until it is known, those who are known are served meanwhile: on
 * each of the loops. */
static void nobody_known_waits_at_the_gate(void)
{
	struct held_gate g;
	struct bed *b = &g.bed;
	struct door_limits limits = door_limits_default;
	struct peer_end one, two, again;
	limits.connections_per_peer = 1;
	bed_make(b, DOOR_HTTPS, &limits);
	sem_init(&g.asked, 0, 0);
	sem_init(&g.over, 0, 0);
	b->house.house.words = hold_gate;
	OK(asks(b, &one, "client.pem") && asks_again(b, &one));
	OK(asks(b, &two, "client2.pem") && asks_again(b, &two));
	OK(asks(b, &again, "client.pem")); /* one too many of that peer */
	while (sem_wait(&g.asked) != 0)
		continue;
	for (unsigned i = 0; i < 3; i++)
		OK(asks_again(b, &one) && asks_again(b, &two));
	sem_post(&g.over);
	CU_ASSERT_EQUAL(answer(b, &again), 503);
	peer_close(&one);
	peer_close(&two);
	peer_close(&again);
	bed_end(b);
	sem_destroy(&g.asked);
	sem_destroy(&g.over);
}

static bool is_answered(struct bed *b, struct peer_end *p, enum door_kind kind)
{
	return kind == DOOR_MLLP
		       ? peer_say(p, "\vMSH|1\x1c\r") && peer_frame(p, b->text, sizeof b->text)
		       : peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
}

enum { SILENT = 8 };

/* So many connect and say nothing. */
static void besiege(struct bed *b, struct peer_end silent_ones[SILENT], unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		OK(peer_open_plain(&silent_ones[i], NULL, b->port));
}

static void relieve(struct bed *b, struct peer_end silent_ones[SILENT], unsigned count,
		    struct peer_end *honest)
{
	for (unsigned i = 0; i < count; i++)
		peer_close(&silent_ones[i]);
	peer_close(honest);
	bed_end(b);
}

/* Two loops with two places each: the oldest four of eight give way, and one more to the honest
 * one. None of them takes the only place of those who are known. */
static void handshakes_give_way(enum door_kind kind)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest, second;
	struct front_counts counts;
	limits.handshakes = 4;
	limits.connections = 1;
	limits.handshake_seconds = 300;
	bed_make(&b, kind, &limits);
	besiege(&b, silent_ones, SILENT);
	OK(asks(&b, &honest, "client.pem"));
	OK(is_answered(&b, &honest, kind));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4 + 1));
	OK(text_starts(b.house.reason, "the handshake gave way to a newer one: the limit is 4 "
				       "connections (key handshakes of section "));
	for (unsigned i = 0; i < SILENT - 4; i++)
		OK(peer_ended(&silent_ones[i]));
	counts = when_open(&b, 4);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 4 + 1);
	CU_ASSERT_EQUAL(counts.shaking, 3);
	CU_ASSERT_EQUAL(counts.open, 4);
	/* Of the known there is one already. */
	OK(!is_served(&b, &second, "client2.pem"));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4 + 2));
	OK(text_starts(b.house.reason, "too many connections: the limit is 1 "));
	peer_close(&second);
	relieve(&b, silent_ones, SILENT, &honest);
}

static void silent_ones_give_way(void)
{
	handshakes_give_way(DOOR_HTTPS);
	handshakes_give_way(DOOR_MLLP);
}

/* As many as have a place stay, however silent. */
static void silent_ones_have_their_place(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest;
	struct front_counts counts;
	limits.handshakes = 4;
	bed_make(&b, DOOR_HTTPS, &limits);
	besiege(&b, silent_ones, 3);
	OK(is_served(&b, &honest, "client.pem"));
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.displaced, 0);
	CU_ASSERT_EQUAL(counts.shaking, 3);
	CU_ASSERT_EQUAL(b.house.refused, 0);
	relieve(&b, silent_ones, 3, &honest);
}

/* The silent ones of one door take no place of another of its kind. */
static void doors_have_shares_of_their_own(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], early, honest;
	struct front_counts counts;
	const char *why = NULL;
	limits.handshakes = 4;
	limits.handshake_seconds = 300;
	bed_make(&b, DOOR_HTTPS, &limits);
	struct door_settings other = b.settings;
	other.name = "other";
	OK(front_open(b.front, &other, &why));
	OK(peer_open_plain(&early, NULL, front_port(b.front, "other")));
	counts = when_open(&b, 1);
	besiege(&b, silent_ones, SILENT);
	OK(house_wait(&b.house, &b.house.refused, SILENT - 4));
	OK(peer_open(&honest, front_port(b.front, "other"), b.folder, "client.pem"));
	OK(is_answered(&b, &honest, DOOR_HTTPS));
	counts = when_open(&b, 4 + 2);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 4);
	CU_ASSERT_EQUAL(counts.shaking, 4 + 1);
	peer_close(&early);
	relieve(&b, silent_ones, SILENT, &honest);
}

/* Who shares the address of silent ones at the one door is let in there, and at the other. */
static void neighbours_give_way(enum door_kind kind)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end silent_ones[SILENT], honest;
	struct front_counts counts;
	const char *why = NULL;
	limits.connections_per_peer = 2;
	limits.handshake_seconds = 300;
	bed_make(&b, DOOR_HTTPS, &limits);
	struct door_settings mllp = b.settings;
	mllp.kind = DOOR_MLLP;
	OK(front_open(b.front, &mllp, &why));
	besiege(&b, silent_ones, SILENT);
	OK(house_wait(&b.house, &b.house.refused, SILENT - 2));
	OK(peer_open(&honest, front_port(b.front, door_kind_name(kind)), b.folder, "client.pem"));
	OK(is_answered(&b, &honest, kind));
	OK(house_wait(&b.house, &b.house.refused, SILENT - 2 + 1));
	OK(strstr(b.house.reason, "(key connections-per-peer of section https)") != NULL);
	counts = when_open(&b, 2);
	CU_ASSERT_EQUAL(counts.displaced, SILENT - 2 + 1);
	CU_ASSERT_EQUAL(counts.open, 2);
	relieve(&b, silent_ones, SILENT, &honest);
}

static void silent_neighbours_give_way(void)
{
	neighbours_give_way(DOOR_HTTPS);
	neighbours_give_way(DOOR_MLLP);
}

/* So long that no buffers take it; the house keeps its file open until it has left. */
static void asks_for_a_long_answer(struct bed *b, struct peer_end *p)
{
	char path[96];
	b->house.file = open(file(b, path, "document"), O_RDWR | O_CREAT, 0600);
	b->house.file_length = (uint64_t)64 * MEBI;
	OK(ftruncate(b->house.file, 64 * MEBI + 1) == 0);
	OK(asks(b, p, "client.pem") && peer_say(p, REQUEST("GET", "/file", "")));
}

static void who_does_not_read_is_let_go(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.stall_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	asks_for_a_long_answer(&b, &p);
	OK(house_wait(&b.house, &b.house.released, 1));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_EQUAL(b.house.sent, 0);
	CU_ASSERT_STRING_EQUAL(b.house.reason,
			       "the peer stopped reading its answer: the limit is "
			       "1024 octets a second (key least-rate of section https)");
	counts = when_open(&b, 0);
	CU_ASSERT_EQUAL(counts.stalled, 1);
	CU_ASSERT_EQUAL(counts.open, 0);
	peer_close(&p);
	close(b.house.file);
	bed_end(&b);
}

/* A mebioctet at once is no credit: what counts is what came of late. */
static void a_body_that_stops_is_cut(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.stall_seconds = 1;
	bed_make(&b, DOOR_HTTPS, &limits);
	char *octets = calloc(1, MEBI);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2000000\r\n")));
	OK(peer_send(&p, octets, MEBI));
	free(octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 408);
	OK(peer_ended(&p));
	CU_ASSERT_EQUAL(b.house.cut, 1);
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "a body stopped coming: the limit is 1024 octets a second "
			       "(key least-rate of section https)");
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.halted, 1);
	CU_ASSERT_EQUAL(counts.stalled, 0);
	peer_close(&p);
	bed_end(&b);
}

/* All workers, held up until they are let go. */
struct held_up {
	struct job job;
	sem_t *begun, *over;
};

static void hold_up(struct job *j)
{
	struct held_up *h = (struct held_up *)j;
	sem_post(h->begun);
	while (sem_wait(h->over) != 0)
		continue;
}

/* Who has waited too long for a worker is told that we are busy, and the next is heard. */
static void what_waited_too_long_is_shed(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	struct front_counts counts;
	limits.begun_seconds = 0; /* any time is too long */
	bed_make(&b, DOOR_HTTPS, &limits);
	OK(asks(&b, &p, "client.pem"));
	for (unsigned i = 1; i <= 2; i++) {
		OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2\r\n") "ab"));
		CU_ASSERT_EQUAL(answer(&b, &p), 503);
		CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 0");
		CU_ASSERT_EQUAL(b.house.cut, i);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(b.house.cut_why, "0 seconds (key begun-within"));
	/* One whose body is still to come is not heard to its end. */
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 2000000\r\n")));
	char octets[128 * 1024] = "";
	peer_send(&p, octets, sizeof octets);
	CU_ASSERT_EQUAL(answer(&b, &p), 503);
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.shed, 3);
	peer_close(&p);
	bed_end(&b);
}

/* A frame is read, so that its sender learns which one it was. */
static void a_shed_frame_is_read(void)
{
	struct door_limits limits = door_limits_default;
	struct bed b;
	struct peer_end p;
	limits.begun_seconds = 0;
	bed_make(&b, DOOR_MLLP, &limits);
	OK(asks(&b, &p, "client.pem") && peer_say(&p, "\vMSH|1\x1c\r"));
	OK(peer_frame(&p, b.text, sizeof b.text));
	CU_ASSERT_STRING_EQUAL(b.text, "A:MSH|1");
	CU_ASSERT_EQUAL(b.house.cut, 1);
	peer_close(&p);
	bed_end(&b);
}

/* From the second mebioctet on a body is taken by others than those who answer queries. */
static void what_is_large_is_taken_by_others(void)
{
	struct bed b;
	struct peer_end p;
	struct held_up all[WORKERS];
	sem_t begun, over;
	char *octets = calloc(1, MEBI + MEBI / 2);
	sem_init(&begun, 0, 0);
	sem_init(&over, 0, 0);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, REQUEST("POST", "/a", "Content-Length: 3145728\r\n")));
	OK(peer_send(&p, octets, MEBI + MEBI / 2));
	OK(house_wait(&b.house, &b.house.octets, MEBI + MEBI / 4));
	for (unsigned i = 0; i < WORKERS; i++) {
		all[i] = (struct held_up){ .job.run = hold_up, .begun = &begun, .over = &over };
		workers_queue(b.workers, &all[i].job);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		while (sem_wait(&begun) != 0)
			continue;
	OK(peer_send(&p, octets, MEBI + MEBI / 2));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_STRING_EQUAL(b.text, "POST /a? 3145728");
	for (unsigned i = 0; i < WORKERS; i++)
		sem_post(&over);
	peer_close(&p);
	bed_end(&b);
	sem_destroy(&begun);
	sem_destroy(&over);
	free(octets);
}

/* Those of the process that are left are for its operator: the lowest numbers are taken first. */
static void descriptors_are_kept(void)
{
	enum { ROOM = 40, KEPT = 16, MOST = ROOM / 2 };
	struct door_limits limits = door_limits_default;
	struct rlimit before, few;
	struct bed b;
	struct peer_end idle[MOST], operator;
	struct front_counts counts;
	const char *why = NULL;
	char path[96];
	unsigned count = 0;
	limits.descriptors_kept = KEPT;
	bed_make(&b, DOOR_ADMIN, &limits);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	local.limits.descriptors_kept = 0;
	OK(front_open(b.front, &local, &why));
	int next = dup(STDOUT_FILENO);
	close(next);
	CU_ASSERT_FATAL(getrlimit(RLIMIT_NOFILE, &before) == 0);
	few = before;
	few.rlim_cur = (rlim_t)next + ROOM;
	CU_ASSERT_FATAL(setrlimit(RLIMIT_NOFILE, &few) == 0);
	while (count < MOST && peer_open_plain(&idle[count], NULL, b.port)
	       && peer_say(&idle[count], REQUEST("GET", "/", ""))
	       && answer(&b, &idle[count]) == 200)
		count++;
	OK(count > 0 && count < MOST);
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.starved, 1);
	CU_ASSERT_EQUAL(counts.open, count);
	OK(peer_open_plain(&operator, path, 0)
	   && peer_say(&operator, REQUEST("GET", "/status", "")));
	CU_ASSERT_EQUAL(answer(&b, &operator), 200);
	/* What is free again is given again. */
	for (unsigned i = 0; i <= count && i < MOST; i++)
		peer_close(&idle[i]);
	when_open(&b, 1);
	OK(peer_open_plain(&idle[0], NULL, b.port) && peer_say(&idle[0], REQUEST("GET", "/", "")));
	CU_ASSERT_EQUAL(answer(&b, &idle[0]), 200);
	peer_close(&idle[0]);
	peer_close(&operator);
	setrlimit(RLIMIT_NOFILE, &before);
	bed_end(&b);
}

static void *stop(void *front)
{
	front_stop(front, 60); /* it takes as long as it must, and no longer */
	return NULL;
}

static void stops_gracefully(void)
{
	struct bed b;
	struct peer_end busy, idle, late;
	pthread_t stopper;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &busy, "client.pem") && asks(&b, &idle, "client2.pem"));
	OK(peer_say(&idle, REQUEST("GET", "/", "")) && answer(&b, &idle) == 200);
	OK(peer_say(&busy, REQUEST("GET", "/hold", "")));
	OK(house_wait(&b.house, &b.house.held, 1));
	CU_ASSERT_FATAL(pthread_create(&stopper, NULL, stop, b.front) == 0);
	OK(peer_ended(&idle));
	OK(!asks(&b, &late, "client.pem"));
	house_let_go(&b.house);
	CU_ASSERT_EQUAL(answer(&b, &busy), 200);
	OK(peer_ended(&busy));
	peer_close(&busy);
	peer_close(&idle);
	peer_close(&late);
	pthread_join(stopper, NULL);
	OK(house_wait(&b.house, &b.house.sent, 2));
	bed_end(&b);
}

/* What is not finished in time is cut off; the house may answer into the void. */
static void stops_in_bounded_time(void)
{
	struct bed b;
	struct peer_end busy;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	OK(asks(&b, &busy, "client.pem") && peer_say(&busy, REQUEST("GET", "/hold", "")));
	OK(house_wait(&b.house, &b.house.held, 1));
	front_stop(b.front, 0);
	CU_ASSERT_EQUAL(answer(&b, &busy), 0);
	house_let_go(&b.house);
	OK(house_wait(&b.house, &b.house.released, 1));
	CU_ASSERT_EQUAL(b.house.sent, 0);
	peer_close(&busy);
	bed_end(&b);
}

static void speaks_mllp(void)
{
	struct bed b;
	struct peer_end p;
	bed_make(&b, DOOR_MLLP, &door_limits_default);
	OK(asks(&b, &p, "client.pem"));
	OK(peer_say(&p, "\vMSH|1\x1c\r\r\n\v\x1c\r\vMSH|2\x1c\r\vMSH|3\x1c"));
	static const char *const wanted[] = { "A:MSH|1", "A:MSH|2", "A:MSH|3" };
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if (i == 2)
			OK(peer_say(&p, "\r"));
		OK(peer_frame(&p, b.text, sizeof b.text));
		CU_ASSERT_STRING_EQUAL(b.text, wanted[i]);
	}
	/* What relays write: FS alone and silence, FS LF, no VT. */
	static const char *const odd[] = { "\vMSH|4\x1c", "\vMSH|5\x1c\n", "MSH|6\x1c\r" };
	for (size_t i = 0; i < COUNT(odd); i++) {
		OK(peer_say(&p, odd[i]));
		OK(peer_frame(&p, b.text, sizeof b.text));
		CU_ASSERT_EQUAL(b.text[6], '4' + (char)i);
	}
	/* A frame whose end was lost is the house's to refuse, and the last. */
	OK(peer_say(&p, "\vMSH|garbage\vMSH|4\x1c\r"));
	OK(peer_frame(&p, b.text, sizeof b.text));
	OK(peer_ended(&p));
	CU_ASSERT_EQUAL(b.house.cut, 1);
	CU_ASSERT_STRING_EQUAL(b.house.cut_why,
			       "a start block (VT) inside a frame: its end was lost");
	CU_ASSERT_EQUAL(b.house.arrived, 7);
	OK(text_starts(b.house.last_url, "mllps://127.0.0.1:"));
	peer_close(&p);
	bed_end(&b);
}

static void opens_plain_doors_at_home_only(void)
{
	struct bed b;
	struct peer_end p;
	const char *why = NULL;
	char path[96];
	struct stat s;
	bed_make(&b, DOOR_ADMIN, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(stat(path, &s) == 0 && (s.st_mode & 07777) == 0600);
	OK(peer_open_plain(&p, path, 0) && peer_say(&p, REQUEST("GET", "/status", "")));
	CU_ASSERT_EQUAL(answer(&b, &p), 200);
	CU_ASSERT_EQUAL(b.house.last_uid, geteuid());
	local.name = "another";
	OK(!front_open(b.front, &local, &why) && strstr(why, "another process listens") != NULL);
	peer_close(&p);
	OK(peer_open_plain(&p, NULL, b.port) && peer_say(&p, "GET / HTTP/1.1\n"));
	CU_ASSERT_EQUAL(answer(&b, &p), 400);
	OK(peer_ended(&p));
	peer_close(&p);
	struct door_settings wide = b.settings;
	wide.name = "wide";
	wide.address = "0.0.0.0";
	OK(!front_open(b.front, &wide, &why) && strstr(why, "loopback") != NULL);
	bed_end(&b);
}

static bool begins_long_work(struct bed *b, struct peer_end *p, const char *path, unsigned count)
{
	return (path != NULL ? peer_open_plain(p, path, 0) : asks(b, p, "client.pem"))
	       && peer_say(p, REQUEST("POST", "/long", "Content-Length: 2\r\n") "{}")
	       && house_wait(&b->house, &b->house.arrived, count);
}

/* The operator's client goes away while the house works, or was gone before it began. */
static void tells_that_nobody_waits(void)
{
	struct bed b;
	struct peer_end p;
	const char *why = NULL;
	char path[96];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(begins_long_work(&b, &p, path, 1));
	CU_ASSERT_EQUAL(b.house.unwanted, 0);
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.unwanted, 1));
	OK(peer_open_plain(&p, path, 0));
	peer_say(&p, REQUEST("POST", "/long", "Content-Length: 2\r\n") "{}");
	peer_close(&p);
	OK(house_wait(&b.house, &b.house.unwanted, 2));
	OK(house_wait(&b.house, &b.house.released, 2));
	bed_end(&b);
}

/* The operator's work ends at once, others' when the time is over. */
static void tells_that_the_service_stops(void)
{
	struct bed b;
	struct peer_end p, q;
	const char *why = NULL;
	char path[96];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	struct door_settings local = b.settings;
	local.kind = DOOR_LOCAL;
	local.address = file(&b, path, "admin.sock");
	OK(front_open(b.front, &local, &why));
	OK(begins_long_work(&b, &p, path, 1) && begins_long_work(&b, &q, NULL, 2));
	front_stop(b.front, 4); /* time to tell who waits, on a busy machine as well */
	OK(house_wait(&b.house, &b.house.unwanted, 2));
	CU_ASSERT_EQUAL(answer(&b, &p), 200); /* who waits is told */
	CU_ASSERT_EQUAL(answer(&b, &q), 0);
	peer_close(&p);
	peer_close(&q);
	bed_end(&b);
}

/* Peers that do what they please, while the door stops in the middle of it. Each has its own row of
 * what it sends, and leaves at once. */
struct storm {
	struct bed *bed;
	unsigned seed;
};

static void *rage(void *with)
{
	static const char *const said[] = {
		REQUEST("GET", "/", ""),
		REQUEST("GET", "/1", "") REQUEST("GET", "/2", ""),
		"GET / HT",
		REQUEST("POST", "/", "Content-Length: 100000\r\n") "abc",
		"\v\x1c\r",
		"",
		REQUEST("POST", "/", "Transfer-Encoding: chunked\r\n") "5\r\nhello\r\nzz",
		REQUEST("POST", "/stop", "Content-Length: 5\r\n") "hello",
		REQUEST("GET", "/refuse", ""),
		REQUEST("POST", "/", "Content-Length: 3\r\nExpect: 100-continue\r\n"),
	};
	struct storm *s = with;
	for (int i = 0; i < 60; i++) {
		struct peer_end p;
		unsigned row = s->seed++ * 7;
		bool open = row % 6 == 0 ? peer_open_plain(&p, NULL, s->bed->port)
					 : peer_open(&p, s->bed->port, s->bed->folder,
						     row % 11 == 0 ? NULL : "client.pem");
		if (open)
			peer_say(&p, said[row % COUNT(said)]);
		if (open && row % 3 == 0)
			peer_end_sending(&p);
		if (open && row % 10 < 2) {
			char body[256];
			size_t length;
			peer_answer(&p, body, sizeof body, &length);
		}
		peer_close(&p);
	}
	return NULL;
}

static void weathers_a_storm(void)
{
	enum { PEERS = 4 };
	struct bed b;
	struct storm storms[PEERS];
	pthread_t threads[PEERS];
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < PEERS; i++) {
		storms[i] = (struct storm){ &b, i * 101 + 1 };
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, rage, &storms[i]) == 0);
	}
	OK(house_wait(&b.house, &b.house.released, 50));
	front_stop(b.front, 0);
	for (unsigned i = 0; i < PEERS; i++)
		pthread_join(threads[i], NULL);
	struct front_counts counts;
	front_count(b.front, &counts);
	CU_ASSERT_EQUAL(counts.open, 0);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "a connection is kept alive", keeps_alive },
	{ "pipelined requests are answered in order, after a half-close too", answers_in_order },
	{ "100-continue, a refusal, a body stopped", continues_or_refuses },
	{ "a slow house slows its peer, memory stays", holds_back_a_fast_peer },
	{ "a large file leaves piece by piece", sends_a_file },
	{ "what is long gives way to others", what_is_long_gives_way },
	{ "who has no good certificate is turned away, and told of", turns_away },
	{ "a door requires certificates, asks for them, or does not", asks_for_certificates },
	{ "a door begins to insist on certificates", insists_since },
	{ "who shows no certificate is counted by address", counts_who_shows_none },
	{ "a door keeps to its TLS profile", keeps_to_its_profile },
	{ "no session is resumed", resumes_no_session },
	{ "certificates and lists are renewed without dropping a connection", renews },
	{ "who does not shake hands is let go", who_does_not_shake_hands_is_let_go },
	{ "who asks nothing is let go", who_asks_nothing_is_let_go },
	{ "who does not end a head is let go", who_does_not_end_a_head_is_let_go },
	{ "who does not end a body is let go", who_does_not_end_a_body_is_let_go },
	{ "who leaves within a body is gone", who_leaves_within_a_body_is_gone },
	{ "connections are counted by certificate", counts_connections },
	{ "a peer has one number, whatever it connects by", numbers_peers },
	{ "who has many under way is loud", hears_who_is_loud },
	{ "nobody known waits at the gate", nobody_known_waits_at_the_gate },
	{ "the oldest handshake gives way, and no known one to it", silent_ones_give_way },
	{ "each door has a share of handshakes of its own", doors_have_shares_of_their_own },
	{ "silent ones keep the place they have", silent_ones_have_their_place },
	{ "a silent neighbour gives way within its address", silent_neighbours_give_way },
	{ "the last descriptors are the operator's", descriptors_are_kept },
	{ "who does not read its answer is let go", who_does_not_read_is_let_go },
	{ "what waited too long is shed", what_waited_too_long_is_shed },
	{ "a frame that is shed is read", a_shed_frame_is_read },
	{ "what is large is taken by others", what_is_large_is_taken_by_others },
	{ "a body that stops coming is cut", a_body_that_stops_is_cut },
	{ "stopping finishes what runs", stops_gracefully },
	{ "stopping takes bounded time", stops_in_bounded_time },
	{ "long work learns that nobody waits", tells_that_nobody_waits },
	{ "long work learns that the service stops", tells_that_the_service_stops },
	{ "a storm of peers that leave", weathers_a_storm },
	{ "MLLP frames are answered in order", speaks_mllp },
	{ "plain doors open at home only", opens_plain_doors_at_home_only },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* of our own writes; the loops take no signal */
	return suite_run("transport live", tests);
}
