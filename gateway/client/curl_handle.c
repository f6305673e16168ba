/* gateway/client/curl_handle.c: how every request of ours is set up. */
#include "gateway/client/curl_handle.h"

#include "gateway/client/https_client.h"

/* Who does not take a connection within that time is not there. */
enum { CONNECT_SECONDS = 10 };

void curl_handle_set_up(CURL *curl, const struct client_identity *us, long total_seconds)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, total_seconds);
	curl_easy_setopt(curl, CURLOPT_CAINFO, us->ca);
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);	/* /etc/ssl/certs otherwise */
	curl_easy_setopt(curl, CURLOPT_SSLCERT, us->certificate);
	curl_easy_setopt(curl, CURLOPT_SSLKEY, us->certificate);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);	/* no waiting for a name server */
}
