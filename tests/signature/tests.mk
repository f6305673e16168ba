# Signatures over documents.
unit_tests += tests/signature/signature_test
tests_signature_signature_test_SOURCES = tests/signature/signature_test.c \
	tests/envelope/samples.c tests/envelope/samples.h tests/base/suite.h
tests_signature_signature_test_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/cases/signature tests/samples/signatures.py
