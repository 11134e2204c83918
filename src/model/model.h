/* The inside of a model. */
#ifndef AANN_MODEL_MODEL_H
#define AANN_MODEL_MODEL_H

#include "aann/evaluate.h"
#include "aann/model.h"

struct aann_model {
    aann_network *network;
    aann_model_description description; /* its pointers are owned, through what follows */
    aann_encoding encoding;
    double *target_mean;
    double *target_scale;
    double *target_weights;
    char **class_names;
    char **column_names;
    char **target_names;
    int32_t target_name_count; /* outputs, or 0 */
    char **window_columns;
    char *provenance;
    aann_evaluator *evaluator; /* made by the first prediction */
};

/* Fails, with `status`, where the description does not fit a network of this spec. */
aann_status aann_model_check(const aann_spec *spec, const aann_model_description *description,
                             aann_status status, aann_error *error);

#endif
