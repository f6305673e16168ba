/* profiles/xds/registering.h: what Register Document Set-b [ITI-42] and Register On-Demand Document
 * Entry [ITI-61] have in common: all but the type of entry that may come by them. ITI TF-2:
 * 3.42.4.1.3, 3.61.4.1.3. */
#ifndef PROFILES_XDS_REGISTERING_H
#define PROFILES_XDS_REGISTERING_H

#include <stdbool.h>

#include "schemas/model/document.h"

struct audit_event;
struct exchange;
struct xml_writer;

/* The functions of a descriptor (profiles/transaction.h). In read(): every DocumentEntry must be of
 * this type. */
bool registering_read(struct exchange *x, enum document_entry_type type);
bool registering_call(struct exchange *x);
void registering_look_ahead(struct exchange *x);
bool registering_handle(struct exchange *x);
void registering_audited(struct exchange *x, struct audit_event *e);
void registering_answer(struct exchange *x, struct xml_writer *w);

#endif
