/* gateway/client/curl_handle.c: how every request of ours is set up. */
#include "gateway/client/curl_handle.h"

#include <stdio.h>

#include <openssl/ssl.h>

#include "schemas/model/partner.h"

enum {
	/* Who does not take a connection within that time is not there. */
	CONNECT_SECONDS = 10,
	LINE = 1100, /* two names of hosts, at most 255 octets each, and two ports */
};

/* What holds whoever is asked: nobody in between, nobody we are sent on to, no signals. */
static void set_up(CURL *curl, const char *scheme)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

void curl_handle_set_up_local(CURL *curl, const char *socket)
{
	set_up(curl, "http");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
}

void curl_handle_spare(void *context)
{
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

static CURLcode spare(CURL *curl, void *context, void *with)
{
	(void)curl, (void)with;
	curl_handle_spare(context);
	return CURLE_OK;
}

void curl_handle_set_up(CURL *curl, const struct client_identity *us, long total_seconds)
{
	set_up(curl, "https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 (long)(us->connect_seconds != 0 ? us->connect_seconds : CONNECT_SECONDS));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, total_seconds);
	curl_easy_setopt(curl, CURLOPT_CAINFO, us->ca);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* /etc/ssl/certs otherwise */
	if (us->crl != NULL)
		curl_easy_setopt(curl, CURLOPT_CRLFILE, us->crl);
	curl_easy_setopt(curl, CURLOPT_MAXLIFETIME_CONN, (long)CLIENT_KEPT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_SSLCERT, us->certificate);
	curl_easy_setopt(curl, CURLOPT_SSLKEY, us->certificate);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, spare);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* no waiting for a name server */
}

void curl_handle_set_up_plain(CURL *curl, const struct client_identity *us)
{
	set_up(curl, "http");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 (long)(us->connect_seconds != 0 ? us->connect_seconds : CONNECT_SECONDS));
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L); /* a responder is asked now and then */
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
}

static bool add(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

/* The URL with another host in it; its own goes to *host, both to be freed. */
static char *with_host(CURLU *u, const char *url, const char *name, char **host, char **port)
{
	char *whole = NULL;
	if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK
	    && curl_url_get(u, CURLUPART_HOST, host, 0) == CURLUE_OK
	    && curl_url_get(u, CURLUPART_PORT, port, CURLU_DEFAULT_PORT) == CURLUE_OK
	    && curl_url_set(u, CURLUPART_HOST, name, 0) == CURLUE_OK
	    && curl_url_get(u, CURLUPART_URL, &whole, 0) == CURLUE_OK)
		return whole;
	return NULL;
}

static bool lead_to(CURL *curl, const char *name, const char *url, struct curl_slist **headers,
		    struct curl_slist **places)
{
	char place[LINE], line[LINE], *host = NULL, *port = NULL;
	CURLU *u = curl_url();
	char *whole = u == NULL ? NULL : with_host(u, url, name, &host, &port);
	bool led = whole != NULL
		   && snprintf(place, LINE, "%s:%s:%s:%s", name, port, host, port) < LINE
		   && snprintf(line, LINE, "Host: %s:%s", host, port) < LINE && add(places, place)
		   && add(headers, line)
		   && curl_easy_setopt(curl, CURLOPT_CONNECT_TO, *places) == CURLE_OK
		   && curl_easy_setopt(curl, CURLOPT_URL, whole) == CURLE_OK;
	curl_free(whole);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
	return led;
}

bool curl_handle_lead(CURL *curl, const struct client_identity *us, const char *url,
		      struct curl_slist **headers, struct curl_slist **places)
{
	if (us->server_name != NULL)
		return lead_to(curl, us->server_name, url, headers, places);
	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
}
