# One line a transaction: the file that holds its descriptor, which has the file's name.
TRANSACTIONS =
TRANSACTIONS += profiles/pix/iti44_patient_identity_feed_v3.c
TRANSACTIONS += profiles/pix/iti45_pix_query_v3.c
TRANSACTIONS += profiles/xds/iti44_patient_identity_feed_v3_registry.c
