/* tests/audit/sending_test.c: which records of a batch a repository does not take, found over as
 * few connections as may be. The repository is a line of letters, asked through the linker
 * (--wrap). */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/audit/sending.h"
#include "gateway/base/text.h"

enum { MOST = 1000 };

/* What it does with the record of that letter. */
enum {
	TAKES = 't',
	REFUSES = 'r',  /* ends the connection when it comes */
	ENDS_ILL = 'e', /* reads it, and does not end in order */
	SHY = 's',      /* refuses it the first time only */
};

static struct repository {
	unsigned opened, reached; /* connections; that many at most can be had */
	unsigned sent, goes_on;   /* records; may_go_on() says yes so often */
	unsigned open;            /* now */
	bool ill;
	bool seen[MOST];
	unsigned taken[MOST];
	unsigned pending[MOST], pending_count;
} is;

struct syslog_tls *__wrap_syslog_tls_open(const struct syslog_tls_peer *peer, int cancel_fd,
					  char why[SYSLOG_WHY]);
struct syslog_tls *__wrap_syslog_tls_open(const struct syslog_tls_peer *peer, int cancel_fd,
					  char why[SYSLOG_WHY])
{
	(void)peer, (void)cancel_fd, (void)why;
	is.ill = false;
	is.pending_count = 0;
	if (is.opened++ >= is.reached)
		return NULL;
	is.open++;
	return (struct syslog_tls *)(void *)&is;
}

bool __wrap_syslog_tls_send(struct syslog_tls *s, struct bytes frame, char why[SYSLOG_WHY]);
bool __wrap_syslog_tls_send(struct syslog_tls *s, struct bytes frame, char why[SYSLOG_WHY])
{
	unsigned number = (unsigned)frame.length - 1;
	(void)s, (void)why;
	is.sent++;
	bool shy = *frame.data == SHY && !is.seen[number];
	is.seen[number] = true;
	is.ill = is.ill || *frame.data == ENDS_ILL;
	if (*frame.data == REFUSES || shy)
		return false;
	is.pending[is.pending_count++] = number;
	return true;
}

bool __wrap_syslog_tls_close(struct syslog_tls *s, char why[SYSLOG_WHY]);
bool __wrap_syslog_tls_close(struct syslog_tls *s, char why[SYSLOG_WHY])
{
	(void)s, (void)why;
	is.open--;
	for (unsigned i = 0; !is.ill && i < is.pending_count; i++)
		is.taken[is.pending[i]]++;
	return !is.ill;
}

void __wrap_syslog_tls_drop(struct syslog_tls *s);
void __wrap_syslog_tls_drop(struct syslog_tls *s)
{
	is.open -= s != NULL;
}

static bool may_go_on(void *with)
{
	(void)with;
	return is.goes_on != 0 && is.goes_on-- != 0;
}

/* A record's number is the length of its frame, its letter the first octet. */
static struct parcel *parcels_of(const char *letters)
{
	size_t count = strlen(letters);
	struct parcel *all = calloc(count + 1, sizeof *all);
	for (size_t i = 0; i < count; i++) {
		unsigned char *frame = malloc(i + 1);
		memset(frame, letters[i], i + 1);
		all[i] = (struct parcel){ .frame = { frame, i + 1 },
					  .sequence = i + 1,
					  .next = i + 1 < count ? &all[i + 1] : NULL };
	}
	return all;
}

static void free_parcels(struct parcel *all, const char *letters)
{
	for (size_t i = 0; i < strlen(letters); i++)
		free((unsigned char *)all[i].frame.data);
	free(all);
}

static const struct sending sending = { .cancel_fd = -1,
					.may_go_on = may_go_on,
					.why = (char[SYSLOG_WHY]){ 0 } };

static void begin(unsigned reached, unsigned goes_on)
{
	is = (struct repository){ .reached = reached, .goes_on = goes_on };
}

static void as_a_whole(void)
{
	static const struct {
		const char *letters;
		unsigned reached, goes_on;
		enum sent sent;
		unsigned opened, sends;
	} rows[] = {
		{ "", 0, 0, SENT, 0, 0 },           { "t", 1, 9, SENT, 1, 1 },
		{ "ttt", 1, 9, SENT, 1, 3 },        { "ttt", 0, 9, NOT_REACHED, 1, 0 },
		{ "ttt", 1, 2, NOT_REACHED, 1, 2 }, { "trt", 1, 9, NOT_TAKEN, 1, 2 },
		{ "tte", 1, 9, NOT_TAKEN, 1, 3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct parcel *all = parcels_of(rows[i].letters);
		begin(rows[i].reached, rows[i].goes_on);
		CU_ASSERT_EQUAL(sending_whole(&sending, *rows[i].letters == '\0' ? NULL : all),
				rows[i].sent);
		CU_ASSERT_EQUAL(is.opened, rows[i].opened);
		CU_ASSERT_EQUAL(is.sent, rows[i].sends);
		CU_ASSERT_EQUAL(is.open, 0);
		free_parcels(all, rows[i].letters);
	}
}

/* known: a letter before them all; 0: none. refused: x for each that is to be set aside. */
static void in_parts(void)
{
	static const struct {
		const char *why, *letters;
		char known;
		unsigned reached, goes_on;
		enum sent sent;
		const char *refused;
	} rows[] = {
		{ "one of some", "ttrt", 't', 99, 999, SENT, "..x." },
		{ "the first", "rttt", 't', 99, 999, SENT, "x..." },
		{ "the last, of an odd number", "ttttr", 't', 99, 999, SENT, "....x" },
		{ "one whose end is ill", "tett", 't', 99, 999, SENT, ".x.." },
		{ "several", "rtrtrrt", 't', 99, 999, SENT, "x.x.xx." },
		{ "all, of one that takes what it took", "rrr", 't', 99, 999, SENT, "xxx" },
		{ "one alone", "r", 't', 99, 999, SENT, "x" },
		{ "none after all", "tttt", 't', 99, 999, SENT, "...." },
		{ "refused once only", "tsst", 't', 99, 999, SENT, "...." },
		{ "it does not take what it took", "trtt", 'r', 99, 999, NOT_TAKEN, "...." },
		{ "nothing known, others taken", "ttrt", 0, 99, 999, SENT, "..x." },
		{ "nothing known, none taken", "rrr", 0, 99, 999, NOT_TAKEN, NULL },
		{ "nothing known, and one alone", "r", 0, 99, 999, NOT_TAKEN, NULL },
		{ "not reached at all", "trtt", 't', 0, 999, NOT_REACHED, NULL },
		{ "not reached any more", "trtt", 't', 3, 999, NOT_REACHED, NULL },
		{ "nor when tried again", "trtt", 't', 6, 999, NOT_REACHED, NULL },
		{ "taken over by another node", "trtt", 't', 99, 4, NOT_REACHED, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct parcel *all = parcels_of(rows[i].letters);
		unsigned char letter = (unsigned char)rows[i].known;
		struct bytes known = { &letter, letter != 0 };
		begin(rows[i].reached, rows[i].goes_on);
		enum sent sent = sending_apart(&sending, all, known);
		bool as_said = sent == rows[i].sent && is.open == 0;
		for (size_t n = 0; rows[i].refused != NULL && n < strlen(rows[i].letters); n++)
			as_said = as_said && all[n].refused == (rows[i].refused[n] == 'x')
				  && (sent != SENT || all[n].refused || is.taken[n] != 0);
		if (!as_said) {
			printf("\n%s: %d after %u connections\n", rows[i].why, (int)sent,
			       is.opened);
			CU_FAIL("not as it was to be");
		}
		free_parcels(all, rows[i].letters);
	}
}

static void connections_are_few(void)
{
	static const struct {
		unsigned refused; /* of a thousand, one in so many from the first on */
		char known;
		enum sent sent;
		unsigned most; /* connections */
	} rows[] = {
		/* Halving a thousand ten times, two halves each, and once more. */
		{ 1000, 't', SENT, 1 + 2 * 11 + 1 },
		{ 250, 't', SENT, 1 + 4 * (2 * 11 + 1) },
		/* Whoever takes nothing costs one connection, or some 64 where nothing is known. */
		{ 1, 'r', NOT_TAKEN, 1 },
		{ 1, 0, NOT_TAKEN, 64 + 64 + 10 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char letters[MOST + 1] = "";
		for (unsigned n = 0; n < MOST; n++)
			letters[n] = n % rows[i].refused == 0 ? REFUSES : TAKES;
		struct parcel *all = parcels_of(letters);
		unsigned char letter = (unsigned char)rows[i].known;
		begin(UINT32_MAX, UINT32_MAX);
		CU_ASSERT_EQUAL(
			sending_apart(&sending, all, (struct bytes){ &letter, letter != 0 }),
			rows[i].sent);
		CU_ASSERT(is.opened <= rows[i].most);
		free_parcels(all, letters);
	}
}

static const struct test tests[] = { { "as a whole", as_a_whole },
				     { "in parts", in_parts },
				     { "connections are few", connections_are_few },
				     { 0 } };

int main(void)
{
	return suite_run("audit: sending", tests);
}
