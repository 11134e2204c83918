/* The parts of the picture. */
#ifndef AANN_CAR_RENDER_PARTS_H
#define AANN_CAR_RENDER_PARTS_H

#include "car/camera.h"
#include "car/canvas.h"
#include "car/environment.h"

/* Layers of the ground: how much of a pixel is road; what its tiles' shades and kerbs add to the colour of the road; how
 * much is a square of grass; how much is field at all, if field_ends. */
enum { CAR_LAYER_ROAD, CAR_LAYER_RED, CAR_LAYER_GREEN, CAR_LAYER_BLUE, CAR_LAYER_GRASS, CAR_LAYER_FIELD, CAR_GROUND_LAYERS };

/* Draws field, grass, road and kerbs. Returns whether the end of the field is in sight. */
bool car_draw_ground(car_canvas *canvas, const aann_car *car, const car_camera *camera);

/* The car is always in the same part of the picture: its own small canvas there. */
enum { CAR_PATCH_X = 36, CAR_PATCH_Y = 58, CAR_PATCH_WIDTH = 24, CAR_PATCH_HEIGHT = CAR_VIEW_HEIGHT - CAR_PATCH_Y };
enum { CAR_LAYER_WHEELS, CAR_LAYER_STRIPES, CAR_LAYER_HULL, CAR_PATCH_LAYERS };

void car_draw_vehicle(car_canvas *canvas, const aann_car *car, const car_camera *camera);

/* Fills the rows below the view: speed, the four wheels' spin, steering and turning. */
void car_draw_indicators(const aann_car *car, uint8_t pixels[AANN_CAR_PIXELS]);

/* What the two passes of shrinking make of a mean colour: both round down, which takes 2 off an even colour and 1.5, on
 * average, off a mixed one. */
static inline uint8_t car_shrunk_colour(float mean)
{
    const float rounded = mean - 1.001f;
    return (uint8_t)(int32_t)(rounded > 0.0f ? rounded : 0.0f);
}

#endif
