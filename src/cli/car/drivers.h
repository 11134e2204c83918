/* One or several members of a study as one driver. */
#ifndef AANN_CLI_CAR_DRIVERS_H
#define AANN_CLI_CAR_DRIVERS_H

#include "aann/drive.h"
#include "cli/shared/store.h"

enum { CLI_LARGEST_CREW = 64 };

typedef struct cli_drivers {
    cli_member members[CLI_LARGEST_CREW];
    const aann_network *networks[CLI_LARGEST_CREW];
    aann_driver driver; /* points into this struct */
} cli_drivers;

/* Opens members ids ("3", or "1,2,5") of a study. On failure there is one line on the standard
 * error, and *status is the exit status. Free with cli_drivers_close. */
bool cli_drivers_open(const char *path, const char *ids, cli_drivers *crew, int *status);
/* The same, all in one text: "drivers.aann:3". */
bool cli_drivers_open_named(const char *option, const char *text, cli_drivers *crew, int *status);
void cli_drivers_close(cli_drivers *crew);

/* Takes the next number off a list "1,2,5"; false at its end. */
bool cli_next_id(const char **ids, char *id, size_t size);

/* Cuts "drivers.aann:3" at its last colon; false, with a line on the standard error, if it is not
 * of that form. */
bool cli_split_named(const char *option, const char *text, char *path, size_t size,
                     const char **id);

#endif
