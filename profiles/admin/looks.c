/* profiles/admin/looks.c: words of schemas/tables/look_words.c for a record of the log. */
#include "profiles/admin/looks.h"

#include "gateway/audit/event_record.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"

const struct look_words *look_words_for(const struct audit_entry *e, const struct kept_event *kept)
{
	const char *transaction = e->terms.transaction;
	bool shown = kept != NULL && kept->event.action == AUDIT_READ
		     && text_equal(transaction, "consent");
	return look_words_of(shown ? "consent-show" : transaction);
}

const char *look_who(const struct exchange *x, enum look_language language, const char *system)
{
	static const char *const region[] = { "地域の事務局", "the region's administration" },
				 *const we[] = { "地域の中継サーバー", "the region's gateway" };
	const struct registered_system *s = system == NULL ? NULL
							   : region_system(x->region, system);
	if (s != NULL)
		return s->title == NULL ? s->name : s->title;
	if (system == NULL)
		return we[language];
	return text_starts(system, "uid ") || text_equal(system, "loopback") ? region[language]
									     : system;
}

const char *look_what(enum look_language language, const struct audit_entry *e,
		      const struct kept_event *kept)
{
	const struct look_words *w = look_words_for(e, kept);
	return w != NULL ? w->words[language] : e->terms.transaction;
}
