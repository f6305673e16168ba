/* gateway/exchange_headers.h: which of a message's own headers the message log keeps
 * (store/exchange_log.h): a table for each dialect. Of HTTP how it was sent and how it is to be
 * read; of SOAP its addressing (WS-Addressing 1.0 3.2); of HL7 v2 MSH (ITI TF-2: C.2.2) but for its
 * security field. Never a field that is somebody's secret, an address' user and query, nor a path
 * that may name a patient: of a route with parameters its pattern. */
#ifndef GATEWAY_EXCHANGE_HEADERS_H
#define GATEWAY_EXCHANGE_HEADERS_H

#include <stddef.h>

struct arena;
struct exchange_header_note;
struct journey;

/* As many as it has, EXCHANGE_HEADERS_MOST at most; texts are in the arena, or the message's. On
 * any thread, within the arena's run, while the journey has its head. */
size_t exchange_headers(struct arena *a, const struct journey *j, struct exchange_header_note *out);

#endif
