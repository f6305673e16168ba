# Tests of this room.
unit_tests += tests/audit/event_record_test
tests_audit_event_record_test_SOURCES = tests/audit/event_record_test.c tests/audit/events.h
tests_audit_event_record_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/event_record tests/cases/anchor

unit_tests += tests/audit/syslog_tls_test
tests_audit_syslog_tls_test_SOURCES = tests/audit/syslog_tls_test.c tests/audit/failing_calls.c \
	tests/audit/failing_calls.h tests/base/open_files.h tests/operator/place.c tests/operator/place.h
tests_audit_syslog_tls_test_LDADD = $(TEST_LIBS)
tests_audit_syslog_tls_test_LDFLAGS = $(AM_LDFLAGS) $(failing_calls) -Wl,--wrap=SSL_shutdown
courier_scene = tests/audit/courier_scene.c tests/audit/courier_scene.h tests/audit/events.h \
	tests/audit/failing_calls.c tests/audit/failing_calls.h $(waiting_sources) tests/base/open_files.h \
	tests/operator/place.c tests/operator/place.h tests/store/fixture.h
unit_tests += tests/audit/courier_test
tests_audit_courier_test_SOURCES = tests/audit/courier_test.c $(courier_scene)
tests_audit_courier_test_LDADD = $(TEST_LIBS)
tests_audit_courier_test_LDFLAGS = $(AM_LDFLAGS) $(failing_calls) $(waiting_calls)
unit_tests += tests/audit/courier_leases_test
tests_audit_courier_leases_test_SOURCES = tests/audit/courier_leases_test.c $(courier_scene)
tests_audit_courier_leases_test_LDADD = $(TEST_LIBS)
tests_audit_courier_leases_test_LDFLAGS = $(AM_LDFLAGS) $(failing_calls) $(waiting_calls)
unit_tests += tests/audit/courier_aside_test
tests_audit_courier_aside_test_SOURCES = tests/audit/courier_aside_test.c $(courier_scene)
tests_audit_courier_aside_test_LDADD = $(TEST_LIBS)
tests_audit_courier_aside_test_LDFLAGS = $(AM_LDFLAGS) $(failing_calls) $(waiting_calls)

unit_tests += tests/audit/sending_test
tests_audit_sending_test_SOURCES = tests/audit/sending_test.c
tests_audit_sending_test_LDADD = $(TEST_LIBS)
tests_audit_sending_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=syslog_tls_open,--wrap=syslog_tls_send \
	-Wl,--wrap=syslog_tls_close,--wrap=syslog_tls_drop

unit_tests += tests/audit/sizes_test
tests_audit_sizes_test_SOURCES = tests/audit/sizes_test.c tests/audit/events.h tests/audit/failing_calls.c \
	tests/audit/failing_calls.h tests/store/fixture.h
tests_audit_sizes_test_LDADD = $(TEST_LIBS)
tests_audit_sizes_test_LDFLAGS = $(AM_LDFLAGS) $(failing_calls)

# The calls that tests/audit/failing_calls.c lets fail.
failing_calls = -Wl,--wrap=calloc,--wrap=socket,--wrap=connect,--wrap=poll,--wrap=getsockopt \
	-Wl,--wrap=getaddrinfo,--wrap=recv,--wrap=ioctl,--wrap=SSL_CTX_new,--wrap=SSL_CTX_ctrl \
	-Wl,--wrap=SSL_CTX_load_verify_locations,--wrap=SSL_CTX_use_certificate_chain_file \
	-Wl,--wrap=SSL_CTX_use_PrivateKey_file,--wrap=SSL_new,--wrap=SSL_set_fd,--wrap=SSL_set1_host \
	-Wl,--wrap=strdup,--wrap=eventfd,--wrap=eventfd_write,--wrap=pthread_create,--wrap=arena_create \
	-Wl,--wrap=arena_run,--wrap=arena_try,--wrap=store_begin_read,--wrap=audit_log_acknowledge \
	-Wl,--wrap=SSL_read_ex,--wrap=malloc,--wrap=LZ4_initStream,--wrap=audit_log_append \
	-Wl,--wrap=SSL_ctrl,--wrap=X509_VERIFY_PARAM_set1_ip_asc,--wrap=SSL_write_ex,--wrap=close \
	-Wl,--wrap=store_write_on_reserve

# What tests/audit/lapse.c and tests/audit/strict_locks.c have in their hands.
waiting_calls = -Wl,--wrap=pthread_cond_timedwait,--wrap=clock_gettime,--wrap=pthread_condattr_init \
	-Wl,--wrap=pthread_cond_init,--wrap=pthread_mutex_init,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock,--wrap=pthread_cond_wait,--wrap=pthread_join
waiting_sources = tests/audit/lapse.c tests/audit/lapse.h tests/audit/strict_locks.c

unit_tests += tests/audit/anchors_test
tests_audit_anchors_test_SOURCES = tests/audit/anchors_test.c tests/audit/anchor_scene.c \
	tests/audit/anchor_scene.h tests/store/fixture.h
tests_audit_anchors_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/expiring_test
tests_audit_expiring_test_SOURCES = tests/audit/expiring_test.c tests/audit/anchor_scene.c \
	tests/audit/anchor_scene.h tests/audit/ends_said.h tests/base/failing.h tests/store/in_job.h \
	tests/store/fixture.h
tests_audit_expiring_test_LDADD = $(TEST_LIBS)
tests_audit_expiring_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=anchor_key_sign

unit_tests += tests/audit/anchoring_test
tests_audit_anchoring_test_SOURCES = tests/audit/anchoring_test.c tests/audit/anchor_scene.c \
	tests/audit/anchor_scene.h $(waiting_sources) tests/store/fixture.h
tests_audit_anchoring_test_LDADD = $(TEST_LIBS)
tests_audit_anchoring_test_LDFLAGS = $(AM_LDFLAGS) $(waiting_calls)

unit_tests += tests/audit/indexer_test
tests_audit_indexer_test_SOURCES = tests/audit/indexer_test.c $(waiting_sources) tests/base/failing.h
tests_audit_indexer_test_LDADD = $(TEST_LIBS)
tests_audit_indexer_test_LDFLAGS = $(AM_LDFLAGS) $(waiting_calls) -Wl,--wrap=audit_log_index,--wrap=audit_log_fold,--wrap=audit_log_merge \
	-Wl,--wrap=calloc,--wrap=pthread_create

unit_tests += tests/audit/subjects_test
tests_audit_subjects_test_SOURCES = tests/audit/subjects_test.c tests/store/fixture.h tests/store/people.h
tests_audit_subjects_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/record_parts_test
tests_audit_record_parts_test_SOURCES = tests/audit/record_parts_test.c tests/audit/events.h tests/store/fixture.h
tests_audit_record_parts_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/record_test
tests_audit_record_test_SOURCES = tests/audit/record_test.c
tests_audit_record_test_LDADD = $(TEST_LIBS)

# The calls it lets fail.
unit_tests += tests/audit/failing_test
tests_audit_failing_test_SOURCES = tests/audit/failing_test.c tests/base/failing.h tests/base/open_files.h \
	tests/store/fixture.h tests/store/people.h
tests_audit_failing_test_LDADD = $(TEST_LIBS)
tests_audit_failing_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=i2d_PUBKEY \
	-Wl,--wrap=EVP_Digest,--wrap=EVP_MD_CTX_new,--wrap=EVP_DigestSignInit,--wrap=EVP_DigestSign \
	-Wl,--wrap=EVP_DigestVerifyInit,--wrap=fstat,--wrap=fseeko,--wrap=ferror,--wrap=fsync,--wrap=pread \
	-Wl,--wrap=write,--wrap=open,--wrap=pthread_create,--wrap=arena_create,--wrap=arena_run \
	-Wl,--wrap=store_begin_read,--wrap=store_get,--wrap=audit_log_head,--wrap=audit_log_anchored \
	-Wl,--wrap=audit_log_note_anchor,--wrap=audit_log_hash,--wrap=audit_log_append,--wrap=courier_wake \
	-Wl,--wrap=received_head,--wrap=store_renew,--wrap=audit_log_head_of,--wrap=audit_log_heads,--wrap=audit_log_from,--wrap=identity_place,--wrap=identity_subjects
cross_anchors_scene = tests/audit/cross_anchors_scene.h tests/engines/nodes.h tests/store/in_job.h tests/store/fixture.h
unit_tests += tests/audit/cross_anchors_test tests/audit/cross_keys_test
tests_audit_cross_anchors_test_SOURCES = tests/audit/cross_anchors_test.c $(cross_anchors_scene)
tests_audit_cross_anchors_test_LDADD = $(TEST_LIBS)
tests_audit_cross_keys_test_SOURCES = tests/audit/cross_keys_test.c $(cross_anchors_scene)
tests_audit_cross_keys_test_LDADD = $(TEST_LIBS)
unit_tests += tests/audit/courier_chains_test
tests_audit_courier_chains_test_SOURCES = tests/audit/courier_chains_test.c tests/audit/courier_scene.c \
	tests/audit/courier_scene.h tests/audit/events.h $(waiting_sources) tests/engines/nodes.h \
	tests/operator/place.c tests/operator/place.h tests/store/in_job.h tests/store/fixture.h
tests_audit_courier_chains_test_LDADD = $(TEST_LIBS)
tests_audit_courier_chains_test_LDFLAGS = $(AM_LDFLAGS) $(waiting_calls) \
	-Wl,--wrap=store_end,--wrap=pthread_timedjoin_np

unit_tests += tests/audit/export_file_test
tests_audit_export_file_test_SOURCES = tests/audit/export_file_test.c tests/store/fixture.h
tests_audit_export_file_test_LDADD = $(TEST_LIBS)

unit_tests += tests/audit/received_end_test
tests_audit_received_end_test_SOURCES = tests/audit/received_end_test.c tests/audit/ends_said.h tests/store/fixture.h
tests_audit_received_end_test_LDADD = $(TEST_LIBS)
