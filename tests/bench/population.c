/* tests/bench/population.c: a region's people, as many as are wanted. */
#include "tests/bench/population.h"

#include <stdio.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct name {
	const char *kanji, *kana;
};

/* clang-format off */
static const struct name families[] = {
	{ "相川", "アイカワ" }, { "秋山", "アキヤマ" }, { "浅野", "アサノ" },
	{ "安藤", "アンドウ" }, { "飯田", "イイダ" }, { "石井", "イシイ" },
	{ "市川", "イチカワ" }, { "今井", "イマイ" }, { "岩崎", "イワサキ" },
	{ "上田", "ウエダ" }, { "内田", "ウチダ" }, { "江口", "エグチ" },
	{ "大野", "オオノ" }, { "大塚", "オオツカ" }, { "奥村", "オクムラ" },
	{ "尾崎", "オザキ" }, { "柏木", "カシワギ" }, { "片山", "カタヤマ" },
	{ "川口", "カワグチ" }, { "河野", "コウノ" }, { "菊地", "キクチ" },
	{ "北村", "キタムラ" }, { "工藤", "クドウ" }, { "久保田", "クボタ" },
	{ "黒田", "クロダ" }, { "桑原", "クワバラ" }, { "小山", "コヤマ" },
	{ "五十嵐", "イガラシ" }, { "酒井", "サカイ" }, { "桜井", "サクライ" },
	{ "篠原", "シノハラ" }, { "柴田", "シバタ" }, { "島田", "シマダ" },
	{ "白石", "シライシ" }, { "菅原", "スガワラ" }, { "杉山", "スギヤマ" },
	{ "関口", "セキグチ" }, { "高野", "タカノ" }, { "武田", "タケダ" },
	{ "田村", "タムラ" }, { "千葉", "チバ" }, { "土屋", "ツチヤ" },
	{ "寺田", "テラダ" }, { "永井", "ナガイ" }, { "中島", "ナカジマ" },
	{ "成田", "ナリタ" }, { "西田", "ニシダ" }, { "野口", "ノグチ" },
	{ "服部", "ハットリ" }, { "浜田", "ハマダ" }, { "樋口", "ヒグチ" },
	{ "平野", "ヒラノ" }, { "藤原", "フジワラ" }, { "古川", "フルカワ" },
	{ "星野", "ホシノ" }, { "本田", "ホンダ" }, { "増田", "マスダ" },
	{ "丸山", "マルヤマ" }, { "水野", "ミズノ" }, { "宮崎", "ミヤザキ" },
	{ "村田", "ムラタ" }, { "望月", "モチヅキ" }, { "矢野", "ヤノ" },
	{ "横山", "ヨコヤマ" },
};
static const struct name men[] = {
	{ "昭", "アキラ" }, { "栄一", "エイイチ" }, { "修平", "シュウヘイ" },
	{ "一輝", "カズキ" }, { "克己", "カツミ" }, { "健二", "ケンジ" },
	{ "光一", "コウイチ" }, { "悟", "サトル" }, { "俊介", "シュンスケ" },
	{ "翔", "ショウ" }, { "慎吾", "シンゴ" }, { "大地", "ダイチ" },
	{ "貴之", "タカユキ" }, { "毅", "タケシ" }, { "達也", "タツヤ" },
	{ "輝夫", "テルオ" }, { "俊夫", "トシオ" }, { "智也", "トモヤ" },
	{ "豊", "ユタカ" }, { "信行", "ノブユキ" }, { "春樹", "ハルキ" },
	{ "秀明", "ヒデアキ" }, { "仁", "ヒトシ" }, { "文雄", "フミオ" },
	{ "正樹", "マサキ" }, { "学", "マナブ" }, { "充", "ミツル" },
	{ "元気", "ゲンキ" }, { "康弘", "ヤスヒロ" }, { "裕也", "ユウヤ" },
	{ "義男", "ヨシオ" }, { "竜也", "リュウヤ" },
};
static const struct name women[] = {
	{ "明美", "アケミ" }, { "朝子", "アサコ" }, { "綾乃", "アヤノ" },
	{ "泉", "イズミ" }, { "栄子", "エイコ" }, { "悦子", "エツコ" },
	{ "薫", "カオル" }, { "加奈", "カナ" }, { "希", "ノゾミ" },
	{ "君江", "キミエ" }, { "光代", "ミツヨ" }, { "咲", "サキ" },
	{ "早苗", "サナエ" }, { "静", "シズカ" }, { "翠", "ミドリ" },
	{ "澄子", "スミコ" }, { "妙子", "タエコ" }, { "千尋", "チヒロ" },
	{ "常子", "ツネコ" }, { "照美", "テルミ" }, { "奈々", "ナナ" },
	{ "典子", "ノリコ" }, { "春香", "ハルカ" }, { "秀子", "ヒデコ" },
	{ "ふみ", "フミ" }, { "舞", "マイ" }, { "真理", "マリ" },
	{ "美穂", "ミホ" }, { "恵", "メグミ" }, { "百合", "ユリ" },
	{ "芳江", "ヨシエ" }, { "玲奈", "レイナ" },
};
/* clang-format on */
static const char *const towns[] = { "青葉町", "若松町", "小島町", "磯部",
				     "白浜",   "大手町", "泉ケ丘", "緑台" };

enum {
	HOUSE = 4,          /* neighbours in number under one roof */
	OLDEST_BORN = 1925, /* the eldest of a house, in the twenty years from then on */
	APART = 24,         /* years from one of a house to the next */
	MONTHS = 12,
	DAYS = 28,
	FIRST_ID = 1, /* the digit in front of ten others: numbers need no zeros of meaning */
};

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t population_mixed(uint64_t n)
{
	n += 0x9e3779b97f4a7c15u;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
	n = (n ^ n >> 27) * 0x94d049bb133111ebu;
	return n ^ n >> 31;
}

void population_id(char out[static POPULATION_ID], uint64_t number)
{
	snprintf(out, POPULATION_ID, "P%d%010llu", FIRST_ID,
		 (unsigned long long)(number % 10000000000u));
}

uint64_t population_class_size(const struct population_class *c, uint64_t persons)
{
	return persons <= c->at ? 0 : (persons - c->at - 1) / c->every + 1;
}

static unsigned documents_of(const struct population *p, uint64_t number, unsigned chance)
{
	const struct population_class *c = p->classes;
	for (; c != NULL && c->every != 0; c++)
		if (number % c->every == c->at % c->every && number >= c->at)
			return c->documents;
	return p->documents_least + chance % (p->documents_most - p->documents_least + 1);
}

void population_person(const struct population *p, struct arena *a, uint64_t number,
		       struct inhabitant *out)
{
	uint64_t house = number / HOUSE;
	uint64_t of_house = population_mixed(p->seed ^ population_mixed(house));
	uint64_t own = population_mixed(of_house ^ population_mixed(number + 1));
	bool man = own % 2 == 0;
	const struct name *family = &families[of_house % COUNT(families)];
	const struct name *given = man ? &men[own / 2 % COUNT(men)]
				       : &women[own / 2 % COUNT(women)];
	unsigned born = OLDEST_BORN + (unsigned)(of_house >> 16) % 20
			+ (unsigned)(number % HOUSE) * APART;
	*out = (struct inhabitant){
		.number = number,
		.facilities = 2 + (own >> 20 & 1),
		.documents = documents_of(p, number, (unsigned)(own >> 48)),
		.family = family->kanji,
		.given = given->kanji,
		.family_kana = family->kana,
		.given_kana = given->kana,
		.sex = man ? "M" : "F",
		.birth_date = arena_printf(a, "%04u%02u%02u", born,
					   (unsigned)(own >> 24) % MONTHS + 1,
					   (unsigned)(own >> 40) % DAYS + 1),
		.phone = arena_printf(a, "090%010llu", (unsigned long long)number),
		.postcode = arena_printf(a, "%03u%04u", (unsigned)(of_house >> 24) % 1000,
					 (unsigned)(of_house >> 40) % 10000),
		.address = arena_printf(
			a, "湊県みなと市%s%llu丁目%u番%u号", towns[of_house >> 32 & 7],
			(unsigned long long)house / 400 + 1, (unsigned)(house / 20 % 20) + 1,
			(unsigned)(house % 20) + 1),
	};
	population_id(out->id, number);
}

struct patient_demographics inhabitant_demographics(struct arena *a, const struct inhabitant *who)
{
	struct patient_demographics d = { .birth_date = who->birth_date, .sex = who->sex };
	d.names = arena_array(a, struct person_name, 2);
	d.names[0] = (struct person_name){ .family = who->family,
					   .given = who->given,
					   .use = "IDE",
					   .representation = NAME_IDEOGRAPHIC,
					   .next = &d.names[1] };
	d.names[1] = (struct person_name){ .family = who->family_kana,
					   .given = who->given_kana,
					   .use = "SYL",
					   .representation = NAME_PHONETIC };
	d.telecoms = arena_new(a, struct telecom);
	*d.telecoms = (struct telecom){ .number = who->phone, .use = "HP" };
	d.addresses = arena_new(a, struct postal_address);
	*d.addresses = (struct postal_address){ .postal_code = who->postcode,
						.street = who->address,
						.use = "H" };
	return d;
}
