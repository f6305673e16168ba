/* gateway/config_keys_named.c: keys of what a region has several of, each with a name: partners,
 * repositories, inboxes, rules, issuers, systems. */
#include "gateway/config_key_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

/* Eight calls at a time that take a tenth of a second are eighty a second; whoever has not answered
 * in a minute will not. */
#define AREA struct partner_keys
const struct config_key rows_of_partner[] = {
	{ .name = "url", .kind = CONFIG_TEXT, .offset = AT(partner.url), .needed = true,
	  .help = "Where it is called: https://HOST:PORT/PATH; for pix-notifications also "
		  "mllps://HOST:PORT. No two partners have the same." },
	{ .name = "for", .kind = CONFIG_WORDS, .offset = AT(purposes), .needed = true,
	  .choices = "answers registry pix-notifications subscriptions "
		     "patient-notices community",
	  .help = "What it is called for. answers: it takes answers whose wsa:ReplyTo is its url, "
		  "of the systems that name it in their reply-to (ITI TF-2: V.5). registry: it is "
		  "the Document Registry our repository registers its documents with (ITI-42), "
		  "instead of our own; one partner at most. pix-notifications: it is told when ids "
		  "change, of the systems that name it in their notify, and is for nothing else: "
		  "by HL7 v2 over MLLP (ITI-10) or, where its url is https, by HL7 v3 (ITI-46). "
		  "subscriptions: it is told of what is registered (ITI-53), where a system that "
		  "names it in its consumers has subscribed for it. patient-notices: it is handed "
		  "what a patient is told when somebody broke the glass (a CommunicationRequest of "
		  "FHIR R4), and tells him; one partner at most. community: another region "
		  "(XCPD, XCA), whose records we ask for, and which asks for ours by the systems "
		  "whose community it is." },
	{ .name = "home-community-id", .kind = CONFIG_URN,
	  .offset = AT(partner.home_community_id),
	  .help = "urn:oid: and the OID of that community (ITI TF-1: 18). Needed for community, "
		  "and for nothing else; no two partners have the same." },
	{ .name = "query-url", .kind = CONFIG_TEXT, .offset = AT(partner.query_url),
	  .help = "Where a community's Responding Gateway is asked for lists (ITI-38). Without "
		  "it: its url, where it is asked for patients (ITI-55)." },
	{ .name = "retrieve-url", .kind = CONFIG_TEXT, .offset = AT(partner.retrieve_url),
	  .help = "Where it is asked for documents (ITI-39). Without it: its url." },
	{ .name = "submit-url", .kind = CONFIG_TEXT, .offset = AT(partner.submit_url),
	  .help = "Where it is sent documents (ITI-80). Without it: its url." },
	{ .name = "consent", .kind = CONFIG_CHOICE, .offset = AT(consent), .preset = "needed",
	  .choices = "needed assumed",
	  .help = "Of a community. needed: it sees nobody who has not said so (minato consent "
		  "include). assumed: it sees whom a facility of ours would see, unless a patient "
		  "has excluded it." },
	{ .name = "known-for", .kind = CONFIG_SECONDS, .offset = AT(partner.keep_seconds),
	  .preset = "7d", .least = 0, .most = 365 * 24 * 3600,
	  .help = "Of a community: what it answers of whom it knows (ITI-55) is relied on as long "
		  "as it says, and no longer than that. 0s: it is asked each time." },
	{ .name = "respond-to", .kind = CONFIG_TEXT, .offset = AT(partner.respond_to),
	  .help = "Of a community that answers later (ITI-55, Deferred Response Option): our "
		  "/xcpd as it reaches it, https://HOST:PORT/xcpd. It is asked so, and what it "
		  "answers within eight days is taken as if it were said at once. Without it: it "
		  "is asked to answer at once." },
	{ .name = "health-data-locator", .kind = CONFIG_FLAG,
	  .offset = AT(partner.health_data_locator), .preset = "no",
	  .help = "Of a community: where it says that it is a Health Data Locator, it is asked who "
		  "else knows the person (ITI-56), and those it names are asked for him as well, "
		  "if they are partners for community. Without it the operator is told, and "
		  "nobody is asked." },
	{ .name = "assertion-audience", .kind = CONFIG_TEXT,
	  .offset = AT(partner.assertion_audience),
	  .help = "Of a community: by what name it takes assertions. It is told who asks (XUA): of "
		  "each ITI-38, 39 and 55 the person or the system, organization, role and purpose "
		  "of use, signed with region assertion-certificate, for five minutes and this "
		  "audience. Without it none is sent." },
	{ .name = "assertion-confirmation", .kind = CONFIG_CHOICE, .offset = AT(confirmation),
	  .preset = "bearer", .choices = "bearer holder-of-key",
	  .help = "bearer: whoever has such an assertion can present it. holder-of-key: only with "
		  "our certificate towards that partner." },
	{ .name = "emergency-reason", .kind = CONFIG_TEXT, .offset = AT(partner.emergency_reason),
	  .help = "Name of the Attribute by which it is told why somebody breaks the glass. "
		  "Without it: region emergency-reason." },
	{ .name = "purposes-out", .kind = CONFIG_TEXTS, .offset = AT(purposes_out),
	  .help = "What purposes of use of ours are called there, each as CODE^OID > CODE^OID, "
		  "ours first. For a purpose that has no row it is not asked. Without it: they are "
		  "called the same." },
	{ .name = "purposes-in", .kind = CONFIG_TEXTS, .offset = AT(purposes_in),
	  .help = "The same of assertions that its gateway presents, theirs first. One with a "
		  "purpose that has no row is refused (wsse:InvalidSecurityToken). Without it: "
		  "they mean the same here." },
	{ .name = "device-id", .kind = CONFIG_OID, .offset = AT(partner.device_id),
	  .help = "OID of the application that is told by HL7 v3, the receiver's device id (ITI "
		  "TF-2: O.1.1). Needed for pix-notifications by https." },
	{ .name = "ca", .kind = CONFIG_PATH, .offset = AT(ca),
	  .help = "PEM file with the authorities its certificate is checked against. Without it "
		  "and server-certificate: https ca." },
	{ .name = "server-certificate", .kind = CONFIG_PATH, .offset = AT(server_certificate),
	  .help = "Instead of ca: PEM file with its own certificate; this one and no other is "
		  "taken." },
	{ .name = "crl", .kind = CONFIG_PATH, .offset = AT(partner.identity.crl),
	  .help = "PEM file with the revocation lists of ca, one of each authority of its chain. "
		  "It is read for each connection; one that is over lets nothing be sent. Without "
		  "it nothing is taken as revoked." },
	{ .name = "ocsp", .kind = CONFIG_CHOICE, .offset = AT(ocsp), .preset = "off",
	  .choices = "off staple",
	  .help = "staple: it has to send an OCSP answer of its certificate's authority beside "
		  "the certificate (RFC 6066 8), which says good and has not ended; else nothing "
		  "is "
		  "sent to it." },
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
const struct config_key rows_of_repository[] = {
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
const struct config_key rows_of_inbox[] = {
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
const struct config_key rows_of_on_demand[] = {
	{ .name = "repository", .kind = CONFIG_OID, .offset = AT(repository_unique_id),
	  .help = "The repositoryUniqueId it is fetched by: region repository-unique-id, or one "
		  "that has a repository section. Without it: region repository-unique-id. What "
		  "was registered under another one is made no more." },
	{ .name = "cda", .kind = CONFIG_FLAG, .offset = AT(forms[VIEW_CDA]), .preset = "no",
	  .help = "As HL7 CDA Release 2 (text/xml)." },
	{ .name = "fhir", .kind = CONFIG_FLAG, .offset = AT(forms[VIEW_FHIR]),
	  .preset = "no",
	  .help = "As a FHIR R4 document (application/fhir+json)." },
	{ .name = "persist", .kind = CONFIG_FLAG, .offset = AT(persists), .preset = "no",
	  .help = "Each list that is given becomes a document of its own (ITI TF-2: 3.43.4.2.3, "
		  "Persistence of Retrieved Documents), the same as long as its content is, seen "
		  "by whoever may see all the messages in it." },
	{ .name = "each", .kind = CONFIG_FLAG, .offset = AT(each), .preset = "no",
	  .help = "Each message by itself, too: an on-demand entry a form, an XFRM of the "
		  "message's entry, seen by whoever may see that one." },
	{ 0 }
};
#undef AREA

#define AREA struct domain_keys
const struct config_key rows_of_domain[] = {
	{ .name = "namespace", .kind = CONFIG_TEXT, .offset = AT(namespace_id), .needed = true,
	  .help = "HD.1: the name this domain has in HL7 v2." },
	{ 0 }
};
#undef AREA

#define AREA struct codes_keys
const struct config_key rows_of_codes[] = {
	{ .name = "allow", .kind = CONFIG_TEXTS, .offset = AT(allow), .needed = true,
	  .help = "The codes allowed, each as CODE^SCHEME; for mimeType and languageCode the "
		  "values alone. An attribute without such a section accepts every code." },
	{ 0 }
};
#undef AREA

#define AREA struct assertion_issuer_keys
const struct config_key rows_of_assertion_issuer[] = {
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
const struct config_key rows_of_system[] = {
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
	{ .name = "certificate-until", .kind = CONFIG_TEXT, .offset = AT(certificate_until),
	  .help = "The day, such as 2026-03-01, from whose beginning (UTC) its certificate is not "
		  "taken any more, and only next-certificate is. Without it: as long as it is "
		  "named." },
	{ .name = "domains", .kind = CONFIG_OIDS, .offset = AT(system.domains),
	  .help = "Patient identifier domains it owns: it alone feeds them. The first is its "
		  "default." },
	{ .name = "pix-domains", .kind = CONFIG_TEXTS, .offset = AT(system.pix_domains),
	  .help = "Domains of others whose ids it may be told, besides its own and the affinity "
		  "domain's; \"*\" for all. By default nobody sees another's numbers." },
	{ .name = "notify", .kind = CONFIG_TEXT, .offset = AT(system.notify),
	  .help = "The partner that is told when ids this system may be told of change (PIX Update "
		  "Notification, ITI-10, ITI-46). Without it: none." },
	{ .name = "community", .kind = CONFIG_TEXT, .offset = AT(system.community),
	  .help = "The partner, for community, on whose behalf it asks: it is another region's "
		  "gateway, has no domains, and sees of a person what his consent lets that "
		  "region see. Without it: a facility's." },
	{ .name = "transactions", .kind = CONFIG_TEXTS, .offset = AT(system.transactions),
	  .help = "What it may use, by code, such as ITI-18 and ITI-43; all else is refused and "
		  "recorded. Without it: all, but of another region's gateway what changes "
		  "something here (ITI-80)." },
	{ .name = "requests-per-second", .kind = CONFIG_COUNT,
	  .offset = AT(system.requests_per_second), .preset = "0", .most = 1000000,
	  .help = "Requests it may send a second; more are refused as busy, with Retry-After where "
		  "HTTP has it. 0: any number." },
	{ .name = "requests-burst", .kind = CONFIG_COUNT, .offset = AT(system.requests_burst),
	  .preset = "0", .most = 1000000,
	  .help = "Of these at once, after it was quiet. 0, or less than a second's: as many as "
		  "in a second." },
	{ .name = "exchanges-at-once", .kind = CONFIG_COUNT, .offset = AT(system.exchanges_at_once),
	  .preset = "0", .most = 1000000,
	  .help = "Exchanges it may have under way, over all doors; more are refused as busy. 0: "
		  "as many as connections-per-peer lets it have." },
	{ .name = "reply-to", .kind = CONFIG_TEXTS, .offset = AT(system.reply_to),
	  .help = "Partners an answer may be sent to when it asks for that: wsa:ReplyTo must be "
		  "the url of one, and so must respondTo of a question that is answered later "
		  "(ITI-55, Deferred Response Option)." },
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
	{ .name = "audit-quota", .kind = CONFIG_OCTETS, .offset = AT(system.audit_quota),
	  .preset = "0B", .least = 0, .most = GIB(1024 * 1024),
	  .help = "Octets that the audit records it sends us (ITI-20) may take up, each with some "
		  "512 for its indices; past that they end its connection. 0B: any number." },
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
	{ .name = "emergency", .kind = CONFIG_FLAG, .offset = AT(system.emergency), .preset = "no",
	  .help = "Whoever asks through it may break the glass: in an emergency, by an assertion "
		  "that says so and why (region emergency-reason), what the patient has closed is "
		  "open as far as region policy permits. Each time is reviewed (minato review)." },
	{ .name = "responder", .kind = CONFIG_FLAG, .offset = AT(system.responder), .preset = "no",
	  .help = "While disaster mode is on (minato disaster) it may look for whoever lives in "
		  "its municipalities, and see their documents, whether or not they take part; "
		  "what the region's rules hide, and what never opens, it does not see." },
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

#define AREA struct ssmix2_storage_keys
const struct config_key rows_of_ssmix2_storage[] = {
	{ .name = "directory", .kind = CONFIG_PATH, .offset = AT(directory), .needed = true,
	  .help = "The facility's root, named by its institution code, or what holds its roots, "
		  "as for minato ssmix2 import. It may be mounted from elsewhere, and read-only: "
		  "while it cannot be opened, or is empty, nothing is inferred from that. A root "
		  "is one facility's." },
	{ .name = "every", .kind = CONFIG_SECONDS, .offset = AT(every), .preset = "10s", .least = 1,
	  .most = 3600,
	  .help = "How long after a look is over the next one begins. What was written later "
		  "than that before a look is taken at the next, if it is still the same." },
	{ .name = "all-every", .kind = CONFIG_SECONDS, .offset = AT(all_every), .least = 1,
	  .most = 86400,
	  .help = "The same while the transaction storage can be read, by which whoever changes is "
		  "looked at anyway: a look at all costs a listing and more of each file. As every "
		  "where it is not said. What was refused is tried again by a look at all." },
	{ .name = "delegated", .kind = CONFIG_FLAG, .offset = AT(delegated), .preset = "no",
	  .help = "The facility has no storage of its own: this one is written by us, of what it "
		  "sends by HL7 v2, and of minato ssmix2 put. The directory then holds its root, "
		  "and beside it the transaction storage." },
	{ .name = "transactions", .kind = CONFIG_PATH, .offset = AT(transactions),
	  .help = "Its transaction storage: the directory that holds its years. Whom a record that "
		  "is added there names is looked at within some seconds, without waiting for a "
		  "look at all: of use where the storage is large and mounted from elsewhere." },
	{ 0 }
};
#undef AREA

#define AREA struct retention_keys
const struct config_key rows_of_retention[] = {
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
