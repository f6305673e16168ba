/* gateway/operator/trial_papers.c: kinds of documents, and how they are drawn. */
#include "gateway/operator/trial_papers.h"

#include <inttypes.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum { YEARS = 5, OLDEST_OF = 3 };
static const int64_t day = INT64_C(24) * 3600 * 1000000;

/* With how many of a hundred are of that kind. */
static const struct {
	unsigned of_hundred;
	struct demo_paper paper;
} kinds[] = {
	{ 24,
	  { .type = "57833-6",
	    .title = "処方箋",
	    .set_title = "外来診療",
	    .sections = { { "処方",
			    "アムロジピンＯＤ錠５ｍｇ　１回１錠　１日１回朝食後　２８日分" },
			  { "備考", "一包化" } } } },
	{ 22,
	  { .type = "57833-6",
	    .title = "処方箋",
	    .set_title = "外来診療",
	    .sections = { { "処方", "メトホルミン塩酸塩錠２５０ｍｇ　１回１錠　１日２回朝夕食後　３"
				    "０日分" } } } },
	{ 28,
	  { .type = "11502-2",
	    .title = "検体検査報告書",
	    .set_title = "検体検査",
	    .sections = { { "検査結果",
			    "ＨｂＡ１ｃ　６．８　％、クレアチニン　０．８２　ｍｇ／ｄＬ、"
			    "ＬＤＬコレステロール　１１８　ｍｇ／ｄＬ" },
			  { "所見", "前回と著変なし" } } } },
	{ 16,
	  { .type = "57133-1",
	    .title = "診療情報提供書",
	    .set_title = "紹介",
	    .sections = { { "紹介目的", "血糖コントロール不良につき精査加療をお願いいたします。" },
			  { "傷病名", "２型糖尿病、高血圧症" },
			  { "現在の処方", "メトホルミン塩酸塩錠２５０ｍｇ　１日２回" } } } },
	{ 10,
	  { .type = "18842-5",
	    .title = "退院時サマリー",
	    .set_title = "入院診療",
	    .sections = { { "退院時診断", "肺炎" },
			  { "入院経過", "抗菌薬の点滴にて解熱し、酸素投与を終了した。" },
			  { "退院時処方",
			    "アセトアミノフェン錠２００ｍｇ　発熱時　１０回分" } } } },
};

static uint64_t drawn(uint64_t seed, uint64_t number, unsigned what)
{
	return demo_mixed(demo_mixed(~seed) ^ demo_mixed(number * 16 + what));
}

unsigned trial_year(instant now)
{
	char text[DTM_TEXT];
	instant_to_dtm_jst(now, text);
	text[4] = '\0';
	return (unsigned)atoi(text);
}

static const struct demo_paper *kind_of(uint64_t r)
{
	size_t i = 0;
	unsigned left = (unsigned)(r % 100);
	while (i + 1 < COUNT(kinds) && left >= kinds[i].of_hundred)
		left -= kinds[i++].of_hundred;
	return &kinds[i].paper;
}

/* Of some who are drawn the eldest. */
static void draw_person(struct arena *a, uint64_t seed, uint64_t number, uint64_t people,
			unsigned year, struct trial_person *out)
{
	for (unsigned i = 0; i < OLDEST_OF; i++) {
		struct trial_person one;
		trial_person_draw(a, seed, drawn(seed, number, i) % people, year, &one);
		if (i == 0 || one.age > out->age)
			*out = one;
	}
}

static unsigned facility_of(const struct trial_person *p, uint64_t r)
{
	unsigned i = (unsigned)(r % TRIAL_FACILITIES);
	while (p->at[i].person.at[DEMO_HOSPITAL_A].id == NULL)
		i = (i + 1) % TRIAL_FACILITIES;
	return i;
}

/* The later of two days within the last years, and not before he was born. */
static instant when_of(const struct trial_person *p, uint64_t r, instant now)
{
	uint64_t x = r % (YEARS * 365), y = (r >> 20) % (YEARS * 365);
	instant born, when = now - (instant)((x < y ? x : y) + 1) * day
			     + (instant)(r >> 40) % (9 * 3600) * 1000000;
	if (instant_from_dtm(p->at[0].person.birth_date, 9 * 60, &born) && when <= born)
		when = born + day;
	return when;
}

void trial_paper_draw(struct arena *a, uint64_t seed, uint64_t number, uint64_t people, instant now,
		      struct trial_paper *out)
{
	draw_person(a, seed, number, people, trial_year(now), &out->person);
	out->facility = facility_of(&out->person, drawn(seed, number, 5));
	const struct demo_person *about = &out->person.at[out->facility].person;
	out->written = (struct demo_written){
		.paper = kind_of(drawn(seed, number, 6)),
		.about = about,
		.id = about->at[DEMO_HOSPITAL_A].id,
		.unique_id = arena_printf(a, "2.25.%" PRIu64, drawn(seed, number, 7)),
		.when = when_of(&out->person, drawn(seed, number, 8), now),
	};
}
