/* tests/transport/ocsp_test.c: which answers of responders are believed, what a door does with each
 * word, and what of it handshakes find. */
#include "tests/base/suite.h"

#include <openssl/crypto.h>
#include <openssl/ocsp.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/transport/ocsp_answers.h"
#include "tests/transport/responder.h"

enum { HOUR = 3600, DAY = 24 * HOUR };
static const int64_t second = 1000000;

static instant now(void)
{
	return (instant)time(NULL) * second;
}

/* ---- Which answers are believed ---- */

static const struct {
	struct saying said;
	enum ocsp_word word;
	const char *why; /* NULL: it is believed */
} answers[] = {
	{ { .next_update = HOUR }, OCSP_SAID_GOOD, NULL },
	{ { .next_update = 0 }, OCSP_SAID_GOOD, NULL },
	{ { .next_update = HOUR, .sha256_id = 1 }, OCSP_SAID_GOOD, NULL },
	{ { .next_update = HOUR, .nonce = 1 }, OCSP_SAID_GOOD, NULL },
	{ { .status = V_OCSP_CERTSTATUS_REVOKED, .next_update = HOUR, .nonce = 1 },
	  OCSP_SAID_REVOKED,
	  NULL },
	{ { .status = V_OCSP_CERTSTATUS_REVOKED, .next_update = HOUR }, OCSP_SAID_REVOKED, NULL },
	{ { .status = V_OCSP_CERTSTATUS_UNKNOWN, .next_update = HOUR }, OCSP_SAID_UNKNOWN, NULL },
	{ { .signer = A_DELEGATE, .next_update = HOUR }, OCSP_SAID_GOOD, NULL },
	{ { .signer = WITHOUT_NOCHECK, .next_update = HOUR }, 0, "may be revoked itself" },
	{ { .signer = WITHOUT_THE_USE, .next_update = HOUR }, 0, "signed by nobody" },
	{ { .signer = AN_ENDED_DELEGATE, .next_update = HOUR }, 0, "signed by nobody" },
	{ { .signer = A_STRANGER, .next_update = HOUR }, 0, "signed by nobody" },
	{ { .signer = A_NAMESAKE, .next_update = HOUR }, 0, "signed by nobody" },
	{ { .next_update = HOUR, .broken = 1 }, 0, "signed by nobody" },
	{ { .next_update = HOUR, .sha1_sign = 1 }, 0, "digest that is broken" },
	{ { .next_update = HOUR, .otherwise = 1 }, 0, "another certificate" },
	/* clocks may differ by five minutes */
	{ { .this_update = 240, .next_update = HOUR }, OCSP_SAID_GOOD, NULL },
	{ { .this_update = 360, .next_update = HOUR }, 0, "begins in the future" },
	{ { .this_update = -HOUR, .next_update = -240 }, OCSP_SAID_GOOD, NULL },
	{ { .this_update = -HOUR, .next_update = -360 }, 0, "has ended" },
	{ { .this_update = 0, .next_update = -60 }, 0, "ends before it begins" },
	{ { .refusal = OCSP_RESPONSE_STATUS_MALFORMEDREQUEST }, 0, "could not read" },
	{ { .refusal = OCSP_RESPONSE_STATUS_INTERNALERROR }, 0, "failed in itself" },
	{ { .refusal = OCSP_RESPONSE_STATUS_TRYLATER }, 0, "later" },
	{ { .refusal = OCSP_RESPONSE_STATUS_SIGREQUIRED }, 0, "signed questions" },
	{ { .refusal = OCSP_RESPONSE_STATUS_UNAUTHORIZED }, 0, "does not answer for" },
	{ { .refusal = 4 }, 0, "does not have" },
};

static void which_are_believed(void)
{
	struct responder r;
	responder_begin(&r);
	for (size_t i = 0; i < COUNT(answers); i++) {
		size_t length = 0;
		unsigned char *der = responder_say(&r, &answers[i].said, &length);
		struct ocsp_said said = { .word = OCSP_SAID_REVOKED };
		const char *why = ocsp_read((struct bytes){ der, length }, r.leaf, r.issuer, now(),
					    &said);
		bool as_expected = answers[i].why == NULL
					   ? why == NULL && said.word == answers[i].word
					   : why != NULL && strstr(why, answers[i].why) != NULL
						     && said.word == OCSP_SAID_NOTHING;
		if (!as_expected)
			fprintf(stderr, "answer %zu: %s\n", i, why == NULL ? "believed" : why);
		CU_ASSERT_TRUE(as_expected);
		CU_ASSERT_EQUAL(said.revoked_at != 0, said.word == OCSP_SAID_REVOKED);
		CU_ASSERT_EQUAL(said.next_update != 0,
				why == NULL && answers[i].said.next_update != 0);
		OPENSSL_free(der);
	}
	responder_end(&r);
}

/* Cut anywhere, one octet changed anywhere, something behind it, too much of it: never good. */
static void octets_that_are_none(void)
{
	struct responder r;
	struct ocsp_said said;
	unsigned char large[OCSP_ANSWER_MOST + 1] = { 0x30 };
	size_t length = 0;
	responder_begin(&r);
	unsigned char *der = responder_say(&r, &(struct saying){ .next_update = HOUR }, &length);
	for (size_t cut = 0; cut < length; cut++)
		CU_ASSERT_PTR_NOT_NULL(
			ocsp_read((struct bytes){ der, cut }, r.leaf, r.issuer, now(), &said));
	unsigned char *more = OPENSSL_zalloc(length + 1);
	memcpy(more, der, length);
	CU_ASSERT_STRING_EQUAL(
		ocsp_read((struct bytes){ more, length + 1 }, r.leaf, r.issuer, now(), &said),
		"what it answered is no answer of OCSP");
	CU_ASSERT_STRING_EQUAL(
		ocsp_read((struct bytes){ large, sizeof large }, r.leaf, r.issuer, now(), &said),
		"its answer is larger than is taken");
	OPENSSL_free(more);
	OPENSSL_free(der);
	responder_end(&r);
}

static void what_is_asked(void)
{
	struct responder r;
	char url[OCSP_URL_MOST] = "";
	size_t length = 0;
	responder_begin(&r);
	unsigned char *der = ocsp_question(r.leaf, r.issuer, &length);
	const unsigned char *at = der;
	OCSP_REQUEST *q = d2i_OCSP_REQUEST(NULL, &at, (long)length);
	CU_ASSERT_PTR_NOT_NULL_FATAL(q);
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), r.leaf, r.issuer);
	CU_ASSERT_EQUAL(OCSP_request_onereq_count(q), 1);
	CU_ASSERT_EQUAL(OCSP_REQUEST_get_ext_by_NID(q, NID_id_pkix_OCSP_Nonce, -1), -1);
	CU_ASSERT_EQUAL(OCSP_id_cmp(id, OCSP_onereq_get0_id(OCSP_request_onereq_get0(q, 0))), 0);
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(q);
	OPENSSL_free(der);
	/* the first it names is one we do not go to */
	CU_ASSERT_TRUE(ocsp_responder_of(r.leaf, url));
	CU_ASSERT_STRING_EQUAL(url, "http://ocsp.example/");
	CU_ASSERT_FALSE(ocsp_responder_of(r.other, url));
	CU_ASSERT_TRUE(ocsp_must_staple(r.leaf));
	CU_ASSERT_FALSE(ocsp_must_staple(r.other));
	CU_ASSERT_FALSE(ocsp_url_fits("http://"));
	CU_ASSERT_FALSE(ocsp_url_fits("http://a@b/"));
	CU_ASSERT_FALSE(ocsp_url_fits("http://a/ b"));
	CU_ASSERT_FALSE(ocsp_url_fits("ftp://a/"));
	responder_end(&r);
}

/* ---- The table of cases, row by row ---- */

static void each_case(void)
{
	enum {
		IN = OCSP_LET_IN,
		RE = OCSP_REFUSE_REVOKED,
		UN = OCSP_REFUSE_UNKNOWN,
		ST = OCSP_REFUSE_STALE
	};
	static const struct {
		enum ocsp_word word;
		enum ocsp_age age;
		unsigned off, soft, hard;
	} rows[] = {
		{ OCSP_SAID_NOTHING, OCSP_CURRENT, IN, IN, ST },
		{ OCSP_SAID_NOTHING, OCSP_OLD, IN, IN, ST },
		{ OCSP_SAID_NOTHING, OCSP_TOO_OLD, IN, IN, ST },
		{ OCSP_SAID_GOOD, OCSP_CURRENT, IN, IN, IN },
		{ OCSP_SAID_GOOD, OCSP_OLD, IN, IN, ST },
		{ OCSP_SAID_GOOD, OCSP_TOO_OLD, IN, ST, ST },
		{ OCSP_SAID_REVOKED, OCSP_CURRENT, IN, RE, RE },
		{ OCSP_SAID_REVOKED, OCSP_OLD, IN, RE, RE },
		{ OCSP_SAID_REVOKED, OCSP_TOO_OLD, IN, RE, RE },
		{ OCSP_SAID_UNKNOWN, OCSP_CURRENT, IN, UN, UN },
		{ OCSP_SAID_UNKNOWN, OCSP_OLD, IN, UN, UN },
		{ OCSP_SAID_UNKNOWN, OCSP_TOO_OLD, IN, UN, UN },
	};
	CU_ASSERT_EQUAL(COUNT(rows), OCSP_WORDS * OCSP_AGES);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_EQUAL(ocsp_decide(rows[i].word, rows[i].age, OCSP_OFF), rows[i].off);
		CU_ASSERT_EQUAL(ocsp_decide(rows[i].word, rows[i].age, OCSP_SOFT), rows[i].soft);
		CU_ASSERT_EQUAL(ocsp_decide(rows[i].word, rows[i].age, OCSP_HARD), rows[i].hard);
	}
	CU_ASSERT_STRING_EQUAL(ocsp_word_name(OCSP_SAID_UNKNOWN), "unknown");
}

static void each_age(void)
{
	static const struct {
		int64_t this_update, next_update;
		unsigned max_age;
		int64_t at;
		enum ocsp_age age;
	} rows[] = {
		{ 100, 200, 50, 200, OCSP_CURRENT },  { 100, 200, 50, 201, OCSP_TOO_OLD },
		{ 100, 200, 150, 201, OCSP_OLD },     { 100, 200, 150, 250, OCSP_OLD },
		{ 100, 200, 150, 251, OCSP_TOO_OLD }, { 100, 0, 150, 250, OCSP_CURRENT },
		{ 100, 0, 150, 251, OCSP_TOO_OLD },   { 0, 0, 150, 10, OCSP_TOO_OLD },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ocsp_said s = { .word = OCSP_SAID_GOOD,
					     .this_update = rows[i].this_update * second,
					     .next_update = rows[i].next_update * second };
		CU_ASSERT_EQUAL(ocsp_age_of(&s, rows[i].at * second, rows[i].max_age), rows[i].age);
	}
}

/* ---- What handshakes find ---- */

struct own_time {
	struct clock clock;
	instant now;
};

static instant own_now(const struct clock *c)
{
	return ((const struct own_time *)c)->now;
}

static struct own_time begin_at(int64_t seconds)
{
	return (struct own_time){ .clock = { own_now, own_now }, .now = seconds * second };
}

static void count_due(void *with)
{
	++*(unsigned *)with;
}

static const struct ocsp_terms hard = { OCSP_HARD, 3 * DAY, 600, NULL };
static const struct ocsp_terms soft = { OCSP_SOFT, 3 * DAY, 600, NULL };
static const struct bytes no_octets = { NULL, 0 };
static const struct bytes octets = { (const unsigned char *)"der", 3 };

static struct ocsp_said word_at(enum ocsp_word word, int64_t from, int64_t to)
{
	return (struct ocsp_said){ word, from * second, to * second,
				   word == OCSP_SAID_REVOKED ? from * second : 0 };
}

static bool asks_now(struct ocsp_answers *a, unsigned char sha256[OCSP_SHA256])
{
	struct ocsp_due due;
	if (!ocsp_answers_next(a, &due))
		return false;
	memcpy(sha256, due.sha256, OCSP_SHA256);
	CU_ASSERT_STRING_EQUAL(due.responder, "http://ocsp.example/");
	X509_free(due.leaf);
	X509_free(due.issuer);
	return true;
}

/* From the first handshake to a silent responder. */
static void its_life(void)
{
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256];
	unsigned calls = 0;
	responder_begin(&r);
	struct ocsp_answers *a = ocsp_answers_create(&t.clock);
	ocsp_answers_on_due(a, count_due, &calls);
	/* Nothing is known: it is asked about, once. */
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &hard), OCSP_REFUSE_STALE);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), OCSP_LET_IN);
	CU_ASSERT_EQUAL(calls, 1);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 0);
	CU_ASSERT_TRUE_FATAL(asks_now(a, sha256));
	CU_ASSERT_FALSE(asks_now(a, sha256));
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), -1);
	/* Good: let in, and asked again in its time. */
	struct ocsp_said said = word_at(OCSP_SAID_GOOD, 1000, 5000);
	CU_ASSERT_EQUAL(ocsp_answers_put(a, sha256, &said, t.now, octets), OCSP_PUT);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &hard), OCSP_LET_IN);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 600 * second);
	t.now += 600 * second;
	CU_ASSERT_TRUE(asks_now(a, sha256));
	/* Silence: soon again, later each time. */
	static const int waits[] = { 15, 30, 60, 120, 240, 480, 600, 600 };
	for (size_t i = 0; i < COUNT(waits); i++) {
		ocsp_answers_failed(a, sha256, "silent");
		CU_ASSERT_EQUAL(ocsp_answers_wait(a), waits[i] * second);
		t.now += waits[i] * second;
		CU_ASSERT_TRUE(asks_now(a, sha256));
	}
	t.now = 5001 * second;
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &hard), OCSP_REFUSE_STALE);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), OCSP_LET_IN);
	t.now = (1001 + 3 * (int64_t)DAY) * second;
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), OCSP_REFUSE_STALE);
	ocsp_answers_destroy(a);
	responder_end(&r);
}

/* Which word takes the place of which. */
static void no_older_word(void)
{
	static const struct {
		enum ocsp_word was, comes;
		int64_t was_at, comes_at;
		enum ocsp_put put;
		enum ocsp_case then; /* at a soft door */
	} rows[] = {
		{ OCSP_SAID_GOOD, OCSP_SAID_REVOKED, 500, 501, OCSP_PUT_WORSE,
		  OCSP_REFUSE_REVOKED },
		{ OCSP_SAID_GOOD, OCSP_SAID_REVOKED, 500, 500, OCSP_PUT_WORSE,
		  OCSP_REFUSE_REVOKED },
		{ OCSP_SAID_GOOD, OCSP_SAID_REVOKED, 500, 499, OCSP_PUT_OLDER, OCSP_LET_IN },
		{ OCSP_SAID_GOOD, OCSP_SAID_UNKNOWN, 500, 501, OCSP_PUT_WORSE,
		  OCSP_REFUSE_UNKNOWN },
		{ OCSP_SAID_REVOKED, OCSP_SAID_GOOD, 500, 499, OCSP_PUT_OLDER,
		  OCSP_REFUSE_REVOKED },
		{ OCSP_SAID_REVOKED, OCSP_SAID_GOOD, 500, 500, OCSP_PUT_OLDER,
		  OCSP_REFUSE_REVOKED },
		{ OCSP_SAID_REVOKED, OCSP_SAID_GOOD, 500, 501, OCSP_PUT, OCSP_LET_IN },
		{ OCSP_SAID_REVOKED, OCSP_SAID_REVOKED, 500, 500, OCSP_PUT, OCSP_REFUSE_REVOKED },
		{ OCSP_SAID_REVOKED, OCSP_SAID_UNKNOWN, 500, 501, OCSP_PUT, OCSP_REFUSE_UNKNOWN },
	};
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256];
	responder_begin(&r);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ocsp_answers *a = ocsp_answers_create(&t.clock);
		struct ocsp_said was = word_at(rows[i].was, rows[i].was_at, 5000);
		struct ocsp_said comes = word_at(rows[i].comes, rows[i].comes_at, 5000);
		ocsp_answers_judge(a, r.leaf, r.issuer, &soft);
		CU_ASSERT_TRUE(asks_now(a, sha256));
		ocsp_answers_put(a, sha256, &was, t.now, octets);
		CU_ASSERT_EQUAL(ocsp_answers_put(a, sha256, &comes, t.now, octets), rows[i].put);
		CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), rows[i].then);
		ocsp_answers_destroy(a);
	}
	responder_end(&r);
}

/* What another node learned is as good as what we did, and saves the question. */
static void other_nodes(void)
{
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256], digest[OCSP_SHA256];
	unsigned length;
	responder_begin(&r);
	struct ocsp_answers *a = ocsp_answers_create(&t.clock);
	struct ocsp_said said = word_at(OCSP_SAID_GOOD, 900, 5000);
	X509_digest(r.leaf, EVP_sha256(), digest, &length);
	/* before we met it */
	CU_ASSERT_EQUAL(ocsp_answers_put(a, digest, &said, 900 * second, no_octets), OCSP_PUT);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &hard), OCSP_LET_IN);
	CU_ASSERT_FALSE(asks_now(a, sha256));
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 500 * second);
	/* the same again is nothing new */
	t.now = 1200 * second;
	CU_ASSERT_EQUAL(ocsp_answers_put(a, digest, &said, 900 * second, no_octets), OCSP_PUT);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 300 * second);
	said = word_at(OCSP_SAID_REVOKED, 1200, 5000);
	CU_ASSERT_EQUAL(ocsp_answers_put(a, digest, &said, 1200 * second, no_octets),
			OCSP_PUT_WORSE);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), OCSP_REFUSE_REVOKED);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 600 * second);
	/* nobody asked here, and trusted directly */
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, NULL, &hard), OCSP_LET_IN);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer,
					   &(struct ocsp_terms){ .setting = OCSP_OFF }),
			OCSP_LET_IN);
	ocsp_answers_destroy(a);
	responder_end(&r);
}

/* An answer of short life is replaced before it ends. */
static void short_lives(void)
{
	static const struct {
		int64_t until, wait;
	} rows[] = { { 10000, 600 }, { 2200, 600 }, { 2100, 550 }, { 1100, 50 }, { 1010, 15 } };
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256];
	responder_begin(&r);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ocsp_answers *a = ocsp_answers_create(&t.clock);
		struct ocsp_said said = word_at(OCSP_SAID_GOOD, 1000, rows[i].until);
		ocsp_answers_judge(a, r.leaf, r.issuer, &hard);
		CU_ASSERT_TRUE(asks_now(a, sha256));
		ocsp_answers_put(a, sha256, &said, t.now, octets);
		CU_ASSERT_EQUAL(ocsp_answers_wait(a), rows[i].wait * second);
		ocsp_answers_destroy(a);
	}
	responder_end(&r);
}

/* Of ours the octets are kept, and given as long as they say good. */
static void staples(void)
{
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256], *copy;
	responder_begin(&r);
	struct ocsp_answers *a = ocsp_answers_create(&t.clock);
	ocsp_answers_want(a, r.leaf, r.issuer, &soft, true);
	CU_ASSERT_TRUE_FATAL(asks_now(a, sha256));
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 0);
	struct ocsp_said said = word_at(OCSP_SAID_GOOD, 1000, 2000);
	ocsp_answers_put(a, sha256, &said, t.now, octets);
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 3);
	CU_ASSERT_EQUAL(memcmp(copy, "der", 3), 0);
	OPENSSL_free(copy);
	t.now = 2000 * second;
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 0);
	/* a week without a name in between: ours is asked about for ever */
	t.now += 7 * DAY * second;
	CU_ASSERT_TRUE(asks_now(a, sha256));
	/* what another node learned has no octets: those we have end when they end */
	int64_t later = 2000 + 7 * DAY;
	said = word_at(OCSP_SAID_GOOD, later, later + 1000);
	ocsp_answers_put(a, sha256, &said, t.now, octets);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 500 * second);
	t.now = (later + 400) * second;
	said = word_at(OCSP_SAID_GOOD, later + 400, later + 9000);
	ocsp_answers_put(a, sha256, &said, t.now, no_octets);
	CU_ASSERT_EQUAL(ocsp_answers_wait(a), 100 * second);
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 3);
	OPENSSL_free(copy);
	t.now = (later + 1000) * second;
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 0);
	CU_ASSERT_TRUE(asks_now(a, sha256));
	said = word_at(OCSP_SAID_REVOKED, later + 1000, later + 2000);
	ocsp_answers_put(a, sha256, &said, t.now, octets);
	CU_ASSERT_EQUAL(ocsp_answers_staple(a, sha256, &copy), 0);
	ocsp_answers_destroy(a);
	responder_end(&r);
}

struct looked {
	unsigned wanted, askable, failing, must;
};

static void look(void *with, const struct ocsp_seen *s)
{
	struct looked *l = with;
	l->wanted += s->wanted;
	l->askable += s->askable;
	l->failing += s->failing != 0;
	l->must += s->must;
}

/* Nobody is asked about who has not come for a day, or where no responder is known. */
static void not_asked(void)
{
	struct responder r;
	struct own_time t = begin_at(1000);
	unsigned char sha256[OCSP_SHA256];
	struct looked l = { 0 };
	responder_begin(&r);
	struct ocsp_answers *a = ocsp_answers_create(&t.clock);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.other, r.issuer, &hard), OCSP_REFUSE_STALE);
	CU_ASSERT_FALSE(asks_now(a, sha256));
	ocsp_answers_want(a, r.leaf, r.issuer, &soft, true);
	CU_ASSERT_TRUE(asks_now(a, sha256));
	ocsp_answers_failed(a, sha256, "silent");
	ocsp_answers_each(a, look, &l);
	CU_ASSERT_TRUE(l.wanted == 2 && l.askable == 1 && l.failing == 1 && l.must == 1);
	CU_ASSERT_EQUAL(ocsp_answers_left_out(a), 0);
	ocsp_answers_destroy(a);
	a = ocsp_answers_create(&t.clock);
	ocsp_answers_judge(a, r.leaf, r.issuer, &hard);
	t.now += DAY * second;
	CU_ASSERT_FALSE(asks_now(a, sha256));
	ocsp_answers_judge(a, r.leaf, r.issuer, &hard);
	CU_ASSERT_TRUE(asks_now(a, sha256));
	ocsp_answers_destroy(a);
	responder_end(&r);
}

/* More certificates than have a place: as if nothing had been said. */
static void bounds(void)
{
	struct responder r;
	struct own_time t = begin_at(1000);
	struct ocsp_answers *a = ocsp_answers_create(&t.clock);
	struct ocsp_said said = word_at(OCSP_SAID_GOOD, 900, 5000);
	responder_begin(&r);
	for (unsigned i = 0; i < OCSP_ANSWERS_MOST; i++) {
		unsigned char name[OCSP_SHA256] = { (unsigned char)(i >> 8), (unsigned char)i };
		ocsp_answers_put(a, name, &said, t.now, no_octets);
	}
	CU_ASSERT_EQUAL(ocsp_answers_left_out(a), 0);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &hard), OCSP_REFUSE_STALE);
	CU_ASSERT_EQUAL(ocsp_answers_judge(a, r.leaf, r.issuer, &soft), OCSP_LET_IN);
	CU_ASSERT_EQUAL(ocsp_answers_left_out(a), 2);
	ocsp_answers_destroy(a);
	responder_end(&r);
}

int main(void)
{
	static const struct test tests[] = {
		{ "which answers are believed", which_are_believed },
		{ "octets that are none", octets_that_are_none },
		{ "what is asked", what_is_asked },
		{ "each case", each_case },
		{ "each age", each_age },
		{ "its life", its_life },
		{ "no older word", no_older_word },
		{ "other nodes", other_nodes },
		{ "short lives", short_lives },
		{ "staples", staples },
		{ "not asked", not_asked },
		{ "bounds", bounds },
		{ 0 },
	};
	return suite_run("ocsp", tests);
}
