/* tests/store/asked.h: the index of candidates asked, and who it finds, in few letters. */
#ifndef TESTS_STORE_ASKED_H
#define TESTS_STORE_ASKED_H

#include "gateway/base/text.h"
#include "store/identity_candidates.h"
#include "tests/store/people.h"

/* FACILITY ID, one after the other, as they are found: "a1 b1". */
static inline const char *listed(struct fixture *f, const struct candidate_page *page)
{
	static const char *const letters[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	struct buffer b = buffer_in(f->arena);
	for (const struct patient_record *r = page->records; r != NULL; r = r->next)
		for (size_t i = 0; i < COUNT(letters); i++)
			if (text_equal(r->domain, letters[i]))
				buffer_printf(&b, "%s%c%s", b.length == 0 ? "" : " ",
					      (int)('a' + i), r->id);
	return buffer_ended(&b);
}

struct asked {
	const char *kana, *name, *birth;
};

static inline struct candidate_page ask(struct fixture *f, struct asked q, const char *after,
					unsigned limit)
{
	struct candidates_wanted w;
	struct candidate_page page = { .count = 0 };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, candidates_wanted(f->arena, q.kana, q.name, q.birth, &w, &f->problem));
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(identity_candidates(t, f->arena, &w, after, limit, &page));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return page;
}

static inline const char *found(struct fixture *f, struct asked q)
{
	struct candidate_page page = ask(f, q, NULL, 100);
	CU_ASSERT_PTR_NULL(page.next);
	return listed(f, &page);
}

#endif
