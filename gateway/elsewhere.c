/* gateway/elsewhere.c: an answer whose wsa:ReplyTo is not the connection (ITI TF-2: V.5).
 *
 * The request is answered with 202 when the answer is kept: as it was made, with its MessageID, in
 * the job of the exchange's audit record. From then on it is an errand (gateway/errands/answer.c)
 * and arrives once at least, whatever happens to us; who gets it twice knows it by its MessageID.
 * What cannot be kept was not accepted: the connection gets a fault instead. */
#include "gateway/journey.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/config.h"
#include "gateway/process.h"
#include "store/errands.h"

void journey_answer_here(struct journey *j)
{
	j->reply_to = NULL;
	j->addressed = false;
	j->errand = NULL;
	j->sealed = false;
}

/* Nothing of what was found leaves; the record says so. */
void journey_refuse_here(struct journey *j, const struct problem *why)
{
	j->x.problem = *why;
	j->x.findings = NULL;
	j->x.result = NULL;
	j->x.departures = NULL;
	j->refused = true;
	j->events = NULL;
	journey_answer_here(j);
}

enum { READ_AT_ONCE = 64 * 1024 };

static bool in_file(const struct piece *piece)
{
	return piece->fd >= 0 && piece->octets.data == NULL;
}

/* What was spooled is copied: its file goes when the exchange ends. */
static bool keep_file(struct journey *j, const struct piece *piece, struct blob *out,
		      struct problem *p)
{
	struct exchange *x = &j->x;
	unsigned char *octets = arena_alloc(x->arena, READ_AT_ONCE);
	struct blob_writer *w = blob_begin(x->store, x->arena, p);
	for (uint64_t at = 0; w != NULL && at < piece->length;) {
		uint64_t rest = piece->length - at;
		ssize_t n = pread(piece->fd, octets, rest < READ_AT_ONCE ? rest : READ_AT_ONCE,
				  (off_t)(piece->offset + at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return problem_set(p, PROBLEM_INTERNAL,
					   "the answer could not be read again: %s",
					   n == 0 ? "its file is shorter" : strerror(errno));
		if (!blob_write(w, octets, (size_t)n, p))
			return false;
		at += (uint64_t)n;
	}
	return w != NULL && blob_finish(w, out, p);
}

/* A document by the name the store has for it; a few octets as they are; anything else is kept. */
static bool make_part(struct journey *j, const struct piece *piece, struct errand_part *out,
		      struct problem *p)
{
	struct exchange *x = &j->x;
	if (piece->name != NULL) {
		memcpy(out->blob.sha256, piece->name, BLOB_SHA256);
		out->blob.size = piece->octets.data != NULL ? piece->octets.length : piece->length;
		return true;
	}
	if (!in_file(piece) && piece->octets.length <= ERRAND_LITERAL_MOST) {
		out->octets = piece->octets;
		return true;
	}
	out->own = true;
	if (in_file(piece))
		return keep_file(j, piece, &out->blob, p);
	return blob_of_bytes(x->store, x->arena, piece->octets, &out->blob, p);
}

static bool make_parts(struct journey *j, struct errand *e, struct problem *p)
{
	struct errand_part *last = NULL;
	for (size_t i = 0; i < j->answer.piece_count; i++) {
		const struct piece *piece = &j->answer.pieces[i];
		struct errand_part *part = arena_new(j->x.arena, struct errand_part);
		if (piece->name == NULL && piece->octets.length == 0 && !in_file(piece))
			continue;
		if (!make_part(j, piece, part, p))
			return false;
		if (last == NULL)
			e->parts = part;
		else
			last->next = part;
		last = part;
	}
	return true;
}

static struct errand *errand_of(struct journey *j)
{
	struct exchange *x = &j->x;
	struct errand *e = arena_new(x->arena, struct errand);
	*e = (struct errand){
		.kind = "answer",
		.partner = x->sender->name,
		.address = j->reply_to,
		.what = x->transaction->code,
		.exchange = x->id,
		.content_type = j->answer.headers[0].value,
		.made = x->now,
	};
	return e;
}

static void prepare(void *with)
{
	struct journey *j = with;
	struct errand *e = errand_of(j);
	struct problem why = { .code = PROBLEM_NONE };
	if (make_parts(j, e, &why))
		j->errand = e;
	else
		journey_refuse_here(j, &why);
}

void journey_prepare_errand(struct journey *j)
{
	if (!journey_guard(j, prepare)) {
		struct problem why = j->x.problem;
		journey_refuse_here(j, &why);
	}
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	struct journey *j = with;
	const struct configuration *c = j->configuration;
	const struct errand_bounds bounds = {
		.count = c->outbox.errands,
		.octets = c->outbox.octets,
		.partner_count = c->outbox.errands_per_partner,
		.partner_octets = c->outbox.octets_per_partner,
	};
	return errand_put(t, j->errand, &bounds, p);
}

bool journey_keep_errand(struct journey *j, struct store_txn *t)
{
	struct problem why = { .code = PROBLEM_NONE };
	if (store_savepoint(t, keep, j, &why))
		return true;
	journey_refuse_here(j, &why);
	return false;
}

/* It stays in memory until the job's end: who writes says in short what became of it. */
static bool is_short(const struct journey *j)
{
	uint64_t octets = 0;
	for (size_t i = 0; i < j->answer.piece_count; i++)
		octets += in_file(&j->answer.pieces[i]) ? BLOB_SMALL + 1
							: j->answer.pieces[i].octets.length;
	return octets <= BLOB_SMALL;
}

bool journey_keep_answer(struct journey *j, struct store_txn *t, struct problem *p)
{
	if (!is_short(j))
		return problem_set(p, PROBLEM_TOO_LARGE,
				   "the answer is longer than %d octets, and was to go elsewhere: "
				   "submit it in parts",
				   BLOB_SMALL);
	struct errand *e = errand_of(j);
	if (!make_parts(j, e, p))
		return false;
	j->errand = e;
	return keep(j, t, p);
}

void journey_accept(struct journey *j)
{
	static const struct answer accepted = { .status = 202 };
	j->answer = accepted;
}
