/* gateway/operator/minato.c: the operator's tool. */
#include <signal.h>

#include "gateway/operator/command.h"

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	return command_line_run(argc, argv, stdout, stderr, &system_clock);
}
