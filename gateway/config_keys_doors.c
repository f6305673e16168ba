/* gateway/config_keys_doors.c: keys of doors: what they listen on, and what they bear. */
#include "gateway/config_key_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

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
	  .help = "File with their revocation lists: PEM, or one list in DER. It is read again " \
		  "when it changes. Without it nothing is taken as revoked." }, \
	{ .name = "crl-grace", .kind = CONFIG_SECONDS, .offset = AT(tls.crl_grace), \
	  .preset = "0s", .most = 30 * 24 * 3600, \
	  .help = "How long a list is taken after it should have been replaced. 0s: not at all, " \
		  "and nobody it is about can connect then (hard-fail); 72h: an authority that " \
		  "is late stops nobody for three days (soft-fail)." }, \
	{ .name = "ocsp", .kind = CONFIG_CHOICE, .offset = AT(tls.ocsp), .preset = "off", \
	  .choices = "off soft hard", \
	  .help = "What is done about clients' certificates by what their authority's OCSP " \
		  "responder says, which is asked beforehand and every recheck-every, never " \
		  "while somebody connects. off: nobody is asked. soft: who is revoked or " \
		  "unknown there " \
		  "is refused; of whom nothing was said yet is let in, and so is who was good " \
		  "less than ocsp-max-age ago. hard: only of whom good was said, until that " \
		  "answer ends, is let in." }, \
	{ .name = "ocsp-responder", .kind = CONFIG_TEXT, .offset = AT(tls.ocsp_responder), \
	  .help = "http://HOST[:PORT][/PATH] of the responder, asked instead of the one that a " \
		  "certificate names (AIA). What it answers is signed, so it is not asked by " \
		  "TLS." }, \
	{ .name = "ocsp-max-age", .kind = CONFIG_SECONDS, .offset = AT(tls.ocsp_max_age), \
	  .preset = "72h", .least = 60, .most = 30 * 24 * 3600, \
	  .help = "soft: how long after it was given an answer still lets in, when the responder " \
		  "gives no other. Of an answer that does not say when it ends, also how long it " \
		  "is fresh." }, \
	{ .name = "ocsp-staple", .kind = CONFIG_FLAG, .offset = AT(tls.ocsp_staple), \
	  .preset = "yes", \
	  .help = "What the responder says of this door's own certificate, where that names one " \
		  "(AIA), is sent beside it to who asks for it (RFC 6066 8). no: nobody is " \
		  "asked." }, \
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
		  "again, and a responder of OCSP asked again." }
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

const struct config_key rows_of_https[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.preset = "8443"), HTTPS_ROWS, { 0 }
};
const struct config_key rows_of_https_door[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.needed = true), HTTPS_ROWS, { 0 }
};
const struct config_key rows_of_mllp[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.preset = "2575"), MLLP_ROWS, { 0 }
};
const struct config_key rows_of_mllp_door[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.needed = true), MLLP_ROWS, { 0 }
};
/* Who closes a connection of syslog-TLS loses what is under way to it: it stays open a day. A
 * message that is refused for its length is lost as well (DICOM PS3.15 A.6: 32,768 octets at
 * least). */
const struct config_key rows_of_syslog_door[] = {
	ADDRESS_ROW("0.0.0.0"), PORT_ROW(.preset = "6514"),
	CLIENTS_ROW("Nothing else is possible here: no record is taken of whoever is no system."),
	TLS_ROWS, CONNECTION_ROWS("1024", "64", "1d", "5min"),
	{ .name = "frame", .kind = CONFIG_OCTETS, .offset = AT(limits.frame), .preset = "1MiB",
	  .least = KIB(32), .most = MIB(16),
	  .help = "Octets of one audit record; a longer one ends its connection." },
	{ .name = "frame-within", .kind = CONFIG_SECONDS, .offset = AT(limits.head_seconds),
	  .preset = "30s", .least = 1, .most = 3600,
	  .help = "A frame must be complete within that time of its first octet." },
	{ 0 }
};
const struct config_key rows_of_admin[] = {
	ADDRESS_ROW("127.0.0.1"), PORT_ROW(.preset = "8480"),
	CONNECTION_ROWS("64", "64", "1min", "1min"), HTTP_ROWS("64KiB"), { 0 }
};
#undef AREA
