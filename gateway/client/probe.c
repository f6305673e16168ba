/* gateway/client/probe.c: one partner is tried, by the very handle that calls are made with. */
#include "gateway/client/probing.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/client/soap_call.h"

enum {
	ANSWER_SECONDS = 60, /* without answer-within */
	URL_MOST = 400,
};

static size_t keep(char *data, size_t size, size_t count, void *with)
{
	struct probing *p = with;
	struct bytes more = { (unsigned char *)data, size * count };
	size_t kept = answer_body_add(&p->body, p->arena, PROBE_ANSWER_MOST, more);
	p->too_large = kept != more.length;
	return kept;
}

/* libcurl asks now and then whether to go on. */
static int look(void *with, curl_off_t total, curl_off_t now, curl_off_t sends, curl_off_t sent)
{
	(void)total, (void)now, (void)sends, (void)sent;
	return probing_is_stopped(with);
}

static void set_up(struct probing *p)
{
	const struct partner *to = p->partner;
	unsigned seconds = to->answer_seconds != 0 ? to->answer_seconds : ANSWER_SECONDS;
	curl_handle_set_up(p->curl, &to->identity, (long)seconds);
	curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, p->error);
	curl_easy_setopt(p->curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(p->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(p->curl, CURLOPT_XFERINFOFUNCTION, look);
	curl_easy_setopt(p->curl, CURLOPT_XFERINFODATA, p);
	probing_watch(p);
}

static bool lead(struct probing *p, const char *url)
{
	if (curl_handle_lead(p->curl, &p->partner->identity, url, &p->headers, &p->places))
		return true;
	probing_fail(p, PROBE_NO_ADDRESS, "no memory for a request, or url is none");
	return false;
}

/* ---- HTTPS ---- */

static bool add_header(struct probing *p, const char *line)
{
	struct curl_slist *longer = curl_slist_append(p->headers, line);
	if (longer != NULL)
		p->headers = longer;
	return longer != NULL;
}

static void post(struct probing *p)
{
	const struct soap_sent *sent = p->message->soap;
	if (!add_header(p, arena_printf(p->arena, "Content-Type: %s", sent->content_type))
	    || !add_header(p, "Expect:") || !lead(p, p->partner->url))
		return;
	set_up(p);
	curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers);
	curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, (const char *)sent->body.data);
	curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sent->body.length);
	curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, p);
	probing_conclude(p, curl_easy_perform(p->curl));
	if (p->out->finding == PROBE_WELL)
		probing_read_soap(p);
}

/* ---- MLLP: libcurl's up to the end of the handshake, as mllp_calls.h has it ---- */

static void exchange(struct probing *p)
{
	char url[URL_MOST];
	snprintf(url, sizeof url, "https://%s", p->partner->url + strlen("mllps://"));
	if (!lead(p, url))
		return;
	set_up(p);
	curl_easy_setopt(p->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(p->curl, CURLOPT_CONNECT_ONLY, 1L);
	probing_conclude(p, curl_easy_perform(p->curl));
	if (p->out->finding == PROBE_WELL && probing_ask_mllp(p))
		probing_read_hl7(p);
}

/* ---- The whole ---- */

static void release(void *what)
{
	struct probing *p = what;
	curl_easy_cleanup(p->curl);
	curl_slist_free_all(p->headers);
	curl_slist_free_all(p->places);
	X509_free(p->leaf);
}

void probe_partner(struct arena *a, const struct partner *partner, const struct probe_message *m,
		   const atomic_bool *stopping, struct probed *out)
{
	struct probing *p = arena_new(a, struct probing);
	*out = (struct probed){ .finding = PROBE_WELL,
				.name = probe_row(PROBE_WELL)->name,
				.alert = -1 };
	*p = (struct probing){
		.arena = a, .partner = partner, .message = m, .stopping = stopping, .out = out
	};
	arena_at_end(a, release, p);
	p->curl = curl_easy_init();
	if (p->curl == NULL)
		probing_fail(p, PROBE_NO_ADDRESS, "no memory for a request");
	else if (partner_by_mllp(partner->url))
		exchange(p);
	else
		post(p);
}
