/* The expert driver: pure pursuit of a racing line, at the speed that its bends allow.
 *
 * The line is the centre line smoothed, which cuts corners, kept on the road. Its curvature limits
 * the speed at every point; a pass backwards makes sure that the car can brake in time. The car
 * steers along the circle that leads to a point of the line ahead of it (R. C. Coulter,
 * "Implementation of the Pure Pursuit Path Tracking Algorithm", 1992), less the faster it already
 * turns. Gas and brake follow the difference to the planned speed, and are held back as soon as the
 * wheels slip: full gas only spins the rear wheels, and then the car. */
#include <math.h>
#include <stdlib.h>

#include "car/constants.h"
#include "car/environment.h"
#include "core/error.h"
#include "core/trigonometry.h"

typedef struct line_point {
    double x, y;
    double speed;  /* planned */
    double length; /* to the next point */
} line_point;

/* How it keeps to its line and its speeds. */
typedef struct control {
    int smoothing_passes;
    double look_ahead, look_ahead_seconds; /* metres, and metres per metre per second */
    double steering, damping;
    double planning_seconds; /* how far ahead the planned speed is looked up */
    double gas_per_speed, brake_per_speed, max_brake;
    double spin_allowed,
        spin_range; /* of the rear wheels, metres per second faster than the ground */
    double block_allowed, block_range; /* of any wheel, slower */
} control;

struct aann_car_expert {
    aann_car_expert_options options;
    const control *control;
    int32_t count;
    int32_t nearest; /* where the car was last */
    double distance, angle;
    line_point line[AANN_CAR_MAX_TILES];
    line_point work[AANN_CAR_MAX_TILES];
};

enum { SMOOTHING_REACH = 2 };
static const double wheel_base = 3.24;

/* Found by random search on tracks 100 to 159; tracks 0 to 99 played no part in it. */
static const control swift = {5,       9.507,  0.167, 1.813, 0.02877, 0.0149, 0.1288,
                              0.02327, 0.5473, 4.273, 1.787, 4.112,   1.71};

/* Found in the same way on tracks 100 to 239, but on drives that were disturbed, too. */
static const control recovering = {4,       9.935,  0.134, 3.084, 0.1,   0.02398, 0.2216,
                                   0.02186, 0.3473, 3.212, 1.691, 8.012, 3.009};

aann_car_expert_options aann_car_expert_options_default(void)
{
    return (aann_car_expert_options){
        .top_speed = 172.8, .lateral_acceleration = 205.2, .braking = 89.33, .widest = 3.83};
}

aann_car_expert_options aann_car_expert_options_teacher(void)
{
    return (aann_car_expert_options){
        .top_speed = 80.0, .lateral_acceleration = 90.0, .braking = 70.0, .widest = 3.83};
}

aann_car_expert_options aann_car_expert_options_racer(void)
{
    return (aann_car_expert_options){.top_speed = 181.8,
                                     .lateral_acceleration = 224.7,
                                     .braking = 74.23,
                                     .widest = 2.8,
                                     .recovering = true};
}

aann_status aann_car_expert_create(const aann_car_expert_options *options, aann_car_expert **expert,
                                   aann_error *error)
{
    const aann_car_expert_options settings =
        options != NULL ? *options : aann_car_expert_options_default();
    *expert = NULL;
    if (!(settings.top_speed > 0.0) || !(settings.lateral_acceleration > 0.0) ||
        !(settings.braking > 0.0) || !(settings.widest >= 0.0)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "expert: top speed %g, lateral acceleration %g, braking %g, widest %g; the first three "
            "must be above 0, the last 0 or more",
            settings.top_speed, settings.lateral_acceleration, settings.braking, settings.widest);
    }
    aann_car_expert *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "no memory for an expert of %zu bytes",
                         sizeof *made);
    }
    made->options = settings;
    made->control = settings.recovering ? &recovering : &swift;
    *expert = made;
    return AANN_OK;
}

void aann_car_expert_destroy(aann_car_expert *expert)
{
    free(expert);
}

/* A circular mean over neighbouring points, several times; then back to the road where it went too
 * far. */
static void smooth_line(aann_car_expert *expert, const aann_car_point *centre)
{
    const double widest = expert->options.widest;
    const int32_t count = expert->count;
    for (int32_t i = 0; i < count; i++) {
        expert->line[i] = (line_point){.x = centre[i].x, .y = centre[i].y};
    }
    for (int pass = 0; pass < expert->control->smoothing_passes; pass++) {
        for (int32_t i = 0; i < count; i++) {
            double x = 0.0, y = 0.0;
            for (int32_t k = -SMOOTHING_REACH; k <= SMOOTHING_REACH; k++) {
                const line_point *p = &expert->line[(i + k + count) % count];
                x += p->x;
                y += p->y;
            }
            expert->work[i] = (line_point){.x = x / (2 * SMOOTHING_REACH + 1),
                                           .y = y / (2 * SMOOTHING_REACH + 1)};
        }
        for (int32_t i = 0; i < count; i++) {
            expert->line[i] = expert->work[i];
        }
    }
    for (int32_t i = 0; i < count; i++) {
        const double dx = expert->line[i].x - centre[i].x, dy = expert->line[i].y - centre[i].y;
        const double offset = aann_hypot(dx, dy);
        if (offset > widest) {
            expert->line[i].x = centre[i].x + dx * widest / offset;
            expert->line[i].y = centre[i].y + dy * widest / offset;
        }
    }
}

/* One over the radius of the circle through three points. */
static double curvature(const line_point *a, const line_point *b, const line_point *c)
{
    const double area = (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
    const double sides = aann_hypot(b->x - a->x, b->y - a->y) *
                         aann_hypot(c->x - b->x, c->y - b->y) *
                         aann_hypot(c->x - a->x, c->y - a->y);
    return sides > 0.0 ? 2.0 * area / sides : 0.0;
}

static void plan_speeds(aann_car_expert *expert)
{
    const int32_t count = expert->count;
    for (int32_t i = 0; i < count; i++) {
        line_point *p = &expert->line[i];
        const line_point *next = &expert->line[(i + 1) % count];
        p->length = aann_hypot(next->x - p->x, next->y - p->y);
        const double bend = fabs(
            curvature(&expert->line[(i + count - 1) % count], p, &expert->line[(i + 1) % count]));
        p->speed = fmin(expert->options.top_speed,
                        sqrt(expert->options.lateral_acceleration / fmax(bend, 1e-6)));
    }
    for (int32_t k = 2 * count - 1; k >= 0;
         k--) { /* twice round, as the end brakes for the start */
        line_point *p = &expert->line[k % count];
        const double after = expert->line[(k + 1) % count].speed;
        p->speed = fmin(p->speed, sqrt(after * after + 2.0 * expert->options.braking * p->length));
    }
}

/* The place of the car on the whole line, where it is not at the start: it was restored. */
static void find_place(aann_car_expert *expert, double x, double y)
{
    static const double start_reach = 20.0; /* metres; a reset puts the car at the start */
    const double dx = expert->line[0].x - x, dy = expert->line[0].y - y;
    if (dx * dx + dy * dy < start_reach * start_reach) {
        return;
    }
    double best = INFINITY;
    for (int32_t i = 0; i < expert->count; i++) {
        const double square = (expert->line[i].x - x) * (expert->line[i].x - x) +
                              (expert->line[i].y - y) * (expert->line[i].y - y);
        if (square < best) {
            best = square;
            expert->nearest = i;
        }
    }
}

void aann_car_expert_plan(aann_car_expert *expert, const aann_car *car)
{
    const aann_car_vector place = car->vehicle.assembly.hull.position;
    expert->count = car->track.count;
    expert->nearest = 0;
    expert->distance = 0.0;
    expert->angle = 0.0;
    smooth_line(expert, car->track.points);
    plan_speeds(expert);
    find_place(expert, (double)place.x, (double)place.y);
}

/* Follows the car along the line: the nearest point within reach of the last one. */
static void find_nearest(aann_car_expert *expert, double x, double y)
{
    enum { BACK = 5, AHEAD = 15 };
    const int32_t count = expert->count;
    double best = INFINITY;
    int32_t nearest = expert->nearest;
    for (int32_t k = -BACK; k <= AHEAD; k++) {
        const int32_t i = (expert->nearest + k + count) % count;
        const double square = (expert->line[i].x - x) * (expert->line[i].x - x) +
                              (expert->line[i].y - y) * (expert->line[i].y - y);
        if (square < best) {
            best = square;
            nearest = i;
        }
    }
    expert->nearest = nearest;
}

/* The point of the line `distance` metres ahead of the nearest one. */
static line_point point_ahead(const aann_car_expert *expert, double distance)
{
    int32_t i = expert->nearest;
    while (distance > expert->line[i].length) {
        distance -= expert->line[i].length;
        i = (i + 1) % expert->count;
    }
    const line_point *a = &expert->line[i], *b = &expert->line[(i + 1) % expert->count];
    const double part = a->length > 0.0 ? distance / a->length : 0.0;
    return (line_point){a->x + part * (b->x - a->x), a->y + part * (b->y - a->y),
                        a->speed + part * (b->speed - a->speed), 0.0};
}

static double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* How much faster the rear wheels roll than the ground passes, and how much slower any wheel does;
 * metres per second. */
static void measure_slip(const aann_car_vehicle *vehicle, double *spinning, double *blocking)
{
    *spinning = -INFINITY;
    *blocking = -INFINITY;
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const aann_car_body *body = &vehicle->assembly.wheels[i];
        const double rolling = vehicle->wheels[i].omega * AANN_CAR_WHEEL_RADIUS * AANN_CAR_SIZE;
        const double passing = (double)body->rotation.cosine * (double)body->velocity.y -
                               (double)body->rotation.sine * (double)body->velocity.x;
        if (i >= 2) {
            *spinning = fmax(*spinning, rolling - passing);
        }
        *blocking = fmax(*blocking, passing - rolling);
    }
}

/* 1 up to what is allowed, then less, to 0 at the end of the range. */
static double hold_back(double slip, double allowed, double range)
{
    return clamp((allowed + range - slip) / range, 0.0, 1.0);
}

/* Where the car is against the line, for those who want to know how well it follows. */
static void measure_deviation(aann_car_expert *expert, double x, double y, double forward_x,
                              double forward_y)
{
    const line_point *here = &expert->line[expert->nearest],
                     *next = &expert->line[(expert->nearest + 1) % expert->count];
    const double along_x = next->x - here->x, along_y = next->y - here->y;
    expert->distance =
        ((x - here->x) * along_y - (y - here->y) * along_x) / fmax(here->length, 1e-6);
    expert->angle = aann_atan2(along_x * forward_y - along_y * forward_x,
                               along_x * forward_x + along_y * forward_y);
}

void aann_car_expert_act(aann_car_expert *expert, const aann_car *car, aann_car_action *action)
{
    if (expert->count == 0) {
        *action = (aann_car_action){0}; /* there is no line to follow */
        return;
    }
    const control *c = expert->control;
    const aann_car_body *hull = &car->vehicle.assembly.hull;
    const double x = (double)hull->position.x, y = (double)hull->position.y,
                 angle = (double)hull->angle;
    double sine_of_angle, forward_y;
    aann_sin_cos(angle, &sine_of_angle, &forward_y);
    const double forward_x = -sine_of_angle;
    const double speed =
        forward_x * (double)hull->velocity.x + forward_y * (double)hull->velocity.y;
    find_nearest(expert, x, y);
    measure_deviation(expert, x, y, forward_x, forward_y);

    const double distance = c->look_ahead + c->look_ahead_seconds * fmax(speed, 0.0);
    const line_point target = point_ahead(expert, distance);
    const double dx = target.x - x, dy = target.y - y;
    const double sine = (dy * forward_x - dx * forward_y) /
                        fmax(aann_hypot(dx, dy), 1e-6); /* of the angle to the target, left */
    const double bend = 2.0 * sine / distance;          /* of the circle that leads there */
    const double turn = c->steering * aann_atan(wheel_base * bend) -
                        c->damping * ((double)hull->spin - bend * speed);
    action->steer = clamp(-turn, -1.0, 1.0);

    const double planned = point_ahead(expert, c->planning_seconds * fmax(speed, 0.0)).speed;
    double spinning, blocking;
    measure_slip(&car->vehicle, &spinning, &blocking);
    action->gas = clamp(c->gas_per_speed * (planned - speed), 0.0, 1.0) *
                  hold_back(spinning, c->spin_allowed, c->spin_range);
    action->brake = clamp(c->brake_per_speed * (speed - planned), 0.0, c->max_brake) *
                    hold_back(blocking, c->block_allowed, c->block_range);
}

void aann_car_expert_deviation(const aann_car_expert *expert, double *distance, double *angle)
{
    *distance = expert->distance;
    *angle = expert->angle;
}
