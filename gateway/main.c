/* gateway/main.c: the daemon's entry. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/config.h"

static int usage(void)
{
	fputs("minatod -c FILE      runs in the foreground\n"
	      "minatod -t -c FILE   checks the configuration\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	bool test = false;
	for (int option; (option = getopt(argc, argv, "c:t")) != -1; ) {
		if (option == '?')
			return usage();
		if (option == 'c')
			path = optarg;
		test = test || option == 't';
	}
	if (path == NULL || optind != argc || !test)
		return usage();
	return config_test(path, stderr) ? 0 : 1;
}
