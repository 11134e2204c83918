/* Any bytes as a saved car with a head that fits them, as a stranger would make it: what is accepted
 * must drive, draw, and be saved and restored again. */
#include <stdlib.h>
#include <string.h>

#include "aann/car.h"
#include "car/state.h"

enum { ROOM = 4096 };

static void put(uint8_t *bytes, uint64_t word, int width)
{
    for (int i = 0; i < width; i++) {
        bytes[i] = (uint8_t)(word >> 8 * i);
    }
}

static void fit_head(uint8_t *bytes, size_t size)
{
    const size_t behind = size - AANN_CAR_SAVED_HEAD;
    memcpy(bytes, "aann car", 8);
    put(bytes + 8, bytes[8] == 1 ? 1 : 2, 4); /* versions */
    put(bytes + 12, behind, 4);
    put(bytes + AANN_CAR_SAVED_CHECKSUM, aann_car_checksum(bytes + AANN_CAR_SAVED_HEAD, behind), 8);
}

static void use(aann_car *car)
{
    static uint8_t pixels[AANN_CAR_PIXELS], bytes[ROOM];
    const aann_car_action action = {.steer = 0.3, .gas = 0.7, .brake = 0.0};
    aann_error error;
    if (aann_car_reset_next(car, true, &error) != AANN_OK) {
        return; /* saved before its first reset: there is nothing to drive */
    }
    const size_t size = aann_car_saved_size(car);
    if (size > ROOM || aann_car_save(car, bytes, size, &error) != AANN_OK ||
        aann_car_restore(car, bytes, size, &error) != AANN_OK) {
        abort();
    }
    aann_car_step(car, &action, NULL);
    aann_car_render(car, pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static aann_car *car = NULL;
    static uint8_t bytes[ROOM], pixels[AANN_CAR_PIXELS];
    aann_error error = {0};
    if (size < AANN_CAR_SAVED_HEAD || size > ROOM ||
        (car == NULL && aann_car_create(NULL, &car, &error) != AANN_OK)) {
        return 0;
    }
    memcpy(bytes, data, size);
    fit_head(bytes, size);
    const aann_status status = aann_car_restore(car, bytes, size, &error);
    if (status == AANN_OK) {
        int32_t tiles;
        aann_car_track(car, &tiles);
        for (int step = 0; tiles > 0 && step < 5; step++) {
            const aann_car_action action = {.steer = -0.8, .gas = 1.0, .brake = step == 4};
            aann_car_step(car, &action, NULL);
            aann_car_render(car, pixels);
        }
        use(car);
    } else if (error.message[0] == '\0' || status != AANN_ERROR_FORMAT) {
        abort();
    }
    return 0;
}
