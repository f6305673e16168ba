/* store/deferred_questions.c: what other communities asked us to answer later. */
#include "store/deferred_questions.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/errands.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum {
	TAG_SYSTEM = 1,
	TAG_ADDRESS,
	TAG_MESSAGE,
	TAG_ANSWER,
	TAG_ENDPOINT,
	TAG_EXCHANGE,
	TAG_BODY,
	TAG_PRINT,
	TAG_ASKED,
	TAG_UNTIL,
	TAG_OUTCOME,
	TAG_WANTS,
	TAG_RECORD,
	TAG_CODE,
	TAG_DEGREE,
};
enum { FORGOTTEN_AT_ONCE = 256 }; /* a job is to be short */
enum { NAME = 32 };               /* octets: of the MessageID, in the key */

/* ---- Rows ---- */

static bool digest(struct bytes of, unsigned char out[EVP_MAX_MD_SIZE])
{
	return EVP_Digest(of.data, of.length, out, NULL, EVP_sha256(), NULL) == 1;
}

static struct key row_key(uint64_t partner, const unsigned char name[NAME])
{
	struct key k;
	key_begin(&k, SPACE_DEFERRED_QUESTION);
	key_short(&k, partner);
	key_bytes(&k, name, NAME);
	return k;
}

static void read_field(struct record_reader *r, struct deferred_question *out)
{
	switch (r->tag) {
	case TAG_SYSTEM: out->system = record_as_text(r); break;
	case TAG_ADDRESS: out->address = record_as_text(r); break;
	case TAG_MESSAGE: out->message_id = record_as_text(r); break;
	case TAG_ANSWER: out->answer_id = record_as_text(r); break;
	case TAG_ENDPOINT: out->endpoint = record_as_text(r); break;
	case TAG_EXCHANGE: out->exchange = record_as_text(r); break;
	case TAG_BODY: out->body = r->value; break;
	case TAG_PRINT:
		r->broken |= r->value.length != DEFERRED_PRINT;
		if (!r->broken)
			memcpy(out->print, r->value.data, DEFERRED_PRINT);
		break;
	case TAG_ASKED: out->asked = record_as_instant(r); break;
	case TAG_UNTIL: out->until = record_as_instant(r); break;
	case TAG_OUTCOME: out->outcome = (enum deferred_outcome)record_as_number(r); break;
	case TAG_WANTS: out->wants = (unsigned)record_as_number(r); break;
	case TAG_RECORD: out->record = record_as_number(r); break;
	case TAG_CODE: out->code = record_as_text(r); break;
	case TAG_DEGREE: out->degree = (unsigned)record_as_number(r); break;
	}
}

/* What is left of one that was answered says nothing of anybody. */
static bool is_whole(const struct deferred_question *q)
{
	if (text_empty(q->message_id) || q->until < q->asked)
		return false;
	if (q->body.length == 0)
		return q->code == NULL && q->record == 0;
	return q->system != NULL && q->address != NULL && q->answer_id != NULL
	       && q->endpoint != NULL && q->exchange != NULL && q->outcome >= DEFERRED_NOBODY
	       && q->outcome < DEFERRED_OUTCOMES
	       && (q->outcome == DEFERRED_ONE) == (q->code != NULL)
	       && (q->outcome == DEFERRED_ONE) == (q->record != 0);
}

static bool read_row(struct bytes row, struct deferred_question *out)
{
	struct record_reader r = record_read(row);
	*out = (struct deferred_question){ .asked = 0 };
	while (r.version == VERSION && record_next(&r))
		read_field(&r, out);
	return !r.broken && is_whole(out);
}

static void write_decided(struct record_writer *w, const struct deferred_question *q)
{
	record_text(w, TAG_SYSTEM, q->system);
	record_text(w, TAG_ADDRESS, q->address);
	record_text(w, TAG_ANSWER, q->answer_id);
	record_text(w, TAG_ENDPOINT, q->endpoint);
	record_text(w, TAG_EXCHANGE, q->exchange);
	record_bytes(w, TAG_BODY, q->body);
	record_number(w, TAG_OUTCOME, q->outcome);
	record_number(w, TAG_WANTS, q->wants);
	if (q->outcome != DEFERRED_ONE)
		return;
	record_number(w, TAG_RECORD, q->record);
	record_text(w, TAG_CODE, q->code);
	record_number(w, TAG_DEGREE, q->degree);
}

static bool put_row(struct store_txn *t, uint64_t partner, const unsigned char name[NAME],
		    const unsigned char print[DEFERRED_PRINT], const struct deferred_question *q)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k = row_key(partner, name);
	record_text(&w, TAG_MESSAGE, q->message_id);
	record_bytes(&w, TAG_PRINT, (struct bytes){ print, DEFERRED_PRINT });
	record_instant(&w, TAG_ASKED, q->asked);
	record_instant(&w, TAG_UNTIL, q->until);
	if (q->body.length != 0)
		write_decided(&w, q);
	return store_put(t, key_span(&k), record_end(&w));
}

/* ---- Finding ---- */

/* By what stands in the key. */
static bool get(struct store_txn *t, struct arena *a, const char *partner,
		const unsigned char name[NAME], instant now, struct deferred_question *out)
{
	uint64_t number;
	struct bytes row;
	if (!name_find(t, partner, &number))
		return false;
	struct key k = row_key(number, name);
	if (!store_get(t, key_span(&k), a, &row))
		return false;
	if (!read_row(row, out))
		return store_damaged(t, "a question that is answered later cannot be read");
	out->partner = partner;
	return now < out->until;
}

bool deferred_question_find(struct store_txn *t, struct arena *a, const char *partner,
			    const char *message_id, instant now, struct deferred_question *out)
{
	unsigned char name[EVP_MAX_MD_SIZE];
	return digest(bytes_of_text(message_id), name) && get(t, a, partner, name, now, out);
}

bool deferred_question_is(const struct deferred_question *kept, struct bytes body)
{
	unsigned char print[EVP_MAX_MD_SIZE];
	return digest(body, print) && memcmp(print, kept->print, DEFERRED_PRINT) == 0;
}

/* ---- Its errand ---- */

/* The name in hexadecimal digits, and the partner. */
static const char *words_of(struct arena *a, const unsigned char name[NAME], const char *partner)
{
	return text_joined(a, bytes_to_hex(a, (struct bytes){ name, NAME }), " ", partner, NULL);
}

static bool read_words(const char *words, unsigned char name[NAME])
{
	enum { DIGITS = 2 * NAME };
	return strlen(words) > DIGITS && words[DIGITS] == ' '
	       && bytes_from_hex(words, DIGITS, name);
}

/* The outbox's bounds are for what others cause; this has its own. */
static bool send(struct store_txn *t, const struct deferred_question *q,
		 const unsigned char name[NAME], struct problem *p)
{
	static const struct errand_bounds none = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	const char *words = words_of(store_arena(t), name, q->partner);
	const struct errand_part part = { .octets = bytes_of_text(words) };
	struct errand e = { .kind = DEFERRED_ERRAND,
			    .partner = q->system,
			    .address = q->address,
			    .what = "ITI-55",
			    .exchange = q->exchange,
			    .content_type = "application/soap+xml",
			    .parts = &part,
			    .made = q->asked };
	return errand_put(t, &e, &none, p);
}

bool deferred_question_of(struct store_txn *t, struct arena *a, const struct errand *e, instant now,
			  struct deferred_question *out)
{
	const struct errand_part *part = e->parts;
	unsigned char name[NAME];
	if (!text_equal(e->kind, DEFERRED_ERRAND) || part == NULL || part->octets.data == NULL)
		return false;
	const char *words = arena_text_n(a, (const char *)part->octets.data, part->octets.length);
	return read_words(words, name) && get(t, a, words + 2 * NAME + 1, name, now, out)
	       && out->body.length != 0;
}

/* ---- Taking, and answering ---- */

static bool has_room(struct store_txn *t, const struct deferred_question *q)
{
	struct errand_queue queue;
	errand_queue_get(t, store_arena(t), q->system, q->address, &queue);
	return queue.waiting + queue.aside < DEFERRED_MOST;
}

static bool failed(struct store_txn *t, struct problem *p)
{
	if (store_failed(t))
		*p = *store_problem(t);
	return store_failed(t);
}

bool deferred_question_put(struct store_txn *t, const struct deferred_question *q,
			   struct problem *p)
{
	unsigned char name[EVP_MAX_MD_SIZE], print[EVP_MAX_MD_SIZE];
	uint64_t partner = name_number(t, q->partner);
	if (!digest(bytes_of_text(q->message_id), name) || !digest(q->body, print))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a question");
	if (!has_room(t, q) && !store_failed(t))
		return problem_set(p, PROBLEM_BUSY,
				   "%d answers wait for their receiver; ask again later",
				   DEFERRED_MOST);
	if (partner != 0 && put_row(t, partner, name, print, q) && send(t, q, name, p))
		return true;
	failed(t, p);
	return false;
}

bool deferred_question_answered(struct store_txn *t, const struct deferred_question *q)
{
	const struct deferred_question left = { .message_id = q->message_id,
						.asked = q->asked,
						.until = q->until };
	unsigned char name[EVP_MAX_MD_SIZE];
	uint64_t partner;
	if (name_find(t, q->partner, &partner) && digest(bytes_of_text(q->message_id), name))
		put_row(t, partner, name, q->print, &left);
	return !store_failed(t);
}

/* ---- What has had its time ---- */

struct over {
	struct key key;
	struct over *next;
};

/* The first of them, up to so many: none is deleted while the cursor stands there. */
static struct over *find_over(struct store_txn *t, instant before)
{
	struct over *first = NULL, **last = &first;
	struct key space;
	struct bytes key, row;
	key_begin(&space, SPACE_DEFERRED_QUESTION);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (unsigned count = 0; count < FORGOTTEN_AT_ONCE && store_next(c, &key, &row);) {
		struct key_reader r = key_read(key);
		struct deferred_question q;
		uint64_t partner = key_read_short(&r);
		struct bytes name = key_read_bytes(&r, NAME);
		if (!key_read_end(&r) || !read_row(row, &q)) {
			store_damaged(t, "a question that is answered later cannot be read");
		} else if (q.until < before) {
			*last = arena_new(store_arena(t), struct over);
			(*last)->key = row_key(partner, name.data);
			last = &(*last)->next;
			count++;
		}
	}
	store_scan_end(c);
	return first;
}

bool deferred_questions_forget(struct store_txn *t, instant before, bool *more)
{
	unsigned count = 0;
	for (const struct over *o = find_over(t, before); o != NULL; o = o->next, count++)
		store_delete(t, key_span(&o->key));
	*more = count == FORGOTTEN_AT_ONCE;
	return !store_failed(t);
}

/* ---- For `minato check` ---- */

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct deferred_question q;
	unsigned char is[EVP_MAX_MD_SIZE];
	uint64_t partner = key_read_short(&r);
	struct bytes name = key_read_bytes(&r, NAME);
	if (!key_read_end(&r) || !read_row(value, &q))
		check_finding(c, "a question that is answered later cannot be read");
	else if (name_text(check_txn(c), check_arena(c), partner) == NULL)
		check_finding(c, "a question that is answered later is nobody's");
	else if (!digest(bytes_of_text(q.message_id), is) || memcmp(name.data, is, NAME) != 0)
		check_finding(c, "a question that is answered later is not found by its name");
}

const struct check_module deferred_questions_check = {
	.name = "deferred questions",
	.rows = (const struct check_row[]){ { SPACE_DEFERRED_QUESTION, "question answered later",
					      look },
					    { 0 } },
};
