/* gateway/operator/init_words.h: what a region is called, and how it decides; said by options of
 * `minato init`, or asked for. */
#ifndef GATEWAY_OPERATOR_INIT_WORDS_H
#define GATEWAY_OPERATOR_INIT_WORDS_H

#include <stdbool.h>
#include <stdio.h>

struct arena;
struct region_plan;

/* In the order they are asked for. */
enum region_word {
	REGION_NAME,
	REGION_HOSTS, /* names and addresses its certificate bears, with commas between */
	REGION_AFFINITY_DOMAIN,
	REGION_HOME_COMMUNITY,
	REGION_REPOSITORY,
	REGION_COMMUNITY_DOMAIN,
	REGION_CONSENT,
	REGION_ADDRESS, /* of HTTPS and MLLP doors */
	REGION_WORDS
};

struct region_word_row {
	const char *option;   /* of minato init */
	const char *question; /* what it is */
	const char *preset;   /* when nothing is said; NULL: nothing */
	bool example;         /* ... and then it is nobody's, and must be replaced */
};
const struct region_word_row *region_word(enum region_word w);

/* The text, as the configuration has it; NULL: why says what it has to be (static). */
const char *region_word_read(struct arena *a, enum region_word w, const char *text,
			     const char **why);
/* Asks for each that the plan does not say yet, again until it can be read; an empty line is its
 * preset. At the end of in all others are theirs. */
void region_words_ask(FILE *in, FILE *talk, struct arena *a, struct region_plan *plan);
/* OpenSSL's words for these hosts: "DNS:a.example,IP:192.0.2.1". */
const char *region_hosts_names(struct arena *a, const char *hosts);
/* ... with those that this machine has for itself before them; hosts NULL: those alone. */
const char *region_server_names(struct arena *a, const char *hosts);

#endif
