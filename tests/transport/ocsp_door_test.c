/* tests/transport/ocsp_door_test.c: whom a door lets in by what responders said, over real TLS. */
#include "tests/transport/bed.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/transport/ocsp_answers.h"
#include "gateway/transport/tls_words.h"

enum { DAY = 24 * 3600 };
static const int64_t second = 1000000;
static const struct bytes no_octets = { NULL, 0 };

static void digest_of(struct bed *b, const char *name, unsigned char sha256[OCSP_SHA256])
{
	char path[96];
	unsigned length = 0;
	FILE *f = fopen(file(b, path, name), "r");
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	OK(X509_digest(x, EVP_sha256(), sha256, &length) == 1);
	X509_free(x);
}

/* Seconds from now. */
static void put(struct bed *b, struct ocsp_answers *a, const char *name, enum ocsp_word word,
		int from, int to)
{
	unsigned char sha256[OCSP_SHA256];
	instant now = (instant)time(NULL) * second;
	const struct ocsp_said said = { .word = word,
					.this_update = now + from * second,
					.next_update = now + to * second,
					.revoked_at = word == OCSP_SAID_REVOKED ? now : 0 };
	digest_of(b, name, sha256);
	ocsp_answers_put(a, sha256, &said, now + from * second, no_octets);
}

static void set(struct bed *b, struct ocsp_answers *a, enum ocsp_setting setting)
{
	struct door_settings next = b->settings;
	const char *why = "";
	next.answers = a;
	next.tls.ocsp = setting;
	next.tls.ocsp_max_age = 3 * DAY;
	next.tls.ocsp_every = 600;
	next.tls.ocsp_responder = "http://nobody.invalid/";
	OK(front_renew(b->front, &next, &why));
}

static void whom_it_lets_in(void)
{
	static const struct {
		enum ocsp_word word;
		int from, to;
		long soft, hard;
	} rows[] = {
		{ OCSP_SAID_NOTHING, 0, 0, 0, TLS_NO_FRESH_OCSP },
		{ OCSP_SAID_GOOD, -DAY, DAY, 0, 0 },
		{ OCSP_SAID_GOOD, -2 * DAY, -DAY, 0, TLS_NO_FRESH_OCSP },
		{ OCSP_SAID_GOOD, -9 * DAY, -DAY, TLS_NO_FRESH_OCSP, TLS_NO_FRESH_OCSP },
		{ OCSP_SAID_REVOKED, -9 * DAY, -DAY, TLS_REVOKED_BY_OCSP, TLS_REVOKED_BY_OCSP },
		{ OCSP_SAID_UNKNOWN, -DAY, DAY, TLS_UNKNOWN_TO_OCSP, TLS_UNKNOWN_TO_OCSP },
	};
	struct bed b;
	struct peer_end p;
	unsigned refused = 0;
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	for (unsigned i = 0; i < 2 * COUNT(rows); i++) {
		bool hard = i % 2 != 0;
		long against = hard ? rows[i / 2].hard : rows[i / 2].soft;
		struct ocsp_answers *a = ocsp_answers_create(&system_clock);
		if (rows[i / 2].word != OCSP_SAID_NOTHING)
			put(&b, a, "client.pem", rows[i / 2].word, rows[i / 2].from,
			    rows[i / 2].to);
		set(&b, a, hard ? OCSP_HARD : OCSP_SOFT);
		OK(is_served(&b, &p, "client.pem") == (against == 0));
		if (against != 0) {
			OK(house_wait(&b.house, &b.house.refused, ++refused));
			CU_ASSERT_STRING_EQUAL(b.house.reason,
					       tls_certificate_words(against)->what);
		}
		peer_close(&p);
		/* nobody looks at what was said where the key says off */
		set(&b, a, OCSP_OFF);
		OK(is_served(&b, &p, "client.pem"));
		peer_close(&p);
		set(&b, NULL, OCSP_OFF);
		ocsp_answers_destroy(a);
	}
	bed_end(&b);
}

/* Who is revoked by CRL is, though a responder says good. */
static void lists_hold(void)
{
	struct bed b;
	struct peer_end p;
	struct ocsp_answers *a = ocsp_answers_create(&system_clock);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	put(&b, a, "revoked.pem", OCSP_SAID_GOOD, -DAY, DAY);
	set(&b, a, OCSP_HARD);
	OK(!is_served(&b, &p, "revoked.pem"));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_STRING_EQUAL(b.house.reason, "certificate revoked");
	peer_close(&p);
	bed_end(&b);
	ocsp_answers_destroy(a);
}

/* What is said meanwhile ends what is open, of whom it is said. */
static void ends_what_is_open(void)
{
	struct bed b;
	struct peer_end his, other;
	struct ocsp_answers *a = ocsp_answers_create(&system_clock);
	bed_make(&b, DOOR_HTTPS, &door_limits_default);
	set(&b, a, OCSP_SOFT);
	OK(is_served(&b, &his, "client.pem") && is_served(&b, &other, "client2.pem"));
	front_recheck(b.front);
	put(&b, a, "client.pem", OCSP_SAID_REVOKED, -10, DAY);
	front_recheck(b.front);
	OK(peer_ended(&his));
	OK(house_wait(&b.house, &b.house.refused, 1));
	CU_ASSERT_STRING_EQUAL(b.house.reason, tls_certificate_words(TLS_REVOKED_BY_OCSP)->what);
	OK(peer_say(&other, REQUEST("GET", "/", "")) && answer(&b, &other) == 200);
	peer_close(&his);
	peer_close(&other);
	bed_end(&b);
	ocsp_answers_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "whom it lets in", whom_it_lets_in },
		{ "lists hold", lists_hold },
		{ "ends what is open", ends_what_is_open },
		{ 0 },
	};
	signal(SIGPIPE, SIG_IGN);
	return suite_run("ocsp at a door", tests);
}
