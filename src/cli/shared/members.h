/* Opening what commands work on: a member, several of them, or a family with its data. */
#ifndef AANN_CLI_SHARED_MEMBERS_H
#define AANN_CLI_SHARED_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/family.h"
#include "cli/shared/options.h"

/* ---- members that are named ------------------------------------------------------------------ */

/* Opens a member by study and id as they were typed: "mnist.aann", "3". On failure there is one
 * line on the standard error, and *status is the exit status. Free with aann_member_destroy. */
bool cli_member_open(const char *path, const char *id, aann_member *member, int *status);

enum { CLI_MEMBERS_LIMIT = 64 };

typedef struct cli_members {
    aann_member list[CLI_MEMBERS_LIMIT];
    const aann_network *networks[CLI_MEMBERS_LIMIT]; /* theirs */
    int32_t count;
} cli_members;

/* Opens members "1,2,5" of a study; on failure as above. Free with cli_members_close. */
bool cli_members_open(const char *path, const char *ids, cli_members *members, int *status);
/* The same, all in one text: "drivers.aann:1,2,5". */
bool cli_members_open_named(const char *option, const char *text, cli_members *members,
                            int *status);
void cli_members_close(cli_members *members);

/* ---- a family -------------------------------------------------------------------------------- */

/* Which members, and how to work. Always start from cli_family_options_default(). */
typedef struct cli_family_options {
    int64_t family;     /* 0: the study's last one */
    bool all;           /* also members that are unfinished or failed */
    const char *origin; /* of these; NULL: independent ones; "all" */
    int32_t limit;      /* only the first ones; 0: all of them */
    bool keep;          /* store predictions in the study */
    int32_t threads;    /* 0: one per processor */
    const char *data;   /* where the training data are now; NULL: where they were */
    const char *test;   /* the same of the test data */
    int64_t data_limit; /* of its files, in bytes; 0: AANN_DATA_LIMIT */
} cli_family_options;

cli_family_options cli_family_options_default(void);

/* Members to be compared, in order of id, with their networks and what they were searched on. */
typedef struct cli_family {
    const char *path;
    aann_study *study;
    bool writable; /* predictions can be kept */
    aann_family family;
    aann_family_data *data;
    int32_t threads;
} cli_family;

/* --origin NAME, and what else is worth saying of it: the members that were left out. */
cli_option cli_origin_option(const char **origin);
void cli_print_left_out(const cli_family *opened);

/* Opens the study, for writing if nobody else writes it and `keep` asks for it, the members and the
 * data. Fails where there are fewer than `minimum` members. Free with cli_family_close, whatever it
 * returned. */
aann_status cli_family_open(const char *path, const cli_family_options *options, int32_t minimum,
                            cli_family *opened, aann_error *error);
void cli_family_close(cli_family *opened);

/* The members' predictions on a split ("validation", "test"), which must exist and have labels. */
aann_status cli_family_predict(cli_family *opened, const char *split, aann_predictions *predictions,
                               aann_error *error);

#endif
