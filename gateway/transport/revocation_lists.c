/* gateway/transport/revocation_lists.c: certificate revocation lists from a file. */
#include "gateway/transport/revocation_lists.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"

enum { DER_SEQUENCE = 0x30 }; /* PEM begins with text */

static int no_pass_phrase(char *text, int room, int writing, void *with)
{
	(void)text, (void)room, (void)writing, (void)with;
	return -1;
}

/* RFC 5280 5.2.4, 5.2.5. */
static const char *partial(const X509_CRL *list)
{
	int critical = 0;
	if (X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0)
		return "a list in it says only what changed since another (a delta)";
	ISSUING_DIST_POINT *point = X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point,
							 &critical, NULL);
	const char *why = NULL;
	if (point == NULL && critical >= 0)
		why = "the distribution point of a list in it cannot be read";
	else if (point != NULL && point->onlysomereasons != NULL)
		why = "a list in it is of some reasons only (onlySomeReasons)";
	else if (point != NULL && (point->indirectCRL > 0 || point->onlyattr > 0))
		why = "a list in it is of others' certificates (indirectCRL)";
	ISSUING_DIST_POINT_free(point);
	return why;
}

static X509_CRL *next_list(BIO *file, bool der)
{
	return der ? d2i_X509_CRL_bio(file, NULL)
		   : PEM_read_bio_X509_CRL(file, NULL, no_pass_phrase, NULL);
}

static const char *collect(STACK_OF(X509_CRL) * all, BIO *file, bool der)
{
	X509_CRL *list;
	while ((list = next_list(file, der)) != NULL) {
		const char *why = partial(list);
		if (why == NULL && sk_X509_CRL_num(all) == REVOCATION_LISTS_MOST)
			why = "there are more lists in it than are taken";
		if (why != NULL || sk_X509_CRL_push(all, list) == 0) {
			X509_CRL_free(list);
			return why != NULL ? why : "no memory";
		}
		if (der)
			return BIO_pending(file) == 0 ? NULL : "something stands behind its list";
	}
	if (!der && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return "a list in it cannot be read";
	return sk_X509_CRL_num(all) > 0 ? NULL : "there is no revocation list in it";
}

STACK_OF(X509_CRL) * revocation_lists_of(struct bytes octets, const char **why)
{
	bool der = octets.length > 0 && octets.data[0] == DER_SEQUENCE;
	BIO *file = octets.length <= INT_MAX ? BIO_new_mem_buf(
			    octets.length == 0 ? (const void *)"" : octets.data, (int)octets.length)
					     : NULL;
	STACK_OF(X509_CRL) *all = sk_X509_CRL_new_null();
	ERR_clear_error();
	*why = file == NULL || all == NULL ? "no memory" : collect(all, file, der);
	ERR_clear_error(); /* the end of the file is one */
	BIO_free(file);
	if (*why == NULL)
		return all;
	sk_X509_CRL_pop_free(all, X509_CRL_free);
	return NULL;
}

/* Malloced; NULL with why. */
static unsigned char *whole_file(const char *path, size_t *length, const char **why)
{
	struct stat s;
	int fd = regular_open(path, O_RDONLY);
	if (fd < 0) {
		*why = errno == EMEDIUMTYPE ? regular_why(errno) : "it cannot be read";
		return NULL;
	}
	unsigned char *octets = NULL;
	*length = 0;
	*why = "it cannot be read";
	if (fstat(fd, &s) == 0 && s.st_size > REVOCATION_FILE_MOST)
		*why = "it is too large";
	else
		octets = malloc(REVOCATION_FILE_MOST + 1);
	ssize_t n = octets == NULL ? -1 : 1;
	while (n > 0 && *length <= REVOCATION_FILE_MOST) {
		n = read(fd, octets + *length, REVOCATION_FILE_MOST + 1 - *length);
		*length += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	if (n == 0)
		return octets;
	free(octets);
	return NULL;
}

STACK_OF(X509_CRL) * revocation_lists_read(const char *path, const char **why)
{
	size_t length;
	unsigned char *octets = whole_file(path, &length, why);
	if (octets == NULL)
		return NULL;
	STACK_OF(X509_CRL) *all = revocation_lists_of((struct bytes){ octets, length }, why);
	free(octets);
	return all;
}
