/* gateway/operator/demo_region.c: the demo's region as a directory, with rsyslog's
 * configuration. */
#include "gateway/operator/demo_region.h"

#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/demo_process.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"

enum { FILES_OPEN = 16, STOP_WITHIN_MS = 60000, SYSLOG_WITHIN_MS = 15000 };

const char *demo_region_file(const struct demo_region *r, const char *name)
{
	return arena_printf(r->arena, "%s/%s", r->directory, name);
}

/* The usual port while it is free, so that a kept region is where the manual says; else any. */
static unsigned free_port(unsigned usual)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)usual),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
	at.sin_port = 0;
	if (!bound)
		bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
	bool known = bound && getsockname(fd, (struct sockaddr *)&at, &length) == 0;
	if (fd >= 0)
		close(fd);
	return known ? ntohs(at.sin_port) : 0;
}

static bool make_directory(struct demo_region *r, const char *directory, struct problem *p)
{
	const char *tmp = getenv("TMPDIR");
	if (directory != NULL) {
		r->directory = directory;
		return true;
	}
	char *name = arena_printf(r->arena, "%s/minato-demo-XXXXXX",
				  text_empty(tmp) ? "/tmp" : tmp);
	r->directory = mkdtemp(name);
	if (r->directory == NULL)
		return problem_at(p, PROBLEM_INTERNAL, name, "could not make %s: %s", name,
				  strerror(errno));
	r->made = true;
	return true;
}

/* Those who interrupt are read from a descriptor, so that what was started is stopped first. */
static bool take_signals(struct demo_region *r, struct problem *p)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	r->signals = sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC) : -1;
	return r->signals >= 0 || problem_set(p, PROBLEM_INTERNAL, "signals: %s", strerror(errno));
}

bool demo_region_make(struct demo_region *r, const char *directory, struct problem *p)
{
	r->keep = directory != NULL;
	r->signals = -1;
	if (!take_signals(r, p) || !make_directory(r, directory, p))
		return false;
	const struct region_plan plan = {
		.directory = r->directory,
		.demo = true,
		.https_port = r->keep ? free_port(HTTPS_PORT) : 0,
		.mllp_port = r->keep ? free_port(MLLP_PORT) : 0,
		.admin_port = r->keep ? free_port(ADMIN_PORT) : 0,
	};
	if (!region_init(&plan, r->arena, r->clock->now(r->clock), p))
		return false;
	r->made = true;
	if (mkdir(demo_region_file(r, "ssmix2"), 0755) != 0
	    || mkdir(demo_region_file(r, "rsyslog"), 0700) != 0)
		return problem_at(p, PROBLEM_INTERNAL, r->directory,
				  "could not make folders in %s: %s", r->directory,
				  strerror(errno));
	r->rsyslogd = demo_process_find(r->arena, "rsyslogd");
	return true;
}

/* Its ports are of no consequence to anybody, but to who keeps it. */
bool demo_region_make_beside(struct demo_region *r, const struct demo_region *there,
			     struct problem *p)
{
	*r = (struct demo_region){ .arena = there->arena,
				   .clock = there->clock,
				   .directory = demo_region_file(there, "neighbour"),
				   .keep = there->keep,
				   .signals = there->signals };
	const struct region_plan plan = {
		.directory = r->directory,
		.neighbour = true,
		.https_port = r->keep ? free_port(0) : 0,
		.mllp_port = r->keep ? free_port(0) : 0,
		.admin_port = r->keep ? free_port(0) : 0,
	};
	return region_init(&plan, r->arena, r->clock->now(r->clock), p);
}

/* ---- The Audit Record Repository: RFC 5424 over TLS with certificates on both sides (RFC 5425)
 * ---- */

static bool write_file(const struct demo_region *r, const char *name, const char *text,
		       struct problem *p)
{
	return conf_write_file(demo_region_file(r, name), bytes_of_text(text), 0600, p);
}

static bool make_certificate(struct demo_region *r, struct problem *p)
{
	const struct pki_authority ca = { demo_region_file(r, "pki/ca.pem"),
					  demo_region_file(r, "pki/private/ca.key") };
	const struct pki_subject subject = {
		.common_name = "Audit Record Repository",
		.use = PKI_SERVER,
		.alternative_names = "DNS:localhost,IP:127.0.0.1",
	};
	return pki_certificate_make(&ca, &subject, demo_region_file(r, "pki/audit-repository.pem"),
				    r->clock->now(r->clock), p);
}

/* rsyslog's own word that it started goes into the file, too. That opens it before any connection
 * ends: rsyslog 8.2302 may close the descriptor of a TLS connection twice, and a file opened in
 * between would lose its descriptor to the next connection. */
static const char *syslog_configuration(const struct demo_region *r)
{
	return arena_printf(
		r->arena,
		"global(workDirectory=\"%1$s/rsyslog\" maxMessageSize=\"64k\"\n"
		"\tprocessInternalMessages=\"on\"\n"
		"\tdefaultNetstreamDriverCAFile=\"%1$s/pki/ca.pem\"\n"
		"\tdefaultNetstreamDriverCertFile=\"%1$s/pki/audit-repository.pem\"\n"
		"\tdefaultNetstreamDriverKeyFile=\"%1$s/pki/audit-repository.pem\")\n"
		"module(load=\"imtcp\" streamDriver.name=\"ossl\" streamDriver.mode=\"1\"\n"
		"\tstreamDriver.authMode=\"x509/certvalid\")\n"
		"template(name=\"whole\" type=\"string\" string=\"%%rawmsg%%\\n\")\n"
		"ruleset(name=\"keep\") {\n"
		"\taction(type=\"omfile\" file=\"%1$s/rsyslog/audit.log\" template=\"whole\"\n"
		"\t\tfileCreateMode=\"0600\")\n"
		"}\n"
		"if $syslogfacility-text == \"syslog\" then call keep\n"
		"input(type=\"imtcp\" address=\"127.0.0.1\" port=\"0\" ruleset=\"keep\"\n"
		"\tlistenPortFileName=\"%1$s/rsyslog/port\")\n",
		r->directory);
}

static unsigned listening_port(const struct demo_region *r)
{
	unsigned port = 0;
	FILE *f = fopen(demo_region_file(r, "rsyslog/port"), "r");
	if (f != NULL && fscanf(f, "%5u", &port) != 1)
		port = 0;
	if (f != NULL)
		fclose(f);
	return port;
}

static bool add_repository(const struct demo_region *r, unsigned port, struct problem *p)
{
	const char *path = demo_region_file(r, "minato.conf");
	FILE *f = fopen(path, "a");
	bool written = f != NULL
		       && fprintf(f,
				  "\naudit-repository \"rsyslog\" {\n\thost = \"127.0.0.1\"\n"
				  "\tport = \"%u\"\n}\n",
				  port)
				  > 0;
	if (f != NULL && fclose(f) == 0 && written)
		return true;
	return problem_at(p, PROBLEM_STORE_FULL, path, "could not add to %s: %s", path,
			  strerror(errno));
}

static bool start_syslog(struct demo_region *r, struct problem *p)
{
	const char *configuration = demo_region_file(r, "rsyslog/rsyslog.conf");
	const struct demo_start start = {
		.argv = (const char *const[]){ r->rsyslogd, "-n", "-f", configuration, "-i",
					       demo_region_file(r, "rsyslog/pid"), NULL },
		.log = "rsyslog/rsyslogd.log",
		.within_ms = SYSLOG_WITHIN_MS,
	};
	if (!make_certificate(r, p)
	    || !write_file(r, "rsyslog/rsyslog.conf", syslog_configuration(r), p)
	    || !write_file(r, "rsyslog/audit.log", "", p)
	    || !demo_process_start(r, &start, &r->syslog, p))
		return false;
	unsigned port = listening_port(r);
	if (port == 0)
		return problem_at(p, PROBLEM_INTERNAL, configuration,
				  "rsyslogd opened no port; read %s",
				  demo_region_file(r, "rsyslog/rsyslogd.log"));
	return add_repository(r, port, p);
}

bool demo_region_start(struct demo_region *r, struct problem *p)
{
	const char *program = demo_process_find(r->arena, "minatod");
	if (program == NULL)
		return problem_set(p, PROBLEM_NOT_FOUND,
				   "minatod is neither beside minato, nor in ../sbin, nor in PATH");
	if (r->rsyslogd != NULL && !start_syslog(r, p))
		return false;
	const struct demo_start start = {
		.argv = (const char *const[]){ program, "-c", demo_region_file(r, "minato.conf"),
					       NULL },
		.log = "minatod.log",
		.within_ms = STOP_WITHIN_MS,
	};
	return demo_process_start(r, &start, &r->daemon, p);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
	(void)s;
	(void)kind;
	(void)where;
	return remove(path);
}

void demo_region_remove(const char *directory)
{
	nftw(directory, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS);
}

bool demo_region_end(struct demo_region *r)
{
	bool stopped = demo_process_stop(&r->daemon);
	stopped &= demo_process_stop(&r->syslog);
	if (r->made && !r->keep)
		demo_region_remove(r->directory);
	if (r->signals >= 0)
		close(r->signals);
	return stopped;
}
