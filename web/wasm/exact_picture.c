/* In place of src/car/exact_*.c: the page drives and draws with near pictures, and asks for no
 * others. Nothing is created, so nothing is drawn. */
#include "car/exact_scene.h"
#include "car/exact_tables.h"

#include <stddef.h>

aann_car_exact *aann_car_exact_create(const aann_car_glyphs *glyphs)
{
    (void)glyphs;
    return NULL;
}

void aann_car_exact_destroy(aann_car_exact *exact)
{
    (void)exact;
}

void aann_car_exact_render(aann_car_exact *exact, const aann_car *car,
                           uint8_t pixels[AANN_CAR_PIXELS])
{
    (void)exact;
    (void)car;
    (void)pixels;
}
