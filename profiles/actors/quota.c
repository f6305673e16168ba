/* profiles/actors/quota.c: how much of the disk a system may fill. */
#include "profiles/actors/quota.h"

#include "gateway/base/findings.h"
#include "store/usage.h"

bool quota_is_set(const struct registry_desk *d)
{
	return d->sender != NULL && d->sender->disk_quota != 0;
}

uint64_t quota_elsewhere(const struct registry_desk *d)
{
	if (!quota_is_set(d))
		return 0;
	struct usage all = usage_of(d->txn, d->sender->name);
	struct usage here = usage_here(d->txn, d->sender->name);
	return usage_octets(&all) - usage_octets(&here);
}

uint64_t quota_least_of(const struct submission *s)
{
	uint64_t objects = 1; /* its set */
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		objects++;
	for (const struct folder *o = s->folders; o != NULL; o = o->next)
		objects++;
	for (const struct association *x = s->associations; x != NULL; x = x->next)
		objects++;
	return objects * USAGE_EACH;
}

/* In the words of a problem's `what`, behind the name of the system. */
#define BEYOND "would have %llu octets of the disk with this, and may have %llu (disk-quota)"

static bool refuse(const struct registry_desk *d, uint64_t would_have, struct findings *f)
{
	return findings_error(f, PROBLEM_DISK_QUOTA, NULL, d->sender->name, BEYOND,
			      (unsigned long long)would_have,
			      (unsigned long long)d->sender->disk_quota);
}

uint64_t quota_used(const struct registry_desk *d)
{
	if (!quota_is_set(d))
		return 0;
	struct usage here = usage_here(d->txn, d->sender->name);
	return d->stored_elsewhere + usage_octets(&here);
}

bool quota_has_room(const struct registry_desk *d, uint64_t octets, struct findings *f)
{
	if (!quota_is_set(d) || octets == 0)
		return true;
	struct usage all = usage_of(d->txn, d->sender->name);
	uint64_t has = usage_octets(&all), most = d->sender->disk_quota;
	return (has <= most && octets <= most - has) || refuse(d, has + octets, f);
}

bool quota_holds(const struct registry_desk *d, struct findings *f)
{
	uint64_t has = quota_used(d);
	return !quota_is_set(d) || has <= d->sender->disk_quota || refuse(d, has, f);
}

bool quota_allows(const struct registry_desk *d, uint64_t before, struct problem *p)
{
	uint64_t has = quota_used(d);
	return has == before || has <= d->sender->disk_quota
	       || problem_set(p, PROBLEM_DISK_QUOTA, "%s " BEYOND, d->sender->name,
			      (unsigned long long)has, (unsigned long long)d->sender->disk_quota);
}
