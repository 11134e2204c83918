/* The camera follows the car and turns with it; it zooms in during the first second (method:
 * car_racing.py, MIT). */
#include "car/camera.h"

#include <math.h>

#include "car/constants.h"
#include "core/trigonometry.h"

aann_car_camera aann_car_camera_of(const aann_car *car)
{
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    const double angle = -(double)hull->angle;
    aann_car_camera camera;
    aann_sin_cos(angle, &camera.sine, &camera.cosine);
    camera.zoom = 0.1 * AANN_CAR_SCALE * fmax(1.0 - car->time, 0.0) +
                  AANN_CAR_ZOOM * AANN_CAR_SCALE * fmin(car->time, 1.0);
    const double x = -(double)hull->position.x * camera.zoom,
                 y = -(double)hull->position.y * camera.zoom;
    camera.offset_x = AANN_CAR_SURFACE_WIDTH / 2.0 + (camera.cosine * x - camera.sine * y);
    camera.offset_y = AANN_CAR_SURFACE_HEIGHT / 4.0 + (camera.sine * x + camera.cosine * y);
    return camera;
}

aann_car_spot aann_car_project(const aann_car_camera *camera, double x, double y)
{
    const double turned_x = camera->cosine * x - camera->sine * y,
                 turned_y = camera->sine * x + camera->cosine * y;
    const int32_t pixel_x = (int32_t)(turned_x * camera->zoom + camera->offset_x);
    const int32_t pixel_y = (int32_t)(turned_y * camera->zoom + camera->offset_y);
    return (aann_car_spot){(float)pixel_x, (float)pixel_y};
}

aann_car_spot aann_car_project_direction(const aann_car_camera *camera, double x, double y)
{
    return (aann_car_spot){(float)(camera->cosine * x - camera->sine * y),
                           (float)(camera->sine * x + camera->cosine * y)};
}

aann_car_spot aann_car_push(aann_car_spot spot, aann_car_spot direction, aann_car_outline outline,
                            float amount)
{
    const float reach = amount * (outline.x * fabsf(direction.x) + outline.y * fabsf(direction.y));
    return (aann_car_spot){spot.x + direction.x * reach, spot.y + direction.y * reach};
}

aann_car_spot aann_car_shrink(aann_car_spot spot)
{
    /* A whole number means the middle of a pixel. */
    const float x = (float)AANN_CAR_WIDTH / (float)AANN_CAR_SURFACE_WIDTH,
                y = (float)AANN_CAR_HEIGHT / (float)AANN_CAR_SURFACE_HEIGHT;
    return (aann_car_spot){(spot.x + 0.5f) * x,
                           ((float)AANN_CAR_SURFACE_HEIGHT - 0.5f - spot.y) * y};
}
