/* What runs on the chip: reads a sensor, and says every third of a second what the wearer does.
 *
 * The sensor is the file live.csv, read through the debugger's semihosting, a line at a time: on a
 * board, sensor_read would ask the accelerometer. Readings become whole thousandths without a float;
 * that is what activity.h asks for (--per-unit 1000). The window is the last 32 readings. */
#include "activity.h"
#include "chip.h"

enum { AXES = 3, WINDOW = ACTIVITY_INPUTS / AXES, STEP = 16, LINE = 96, CHUNK = 64 };

static activity_input window[ACTIVITY_INPUTS]; /* [axis][reading], the oldest first */

/* ---- the sensor ------------------------------------------------------------------------------ */

static uint32_t file;

static int next_character(void)
{
    static uint8_t bytes[CHUNK];
    static uint32_t used = CHUNK, filled = CHUNK;
    if (used == filled) {
        filled = CHUNK - chip_read(file, bytes, CHUNK);
        used = 0;
        if (filled == 0) {
            return -1;
        }
    }
    return bytes[used++];
}

/* "-0.114" as thousandths; moves on behind it. */
static int32_t parse_thousandths(const char **text)
{
    const char *at = *text;
    const int negative = *at == '-';
    int32_t number = 0;
    int decimals = -1;
    for (at += negative; *at == '.' || (*at >= '0' && *at <= '9'); at++) {
        if (*at == '.') {
            decimals = 0;
        } else if (decimals < 3) {
            number = (number << 3) + (number << 1) + (*at - '0');
            decimals += decimals >= 0;
        }
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 3; decimals++) {
        number = (number << 3) + (number << 1);
    }
    *text = *at == ',' ? at + 1 : at;
    return negative ? -number : number;
}

/* The next reading; 0 at the end. */
static int sensor_read(int32_t reading[AXES])
{
    static char line[LINE];
    const char *at = line;
    unsigned length = 0;
    int axis;
    int c = next_character();
    for (; c >= 0 && c != '\n'; c = next_character()) {
        if (length < LINE - 1) {
            line[length++] = (char)c;
        }
    }
    line[length] = '\0';
    for (axis = 0; axis < AXES; axis++) {
        reading[axis] = parse_thousandths(&at);
    }
    return c >= 0;
}

/* ---- the window ------------------------------------------------------------------------------ */

static void add_reading(const int32_t reading[AXES])
{
    activity_input *at = window;
    int axis, i;
    for (axis = 0; axis < AXES; axis++) {
        for (i = 0; i < WINDOW - 1; i++, at++) {
            *(volatile activity_input *)at = at[1];
        }
        *at++ = reading[axis];
    }
}

int main(void)
{
    int32_t reading[AXES], logits[ACTIVITY_OUTPUTS];
    int missing = WINDOW;
    file = chip_open("live.csv");
    sensor_read(reading); /* the names of the columns */
    while (sensor_read(reading)) {
        add_reading(reading);
        if (--missing == 0) {
            activity_run(window, logits);
            chip_print(activity_class_name(activity_answer(logits)));
            chip_print("\n");
            missing = STEP;
        }
    }
    chip_exit();
    return 0;
}
