/* gateway/client/probe_outcome.c: how a try ended, by what libcurl says and what TLS noted. */
#include "gateway/client/probing.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/transport/tls_words.h"

/* ---- What is known of a try whose time has passed ---- */

static bool has_happened(struct probing *p, CURLINFO what)
{
	curl_off_t micros = 0;
	curl_easy_getinfo(p->curl, what, &micros);
	return micros > 0;
}

static void fail_by_time(struct probing *p)
{
	const struct partner *to = p->partner;
	if (!has_happened(p, CURLINFO_NAMELOOKUP_TIME_T))
		probing_fail(p, PROBE_NO_ADDRESS, "no name server answered in time");
	else if (!p->connected)
		probing_fail(p, PROBE_CONNECT_TIME, "no connection was taken within %u s",
			     to->identity.connect_seconds);
	else if (p->protocol == NULL)
		probing_fail(p, PROBE_TLS_TIME, "the handshake did not end within %u s",
			     to->identity.connect_seconds);
	else
		probing_fail(p, PROBE_SILENT, "it did not answer within %u s", to->answer_seconds);
}

/* ---- Connection ---- */

static void fail_to_connect(struct probing *p)
{
	long error = 0;
	curl_easy_getinfo(p->curl, CURLINFO_OS_ERRNO, &error);
	if (error == ECONNREFUSED)
		probing_fail(p, PROBE_REFUSED, "the connection was refused");
	else
		probing_fail(p, PROBE_UNREACHABLE, "it could not be reached: %s",
			     error != 0 ? strerror((int)error) : p->error);
}

/* ---- TLS ---- */

static const struct {
	const char *said; /* within libcurl's words, which are OpenSSL's */
	enum probe_finding finding;
	const char *what;
} endings[] = {
	{ "wrong version number", PROBE_NO_TLS, "its first octets are not TLS" },
	{ "packet length too long", PROBE_NO_TLS, "its first octets are not TLS" },
	{ "http request", PROBE_NO_TLS, "its first octets are not TLS" },
	{ "unsupported protocol", PROBE_TLS_PROTOCOL, "it takes TLS 1.1 or older only" },
	{ "dh key too small", PROBE_TLS_WEAK, "its group of Diffie-Hellman is too small" },
	{ "wrong signature type", PROBE_TLS_WEAK, "it signs by an algorithm that is broken" },
};

static void fail_in_handshake(struct probing *p)
{
	for (size_t i = 0; i < COUNT(endings); i++) {
		if (strstr(p->error, endings[i].said) != NULL) {
			probing_fail(p, endings[i].finding, "%s", endings[i].what);
			return;
		}
	}
	probing_fail(p, PROBE_TLS_ENDED, "the handshake was ended: %s", p->error);
}

static void fail_by_alert(struct probing *p)
{
	const struct tls_words *words = tls_alert_words(p->alert);
	bool version = p->alert == SSL_AD_PROTOCOL_VERSION;
	probing_fail(p, version ? PROBE_TLS_PROTOCOL : PROBE_TLS_ALERT,
		     "it sent the alert %d, %s: %s", p->alert, words->name, words->what);
	p->out->remedy = words->remedy;
}

static void fail_by_certificate(struct probing *p)
{
	const char *names = p->out->theirs.names;
	if (p->verified != X509_V_OK) {
		probing_fail_certificate(p, p->verified);
		return;
	}
	probing_fail_certificate(p, X509_V_ERR_HOSTNAME_MISMATCH);
	p->out->what = arena_printf(p->arena, "%s; it bears: %s", p->out->what,
				    text_empty(names) ? "none at all" : names);
}

/* ---- All of it ---- */

static const struct {
	CURLcode code;
	enum probe_finding finding;
	const char *what;
} codes[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, PROBE_NO_ADDRESS, "no address is known of that host" },
	{ CURLE_SSL_CERTPROBLEM, PROBE_OUR_FILES, "our certificate cannot be used" },
	{ CURLE_SSL_CACERT_BADFILE, PROBE_OUR_FILES, "the file of its authorities cannot be read" },
	{ CURLE_SSL_CRL_BADFILE, PROBE_OUR_FILES, "the revocation list cannot be read" },
	{ CURLE_GOT_NOTHING, PROBE_CLOSED, "it closed the connection without an answer" },
	{ CURLE_PARTIAL_FILE, PROBE_BROKE_OFF, "its answer broke off" },
	{ CURLE_RECV_ERROR, PROBE_BROKE_OFF, "it ended the connection while we waited" },
	{ CURLE_SEND_ERROR, PROBE_BROKE_OFF, "it ended the connection before it had the message" },
	{ CURLE_UNSUPPORTED_PROTOCOL, PROBE_NOT_HTTP, "what it answered is no HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY, PROBE_NOT_HTTP, "what it answered is no HTTP" },
	{ CURLE_HTTP2, PROBE_NOT_HTTP, "what it answered is no HTTP/1.1" },
};

static void fail_by_code(struct probing *p, CURLcode code)
{
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].code == code) {
			probing_fail(p, codes[i].finding, "%s", codes[i].what);
			return;
		}
	}
	probing_fail(p, PROBE_BROKE_OFF, "%s",
		     p->error[0] != '\0' ? p->error : curl_easy_strerror(code));
}

static void tell_connection(struct probing *p)
{
	const char *address = NULL;
	long port = 0;
	curl_easy_getinfo(p->curl, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(p->curl, CURLINFO_PRIMARY_PORT, &port);
	if (has_happened(p, CURLINFO_NAMELOOKUP_TIME_T))
		p->out->seen[PROBE_ADDRESS] = "the name server knows it";
	if (!text_empty(address)) {
		p->out->address = arena_text(p->arena, address);
		p->out->seen[PROBE_ADDRESS] = p->out->address;
	}
	if (p->connected)
		p->out->seen[PROBE_CONNECTION] = arena_printf(p->arena,
							      "port %ld took the connection", port);
}

void probing_conclude(struct probing *p, CURLcode code)
{
	tell_connection(p);
	probing_tell_tls(p);
	if (code == CURLE_OK)
		return;
	if (p->unstapled != NULL)
		probing_fail(p, PROBE_NOT_STAPLED, "%s", p->unstapled);
	else if (p->alert >= 0)
		fail_by_alert(p);
	else if (code == CURLE_ABORTED_BY_CALLBACK || probing_is_stopped(p))
		probing_fail(p, PROBE_CANCELLED, "it was cancelled");
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		fail_by_certificate(p);
	else if (code == CURLE_COULDNT_CONNECT)
		fail_to_connect(p);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		fail_by_time(p);
	else if (code == CURLE_SSL_CONNECT_ERROR)
		fail_in_handshake(p);
	else if (code == CURLE_WRITE_ERROR && p->too_large)
		probing_fail(p, PROBE_TOO_LARGE, "its answer is larger than %d octets",
			     (int)PROBE_ANSWER_MOST);
	else
		fail_by_code(p, code);
}
