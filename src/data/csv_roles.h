/* What each column of a table is for: by the options, by its name, or by its place. */
#ifndef AANN_DATA_CSV_ROLES_H
#define AANN_DATA_CSV_ROLES_H

#include "data/csv_rows.h"

typedef enum aann_csv_role_kind {
    AANN_CSV_FEATURE,
    AANN_CSV_LABEL,
    AANN_CSV_TARGET,
    AANN_CSV_GROUP,
    AANN_CSV_TIME,
    AANN_CSV_LEFT_OUT
} aann_csv_role_kind;

typedef struct aann_csv_role {
    aann_csv_role_kind kind;
    int32_t index; /* of a feature or a target: its place in a sample */
} aann_csv_role;

typedef struct aann_csv_roles {
    aann_csv_role *list; /* [column_count of the rows] */
    int32_t feature_count, target_count;
    size_t label_column; /* column_count: none; so are the next two */
    size_t group_column, time_column;
} aann_csv_roles;

/* Free the list with free(). */
aann_status aann_csv_roles_choose(const aann_csv_rows *rows, const aann_load_options *options,
                                  aann_csv_roles *roles, aann_error *error);

#endif
