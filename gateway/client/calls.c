/* gateway/client/calls.c: many requests at once, by libcurl's multi interface. */
#include "gateway/client/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/client/answer_body.h"
#include "gateway/client/answer_files.h"
#include "gateway/client/curl_handle.h"
#include "gateway/client/mllp_calls.h"
#include "gateway/client/staple.h"

enum {
	LONGEST_WAIT_MS = 60000, /* libcurl looks at its own times in between */
	LINE = 600,
	/* What libcurl takes for what is sent (it allows no less), and for a large document. */
	SENT_AT_ONCE = 16 << 10,
	MUCH_AT_ONCE = 64 << 10,
	/* What libcurl gives at a time of what goes to a file, and of what is kept in memory: that
	 * much it holds as long as a call waits. */
	TAKEN_AT_ONCE = ANSWER_PIECE,
	KEPT_AT_ONCE = 4 << 10,
};

struct calls {
	struct caller caller; /* first */
	CURLM *multi;
	struct under_way *first;
	unsigned to_files; /* of them */
	struct mllp_calls *mllp;
	struct answer_files *files;
};

/* One call while libcurl has it. */
struct under_way {
	struct call *call;
	CURL *curl;
	struct curl_slist *headers, *places;
	size_t piece; /* where reading is */
	uint64_t offset;
	struct answer_body body;
	const char *unstapled;    /* why no OCSP answer that holds came; or NULL */
	struct answer_file *file; /* instead; or NULL */
	bool paused;              /* until the file has room again */
	bool ended;               /* libcurl is through, and the file not yet */
	CURLcode code;            /* then */
	char error[CURL_ERROR_SIZE];
	struct under_way *next, **link;
};

static uint64_t piece_length(const struct call_piece *p)
{
	return p->octets.data != NULL ? p->octets.length : p->length;
}

static size_t give(char *out, size_t size, size_t count, void *with)
{
	struct under_way *u = with;
	for (; u->piece < u->call->piece_count; u->piece++, u->offset = 0) {
		const struct call_piece *p = &u->call->pieces[u->piece];
		uint64_t left = piece_length(p) - u->offset;
		size_t take = left < size * count ? (size_t)left : size * count;
		if (take == 0)
			continue;
		if (p->octets.data != NULL) {
			memcpy(out, p->octets.data + u->offset, take);
		} else {
			ssize_t got = pread(p->fd, out, take, (off_t)u->offset);
			if (got <= 0)
				return CURL_READFUNC_ABORT;
			take = (size_t)got;
		}
		u->offset += take;
		return take;
	}
	return 0;
}

/* A connection that was kept may have ended meanwhile: then libcurl begins anew. */
static int rewind_pieces(void *with, curl_off_t offset, int origin)
{
	struct under_way *u = with;
	if (offset != 0 || origin != SEEK_SET)
		return CURL_SEEKFUNC_FAIL;
	u->piece = 0;
	u->offset = 0;
	return CURL_SEEKFUNC_OK;
}

static size_t keep(char *data, size_t size, size_t count, void *with)
{
	struct under_way *u = with;
	/* less than came: libcurl ends the call */
	return answer_body_add(&u->body, u->call->arena, u->call->answer_most,
			       (struct bytes){ (unsigned char *)data, size * count });
}

/* What it is not taken of now it gives again. */
static size_t put_aside(char *data, size_t size, size_t count, void *with)
{
	struct under_way *u = with;
	struct bytes more = { (unsigned char *)data, size * count };
	switch (answer_file_add(u->file, more)) {
	case ANSWER_TAKEN: return more.length;
	case ANSWER_WAITS: u->paused = true; return CURL_WRITEFUNC_PAUSE;
	case ANSWER_FAILED: break;
	}
	return CURL_WRITEFUNC_ERROR;
}

static bool add_header(struct under_way *u, const char *name, const char *value)
{
	char line[LINE];
	int length = snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *longer = length < (int)sizeof line ? curl_slist_append(u->headers, line)
							      : NULL;
	if (longer != NULL)
		u->headers = longer;
	return longer != NULL;
}

/* "Expect:" without a value takes libcurl's own away, and with it a second of waiting. */
static bool add_headers(struct under_way *u)
{
	bool added = true;
	for (size_t i = 0; added && i < u->call->header_count; i++)
		added = add_header(u, u->call->headers[i].name, u->call->headers[i].value);
	struct curl_slist *longer = added ? curl_slist_append(u->headers, "Expect:") : NULL;
	if (longer != NULL)
		u->headers = longer;
	return longer != NULL;
}

/* What lies in one piece leaves with the header, by one write and in one TLS record. */
static void set_up_body(struct under_way *u)
{
	const struct call *c = u->call;
	curl_off_t length = 0;
	for (size_t i = 0; i < c->piece_count; i++)
		length += (curl_off_t)piece_length(&c->pieces[i]);
	curl_easy_setopt(u->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(u->curl, CURLOPT_POSTFIELDSIZE_LARGE, length);
	curl_easy_setopt(u->curl, CURLOPT_UPLOAD_BUFFERSIZE,
			 (long)(length > SENT_AT_ONCE ? MUCH_AT_ONCE : SENT_AT_ONCE));
	if (c->piece_count == 1 && c->pieces[0].octets.data != NULL) {
		curl_easy_setopt(u->curl, CURLOPT_POSTFIELDS,
				 (const char *)c->pieces[0].octets.data);
		return;
	}
	curl_easy_setopt(u->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(u->curl, CURLOPT_READDATA, u);
	curl_easy_setopt(u->curl, CURLOPT_SEEKFUNCTION, rewind_pieces);
	curl_easy_setopt(u->curl, CURLOPT_SEEKDATA, u);
}

static void set_up(struct under_way *u)
{
	const struct call *c = u->call;
	if (c->plain)
		curl_handle_set_up_plain(u->curl, &c->us);
	else
		curl_handle_set_up(u->curl, &c->us, 0);
	if (!c->plain)
		staple_set_up(u->curl, &c->us, &u->unstapled);
	curl_easy_setopt(u->curl, CURLOPT_HTTPHEADER, u->headers);
	if (c->once)
		curl_easy_setopt(u->curl, CURLOPT_FRESH_CONNECT, 1L);
	set_up_body(u);
	curl_easy_setopt(u->curl, CURLOPT_WRITEFUNCTION, u->file == NULL ? keep : put_aside);
	curl_easy_setopt(u->curl, CURLOPT_BUFFERSIZE,
			 (long)(u->file != NULL ? TAKEN_AT_ONCE : KEPT_AT_ONCE));
	curl_easy_setopt(u->curl, CURLOPT_WRITEDATA, u);
	curl_easy_setopt(u->curl, CURLOPT_ERRORBUFFER, u->error);
	curl_easy_setopt(u->curl, CURLOPT_PRIVATE, u);
}

static void forget(struct calls *c, struct under_way *u)
{
	if (u->curl != NULL)
		curl_multi_remove_handle(c->multi, u->curl);
	curl_easy_cleanup(u->curl);
	curl_slist_free_all(u->headers);
	curl_slist_free_all(u->places);
	answer_file_forget(u->file);
	c->to_files -= u->file != NULL;
	if (u->link != NULL)
		*u->link = u->next;
	if (u->next != NULL)
		u->next->link = u->link;
	free(u);
}

static bool has_file(struct calls *c, struct under_way *u)
{
	if (u->call->to == NULL)
		return true;
	u->file = answer_file_begin(c->files, u->call->to);
	c->to_files += u->file != NULL;
	return u->file != NULL;
}

static bool begin_post(struct calls *c, struct call *call)
{
	struct under_way *u = calloc(1, sizeof *u);
	call->answered = call->whole = false;
	snprintf(call->why, sizeof call->why, "no memory for a request");
	if (u == NULL)
		return false;
	u->call = call;
	u->curl = curl_easy_init();
	if (u->curl == NULL || !has_file(c, u) || !add_headers(u)
	    || !curl_handle_lead(u->curl, &call->us, call->url, &u->headers, &u->places)) {
		forget(c, u);
		return false;
	}
	set_up(u);
	u->next = c->first;
	u->link = &c->first;
	if (c->first != NULL)
		c->first->link = &u->next;
	c->first = u;
	call->under_way = u;
	if (curl_multi_add_handle(c->multi, u->curl) == CURLM_OK)
		return true;
	forget(c, u);
	return false;
}

static bool begin(struct caller *self, struct call *call)
{
	struct calls *c = (struct calls *)self;
	return mllp_calls_take(call->url) ? mllp_calls_begin(c->mllp, call) : begin_post(c, call);
}

static void settle(struct under_way *u, CURLcode code)
{
	struct call *call = u->call;
	long status = 0;
	const char *type = NULL;
	curl_easy_getinfo(u->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(u->curl, CURLINFO_CONTENT_TYPE, &type);
	size_t length = type == NULL ? 0 : strlen(type);
	char *copy = arena_try(call->arena, length + 1);
	if (copy != NULL && length != 0)
		memcpy(copy, type, length);
	call->answered = status >= 200;
	call->whole = call->answered && code == CURLE_OK
		      && (call->to == NULL || spool_file_problem(call->to) == NULL);
	call->status = (int)status;
	call->content_type = copy == NULL ? "" : copy;
	call->body = (struct bytes){ u->body.octets, u->body.length };
	if (!call->answered && u->unstapled != NULL)
		snprintf(call->why, sizeof call->why, "%.180s", u->unstapled);
	else if (!call->answered)
		snprintf(call->why, sizeof call->why, "%.180s",
			 code == CURLE_OK      ? "no answer"
			 : u->error[0] != '\0' ? u->error
					       : curl_easy_strerror(code));
}

static struct call *post_over(struct calls *c, struct under_way *u, CURLcode code)
{
	struct call *call = u->call;
	settle(u, code);
	call->under_way = NULL;
	forget(c, u);
	return call;
}

/* Files that have room again go on, and the one that has all of its answer is over. */
static struct call *file_over(struct calls *c)
{
	for (struct under_way *u = c->to_files == 0 ? NULL : c->first; u != NULL; u = u->next) {
		if (u->ended && answer_file_is_settled(u->file))
			return post_over(c, u, u->code);
		if (u->paused && answer_file_has_room(u->file, TAKEN_AT_ONCE)) {
			u->paused = false;
			curl_easy_pause(u->curl, CURLPAUSE_CONT);
		}
	}
	return NULL;
}

/* The first post that is over of those libcurl has told of. */
static struct call *told(struct calls *c)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(c->multi, &left)) != NULL) {
		struct under_way *u = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&u);
		if (u != NULL && u->file != NULL) {
			u->ended = true;
			u->code = message->data.result;
			answer_file_end(u->file);
			continue;
		}
		if (u != NULL)
			return post_over(c, u, message->data.result);
		mllp_calls_connected(c->mllp, message->easy_handle, message->data.result);
	}
	return NULL;
}

/* libcurl looks at all that are under way, so it is let do that only when it has told of those that
 * are over: not once for each of them. */
static struct call *over(struct caller *self)
{
	struct calls *c = (struct calls *)self;
	int left;
	struct call *first = file_over(c);
	if (first == NULL)
		first = told(c);
	if (first != NULL)
		return first;
	curl_multi_perform(c->multi, &left);
	first = told(c);
	if (first == NULL)
		first = file_over(c);
	return first != NULL ? first : mllp_calls_over(c->mllp);
}

static void give_up(struct caller *self, struct call *call)
{
	struct calls *c = (struct calls *)self;
	if (mllp_calls_take(call->url))
		mllp_calls_give_up(c->mllp, call);
	else
		forget(c, call->under_way);
	call->under_way = NULL;
}

void calls_library_begin(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void calls_library_end(void)
{
	curl_global_cleanup();
}

static void wake(void *with)
{
	calls_wake(with);
}

static void close_rooms(struct calls *c)
{
	answer_files_stop(c->files); /* its thread wakes whoever waits on what follows */
	mllp_calls_destroy(c->mllp);
	curl_multi_cleanup(c->multi);
	free(c);
}

struct calls *calls_open(unsigned most, const struct clock *clock)
{
	struct calls *c = calloc(1, sizeof *c);
	if (c == NULL)
		return NULL;
	c->caller = (struct caller){ .begin = begin, .over = over, .give_up = give_up };
	c->multi = curl_multi_init();
	c->mllp = c->multi == NULL ? NULL : mllp_calls_create(c->multi, clock);
	c->files = c->mllp == NULL ? NULL : answer_files_start(wake, c);
	if (c->files == NULL) {
		close_rooms(c);
		return NULL;
	}
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)most);
	return c;
}

struct caller *calls_caller(struct calls *c)
{
	return &c->caller;
}

void calls_wait(struct calls *c, int64_t micros)
{
	int64_t ms = micros < 0 ? LONGEST_WAIT_MS : (micros + 999) / 1000;
	struct curl_waitfd also[MLLP_POLL_MOST];
	unsigned count = mllp_calls_sockets(c->mllp, also);
	curl_multi_poll(c->multi, also, count, ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : (int)ms,
			NULL);
}

void calls_wake(struct calls *c)
{
	curl_multi_wakeup(c->multi);
}

void calls_close(struct calls *c)
{
	if (c == NULL)
		return;
	for (struct under_way *u = c->first, *next; u != NULL; u = next) {
		next = u->next;
		forget(c, u);
	}
	close_rooms(c);
}
