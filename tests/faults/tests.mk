# Faults made from outside: the daemon killed, its disk full, its peers hostile. Each program prints a
# line a fault and the sum last. `make check` makes a few of each, but for deciding, which takes a
# minute at least; `make faults` all of them.
faults_programs = tests/faults/kill tests/faults/storage tests/faults/loading tests/faults/shares tests/faults/full tests/faults/memory tests/faults/rsyslog tests/faults/receiving \
	tests/faults/long_work tests/faults/packs tests/faults/elsewhere tests/faults/registering \
	tests/faults/notifying tests/faults/asking tests/faults/expiring tests/faults/discovering tests/faults/hashing tests/faults/retaining tests/faults/consenting \
	tests/faults/jumping
faults_parts = tests/faults/parts/__init__.py tests/faults/parts/gated.py tests/faults/parts/hospital.py tests/faults/parts/service.py \
	tests/faults/parts/letters.py tests/faults/parts/load.py tests/faults/parts/local.py
check_PROGRAMS += tests/faults/disk.so
tests_faults_disk_so_SOURCES = tests/faults/disk.c
tests_faults_disk_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_disk_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/gate.so
tests_faults_gate_so_SOURCES = tests/faults/gate.c
tests_faults_gate_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_gate_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/slow_share.so
tests_faults_slow_share_so_SOURCES = tests/faults/slow_share.c
tests_faults_slow_share_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_slow_share_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/hung_share.so
tests_faults_hung_share_so_SOURCES = tests/faults/hung_share.c
tests_faults_hung_share_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_hung_share_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/clock.so
tests_faults_clock_so_SOURCES = tests/faults/clock.c
tests_faults_clock_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_clock_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/dies.so
tests_faults_dies_so_SOURCES = tests/faults/dies.c
tests_faults_dies_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_faults_dies_so_LDFLAGS = -shared
check_PROGRAMS += tests/faults/aged
tests_faults_aged_SOURCES = tests/faults/aged.c
tests_faults_aged_LDADD = $(MINATO_LIBS)
TESTS += $(faults_programs)
EXTRA_DIST += $(faults_programs) tests/faults/deciding tests/faults/hostile $(faults_parts)
KILLS = 200
STORAGE_KILLS = 60
LOADING_KILLS = 100
ELSEWHERE_KILLS = 60
DECIDING_KILLS = 60
EXPIRING_KILLS = 60
HISTORIES = 2000
TRUST_HISTORIES = 60
ORACLES = 10
.PHONY: faults
faults: all tests/faults/aged tests/faults/disk.so tests/faults/gate.so tests/faults/slow_share.so tests/faults/hung_share.so tests/faults/clock.so tests/profiles/ssmix2_model_test tests/policy/judge $(unit_tests) own/made
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/kill $(KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/elsewhere $(ELSEWHERE_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/registering $(ELSEWHERE_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/asking
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/discovering
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/notifying $(ELSEWHERE_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/deciding $(DECIDING_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/expiring $(EXPIRING_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/storage $(STORAGE_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/loading $(LOADING_KILLS)
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/shares
	MINATO_HISTORIES=$(HISTORIES) tests/profiles/ssmix2_model_test
	srcdir=$(srcdir) $(srcdir)/tests/policy/oracle $(ORACLES)
	srcdir=$(srcdir) $(srcdir)/tests/engines/over long
	$(with_samples) MINATO_HISTORIES=$(TRUST_HISTORIES) $(srcdir)/conformance/run --bin $(abs_builddir) --only trust-model
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/full
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/memory
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/long_work
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/hashing
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/retaining all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/consenting
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/jumping
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/packs
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/rsyslog
	MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/receiving
	$(with_samples) MINATO_BUILD=$(abs_builddir) $(srcdir)/tests/faults/hostile
