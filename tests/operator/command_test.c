/* tests/operator/command_test.c: what the operator writes, what comes back, and the exit codes. The
 * daemon is played by a thread on a local socket. */
#include "tests/base/suite.h"

#include <grp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/output.h"
#include "gateway/operator/region_files.h"
#include "tests/operator/place.h"

/* What one run of the tool printed. */
struct ran {
	int outcome;
	char *out, *talk;
};

static struct ran run(struct arena *a, const char *line)
{
	struct ran r = { 0 };
	char *argv[24] = { (char *)"minato" }, *save, *word;
	size_t out_size, talk_size;
	int argc = 1;
	for (char *text = arena_text(a, line);
	     (word = strtok_r(text, " ", &save)) != NULL && argc < 23; text = NULL)
		argv[argc++] = word;
	FILE *out = open_memstream(&r.out, &out_size), *talk = open_memstream(&r.talk, &talk_size);
	r.outcome = command_line_run(argc, argv, out, talk, &system_clock);
	fclose(out);
	fclose(talk);
	return r;
}

/* More than any command may be given. */
static void words_have_an_end(void)
{
	enum { WORDS = ARGUMENTS_MOST + 8 };
	static char *argv[WORDS];
	char *talk = NULL;
	size_t size = 0;
	for (size_t i = 0; i < WORDS; i++)
		argv[i] = (char *)"put";
	FILE *to = open_memstream(&talk, &size);
	CU_ASSERT_EQUAL(command_line_run(WORDS, argv, to, to, &system_clock), 2);
	fclose(to);
	CU_ASSERT_PTR_NOT_NULL(strstr(talk, "too many words"));
	free(talk);
}

static void forget(struct ran *r)
{
	free(r->out);
	free(r->talk);
}

static void lines_are_understood(void)
{
	static const struct {
		const char *line;
		int outcome;
		const char *out, *talk;
	} rows[] = {
		{ "", 2, "", "Usage:" },
		{ "--help", 0, "Examples:\n", "" },
		{ "--version", 0, "minato ", "" },
		{ "status --help", 0, "Examples:\n  minato -c ./region/minato.conf status", "" },
		{ "consent --help", 0, "Examples:\n  minato consent join", "" },
		{ "consent join --help", 0, "Examples:\n  minato consent join", "" },
		{ "consent", 2, "", "consent what?" },
		{ "match --help", 0, "Examples:\n  minato match queue", "" },
		{ "match", 2, "", "match what?" },
		{ "match linl", 2, "", "do: write link" },
		{ "match show 1@a", 2, "", "this command takes ID ID" },
		{ "match link --patient 1@a --other 2@b", 2, "", "--reason TEXT is needed" },
		{ "match apart --patient 1@a --reason x", 2, "", "--other ID is needed" },
		{ "sttaus", 2, "", "do: write status" },
		{ "consent jion", 2, "", "do: write join" },
		{ "status --ouput json", 2, "", "no option \"ouput\"" },
		{ "status --output xml", 2, "", "no output format \"xml\"" },
		{ "status now", 2, "", "\"now\" is one word too many" },
		{ "backup", 2, "", "this command takes DIR" },
		{ "backup a b c d e f g h", 2, "", "this command takes DIR" },
		{ "ssmix2 put b-clinic", 2, "", "this command takes SYSTEM FILE..." },
		{ "ssmix2 put b-clinic /nowhere/a /nowhere/b", 2, "", "/nowhere/b" },
		{ "ssmix2 export b-clinic", 2, "", "this command takes SYSTEM DIR" },
		{ "consent join --patient 1@a", 2, "", "--reason TEXT is needed" },
		{ "consent join --patient", 2, "", "--patient needs a value" },
		{ "consent join --patient= --reason=x", 2, "", "--patient ID is needed" },
		{ "audit search --limit=", 2, "", "--limit is empty" },
		{ "audit search --limit 1 --limit 2", 2, "", "--limit is given twice" },
		{ "init --demo=no /nowhere/x", 2, "", "--demo takes no value" },
		{ "status --wait", 2, "", "--wait needs a value" },
		{ "status --wait 30", 2, "", "is not a time" },
		{ "status --wait 2h", 2, "", "is not a time" },
		{ "status --wait -1s", 2, "", "is not a time" },
		{ "-c /nowhere/minato.conf status --wait 30s", 3, "", "cannot read /nowhere" },
		{ "-c /nowhere/minato.conf config show --file", 3, "", "cannot read /nowhere" },
		{ "-x status", 2, "", "no option \"-x\"" },
		{ "init --https-port 70000 /nowhere/x", 2, "", "is not a port" },
		{ "init /nowhere/x/y", 1, "", "could not make /nowhere/x/y" },
		{ "-c /nowhere/minato.conf status", 3, "", "cannot read /nowhere/minato.conf" },
		{ "facility add A_B --title T -c /nowhere/minato.conf", 2, "",
		  "cannot be the name" },
		{ "config keys --output csv", 0, "section,key,default,help\r\nregion,name,", "" },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ran r = run(a, rows[i].line);
		if (r.outcome != rows[i].outcome || !text_starts(r.out, rows[i].out)
		    || strstr(r.talk, rows[i].talk) == NULL
		    || (*rows[i].out == '\0') != (*r.out == '\0')) {
			printf("\nminato %s: %d\n%s%s", rows[i].line, r.outcome, r.out, r.talk);
			CU_FAIL("not as expected");
		}
		forget(&r);
	}
	arena_destroy(a);
}

/* Options are read before the command is known: whether a name takes an argument is the same
 * everywhere. */
static void options_mean_one_thing(void)
{
	const struct command *c, *d;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++)
		for (const struct option_row *o = c->options; o->name != NULL; o++)
			for (size_t other = 0; (d = command_row(other)) != c; other++)
				for (const struct option_row *p = d->options; p->name != NULL; p++)
					CU_ASSERT(!text_equal(o->name, p->name)
						  || (o->argument == NULL)
							     == (p->argument == NULL));
}

/* Every row can be reached, has an example of itself, and help that fits a line. */
static void rows_are_whole(void)
{
	struct arena *a = arena_create(16 << 20);
	const struct command *c, *d;
	for (size_t n = 0; (c = command_row(n)) != NULL; n++) {
		size_t options = 0;
		while (c->options[options].name != NULL)
			options++;
		CU_ASSERT(options <= OPTIONS_MOST);
		char words[64];
		snprintf(words, sizeof words, "%s%s%s", c->noun, c->verb != NULL ? " " : "",
			 c->verb != NULL ? c->verb : "");
		struct ran help = run(a, arena_printf(a, "%s --help", words));
		CU_ASSERT_EQUAL(help.outcome, OUTCOME_DONE);
		CU_ASSERT_PTR_NOT_NULL(strstr(help.out, c->help));
		forget(&help);
		CU_ASSERT(c->run != NULL && c->options != NULL && strlen(c->help) < 72);
		CU_ASSERT_PTR_NOT_NULL(strstr(c->examples, words));
		CU_ASSERT(c->run != command_ask || c->request != NULL);
		/* A noun alone stands behind its verbs, and takes what is none: backup DIR. */
		for (size_t other = 0; (d = command_row(other)) != c; other++)
			CU_ASSERT(!text_equal(c->noun, d->noun)
				  || (d->verb != NULL && !text_equal(c->verb, d->verb)));
	}
	arena_destroy(a);
}

/* Answers a request with octets, keeps what was asked; then, if there is an answer more,
 * another. */
struct daemon {
	int listener;
	const char *answer;
	char asked[4096];
	struct daemon *then;
};

static void *serve(void *with)
{
	struct daemon *d = with;
	size_t length = 0;
	int fd = accept(d->listener, NULL, NULL);
	for (ssize_t got = 1;
	     fd >= 0 && got > 0 && length<sizeof d->asked - 1; length += got> 0 ? (size_t)got : 0) {
		d->asked[length] = '\0';
		char *end = strstr(d->asked, "\r\n\r\n"),
		     *body = strstr(d->asked, "Content-Length: ");
		if (end != NULL
		    && length >= (size_t)(end + 4 - d->asked)
					 + (body != NULL ? strtoul(body + 16, NULL, 10) : 0))
			break;
		got = read(fd, d->asked + length, sizeof d->asked - 1 - length);
	}
	d->asked[length] = '\0';
	for (const char *p = d->answer; fd >= 0 && *p != '\0';) {
		ssize_t wrote = write(fd, p, strlen(p));
		if (wrote <= 0)
			break;
		p += wrote;
	}
	if (fd >= 0)
		close(fd);
	if (d->then != NULL)
		d->then->listener = d->listener;
	return d->then == NULL ? NULL : serve(d->then);
}

#define OK(type, body) "HTTP/1.1 200 OK\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n" body
#define JSON(body) OK("application/json", body)
#define NOT_THERE                                                                                  \
	"HTTP/1.1 404 x\r\nConnection: close\r\n\r\n{\"error\": \"not-found\", \"what\": \"there " \
	"is none\", \"do\": \"look again\", \"exit\": 1}"

static const struct {
	const char *line, *answer;
	int outcome;
	const char *asked, *out, *talk;
} asks[] = {
	{ "status",
	  JSON("{\"region\": \"x\", \"ready\": true, \"doors\": [{\"door\": \"https\", \"port\": "
	       "1}]}"),
	  0, "GET /admin/status HTTP/1.1", "region   x\nready    yes\ndoors.1  door=https port=1\n",
	  "" },
	{ "status --output ndjson", JSON("{\"ready\": false}"), 1, "GET /admin/status",
	  "{\"ready\":false}\n", "" },
	{ "patient list --facility a-hospital --limit 1",
	  JSON("{\"patients\": [{\"id\": \"101\", \"facility\": \"a-hospital\", \"name\": "
	       "\"山田\\u001b[2J\", \"sex\": \"M\"}], \"next\": \"m\"}"),
	  0, "GET /admin/patients?facility=a-hospital&limit=1 ",
	  "FACILITY    ID   NAME      KANA  BORN  SEX  PERSON\na-hospital  101  山田?[2J           "
	  "   M    \n",
	  "There is more" },
	{ "audit search --patient 1^^^&1.2&ISO --output csv",
	  JSON("{\"records\": [{\"number\": 7, \"what\": \"a, \\\"b\\\"\"}]}"), 0,
	  "GET /admin/audit?patient=1%5E%5E%5E%261.2%26ISO ",
	  "number,time,transaction,event,action,outcome,system,patient,what\r\n7,,,,,,,,\"a, "
	  "\"\"b\"\"\"\r\n",
	  "" },
	{ "consent exclude --patient 101@a-hospital --facility d-pharmacy --reason form",
	  JSON("{\"changed\": true}"), 0,
	  "{\"patient\":\"101@a-hospital\",\"action\":\"exclude\",\"facility\":\"d-pharmacy\","
	  "\"reason\":\"form\"}",
	  "changed  yes\n", "" },
	{ "match queue --limit 1",
	  JSON("{\"waiting\": 2, \"link_at\": 10.0, \"review_at\": -3.0, \"pairs\": [{\"id\": "
	       "\"1\", \"facility\": \"a\", \"name\": \"森 幸\", \"sex\": \"F\", "
	       "\"other_id\": \"2\", \"other_facility\": \"b\", \"other_name\": "
	       "\"林\\u001b[2J\", \"other_sex\": \"F\", \"total\": 5.5, \"rules\": \"r s\", "
	       "\"state\": \"waits\", \"since\": \"2026-01-15T00:00:00.000Z\"}], \"next\": "
	       "\"m\"}"),
	  0, "GET /admin/match/queue?limit=1 ",
	  "RECORD  NAME    KANA  BORN  SEX  TOTAL  WHY\n"
	  "1@a     森 幸               F     5.50  r s\n"
	  "2@b     林?[2J              F           since 2026-01-15\n",
	  "2 wait; a link is made from 10.00" },
	{ "match queue",
	  JSON("{\"pairs\": [{\"id\": \"1\", \"facility\": \"a\", \"other_id\": \"2\", "
	       "\"other_facility\": \"b\", \"state\": \"proposed\", \"decided\": \"link\", "
	       "\"by\": \"uid 0\", \"reason\": \"seen\"}, {\"id\": \"3\", \"facility\": \"a\", "
	       "\"other_id\": \"4\", \"other_facility\": \"b\", \"state\": \"changed\", "
	       "\"decided\": \"apart\", \"by\": \"uid 1\"}, {\"state\": \"waits\", "
	       "\"contested\": true}]}"),
	  0, "GET /admin/match/queue ",
	  "RECORD  NAME  KANA  BORN  SEX  TOTAL  WHY\n"
	  "1@a                             0.00  link proposed by uid 0: seen\n"
	  "2@b                                   since \n"
	  "3@a                             0.00  was decided (apart, by uid 1), its data have "
	  "changed\n"
	  "4@b                                   since \n"
	  "@                               0.00  somebody of the two persons contradicts\n"
	  "@                                     since \n",
	  "" },
	{ "match explain 1@a 2@b",
	  JSON("{\"explained\": \"given same\\n\", \"weights\": \"0a\", \"one_person\": true, "
	       "\"trail\": [{\"time\": \"T\", \"event\": \"linked\", \"reason\": \"score\", "
	       "\"why\": \"total 12\"}, {\"time\": \"U\", \"event\": \"unlinked\", \"reason\": "
	       "\"apart\", \"by\": \"uid 0\", \"why\": \"twins\"}]}"),
	  0, "GET /admin/match/explanation?patient=1%40a&other=2%40b ",
	  "given same\nweights: 0a\none person now: yes\nT linked: score: total 12\n"
	  "U unlinked: apart, by uid 0: twins\n",
	  "" },
	{ "match show 1@a 2@b",
	  JSON("{\"patient\": {\"id\": \"1\", \"facility\": \"a\"}, \"other\": {\"id\": \"2\", "
	       "\"facility\": \"b\"}, \"fields\": [{\"field\": \"sex\", \"patient\": \"F\", "
	       "\"other\": \"F\", \"agreement\": \"same\", \"stranger\": 1.0, "
	       "\"total_stranger\": -19.0, \"relative\": 1.25, \"total_relative\": 0.25}], "
	       "\"total\": -19.0, \"link_at\": 10.0, \"review_at\": -3.0, \"outcome\": "
	       "\"apart\", \"rules\": \"\", \"weights\": \"0a\", \"one_person\": false, "
	       "\"decided\": {\"decided\": \"apart\", \"by\": \"uid 0\", \"since\": \"T\", "
	       "\"reason\": \"twins\"}, \"moves\": {\"records\": 1, \"documents\": 1000, "
	       "\"documents_more\": true, \"joined\": true, \"other_joined\": false, "
	       "\"refused\": true}, \"trail\": []}"),
	  0, "GET /admin/match/pair?patient=1%40a&other=2%40b ",
	  "FIELD  1@a  2@b  AGREEMENT  STRANGER  TOTAL  RELATIVE  TOTAL\n"
	  "sex    F    F    same              1    -19      1.25   0.25\n"
	  "total -19.00, link from 10.00, review from -3.00; weights 0a\n"
	  "outcome: apart\none person now: no\ndecided: apart, by uid 0, T: twins\n"
	  "of the second person: records 1, documents 1000 or more\n"
	  "consent: the first person takes part in the region, the second does not take part\n"
	  "a link would not be made: somebody of the two persons contradicts, or was decided "
	  "apart\n",
	  "" },
	{ "match train",
	  JSON("{\"text\": \"minato-match-weights 1\\n\", \"records\": 4, \"candidates\": 6, "
	       "\"weights\": \"0b\", \"weights_before\": \"0a\", \"left_out\": 2, \"sample\": "
	       "{\"pairs\": 6, \"links\": 2, \"links_before\": 1, \"links_more\": 1}}"),
	  0, "POST /admin/match/train", "minato-match-weights 1\n",
	  "linked: 2, and before 1 (1 more, 0 fewer)" },
	{ "check",
	  JSON("{\"valid\": false, \"checked\": [], \"faults\": [{\"what\": \"w\", \"where\": "
	       "\"h\"}]}"),
	  1, "POST /admin/check", "FAULT  WHERE\nw      h\n", "valid: no" },
	{ "codes check", JSON("{\"valid\": true, \"codes\": [], \"attributes_limited\": 0}"), 0,
	  "POST /admin/codes/check", "", "every code is accepted.\nvalid: yes" },
	{ "codes check /x/codes.tsv --output csv",
	  JSON("{\"valid\": false, \"codes\": [{\"attribute\": \"classCode\", \"code\": \"A\", "
	       "\"scheme\": \"1.2\", \"system\": \"a\", \"uses\": 3}], \"uses_beyond\": 7, "
	       "\"attributes_limited\": 1}"),
	  1, "{\"file\":\"/x/codes.tsv\"}",
	  "attribute,code,scheme,system,uses\r\nclassCode,A,1.2,a,3\r\n",
	  "... and 7 uses of further codes\nvalid: no" },
	{ "codes list classCode --counts",
	  JSON("{\"codes\": [{\"attribute\": \"classCode\", \"code\": \"A\", \"scheme\": \"1.2\", "
	       "\"japanese\": \"甲\", \"english\": \"a\", \"uses\": 12}, {\"attribute\": "
	       "\"classCode\", \"code\": \"B\", \"scheme\": \"1.2\", \"uses\": 0}], "
	       "\"uses_counted\": 15, \"uses_of_others\": 3}"),
	  0, "{\"attribute\":\"classCode\"}",
	  "ATTRIBUTE  CODE  SCHEME  USES  NAME\nclassCode  A     1.2       12  甲\nclassCode  B    "
	  " "
	  "1.2        0  \n",
	  "15 uses were counted, 3 of them of codes that are in no set" },
	{ "document show 1.2.3", NOT_THERE, 1, "GET /admin/document?id=1.2.3 ", "",
	  "minato: there is none\ndo: look again\n" },
	{ "document show 1.2.3",
	  "HTTP/1.1 403 x\r\nConnection: close\r\n\r\n{\"what\": \"no\", \"exit\": 4}", 4, "", "",
	  "minato: no\n" },
	{ "document show 1.2.3", "HTTP/1.1 500 x\r\nConnection: close\r\n\r\nwhat?", 1, "", "",
	  "status 500" },
	{ "document show 1.2.3", JSON("nonsense"), 1, "", "", "cannot be read" },
	{ "retention preview",
	  JSON("{\"documents\": [{\"rule\": \"r\", \"why\": \"along\"}], \"would_go\": 7, "
	       "\"by_rule\": [{\"rule\": \"r\", \"documents\": 7}]}"),
	  0, "GET /admin/retention/preview",
	  "CREATED  FACILITY  TYPE  RULE  WHY    UNIQUE ID\n"
	  "                         r     along  \n",
	  "7 documents would go\nr: 7\n" },
	{ "retention preview --output json", JSON("{\"documents\": [], \"would_go\": 0}"), 0, "",
	  "{\n  \"documents\": [],\n  \"would_go\": 0\n}\n", "" },
	{ "retention preview", NOT_THERE, 1, "", "", "minato: there is none\ndo: look again\n" },
	{ "document signatures 1.2.3",
	  JSON("{\"signatures\": [{\"result\": \"invalid\", \"reason\": \"changed\", \"what\": "
	       "\"1.2.3\", \"signed\": \"2026\", \"signer\": \"CN=s\", \"unique_id\": \"1.2\", "
	       "\"hc_role\": \"Medical Doctor\", \"timestamp\": \"there, and not checked\", "
	       "\"as_it_came\": {\"result\": \"valid\"}}]}"),
	  0, "GET /admin/document/signatures?id=1.2.3 ",
	  "RESULT   REASON   WHAT   SIGNED  SIGNER  UNIQUE ID  HC ROLE         TIMESTAMP\n"
	  "invalid  changed  1.2.3  2026    CN=s    1.2        Medical Doctor  there, and not "
	  "checked\n",
	  "" },
	{ "document fetch 1.2.3", OK("application/octet-stream", "octets\n"), 0,
	  "GET /admin/document/octets?id=1.2.3 ", "octets\n", "" },
	{ "document fetch 1.2.3", NOT_THERE, 1, "", "", "minato: there is none\ndo: look again\n" },
	{ "document fetch 1.2.3",
	  "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 9\r\n"
	  "Connection: close\r\n\r\nhalf",
	  5, "", "half", "cannot be reached" },
	{ "status", "", 5, "", "", "cannot be reached" },
	{ "metrics", OK("text/plain", "minato_up 1\n"), 0, "GET /admin/metrics", "minato_up 1\n",
	  "" },
	{ "ssmix2 import /srv/x --facility a-hospital --output ndjson",
	  OK("application/x-ndjson",
	     "{\"progress\": {\"files\": 1, \"of\": 2}}\n{\"fault\": {\"path\": \"p\", \"what\": "
	     "\"w\"}}\n{\"done\": {\"patients\": 3}}"),
	  1, "{\"directory\":\"/srv/x\",\"facility\":\"a-hospital\"}",
	  "{\"patients\":3,\"faulty\":[{\"path\":\"p\",\"what\":\"w\"}]}\n", "fault: p: w\n" },
	{ "ssmix2 import /srv/x --facility a-hospital",
	  OK("application/x-ndjson", "{\"progress\": {\"files\": 1, \"of\": 2}}\n"), 1, "", "",
	  "ended before its end" },
};

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	unlink(path);
	return bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0 ? fd : -1;
}

static void the_daemon_is_asked(void)
{
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	struct region_plan plan = { .directory = place_name(&p, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, p.arena, system_clock.now(&system_clock), &problem));
	const char *conf = place_name(&p, "r/minato.conf");
	struct ran none = run(p.arena, arena_printf(p.arena, "-c %s status", conf));
	CU_ASSERT_EQUAL(none.outcome, OUTCOME_UNREACHABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(none.talk, "do: start it"));
	forget(&none);
	for (size_t i = 0; i < COUNT(asks); i++) {
		struct daemon d = { .listener = listen_at(place_name(&p, "r/data/admin.sock")),
				    .answer = asks[i].answer };
		pthread_t thread;
		CU_ASSERT_FATAL(d.listener >= 0);
		CU_ASSERT_FATAL(pthread_create(&thread, NULL, serve, &d) == 0);
		struct ran r = run(p.arena, arena_printf(p.arena, "-c %s %s", conf, asks[i].line));
		pthread_join(thread, NULL);
		close(d.listener);
		if (r.outcome != asks[i].outcome || !text_equal(r.out, asks[i].out)
		    || strstr(r.talk, asks[i].talk) == NULL
		    || strstr(d.asked, asks[i].asked) == NULL) {
			printf("\nminato %s: %d\n%s%s\nasked: %s\n", asks[i].line, r.outcome, r.out,
			       r.talk, d.asked);
			CU_FAIL("not as expected");
		}
		forget(&r);
	}
	place_end(&p);
}

#define PAGE(rows, next) JSON("{\"records\": [" rows "], \"next\": \"" next "\"}")

/* Daemons may end a list earlier than asked; the operator sees one, as long as he asked for. */
static const struct paged {
	const char *line, *answers[4];
	int outcome;
	const char *asked[4], *out, *talk;
} pages[] = {
	{ "audit search --limit 4 --system a --output csv",
	  { PAGE("{\"number\": 9}, {\"number\": 8}", "m.8"), PAGE("{\"number\": 7}", "m.7"),
	    PAGE("{\"number\": 5}", "m.5") },
	  0,
	  { "?system=a&limit=4 ", "?system=a&limit=2&after=m.8 ", "?system=a&limit=1&after=m.7 " },
	  "9,,,,,,,,\r\n8,,,,,,,,\r\n7,,,,,,,,\r\n5,,,,,,,,\r\n",
	  "--after m.5 goes on" },
	{ "audit search --limit 4 --after m.9 --output csv",
	  { PAGE("{\"number\": 8}", "m.8"), JSON("{\"records\": [{\"number\": 7}]}") },
	  0,
	  { "?limit=4&after=m.9 ", "?limit=3&after=m.8 " },
	  "8,,,,,,,,\r\n7,,,,,,,,\r\n",
	  "" },
	{ "audit search --output csv",
	  { PAGE("{\"number\": 8}", "m.8") },
	  0,
	  { "GET /admin/audit " },
	  "8,,,,,,,,\r\n",
	  "There is more" },
	{ "audit search --limit 9 --output csv", { PAGE("", "m.8") }, 0, { "limit=9 " }, "", "" },
	{ "audit search --limit 9 --output csv",
	  { PAGE("{\"number\": 8}", "m.8"), JSON("{}") },
	  1,
	  { "limit=9 ", "limit=8&after=m.8 " },
	  NULL,
	  "cannot be read" },
	{ "audit search --limit 9 --output csv",
	  { PAGE("{\"number\": 8}", "m.8"), "" },
	  5,
	  { "limit=9 ", "limit=8&after=m.8 " },
	  NULL,
	  "cannot be reached" },
};

/* So many daemons as it takes, one after the other on one socket: how many. */
static size_t answer_with(struct daemon d[4], int listener, const struct paged *row)
{
	size_t count = 0;
	d[0].listener = listener;
	for (; count < 4 && row->answers[count] != NULL; count++) {
		d[count].answer = row->answers[count];
		if (count > 0)
			d[count - 1].then = &d[count];
	}
	return count;
}

static bool was_as_expected(const struct place *p, const struct paged *row, const struct ran *r,
			    const struct daemon d[4], size_t count)
{
	static const char heading[] =
		"number,time,transaction,event,action,outcome,system,patient,what\r\n";
	const char *out = row->out == NULL ? "" : arena_printf(p->arena, "%s%s", heading, row->out);
	bool fine = r->outcome == row->outcome && text_equal(r->out, out)
		    && strstr(r->talk, row->talk) != NULL;
	for (size_t n = 0; n < count; n++)
		fine = fine && strstr(d[n].asked, row->asked[n]) != NULL;
	return fine;
}

static void list_is_asked_for(struct place *p, const struct paged *row)
{
	struct daemon d[4] = { { .listener = -1 } };
	size_t count = answer_with(d, listen_at(place_name(p, "r/data/admin.sock")), row);
	pthread_t thread;
	CU_ASSERT_FATAL(d[0].listener >= 0);
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, serve, &d[0]) == 0);
	struct ran r = run(p->arena, arena_printf(p->arena, "-c %s %s",
						  place_name(p, "r/minato.conf"), row->line));
	shutdown(d[0].listener, SHUT_RDWR); /* whoever was not asked waits no longer */
	pthread_join(thread, NULL);
	close(d[0].listener);
	if (!was_as_expected(p, row, &r, d, count)) {
		printf("\nminato %s: %d\n%s%s", row->line, r.outcome, r.out, r.talk);
		CU_FAIL("not as expected");
	}
	forget(&r);
}

static void lists_are_asked_for_to_the_end(void)
{
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	struct region_plan plan = { .directory = place_name(&p, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, p.arena, system_clock.now(&system_clock), &problem));
	for (size_t i = 0; i < COUNT(pages); i++)
		list_is_asked_for(&p, &pages[i]);
	place_end(&p);
}

/* The tool run by another user, in a process of its own; what it said to stderr is in talk. */
static int run_as(uid_t user, struct arena *a, const char *line, char *talk, size_t most)
{
	int ends[2], status = -1;
	size_t length = 0;
	fflush(NULL);
	if (pipe(ends) != 0)
		return -1;
	pid_t child = fork();
	if (child == 0) {
		struct ran r = { .outcome = 99 };
		if (setgroups(0, NULL) == 0 && setgid(user) == 0 && setuid(user) == 0)
			r = run(a, line);
		if (r.talk != NULL && write(ends[1], r.talk, strlen(r.talk)) < 0)
			_exit(98);
		_exit(r.outcome);
	}
	close(ends[1]);
	for (ssize_t got; (got = read(ends[0], talk + length, most - 1 - length)) > 0;)
		length += (size_t)got;
	talk[length] = '\0';
	close(ends[0]);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
		       ? WEXITSTATUS(status)
		       : -1;
}

/* Contract: exit 4, and not a word of what this user may not read. */
static void another_user_is_refused(void)
{
	static const struct {
		mode_t conf, data, socket;
		const char *talk;
	} rows[] = {
		{ 0600, 0700, 0600, "may not open " },
		{ 0644, 0700, 0600, "may not open " },
		{ 0644, 0711, 0600, "may not open " },
		{ 0644, 0711, 0666, "minato: only root" },
	};
	enum { NOBODY = 65534 };
	struct place p;
	struct problem problem = { 0 };
	if (geteuid() != 0) {
		printf("skipped: only root can become another user\n");
		return;
	}
	CU_ASSERT_FATAL(place_begin(&p));
	struct region_plan plan = { .directory = place_name(&p, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, p.arena, system_clock.now(&system_clock), &problem));
	const char *conf = place_name(&p, "r/minato.conf"), *data = place_name(&p, "r/data");
	const char *at = place_name(&p, "r/data/admin.sock");
	CU_ASSERT_EQUAL(chmod(p.directory, 0755), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct daemon d = {
			.listener = listen_at(at),
			.answer = "HTTP/1.1 403 x\r\nConnection: close\r\n\r\n"
				  "{\"what\": \"only root\", \"exit\": 4}",
		};
		char talk[4096];
		bool answers = rows[i].socket == 0666;
		pthread_t thread;
		CU_ASSERT_FATAL(d.listener >= 0);
		CU_ASSERT(chmod(conf, rows[i].conf) == 0 && chmod(data, rows[i].data) == 0
			  && chmod(at, rows[i].socket) == 0);
		if (answers)
			CU_ASSERT_FATAL(pthread_create(&thread, NULL, serve, &d) == 0);
		CU_ASSERT_EQUAL(run_as(NOBODY, p.arena, arena_printf(p.arena, "-c %s status", conf),
				       talk, sizeof talk),
				OUTCOME_REFUSED);
		CU_ASSERT_PTR_NOT_NULL(strstr(talk, rows[i].talk));
		CU_ASSERT_PTR_NULL(strstr(talk, ".pem"));
		if (answers)
			pthread_join(thread, NULL);
		close(d.listener);
	}
	place_end(&p);
}

/* On a region's own files; DIR stands for the test's directory. In this order. */
static const struct {
	const char *line;
	int outcome;
	const char *out, *talk;
} locals[] = {
	{ "init --demo DIR/r", 0, "", "A region has been made" },
	{ "init DIR/r", 4, "", "has not been touched" },
	{ "-c DIR/r/minato.conf facility list --output csv", 0,
	  "a-hospital,system certificate,A病院,1319951013,"
	  "1.2.392.100495.20.3.51.11319951013,",
	  "" },
	{ "-c DIR/r/minato.conf facility add e-clinic --title E --domain 2.999.5", 0, "",
	  "e-clinic (E) is registered" },
	{ "-c DIR/r/minato.conf facility add e-clinic --title E", 4, "", "registered already" },
	{ "-c DIR/r/minato.conf facility add f-clinic --title F --domain 2.999.5", 3, "",
	  "owned by e-clinic" },
	{ "-c DIR/r/minato.conf facility add g-clinic --title G --csr DIR/none", 2, "",
	  "cannot be read" },
	{ "-c DIR/r/minato.conf facility show e-clinic --output ndjson", 0,
	  "\"domain\":\"2.999.5\"", "" },
	{ "-c DIR/r/minato.conf facility show nobody", 1, "", "no system is called nobody" },
	{ "init --consent-default maybe DIR/s", 2, "", "write opt-in or opt-out" },
	{ "-c DIR/r/minato.conf config check", 0, "", "configuration is valid" },
	{ "-c DIR/r/minato.conf config show --file --output ndjson", 0,
	  "{\"section\":\"region\",\"key\":\"resolve-own-ids\",\"value\":\"\\\"yes\\\"\"", "" },
	{ "-c DIR/r/bad.conf config check", 3, "", "write port" },
	{ "-c DIR/r/bad.conf config show", 3, "",
	  "bad.conf:1: section https has no key named prot" },
	{ "-c DIR/r/bad.conf facility list", 3, "", "no key named prot" },
	{ "-c DIR/r/bad.conf status", 3, "", "no key named prot" },
	{ "transactions --output csv", 0,
	  "ITI-45,PIX Query,Patient Identifier Cross-reference Manager,SOAP,/pix,ITI TF-2: 3.45,",
	  "" },
	{ "-c DIR/r/minato.conf transactions --output csv", 0, "/xds/registry,ITI TF-2: 3.42,yes",
	  "" },
	{ "-c DIR/none.conf transactions", 3, "", "cannot read" },
	{ "-c DIR/r/bad.conf transactions", 3, "", "no key named prot" },
	{ "transactions --output ndjson", 0, "\"requests\":[\"ADT^A01\",", "" },
};

static const char *in_directory(const struct place *p, const char *line)
{
	const char *at = strstr(line, "DIR");
	return at == NULL ? line
			  : arena_printf(p->arena, "%.*s%s%s", (int)(at - line), line, p->directory,
					 at + 3);
}

static void regions_are_administered(void)
{
	struct place p;
	CU_ASSERT_FATAL(place_begin(&p));
	for (size_t i = 0; i < COUNT(locals); i++) {
		struct ran r = run(p.arena, in_directory(&p, locals[i].line));
		if (r.outcome != locals[i].outcome || strstr(r.out, locals[i].out) == NULL
		    || strstr(r.talk, locals[i].talk) == NULL
		    || (*locals[i].out == '\0') != (*r.out == '\0')) {
			printf("\nminato %s: %d\n%s%s", locals[i].line, r.outcome, r.out, r.talk);
			CU_FAIL("not as expected");
		}
		forget(&r);
		place_write(&p, "r/bad.conf", "https { prot = 1 }\n");
	}
	place_end(&p);
}

static void widths_are_those_of_terminals(void)
{
	CU_ASSERT_EQUAL(output_width("abc"), 3);
	CU_ASSERT_EQUAL(output_width("山田健一"), 8);
	CU_ASSERT_EQUAL(output_width("ｶﾞ"), 2);
	CU_ASSERT_EQUAL(output_width("か\xe3\x82\x99"), 2);
	CU_ASSERT_EQUAL(output_width("\xff"), 1);
}

/* Moments alone, and what is not quite one stays as it is. */
static void times_are_the_machines(void)
{
	static const char *const rows[][2] = {
		{ "2026-01-15T00:30:00.123Z", "2026-01-14T21:00:00.123-03:30" },
		{ "2026-03-01T03:29:59Z", "2026-02-28T23:59:59-03:30" },
		{ "2026-01-15", "2026-01-15" },
		{ "2026-01-15T00:30:00", "2026-01-15T00:30:00" },
		{ "2026-01-15T00:30:00+09:00", "2026-01-15T00:30:00+09:00" },
		{ "2026-01-15T00:30:00Z and more", "2026-01-15T00:30:00Z and more" },
		{ "2026-01-15T00:30:00.Z", "2026-01-15T00:30:00.Z" },
		{ "2026-01-15 00:30:00Z", "2026-01-15 00:30:00Z" },
		{ "", "" },
	};
	struct arena *a = arena_create(1 << 16);
	setenv("TZ", "NST3:30", 1);
	tzset();
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_STRING_EQUAL(output_time(a, rows[i][0]), rows[i][0]);
		output_local_times(true);
		CU_ASSERT_STRING_EQUAL(output_time(a, rows[i][0]), rows[i][1]);
		output_local_times(false);
	}
	unsetenv("TZ");
	tzset();
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "lines are understood", lines_are_understood },
		{ "times are the machine's, by choice", times_are_the_machines },
		{ "words have an end", words_have_an_end },
		{ "options mean one thing", options_mean_one_thing },
		{ "rows are whole", rows_are_whole },
		{ "the daemon is asked", the_daemon_is_asked },
		{ "lists are asked for to the end", lists_are_asked_for_to_the_end },
		{ "another user is refused", another_user_is_refused },
		{ "regions are administered", regions_are_administered },
		{ "widths are those of terminals", widths_are_those_of_terminals },
		{ 0 }
	};
	unsetenv("MINATO_CONF");
	return suite_run("command", tests);
}
