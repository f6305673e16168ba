# What is installed beside the programs, and the targets that are run by hand.
dist_man_MANS += dist/minatod.8 dist/minato.1 dist/minato.conf.5 dist/minato-export.5 dist/minato.policy.5
systemdsystemunit_DATA = dist/minatod.service
bashcompletion_DATA = dist/minato
EXTRA_DIST += dist/minatod.service.in dist/minato.bash .ci/run .clang-format .clang-tidy \
	HACKING.md LICENSE tests/sanitizers/delayed tests/sanitizers/leaks tests/sanitizers/threads
CLEANFILES += dist/minatod.service dist/minato

dist/minatod.service: $(srcdir)/dist/minatod.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) dist && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
		$(srcdir)/dist/minatod.service.in >$@.new && mv $@.new $@
dist/minato: $(srcdir)/dist/minato.bash
	$(AM_V_GEN)$(MKDIR_P) dist && cp $(srcdir)/dist/minato.bash $@

dist_doc_DATA = README.md LICENSES.md
examplesdir = $(docdir)/examples/first-query
dist_examples_DATA = doc/first-query/1-feed.xml doc/first-query/2-ids.xml doc/first-query/3-documents.xml \
	doc/first-query/4-share.mime doc/first-query/5-retrieve.xml
dist_examples_SCRIPTS = doc/first-query/share.py

# What is loaded for a command bears its name. The unit names where it is installed, whatever prefix configure was told.
# The daemon's own directories are made where its user is, and the machine is this one: with DESTDIR it is another, whose
# package makes them (debian/minato.postinst).
own_directories = $(localstatedir)/lib/minato $(localstatedir)/backups/minato
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/minato'
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/dist/minatod.service.in \
		>'$(DESTDIR)$(systemdsystemunitdir)/minatod.service'
	ln -sf minato '$(DESTDIR)$(bashcompletiondir)/minatod'
	$(AM_V_at)test -n '$(DESTDIR)' -o `id -u` -ne 0 || for each in $(own_directories); do test -d "$$each" || \
		{ id minato >/dev/null 2>&1 && install -d -m 0700 -o minato -g minato "$$each"; } || \
		echo "$$each is not made, for there is no user minato: see the first lines of minatod.service"; done
uninstall-hook:
	rm -f '$(DESTDIR)$(bashcompletiondir)/minatod'

# Everything below $(prefix): what a distribution check may not write elsewhere.
AM_DISTCHECK_CONFIGURE_FLAGS = \
	--with-systemdsystemunitdir='$${prefix}/lib/systemd/system' \
	--with-bashcompletiondir='$${datadir}/bash-completion/completions'

# The same tests under the sanitizers, each in a build directory of its own; the last line is the sum.
# Without unbuilt_tests (tests/room.mk), which would see the same again, and with BRIEF=yes only brief_tests, what
# threads share; and of -g only the lines (-g1), which are all that a report needs.
# What gcc guesses at other levels of optimisation is not an error there: the ordinary build has none.
# clang's warnings are errors, and its build has the fuzz targets.
sanitizers = $(abs_top_srcdir)/tests/sanitizers
source_rooms = gateway matching profiles schemas store tests
CLANG = clang
asan-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) sanitized-check what=address \
		options='--disable-werror --with-sanitizer=address,undefined'
tsan-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) sanitized-check what=thread options='--disable-werror --with-sanitizer=thread'
clang-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) sanitized-check what=clang \
		options='CC="$(CLANG)" --enable-fuzzing --with-sanitizer=address,undefined'
sanitizer_options = ASAN_OPTIONS="detect_leaks=1:handle_sigill=1:$$ASAN_OPTIONS" \
	LSAN_OPTIONS="suppressions=$(sanitizers)/leaks:print_suppressions=0" \
	UBSAN_OPTIONS="print_stacktrace=1:$$UBSAN_OPTIONS" \
	TSAN_OPTIONS="halt_on_error=1:suppressions=$(sanitizers)/threads:$$TSAN_OPTIONS"
# What is wanted of TESTS, and the programs it takes: nothing else is built.
sanitized_tests = $(or $(tests),$(filter-out $(unbuilt_tests),$(if $(BRIEF),$(brief_tests),$(TESTS))))
sanitized_programs = $(filter-out $(unit_tests),$(check_PROGRAMS)) $(filter $(unit_tests),$(sanitized_tests))
sanitized-check: configure-sanitized
	+$(AM_V_at)cd sanitized-$(what) && made=0 && find . -name '*.trs' -delete && \
		{ $(sanitizer_options) $(if $(BRIEF),MINATO_ONLY='$(brief_cases)') $(MAKE) $(AM_MAKEFLAGS) check \
			check_PROGRAMS='$(sanitized_programs)' TESTS='$(sanitized_tests)' || made=$$?; } && \
		{ $(abs_top_srcdir)/bootstrap count "$$PWD" || made=1; } && exit $$made
configure-sanitized:
	$(AM_V_at)$(MKDIR_P) sanitized-$(what)
	$(AM_V_at)cd sanitized-$(what) && { test -f Makefile || \
		$(abs_top_srcdir)/configure -q CFLAGS='-O1 -g1' LDFLAGS=-fuse-ld=gold $(options); }
# The same in this build, with threads held up at random where they meet (tests/sanitizers/delays.c): each log
# begins with its seed. Of a sanitizer's build: make -C sanitized-thread delayed-check, with its options.
EXTRA_PROGRAMS += tests/sanitizers/delays.so
CLEANFILES += tests/sanitizers/delays.so clang.files clang.warned analysed.log
tests_sanitizers_delays_so_SOURCES = tests/sanitizers/delays.c
tests_sanitizers_delays_so_CFLAGS = -std=gnu17 -Wall -Wextra -Werror -fPIC	# no sanitizer, no coverage
tests_sanitizers_delays_so_LDFLAGS = -shared
DELAYS =
delayed-check: tests/sanitizers/delays.so
	$(AM_V_at)find . -name '*.trs' -delete
	+$(AM_V_at)made=0; $(if $(DELAYS),MINATO_DELAYS='$(DELAYS)') $(MAKE) $(AM_MAKEFLAGS) check \
		LOG_COMPILER='$(sanitizers)/delayed' TESTS='$(filter-out $(unbuilt_tests),$(TESTS))' || made=$$?; \
		$(abs_top_srcdir)/bootstrap count "$$PWD" || made=1; exit $$made
# What clang warns of in every source (but what stands before the C library's functions), an error there: a line a
# file that has any, and the sum.
clang-warnings: $(BUILT_SOURCES)
	$(AM_V_at)here=$$PWD && cd $(srcdir) && find $(source_rooms) -name '*.c' ! -path 'tests/sanitizers/*' ! -name dies.c | sort >$$here/clang.files && \
		xargs -a $$here/clang.files -P $$(nproc) -I '{}' sh -c '"$$@" {} && echo "ok   {}" || echo "FAIL {}"' \
			sh $(CLANG) -fsyntax-only -I$$here $(DEFS) $(subst $(top_srcdir),.,$(tests_bench_bench_CPPFLAGS)) $(MINATO_CFLAGS) >$$here/clang.warned; \
		cd $$here && grep -v '^ok' clang.warned; passed=$$(grep -c '^ok' clang.warned); failed=$$(grep -c '^FAIL' clang.warned); \
		echo "$$passed passed, $$failed failed, 0 skipped"; test $$failed -eq 0 -a $$passed -eq $$(wc -l <clang.files)
# Each fuzz target for FUZZ_SECONDS on its corpus, in clang's build.
fuzz-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) configure-sanitized what=clang \
		options='CC="$(CLANG)" --enable-fuzzing --with-sanitizer=address,undefined'
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) -C sanitized-clang fuzz FUZZ_SECONDS=$(FUZZ_SECONDS)

# What the tests reach: text to the terminal, pages to counted/html/. floors-check compares it with
# tests/coverage/floors.tsv, for the unit tests and the black-box cases alone: quicker, and they are
# what shows a rule; a test that kills the daemon counts little, for its counts die with it. They
# read the samples of our own making: so these are shown to be as good as others'. They are counted under the address
# sanitizer and what of the undefined-behaviour sanitizer gcc adds after the counters: what it adds before them (shifts,
# division, enumerations) would be counted as branches of ours. That one traps (the address sanitizer says where): words
# for each of its checks are three quarters of a program's data, which each process reads at its start and its end.
# What no black-box case can reach, for only an operator's command does; none that kills what counts: half a count
# written is none that gcov can read.
counted_operator = tests/operator/replaying
counted_sanitizers = address,null,alignment,bounds,object-size,pointer-overflow,signed-integer-overflow
counted_check = cd counted && { test -f Makefile || \
		$(abs_top_srcdir)/configure -q --disable-werror --enable-coverage CFLAGS='-O0 -g1 -fsanitize-undefined-trap-on-error' LDFLAGS=-fuse-ld=gold \
			--with-sanitizer=$(counted_sanitizers); } && \
		find . -name '*.gcda' -delete && $(sanitizer_options) $(MAKE) $(AM_MAKEFLAGS) check
counted_json = gcovr -j 2 --root $(abs_top_srcdir) --exclude '.*/tests/.*' --exclude '.*/conformance/.*' \
		--json counted/counted.json counted
coverage: needs-gcovr
	+$(AM_V_at)$(counted_check)
	$(AM_V_at)$(counted_json)
	$(AM_V_at)gcovr --root $(abs_top_srcdir) -a counted/counted.json \
		--html-details counted/html/index.html --txt --print-summary
floors-check: needs-gcovr
	+$(AM_V_at)made=0; ( $(counted_check) TESTS= && MINATO_SHARED="$$PWD/own" && export MINATO_SHARED && \
		$(sanitizer_options) $(MAKE) $(AM_MAKEFLAGS) check TESTS='conformance/run $(counted_operator) $(unit_tests)' ) || made=1; \
		$(abs_top_srcdir)/bootstrap count "$$PWD/counted" || made=1; $(counted_json) && $(srcdir)/tests/coverage/floors counted/counted.json && exit $$made
needs-gcovr:
	@command -v gcovr >/dev/null || { echo "coverage needs gcovr (Debian package gcovr)"; exit 1; }
	$(AM_V_at)$(MKDIR_P) counted/html

c_sources = $(filter %.c,$(libminato_a_SOURCES) $(minatod_SOURCES) $(minato_SOURCES))
analyse: $(BUILT_SOURCES)
	@command -v clang-tidy >/dev/null || { echo "analyse needs clang-tidy (Debian package clang-tidy)"; exit 1; }
	$(AM_V_at)here=$$PWD && cd $(srcdir) && \
		for file in $(sort $(c_sources)); do test -f $$file && echo $$file; done | \
		xargs -P 2 -I '{}' clang-tidy --quiet '{}' -- -I$$here $(DEFS) $(subst $(top_srcdir),.,$(AM_CPPFLAGS)) -std=c17
# The same, a line a file, and the sum.
analyse-check: $(BUILT_SOURCES)
	$(AM_V_at)here=$$PWD && cd $(srcdir) && for file in $(sort $(c_sources)); do test -f $$file && echo $$file; done | \
		xargs -P 2 -I '{}' sh -c 'clang-tidy --quiet --warnings-as-errors="*" "{}" -- "$$@" 2>&1 && echo "ok   {}" || echo "FAIL {}"' \
		sh -I$$here $(DEFS) $(subst $(top_srcdir),.,$(AM_CPPFLAGS)) -std=c17 >$$here/analysed.log; \
		cd $$here && cat analysed.log && passed=`grep -c '^ok' analysed.log`; failed=`grep -c '^FAIL' analysed.log`; \
		echo "$$passed passed, $$failed failed, 0 skipped"; test $$failed -eq 0
format-check:
	@command -v clang-format >/dev/null || { echo "format-check needs clang-format (Debian package)"; exit 1; }
	$(AM_V_at)cd $(srcdir) && changed=0 count=0; for file in `find $(source_rooms) -name '*.[ch]' | sort`; do \
		count=$$((count + 1)); clang-format --dry-run --Werror $$file || changed=$$((changed + 1)); done; \
		echo "$$((count - changed)) passed, $$changed failed, 0 skipped"; test $$changed -eq 0

# The manual as web pages, in html/.
html-local:
	@command -v mandoc >/dev/null || { echo "html needs mandoc (Debian package mandoc)"; exit 1; }
	$(AM_V_at)$(MKDIR_P) html && for page in $(dist_man_MANS); do \
		mandoc -T html -O style=mandoc.css "$(srcdir)/$$page" >"html/$${page##*/}.html" || exit 1; done

clean-local:
	-rm -rf sanitized-address sanitized-thread sanitized-clang counted html own deb deb-first first-day
.PHONY: asan-check tsan-check clang-check clang-warnings delayed-check sanitized-check configure-sanitized fuzz-check coverage floors-check \
	needs-gcovr analyse analyse-check format-check

# Rules about documents a region may begin with: region policy.
policiesdir = $(pkgdatadir)/policies
dist_policies_DATA = dist/policies/japan.policy dist/policies/physician.policy dist/policies/nurse.policy \
	dist/policies/pharmacist.policy dist/policies/care.policy dist/policies/clerk.policy

# The Debian package, in deb/: built from what a distribution has, and from nothing else in the tree. Twice gives the
# same octets (dpkg-buildpackage's own flags, the changelog's time).
deb_packages = dpkg-dev debhelper fakeroot lintian
deb: needs-deb
	$(AM_V_at)rm -rf deb && $(MKDIR_P) deb
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) -s distdir distdir=deb/$(PACKAGE)-$(VERSION)
	$(AM_V_at)cd deb/$(PACKAGE)-$(VERSION) && MAKEFLAGS= dpkg-buildpackage -Jauto -us -uc -b >../build.log 2>&1 || \
		{ tail -n 40 ../build.log; exit 1; }
	$(AM_V_at)lintian --fail-on error deb/*.changes && ls -l deb/*.deb
# Made twice, and compared.
deb-twice: deb
	$(AM_V_at)$(MKDIR_P) deb-first && cp deb/*.deb deb-first/
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) deb
	$(AM_V_at)for each in deb/*.deb; do cmp "$$each" "deb-first/$${each##*/}" || exit 1; done; \
		rm -rf deb-first; echo "the same octets twice"
needs-deb:
	@for each in $(deb_packages); do dpkg-query -W "$$each" >/dev/null 2>&1 || \
		{ echo "the package needs $$each (./bootstrap install $(deb_packages))"; exit 1; }; done
.PHONY: deb deb-twice needs-deb
EXTRA_DIST += debian/control debian/changelog debian/copyright debian/rules debian/source/format \
	debian/minato.README.Debian debian/minato.postinst debian/minato.prerm debian/minato.postrm \
	debian/tests/control debian/tests/first-document

# What watches it: alert rules for Prometheus, a board for Grafana.
prometheusdir = $(pkgdatadir)/prometheus
dist_prometheus_DATA = dist/prometheus/minato.rules.yml
grafanadir = $(pkgdatadir)/grafana
dist_grafana_DATA = dist/grafana/minato.json
first-day: deb
	$(srcdir)/tests/deb/first-day
# What debian/tests says, run there.
package-test: deb
	$(srcdir)/tests/deb/first-day package-test
# From a release whose store has another form.
upgrade-day: deb
	$(srcdir)/tests/deb/first-day upgrade
# The unit under systemd, in a container.
unit-day: deb
	$(srcdir)/tests/deb/unit-day
# All of it, and that make install gives the same: the gate's stage.
package-check:
	+$(AM_V_at)$(srcdir)/tests/deb/all
.PHONY: first-day package-test upgrade-day unit-day package-check
EXTRA_DIST += tests/deb/all tests/deb/autopkgtest tests/deb/day tests/deb/first-day tests/deb/former tests/deb/machine \
	tests/deb/package-test tests/deb/same-files tests/deb/share tests/deb/under-systemd tests/deb/unit-day tests/deb/upgrade
