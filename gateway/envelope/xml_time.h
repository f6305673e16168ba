/* gateway/envelope/xml_time.h: times as XML Schema writes them (XML Schema 1.0 part 2: 3.2.6,
 * 3.2.7). Pure functions, thread-safe. */
#ifndef GATEWAY_ENVELOPE_XML_TIME_H
#define GATEWAY_ENVELOPE_XML_TIME_H

#include <stdbool.h>

#include "gateway/base/clock.h"

/* An xsd:dateTime of the years 1 to 9999. Without a zone it is UTC (WS-BaseNotification 1.3: 6.1).
 * False: it is none. */
bool xml_date_time_read(const char *text, instant *out);
/* That moment and an xsd:duration, which may be negative. What goes beyond a thousand years is a
 * thousand years. False: it is none. */
bool xml_duration_add(const char *text, instant from, instant *out);

#endif
