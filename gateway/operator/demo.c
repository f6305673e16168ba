/* gateway/operator/demo.c: minato demo: a region, its patients and its institutions, played from
 * the beginning to the end.
 *
 * The scene is played by a child, so that this process can watch over it: whatever happens, an
 * interrupt included, the daemons are stopped and the directory is removed. */
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"
#include "gateway/operator/demo_process.h"
#include "gateway/operator/demo_scene.h"

enum { MEMORY_MOST = 1 << 30 }; /* tens of megabytes are used */

static void show_title(struct demo_scene *s)
{
	fprintf(s->screen.out,
		"Minato 港  三つの医療機関が一人の患者の記録を見つけて読む\n"
		"           Three institutions find and read one patient's records.\n"
		"           山田健一 is 101 at A病院, 031 at B診療所, 522 at C病院; each uses its "
		"own number only.\n"
		"           最後に彼は隣の地域へ転居し、許可した記録が付いて行く。\n"
		"           At last he moves to another region, and his records follow as he "
		"permits.\n"
		"           Everything over mutual TLS with the real protocols, nothing mocked.\n");
	if (s->region->rsyslogd == NULL)
		fputs("           (rsyslogd is not installed: audit records stay in the gateway's "
		      "own log)\n",
		      s->screen.out);
}

/* ---- Before the scene ---- */

static bool write_storages(struct demo_scene *s, struct problem *p)
{
	const char *directory = demo_region_file(s->region, "ssmix2");
	for (size_t i = 0; i < DEMO_HOSPITALS; i++)
		if (!demo_storage_write(s->arena, directory, (enum demo_hospital)i, &s->people,
					s->clock->now(s->clock), &s->storages[i], p))
			return false;
	return true;
}

static bool make_nodes(struct demo_scene *s, const struct region *region, struct problem *p)
{
	static const char *const names[] = {
		[DEMO_A] = "a-hospital",
		[DEMO_B] = "b-clinic",
		[DEMO_C] = "c-hospital",
		[DEMO_D] = "d-pharmacy",
	};
	unsigned https = 0, mllp = 0;
	if (!demo_admin_doors(&s->admin, &https, &mllp, p))
		return false;
	s->affinity_domain = arena_text(s->arena, region->affinity_domain);
	for (size_t i = 0; i < DEMO_SYSTEMS; i++) {
		const struct registered_system *system = region_system(region, names[i]);
		const struct assigning_authority *domain = region_domain(region, system->domains[0],
									 NULL);
		s->nodes[i] = (struct demo_node){
			.arena = s->arena,
			.clock = s->clock,
			.random = &system_random,
			.name = names[i],
			.title = arena_text(s->arena, system->title),
			.institution_code = arena_text(s->arena, system->institution_code),
			.domain = arena_text(s->arena, system->domains[0]),
			.namespace_id = arena_text(s->arena, domain->namespace_id),
			.identity = { .ca = demo_region_file(s->region, "pki/ca.pem"),
				      .certificate = demo_region_file(
					      s->region,
					      arena_printf(s->arena, "pki/clients/%s.pem",
							   names[i])) },
			.https_port = https,
			.mllp_port = mllp,
		};
	}
	return true;
}

bool demo_scene_know_region(struct demo_scene *s, const struct invocation *i, struct problem *p)
{
	const struct config_fault *faults = NULL;
	const struct configuration *c = config_load(demo_region_file(s->region, "minato.conf"),
						    s->arena, &faults);
	for (; c == NULL && faults != NULL; faults = faults->next)
		config_tell_fault(faults, i->talk);
	if (c == NULL)
		return problem_set(p, PROBLEM_CONFIGURATION,
				   "the region's configuration cannot be read");
	s->admin = (struct demo_admin){ s->arena, arena_text(s->arena, c->service.socket) };
	bool known = make_nodes(s, &c->region, p);
	config_release(c);
	return known;
}

/* ---- The scene, in a process of its own ---- */

static bool play(struct demo_scene *s, int64_t begun)
{
	bool played = demo_scene_play(s);
	return demo_summary_show(s, begun) && played;
}

static bool watch(struct demo_scene *s, struct demo_region *r, int64_t begun, struct problem *p)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(play(s, begun) ? OUTCOME_DONE : OUTCOME_NEGATIVE);
	if (pid < 0)
		return problem_set(p, PROBLEM_INTERNAL, "could not begin a process");
	struct demo_process player = demo_process_of(pid);
	return demo_process_wait(r, &player);
}

/* Who interrupts while it starts interrupts all. */
static bool begin_neighbour(struct demo_scene *s, struct demo_region *r, struct problem *p)
{
	bool begun = demo_neighbour_begin(s->neighbour, r, s->nodes[DEMO_A].https_port, p);
	r->interrupted |= s->neighbour->region.interrupted;
	return begun;
}

static bool run(const struct invocation *i, struct demo_scene *s, struct demo_region *r,
		const char *directory, struct problem *p)
{
	int64_t begun = s->clock->elapsed(s->clock);
	if (!demo_region_make(r, directory, p))
		return false;
	show_title(s);
	s->people = demo_people_make(s->arena);
	return write_storages(s, p) && demo_region_start(r, p) && demo_scene_know_region(s, i, p)
	       && begin_neighbour(s, r, p) && watch(s, r, begun, p);
}

static void tell_kept(const struct invocation *i, const struct demo_scene *s,
		      const struct demo_region *r)
{
	const char *at = r->directory, *tool = demo_process_find(i->arena, "minato");
	const struct demo_node *node = &s->nodes[DEMO_A];
	fprintf(i->out, "\nThe region is left running in %s.\n", at);
	fprintf(i->out, "  systems   https://localhost:%u, certificates %s/pki/clients/NAME.pem\n",
		node->https_port, at);
	fprintf(i->out, "  HL7 v2    localhost:%u, MLLP over TLS, the same certificates\n",
		node->mllp_port);
	fprintf(i->out, "  CA        %s/pki/ca.pem\n", at);
	fprintf(i->out, "  operator  %s -c %s/minato.conf status\n", tool != NULL ? tool : "minato",
		at);
	if (r->syslog.pid > 0)
		fprintf(i->out, "  audit     %s/rsyslog/audit.log\n", at);
	fprintf(i->out, "  neighbour %s/neighbour, at https://localhost:%u\n", at,
		s->neighbour->hospital.https_port);
	fprintf(i->out, "  stop      kill %d && kill %d", (int)s->neighbour->region.daemon.pid,
		(int)r->daemon.pid);
	if (r->syslog.pid > 0)
		fprintf(i->out, " && kill %d", (int)r->syslog.pid);
	fputc('\n', i->out);
}

/* Kept only when it was not interrupted: who interrupts wants it to be over. */
static bool finish(const struct invocation *i, struct demo_scene *s, struct demo_region *r)
{
	if (r->keep && s->neighbour->region.daemon.pid > 0 && !r->interrupted) {
		tell_kept(i, s, r);
		return true;
	}
	bool stopped = demo_process_stop(&s->neighbour->region.daemon);
	stopped &= demo_region_end(r);
	if (r->interrupted)
		fprintf(i->talk, "\nminato: interrupted; what was started has been stopped%s%s\n",
			r->keep ? ", its files are in " : "", r->keep ? r->directory : "");
	else if (!stopped)
		fputs("minato: minatod or rsyslogd did not stop as it should\n", i->talk);
	return stopped;
}

enum outcome command_demo(struct invocation *i)
{
	struct arena *arena = arena_create(MEMORY_MOST);
	struct demo_region region = { .arena = arena, .clock = i->clock };
	struct demo_neighbour neighbour = { .region = { .arena = arena, .clock = i->clock } };
	struct demo_scene scene = {
		.arena = arena,
		.clock = i->clock,
		.region = &region,
		.neighbour = &neighbour,
		.screen = { .out = i->out,
			    .arena = arena,
			    .clock = i->clock,
			    .colour = isatty(fileno(i->out)) },
	};
	struct problem p = { 0 };
	const char *keep = invocation_option(i, "keep");
	bool done = run(i, &scene, &region, keep != NULL ? invocation_path(i, keep) : NULL, &p);
	enum outcome outcome = done ? OUTCOME_DONE : OUTCOME_NEGATIVE;
	if (p.code != PROBLEM_NONE && !region.interrupted)
		outcome = invocation_fail(i, &p);
	if (!finish(i, &scene, &region) && outcome == OUTCOME_DONE)
		outcome = OUTCOME_NEGATIVE;
	arena_destroy(arena);
	return outcome;
}
