# What is installed beside the programs, and the targets that are run by hand.
dist_man_MANS += dist/minatod.8 dist/minato.1 dist/minato.conf.5
systemdsystemunit_DATA = dist/minatod.service
bashcompletion_DATA = dist/minato
EXTRA_DIST += dist/minatod.service.in dist/minato.bash .ci/run .clang-format .clang-tidy \
	README.md HACKING.md LICENSE LICENSES.md \
	tests/sanitizers/leaks tests/sanitizers/threads \
	doc/first-query/1-feed.xml doc/first-query/2-ids.xml doc/first-query/3-documents.xml
CLEANFILES += dist/minatod.service dist/minato

dist/minatod.service: $(srcdir)/dist/minatod.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) dist && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
		$(srcdir)/dist/minatod.service.in >$@.new && mv $@.new $@
dist/minato: $(srcdir)/dist/minato.bash
	$(AM_V_GEN)$(MKDIR_P) dist && cp $(srcdir)/dist/minato.bash $@

# Everything below $(prefix): what a distribution check may not write elsewhere.
AM_DISTCHECK_CONFIGURE_FLAGS = \
	--with-systemdsystemunitdir='$${prefix}/lib/systemd/system' \
	--with-bashcompletiondir='$${datadir}/bash-completion/completions'

# The same tests under the sanitizers, each in a build directory of its own; the last line is the sum.
# What gcc guesses at other levels of optimisation is not an error there: the ordinary build has none.
sanitizers = $(abs_top_srcdir)/tests/sanitizers
asan-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) sanitized-check what=address list=address,undefined
tsan-check:
	+$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) sanitized-check what=thread list=thread
sanitized-check:
	$(AM_V_at)$(MKDIR_P) sanitized-$(what)
	$(AM_V_at)cd sanitized-$(what) && { test -f Makefile || \
		$(abs_top_srcdir)/configure -q --disable-werror --with-sanitizer=$(list) CFLAGS='-O1 -g'; }
	+$(AM_V_at)cd sanitized-$(what) && made=0 && \
		{ ASAN_OPTIONS="detect_leaks=1:$$ASAN_OPTIONS" \
		LSAN_OPTIONS="suppressions=$(sanitizers)/leaks:print_suppressions=0" \
		UBSAN_OPTIONS="print_stacktrace=1:$$UBSAN_OPTIONS" \
		TSAN_OPTIONS="halt_on_error=1:suppressions=$(sanitizers)/threads:$$TSAN_OPTIONS" \
		$(MAKE) $(AM_MAKEFLAGS) check || made=$$?; } && \
		{ $(abs_top_srcdir)/bootstrap count "$$PWD" || made=1; } && exit $$made

# What the tests reach: text to the terminal, pages to counted/html/.
coverage:
	@command -v gcovr >/dev/null || { echo "coverage needs gcovr (Debian package gcovr)"; exit 1; }
	$(AM_V_at)$(MKDIR_P) counted/html
	$(AM_V_at)cd counted && { test -f Makefile || \
		$(abs_top_srcdir)/configure -q --disable-werror --enable-coverage CFLAGS='-O0 -g'; }
	+$(AM_V_at)cd counted && $(MAKE) $(AM_MAKEFLAGS) check
	$(AM_V_at)gcovr --root $(abs_top_srcdir) --exclude '.*/tests/.*' --exclude '.*/conformance/.*' \
		--html-details counted/html/index.html --txt --print-summary counted

c_sources = $(filter %.c,$(libminato_a_SOURCES) $(minatod_SOURCES) $(minato_SOURCES))
analyse: $(BUILT_SOURCES)
	@command -v clang-tidy >/dev/null || { echo "analyse needs clang-tidy (Debian package clang-tidy)"; exit 1; }
	$(AM_V_at)here=$$PWD && cd $(srcdir) && \
		for file in $(sort $(c_sources)); do test -f $$file && echo $$file; done | \
		xargs -P 2 -I '{}' clang-tidy --quiet '{}' -- -I$$here $(DEFS) $(subst $(top_srcdir),.,$(AM_CPPFLAGS)) -std=c17
format-check:
	@command -v clang-format >/dev/null || { echo "format-check needs clang-format (Debian package)"; exit 1; }
	$(AM_V_at)cd $(srcdir) && clang-format --dry-run $(sort $(c_sources))

# The manual as web pages, in html/.
html-local:
	@command -v mandoc >/dev/null || { echo "html needs mandoc (Debian package mandoc)"; exit 1; }
	$(AM_V_at)$(MKDIR_P) html && for page in $(dist_man_MANS); do \
		mandoc -T html -O style=mandoc.css "$(srcdir)/$$page" >"html/$${page##*/}.html" || exit 1; done

clean-local:
	-rm -rf sanitized-address sanitized-thread counted html
.PHONY: asan-check tsan-check sanitized-check coverage analyse format-check
