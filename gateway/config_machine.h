/* gateway/config_machine.h: what of a configuration only this machine can say: whether its
 * directories can be written, its addresses are here and free, its grammars are installed. */
#ifndef GATEWAY_CONFIG_MACHINE_H
#define GATEWAY_CONFIG_MACHINE_H

#include <stdbool.h>

struct arena;
struct config_fault;
struct configuration;

/* Some system has strict-input, and so grammars are needed. */
bool config_is_strict(const struct configuration *c);
/* What would keep a daemon of this user from starting here, in the arena; NULL: nothing we know.
 * It changes nothing; addresses are bound for a moment, and of a store whose daemon does not run
 * the files are read that say of which form and region it is, as far as this user may. What a
 * daemon that runs by this configuration has is free for its next start. */
const struct config_fault *config_machine_faults(const struct configuration *c, struct arena *a);

#endif
