/* The driver's eyes.
 *
 * The network of the paper sees rows and columns 0 to 82 of its 96 x 96 input only: strides and
 * pools drop what is left over at the right and at the bottom. The instruments, which tell the
 * speed, are in the last 12 rows: a driver who sees the picture as it is cannot know how fast it
 * goes, and does not finish half of its laps. So the view is cut (the top rows show road seconds
 * away, rows 78 to 83 the ground behind the car) and the instruments are moved up under it. */
#include "aann/car_driver.h"

#include <math.h>
#include <string.h>

enum {
    FIRST_COLUMN = 6,
    COLUMNS = 83,
    FIRST_VIEW_ROW = 7,
    VIEW_ROWS = 71,
    FIRST_BAR_ROW = 84,
    BAR_ROWS = AANN_CAR_HEIGHT - FIRST_BAR_ROW,
    SCORE_COLUMNS = 12, /* of the picture: the score stands there, if it is drawn */
    BRIGHTEST_GREEN = 204,
    BYTE_MAXIMUM = 255,
    ACTIVATION_MAXIMUM = 127
};

static const uint8_t *pixel_at(const uint8_t *pixels, int32_t row, int32_t column)
{
    return pixels + (row * AANN_CAR_WIDTH + column) * AANN_CAR_CHANNELS;
}

static uint8_t view_value(const uint8_t *pixel)
{
    const int32_t green = pixel[1] < BRIGHTEST_GREEN ? pixel[1] : BRIGHTEST_GREEN;
    return (uint8_t)(green * 5 / 4);
}

static uint8_t bar_value(const uint8_t *pixel)
{
    const uint8_t larger = pixel[0] > pixel[1] ? pixel[0] : pixel[1];
    return larger > pixel[2] ? larger : pixel[2];
}

void aann_car_view(const uint8_t pixels[AANN_CAR_PIXELS], uint8_t view[AANN_CAR_VIEW_VALUES])
{
    memset(view, 0, AANN_CAR_VIEW_VALUES);
    for (int32_t row = 0; row < VIEW_ROWS; row++) {
        for (int32_t column = 0; column < COLUMNS; column++) {
            view[row * AANN_CAR_VIEW_SIZE + column] =
                view_value(pixel_at(pixels, FIRST_VIEW_ROW + row, FIRST_COLUMN + column));
        }
    }
    for (int32_t row = 0; row < BAR_ROWS; row++) {
        for (int32_t column = SCORE_COLUMNS - FIRST_COLUMN; column < COLUMNS; column++) {
            view[(VIEW_ROWS + row) * AANN_CAR_VIEW_SIZE + column] =
                bar_value(pixel_at(pixels, FIRST_BAR_ROW + row, FIRST_COLUMN + column));
        }
    }
}

void aann_car_view_encode(const uint8_t view[AANN_CAR_VIEW_VALUES],
                          int8_t input[AANN_CAR_VIEW_VALUES])
{
    for (int32_t i = 0; i < AANN_CAR_VIEW_VALUES; i++) {
        input[i] = (int8_t)((2 * ACTIVATION_MAXIMUM * view[i] + BYTE_MAXIMUM) / (2 * BYTE_MAXIMUM));
    }
}

static double clamp(double value, double minimum, double maximum)
{
    return fmin(fmax(value, minimum), maximum);
}

void aann_car_decode_outputs(const aann_car_outputs *outputs,
                             const int32_t logits[AANN_CAR_OUTPUTS],
                             double values[AANN_CAR_OUTPUTS])
{
    for (int32_t i = 0; i < AANN_CAR_OUTPUTS; i++) {
        const double z = clamp((double)logits[i] / outputs->full, -1.0, 1.0);
        values[i] = outputs->mean[i] + outputs->scale[i] * z;
    }
}

void aann_car_clamp_action(const double values[AANN_CAR_OUTPUTS], aann_car_action *action)
{
    action->steer = clamp(values[0], -1.0, 1.0);
    action->gas = clamp(values[1], 0.0, 1.0);
    action->brake = clamp(values[2], 0.0, 1.0);
}

void aann_car_steer(const aann_car_outputs *outputs, const int32_t logits[AANN_CAR_OUTPUTS],
                    aann_car_action *action)
{
    double values[AANN_CAR_OUTPUTS];
    aann_car_decode_outputs(outputs, logits, values);
    aann_car_clamp_action(values, action);
}
