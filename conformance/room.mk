# Black-box cases, run against a live gateway.
conformance: all
	MINATO_BUILD=$(abs_builddir) $(srcdir)/conformance/run
.PHONY: conformance
EXTRA_DIST += conformance/run conformance/lib conformance/cases conformance/messages
