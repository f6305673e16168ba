/* gateway/operator/demo_sharing.c: the demo's middle: 山田健一 at three institutions, each of which
 * finds and reads his records at the others with its own number only. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/operator/demo_letter.h"
#include "gateway/operator/demo_scene.h"

#define YAMADA_AT_B "031"
enum { DOCUMENTS_SHOWN = 3, LINES_SHOWN = 3 };

static bool feed(struct demo_scene *s, struct problem *p)
{
	struct demo_node *b = &s->nodes[DEMO_B];
	const struct demo_person *yamada = demo_person(s, DEMO_YAMADA);
	const struct patient_demographics d = demo_person_demographics(
		s->arena, yamada, &yamada->at[DEMO_HOSPITAL_A]);
	const char *code = "", *text = "";
	if (!demo_node_feed(b, b->domain, YAMADA_AT_B, &d, &code, &text, p))
		return false;
	demo_say(s, "山田健一（ヤマダ ケンイチ）1941-05-03 男",
		 "ITI-8 over MLLP, ISO-2022-JP: accepted");
	return demo_expect(s, text_equal(code, "AA"), text);
}

static bool ask_number(struct demo_scene *s, struct problem *p)
{
	struct demo_node *b = &s->nodes[DEMO_B];
	const struct demo_question regional = { b->domain, YAMADA_AT_B, s->affinity_domain };
	const struct demo_question of_a = { b->domain, YAMADA_AT_B, s->nodes[DEMO_A].domain };
	const char *code = "", *none = NULL;
	if (!demo_node_cross_reference(b, &regional, &s->affinity_id, &code, p)
	    || !demo_expect(s, s->affinity_id != NULL, code))
		return false;
	demo_say(s, arena_printf(s->arena, "地域の番号 %.8s…（無作為な番号）", s->affinity_id),
		 "the region's id: random, without meaning");
	if (!demo_node_cross_reference(b, &of_a, &none, &code, p))
		return false;
	demo_say(s, "A病院での番号 101 は教えられない", "A's number for him is not told");
	return demo_expect(s, none == NULL, "B was told A's number");
}

static bool share_letter(struct demo_scene *s, struct problem *p)
{
	struct demo_node *b = &s->nodes[DEMO_B];
	const char *refused = NULL;
	s->letter = demo_letter_unique_id(b);
	const struct demo_written written = { &demo_letter, demo_person(s, DEMO_YAMADA),
					      YAMADA_AT_B, s->letter, b->clock->now(b->clock) };
	struct submission *letter = demo_letter_submission(b, &written);
	struct bytes document = demo_letter_write(b, &written);
	if (!demo_node_provide(b, letter, document, &refused, p)
	    || !demo_expect(s, refused == NULL, refused))
		return false;
	demo_say(s, "診療情報提供書（CDA R2）を登録",
		 arena_printf(s->arena, "ITI-41: %zu bytes registered and kept", document.length));
	return true;
}

static void say_documents(struct demo_scene *s, const struct document_entry *e,
			  const char *institution)
{
	unsigned shown = 0, count = demo_documents_of(e, institution);
	demo_say(s, arena_printf(s->arena, "%s: %u 件", institution, count),
		 arena_printf(s->arena, "%u at %s", count, institution));
	for (; e != NULL && shown < DOCUMENTS_SHOWN; e = e->next) {
		if (!text_equal(demo_document_institution(s->arena, e), institution))
			continue;
		demo_say(s,
			 arena_printf(s->arena, "　・%s", e->title != NULL ? e->title->value : "?"),
			 arena_printf(s->arena, "  type %s, %s bytes",
				      e->type_code != NULL ? e->type_code->code : "?",
				      e->size != NULL ? e->size : "?"));
		shown++;
	}
	if (count > shown)
		demo_say(s, arena_printf(s->arena, "　・ほか %u 件", count - shown),
			 arena_printf(s->arena, "  and %u more", count - shown));
}

static bool found_all(struct demo_scene *s, const struct document_entry *e)
{
	return demo_expect(s,
			   demo_documents_of(e, s->nodes[DEMO_A].title) == DEMO_YAMADA_DOCUMENTS
				   && demo_documents_of(e, s->nodes[DEMO_B].title) == 1
				   && demo_documents_of(e, s->nodes[DEMO_C].title)
					      == DEMO_YAMADA_DOCUMENTS,
			   "not every document of the three institutions was found");
}

static bool find_by_031(struct demo_scene *s, struct problem *p)
{
	struct demo_node *b = &s->nodes[DEMO_B];
	const char *refused = NULL;
	if (!demo_node_find(b, demo_node_cx(b, YAMADA_AT_B), &s->seen_by_b, &refused, p)
	    || !demo_expect(s, refused == NULL, refused))
		return false;
	say_documents(s, s->seen_by_b, s->nodes[DEMO_A].title);
	say_documents(s, s->seen_by_b, s->nodes[DEMO_C].title);
	return found_all(s, s->seen_by_b);
}

static const struct document_entry *pick(struct demo_scene *s, const struct document_entry *e,
					 const char *institution, const char *type)
{
	for (; e != NULL; e = e->next) {
		const char *title = e->title != NULL ? e->title->value : "";
		if (text_equal(demo_document_institution(s->arena, e), institution)
		    && strstr(title, type) != NULL)
			return e;
	}
	return NULL;
}

static bool retrieve(struct demo_scene *s, struct demo_node *who, const struct document_entry *e,
		     struct bytes *octets, struct problem *p)
{
	const char *refused = NULL;
	if (e == NULL)
		return demo_expect(s, false, "the document was not found");
	if (!demo_node_retrieve(who, e, octets, &refused, p)
	    || !demo_expect(s, refused == NULL, refused))
		return false;
	demo_say(s,
		 arena_printf(s->arena, "%s：内容一致を確認",
			      e->title != NULL ? e->title->value : ""),
		 arena_printf(s->arena, "ITI-43: %zu bytes, SHA-1 and size verified",
			      octets->length));
	return demo_expect(s, demo_document_is_whole(e, *octets),
			   "hash or size differ from the metadata");
}

/* What is in it, as the hospital's system wrote it. */
static bool say_message(struct demo_scene *s, struct bytes octets, const char *segment,
			unsigned value, struct problem *p)
{
	struct hl7_message *m;
	unsigned shown = 0;
	if (!hl7_parse(s->arena, octets, NULL, &m, p))
		return false;
	const struct hl7_segment *pid = hl7_segment(m, "PID", 1);
	const char *name = arena_printf(s->arena, "%s %s", hl7_value(pid, 5, 1, 1, 1),
					hl7_value(pid, 5, 1, 2, 1));
	for (const struct hl7_segment *one;
	     (one = hl7_segment(m, segment, shown + 1)) != NULL && shown < LINES_SHOWN; shown++) {
		unsigned what = value == 5 ? 3 : 2;
		demo_say(s, arena_printf(s->arena, "　・%s", hl7_value(one, what, 1, 2, 1)),
			 arena_printf(s->arena, "  %s %s", hl7_value(one, value, 1, 1, 1),
				      hl7_value(one, value + 1, 1, value == 5 ? 1 : 2, 1)));
	}
	return demo_expect(s, shown > 0 && text_equal(name, "山田 健一"),
			   "it is not about 山田健一");
}

static bool read_prescription(struct demo_scene *s, struct problem *p)
{
	struct bytes octets = { NULL, 0 };
	return retrieve(s, &s->nodes[DEMO_B], pick(s, s->seen_by_b, s->nodes[DEMO_A].title, "処方"),
			&octets, p)
	       && say_message(s, octets, "RXE", 10, p);
}

static bool read_results(struct demo_scene *s, struct problem *p)
{
	struct bytes octets = { NULL, 0 };
	return retrieve(s, &s->nodes[DEMO_B], pick(s, s->seen_by_b, s->nodes[DEMO_C].title, "検査"),
			&octets, p)
	       && say_message(s, octets, "OBX", 5, p);
}

/* With its own number only: the region's id by ITI-45, the documents by ITI-18, the letter by
 * ITI-43. */
static bool read_letter(struct demo_scene *s, enum demo_system system, enum demo_hospital hospital,
			struct problem *p)
{
	struct demo_node *who = &s->nodes[system];
	const char *id = demo_person(s, DEMO_YAMADA)->at[hospital].id;
	const struct demo_question q = { who->domain, id, s->affinity_domain };
	const char *code = "", *found = NULL, *refused = NULL;
	struct document_entry *documents;
	struct bytes octets = { NULL, 0 };
	if (!demo_node_cross_reference_v3(who, &q, &found, &code, p)
	    || !demo_node_find(who, demo_node_cx(who, id), &documents, &refused, p)
	    || !demo_expect(s, refused == NULL, refused))
		return false;
	bool same = demo_expect(s, text_equal(found, s->affinity_id),
				"its person is another one than B's");
	demo_say(s,
		 arena_printf(s->arena, "%s で照会：B診療所 %u 件", id,
			      demo_documents_of(documents, s->nodes[DEMO_B].title)),
		 arena_printf(s->arena, "by %s: ITI-45 same person, ITI-18 finds B's", id));
	return found_all(s, documents)
	       && retrieve(s, who, pick(s, documents, s->nodes[DEMO_B].title, demo_letter.title),
			   &octets, p)
	       && demo_expect(s,
			      octets.data != NULL
				      && memmem(octets.data, octets.length, "労作時の息切れ",
						strlen("労作時の息切れ"))
						 != NULL,
			      "the letter is not what B wrote")
	       && same;
}

static bool read_by_101(struct demo_scene *s, struct problem *p)
{
	return read_letter(s, DEMO_A, DEMO_HOSPITAL_A, p);
}

static bool read_by_522(struct demo_scene *s, struct problem *p)
{
	return read_letter(s, DEMO_C, DEMO_HOSPITAL_C, p);
}

const struct demo_act demo_acts_sharing[] = {
	{ "山田健一さんの診療", "Caring for 山田健一: 101 at A, 031 at B, 522 at C", "B診療所",
	  "山田健一さんを患者 031 として届け出る", "tells the region of its patient 031", feed },
	{ NULL, NULL, "B診療所", "031 は地域のだれかと尋ねる",
	  "asks who 031 is in the region (ITI-9)", ask_number },
	{ NULL, NULL, "B診療所", "紹介状を共有する", "shares a referral letter", share_letter },
	{ NULL, NULL, "B診療所", "031 で他院の記録を探す", "asks by 031 what others hold (ITI-18)",
	  find_by_031 },
	{ NULL, NULL, "B診療所", "A病院の処方を読む", "reads a prescription of A病院",
	  read_prescription },
	{ NULL, NULL, "B診療所", "C病院の検査結果を読む", "reads a lab report of C病院",
	  read_results },
	{ NULL, NULL, "A病院", "101 で探し、B診療所の紹介状を読む",
	  "asks by 101 and reads B's letter", read_by_101 },
	{ NULL, NULL, "C病院", "522 で探し、B診療所の紹介状を読む",
	  "asks by 522 and reads B's letter", read_by_522 },
	{ 0 }
};
