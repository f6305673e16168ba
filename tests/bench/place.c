/* tests/bench/place.c: a demo region of our own, and the built minatod in it. */
#include "tests/bench/place.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/machine.h"

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(1);
}

unsigned place_free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0
	    || getsockname(fd, (struct sockaddr *)&address, &length) != 0)
		give_up("a free port");
	close(fd);
	return ntohs(address.sin_port);
}

static pid_t start(const char *program, char *const *arguments, int output)
{
	char path[512];
	const char *build = getenv("MINATO_BUILD");
	snprintf(path, sizeof path, "%s/%s", build == NULL ? "." : build, program);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* whatever ends us ends it */
		if (output >= 0) {
			dup2(output, STDOUT_FILENO);
			dup2(output, STDERR_FILENO);
		}
		execv(path, arguments);
		perror(path);
		_exit(127);
	}
	return pid;
}

void place_configure(const struct place *p, const char *key, const char *value)
{
	char command[1024];
	snprintf(command, sizeof command, "sed -i 's/#*\\<%s = \".*\"/%s = \"%s\"/' '%s'", key, key,
		 value, p->configuration);
	if (system(command) != 0)
		give_up(p->configuration);
}

void place_make(struct place *p)
{
	char ports[3][8];
	unsigned *const numbers[] = { &p->https, &p->mllp, &p->admin };
	int status = 0;
	*p = (struct place){ 0 };
	snprintf(p->directory, sizeof p->directory, "./bench-XXXXXX");
	if (mkdtemp(p->directory) == NULL)
		give_up("bench: a directory");
	for (unsigned i = 0; i < 3; i++) {
		*numbers[i] = place_free_port();
		snprintf(ports[i], sizeof ports[i], "%u", *numbers[i]);
	}
	char region[96], *arguments[] = { "minato", "init",        "--demo", "--https-port",
					  ports[0], "--mllp-port", ports[1], "--admin-port",
					  ports[2], region,        NULL };
	snprintf(region, sizeof region, "%s/region", p->directory);
	snprintf(p->configuration, sizeof p->configuration, "%s/minato.conf", region);
	snprintf(p->ca, sizeof p->ca, "%s/pki/ca.pem", region);
	snprintf(p->a_hospital, sizeof p->a_hospital, "%s/pki/clients/a-hospital.pem", region);
	snprintf(p->b_clinic, sizeof p->b_clinic, "%s/pki/clients/b-clinic.pem", region);
	FILE *quiet = fopen("/dev/null", "w");
	pid_t pid = start("minato", arguments, fileno(quiet));
	if (waitpid(pid, &status, 0) != pid || status != 0)
		give_up("minato init");
	fclose(quiet);
	/* One person's systems may hold thousands of connections here: they are all ours. */
	place_configure(p, "connections-per-peer", "8192");
}

static int removes(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

void place_remove(struct place *p)
{
	nftw(p->directory, removes, 16, FTW_DEPTH | FTW_PHYS);
}

/* The service manager's part of Type=notify: the first datagram says READY=1. */
static int service_manager(char name[static 64], unsigned port)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(name, 64, "@minato-bench-%ld-%u", (long)getpid(), port);
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0)
		give_up("the notify socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ .tv_sec = 20 },
		   sizeof(struct timeval));
	return fd;
}

void place_start(struct place *p)
{
	char name[64], said[128] = "", *arguments[] = { "minatod", "-c", p->configuration, NULL };
	FILE *quiet = fopen("/dev/null", "w");
	p->manager = service_manager(name, p->https);
	setenv("NOTIFY_SOCKET", name, 1);
	double begun = machine_now();
	p->daemon = start("minatod", arguments, fileno(quiet));
	ssize_t n = recv(p->manager, said, sizeof said - 1, 0);
	p->ready_ms = (machine_now() - begun) * 1e3;
	unsetenv("NOTIFY_SOCKET");
	fclose(quiet);
	if (n <= 0 || strncmp(said, "READY=1", 7) != 0)
		give_up("minatod does not become ready");
}

void place_stop(struct place *p)
{
	int status = 0;
	kill(p->daemon, SIGTERM);
	if (waitpid(p->daemon, &status, 0) != p->daemon || status != 0)
		fprintf(stderr, "bench: minatod ended with status %d\n", status);
	close(p->manager);
	p->daemon = 0;
}

void place_kill(struct place *p)
{
	kill(p->daemon, SIGKILL);
	waitpid(p->daemon, NULL, 0);
	close(p->manager);
	p->daemon = 0;
}

void place_tell(const struct place *p, char *const *arguments)
{
	char *all[16] = { "minato", "-c", (char *)p->configuration };
	int status = 0;
	FILE *quiet = fopen("/dev/null", "w");
	for (unsigned i = 3; i < 15 && *arguments != NULL; i++)
		all[i] = *arguments++;
	pid_t pid = start("minato", all, fileno(quiet));
	if (waitpid(pid, &status, 0) != pid || status != 0)
		give_up("minato");
	fclose(quiet);
}

const char *place_certificate(const struct place *p, struct arena *a, const char *system)
{
	return arena_printf(a, "%s/region/pki/clients/%s.pem", p->directory, system);
}

struct load_target place_target(const struct place *p, const char *certificate)
{
	return (struct load_target){
		.host = "127.0.0.1", .port = p->https, .ca = p->ca, .certificate = certificate
	};
}
