/* profiles/admin/admin_notice.c: what a patient is told of an override, in words that can be
 * printed and sent. GET /admin/notices/{id}. */
#include "profiles/admin/admin_notice.h"

#include <time.h>

static const char *title(const struct exchange *x, const struct override *o)
{
	const struct registered_system *s = region_system(x->region, o->system);
	return s == NULL ? o->system : s->title;
}

json_t *admin_show_notice(struct exchange *x, const struct override *o)
{
	json_t *n = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "id", o->id, "patient", o->patient,
		"facility", title(x, o), "since", admin_time(x->arena, o->since), "state",
		o->told != 0 ? "told" : "waiting", "told_by", o->told_by, "told_how", o->told_how);
	if (o->told != 0)
		json_object_set_new(n, "told", json_string(admin_time(x->arena, o->told)));
	admin_show_telling(x, n, o);
	return n;
}

/* Japan's time, by which the patient lives. */
static struct tm japans(instant t)
{
	time_t seconds = (time_t)(t / 1000000) + (time_t)9 * 3600;
	struct tm when;
	gmtime_r(&seconds, &when);
	return when;
}

static const char *who(struct exchange *x, const struct override *o)
{
	return o->display == NULL ? o->asker : arena_printf(x->arena, "%s", o->display);
}

static const char *in_japanese(struct exchange *x, const struct override *o)
{
	struct tm t = japans(o->since);
	return arena_printf(
		x->arena,
		"%d年%d月%d日%d時%02d分、%sの%sが、緊急の診療のため、あなたが公開していない"
		"診療情報を閲覧しました。\n閲覧の理由：%s\n閲覧した回数：%"
		"llu\nこの閲覧は、地域の担当者が"
		"確認します。お心当たりのない場合や、お尋ねになりたいことがある場合は、%sの窓口へ"
		"お知らせください。（通知番号 %s）\n",
		t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, title(x, o),
		who(x, o), o->reason, (unsigned long long)o->accesses, x->region->name, o->id);
}

static const char *in_english(struct exchange *x, const struct override *o)
{
	struct tm t = japans(o->since);
	return arena_printf(
		x->arena,
		"On %d-%02d-%02d at %d:%02d (Japan time), %s of %s looked at records of yours that "
		"you have not opened, to treat you in an emergency.\nThe reason that was given: "
		"%s\nHow often: %llu\nSomebody of the region checks each such look. If you do not "
		"know what this was about, or have questions, please tell %s. (Notice %s)\n",
		t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, who(x, o),
		title(x, o), o->reason, (unsigned long long)o->accesses, x->region->name, o->id);
}

static json_t *answer(struct exchange *x)
{
	const struct override *o = x->result;
	json_t *n = admin_show_notice(x, o);
	json_object_set_new(n, "japanese", json_string(in_japanese(x, o)));
	json_object_set_new(n, "english", json_string(in_english(x, o)));
	return n;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/notices/{id}" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_notice = {
	.code = "notice-show",
	.name = "Notice shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = admin_read_one_override,
	.handle = admin_find_one_override,
	.audited = admin_audit_one_override,
	.answer_json = answer,
};
