/* gateway/config_keys.c: every key of minato.conf, once. From these rows come the parser's options,
 * the typed values, their checks, `minato config show`, and the comments `minato init` writes;
 * minato.conf(5) is compared with them by tests/lint/docs. */
#include "gateway/config_key_rows.h"

#include "gateway/envelope/ebrim.h"

/* Rows are laid out by hand. */
/* clang-format off */

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
	{ .name = "community-domain", .kind = CONFIG_OID, .offset = AT(community_domain),
	  .help = "OID of the assigning authority of the codes by which other communities know a "
		  "person (地域医療連携用ID). Needed where a partner is for community; no system "
		  "feeds it." },
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
	{ .name = "insurance", .kind = CONFIG_CHOICE, .offset = AT(insurance), .preset = "on",
	  .choices = "on match-only off match",
	  .help = "Numbers of insured persons (保険者番号, 記号, 番号, 枝番). on: kept with the "
		  "record that says them, told in no answer, and compared; who asks for a patient "
		  "may name one. match-only: the same, but nobody may ask by one. off: what is fed "
		  "from then on keeps none, and who asks by one is told so. match: as on." },
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
	{ .name = "assertion-certificate", .kind = CONFIG_PATH,
	  .offset = AT(assertion_certificate),
	  .help = "PEM file with the certificate and the key we sign our own assertions with, "
		  "by which other regions are told who asks (ITI TF-2: 3.40). RSA of 2048 bits at "
		  "least, or a curve of 256. A reload reads it again. Without it nobody is told." },
	{ .name = "assertion-entity-id", .kind = CONFIG_TEXT, .offset = AT(assertion_entity_id),
	  .help = "Who we are as their Issuer: the entity-id that the other region's section of us "
		  "has. Without it: home-community-id." },
	{ .name = "assertions-remembered", .kind = CONFIG_COUNT,
	  .offset = AT(assertions_remembered), .preset = "65536", .least = 16, .most = 10000000,
	  .help = "Assertions that are in their time, at once: each belongs to the system that "
		  "presented it first, and is refused of another. When there are more, new ones "
		  "are refused as busy. Each takes 120 octets of memory." },
	{ .name = "emergency-reason", .kind = CONFIG_TEXT, .offset = AT(emergency_reason),
	  .help = "Name of the Attribute of an assertion that says why somebody breaks the glass, "
		  "as text; no profile has one. It is needed besides a purpose of use that is an "
		  "emergency's, a role that emergency of region policy names, and a system with "
		  "emergency. Without it nobody breaks the glass." },
	{ .name = "emergency-window", .kind = CONFIG_SECONDS, .offset = AT(emergency_window),
	  .preset = "4h", .least = 1, .most = 14400,
	  .help = "So long what one person at one system opens of one patient's in an emergency "
		  "is one override, with one review and one notice; four hours at most. Each "
		  "request brings its own assertion all the same." },
	{ .name = "review-within", .kind = CONFIG_SECONDS, .offset = AT(review_within),
	  .preset = "3d", .least = 1, .most = 7776000,
	  .help = "An override that nobody has reviewed for so long is told by minato status "
		  "(minato review)." },
	{ .name = "disaster-most", .kind = CONFIG_SECONDS, .offset = AT(disaster_most),
	  .preset = "7d", .least = 1, .most = 7776000,
	  .help = "So long disaster mode may be on by one declaration (minato disaster on)." },
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
	{ .name = "audit-record-repository", .kind = CONFIG_FLAG,
	  .offset = AT(on[AUDIT_RECORD_REPOSITORY]), .preset = "yes",
	  .help = "The Audit Record Repository for other systems: ITI-20, at each syslog-door. "
		  "Off, what was taken stays, and can be searched." },
	{ .name = "patient-discovery", .kind = CONFIG_FLAG, .offset = AT(on[DISCOVERY_GATEWAY]),
	  .preset = "yes",
	  .help = "The Responding Gateway of patient discovery (XCPD), for other communities: "
		  "ITI-55, 56. It is nobody without a partner for community." },
	{ .name = "responding-gateway", .kind = CONFIG_FLAG, .offset = AT(on[RESPONDING_GATEWAY]),
	  .preset = "yes",
	  .help = "The Responding Gateway (XCA, XCDR), for other communities: ITI-38, 39, and, "
		  "with document-registry and document-repository, ITI-80. It is nobody without a "
		  "partner for community." },
	{ .name = "initiating-gateway", .kind = CONFIG_FLAG, .offset = AT(on[INITIATING_GATEWAY]),
	  .preset = "yes",
	  .help = "The Initiating Gateway (XCA): who asks by ITI-18 and ITI-43 is answered with "
		  "what other communities have as well. It is nobody without a partner for "
		  "community." },
	{ 0 }
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
		  "0B: an eighth of the memory there is, 64 MiB at least and 1 GiB at most; for a "
		  "store whose keys were more than that when it was opened, as much as they are, "
		  "up to a quarter of the memory." },
	{ .name = "snapshot-memory", .kind = CONFIG_OCTETS, .offset = AT(snapshot_memory),
	  .preset = "0B", .least = 0, .most = GIB(1024), .restart = true,
	  .help = "The most that is kept of what changes while somebody reads. A reader so slow "
		  "that this is not enough fails alone, with an error that names this key. 0B: a "
		  "sixteenth of the memory there is, 64 MiB at least and 1 GiB at most." },
	{ .name = "audit-reserve", .kind = CONFIG_OCTETS, .offset = AT(audit_reserve),
	  .preset = "32MiB", .least = 0, .most = GIB(64), .restart = true,
	  .help = "Room on the store's disk that is kept for audit records: while nothing else can "
		  "be written, questions are answered for some 30,000 records more. 0B: none." },
	{ .name = "exchanges", .kind = CONFIG_COUNT, .offset = AT(exchanges), .preset = "10000",
	  .least = 0, .most = 1000000, .restart = true,
	  .help = "How many exchanges that were done minato exchange list and minato explain know, "
		  "and as many that were refused: who asked, for what, how it was answered and "
		  "what was wrong, never what was sent. A quarter KiB each, in memory and in the "
		  "data directory. 0: none." },
	{ .name = "exchange-days", .kind = CONFIG_COUNT, .offset = AT(exchange_days),
	  .preset = "14", .least = 1, .most = 3650, .restart = true,
	  .help = "Days each of them is kept at most." },
	{ .name = "exchange-bodies", .kind = CONFIG_CHOICE, .offset = AT(exchange_bodies),
	  .preset = "none", .choices = "none refused all", .restart = true,
	  .help = "Whether what a registered system sent and was answered is kept beside that, for "
		  "minato exchange body and minato exchange replay: of no exchange, of those that "
		  "were refused, or of all. It is patients' data: encrypted with "
		  "exchange-bodies-key, in no backup, and each look is in the trail of whom it is "
		  "about." },
	{ .name = "exchange-bodies-key", .kind = CONFIG_PATH, .offset = AT(exchange_bodies_key),
	  .restart = true,
	  .help = "File of 64 octets of chance, outside of the data directory and its owner's "
		  "alone, by which they are encrypted. With another one those before cannot be "
		  "read. Needed where exchange-bodies is refused or all." },
	{ .name = "exchange-body-most", .kind = CONFIG_OCTETS, .offset = AT(exchange_body_most),
	  .preset = "256KiB", .least = KIB(1), .most = KIB(1920), .restart = true,
	  .help = "Octets a request, or an answer, may have to be kept; of a longer one it is only "
		  "told how long it was. Never more than 1/32 of service exchange-memory." },
	{ .name = "exchange-bodies-room", .kind = CONFIG_OCTETS,
	  .offset = AT(exchange_bodies_room), .preset = "256MiB", .least = MIB(1),
	  .most = GIB(1024), .restart = true,
	  .help = "Octets of the disk that all of them may take; the oldest go." },
	{ .name = "exchange-bodies-days", .kind = CONFIG_COUNT,
	  .offset = AT(exchange_bodies_days), .preset = "7", .least = 1, .most = 3650,
	  .restart = true,
	  .help = "Days each of them is kept at most." },
	{ .name = "data-key", .kind = CONFIG_PATH, .offset = AT(data_key), .restart = true,
	  .help = "File of 64 octets of chance, outside of the data directory, by which the file "
		  "system encrypts it, the directories of repositories, and backups (minatod(8), "
		  "ENCRYPTION). Keep a copy of it elsewhere: without it nothing can be read. "
		  "Without this key: as the disk is." },
	{ .name = "data-key-before", .kind = CONFIG_PATH, .offset = AT(data_key_before),
	  .restart = true,
	  .help = "The file that was data-key until now, while the key changes: what is encrypted "
		  "with it is read with it, until minatod -r has encrypted it with data-key." },
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
	  .help = "What these files may hold together, with documents of other communities on "
		  "their way. An answer that finds no room is refused (XDSRegistryBusy), such a "
		  "document is missing (XDSUnavailableCommunity)." },
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
	{ .name = "ready-audit-waiting", .kind = CONFIG_COUNT, .offset = AT(ready_audit_waiting),
	  .preset = "0", .least = 0, .most = 1000000000,
	  .help = "Audit records that an audit repository may lack while we are ready. 0: as many "
		  "as there are, for they are kept here, and who treats patients should not wait "
		  "for a repository that is away; minato status and /metrics tell how many." },
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
		  "each an open file until its answer has left, and beside them as many times a "
		  "MiB of smaller ones, which are memory; more are refused "
		  "(XDSRepositoryBusy)." },
	{ .name = "log-level", .kind = CONFIG_CHOICE, .offset = AT(log_level), .preset = "notice",
	  .choices = "error warning notice detail",
	  .help = "The least urgent lines still written. Patient data never is." },
	{ .name = "log-format", .kind = CONFIG_CHOICE, .offset = AT(log_format), .preset = "auto",
	  .choices = "auto lines journal",
	  .help = "lines: an error has three, what happened, its effect, and what to do. journal: "
		  "each event is one line that begins with its priority, as systemd's journal "
		  "takes it. auto: journal where standard error leads there, else lines." },
	{ .name = "socket", .kind = CONFIG_PATH, .offset = AT(socket), .preset = "data/admin.sock",
	  .restart = true,
	  .help = "The local socket of the operator's tool; for root and the daemon's own user "
		  "only. At most 107 octets." },
	{ .name = "patient-operators", .kind = CONFIG_TEXTS, .offset = AT(patient_operators),
	  .help = "Users, by number (id -u), who may look at patients by the operator's tool: find "
		  "and show persons, documents, matches, audit records, what was said. Others may "
		  "do the rest only. Without it: all who may use the socket." },
	{ .name = "grammars", .kind = CONFIG_PATH, .offset = AT(grammars),
	  .preset = MINATO_DATADIR "/grammar", .restart = true,
	  .help = "The RELAX NG grammars that requests of systems with strict-input are "
		  "validated against." },
	{ .name = "walls", .kind = CONFIG_CHOICE, .offset = AT(walls), .preset = "where-possible",
	  .choices = "where-possible required off", .restart = true,
	  .help = "What each kind of thread is kept from by the kernel: those who listen open no "
		  "file, those who call others no store, and nobody runs a program. "
		  "where-possible: as much of it as the kernel has; minato status says what. "
		  "required: the daemon does not start without Landlock, seccomp and locked "
		  "keys." },
	{ .name = "reach", .kind = CONFIG_TEXTS, .offset = AT(reach), .restart = true,
	  .help = "Directories where the daemon may read and write what the operator asks for: "
		  "backups, exports, what is imported. With it nothing else can be opened that "
		  "this file does not name, by any thread, until the next start. Without it: "
		  "whatever its user may." },
	{ .name = "allow-root", .kind = CONFIG_FLAG, .offset = AT(allow_root), .preset = "no",
	  .restart = true,
	  .help = "The daemon may be started by root, for a trial or in a container that has "
		  "nobody else." },
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
	{ .name = "keep", .kind = CONFIG_TEXT, .offset = AT(keep),
	  .help = "How long our audit records are kept: 5y, 60mon, 2000d; three years at least, "
		  "as records of third-party provision are. Older ones go from the beginning of "
		  "the log, once every audit repository has them; what is left begins with a "
		  "signed checkpoint. Without it: for ever." },
	{ .name = "keep-received", .kind = CONFIG_TEXT, .offset = AT(keep_received),
	  .help = "How long audit records that other systems sent us are kept, from when they "
		  "came. Without it: for ever." },
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

#define AREA struct config_syslog_udp
static const struct config_key syslog_udp[] = {
	{ .name = "address", .kind = CONFIG_ADDRESS, .offset = AT(address), .preset = "0.0.0.0",
	  .restart = true,
	  .help = "The numeric address to listen on; 0.0.0.0 or :: for every one." },
	{ .name = "port", .kind = CONFIG_COUNT, .offset = AT(port), .preset = "514", .least = 1,
	  .most = 65535, .restart = true,
	  .help = "The UDP port (DICOM PS3.15 A.7)." },
	{ .name = "sources", .kind = CONFIG_TEXTS, .offset = AT(sources), .restart = true,
	  .help = "Numeric addresses whose datagrams are taken, such as {\"192.0.2.7\"}; whoever "
		  "can write such an address is believed. Without it nothing is listened to." },
	{ .name = "quota", .kind = CONFIG_OCTETS, .offset = AT(quota), .preset = "1GiB",
	  .least = 0, .most = GIB(1024 * 1024), .restart = true,
	  .help = "Octets that the records of one address may take up; what goes beyond is lost. "
		  "0B: any number." },
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
		.keys = rows_of_https, .size = sizeof(struct config_door),
		.help = "The door for SOAP and FHIR: HTTPS with mutual authentication.",
	},
	[SECTION_MLLP] = {
		.name = "mllp",
		.keys = rows_of_mllp, .size = sizeof(struct config_door),
		.help = "The door for HL7 v2: MLLP over TLS with mutual authentication.",
	},
	[SECTION_ADMIN] = {
		.name = "admin",
		.keys = rows_of_admin, .size = sizeof(struct config_door),
		.help = "/metrics and /health, without TLS, on a loopback address only.",
	},
	[SECTION_HTTPS_DOOR] = {
		.name = "https-door", .title = "NAME",
		.keys = rows_of_https_door, .size = sizeof(struct config_door), .like = "https",
		.help = "One more door of HTTPS. Its port must be said; its other keys are "
		  "those of https, with the same defaults.",
	},
	[SECTION_MLLP_DOOR] = {
		.name = "mllp-door", .title = "NAME",
		.keys = rows_of_mllp_door, .size = sizeof(struct config_door), .like = "mllp",
		.help = "One more door of MLLP. Its port must be said; its other keys are those "
		  "of mllp, with the same defaults.",
	},
	[SECTION_SYSLOG_DOOR] = {
		.name = "syslog-door", .title = "NAME",
		.keys = rows_of_syslog_door, .size = sizeof(struct config_door),
		.help = "A door for audit records of other systems (ITI-20): syslog over TLS with "
		  "mutual authentication (RFC 5425). What comes there is kept beside our own "
		  "audit log (minato audit received). Without such a section nobody's records "
		  "are taken.",
	},
	[SECTION_SYSLOG_UDP] = {
		.name = "syslog-udp",
		.keys = syslog_udp, .size = sizeof(struct config_syslog_udp),
		.help = "Audit records of other systems as datagrams (ITI-20 by RFC 5426): nobody "
		  "is known by them, they may be cut, and what is lost is not told. For systems "
		  "that know nothing else. Off unless sources says whom it hears.",
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
	[SECTION_SSMIX2_STORAGE] = {
		.name = "ssmix2-storage", .title = "SYSTEM",
		.keys = rows_of_ssmix2_storage, .size = sizeof(struct ssmix2_storage_keys),
		.help = "The SS-MIX2 storage of a system's facility, which is "
		  "watched: what is new or changed there is taken in without being asked for.",
	},
	[SECTION_PARTNER] = {
		.name = "partner", .title = "NAME",
		.keys = rows_of_partner, .size = sizeof(struct partner_keys),
		.help = "Somebody this gateway calls over HTTPS.",
	},
	[SECTION_REPOSITORY] = {
		.name = "repository", .title = "OID",
		.keys = rows_of_repository, .size = sizeof(struct repository_keys),
		.help = "A Document Repository besides region repository-unique-id, in the same "
		  "store: its documents are fetched by this repositoryUniqueId (ITI TF-2: "
		  "3.43).",
	},
	[SECTION_INBOX] = {
		.name = "inbox", .title = "NAME",
		.keys = rows_of_inbox, .size = sizeof(struct inbox_keys),
		.help = "Where one facility is sent documents that are for it alone, such as "
		  "referrals (XDR, ITI TF-1: 15): ITI-41 at /xdr/NAME. They are not registered, "
		  "and no query finds them; the patient need not be known. minato inbox list "
		  "shows what is there.",
	},
	[SECTION_ON_DEMAND] = {
		.name = "on-demand", .title = "KIND",
		.keys = rows_of_on_demand, .size = sizeof(struct on_demand_keys),
		.help = "What is made when somebody asks for it (ITI TF-1: 10.1.1.6); without the "
		  "section nothing is. KIND: medication-list, laboratory-results, allergies, "
		  "diagnoses, visits: a person's, from the SS-MIX2 messages (OMP-01, OML-11, "
		  "ADT-61, PPR-01, ADT-12 to ADT-52) that whoever asks may see. An on-demand entry "
		  "a person, kind and form is registered with the first such message; for those "
		  "who had some before: minato document offer.",
	},
	[SECTION_DOMAIN] = {
		.name = "domain", .title = "OID",
		.keys = rows_of_domain, .size = sizeof(struct domain_keys),
		.help = "The HL7 v2 name of a patient identifier domain; also makes known a "
		  "domain that no system owns.",
	},
	[SECTION_CODES] = {
		.name = "codes", .title = "ATTRIBUTE",
		.keys = rows_of_codes, .size = sizeof(struct codes_keys),
		.help = "The codes the affinity domain allows for a coded attribute (classCode, "
		  "formatCode ...).",
	},
	[SECTION_RETENTION] = {
		.name = "retention", .title = "NAME",
		.keys = rows_of_retention, .size = sizeof(struct retention_keys),
		.help = "A rule by which documents are removed, octets and metadata, once a day. "
		  "Without any nothing is. A document goes when one rule that names it says so "
		  "and none keeps it.",
	},
	[SECTION_ASSERTION_ISSUER] = {
		.name = "assertion-issuer", .title = "NAME",
		.keys = rows_of_assertion_issuer, .size = sizeof(struct assertion_issuer_keys),
		.help = "Who may vouch for persons by signed assertions (XUA, ITI TF-2: 3.40; SAML "
		  "2.0). Without any none is understood: wsse:Security that must be, is refused.",
	},
	[SECTION_SYSTEM] = {
		.name = "system", .title = "NAME",
		.keys = rows_of_system, .size = sizeof(struct system_keys),
		.help = "A registered system: whoever shows its certificate acts for its "
		  "facility, nobody else does.",
	},
	[SECTION_COUNT] = { 0 }
};
