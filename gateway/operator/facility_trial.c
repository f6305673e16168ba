/* gateway/operator/facility_trial.c: our own doors, as one registered system comes to them.
 *
 * Its certificate and key are used where they are here (after `facility add`), and the handshake,
 * what it may do, and what it feeds are tried by the very code that tries partners. The patient is
 * fed with processing id T (MSH-11): validated and answered, and nothing of it is kept, but for the
 * audit record that somebody asked. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/client/probe.h"
#include "gateway/client/soap_call.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/config_doors.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/operator/facility.h"

enum { CONTROL_ID_OCTETS = 10, ANSWER_SECONDS = 10 };

struct trial {
	struct invocation *invocation;
	struct arena *arena;
	const struct configuration *configuration;
	const struct registered_system *system;
	const char *certificate; /* of the system, with its key; NULL: not here */
	json_t *rows;
	bool failed;
	bool tried; /* some door was */
};

static void add_row(struct trial *t, const char *door, const char *step, const char *result,
		    const char *what, const char *remedy)
{
	json_array_append_new(t->rows,
			      json_pack("{s:s, s:s, s:s, s:s, s:s}", "door", door, "step", step,
					"result", result, "what", what, "do", remedy));
	t->failed = t->failed || text_equal(result, "failed");
}

/* ---- Its certificate ---- */

static bool certificate_holds(struct trial *t, const char *file)
{
	const char *why = NULL;
	size_t count;
	const char *const *authorities = config_authorities(t->arena, t->configuration, &count);
	struct x509_store_st *trust = certificate_trust(authorities, count);
	bool fits = certificate_of_system(file, trust, false, &why) == CERTIFICATE_FITS;
	certificate_trust_free(trust);
	add_row(t, "", "own certificate", fits ? "well" : "failed",
		fits ? file : arena_printf(t->arena, "%s: %s", file, why),
		fits ? "" : "give it one that holds: minato facility renew");
	return fits;
}

static void try_certificate(struct trial *t)
{
	static const char ask[] = "let the facility try it: what fails is told by minato diagnose "
				  "--listen";
	const char *why = NULL;
	const char *file = facility_certificate(t->configuration, t->system->name, "certificate");
	if (file == NULL) {
		add_row(t, "", "own certificate", "not tried", "only its fingerprint is known here",
			ask);
		return;
	}
	if (!certificate_holds(t, file))
		return;
	if (!facility_has_key(file))
		add_row(t, "", "key", "not tried", "its key is not here", ask);
	else if (certificate_with_key(file, NULL, CERTIFICATE_OF_CLIENT, &why))
		t->certificate = file;
	else
		add_row(t, "", "key", "failed", why, "make it its owner's alone, and its own");
}

/* ---- The doors ---- */

static const char *reached_at(const struct config_door *d)
{
	return text_equal(d->address, "0.0.0.0") ? "127.0.0.1"
	       : text_equal(d->address, "::")    ? "::1"
						 : d->address;
}

static void tell_probed(struct trial *t, const char *door, const struct probed *p)
{
	const struct probe_row *end = probe_row(p->finding);
	for (unsigned s = 0; s < PROBE_STEPS; s++) {
		if (p->finding != PROBE_WELL && s == (unsigned)end->at)
			add_row(t, door, probe_step_name(s), "failed", p->what, p->remedy);
		else if (p->seen[s] != NULL)
			add_row(t, door, probe_step_name(s), "well", p->seen[s], "");
		else
			add_row(t, door, probe_step_name(s), "not tried", "", "");
	}
}

/* Trusted is our own certificate alone: who answers is we, or the trial fails. */
static void try_door(struct trial *t, const struct config_door *d, const char *form,
		     const struct probe_message *m)
{
	const char *address = reached_at(d);
	bool v6 = strchr(address, ':') != NULL;
	const struct partner us = {
		.name = d->name,
		.url = arena_printf(t->arena, "%s://%s%s%s:%u%s", form, v6 ? "[" : "", address,
				    v6 ? "]" : "", d->port,
				    text_equal(form, "https") ? "/xds/registry" : ""),
		.identity = { .ca = d->tls.certificate,
			      .certificate = t->certificate,
			      .server_name = facility_our_name(t->arena, d->tls.certificate,
							       address) },
		.answer_seconds = ANSWER_SECONDS,
	};
	struct probed out;
	if (d->port == 0) {
		add_row(t, d->name, "address", "not tried", "its port is another at each start",
			"give it one: port");
		return;
	}
	t->tried = true;
	probe_partner(t->arena, &us, m, NULL, &out);
	tell_probed(t, d->name, &out);
}

/* ---- What is sent ---- */

static const char *control_id(struct trial *t)
{
	unsigned char octets[CONTROL_ID_OCTETS];
	system_random.fill(&system_random, octets, sizeof octets);
	return bytes_to_hex(t->arena, (struct bytes){ octets, sizeof octets });
}

static void put_patient(struct hl7_writer *w, const char *domain, const char *now)
{
	hl7_put_segment(w, "EVN");
	hl7_put_field(w, 2, now);
	hl7_put_segment(w, "PID");
	hl7_put(w, 3, 1, 1, 1, "MINATO-TEST");
	hl7_put(w, 3, 1, 4, 2, domain);
	hl7_put(w, 3, 1, 4, 3, "ISO");
	hl7_put(w, 5, 1, 1, 1, "TEST");
	hl7_put(w, 5, 1, 2, 1, "PATIENT");
	hl7_put(w, 5, 1, 7, 1, "L");
	hl7_put_field(w, 7, "19700101");
	hl7_put_field(w, 8, "O");
	hl7_put_segment(w, "PV1");
	hl7_put_field(w, 2, "N");
}

static void write_feed(struct trial *t, struct probe_message *out)
{
	const struct invocation *i = t->invocation;
	const struct registered_system *s = t->system;
	const struct hl7_stamp stamp = { .control_id = control_id(t),
					 .now = i->clock->now(i->clock) };
	const struct hl7_header header = {
		.sending_application = s->hl7_application == NULL ? "MINATO" : s->hl7_application,
		.sending_facility = s->hl7_facility == NULL ? s->name : s->hl7_facility,
		.receiving_application = "MINATO",
		.receiving_facility = "MINATO",
		.type = "ADT",
		.event = "A04",
		.structure = "ADT_A01",
		.processing_id = "T",
		.version = "2.3.1",
	};
	char now[DTM_TEXT];
	instant_to_dtm(stamp.now, now);
	struct hl7_writer *w = hl7_message_write(t->arena, &header, CHARSET_ASCII, &stamp);
	put_patient(w, s->domains[0], arena_printf(t->arena, "%.14s", now));
	*out = (struct probe_message){ .control_id = stamp.control_id,
				       .hl7 = hl7_written(w),
				       .accepted = true };
}

static bool may(const struct trial *t, const char *code)
{
	const char *const *one = t->system->transactions;
	while (one != NULL && *one != NULL && !text_equal(*one, code))
		one++;
	return one == NULL || *one != NULL;
}

static void try_query(struct trial *t)
{
	struct soap_call call = probe_stored_query;
	struct soap_sent sent;
	if (!may(t, "ITI-18")) {
		add_row(t, t->configuration->https.name, "message", "not tried",
			"it may not ask for documents (ITI-18)", "");
		return;
	}
	call.url = "/xds/registry";
	soap_call_write(t->arena, &system_random, &call, &sent);
	try_door(t, &t->configuration->https, "https", &(struct probe_message){ .soap = &sent });
}

static void try_feed(struct trial *t)
{
	bool issues = t->system->domains != NULL && t->system->domains[0] != NULL;
	struct probe_message m;
	if (!issues || !may(t, "ITI-8")) {
		add_row(t, t->configuration->mllp.name, "message", "not tried",
			issues ? "it may not feed patients (ITI-8)"
			       : "it issues no ids: none are fed",
			"");
		return;
	}
	write_feed(t, &m);
	try_door(t, &t->configuration->mllp, "mllps", &m);
}

enum outcome command_facility_test(struct invocation *i)
{
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	struct trial t = { .invocation = i,
			   .arena = i->arena,
			   .configuration = c,
			   .system = facility_named(i, c),
			   .rows = json_array() };
	if (t.system != NULL) {
		try_certificate(&t);
		if (t.certificate != NULL) {
			try_query(&t);
			try_feed(&t);
		}
		output_rows(i->out, i->arena, i->format, t.rows, i->command->request->columns);
		if (!t.failed && !t.tried)
			fputs("minato: nothing was tried at the doors\n", i->talk);
	}
	json_decref(t.rows);
	config_release(c);
	return t.system != NULL && t.tried && !t.failed ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}
