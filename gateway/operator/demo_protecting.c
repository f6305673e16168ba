/* gateway/operator/demo_protecting.c: the demo's last acts: what must not be seen is not seen, and
 * who is not entitled is refused. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/demo_scene.h"
#include "gateway/operator/demo_watch.h"
#include "gateway/operator/pki.h"

/* What D sees of 山田健一, by the region's id that stands on his card. */
static bool find_for_d(struct demo_scene *s, struct document_entry **found, struct problem *p)
{
	struct demo_node *d = &s->nodes[DEMO_D];
	const char *refused = NULL;
	*found = NULL;
	if (!demo_expect(s, s->affinity_id != NULL, "the region's id is not known")
	    || !demo_node_find(
		    d, arena_printf(s->arena, "%s^^^&%s&ISO", s->affinity_id, s->affinity_domain),
		    found, &refused, p))
		return false;
	return true;
}

static bool pharmacy_allowed(struct demo_scene *s, struct problem *p)
{
	struct document_entry *found;
	if (!find_for_d(s, &found, p))
		return false;
	unsigned count = demo_documents_of(found, s->nodes[DEMO_A].title)
			 + demo_documents_of(found, s->nodes[DEMO_C].title);
	demo_say(s, arena_printf(s->arena, "参加者なので見える：A・C病院の %u 件", count),
		 arena_printf(s->arena, "he has joined: sees %u of A and C", count));
	return demo_expect(s, count == 2 * DEMO_YAMADA_DOCUMENTS,
			   "D does not see what policy grants it");
}

static bool exclude_pharmacy(struct demo_scene *s, struct problem *p)
{
	const json_t *now = demo_admin_post(
		&s->admin, "/admin/consent",
		json_pack("{s:s, s:s, s:s, s:s}", "patient", "101@a-hospital", "action", "exclude",
			  "facility", s->nodes[DEMO_D].name, "reason", "本人の申し出 (demo)"),
		p);
	demo_say(s, "山田さんの申し出により D薬局を除外", "at his wish D薬局 is excluded");
	return now != NULL
	       && demo_expect(s, json_array_size(json_object_get(now, "excluded")) == 1,
			      "D is not excluded");
}

static bool pharmacy_hidden(struct demo_scene *s, struct problem *p)
{
	struct document_entry *found, *seen_by_b;
	const char *refused = NULL;
	if (!find_for_d(s, &found, p)
	    || !demo_node_find(&s->nodes[DEMO_B], demo_node_cx(&s->nodes[DEMO_B], "031"),
			       &seen_by_b, &refused, p))
		return false;
	demo_say(s, "存在しない人のように何も見えない", "as if he did not exist: nothing is seen");
	demo_say(s, "B診療所にはこれまでどおり見える", "B診療所 sees everything as before");
	return demo_expect(s, found == NULL, "D still sees documents")
	       && demo_expect(s,
			      demo_documents_of(seen_by_b, s->nodes[DEMO_A].title)
				      == DEMO_YAMADA_DOCUMENTS,
			      "B no longer sees what it should");
}

/* 鈴木花子 is 102 at A and 523 at C, and has not joined: C sees what is its own. */
static bool not_joined(struct demo_scene *s, struct problem *p)
{
	struct demo_node *c = &s->nodes[DEMO_C];
	const char *id = demo_person(s, DEMO_SUZUKI)->at[DEMO_HOSPITAL_C].id, *refused = NULL,
		   *found, *code = "";
	const struct demo_question q = { c->domain, id, s->affinity_domain };
	struct document_entry *documents;
	if (!demo_node_find(c, demo_node_cx(c, id), &documents, &refused, p)
	    || !demo_node_cross_reference(c, &q, &found, &code, p))
		return false;
	unsigned own = demo_documents_of(documents, c->title),
		 of_a = demo_documents_of(documents, s->nodes[DEMO_A].title);
	demo_say(s,
		 arena_printf(s->arena, "自院の %u 件だけ、A病院の %u 件は見えない", own,
			      DEMO_SUZUKI_DOCUMENTS),
		 arena_printf(s->arena, "sees its own %u, none of A's %u", own,
			      DEMO_SUZUKI_DOCUMENTS));
	demo_say(s, arena_printf(s->arena, "地域の番号も得られない（%s）", code),
		 "and gets no id of the region for her");
	return demo_expect(s, refused == NULL && own == DEMO_SUZUKI_DOCUMENTS,
			   "C does not see its own documents")
	       && demo_expect(s, of_a == 0, "C sees documents of somebody who has not joined")
	       && demo_expect(s, found == NULL, "C was told the id of somebody who has not joined");
}

/* B has no number of its own for her, and nobody else's is any use to it. */
static bool not_joined_to_b(struct demo_scene *s, struct problem *p)
{
	struct demo_node *b = &s->nodes[DEMO_B];
	const struct demo_question q = { s->nodes[DEMO_A].domain,
					 demo_person(s, DEMO_SUZUKI)->at[DEMO_HOSPITAL_A].id,
					 s->affinity_domain };
	const char *found, *code = "", *refused = NULL;
	struct document_entry *documents;
	const char *cx = arena_printf(s->arena, "%s^^^&%s&ISO", q.id, q.domain);
	if (!demo_node_cross_reference(b, &q, &found, &code, p)
	    || !demo_node_find(b, cx, &documents, &refused, p))
		return false;
	demo_say(s, "該当なし：B診療所の番号ではない", "no such patient, no document");
	return demo_expect(s, found == NULL && documents == NULL,
			   "B sees somebody who has not joined");
}

static bool foreign_domain(struct demo_scene *s, struct problem *p)
{
	struct demo_node *c = &s->nodes[DEMO_C];
	const struct demo_person *suzuki = demo_person(s, DEMO_SUZUKI);
	const struct patient_demographics d = demo_person_demographics(
		s->arena, suzuki, &suzuki->at[DEMO_HOSPITAL_C]);
	const char *code = "", *text = "";
	if (!demo_node_feed(c, s->nodes[DEMO_A].domain, "999", &d, &code, &text, p))
		return false;
	demo_say(s, arena_printf(s->arena, "拒否（%s）：その番号は A病院だけのもの", code),
		 "refused: those numbers are A's alone");
	return demo_expect(s, !text_equal(code, "AA"), "C could feed A's patients");
}

/* Refusals are recorded behind the peer's back: it is gone before the record is kept. So wait until
 * it has come to rsyslog, or until the daemon's log tells of it, and then ask; the second comes
 * just before the record, which every question then brings nearer (each is a write of its own). */
enum { QUESTIONS_MOST = 20 };

static bool tells_of_stranger(void *with, const char *line)
{
	return strstr(line, with) != NULL;
}

static bool stranger_recorded(const struct demo_scene *s, struct problem *p)
{
	char delivered[] = "csd-code=\"110126\"", logged[] = " of 127.0.0.1, exchange ";
	bool told = s->region->rsyslogd != NULL
			    ? demo_watch(demo_region_file(s->region, "rsyslog/audit.log"),
					 tells_of_stranger, delivered)
			    : demo_watch(demo_region_file(s->region, "minatod.log"),
					 tells_of_stranger, logged);
	for (int n = 0; told && n < QUESTIONS_MOST; n++) {
		const json_t *list = json_object_get(
			demo_admin_get(&s->admin, "/admin/audit?transaction=node-authentication",
				       p),
			"records");
		if (json_array_size(list) > 0)
			return true;
	}
	return false;
}

static bool make_stranger(struct demo_scene *s, struct demo_node *stranger, struct problem *p)
{
	const struct demo_region *r = s->region;
	const struct pki_authority ca = { demo_region_file(r, "stranger/ca.pem"),
					  demo_region_file(r, "stranger/ca.key") };
	const struct pki_subject subject = { .common_name = "a-hospital",
					     .alternative_names = "DNS:a-hospital",
					     .use = PKI_CLIENT };
	*stranger = s->nodes[DEMO_A];
	stranger->https = NULL;
	stranger->mllp = NULL;
	stranger->identity.certificate = demo_region_file(r, "stranger/a-hospital.pem");
	return mkdir(demo_region_file(r, "stranger"), 0700) == 0
	       && pki_authority_make(&ca, "Somebody else's CA", s->clock->now(s->clock), p)
	       && pki_certificate_make(&ca, &subject, stranger->identity.certificate,
				       s->clock->now(s->clock), p);
}

static bool stranger_refused(struct demo_scene *s, struct problem *p)
{
	struct demo_node stranger;
	struct document_entry *found = NULL;
	struct problem at_door = { 0 };
	const char *refused = NULL;
	if (!make_stranger(s, &stranger, p))
		return problem_set(p, PROBLEM_INTERNAL, "no certificate could be made: %s",
				   strerror(errno));
	bool in = demo_node_find(&stranger, demo_node_cx(&stranger, "101"), &found, &refused,
				 &at_door);
	bool recorded = stranger_recorded(s, p);
	demo_say(s, "入口で拒否：名乗っても証明書が違う",
		 "refused at the door: a name is no proof");
	demo_say(s, "監査証跡に記録された", "recorded in the audit trail");
	return demo_expect(s, !in && found == NULL, "a stranger was let in")
	       && demo_expect(s, recorded, "the attempt is not in the audit trail");
}

const struct demo_act demo_acts_protecting[] = {
	{ "守られること", "What is protected", "D薬局", "地域の番号で処方を調べる",
	  "looks him up by the region's id", pharmacy_allowed },
	{ NULL, NULL, "事務局", "本人が D薬局を除外する", "he excludes D薬局", exclude_pharmacy },
	{ NULL, NULL, "D薬局", "もう一度調べる", "looks him up again", pharmacy_hidden },
	{ NULL, NULL, "C病院", "不参加の鈴木花子さんを自院の 523 で探す",
	  "asks by 523 for one who has not joined", not_joined },
	{ NULL, NULL, "B診療所", "鈴木花子さんを A病院の 102 で探す",
	  "asks for her by A's number 102", not_joined_to_b },
	{ NULL, NULL, "C病院", "A病院の番号で患者を届け出ようとする",
	  "tries to feed a patient of A病院", foreign_domain },
	{ NULL, NULL, "部外者", "A病院を名乗って入ろうとする", "a stranger calls itself A病院",
	  stranger_refused },
	{ 0 }
};
