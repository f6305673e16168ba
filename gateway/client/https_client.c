/* gateway/client/https_client.c: one request over mutual TLS, by libcurl. */
#include "gateway/client/https_client.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/curl_handle.h"

enum { TOTAL_SECONDS = 120 };

struct https_client {
	CURL *curl;
	struct client_identity us;
	size_t answer_most;
	char error[CURL_ERROR_SIZE];
};

static void release(void *what)
{
	curl_easy_cleanup(what);
}

struct https_client *https_client_open(struct arena *a, const struct client_identity *us,
				       size_t answer_most, struct problem *p)
{
	struct https_client *c = arena_new(a, struct https_client);
	c->us = (struct client_identity){ .ca = arena_text(a, us->ca),
					  .crl = us->crl == NULL ? NULL : arena_text(a, us->crl),
					  .certificate = arena_text(a, us->certificate),
					  .server_name = us->server_name == NULL
								 ? NULL
								 : arena_text(a, us->server_name),
					  .connect_seconds = us->connect_seconds };
	c->answer_most = answer_most;
	c->curl = curl_easy_init();
	if (c->curl == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "could not begin a client");
		return NULL;
	}
	arena_at_end(a, release, c->curl);
	curl_handle_set_up(c->curl, &c->us, TOTAL_SECONDS);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->error);
	return c;
}

/* What arrives, up to the bound. curl is C of others: no jump may cross it. */
struct arriving {
	struct arena *arena;
	unsigned char *data;
	size_t length, room, most;
	bool too_much;
};

static size_t take(char *data, size_t size, size_t count, void *with)
{
	struct arriving *in = with;
	size_t length = size * count;
	if (length > in->most - in->length) {
		in->too_much = true;
		return 0;
	}
	if (length > in->room - in->length) {
		size_t room = in->room * 2 > in->length + length ? in->room * 2
								 : in->length + length + 4096;
		unsigned char *moved = arena_try_resize(in->arena, in->data, in->room, room);
		if (moved == NULL) {
			in->too_much = true;
			return 0;
		}
		in->data = moved;
		in->room = room;
	}
	memcpy(in->data + in->length, data, length);
	in->length += length;
	return length;
}

bool https_client_post(struct https_client *c, struct arena *a, const char *url,
		       const char *content_type, struct bytes body, struct https_answer *out,
		       struct problem *p)
{
	struct arriving in = { .arena = a, .most = c->answer_most };
	const char *header = arena_printf(a, "Content-Type: %s", content_type);
	struct curl_slist *headers = curl_slist_append(NULL, header), *places = NULL;
	long status = 0;
	const char *type = NULL;

	c->error[0] = '\0';
	bool led = headers != NULL && curl_handle_lead(c->curl, &c->us, url, &headers, &places);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, (const char *)body.data);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &in);
	CURLcode code = led ? curl_easy_perform(c->curl) : CURLE_OUT_OF_MEMORY;
	curl_slist_free_all(headers);
	curl_slist_free_all(places);
	if (code != CURLE_OK)
		return problem_at(p, in.too_much ? PROBLEM_TOO_LARGE : PROBLEM_BUSY, url, "%s",
				  in.too_much           ? "the answer is larger than we take"
				  : c->error[0] != '\0' ? c->error
							: curl_easy_strerror(code));
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c->curl, CURLINFO_CONTENT_TYPE, &type);
	*out = (struct https_answer){ .status = (int)status,
				      .content_type = arena_text(a, type == NULL ? "" : type),
				      .body = { in.data, in.length } };
	return true;
}
