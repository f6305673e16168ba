/* gateway/client/soap_client.c: one SOAP request, and its answer waited for. */
#include "gateway/client/soap_client.h"

bool soap_client_call(struct https_client *c, struct arena *a, const struct random_source *random,
		      const struct soap_call *call, struct soap_reply *out, struct problem *p)
{
	struct soap_sent sent;
	struct https_answer got;
	*out = (struct soap_reply){ 0 };
	soap_call_write(a, random, call, &sent);
	return https_client_post(c, a, call->url, sent.content_type, sent.body, &got, p)
	       && soap_call_read(a, &sent, got.status, got.content_type, got.body, out, p);
}
