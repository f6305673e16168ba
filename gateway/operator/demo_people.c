/* gateway/operator/demo_people.c: the people of the demo region, tables and how they are
 * combined. */
#include "gateway/operator/demo_people.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static const struct demo_name families[] = {
	{ "佐藤", "サトウ" },     { "高木", "タカギ" },   { "伊藤", "イトウ" },
	{ "小林", "コバヤシ" },   { "加藤", "カトウ" },   { "吉田", "ヨシダ" },
	{ "佐々木", "ササキ" },   { "松本", "マツモト" }, { "井上", "イノウエ" },
	{ "木村", "キムラ" },     { "林", "ハヤシ" },     { "清水", "シミズ" },
	{ "山口", "ヤマグチ" },   { "森", "モリ" },       { "池田", "イケダ" },
	{ "橋本", "ハシモト" },   { "阿部", "アベ" },     { "石川", "イシカワ" },
	{ "前田", "マエダ" },     { "小川", "オガワ" },   { "岡田", "オカダ" },
	{ "長谷川", "ハセガワ" }, { "藤井", "フジイ" },   { "後藤", "ゴトウ" },
	{ "村上", "ムラカミ" },   { "近藤", "コンドウ" }, { "坂本", "サカモト" },
	{ "遠藤", "エンドウ" },   { "青木", "アオキ" },   { "西村", "ニシムラ" },
	{ "福田", "フクダ" },     { "太田", "オオタ" },   { "三浦", "ミウラ" },
	{ "岡本", "オカモト" },   { "松田", "マツダ" },   { "中川", "ナカガワ" },
	{ "原田", "ハラダ" },     { "小野", "オノ" },     { "竹内", "タケウチ" },
	{ "金子", "カネコ" },
};
static const struct demo_name men[] = {
	{ "翔太", "ショウタ" }, { "大輔", "ダイスケ" }, { "誠", "マコト" },
	{ "健太", "ケンタ" },   { "浩", "ヒロシ" },     { "隆", "タカシ" },
	{ "直樹", "ナオキ" },   { "修", "オサム" },     { "和夫", "カズオ" },
	{ "正", "タダシ" },     { "茂", "シゲル" },     { "清", "キヨシ" },
	{ "哲也", "テツヤ" },   { "亮", "リョウ" },     { "拓也", "タクヤ" },
	{ "蓮", "レン" },       { "陽向", "ヒナタ" },   { "勇", "イサム" },
	{ "進", "ススム" },     { "博之", "ヒロユキ" },
};
static const struct demo_name women[] = {
	{ "陽子", "ヨウコ" },   { "美咲", "ミサキ" },   { "愛", "アイ" },
	{ "恵子", "ケイコ" },   { "和子", "カズコ" },   { "幸子", "サチコ" },
	{ "由美子", "ユミコ" }, { "真由美", "マユミ" }, { "直美", "ナオミ" },
	{ "千代", "チヨ" },     { "結衣", "ユイ" },     { "葵", "アオイ" },
	{ "節子", "セツコ" },   { "久美子", "クミコ" }, { "香織", "カオリ" },
	{ "彩", "アヤ" },       { "文子", "フミコ" },   { "トミ", "トミ" },
	{ "莉子", "リコ" },     { "京子", "キョウコ" },
};
static const char *const towns[] = { "汐見町", "灯台通", "桟橋",   "浜松原",
				     "朝凪台", "錨町",   "帆立坂", "波止場" };

/* Numbers begin at A病院 with 101, at C病院 with 522, as the founding documents have 山田健一. */
/* clang-format off */
#define WRITTEN(number, name, telephone, code, place) \
	{ .id = (number), .family = (name), .phone = (telephone), .postcode = (code), \
	  .address = (place) }
#define HOME(town, block) "湊県みなと市" town "99丁目" block
static const struct demo_person named[] = {
	[DEMO_YAMADA] = {
		{ WRITTEN("101", "山田", "099-0123-0101", "999-0101", HOME("汐見町", "1番1号")),
		  WRITTEN("522", "山田", "099-0123-0101", "999-0101", HOME("汐見町", "1番1号")) },
		"健一", "ヤマダ", "ケンイチ", "19410503", "M", .joins = true },
	[DEMO_SUZUKI] = {
		{ WRITTEN("102", "鈴木", "099-0123-0102", "999-0102", HOME("灯台通", "2番8号")),
		  WRITTEN("523", "鈴木", "099-0123-0102", "999-0102", HOME("灯台通", "2番8号")) },
		"花子", "スズキ", "ハナコ", "19580917", "F", .joins = false },
	/* The same name in an older letter. */
	{	{ WRITTEN("103", "髙橋", "099-0123-0103", "999-0103", HOME("桟橋", "3番2号")),
		  WRITTEN("524", "高橋", "099-0123-0103", "999-0103", HOME("桟橋", "3番2号")) },
		"さくら", "タカハシ", "サクラ", "19830401", "F", .joins = true },
	{	{ WRITTEN("104", "渡邊", "099-0123-0104", "999-0104", HOME("浜松原", "4番7号")),
		  WRITTEN("525", "渡辺", "099-0123-0104", "999-0104", HOME("浜松原", "4番7号")) },
		"勉", "ワタナベ", "ツトム", "19660211", "M", .joins = true },
	/* Moved house, kept the telephone. */
	{	{ WRITTEN("105", "中村", "099-0123-0105", "999-0105", HOME("朝凪台", "5番3号")),
		  WRITTEN("526", "中村", "099-0123-0105", "999-0188", HOME("錨町", "88番1号")) },
		"里美", "ナカムラ", "サトミ", "19740620", "F", .joins = true },
	/* A new telephone, the same house. */
	{	{ WRITTEN("106", "斎藤", "099-0123-0106", "999-0106", HOME("帆立坂", "6番9号")),
		  WRITTEN("527", "斎藤", "099-0199-0106", "999-0106", HOME("帆立坂", "6番9号")) },
		"実", "サイトウ", "ミノル", "19491130", "M", .joins = true },
	/* Name, birth date and sex are the same, nothing else is: two men, for all anybody
	 * knows. */
	{	{ WRITTEN("107", "田中", "099-0123-0107", "999-0107", HOME("波止場", "7番4号")),
		  WRITTEN("528", "田中", "099-0177-7528", "999-0155", HOME("桟橋", "55番5号")) },
		"一郎", "タナカ", "イチロウ", "19520815", "M", .joins = true, .alike = true },
};
/* clang-format on */

enum {
	BOTH_MORE = 17, /* patients of both, beside those above */
	ONLY_A = 36,
	ONLY_C = 32,
	FIRST_A = 101,
	FIRST_C = 522,
	OLDEST_BORN = 1931,
	YEARS = 85,
};

struct making {
	struct arena *arena;
	struct demo_people people;
	struct demo_person *next;
};

/* splitmix64 (Steele, Lea, Flood 2014): as good as random, and the same everywhere. */
uint64_t demo_mixed(uint64_t n)
{
	n += 0x9e3779b97f4a7c15u;
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
	n = (n ^ n >> 27) * 0x94d049bb133111ebu;
	return n ^ n >> 31;
}

const struct demo_name *demo_family_name(uint64_t r)
{
	return &families[r % COUNT(families)];
}

const struct demo_name *demo_given_name(bool man, uint64_t r)
{
	return man ? &men[r % COUNT(men)] : &women[r % COUNT(women)];
}

const char *demo_town(uint64_t r)
{
	return towns[r % COUNT(towns)];
}

static const char *number(struct making *m, size_t n)
{
	return arena_printf(m->arena, "%zu", n);
}

static void add(struct making *m, bool at_a, bool at_c)
{
	struct demo_person *one = m->next++;
	uint64_t r = demo_mixed(m->people.count);
	bool man = r % 2 == 0;
	const struct demo_name *family = demo_family_name(r / 2);
	const struct demo_name *given = demo_given_name(man, r / 128);
	unsigned n = (unsigned)m->people.count + 201;
	const struct demo_writing home = {
		.family = family->kanji,
		.phone = arena_printf(m->arena, "099-0124-%04u", n),
		.postcode = arena_printf(m->arena, "999-%04u", n),
		.address = arena_printf(m->arena, "湊県みなと市%s99丁目%u番%u号",
					demo_town(r / 4096), n, (unsigned)(r / 65536 % 20) + 1),
	};
	*one = (struct demo_person){
		.at = { home, home },
		.given = given->kanji,
		.family_kana = family->kana,
		.given_kana = given->kana,
		.sex = man ? "M" : "F",
		.joins = true,
		.birth_date = arena_printf(
			m->arena, "%04u%02u%02u", OLDEST_BORN + (unsigned)(r >> 24) % YEARS,
			(unsigned)(r >> 40) % 12 + 1, (unsigned)(r >> 48) % 28 + 1),
	};
	one->at[DEMO_HOSPITAL_A].id = at_a ? number(m,
						    FIRST_A + m->people.patients[DEMO_HOSPITAL_A]++)
					   : NULL;
	one->at[DEMO_HOSPITAL_C].id = at_c ? number(m,
						    FIRST_C + m->people.patients[DEMO_HOSPITAL_C]++)
					   : NULL;
	m->people.linked += at_a && at_c;
	m->people.count++;
}

struct demo_people demo_people_make(struct arena *a)
{
	struct demo_person *all = arena_array(a, struct demo_person,
					      COUNT(named) + BOTH_MORE + ONLY_A + ONLY_C);
	struct making m = { .arena = a, .people = { .all = all }, .next = all };
	for (size_t i = 0; i < COUNT(named); i++) {
		*m.next++ = named[i];
		m.people.count++;
		m.people.patients[DEMO_HOSPITAL_A]++;
		m.people.patients[DEMO_HOSPITAL_C]++;
		m.people.linked += !named[i].alike;
	}
	for (int i = 0; i < BOTH_MORE; i++)
		add(&m, true, true);
	for (int i = 0; i < ONLY_A; i++)
		add(&m, true, false);
	for (int i = 0; i < ONLY_C; i++)
		add(&m, false, true);
	return m.people;
}
