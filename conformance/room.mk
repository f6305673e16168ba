# Black-box cases, run against a live gateway: conformance/run makes a demo region, starts minatod,
# runs them all and checks what is left. MINATO_BUILD says where the programs were built.
TESTS += conformance/run
AM_TESTS_ENVIRONMENT = MINATO_BUILD='$(abs_builddir)'; export MINATO_BUILD; $(with_samples)
conformance: all own/made
	$(with_samples) MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/run
.PHONY: conformance
EXTRA_DIST += conformance/run conformance/lib conformance/cases conformance/messages \
	conformance/clients conformance/scenes conformance/claims.tsv conformance/samples.tsv \
	conformance/README.md schemas/grammar/README.md
# Others' software against us. It is fetched from Maven Central, PyPI and by git, and skipped where that cannot be.
interop: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/ipf/run; ipf=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/cxf/run; cxf=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/hapi/run; hapi=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/signatures/run; signatures=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/assertions/run; assertions=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/opensaml/run; opensaml=$$?; \
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/ssmixtwins/run; twins=$$?; \
	for rc in $$ipf $$cxf $$hapi $$signatures $$assertions $$opensaml $$twins; do test $$rc -eq 0 || test $$rc -eq 77 || exit 1; done
.PHONY: interop
# What testssl.sh finds at a live gateway's doors; skipped where it is not installed.
door-check: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/testssl/run; rc=$$?; test $$rc -eq 0 || test $$rc -eq 77
.PHONY: door-check
# The batch deduplication beside Splink's on the same records: time, precision, recall. It is fetched from PyPI, and
# skipped where that cannot be. INTEROP_RECORDS: a million without it.
interop-matching: tests/bench/dedup
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/clients/splink/run; rc=$$?; test $$rc -eq 0 || test $$rc -eq 77
.PHONY: interop-matching
