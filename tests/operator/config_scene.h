/* tests/operator/config_scene.h: a region with certificates, whose configuration is replaced by
 * what a test says. */
#ifndef TESTS_OPERATOR_CONFIG_SCENE_H
#define TESTS_OPERATOR_CONFIG_SCENE_H

#include "tests/base/suite.h"

#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/operator/region_files.h"
#include "tests/operator/place.h"

/* A region with certificates; its configuration is then replaced by each case's. */
static inline bool begin(struct place *p)
{
	struct problem problem = { 0 };
	struct region_plan plan = {
		.demo = true, .https_port = 8443, .mllp_port = 2575, .admin_port = 8480
	};
	if (!place_begin(p))
		return false;
	plan.directory = place_name(p, "r");
	return region_init(&plan, p->arena, system_clock.now(&system_clock), &problem);
}

#define REGION                                                                                     \
	"region { name = x affinity-domain = 2.999.1 home-community-id = \"urn:oid:2.999.10\" "    \
	"repository-unique-id = 2.999.20 }\n"

#define SYSTEM(name, rest)                                                                         \
	"system " name " { title = T certificate = pki/clients/" name ".pem " rest "}\n"

#define PARTNER(name, url, rest) "partner " name " { url = \"" url "\" for = {answers} " rest "}\n"

#endif
