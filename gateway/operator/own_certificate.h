/* gateway/operator/own_certificate.h: what a certificate of ours says, in words. */
#ifndef GATEWAY_OPERATOR_OWN_CERTIFICATE_H
#define GATEWAY_OPERATOR_OWN_CERTIFICATE_H

#include <stdbool.h>

struct arena;
struct own_renewed;

/* "DNS:hie.example.jp, IP Address:192.0.2.1", of the first certificate of the file; or "". */
const char *own_names(struct arena *a, const char *file);
/* Of those the ones that are not in the second list; NULL-ended. */
const char *const *own_names_dropped(struct arena *a, const char *former, const char *names);
/* Subject, issuer, names, serial, fingerprint and end of the file's first certificate. */
bool own_certificate_read(struct arena *a, const char *file, struct own_renewed *out);

#endif
