/* profiles/actors/demographics_supplier.h: Patient Demographics Supplier (ITI TF-1: 8): who may be
 * meant, by what is known of him, whoever asks and in whatever dialect: the operator, and Patient
 * Demographics Query (ITI TF-2: 3.21, 3.47).
 *
 * The operator's question is about records, and he is told of all. A system's is about persons: of
 * each one whom a record that the system may be told of fits, one record is told, its own before
 * others'. So nobody learns at how many facilities somebody is known. What may be told is what PIX
 * queries would tell (cross_reference_tells(), cross_reference_shown()): its own records always,
 * another's only of a person who takes part; of somebody who has not joined nobody else hears, and
 * the answer is as if he were not there. Thread-safety: as the transaction. */
#ifndef PROFILES_ACTORS_DEMOGRAPHICS_SUPPLIER_H
#define PROFILES_ACTORS_DEMOGRAPHICS_SUPPLIER_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/model/patient.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"
#include "store/identity.h"

struct admission;
struct arena;
struct demographics_forms;
struct store_txn;

/* ---- The operator's question ---- */

/* What is said of whoever is meant, as it was written; NULL: nothing. Where several are given all
 * must hold; kana and name are beginnings, id is one record's (resolved). */
struct demographics_known {
	const char *kana, *name, *birth_date;
	const struct patient_identifier *id;
};

struct demographics_question {
	struct demographics_known known;
	struct candidates_wanted wanted; /* demographics_supplier_may() */
	const char *after;               /* next of the answer before; NULL: from the first */
	unsigned limit;                  /* records that fit on a page, from 1 */
	/* Of each person found all records of facilities, those that fit or not; once a page. */
	bool joined;
};

struct demographics_found {
	const struct patient_record *record;
	const char *regional_id; /* NULL: its person has none */
};
struct demographics_answer {
	struct demographics_found *found; /* a page may have none, and still go on */
	size_t count;
	const char *next; /* NULL: there are no more */
};

/* Before there is a store: whether it can be asked. Fills in wanted. False: p names the member, and
 * repeats nothing of what was said; an Individual Number is nobody's name. */
bool demographics_supplier_may(struct arena *a, struct demographics_question *q, struct problem *p);
/* The operator's right: all of them. False: after is no next of this question's, or nobody is known
 * by that id (PROBLEM_UNKNOWN_KEY). */
bool demographics_supplier_tell_operator(struct store_txn *t, struct arena *a,
					 const struct demographics_question *q,
					 struct demographics_answer *out, struct problem *p);

/* ---- A system's question ---- */

enum {
	/* Persons one question may find; who asks more closely is told all. */
	DEMOGRAPHICS_PERSONS = 200,
	DEMOGRAPHICS_EXACT = 100, /* degree of a match: every parameter as it was said */
	DEMOGRAPHICS_LOOSE = 75   /* a name by its beginning, or by how it sounds */
};

/* A name that is sought; one that is loose is compared by how it sounds, and each part of it may be
 * a beginning. A part that ends with an asterisk, of either width, is one. */
struct demographics_name {
	const struct person_name *name;
	bool loose;
	const char *where; /* its place in the question */
	struct demographics_name *next;
};

/* 保険者番号, 記号, 番号, 枝番: one person's where the branch is said, else anybody's of a
 * household. Whoever holds the card asks by it; what is told of whom it fits is what any question
 * tells, and no insurance is (japan.md D4). */
struct insured_sought {
	const struct insurance *number;
	const char *where;
	struct insured_sought *next;
};

/* All that is given must hold of one record; of the names, addresses and telecoms one, of the ids
 * all. Texts as they were sent. */
struct demographics_sought {
	const struct patient_identifier *ids;
	const struct demographics_name *names;
	/* YYYY[MM[DD...]]: one value twice, or a range whose ends may be open (NULL) */
	const char *born_from, *born_to, *born_where;
	const char *sex; /* of table 0001 */
	const struct postal_address *addresses;
	const char *addresses_where;
	const struct telecom *telecoms;
	const char *telecoms_where;
	const struct demographics_name *mother; /* one */
	/* By what somebody is insured: all of them must be his. */
	const struct insured_sought *insured;
	struct patient_identifier *domains; /* whose ids are wanted; NULL: all */
	unsigned least_degree;              /* who fits less is left out; 0: nobody is */
	const char *where;                  /* of the question itself */
};

/* Ids of an insurer's are insured numbers (profiles/actors/demographics_insured.c): they are taken
 * out of s->ids into s->insured. In the domain 1.2.392.100495.20.3.61.INSURER (eight digits or
 * six, or eight behind a 1, for an arc has no leading zero) 記号:番号:枝番, 記号:番号 or 番号;
 * in 1.2.392.100495.20.3.61, or the canonical system of JP-CLINS, all four, the insurer's first.
 * False: the problem is at the place of the id, without its value; my_number: it is an Individual
 * Number's. */
bool demographics_take_insured(struct arena *a, struct demographics_sought *s, bool *my_number,
			       struct problem *p);
/* One of those domains is named in it: what is asked stands in no record, readable or not. */
bool demographics_names_insurer(const char *text);

/* Before there is a store: its normal forms. NULL, with the problem at the place of the parameter
 * and nothing of its value: it cannot be compared, or is of a kind the region does not
 * keep; or, at the question's, there is nothing to look
 * for somebody by (PROBLEM_FIELD_MISSING says what is needed). */
const struct demographics_forms *demographics_prepare(struct arena *a, const struct region *r,
						      const struct demographics_sought *s,
						      struct problem *p);

/* One person who fits: the record that is told, and how well. */
struct demographics_fit {
	uint64_t person, record;
	unsigned degree;
};
struct demographics_fits {
	struct demographics_fit *at; /* the best first */
	size_t count;
	/* Of the question, nobody knows these; then there is nobody in at. By place, from 1. */
	unsigned *unknown_domains;
	size_t unknown_domain_count;
	const struct patient_identifier *unknown_authority; /* the first id of one; NULL: none */
	const struct patient_identifier *asked;             /* the ids that name a known domain */
	struct leniencies needed;
};

/* Who asks, and what he is admitted to. */
struct demographics_asker {
	const struct region *region;
	const struct registered_system *system;
	struct admission *admission;
};

/* False: more persons fit than are told, or more have to be looked at
 * (PROBLEM_TOO_MANY_RESULTS); or the store fails. */
bool demographics_supplier_find(struct store_txn *t, struct arena *a,
				const struct demographics_asker *asker,
				const struct demographics_sought *s,
				const struct demographics_forms *forms,
				struct demographics_fits *out, struct problem *p);

/* One of them as he is told: the record, the ids the system may be told of, in the domains wanted,
 * and which of those have none. Where none of his is in them, the regional id stands there, or the
 * system's own (ITI TF-2: 3.47.4.2.2: one at least). False: he may not be told of any more. */
struct demographics_shown {
	struct patient_record record;
	struct patient_identifier *ids;
	bool as_wanted; /* they are in the domains wanted; else they stand for those */
	const struct assigning_authority **without; /* NULL-ended */
};
bool demographics_supplier_show(struct store_txn *t, struct arena *a,
				const struct demographics_asker *asker, uint64_t record,
				const struct patient_identifier *domains,
				struct demographics_shown *out);

#endif
