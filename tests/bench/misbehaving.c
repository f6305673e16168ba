/* tests/bench/misbehaving.c: what one honest system feels of 32 that misbehave, each sort of them
 * one after the other, and of one that is loud: the 99th percentiles of ITI-45 and of an ITI-43 of
 * 100 KiB beside them, over the same with nobody else there, by turns. BENCH_SORT chooses by a part
 * of its name.
 *
 * Between the two the same misbehave at another gateway on the same machine, which the honest one
 * does not ask: what is felt of that is felt of the machine, and no queue of ours is in it.
 *
 * They give way to everybody (as nice as may be): elsewhere they have processors of their own, and
 * what is measured is what they make the gateway do. Asked about are persons of whom there is
 * something to answer: what lacks something waits for a tick of 5 ms (gateway/ticks.h), beside
 * which other waiting would not show. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/machine.h"
#include "tests/bench/misbehaviours.h"

enum { MEMORY = 1 << 30 }; /* of what the other gateway is asked */
enum {
	TURNS = 5,
	PERSONS = 50,
	JOINED = 8,    /* the honest one asks about these */
	ENTRIES = 499, /* of one submission, with as many associations */
	SUBMISSIONS = 20,
	KIBIBYTE = 1024,
	HONEST = 100 * KIBIBYTE,
	PIECE = 1024 * KIBIBYTE,
	LARGE_TIMES = 40,
	UPLOAD_TIMES = 64,
	NAMES = 50,
	NICER = 19,
	PHONES = 49, /* with the address as many as a feed may have in HL7 v3 */
};

struct scene {
	struct arena *arena;
	double seconds; /* of each measurement */
	struct place place;
	struct misbehaving peers[PEERS];
	struct asking pix, document; /* the honest one's */
	_Atomic unsigned long *done; /* shared with those who misbehave */
};

/* ---- The region, and what is in it ---- */

static const char *name_of(struct arena *a, unsigned peer)
{
	return arena_printf(a, "m%02u-clinic", peer + 1);
}

static const char *domain_of(struct arena *a, unsigned peer)
{
	return arena_printf(a, "2.999.70.%u", peer + 1);
}

static void register_peers(struct scene *s)
{
	struct arena *a = s->arena;
	for (unsigned i = 0; i < PEERS; i++) {
		char *add[] = { "facility", "add",      (char *)name_of(a, i),   "--title",
				"M",        "--domain", (char *)domain_of(a, i), NULL };
		place_tell(&s->place, add);
	}
}

static void submit(struct scene *s, const char *unique, unsigned documents, size_t octets,
		   unsigned times)
{
	struct arena *a = s->arena;
	struct submission_plan plan = { .domain = B_DOMAIN,
					.id = people_id(a, 0),
					.unique = unique,
					.documents = documents,
					.octets = octets,
					.times = times };
	struct load_target target = place_target(&s->place, s->place.b_clinic);
	struct load_request r = message_submission(a, &plan);
	people_ask(&target, &r, true);
}

static void join(struct scene *s, unsigned person)
{
	struct arena *a = s->arena;
	char *patient = arena_printf(a, "%s@b-clinic", people_id(a, person));
	char *tell[] = { "consent", "join", "--patient", patient, "--reason", "bench", NULL };
	place_tell(&s->place, tell);
}

static void fill(struct scene *s)
{
	struct arena *a = s->arena;
	people_feed(a, &s->place, PERSONS);
	for (unsigned i = 0; i < PEERS; i++)
		people_register_at(a, &s->place, place_certificate(&s->place, a, name_of(a, i)),
				   domain_of(a, i), 0, 1);
	for (unsigned i = 0; i < JOINED; i++)
		join(s, i);
	submit(s, "2.999.71.1", 1, HONEST, 1);
	for (unsigned i = 0; i < LARGE_DOCUMENTS; i++)
		submit(s, arena_printf(a, "2.999.72.%u", i), 1, PIECE + i, LARGE_TIMES);
	for (unsigned i = 0; i < SUBMISSIONS; i++)
		submit(s, arena_printf(a, "2.999.73.%u", i), ENTRIES, 256, 1);
}

/* ---- What each has to say ---- */

static struct load_request feed_of_many(struct arena *a, const char *domain, unsigned variant)
{
	struct buffer out = buffer_in(a);
	struct load_request plain = people_registration_at(a, domain, 0);
	const char *text = arena_text_n(a, (const char *)plain.data, plain.length);
	const char *body = strstr(text, "\r\n\r\n") + 4;
	const char *phones = strstr(body, "<telecom use"), *after = strstr(body, "<administrative");
	buffer_append(&out, body, (size_t)(phones - body));
	for (unsigned i = 2; i < NAMES; i++) /* two names are there already, one phone */
		buffer_printf(&out,
			      "<name use=\"L\"><family>Yamada</family><given>K%u</given></name>",
			      i);
	buffer_append(&out, phones, (size_t)(after - phones));
	for (unsigned i = 1; i < PHONES; i++)
		buffer_printf(&out, "<telecom use=\"HP\" value=\"tel:05%u%06u\"/>", variant, i);
	buffer_text(&out, after);
	return message_plain(a, "/pix", buffer_ended(&out));
}

static void prepare_peer(struct scene *s, unsigned i)
{
	struct arena *a = s->arena;
	struct misbehaving *m = &s->peers[i];
	const char *certificate = place_certificate(&s->place, a, name_of(a, i));
	struct load_target https = place_target(&s->place, certificate), mllp = https;
	struct submission_plan upload = { .domain = domain_of(a, i),
					  .id = people_id(a, 0),
					  .unique = arena_printf(a, "2.999.74.%u", i),
					  .documents = 1,
					  .octets = PIECE,
					  .times = UPLOAD_TIMES };
	mllp.port = s->place.mllp;
	m->https = load_context(&https);
	m->mllp = load_context(&mllp);
	m->query = people_pix(a, domain_of(a, i), 1).requests[0];
	m->find = people_find(a, domain_of(a, i), 1).requests[0];
	m->broken = message_plain(a, "/pix",
				  "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/"
				  "soap-envelope\"><s:Body><a></b></s:Body>");
	m->upload = message_submission(a, &upload);
	for (unsigned n = 0; n < LARGE_DOCUMENTS; n++)
		m->large[n] = people_retrieve(
			a, arena_printf(a, "2.999.72.%u.1", (n + i) % LARGE_DOCUMENTS));
	for (unsigned n = 0; n < 2; n++)
		m->feeds[n] = feed_of_many(a, domain_of(a, i), n);
}

/* They are what their sort is named for. */
static void try_peers(struct scene *s)
{
	for (unsigned i = 0; i < PEERS; i += PEERS - 1) {
		const struct misbehaving *m = &s->peers[i];
		const char *certificate = place_certificate(&s->place, s->arena,
							    name_of(s->arena, i));
		struct load_target target = place_target(&s->place, certificate);
		uint64_t entries = people_ask(&target, &m->find, false);
		uint64_t large = people_ask(&target, &m->large[0], false);
		people_ask(&target, &m->query, true);
		people_ask(&target, &m->feeds[1], true);
		if (entries < (uint64_t)ENTRIES * SUBMISSIONS * KIBIBYTE
		    || large < (uint64_t)LARGE_TIMES * PIECE) {
			fprintf(stderr, "bench: an answer is short: %llu and %llu octets\n",
				(unsigned long long)entries, (unsigned long long)large);
			exit(1);
		}
	}
}

/* ---- By turns ---- */

struct one {
	const struct misbehaviour *how;
	struct misbehaving *who;
};

static void *misbehave(void *with)
{
	const struct one *o = with;
	o->how->run(o->who);
	return NULL;
}

/* Until each is about to do what its sort is named for. */
static void await(int told, unsigned peers)
{
	for (char octet; peers > 0 && read(told, &octet, 1) == 1; peers--)
		continue;
	close(told);
	nanosleep(&(struct timespec){ .tv_nsec = 700000000 }, NULL);
}

static pid_t begin(struct scene *s, const struct misbehaviour *how)
{
	int told[2];
	if (pipe2(told, O_CLOEXEC) != 0)
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid != 0) {
		close(told[1]);
		await(told[0], how->peers);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICER);
	struct one all[PEERS];
	pthread_t threads[PEERS];
	for (unsigned i = 0; i < how->peers; i++) {
		s->peers[i].ready = told[1];
		s->peers[i].done = s->done;
		all[i] = (struct one){ how, &s->peers[i] };
		if (pthread_create(&threads[i], NULL, misbehave, &all[i]) != 0)
			_exit(1);
	}
	for (;;)
		pause();
}

/* What they asked for is done, or given up. */
static void end(const struct scene *s, pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	machine_await_idle(s->place.daemon);
}

struct felt {
	double pix, document, theirs; /* theirs: what the others did, a second */
	uint64_t failed;
};

static double percentile(struct scene *s, struct asking *w, uint64_t *failed)
{
	struct load_result result;
	struct load_plan plan = { .target = place_target(&s->place, s->place.b_clinic),
				  .clients = 1,
				  .first = true,
				  .seconds = s->seconds,
				  .next = people_next,
				  .with = w };
	load_run(&plan, &result);
	*failed += result.failed;
	return result.done == 0 ? 1e6 * plan.seconds : result.p99_us;
}

static struct felt feel(struct scene *s)
{
	struct felt f = { .failed = 0 };
	f.pix = percentile(s, &s->pix, &f.failed);
	f.document = percentile(s, &s->document, &f.failed);
	return f;
}

static struct felt feel_beside(struct scene *s, struct scene *whose, const struct misbehaviour *how)
{
	pid_t pid = begin(whose, how);
	unsigned long before = *whose->done;
	double begun = machine_now();
	struct felt f = feel(s);
	f.theirs = (double)(*whose->done - before) / (machine_now() - begun);
	end(whose, pid);
	return f;
}

/* In milliseconds. */
static double median_of(const struct felt felt[TURNS], size_t member)
{
	double values[TURNS];
	for (unsigned i = 0; i < TURNS; i++)
		values[i] = *(const double *)((const char *)&felt[i] + member) / 1e3;
	return spread_of(values, TURNS).median;
}

#define MEDIAN(of, member) median_of(of, offsetof(struct felt, member))

struct ratios {
	struct spread pix, document;
};

static struct ratios over(const struct felt felt[TURNS], const struct felt quiet[TURNS])
{
	double pix[TURNS], document[TURNS];
	for (unsigned i = 0; i < TURNS; i++) {
		pix[i] = felt[i].pix / quiet[i].pix;
		document[i] = felt[i].document / quiet[i].document;
	}
	return (struct ratios){ spread_of(pix, TURNS), spread_of(document, TURNS) };
}

/* Of all turns. */
struct turns_felt {
	struct felt quiet[TURNS], elsewhere[TURNS], beside[TURNS];
};

static void tell(struct bench *b, const struct misbehaviour *how, const struct turns_felt *t)
{
	struct ratios beside = over(t->beside, t->quiet), machine = over(t->elsewhere, t->quiet);
	uint64_t failed = 0;
	for (unsigned i = 0; i < TURNS; i++)
		failed += t->quiet[i].failed + t->elsewhere[i].failed + t->beside[i].failed;
	printf("%-24s p99 of ITI-45 %6.2f ms, alone %5.2f, %5.2f [%5.2f..%6.2f]; of ITI-43 %6.2f "
	       "ms, alone %5.2f, %5.2f [%5.2f..%6.2f]; %llu failed",
	       how->what, MEDIAN(t->beside, pix), MEDIAN(t->quiet, pix), beside.pix.median,
	       beside.pix.least, beside.pix.most, MEDIAN(t->beside, document),
	       MEDIAN(t->quiet, document), beside.document.median, beside.document.least,
	       beside.document.most, (unsigned long long)failed);
	bench_goal(b, failed == 0 && beside.pix.median <= 3 && beside.document.median <= 3,
		   "ratio 3");
	printf("\n%-24s p99 of ITI-45 %6.2f ms, %5.2f; of ITI-43 %6.2f ms, %5.2f; they did %.0f a "
	       "second, here %.0f\n",
	       "  at another gateway", MEDIAN(t->elsewhere, pix), machine.pix.median,
	       MEDIAN(t->elsewhere, document), machine.document.median,
	       1e3 * MEDIAN(t->elsewhere, theirs), 1e3 * MEDIAN(t->beside, theirs));
	fflush(stdout);
}

static bool is_asked_for(const char *what)
{
	const char *only = getenv("BENCH_SORT");
	return only == NULL || strstr(what, only) != NULL;
}

static struct scene *scene_make(struct arena *a)
{
	struct scene *s = arena_new(a, struct scene);
	s->arena = a;
	s->done = mmap(NULL, sizeof *s->done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	place_make(&s->place);
	register_peers(s);
	place_start(&s->place);
	fill(s);
	s->pix = people_pix(a, B_DOMAIN, JOINED);
	s->document = (struct asking){ arena_new(a, struct load_request), 1, 1 };
	s->document.requests[0] = people_retrieve(a, "2.999.71.1.1");
	for (unsigned i = 0; i < PEERS; i++)
		prepare_peer(s, i);
	try_peers(s);
	machine_await_idle(s->place.daemon);
	return s;
}

static void scene_end(struct scene *s)
{
	for (unsigned i = 0; i < PEERS; i++) {
		load_context_free((struct load_context *)s->peers[i].https);
		load_context_free((struct load_context *)s->peers[i].mllp);
	}
	place_stop(&s->place);
	place_remove(&s->place);
	munmap((void *)s->done, sizeof *s->done);
}

void bench_misbehaving(struct bench *b)
{
	struct arena *others = arena_create(MEMORY);
	struct scene *s = scene_make(b->arena), *other = scene_make(others);
	s->seconds = b->rounds.seconds;
	for (const struct misbehaviour *how = misbehaviours; how->run != NULL; how++) {
		struct turns_felt t;
		if (!is_asked_for(how->what))
			continue;
		for (unsigned i = 0; i < TURNS; i++) {
			t.quiet[i] = feel(s);
			t.elsewhere[i] = feel_beside(s, other, how);
			t.beside[i] = feel_beside(s, s, how);
		}
		tell(b, how, &t);
	}
	scene_end(s);
	scene_end(other);
	arena_destroy(others);
}
