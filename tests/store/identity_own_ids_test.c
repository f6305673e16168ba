/* tests/store/identity_own_ids_test.c: an id of ours says whose it is, by what stands over it
 * (of a SHA-256), and is nobody's unless that record bears it. */
#include "tests/base/suite.h"

#include <openssl/evp.h>

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { CHANCE = 11, NUMBER = 5, OWN = CHANCE + NUMBER };

/* What lies over the number. */
static uint64_t veil(const unsigned char secret[STORE_SECRET], const unsigned char *chance)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	uint64_t number = 0;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	CU_ASSERT_TRUE_FATAL(EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1
			     && EVP_DigestUpdate(c, secret, STORE_SECRET) == 1
			     && EVP_DigestUpdate(c, chance, CHANCE) == 1
			     && EVP_DigestFinal_ex(c, out, NULL) == 1);
	EVP_MD_CTX_free(c);
	for (size_t i = 0; i < NUMBER; i++)
		number = number << 8 | out[i];
	return number;
}

static bool ids_say_their_number(struct store_txn *t, const void *with)
{
	static const uint64_t numbers[] = { 1, 2, 255, 256, 1000000, (UINT64_C(1) << 40) - 1 };
	unsigned char secret[STORE_SECRET], octets[OWN];
	struct arena *a = store_arena(t);
	const char *before = "";
	(void)with;
	CU_ASSERT_TRUE_FATAL(store_secret(t, secret));
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (unsigned again = 0; again < 2; again++) {
			const char *id = identity_own_id(t, a, numbers[i]);
			CU_ASSERT_FATAL(id != NULL && bytes_from_hex(id, 2 * OWN, octets));
			CU_ASSERT_FALSE(text_equal(id, before));
			CU_ASSERT_EQUAL(identity_own_id_number(t, id), numbers[i]);
			uint64_t last = 0;
			for (size_t j = CHANCE; j < OWN; j++)
				last = last << 8 | octets[j];
			CU_ASSERT_EQUAL(last ^ numbers[i], veil(secret, octets));
			before = id;
		}
	static const char *const none[] = { "", "1", "0123456789ABCDEF0123456789ABCDEF",
					    "0123456789abcdef0123456789abcdeg",
					    "0123456789abcdef0123456789abcdef0" };
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_EQUAL(identity_own_id_number(t, none[i]), 0);
	CU_ASSERT_FALSE(store_failed(t));
	return true;
}

static void they_say_their_number(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, ids_say_their_number, NULL));
	fixture_close(&f);
}

static bool lose_the_secret(struct store_txn *t, const void *with)
{
	struct key k;
	(void)with;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "secret");
	CU_ASSERT_TRUE(store_put(t, key_span(&k), bytes_of_text("short")));
	CU_ASSERT_PTR_NULL(identity_own_id(t, store_arena(t), 1));
	CU_ASSERT_EQUAL(identity_own_id_number(t, "0123456789abcdef0123456789abcdef"), 0);
	CU_ASSERT_TRUE(store_failed(t));
	return false;
}

static void without_a_secret_there_is_none(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(in_job(&f, lose_the_secret, NULL));
	fixture_close(&f);
}

static const struct who hanako = { A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
				   0,        0,   0,        0,        0,          0 };

static bool spoil(struct store_txn *t, const void *with)
{
	const uint64_t *number = with;
	struct key k;
	key_begin(&k, SPACE_IDENTITY_RECORD);
	key_short(&k, *number);
	return store_put(t, key_span(&k), bytes_of_text("x"));
}

static bool lose(struct store_txn *t, const void *with)
{
	const uint64_t *number = with;
	struct key k;
	key_begin(&k, SPACE_IDENTITY_RECORD);
	key_short(&k, *number);
	return store_delete(t, key_span(&k));
}

/* Whether it is found; a store that cannot be read is none where nobody is found. */
static bool is_found(struct fixture *f, const char *domain, const char *id, bool fails)
{
	struct patient_record r;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = identity_find(t, f->arena, domain, id, &r);
	CU_ASSERT_EQUAL(store_failed(t), fails);
	store_end(t);
	return found;
}

static void records_bear_them(void)
{
	struct fixture f;
	struct bytes key, value;
	struct key ids;
	unsigned keys = 0;
	fixture_open(&f);
	people_feed(&f, &hanako);
	struct person p = people_person(&f, A_DOMAIN, "1");
	char *other = (char *)arena_text(f.arena, p.regional_id);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	key_begin(&ids, SPACE_IDENTITY_ID);
	struct store_cursor *c = store_scan_prefix(t, key_span(&ids), false);
	while (store_next(c, &key, &value))
		keys++;
	store_scan_end(c);
	CU_ASSERT_FALSE(identity_id_get(t, f.arena, NULL, p.regional_id, &(uint64_t){ 0 }));
	CU_ASSERT_FALSE(identity_id_get(t, f.arena, AFFINITY, NULL, &(uint64_t){ 0 }));
	store_end(t);
	CU_ASSERT_EQUAL(keys, 1); /* the facility's */
	CU_ASSERT_TRUE(is_found(&f, AFFINITY, p.regional_id, false));
	CU_ASSERT_FALSE(is_found(&f, A_DOMAIN, p.regional_id, false));
	other[0] = other[0] == '0' ? '1' : '0';
	CU_ASSERT_FALSE(is_found(&f, AFFINITY, other, false));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_TRUE(in_job(&f, spoil, &p.regional_record));
	CU_ASSERT_FALSE(is_found(&f, AFFINITY, p.regional_id, true));
	CU_ASSERT_TRUE(in_job(&f, lose, &p.regional_record));
	CU_ASSERT_FALSE(is_found(&f, AFFINITY, p.regional_id, false));
	fixture_close(&f);
}

static bool is_nobodys(struct store_txn *t, const void *with)
{
	const uint64_t *number = with;
	struct arena *a = store_arena(t);
	uint64_t found;
	CU_ASSERT_FALSE(identity_id_get(t, a, AFFINITY, identity_own_id(t, a, *number), &found));
	CU_ASSERT_FALSE(store_failed(t));
	return true;
}

/* Given before the store was put back from a backup, for one who has the number now. */
static void what_another_was_given_is_nobodys(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako);
	struct person p = people_person(&f, A_DOMAIN, "1");
	CU_ASSERT_TRUE(in_job(&f, is_nobodys, &p.regional_record));
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "they say their number", they_say_their_number },
	{ "without a secret there is none", without_a_secret_there_is_none },
	{ "records bear them", records_bear_them },
	{ "what another was given is nobody's", what_another_was_given_is_nobodys },
	{ 0 }
};

int main(void)
{
	return suite_run("store: ids of our own", tests);
}
