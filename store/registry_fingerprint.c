/* store/registry_fingerprint.c: what a submission says, in 20 octets. */
#include <openssl/evp.h>

#include "gateway/base/arena.h"
#include "store/registry.h"
#include "store/registry_record.h"

/* Of the digest so much is kept: 160 bits, of which nobody finds the same again. */
enum { SHA256_OCTETS = 32, KEPT_OCTETS = 20, LENGTH_OCTETS = 8 };

/* Length first, so that no two lists of records run into the same octets. */
static void add(EVP_MD_CTX *sum, struct bytes record)
{
	unsigned char length[LENGTH_OCTETS];
	for (unsigned i = 0; i < LENGTH_OCTETS; i++)
		length[i] = (unsigned char)((uint64_t)record.length >> (8 * i));
	EVP_DigestUpdate(sum, length, sizeof length);
	EVP_DigestUpdate(sum, record.data, record.length);
}

static void add_fields(EVP_MD_CTX *sum, const char *id, struct record_fields f)
{
	add(sum, bytes_of_text(id == NULL ? "" : id));
	add(sum, f.learnt);
	add(sum, f.rest);
}

static void add_ends(EVP_MD_CTX *sum, const struct association *x)
{
	add(sum, bytes_of_text(x->type_urn == NULL ? "" : x->type_urn));
	add(sum, bytes_of_text(x->source == NULL ? "" : x->source));
	add(sum, bytes_of_text(x->target == NULL ? "" : x->target));
}

static void add_objects(EVP_MD_CTX *sum, struct arena *a, const struct submission *s)
{
	add_fields(sum, s->set->id, set_fields(a, s->set));
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		add(sum, bytes_of_text(e->type == ENTRY_STABLE ? "stable" : "on-demand"));
		add_fields(sum, e->id, entry_fields(a, e));
	}
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		add_fields(sum, f->id, folder_fields(a, f));
	for (const struct association *x = s->associations; x != NULL; x = x->next) {
		add_ends(sum, x);
		add_fields(sum, x->id, association_fields(a, x));
	}
}

static void release(void *sum)
{
	EVP_MD_CTX_free(sum);
}

const char *registry_fingerprint(struct arena *a, const struct submission *s, struct bytes more)
{
	unsigned char octets[SHA256_OCTETS];
	unsigned length = 0;
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	if (sum == NULL || s->set == NULL || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(sum);
		return NULL;
	}
	arena_at_end(a, release, sum); /* an arena may refuse in between */
	add_objects(sum, a, s);
	add(sum, more);
	return EVP_DigestFinal_ex(sum, octets, &length) == 1 && length == sizeof octets
		       ? bytes_to_hex(a, (struct bytes){ octets, KEPT_OCTETS })
		       : NULL;
}
