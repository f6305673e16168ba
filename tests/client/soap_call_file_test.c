/* tests/client/soap_call_file_test.c: an answer that lies in a file, read again. */
#include "tests/base/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/mtom_ranges.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "tests/base/failing.h"

#define RELATES "urn:uuid:00000000-0000-4000-8000-000000000001"
#define ENVELOPE(relates)                                                                          \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                         \
	"xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action>urn:x</a:Action>"    \
	"<a:RelatesTo>" relates "</a:RelatesTo></s:Header><s:Body><x/></s:Body></s:Envelope>"
#define SOAP "application/soap+xml"
#define MTOM "multipart/related; boundary=b; type=\"application/xop+xml\""
#define ROOT(relates) "--b\r\nContent-Type: application/xop+xml\r\n\r\n" ENVELOPE(relates) "\r\n"
#define PART "--b\r\nContent-ID: <d>\r\n\r\none\r\n"

static int failing_errno;

ssize_t __real_pread(int fd, void *octets, size_t length, off_t at);
ssize_t __wrap_pread(int fd, void *octets, size_t length, off_t at);
ssize_t __wrap_pread(int fd, void *octets, size_t length, off_t at)
{
	if (!failing_now("pread"))
		return __real_pread(fd, octets, length, at);
	errno = failing_errno;
	return failing_errno == 0 ? 0 : -1;
}

static int file_of(const char *text, size_t more)
{
	char path[] = "/tmp/minato-answer-XXXXXX";
	int fd = mkstemp(path);
	CU_ASSERT_FATAL(fd >= 0 && unlink(path) == 0);
	CU_ASSERT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CU_ASSERT(ftruncate(fd, (off_t)(strlen(text) + more)) == 0);
	return fd;
}

static const struct {
	const char *name, *type, *body;
	size_t more; /* octets of it that are NUL */
	bool read;
	enum problem_code code, cut;
	unsigned parts;
} rows[] = {
	{ "plain", SOAP, ENVELOPE(RELATES), 0, true, PROBLEM_NONE, PROBLEM_NONE, 0 },
	{ "with a part", MTOM, ROOT(RELATES) PART "--b--\r\n", 0, true, PROBLEM_NONE, PROBLEM_NONE,
	  1 },
	{ "cut behind its root", MTOM, ROOT(RELATES) PART, 0, true, PROBLEM_NONE, PROBLEM_MALFORMED,
	  1 },
	{ "cut in its root", MTOM, "--b\r\n\r\n<s:Env", 0, false, PROBLEM_MALFORMED,
	  PROBLEM_MALFORMED, 0 },
	{ "no SOAP", SOAP, "<x/>", 0, false, PROBLEM_MALFORMED, PROBLEM_NONE, 0 },
	{ "no XML", SOAP, "hello", 0, false, PROBLEM_MALFORMED, PROBLEM_NONE, 0 },
	{ "nothing", "", "", 0, false, PROBLEM_MALFORMED, PROBLEM_NONE, 0 },
	{ "another's", MTOM, ROOT("urn:uuid:another") PART "--b--\r\n", 0, false,
	  PROBLEM_ADDRESSING_INVALID, PROBLEM_NONE, 1 },
	{ "large, and no multipart", SOAP, ENVELOPE(RELATES), MTOM_ROOT_MOST, false,
	  PROBLEM_TOO_LARGE, PROBLEM_NONE, 0 },
	{ "a large root", MTOM, "--b\r\n\r\n<s:Env", 2 * MTOM_ROOT_MOST, false, PROBLEM_TOO_LARGE,
	  PROBLEM_TOO_LARGE, 0 },
	{ "a large part", MTOM, ROOT(RELATES) "--b\r\n\r\n", 8 << 20, true, PROBLEM_NONE,
	  PROBLEM_MALFORMED, 1 },
	{ "no boundary", "multipart/related", ROOT(RELATES), 0, false, PROBLEM_MALFORMED,
	  PROBLEM_MALFORMED, 0 },
};

static void is_read_again(void)
{
	static const struct soap_sent sent = { .message_id = RELATES };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(8 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct soap_reply reply;
		int fd = file_of(rows[i].body, rows[i].more);
		bool read = soap_call_read_file(a, &sent, 200, rows[i].type, fd,
						strlen(rows[i].body) + rows[i].more, &reply, &p);
		unsigned parts = 0;
		for (const struct mtom_range *r = reply.ranges; r != NULL; r = r->next)
			parts++;
		bool as_said = read == rows[i].read && p.code == rows[i].code
			       && reply.cut.code == rows[i].cut && parts == rows[i].parts;
		if (!as_said)
			fprintf(stderr, "%s: %d, %s, cut %s, %u: %s\n", rows[i].name, read,
				problem_row(p.code)->name, problem_row(reply.cut.code)->name, parts,
				p.what);
		CU_ASSERT_TRUE(as_said);
		close(fd);
		arena_destroy(a);
	}
}

/* What cannot be read of the disk is our own fault, and said so; it never looks whole. */
static void cannot_be_read_again(void)
{
	static const struct {
		int error;
		const char *type;
		bool read;
	} ends[] = { { EIO, SOAP, false }, { 0, SOAP, false }, { EINTR, SOAP, true },
		     { EIO, MTOM, false }, { 0, MTOM, false }, { EINTR, MTOM, true } };
	static const struct soap_sent sent = { .message_id = RELATES };
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct arena *a = arena_create(8 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct soap_reply reply;
		const char *body = strcmp(ends[i].type, SOAP) == 0 ? ENVELOPE(RELATES)
								   : ROOT(RELATES) PART "--b--\r\n";
		int fd = file_of(body, 0);
		failing_errno = ends[i].error;
		failing_arm("pread", 0);
		CU_ASSERT_EQUAL(soap_call_read_file(a, &sent, 200, ends[i].type, fd, strlen(body),
						    &reply, &p),
				ends[i].read);
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(p.code, ends[i].read ? PROBLEM_NONE : PROBLEM_INTERNAL);
		close(fd);
		arena_destroy(a);
	}
}

/* ---- What is sent in pieces ---- */

static void fill(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 'r', length);
}

static void write_body(struct xml_writer *w, const void *what)
{
	(void)what;
	xml_open(w, "x");
	xml_close(w);
}

static const char *sent_of(struct arena *a, const struct call_piece *pieces, size_t count)
{
	char *text = arena_alloc(a, 4096), *at = text;
	for (size_t i = 0; i < count; i++) {
		const struct call_piece *p = &pieces[i];
		if (p->octets.data != NULL)
			memcpy(at, p->octets.data, p->octets.length);
		else
			CU_ASSERT_EQUAL_FATAL(pread(p->fd, at, p->length, 0), (ssize_t)p->length);
		at += p->octets.data != NULL ? p->octets.length : p->length;
	}
	*at = '\0';
	return text;
}

/* Whether a part is in a file or not, and whether there is any: the same octets leave. */
static void pieces_are_the_message(void)
{
	static const struct random_source constant = { .fill = fill };
	struct arena *a = arena_create(1 << 20);
	int fd = file_of("in a file", 0);
	struct soap_part second = { .content_id = "2",
				    .content_type = "text/plain",
				    .octets = bytes_of_text("in a file") };
	const struct soap_part first = { .content_id = "1",
					 .content_type = "text/plain",
					 .octets = bytes_of_text("in memory"),
					 .next = &second };
	for (unsigned how = 0; how < 3; how++) {
		const struct soap_call call = { .url = "https://there",
						.action = "urn:x",
						.message_id = RELATES,
						.write = write_body,
						.multipart = how != 0,
						.parts = how == 2 ? &first : NULL };
		const struct call_piece *pieces;
		struct soap_sent whole, sent;
		second.octets = bytes_of_text("in a file");
		soap_call_write(a, &constant, &call, &whole);
		second.octets = (struct bytes){ 0 };
		second.fd = fd;
		second.length = strlen("in a file");
		size_t count = soap_call_pieces(a, &constant, &call, &sent, &pieces);
		CU_ASSERT_EQUAL(count, how == 2 ? 7 : 1);
		CU_ASSERT_STRING_EQUAL(
			sent_of(a, pieces, count),
			arena_text_n(a, (const char *)whole.body.data, whole.body.length));
		CU_ASSERT_STRING_EQUAL(sent.content_type, whole.content_type);
		CU_ASSERT_STRING_EQUAL(sent.message_id, RELATES);
	}
	close(fd);
	arena_destroy(a);
}

static const struct test tests[] = { { "pieces are the message", pieces_are_the_message },
				     { "is read again", is_read_again },
				     { "cannot be read again", cannot_be_read_again },
				     { 0 } };

int main(void)
{
	return suite_run("soap call: parts and answers in files", tests);
}
