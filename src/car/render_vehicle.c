/* The car in the picture (method: car_dynamics.py, draw; MIT): black wheels, each with a grey
 * stripe that shows how it spins, and over them the red hull. */
#include <math.h>

#include "car/constants.h"
#include "car/render_parts.h"
#include "core/trigonometry.h"

/* Outlines here are whole pixels. */
static const aann_car_outline hard = {0.5f, 0.5f};

static float length(aann_car_spot direction)
{
    const double x = (double)direction.x, y = (double)direction.y;
    return (float)sqrt(x * x + y * y);
}

/* Moves every edge of a clockwise polygon of the surface outwards by the reach of the outline. */
static void widen(const aann_car_spot *corners, int32_t count, aann_car_spot *wider)
{
    for (int32_t i = 0; i < count; i++) {
        const aann_car_spot before = corners[i > 0 ? i - 1 : count - 1], here = corners[i],
                            after = corners[(i + 1) % count];
        const aann_car_spot a = {here.x - before.x, here.y - before.y},
                            b = {after.x - here.x, after.y - here.y};
        const float length_a = length(a), length_b = length(b);
        wider[i] = here;
        if (length_a > 0.0f && length_b > 0.0f) {
            /* Outward normals, and how far each edge goes out along its own. */
            const aann_car_spot normal_a = {-a.y / length_a, a.x / length_a},
                                normal_b = {-b.y / length_b, b.x / length_b};
            const float reach_a = hard.x * fabsf(normal_a.x) + hard.y * fabsf(normal_a.y);
            const float reach_b = hard.x * fabsf(normal_b.x) + hard.y * fabsf(normal_b.y);
            const float cosine = normal_a.x * normal_b.x + normal_a.y * normal_b.y;
            const float along = 1.0f - cosine * cosine;
            if (along > 0.05f) {
                const float part_a = (reach_a - reach_b * cosine) / along,
                            part_b = (reach_b - reach_a * cosine) / along;
                wider[i].x += normal_a.x * part_a + normal_b.x * part_b;
                wider[i].y += normal_a.y * part_a + normal_b.y * part_b;
            } else {
                wider[i].x += normal_a.x * reach_a;
                wider[i].y += normal_a.y * reach_a;
            }
        }
    }
}

/* Draws a polygon of a body; its corners run counter-clockwise. */
static void draw_shape(aann_car_canvas *canvas, const aann_car_camera *camera,
                       const aann_car_body *body, const aann_car_vector *corners, int32_t count,
                       int32_t layer)
{
    aann_car_spot spots[AANN_CAR_POLYGON_CORNERS], wider[AANN_CAR_POLYGON_CORNERS];
    for (int32_t i = 0; i < count; i++) {
        const aann_car_vector world =
            aann_car_add(aann_car_rotate(body->rotation, corners[count - 1 - i]), body->position);
        spots[i] = aann_car_project(camera, (double)world.x, (double)world.y);
    }
    widen(spots, count, wider);
    for (int32_t i = 0; i < count; i++) {
        wider[i] = aann_car_shrink(wider[i]);
    }
    aann_float4 weights = {0.0f, 0.0f, 0.0f, 0.0f};
    weights[layer] = 1.0f;
    aann_car_canvas_polygon(canvas, wider, count, AANN_CAR_GROUP_VEHICLE, weights);
}

static double sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

/* A stripe 1.2 radians wide goes round the wheel; it shows while it is on the upper side. */
static void draw_stripe(aann_car_canvas *canvas, const aann_car_camera *camera,
                        const aann_car_body *body, double phase)
{
    double sine_1, cosine_1, sine_2, cosine_2;
    aann_sin_cos(phase, &sine_1, &cosine_1);
    aann_sin_cos(phase + 1.2, &sine_2, &cosine_2);
    if (sine_1 > 0.0 && sine_2 > 0.0) {
        return;
    }
    const double end_1 = sine_1 > 0.0 ? sign_of(cosine_1) : cosine_1;
    const double end_2 = sine_2 > 0.0 ? sign_of(cosine_2) : cosine_2;
    const float side = (float)(AANN_CAR_WHEEL_WIDTH * AANN_CAR_SIZE);
    const float low = (float)(AANN_CAR_WHEEL_RADIUS * fmin(end_1, end_2) * AANN_CAR_SIZE);
    const float high = (float)(AANN_CAR_WHEEL_RADIUS * fmax(end_1, end_2) * AANN_CAR_SIZE);
    const aann_car_vector corners[4] = {{side, low}, {side, high}, {-side, high}, {-side, low}};
    draw_shape(canvas, camera, body, corners, 4, AANN_CAR_LAYER_STRIPES);
}

void aann_car_draw_vehicle(aann_car_canvas *canvas, const aann_car *car,
                           const aann_car_camera *camera)
{
    const aann_car_vehicle *vehicle = &car->vehicle;
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const aann_car_body *body = &vehicle->assembly.wheels[i];
        draw_shape(canvas, camera, body, vehicle->wheel_shape.corners, vehicle->wheel_shape.count,
                   AANN_CAR_LAYER_WHEELS);
        draw_stripe(canvas, camera, body, vehicle->wheels[i].phase);
    }
    for (int32_t i = 0; i < AANN_CAR_HULL_PARTS; i++) {
        const aann_car_polygon *part = &vehicle->hull_shapes[i];
        draw_shape(canvas, camera, &vehicle->assembly.hull, part->corners, part->count,
                   AANN_CAR_LAYER_HULL);
    }
}
