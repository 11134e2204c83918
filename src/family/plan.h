/* What determines a family's result, inside. */
#ifndef AANN_FAMILY_PLAN_H
#define AANN_FAMILY_PLAN_H

#include "aann/family.h"

enum { AANN_MAX_MEMBERS = 1000000 };

/* A plan as it is stored, with only the hashes of the starts; the networks are the members' first
 * weights in the study. */
typedef struct aann_stored_plan {
    aann_family_plan plan;                  /* without starts, if it was read from a study */
    uint64_t start_hashes[AANN_MAX_STARTS]; /* [start_hash_count] */
    int32_t start_hash_count;
} aann_stored_plan;

/* As aann_family_plan_parse, with the hashes. */
aann_status aann_stored_plan_parse(const char *json, aann_stored_plan *stored, aann_error *error);

/* Fails, naming the setting and its range, if the plan makes no sense. */
aann_status aann_family_plan_check(const aann_family_plan *plan, aann_error *error);

/* Whether this study gets the member of that index (it may have a shard only), and how many of the
 * plan's members it gets. */
bool aann_family_plan_has(const aann_family_plan *plan, int64_t index);
int32_t aann_family_plan_count(const aann_family_plan *plan);

/* A family's options without its shard, malloc'ed: those of the whole family. */
aann_status aann_family_options_whole(const char *options, char **whole, aann_error *error);

/* A family's options with another number of members and nothing else changed, malloc'ed. */
aann_status aann_family_options_grow(const char *options, int32_t members, char **grown,
                                     aann_error *error);

/* A family's options with at least this number of members, without its walks and connections,
 * malloc'ed: what can change while its members are elsewhere. */
aann_status aann_family_options_kept(const char *options, int32_t members, char **kept,
                                     aann_error *error);

#endif
