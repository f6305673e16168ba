/* tests/policy/decide_rules_test.c: what a region's rules, its patients and other regions have to
 * say about each document. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/policy_file.h"
#include "store/acceptances.h"
#include "store/registry.h"
#include "store/registry_front.h"
#include "tests/policy/decide_scene.h"

#define KINDS "documents note type N^2.999.5\ndocuments letter type L^2.999.5\nrole doctor\n"

static struct coded_value note = { .code = "N", .scheme = "2.999.5" },
			  normal = { .code = "N", .scheme = "2.16.840.1.113883.5.25" };

static struct registered_system titled[COUNT(people_systems)];
static struct text_value addressees[2]; /* of the set; the first without a value: none */

/* The scene with c-hospital's set of a note, a folder with it, and a region of these rules. */
static struct decisions *under_rules(struct scene *s, struct submitted *x, const char *rules,
				     const char *asker)
{
	scene_begin(s);
	compose(s, x, s->records[0]);
	x->entry.type_code = &note;
	x->set.intended_recipients = addressees[0].value == NULL ? NULL : addressees;
	x->entry.confidentiality_codes = &normal;
	struct association inside = { .id = uuid(s),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .source = x->folder.id,
				      .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				      .target = x->entry.id };
	x->members[1].next = &inside;
	store_end(s->t);
	CU_ASSERT_TRUE_FATAL(store_write(s->f.store, submit, x, &s->f.problem));
	s->t = store_begin_read(s->f.store, &s->f.problem);
	if (rules != NULL) {
		const char *text = arena_printf(s->f.arena, KINDS "%s\n", rules);
		s->region.policy =
			policy_file_read(s->f.arena, "rules", bytes_of_text(text), NULL).policy;
		CU_ASSERT_PTR_NOT_NULL_FATAL(s->region.policy);
	}
	memcpy(titled, people_systems, sizeof titled);
	titled[0].title = "A病院";
	s->region.systems = titled;
	struct requester who = { .region = &s->region,
				 .system = region_system(&s->region, asker),
				 .operates = asker == NULL };
	return asker == NULL ? policy_begin_operator(s->f.arena, &who)
			     : policy_begin(s->f.arena, &who);
}

/* What gathers documents goes with them. Neither one's own nor the operator's right is of rules. */
static void by_document(void)
{
	static const struct {
		const char *rules, *asker;
		bool opens, denied;
		const char *rule, *owed;
	} rows[] = {
		{ NULL, "b-clinic", true, false, "joined", NULL },
		{ "default permit", "b-clinic", true, false, "region-permits", NULL },
		{ "default hide", "b-clinic", false, false, "region-hides", "region-hides" },
		{ "default deny", "b-clinic", false, true, "region-denies", "region-denies" },
		{ "hide documents note\ndefault permit", "b-clinic", false, false, "region-hides",
		  "region-hides" },
		{ "hide documents letter\ndefault permit", "b-clinic", true, false,
		  "region-permits", NULL },
		{ "permit role doctor\ndefault hide", "b-clinic", false, false, "region-hides",
		  "region-hides" },
		/* Deny before hide before permit, in whatever order they stand. */
		{ "permit documents note\nhide documents note\ndefault permit", "b-clinic", false,
		  false, "region-hides", "region-hides" },
		{ "hide documents note\npermit documents note\ndefault permit", "b-clinic", false,
		  false, "region-hides", "region-hides" },
		{ "deny documents note\nhide documents note\ndefault permit", "b-clinic", false,
		  true, "region-denies", "region-denies" },
		{ "default hide", "c-hospital", true, false, "own", NULL },
		{ "default deny", NULL, true, false, "operator", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		struct decisions *d = under_rules(&s, &x, rows[i].rules, rows[i].asker);
		const struct decision *now = policy_of_entry(d, s.t, &x.entry);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_EQUAL(now->ruling, rows[i].opens    ? RULING_PERMIT
					     : rows[i].denied ? RULING_DENY
							      : RULING_HIDE);
		CU_ASSERT_EQUAL(policy_denied(d), rows[i].denied);
		CU_ASSERT_EQUAL(policy_stood_on(d) != NULL, text_starts(now->rule, "region-"));
		CU_ASSERT_TRUE(text_equal(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena),
					  rows[i].owed));
		CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), 0);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, rows[i].opens);
		CU_ASSERT_EQUAL(policy_denied(d), rows[i].denied);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		struct sealed_folder *f = registry_folder(s.t, s.f.arena, x.folder.id);
		CU_ASSERT_EQUAL(policy_open_folder(d, s.t, f) != NULL, rows[i].opens);
		scene_end(&s);
	}
}

static bool accept(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return acceptance_put(t, with, "a-hospital", 7);
}

/* What is addressed: who sees it before the first addressee, A, has had it, and after. */
static void by_addressee(void)
{
	static const struct {
		const char *rules, *to[2], *asker;
		bool before, after;
	} rows[] = {
		{ "addressed note\ndefault permit", { "A病院" }, "b-clinic", false, true },
		{ "addressed note\ndefault permit", { "A病院" }, "a-hospital", true, true },
		{ "addressed note\ndefault permit", { "A病院" }, "c-hospital", true, true },
		{ "addressed note\ndefault hide", { "A病院" }, "a-hospital", false, false },
		{ "addressed letter\ndefault permit", { "A病院" }, "b-clinic", true, true },
		{ "addressed note\ndefault permit", { NULL }, "b-clinic", true, true },
		{ "addressed note\ndefault permit", { "|^試験" }, "b-clinic", true, true },
		{ "addressed note\ndefault permit",
		  { "|^試験", "A病院|^試験" },
		  "b-clinic",
		  false,
		  true },
		{ "addressed note\ndefault permit",
		  { "A病院", "Z病院" },
		  "b-clinic",
		  false,
		  false },
		{ "addressed note\ndefault permit", { "Z病院" }, "a-hospital", false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		addressees[0] = (struct text_value){ rows[i].to[0], NULL };
		addressees[1] = (struct text_value){ rows[i].to[1], NULL };
		addressees[0].next = rows[i].to[1] == NULL ? NULL : &addressees[1];
		struct decisions *d = under_rules(&s, &x, rows[i].rules, rows[i].asker);
		bool opens = policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT;
		CU_ASSERT_EQUAL(opens, rows[i].before);
		CU_ASSERT_EQUAL(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena) == NULL,
				rows[i].before);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, x.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].before);
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(
			store_write(s.f.store, accept, (void *)x.entry.id, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		opens = policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT;
		CU_ASSERT_EQUAL(opens, rows[i].after);
		addressees[0] = (struct text_value){ NULL, NULL };
		scene_end(&s);
	}
}

static bool exclude_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct said_of {
		uint64_t subject;
		const char *target;
	} *s = with;
	const struct consent_event e = { .action = CONSENT_EXCLUDE,
					 .facility = s->target,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = 100 };
	return consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

/* What the person closed himself, in a region of rules and in one without. */
static void by_person(void)
{
	static const struct {
		const char *rules, *target, *asker, *rule;
	} rows[] = {
		{ NULL, "document/2.999.2", "b-clinic", "closed" },
		{ NULL, "document/2.999.9", "b-clinic", "not-closed" },
		{ "default permit", "document/2.999.2", "b-clinic", "closed" },
		{ "default permit", "document/2.999.9", "b-clinic", "region-permits" },
		{ "default hide", "document/2.999.9", "b-clinic", "region-hides" },
		{ "default permit", "documents/note", "b-clinic", "closed" },
		{ "default permit", "documents/letter", "b-clinic", "region-permits" },
		{ "default permit", "documents/letter", "c-hospital", "own" },
		{ "default permit", "document/2.999.2", "c-hospital", "own" },
		{ "default permit", "document/2.999.2", NULL, "operator" },
		{ "default permit", "role/doctor", "b-clinic", "region-permits" },
		{ "default permit", "role/unsaid", "b-clinic", "excluded" },
		{ "default permit", "b-clinic", "b-clinic", "excluded" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, rows[i].rules, rows[i].asker);
		struct {
			uint64_t subject;
			const char *target;
		} said = { s.records[0], rows[i].target };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, exclude_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, rows[i].asker),
					 .operates = rows[i].asker == NULL };
		struct decisions *d = who.operates ? policy_begin_operator(s.f.arena, &who)
						   : policy_begin(s.f.arena, &who);
		const struct decision *now = policy_of_entry(d, s.t, &x.entry);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
		CU_ASSERT_EQUAL(policy_open_entry(d, s.t, e) != NULL, now->ruling == RULING_PERMIT);
		/* Another's documents are not of it. */
		x.entry.subject = s.records[5];
		CU_ASSERT_STRING_NOT_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "closed");
		scene_end(&s);
	}
}

static bool grant_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct granting {
		uint64_t subject;
		const char *groups, *excluded;
	} *s = with;
	struct consent_event e = { .action = CONSENT_GRANT,
				   .facility = "b-clinic",
				   .groups = s->groups,
				   .reason = "asked at the desk",
				   .by = "clerk",
				   .time = 100,
				   .until = 1000 };
	if (!consent_record(t, &people_region, s->subject, &e, &coverage, p))
		return false;
	e.action = CONSENT_EXCLUDE;
	e.facility = s->excluded;
	e.groups = NULL;
	e.until = 0;
	return s->excluded == NULL
	       || consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

/* What a person who joined nothing opened to B for a visit: a note, or a letter; who sees the note,
 * in a region of opt-in and in one of opt-out. And what was made of it is of the same groups. */
static void by_grant(void)
{
	static const struct {
		const char *rules, *groups, *excluded, *asker;
		instant at;
		const char *in, *out;
	} rows[] = {
		{ "default permit", "note", NULL, "b-clinic", 999, "region-permits",
		  "region-permits" },
		{ "default permit", "letter,note", NULL, "b-clinic", 999, "region-permits",
		  "region-permits" },
		{ "default hide", "note", NULL, "b-clinic", 999, "region-hides", "region-hides" },
		{ "default permit", "letter", NULL, "b-clinic", 999, "not-granted",
		  "region-permits" },
		{ "default permit", "nothing", NULL, "b-clinic", 999, "not-granted",
		  "region-permits" },
		{ NULL, "note", NULL, "b-clinic", 999, "not-granted", "undecided" },
		{ "default permit", "note", NULL, "b-clinic", 1000, "not-joined",
		  "region-permits" },
		{ "default permit", "note", NULL, "a-hospital", 999, "not-joined",
		  "region-permits" },
		{ "default permit", "letter", NULL, "c-hospital", 999, "own", "own" },
		{ "default permit", "note", "b-clinic", "b-clinic", 999, "excluded", "excluded" },
		{ "default permit", "note", "documents/note", "b-clinic", 999, "closed", "closed" },
	};
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		bool opt_in = i < COUNT(rows);
		const size_t row = i % COUNT(rows);
		under_rules(&s, &x, rows[row].rules, rows[row].asker);
		struct {
			uint64_t subject;
			const char *groups, *excluded;
		} said = { s.records[3], rows[row].groups, rows[row].excluded };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		s.region.opt_in = opt_in;
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, rows[row].asker),
					 .time = rows[row].at };
		struct decisions *d = policy_begin(s.f.arena, &who);
		const char *rule = opt_in ? rows[row].in : rows[row].out;
		x.entry.subject = s.records[3];
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rule);
		CU_ASSERT_TRUE(!text_equal(rule, "not-granted")
			       || text_equal(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena),
					     "not-granted"));
		scene_end(&s);
	}
}

/* What was said of another region's gateway: by joined (0), left (1) and undecided (3) ones. */
static bool say_of_west(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct {
		uint64_t subject;
		const char *word;
	} *s = with;
	struct consent_event e = {
		.facility = "west", .reason = "asked", .by = "clerk", .time = 100
	};
	e.action = *s->word == '+'   ? CONSENT_INCLUDE
		   : *s->word == '-' ? CONSENT_EXCLUDE
				     : CONSENT_GRANT;
	e.groups = *s->word == 'g' ? "note" : NULL;
	e.until = *s->word == 'g' || strchr(s->word, 'u') != NULL ? 1000 : 0;
	return *s->word == '\0' || consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

static const struct registered_system west_systems[] = {
	{ .name = "west", .community = "w" }, { .name = "lost", .community = "nobody" }
};

/* It counts as excluded until its patient says otherwise, and no region's default says that for
 * him; what it submitted itself, whenever that was, is not its own. */
static void across_the_border(void)
{
	static const struct {
		size_t who;
		const char *said;
		bool opt_in, assumed;
		instant at;
		const char *rule, *document;
	} rows[] = {
		{ 0, "", true, false, 999, "community-not-included", "community-not-included" },
		{ 0, "", false, false, 999, "community-not-included", "community-not-included" },
		{ 0, "", true, true, 999, "joined", "region-permits" },
		{ 0, "+", true, false, 999, "joined", "region-permits" },
		{ 0, "+u", true, false, 999, "joined", "region-permits" },
		{ 0, "+u", true, false, 1000, "community-not-included", "community-not-included" },
		{ 0, "-", true, false, 999, "excluded", "excluded" },
		{ 0, "-", true, true, 999, "excluded", "excluded" },
		{ 0, "-u", true, false, 1000, "community-not-included", "community-not-included" },
		{ 0, "-u", true, true, 1000, "joined", "region-permits" },
		{ 0, "g", true, false, 999, "granted", "region-permits" },
		{ 0, "g", true, false, 1000, "community-not-included", "community-not-included" },
		{ 1, "+", true, false, 999, "left", "left" },
		{ 1, "", true, true, 999, "left", "left" },
		{ 3, "", true, false, 999, "not-joined", "not-joined" },
		{ 3, "", true, true, 999, "not-joined", "not-joined" },
		{ 3, "+", true, false, 999, "not-joined", "not-joined" },
		{ 3, "", false, false, 999, "community-not-included", "community-not-included" },
		{ 3, "+", false, false, 999, "undecided", "region-permits" },
		{ 3, "", false, true, 999, "undecided", "region-permits" },
		{ 3, "g", true, false, 999, "granted", "region-permits" },
		{ 3, "g", false, false, 999, "granted", "region-permits" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, "default permit", "b-clinic");
		struct {
			uint64_t subject;
			const char *word;
		} said = { s.records[rows[i].who], rows[i].said };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, say_of_west, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		const struct partner w = { .name = "w", .consent_assumed = rows[i].assumed };
		s.region.opt_in = rows[i].opt_in;
		s.region.partners = &w;
		s.region.partner_count = 1;
		struct requester who = { .region = &s.region,
					 .system = &west_systems[0],
					 .time = rows[i].at };
		struct decisions *d = policy_begin(s.f.arena, &who);
		CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, said.subject)->rule, rows[i].rule);
		x.entry.subject = said.subject;
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rows[i].document);
		x.entry.source_system = "west";
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, rows[i].document);
		scene_end(&s);
	}
}

/* Opened in part it is shown that part, though its person takes part in the region. */
static void opened_in_part_across_the_border(void)
{
	struct scene s;
	struct submitted x;
	const struct partner w = { .name = "w" };
	under_rules(&s, &x, "default permit", "b-clinic");
	struct {
		uint64_t subject;
		const char *groups, *excluded;
	} b = { s.records[0], "letter", NULL };
	struct {
		uint64_t subject;
		const char *word;
	} said = { s.records[0], "g" };
	store_end(s.t);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, say_of_west, &said, &s.f.problem));
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &b, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	s.region.partners = &w;
	s.region.partner_count = 1;
	struct requester who = { .region = &s.region, .system = &west_systems[0], .time = 999 };
	struct decisions *d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	x.entry.type_code = NULL;
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "not-granted");
	/* A facility that has joined ones anyway is not held to a grant. */
	who.system = region_system(&s.region, "b-clinic");
	d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	/* Whose community is no partner any more has nobody's word. */
	who.system = &west_systems[1];
	d = policy_begin(s.f.arena, &who);
	CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, s.records[0])->rule,
			       "community-not-included");
	CU_ASSERT_STRING_EQUAL(policy_owed_by(d, DUTY_RECORD, s.f.arena), "community-not-included");
	scene_end(&s);
}

/* Made of a joined record's and of a granted one's: only what was granted. */
static void made_of_what_was_granted(void)
{
	static const struct {
		const char *groups;
		bool opens;
	} rows[] = { { "note", true }, { "letter", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		under_rules(&s, &x, "default permit", "b-clinic");
		struct {
			uint64_t subject;
			const char *groups, *excluded;
		} said = { s.records[3], rows[i].groups, NULL };
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, grant_job, &said, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		s.region.opt_in = true;
		struct requester who = { .region = &s.region,
					 .system = region_system(&s.region, "b-clinic"),
					 .time = 999 };
		struct decisions *d = policy_begin(s.f.arena, &who);
		struct object_source of = { .subject = s.records[3], .system = "c-hospital" };
		CU_ASSERT_EQUAL(policy_of_record(d, s.t, s.records[3])->ruling, RULING_PERMIT);
		/* The same person's, as far as who made it knew. */
		x.entry.subject = s.records[3];
		x.entry.sources = &of;
		CU_ASSERT_EQUAL(policy_of_entry(d, s.t, &x.entry)->ruling == RULING_PERMIT,
				rows[i].opens);
		/* One of others, joined, is of no grant. */
		of.subject = s.records[0];
		x.entry.subject = s.records[0];
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
		scene_end(&s);
	}
}

/* An association of the second submission that leads to the first one's document. */
static void lead(struct scene *s, struct submitted *from, struct association *out, size_t at,
		 enum association_type type, const char *source, const char *target,
		 const char *status)
{
	out[at] = (struct association){ .id = uuid(s),
					.type = type,
					.type_urn = association_type_urn(type),
					.source = source,
					.target = target,
					.submission_set_status = status,
					.next = from->all.associations };
	from->all.associations = &out[at];
}

/* A document is addressed by the set it came with: by none that only refers to it, by nobody
 * else's, and by no addendum. */
static void by_its_own_set(void)
{
	struct scene s;
	struct submitted x, more;
	struct association leads[3];
	addressees[0] = (struct text_value){ "A病院", NULL };
	struct decisions *d = under_rules(&s, &x, "addressed note\ndefault permit", "b-clinic");
	store_end(s.t);
	compose(&s, &more, s.records[0]);
	more.set.unique_id = "2.999.4";
	more.entry.unique_id = "2.999.5";
	more.folder.unique_id = "2.999.6";
	more.set.source_system = "a-hospital";
	lead(&s, &more, leads, 0, ASSOCIATION_HAS_MEMBER, more.set.id, x.entry.id, "Original");
	lead(&s, &more, leads, 1, ASSOCIATION_HAS_MEMBER, more.set.id, x.entry.id, "Reference");
	lead(&s, &more, leads, 2, ASSOCIATION_APND, more.entry.id, x.entry.id, NULL);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &more, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "addressed");
	x.entry.source_system = "d-pharmacy"; /* who has submitted no set that holds it */
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "region-permits");
	addressees[0] = (struct text_value){ NULL, NULL };
	scene_end(&s);
}

/* A set that does nothing but put a document into a folder is seen with the document; what relates
 * two documents says nothing of whom a set is for. */
static void by_membership(void)
{
	static const struct {
		const char *rules;
		enum association_type type;
		bool opens;
	} rows[] = {
		{ "default permit", ASSOCIATION_HAS_MEMBER, true },
		{ "default hide", ASSOCIATION_HAS_MEMBER, false },
		{ "default permit", ASSOCIATION_APND, true },
		{ "default hide", ASSOCIATION_APND, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x, more;
		struct association leads[2];
		struct decisions *d = under_rules(&s, &x, rows[i].rules, "b-clinic");
		store_end(s.t);
		compose(&s, &more, s.records[0]);
		more.set.unique_id = "2.999.4";
		more.all = (struct submission){ .set = &more.set };
		lead(&s, &more, leads, 0, rows[i].type, x.folder.id, x.entry.id, NULL);
		more.all.associations = &leads[0];
		lead(&s, &more, leads, 1, ASSOCIATION_HAS_MEMBER, more.set.id, leads[0].id,
		     "Original");
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, submit, &more, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		struct sealed_set *set = registry_submission_set(s.t, s.f.arena, more.set.id);
		CU_ASSERT_EQUAL(policy_open_set(d, s.t, set) != NULL, rows[i].opens);
		scene_end(&s);
	}
}

/* What is left of the entry is its front. */
static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	static const unsigned char space = SPACE_ENTRY;
	struct bytes found, value;
	struct key k = { .overflow = false };
	unsigned char kept[4096];
	size_t length = 0;
	(void)with, (void)p;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	if (store_next(c, &found, &value) && value.length <= sizeof kept) {
		memcpy(k.data, found.data, k.length = found.length);
		memcpy(kept, value.data, length = value.length);
	}
	store_scan_end(c);
	size_t front = AT_SYSTEM + strlen((const char *)kept + AT_SYSTEM) + 1;
	if (length > front)
		memset(kept + front, 0xff, length - front);
	return store_put(t, key_span(&k), (struct bytes){ kept, length });
}

/* Nobody is shown what cannot be read. */
static void unreadable_by_rules(void)
{
	struct scene s;
	struct submitted x;
	struct decisions *d = under_rules(&s, &x, "default permit", "b-clinic");
	store_end(s.t);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, spoil, NULL, &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct sealed_entry *e = registry_entry(s.t, s.f.arena, x.entry.id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(policy_open_entry(d, s.t, e));
	scene_end(&s);
}

/* What the rules say of the document they say of its form, whatever that says of itself; and what
 * cannot be read of the one opens no other. */
static void a_form_by_rules(void)
{
	static const struct {
		const char *rules, *rule;
		bool spoilt;
	} rows[] = {
		{ "hide documents note\ndefault permit", "region-hides", false },
		{ "deny documents note\ndefault permit", "region-denies", false },
		{ "hide documents letter\ndefault permit", "region-permits", false },
		{ "addressed note\ndefault permit", "addressed", false },
		{ "addressed letter\ndefault permit", "region-permits", false },
		{ "default permit", "region-permits", false },
		{ "default permit", "nobody", true },
	};
	static struct coded_value letter = { .code = "L", .scheme = "2.999.5" };
	addressees[0] = (struct text_value){ "A病院", NULL };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		struct decisions *d = under_rules(&s, &x, rows[i].rules, "b-clinic");
		const struct object_source of = { s.records[0], "c-hospital", NULL, x.entry.id };
		struct document_entry form = x.entry;
		form.id = form.logical_id = uuid(&s);
		form.unique_id = "2.999.12";
		form.type_code = &letter;
		form.sources = &of;
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(!rows[i].spoilt
				     || store_write(s.f.store, spoil, NULL, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &form)->rule, rows[i].rule);
		scene_end(&s);
	}
	addressees[0] = (struct text_value){ NULL, NULL };
}

static bool follow(void *with, struct store_txn *t, struct problem *p)
{
	struct submitted *next = with;
	struct registry_successor of = { .id = next->entry.id, .previous = next->folder.id };
	next->all.folders = NULL;
	return registry_update(t, store_arena(t), &next->all, &of, NULL, 2, p);
}

/* The latest version decides, and one that cannot be read opens nothing. */
static void a_form_of_what_was_updated(void)
{
	static struct coded_value letter = { .code = "L", .scheme = "2.999.5" };
	static const char *const rules[] = { "region-hides", "unreadable" };
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct scene s;
		struct submitted x, next;
		struct decisions *d = under_rules(&s, &x, "hide documents letter\ndefault permit",
						  "b-clinic");
		const struct object_source of = { s.records[0], "c-hospital", NULL, x.entry.id };
		struct document_entry form = x.entry;
		form.id = form.logical_id = uuid(&s);
		form.unique_id = "2.999.12";
		form.sources = &of;
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &form)->rule, "region-permits");
		compose(&s, &next, s.records[0]);
		next.set.unique_id = "2.999.4";
		next.entry.type_code = &letter;
		next.folder.id = x.entry.id;
		next.members[0].next = NULL;
		store_end(s.t);
		CU_ASSERT_TRUE_FATAL(store_write(s.f.store, follow, &next, &s.f.problem));
		CU_ASSERT_TRUE_FATAL(i == 0 || store_write(s.f.store, spoil, NULL, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &form)->rule, rules[i]);
		scene_end(&s);
	}
}

/* A reference says too little to decide by: its entry is read. */
static void by_reference(void)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	static const struct {
		const char *rules;
		bool opens, whole;
	} rows[] = { { NULL, true, false },
		     { "hide documents letter\ndefault permit", true, true },
		     { "hide documents note\ndefault permit", false, false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct submitted x;
		struct decisions *d = under_rules(&s, &x, rows[i].rules, "b-clinic");
		struct registry_cursor *c = registry_entries(s.t, s.f.arena, s.records[0], &all);
		registry_refer(c);
		struct sealed_entry *sealed = registry_next_entry(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(sealed);
		struct document_entry *e = policy_open_entry(d, s.t, sealed);
		CU_ASSERT_EQUAL(e != NULL, rows[i].opens);
		if (e != NULL) {
			CU_ASSERT_STRING_EQUAL(e->id, x.entry.id);
			CU_ASSERT_EQUAL(e->type_code != NULL, rows[i].whole);
		}
		registry_cursor_over(c);
		scene_end(&s);
	}
}

/* Who has not joined stays hidden, whatever rules permit. */
static void rules_open_nobody(void)
{
	struct scene s;
	struct submitted x;
	struct decisions *d = under_rules(&s, &x, "default permit", "b-clinic");
	x.entry.subject = s.records[1];
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &x.entry)->rule, "left");
	CU_ASSERT_PTR_NULL(policy_stood_on(d));
	scene_end(&s);
}

static const struct test tests[] = {
	{ "by document", by_document },
	{ "by its own set", by_its_own_set },
	{ "by membership", by_membership },
	{ "unreadable, by rules", unreadable_by_rules },
	{ "by addressee", by_addressee },
	{ "by person", by_person },
	{ "documents that were granted for a visit", by_grant },
	{ "across the border", across_the_border },
	{ "opened in part across the border", opened_in_part_across_the_border },
	{ "what was made of what was granted", made_of_what_was_granted },
	{ "by reference", by_reference },
	{ "a form, by rules", a_form_by_rules },
	{ "a form of what was updated", a_form_of_what_was_updated },
	{ "rules open nobody", rules_open_nobody },
	{ 0 }
};

int main(void)
{
	return suite_run("policy: a region's rules", tests);
}
