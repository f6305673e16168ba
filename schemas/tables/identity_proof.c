/* schemas/tables/identity_proof.c: by what somebody was known to be who he says he is. */
#include "schemas/tables/identity_proof.h"

#include <string.h>

const struct identity_proof identity_proofs[] = {
	{ .kind = "card-reader",
	  .japanese = "マイナンバーカード(顔認証付きカードリーダー)",
	  .english = "My Number Card, at a card reader" },
	{ .kind = "my-number-card",
	  .japanese = "マイナンバーカードの提示",
	  .english = "My Number Card, shown" },
	{ .kind = "driving-licence", .japanese = "運転免許証", .english = "driving licence" },
	{ .kind = "insurance-card",
	  .japanese = "健康保険証・資格確認書",
	  .english = "insurance card" },
	{ .kind = "passport", .japanese = "旅券", .english = "passport" },
	{ .kind = "residence-card",
	  .japanese = "在留カード・特別永住者証明書",
	  .english = "residence card" },
	{ .kind = "disability-certificate",
	  .japanese = "障害者手帳",
	  .english = "disability certificate" },
	{ .kind = "known-in-person", .japanese = "本人面識", .english = "known in person" },
	{ .kind = "representative",
	  .japanese = "代理人の確認書類",
	  .english = "papers of whoever speaks for the patient" },
	{ .kind = "other", .japanese = "その他", .english = "something else" },
};
const size_t identity_proof_count = sizeof identity_proofs / sizeof identity_proofs[0];

const struct identity_proof *identity_proof(const char *kind)
{
	for (size_t i = 0; kind != NULL && i < identity_proof_count; i++)
		if (strcmp(identity_proofs[i].kind, kind) == 0)
			return &identity_proofs[i];
	return NULL;
}
