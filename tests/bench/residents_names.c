/* tests/bench/residents_names.c: names of our own choosing, and how many share them. */
#include "tests/bench/residents_names.h"

#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct piece {
	const char *kanji, *kana;
};

/* clang-format off */
static const struct piece common[] = {
	{ "佐藤", "サトウ" }, { "鈴木", "スズキ" }, { "高橋", "タカハシ" }, { "田中", "タナカ" },
	{ "伊藤", "イトウ" }, { "渡辺", "ワタナベ" }, { "山本", "ヤマモト" },
	{ "中村", "ナカムラ" },
	{ "小林", "コバヤシ" }, { "加藤", "カトウ" }, { "吉田", "ヨシダ" }, { "山田", "ヤマダ" },
	{ "佐々木", "ササキ" }, { "山口", "ヤマグチ" }, { "松本", "マツモト" },
	{ "井上", "イノウエ" },
	{ "木村", "キムラ" }, { "斎藤", "サイトウ" }, { "林", "ハヤシ" }, { "清水", "シミズ" },
	{ "山崎", "ヤマザキ" }, { "阿部", "アベ" }, { "森", "モリ" }, { "池田", "イケダ" },
	{ "橋本", "ハシモト" }, { "石川", "イシカワ" }, { "山下", "ヤマシタ" },
	{ "小川", "オガワ" },
	{ "石井", "イシイ" }, { "長谷川", "ハセガワ" }, { "後藤", "ゴトウ" }, { "岡田", "オカダ" },
	{ "近藤", "コンドウ" }, { "前田", "マエダ" }, { "藤田", "フジタ" }, { "遠藤", "エンドウ" },
	{ "青木", "アオキ" }, { "坂本", "サカモト" }, { "村上", "ムラカミ" }, { "太田", "オオタ" },
};
static const struct piece family_heads[] = {
	{ "赤", "アカ" }, { "浅", "アサ" }, { "荒", "アラ" }, { "飯", "イイ" }, { "磯", "イソ" },
	{ "岩", "イワ" }, { "植", "ウエ" }, { "大", "オオ" }, { "沖", "オキ" }, { "奥", "オク" },
	{ "片", "カタ" }, { "金", "カネ" }, { "上", "カミ" }, { "亀", "カメ" }, { "川", "カワ" },
	{ "北", "キタ" }, { "倉", "クラ" }, { "黒", "クロ" }, { "桜", "サクラ" }, { "沢", "サワ" },
	{ "塩", "シオ" }, { "下", "シモ" }, { "白", "シラ" }, { "杉", "スギ" }, { "関", "セキ" },
	{ "高", "タカ" }, { "竹", "タケ" }, { "谷", "タニ" }, { "土", "ツチ" }, { "手", "テ" },
	{ "寺", "テラ" }, { "富", "トミ" }, { "永", "ナガ" }, { "中", "ナカ" }, { "夏", "ナツ" },
	{ "西", "ニシ" }, { "野", "ノ" }, { "長谷", "ハセ" }, { "花", "ハナ" }, { "浜", "ハマ" },
	{ "東", "ヒガシ" }, { "平", "ヒラ" }, { "広", "ヒロ" }, { "福", "フク" }, { "藤", "フジ" },
	{ "古", "フル" }, { "細", "ホソ" }, { "堀", "ホリ" }, { "牧", "マキ" }, { "松", "マツ" },
	{ "丸", "マル" }, { "水", "ミズ" }, { "南", "ミナミ" }, { "宮", "ミヤ" }, { "村", "ムラ" },
	{ "元", "モト" }, { "柳", "ヤナギ" }, { "横", "ヨコ" }, { "吉", "ヨシ" }, { "若", "ワカ" },
};
static const struct piece family_tails[] = {
	{ "井", "イ" }, { "池", "イケ" }, { "石", "イシ" }, { "内", "ウチ" }, { "浦", "ウラ" },
	{ "江", "エ" }, { "尾", "オ" }, { "岡", "オカ" }, { "垣", "ガキ" }, { "川", "カワ" },
	{ "木", "キ" }, { "口", "グチ" }, { "倉", "クラ" }, { "越", "コシ" }, { "坂", "サカ" },
	{ "崎", "サキ" }, { "沢", "ザワ" }, { "島", "シマ" }, { "城", "シロ" }, { "瀬", "セ" },
	{ "田", "ダ" }, { "谷", "タニ" }, { "塚", "ヅカ" }, { "津", "ツ" }, { "寺", "デラ" },
	{ "中", "ナカ" }, { "西", "ニシ" }, { "根", "ネ" }, { "野", "ノ" }, { "橋", "ハシ" },
	{ "原", "ハラ" }, { "辺", "ベ" }, { "堀", "ホリ" }, { "松", "マツ" }, { "見", "ミ" },
	{ "宮", "ミヤ" }, { "村", "ムラ" }, { "本", "モト" }, { "森", "モリ" }, { "山", "ヤマ" },
};
static const struct piece men_heads[] = {
	{ "昭", "アキ" }, { "篤", "アツ" }, { "勝", "カツ" }, { "和", "カズ" }, { "克", "カツ" },
	{ "邦", "クニ" }, { "健", "ケン" }, { "浩", "コウ" }, { "貞", "サダ" }, { "茂", "シゲ" },
	{ "俊", "シュン" }, { "翔", "ショウ" }, { "信", "シン" }, { "大", "ダイ" },
	{ "孝", "タカ" },
	{ "拓", "タク" }, { "忠", "タダ" }, { "達", "タツ" }, { "哲", "テツ" }, { "輝", "テル" },
	{ "敏", "トシ" }, { "友", "トモ" }, { "直", "ナオ" }, { "伸", "ノブ" }, { "紀", "ノリ" },
	{ "英", "ヒデ" }, { "弘", "ヒロ" }, { "文", "フミ" }, { "雅", "マサ" }, { "正", "マサ" },
	{ "光", "ミツ" }, { "元", "モト" }, { "安", "ヤス" }, { "裕", "ユウ" }, { "幸", "ユキ" },
	{ "洋", "ヨウ" }, { "義", "ヨシ" }, { "隆", "リュウ" }, { "良", "リョウ" },
	{ "蓮", "レン" },
};
static const struct piece men_tails[] = {
	{ "一", "イチ" }, { "男", "オ" }, { "樹", "キ" }, { "吾", "ゴ" }, { "二", "ジ" },
	{ "介", "スケ" }, { "太", "タ" }, { "斗", "ト" }, { "仁", "ヒト" }, { "彦", "ヒコ" },
	{ "平", "ヘイ" }, { "馬", "マ" }, { "也", "ヤ" }, { "雄", "ユウ" }, { "郎", "ロウ" },
	{ "司", "シ" },
};
static const struct piece women_heads[] = {
	{ "亜", "ア" }, { "愛", "アイ" }, { "明", "アキ" }, { "朝", "アサ" }, { "絵", "エ" },
	{ "香", "カ" }, { "和", "カズ" }, { "京", "キョウ" }, { "久", "ク" }, { "恵", "ケイ" },
	{ "沙", "サ" }, { "幸", "サチ" }, { "静", "シズ" }, { "純", "ジュン" }, { "鈴", "スズ" },
	{ "千", "チ" }, { "智", "トモ" }, { "奈", "ナ" }, { "夏", "ナツ" }, { "七", "ナナ" },
	{ "希", "ノゾ" }, { "晴", "ハル" }, { "尚", "ヒサ" }, { "日", "ヒ" }, { "文", "フミ" },
	{ "真", "マ" }, { "麻", "アサ" }, { "美", "ミ" }, { "実", "ミ" }, { "光", "ミツ" },
	{ "美奈", "ミナ" }, { "萌", "モエ" }, { "八重", "ヤエ" }, { "友", "ユ" }, { "優", "ユウ" },
	{ "由", "ユ" }, { "洋", "ヨウ" }, { "里", "リ" }, { "玲", "レイ" }, { "若", "ワカ" },
};
static const struct piece women_tails[] = {
	{ "衣", "イ" }, { "江", "エ" }, { "音", "オン" }, { "香", "カ" }, { "季", "キ" },
	{ "子", "コ" }, { "沙", "サ" }, { "代", "ヨ" }, { "奈", "ナ" }, { "乃", "ノ" },
	{ "穂", "ホ" }, { "美", "ミ" }, { "加", "カ" }, { "希", "キ" }, { "菜", "ナ" },
	{ "里", "リ" },
};
static const char *const slips[] = {
	"ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ", "サ", "シ", "ス", "セ", "ソ",
	"タ", "チ", "ツ", "テ", "ト", "ナ", "ニ", "ヌ", "ネ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ",
	"マ", "ミ", "ム", "メ", "モ", "ヤ", "ユ", "ヨ", "ラ", "リ", "ル", "レ", "ロ", "ワ",
};
static const char *const forms[][2] = {
	{ "高", "髙" }, { "崎", "﨑" }, { "辺", "邊" }, { "沢", "澤" }, { "浜", "濱" },
	{ "斎", "齋" }, { "桜", "櫻" }, { "広", "廣" }, { "島", "嶋" }, { "吉", "𠮷" },
};
/* clang-format on */

enum {
	HEADS = COUNT(men_heads), /* of men as of women */
	TAILS = COUNT(men_tails),
	GIVENS = HEADS * TAILS,
	MADE_UP = COUNT(family_heads) * COUNT(family_tails),
	KANA = 3, /* octets */
};
_Static_assert(COUNT(women_heads) == HEADS && COUNT(women_tails) == TAILS, "as many of both");

/* Even chance into [0, 1). */
static double even(uint64_t chance)
{
	return (double)(chance >> 11) * 0x1p-53;
}

static struct written_name put_together(struct arena *a, const struct piece *x,
					const struct piece *y)
{
	return (struct written_name){ text_joined(a, x->kanji, y->kanji, NULL),
				      text_joined(a, x->kana, y->kana, NULL) };
}

/* Rank n has as many as the square root's step there: the first some two of a hundred, the first
 * forty a seventh of all. */
struct written_name family_name(struct arena *a, uint64_t chance)
{
	enum { STEP = 997 }; /* so that neighbours in rank do not look alike */
	double u = even(chance);
	size_t rank = (size_t)(u * u * (COUNT(common) + MADE_UP));
	if (rank < COUNT(common))
		return (struct written_name){ common[rank].kanji, common[rank].kana };
	size_t which = (rank - COUNT(common)) * STEP % MADE_UP;
	return put_together(a, &family_heads[which / COUNT(family_tails)],
			    &family_tails[which % COUNT(family_tails)]);
}

static struct written_name given_of(struct arena *a, size_t which, bool man)
{
	return put_together(a, man ? &men_heads[which / TAILS] : &women_heads[which / TAILS],
			    man ? &men_tails[which % TAILS] : &women_tails[which % TAILS]);
}

static size_t given_rank(uint64_t chance)
{
	enum { STEP = 333 };
	double u = even(chance);
	return (size_t)(u * sqrt(u) * GIVENS) * STEP % GIVENS;
}

struct written_name given_name(struct arena *a, uint64_t chance, bool man, unsigned member)
{
	size_t which = given_rank(chance), head = which / TAILS;
	size_t tail = which % TAILS / NAMED_APART * NAMED_APART + member % NAMED_APART;
	return given_of(a, head * TAILS + (tail < TAILS ? tail : member % NAMED_APART), man);
}

const char *other_form(struct arena *a, const char *text)
{
	for (size_t i = 0; text != NULL && i < COUNT(forms); i++) {
		const char *at = strstr(text, forms[i][0]);
		if (at != NULL)
			return text_joined(a, arena_text_n(a, text, (size_t)(at - text)),
					   forms[i][1], at + strlen(forms[i][0]), NULL);
	}
	return text;
}

const char *kana_slip(struct arena *a, const char *kana, uint64_t chance)
{
	size_t count = strlen(kana) / KANA;
	if (count == 0)
		return kana;
	char *slipped = arena_text_n(a, kana, strlen(kana));
	memcpy(slipped + chance % count * KANA, slips[chance / count % COUNT(slips)], KANA);
	return slipped;
}

/* U+30A1..U+30F3 and U+3041..U+3093 are sixty hexadecimal apart. */
const char *in_hiragana(struct arena *a, const char *kana)
{
	char *text = arena_text_n(a, kana, strlen(kana));
	for (unsigned char *at = (unsigned char *)text; *at != '\0'; at += KANA) {
		unsigned c = ((at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu))
			     - 0x60;
		at[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		at[2] = (unsigned char)(0x80 | (c & 0x3f));
	}
	return text;
}
