/* matching/kanji_groups.c: data. Kanji that stand for each other in names.
 *
 * Sources. `kanji_variants`: pairs of an old and a new form of 戸籍法施行規則別表第二の二 and of
 * the parentheses of 常用漢字表, both texts of law (no copyright: 著作権法13条), as far as
 * gateway/base/normalise_name.c does not fold them; the last row are everyday forms of surnames.
 * `kanji_confusables`: facts collected by us: different characters of which clerks write one for
 * the other in one surname (サイトウ), or that look alike in a card's print. No table was copied.
 */
#include "matching/kanji.h"

const char32_t kanji_variants[KANJI_VARIANTS] =
	U"亜亞 悪惡 為爲 衛衞 縁緣 園薗 壊壞 懐懷 渇渴 巻卷 陥陷 偽僞 "
	U"戯戲 虚虛 峡峽 狭狹 掲揭 鶏鷄 "
	U"芸藝 撃擊 圏圈 倹儉 験驗 駆驅駈 砕碎 雑雜 獣獸 叙敍 渉涉 状狀 "
	U"剰剩 寝寢 慎愼 痩瘦 繊纖 壮壯 "
	U"争爭 捜搜 巣巢 装裝 騒騷 増增 臓臟 即卽 帯帶 滞滯 単單 弾彈 "
	U"昼晝 鋳鑄 庁廳 徴徵 聴聽 鎮鎭 "
	U"灯燈 杯盃 峰峯 郎郞 余餘 予豫 弁辨瓣辯 欠缺 虫蟲 糸絲 歯齒 "
	U"労勞 営營 経經 軽輕 茎莖 継繼 献獻 "
	U"権權 効效 号號 済濟 辞辭 釈釋 随隨 髄髓 枢樞 属屬 続續 択擇 "
	U"胆膽 担擔 断斷 遅遲 党黨 独獨 "
	U"読讀 届屆 悩惱 脳腦 廃廢 麦麥 発發 蛮蠻 並竝 変變 宝寶寳 満滿 "
	U"訳譯 誉譽 乱亂 両兩 猟獵 励勵 "
	U"霊靈 恋戀 炉爐 楼樓 湾灣 瑶瑤 壱壹 弐貳 隠隱 駅驛 欧歐 殴毆 "
	U"穏穩 仮假 拡擴 殻殼 覚覺 岳嶽 "
	U"関閞 巌巗 喜㐂 松枩 船舩 略畧 秋秌 群羣 隣鄰 雁鴈 鵜鵝 梅楳 "
	U"塚冢 仙僊 昇曻 達逹 村邨 杉椙 ";

const char32_t kanji_confusables[KANJI_CONFUSABLES] =
	U"斎斉 阪坂 藤籐 晃晄 紘絋 修脩 舛桝 熙煕 耀曜 末未 土士 己巳 祢弥 芦葦 ";
