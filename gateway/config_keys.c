/* gateway/config_keys.c: every key of minato.conf, once. From these rows come the parser's options,
 * the typed values, their checks, `minato config show`, and the comments `minato init` writes;
 * minato.conf(5) is compared with them by tests/lint/docs. */
#include "gateway/config_keys.h"

#include "gateway/envelope/ebrim.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define AT(member) offsetof(AREA, member)
#define KIB(n) (UINT64_C(n) << 10)
#define MIB(n) (UINT64_C(n) << 20)
#define GIB(n) (UINT64_C(n) << 30)

#define AREA struct region_keys
static const struct config_key region[] = {
	{ .name = "name", .kind = CONFIG_TEXT, .offset = AT(name), .needed = true,
	  .help = "The region's name, for people." },
	{ .name = "affinity-domain", .kind = CONFIG_OID, .offset = AT(affinity_domain),
	  .needed = true, .restart = true,
	  .help = "OID of the XDS affinity domain's patient identifiers (ITI TF-1: 10.4.1). The "
		  "ids in it are random and made by Minato. Of a store that holds anything neither "
		  "it nor the next two can change: the daemon does not start." },
	{ .name = "affinity-namespace", .kind = CONFIG_TEXT, .offset = AT(affinity_namespace),
	  .preset = "MINATO",
	  .help = "HD.1 of the affinity domain in HL7 v2." },
	{ .name = "home-community-id", .kind = CONFIG_URN, .offset = AT(home_community_id),
	  .needed = true, .restart = true,
	  .help = "urn:oid: and the OID of this community (ITI TF-1: 18)." },
	{ .name = "repository-unique-id", .kind = CONFIG_OID, .offset = AT(repository_unique_id),
	  .needed = true, .restart = true,
	  .help = "OID of the Document Repository; documents are fetched by it (ITI TF-2: 3.43)." },
	{ .name = "device-id", .kind = CONFIG_OID, .offset = AT(device_id),
	  .help = "OID of this gateway as HL7 v3 sender and receiver. Without it: the home "
		  "community's OID and .1." },
	{ .name = "consent-default", .kind = CONFIG_CHOICE, .offset = AT(consent_default),
	  .preset = "opt-in", .choices = "opt-in opt-out",
	  .help = "opt-in: a person is shared only after joining. opt-out: everybody is until "
		  "leaving." },
	{ .name = "policy", .kind = CONFIG_PATH, .offset = AT(policy),
	  .help = "File of rules about documents: which roles may have, for which purposes, which "
		  "classes of documents of which confidentiality (minato.policy(5)). They hold "
		  "beside what the patient decided, never against it. A reload reads it again. "
		  "Without it: who may see a patient may see all his documents. Rules for "
		  "Japanese regions are shipped in " MINATO_DATADIR "/policies/japan.policy." },
	{ .name = "resolve-own-ids", .kind = CONFIG_FLAG, .offset = AT(resolve_own_ids),
	  .preset = "no",
	  .help = "A system may ask and submit with an id of its own domain instead of the "
		  "affinity domain's; Minato cross-references it. A system section may say "
		  "otherwise." },
	{ .name = "hide-source-ids", .kind = CONFIG_FLAG, .offset = AT(hide_source_ids),
	  .preset = "yes",
	  .help = "Others do not see the numbers a document was submitted with: sourcePatientId "
		  "shows the region's id, and sourcePatientInfo has no PID-3, PID-18 and the "
		  "like." },
	{ .name = "most-results", .kind = CONFIG_COUNT, .offset = AT(most_results),
	  .preset = "10000", .least = 1, .most = 1000000,
	  .help = "Entries one answer may hold, and ten times as many references; beyond it "
		  "XDSTooManyResults (ITI TF-3: 4.2.4.1). An entry takes about 6 KiB of service "
		  "answers-disk until the answer is sent." },
	{ .name = "submission-objects", .kind = CONFIG_COUNT, .offset = AT(submission_objects),
	  .preset = "1000", .least = 10, .most = EBRIM_OBJECTS_MOST,
	  .help = "Documents, folders and associations one submission may have, its set included; "
		  "more are refused (XDSRegistryOutOfResources, XDSRepositoryOutOfResources). A "
		  "submission is kept in one piece, and whoever else writes waits for it." },
	{ .name = "metadata-object", .kind = CONFIG_OCTETS, .offset = AT(metadata_object),
	  .preset = "256KiB", .least = KIB(16), .most = MIB(16),
	  .help = "Octets one DocumentEntry, SubmissionSet, Folder or Association may have as it "
		  "is kept; a larger one is refused (XDSRegistryOutOfResources, "
		  "XDSRepositoryOutOfResources). Never more than 1/32 of service "
		  "exchange-memory: who asks for it needs that much for one." },
	{ .name = "disk-quota", .kind = CONFIG_OCTETS, .offset = AT(disk_quota), .preset = "0B",
	  .least = 0, .most = GIB(1024 * 1024),
	  .help = "Octets that what one system has sent may take up: documents, metadata, "
		  "patients (minato status shows them); what goes beyond is refused "
		  "(XDSRepositoryOutOfResources, XDSRegistryOutOfResources, AE 207). A system "
		  "section may say otherwise. 0B: any number." },
	{ .name = "matching", .kind = CONFIG_CHOICE, .offset = AT(matching), .preset = "link",
	  .choices = "link review off",
	  .help = "Of records that are likely one person's although no exact rule says so. link: "
		  "those that surely are become one person, of the others somebody is asked "
		  "(minato match queue). review: somebody is asked, always. off: they are not "
		  "looked for." },
	{ .name = "match-weights", .kind = CONFIG_PATH, .offset = AT(match_weights),
	  .help = "What agreements and differences weigh: a file that minato match train wrote. "
		  "A reload reads it again; what is linked already stays until its records are fed "
		  "again, or minato match run. Without it: the weights that are shipped." },
	{ .name = "match-four-eyes", .kind = CONFIG_FLAG, .offset = AT(match_four_eyes),
	  .preset = "no",
	  .help = "What one person decides of two records (minato match link, apart) takes "
		  "effect when another one has decided the same." },
	{ .name = "insurance", .kind = CONFIG_CHOICE, .offset = AT(insurance), .preset = "match",
	  .choices = "match off",
	  .help = "Numbers of insured persons (保険者番号, 記号, 番号, 枝番). match: kept with the "
		  "record that says them, told in no answer, and compared. off: what is fed from "
		  "then on keeps none, and who asks by one is told so." },
	{ .name = "code-sets", .kind = CONFIG_PATH, .offset = AT(code_sets),
	  .help = "The codes the affinity domain allows: a table that minato codes import writes, "
		  "such as codes.tsv. It adds to what sections codes allow. A reload reads it "
		  "again. Without it, and without such sections, every code is accepted. Codes of "
		  "Japanese regions are shipped in " MINATO_DATADIR "/codes/japan.tsv." },
	{ .name = "retention-at", .kind = CONFIG_TEXT, .offset = AT(retention_at),
	  .preset = "03:00",
	  .help = "When the rules of retention are carried out every day, HH:MM in the host's "
		  "zone. One that was missed (the daemon was stopped) is made up for when it "
		  "starts, if it had the rules before; one that failed is tried again after an "
		  "hour. Who restores a backup because a rule let go too much takes the rule away "
		  "before he starts the daemon." },
	{ .name = "signature-anchors", .kind = CONFIG_PATH, .offset = AT(signature_anchors),
	  .help = "PEM file with the authorities whose certificates may sign documents (ITI "
		  "TF-3: 5.5.5). A reload reads it again. Without it no signature is valid: each "
		  "is unverifiable, or invalid." },
	{ .name = "signature-revocations", .kind = CONFIG_PATH,
	  .offset = AT(signature_revocations),
	  .help = "PEM file with their revocation lists. Without it nothing is taken as "
		  "revoked, and minato document signatures says that nobody looked." },
	{ .name = "invalid-signatures", .kind = CONFIG_CHOICE, .offset = AT(invalid_signatures),
	  .preset = "take", .choices = "take refuse",
	  .help = "What becomes of a submission (ITI-41) with a signature that does not hold. "
		  "take: it is kept, and its sender is warned. refuse: it is not kept." },
	{ .name = "signature-sha1", .kind = CONFIG_FLAG, .offset = AT(signature_sha1),
	  .preset = "no",
	  .help = "A signature that stands on SHA-1 may be valid; without it, it is "
		  "unverifiable, for others can make a document of the same hash." },
	{ .name = "assertion-audiences", .kind = CONFIG_TEXTS, .offset = AT(assertion_audiences),
	  .help = "Who we are to those who issue assertions about persons (ITI TF-2: 3.40): each "
		  "AudienceRestriction has to name one of these. Without it: urn:oid: and the "
		  "affinity-domain." },
	{ .name = "assertions-remembered", .kind = CONFIG_COUNT,
	  .offset = AT(assertions_remembered), .preset = "65536", .least = 16, .most = 10000000,
	  .help = "Assertions that are in their time, at once: each belongs to the system that "
		  "presented it first, and is refused of another. When there are more, new ones "
		  "are refused as busy. Each takes 120 octets of memory." },
	{ 0 }
};
#undef AREA

/* One row an actor of profiles/actor.c that may be off. */
#define AREA struct actors
static const struct config_key actors[] = {
	{ .name = "cross-reference-manager", .kind = CONFIG_FLAG,
	  .offset = AT(on[PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER]), .preset = "yes",
	  .help = "The Patient Identifier Cross-reference Manager: ITI-8, 9, 30, 44, 45." },
	{ .name = "demographics-supplier", .kind = CONFIG_FLAG,
	  .offset = AT(on[PATIENT_DEMOGRAPHICS_SUPPLIER]), .preset = "yes",
	  .help = "The Patient Demographics Supplier: ITI-21, 22, 47. It knows whom the actors "
		  "that are on have been told of." },
	{ .name = "document-registry", .kind = CONFIG_FLAG, .offset = AT(on[DOCUMENT_REGISTRY]),
	  .preset = "yes",
	  .help = "The Document Registry: ITI-18, 42, and ITI-8 and 44 from the affinity domain's "
		  "source. Without the cross-reference manager there must be such a source "
		  "(feeds-affinity-domain of a system), or no patient would ever be known." },
	{ .name = "document-repository", .kind = CONFIG_FLAG, .offset = AT(on[DOCUMENT_REPOSITORY]),
	  .preset = "yes",
	  .help = "The Document Repository: ITI-41, 43. It registers what it takes with the "
		  "Document Registry of this gateway, which must be on." },
	{ .name = "document-recipient", .kind = CONFIG_FLAG, .offset = AT(on[DOCUMENT_RECIPIENT]),
	  .preset = "yes",
	  .help = "The Document Recipient of XDR: ITI-41 at /xdr/NAME, for each section inbox. "
		  "What it takes is for that inbox's facility alone." },
	{ .name = "notification-broker", .kind = CONFIG_FLAG,
	  .offset = AT(on[DOCUMENT_METADATA_NOTIFICATION_BROKER]), .preset = "yes",
	  .help = "The Document Metadata Notification Broker: ITI-52, 54, and ITI-53 to those who "
		  "subscribed. Off, nothing more is told; subscriptions stay until they end." },
	{ .name = "notification-pull-point", .kind = CONFIG_FLAG,
	  .offset = AT(on[NOTIFICATION_PULL_POINT]), .preset = "yes",
	  .help = "The Notification Pull Point: ITI-69, 70. Who cannot be called subscribes for "
		  "one of its own and fetches what waits there. Off, it goes on to fill." },
	{ 0 }
};
#undef AREA

#define AREA struct config_door
#define ADDRESS_ROW(address_preset) \
	{ .name = "address", .kind = CONFIG_ADDRESS, .offset = AT(address), \
	  .preset = address_preset, .restart = true, \
	  .help = "The numeric address to listen on; 0.0.0.0 or :: for every one." }
#define PORT_ROW(...) \
	{ .name = "port", .kind = CONFIG_COUNT, .offset = AT(port), __VA_ARGS__, .most = 65535, \
	  .restart = true, \
	  .help = "The TCP port; 0 lets the system choose." }
#define CLIENTS_ROW(whom) \
	{ .name = "client-certificates", .kind = CONFIG_CHOICE, .offset = AT(client_certificates), \
	  .preset = "required", .choices = "required optional none", \
	  .help = "required: who shows no certificate is not let in (ITI TF-2: 3.19). " whom }
#define TLS_ROWS \
	{ .name = "certificate", .kind = CONFIG_PATH, .offset = AT(tls.certificate), \
	  .preset = "pki/server.pem", \
	  .help = "PEM file with this door's certificate, its chain and its private key; " \
		  "readable by its owner only. A reload reads it again." }, \
	{ .name = "ca", .kind = CONFIG_PATH, .offset = AT(tls.ca), .preset = "pki/ca.pem", \
	  .help = "PEM file with the authorities whose client certificates are accepted (ITI " \
		  "TF-2: 3.19)." }, \
	{ .name = "crl", .kind = CONFIG_PATH, .offset = AT(tls.crl), \
	  .help = "PEM file with their revocation lists. Without it nothing is taken as " \
		  "revoked." }, \
	{ .name = "tls-profile", .kind = CONFIG_WORD, .offset = AT(tls.profile), \
	  .preset = "ihe-bcp195", .choices = "ihe-bcp195 ihe-stx-strict dicom-b13 tls13-only", \
	  .help = "ihe-bcp195: TLS 1.2 and 1.3 by RFC 9325. ihe-stx-strict: and the DHE suites " \
		  "ITI-19 names. dicom-b13: DICOM PS3.15 B.13. tls13-only." }, \
	{ .name = "handshake-within", .kind = CONFIG_SECONDS, \
	  .offset = AT(limits.handshake_seconds), .preset = "10s", .least = 1, .most = 300, \
	  .help = "A TLS handshake that takes longer is given up." }, \
	{ .name = "handshakes", .kind = CONFIG_COUNT, .offset = AT(limits.handshakes), \
	  .preset = "1024", .least = 16, .most = 1000000, \
	  .help = "Connections whose TLS handshake has not ended, beside those of connections; " \
		  "the oldest gives way to one more, and of its own address where " \
		  "connections-per-peer says so." }, \
	{ .name = "descriptors-kept", .kind = CONFIG_COUNT, .offset = AT(limits.descriptors_kept), \
	  .preset = "256", .most = 1000000, \
	  .help = "File descriptors kept for the store, for spools and for the operator: where " \
		  "fewer are free, this door lets connections go. Half of all are kept at " \
		  "most." }, \
	{ .name = "recheck-every", .kind = CONFIG_SECONDS, .offset = AT(limits.recheck_seconds), \
	  .preset = "10min", .least = 10, .most = 86400, \
	  .help = "How often the certificate of a long connection is held against the crl " \
		  "again." }
#define CONNECTION_ROWS(connections_preset, per_peer_preset, idle_preset, total_preset) \
	{ .name = "connections", .kind = CONFIG_COUNT, .offset = AT(limits.connections), \
	  .preset = connections_preset, .least = 1, .most = 1000000, \
	  .help = "Connections open at once; more are turned away." }, \
	{ .name = "connections-per-peer", .kind = CONFIG_COUNT, \
	  .offset = AT(limits.connections_per_peer), .preset = per_peer_preset, .least = 1, \
	  .most = 1000000, \
	  .help = "Of these from one peer: by certificate once it is known, else by address." }, \
	{ .name = "idle-within", .kind = CONFIG_SECONDS, .offset = AT(limits.idle_seconds), \
	  .preset = idle_preset, .least = 1, .most = 2592000, \
	  .help = "A connection on which nothing happens for that long is closed." }, \
	{ .name = "message-within", .kind = CONFIG_SECONDS, .offset = AT(limits.total_seconds), \
	  .preset = total_preset, .least = 1, .most = 86400, \
	  .help = "A message must be complete within that time of its first octet." }
#define HTTP_ROWS(body_preset) \
	{ .name = "request-line", .kind = CONFIG_OCTETS, .offset = AT(limits.request_line), \
	  .preset = "8KiB", .least = 256, .most = KIB(64), \
	  .help = "Octets of a request line." }, \
	{ .name = "header-block", .kind = CONFIG_OCTETS, .offset = AT(limits.header_block), \
	  .preset = "32KiB", .least = KIB(1), .most = MIB(1), \
	  .help = "Octets of all header fields of a message." }, \
	{ .name = "headers", .kind = CONFIG_NUMBER, .offset = AT(limits.headers), .preset = "100", \
	  .least = 8, .most = 1000, \
	  .help = "Header fields of a message." }, \
	{ .name = "body", .kind = CONFIG_OCTETS, .offset = AT(limits.body), .preset = body_preset, \
	  .least = KIB(1), .most = UINT64_C(1) << 40, \
	  .help = "Octets of a body. Documents stream, so memory does not grow with it." }, \
	{ .name = "head-within", .kind = CONFIG_SECONDS, .offset = AT(limits.head_seconds), \
	  .preset = "15s", .least = 1, .most = 300, \
	  .help = "The header fields of a message must be complete within that time." }
#define RATE_ROW \
	{ .name = "least-rate", .kind = CONFIG_COUNT, .offset = AT(limits.least_rate), \
	  .preset = "1024", .most = 1 << 20, \
	  .help = "Octets a second a body must keep up on average after 5 s; ends those who " \
		  "send drop by drop." }, \
	{ .name = "stalled-within", .kind = CONFIG_SECONDS, .offset = AT(limits.stall_seconds), \
	  .preset = "30s", .least = 1, .most = 3600, \
	  .help = "A body that comes, or an answer that is read, at less than least-rate for " \
		  "that long is given up, however quickly it began; what waits in buffers is " \
		  "not read." }, \
	{ .name = "begun-within", .kind = CONFIG_SECONDS, .offset = AT(limits.begun_seconds), \
	  .preset = "5s", .least = 1, .most = 300, \
	  .help = "A message that has waited longer than that before anything was done for it is " \
		  "refused as busy: more is asked than can be answered, and who waits longer " \
		  "has given up, or asked again." }

#define HTTPS_ROWS \
	CLIENTS_ROW("optional: one is asked for, and one that is shown must hold. none: it is " \
		    "not asked for. Who has shown none is no system: no transaction is open to " \
		    "it, only health and metrics, where they are served."), \
	{ .name = "serves", .kind = CONFIG_WORDS, .offset = AT(served), .preset = "transactions", \
	  .choices = "transactions health metrics", \
	  .help = "What is to be had at this door: transactions, /health/live and /health/ready, " \
		  "/metrics. Without transactions it has threads of its own." }, \
	TLS_ROWS, CONNECTION_ROWS("8192", "256", "5min", "1h"), HTTP_ROWS("2GiB"), RATE_ROW
#define MLLP_ROWS \
	CLIENTS_ROW("Nothing else is possible here: no transaction of HL7 v2 is open to whoever " \
		    "is no system."), \
	TLS_ROWS, CONNECTION_ROWS("8192", "256", "5min", "1h"), \
	{ .name = "frame", .kind = CONFIG_OCTETS, .offset = AT(limits.frame), .preset = "1MiB", \
	  .least = KIB(4), .most = MIB(64), \
	  .help = "Octets of one HL7 v2 message." }, \
	{ .name = "frame-within", .kind = CONFIG_SECONDS, .offset = AT(limits.head_seconds), \
	  .preset = "30s", .least = 1, .most = 3600, \
	  .help = "A frame must be complete within that time of its first octet." }, \
	RATE_ROW

static const struct config_key https[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.preset = "8443"), HTTPS_ROWS, { 0 }
};
static const struct config_key https_door[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.needed = true), HTTPS_ROWS, { 0 }
};
static const struct config_key mllp[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.preset = "2575"), MLLP_ROWS, { 0 }
};
static const struct config_key mllp_door[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.needed = true), MLLP_ROWS, { 0 }
};
static const struct config_key admin[] = {
	ADDRESS_ROW("127.0.0.1"), PORT_ROW(.preset = "8480"),
	CONNECTION_ROWS("64", "64", "1min", "1min"), HTTP_ROWS("64KiB"), { 0 }
};
#undef AREA

#define AREA struct store_keys
static const struct config_key store[] = {
	{ .name = "directory", .kind = CONFIG_PATH, .offset = AT(directory), .preset = "data",
	  .restart = true,
	  .help = "Where everything is kept. Made when missing; readable by the daemon's user "
		  "only." },
	{ .name = "cache", .kind = CONFIG_OCTETS, .offset = AT(cache), .preset = "0B",
	  .least = 0, .most = GIB(1024), .restart = true,
	  .help = "Memory for the pages of the store; as much of the store as you can spare. "
		  "0B: an eighth of the memory there is, 64 MiB at least and 1 GiB at most." },
	{ .name = "snapshot-memory", .kind = CONFIG_OCTETS, .offset = AT(snapshot_memory),
	  .preset = "0B", .least = 0, .most = GIB(1024), .restart = true,
	  .help = "The most that is kept of what changes while somebody reads. A reader so slow "
		  "that this is not enough fails alone, with an error that names this key. 0B: a "
		  "sixteenth of the memory there is, 64 MiB at least and 1 GiB at most." },
	{ .name = "audit-reserve", .kind = CONFIG_OCTETS, .offset = AT(audit_reserve),
	  .preset = "32MiB", .least = 0, .most = GIB(64), .restart = true,
	  .help = "Room on the store's disk that is kept for audit records: while nothing else can "
		  "be written, questions are answered for some 30,000 records more. 0B: none." },
	{ 0 }
};
#undef AREA

#define AREA struct service_keys
static const struct config_key service[] = {
	{ .name = "exchange-memory", .kind = CONFIG_OCTETS, .offset = AT(exchange_memory),
	  .preset = "64MiB", .least = MIB(1), .most = GIB(64),
	  .help = "The most one exchange may use. One that reaches it fails alone "
		  "(XDSRegistryOutOfResources)." },
	{ .name = "answers-memory", .kind = CONFIG_OCTETS, .offset = AT(answers_memory),
	  .preset = "32MiB", .least = 0, .most = GIB(64),
	  .help = "What all long answers that are not sent yet may hold in memory; beyond it they "
		  "go to files in the data directory, without names, that are gone when they are "
		  "sent." },
	{ .name = "answers-disk", .kind = CONFIG_OCTETS, .offset = AT(answers_disk),
	  .preset = "4GiB", .least = MIB(1), .most = GIB(1024),
	  .help = "What these files may hold together. An answer that finds no room is refused "
		  "(XDSRegistryBusy)." },
	{ .name = "workers", .kind = CONFIG_COUNT, .offset = AT(workers), .preset = "0", .least = 0,
	  .most = 1024, .restart = true,
	  .help = "Threads that run exchanges. 0: two more than there are processors. For "
		  "peers that have much under way there are others, one less than processors." },
	{ .name = "loops", .kind = CONFIG_COUNT, .offset = AT(loops), .preset = "2", .least = 1,
	  .most = 64, .restart = true,
	  .help = "Threads that serve connections, beside one that accepts them and one for what "
		  "is long." },
	{ .name = "stop-within", .kind = CONFIG_SECONDS, .offset = AT(stop_within), .preset = "30s",
	  .most = 3600,
	  .help = "How long running exchanges may still take when the daemon is told to stop." },
	{ .name = "ready-within", .kind = CONFIG_SECONDS, .offset = AT(ready_within),
	  .preset = "10s", .least = 1, .most = 300,
	  .help = "How long workers, store, committer and disk have to do a little of what they "
		  "are there for; one that has not is told as not ready (/health/ready, minato "
		  "status)." },
	{ .name = "long-work-waiting", .kind = CONFIG_COUNT, .offset = AT(long_work_waiting),
	  .preset = "16", .least = 0, .most = 256,
	  .help = "Imports, checks, verifications and backups that may wait while others are at "
		  "work; more are refused. Two are at work at a time." },
	{ .name = "long-reads-waiting", .kind = CONFIG_COUNT, .offset = AT(long_reads_waiting),
	  .preset = "32", .least = 1, .most = 100000,
	  .help = "Requests of one system that may wait because they take long: large documents "
		  "that are to be verified by their hash first, and questions that look at much. "
		  "One thread does each, systems by turns; more are refused (XDSRegistryBusy, "
		  "XDSRepositoryBusy)." },
	{ .name = "open-documents-per-peer", .kind = CONFIG_COUNT, .offset = AT(open_documents),
	  .preset = "256", .least = 1, .most = 1000000,
	  .help = "Documents of more than 64 KiB that may be on their way to one system at once, "
		  "each an open file until its answer has left; more are refused "
		  "(XDSRepositoryBusy)." },
	{ .name = "log-level", .kind = CONFIG_CHOICE, .offset = AT(log_level), .preset = "notice",
	  .choices = "error warning notice detail",
	  .help = "The least urgent lines still written. Patient data never is." },
	{ .name = "socket", .kind = CONFIG_PATH, .offset = AT(socket), .preset = "data/admin.sock",
	  .restart = true,
	  .help = "The local socket of the operator's tool; for root and the daemon's own user "
		  "only. At most 107 octets." },
	{ .name = "grammars", .kind = CONFIG_PATH, .offset = AT(grammars),
	  .preset = MINATO_DATADIR "/grammar", .restart = true,
	  .help = "The RELAX NG grammars that requests of systems with strict-input are "
		  "validated against." },
	{ 0 }
};
#undef AREA

/* A consumer has few answers under way; a thousand of them means that it has been away for
 * hours. */
#define AREA struct outbox_keys
static const struct config_key outbox[] = {
	{ .name = "errands", .kind = CONFIG_COUNT, .offset = AT(errands), .preset = "10000",
	  .least = 1, .most = 1000000,
	  .help = "Errands that may wait in all, those set aside included: answers that go "
		  "elsewhere (wsa:ReplyTo). Beyond it what would cause one is refused "
		  "(outbox-full)." },
	{ .name = "errands-per-partner", .kind = CONFIG_COUNT, .offset = AT(errands_per_partner),
	  .preset = "1000", .least = 1, .most = 1000000,
	  .help = "Of these for one system." },
	{ .name = "octets", .kind = CONFIG_OCTETS, .offset = AT(octets), .preset = "1GiB",
	  .least = MIB(1), .most = GIB(1024),
	  .help = "Octets they may take up in the store. Documents that are kept anyway do not "
		  "count." },
	{ .name = "octets-per-partner", .kind = CONFIG_OCTETS, .offset = AT(octets_per_partner),
	  .preset = "256MiB", .least = MIB(1), .most = GIB(1024),
	  .help = "Of these for one system." },
	{ .name = "give-up-after", .kind = CONFIG_SECONDS, .offset = AT(give_up_seconds),
	  .preset = "1d", .least = 1, .most = 2592000,
	  .help = "An errand that could not be done for so long is set aside and told; minato "
		  "errand retry has it tried again." },
	{ 0 }
};
#undef AREA

#define AREA struct audit_keys
static const struct config_key audit[] = {
	{ .name = "enterprise-site-id", .kind = CONFIG_TEXT, .offset = AT(enterprise_site_id),
	  .restart = true,
	  .help = "AuditEnterpriseSiteID of every audit record (ITI TF-2: 3.20.7). Without it: "
		  "the affinity domain." },
	{ .name = "source-id", .kind = CONFIG_TEXT, .offset = AT(source_id), .preset = "minato",
	  .restart = true,
	  .help = "AuditSourceID: this node among the sources of the site." },
	{ .name = "anchor-key", .kind = CONFIG_PATH, .offset = AT(anchor_key), .restart = true,
	  .help = "PEM file with the Ed25519 key that signs the end of the audit log now and then "
		  "(minato init makes one). Without it, who can write the data directory can "
		  "rewrite the log unseen. Not below the data directory." },
	{ .name = "anchors", .kind = CONFIG_PATH, .offset = AT(anchors), .preset = "audit/anchors",
	  .restart = true,
	  .help = "The file those signatures are added to. Not below the data directory; best on "
		  "another disk, and append-only." },
	{ .name = "others-anchor-keys", .kind = CONFIG_PATH, .offset = AT(others_anchor_keys),
	  .restart = true,
	  .help = "PEM file with the public keys that the other nodes of the region sign their "
		  "chains with. What they have signed then counts as signed. Without it: what "
		  "this node's key has signed." },
	{ .name = "anchor-every", .kind = CONFIG_SECONDS, .offset = AT(anchor_seconds),
	  .preset = "60s", .least = 1, .most = 86400, .restart = true,
	  .help = "How long the log may grow before its end is signed again: what is younger can "
		  "be rewritten unseen." },
	{ 0 }
};
#undef AREA

#define AREA struct config_audit_repository
static const struct config_key audit_repository[] = {
	{ .name = "host", .kind = CONFIG_TEXT, .offset = AT(host), .needed = true,
	  .help = "Name or address of the Audit Record Repository." },
	{ .name = "port", .kind = CONFIG_COUNT, .offset = AT(port), .preset = "6514", .least = 1,
	  .most = 65535,
	  .help = "Its port for syslog over TLS (RFC 5425)." },
	{ .name = "ca", .kind = CONFIG_PATH, .offset = AT(ca), .preset = "pki/ca.pem",
	  .help = "PEM file with the authorities its certificate is checked against." },
	{ .name = "certificate", .kind = CONFIG_PATH, .offset = AT(certificate),
	  .preset = "pki/server.pem",
	  .help = "PEM file with our certificate and key towards it." },
	{ 0 }
};
#undef AREA

#define AREA struct ssmix2_keys
static const struct config_key ssmix2[] = {
	{ .name = "documents", .kind = CONFIG_CHOICE, .offset = AT(documents), .preset = "copy",
	  .choices = "copy reference",
	  .help = "copy: bytes are taken into the store. reference: they stay in the SS-MIX2 "
		  "storage, which must then stay readable; each is verified by its hash when it "
		  "is retrieved." },
	{ 0 }
};
#undef AREA

/* Eight calls at a time that take a tenth of a second are eighty a second; whoever has not answered
 * in a minute will not. */
#define AREA struct partner_keys
static const struct config_key partner[] = {
	{ .name = "url", .kind = CONFIG_TEXT, .offset = AT(partner.url), .needed = true,
	  .help = "Where it is called: https://HOST:PORT/PATH; for pix-notifications also "
		  "mllps://HOST:PORT. No two partners have the same." },
	{ .name = "for", .kind = CONFIG_WORDS, .offset = AT(purposes), .needed = true,
	  .choices = "answers registry pix-notifications subscriptions",
	  .help = "What it is called for. answers: it takes answers whose wsa:ReplyTo is its url, "
		  "of the systems that name it in their reply-to (ITI TF-2: V.5). registry: it is "
		  "the Document Registry our repository registers its documents with (ITI-42), "
		  "instead of our own; one partner at most. pix-notifications: it is told when ids "
		  "change, of the systems that name it in their notify, and is for nothing else: "
		  "by HL7 v2 over MLLP (ITI-10) or, where its url is https, by HL7 v3 (ITI-46). "
		  "subscriptions: it is told of what is registered (ITI-53), where a system that "
		  "names it in its consumers has subscribed for it." },
	{ .name = "device-id", .kind = CONFIG_OID, .offset = AT(partner.device_id),
	  .help = "OID of the application that is told by HL7 v3, the receiver's device id (ITI "
		  "TF-2: O.1.1). Needed for pix-notifications by https." },
	{ .name = "ca", .kind = CONFIG_PATH, .offset = AT(ca),
	  .help = "PEM file with the authorities its certificate is checked against. Without it "
		  "and server-certificate: https ca." },
	{ .name = "server-certificate", .kind = CONFIG_PATH, .offset = AT(server_certificate),
	  .help = "Instead of ca: PEM file with its own certificate; this one and no other is "
		  "taken." },
	{ .name = "server-name", .kind = CONFIG_TEXT, .offset = AT(partner.identity.server_name),
	  .help = "The name its certificate bears, where that is not the host of the url." },
	{ .name = "certificate", .kind = CONFIG_PATH, .offset = AT(partner.identity.certificate),
	  .help = "PEM file with our certificate and key towards it. Without it: https "
		  "certificate." },
	{ .name = "connections", .kind = CONFIG_COUNT, .offset = AT(partner.connections),
	  .preset = "8", .least = 1, .most = 64,
	  .help = "Calls to it that may be under way at once, those of requests and of errands "
		  "together; others wait, and requests go before errands." },
	{ .name = "connect-within", .kind = CONFIG_SECONDS,
	  .offset = AT(partner.identity.connect_seconds), .preset = "10s", .least = 1, .most = 60,
	  .help = "It must have taken the connection, TLS included, within that time." },
	{ .name = "answer-within", .kind = CONFIG_SECONDS, .offset = AT(partner.answer_seconds),
	  .preset = "60s", .least = 1, .most = 600,
	  .help = "A call must be over within that time, and a second more for each MiB that is "
		  "sent." },
	{ 0 }
};
#undef AREA

#define AREA struct repository_keys
static const struct config_key repository[] = {
	{ .name = "systems", .kind = CONFIG_TEXTS, .offset = AT(systems),
	  .help = "Systems whose documents it takes from now on, submitted (ITI-41) or imported; "
		  "what no repository takes is region repository-unique-id's. Without it: none, it "
		  "gives out what it has." },
	{ .name = "directory", .kind = CONFIG_PATH, .offset = AT(directory), .restart = true,
	  .help = "Where its documents of more than 64 KiB stand, such as on another disk. Made "
		  "when missing. Without it: with all others in the store's directory, where what "
		  "came before stays." },
	{ 0 }
};
#undef AREA

#define AREA struct inbox_keys
static const struct config_key inbox[] = {
	{ .name = "facility", .kind = CONFIG_TEXT, .offset = AT(facility), .needed = true,
	  .help = "The system whose facility it is of. That system, and others of its facility, "
		  "fetch what is in it; nobody else does." },
	{ .name = "repository-unique-id", .kind = CONFIG_OID, .offset = AT(repository_unique_id),
	  .needed = true,
	  .help = "OID by which the facility fetches documents from it (ITI-43); of no "
		  "repository and no other inbox. For all others there is no such repository." },
	{ .name = "from", .kind = CONFIG_TEXTS, .offset = AT(from),
	  .help = "Systems that may push to it; \"*\": every registered one. For others there is "
		  "no such inbox (UnknownRecipient)." },
	{ .name = "limited-metadata", .kind = CONFIG_FLAG, .offset = AT(limited_metadata),
	  .preset = "no",
	  .help = "Objects with the marker limitedMetadata may lack what a Metadata-Limited "
		  "Document Source need not know (Accepts Limited Metadata Option, ITI TF-1: "
		  "15.2.3). Without it such objects are refused." },
	{ .name = "media-types", .kind = CONFIG_TEXTS, .offset = AT(media_types),
	  .help = "Media types of documents it takes, such as application/pdf; others are refused "
		  "(InvalidDocumentContent). Without it: any." },
	{ .name = "quota", .kind = CONFIG_OCTETS, .offset = AT(quota), .preset = "1GiB",
	  .least = KIB(64), .most = GIB(1024 * 1024),
	  .help = "Octets that what it holds may take up, until it is dropped (minato inbox "
		  "drop); what goes beyond is refused (XDSRepositoryOutOfResources). It counts "
		  "for disk-quota of who sent it as well." },
	{ .name = "most", .kind = CONFIG_COUNT, .offset = AT(most), .preset = "1000", .least = 1,
	  .most = 100000,
	  .help = "Submissions it may hold, taken ones included." },
	{ 0 }
};
#undef AREA

#define AREA struct on_demand_keys
static const struct config_key on_demand[] = {
	{ .name = "repository", .kind = CONFIG_OID, .offset = AT(repository_unique_id),
	  .help = "The repositoryUniqueId it is fetched by: region repository-unique-id, or one "
		  "that has a repository section. Without it: region repository-unique-id. What "
		  "was registered under another one is made no more." },
	{ .name = "cda", .kind = CONFIG_FLAG, .offset = AT(forms[MEDICATION_CDA]), .preset = "no",
	  .help = "As HL7 CDA Release 2 (text/xml)." },
	{ .name = "fhir", .kind = CONFIG_FLAG, .offset = AT(forms[MEDICATION_FHIR]),
	  .preset = "no",
	  .help = "As a FHIR R4 document (application/fhir+json)." },
	{ .name = "persist", .kind = CONFIG_FLAG, .offset = AT(persists), .preset = "no",
	  .help = "Each list that is given becomes a document of its own (ITI TF-2: 3.43.4.2.3, "
		  "Persistence of Retrieved Documents), the same as long as its content is, seen "
		  "by whoever may see all the prescriptions in it." },
	{ 0 }
};
#undef AREA

#define AREA struct domain_keys
static const struct config_key domain[] = {
	{ .name = "namespace", .kind = CONFIG_TEXT, .offset = AT(namespace_id), .needed = true,
	  .help = "HD.1: the name this domain has in HL7 v2." },
	{ 0 }
};
#undef AREA

#define AREA struct codes_keys
static const struct config_key codes[] = {
	{ .name = "allow", .kind = CONFIG_TEXTS, .offset = AT(allow), .needed = true,
	  .help = "The codes allowed, each as CODE^SCHEME; for mimeType and languageCode the "
		  "values alone. An attribute without such a section accepts every code." },
	{ 0 }
};
#undef AREA

#define AREA struct assertion_issuer_keys
static const struct config_key assertion_issuer[] = {
	{ .name = "entity-id", .kind = CONFIG_TEXT, .offset = AT(entity_id), .needed = true,
	  .help = "Its name in Issuer, octet by octet." },
	{ .name = "certificate", .kind = CONFIG_PATH, .offset = AT(certificate), .needed = true,
	  .help = "PEM file with the certificates it signs with, eight at most: these and no "
		  "others, whoever issued them, while they are in force. RSA of 2048 bits at "
		  "least, or a curve of 256. A reload reads it again." },
	{ .name = "max-lifetime", .kind = CONFIG_SECONDS, .offset = AT(max_lifetime),
	  .preset = "15min", .least = 1, .most = 86400,
	  .help = "So long an assertion may live, from NotBefore to NotOnOrAfter." },
	{ .name = "skew", .kind = CONFIG_SECONDS, .offset = AT(skew), .preset = "60s", .least = 0,
	  .most = 180,
	  .help = "By so much its clock may differ from ours." },
	{ .name = "authn-contexts", .kind = CONFIG_TEXTS, .offset = AT(contexts),
	  .help = "How persons have to be authenticated: AuthnContextClassRef or "
		  "AuthnContextDeclRef is one of these. Without it: anyhow." },
	{ .name = "organizations", .kind = CONFIG_TEXTS, .offset = AT(organizations),
	  .help = "For whose people it may speak: organization-id is one of these, without "
		  "urn:oid:. Without it: for anybody's." },
	{ .name = "roles", .kind = CONFIG_TEXTS, .offset = AT(roles),
	  .help = "Which roles it may give, as CODE^OID. Without it: any." },
	{ 0 }
};
#undef AREA

#define AREA struct system_keys
static const struct config_key system_rows[] = {
	{ .name = "title", .kind = CONFIG_TEXT, .offset = AT(system.title), .needed = true,
	  .help = "The facility's name, for people." },
	{ .name = "institution-code", .kind = CONFIG_TEXT, .offset = AT(system.institution_code),
	  .help = "The ten digits of the medical institution code." },
	{ .name = "role", .kind = CONFIG_TEXT, .offset = AT(system.role),
	  .help = "The role, by region policy, of whoever uses this system when no assertion "
		  "says whose it is. Without it: pharmacist where the third digit of "
		  "institution-code is 4, physician where it is 1 or 3, if the policy has such a "
		  "role; else none." },
	{ .name = "certificate", .kind = CONFIG_PATH, .offset = AT(certificate),
	  .help = "PEM file with its certificate: this one and no other is that system. A key in "
		  "it is not read." },
	{ .name = "certificate-sha256", .kind = CONFIG_SHA256,
	  .offset = AT(system.certificate_sha256),
	  .help = "Instead of the file: SHA-256 of the certificate (DER) in hexadecimal digits, "
		  "colons allowed." },
	{ .name = "next-certificate", .kind = CONFIG_PATH, .offset = AT(next_certificate),
	  .help = "PEM file with the certificate that will take its place: until then both are "
		  "that system." },
	{ .name = "domains", .kind = CONFIG_OIDS, .offset = AT(system.domains),
	  .help = "Patient identifier domains it owns: it alone feeds them. The first is its "
		  "default." },
	{ .name = "pix-domains", .kind = CONFIG_TEXTS, .offset = AT(system.pix_domains),
	  .help = "Domains of others whose ids it may be told, besides its own and the affinity "
		  "domain's; \"*\" for all. By default nobody sees another's numbers." },
	{ .name = "notify", .kind = CONFIG_TEXT, .offset = AT(system.notify),
	  .help = "The partner that is told when ids this system may be told of change (PIX Update "
		  "Notification, ITI-10, ITI-46). Without it: none." },
	{ .name = "transactions", .kind = CONFIG_TEXTS, .offset = AT(system.transactions),
	  .help = "What it may use, by code, such as ITI-18 and ITI-43; all else is refused and "
		  "recorded. Without it: all." },
	{ .name = "reply-to", .kind = CONFIG_TEXTS, .offset = AT(system.reply_to),
	  .help = "Partners an answer may be sent to when it asks for that: wsa:ReplyTo must be "
		  "the url of one." },
	{ .name = "consumers", .kind = CONFIG_TEXTS, .offset = AT(system.consumers),
	  .help = "Partners it may subscribe for (ITI-52): wsnt:ConsumerReference must be the "
		  "url of one. They are told of what this system may see. A pull point of its own "
		  "(ITI-69) needs none. Without it: none." },
	{ .name = "hl7-facility", .kind = CONFIG_TEXT, .offset = AT(system.hl7_facility),
	  .help = "MSH-4 it must use. Without it: any." },
	{ .name = "hl7-application", .kind = CONFIG_TEXT, .offset = AT(system.hl7_application),
	  .help = "MSH-3 it must use. Without it: any." },
	{ .name = "charset", .kind = CONFIG_TEXT, .offset = AT(system.charset),
	  .help = "Character set of its HL7 v2 messages without MSH-18, in the notation of "
		  "MSH-18, repetitions by ~. Without it: UTF-8." },
	{ .name = "assertions", .kind = CONFIG_CHOICE, .offset = AT(assertions),
	  .preset = "optional", .choices = "optional required forbidden",
	  .help = "Whether its SOAP requests come with an assertion about the person who asks "
		  "(XUA, ITI TF-2: 3.40). optional: one that comes is verified. required: without "
		  "one nothing is answered. forbidden: with one nothing is. Where there is no "
		  "section assertion-issuer, none is understood." },
	{ .name = "organizations", .kind = CONFIG_TEXTS, .offset = AT(system.organizations),
	  .help = "Whose people may ask through it: an assertion's organization-id is one of "
		  "these, without urn:oid:; \"*\" for anybody's, also where it says none. Without "
		  "it: nobody's, and every assertion is refused." },
	{ .name = "disk-quota", .kind = CONFIG_OCTETS, .offset = AT(system.disk_quota),
	  .least = 0, .most = GIB(1024 * 1024),
	  .help = "As region disk-quota, which is its default." },
	{ .name = "strict-input", .kind = CONFIG_FLAG, .offset = AT(system.strict_input),
	  .preset = "no",
	  .help = "Validate its requests against the grammars of each transaction and refuse "
		  "what does not fit." },
	{ .name = "feeds-affinity-domain", .kind = CONFIG_FLAG,
	  .offset = AT(system.feeds_affinity_domain), .preset = "no",
	  .help = "It is the affinity domain's own Patient Identity Source. A person it has not "
		  "fed yet has an id of Minato's until it does." },
	{ .name = "replace-others", .kind = CONFIG_FLAG, .offset = AT(system.replace_others),
	  .preset = "no",
	  .help = "Its documents may replace those of other facilities that it may see (RPLC, "
		  "XFRM_RPLC); without it, its own only." },
	{ .name = "remove-others", .kind = CONFIG_FLAG, .offset = AT(system.remove_others),
	  .preset = "no",
	  .help = "It is the region's Document Administrator: it may remove documents and "
		  "metadata of other facilities that it may see (ITI-62, ITI-86); without it, its "
		  "own only." },
	{ .name = "update-others", .kind = CONFIG_FLAG, .offset = AT(system.update_others),
	  .preset = "no",
	  .help = "It is the region's Document Administrator: it may update metadata of other "
		  "facilities that it may see (ITI-57, ITI-92); without it, its own only." },
	{ .name = "publish", .kind = CONFIG_FLAG, .offset = AT(system.publish), .preset = "no",
	  .help = "It may publish what is registered elsewhere (Document Metadata Publish, "
		  "ITI-54)." },
	{ .name = "resolve-own-ids", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.resolve_own_ids),
	  .help = "Leniency: as region resolve-own-ids, which is its default (ITI TF-3: "
		  "4.2.3.2.16)." },
	{ .name = "fill-domain", .kind = CONFIG_FLAG, .offset = AT(system.lenient.fill_domain),
	  .preset = "yes",
	  .help = "Leniency: an id without assigning authority (PID-3.4) is of the system's "
		  "first domain (ITI TF-2: 3.8.4.1.3.1)." },
	{ .name = "any-hl7-version", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.any_hl7_version), .preset = "yes",
	  .help = "Leniency: MSH-12 may be another than 2.3.1 (ITI-8) or 2.5 (ITI-9, 21, 22, 30) "
		  "(ITI TF-2: C.2.2)." },
	{ .name = "missing-event-segments", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.missing_event_segments), .preset = "yes",
	  .help = "Leniency: EVN or PV1 may be absent in a feed (ITI TF-2: 3.8.4.1.2, 3.30.6)." },
	{ .name = "legacy-err", .kind = CONFIG_FLAG, .offset = AT(system.legacy_err),
	  .preset = "no",
	  .help = "Answer ERR in the form of HL7 2.3.1." },
	{ .name = "faults-as-500", .kind = CONFIG_FLAG, .offset = AT(system.faults_as_500),
	  .preset = "no",
	  .help = "Answer every SOAP fault with HTTP status 500, for Java clients that read the "
		  "body of no other (SOAP 1.2 part 2: 7.5.2.2 has 400 and 500)." },
	{ .name = "plain-soap-for-mtom", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.plain_soap_for_mtom), .preset = "yes",
	  .help = "Leniency: a request of ITI-41 or ITI-43 need not be multipart (ITI TF-2: "
		  "Appendix V.3.6)." },
	{ .name = "update-creates", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.update_creates), .preset = "yes",
	  .help = "Leniency: an update (A08, PRPA_IN201302UV02) of an id not known yet makes it "
		  "known (ITI TF-2: 3.8.4.1.3)." },
	{ .name = "twelve-digit-ids", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.twelve_digit_ids), .preset = "no",
	  .help = "Leniency: its own ids have twelve digits, so that one is not taken for an "
		  "Individual Number by its check digit (Act No. 27 of 2013, Article 20)." },
	{ .name = "local-sex-codes", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.local_sex_codes), .preset = "no",
	  .help = "Leniency: PID-8 may be 1 (male) or 2 (female), besides the codes of HL7 table "
		  "0001." },
	{ .name = "loose-authority", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.loose_authority), .preset = "yes",
	  .help = "Leniency: beside the OID of a domain of the region its name (HD.1) may be one "
		  "that nobody configured and its type (HD.3) not ISO, and the OID may stand in "
		  "HD.1 (ITI TF-2: Appendix E.1)." },
	{ .name = "mllp-framing", .kind = CONFIG_FLAG, .offset = AT(system.lenient.mllp_framing),
	  .preset = "yes",
	  .help = "Leniency: a frame may lack its start block, the CR behind its end block, or "
		  "have LF there (HL7 MLLP release 1: 2)." },
	{ .name = "unquoted-parameters", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.unquoted_parameters), .preset = "yes",
	  .help = "Leniency: parameters of Content-Type need no quotes where they should "
		  "(type=application/xop+xml), if they have one meaning (RFC 2045: 5.1)." },
	{ .name = "content-id-spelling", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.content_id_spelling), .preset = "yes",
	  .help = "Leniency: a cid: reference and its Content-ID may be percent-encoded "
		  "differently (RFC 2392: 2)." },
	{ .name = "lost-delimiter", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.lost_delimiter), .preset = "yes",
	  .help = "Leniency: MSH-2 may have lost one of its four characters on the way, as in "
		  "\"^~&\", where it can mean one thing only (HL7 2.5: 2.5.4)." },
	{ .name = "misnamed-charset", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.misnamed_charset), .preset = "yes",
	  .help = "Leniency: a message may be in UTF-8 although MSH-18 names another set, where "
		  "its octets can be nothing else (HL7 2.5: 2.15.9.18)." },
	{ .name = "unmodifiable-type", .kind = CONFIG_FLAG,
	  .offset = AT(system.lenient.unmodifiable_type), .preset = "no",
	  .help = "Leniency: a changed objectType (ITI-92) is told as UnmodifiableMetadataError, "
		  "as some test tools want it, not as XDSObjectTypeError (ITI RMU: 3.92.4.1.3)." },
	{ 0 }
};
#undef AREA

#define AREA struct retention_keys
static const struct config_key retention[] = {
	{ .name = "class", .kind = CONFIG_TEXTS, .offset = AT(classes),
	  .help = "Documents of these classCodes, each as CODE^SCHEME. A rule needs class or type; "
		  "with both, both must hold." },
	{ .name = "type", .kind = CONFIG_TEXTS, .offset = AT(types),
	  .help = "Documents of these typeCodes, each as CODE^SCHEME." },
	{ .name = "facility", .kind = CONFIG_TEXTS, .offset = AT(facilities),
	  .help = "Documents that these systems, or others of their facilities, submitted. "
		  "Without it: anybody's." },
	{ .name = "after-creation", .kind = CONFIG_TEXT, .offset = AT(after_creation),
	  .help = "A document goes so long after its creationTime: 180d, 6mon, 5y. A day is 24 "
		  "hours; months and years are the calendar's, in UTC, and end on the last day "
		  "of a month that is too short. Of a time told to the day or the year it is "
		  "the last moment that counts. What has no creationTime does not go." },
	{ .name = "after-acceptance", .kind = CONFIG_TEXT, .offset = AT(after_acceptance),
	  .help = "A document goes so long after its addressees had it: when a system of each "
		  "institution that the SubmissionSet's intendedRecipient names (by its "
		  "institution-code or title) has fetched it by ITI-43. What was fetched before "
		  "such a rule was in effect does not count." },
	{ .name = "keep-last", .kind = CONFIG_COUNT, .offset = AT(keep_last), .most = 10000,
	  .help = "Of each patient and type the newest so many stay, a document and what it "
		  "replaced counted as one. Beside a time, what is behind them goes when that "
		  "has come; alone, at once." },
	{ .name = "keep", .kind = CONFIG_FLAG, .offset = AT(keep), .preset = "no",
	  .help = "What this rule names stays, whatever others say; it has no time and no "
		  "number." },
	{ 0 }
};
#undef AREA

const struct config_section_kind config_sections[] = {
	[SECTION_REGION] = {
		.name = "region",
		.keys = region, .size = sizeof(struct region_keys),
		.help = "What this region is.",
	},
	[SECTION_ACTORS] = {
		.name = "actors",
		.keys = actors, .size = sizeof(struct actors),
		.help = "Which actors this gateway is. What is off is answered like what there "
		  "is not: wsa:ActionNotSupported, HL7 AR 200 or 201.",
	},
	[SECTION_HTTPS] = {
		.name = "https",
		.keys = https, .size = sizeof(struct config_door),
		.help = "The door for SOAP and FHIR: HTTPS with mutual authentication.",
	},
	[SECTION_MLLP] = {
		.name = "mllp",
		.keys = mllp, .size = sizeof(struct config_door),
		.help = "The door for HL7 v2: MLLP over TLS with mutual authentication.",
	},
	[SECTION_ADMIN] = {
		.name = "admin",
		.keys = admin, .size = sizeof(struct config_door),
		.help = "/metrics and /health, without TLS, on a loopback address only.",
	},
	[SECTION_HTTPS_DOOR] = {
		.name = "https-door", .title = "NAME",
		.keys = https_door, .size = sizeof(struct config_door), .like = "https",
		.help = "One more door of HTTPS. Its port must be said; its other keys are "
		  "those of https, with the same defaults.",
	},
	[SECTION_MLLP_DOOR] = {
		.name = "mllp-door", .title = "NAME",
		.keys = mllp_door, .size = sizeof(struct config_door), .like = "mllp",
		.help = "One more door of MLLP. Its port must be said; its other keys are those "
		  "of mllp, with the same defaults.",
	},
	[SECTION_STORE] = {
		.name = "store",
		.keys = store, .size = sizeof(struct store_keys),
		.help = "What we keep.",
	},
	[SECTION_SERVICE] = {
		.name = "service",
		.keys = service, .size = sizeof(struct service_keys),
		.help = "The daemon itself.",
	},
	[SECTION_OUTBOX] = {
		.name = "outbox",
		.keys = outbox, .size = sizeof(struct outbox_keys),
		.help = "What waits to be sent to others.",
	},
	[SECTION_AUDIT] = {
		.name = "audit",
		.keys = audit, .size = sizeof(struct audit_keys),
		.help = "How our audit records name us.",
	},
	[SECTION_AUDIT_REPOSITORY] = {
		.name = "audit-repository", .title = "NAME",
		.keys = audit_repository, .size = sizeof(struct config_audit_repository),
		.help = "Where audit records are delivered to, besides our own log; any number "
		  "of them.",
	},
	[SECTION_SSMIX2] = {
		.name = "ssmix2",
		.keys = ssmix2, .size = sizeof(struct ssmix2_keys),
		.help = "Imports from SS-MIX2 storages.",
	},
	[SECTION_PARTNER] = {
		.name = "partner", .title = "NAME",
		.keys = partner, .size = sizeof(struct partner_keys),
		.help = "Somebody this gateway calls over HTTPS.",
	},
	[SECTION_REPOSITORY] = {
		.name = "repository", .title = "OID",
		.keys = repository, .size = sizeof(struct repository_keys),
		.help = "A Document Repository besides region repository-unique-id, in the same "
		  "store: its documents are fetched by this repositoryUniqueId (ITI TF-2: "
		  "3.43).",
	},
	[SECTION_INBOX] = {
		.name = "inbox", .title = "NAME",
		.keys = inbox, .size = sizeof(struct inbox_keys),
		.help = "Where one facility is sent documents that are for it alone, such as "
		  "referrals (XDR, ITI TF-1: 15): ITI-41 at /xdr/NAME. They are not registered, "
		  "and no query finds them; the patient need not be known. minato inbox list "
		  "shows what is there.",
	},
	[SECTION_ON_DEMAND] = {
		.name = "on-demand", .title = "KIND",
		.keys = on_demand, .size = sizeof(struct on_demand_keys),
		.help = "What is made when somebody asks for it (ITI TF-1: 10.1.1.6); without the "
		  "section nothing is. The one KIND is medication-list: a person's prescriptions, "
		  "from the SS-MIX2 messages (OMP-01) that whoever asks may see. An on-demand "
		  "entry a person and form is registered with the first prescription; for those "
		  "who had some before: minato document offer.",
	},
	[SECTION_DOMAIN] = {
		.name = "domain", .title = "OID",
		.keys = domain, .size = sizeof(struct domain_keys),
		.help = "The HL7 v2 name of a patient identifier domain; also makes known a "
		  "domain that no system owns.",
	},
	[SECTION_CODES] = {
		.name = "codes", .title = "ATTRIBUTE",
		.keys = codes, .size = sizeof(struct codes_keys),
		.help = "The codes the affinity domain allows for a coded attribute (classCode, "
		  "formatCode ...).",
	},
	[SECTION_RETENTION] = {
		.name = "retention", .title = "NAME",
		.keys = retention, .size = sizeof(struct retention_keys),
		.help = "A rule by which documents are removed, octets and metadata, once a day. "
		  "Without any nothing is. A document goes when one rule that names it says so "
		  "and none keeps it.",
	},
	[SECTION_ASSERTION_ISSUER] = {
		.name = "assertion-issuer", .title = "NAME",
		.keys = assertion_issuer, .size = sizeof(struct assertion_issuer_keys),
		.help = "Who may vouch for persons by signed assertions (XUA, ITI TF-2: 3.40; SAML "
		  "2.0). Without any none is understood: wsse:Security that must be, is refused.",
	},
	[SECTION_SYSTEM] = {
		.name = "system", .title = "NAME",
		.keys = system_rows, .size = sizeof(struct system_keys),
		.help = "A registered system: whoever shows its certificate acts for its "
		  "facility, nobody else does.",
	},
	[SECTION_COUNT] = { 0 }
};
