/* gateway/main.c: minatod, the daemon: arguments, signals, and the order of start and stop. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/json_arena.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/secrets.h"
#include "gateway/starting.h"
#include <config.h>

enum { USAGE = 2, CONFIGURATION = 3 }; /* exit status (contract: minato) */

static const char usage[] =
	"minatod -c /srv/region/minato.conf       run in the foreground\n"
	"minatod -t -c /srv/region/minato.conf    only check the configuration\n"
	"\n"
	"minatod [-t | -e | -r] -c FILE | --help | --version\n"
	"SIGTERM finishes running exchanges and stops; SIGHUP reloads configuration and "
	"certificates.\n";

/* systemd's Type=notify: one datagram to the socket it names (sd_notify(3), protocol of
 * systemd). */
static void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (path == NULL || (path[0] != '/' && path[0] != '@')
	    || strlen(path) >= sizeof to.sun_path)
		return;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	memcpy(to.sun_path, path, strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to, length) < 0)
		perror("minatod: the service manager does not listen");
	close(fd);
}

/* All signals are taken in one place, by this thread, between two waits. */
static void serve(struct gateway *g, const sigset_t *signals)
{
	for (;;) {
		int signal = 0;
		if (sigwait(signals, &signal) != 0)
			continue;
		if (signal == SIGHUP) {
			notify("RELOADING=1");
			gateway_reload(g);
			notify("READY=1");
			continue;
		}
		log_write(&g->log, LOG_NOTICE, "stopping");
		notify("STOPPING=1");
		return;
	}
}

static int rekey(const char *path)
{
	struct log_gate gate = LOG_GATE;
	const struct log log = { .fd = STDERR_FILENO, .gate = &gate, .level = LOG_ERROR };
	secrets_protect();
	signal(SIGPIPE, SIG_IGN);
	return starting_rekey(path, &log) ? 0 : 1;
}

static int run(const char *path)
{
	struct gateway gateway;
	struct log_gate gate = LOG_GATE;
	struct log log = { .fd = STDERR_FILENO, .gate = &gate, .level = LOG_NOTICE };
	sigset_t signals;
	log_set_format(&log, LOG_AUTO);
	secrets_protect();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit fails the write, not the process */
	bool started = gateway_start(&gateway, path, &log);
	if (started) {
		log_write(&gateway.log, LOG_NOTICE,
			  "ready after %.1f ms: https port %u, mllp port %u, admin port %u",
			  (double)(gateway.clock->elapsed(gateway.clock) - gateway.started) / 1000,
			  front_port(gateway.front, "https"), front_port(gateway.front, "mllp"),
			  front_port(gateway.front, "admin"));
		notify("READY=1");
		serve(&gateway, &signals);
	}
	int status = started ? 0 : gateway.configuration == NULL ? CONFIGURATION : 1;
	gateway_stop(&gateway);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "test", no_argument, NULL, 't' },
						 { "encrypt", no_argument, NULL, 'e' },
						 { "rekey", no_argument, NULL, 'r' },
						 { "help", no_argument, NULL, 'h' },
						 { "version", no_argument, NULL, 'V' },
						 { 0 } };
	const char *path = NULL;
	bool only_check = false, only_encrypt = false, only_rekey = false;
	json_arena_install();
	for (int option; (option = getopt_long(argc, argv, "c:terhV", options, NULL)) != -1;) {
		if (option == 'c') {
			path = optarg;
		} else if (option == 't') {
			only_check = true;
		} else if (option == 'e') {
			only_encrypt = true;
		} else if (option == 'r') {
			only_rekey = true;
		} else if (option == 'h') {
			fputs(usage, stdout);
			return 0;
		} else if (option == 'V') {
			puts("minatod " PACKAGE_VERSION);
			return 0;
		} else {
			fputs(usage, stderr);
			return USAGE;
		}
	}
	/* Who would only look must not change what is kept. */
	if (path == NULL || optind != argc || only_check + only_encrypt + only_rekey > 1) {
		fputs(usage, stderr);
		return USAGE;
	}
	if (only_rekey)
		return rekey(path);
	if (only_encrypt)
		return !starting_encrypt(path);
	return only_check ? !config_test(path, true, stderr) : run(path);
}
