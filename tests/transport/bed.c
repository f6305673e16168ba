/* tests/transport/bed.c: a front with one door, and what belongs to it. */
#include "tests/transport/bed.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "tests/transport/pki.h"

static const struct log silent = { .fd = -1, .level = LOG_ERROR };

const char *file(struct bed *b, char *into, const char *name)
{
	snprintf(into, 96, "%s/%s", b->folder, name);
	return into;
}

void bed_make_with(struct bed *b, enum door_kind kind, const struct door_limits *limits, bool rsa)
{
	const char *why = "";
	memset(b, 0, sizeof *b);
	snprintf(b->folder, sizeof b->folder, "/tmp/minato-transport-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
	CU_ASSERT_FATAL(pki_make(b->folder, rsa));
	house_begin(&b->house);
	b->workers = workers_create(WORKERS);
	b->front = front_create(b->workers, 2, &silent);
	b->settings = (struct door_settings){
		.kind = kind,
		.large = b->large = workers_create(1),
		.address = "127.0.0.1",
		.limits = *limits,
		.house = &b->house.house,
		.tls = { .certificate = file(b, b->certificate, "server.pem"),
			 .ca = file(b, b->ca, "ca.pem"),
			 .crl = file(b, b->crl, "crl.pem"),
			 .profile = "ihe-bcp195" },
	};
	if (!front_open(b->front, &b->settings, &why))
		printf("\n  %s", why);
	b->port = front_port(b->front, door_kind_name(kind));
	CU_ASSERT_FATAL(b->port != 0);
}

void bed_make(struct bed *b, enum door_kind kind, const struct door_limits *limits)
{
	bed_make_with(b, kind, limits, false);
}

void bed_end(struct bed *b)
{
	front_destroy(b->front);
	workers_destroy(b->workers);
	workers_destroy(b->large);
	CU_ASSERT_EQUAL(b->house.arrived, b->house.released);
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", b->folder);
	OK(system(command) == 0);
}

bool asks(struct bed *b, struct peer_end *p, const char *pem)
{
	return peer_open(p, b->port, b->folder, pem);
}

int answer(struct bed *b, struct peer_end *p)
{
	b->text[0] = '\0';
	return peer_answer(p, b->text, sizeof b->text, &b->length);
}

bool is_served(struct bed *b, struct peer_end *p, const char *pem)
{
	return asks(b, p, pem) && peer_say(p, REQUEST("GET", "/", "")) && answer(b, p) == 200;
}

struct front_counts when_open(struct bed *b, unsigned most)
{
	struct front_counts counts;
	do
		front_count(b->front, &counts);
	while (counts.open > most);
	return counts;
}
