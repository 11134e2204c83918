/* What several commands of "car" are given: the expert's style, and ranges of tracks. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/car/car.h"
#include "cli/shared/message.h"

enum { TRACKS_LIMIT = 1000000 };

aann_car_expert_options cli_car_expert_style(const cli_car_style *style)
{
    aann_car_expert_options options = style->teacher ? aann_car_expert_options_teacher()
                                      : style->racer ? aann_car_expert_options_racer()
                                                     : aann_car_expert_options_default();
    options.top_speed = style->top_speed > 0.0 ? style->top_speed : options.top_speed;
    options.lateral_acceleration =
        style->lateral > 0.0 ? style->lateral : options.lateral_acceleration;
    options.widest = style->widest >= 0.0 ? style->widest : options.widest;
    return options;
}

/* Reads digits; returns where they end, or NULL. */
static const char *read_digits(const char *text, uint64_t *number)
{
    if (!isdigit((unsigned char)*text)) {
        return NULL;
    }
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 ? end : NULL;
}

bool cli_car_parse_tracks(const char *text, uint64_t *first, uint64_t *end)
{
    const char *rest = read_digits(text, first);
    bool good = false;
    if (rest != NULL && *rest == '\0') {
        *end = *first + 1;
        good = *end != 0;
    } else if (rest != NULL && *rest == ':') {
        rest = read_digits(rest + 1, end);
        good = rest != NULL && *rest == '\0' && *end > *first;
    }
    if (!good) {
        cli_usage_error("--tracks '%s'; expected FIRST:END, as in 0:20", text);
    } else if (*end - *first > TRACKS_LIMIT) {
        cli_usage_error("--tracks '%s': expected at most %d tracks", text, TRACKS_LIMIT);
        good = false;
    }
    return good;
}

bool cli_car_parse_picture(const char *text, aann_car_picture *picture)
{
    *picture = AANN_CAR_PICTURE_NEAR;
    if (text != NULL && strcmp(text, "exact") == 0) {
        *picture = AANN_CAR_PICTURE_EXACT;
    } else if (text != NULL && strcmp(text, "near") != 0) {
        cli_usage_error("--picture '%s'; expected near or exact", text);
        return false;
    }
    return true;
}
