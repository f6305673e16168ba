/* tests/client/curl_handle_test.c: how a request of ours is set up, seen from the other side: by
 * its ClientHello, and by what libcurl says that it looks into. */
#include "tests/base/suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/client/curl_handle.h"
#include "gateway/operator/region_files.h"
#include "schemas/model/partner.h"
#include "tests/operator/place.h"

enum { HELLO_MOST = 4096, SAID_MOST = 16384 };

/* What came of one request that nobody answered. */
struct seen {
	unsigned char hello[HELLO_MOST];
	size_t length;
	char said[SAID_MOST];
	size_t said_length;
};

static int listener(unsigned *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 4), 0);
	getsockname(fd, (struct sockaddr *)&at, &length);
	*port = ntohs(at.sin_port);
	return fd;
}

static int keep_said(CURL *curl, curl_infotype type, char *data, size_t size, void *with)
{
	struct seen *s = with;
	(void)curl;
	if (type == CURLINFO_TEXT && size < SAID_MOST - s->said_length) {
		memcpy(s->said + s->said_length, data, size);
		s->said_length += size;
	}
	return 0;
}

/* Drives the request until its ClientHello is there whole; then both hang up. */
static void see(CURL *curl, int fd, struct seen *s)
{
	CURLM *multi = curl_multi_init();
	int running, peer = -1;
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, keep_said);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, s);
	curl_multi_add_handle(multi, curl);
	while (s->length < 5 || s->length < 5u + s->hello[3] * 256u + s->hello[4]) {
		struct curl_waitfd also = { .fd = peer < 0 ? fd : peer,
					    .events = CURL_WAIT_POLLIN };
		struct pollfd there = { .fd = also.fd, .events = POLLIN };
		curl_multi_perform(multi, &running);
		CU_ASSERT_EQUAL_FATAL(running, 1);
		curl_multi_poll(multi, &also, 1, 10000, NULL);
		if (poll(&there, 1, 0) != 1)
			continue;
		if (peer < 0) {
			peer = accept(fd, NULL, NULL);
			continue;
		}
		ssize_t got = read(peer, s->hello + s->length, sizeof s->hello - s->length);
		CU_ASSERT_FATAL(got > 0);
		s->length += (size_t)got;
	}
	close(peer);
	curl_multi_remove_handle(multi, curl);
	curl_multi_cleanup(multi);
}

static bool holds(const struct seen *s, const void *octets, size_t length)
{
	return memmem(s->hello, s->length, octets, length) != NULL;
}

static void ask(const struct place *p, const char *server_name, struct seen *s)
{
	const struct client_identity us = { .ca = place_name(p, "r/pki/ca.pem"),
					    .certificate = place_name(p, "r/pki/server.pem"),
					    .server_name = server_name };
	struct curl_slist *headers = NULL, *places = NULL;
	unsigned port;
	int fd = listener(&port);
	CURL *curl = curl_easy_init();
	char url[64];
	*s = (struct seen){ .length = 0 };
	snprintf(url, sizeof url, "https://127.0.0.1:%u/x", port);
	curl_handle_set_up(curl, &us, 20);
	CU_ASSERT_TRUE(curl_handle_lead(curl, &us, url, &headers, &places));
	see(curl, fd, s);
	if (server_name != NULL) {
		snprintf(url, sizeof url, "Host: 127.0.0.1:%u", port);
		CU_ASSERT_STRING_EQUAL(headers->data, url);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	curl_slist_free_all(places);
	close(fd);
}

static bool begin(struct place *p)
{
	struct problem problem = { 0 };
	struct region_plan plan = {
		.demo = true, .https_port = 8443, .mllp_port = 2575, .admin_port = 8480
	};
	if (!place_begin(p))
		return false;
	plan.directory = place_name(p, "r");
	return region_init(&plan, p->arena, system_clock.now(&system_clock), &problem);
}

/* Of supported_versions (RFC 8446 4.2.1): 1.3 and 1.2, and none before. */
static void no_tls_before_1_2(void)
{
	static const unsigned char versions[] = { 0x00, 0x2b, 0x00, 0x05, 0x04,
						  0x03, 0x04, 0x03, 0x03 };
	struct seen s;
	struct place p;
	CU_ASSERT_TRUE_FATAL(begin(&p));
	ask(&p, NULL, &s);
	CU_ASSERT_TRUE(holds(&s, versions, sizeof versions));
	place_end(&p);
}

static void no_authority_but_ours(void)
{
	struct seen s;
	struct place p;
	CU_ASSERT_TRUE_FATAL(begin(&p));
	ask(&p, NULL, &s);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.said, "/r/pki/ca.pem"));
	CU_ASSERT_PTR_NOT_NULL(strstr(s.said, "CApath: none"));
	place_end(&p);
}

static void no_proxy_of_the_environment(void)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
					     "ALL_PROXY" };
	struct seen s;
	struct place p;
	CU_ASSERT_TRUE_FATAL(begin(&p));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		setenv(names[i], "http://127.0.0.1:1", 1);
	ask(&p, NULL, &s);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unsetenv(names[i]);
	CU_ASSERT(s.length > 0);
	place_end(&p);
}

/* server_name (RFC 6066 3) is the partner's name, although the URL has an address. */
static void by_another_name(void)
{
	static const char name[] = "partner.example";
	struct seen s;
	struct place p;
	CU_ASSERT_TRUE_FATAL(begin(&p));
	ask(&p, name, &s);
	CU_ASSERT_TRUE(holds(&s, name, strlen(name)));
	ask(&p, NULL, &s);
	CU_ASSERT_FALSE(holds(&s, name, strlen(name)));
	place_end(&p);
}

static void no_url(void)
{
	struct client_identity us = { .server_name = "partner.example" };
	struct curl_slist *headers = NULL, *places = NULL;
	CURL *curl = curl_easy_init();
	CU_ASSERT_FALSE(curl_handle_lead(curl, &us, "https://", &headers, &places));
	curl_slist_free_all(headers);
	curl_slist_free_all(places);
	curl_easy_cleanup(curl);
}

static const struct test tests[] = { { "no TLS before 1.2", no_tls_before_1_2 },
				     { "no authority but the one given", no_authority_but_ours },
				     { "no proxy of the environment", no_proxy_of_the_environment },
				     { "a partner of another name than its address",
				       by_another_name },
				     { "no URL, no request", no_url },
				     { 0 } };

int main(void)
{
	return suite_run("client: how a request is set up", tests);
}
