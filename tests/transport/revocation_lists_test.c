/* tests/transport/revocation_lists_test.c: which files of revocation lists are taken, and which are
 * not. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/transport/revocation_lists.h"

/* What stands in a list beside the usual. */
enum odd { WHOLE, DELTA, SOME_REASONS, INDIRECT, ITS_POINT };

static void add_point(X509_CRL *list, enum odd odd)
{
	ISSUING_DIST_POINT *p = ISSUING_DIST_POINT_new();
	if (odd == SOME_REASONS) {
		p->onlysomereasons = ASN1_BIT_STRING_new();
		ASN1_BIT_STRING_set_bit(p->onlysomereasons, 1, 1);
	} else if (odd == INDIRECT) {
		p->indirectCRL = 0xff;
	} else {
		p->onlyuser = 0xff;
	}
	X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, p, 1, 0);
	ISSUING_DIST_POINT_free(p);
}

static X509_CRL *make(enum odd odd)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_CRL *list = X509_CRL_new();
	X509_NAME *name = X509_NAME_new();
	ASN1_TIME *when = ASN1_TIME_set(NULL, time(NULL));
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"ca", -1, -1,
				   0);
	X509_CRL_set_version(list, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(list, name);
	X509_CRL_set1_lastUpdate(list, when);
	X509_CRL_set1_nextUpdate(list, when);
	ASN1_INTEGER_set(number, 7);
	if (odd == DELTA)
		X509_CRL_add1_ext_i2d(list, NID_delta_crl, number, 1, 0);
	else if (odd != WHOLE)
		add_point(list, odd);
	X509_CRL_sign(list, key, EVP_sha256());
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(when);
	X509_NAME_free(name);
	EVP_PKEY_free(key);
	return list;
}

/* Letters: w whole, d delta, s some reasons, i indirect, p with a point of its own; # something
 * that is none; ! a torn one. */
static void write_all(BIO *out, const char *letters, bool der)
{
	for (; *letters != '\0'; letters++) {
		static const char odds[] = "wdsip";
		const char *at = strchr(odds, *letters);
		if (at == NULL) {
			BIO_puts(out, *letters == '#' ? "# not a list\n"
						      : "-----BEGIN X509 CRL-----\nAAAA\n");
			continue;
		}
		X509_CRL *list = make((enum odd)(at - odds));
		if (der)
			i2d_X509_CRL_bio(out, list);
		else
			PEM_write_bio_X509_CRL(out, list);
		X509_CRL_free(list);
	}
}

static void each_file(void)
{
	static const struct {
		const char *letters;
		bool der;
		int count;
		const char *why; /* within; NULL: it is taken */
	} rows[] = {
		{ "w", false, 1, NULL },
		{ "ww", false, 2, NULL },
		{ "#w#", false, 1, NULL },
		{ "wp", false, 2, NULL },
		{ "w", true, 1, NULL },
		{ "", false, 0, "no revocation list" },
		{ "#", false, 0, "no revocation list" },
		{ "w!", false, 0, "cannot be read" },
		{ "!", false, 0, "cannot be read" },
		{ "d", false, 0, "delta" },
		{ "wd", false, 0, "delta" },
		{ "d", true, 0, "delta" },
		{ "s", false, 0, "onlySomeReasons" },
		{ "ws", false, 0, "onlySomeReasons" },
		{ "i", false, 0, "indirectCRL" },
		{ "ww", true, 0, "behind" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		BIO *file = BIO_new(BIO_s_mem());
		const char *why = NULL;
		char *data = NULL;
		write_all(file, rows[i].letters, rows[i].der);
		long size = BIO_get_mem_data(file, &data);
		STACK_OF(X509_CRL) *lists = revocation_lists_of(
			(struct bytes){ (const unsigned char *)data, (size_t)size }, &why);
		bool as_expected = (lists != NULL) == (rows[i].why == NULL)
				   && (lists == NULL || sk_X509_CRL_num(lists) == rows[i].count)
				   && (rows[i].why == NULL
				       || (why != NULL && strstr(why, rows[i].why) != NULL));
		if (!as_expected)
			fprintf(stderr, "%s: %s\n", rows[i].letters, why == NULL ? "taken" : why);
		CU_ASSERT_TRUE(as_expected);
		sk_X509_CRL_pop_free(lists, X509_CRL_free);
		BIO_free(file);
	}
}

/* As many as are taken, and one more. */
static void bounds(void)
{
	for (int more = 0; more < 2; more++) {
		BIO *file = BIO_new(BIO_s_mem());
		const char *why = NULL;
		char *data = NULL;
		for (int i = 0; i < REVOCATION_LISTS_MOST + more; i++)
			write_all(file, "w", false);
		long size = BIO_get_mem_data(file, &data);
		STACK_OF(X509_CRL) *lists = revocation_lists_of(
			(struct bytes){ (const unsigned char *)data, (size_t)size }, &why);
		CU_ASSERT_EQUAL(lists != NULL, more == 0);
		CU_ASSERT_EQUAL(why == NULL, more == 0);
		sk_X509_CRL_pop_free(lists, X509_CRL_free);
		BIO_free(file);
	}
}

static void no_file(void)
{
	const char *why = NULL;
	CU_ASSERT_PTR_NULL(revocation_lists_read("/nowhere/crl.pem", &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_PTR_NULL(revocation_lists_read("/dev/null", &why));
	CU_ASSERT_PTR_NOT_NULL(why);
}

int main(void)
{
	static const struct test tests[] = { { "each file", each_file },
					     { "as many as are taken, and one more", bounds },
					     { "no file", no_file },
					     { 0 } };
	return suite_run("revocation lists", tests);
}
