# Mutation testing: hours for all of it, most files minutes; ONLY names files, SAMPLE how many mutants of each.
ONLY =
SAMPLE = 0
mutation: all $(unit_tests)
	$(srcdir)/tests/mutation/mutate --build $(abs_builddir) --sample $(SAMPLE) $(ONLY:%=--only %)
.PHONY: mutation
EXTRA_DIST += tests/mutation/mutate tests/mutation/serve.c tests/mutation/targets.tsv tests/mutation/equivalent.tsv
