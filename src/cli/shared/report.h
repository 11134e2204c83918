/* Families and members as JSON and as tables. */
#ifndef AANN_CLI_SHARED_REPORT_H
#define AANN_CLI_SHARED_REPORT_H

#include "aann/evaluate.h"
#include "aann/family.h"
#include "cli/shared/json.h"

/* "running", "done", "failed". */
const char *cli_state_name(aann_member_state state);

/* {"id", "seed", "steps", "hash", "train_loss", ...} */
json_t *cli_json_member(const aann_member_row *member);

/* The same, with the intervals of its accuracies and, of a regression, errors in the user's units.
 * `origin` says how many samples the splits have; NULL: no intervals. */
json_t *cli_json_member_of(const aann_family_row *family, const aann_data_origin *origin,
                           const aann_member_row *row);

/* [{"name", "minus", "zero", "plus"}, ...]: the counts that all members share. */
json_t *cli_json_layers(const aann_spec *spec);

/* {"family", "name", "spec", "task", "layers", "members"}; fails like the calls to the study that
 * it makes. */
aann_status cli_json_family(aann_study *study, const aann_family_row *family, json_t **object,
                            aann_error *error);

/* Tables. */
void cli_print_layers(const aann_spec *spec);

/* A line for each phase of a search that has some. */
void cli_print_phases(const aann_family_plan *plan);
aann_status cli_print_family(aann_study *study, const aann_family_row *family, aann_error *error);

/* "96.31 %", "-" where it was not measured. */
const char *cli_percent(double share, char text[16]);
/* "98.41 %", or where there is no accuracy the loss: "0.21340"; "-" where there is neither. */
const char *cli_score(double accuracy, double loss, char text[16]);
const char *cli_number(double value, char text[16]);

/* "10000 samples, accuracy 98.41 %, loss 0.05120", and the end of the line; a regression has no
 * accuracy. */
void cli_print_score(const aann_score *score);
/* 12345678 -> "12,345,678" */
const char *cli_grouped(uint64_t value, char text[32]);

#endif
