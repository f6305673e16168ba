/* gateway/audit/record.h: audit events as DICOM AuditMessage, and events that are no transaction's.
 *
 * ITI TF-2: 3.20.7; DICOM PS3.15 A.5. The log keeps the event (gateway/audit/event_record.h); that
 * is made once and never changed. The message the courier delivers and an auditor reads is written
 * from what is kept, and from nothing else: today's and next year's are the same octets. */
#ifndef GATEWAY_AUDIT_RECORD_H
#define GATEWAY_AUDIT_RECORD_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/model/audit_event.h"

struct arena;
struct audit_entry;
struct event_packer;
struct store_txn;

/* Who we are in every record; lives as long as the process. */
struct audit_source {
	const char *enterprise_site_id; /* NULL if none */
	const char *source_id;
	const char *process_id; /* decimal */
	const char *host;       /* our network access point */
	/* makes records few octets; NULL: they are kept as they are */
	const struct event_packer *packer;
};

/* The message as XML, UTF-8, without declaration, in one line. */
struct bytes audit_record_write(struct arena *a, const struct audit_source *us,
				const struct audit_event *e);
/* The same of an entry of the log. False: the entry is damaged. */
bool audit_record_render(struct arena *a, const struct audit_entry *entry, struct bytes *message);
/* What the code of an EventID or RoleIDCode means: "Query" of 110112. */
const char *audit_code_meaning(int code);

/* Makes the drafts of e and those chained to it, so that the committer need not. They must not
 * change after. One that would be too long becomes several (gateway/audit/record_parts.h). t: the
 * snapshot of what was done; its subjects are filled in from there. False: the store failed, and
 * says why. */
bool audit_record_prepare(struct store_txn *t, struct arena *a, const struct audit_source *us,
			  struct audit_event *e);
/* Appends e and those chained to it to the log within the job; makes the drafts still missing. */
bool audit_record_append(struct store_txn *t, struct arena *a, const struct audit_source *us,
			 struct audit_event *e);

/* What is recorded besides transactions, for whoever searches the log. */
enum audit_doing {
	AUDIT_DOING_ANCHOR,
	AUDIT_DOING_ALTERED,
	AUDIT_DOING_CERTIFICATE_EXPIRY,
	AUDIT_DOING_CONSENT_HIDDEN,
	AUDIT_DOING_DISASTER_ENDED,
	AUDIT_DOING_EXPIRED,
	AUDIT_DOING_NODE_AUTHENTICATION,
	AUDIT_DOING_OCSP_REVOKED,
	AUDIT_DOING_OCSP_SILENT,
	AUDIT_DOING_RECEIVED,
	AUDIT_DOING_OVERRIDE_ENDED,
	AUDIT_DOING_OVERRIDE_STARTED,
	AUDIT_DOING_PATIENT_NOTICE,
	AUDIT_DOING_REFUSED,
	AUDIT_DOING_REKEYED,
	AUDIT_DOING_RELOAD,
	AUDIT_DOING_START,
	AUDIT_DOING_STOP,
	AUDIT_DOINGS
};
const char *audit_doing_name(enum audit_doing d); /* "audit-anchor" */

/* DCM 110100: start (110120) and stop (110121) of the gateway. by: who started it. */
struct audit_event *audit_application(struct arena *a, const struct audit_source *us, bool start,
				      const char *by, int64_t now);
/* DCM 110100: heads of the audit log were signed. line: gateway/audit/anchor.h. Thus the anchors
 * are with the repositories as well. */
struct audit_event *audit_anchored(struct arena *a, const struct audit_source *us, const char *line,
				   int64_t now);
/* DCM 110100: something was noted of what we keep, as one detail of the log. Its type code is the
 * doing's name, of our own scheme. */
struct audit_note {
	enum audit_doing doing;
	const char *display, *detail, *text; /* kept as long as the event */
};
struct audit_event *audit_noted(struct arena *a, const struct audit_source *us,
				const struct audit_note *note, int64_t now);
/* DCM 110113 Security Alert; type 110126 Node Authentication, 110132 Use of Restricted Function,
 * 110129 Security Configuration ... who: the peer as far as known (address, certificate). */
struct audit_alert {
	/* "110126", "Node Authentication"; no code: DICOM has none, the name of doing it is it */
	const char *code, *name;
	enum audit_doing doing;  /* to search by */
	const char *address;     /* NULL: our own doing */
	const char *who;         /* certificate's subject, system name, or NULL */
	const char *description; /* Alert Description: mandatory, no patient data */
};
struct audit_event *audit_alert(struct arena *a, const struct audit_source *us,
				const struct audit_alert *alert, int64_t now);

#endif
