# `minato`: the command line, regions and their certificates, the demo.
bin_PROGRAMS += minato
minato_SOURCES = gateway/operator/minato.c
minato_LDADD = $(MINATO_LIBS)

libminato_a_SOURCES += \
	gateway/operator/command.h gateway/operator/command_rows.h \
	gateway/operator/commands.c gateway/operator/commands_documents.c \
	gateway/operator/commands_emergencies.c gateway/operator/commands_exchanges.c gateway/operator/commands_people.c \
	gateway/operator/backup_proof.c gateway/operator/backup_proof.h gateway/operator/command_backup.c \
	gateway/operator/command_codes.c \
	gateway/operator/command_daemon.c gateway/operator/command_diagnose.c \
	gateway/operator/command_exchange.c gateway/operator/command_explain.c gateway/operator/command_facility.c \
	gateway/operator/daemon_follow.c \
	gateway/operator/facility.h gateway/operator/facility_letter.c \
	gateway/operator/facility_trial.c \
	gateway/operator/command_retention.c \
	gateway/operator/command_line.c \
	gateway/operator/command_match.c gateway/operator/command_migrate.c \
	gateway/operator/command_region.c gateway/operator/command_ssmix2.c \
	gateway/operator/command_audit.c gateway/operator/command_status.c \
	gateway/operator/command_transactions.c \
	gateway/operator/conf_writer.c gateway/operator/conf_writer.h \
	gateway/operator/demo.c gateway/operator/demo_admin.c gateway/operator/demo_admin.h \
	gateway/operator/demo_letter.c gateway/operator/demo_letter.h \
	gateway/operator/demo_node.c gateway/operator/demo_node.h gateway/operator/demo_node_soap.c \
	gateway/operator/demo_moving.c gateway/operator/demo_neighbour.c \
	gateway/operator/demo_neighbour.h \
	gateway/operator/demo_people.c gateway/operator/demo_people.h \
	gateway/operator/demo_preparing.c gateway/operator/demo_protecting.c \
	gateway/operator/demo_process.c gateway/operator/demo_process.h \
	gateway/operator/demo_region.c gateway/operator/demo_region.h \
	gateway/operator/demo_scene.c gateway/operator/demo_scene.h \
	gateway/operator/demo_screen.c gateway/operator/demo_screen.h \
	gateway/operator/demo_sharing.c gateway/operator/demo_summary.c \
	gateway/operator/demo_storage.c gateway/operator/demo_storage.h \
	gateway/operator/demo_watch.c gateway/operator/demo_watch.h \
	gateway/operator/trial.c gateway/operator/trial_papers.c gateway/operator/trial_papers.h \
	gateway/operator/trial_people.c gateway/operator/trial_people.h \
	gateway/operator/command_init.c \
	gateway/operator/init.c gateway/operator/init_words.c gateway/operator/init_words.h \
	gateway/operator/invocation.c \
	gateway/operator/long_watch.c gateway/operator/long_watch.h \
	gateway/operator/output.c gateway/operator/output.h \
	gateway/operator/page.c gateway/operator/page.h \
	gateway/operator/command_view.c gateway/operator/screen.c gateway/operator/screen.h \
	gateway/operator/screen_cda.c gateway/operator/screen_fhir.c \
	gateway/operator/screen_hl7.c gateway/operator/screen_narrative.c \
	gateway/operator/owned_file.c gateway/operator/owned_file.h \
	gateway/operator/pki.c gateway/operator/pki.h \
	gateway/operator/region_files.c gateway/operator/region_files.h gateway/operator/region_inside.h gateway/operator/region_certificate.c \
	gateway/operator/region_renew.c gateway/operator/region_own.c gateway/operator/region_own.h \
	gateway/operator/own_certificate.c gateway/operator/own_certificate.h \
	gateway/operator/command_renew.c gateway/operator/daemon_follow.h \
	gateway/operator/region_partner.c gateway/operator/region_partner.h \
	gateway/operator/partner_description.c gateway/operator/partner_description.h \
	gateway/operator/command_partner.c gateway/operator/commands_partners.c
