/* predict, eval and show of a model file, in place of a study and the number of a member. */
#ifndef AANN_CLI_COMMANDS_MODEL_FILE_H
#define AANN_CLI_COMMANDS_MODEL_FILE_H

#include <stdbool.h>

#include "aann/data.h"
#include "aann/model.h"
#include "cli/shared/output.h"

/* What the command was asked for. */
typedef struct model_request {
    const char *data;
    cli_output *logits; /* predict: the NPY file to write, path NULL if none; else NULL */
    const char *isa;
    aann_load_options load;
    int32_t threads;
    bool json;
} model_request;

/* Each returns the exit status. */
int model_file_predict(const char *path, const model_request *request);
int model_file_eval(const char *path, const model_request *request);
int model_file_show(const char *path, bool json);

/* What the model of this file is, for people. */
void model_file_print(const aann_model *model, const char *path);

/* Sets what the model says of the tables that it reads: names of columns, which of them hold words,
 * windows. Returns the list of names, to be freed once the load options are no longer used; NULL if
 * it does not say. */
const char **model_file_set_columns(const aann_model *model, aann_load_options *load);

#endif
