/* gateway/audit/export_lines.h: between the writing and the reading of export files, and for nobody
 * else. */
#ifndef GATEWAY_AUDIT_EXPORT_LINES_H
#define GATEWAY_AUDIT_EXPORT_LINES_H

#include "gateway/audit/export_file.h"

#define EXPORT_FORM "minato-audit-export-1"
enum { EXPORT_SIGNATURE = sizeof EXPORT_FORM + 1 + 2 * AUDIT_HASH + 1 + 2 * ANCHOR_SIGNATURE + 1 };
const char *export_kind_word(enum export_kind kind);

#endif
