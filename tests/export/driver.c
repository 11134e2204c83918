/* Drives a track with an exported network: prints its reward and its steps, as aann drive does. Of the model file
 * only the meaning of its outputs is used.
 *
 * usage: driver TRACK MODEL */
#include <stdio.h>
#include <stdlib.h>

#include "aann/car.h"
#include "aann/car_driver.h"
#include "aann/drive.h"
#include "aann/model.h"
#include "driver.h"

int main(int count, char **arguments)
{
    static uint8_t pixels[AANN_CAR_PIXELS];
    static uint8_t view[AANN_CAR_VIEW_VALUES];
    int32_t logits[DRIVER_OUTPUTS];
    aann_car_outputs outputs;
    aann_car_action action;
    aann_car_result result = {0};
    aann_car *car = NULL;
    double reward = 0.0;
    int steps = 0;
    aann_model *model = NULL;
    if (count != 3 || aann_model_load(arguments[2], &model, NULL) != AANN_OK ||
        aann_model_car_outputs(model, &outputs, NULL) != AANN_OK ||
        aann_car_create(NULL, &car, NULL) != AANN_OK) {
        return 1;
    }
    aann_model_destroy(model);
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
