/* aann car: the driving environment from the command line. */
#ifndef AANN_CLI_CAR_CAR_H
#define AANN_CLI_CAR_CAR_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car.h"
#include "aann/drive.h"
#include "aann/recording.h"

/* The commands "car" and "drive". */
int cli_car(int count, char **arguments);
int cli_drive(int count, char **arguments);

/* The subcommands of "car"; arguments[count] are those after the subcommand's name. They return the exit
 * status. */
int cli_car_replay(int count, char **arguments);
int cli_car_bench(int count, char **arguments);
int cli_car_expert(int count, char **arguments);
int cli_car_record(int count, char **arguments);
int cli_car_play(int count, char **arguments);

/* Seeds of tracks as numbers of a command line go. */
#define CLI_CAR_LARGEST_SEED 9.0e18

/* How the expert is to drive, as given on the command line. */
typedef struct cli_car_style {
    bool teacher, racer;
    double top_speed, lateral, widest; /* negative: as this style does */
} cli_car_style;

aann_car_expert_options cli_car_expert_style(const cli_car_style *style);

/* What was recorded into `path`, as text or as a line of JSON. */
void cli_car_print_recording(const aann_recording *recording, const char *path, bool json);

/* "near" or "exact"; NULL is near. Returns false, with a line on the standard error, if the text is
 * neither. */
bool cli_car_parse_picture(const char *text, aann_car_picture *picture);

/* A range of tracks "first:end", end excluded; one number stands for itself. Returns false, with a
 * line on the standard error, if the text is none. */
bool cli_car_parse_tracks(const char *text, uint64_t *first, uint64_t *end);

#endif
