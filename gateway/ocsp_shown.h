/* gateway/ocsp_shown.h: what responders said, and how old it is, as the operator and who watches us
 * see it. */
#ifndef GATEWAY_OCSP_SHOWN_H
#define GATEWAY_OCSP_SHOWN_H

struct buffer;
struct exchange;
struct gateway;
struct json_t;

/* [{"certificate", "system", "ours", "said", "since", "until", "age_seconds", "responder",
 * "problem"}]: of each certificate this node met or names, or that is not good; what is worse
 * first, 100 at most. A new reference. */
struct json_t *ocsp_shown_status(struct gateway *g, struct exchange *x);
/* Its rows of the metrics. */
void ocsp_shown_metrics(struct gateway *g, struct buffer *b);

#endif
