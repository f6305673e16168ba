/* store/identity_packing.c: what was said of a patient, in few octets. */
#include "store/identity_packing.h"

#include <lz4.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/packed.h"

/* An octet of LZ4 stands for 255 at most (LZ4 Block Format Description): a length that promises
 * more is not worth asking memory for. */
enum { LENGTH_MOST = 1 << 24, STRETCH_MOST = 255, ACCELERATION = 1 };

/* Never changed: what is packed is read with it. Another one would take another tag of the row. The
 * commonest last: what is near is found first. */
static const char dictionary[] =
	"北海道青森県岩手県宮城県秋田県山形県福島県茨城県栃木県群馬県埼玉県千葉県東京都神奈川県新潟"
	"県"
	"富山県石川県福井県山梨県長野県岐阜県静岡県愛知県三重県滋賀県京都府大阪府兵庫県奈良県和歌山"
	"県"
	"鳥取県島根県岡山県広島県山口県徳島県香川県愛媛県高知県福岡県佐賀県長崎県熊本県大分県宮崎県"
	"鹿児島県沖縄県札幌市仙台市さいたま市横浜市川崎市相模原市名古屋市京都市大阪市堺市神戸市北九"
	"州市"
	"中央区北区南区東区西区港区緑区大字字番地の号室マンションハイツコーポアパート丁目番号"
	"tel:+81-mailto:090-080-070-03-06-045-052-011-092-"
	"佐藤\0鈴木\0高橋\0田中\0伊藤\0渡辺\0山本\0中村\0小林\0加藤\0吉田\0山田\0佐々木\0山口\0"
	"松本\0井上\0木村\0斎藤\0清水\0山崎\0池田\0橋本\0阿部\0石川\0山下\0中島\0前田\0藤田\0小川\0"
	"後藤\0岡田\0長谷川\0村上\0近藤\0石井\0坂本\0遠藤\0青木\0藤井\0西村\0福田\0太田\0三浦\0岡本"
	"\0"
	"サトウ\0スズキ\0タカハシ\0タナカ\0イトウ\0ワタナベ\0ヤマモト\0ナカムラ\0コバヤシ\0カトウ\0"
	"ヨシダ\0ヤマダ\0ササキ\0ヤマグチ\0マツモト\0イノウエ\0キムラ\0ハヤシ\0サイトウ\0シミズ\0"
	"ヤマザキ\0イケダ\0ハシモト\0アベ\0イシカワ\0ヤマシタ\0ナカジマ\0マエダ\0フジタ\0オガワ\0"
	"健一\0健二\0浩\0明\0隆\0誠\0和子\0幸子\0洋子\0恵子\0京子\0由美子\0美咲\0陽子\0花子\0太郎\0"
	"ケンイチ\0ケンジ\0ヒロシ\0アキラ\0タカシ\0マコト\0カズコ\0サチコ\0ヨウコ\0ケイコ\0キョウコ"
	"\0"
	"ユミコ\0ミサキ\0ハナコ\0タロウ\0ジロウ\0ヒロユキ\0ヨシコ\0トシオ\0マサオ\0"
	"\x02\x09"
	"195\x02\x09"
	"196\x02\x09"
	"197\x02\x09"
	"198\x02\x09"
	"199\x02\x09"
	"200"
	"\x02\x09"
	"194\x02\x09"
	"193\x03\x02O\0\x03\x02"
	"F\0\x04"
	"\x06\x02L\0\x07\x01\x01\x01\x06\x02L\0\x07\x01\x02\x02\x09"
	"19"
	"\x06\x04IDE\0\x07\x01\x01\x01\x06\x04"
	"ABC\0\x07\x01\x03\x01"
	"\x06\x04SYL\0\x07\x01\x02\x02\x09"
	"19\x03\x02M\0\x04"
	"\x06\x04JPN\0\x08\x02H\0\x05\x01\x01\x0a\0\x02\x04PRN\0\x02\x03HP\0\x05\x08\0\x08\x02H\0"
	"\x05";

static struct bytes as_bytes(void)
{
	return (struct bytes){ (const unsigned char *)dictionary, sizeof dictionary };
}

/* The first octet of what is dense: no length of anything. */
enum { DENSE = 0 };
enum { DENSE_MOST = 256 }; /* beyond it most is said again and again */

static struct bytes dense(struct arena *a, struct bytes octets)
{
	struct buffer b = buffer_in(a);
	buffer_byte(&b, DENSE);
	bool can = identity_dense_write(&b, octets) && b.length < octets.length
		   && b.length <= DENSE_LONGEST;
	return can ? buffer_bytes(&b) : (struct bytes){ 0 };
}

static struct bytes compressed(struct arena *a, struct bytes octets)
{
	LZ4_stream_t stream;
	struct bytes d = as_bytes();
	struct buffer b = buffer_in(a);
	if (octets.length == 0 || octets.length > LENGTH_MOST
	    || LZ4_initStream(&stream, sizeof stream) == NULL)
		return (struct bytes){ 0 };
	LZ4_loadDict(&stream, (const char *)d.data, (int)d.length);
	packed_number(&b, octets.length);
	unsigned char *out = buffer_reserve(&b, octets.length);
	int length = LZ4_compress_fast_continue(&stream, (const char *)octets.data, (char *)out,
						(int)octets.length, (int)octets.length,
						ACCELERATION);
	if (length <= 0 || b.length + (size_t)length >= octets.length)
		return (struct bytes){ 0 };
	b.length += (size_t)length;
	return buffer_bytes(&b);
}

struct bytes identity_packed(struct arena *a, struct bytes octets)
{
	struct bytes one = dense(a, octets);
	if (one.length != 0 && one.length <= DENSE_MOST)
		return one;
	struct bytes other = compressed(a, octets);
	return other.length == 0 || (one.length != 0 && one.length < other.length) ? one : other;
}

bool identity_unpacked(struct arena *a, struct bytes packed, struct bytes *octets)
{
	struct packed_reader r = packed_read(packed);
	struct bytes d = as_bytes();
	if (packed.length != 0 && packed.data[0] == DENSE) {
		packed_as_octet(&r);
		return identity_dense_read(a, &r, octets);
	}
	uint64_t length = packed_as_number(&r);
	size_t left = (size_t)(r.end - r.at);
	if (r.broken || length == 0 || length > LENGTH_MOST || left > LENGTH_MOST
	    || length > left * STRETCH_MOST)
		return false;
	unsigned char *out = arena_alloc(a, (size_t)length);
	int got = LZ4_decompress_safe_usingDict((const char *)r.at, (char *)out, (int)left,
						(int)length, (const char *)d.data, (int)d.length);
	*octets = (struct bytes){ out, (size_t)length };
	return got == (int)length; /* damaged octets give less than 0 */
}
