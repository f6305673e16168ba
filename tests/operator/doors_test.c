/* tests/operator/doors_test.c: which dialect is spoken at which door and path, and what the
 * transactions that are there demand of who asks. */
#include "tests/base/suite.h"

#include <stdio.h>

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/doors.h"
#include "gateway/journey.h"

enum { T = SERVES_TRANSACTIONS, H = SERVES_HEALTH, M = SERVES_METRICS };

static const struct {
	enum door_kind kind;
	unsigned serves;
	const char *path;
	const struct dialect_road *road;
} cases[] = {
	{ DOOR_HTTPS, T, "/pix", &soap_road },
	{ DOOR_HTTPS, T, "/nowhere", &soap_road },
	{ DOOR_HTTPS, T, "/health/live", &soap_road }, /* not served: nothing of ours */
	{ DOOR_HTTPS, T, "/metrics", &soap_road },
	{ DOOR_HTTPS, T | H, "/health/live", &watch_road },
	{ DOOR_HTTPS, T | H, "/health", &watch_road },
	{ DOOR_HTTPS, T | H, "/healthy", &soap_road },
	{ DOOR_HTTPS, T | H, "/", &soap_road },
	{ DOOR_HTTPS, T | H, "/metrics", &soap_road },
	{ DOOR_HTTPS, T | M, "/metrics", &watch_road },
	{ DOOR_HTTPS, T | M, "/metrics/", &watch_road },
	{ DOOR_HTTPS, H | M, "/pix", &watch_road },
	{ DOOR_HTTPS, H, "/admin/status", &watch_road },
	{ DOOR_HTTPS, T | H | M, "/admin/status", &soap_road },
	{ DOOR_HTTPS, 0, "/health/live", &watch_road },
	{ DOOR_ADMIN, H | M, "/health/ready", &watch_road },
	{ DOOR_ADMIN, H | M, "/admin/status", &watch_road },
	{ DOOR_MLLP, T, "/", &hl7_road },
	{ DOOR_MLLP, 0, "/", &hl7_road },
	{ DOOR_LOCAL, SERVES_OPERATOR, "/admin/status", &admin_road },
	{ DOOR_LOCAL, SERVES_OPERATOR, "/health/live", &admin_road },
	{ DOOR_LOCAL, SERVES_OPERATOR, "/pix", &admin_road },
};

static void a_door_and_a_path_choose(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_door d = { .kind = cases[i].kind, .serves = cases[i].serves };
		const struct head head = { .door = cases[i].kind, .path = cases[i].path };
		if (road_of(&d, &head) != cases[i].road)
			printf("\n  row %zu: %s", i, cases[i].path);
		CU_ASSERT_PTR_EQUAL(road_of(&d, &head), cases[i].road);
	}
}

/* A reload has taken the door out of the configuration; its socket is still open. */
static void a_door_of_no_configuration_has_nothing(void)
{
	static const struct {
		enum door_kind kind;
		const struct dialect_road *road;
	} rows[] = { { DOOR_HTTPS, &watch_road },
		     { DOOR_MLLP, &hl7_road },
		     { DOOR_ADMIN, &watch_road },
		     { DOOR_LOCAL, &watch_road } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct head head = { .door = rows[i].kind, .path = "/pix" };
		CU_ASSERT_PTR_EQUAL(road_of(NULL, &head), rows[i].road);
	}
}

/* What is the operator's and no look at patients; whatever is new is one until it stands here. */
static bool shows_nobody(const struct transaction *t)
{
	static const char *const codes[] = {
		"SS-MIX2",
		"audit-aside",
		"audit-expire",
		"audit-retry",
		"audit-verify",
		"backup",
		"check",
		"codes-check",
		"codes-count",
		"diagnose",
		"disaster-decision",
		"disaster-list",
		"document-offer",
		"errand-decision",
		"errand-list",
		"errand-show",
		"exchange-list",
		"exchange-show",
		"facility-lock",
		"facility-locked",
		"facility-return",
		"facility-unlock",
		"facility-withdraw",
		"import",
		"insurance-partition",
		"inbox-list",
		"match-run",
		"match-train",
		"report",
		"retention-list",
		"retention-run",
		"ssmix2-put",
		"subscription-list",
	};
	for (size_t i = 0; i < COUNT(codes); i++)
		if (text_equal(codes[i], t->code))
			return true;
	return false;
}

/* Nobody forgets it: the operator's demand the operator, all others a registered system. */
static void transactions_demand_who_they_are_for(void)
{
	size_t operators = 0, systems = 0;
	for (size_t i = 0; transactions[i] != NULL; i++) {
		const struct transaction *t = transactions[i];
		bool of_operator = t->dialect == DIALECT_ADMIN;
		CU_ASSERT_EQUAL(of_operator, t->actor == REGION_OPERATOR);
		enum demand due = !of_operator      ? DEMAND_SYSTEM
				  : shows_nobody(t) ? DEMAND_OPERATOR
						    : DEMAND_PATIENTS_OPERATOR;
		/* What another region's gateway changes here, it is listed for; and when it is
		 * refused says nothing of who is there. */
		if (t->actor == RESPONDING_GATEWAY && t->access != STORE_READ) {
			due = DEMAND_LISTED_COMMUNITY;
			CU_ASSERT_TRUE(t->answers_at_ticks);
		}
		if (t->demands != due)
			printf("\n  %s", t->name);
		CU_ASSERT_EQUAL(t->demands, due);
		operators += of_operator;
		systems += !of_operator;
	}
	CU_ASSERT(operators > 0 && systems > 0);
}

static void what_anybody_may_have(void)
{
	static const struct {
		enum door_kind kind;
		unsigned serves;
		bool anybody;
	} rows[] = { { DOOR_HTTPS, T, false },   { DOOR_HTTPS, T | H, true },
		     { DOOR_HTTPS, H, true },    { DOOR_HTTPS, M, true },
		     { DOOR_HTTPS, 0, false },   { DOOR_MLLP, T, false },
		     { DOOR_ADMIN, H | M, true } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct config_door d = { .kind = rows[i].kind, .serves = rows[i].serves };
		CU_ASSERT_EQUAL(config_door_serves_anybody(&d), rows[i].anybody);
	}
}

static const struct test tests[] = {
	{ "a door and a path choose the dialect", a_door_and_a_path_choose },
	{ "a door of no configuration has nothing", a_door_of_no_configuration_has_nothing },
	{ "transactions demand who they are for", transactions_demand_who_they_are_for },
	{ "what anybody may have", what_anybody_may_have },
	{ 0 }
};

int main(void)
{
	return suite_run("operator: doors", tests);
}
