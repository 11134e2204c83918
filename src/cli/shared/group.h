/* Many members at once: the family of a study that a command compares, with what it was searched
 * on. */
#ifndef AANN_CLI_SHARED_GROUP_H
#define AANN_CLI_SHARED_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"
#include "aann/geometry.h"

/* Which members, and how to work. Always start from cli_default_group_options(). */
typedef struct cli_group_options {
    int64_t family;  /* 0: the study's last one */
    bool all;        /* also members that are unfinished or failed */
    int32_t most;    /* the first so many; 0: all of them */
    bool keep;       /* store predictions in the study */
    int32_t threads; /* 0: one per processor */
} cli_group_options;

cli_group_options cli_default_group_options(void);

typedef struct cli_group {
    const char *path;
    aann_study *study;
    bool writable; /* predictions can be kept */
    aann_family_row family;
    aann_family_plan plan;
    aann_spec spec;
    aann_family_data *data;
    aann_member_row *rows; /* [count], in order of id */
    int32_t count;
    int32_t threads;
} cli_group;

/* Opens the study, for writing if nobody else writes it and `keep` asks for it, chooses the members
 * and loads the data. Fails where there are fewer than `least` members. Free with cli_close_group,
 * whatever it returned. */
aann_status cli_open_group(const char *path, const cli_group_options *options, int32_t least,
                           cli_group *group, aann_error *error);
void cli_close_group(cli_group *group);

/* The members' predictions on a split ("validation", "test"), which must exist and have labels. */
aann_status cli_group_predict(cli_group *group, const char *split, aann_predictions *predictions,
                              aann_error *error);

/* networks[count], malloc'ed, and each to be destroyed: cli_free_networks. */
aann_status cli_group_networks(cli_group *group, aann_network ***networks, aann_error *error);
void cli_free_networks(aann_network **networks, int32_t count);

#endif
