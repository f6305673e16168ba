/* store/at_rest.c: what the disk holds is encrypted by the file system, with a key from outside. */
#include "store/at_rest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fscrypt.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "store/key_file.h"

enum { TRIES = 100 }; /* a second in all */

struct at_rest {
	unsigned char key[AT_REST_KEY];
};

struct at_rest *at_rest_read(const char *path, const char **why)
{
	struct at_rest *r = OPENSSL_secure_zalloc(sizeof *r);
	*why = r == NULL ? "there is no memory for it" : key_file_read(path, r->key);
	if (*why == NULL)
		return r;
	at_rest_free(r);
	return NULL;
}

void at_rest_free(struct at_rest *r)
{
	OPENSSL_secure_clear_free(r, sizeof *r);
}

static bool failed(const char *directory, int code, struct problem *p)
{
	const char *why = strerror(code);
	if (code == EOPNOTSUPP || code == ENOTTY)
		why = "its file system does not encrypt (ext4 does after tune2fs -O encrypt)";
	else if (code == ENOTEMPTY)
		why = "it holds what was kept without a key; minatod(8), ENCRYPTION, says how it "
		      "moves";
	else if (code == EEXIST)
		why = "it was encrypted with another key (minatod(8), ENCRYPTION, says how it is "
		      "changed)";
	return problem_at(p, PROBLEM_CONFIGURATION, directory, "could not be encrypted: %s", why);
}

/* The kernel names a key by what it derives from it. */
static bool give_key(const struct at_rest *r, int fd, struct fscrypt_key_specifier *named)
{
	const size_t size = sizeof(struct fscrypt_add_key_arg) + AT_REST_KEY;
	struct fscrypt_add_key_arg *a = OPENSSL_secure_zalloc(size);
	if (a == NULL) {
		errno = ENOMEM;
		return false;
	}
	a->key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	a->raw_size = AT_REST_KEY;
	memcpy(a->raw, r->key, AT_REST_KEY);
	bool given = ioctl(fd, FS_IOC_ADD_ENCRYPTION_KEY, a) == 0;
	int code = errno;
	*named = a->key_spec;
	OPENSSL_secure_clear_free(a, size);
	errno = code;
	return given;
}

static bool set_policy(int fd, const struct fscrypt_key_specifier *named)
{
	struct fscrypt_policy_v2 policy = {
		.version = FSCRYPT_POLICY_V2,
		.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
		.flags = FSCRYPT_POLICY_FLAGS_PAD_32,
	};
	memcpy(policy.master_key_identifier, named->u.identifier, FSCRYPT_KEY_IDENTIFIER_SIZE);
	return ioctl(fd, FS_IOC_SET_ENCRYPTION_POLICY, &policy) == 0;
}

/* What was just closed may be in use for a moment; asked again the kernel tries again. */
static void take_key(int fd, const struct fscrypt_key_specifier *named)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct fscrypt_remove_key_arg gone = { .key_spec = *named };
	for (int left = TRIES; left > 0; left--) {
		if (ioctl(fd, FS_IOC_REMOVE_ENCRYPTION_KEY, &gone) != 0
		    || (gone.removal_status_flags & FSCRYPT_KEY_REMOVAL_STATUS_FLAG_FILES_BUSY)
			       == 0)
			return;
		gone.removal_status_flags = 0;
		nanosleep(&pause, NULL);
	}
}

bool at_rest_encrypt(const struct at_rest *r, const char *directory, struct problem *p)
{
	struct fscrypt_key_specifier named;
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool given = fd >= 0 && give_key(r, fd, &named), done = given && set_policy(fd, &named);
	int code = errno;
	if (given && !done)
		take_key(fd, &named);
	if (fd >= 0)
		close(fd);
	return done || failed(directory, code, p);
}

/* By the directory above, which is of the same file system (its root cannot be encrypted): what is
 * open stays as it is, and the directory would be. */
void at_rest_lock(const struct at_rest *r, const char *directory)
{
	struct fscrypt_key_specifier named;
	char above[PATH_MAX];
	snprintf(above, sizeof above, "%s/..", directory);
	int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && give_key(r, fd, &named))
		take_key(fd, &named);
	if (fd >= 0)
		close(fd);
}

static bool policy_of(const char *directory, struct fscrypt_get_policy_ex_arg *a)
{
	*a = (struct fscrypt_get_policy_ex_arg){ .policy_size = sizeof a->policy };
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool has = fd >= 0 && ioctl(fd, FS_IOC_GET_ENCRYPTION_POLICY_EX, a) == 0;
	if (fd >= 0)
		close(fd);
	return has;
}

bool at_rest_is_encrypted(const char *directory)
{
	struct fscrypt_get_policy_ex_arg a;
	return policy_of(directory, &a);
}

/* As the kernel derives it (fs/crypto/hkdf.c, context 1), without giving it the key. */
static bool name_of(const struct at_rest *r, unsigned char name[FSCRYPT_KEY_IDENTIFIER_SIZE])
{
	static const unsigned char context[] = "fscrypt\0\1";
	EVP_KDF *kind = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *kdf = kind == NULL ? NULL : EVP_KDF_CTX_new(kind);
	const OSSL_PARAM with[] = {
		OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA512", 0),
		OSSL_PARAM_construct_octet_string("key", (void *)r->key, AT_REST_KEY),
		OSSL_PARAM_construct_octet_string("info", (void *)context, sizeof context - 1),
		OSSL_PARAM_construct_end(),
	};
	bool named = kdf != NULL
		     && EVP_KDF_derive(kdf, name, FSCRYPT_KEY_IDENTIFIER_SIZE, with) == 1;
	EVP_KDF_CTX_free(kdf);
	EVP_KDF_free(kind);
	return named;
}

bool at_rest_has(const struct at_rest *r, const char *directory)
{
	struct fscrypt_get_policy_ex_arg a;
	unsigned char name[FSCRYPT_KEY_IDENTIFIER_SIZE];
	return policy_of(directory, &a) && a.policy.version == FSCRYPT_POLICY_V2 && name_of(r, name)
	       && memcmp(a.policy.v2.master_key_identifier, name, sizeof name) == 0;
}

bool at_rest_is_same(const struct at_rest *one, const struct at_rest *other)
{
	return CRYPTO_memcmp(one->key, other->key, AT_REST_KEY) == 0;
}

/* 0, or what the file system would say: ENODATA is a directory that is plain. */
static int plain_error(const char *directory)
{
	struct fscrypt_get_policy_ex_arg a = { .policy_size = sizeof a.policy };
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = 0;
	if (fd < 0 || ioctl(fd, FS_IOC_GET_ENCRYPTION_POLICY_EX, &a) != 0)
		code = errno;
	if (fd >= 0)
		close(fd);
	return code == ENODATA ? 0 : code;
}

static bool is_empty(const char *directory)
{
	DIR *d = opendir(directory);
	bool empty = true;
	for (const struct dirent *e; d != NULL && empty && (e = readdir(d)) != NULL;)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d != NULL)
		closedir(d);
	return empty;
}

bool at_rest_would_encrypt(const struct at_rest *r, const char *directory, struct problem *p)
{
	char above[PATH_MAX];
	const char *slash = strrchr(directory, '/');
	int length = slash == NULL ? 0 : (int)(slash - directory) + 1;
	snprintf(above, sizeof above, "%.*s.", length, directory);
	bool there = access(directory, F_OK) == 0, has = there && at_rest_is_encrypted(directory);
	int code = plain_error(there ? directory : above);
	if (has)
		return at_rest_has(r, directory) || failed(directory, EEXIST, p);
	if (code == 0 && there && !is_empty(directory))
		code = ENOTEMPTY;
	return code == 0 || failed(directory, code, p);
}
