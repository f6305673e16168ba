# Tests of this room.
unit_tests += tests/profiles/replay_difference_test
tests_profiles_replay_difference_test_SOURCES = tests/profiles/replay_difference_test.c tests/base/suite.h
tests_profiles_replay_difference_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/transaction_log_test
tests_profiles_transaction_log_test_SOURCES = tests/profiles/transaction_log_test.c tests/base/suite.h
tests_profiles_transaction_log_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/watch_test
tests_profiles_watch_test_SOURCES = tests/profiles/watch_test.c tests/profiles/late_clock.h $(ssmix2_storage)
tests_profiles_watch_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/root_owners_test
tests_profiles_root_owners_test_SOURCES = tests/profiles/root_owners_test.c $(operator_place)
tests_profiles_root_owners_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/watch_source_test
tests_profiles_watch_source_test_SOURCES = tests/profiles/watch_source_test.c tests/profiles/late_clock.h $(ssmix2_storage)
tests_profiles_watch_source_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/walk_place_test
tests_profiles_walk_place_test_SOURCES = tests/profiles/walk_place_test.c tests/base/suite.h
tests_profiles_walk_place_test_LDADD = $(TEST_LIBS)

unit_tests += tests/profiles/watch_folders_test
tests_profiles_watch_folders_test_SOURCES = tests/profiles/watch_folders_test.c tests/base/suite.h
tests_profiles_watch_folders_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/watch_refused_test
tests_profiles_watch_refused_test_SOURCES = tests/profiles/watch_refused_test.c tests/base/suite.h
tests_profiles_watch_refused_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/reply_test
tests_profiles_reply_test_SOURCES = tests/profiles/reply_test.c tests/base/suite.h
tests_profiles_reply_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/looked_test
tests_profiles_looked_test_SOURCES = tests/profiles/looked_test.c tests/base/suite.h
tests_profiles_looked_test_LDADD = $(TEST_LIBS)

# The files of an export.
unit_tests += tests/profiles/disclosing_test
tests_profiles_disclosing_test_SOURCES = tests/profiles/disclosing_test.c tests/base/suite.h
tests_profiles_disclosing_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/bundle_test
tests_profiles_bundle_test_SOURCES = tests/profiles/bundle_test.c tests/base/suite.h
tests_profiles_bundle_test_LDADD = $(TEST_LIBS)

# The road without doors: what would leave by one stays here.
road_sources = tests/profiles/road.c tests/profiles/road.h
road_ends_here = -Wl,--wrap=door_answer,--wrap=door_left

# Documents: ITI-18, ITI-41, ITI-42, ITI-43.
documents_house = tests/profiles/documents.c tests/profiles/documents.h $(road_sources) \
	tests/store/people.h \
	tests/store/fixture.h tests/envelope/samples.c tests/envelope/samples.h tests/base/suite.h
unit_tests += tests/profiles/iti42_test
tests_profiles_iti42_test_SOURCES = tests/profiles/iti42_test.c $(documents_house)
tests_profiles_iti42_test_LDADD = $(TEST_LIBS)
tests_profiles_iti42_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
# What it looks at before is the test's.
unit_tests += tests/profiles/look_ahead_test
tests_profiles_look_ahead_test_SOURCES = tests/profiles/look_ahead_test.c $(documents_house)
tests_profiles_look_ahead_test_LDADD = $(TEST_LIBS)
tests_profiles_look_ahead_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here) -Wl,--wrap=store_look_ahead
unit_tests += tests/profiles/locked_out_test
tests_profiles_locked_out_test_SOURCES = tests/profiles/locked_out_test.c $(documents_house)
tests_profiles_locked_out_test_LDADD = $(TEST_LIBS)
tests_profiles_locked_out_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/community_answer_test
tests_profiles_community_answer_test_SOURCES = tests/profiles/community_answer_test.c tests/base/suite.h
tests_profiles_community_answer_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/iti18_test
tests_profiles_iti18_test_SOURCES = tests/profiles/iti18_test.c $(documents_house)
tests_profiles_iti18_test_LDADD = $(TEST_LIBS)
tests_profiles_iti18_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti51_test
tests_profiles_iti51_test_SOURCES = tests/profiles/iti51_test.c $(documents_house)
tests_profiles_iti51_test_LDADD = $(TEST_LIBS)
tests_profiles_iti51_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti57_test
tests_profiles_iti57_test_SOURCES = tests/profiles/iti57_test.c $(documents_house)
tests_profiles_iti57_test_LDADD = $(TEST_LIBS)
tests_profiles_iti57_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/document_faults_test
tests_profiles_document_faults_test_SOURCES = tests/profiles/document_faults_test.c tests/base/failing.h $(documents_house)
tests_profiles_document_faults_test_LDADD = $(TEST_LIBS)
tests_profiles_document_faults_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here) \
	-Wl,--wrap=store_get,--wrap=store_has,--wrap=store_put,--wrap=store_add,--wrap=store_delete \
	-Wl,--wrap=store_scan,--wrap=store_scan_prefix,--wrap=pwrite,--wrap=fsync,--wrap=linkat,--wrap=mkdirat
subscribers_house = tests/profiles/subscribing.c tests/profiles/subscribing.h $(documents_house)
unit_tests += tests/profiles/iti70_test
tests_profiles_iti70_test_SOURCES = tests/profiles/iti70_test.c $(subscribers_house)
tests_profiles_iti70_test_LDADD = $(TEST_LIBS)
tests_profiles_iti70_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti52_test
tests_profiles_iti52_test_SOURCES = tests/profiles/iti52_test.c $(subscribers_house)
tests_profiles_iti52_test_LDADD = $(TEST_LIBS)
tests_profiles_iti52_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti62_test
tests_profiles_iti62_test_SOURCES = tests/profiles/iti62_test.c $(documents_house)
tests_profiles_iti62_test_LDADD = $(TEST_LIBS)
tests_profiles_iti62_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/retention_test
tests_profiles_retention_test_SOURCES = tests/profiles/retention_test.c tests/base/suite.h
tests_profiles_retention_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/retention_run_test
tests_profiles_retention_run_test_SOURCES = tests/profiles/retention_run_test.c tests/store/in_job.h $(documents_house)
tests_profiles_retention_run_test_LDADD = $(TEST_LIBS)
tests_profiles_retention_run_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti41_test
tests_profiles_iti41_test_SOURCES = tests/profiles/iti41_test.c $(documents_house)
tests_profiles_iti41_test_LDADD = $(TEST_LIBS)
tests_profiles_iti41_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/limits_test
tests_profiles_limits_test_SOURCES = tests/profiles/limits_test.c $(documents_house)
tests_profiles_limits_test_LDADD = $(TEST_LIBS)
tests_profiles_limits_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/object_size_test
tests_profiles_object_size_test_SOURCES = tests/profiles/object_size_test.c $(documents_house)
tests_profiles_object_size_test_LDADD = $(TEST_LIBS)
tests_profiles_object_size_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/quota_test
tests_profiles_quota_test_SOURCES = tests/profiles/quota_test.c $(documents_house)
tests_profiles_quota_test_LDADD = $(TEST_LIBS)
tests_profiles_quota_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/crowding_test
tests_profiles_crowding_test_SOURCES = tests/profiles/crowding_test.c $(documents_house)
tests_profiles_crowding_test_LDADD = $(TEST_LIBS)
tests_profiles_crowding_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
EXTRA_PROGRAMS += tests/profiles/documents_bench
tests_profiles_documents_bench_SOURCES = tests/profiles/documents_bench.c $(documents_house)
tests_profiles_documents_bench_LDADD = $(TEST_LIBS)
tests_profiles_documents_bench_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
EXTRA_DIST += tests/cases/ebrim tests/cases/update tests/cases/stored_query

unit_tests += tests/profiles/iti44_test tests/profiles/iti45_test
v3_sources = tests/profiles/v3_exchange.h $(road_sources) tests/store/people.h tests/store/fixture.h \
	tests/envelope/samples.c tests/envelope/samples.h
tests_profiles_iti44_test_SOURCES = tests/profiles/iti44_test.c $(v3_sources)
tests_profiles_iti44_test_LDADD = $(TEST_LIBS)
tests_profiles_iti44_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti45_test_SOURCES = tests/profiles/iti45_test.c $(v3_sources)
tests_profiles_iti45_test_LDADD = $(TEST_LIBS)
tests_profiles_iti45_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti47_test tests/profiles/iti47_parts_test
tests_profiles_iti47_test_SOURCES = tests/profiles/iti47_test.c tests/profiles/iti47_scene.h $(v3_sources)
tests_profiles_iti47_test_LDADD = $(TEST_LIBS)
tests_profiles_iti47_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti47_parts_test_SOURCES = tests/profiles/iti47_parts_test.c tests/profiles/iti47_scene.h $(v3_sources)
tests_profiles_iti47_parts_test_LDADD = $(TEST_LIBS)
tests_profiles_iti47_parts_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti55_test
tests_profiles_iti55_test_SOURCES = tests/profiles/iti55_test.c tests/profiles/iti55_scene.h $(v3_sources)
tests_profiles_iti55_test_LDADD = $(TEST_LIBS)
tests_profiles_iti55_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/iti55_later_test
tests_profiles_iti55_later_test_SOURCES = tests/profiles/iti55_later_test.c tests/profiles/iti55_scene.h $(v3_sources)
tests_profiles_iti55_later_test_LDADD = $(TEST_LIBS)
tests_profiles_iti55_later_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/time_to_live_test
tests_profiles_time_to_live_test_SOURCES = tests/profiles/time_to_live_test.c tests/base/suite.h
tests_profiles_time_to_live_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/iti55
EXTRA_DIST += tests/cases/iti21 tests/cases/iti30 tests/cases/iti44 tests/cases/iti45 tests/cases/iti47 tests/cases/discovery tests/cases/location

unit_tests += tests/profiles/consent_manager_test
tests_profiles_consent_manager_test_SOURCES = tests/profiles/consent_manager_test.c tests/store/people.h \
	tests/store/fixture.h
tests_profiles_consent_manager_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/demographics_supplier_test
tests_profiles_demographics_supplier_test_SOURCES = tests/profiles/demographics_supplier_test.c \
	tests/store/people.h tests/store/fixture.h
tests_profiles_demographics_supplier_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/insured_partition_test
tests_profiles_insured_partition_test_SOURCES = tests/profiles/insured_partition_test.c \
	tests/store/people.h tests/store/fixture.h tests/store/in_job.h
tests_profiles_insured_partition_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/demographics_insured_test
tests_profiles_demographics_insured_test_SOURCES = tests/profiles/demographics_insured_test.c
tests_profiles_demographics_insured_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/demographics_match_test
tests_profiles_demographics_match_test_SOURCES = tests/profiles/demographics_match_test.c
tests_profiles_demographics_match_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/continuations_test
tests_profiles_continuations_test_SOURCES = tests/profiles/continuations_test.c
tests_profiles_continuations_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/cross_reference_test
tests_profiles_cross_reference_test_SOURCES = tests/profiles/cross_reference_test.c \
	tests/store/people.h tests/store/fixture.h
tests_profiles_cross_reference_test_LDADD = $(TEST_LIBS)
tests_profiles_cross_reference_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_get

# SS-MIX2 imports.
ssmix2_storage = tests/profiles/ssmix2_storage.c tests/profiles/ssmix2_storage.h tests/store/people.h \
	tests/store/fixture.h tests/base/suite.h
unit_tests += tests/profiles/ssmix2_test
tests_profiles_ssmix2_test_SOURCES = tests/profiles/ssmix2_test.c $(ssmix2_storage)
tests_profiles_ssmix2_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_kinds_test
tests_profiles_ssmix2_kinds_test_SOURCES = tests/profiles/ssmix2_kinds_test.c $(ssmix2_storage)
tests_profiles_ssmix2_kinds_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_walk_test
tests_profiles_ssmix2_walk_test_SOURCES = tests/profiles/ssmix2_walk_test.c $(ssmix2_storage)
tests_profiles_ssmix2_walk_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/import_lanes_test
tests_profiles_import_lanes_test_SOURCES = tests/profiles/import_lanes_test.c $(ssmix2_storage)
tests_profiles_import_lanes_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_validate_test
tests_profiles_ssmix2_validate_test_SOURCES = tests/profiles/ssmix2_validate_test.c $(ssmix2_storage)
tests_profiles_ssmix2_validate_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_epochs_test
tests_profiles_ssmix2_epochs_test_SOURCES = tests/profiles/ssmix2_epochs_test.c $(ssmix2_storage)
tests_profiles_ssmix2_epochs_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_extended_test
tests_profiles_ssmix2_extended_test_SOURCES = tests/profiles/ssmix2_extended_test.c $(ssmix2_storage)
tests_profiles_ssmix2_extended_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_states_test
unit_tests += tests/profiles/ssmix2_contents_test
tests_profiles_ssmix2_contents_test_SOURCES = tests/profiles/ssmix2_contents_test.c $(ssmix2_storage)
tests_profiles_ssmix2_contents_test_LDADD = $(TEST_LIBS)
ssmix2_history = tests/profiles/ssmix2_history.c tests/profiles/ssmix2_history.h $(ssmix2_storage)
tests_profiles_ssmix2_states_test_SOURCES = tests/profiles/ssmix2_states_test.c $(ssmix2_history)
tests_profiles_ssmix2_states_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_beside_test
tests_profiles_ssmix2_beside_test_SOURCES = tests/profiles/ssmix2_beside_test.c $(ssmix2_history)
tests_profiles_ssmix2_beside_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_model_test
tests_profiles_ssmix2_model_test_SOURCES = tests/profiles/ssmix2_model_test.c $(ssmix2_history)
tests_profiles_ssmix2_model_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/ssmix2_write_test
tests_profiles_ssmix2_write_test_SOURCES = tests/profiles/ssmix2_write_test.c tests/profiles/ssmix2_clinic.h \
	tests/base/failing.h $(ssmix2_storage)
tests_profiles_ssmix2_write_test_LDADD = $(TEST_LIBS)
tests_profiles_ssmix2_write_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mkdirat,--wrap=renameat,--wrap=fsync \
	-Wl,--wrap=unlinkat,--wrap=ftruncate,--wrap=write
unit_tests += tests/profiles/ssmix2_export_test
tests_profiles_ssmix2_export_test_SOURCES = tests/profiles/ssmix2_export_test.c tests/profiles/ssmix2_clinic.h \
	tests/base/failing.h $(ssmix2_storage)
tests_profiles_ssmix2_export_test_LDADD = $(TEST_LIBS)
tests_profiles_ssmix2_export_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mkdirat,--wrap=syncfs,--wrap=fsync,--wrap=futimens \
	-Wl,--wrap=renameat2,--wrap=write,--wrap=read
unit_tests += tests/profiles/ssmix2_samples_test
tests_profiles_ssmix2_samples_test_SOURCES = tests/profiles/ssmix2_samples_test.c $(ssmix2_storage)
tests_profiles_ssmix2_samples_test_LDADD = $(TEST_LIBS)

# Identity over HL7 v2: ITI-8, ITI-9, ITI-21, ITI-22, ITI-30.
unit_tests += tests/profiles/iti8_test tests/profiles/iti9_test tests/profiles/iti21_test \
	tests/profiles/iti22_test tests/profiles/iti30_test
hl7_sources = tests/profiles/hl7_exchange.h $(road_sources) tests/store/people.h \
	tests/store/fixture.h tests/base/suite.h
tests_profiles_iti30_test_SOURCES = tests/profiles/iti30_test.c $(hl7_sources)
tests_profiles_iti30_test_LDADD = $(TEST_LIBS)
tests_profiles_iti30_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti8_test_SOURCES = tests/profiles/iti8_test.c $(hl7_sources)
tests_profiles_iti8_test_LDADD = $(TEST_LIBS)
tests_profiles_iti8_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti9_test_SOURCES = tests/profiles/iti9_test.c $(hl7_sources)
tests_profiles_iti9_test_LDADD = $(TEST_LIBS)
tests_profiles_iti9_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti21_test_SOURCES = tests/profiles/iti21_test.c $(hl7_sources)
tests_profiles_iti21_test_LDADD = $(TEST_LIBS)
tests_profiles_iti21_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
tests_profiles_iti22_test_SOURCES = tests/profiles/iti22_test.c $(hl7_sources)
tests_profiles_iti22_test_LDADD = $(TEST_LIBS)
tests_profiles_iti22_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
# The same table through both dialects.
unit_tests += tests/profiles/one_reading_test
tests_profiles_one_reading_test_SOURCES = tests/profiles/one_reading_test.c tests/profiles/hl7_exchange.h \
	$(v3_sources)
tests_profiles_one_reading_test_LDADD = $(TEST_LIBS)
tests_profiles_one_reading_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)

# Other communities.
unit_tests += tests/profiles/retrieve_elsewhere_test
tests_profiles_retrieve_elsewhere_test_SOURCES = tests/profiles/retrieve_elsewhere_test.c tests/store/people.h \
	tests/store/fixture.h tests/base/suite.h
tests_profiles_retrieve_elsewhere_test_LDADD = $(TEST_LIBS)

# ... and documents that are for them are sent.
unit_tests += tests/profiles/provide_elsewhere_test
tests_profiles_provide_elsewhere_test_SOURCES = tests/profiles/provide_elsewhere_test.c $(documents_house)
tests_profiles_provide_elsewhere_test_LDADD = $(TEST_LIBS)
tests_profiles_provide_elsewhere_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here) -Wl,--wrap=exchange_look

unit_tests += tests/profiles/iti46_test
tests_profiles_iti46_test_SOURCES = tests/profiles/iti46_test.c tests/base/suite.h
tests_profiles_iti46_test_LDADD = $(TEST_LIBS)
# Other communities are asked whom they know.
unit_tests += tests/profiles/discovery_message_test
tests_profiles_discovery_message_test_SOURCES = tests/profiles/discovery_message_test.c tests/base/suite.h
tests_profiles_discovery_message_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/keep_first_test
tests_profiles_keep_first_test_SOURCES = tests/profiles/keep_first_test.c $(road_sources) tests/store/people.h \
	tests/store/fixture.h tests/base/suite.h
tests_profiles_keep_first_test_LDADD = $(TEST_LIBS)
tests_profiles_keep_first_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/discovery_asked_test
tests_profiles_discovery_asked_test_SOURCES = tests/profiles/discovery_asked_test.c tests/profiles/discovery_scene.h tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_profiles_discovery_asked_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/discovery_later_test
tests_profiles_discovery_later_test_SOURCES = tests/profiles/discovery_later_test.c tests/profiles/discovery_scene.h tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_profiles_discovery_later_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/location_asked_test
tests_profiles_location_asked_test_SOURCES = tests/profiles/location_asked_test.c tests/base/suite.h
tests_profiles_location_asked_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/iti10_test
tests_profiles_iti10_test_SOURCES = tests/profiles/iti10_test.c tests/store/told.h tests/store/people.h \
	tests/store/fixture.h
tests_profiles_iti10_test_LDADD = $(TEST_LIBS)

# What is made on demand.
unit_tests += tests/profiles/medication_test
tests_profiles_medication_test_SOURCES = tests/profiles/medication_test.c \
	tests/profiles/medication_message.h tests/base/suite.h
tests_profiles_medication_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/views_test
tests_profiles_views_test_SOURCES = tests/profiles/views_test.c tests/base/suite.h
tests_profiles_views_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/on_demand_snapshot_test
tests_profiles_on_demand_snapshot_test_SOURCES = tests/profiles/on_demand_snapshot_test.c \
	tests/profiles/medication_message.h $(documents_house)
tests_profiles_on_demand_snapshot_test_LDADD = $(TEST_LIBS)
tests_profiles_on_demand_snapshot_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/on_demand_each_test
tests_profiles_on_demand_each_test_SOURCES = tests/profiles/on_demand_each_test.c \
	tests/profiles/medication_message.h $(documents_house)
tests_profiles_on_demand_each_test_LDADD = $(TEST_LIBS)
tests_profiles_on_demand_each_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)
unit_tests += tests/profiles/on_demand_test
tests_profiles_on_demand_test_SOURCES = tests/profiles/on_demand_test.c \
	tests/profiles/medication_message.h $(documents_house)
tests_profiles_on_demand_test_LDADD = $(TEST_LIBS)
tests_profiles_on_demand_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here)

# Across the border.
unit_tests += tests/profiles/across_border_test
tests_profiles_across_border_test_SOURCES = tests/profiles/across_border_test.c tests/store/in_job.h \
	tests/store/partners_scene.h tests/store/people.h tests/store/fixture.h
tests_profiles_across_border_test_LDADD = $(TEST_LIBS)

# National documents.
unit_tests += tests/profiles/national_test
tests_profiles_national_test_SOURCES = tests/profiles/national_test.c tests/base/suite.h
tests_profiles_national_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/national_cda_test
tests_profiles_national_cda_test_SOURCES = tests/profiles/national_cda_test.c tests/base/suite.h
tests_profiles_national_cda_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/national_notebook_test
tests_profiles_national_notebook_test_SOURCES = tests/profiles/national_notebook_test.c tests/base/suite.h
tests_profiles_national_notebook_test_LDADD = $(TEST_LIBS)

# Documents of consent.
unit_tests += tests/profiles/consent_reader_test
tests_profiles_consent_reader_test_SOURCES = tests/profiles/consent_reader_test.c tests/base/suite.h
tests_profiles_consent_reader_test_LDADD = $(TEST_LIBS)
unit_tests += tests/profiles/consent_documents_test
tests_profiles_consent_documents_test_SOURCES = tests/profiles/consent_documents_test.c tests/base/failing.h \
	tests/store/in_job.h $(documents_house)
tests_profiles_consent_documents_test_LDADD = $(TEST_LIBS)
tests_profiles_consent_documents_test_LDFLAGS = $(AM_LDFLAGS) $(road_ends_here) \
	-Wl,--wrap=store_get,--wrap=store_put,--wrap=store_delete
unit_tests += tests/profiles/consent_compiled_test
tests_profiles_consent_compiled_test_SOURCES = tests/profiles/consent_compiled_test.c tests/base/suite.h
tests_profiles_consent_compiled_test_LDADD = $(TEST_LIBS)
