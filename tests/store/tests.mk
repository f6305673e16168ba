# Tests of this room.
unit_tests += tests/store/record_test tests/store/rows_test tests/store/engine_test tests/store/engine_histories_test tests/store/past_test tests/store/stop_test tests/store/store_test \
	tests/store/faults_test tests/store/flusher_test tests/store/blobs_test tests/store/audit_log_test
tests_store_record_test_SOURCES = tests/store/record_test.c
tests_store_record_test_LDADD = $(TEST_LIBS)
tests_store_rows_test_SOURCES = tests/store/rows_test.c
tests_store_rows_test_LDADD = $(TEST_LIBS)
tests_store_engine_test_SOURCES = tests/store/engine_test.c tests/store/engine_scene.h tests/store/fixture.h
tests_store_engine_test_LDADD = $(TEST_LIBS)
# By the size of its keys, as the engine in service tells it.
unit_tests += tests/store/cache_size_test
tests_store_cache_size_test_SOURCES = tests/store/cache_size_test.c tests/store/fixture.h
tests_store_cache_size_test_LDADD = $(TEST_LIBS)
tests_store_engine_histories_test_SOURCES = tests/store/engine_histories_test.c tests/store/engine_scene.h \
	tests/store/fixture.h
tests_store_engine_histories_test_LDADD = $(TEST_LIBS)
tests_store_stop_test_SOURCES = tests/store/stop_test.c tests/store/fixture.h
tests_store_stop_test_LDADD = $(TEST_LIBS)
tests_store_stop_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=progress_add
tests_store_past_test_SOURCES = tests/store/past_test.c tests/store/fixture.h
tests_store_past_test_LDADD = $(TEST_LIBS)
tests_store_store_test_SOURCES = tests/store/store_test.c tests/store/fixture.h
tests_store_store_test_LDADD = $(TEST_LIBS)
tests_store_faults_test_SOURCES = tests/store/faults_test.c tests/store/fixture.h
tests_store_faults_test_LDADD = $(TEST_LIBS)
tests_store_flusher_test_SOURCES = tests/store/flusher_test.c tests/store/fixture.h
tests_store_flusher_test_LDADD = $(TEST_LIBS)
tests_store_blobs_test_SOURCES = tests/store/blobs_test.c tests/store/fixture.h
tests_store_blobs_test_LDADD = $(TEST_LIBS)
tests_store_blobs_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=EVP_DigestFinal_ex
# What it is told of the disk.
unit_tests += tests/store/ahead_test
tests_store_ahead_test_SOURCES = tests/store/ahead_test.c tests/store/fixture.h
tests_store_ahead_test_LDADD = $(TEST_LIBS)
tests_store_ahead_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getrusage,--wrap=pthread_create
# The calls it lets fail.
unit_tests += tests/store/packs_test
tests_store_packs_test_SOURCES = tests/store/packs_test.c tests/base/failing.h tests/store/fixture.h
tests_store_packs_test_LDADD = $(TEST_LIBS)
tests_store_packs_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fdatasync,--wrap=pwrite
unit_tests += tests/store/file_writer_test
tests_store_file_writer_test_SOURCES = tests/store/file_writer_test.c
tests_store_file_writer_test_LDADD = $(TEST_LIBS)
tests_store_file_writer_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pwrite
unit_tests += tests/store/document_places_test
tests_store_document_places_test_SOURCES = tests/store/document_places_test.c tests/store/fixture.h
tests_store_document_places_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/months_test
tests_store_months_test_SOURCES = tests/store/months_test.c tests/store/in_job.h tests/store/own_clock.h tests/store/people.h tests/store/fixture.h
tests_store_months_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/usage_test
tests_store_usage_test_SOURCES = tests/store/usage_test.c tests/store/in_job.h tests/store/people.h tests/store/fixture.h
tests_store_usage_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/verified_files_test
tests_store_verified_files_test_SOURCES = tests/store/verified_files_test.c
tests_store_verified_files_test_LDADD = $(TEST_LIBS)
tests_store_audit_log_test_SOURCES = tests/store/audit_log_test.c tests/store/fixture.h
tests_store_audit_log_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/record tests/cases/pack_record tests/cases/identity

# The calls it lets fail.
unit_tests += tests/store/audit_entries_test
tests_store_audit_entries_test_SOURCES = tests/store/audit_entries_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_entries_test_LDADD = $(TEST_LIBS)
tests_store_audit_entries_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_add \
	-Wl,--wrap=store_next,--wrap=EVP_MD_CTX_new,--wrap=EVP_DigestInit_ex,--wrap=EVP_DigestUpdate \
	-Wl,--wrap=EVP_DigestFinal_ex
unit_tests += tests/store/audit_index_test
tests_store_audit_index_test_SOURCES = tests/store/audit_index_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_index_test_LDADD = $(TEST_LIBS)
tests_store_audit_index_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get
unit_tests += tests/store/audit_indexing_test
tests_store_audit_indexing_test_SOURCES = tests/store/audit_indexing_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_indexing_test_LDADD = $(TEST_LIBS)
tests_store_audit_indexing_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_next,--wrap=store_write \
	-Wl,--wrap=store_begin_read,--wrap=arena_create,--wrap=audit_name_next,--wrap=audit_patients_gather \
	-Wl,--wrap=store_put
unit_tests += tests/store/audit_patients_check_test
tests_store_audit_patients_check_test_SOURCES = tests/store/audit_patients_check_test.c tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_patients_check_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/audit_packing_test
tests_store_audit_packing_test_SOURCES = tests/store/audit_packing_test.c
tests_store_audit_packing_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/audit_folding_test
tests_store_audit_folding_test_SOURCES = tests/store/audit_folding_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_folding_test_LDADD = $(TEST_LIBS)
tests_store_audit_folding_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete \
	-Wl,--wrap=store_write,--wrap=store_begin_read,--wrap=store_end,--wrap=store_renew,--wrap=arena_create,--wrap=arena_run
unit_tests += tests/store/check_counts_test
tests_store_check_counts_test_SOURCES = tests/store/check_counts_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_check_counts_test_LDADD = $(TEST_LIBS)
tests_store_check_counts_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=check_counts_create
unit_tests += tests/store/audit_faults_test
tests_store_audit_faults_test_SOURCES = tests/store/audit_faults_test.c tests/store/in_job.h tests/store/fixture.h
tests_store_audit_faults_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/audit_expiring_test
tests_store_audit_expiring_test_SOURCES = tests/store/audit_expiring_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_expiring_test_LDADD = $(TEST_LIBS)
tests_store_audit_expiring_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_write,--wrap=arena_create
unit_tests += tests/store/audit_merging_test
tests_store_audit_merging_test_SOURCES = tests/store/audit_merging_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_store_audit_merging_test_LDADD = $(TEST_LIBS)
tests_store_audit_merging_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete \
	-Wl,--wrap=store_write,--wrap=store_begin_read,--wrap=store_end,--wrap=store_next,--wrap=arena_create,--wrap=arena_run
unit_tests += tests/store/audit_search_test
tests_store_audit_search_test_SOURCES = tests/store/audit_search_test.c tests/store/in_job.h tests/store/fixture.h
tests_store_audit_search_test_LDADD = $(TEST_LIBS)
tests_store_audit_search_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_next,--wrap=audit_sheet_unpack

EXTRA_PROGRAMS += tests/store/store_bench
tests_store_store_bench_SOURCES = tests/store/store_bench.c tests/store/fixture.h
tests_store_store_bench_LDADD = $(TEST_LIBS)

unit_tests += tests/store/identity_test tests/store/consent_test tests/store/trust_test \
	tests/store/trust_consent_test
trust_scene = tests/store/trust_scene.h tests/store/people.h tests/store/fixture.h
tests_store_trust_test_SOURCES = tests/store/trust_test.c $(trust_scene)
tests_store_trust_test_LDADD = $(TEST_LIBS)
tests_store_trust_consent_test_SOURCES = tests/store/trust_consent_test.c $(trust_scene)
tests_store_trust_consent_test_LDADD = $(TEST_LIBS)
tests_store_identity_test_SOURCES = tests/store/identity_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_test_LDADD = $(TEST_LIBS)
tests_store_consent_test_SOURCES = tests/store/consent_test.c tests/store/people.h tests/store/fixture.h
tests_store_consent_test_LDADD = $(TEST_LIBS)

# The calls it lets fail.
consent_scene = tests/store/consent_scene.h tests/base/failing.h tests/store/people.h tests/store/fixture.h
consent_calls = -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete,--wrap=store_next
unit_tests += tests/store/consent_rows_test
tests_store_consent_rows_test_SOURCES = tests/store/consent_rows_test.c $(consent_scene)
tests_store_consent_rows_test_LDADD = $(TEST_LIBS)
tests_store_consent_rows_test_LDFLAGS = $(AM_LDFLAGS) $(consent_calls)
unit_tests += tests/store/consent_ends_test
tests_store_consent_ends_test_SOURCES = tests/store/consent_ends_test.c tests/store/told.h tests/store/people.h tests/store/fixture.h
tests_store_consent_ends_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/consent_meeting_test
tests_store_consent_meeting_test_SOURCES = tests/store/consent_meeting_test.c tests/store/own_clock.h tests/store/people.h \
	tests/store/fixture.h
tests_store_consent_meeting_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/consent_words_test
tests_store_consent_words_test_SOURCES = tests/store/consent_words_test.c $(consent_scene)
tests_store_consent_words_test_LDADD = $(TEST_LIBS)
tests_store_consent_words_test_LDFLAGS = $(AM_LDFLAGS) $(consent_calls)
unit_tests += tests/store/consent_damaged_test
tests_store_consent_damaged_test_SOURCES = tests/store/consent_damaged_test.c $(consent_scene)
tests_store_consent_damaged_test_LDADD = $(TEST_LIBS)
tests_store_consent_damaged_test_LDFLAGS = $(AM_LDFLAGS) $(consent_calls)

unit_tests += tests/store/identity_insurances_test
tests_store_identity_insurances_test_SOURCES = tests/store/identity_insurances_test.c
tests_store_identity_insurances_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_values_test
tests_store_identity_values_test_SOURCES = tests/store/identity_values_test.c
tests_store_identity_values_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_core_test
tests_store_identity_core_test_SOURCES = tests/store/identity_core_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_core_test_LDADD = $(TEST_LIBS)

unit_tests += tests/store/identity_join_test
tests_store_identity_join_test_SOURCES = tests/store/identity_join_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_join_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_forms_test
tests_store_identity_forms_test_SOURCES = tests/store/identity_forms_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_identity_forms_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_work_test
tests_store_identity_work_test_SOURCES = tests/store/identity_work_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_identity_work_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_candidates_test
tests_store_identity_candidates_test_SOURCES = tests/store/identity_candidates_test.c tests/base/failing.h \
	tests/store/asked.h tests/store/people.h tests/store/fixture.h
tests_store_identity_candidates_test_LDADD = $(TEST_LIBS)
tests_store_identity_candidates_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete \
	-Wl,--wrap=store_begin_read
unit_tests += tests/store/candidate_names_test
tests_store_candidate_names_test_SOURCES = tests/store/candidate_names_test.c tests/store/asked.h \
	tests/store/people.h tests/store/fixture.h
tests_store_candidate_names_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_score_test
tests_store_identity_score_test_SOURCES = tests/store/identity_score_test.c tests/store/in_job.h \
	tests/store/people.h tests/store/fixture.h
tests_store_identity_score_test_LDADD = $(TEST_LIBS)
tests_store_identity_score_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=match_compare,--wrap=match_features
unit_tests += tests/store/match_blocks_test
tests_store_match_blocks_test_SOURCES = tests/store/match_blocks_test.c tests/store/in_job.h \
	tests/store/people.h tests/store/fixture.h
tests_store_match_blocks_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_sharing_test
tests_store_identity_sharing_test_SOURCES = tests/store/identity_sharing_test.c tests/store/asked.h tests/store/in_job.h \
	tests/store/people.h tests/store/fixture.h
tests_store_identity_sharing_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/former_form_test
tests_store_former_form_test_SOURCES = tests/store/former_form_test.c tests/store/asked.h tests/store/in_job.h \
	tests/store/people.h tests/store/fixture.h
tests_store_former_form_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_dense_test
tests_store_identity_dense_test_SOURCES = tests/store/identity_dense_test.c
tests_store_identity_dense_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_own_ids_test
tests_store_identity_own_ids_test_SOURCES = tests/store/identity_own_ids_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_identity_own_ids_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_decide_test
tests_store_identity_decide_test_SOURCES = tests/store/identity_decide_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_decide_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_awaited_test
tests_store_identity_awaited_test_SOURCES = tests/store/identity_awaited_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_identity_awaited_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_feed_test
tests_store_identity_feed_test_SOURCES = tests/store/identity_feed_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_identity_feed_test_LDADD = $(TEST_LIBS)
row_scene = tests/store/row_scene.c tests/store/row_scene.h tests/store/in_job.h tests/store/people.h tests/store/fixture.h
unit_tests += tests/store/identity_rows_test
tests_store_identity_rows_test_SOURCES = tests/store/identity_rows_test.c $(row_scene)
tests_store_identity_rows_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_rows_damaged_test
tests_store_identity_rows_damaged_test_SOURCES = tests/store/identity_rows_damaged_test.c $(row_scene)
tests_store_identity_rows_damaged_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_reading_test
tests_store_identity_reading_test_SOURCES = tests/store/identity_reading_test.c tests/base/failing.h tests/store/told.h $(row_scene)
tests_store_identity_reading_test_LDADD = $(TEST_LIBS)
tests_store_identity_reading_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete

unit_tests += tests/store/registry_test
tests_store_registry_test_SOURCES = tests/store/registry_test.c tests/store/people.h tests/store/fixture.h
tests_store_registry_test_LDADD = $(TEST_LIBS)

unit_tests += tests/store/registry_moving_test
tests_store_registry_moving_test_SOURCES = tests/store/registry_moving_test.c tests/store/people.h \
	tests/store/fixture.h
tests_store_registry_moving_test_LDADD = $(TEST_LIBS)

unit_tests += tests/store/registry_update_test
tests_store_registry_update_test_SOURCES = tests/store/registry_update_test.c tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_registry_update_test_LDADD = $(TEST_LIBS)

# It counts what the store is asked.
unit_tests += tests/store/registry_codes_test
tests_store_registry_codes_test_SOURCES = tests/store/registry_codes_test.c tests/store/fixture.h
tests_store_registry_codes_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/registry_bounds_test
tests_store_registry_bounds_test_SOURCES = tests/store/registry_bounds_test.c tests/store/people.h tests/store/fixture.h
tests_store_registry_bounds_test_LDADD = $(TEST_LIBS)
tests_store_registry_bounds_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_next

unit_tests += tests/store/job_queue_test
tests_store_job_queue_test_SOURCES = tests/store/job_queue_test.c tests/store/fixture.h
tests_store_job_queue_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/disk_reserve_test
tests_store_disk_reserve_test_SOURCES = tests/store/disk_reserve_test.c tests/store/fixture.h
tests_store_disk_reserve_test_LDADD = $(TEST_LIBS)
# The calls it lets fail.
unit_tests += tests/store/exchange_bodies_test
tests_store_exchange_bodies_test_SOURCES = tests/store/exchange_bodies_test.c tests/base/failing.h tests/base/suite.h
tests_store_exchange_bodies_test_LDADD = $(TEST_LIBS)
tests_store_exchange_bodies_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=write,--wrap=fdatasync,--wrap=fsync \
	-Wl,--wrap=unlinkat,--wrap=pread
unit_tests += tests/store/exchange_said_test
tests_store_exchange_said_test_SOURCES = tests/store/exchange_said_test.c tests/base/suite.h
tests_store_exchange_said_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/exchange_log_test
tests_store_exchange_log_test_SOURCES = tests/store/exchange_log_test.c tests/base/failing.h tests/base/suite.h
tests_store_exchange_log_test_LDADD = $(TEST_LIBS)
tests_store_exchange_log_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=write,--wrap=fdatasync,--wrap=rename
unit_tests += tests/store/audit_aside_test
tests_store_audit_aside_test_SOURCES = tests/store/audit_aside_test.c tests/store/fixture.h
tests_store_audit_aside_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/errands_test
tests_store_errands_test_SOURCES = tests/store/errands_test.c tests/store/fixture.h
tests_store_errands_test_LDADD = $(TEST_LIBS)

unit_tests += tests/store/identity_check_test
tests_store_identity_check_test_SOURCES = tests/store/identity_check_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/people.h tests/store/fixture.h
tests_store_identity_check_test_LDADD = $(TEST_LIBS)
tests_store_identity_check_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=check_counts_create

unit_tests += tests/store/identity_bounds_test
tests_store_identity_bounds_test_SOURCES = tests/store/identity_bounds_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_bounds_test_LDADD = $(TEST_LIBS)
tests_store_identity_bounds_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=SHA256 \
	-Wl,--wrap=normalise_phone,--wrap=normalise_kana_name
unit_tests += tests/store/audit_verify_test
tests_store_audit_verify_test_SOURCES = tests/store/audit_verify_test.c tests/base/failing.h tests/store/fixture.h
tests_store_audit_verify_test_LDADD = $(TEST_LIBS)
tests_store_audit_verify_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_renew,--wrap=audit_walk_next \
	-Wl,--wrap=store_get
unit_tests += tests/store/tries_test
tests_store_tries_test_SOURCES = tests/store/tries_test.c tests/store/fixture.h
tests_store_tries_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/again_test
tests_store_again_test_SOURCES = tests/store/again_test.c tests/store/people.h tests/store/fixture.h
tests_store_again_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/node_test
tests_store_node_test_SOURCES = tests/store/node_test.c tests/base/failing.h tests/engines/nodes.h \
	tests/store/in_job.h tests/store/fixture.h
tests_store_node_test_LDADD = $(TEST_LIBS)
tests_store_node_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_put,--wrap=store_begin_read,--wrap=store_next \
	-Wl,--wrap=store_scan_prefix
unit_tests += tests/store/audit_chains_test
tests_store_audit_chains_test_SOURCES = tests/store/audit_chains_test.c tests/base/failing.h \
	tests/engines/nodes.h tests/store/in_job.h tests/store/fixture.h
tests_store_audit_chains_test_LDADD = $(TEST_LIBS)
tests_store_audit_chains_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_next

unit_tests += tests/store/pull_points_test
tests_store_pull_points_test_SOURCES = tests/store/pull_points_test.c tests/store/own_clock.h tests/store/people.h tests/store/in_job.h tests/store/fixture.h
tests_store_pull_points_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/subscriptions_test
tests_store_subscriptions_test_SOURCES = tests/store/subscriptions_test.c tests/store/own_clock.h tests/store/people.h tests/store/fixture.h
tests_store_subscriptions_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/inboxes_test
tests_store_inboxes_test_SOURCES = tests/store/inboxes_test.c tests/base/failing.h tests/store/in_job.h tests/store/people.h tests/store/fixture.h
tests_store_inboxes_test_LDADD = $(TEST_LIBS)
tests_store_inboxes_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get,--wrap=store_has,--wrap=store_put,--wrap=store_delete
unit_tests += tests/store/notices_test
tests_store_notices_test_SOURCES = tests/store/notices_test.c tests/store/told.h tests/store/people.h tests/store/fixture.h
tests_store_notices_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/numbers_test
tests_store_numbers_test_SOURCES = tests/store/numbers_test.c tests/base/failing.h tests/store/fixture.h
tests_store_numbers_test_LDADD = $(TEST_LIBS)
tests_store_numbers_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_put
unit_tests += tests/store/names_test
tests_store_names_test_SOURCES = tests/store/names_test.c tests/base/failing.h tests/store/in_job.h tests/store/people.h \
	tests/store/fixture.h
tests_store_names_test_LDADD = $(TEST_LIBS)
tests_store_names_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=store_get,--wrap=store_put,--wrap=store_generation,--wrap=store_names
unit_tests += tests/store/errands_sent_test
tests_store_errands_sent_test_SOURCES = tests/store/errands_sent_test.c tests/store/in_job.h tests/store/fixture.h
tests_store_errands_sent_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/acceptances_test
tests_store_acceptances_test_SOURCES = tests/store/acceptances_test.c tests/store/in_job.h tests/store/people.h tests/store/fixture.h
tests_store_acceptances_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/expiries_test
tests_store_expiries_test_SOURCES = tests/store/expiries_test.c tests/store/in_job.h tests/store/fixture.h tests/base/suite.h
tests_store_expiries_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/ocsp_said_test
tests_store_ocsp_said_test_SOURCES = tests/store/ocsp_said_test.c tests/store/in_job.h tests/store/fixture.h tests/base/suite.h
tests_store_ocsp_said_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/lockouts_test
tests_store_lockouts_test_SOURCES = tests/store/lockouts_test.c tests/store/in_job.h tests/store/fixture.h tests/base/suite.h
tests_store_lockouts_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/loading_test
tests_store_loading_test_SOURCES = tests/store/loading_test.c tests/store/fixture.h
tests_store_loading_test_LDADD = $(TEST_LIBS)

unit_tests += tests/store/asked_sets_test
tests_store_asked_sets_test_SOURCES = tests/store/asked_sets_test.c tests/store/fixture.h
tests_store_asked_sets_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/signature_verdicts_test
tests_store_signature_verdicts_test_SOURCES = tests/store/signature_verdicts_test.c tests/store/in_job.h tests/store/fixture.h
tests_store_signature_verdicts_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/partner_codes_test
tests_store_partner_codes_test_SOURCES = tests/store/partner_codes_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_partner_codes_test_LDADD = $(TEST_LIBS)
tests_store_partner_codes_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_put
unit_tests += tests/store/awaited_test
tests_store_awaited_test_SOURCES = tests/store/awaited_test.c tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_awaited_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/deferred_questions_test
tests_store_deferred_questions_test_SOURCES = tests/store/deferred_questions_test.c tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_deferred_questions_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/correlations_test
tests_store_correlations_test_SOURCES = tests/store/correlations_test.c tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_correlations_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/partner_ids_test
tests_store_partner_ids_test_SOURCES = tests/store/partner_ids_test.c tests/base/failing.h tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_partner_ids_test_LDADD = $(TEST_LIBS)
tests_store_partner_ids_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_put
unit_tests += tests/store/partner_faults_test
tests_store_partner_faults_test_SOURCES = tests/store/partner_faults_test.c tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_store_partner_faults_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/calls_sent_test
tests_store_calls_sent_test_SOURCES = tests/store/calls_sent_test.c tests/engines/nodes.h tests/store/fixture.h
tests_store_calls_sent_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/damaged_test
tests_store_damaged_test_SOURCES = tests/store/damaged_test.c tests/store/fixture.h
tests_store_damaged_test_LDADD = $(TEST_LIBS)

# Records kept short by what their sender's others say.
unit_tests += tests/store/packing_test
tests_store_packing_test_SOURCES = tests/store/packing_test.c tests/store/fixture.h tests/store/in_job.h
tests_store_packing_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/identity_history_test
tests_store_identity_history_test_SOURCES = tests/store/identity_history_test.c tests/store/people.h tests/store/fixture.h
tests_store_identity_history_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_order_test
tests_store_match_order_test_SOURCES = tests/store/match_order_test.c tests/store/match_scene.h tests/store/people.h \
	tests/engines/nodes.h tests/store/fixture.h
tests_store_match_order_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_check_test
tests_store_match_check_test_SOURCES = tests/store/match_check_test.c tests/store/match_scene.h tests/store/people.h \
	tests/store/in_job.h tests/store/fixture.h
tests_store_match_check_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_closure_test
tests_store_match_closure_test_SOURCES = tests/store/match_closure_test.c tests/store/match_scene.h tests/store/people.h \
	tests/store/told.h tests/store/in_job.h tests/store/fixture.h
tests_store_match_closure_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_queue_test
tests_store_match_queue_test_SOURCES = tests/store/match_queue_test.c tests/store/match_scene.h tests/store/people.h \
	tests/store/in_job.h tests/store/fixture.h
tests_store_match_queue_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_walk_test
tests_store_match_walk_test_SOURCES = tests/store/match_walk_test.c tests/store/people.h tests/store/fixture.h
tests_store_match_walk_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/match_trust_test
tests_store_match_trust_test_SOURCES = tests/store/match_trust_test.c tests/store/match_scene.h tests/store/people.h \
	tests/store/in_job.h tests/store/fixture.h
tests_store_match_trust_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/audit_received_test
tests_store_audit_received_test_SOURCES = tests/store/audit_received_test.c tests/store/fixture.h
tests_store_audit_received_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/at_rest_test
tests_store_at_rest_test_SOURCES = tests/store/at_rest_test.c tests/base/suite.h
tests_store_at_rest_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/overrides_test
tests_store_overrides_test_SOURCES = tests/store/overrides_test.c tests/store/in_job.h tests/store/people.h tests/store/fixture.h
tests_store_overrides_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/disasters_test
tests_store_disasters_test_SOURCES = tests/store/disasters_test.c tests/store/in_job.h tests/store/people.h tests/store/fixture.h
tests_store_disasters_test_LDADD = $(TEST_LIBS)
unit_tests += tests/store/consent_papers_test
tests_store_consent_papers_test_SOURCES = tests/store/consent_papers_test.c $(consent_scene)
tests_store_consent_papers_test_LDADD = $(TEST_LIBS)
tests_store_consent_papers_test_LDFLAGS = $(AM_LDFLAGS) $(consent_calls)
unit_tests += tests/store/consent_documents_test
tests_store_consent_documents_test_SOURCES = tests/store/consent_documents_test.c tests/base/failing.h tests/store/in_job.h tests/store/fixture.h
tests_store_consent_documents_test_LDADD = $(TEST_LIBS)
tests_store_consent_documents_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_put,--wrap=store_delete
