/* gateway/door_failure_words.c: a handshake, a request that failed at a door, in words. */
#include "gateway/door_failures.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/journey.h"
#include "gateway/nearest.h"
#include "gateway/process.h"
#include "gateway/transport/tls_words.h"
#include "profiles/actor.h"
#include "schemas/tables/problem_meaning.h"

/* ---- Handshakes that failed otherwise than by certificate or alert: OpenSSL's words, and ours for
 * no certificate and for one who went away (tls_failure()) ---- */

/* Rows are laid out by hand. */
/* clang-format off */
static const struct {
	const char *said, *finding, *what, *remedy;
} endings[] = {
	{ "no certificate", "no-certificate", "it showed no certificate",
	  "it has to show one of an authority in the file that ca of the door names" },
	{ "the handshake was not finished", "tls-ended",
	  "it went away in the middle of the handshake",
	  "often it does not believe our certificate and says nothing of it: look at its log, and "
	  "give it our certificate's authority" },
	{ "http request", "no-tls", "it spoke HTTP without TLS", "write https:// there" },
	{ "wrong version number", "no-tls", "its first octets are not TLS",
	  "it has to speak TLS: switch it on there, or compare the port" },
	{ "unsupported protocol", "tls-protocol", "it offers TLS 1.1 or older only",
	  "it has to speak TLS 1.2 or 1.3" },
	{ "no shared cipher", "tls-suites", "it offers no suite that we take",
	  "compare its suites with those of key tls-profile" },
	{ "no suitable signature algorithm", "tls-suites",
	  "it takes no signature that our certificate can make",
	  "it has to take ECDSA or RSA with SHA-256, as our certificate's key is" },
};
/* clang-format on */

static void tell_ending(const char *reason, struct door_failure *out)
{
	out->finding = "tls";
	out->remedy = "look at its log";
	snprintf(out->what, sizeof out->what, "%s", reason);
	for (size_t i = 0; i < COUNT(endings); i++) {
		if (strcmp(endings[i].said, reason) != 0)
			continue;
		out->finding = endings[i].finding;
		out->remedy = endings[i].remedy;
		snprintf(out->what, sizeof out->what, "%s", endings[i].what);
	}
}

/* What they sent is about us. */
static void tell_alert(int alert, struct door_failure *out)
{
	const struct tls_words *words = tls_alert_words(alert);
	out->finding = "tls-alert";
	out->remedy = words->remedy;
	snprintf(out->what, sizeof out->what, "it sent the alert %d, %s: %s", alert, words->name,
		 words->what);
}

static void tell_certificate(long verified, struct door_failure *out)
{
	const struct tls_words *words = tls_certificate_words(verified);
	out->finding = words->name;
	out->remedy = words->remedy;
	snprintf(out->what, sizeof out->what, "%s", words->what);
}

static void tell_problem(enum problem_code code, struct door_failure *out)
{
	out->finding = problem_row(code)->name;
	out->remedy = problem_row(code)->remedy;
	if (out->remedy == NULL)
		out->remedy = problem_meaning(code)->sender;
}

void door_failure_of_peer(const struct refused_peer *peer, const char *who,
			  struct door_failure *out)
{
	*out = (struct door_failure){ .number = 0 };
	snprintf(out->door, sizeof out->door, "%s", peer->door_name);
	snprintf(out->address, sizeof out->address, "%s", peer->address);
	snprintf(out->exchange, sizeof out->exchange, "%s", peer->id);
	snprintf(out->who, sizeof out->who, "%s", who);
	snprintf(out->sha256, sizeof out->sha256, "%s",
		 peer->certificate_sha256 == NULL ? "" : peer->certificate_sha256);
	if (peer->status != 0) {
		tell_problem(turned_away_problem(peer->status), out);
		snprintf(out->what, sizeof out->what, "%s", peer->reason);
	} else if (peer->verified != 0) {
		tell_certificate(peer->verified, out);
	} else if (peer->alert > 0) {
		tell_alert(peer->alert, out);
	} else {
		tell_ending(peer->reason, out);
	}
}

/* ---- Requests ---- */

/* What was written is the peer's, and may be anything; what was meant is ours. */
static void tell_path(const struct journey *j, struct door_failure *out)
{
	const char *paths[ACTOR_COUNT];
	size_t count = 0;
	for (unsigned a = 0; a < ACTOR_COUNT; a++)
		if (actor_path((enum actor)a) != NULL)
			paths[count++] = actor_path((enum actor)a);
	const char *nearest = nearest_name(j->head->path, paths, count);
	snprintf(out->what, sizeof out->what,
		 "the path is none of ours that is served here; nearest to it is %s",
		 nearest == NULL ? "none" : nearest);
	out->remedy = "compare it with minato transactions, where it is called";
}

static void tell_node(const struct journey *j, struct door_failure *out)
{
	bool shown = j->head->certificate_sha256 != NULL;
	out->admittable = shown;
	snprintf(out->what, sizeof out->what, "%s",
		 shown ? "its certificate holds, and is no registered system's"
		       : "it showed no certificate, and what it asked for needs one");
	if (!shown)
		out->remedy = "it has to show the certificate of a registered system";
}

static void tell_failed(const struct journey *j, struct door_failure *out)
{
	out->step = j->failed;
	out->remedy = j->failed_remedy;
	snprintf(out->what, sizeof out->what, "the assertion failed at the step %s", j->failed);
}

static void tell_request(const struct journey *j, struct door_failure *out)
{
	enum problem_code code = j->x.problem.code;
	tell_problem(code, out);
	snprintf(out->what, sizeof out->what, "%s",
		 j->cut != NULL ? j->cut : problem_meaning(code)->meaning);
	if (j->failed != NULL)
		tell_failed(j, out);
	else if (code == PROBLEM_PATH_UNKNOWN)
		tell_path(j, out);
	else if (code == PROBLEM_NODE_UNKNOWN)
		tell_node(j, out);
}

static void tell_fault(const struct journey *j, struct door_failure *out)
{
	const struct problem_row *row = problem_row(j->x.problem.code);
	if (j->road == &soap_road)
		out->fault = row->fault_subcode != NULL ? row->fault_subcode
							: problem_fault_name(j->x.problem.code);
}

void door_failure_of_journey(const struct journey *j, struct door_failure *out)
{
	const struct exchange *x = &j->x;
	const char *subject = j->head->certificate_subject;
	*out = (struct door_failure){ .number = 0 };
	snprintf(out->door, sizeof out->door, "%s", j->head->door_name);
	snprintf(out->address, sizeof out->address, "%s", j->head->peer_address);
	snprintf(out->exchange, sizeof out->exchange, "%s", x->id == NULL ? "" : x->id);
	snprintf(out->who, sizeof out->who, "%s",
		 x->sender != NULL ? x->sender->name
		 : subject != NULL ? subject
				   : "");
	if (x->sender == NULL && j->head->certificate_sha256 != NULL)
		snprintf(out->sha256, sizeof out->sha256, "%s", j->head->certificate_sha256);
	tell_request(j, out);
	tell_fault(j, out);
}
