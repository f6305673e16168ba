/* gateway/operator/trial.c: minato demo load, unload: a region of its own to try things in. Its
 * facilities bring the people (ITI-8) and what they have written (ITI-41) as their systems would,
 * and the operator enters who takes part; nothing gets in by another way.
 *
 * It is a whole region, marked as one, so nobody's record is ever among real ones, and all of it
 * can be removed: what a store knew of a person, and an audit log, cannot be taken out of one. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/demo_scene.h"
#include "gateway/operator/demo_storage.h"
#include "gateway/operator/trial_papers.h"
#include "store/at_rest.h"

enum { MEMORY_MOST = 1 << 28, ITEM_MEMORY = 32 << 20 };
enum { PATIENTS = 1000, DOCUMENTS = 3000, MOST = 1000000, STOP_WITHIN_MS = 60000 };

static const char mark[] = "trial";
static const int64_t tell_every = 500000; /* microseconds */

struct loading {
	const struct invocation *i;
	struct demo_scene *scene;
	struct arena *item; /* emptied behind each */
	uint64_t seed, patients, documents;
	instant now;
	int64_t told;
	unsigned records, joined;
};

/* ---- What is asked ---- */

static bool read_number(const struct invocation *i, const char *option, uint64_t least,
			uint64_t *out)
{
	const char *text = invocation_option(i, option);
	if (text == NULL || (text_to_number(text, MOST, out) && *out >= least))
		return true;
	fprintf(i->talk, "minato: --%s %s is not from %" PRIu64 " to %d\n", option,
		output_printable(i->arena, text), least, MOST);
	return false;
}

/* ---- Loading, in a process of its own ---- */

static void tell(struct loading *l, const char *what, uint64_t done, uint64_t of)
{
	int64_t now = l->scene->clock->elapsed(l->scene->clock);
	if (!l->i->terminal || (done < of && now - l->told < tell_every))
		return;
	l->told = now;
	fprintf(l->i->talk, "\r%s: %" PRIu64 " of %" PRIu64 "\033[K%s", what, done, of,
		done == of ? "\n" : "");
	fflush(l->i->talk);
}

static bool feed_record(struct loading *l, struct demo_node *n, const struct trial_record *r,
			struct problem *p)
{
	const struct demo_writing *as = &r->person.at[DEMO_HOSPITAL_A];
	struct patient_demographics d = demo_person_demographics(l->item, &r->person, as);
	struct insurance insurance = r->insurance;
	const char *code = "", *text = "";
	d.insurances = &insurance;
	if (!demo_node_feed(n, n->domain, as->id, &d, &code, &text, p))
		return false;
	l->records++;
	return text_equal(code, "AA")
	       || problem_at(p, PROBLEM_REQUEST_INVALID, as->id, "%s refused: %s %s", n->name, code,
			     text);
}

static bool join(struct loading *l, const struct demo_node *n, const char *id, struct problem *p)
{
	l->joined++;
	return demo_admin_post(&l->scene->admin, "/admin/consent",
			       json_pack("{s:s, s:s, s:s}", "patient",
					 arena_printf(l->item, "%s@%s", id, n->name), "action",
					 "join", "reason", "同意書 (trial)"),
			       p)
	       != NULL;
}

/* To each facility that knows him; he joins at the first. */
static bool feed_person(struct loading *l, uint64_t number, struct problem *p)
{
	struct trial_person one;
	bool joins, fed = true;
	trial_person_draw(l->item, l->seed, number, trial_year(l->now), &one);
	joins = one.joins;
	for (unsigned f = 0; fed && f < TRIAL_FACILITIES; f++) {
		const char *id = one.at[f].person.at[DEMO_HOSPITAL_A].id;
		struct demo_node *n = &l->scene->nodes[f];
		if (id == NULL)
			continue;
		fed = feed_record(l, n, &one.at[f], p) && (!joins || join(l, n, id, p));
		joins = false;
	}
	return fed;
}

static bool share(struct loading *l, uint64_t number, struct problem *p)
{
	struct trial_paper one;
	const char *refused = NULL;
	trial_paper_draw(l->item, l->seed, number, l->patients, l->now, &one);
	struct demo_node *n = &l->scene->nodes[one.facility];
	if (!demo_node_provide(n, demo_letter_submission(n, &one.written),
			       demo_letter_write(n, &one.written), &refused, p))
		return false;
	return refused == NULL
	       || problem_at(p, PROBLEM_REQUEST_INVALID, one.written.unique_id,
			     "%s refused a document: %s", n->name, refused);
}

static bool each(struct loading *l, const char *what, uint64_t count,
		 bool (*one)(struct loading *l, uint64_t number, struct problem *p),
		 struct problem *p)
{
	for (uint64_t n = 0; n < count; n++) {
		bool done = one(l, n, p);
		arena_reset(l->item);
		if (!done)
			return false;
		tell(l, what, n + 1, count);
	}
	return true;
}

static bool load_all(struct loading *l, struct problem *p)
{
	for (unsigned f = 0; f < TRIAL_FACILITIES; f++) {
		if (!demo_node_open(&l->scene->nodes[f], p))
			return false;
		l->scene->nodes[f].arena = l->item;
	}
	l->scene->admin.arena = l->item;
	return each(l, "people", l->patients, feed_person, p)
	       && each(l, "documents", l->documents, share, p);
}

static void tell_loaded(const struct loading *l)
{
	const char *at = l->scene->region->directory;
	fprintf(l->i->out,
		"%" PRIu64 " people, known to %d facilities by %u ids; %u take part\n"
		"%" PRIu64 " documents\n"
		"  systems   https://localhost:%u, certificates %s/pki/clients/NAME.pem\n"
		"  operator  minato -c %s/minato.conf status\n"
		"  remove    minato demo unload %s\n",
		l->patients, TRIAL_FACILITIES, l->records, l->joined, l->documents,
		l->scene->nodes[0].https_port, at, at, at);
}

static enum outcome load_here(struct loading *l)
{
	struct problem p = { .code = PROBLEM_NONE };
	l->item = arena_create(ITEM_MEMORY);
	bool loaded = load_all(l, &p);
	if (loaded)
		tell_loaded(l);
	fflush(NULL);
	return loaded ? OUTCOME_DONE : invocation_fail(l->i, &p);
}

/* ---- Watched over, as the demo is ---- */

static bool watch(struct loading *l, struct demo_region *r, struct problem *p)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(load_here(l));
	if (pid < 0)
		return problem_set(p, PROBLEM_INTERNAL, "could not begin a process");
	struct demo_process loader = demo_process_of(pid);
	return demo_process_wait(r, &loader);
}

static bool make(const struct invocation *i, struct demo_region *r, struct problem *p)
{
	if (!demo_region_make(r, invocation_path(i, i->arguments[0]), p))
		return false;
	r->rsyslogd = NULL;
	return conf_write_file(
		       demo_region_file(r, mark),
		       bytes_of_text("Made by minato demo load: nobody in here is real, and "
				     "minato demo unload removes all of it.\n"),
		       0644, p)
	       && demo_region_start(r, p);
}

static enum outcome finish(const struct invocation *i, struct demo_region *r, bool loaded,
			   const struct problem *p)
{
	if (loaded)
		return OUTCOME_DONE;
	bool marked = r->made && access(demo_region_file(r, mark), F_OK) == 0;
	demo_region_end(r);
	if (r->interrupted)
		fputs("\nminato: interrupted; the daemon has been stopped\n", i->talk);
	enum outcome outcome = p->code == PROBLEM_NONE || r->interrupted ? OUTCOME_NEGATIVE
									 : invocation_fail(i, p);
	if (marked)
		fprintf(i->talk, "do: minato demo unload %s\n", r->directory);
	return r->interrupted ? OUTCOME_INTERRUPTED : outcome;
}

enum outcome command_demo_load(struct invocation *i)
{
	struct arena *arena = arena_create(MEMORY_MOST);
	struct demo_region region = { .arena = arena, .clock = i->clock };
	struct demo_scene scene = { .arena = arena, .clock = i->clock, .region = &region };
	struct loading l = { .i = i,
			     .scene = &scene,
			     .seed = 1,
			     .patients = PATIENTS,
			     .documents = DOCUMENTS,
			     .now = i->clock->now(i->clock) };
	struct problem p = { .code = PROBLEM_NONE };
	enum outcome outcome = OUTCOME_USAGE;
	if (read_number(i, "patients", 1, &l.patients)
	    && read_number(i, "documents", 0, &l.documents) && read_number(i, "seed", 0, &l.seed)) {
		bool loaded = make(i, &region, &p) && demo_scene_know_region(&scene, i, &p)
			      && watch(&l, &region, &p);
		outcome = finish(i, &region, loaded, &p);
	}
	arena_destroy(arena);
	return outcome;
}

/* ---- Removed ---- */

/* Its daemon, if one serves it; false: it did not end. */
static bool stop_daemon(struct invocation *i, const char *directory, struct problem *p)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(
		arena_printf(i->arena, "%s/minato.conf", directory), i->arena, &faults);
	struct problem none = { .code = PROBLEM_NONE };
	const struct demo_admin admin = { i->arena,
					  c == NULL ? ""
						    : arena_text(i->arena, c->service.socket) };
	config_release(c);
	const json_t *status = *admin.socket == '\0'
				       ? NULL
				       : demo_admin_get(&admin, "/admin/status", &none);
	pid_t pid = (pid_t)demo_number(status, "pid");
	int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
	struct pollfd ends = { .fd = fd, .events = POLLIN };
	bool over = fd < 0 || (kill(pid, SIGTERM) == 0 && poll(&ends, 1, STOP_WITHIN_MS) == 1);
	if (fd >= 0)
		close(fd);
	return over
	       || problem_at(p, PROBLEM_BUSY, directory, "its daemon (process %d) did not stop",
			     (int)pid);
}

/* One that does not answer, or whose minato.conf cannot be read any more, still has its store. */
static bool take_out(struct invocation *i, const char *directory, struct problem *p)
{
	int held = -1;
	if (!stop_daemon(i, directory, p)
	    || !at_rest_hold(arena_printf(i->arena, "%s/data", directory), &held, p))
		return false;
	demo_region_remove(directory);
	if (held >= 0)
		close(held);
	return access(directory, F_OK) != 0
	       || problem_at(p, PROBLEM_INTERNAL, directory, "%s could not be removed: %s",
			     directory, strerror(errno));
}

enum outcome command_demo_unload(struct invocation *i)
{
	const char *directory = invocation_path(i, i->arguments[0]);
	struct problem p = { .code = PROBLEM_NONE };
	if (access(arena_printf(i->arena, "%s/%s", directory, mark), F_OK) != 0) {
		fprintf(i->talk,
			"minato: %s is no trial region: minato demo load has not made it, and "
			"nothing has been touched\n",
			output_printable(i->arena, directory));
		return OUTCOME_REFUSED;
	}
	if (!take_out(i, directory, &p))
		return invocation_fail(i, &p);
	fprintf(i->out, "%s is removed\n", output_printable(i->arena, directory));
	return OUTCOME_DONE;
}
