/* What `aann connect` found, as text, JSON, CSV and pictures. */
#ifndef AANN_CLI_COMMANDS_CONNECT_REPORT_H
#define AANN_CLI_COMMANDS_CONNECT_REPORT_H

#include "aann/connect.h"

typedef struct connect_result {
    const char *path;
    const aann_connect_plan *plan;
    aann_study *study;
    aann_family family; /* without members */
    aann_connections connections;
    double constant_loss; /* of the best constant answer; NAN: not known */
    double constant_accuracy;
} connect_result;

void connect_print(const connect_result *result);
void connect_json(const connect_result *result);
aann_status connect_csv(const connect_result *result, const char *path, aann_error *error);
aann_status connect_pictures(const connect_result *result, const char *folder, aann_error *error);

#endif
