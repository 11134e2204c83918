/* The parts of the picture. */
#ifndef AANN_CAR_RENDER_PARTS_H
#define AANN_CAR_RENDER_PARTS_H

#include "car/camera.h"
#include "car/canvas.h"
#include "car/environment.h"

/* Groups of layers, and the layers in each. */
enum { AANN_CAR_GROUP_GROUND, AANN_CAR_GROUP_KERBS, AANN_CAR_GROUP_VEHICLE };
enum {
    AANN_CAR_LAYER_ROAD,  /* how much of a pixel is road */
    AANN_CAR_LAYER_SHADE, /* what the shades of its tiles add to all channels */
    AANN_CAR_LAYER_GRASS, /* how much is a square of grass */
    AANN_CAR_LAYER_FIELD  /* how much is field at all, if its end is in sight */
};
/* Kerbs: what they add to red, green and blue of the road. */
enum { AANN_CAR_LAYER_WHEELS, AANN_CAR_LAYER_STRIPES, AANN_CAR_LAYER_HULL };

/* Draws field, grass, road and kerbs. Returns whether the end of the field is in sight. */
bool aann_car_draw_ground(aann_car_canvas *canvas, const aann_car *car,
                          const aann_car_camera *camera);

void aann_car_draw_vehicle(aann_car_canvas *canvas, const aann_car *car,
                           const aann_car_camera *camera);

/* Fills the rows below the view: speed, the four wheels' spin, steering and turning. */
void aann_car_draw_indicators(const aann_car *car, uint8_t pixels[AANN_CAR_PIXELS]);

/* What the two passes of shrinking make of a mean colour: both round down, which takes 2 off an
 * even colour and 1.5, on average, off a mixed one. */
static inline int32_t aann_car_shrunk(float mean)
{
    return (int32_t)aann_car_greater(mean - 1.001f, 0.0f);
}

#endif
