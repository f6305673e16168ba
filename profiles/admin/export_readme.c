/* profiles/admin/export_readme.c: what is what in an export, for whoever opens it without us. */
#include "profiles/admin/exporting.h"

static const char text[] =
	"This directory is an export of a health information exchange region (Minato, form 1).\n"
	"It is one facility's data, or one patient's disclosure, in open forms.\n"
	"\n"
	"manifest.json          what was exported, when and by whom; counts; sums of this list\n"
	"SHA256SUMS             every file; check with: sha256sum -c SHA256SUMS\n"
	"identities.ndjson      patients, a JSON object a line, with all former versions\n"
	"consents.ndjson        decisions of patients: joined, left, facilities excluded\n"
	"documents/ab/abcd...   documents, each named by its SHA-256\n"
	"metadata/*/N.xml       a submission set as ebRIM 3.0 (lcm:SubmitObjectsRequest)\n"
	"metadata/*/N.json      the same as JSON; \"document\" names the file of its octets\n"
	"audit/messages.ndjson  audit messages (DICOM PS3.15 A.5) with their place in the log\n"
	"index.html, looks.ndjson, provisions.ndjson   of a disclosure alone: all of it in words;\n"
	"                       who looked; what was provided to others\n"
	"\n"
	"Text is UTF-8, times are UTC. minato-export(5) describes each member;\n"
	"`minato import DIR` takes it into another region. It holds personal health data:\n"
	"keep it where nobody else can read it.\n"
	"\n"
	"このディレクトリは、地域医療情報連携基盤 (Minato, 形式 1) から取り出したデータです。\n"
	"一施設の分、または患者一人への開示分を、公開された形式で収めています。\n"
	"\n"
	"manifest.json          何を、いつ、誰が取り出したか。件数と一覧のハッシュ値\n"
	"SHA256SUMS             全ファイルの一覧。確認: sha256sum -c SHA256SUMS\n"
	"identities.ndjson      患者 (一行に一人分の記録、過去の版を含む)\n"
	"consents.ndjson        患者の同意・不同意の履歴 (参加、離脱、施設の除外)\n"
	"documents/ab/abcd...   文書の本体。ファイル名は SHA-256\n"
	"metadata/*/N.xml       提出単位ごとのメタデータ (ebRIM 3.0)\n"
	"metadata/*/N.json      同じ内容の JSON。\"document\" が文書本体のファイル名\n"
	"audit/messages.ndjson  監査メッセージ (DICOM PS3.15 A.5) と監査ログ上の位置\n"
	"index.html, looks.ndjson, provisions.ndjson   開示の場合のみ: 読める形にした全体、\n"
	"                       閲覧の記録、第三者への提供の記録\n"
	"\n"
	"文字コードは UTF-8、時刻は協定世界時 (UTC) です。各項目の説明は minato-export(5)、\n"
	"別の地域への取り込みは `minato import DIR` をご覧ください。\n"
	"個人の医療情報です。他の人が読めない場所に保管してください。\n";

struct bytes export_readme(struct arena *a)
{
	(void)a;
	return bytes_of_text(text);
}
