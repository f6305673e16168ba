# Who may be whom: names and numbers made comparable, weighed, explained. Pure functions.
libminato_a_SOURCES += \
	matching/candidates.c matching/candidates.h \
	matching/compare.c matching/compare.h matching/compare_names.c matching/compare_names.h \
	matching/distance.c matching/distance.h \
	matching/features.c matching/features.h matching/features_names.c matching/features_names.h \
	matching/kanji.c matching/kanji.h matching/kanji_groups.c \
	matching/score.c matching/score.h \
	matching/train.c matching/train.h \
	matching/weights.c matching/weights.h matching/weights_default.c matching/weights_text.c
