/* gateway/ocsp_known.h: certificates that the configuration names and responders are asked about:
 * registered systems' whose file is known, so that what is said of them is there before they
 * connect, and our own, whose answer is sent beside them. */
#ifndef GATEWAY_OCSP_KNOWN_H
#define GATEWAY_OCSP_KNOWN_H

struct configuration;
struct gateway;

/* Reads the files. At the start, at a reload, and now and then. */
void ocsp_known_want(struct gateway *g, const struct configuration *c);

#endif
