/* schemas/model/exclusion.c: whom, or what, a patient excludes. */
#include "schemas/model/exclusion.h"

#include <string.h>

#include "schemas/model/region_policy.h"

const char *const exclusion_names[EXCLUSIONS] = {
	[EXCLUSION_FACILITY] = "facility", [EXCLUSION_ROLE] = "role",
	[EXCLUSION_PERSON] = "person",     [EXCLUSION_DOCUMENTS] = "documents",
	[EXCLUSION_DOCUMENT] = "document", [EXCLUSION_PURPOSE] = "purpose",
	[EXCLUSION_PERIOD] = "period",
};

/* Each document of a list is held against each exclusion: lengths are known, not counted. */
static const size_t lengths[EXCLUSIONS] = {
	[EXCLUSION_FACILITY] = sizeof "facility" - 1,
	[EXCLUSION_ROLE] = sizeof "role" - 1,
	[EXCLUSION_PERSON] = sizeof "person" - 1,
	[EXCLUSION_DOCUMENTS] = sizeof "documents" - 1,
	[EXCLUSION_DOCUMENT] = sizeof "document" - 1,
	[EXCLUSION_PURPOSE] = sizeof "purpose" - 1,
	[EXCLUSION_PERIOD] = sizeof "period" - 1,
};

enum exclusion exclusion_kind(const char *target, const char **what)
{
	const char *slash = strchr(target, '/');
	size_t length = slash == NULL ? 0 : (size_t)(slash - target);
	for (enum exclusion e = EXCLUSION_ROLE; e < EXCLUSIONS; e++)
		if (lengths[e] == length && memcmp(exclusion_names[e], target, length) == 0) {
			*what = slash + 1;
			return e;
		}
	*what = target;
	return EXCLUSION_FACILITY;
}

static bool has_role(const struct requester *who, const char *role)
{
	const struct region_policy *p = who->region->policy;
	uint64_t bit = p == NULL ? 0 : region_policy_named(p, POLICY_ROLES, role);
	return bit == 0 || (requester_roles(who) & bit) != 0;
}

static bool has_purpose(const struct requester *who, const char *purpose)
{
	const struct region_policy *p = who->region->policy;
	uint64_t bit = p == NULL ? 0 : region_policy_named(p, POLICY_PURPOSES, purpose);
	return bit == 0 || (requester_purposes(who) & bit) != 0;
}

/* ID@ISSUER */
static bool is_person(const struct requesting_person *who, const char *name)
{
	size_t length = who->id == NULL ? 0 : strlen(who->id);
	return who->vouched == VOUCHED_BY_ASSERTION && length != 0 && who->issuer != NULL
	       && strncmp(name, who->id, length) == 0 && name[length] == '@'
	       && strcmp(name + length + 1, who->issuer) == 0;
}

bool exclusion_meets(const char *target, const struct requester *who)
{
	const char *what;
	switch (exclusion_kind(target, &what)) {
	case EXCLUSION_FACILITY: return who->system != NULL && strcmp(what, who->system->name) == 0;
	case EXCLUSION_ROLE: return has_role(who, what);
	case EXCLUSION_PERSON: return is_person(&who->person, what);
	case EXCLUSION_PURPOSE: return has_purpose(who, what);
	default: return false;
	}
}

bool exclusion_is_of_documents(const char *target)
{
	const char *what;
	return exclusion_kind(target, &what) >= EXCLUSION_DOCUMENTS;
}

static bool is_of_kind(const struct region_policy *p, const char *kind,
		       const struct document_entry *e)
{
	uint64_t bit = p == NULL ? 0 : region_policy_named(p, POLICY_DOCUMENTS, kind);
	return bit == 0 || (region_policy_documents(p, e) & bit) != 0;
}

enum { DTM_DIGITS = 14 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A time begins with what is least of its digits and ends with what is most: "2020" is from
 * 2020000... to 2020999..., so the digits that both have tell. */
static bool begins_before_end(const char *begins, const char *ends)
{
	for (size_t i = 0; i < DTM_DIGITS && is_digit(begins[i]) && is_digit(ends[i]); i++)
		if (begins[i] != ends[i])
			return begins[i] < ends[i];
	return true;
}

static bool overlap(const char *from, const char *to, const char *period)
{
	return begins_before_end(from, strchr(period, '-') + 1) && begins_before_end(period, to);
}

/* When it was made, or what it tells of happened. What says neither cannot be told from others. */
static bool is_within(const char *period, const struct document_entry *e)
{
	const char *start = e->service_start_time, *stop = e->service_stop_time;
	if (e->creation_time == NULL && start == NULL && stop == NULL)
		return true;
	return (e->creation_time != NULL && overlap(e->creation_time, e->creation_time, period))
	       || ((start != NULL || stop != NULL)
		   && overlap(start != NULL ? start : stop, stop != NULL ? stop : start, period));
}

bool exclusion_is_period(const char *what)
{
	size_t from = strspn(what, "0123456789");
	if (from < 4 || from > DTM_DIGITS || from % 2 != 0 || what[from] != '-')
		return false;
	size_t to = strspn(what + from + 1, "0123456789");
	return to >= 4 && to <= DTM_DIGITS && to % 2 == 0 && what[from + 1 + to] == '\0'
	       && overlap(what, what + from + 1, what);
}

bool exclusion_closes_one(const char *target, const char *unique_id)
{
	const char *what;
	return exclusion_kind(target, &what) == EXCLUSION_DOCUMENT
	       && (unique_id == NULL || strcmp(unique_id, what) == 0);
}

bool exclusion_closes(const char *target, const struct region *r, const struct document_entry *e)
{
	const char *what;
	switch (exclusion_kind(target, &what)) {
	case EXCLUSION_DOCUMENTS: return is_of_kind(r->policy, what, e);
	case EXCLUSION_PERIOD: return is_within(what, e);
	case EXCLUSION_DOCUMENT: return exclusion_closes_one(target, e->unique_id);
	default: return false;
	}
}
