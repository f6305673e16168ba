/* store/keys.h: how keys are written, so that their order is the order of what they mean.
 *
 * A key is one octet naming its space, then parts. Parts sort as their values do: text by octet,
 * numbers by size, instants by time. A text ends with an octet 0 (no text has one inside), so a
 * shorter text sorts before a longer one that begins with it, and a prefix ends exactly at a part.
 * A key that does not fit sets overflow; its span is then empty, and the store refuses an empty
 * key, so nobody need ask. Pure functions, thread-safe. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

/* The spaces. Left of the arrow the key's parts, right of it the value (store/record.h unless
 * said). A space is never given another meaning: a new one takes a free octet of its room's range.
 *
 *	0x01..0x0f  the store itself		0x40..0x5f  registry and repository
 *	0x10..0x1f  blobs: what is where	0x60..0x6f  consent
 *	0x20..0x3f  identity			0x70..0x7f  outbox, subscriptions, work to do
 *	0x80..0x9f  audit log			0xa8..0xaf  pull points
 *	0xb0..0xbf  what was pushed to facilities
 *	0xc0..0xcf  octets of small documents	0xd0..0xd7  audit records of others
 *	0xd8..0xdf  emergencies and disasters	0xe0..0xe3  documents of consent
 *	0xe4..0xe7  who is locked out, what runs out
 *	0xe8..0xeb  other communities
 * Berkeley DB keeps each space in a tree of its own. */
enum key_space {
	SPACE_STORE = 0x01,         /* name text -> value: "format", "region" ... */
	SPACE_NUMBERS = 0x02,       /* kind -> the next number no node has: store/numbers.h */
	SPACE_USAGE = 0x03,         /* system text, node -> octets: store/usage.h */
	SPACE_DICTIONARY = 0x04,    /* name -> octets: store/packing.h */
	SPACE_DICTIONARY_OF = 0x05, /* sender text -> the latest: store/packing.h */
	SPACE_NAME = 0x06,          /* name text -> number: store/names.h */
	SPACE_NAMED = 0x07,         /* number -> name: store/names.h */
	SPACE_MONTHS = 0x08,        /* system text, month, node -> numbers: store/months.h */
	SPACE_BLOB = 0x10,          /* sha256 -> size, uses, where the octets are */
	SPACE_PACK = 0x11,          /* number of a pack file -> octets in it that are nobody's */
	SPACE_IDENTITY_FIRST = 0x20,
	SPACE_IDENTITY_LAST = 0x2f,    /* store/identity_rows.h */
	SPACE_PARTNER_CODE = 0x30,     /* partner, 20 octets -> whose: store/partner_codes.h */
	SPACE_PARTNER_CODE_OF = 0x31,  /* record number, partner, purpose -> those octets */
	SPACE_PARTNER_ID = 0x32,       /* partner, domain oid, id -> whose: store/partner_ids.h */
	SPACE_PARTNER_ID_OF = 0x33,    /* record number, partner -> that id, since, by */
	SPACE_PARTNER_CONFLICT = 0x34, /* partner, number -> what was claimed, by whom, when */
	SPACE_PARTNER_CLAIMED = 0x35,  /* partner, record number, domain oid, id -> that number */
	SPACE_REGISTRY_FIRST = 0x40,
	SPACE_REGISTRY_LAST = 0x5f, /* store/registry.h; the last is signature_verdicts.c's */
	SPACE_CONSENT_FIRST = 0x60,
	SPACE_CONSENT_LAST = 0x6f, /* store/consent.c */
	/* store/errands_rows.h, store/notices.c; store/subscriptions_rows.h */
	SPACE_OUTBOX_FIRST = 0x70,
	SPACE_OUTBOX_LAST = 0x7f, /* lease.c; before it calls_sent.c, asked_sets.c */
	SPACE_AUDIT_SHEET = 0x80, /* first sequence -> entries: audit_sheets.c */
	SPACE_AUDIT_HEAD = 0x81,  /* chain -> last sequence and its hash */
	/* 0x82..0x84: were indices with a key for every entry */
	SPACE_AUDIT_CURSOR = 0x85,        /* destination text, chain -> acknowledged */
	SPACE_AUDIT_RUN_BY_TIME = 0x86,   /* second, run of sequences -> nothing */
	SPACE_AUDIT_RUN_BY_SYSTEM = 0x87, /* system text, second, run of sequences -> nothing */
	SPACE_AUDIT_PATIENTS = 0x88,      /* run, pair -> pairs: audit_patients.c */
	SPACE_AUDIT_ANCHORED = 0x89,      /* chain -> the last anchor: gateway/audit/anchors.h */
	SPACE_AUDIT_INDEXED = 0x8a,       /* chain -> segments that were indexed */
	SPACE_AUDIT_ASIDE = 0x8b,         /* destination text, again, sequence: audit_aside.c */
	SPACE_AUDIT_FOLDED = 0x8c,        /* chain -> packed up to that entry: audit_folding.c */
	SPACE_AUDIT_MERGED = 0x8d,     /* level, chain -> groups that became one: audit_merging.c */
	SPACE_AUDIT_CHECKPOINT = 0x8e, /* chain -> what went of its beginning: audit_expiring.c */
	SPACE_AUDIT_LAST = 0x9f,
	SPACE_PULL_POINTS_FIRST = 0xa8,
	SPACE_PULL_POINTS_LAST = 0xaf, /* store/pull_points_rows.h */
	SPACE_INBOX_FIRST = 0xb0,
	SPACE_INBOX_LAST = 0xbf,  /* store/inbox_rows.h */
	SPACE_BLOB_OCTETS = 0xc0, /* sha256 -> the octets as they are */
	SPACE_RECEIVED_FIRST = 0xd0,
	SPACE_RECEIVED_CHECKPOINT = 0xd7, /* chain -> the same of those: audit_expiring.c */
	SPACE_RECEIVED_LAST = 0xd7,       /* store/audit_received.c */
	SPACE_OVERRIDES_FIRST = 0xd8,
	SPACE_OVERRIDES_LAST = 0xdb,       /* store/override_rows.h */
	SPACE_DISASTER = 0xdc,             /* number -> struct disaster: store/disasters.c */
	SPACE_CONSENT_DOCUMENT = 0xe0,     /* record, entryUUID: store/consent_documents.h */
	SPACE_CONSENT_DOCUMENT_DUE = 0xe1, /* moment, record, entryUUID -> nothing */
	SPACE_CONSENT_PAPER = 0xe2,        /* decision -> its scan: store/consent_papers.h */
	SPACE_CONSENT_PAPERS = 0xe3,       /* node -> how many, of how many octets */
	SPACE_LOCKOUT = 0xe4,              /* what, its name -> why, by whom: store/lockouts.h */
	SPACE_EXPIRY = 0xe5,       /* what runs out -> what was told of it: store/expiries.h */
	SPACE_REVOCATION = 0xe6,   /* issuer -> how new its list was: store/revocations.h */
	SPACE_OCSP_SAID = 0xe7,    /* certificate -> a responder's last word: store/ocsp_said.h */
	SPACE_CORRELATION = 0xe8,  /* record number, partner -> its answer: store/correlations.h */
	SPACE_AWAITED = 0xe9,      /* record number, partner -> a question: store/awaited.h */
	SPACE_AWAITED_NAME = 0xea, /* partner, MessageID -> that record number */
	SPACE_DEFERRED_QUESTION = 0xeb, /* partner, MessageID: store/deferred_questions.h */
	SPACE_LOADING = 0xec,           /* facility text -> how far it came: store/loading.h */
};

/* Longest of ours: a CX of 256 characters, a time and a number. */
enum { KEY_MOST = 512 };
/* Octets of such parts. */
enum { KEY_ID = 5, KEY_MOMENT = 7 };

struct key {
	unsigned char data[KEY_MOST];
	size_t length;
	bool overflow;
};

void key_begin(struct key *k, unsigned char space);
void key_text(struct key *k, const char *text);  /* NULL as "" */
void key_number(struct key *k, uint64_t number); /* 8 octets, ascending */
/* In as few octets as it takes, ascending: how many, and those. For what is counted up from 1. */
void key_short(struct key *k, uint64_t number);
void key_number_reversed(struct key *k, uint64_t number); /* 8 octets, descending */
/* One of store/numbers.h, in 5 octets (10^12 of a kind); what is larger overflows. */
void key_id(struct key *k, uint64_t number);
void key_id_reversed(struct key *k, uint64_t number);
void key_instant(struct key *k, instant t);
void key_instant_reversed(struct key *k, instant t);
/* The same in 7 octets: a thousand years before and after 1970. */
void key_moment(struct key *k, instant t);
void key_moment_reversed(struct key *k, instant t);
void key_octet(struct key *k, unsigned char octet);
/* A text that is most often an OID: digits and dots take half an octet each. Other texts stand as
 * they are. No such part begins with another one; they sort in no order that means something. */
void key_oid(struct key *k, const char *text);
/* A text that is most often digits, or 32 lower-case hexadecimal ones: shorter, as above. */
void key_identifier(struct key *k, const char *text);
/* As they are: for parts of one fixed length (hashes, UUIDs), or as the last part. */
void key_bytes(struct key *k, const void *data, size_t length);
struct bytes key_span(const struct key *k); /* borrowed from k; empty if it overflowed */

/* Reads the parts back in the same order. A part that is not there sets broken, and from then on
 * every part reads as "" or 0. */
struct key_reader {
	const unsigned char *at, *end;
	bool broken;
};

struct key_reader key_read(struct bytes key);    /* past the space */
const char *key_read_text(struct key_reader *r); /* borrowed from the key */
uint64_t key_read_number(struct key_reader *r);
uint64_t key_read_short(struct key_reader *r);
uint64_t key_read_number_reversed(struct key_reader *r);
uint64_t key_read_id(struct key_reader *r);
uint64_t key_read_id_reversed(struct key_reader *r);
instant key_read_instant(struct key_reader *r);
instant key_read_instant_reversed(struct key_reader *r);
instant key_read_moment(struct key_reader *r);
instant key_read_moment_reversed(struct key_reader *r);
/* The last octets of the key, length of them: what stands there is read next. */
void key_read_to_last(struct key_reader *r, size_t length);
unsigned char key_read_octet(struct key_reader *r);
struct bytes key_read_bytes(struct key_reader *r, size_t length);
bool key_read_end(const struct key_reader *r); /* all read, nothing missing */

#endif
