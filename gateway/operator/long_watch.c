/* gateway/operator/long_watch.c: the operator waits for something long. */
#include "gateway/operator/long_watch.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum {
	ASK_EVERY_MS = 500,
	ASKING_MEMORY = 4 << 20, /* for one question and its answer after the other */
	NAME_OCTETS = 16
};

struct long_watch {
	struct invocation *invocation;
	const char *socket, *name;
	struct arena *arena; /* of the questions beside */
	struct admin_watch watch;
	sigset_t before;
	int signals;            /* descriptor; -1: interrupts are not ours to take */
	int64_t asked;          /* clock->elapsed() */
	bool shown;             /* the terminal's line holds the progress */
	bool interrupted, told; /* ... and the daemon knows it */
};

/* ---- How far it is ---- */

void long_watch_clear(struct long_watch *w)
{
	if (w != NULL && w->shown)
		fputs("\r\033[K", w->invocation->talk);
	if (w != NULL)
		w->shown = false;
}

static json_int_t number(const json_t *work, const char *name)
{
	const json_t *value = json_object_get(work, name);
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static void put_time_left(struct buffer *b, json_int_t seconds)
{
	if (seconds >= 3600)
		buffer_printf(b, ", %d h %02d min left", (int)(seconds / 3600),
			      (int)(seconds / 60 % 60));
	else if (seconds >= 60)
		buffer_printf(b, ", %d min %02d s left", (int)(seconds / 60), (int)(seconds % 60));
	else if (seconds >= 0)
		buffer_printf(b, ", %d s left", (int)seconds);
}

/* Octets are told in MiB. */
static void put_count(struct buffer *b, json_int_t done, json_int_t of, const char *unit,
		      double rate)
{
	bool octets = text_equal(unit, "octets");
	double scale = octets ? 1 << 20 : 1;
	int digits = octets;
	buffer_printf(b, "%.*f", digits, (double)done / scale);
	if (of >= 0)
		buffer_printf(b, " of %.*f", digits, (double)of / scale);
	buffer_printf(b, " %s", octets ? "MiB" : unit);
	if (rate > 0)
		buffer_printf(b, ", %.*f a second", rate / scale < 10, rate / scale);
}

const char *long_watch_sentence(struct arena *a, const char *name, const json_t *work)
{
	struct buffer b = buffer_in(a);
	const char *unit = json_string_value(json_object_get(work, "unit"));
	json_int_t done = number(work, "done"), of = number(work, "of");
	buffer_printf(&b, "%s: ", name);
	if (text_equal(json_string_value(json_object_get(work, "state")), "waits"))
		buffer_text(&b, "waits for a place");
	else if (unit == NULL || done < 0)
		buffer_text(&b, "begins");
	else
		put_count(&b, done, of, unit,
			  json_number_value(json_object_get(work, "per_second")));
	put_time_left(&b, number(work, "seconds_left"));
	return buffer_ended(&b);
}

static void show(struct long_watch *w, const char *text)
{
	struct invocation *i = w->invocation;
	if (i->terminal)
		fprintf(i->talk, "\r%s\033[K", text);
	else
		fprintf(i->talk, "%s\n", text);
	fflush(i->talk);
	w->shown = i->terminal;
}

static void ask_how_far(void *with)
{
	struct long_watch *w = with;
	struct admin_question q = {
		.socket = w->socket,
		.method = "GET",
		.path = arena_printf(w->arena, "/admin/work?name=%s", w->name),
	};
	struct admin_answer answer;
	admin_ask(w->arena, &q, &answer);
	json_t *told = answer.reached && answer.status == 200 ? json_loads(answer.body, 0, NULL)
							      : NULL;
	const json_t *work = json_array_get(json_object_get(told, "work"), 0);
	if (work != NULL)
		show(w, long_watch_sentence(w->arena, w->invocation->command->long_work, work));
	json_decref(told);
}

/* ---- Ctrl-C ---- */

static void tell_daemon(void *with)
{
	struct long_watch *w = with;
	struct admin_question q = {
		.socket = w->socket,
		.method = "POST",
		.path = "/admin/work/cancel",
		.body = arena_printf(w->arena, "{\"name\": \"%s\"}", w->name),
	};
	struct admin_answer answer;
	admin_ask(w->arena, &q, &answer);
	json_t *why = answer.reached ? json_loads(answer.body, 0, NULL) : NULL;
	/* One that is over already answers by itself. */
	w->told = answer.reached
		  && (answer.status == 200
		      || text_equal(json_string_value(json_object_get(why, "error")), "not-found"));
	json_decref(why);
}

/* False: the operator has not the patience, or the daemon does not understand. */
static bool interrupt(struct long_watch *w)
{
	FILE *talk = w->invocation->talk;
	struct signalfd_siginfo signal;
	if (read(w->signals, &signal, sizeof signal) != (ssize_t)sizeof signal)
		return true;
	long_watch_clear(w);
	if (w->interrupted)
		return false;
	w->interrupted = true;
	fprintf(talk, "minato: cancelling %s; once more to leave without waiting for its end\n",
		w->invocation->command->long_work);
	fflush(talk);
	arena_reset(w->arena);
	arena_run(w->arena, tell_daemon, w);
	return w->told;
}

static bool look(void *with)
{
	struct long_watch *w = with;
	const struct clock *clock = w->invocation->clock;
	if (w->signals >= 0 && !interrupt(w))
		return false;
	if (w->interrupted || clock->elapsed(clock) - w->asked < ASK_EVERY_MS * INT64_C(1000))
		return true;
	w->asked = clock->elapsed(clock);
	if (w->invocation->terminal || invocation_option(w->invocation, "progress") != NULL) {
		arena_reset(w->arena);
		arena_run(w->arena, ask_how_far, w);
	}
	return true;
}

/* A descriptor that tells interrupts, instead of their ending us. Who was started to ignore them
 * (nohup, a shell's background) goes on ignoring them. */
static int take_interrupts(sigset_t *before)
{
	struct sigaction now;
	sigset_t interrupts;
	sigemptyset(&interrupts);
	sigaddset(&interrupts, SIGINT);
	sigprocmask(SIG_BLOCK, NULL, before);
	if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_IGN)
		return -1;
	int fd = signalfd(-1, &interrupts, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd >= 0)
		sigprocmask(SIG_BLOCK, &interrupts, before);
	return fd;
}

struct long_watch *long_watch_begin(struct invocation *i, struct admin_question *q)
{
	unsigned char name[NAME_OCTETS];
	struct long_watch *w = arena_new(i->arena, struct long_watch);
	*w = (struct long_watch){ .invocation = i,
				  .socket = q->socket,
				  .arena = arena_create(ASKING_MEMORY) };
	if (w->arena == NULL)
		return NULL;
	system_random.fill(&system_random, name, sizeof name);
	w->name = bytes_to_hex(i->arena, (struct bytes){ name, sizeof name });
	w->signals = take_interrupts(&w->before);
	w->asked = i->clock->elapsed(i->clock);
	w->watch = (struct admin_watch){ w->signals, ASK_EVERY_MS / 4, look, w };
	q->work = w->name;
	q->watch = &w->watch;
	return w;
}

static void tell_end(const struct long_watch *w, const struct admin_answer *answer)
{
	FILE *talk = w->invocation->talk;
	json_t *problem = answer->reached ? json_loads(answer->body, 0, NULL) : NULL;
	const char *what = json_string_value(json_object_get(problem, "what"));
	if (what != NULL)
		fprintf(talk, "minato: %s\n", what);
	else
		fprintf(talk, "minato: left; the daemon ends %s where it is\n",
			w->invocation->command->long_work);
	json_decref(problem);
}

bool long_watch_end(struct long_watch *w, const struct admin_answer *answer)
{
	if (w == NULL)
		return false;
	bool done = answer->reached && answer->status >= 200 && answer->status <= 299;
	long_watch_clear(w);
	if (w->interrupted && !done)
		tell_end(w, answer);
	else if (w->interrupted)
		fputs("minato: it was over before it could be cancelled\n", w->invocation->talk);
	if (w->signals >= 0) {
		close(w->signals);
		sigprocmask(SIG_SETMASK, &w->before, NULL);
	}
	arena_destroy(w->arena);
	return w->interrupted && !done;
}
