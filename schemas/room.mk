# What things are: the model, the tables, the grammars.
libminato_a_SOURCES += \
	schemas/model/assertion.c schemas/model/assertion.h schemas/model/audit_event.h schemas/model/code_sets.c schemas/model/code_sets.h schemas/model/consent_form.c schemas/model/consent_form.h schemas/model/document.c schemas/model/document.h \
	schemas/model/exclusion.c schemas/model/exclusion.h schemas/model/explanation.h schemas/model/medication.h schemas/model/view.h schemas/tables/medication.c schemas/tables/medication.h \
	schemas/tables/departments.c schemas/tables/departments.h schemas/tables/code_systems.c schemas/tables/code_systems.h schemas/tables/view_kinds.c schemas/tables/view_kinds.h \
	schemas/tables/view_allergies.c schemas/tables/view_diagnoses.c schemas/tables/view_laboratory.c schemas/tables/view_visits.c schemas/tables/views.h \
	schemas/model/paper.c schemas/model/paper.h schemas/model/partner.c schemas/model/partner.h schemas/model/patient.h schemas/model/region.c schemas/model/region.h schemas/model/region_policy.c schemas/model/region_policy.h schemas/model/requester.c schemas/model/requester.h \
	schemas/model/registry_query.h schemas/model/retention.h schemas/model/signature.h schemas/model/subscription.h schemas/model/values.h \
	schemas/tables/identity_proof.c schemas/tables/identity_proof.h \
	schemas/tables/leniency.c schemas/tables/leniency.h \
	schemas/tables/look_words.c schemas/tables/look_words.h \
	schemas/tables/problem.c schemas/tables/problem.h \
	schemas/tables/problem_meaning.c schemas/tables/problem_meaning.h \
	schemas/tables/signature_reason.c schemas/tables/signature_reason.h

# Code sets a region may begin with: minato codes import.
codesdir = $(pkgdatadir)/codes
dist_codes_DATA = schemas/codes/japan.tsv

# Grammars (RELAX NG): what each transaction accepts and what it answers.
grammardir = $(pkgdatadir)/grammar
dist_grammar_DATA = \
	schemas/grammar/audit-message.rng \
	schemas/grammar/cda-document.rng \
	schemas/grammar/cda-medication-list.rng \
	schemas/grammar/cda-view.rng \
	schemas/grammar/hl7v3-demographics-query.rng \
	schemas/grammar/hl7v3-patient.rng \
	schemas/grammar/hl7v3-pix-query.rng \
	schemas/grammar/hl7v3-types.rng \
	schemas/grammar/hl7v3-wrapper.rng \
	schemas/grammar/iti18-request.rng \
	schemas/grammar/iti18-response.rng \
	schemas/grammar/iti38-request.rng \
	schemas/grammar/iti38-response.rng \
	schemas/grammar/iti39-request.rng \
	schemas/grammar/iti39-response.rng \
	schemas/grammar/iti41-request.rng \
	schemas/grammar/iti41-response.rng \
	schemas/grammar/iti42-request.rng \
	schemas/grammar/iti42-response.rng \
	schemas/grammar/iti43-request.rng \
	schemas/grammar/iti43-response.rng \
	schemas/grammar/iti44-request.rng \
	schemas/grammar/iti44-response.rng \
	schemas/grammar/iti45-request.rng \
	schemas/grammar/iti45-response.rng \
	schemas/grammar/iti46-request.rng \
	schemas/grammar/iti47-request.rng \
	schemas/grammar/iti47-response.rng \
	schemas/grammar/iti51-request.rng \
	schemas/grammar/iti51-response.rng \
	schemas/grammar/iti52-request.rng \
	schemas/grammar/iti52-response.rng \
	schemas/grammar/iti53-request.rng \
	schemas/grammar/iti54-request.rng \
	schemas/grammar/iti69-request.rng \
	schemas/grammar/iti69-response.rng \
	schemas/grammar/iti70-request.rng \
	schemas/grammar/iti70-response.rng \
	schemas/grammar/iti55-request.rng \
	schemas/grammar/iti55-response.rng \
	schemas/grammar/iti55-asked.rng \
	schemas/grammar/iti55-deferred.rng \
	schemas/grammar/prpa-in201306-deferred.rng \
	schemas/grammar/iti55-acknowledged.rng \
	schemas/grammar/prpa-in201305-asked.rng \
	schemas/grammar/iti56-request.rng \
	schemas/grammar/iti56-response.rng \
	schemas/grammar/iti57-request.rng \
	schemas/grammar/iti57-response.rng \
	schemas/grammar/iti61-request.rng \
	schemas/grammar/iti61-response.rng \
	schemas/grammar/iti62-request.rng \
	schemas/grammar/iti62-response.rng \
	schemas/grammar/iti80-request.rng \
	schemas/grammar/iti80-response.rng \
	schemas/grammar/iti86-request.rng \
	schemas/grammar/iti86-response.rng \
	schemas/grammar/iti92-request.rng \
	schemas/grammar/iti92-response.rng \
	schemas/grammar/lcm.rng \
	schemas/grammar/mcci-in000002.rng \
	schemas/grammar/mcci-in000002-deferred.rng \
	schemas/grammar/prpa-in201301.rng \
	schemas/grammar/prpa-in201302.rng \
	schemas/grammar/prpa-in201302-ids.rng \
	schemas/grammar/prpa-in201304.rng \
	schemas/grammar/prpa-in201309.rng \
	schemas/grammar/prpa-in201310.rng \
	schemas/grammar/prpa-in201305.rng \
	schemas/grammar/prpa-in201305-xcpd.rng \
	schemas/grammar/prpa-in201306.rng \
	schemas/grammar/prpa-in201306-xcpd.rng \
	schemas/grammar/query-answer.rng \
	schemas/grammar/query.rng \
	schemas/grammar/quqi-in000003.rng \
	schemas/grammar/rim-answer.rng \
	schemas/grammar/rim.rng \
	schemas/grammar/rmd.rng \
	schemas/grammar/rs.rng \
	schemas/grammar/soap-fault.rng \
	schemas/grammar/soap12-envelope.rng \
	schemas/grammar/wsnt.rng \
	schemas/grammar/wsnt-message.rng \
	schemas/grammar/xdsb-answer.rng \
	schemas/grammar/xdsb.rng
libminato_a_SOURCES += schemas/tables/metadata.c schemas/tables/metadata.h \
	schemas/tables/rim.c schemas/tables/rim.h
