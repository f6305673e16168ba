/* store/consent_check.c: what must be true of consent, for store_check(). */
#include "store/check.h"
#include "store/consent_papers.h"
#include "store/consent_rows.h"

/* What decides is not history, and nothing that decides nothing is read with it. */
static bool all_decide(struct store_check *c, uint64_t subject, struct kept_events *list)
{
	size_t count = list->count;
	for (size_t i = 0; i < count; i++)
		if (consent_history_has(check_txn(c), subject, list->all[i]->sequence))
			return false;
	consent_events_bound(list);
	return list->count == count;
}

static void look_at_paper(struct store_check *c, uint64_t subject, const struct kept_event *e)
{
	if (!consent_paper_is_kept(check_txn(c), e->sequence, &e->event.paper))
		check_finding(c,
			      "the paper of a consent of patient record %llu is not kept as the "
			      "decision says",
			      (unsigned long long)subject);
}

/* Nothing is open that nobody opened, and what rests is closed. */
static void look_at_holding(struct store_check *c, const struct patient_record *record,
			    const struct consent_row *row)
{
	bool rests = (record->unsettled & UNSETTLED_IDENTITY) != 0;
	if (record->source_system[0] == '\0')
		return; /* one we made stands as its anchor does */
	if (row->holds.rests != rests)
		check_finding(c,
			      "the participation of patient record %llu does not know whether it "
			      "rests",
			      (unsigned long long)record->number);
	if (row->holds.joined && row->events.count == 0)
		check_finding(c, "patient record %llu is open, and nobody decided so",
			      (unsigned long long)record->number);
}

static void look_at_row(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct consent_row row;
	struct patient_record record;
	uint64_t subject = key_read_short(&r);
	if (!key_read_end(&r) || !consent_row_read(check_arena(c), subject, value, &row)) {
		check_finding(c, "the consent of patient record %llu cannot be read",
			      (unsigned long long)subject);
		return;
	}
	if (!identity_record(check_txn(c), check_arena(c), subject, &record)) {
		check_finding(c, "consent is of patient record %llu, which is not there",
			      (unsigned long long)subject);
		return;
	}
	look_at_holding(c, &record, &row);
	for (size_t i = 0; i < row.events.count; i++)
		look_at_paper(c, subject, row.events.all[i]);
	if (!all_decide(c, subject, &row.events))
		check_finding(c,
			      "the consent events of patient record %llu are not those that "
			      "decide and are no history",
			      (unsigned long long)subject);
}

static void look_at_history(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct kept_event e;
	uint64_t subject = key_read_short(&r);
	if (!consent_history_read(check_arena(c), key, value, &e))
		check_finding(c, "the history of consent of patient record %llu cannot be read",
			      (unsigned long long)subject);
	else if (!consent_is_decided(check_txn(c), subject))
		check_finding(c,
			      "a history of consent is of patient record %llu, for which nothing "
			      "decides",
			      (unsigned long long)subject);
	else
		look_at_paper(c, subject, &e);
}

/* One that nobody saw to stays there; the row it is of says so as well. */
static void look_at_ends(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct consent_row row;
	instant at = key_read_instant(&r);
	uint64_t subject = key_read_short(&r);
	if (!key_read_end(&r) || value.length != 0)
		check_finding(c, "an end of a consent cannot be read");
	else if (!consent_row_get(check_txn(c), check_arena(c), subject, &row)
		 || !consent_ends_fits(&row, at))
		check_finding(c,
			      "an end of a consent is of patient record %llu, for which nothing "
			      "ends then",
			      (unsigned long long)subject);
}

static const struct check_row rows[] = { { SPACE_CONSENT, "consent", look_at_row },
					 { SPACE_CONSENT_HISTORY, "history of consent",
					   look_at_history },
					 { SPACE_CONSENT_ENDS, "end of consent", look_at_ends },
					 { 0 } };

const struct check_module consent_check = { .name = "consent", .rows = rows };
