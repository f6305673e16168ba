/* gateway/client/probe_rows.c: what a try of a partner may come to, and what to do about it. */
#include "gateway/client/probing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/transport/tls_words.h"

enum { WHAT = 600 };

static const char *const steps[PROBE_STEPS] = {
	[PROBE_ADDRESS] = "address",         [PROBE_CONNECTION] = "connection",
	[PROBE_CERTIFICATE] = "certificate", [PROBE_TLS] = "tls",
	[PROBE_ANSWER] = "answer",           [PROBE_MESSAGE] = "message",
};

/* Rows are laid out by hand. */
/* clang-format off */
static const struct probe_row rows[PROBE_FINDINGS] = {
	[PROBE_WELL] = { .name = "well", .at = PROBE_STEPS, .sort = PROBE_IS_WELL, .remedy = "" },
	[PROBE_CANCELLED] = { .name = "cancelled", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "try again" },
	[PROBE_NO_ADDRESS] = { .name = "no-address", .at = PROBE_ADDRESS, .sort = PROBE_IS_AWAY,
		.remedy = "compare the host in url with what who runs that system says, and ask "
			  "the name server of this machine: getent hosts HOST" },
	[PROBE_REFUSED] = { .name = "refused", .at = PROBE_CONNECTION, .sort = PROBE_IS_AWAY,
		.remedy = "nobody listens there: compare the port in url; is that system "
			  "running?" },
	[PROBE_UNREACHABLE] = { .name = "unreachable", .at = PROBE_CONNECTION,
		.sort = PROBE_IS_AWAY,
		.remedy = "routes and firewalls between the two, here and there" },
	[PROBE_CONNECT_TIME] = { .name = "connect-time", .at = PROBE_CONNECTION,
		.sort = PROBE_IS_AWAY,
		.remedy = "most often a firewall that drops what it does not let through, here or "
			  "there; else the host is down. The limit is connect-within" },
	[PROBE_OUR_FILES] = { .name = "our-files", .at = PROBE_TLS, .sort = PROBE_IS_WRONG,
		.remedy = "the files that certificate, ca, server-certificate and crl of the "
			  "partner's section name: minato config check tells what they lack" },
	[PROBE_CERTIFICATE_FAILS] = { .name = "certificate-invalid", .at = PROBE_CERTIFICATE,
		.sort = PROBE_IS_WRONG, .remedy = "" },
	[PROBE_NO_TLS] = { .name = "no-tls", .at = PROBE_TLS, .sort = PROBE_IS_WRONG,
		.remedy = "what listens there speaks no TLS: compare the port in url with the one "
			  "it secures" },
	[PROBE_TLS_TIME] = { .name = "tls-time", .at = PROBE_TLS, .sort = PROBE_IS_AWAY,
		.remedy = "it took the connection and said nothing of TLS: is it overloaded, or "
			  "does something else listen there? The limit is connect-within" },
	[PROBE_TLS_ENDED] = { .name = "tls-ended", .at = PROBE_TLS, .sort = PROBE_IS_REFUSED,
		.remedy = "it ended the handshake without a word; its log says why. Often it does "
			  "not take our certificate, or a firewall knows us not" },
	[PROBE_TLS_PROTOCOL] = { .name = "tls-protocol", .at = PROBE_TLS, .sort = PROBE_IS_WRONG,
		.remedy = "it has to take TLS 1.2 or 1.3 (ITI TF-2: 3.19.6.2.3)" },
	[PROBE_TLS_WEAK] = { .name = "tls-weak", .at = PROBE_TLS, .sort = PROBE_IS_WRONG,
		.remedy = "it has to offer suites and groups of RFC 9325: 2048 bits at least" },
	[PROBE_NOT_STAPLED] = { .name = "not-stapled", .at = PROBE_TLS, .sort = PROBE_IS_WRONG,
		.remedy = "who runs that system has to switch OCSP stapling on there, or ask its "
			  "authority's responder again; key ocsp of the partner's section asks "
			  "for it" },
	[PROBE_TLS_ALERT] = { .name = "tls-alert", .at = PROBE_TLS, .sort = PROBE_IS_REFUSED,
		.remedy = "" },
	[PROBE_SILENT] = { .name = "silent", .at = PROBE_ANSWER, .sort = PROBE_IS_AWAY,
		.remedy = "it has our message and does not answer: is it overloaded, or does it "
			  "wait for another framing? The limit is answer-within" },
	[PROBE_CLOSED] = { .name = "closed", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "it ended the connection instead of an answer: its log says why" },
	[PROBE_BROKE_OFF] = { .name = "broke-off", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "its log says why; something between the two may have ended it" },
	[PROBE_NOT_HTTP] = { .name = "not-http", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "what listens there speaks no HTTP: compare the port in url" },
	[PROBE_FRAMING] = { .name = "mllp-framing", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "its answers have to be <VT> message <FS> <CR> (MLLP, release 1); an "
			  "answer that begins with HTTP is of a port for https" },
	[PROBE_TOO_LARGE] = { .name = "too-large", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "so much is no answer to an empty question: compare port and path in "
			  "url" },
	[PROBE_REDIRECT] = { .name = "redirect", .at = PROBE_ANSWER, .sort = PROBE_IS_WRONG,
		.remedy = "nobody is followed elsewhere: write the address that it sends to into "
			  "url" },
	[PROBE_HTTP_STATUS] = { .name = "http-status", .at = PROBE_ANSWER,
		.sort = PROBE_IS_REFUSED, .remedy = "" },
	[PROBE_CONTENT_TYPE] = { .name = "content-type", .at = PROBE_ANSWER,
		.sort = PROBE_IS_WRONG,
		.remedy = "a web page, or another service: compare the path in url" },
	[PROBE_MALFORMED] = { .name = "malformed", .at = PROBE_MESSAGE, .sort = PROBE_IS_WRONG,
		.remedy = "it is for who runs that system to mend: our message and its answer are "
			  "in its log" },
	[PROBE_OTHER_ANSWER] = { .name = "other-answer", .at = PROBE_MESSAGE,
		.sort = PROBE_IS_WRONG,
		.remedy = "an answer has to name the message it is to: wsa:RelatesTo, or MSA-2" },
	[PROBE_FAULT] = { .name = "soap-fault", .at = PROBE_MESSAGE, .sort = PROBE_IS_REFUSED,
		.remedy = "it speaks SOAP and refuses us: ask who runs that system, by code and "
			  "reason" },
	[PROBE_NOT_TAKEN] = { .name = "hl7-refused", .at = PROBE_MESSAGE, .sort = PROBE_IS_REFUSED,
		.remedy = "minato explain tells what the code means; our audit log has why" },
};
/* clang-format on */

const char *probe_step_name(enum probe_step s)
{
	return steps[s];
}

const struct probe_row *probe_row(enum probe_finding f)
{
	return &rows[f];
}

const char *probing_text(struct arena *a, const char *text)
{
	return arena_text_n(a, text, text_utf8_length((const unsigned char *)text, strlen(text)));
}

void probing_fail(struct probing *p, enum probe_finding f, const char *format, ...)
{
	char what[WHAT];
	va_list rest;
	va_start(rest, format);
	vsnprintf(what, sizeof what, format, rest);
	va_end(rest);
	p->out->finding = f;
	p->out->name = rows[f].name;
	p->out->what = probing_text(p->arena, what);
	p->out->remedy = rows[f].remedy;
	p->out->seen[rows[f].at] = NULL;
}

void probing_fail_certificate(struct probing *p, long error)
{
	const struct tls_words *words = tls_certificate_words(error);
	probing_fail(p, PROBE_CERTIFICATE_FAILS, "%s", words->what);
	p->out->name = words->name;
	p->out->remedy = words->remedy;
}

bool probing_is_stopped(const struct probing *p)
{
	return p->stopping != NULL && atomic_load(p->stopping);
}
