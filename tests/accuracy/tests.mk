# `make accuracy`: precision, recall, false links and review of samples whose truth is known.
EXTRA_PROGRAMS += tests/accuracy/accuracy
tests_accuracy_accuracy_SOURCES = tests/accuracy/accuracy.c tests/accuracy/measure.c tests/accuracy/measure.h \
	tests/accuracy/pairs.c tests/accuracy/pairs.h tests/accuracy/rules.c tests/accuracy/rules.h tests/accuracy/sample.c tests/accuracy/sample.h
tests_accuracy_accuracy_LDADD = $(MINATO_LIBS)
CLEANFILES += tests/accuracy/accuracy
accuracy: tests/accuracy/accuracy
	srcdir=$(srcdir) tests/accuracy/accuracy
.PHONY: accuracy
