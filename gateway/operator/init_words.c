/* gateway/operator/init_words.c: what a region is called, read of options or of who is asked. */
#include "gateway/operator/init_words.h"

#include <arpa/inet.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/operator/region_files.h"

enum { LINE_MOST = 1024, LABELS_MOST = 253 };

static const struct region_word_row rows[REGION_WORDS] = {
	[REGION_NAME] = { .option = "name",
			  .question = "the region's name, for people",
			  .preset = "my region",
			  .example = true },
	[REGION_HOSTS] = { .option = "hosts",
			   .question = "host names and addresses it is reached by, with commas "
				       "between (they stand in its certificate)" },
	[REGION_AFFINITY_DOMAIN] = { .option = "affinity-domain",
				     .question = "OID of the affinity domain's patient ids",
				     .preset = "2.999.1",
				     .example = true },
	[REGION_HOME_COMMUNITY] = { .option = "home-community-id",
				    .question = "homeCommunityId, an OID",
				    .preset = "urn:oid:2.999.10",
				    .example = true },
	[REGION_REPOSITORY] = { .option = "repository-unique-id",
				.question = "repositoryUniqueId, an OID",
				.preset = "2.999.20",
				.example = true },
	[REGION_COMMUNITY_DOMAIN] = { .option = "community-domain",
				      .question = "OID of the ids it gives to other communities",
				      .preset = "2.999.11",
				      .example = true },
	[REGION_CONSENT] = { .option = "consent-default",
			     .question = "who is shared: opt-in (only who joined) or opt-out "
					 "(all until they leave)",
			     .preset = "opt-in" },
	[REGION_ADDRESS] = { .option = "address",
			     .question = "the address its doors listen at",
			     .preset = "0.0.0.0" },
};

const struct region_word_row *region_word(enum region_word w)
{
	return &rows[w];
}

static bool is_address(const char *text)
{
	unsigned char octets[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, text, octets) == 1 || inet_pton(AF_INET6, text, octets) == 1;
}

static bool is_host(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-";
	size_t length = strlen(text);
	return is_address(text)
	       || (length > 0 && length <= LABELS_MOST && strspn(text, letters) == length
		   && text[0] != '.' && text[0] != '-');
}

/* The next of a list, without blanks; NULL at its end. */
static const char *next_host(struct arena *a, const char **at)
{
	size_t length = strcspn(*at, ",");
	if (**at == '\0')
		return NULL;
	const char *host = text_trimmed(a, arena_printf(a, "%.*s", (int)length, *at));
	*at += length + ((*at)[length] == ',');
	return host;
}

static bool are_hosts(struct arena *a, const char *text)
{
	const char *host;
	bool all = *text != '\0';
	while (all && (host = next_host(a, &text)) != NULL)
		all = is_host(host);
	return all;
}

const char *region_hosts_names(struct arena *a, const char *hosts)
{
	struct buffer b = buffer_in(a);
	const char *host;
	while ((host = next_host(a, &hosts)) != NULL)
		buffer_printf(&b, "%s%s:%s", b.length == 0 ? "" : ",",
			      is_address(host) ? "IP" : "DNS", host);
	return buffer_ended(&b);
}

const char *region_server_names(struct arena *a, const char *hosts)
{
	static const char own[] = "DNS:localhost,IP:127.0.0.1,IP:::1";
	return hosts == NULL ? own : arena_printf(a, "%s,%s", own, region_hosts_names(a, hosts));
}

static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	return *text != '\0' && text_is_utf8((const unsigned char *)text, strlen(text));
}

static const char *refuse(const char **why, const char *sentence)
{
	*why = sentence;
	return NULL;
}

const char *region_word_read(struct arena *a, enum region_word w, const char *text,
			     const char **why)
{
	text = text_trimmed(a, text);
	switch (w) {
	case REGION_NAME: return is_plain(text) ? text : refuse(why, "write its name, in UTF-8");
	case REGION_HOSTS:
		return are_hosts(a, text)
			       ? text
			       : refuse(why,
					"write names such as hie.example.jp, or addresses, with "
					"commas between");
	case REGION_HOME_COMMUNITY:
		if (text_starts(text, "urn:oid:"))
			text += strlen("urn:oid:");
		return text_is_oid(text) ? arena_printf(a, "urn:oid:%s", text)
					 : refuse(why, "write an OID, such as 1.2.392.200036.1");
	case REGION_CONSENT:
		return text_equal(text, "opt-in") || text_equal(text, "opt-out")
			       ? text
			       : refuse(why, "write opt-in or opt-out");
	case REGION_ADDRESS:
		return is_address(text) ? text
					: refuse(why, "write a numeric address, such as 0.0.0.0");
	default:
		return text_is_oid(text) ? text
					 : refuse(why, "write an OID, such as 1.2.392.200036.1");
	}
}

/* False: nobody answers any more. */
static bool ask(FILE *in, FILE *talk, struct arena *a, enum region_word w, const char **out)
{
	char line[LINE_MOST];
	const char *why = NULL;
	do {
		fprintf(talk, "%s", rows[w].question);
		if (rows[w].preset != NULL)
			fprintf(talk, " [%s%s]", rows[w].preset,
				rows[w].example ? ", an example" : "");
		fputs(": ", talk);
		fflush(talk);
		if (fgets(line, sizeof line, in) == NULL)
			return false;
		if (text_empty(text_trimmed(a, line)))
			return true;
		*out = region_word_read(a, w, arena_text(a, line), &why);
		if (*out == NULL)
			fprintf(talk, "%s\n", why);
	} while (*out == NULL);
	return true;
}

void region_words_ask(FILE *in, FILE *talk, struct arena *a, struct region_plan *plan)
{
	bool answers = true;
	for (unsigned w = 0; answers && w < REGION_WORDS; w++)
		if (plan->said[w] == NULL)
			answers = ask(in, talk, a, w, &plan->said[w]);
}
