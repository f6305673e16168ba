# Configuration, regions, the command line.
operator_place = tests/operator/place.c tests/operator/place.h tests/base/suite.h
unit_tests += tests/operator/door_failures_test
tests_operator_door_failures_test_SOURCES = tests/operator/door_failures_test.c tests/base/suite.h
tests_operator_door_failures_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/refusals_test
tests_operator_refusals_test_SOURCES = tests/operator/refusals_test.c tests/base/suite.h
tests_operator_refusals_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/http_routes_test
tests_operator_http_routes_test_SOURCES = tests/operator/http_routes_test.c tests/base/suite.h
tests_operator_http_routes_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/doors_test
tests_operator_doors_test_SOURCES = tests/operator/doors_test.c tests/base/suite.h
tests_operator_doors_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/config_test tests/operator/config_values_test
tests_operator_config_test_SOURCES = tests/operator/config_test.c tests/operator/config_scene.h $(operator_place)
tests_operator_config_test_LDADD = $(TEST_LIBS)
tests_operator_config_values_test_SOURCES = tests/operator/config_values_test.c tests/operator/config_scene.h \
	$(operator_place)
tests_operator_config_values_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/vouching_test
tests_operator_vouching_test_SOURCES = tests/operator/vouching_test.c tests/operator/config_scene.h $(operator_place)
tests_operator_vouching_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/region_test
tests_operator_region_test_SOURCES = tests/operator/region_test.c $(operator_place)
tests_operator_region_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/command_test
tests_operator_command_test_SOURCES = tests/operator/command_test.c $(operator_place)
tests_operator_command_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/screen_test
tests_operator_screen_test_SOURCES = tests/operator/screen_test.c tests/base/suite.h
tests_operator_screen_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/ssmix2_check_test
tests_operator_ssmix2_check_test_SOURCES = tests/operator/ssmix2_check_test.c $(operator_place)
tests_operator_ssmix2_check_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/long_work_test
tests_operator_long_work_test_SOURCES = tests/operator/long_work_test.c tests/base/suite.h
tests_operator_long_work_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/metrics_test
tests_operator_metrics_test_SOURCES = tests/operator/metrics_test.c tests/base/suite.h
tests_operator_metrics_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/exposition_test
tests_operator_exposition_test_SOURCES = tests/operator/exposition_test.c tests/base/suite.h
tests_operator_exposition_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/calling_test
tests_operator_calling_test_SOURCES = tests/operator/calling_test.c $(operator_place)
tests_operator_calling_test_LDADD = $(TEST_LIBS)
tests_operator_calling_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=calls_sent_begin,--wrap=spool_file_begin \
	-Wl,--wrap=share_is_loud,--wrap=store_expect,--wrap=store_expect_no_more,--wrap=store_submit
unit_tests += tests/operator/unreadable_test
tests_operator_unreadable_test_SOURCES = tests/operator/unreadable_test.c $(operator_place)
tests_operator_unreadable_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/reload_test
tests_operator_reload_test_SOURCES = tests/operator/reload_test.c $(operator_place)
tests_operator_reload_test_LDADD = $(TEST_LIBS)
tests_operator_reload_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=names_of_region
unit_tests += tests/operator/rates_test
tests_operator_rates_test_SOURCES = tests/operator/rates_test.c tests/base/suite.h
tests_operator_rates_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/partners_test
tests_operator_partners_test_SOURCES = tests/operator/partners_test.c $(operator_place)
tests_operator_partners_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/renew_test
tests_operator_renew_test_SOURCES = tests/operator/renew_test.c $(operator_place)
tests_operator_renew_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/own_certificate_test
tests_operator_own_certificate_test_SOURCES = tests/operator/own_certificate_test.c $(operator_place)
tests_operator_own_certificate_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/expiries_test
tests_operator_expiries_test_SOURCES = tests/operator/expiries_test.c $(operator_place)
tests_operator_expiries_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/audit_chains_test
tests_operator_audit_chains_test_SOURCES = tests/operator/audit_chains_test.c tests/audit/events.h $(operator_place)
tests_operator_audit_chains_test_LDADD = $(TEST_LIBS)
tests_operator_audit_chains_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_open
TESTS += tests/lint/docs tests/lint/sentences
EXTRA_DIST += tests/lint/docs tests/lint/sentences tests/operator/sentences.tsv
unit_tests += tests/operator/trial_test
tests_operator_trial_test_SOURCES = tests/operator/trial_test.c
tests_operator_trial_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/demo_test
tests_operator_demo_test_SOURCES = tests/operator/demo_test.c $(operator_place)
tests_operator_demo_test_LDADD = $(TEST_LIBS)
unit_tests += tests/operator/retaining_test
tests_operator_retaining_test_SOURCES = tests/operator/retaining_test.c tests/store/in_job.h $(operator_place)
tests_operator_retaining_test_LDADD = $(TEST_LIBS)
TESTS += tests/operator/demo tests/operator/leases tests/operator/neighbours tests/operator/nodes tests/operator/ocsp tests/operator/retention
EXTRA_DIST += tests/operator/demo tests/operator/leases tests/operator/neighbours tests/operator/nodes tests/operator/ocsp tests/operator/retention
TESTS += tests/operator/full_disk tests/operator/bootstrap tests/operator/certificates tests/operator/running_out tests/operator/lines tests/operator/defaults tests/operator/numbers tests/operator/questions tests/operator/looking tests/operator/moving tests/operator/long_work tests/operator/ready tests/operator/metrics tests/operator/refused_starts tests/operator/journal tests/operator/enrolling tests/operator/renewing tests/operator/reporting tests/operator/trial tests/operator/keeping tests/operator/explaining tests/operator/replaying tests/operator/viewing tests/operator/options
EXTRA_DIST += tests/operator/full_disk tests/operator/bootstrap tests/operator/certificates tests/operator/running_out tests/operator/lines tests/operator/machine.py tests/operator/defaults tests/operator/registering.py tests/operator/numbers tests/operator/questions tests/operator/looking tests/operator/moving tests/operator/long_work tests/operator/ready tests/operator/metrics tests/operator/refused_starts tests/operator/journal tests/operator/exposition.py tests/operator/gates.py tests/operator/served.py tests/operator/enrolling tests/operator/renewing tests/operator/reporting tests/operator/trial tests/operator/keeping tests/operator/explaining tests/operator/replaying tests/operator/viewing tests/operator/options
unit_tests += tests/operator/walls_test
tests_operator_walls_test_SOURCES = tests/operator/walls_test.c $(operator_place)
tests_operator_walls_test_LDADD = $(TEST_LIBS)
# Stores of this form and of those before; who raises the form runs make golden before and after.
TESTS += tests/golden/opens
EXTRA_DIST += tests/golden/opens tests/golden/make tests/golden/scene.py tests/golden/form-12.json tests/golden/form-12.tar.xz \
	tests/golden/form-13.json tests/golden/form-13.tar.xz
.PHONY: golden
golden: minato minatod
	MINATO_BUILD=$(abs_builddir) /usr/bin/python3 $(srcdir)/tests/golden/make
TESTS += tests/operator/walls tests/operator/at_rest tests/operator/rekeying
EXTRA_DIST += tests/operator/walls tests/operator/at_rest tests/operator/rekeying tests/operator/encrypting_disk.py
