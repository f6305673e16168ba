/* schemas/tables/identity_proof.c: by what somebody was known to be who he says he is. */
#include "schemas/tables/identity_proof.h"

#include <string.h>

const struct identity_proof identity_proofs[] = {
	{ "card-reader", "マイナンバーカード(顔認証付きカードリーダー)",
	  "My Number Card, at a card reader" },
	{ "my-number-card", "マイナンバーカードの提示", "My Number Card, shown" },
	{ "driving-licence", "運転免許証", "driving licence" },
	{ "insurance-card", "健康保険証・資格確認書", "insurance card" },
	{ "passport", "旅券", "passport" },
	{ "residence-card", "在留カード・特別永住者証明書", "residence card" },
	{ "disability-certificate", "障害者手帳", "disability certificate" },
	{ "known-in-person", "本人面識", "known in person" },
	{ "representative", "代理人の確認書類", "papers of whoever speaks for the patient" },
	{ "other", "その他", "something else" },
};
const size_t identity_proof_count = sizeof identity_proofs / sizeof identity_proofs[0];

const struct identity_proof *identity_proof(const char *kind)
{
	for (size_t i = 0; kind != NULL && i < identity_proof_count; i++)
		if (strcmp(identity_proofs[i].kind, kind) == 0)
			return &identity_proofs[i];
	return NULL;
}
