/* Drives a track with an exported network: prints its reward and its steps, as aann drive does.
 *
 * usage: driver TRACK MEAN MEAN MEAN SCALE SCALE SCALE FULL */
#include <stdio.h>
#include <stdlib.h>

#include "aann/car.h"
#include "aann/car_driver.h"
#include "driver.h"

enum { ARGUMENTS = 9 };

int main(int count, char **arguments)
{
    static uint8_t pixels[AANN_CAR_PIXELS];
    static uint8_t view[AANN_CAR_VIEW_VALUES];
    int32_t logits[DRIVER_OUTPUTS];
    aann_car_outputs outputs = {.full = 127};
    aann_car_action action;
    aann_car_result result = {0};
    aann_car *car = NULL;
    double reward = 0.0;
    int steps = 0;
    if (count != ARGUMENTS || aann_car_create(NULL, &car, NULL) != AANN_OK) {
        return 1;
    }
    for (int i = 0; i < AANN_CAR_OUTPUTS; i++) {
        outputs.mean[i] = strtod(arguments[2 + i], NULL);
        outputs.scale[i] = strtod(arguments[2 + AANN_CAR_OUTPUTS + i], NULL);
    }
    outputs.full = (int32_t)strtol(arguments[ARGUMENTS - 1], NULL, 10);
    aann_car_reset(car, strtoull(arguments[1], NULL, 10));
    while (!result.terminated && !result.truncated) {
        aann_car_render(car, pixels);
        aann_car_view(pixels, view);
        driver_run(view, logits);
        aann_car_steer(&outputs, logits, &action);
        aann_car_step(car, &action, &result);
        reward += result.reward;
        steps++;
    }
    aann_car_destroy(car);
    printf("{\"reward\": %.17g, \"steps\": %d}\n", reward, steps);
    return 0;
}
