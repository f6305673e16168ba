# One line a transaction: the file that holds its descriptor, which has the file's name.
TRANSACTIONS =
TRANSACTIONS += profiles/pix/iti44_patient_identity_feed_v3.c
TRANSACTIONS += profiles/pix/iti45_pix_query_v3.c
TRANSACTIONS += profiles/xds/iti44_patient_identity_feed_v3_registry.c
TRANSACTIONS += profiles/admin/admin_audit.c
TRANSACTIONS += profiles/admin/admin_audit_verify.c
TRANSACTIONS += profiles/admin/admin_backup.c
TRANSACTIONS += profiles/admin/admin_check.c
TRANSACTIONS += profiles/admin/admin_consent.c
TRANSACTIONS += profiles/admin/admin_documents.c
TRANSACTIONS += profiles/admin/admin_patient.c
TRANSACTIONS += profiles/admin/admin_patients.c
TRANSACTIONS += profiles/xds/iti18_registry_stored_query.c
TRANSACTIONS += profiles/xds/iti41_provide_and_register.c
TRANSACTIONS += profiles/xds/iti42_register_document_set.c
TRANSACTIONS += profiles/xds/iti43_retrieve_document_set.c
