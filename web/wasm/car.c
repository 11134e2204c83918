/* Cars and their drivers: CarRacing as the library drives it. */
#include "aann/car.h"

#include <stdlib.h>

#include "aann/car_driver.h"
#include "aann/drive.h"
#include "aann/model.h"
#include "page.h"

/* ---- the car --------------------------------------------------------------------------------- */

/* A drive ends after step_limit steps; 0: never. */
aann_car *PAGE_EXPORT(car_create)(int32_t step_limit)
{
    aann_car_options options = aann_car_options_default();
    options.step_limit = step_limit;
    aann_car *car = NULL;
    (void)aann_car_create(&options, &car, page_error());
    return car;
}

void PAGE_EXPORT(car_destroy)(aann_car *car)
{
    aann_car_destroy(car);
}

void PAGE_EXPORT(car_reset)(aann_car *car, uint32_t seed)
{
    aann_car_reset(car, seed);
}

enum { RESULT_NUMBERS = 3 };

/* Fills in numbers[3]: reward, 1 if the drive is over, 1 if the lap was finished. */
void PAGE_EXPORT(car_step)(aann_car *car, double steer, double gas, double brake,
                           double numbers[RESULT_NUMBERS])
{
    const aann_car_action action = {.steer = steer, .gas = gas, .brake = brake};
    aann_car_result result;
    aann_car_step(car, &action, &result);
    numbers[0] = result.reward;
    numbers[1] = result.terminated || result.truncated ? 1.0 : 0.0;
    numbers[2] = result.lap_finished ? 1.0 : 0.0;
}

enum { STATE_NUMBERS = 27 };

/* Fills in numbers[27]: x, y, angle, velocity x and y, angular velocity of the hull; x, y, angle
 * and tiles under it of each wheel; total reward, time, tiles visited, steps, and tiles of the
 * track. */
void PAGE_EXPORT(car_state)(const aann_car *car, double numbers[STATE_NUMBERS])
{
    aann_car_state state;
    aann_car_state_get(car, &state);
    int32_t tiles = 0;
    (void)aann_car_track(car, &tiles);
    double *to = numbers;
    const float hull[] = {state.x,          state.y,          state.angle,
                          state.velocity_x, state.velocity_y, state.angular_velocity};
    for (size_t i = 0; i < sizeof hull / sizeof hull[0]; i++) {
        *to++ = (double)hull[i];
    }
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        *to++ = (double)state.wheels[i].x;
        *to++ = (double)state.wheels[i].y;
        *to++ = (double)state.wheels[i].angle;
        *to++ = state.wheels[i].tiles;
    }
    *to++ = state.total_reward;
    *to++ = state.time;
    *to++ = state.visited;
    *to++ = state.steps;
    *to = tiles;
}

/* double [tiles][4]: alpha, beta, x, y of the centre line; the car's own, until the next reset. */
const aann_car_point *PAGE_EXPORT(car_track)(const aann_car *car)
{
    int32_t count = 0;
    return aann_car_track(car, &count);
}

/* pixels[96][96][3] */
void PAGE_EXPORT(car_render)(aann_car *car, uint8_t *pixels)
{
    aann_car_render(car, pixels);
}

/* ---- the driver ------------------------------------------------------------------------------ */

typedef struct page_driver {
    aann_pilot *pilot;
    uint8_t pixels[AANN_CAR_PIXELS];
    uint8_t view[AANN_CAR_VIEW_VALUES];
    int8_t input[AANN_CAR_VIEW_VALUES];
} page_driver;

void PAGE_EXPORT(driver_destroy)(page_driver *driver)
{
    if (driver != NULL) {
        aann_pilot_destroy(driver->pilot);
        free(driver);
    }
}

/* The driver of a model file, bytes[size]. */
page_driver *PAGE_EXPORT(driver_read)(const uint8_t *bytes, uint32_t size)
{
    aann_model *model = NULL;
    page_driver *made = calloc(1, sizeof *made);
    if (made == NULL) {
        page_fail("out of memory for a driver");
        return NULL;
    }
    if (aann_model_read(bytes, size, &model, page_error()) != AANN_OK) {
        free(made);
        return NULL;
    }
    const aann_network *network = aann_model_network(model);
    aann_driver driver = {.networks = &network, .count = 1};
    if (aann_model_car_outputs(model, &driver.outputs, page_error()) != AANN_OK ||
        aann_pilot_create(&driver, NULL, &made->pilot, page_error()) != AANN_OK) {
        driver_destroy(made);
        made = NULL;
    }
    aann_model_destroy(model);
    return made;
}

/* Looks at the car's picture and fills in numbers[3]: steering, gas, brake. */
bool PAGE_EXPORT(driver_act)(page_driver *driver, aann_car *car, double numbers[AANN_CAR_OUTPUTS])
{
    aann_car_action action;
    aann_car_render(car, driver->pixels);
    aann_car_view(driver->pixels, driver->view);
    aann_car_view_encode(driver->view, driver->input);
    if (aann_pilot_act(driver->pilot, driver->input, 1, &action, page_error()) != AANN_OK) {
        return false;
    }
    numbers[0] = action.steer;
    numbers[1] = action.gas;
    numbers[2] = action.brake;
    return true;
}

/* What it saw last: uint8 [96][96]. */
const uint8_t *PAGE_EXPORT(driver_view)(const page_driver *driver)
{
    return driver->view;
}
