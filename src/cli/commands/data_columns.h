/* What `aann data show` says about the columns of a table. */
#ifndef AANN_CLI_COMMANDS_DATA_COLUMNS_H
#define AANN_CLI_COMMANDS_DATA_COLUMNS_H

#include "aann/samples.h"
#include "cli/shared/json.h"

/* A line for each column: its kind, its range or words, how many values are missing, what it becomes,
 * and what is suspicious about it. Nothing for a data set that is no table. */
void data_print_columns(const aann_dataset *dataset);

/* The same as an array; empty for a data set that is no table. */
json_t *data_columns_json(const aann_dataset *dataset);

/* How the file is written: "cells are separated by semicolons, ...". */
void data_print_origin(const aann_dataset *dataset);

#endif
