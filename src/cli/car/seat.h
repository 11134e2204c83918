/* A driver as it is typed: members of a study, which drive together, or one model. */
#ifndef AANN_CLI_CAR_SEAT_H
#define AANN_CLI_CAR_SEAT_H

#include <stdbool.h>

#include "aann/drive.h"
#include "cli/shared/ablation.h"
#include "cli/shared/members.h"

typedef struct cli_car_seat {
    aann_driver driver; /* its networks are those of the members, or of the model */
    cli_members members;
    aann_model *model;
    const aann_network *network; /* the model's */
    aann_network *changed;       /* a changed copy of that, which then drives; else NULL */
} cli_car_seat;

/* Opens a model (`ids` is NULL) or members "1,2,5" of a study. False, with a line on the standard
 * error and the exit status, if there are none, if they are no drivers, or if their outputs do not
 * mean the same. Free with cli_car_seat_close, whatever it returned. The seat must not be moved. */
bool cli_car_seat_open(const char *command, const char *path, const char *ids, cli_car_seat *seat,
                       int *status);
/* The same, all in one text, the value of an option: "drivers.aann:1,2", or a model. */
bool cli_car_seat_open_named(const char *option, const char *text, cli_car_seat *seat, int *status);
/* Changes all networks of the driver (--lesion and the like), and says how in text[size]. */
aann_status cli_car_seat_change(cli_car_seat *seat, const cli_ablation *alteration, char *text,
                                size_t size, aann_error *error);
void cli_car_seat_close(cli_car_seat *seat);

#endif
