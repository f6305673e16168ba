/* gateway/client/admin_client.c: HTTP over a local socket, by libcurl. */
#include "gateway/client/admin_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/curl_handle.h"

enum { ANSWER_MOST = 256 << 20, LINE_MOST = 1 << 20 };

/* Grows by arena_try(): libcurl's frames must not be jumped over. */
struct receiving {
	struct arena *arena;
	const struct admin_question *question;
	CURL *curl;
	char *data;
	size_t length, capacity;
	bool untaken;
	bool asked; /* of what kind it is, which was: */
	enum { WHOLE, LINES, OCTETS } kind;
};

static void find_kind(struct receiving *r)
{
	const struct admin_question *q = r->question;
	char *type = NULL;
	if (r->asked)
		return;
	r->asked = true;
	curl_easy_getinfo(r->curl, CURLINFO_CONTENT_TYPE, &type);
	if (q->line != NULL && text_starts(type, "application/x-ndjson"))
		r->kind = LINES;
	else if (q->octets != NULL && text_starts(type, "application/octet-stream"))
		r->kind = OCTETS;
}

static bool room_for(struct receiving *r, size_t more)
{
	size_t needed = r->length + more + 1;
	if (needed <= r->capacity)
		return true;
	if (needed > (r->kind == LINES ? (size_t)LINE_MOST : (size_t)ANSWER_MOST))
		return false;
	size_t capacity = r->capacity < 4096 ? 4096 : r->capacity;
	while (capacity < needed)
		capacity *= 2;
	char *data = arena_try_resize(r->arena, r->data, r->capacity, capacity);
	if (data == NULL)
		return false;
	r->data = data;
	r->capacity = capacity;
	return true;
}

static void give_lines(struct receiving *r)
{
	char *begin = r->data, *end;
	while ((end = memchr(begin, '\n', r->length - (size_t)(begin - r->data))) != NULL) {
		*end = '\0';
		if (end > begin)
			r->question->line(r->question->with, begin);
		begin = end + 1;
	}
	r->length -= (size_t)(begin - r->data);
	memmove(r->data, begin, r->length);
	r->data[r->length] = '\0';
}

static size_t receive(char *octets, size_t size, size_t count, void *with)
{
	struct receiving *r = with;
	find_kind(r);
	if (r->kind == OCTETS) {
		r->untaken = !r->question->octets(r->question->with, octets, size * count);
		return r->untaken ? 0 : size * count;
	}
	if (!room_for(r, size * count))
		return 0;
	memcpy(r->data + r->length, octets, size * count);
	r->length += size * count;
	r->data[r->length] = '\0';
	if (r->kind == LINES)
		give_lines(r);
	return size * count;
}

/* Until the answer is there, or whoever watches hangs up. */
static CURLcode wait_watched(CURL *curl, const struct admin_watch *watch)
{
	CURLM *multi = curl_multi_init();
	struct curl_waitfd also = { .fd = watch->fd, .events = CURL_WAIT_POLLIN };
	int running = 1, left;
	bool stays = multi != NULL && curl_multi_add_handle(multi, curl) == CURLM_OK;
	CURLcode result = stays ? CURLE_ABORTED_BY_CALLBACK : CURLE_OUT_OF_MEMORY;
	while (stays && curl_multi_perform(multi, &running) == CURLM_OK && running > 0) {
		curl_multi_poll(multi, &also, watch->fd >= 0, (int)watch->every_ms, NULL);
		stays = watch->look(watch->with);
	}
	for (CURLMsg *m; multi != NULL && (m = curl_multi_info_read(multi, &left)) != NULL;)
		if (m->msg == CURLMSG_DONE)
			result = m->data.result;
	if (multi != NULL)
		curl_multi_remove_handle(multi, curl);
	curl_multi_cleanup(multi);
	return result;
}

static struct curl_slist *headers_of(const struct receiving *r)
{
	const char *work = r->question->work;
	struct curl_slist *all = curl_slist_append(NULL, "Content-Type: application/json");
	char line[128];
	if (all == NULL || work == NULL)
		return all;
	snprintf(line, sizeof line, "X-Minato-Work: %s", work);
	struct curl_slist *more = curl_slist_append(all, line);
	if (more == NULL)
		curl_slist_free_all(all);
	return more;
}

static CURLcode perform(struct receiving *r, const char *url)
{
	const struct admin_question *q = r->question;
	struct curl_slist *headers = headers_of(r);
	curl_handle_set_up_local(r->curl, q->socket);
	curl_easy_setopt(r->curl, CURLOPT_URL, url);
	curl_easy_setopt(r->curl, CURLOPT_TIMEOUT_MS, q->within_ms);
	curl_easy_setopt(r->curl, CURLOPT_CUSTOMREQUEST, q->method);
	curl_easy_setopt(r->curl, CURLOPT_WRITEFUNCTION, receive);
	curl_easy_setopt(r->curl, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, headers);
	if (q->body != NULL) {
		curl_easy_setopt(r->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(q->body));
		curl_easy_setopt(r->curl, CURLOPT_POSTFIELDS, q->body);
	}
	CURLcode result = headers == NULL    ? CURLE_OUT_OF_MEMORY
			  : q->watch == NULL ? curl_easy_perform(r->curl)
					     : wait_watched(r->curl, q->watch);
	curl_slist_free_all(headers);
	return result;
}

void admin_ask(struct arena *a, const struct admin_question *q, struct admin_answer *out)
{
	struct receiving r = { .arena = a, .question = q, .curl = curl_easy_init() };
	const char *url = arena_printf(a, "http://localhost%s", q->path);
	CURLcode result = r.curl == NULL ? CURLE_OUT_OF_MEMORY : perform(&r, url);
	*out = (struct admin_answer){
		.reached = result == CURLE_OK,
		.untaken = r.untaken,
		.why = curl_easy_strerror(result),
		.streamed = r.kind != WHOLE,
		.body = r.data != NULL && r.kind == WHOLE ? r.data : "",
	};
	long error = 0;
	if (r.curl != NULL) {
		curl_easy_getinfo(r.curl, CURLINFO_RESPONSE_CODE, &out->status);
		curl_easy_getinfo(r.curl, CURLINFO_OS_ERRNO, &error);
	}
	out->forbidden = result == CURLE_COULDNT_CONNECT && error == EACCES;
	if (out->reached && r.kind == LINES && r.length > 0)
		q->line(q->with, r.data);
	curl_easy_cleanup(r.curl);
}

void admin_encode(struct buffer *b, const char *text)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (; *text != '\0'; text++) {
		if (strchr(unreserved, *text) != NULL)
			buffer_byte(b, (unsigned char)*text);
		else
			buffer_printf(b, "%%%02X", (unsigned char)*text);
	}
}
