/* gateway/client/soap_client.h: one SOAP request (soap_call.h) over a connection of https_client.h,
 * and its answer waited for. One thread at a time per connection. */
#ifndef GATEWAY_CLIENT_SOAP_CLIENT_H
#define GATEWAY_CLIENT_SOAP_CLIENT_H

#include "gateway/client/https_client.h"
#include "gateway/client/soap_call.h"

/* False when there is no answer, or one that is no SOAP, or that answers another request. */
bool soap_client_call(struct https_client *c, struct arena *a, const struct random_source *random,
		      const struct soap_call *call, struct soap_reply *out, struct problem *p);

#endif
