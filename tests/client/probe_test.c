/* tests/client/probe_test.c: what a try of a partner says of each thing that can fail, over real
 * sockets and TLS. */
#include "tests/base/suite.h"

#include <signal.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/probe.h"
#include "gateway/client/soap_call.h"
#include "gateway/transport/tls_words.h"
#include "tests/client/mllp_partner.h"
#include "tests/client/probed_partner.h"
#include "tests/transport/pki.h"

#define ID "urn:uuid:11111111-2222-4333-8444-555555555555"
#define OPEN                                                                                       \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                         \
	"xmlns:a=\"http://www.w3.org/2005/08/addressing\">"
#define ANSWER(id)                                                                                 \
	OPEN "<s:Header><a:Action>urn:answer</a:Action><a:RelatesTo>" id                           \
	     "</a:RelatesTo></s:Header><s:Body><x/></s:Body></s:Envelope>"
#define FAULT(subcode)                                                                             \
	OPEN "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>" subcode    \
	     "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en\">not "               \
	     "you</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
/* Ended by the connection's end. */
#define HTTP(status, type, body)                                                                   \
	"HTTP/1.1 " status "\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n" body
#define SOAP "application/soap+xml; charset=UTF-8"

static const struct row {
	const char *why;
	struct probed_manner manner;
	enum probe_finding finding;
	const char *name;   /* NULL: that of the finding */
	const char *within; /* what is said of it; of one that is well, of its message */
	const char *server_name, *crl, *host, *ours;
	bool stopped, staple;
	unsigned connect_seconds, answer_seconds;
	int alert;
} rows[] = {
	/* Addresses and connections */
	{ .why = "no such host",
	  .host = "nobody.invalid",
	  .finding = PROBE_NO_ADDRESS,
	  .within = "" },
	{ .why = "nobody listens",
	  .manner = { .door = DOOR_IS_SHUT },
	  .finding = PROBE_REFUSED,
	  .within = "refused" },
	{ .why = "no way there",
	  .host = "255.255.255.255",
	  .finding = PROBE_UNREACHABLE,
	  .within = "could not be reached" },
	{ .why = "it drops who connects",
	  .manner = { .door = DOOR_IS_FULL },
	  .finding = PROBE_CONNECT_TIME,
	  .connect_seconds = 1,
	  .within = "within 1 s" },
	{ .why = "cancelled",
	  .manner = { .door = DOOR_IS_DUMB },
	  .stopped = true,
	  .finding = PROBE_CANCELLED,
	  .within = "cancelled" },
	/* TLS */
	{ .why = "our file is not there",
	  .manner = { .door = DOOR_CLOSES },
	  .ours = "nowhere",
	  .finding = PROBE_OUR_FILES,
	  .within = "our certificate" },
	{ .why = "another service",
	  .manner = { .door = DOOR_SPEAKS_PLAIN },
	  .finding = PROBE_NO_TLS,
	  .within = "not TLS" },
	{ .why = "it says nothing of TLS",
	  .manner = { .door = DOOR_IS_DUMB },
	  .finding = PROBE_TLS_TIME,
	  .connect_seconds = 2,
	  .within = "within 2 s" },
	{ .why = "it closes in the handshake",
	  .manner = { .door = DOOR_CLOSES },
	  .finding = PROBE_TLS_ENDED,
	  .within = "was ended" },
	{ .why = "TLS 1.1",
	  .manner = { .door = DOOR_IS_OLD },
	  .finding = PROBE_TLS_PROTOCOL,
	  .alert = 70,
	  .within = "70, protocol_version" },
	{ .why = "a small group",
	  .manner = { .door = DOOR_IS_WEAK, .certificate = "server-rsa" },
	  .finding = PROBE_TLS_WEAK,
	  .within = "too small" },
	{ .why = "it does not believe our authority",
	  .manner = { .clients = "other-ca" },
	  .finding = PROBE_TLS_ALERT,
	  .alert = 48,
	  .within = "48, unknown_ca" },
	{ .why = "we have been revoked, or expired, there",
	  .manner = { .says = NULL },
	  .ours = "expired",
	  .finding = PROBE_TLS_ALERT,
	  .alert = 45,
	  .within = "45, certificate_expired" },
	{ .why = "it has to staple, and does not",
	  .manner = { .says = NULL },
	  .staple = true,
	  .finding = PROBE_NOT_STAPLED,
	  .within = "no OCSP answer beside its certificate" },
	/* Their certificate */
	{ .why = "expired",
	  .manner = { .certificate = "expired" },
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "certificate-expired",
	  .within = "expired" },
	{ .why = "not yet valid",
	  .manner = { .certificate = "early" },
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "certificate-early",
	  .within = "not yet valid" },
	{ .why = "unknown issuer",
	  .manner = { .certificate = "stranger" },
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "issuer-unknown",
	  .within = "not one we believe" },
	{ .why = "another name",
	  .manner = { .says = NULL },
	  .server_name = "partner.example",
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "certificate-name",
	  .within = "IP Address:127.0.0.1" },
	{ .why = "revoked",
	  .manner = { .certificate = "revoked" },
	  .crl = "crl",
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "certificate-revoked",
	  .within = "revoked" },
	{ .why = "revoked, and no list is looked at",
	  .manner = { .certificate = "revoked", .says = HTTP("202 OK", "text/plain", "") },
	  .finding = PROBE_WELL,
	  .within = "took the message" },
	{ .why = "its list has ended",
	  .manner = { .says = NULL },
	  .crl = "crl-old",
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "revocation-list",
	  .within = "has ended" },
	{ .why = "weak",
	  .manner = { .door = DOOR_IS_WEAK, .certificate = "weak-rsa" },
	  .finding = PROBE_CERTIFICATE_FAILS,
	  .name = "certificate-weak",
	  .within = "too short" },
	/* HTTP */
	{ .why = "silent",
	  .manner = { .stays = true },
	  .finding = PROBE_SILENT,
	  .answer_seconds = 5,
	  .within = "within 5 s" },
	{ .why = "closed",
	  .manner = { .says = NULL },
	  .finding = PROBE_CLOSED,
	  .within = "without an answer" },
	{ .why = "broke off",
	  .manner = { .says = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf" },
	  .finding = PROBE_BROKE_OFF,
	  .within = "" },
	{ .why = "a mail server within TLS",
	  .manner = { .says = "220 mail.example ESMTP\r\n" },
	  .finding = PROBE_NOT_HTTP,
	  .within = "no HTTP" },
	{ .why = "without an end",
	  .manner = { .says = HTTP("200 OK", "text/plain", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
		      .repeat = 20000 },
	  .finding = PROBE_TOO_LARGE,
	  .within = "larger" },
	{ .why = "sent elsewhere",
	  .manner = { .says = HTTP("307 Go", "text/plain", "") },
	  .finding = PROBE_REDIRECT,
	  .within = "307" },
	{ .why = "no such path",
	  .manner = { .says = HTTP("404 Not Found", "text/html", "<html/>") },
	  .finding = PROBE_HTTP_STATUS,
	  .within = "404: there is nothing at that path" },
	{ .why = "not permitted",
	  .manner = { .says = HTTP("403 Forbidden", "text/html", "<html/>") },
	  .finding = PROBE_HTTP_STATUS,
	  .within = "403: we are not permitted" },
	{ .why = "a status nobody knows",
	  .manner = { .says = HTTP("418 Teapot", "text/html", "<html/>") },
	  .finding = PROBE_HTTP_STATUS,
	  .within = "418: it refused" },
	{ .why = "a page",
	  .manner = { .says = HTTP("200 OK", "text/html", "<html/>") },
	  .finding = PROBE_CONTENT_TYPE,
	  .within = "text/html" },
	/* SOAP */
	{ .why = "half an envelope",
	  .manner = { .says = HTTP("200 OK", SOAP, OPEN) },
	  .finding = PROBE_MALFORMED,
	  .within = "cannot be read" },
	{ .why = "to another message",
	  .manner = { .says = HTTP("200 OK", SOAP, ANSWER("urn:uuid:other")) },
	  .finding = PROBE_OTHER_ANSWER,
	  .within = "another message" },
	{ .why = "a fault",
	  .manner = { .says = HTTP("400 Bad", SOAP, FAULT("x:NotYou")) },
	  .finding = PROBE_FAULT,
	  .within = "x:NotYou: not you" },
	{ .why = "a fault: no such place",
	  .manner = { .says = HTTP("404 No", SOAP, FAULT("a:DestinationUnreachable")) },
	  .finding = PROBE_FAULT,
	  .within = "DestinationUnreachable" },
	{ .why = "it does not do that",
	  .manner = { .says = HTTP("400 Bad", SOAP, FAULT("a:ActionNotSupported")) },
	  .finding = PROBE_WELL,
	  .within = "does not offer" },
	{ .why = "an answer",
	  .manner = { .says = HTTP("200 OK", SOAP, ANSWER(ID)) },
	  .finding = PROBE_WELL,
	  .within = "urn:answer" },
	{ .why = "taken",
	  .manner = { .says = "HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n" },
	  .finding = PROBE_WELL,
	  .within = "took the message" },
};

struct bed {
	char folder[64];
	struct arena *arena;
	bool seen[PROBE_FINDINGS];
};

static const char *file_of(struct bed *b, const char *name)
{
	return name == NULL ? NULL : arena_printf(b->arena, "%s/%s.pem", b->folder, name);
}

static struct partner partner_of(struct bed *b, const struct row *r, unsigned port)
{
	const char *host = r->host == NULL ? "127.0.0.1" : r->host;
	return (struct partner){
		.name = "probed",
		.url = arena_printf(b->arena, "https://%s:%u/path", host, port),
		.identity = { .ca = file_of(b, "ca"),
			      .certificate = file_of(b, r->ours == NULL ? "client" : r->ours),
			      .crl = file_of(b, r->crl),
			      .server_name = r->server_name,
			      .staple = r->staple,
			      .connect_seconds = r->connect_seconds == 0 ? 60
									 : r->connect_seconds },
		.answer_seconds = r->answer_seconds == 0 ? 120 : r->answer_seconds,
	};
}

static const char *told(const struct probed *p)
{
	if (p->finding != PROBE_WELL)
		return p->what;
	return p->seen[PROBE_MESSAGE] == NULL ? "nothing" : p->seen[PROBE_MESSAGE];
}

/* Steps before what failed were seen or not come to; the failed one is not well. */
static bool steps_fit(const struct probed *p)
{
	if (p->finding == PROBE_WELL)
		return p->seen[PROBE_ADDRESS] != NULL && p->seen[PROBE_CERTIFICATE] != NULL
		       && p->seen[PROBE_TLS] != NULL && p->seen[PROBE_ANSWER] != NULL;
	return p->seen[probe_row(p->finding)->at] == NULL && p->seen[PROBE_MESSAGE] == NULL
	       && !text_empty(p->remedy);
}

static void check(struct bed *b, const struct row *r, const struct probed *p)
{
	const char *name = r->name == NULL ? probe_row(r->finding)->name : r->name;
	b->seen[p->finding] = true;
	if (p->finding == r->finding && text_equal(p->name, name)
	    && strstr(told(p), r->within) != NULL && steps_fit(p)
	    && p->alert == (r->alert == 0 ? -1 : r->alert))
		return;
	fprintf(stderr, "%s: %s (alert %d): %s; %s\n", r->why, p->name, p->alert, told(p),
		p->remedy == NULL ? "" : p->remedy);
	CU_FAIL("a try says something else");
}

static void each_manner(struct bed *b)
{
	const struct soap_sent sent = { .message_id = ID,
					.content_type = SOAP,
					.body = bytes_of_text(OPEN "<s:Body/></s:Envelope>") };
	const struct probe_message m = { .soap = &sent };
	for (size_t i = 0; i < COUNT(rows); i++) {
		atomic_bool stop = rows[i].stopped;
		struct probed_partner there;
		struct probed out;
		probed_partner_begin(&there, b->folder, &rows[i].manner);
		struct partner p = partner_of(b, &rows[i], there.port);
		probe_partner(b->arena, &p, &m, &stop, &out);
		check(b, &rows[i], &out);
		probed_partner_end(&there);
	}
}

/* ---- MLLP ---- */

#define MESSAGE "MSH|^~\\&|MINATO|R|C|H|20260101||QBP^Q23^QBP_Q21|77|D|2.5\rQPD|IHE PIX Query|77\r"
#define ACK(code, id) "MSH|^~\\&|C|H|MINATO|R|20260101||ACK|1|D|2.5\rMSA|" code "|" id "\r"
#define FRAMED(text) "\v" text "\x1c\r"

static const struct mllp_row {
	const char *why;
	struct manner manner;
	enum probe_finding finding;
	const char *within;
	const char *clients; /* authority; NULL: "ca" */
	unsigned answer_seconds;
	int alert;
	bool accepted; /* it has to be */
} mllp_rows[] = {
	{ .why = "AE",
	  .manner = { .octets = FRAMED(ACK("AE", "77")) },
	  .finding = PROBE_WELL,
	  .within = "AE" },
	{ .why = "taken",
	  .manner = { .octets = FRAMED(ACK("AA", "77")) },
	  .accepted = true,
	  .finding = PROBE_WELL,
	  .within = "took it (AA)" },
	{ .why = "not taken",
	  .manner = { .octets = FRAMED(ACK("AE", "77")) },
	  .accepted = true,
	  .finding = PROBE_NOT_TAKEN,
	  .within = "refused it by AE" },
	{ .why = "no CR behind FS",
	  .manner = { .octets = "\v" ACK("AR", "77") "\x1c" },
	  .finding = PROBE_WELL,
	  .within = "AR" },
	{ .why = "a page",
	  .manner = { .octets = "HTTP/1.1 400 Bad Request\r\n", .repeat = 100 },
	  .finding = PROBE_FRAMING,
	  .within = "no frame of MLLP" },
	{ .why = "half a frame",
	  .manner = { .octets = "\vMSH|^~\\&|", .closes = true },
	  .finding = PROBE_FRAMING,
	  .within = "no whole frame" },
	{ .why = "nothing",
	  .manner = { .closes = true },
	  .finding = PROBE_CLOSED,
	  .within = "without an answer" },
	{ .why = "silent",
	  .manner = { .octets = NULL },
	  .answer_seconds = 2,
	  .finding = PROBE_SILENT,
	  .within = "within 2 s" },
	{ .why = "no HL7",
	  .manner = { .octets = FRAMED("hello") },
	  .finding = PROBE_MALFORMED,
	  .within = "no HL7 v2 message" },
	{ .why = "another's",
	  .manner = { .octets = FRAMED(ACK("AA", "78")) },
	  .finding = PROBE_OTHER_ANSWER,
	  .within = "MSA-2" },
	{ .why = "it does not believe our authority",
	  .manner = { .octets = FRAMED(ACK("AA", "77")) },
	  .clients = "other-ca",
	  .finding = PROBE_TLS_ALERT,
	  .alert = 48,
	  .within = "unknown_ca" },
};

static void each_frame(struct bed *b)
{
	struct probe_message m = { .hl7 = bytes_of_text(MESSAGE), .control_id = "77" };
	for (size_t i = 0; i < COUNT(mllp_rows); i++) {
		const struct mllp_row *f = &mllp_rows[i];
		const struct row r = { .why = f->why,
				       .finding = f->finding,
				       .within = f->within,
				       .alert = f->alert,
				       .answer_seconds = f->answer_seconds };
		struct mllp_partner there;
		m.accepted = f->accepted;
		struct probed out;
		mllp_partner_begin(&there, file_of(b, "server"),
				   file_of(b, f->clients == NULL ? "ca" : f->clients), &f->manner,
				   1);
		struct partner p = partner_of(b, &r, there.port);
		p.url = arena_printf(b->arena, "mllps://127.0.0.1:%u", there.port);
		probe_partner(b->arena, &p, &m, NULL, &out);
		check(b, &r, &out);
		if (out.finding == PROBE_WELL)
			CU_ASSERT_STRING_EQUAL(there.got, FRAMED(MESSAGE));
		/* The connection ends with the arena. */
		arena_reset(b->arena);
		mllp_partner_end(&there);
	}
}

static void each_finding_is_told(void)
{
	struct bed b = { .folder = "/tmp/minato-probe-XXXXXX" };
	char command[128];
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b.folder));
	CU_ASSERT_FATAL(pki_make(b.folder, true));
	b.arena = arena_create(64 << 20);
	each_manner(&b);
	each_frame(&b);
	for (unsigned f = 0; f < PROBE_FINDINGS; f++)
		if (!b.seen[f]) {
			fprintf(stderr, "no row comes to %s\n", probe_row(f)->name);
			CU_FAIL("a finding that nothing comes to");
		}
	arena_destroy(b.arena);
	snprintf(command, sizeof command, "rm -r %s", b.folder);
	CU_ASSERT(system(command) == 0);
}

/* ---- Tables ---- */

static void every_row_has_its_words(void)
{
	for (unsigned f = 0; f < PROBE_FINDINGS; f++)
		CU_ASSERT(!text_empty(probe_row(f)->name) && probe_row(f)->remedy != NULL);
	for (unsigned s = 0; s < PROBE_STEPS; s++)
		CU_ASSERT(!text_empty(probe_step_name(s)));
	for (int n = 0; n < 256; n++) {
		const struct tls_words *w = tls_alert_words(n);
		CU_ASSERT(!text_empty(w->name) && !text_empty(w->what) && !text_empty(w->remedy));
		w = tls_certificate_words(n);
		CU_ASSERT(!text_empty(w->name) && !text_empty(w->what) && !text_empty(w->remedy));
	}
	CU_ASSERT_STRING_EQUAL(tls_alert_words(48)->name, "unknown_ca");
	CU_ASSERT_STRING_EQUAL(tls_alert_words(255)->name, "unknown");
	CU_ASSERT_STRING_EQUAL(tls_certificate_words(10)->name, "certificate-expired");
	CU_ASSERT_STRING_EQUAL(tls_certificate_words(-5)->name, "certificate-invalid");
}

static const struct test tests[] = {
	{ "each thing that can fail at a partner's is told by its name", each_finding_is_told },
	{ "every finding, alert and fault of a certificate has words", every_row_has_its_words },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	calls_library_begin();
	int result = suite_run("probe", tests);
	calls_library_end();
	return result;
}
