/* tests/operator/config_test.c: units, nearest names, what a configuration is refused for, and what
 * of it needs a new start. */
#include "tests/operator/config_scene.h"

#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config_units.h"
#include "gateway/nearest.h"

static void units_are_read_and_written(void)
{
	static const struct {
		const char *text;
		bool octets, ok;
		uint64_t value;
		const char *back;
	} rows[] = {
		{ "16MiB", true, true, 16 << 20, "16MiB" },
		{ "1024KiB", true, true, 1 << 20, "1MiB" },
		{ "0", true, true, 0, "0B" },
		{ "512B", true, true, 512, "512B" },
		{ "3 GiB", true, true, UINT64_C(3) << 30, "3GiB" },
		{ "16", true, false, 0, NULL },
		{ "16MB", true, false, 0, NULL },
		{ "-1B", true, false, 0, NULL },
		{ "1.5GiB", true, false, 0, NULL },
		{ "", true, false, 0, NULL },
		{ "MiB", true, false, 0, NULL },
		{ "16777215TiB", true, true, UINT64_C(16777215) << 40, "16777215TiB" },
		{ "16777216TiB", true, false, 0, NULL },
		{ "99999999999999999999B", true, false, 0, NULL },
		{ "30s", false, true, 30, "30s" },
		{ "5min", false, true, 300, "5min" },
		{ "90s", false, true, 90, "90s" },
		{ "24h", false, true, 86400, "1d" },
		{ "2d", false, true, 172800, "2d" },
		{ "5m", false, false, 0, NULL },
		{ "30", false, false, 0, NULL },
		{ "30 s ", false, false, 0, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = 77;
		char back[UNITS_TEXT];
		bool ok = rows[i].octets ? units_to_octets(rows[i].text, &value)
					 : units_to_seconds(rows[i].text, &value);
		CU_ASSERT_EQUAL(ok, rows[i].ok);
		CU_ASSERT_EQUAL(value, ok ? rows[i].value : 77);
		if (!ok)
			continue;
		if (rows[i].octets)
			units_from_octets(value, back);
		else
			units_from_seconds(value, back);
		CU_ASSERT_STRING_EQUAL(back, rows[i].back);
	}
}

static void nearest_names_are_found(void)
{
	static const char *const names[] = { "certificate", "connections", "port", "address" };
	static const struct {
		const char *given, *nearest;
		unsigned distance;
	} rows[] = {
		{ "prot", "port", 1 },
		{ "Port", "port", 0 },
		{ "certficate", "certificate", 1 },
		{ "connection", "connections", 1 },
		{ "adress", "address", 1 },
		{ "", "port", 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *found = nearest_name(rows[i].given, names, COUNT(names));
		CU_ASSERT_STRING_EQUAL(found, rows[i].nearest);
		CU_ASSERT_EQUAL(nearest_distance(rows[i].given, found), rows[i].distance);
	}
	char endless[200];
	memset(endless, 'a', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	CU_ASSERT(nearest_distance(endless, "port") > NEAREST_LENGTH);
	CU_ASSERT_PTR_NULL(nearest_name("x", NULL, 0));
}

#define TOLD(name, url) "partner " name " { url = \"" url "\" for = {pix-notifications} }\n"
#define TOLD_V3(name, url)                                                                         \
	"partner " name " { url = \"" url "\" for = {pix-notifications} device-id = 2.999.7.1 }\n"

#define RULES                                                                                      \
	"retention referral { type = {\"57133-1^2.16.840.1.113883.6.1\"} facility = a-hospital "   \
	"after-creation = 6mon after-acceptance = 7d }\n"                                          \
	"retention last { class = {\"1^2\"} keep-last = 3 }\n"                                     \
	"retention hold { class = {\"1^2\"} keep = yes }\n"

#define INBOX(name, oid, more)                                                                     \
	"inbox " name " { facility = b-clinic repository-unique-id = " oid " " more " }\n"

#define TEN_TIMES(text) text text text text text text text text text text

/* faults: for each, "LINE sentence's begin", in order, by newlines. */
static const struct {
	const char *why, *text, *faults;
} cases[] = {
	{ "the least there can be", REGION, "" },
	{ "a comment counts as the lines it has",
	  "# one\n# two\n/* three\nfour */\n" REGION "\nport = 3\n",
	  "7 there is no section named port\n" },
	{ "comments inside a list",
	  REGION SYSTEM("a-hospital", "domains = { 1.2.3, # why\n /* and */ 1.2.4 }"), "" },
	{ "a misspelt key",
	  "region { nam = x affinity-domain = 2.999.1\nhome-community-id = "
	  "urn:oid:2.9\nrepository-unique-id = 2.9 }\n",
	  "1 section region has no key named nam\n1 section region has no name\n" },
	{ "every unknown name is told",
	  REGION "https { prot = 1\nadress = 2 }\nfoo { a { b = {1, 2} } c = \"}\" }\nbar(1, "
		 "2)\nmllp { x += {1} }\n",
	  "2 section https has no key named prot\n3 section https has no key named adress\n4 there "
	  "is no section named foo\n"
	  "5 there is no section named bar\n6 section mllp has no key named x\n" },
	{ "every value is checked",
	  "region { name = \"\"\naffinity-domain = 2.x\nhome-community-id = "
	  "2.999.10\nrepository-unique-id = urn:oid:2.9\n"
	  "consent-default = maybe\nresolve-own-ids = 7\nmost-results = 0\nsubmission-objects = 9\n"
	  "}\nservice { }\n",
	  "1 region name \"\"\n2 region affinity-domain \"2.x\"\n3 region home-community-id\n4 "
	  "region repository-unique-id\n"
	  "5 region consent-default\n6 region resolve-own-ids\n7 region most-results \"0\"\n"
	  "8 region submission-objects \"9\"\n" },
	{ "objects of a submission, the least and one too many",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nsubmission-objects = 10001 }\n",
	  "5 region submission-objects \"10001\"\n" },
	{ "octets of an object, one below the least",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nmetadata-object = 16383B }\n",
	  "5 region metadata-object \"16383B\"\n" },
	{ "and one past the most",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nmetadata-object = 16385KiB }\n",
	  "5 region metadata-object \"16385KiB\"\n" },
	{ "rules of retention", REGION SYSTEM("a-hospital", "") RULES, "" },
	{ "what a rule of retention must say",
	  REGION "retention \"a b\" { type = {\"1^2\"} keep = yes }\n"
		 "retention none { after-creation = 1d }\n"
		 "retention never { class = {\"1^2\"} }\n"
		 "retention both { class = {\"1^2\"} keep = yes keep-last = 1 }\n"
		 "retention words { class = {\"1\"}\ntype = {\"^2\", \"1^\"}\n"
		 "facility = nobody\nafter-creation = 6months\nafter-acceptance = 0d\n"
		 "keep-last = 10001 }\n"
		 "retention far { type = {\"1^2\"} after-creation = 101y }\n",
	  "2 \"a b\" cannot be the name\n3 retention none names no documents\n"
	  "4 retention never does not say\n5 retention both keeps them, and\n"
	  "6 retention words: class \"1\"\n7 retention words: type \"^2\"\n"
	  "7 retention words: type \"1^\"\n8 retention words: facility \"nobody\"\n"
	  "9 retention words: after-creation \"6months\"\n"
	  "10 retention words: after-acceptance \"0d\"\n"
	  "11 retention keep-last \"10001\"\n"
	  "12 retention far: after-creation \"101y\"\n" },
	{ "storages that are watched",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3}") "ssmix2-storage a-hospital { directory "
							   "= /srv/a every = 1s transactions = "
							   "/srv/t all-every = 24h }\n",
	  "" },
	{ "how often all of a storage is looked at",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3}")
		  SYSTEM("b-clinic", "domains = {1.2.4}") "ssmix2-storage a-hospital { directory "
							  "= /srv/a all-every = 1h }\n"
							  "ssmix2-storage b-clinic { directory = "
							  "/srv/b every = 1min all-every = 59s "
							  "transactions = /srv/t }\n",
	  "4 ssmix2-storage \"a-hospital\": all-every is for storages\n"
	  "5 ssmix2-storage \"b-clinic\": all-every is shorter than every\n" },
	{ "storages that stand side by side",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3} institution-code = 1319951013") SYSTEM(
		  "b-clinic",
		  "domains = {1.2.4} institution-code = 1319952029") "ssmix2-storage "
								     "a-hospital { directory = "
								     "/srv/all }\n"
								     "ssmix2-storage b-clinic { "
								     "directory = /srv/all }\n",
	  "" },
	{ "one root of two facilities",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3} institution-code = 1319951013")
		  SYSTEM("b-clinic", "domains = {1.2.4}") "ssmix2-storage a-hospital { directory "
							  "= /srv/1319951013 }\n"
							  "ssmix2-storage b-clinic { directory = "
							  "/srv/1319951013_ext }\n",
	  "5 ssmix2-storage \"b-clinic\": its directory is named by\n" },
	{ "a root within another's",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3} institution-code = 1319951013")
		  SYSTEM("b-clinic",
			 "domains = {1.2.4}") "ssmix2-storage a-hospital { directory "
					      "= /srv/all/1319951013 }\n"
					      "ssmix2-storage b-clinic { directory = /srv/all/ }\n",
	  "5 ssmix2-storage \"b-clinic\": its directory is that of \"a-hospital\"\n" },
	{ "what a storage that is watched needs",
	  REGION SYSTEM("a-hospital", "") "ssmix2-storage a-hospital { directory = /srv/a }\n"
					  "ssmix2-storage nobody { directory = /srv/a }\n"
					  "ssmix2-storage x {}\n"
					  "ssmix2-storage y { directory = /srv/a every = 61min }\n",
	  "3 ssmix2-storage \"a-hospital\": the system owns\n"
	  "4 ssmix2-storage \"nobody\" is of no system\n5 section ssmix2-storage x has no "
	  "directory\n"
	  "5 ssmix2-storage \"x\" is of no system\n6 ssmix2-storage every \"61min\"\n"
	  "6 ssmix2-storage \"y\" is of no system\n" },
	{ "a storage that is delegated",
	  REGION SYSTEM(
		  "b-clinic",
		  "institution-code = 1319952029 domains = {1.2.3}") "ssmix2-storage b-clinic { "
								     "directory = /srv/d delegated "
								     "= yes }\n",
	  "" },
	{ "what a storage that is delegated needs",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3}")
		  SYSTEM("b-clinic", "institution-code = 1319952029 domains = "
				     "{1.2.4}") "ssmix2-storage a-hospital { "
						"directory = /srv/a delegated = yes "
						"}\n"
						"ssmix2-storage b-clinic { "
						"directory = /srv/1319952029_1 "
						"delegated = yes }\n",
	  "4 ssmix2-storage \"a-hospital\": what is delegated stands\n"
	  "5 ssmix2-storage \"b-clinic\": what is delegated has its\n" },
	{ "when rules of retention are carried out",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nretention-at = \"24:00\" }\n",
	  "5 region retention-at \"24:00\"\n" },
	{ "how long audit records are kept",
	  REGION "audit {\nkeep = 3\nkeep-received = 5weeks\n}\n",
	  "3 audit keep \"3\" cannot be\n4 audit keep-received \"5weeks\" cannot be\n" },
	{ "audit records that go need a key, and go after three years",
	  REGION "audit {\nkeep = 1095d\nkeep-received = 1d\n}\n",
	  "3 audit keep needs an anchor-key\n"
	  "3 audit keep \"1095d\" is shorter than records of third-party provision\n"
	  "4 audit keep-received needs an anchor-key\n" },
	{ "three years are enough", REGION "audit {\nkeep = 3y\n}\n",
	  "3 audit keep needs an anchor-key\n" },
	{ "what a system may use",
	  REGION SYSTEM("a-hospital", "transactions = {ITI-18, ITI-43}")
		  SYSTEM("b-clinic", "\ntransactions = {ITI-18, ITI-34}")
			  SYSTEM("c-hospital", "\ntransactions = {patient-show, consent}"),
	  "4 transactions of b-clinic: no system has a transaction 'ITI-34'\n"
	  "6 transactions of c-hospital: no system has a transaction 'patient-show'\n"
	  "6 transactions of c-hospital: no system has a transaction 'consent'\n" },
	{ "what matching may be",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nmatching = maybe\nmatch-weights = minato.conf\n"
	  "match-four-eyes = two }\n",
	  "5 region matching\n6 region match-weights, \n7 region match-four-eyes\n" },
	{ "weights that are not there",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nmatch-weights = none\n}\n",
	  "5 region match-weights, \n" },
	{ "weights that are a directory",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nmatch-weights = pki\n}\n",
	  "5 region match-weights, \n" },
	{ "code sets that are not there",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\ncode-sets = none\n}\n",
	  "5 region code-sets, \n" },
	{ "code sets that are a directory",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\ncode-sets = pki\n}\n",
	  "5 region code-sets, \n" },
	{ "codes of an attribute there is not",
	  REGION "codes \"classcode\" { allow = {\"A^1.2\"} }\n",
	  "2 \"classcode\" is no coded attribute; the nearest is classCode\n" },
	{ "a code without scheme, of both kinds",
	  REGION "codes \"classCode\" { allow = {\"A\"} }\ncodes \"languageCode\" { allow = "
		 "{\"ja-JP\"} }\n",
	  "2 codes classCode: \"A\" has no coding scheme\n" },
	{ "authorities and lists of signatures that are none",
	  "region { name = x\naffinity-domain = 2.999.1\nhome-community-id = urn:oid:2.999.10\n"
	  "repository-unique-id = 2.999.20\nsignature-anchors = minato.conf\n"
	  "signature-revocations = none\ninvalid-signatures = keep\nsignature-sha1 = perhaps }\n",
	  "5 region signature-anchors\n6 region signature-revocations\n7 region "
	  "invalid-signatures\n8 region signature-sha1\n" },
	{ "who may vouch, and cannot",
	  REGION "assertion-issuer \"A B\" { entity-id = x\n"
		 "certificate = minato.conf }\nassertion-issuer one { entity-id = x\n"
		 "certificate = none.pem\nskew = 181s\nmax-lifetime = 0s }\n"
		 "assertion-issuer two { }\n",
	  "2 \"A B\" cannot be the name\n3 assertion-issuer A B, certificate \n"
	  "4 assertion-issuers A B and one have the same entity-id\n"
	  "5 assertion-issuer one, certificate \n6 assertion-issuer skew\n"
	  "7 assertion-issuer max-lifetime\n8 section assertion-issuer two has no entity-id\n"
	  "8 section assertion-issuer two has no certificate\n" },
	{ "what nobody can vouch for is not needed",
	  REGION SYSTEM("a-hospital", "assertions = required")
		  SYSTEM("b-clinic", "assertions = perhaps"),
	  "2 system a-hospital needs assertions\n3 system assertions\n" },
	{ "who may vouch",
	  REGION "assertion-issuer one { entity-id = x certificate = pki/clients/a-hospital.pem "
		 "skew = 180s organizations = {\"1.2\"} roles = {\"1^1.2\"} "
		 "authn-contexts = {\"urn:x\"} }\n" SYSTEM(
			 "a-hospital", "assertions = required organizations = {\"*\"}"),
	  "" },
	{ "units are needed",
	  REGION "https { idle-within = 30\nbody = 5GB\nport = 65536\naddress = "
		 "localhost\nleast-rate = -1\n}\n",
	  "2 https idle-within \"30\"\n3 https body \"5GB\"\n4 https port \"65536\"\n5 https "
	  "address \"localhost\"\n6 https least-rate \"-1\"\n" },
	{ "bounds, each side",
	  REGION "service { exchange-memory = 1048575B }\nhttps { handshake-within = 301s }\nmllp "
		 "{ handshake-within = 300s frame = 4KiB }\n",
	  "2 service exchange-memory\n3 https handshake-within\n" },
	{ "twice is once too often", REGION "https { port = 1\nport = 2 }\nstore { }\nstore { }\n",
	  "3 port is given twice\n5 section store stands twice\n" },
	{ "one name, one system",
	  REGION SYSTEM("a-hospital", "") SYSTEM("b-clinic", "") SYSTEM("a-hospital", ""),
	  "4 section system a-hospital stands twice\n4 systems a-hospital and a-hospital have the "
	  "same certificate\n" },
	{ "one domain, one owner",
	  REGION SYSTEM("a-hospital", "domains = {1.2.3}")
		  SYSTEM("b-clinic", "domains = {1.2.9, 1.2.3}"),
	  "3 domain 1.2.3 is owned by a-hospital already\n" },
	{ "the affinity domain is nobody's own", REGION SYSTEM("a-hospital", "domains = {2.999.1}"),
	  "2 system a-hospital cannot own the affinity domain\n" },
	{ "one feeds the affinity domain",
	  REGION SYSTEM("a-hospital", "feeds-affinity-domain = yes")
		  SYSTEM("b-clinic", "feeds-affinity-domain = on"),
	  "3 systems a-hospital and b-clinic both feed\n" },
	{ "another region's gateway is told of nothing",
	  REGION "partner w { url = \"https://w:1/\" for = {community}\n"
		 "home-community-id = urn:oid:2.999.30 }\n"
		 "partner n { url = \"https://n:1/\" for = {pix-notifications} device-id = 2.999.7 "
		 "}\n" SYSTEM("a-hospital", "community = w notify = n"),
	  "2 partner w is for community, and the region has no community-domain\n"
	  "5 system a-hospital is the gateway of community w, and is told of nothing\n" },
	{ "who is no community locates nobody",
	  REGION "partner n { url = \"https://n:1/\" for = {answers} health-data-locator = yes }\n",
	  "2 partner n has health-data-locator, and is not for community\n" },
	{ "nor is it answered later",
	  REGION "partner n { url = \"https://n:1/\" for = {answers} respond-to = \"https://o:1/\" "
		 "}\n",
	  "2 partner n has a respond-to, and is not for community\n" },
	{ "pix-domains are known",
	  REGION "domain 1.2.5 { namespace = N }\n" SYSTEM("a-hospital",
							   "pix-domains = {1.2.5, \"*\", 1.2.6}"),
	  "3 pix-domains of a-hospital: domain 1.2.6 is not known\n" },
	{ "a system has one certificate",
	  REGION "system x { title = T }\nsystem y { title = T certificate = pki/ca.pem "
		 "certificate-sha256 = 00 }\n",
	  "2 system x has no certificate\n3 system certificate-sha256 \"00\"\n3 system y has "
	  "two\n3 certificate \n" },
	{ "a certificate to come is nobody's else",
	  REGION SYSTEM("a-hospital", "next-certificate = pki/clients/d-pharmacy.pem")
		  SYSTEM("b-clinic", "next-certificate = pki/clients/a-hospital.pem")
			  SYSTEM("c-hospital", "next-certificate = pki/clients/d-pharmacy.pem"),
	  "3 systems a-hospital and b-clinic have the same certificate\n4 systems a-hospital and "
	  "c-hospital have the same certificate\n" },
	{ "a certificate's file holds one",
	  REGION
	  "system x { title = T\ncertificate = minato.conf }\nsystem y { title = T\ncertificate = "
	  "none.pem }\n" SYSTEM("a-hospital", "\nnext-certificate = none.pem"),
	  "3 certificate \n5 certificate \n7 next-certificate \n" },
	{ "words of a system",
	  REGION "system \"A B\" { title = T certificate = "
		 "pki/clients/a-hospital.pem\ninstitution-code = 131995101\n"
		 "charset = \"ISO IR99\" }\n",
	  "2 \"A B\" cannot be the name\n3 institution-code \"131995101\"\n4 charset \"ISO "
	  "IR99\"\n" },
	{ "good words of a system",
	  REGION SYSTEM("a-hospital", "institution-code = 1319951013 charset = \"~ISO IR87\""),
	  "" },
	{ "an answer goes to partners there are",
	  REGION PARTNER("one", "https://x/y", "") SYSTEM("a-hospital", "reply-to = {one, two}")
		  PARTNER("two", "https://x/z", ""),
	  "" },
	{ "repositories, with systems and without",
	  REGION SYSTEM("a-hospital", "") SYSTEM("b-clinic", "")
		  SYSTEM("c-hospital", "") "repository 2.999.22 { systems = {a-hospital, b-clinic} "
					   "}\nrepository 2.999.23 { }\n",
	  "" },
	{ "repositories that cannot be",
	  REGION SYSTEM("a-hospital",
			"") "repository here { }\nrepository 2.999.20 { }\n"
			    "repository 2.999.22 { systems = {a-hospital} }\nrepository 2.999.23 "
			    "{\nsystems = {a-hospital,\nnobody} }\n",
	  "3 \"here\" is not an OID\n4 repository 2.999.20 is region repository-unique-id already\n"
	  "7 repositories 2.999.22 and 2.999.23 both take the documents of a-hospital\n"
	  "7 repository 2.999.23: there is no system nobody\n" },
	{ "inboxes",
	  REGION SYSTEM("a-hospital", "") SYSTEM("b-clinic", "")
		  INBOX("b-clinic", "2.999.27", "from = {a-hospital}")
			  INBOX("all", "2.999.28",
				"from = {\"*\"} limited-metadata = yes "
				"media-types = {application/pdf} quota = 64KiB most = 1"),
	  "" },
	{ "what an inbox must say",
	  REGION SYSTEM("a-hospital", "") SYSTEM(
		  "b-clinic",
		  "") "inbox \"a b\" { facility = b-clinic repository-unique-id = 2.999.27 from = "
		      "{\"*\"} }\n"
		      "inbox nobody { facility = b-clinic repository-unique-id = 2.999.28 }\n"
		      "inbox bare { from = {\"*\"} }\n"
		      "inbox wrong { facility = nowhere repository-unique-id = 2.999.29\n"
		      "from = {nobody}\nmedia-types = {\"pdf\", \"text/plain; x=1\"}\nquota = "
		      "1KiB\nmost = 0 }\n",
	  "4 \"a b\" cannot be the name of an inbox\n5 nobody may push to inbox nobody\n"
	  "6 section inbox bare has no facility\n6 section inbox bare has no repository-unique-id\n"
	  "7 inbox wrong: there is no system nowhere\n8 inbox wrong: there is no system nobody\n"
	  "9 inbox wrong: \"pdf\" is no media type\n9 inbox wrong: \"text/plain; x=1\" is no\n"
	  "10 inbox quota \"1KiB\"\n11 inbox most \"0\"\n" },
	{ "one name and one OID are one inbox",
	  REGION SYSTEM("b-clinic", "") INBOX("one", "2.999.20", "from = {\"*\"}") INBOX(
		  "two", "2.999.28", "from = {\"*\"}") INBOX("two", "2.999.29", "from = {\"*\"}")
		  INBOX("four", "2.999.28", "from = {\"*\"}")
			  INBOX("five", "2.999.22", "from = {\"*\"}") "repository 2.999.22 { }\n",
	  "3 inbox one: 2.999.20 is a repository of this gateway\n5 section inbox two stands "
	  "twice\n"
	  "6 inboxes two and four have the same\n7 inbox five: 2.999.22 is a repository\n" },
	{ "lists on demand, in a repository of ours, with codes that are allowed",
	  REGION "on-demand medication-list { cda = yes repository = 2.999.22 persist = yes }\n"
		 "repository 2.999.22 { }\ncodes typeCode { allow = "
		 "{\"56445-0^2.16.840.1.113883.6.1\"} }\n",
	  "" },
	{ "each message by itself, in the forms of its list",
	  REGION "on-demand medication-list { cda = yes fhir = yes each = yes }\n"
		 "on-demand visits { fhir = yes each = no persist = no }\n",
	  "" },
	{ "each is in a form, too",
	  REGION "on-demand medication-list { each = yes }\n"
		 "on-demand allergies { cda = yes\neach = some }\n",
	  "2 on-demand medication-list has no form to be made in\n4 on-demand each \"some\"\n" },
	{ "lists on demand that cannot be",
	  REGION "on-demand medication-list { repository = 2.999.23 }\n",
	  "2 2.999.23 is no repository of this gateway\n"
	  "2 on-demand medication-list has no form to be made in\n" },
	{ "views of each kind, beside one another",
	  REGION
	  "on-demand medication-list { cda = yes }\non-demand laboratory-results { fhir = yes "
	  "}\non-demand allergies { cda = yes fhir = yes }\non-demand diagnoses { fhir = yes }\n"
	  "on-demand visits { cda = yes }\n",
	  "" },
	{ "what nobody makes", REGION "on-demand summary { fhir = yes }\n",
	  "2 nothing of the kind \"summary\" is made on demand\n" },
	{ "views with codes that are not allowed",
	  REGION "on-demand medication-list { fhir = yes }\non-demand allergies { fhir = yes }\n"
		 "codes typeCode { allow = {\"57833-6^2.16.840.1.113883.6.1\"} }\n",
	  "2 its entries have the typeCode 56445-0^2.16.840.1.113883.6.1, which the region\n"
	  "3 its entries have the typeCode 48765-2^2.16.840.1.113883.6.1, which the region\n" },
	{ "two sections for lists",
	  REGION
	  "on-demand medication-list { fhir = yes }\non-demand medication-list { cda = yes }\n",
	  "3 section on-demand medication-list stands twice\n" },
	{ "a directory for a repository",
	  REGION "repository 2.999.22 { directory = docs }\n"
		 "repository 2.999.23 { directory = docs-too }\nrepository 2.999.24 { }\n",
	  "" },
	{ "directories within one another",
	  REGION
	  "store { directory = d/data }\nrepository 2.999.22 {\ndirectory = d/data/docs }\n"
	  "repository 2.999.23 {\ndirectory = d/data }\nrepository 2.999.24 {\ndirectory = d }\n"
	  "repository 2.999.25 {\ndirectory = e }\nrepository 2.999.26 {\ndirectory = e }\n"
	  "repository 2.999.27 {\ndirectory = e/f }\n",
	  "4 the directory of repository 2.999.22 and store directory lie one\n"
	  "6 the directory of repository 2.999.23 and store directory lie one\n"
	  "6 the directories of repositories 2.999.22 and 2.999.23 lie one\n"
	  "8 the directory of repository 2.999.24 and store directory lie one\n"
	  "8 the directories of repositories 2.999.22 and 2.999.24 lie one\n"
	  "8 the directories of repositories 2.999.23 and 2.999.24 lie one\n"
	  "12 the directories of repositories 2.999.25 and 2.999.26 lie one\n"
	  "14 the directories of repositories 2.999.25 and 2.999.27 lie one\n"
	  "14 the directories of repositories 2.999.26 and 2.999.27 lie one\n" },
	{ "a partner there is not",
	  REGION PARTNER("one", "https://x/y", "") SYSTEM("a-hospital", "\nreply-to = {one, on}"),
	  "4 reply-to of a-hospital: there is no partner on\n" },
	{ "an address in a partner's place",
	  REGION SYSTEM("a-hospital", "\nreply-to = {\"https://x/y\"}"),
	  "3 reply-to of a-hospital: \"https://x/y\" is an address\n" },
	{ "a partner is somewhere, for something",
	  REGION "partner one { }\npartner two { for = {} }\n",
	  "2 section partner one has no url\n2 section partner one has no for\n"
	  "3 section partner two has no url\n3 section partner two has no for\n" },
	{ "for something there is",
	  REGION "partner one { url = \"https://x/y\"\nfor = {answers,\nquestions} }\n",
	  "4 partner for \"questions\"\n" },
	{ "one registry elsewhere",
	  REGION "partner one { url = \"https://x/y\" for = {registry} }\n"
		 "partner two { url = \"https://x/z\"\nfor = {answers, registry} }\n",
	  "4 partners one and two are both for registry\n" },
	{ "one URL, one partner",
	  REGION PARTNER("one", "https://x/y", "") PARTNER("two", "https://x/z", "")
		  PARTNER("three", "https://x/y", ""),
	  "4 partners one and three have the same url\n" },
	{ "one name, one partner",
	  REGION PARTNER("one", "https://x/y", "") PARTNER("one", "https://x/z", ""),
	  "3 section partner one stands twice\n" },
	{ "a partner's name", REGION PARTNER("\"One Two\"", "https://x/y", ""),
	  "2 \"One Two\" cannot be the name of a partner\n" },
	{ "URLs of every sort that is taken",
	  REGION PARTNER("a", "https://h", "") PARTNER("b", "https://h/", "")
		  PARTNER("c", "https://h:1/x?y=z", "") PARTNER("d", "https://[::1]/x", "")
			  PARTNER("e", "https://[::1]:65535", "") PARTNER("f", "https://h?q", "")
				  PARTNER("g", "https://192.0.2.1:8443/%41", ""),
	  "" },
	{ "and not",
	  REGION PARTNER("a", "http://h/x", "") PARTNER("b", "https://", "") PARTNER(
		  "c", "https:///x", "") PARTNER("d", "https://h:/x", "")
		  PARTNER("e", "https://h:0/x", "") PARTNER("f", "https://h:65536/x", "") PARTNER(
			  "g", "https://h:443a/x", "") PARTNER("h", "https://u@h/x", "")
			  PARTNER("i", "https://u:1@h/x", "") PARTNER("j", "https://h/x#y", "")
				  PARTNER("k", "https://h/x y", "") PARTNER("l", "https://[]/x", "")
					  PARTNER("m", "https://[::1/x",
						  "") PARTNER("n", "https://[::1]x/y", "")
						  PARTNER("o", "https://h/\xc3\xa9", "")
							  PARTNER("p", "https://:443/x", ""),
	  "2 url \n3 url \n4 url \n5 url \n6 url \n7 url \n8 url \n9 url \n10 url \n11 url \n12 "
	  "url \n"
	  "13 url \n14 url \n15 url \n16 url \n17 url \n" },
	{ "revocation lists of a partner's authorities",
	  REGION PARTNER("a", "https://h/a", "\ncrl = minato.conf")
		  PARTNER("b", "https://h/b", "\nserver-certificate = own.pem\ncrl = minato.conf"),
	  "3 partner a, crl \n6 partner b has both crl and server-certificate\n" },
	{ "who is told of changes, and where",
	  REGION TOLD("a", "mllps://h:2575") TOLD("b", "mllps://[::1]:1")
		  TOLD_V3("c", "https://h:1") TOLD_V3("d", "https://h/x?y")
			  SYSTEM("a-hospital", "notify = a") SYSTEM("b-clinic", "notify = c"),
	  "" },
	{ "an application that is told by HL7 v3 has an OID, and no other has",
	  REGION TOLD("a", "https://h:1") TOLD_V3("b", "mllps://h:1")
		  PARTNER("c", "https://h/c", "\ndevice-id = 2.999.7.1"),
	  "2 partner a is told by HL7 v3, and has no device-id\n"
	  "3 partner b has a device-id, and is told by HL7 v2\n"
	  "5 partner c has a device-id, and is not for pix-notifications\n" },
	{ "and where not",
	  REGION TOLD_V3("a", "https://h:0") TOLD("b", "mllps://h") TOLD("c", "mllps://h:0")
		  TOLD("d", "mllps://h:1/x") TOLD("e", "mllps://u@h:1") TOLD("f", "mllps://[::1]")
			  TOLD("g", "mllps://h:1?x") TOLD("h", "mllp://h:1")
				  PARTNER("i", "mllps://h:9", ""),
	  "2 url \n3 url \n4 url \n5 url \n6 url \n7 url \n8 url \n9 url \n10 url \n" },
	{ "told of changes, and something else",
	  REGION "partner one { url = \"mllps://x:1\"\nfor = {answers, pix-notifications} }\n"
		 "partner two { url = \"https://x:1\"\nfor = {registry, pix-notifications} }\n",
	  "3 partner one is for pix-notifications and for something else\n"
	  "5 partner two is for pix-notifications and for something else\n" },
	{ "patients are told by one",
	  REGION "partner one { url = \"https://x:1\"\nfor = {answers, patient-notices} }\n"
		 "partner two { url = \"https://x:2\"\nfor = {patient-notices} }\n"
		 "partner three { url = \"mllps://x:3\"\nfor = {patient-notices} }\n",
	  "5 partners one and two are both for patient-notices\n"
	  "6 url \"mllps://x:3\" of partner three is not one\n"
	  "7 partners two and three are both for patient-notices\n" },
	{ "who is told nowhere",
	  REGION PARTNER("one", "https://x/y", "") SYSTEM("a-hospital", "\nnotify = one") SYSTEM(
		  "b-clinic", "\nnotify = on") SYSTEM("c-hospital", "\nnotify = \"mllps://x:1\""),
	  "4 notify of a-hospital: partner one is not for pix-notifications\n"
	  "6 notify of b-clinic: there is no partner on\n"
	  "8 notify of c-hospital: \"mllps://x:1\" is an address\n" },
	{ "limits of a partner, the least and the most",
	  REGION PARTNER("a", "https://h/a",
			 "connections = 1 connect-within = 1s answer-within = 1s")
		  PARTNER("b", "https://h/b",
			  "connections = 64 connect-within = 60s answer-within = 600s"),
	  "" },
	{ "less and more",
	  REGION PARTNER("a", "https://h/a",
			 "\nconnections = 0\nconnect-within = 0\nanswer-within = 0\n")
		  PARTNER("b", "https://h/b",
			  "\nconnections = 65\nconnect-within = 61s\nanswer-within = 601s\n"),
	  "3 partner connections\n4 partner connect-within\n5 partner answer-within\n"
	  "8 partner connections\n9 partner connect-within\n10 partner answer-within\n" },
	{ "a partner's own certificate, and ours for it",
	  REGION PARTNER("a", "https://h/a", "server-certificate = own.pem server-name = x.example")
		  PARTNER("b", "https://h/b",
			  "ca = pki/ca.pem certificate = pki/clients/a-hospital.pem"),
	  "" },
	{ "files of other things",
	  REGION PARTNER("a", "https://h/a",
			 "\nserver-certificate = pki/ca.pem\nserver-name = \"x y\"")
		  PARTNER("b", "https://h/b",
			  "\nca = minato.conf\ncertificate = open.pem\nserver-certificate = "
			  "none.pem") PARTNER("c", "https://h/c",
					      "\nserver-certificate = "
					      "pki/clients/a-hospital.pem\nca = pki/ca.pem"),
	  "3 partner a, server-certificate \n4 server-name \"x y\"\n6 partner b, ca \n7 partner b, "
	  "certificate \n"
	  "8 partner b has both\n8 partner b, server-certificate \n10 partner c has both\n"
	  "10 partner c, server-certificate \n" },
	{ "an address the outbox can hold, just",
	  REGION PARTNER("a", "https://x/" TEN_TIMES(TEN_TIMES("abc")) TEN_TIMES("abcde"), ""),
	  "" },
	{ "an address the outbox cannot hold",
	  REGION PARTNER("a", "https://x/" TEN_TIMES(TEN_TIMES("abc")) TEN_TIMES("abcde") "z", ""),
	  "2 url \"https://x/abc\n" },
	{ "namespaces name one domain",
	  REGION "domain 1.2.5 { namespace = N }\ndomain 1.2.6 { namespace = N }\ndomain here { "
		 "namespace = M }\n",
	  "3 namespace N names domain 1.2.5 already\n4 \"here\" is not an OID\n" },
	{ "media types have none", REGION "codes mimeType { allow = {\"text/xml\"} }\n", "" },
	{ "codes are of an attribute there is", REGION "\ncodes clasCode { allow = {\"a^1.2\"} }\n",
	  "3 \"clasCode\" is no coded attribute; the nearest is classCode\n" },
	{ "codes have a scheme",
	  REGION "codes classCode { allow = {\"34133-9^2.16.840.1.113883.6.1\",\n\"naked\"} }\n",
	  "2 codes classCode: \"naked\"\n" },
	{ "doors have ports of their own", REGION "https { port = 2575 }\n",
	  "0 https and mllp have the same port\n" },
	{ "one port at two addresses is no one port",
	  REGION
	  "https { address = 127.0.0.1 }\nhttps-door more { address = 127.0.0.2 port = 8443 }\n",
	  "" },
	{ "doors of a kind have ports of their own",
	  REGION "https { address = 127.0.0.1 }\nhttps-door more {\nport = 8443 }\n"
		 "mllp-door third {\naddress = \"::\"\nport = 8443 }\n",
	  "4 https and https-door more have the same port\n"
	  "7 https and mllp-door third have the same port\n"
	  "7 https-door more and mllp-door third have the same port\n" },
	{ "a further door has a port, and a name of its own",
	  REGION "https-door one { }\nmllp-door one { port = 1 }\nhttps-door admin { port = 2 }\n"
		 "mllp-door local { port = 3 }\nhttps-door \"A B\" { port = 4 }\n"
		 "mllp-door abcdefghijklmnopqrstuvwxyz-012345 { port = 5 }\n"
		 "mllp-door abcdefghijklmnopqrstuvwxyz-01234 { port = 6 }\n"
		 "mllp-door two { port = 7 }\nmllp-door two { port = 8 }\n",
	  "2 section https-door one has no port\n"
	  "3 mllp-door one has the name of the door of section https-door one\n"
	  "4 https-door admin has the name of the door of section admin\n"
	  "5 mllp-door local has the name of the operator's socket\n"
	  "6 \"A B\" cannot be the name of a door\n"
	  "7 \"abcdefghijklmnopqrstuvwxyz-012345\" cannot be the name of a door\n"
	  "10 section mllp-door two stands twice\n" },
	{ "what is served without a certificate",
	  REGION
	  "https { client-certificates = optional serves = {transactions, health} }\n"
	  "https-door watch { port = 1 client-certificates = none serves = {health, metrics} }\n"
	  "https-door known { port = 2 serves = {metrics} }\n"
	  "mllp { client-certificates = required }\n",
	  "" },
	{ "nothing is served without a certificate",
	  REGION
	  "https {\nclient-certificates = optional }\n"
	  "https-door watch { port = 1\nclient-certificates = none\nserves = {transactions} }\n"
	  "mllp {\nclient-certificates = none }\n"
	  "mllp-door two { port = 2\nclient-certificates = optional }\n",
	  "3 https client-certificates = optional: whoever shows none could use nothing\n"
	  "5 https-door watch client-certificates = none: whoever shows none\n"
	  "8 mllp client-certificates = none: whoever shows none\n"
	  "10 mllp-door two client-certificates = optional: whoever shows none\n" },
	{ "words of doors",
	  REGION
	  "https {\nclient-certificates = no\nserves = {health,\nadmin} }\n"
	  "https-door x { port = 1\nserves = {} }\n" /* the default */
	  "https-door y { port = 2\nframe = 1MiB }\nmllp-door z { port = 3\nserves = {health} }\n",
	  "3 https client-certificates \"no\"\n5 https serves \"admin\"\n"
	  "9 section https-door has no key named frame\n11 section mllp-door has no key named "
	  "serves\n" },
	{ "who is not asked for a certificate is not checked",
	  REGION "https-door watch { port = 1 client-certificates = none serves = {health}\n"
		 "ca = pki/ca.pem\ncrl = pki/nothing.pem }\n",
	  "3 https-door watch ca: this door asks nobody for a certificate\n"
	  "4 https-door watch crl: this door asks nobody for a certificate\n" },
	{ "files of further doors",
	  REGION "https-door x { port = 1\ncertificate = pki/nothing.pem\nca = pki/nothing.pem }\n",
	  "3 https-door x certificate, \n4 https-door x ca, \n" },
	{ "port 0 is no one port",
	  REGION "https { port = 0 }\nmllp { port = 0 }\nadmin { port = 0 }\n", "" },
	{ "the admin door stays at home", REGION "admin { address = 0.0.0.0 }\n",
	  "2 the admin door has no authentication\n" },
	{ "keys are for the owner", REGION "https { certificate = open.pem }\n",
	  "2 https certificate\n" },
	{ "syntax ends the reading, what was read is checked",
	  REGION "https { port = 99999 }\nmllp = { }\n",
	  "2 https port \"99999\"\n3 this cannot be understood\n" },
	{ "a brace too few", REGION "https { port = 1\n", "2 this brace is not closed\n" },
	{ "a brace too many", REGION "https { port = 1 }\n}\n", "3 this cannot be understood\n" },
	{ "too many braces", REGION "a { b { c { d { e { f { g { h {\n{ } } } } } } } } }\n",
	  "3 more than 8 braces\n" },
	{ "quotes close", REGION "https { address = \"127.0.0.1\n}\n",
	  "2 this quoted value has no end\n" },
	{ "comments close", REGION "/* https { }\n", "2 this comment has no end\n" },
	{ "no escapes but two", REGION "audit { source-id = \"a\\x01\" }\n",
	  "2 a backslash in quotes\n" },
	{ "quotes and backslashes can be said",
	  REGION "audit { source-id = \"a\\\"b\\\\c # no comment\" }\n", "" },
	{ "no environment", REGION "audit { source-id = ${HOME} }\n", "2 the character '$'\n" },
	{ "includes stand in their place", "# 1\ninclude(\"extra.inc\")\n" REGION "foo = 1\n",
	  "e1 section https has no key named bad\n4 there is no section named foo\n" },
	{ "an include of itself ends", "include(\"r.conf\")\n" REGION, "1 more than 64 files\n" },
	{ "a registry alone, with the source of its patients",
	  REGION "actors { cross-reference-manager = no document-repository = no }\n" SYSTEM(
		  "a-hospital", "feeds-affinity-domain = yes"),
	  "" },
	{ "a registry alone, and nobody tells it of patients",
	  REGION "actors { document-repository = no\ncross-reference-manager = no }\n" SYSTEM(
		  "a-hospital", ""),
	  "3 document-registry would know no patient\n" },
	{ "a cross-reference manager alone",
	  REGION "actors { document-registry = no document-repository = no }\n", "" },
	{ "a repository alone has nobody to register with",
	  REGION "actors { cross-reference-manager = no\ndocument-registry = no }\n",
	  "3 document-repository would have no registry\n" },
	{ "a repository beside a cross-reference manager: the same",
	  REGION "actors {\ndocument-registry = no }\n",
	  "3 document-repository would have no registry\n" },
	{ "nobody at all",
	  REGION
	  "actors { cross-reference-manager = no document-registry = no "
	  "document-repository = no demographics-supplier = no\n"
	  "notification-broker = no notification-pull-point = no document-recipient = no }\n",
	  "2 every actor is off\n" },
	{ "all of them",
	  REGION "actors { cross-reference-manager = yes document-registry = yes "
		 "document-repository = yes }\nmllp { }\n",
	  "" },
	{ "an actor there is not",
	  REGION "actors {\ndocument-regstry = no\ndocument-registry = off }\nactors { }\n",
	  "3 section actors has no key named document-regstry\n"
	  "4 document-repository would have no registry\n"
	  "5 section actors stands twice\n" },
	{ "the operator is always there", REGION "actors { operator = no }\n",
	  "2 section actors has no key named operator\n" },
	{ "systems that the rules name, and of which one is none",
	  "region { name = x affinity-domain = 2.999.1 home-community-id = \"urn:oid:2.999.10\" "
	  "repository-unique-id = 2.999.20 policy = extra.rules }\n" SYSTEM("a-hospital", ""),
	  "e0 there is no system \"somebody\"\ne3 there is no system \"nobody\"\n" },
	{ "an include that is not there", REGION "include(\"none.inc\")\n", "2 cannot read\n" },
};

static const char *told(struct arena *a, const struct config_fault *f, const char *expected)
{
	struct buffer b = buffer_in(a);
	for (; f != NULL; f = f->next) {
		const char *slash = strrchr(f->place.file, '/');
		const char *rest = strchr(expected, '\n');
		const char *line = arena_printf(
			a, "%s%u ", slash != NULL && slash[1] == 'e' ? "e" : "", f->place.line);
		size_t length = rest == NULL ? 0 : (size_t)(rest - expected);
		const char *whole = arena_printf(a, "%s%s", line, f->what);
		if (length > 0 && strncmp(whole, expected, length) == 0)
			buffer_append(&b, expected, length);
		else
			buffer_text(&b, whole);
		buffer_byte(&b, '\n');
		expected = rest == NULL ? expected : rest + 1;
		CU_ASSERT(!text_empty(f->remedy));
	}
	return buffer_ended(&b);
}

static const char *first_certificate(const struct place *p, const char *name)
{
	static const char end[] = "-----END CERTIFICATE-----\n";
	const char *whole = place_read(p, name), *after = strstr(whole, end);
	return after == NULL ? ""
			     : arena_text_n(p->arena, whole, (size_t)(after - whole) + strlen(end));
}

static void faults_are_told_with_lines(void)
{
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/extra.inc", "https { bad = 1 }\n");
	place_write(&p, "r/extra.rules",
		    "default hide\nacknowledged 1^2 include facility submitter a-hospital\n"
		    "acknowledged 2^2 exclude facility nobody\nrecorders a-hospital somebody\n");
	place_write(&p, "r/own.pem", first_certificate(&p, "r/pki/server.pem"));
	place_write(&p, "r/open.pem", place_read(&p, "r/pki/server.pem"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_fault *faults;
		place_write(&p, "r/r.conf", cases[i].text);
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		const char *list = told(p.arena, faults, cases[i].faults);
		if (!text_equal(list, cases[i].faults)) {
			printf("\n%s: expected\n%sfound\n%s", cases[i].why, cases[i].faults, list);
			CU_FAIL("faults differ");
		}
		CU_ASSERT_EQUAL(c != NULL, *cases[i].faults == '\0');
		config_release(c);
	}
	place_end(&p);
}

static void restarts_are_named(void)
{
	struct place p;
	const struct config_fault *faults;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/a.conf", REGION);
	place_write(&p, "r/b.conf",
		    REGION "https { port = 9443 body = 1GiB }\nstore { cache = 1GiB }\n"
			   "https-door x { port = 1 serves = {health} }\n");
	const struct configuration *a = config_load(place_name(&p, "r/a.conf"), p.arena, &faults);
	const struct configuration *b = config_load(place_name(&p, "r/b.conf"), p.arena, &faults);
	CU_ASSERT(a != NULL && b != NULL);
	CU_ASSERT_STRING_EQUAL(config_restart_needed(p.arena, a, b),
			       "https port, https-door x address, https-door x port, store cache");
	CU_ASSERT_PTR_EQUAL(config_hold(a), a);
	config_release(a);
	CU_ASSERT_EQUAL(a->https.port, 8443); /* still held once */
	config_release(a);
	config_release(b);
	config_release(NULL);
	place_end(&p);
}

static const struct test tests[] = { { "units are read and written", units_are_read_and_written },
				     { "nearest names are found", nearest_names_are_found },
				     { "faults are told with lines", faults_are_told_with_lines },
				     { "restarts are named", restarts_are_named },
				     { 0 } };

int main(void)
{
	return suite_run("config", tests);
}
