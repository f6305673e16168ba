# What is sent to others when they can take it: rounds over the outbox, and the kinds of errands.
libminato_a_SOURCES += \
	gateway/errands/answer.c gateway/errands/deferred_discovery.c gateway/errands/hl7_verdict.c gateway/errands/hl7_verdict.h \
	gateway/errands/dsub_notification.c gateway/errands/kinds.c gateway/errands/kinds.h gateway/errands/patient_notice.c \
	gateway/errands/pix_notification.c gateway/errands/outbox.c gateway/errands/outbox.h \
	gateway/errands/rounds.c gateway/errands/rounds.h \
	gateway/errands/soap_verdict.c gateway/errands/soap_verdict.h \
	gateway/errands/visit.c gateway/errands/visit.h
