/* gateway/operator/demo_moving.c: the demo's move (転居): 山田健一 goes to live in the neighbouring
 * region, and his records are found and read there once he has permitted it, and no longer. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/demo_scene.h"

#define YAMADA_AT_E "E7"
#define YAMADA_AT_A "101@a-hospital"

/* He has kept his telephone. */
static const struct demo_writing at_e = { .id = YAMADA_AT_E,
					  .family = "山田",
					  .phone = "099-0123-0101",
					  .postcode = "999-0701",
					  .address = "湊県となり市岬町99丁目7番1号" };

static bool consent(const struct demo_admin *admin, json_t *body, struct problem *p)
{
	return demo_admin_post(admin, "/admin/consent", body, p) != NULL;
}

/* At home: whether that region may have his records. */
static bool permit(struct demo_scene *s, const char *action, struct problem *p)
{
	return consent(&s->admin,
		       json_pack("{s:s, s:s, s:s, s:s}", "patient", YAMADA_AT_A, "action", action,
				 "facility", DEMO_THEIR_GATEWAY, "reason", "本人の申し出 (demo)"),
		       p);
}

/* What the first region answers when the second asks for him (ITI-55). */
static const char *discovered(struct demo_scene *s, struct problem *p)
{
	const json_t *told = demo_admin_post(
		&s->neighbour->admin, "/admin/partner/discover",
		json_pack("{s:s, s:s}", "patient", YAMADA_AT_E "@e-hospital", "partner", DEMO_HERE),
		p);
	return demo_text(json_array_get(json_object_get(told, "communities"), 0), "answer");
}

static bool find(struct demo_scene *s, struct document_entry **found, struct problem *p)
{
	struct demo_node *e = &s->neighbour->hospital;
	const char *refused = NULL;
	return demo_node_find(e, demo_node_cx(e, YAMADA_AT_E), found, &refused, p)
	       && demo_expect(s, refused == NULL, refused);
}

static bool arrive(struct demo_scene *s, struct problem *p)
{
	struct demo_node *e = &s->neighbour->hospital;
	const struct patient_demographics d = demo_person_demographics(
		s->arena, demo_person(s, DEMO_YAMADA), &at_e);
	const char *code = "", *text = "";
	if (!demo_node_feed(e, e->domain, YAMADA_AT_E, &d, &code, &text, p)
	    || !demo_expect(s, text_equal(code, "AA"), text)
	    || !consent(&s->neighbour->admin,
			json_pack("{s:s, s:s, s:s}", "patient", YAMADA_AT_E "@e-hospital", "action",
				  "join", "reason", "同意書 (demo)"),
			p))
		return false;
	demo_say(s, "となり地域は別の組織、別の番号、別のサーバ",
		 "another region: its own ids, authority and daemon");
	demo_say(s, "山田さんはそこでも参加に同意", "he takes part there, too");
	return true;
}

static bool nothing_yet(struct demo_scene *s, struct problem *p)
{
	struct document_entry *found;
	const char *answer = discovered(s, p);
	if (!find(s, &found, p))
		return false;
	demo_say(s, "みなと地域は知らないと答え、何も見えない",
		 "the first region knows nobody; nothing is seen");
	return demo_expect(s, text_equal(answer, "unknown"), "he was told before he permitted it")
	       && demo_expect(s, found == NULL, "records crossed before he permitted it");
}

static bool permitted(struct demo_scene *s, struct problem *p)
{
	if (!permit(s, "include", p))
		return false;
	const char *answer = discovered(s, p);
	demo_say(s, "となり地域は、そのための無作為な番号だけを受け取る",
		 "ITI-55: known, by a random code for that region only");
	return demo_expect(s, text_equal(answer, "known"), answer);
}

static const struct document_entry *letter_of(const struct demo_scene *s,
					      const struct document_entry *e)
{
	while (e != NULL && !text_equal(e->unique_id, s->letter))
		e = e->next;
	return e;
}

static bool read_letter(struct demo_scene *s, const struct document_entry *e, struct problem *p)
{
	static const char words[] = "労作時の息切れ";
	struct bytes octets;
	const char *refused = NULL;
	if (!demo_node_retrieve(&s->neighbour->hospital, e, &octets, &refused, p)
	    || !demo_expect(s, refused == NULL, refused))
		return false;
	demo_say(s, arena_printf(s->arena, "B診療所の紹介状 %zu バイト", octets.length),
		 arena_printf(s->arena, "ITI-43, ITI-39: %zu bytes, SHA-1 and size verified",
			      octets.length));
	return demo_expect(s, demo_document_is_whole(e, octets), "hash or size are wrong")
	       && demo_expect(s,
			      octets.data != NULL
				      && memmem(octets.data, octets.length, words, strlen(words))
						 != NULL,
			      "the letter is not what B wrote");
}

static bool follows(struct demo_scene *s, struct problem *p)
{
	struct document_entry *found;
	if (!find(s, &found, p))
		return false;
	unsigned of_a = demo_documents_of(found, s->nodes[DEMO_A].title),
		 of_c = demo_documents_of(found, s->nodes[DEMO_C].title);
	const struct document_entry *letter = letter_of(s, found);
	demo_say(
		s, arena_printf(s->arena, "A病院 %u 件、C病院 %u 件、B診療所の紹介状", of_a, of_c),
		arena_printf(s->arena, "by E7: %u of A, %u of C, B's letter (ITI-38)", of_a, of_c));
	return demo_expect(s, of_a == DEMO_YAMADA_DOCUMENTS && of_c == DEMO_YAMADA_DOCUMENTS,
			   "not all of his records followed him")
	       && demo_expect(s, letter != NULL, "the letter did not follow him")
	       && demo_expect(s, strstr(letter->patient_id, s->nodes[DEMO_A].domain) == NULL,
			      "a number of A crossed the border")
	       && read_letter(s, letter, p);
}

static bool who_looked(struct demo_scene *s, struct problem *p)
{
	const json_t *looks = demo_admin_list(
		&s->admin, "/admin/audit/looked?patient=101%40a-hospital&language=ja", "looks", p);
	unsigned count = 0;
	for (size_t i = 0; i < json_array_size(looks); i++)
		count += strstr(demo_text(json_array_get(looks, i), "who"), "となり地域") != NULL;
	demo_say(s, arena_printf(s->arena, "本人の閲覧記録に「となり地域」が %u 回", count),
		 arena_printf(s->arena, "his list of who looked names it %u times", count));
	return demo_expect(s, count >= 2, "he is not told that the other region looked");
}

static bool ends(struct demo_scene *s, struct problem *p)
{
	struct document_entry *found;
	if (!permit(s, "exclude", p) || !find(s, &found, p))
		return false;
	const json_t *store = demo_admin_post(&s->neighbour->admin, "/admin/check", json_object(),
					      p),
		     *chain = demo_admin_post(&s->neighbour->admin, "/admin/audit/verify",
					      json_object(), p);
	demo_say(s, "すぐに何も見えなくなる", "at once nothing is seen any more");
	demo_say(s, "となり地域の保管庫と監査記録も検査：異常なし",
		 "the other region's store and audit chain: whole");
	return demo_expect(s, found == NULL, "records are seen that he permits no more")
	       && demo_expect(s,
			      json_is_true(json_object_get(store, "valid"))
				      && json_is_true(json_object_get(chain, "valid")),
			      "the other region is not whole");
}

const struct demo_act demo_acts_moving[] = {
	{ "転居：山田健一さん、となり地域へ",
	  "Moving: 山田健一 goes to live in the neighbouring region", "E病院",
	  "転居してきた患者 E7 として届け出る", "registers him as its patient E7", arrive },
	{ NULL, NULL, "E病院", "許可の前に E7 で探す", "asks by E7 before he has permitted it",
	  nothing_yet },
	{ NULL, NULL, "事務局", "本人がとなり地域への提供を許可する",
	  "he permits that his records follow", permitted },
	{ NULL, NULL, "E病院", "E7 で探し、B診療所の紹介状を読む",
	  "asks by E7 and reads B's letter", follows },
	{ NULL, NULL, "事務局", "だれが見たかを本人に伝える", "tells him who looked", who_looked },
	{ NULL, NULL, "E病院", "本人が許可を取り消したあとに探す",
	  "asks again when he has taken it back", ends },
	{ 0 }
};
