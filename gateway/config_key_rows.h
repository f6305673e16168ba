/* gateway/config_key_rows.h: between the files that hold the keys of minato.conf, and for nobody
 * else. */
#ifndef GATEWAY_CONFIG_KEY_ROWS_H
#define GATEWAY_CONFIG_KEY_ROWS_H

#include "gateway/config_keys.h"

/* AREA is the struct whose members the rows fill. */
#define AT(member) offsetof(AREA, member)
#define KIB(n) (UINT64_C(n) << 10)
#define MIB(n) (UINT64_C(n) << 20)
#define GIB(n) (UINT64_C(n) << 30)

/* gateway/config_keys_doors.c */
extern const struct config_key rows_of_https[], rows_of_https_door[], rows_of_mllp[],
	rows_of_mllp_door[], rows_of_syslog_door[], rows_of_admin[];
/* gateway/config_keys_named.c */
extern const struct config_key rows_of_partner[], rows_of_repository[], rows_of_inbox[],
	rows_of_on_demand[], rows_of_domain[], rows_of_codes[], rows_of_assertion_issuer[],
	rows_of_system[], rows_of_retention[], rows_of_ssmix2_storage[];

#endif
