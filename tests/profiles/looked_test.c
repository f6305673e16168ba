/* tests/profiles/looked_test.c: everything a trail may hold has words for the patient. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/audit/record.h"
#include "profiles/transaction.h"
#include "schemas/tables/look_words.h"

static void check_words(const char *what)
{
	const struct look_words *w = look_words_of(what);
	if (w == NULL)
		printf("%s has no words\n", what);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	CU_ASSERT(w->kind < LOOK_KINDS && strlen(look_kind_name(w->kind)) > 0);
	for (unsigned l = 0; l < LOOK_LANGUAGES; l++)
		CU_ASSERT(w->words[l] != NULL && strlen(w->words[l]) > 0);
	/* Japanese is no ASCII, English is. */
	CU_ASSERT((w->words[LOOK_JAPANESE][0] & 0x80) != 0);
	for (const char *c = w->words[LOOK_ENGLISH]; *c != '\0'; c++)
		CU_ASSERT((*c & 0x80) == 0);
}

static void each_transaction_has_words(void)
{
	for (size_t i = 0; transactions[i] != NULL; i++)
		check_words(transactions[i]->code);
}

/* What the gateway does by itself, where it is about somebody. */
static void so_has_what_consent_hid(void)
{
	check_words(audit_doing_name(AUDIT_DOING_CONSENT_HIDDEN));
	check_words(audit_doing_name(AUDIT_DOING_OVERRIDE_STARTED));
	check_words(audit_doing_name(AUDIT_DOING_OVERRIDE_ENDED));
	check_words(audit_doing_name(AUDIT_DOING_PATIENT_NOTICE));
	check_words("consent-show");
}

static void what_is_unknown_has_none(void)
{
	CU_ASSERT_PTR_NULL(look_words_of("ITI-999"));
	CU_ASSERT_PTR_NULL(look_words_of(NULL));
}

static const struct test tests[] = { { "each transaction has words", each_transaction_has_words },
				     { "so has what consent hid", so_has_what_consent_hid },
				     { "what is unknown has none", what_is_unknown_has_none },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: who looked", tests);
}
