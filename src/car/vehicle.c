/* The car's own dynamics (method: Gymnasium's car_dynamics.py, MIT, after Chris Campbell's top-down
 * car tutorial).
 *
 * Each wheel is a body that slides and spins. The engine turns the rear wheels,
 * brakes slow all four; the tyre pushes against the difference between how it rolls and how the
 * ground passes, up to the limit of friction: more on the road than on grass. These sums are
 * Python's, hence double; what they read from and give to the bodies is single. */
#include "car/vehicle.h"

#include <math.h>

#include "car/constants.h"

static const double wheel_places[AANN_CAR_WHEELS][2] = {
    {-55.0, 80.0}, {55.0, 80.0}, {-55.0, -82.0}, {55.0, -82.0}};

/* Front bumper, nose, body, rear wing. */
static const double hull_corners[AANN_CAR_HULL_PARTS][AANN_CAR_POLYGON_CORNERS][2] = {
    {{-60, 130}, {60, 130}, {60, 110}, {-60, 110}},
    {{-15, 120}, {15, 120}, {20, 20}, {-20, 20}},
    {{25, 20}, {50, -10}, {50, -40}, {20, -90}, {-20, -90}, {-50, -40}, {-50, -10}, {-25, 20}},
    {{-50, -120}, {50, -120}, {50, -90}, {-50, -90}},
};
static const int32_t hull_corner_counts[AANN_CAR_HULL_PARTS] = {4, 4, 8, 4};

static const double wheel_corners[4][2] = {{-AANN_CAR_WHEEL_WIDTH, AANN_CAR_WHEEL_RADIUS},
                                           {AANN_CAR_WHEEL_WIDTH, AANN_CAR_WHEEL_RADIUS},
                                           {AANN_CAR_WHEEL_WIDTH, -AANN_CAR_WHEEL_RADIUS},
                                           {-AANN_CAR_WHEEL_WIDTH, -AANN_CAR_WHEEL_RADIUS}};

static void make_shape(aann_car_polygon *shape, const double corners[][2], int32_t count)
{
    aann_car_vector points[AANN_CAR_POLYGON_CORNERS];
    for (int32_t i = 0; i < count; i++) {
        points[i] = (aann_car_vector){(float)(corners[i][0] * AANN_CAR_SIZE),
                                      (float)(corners[i][1] * AANN_CAR_SIZE)};
    }
    aann_car_polygon_wrap(shape, points, count);
}

void aann_car_vehicle_place(aann_car_vehicle *vehicle, double angle, double x, double y)
{
    for (int32_t i = 0; i < AANN_CAR_HULL_PARTS; i++) {
        make_shape(&vehicle->hull_shapes[i], hull_corners[i], hull_corner_counts[i]);
    }
    make_shape(&vehicle->wheel_shape, wheel_corners, 4);
    aann_car_assembly *assembly = &vehicle->assembly;
    aann_car_body_place(&assembly->hull, vehicle->hull_shapes, AANN_CAR_HULL_PARTS, 1.0f,
                        (aann_car_vector){(float)x, (float)y}, (float)angle);
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const double dx = wheel_places[i][0] * AANN_CAR_SIZE,
                     dy = wheel_places[i][1] * AANN_CAR_SIZE;
        /* The wheels start as if the car looked along +y; the joints pull them to their places in
         * the first step. */
        aann_car_body_place(&assembly->wheels[i], &vehicle->wheel_shape, 1, 0.1f,
                            (aann_car_vector){(float)(x + dx), (float)(y + dy)}, (float)angle);
        aann_car_joint_attach(assembly, i, (aann_car_vector){(float)dx, (float)dy});
        vehicle->wheels[i] = (aann_car_wheel_body){0};
    }
}

/* What is not a number counts as 0: it would stay in the car for ever. */
static double number_of(double wish)
{
    return isnan(wish) ? 0.0 : wish;
}

void aann_car_vehicle_control(aann_car_vehicle *vehicle, const aann_car_action *action)
{
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        vehicle->wheels[i].brake = number_of(action->brake);
    }
    for (int32_t i = 0; i < 2; i++) {
        vehicle->wheels[i].steer = -number_of(action->steer);
    }
    const double gas = action->gas > 1.0 ? 1.0 : action->gas > 0.0 ? action->gas : 0.0;
    for (int32_t i = 2; i < AANN_CAR_WHEELS; i++) { /* the pedal goes down slowly and up at once */
        const double change = gas - vehicle->wheels[i].gas;
        vehicle->wheels[i].gas += change > 0.1 ? 0.1 : change;
    }
}

static double sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

static void turn_engine_and_brake(aann_car_wheel_body *wheel, double time_step)
{
    wheel->omega += time_step * AANN_CAR_ENGINE_POWER * wheel->gas / AANN_CAR_WHEEL_INERTIA /
                    (fabs(wheel->omega) + 5.0);
    if (wheel->brake >= 0.9) {
        wheel->omega = 0.0;
    } else if (wheel->brake > 0.0) {
        const double slowing = 15.0 * wheel->brake;
        wheel->omega += -sign_of(wheel->omega) *
                        (fabs(slowing) > fabs(wheel->omega) ? fabs(wheel->omega) : slowing);
    }
    wheel->phase += wheel->omega * time_step;
}

static void drive_wheel(aann_car_wheel_body *wheel, aann_car_body *body)
{
    const double time_step = 1.0 / AANN_CAR_STEPS_PER_SECOND;
    const double grip = wheel->tiles > 0 ? AANN_CAR_FRICTION_LIMIT : AANN_CAR_FRICTION_LIMIT * 0.6;
    const double forward_x = (double)-body->rotation.sine,
                 forward_y = (double)body->rotation.cosine;
    const double side_x = (double)body->rotation.cosine, side_y = (double)body->rotation.sine;
    const double velocity_x = (double)body->velocity.x, velocity_y = (double)body->velocity.y;
    const double forward_speed = forward_x * velocity_x + forward_y * velocity_y;
    const double side_speed = side_x * velocity_x + side_y * velocity_y;

    turn_engine_and_brake(wheel, time_step);

    const double radius = 1.0 * AANN_CAR_WHEEL_RADIUS * AANN_CAR_SIZE;
    double forward_force =
        (-forward_speed + wheel->omega * radius) * (205000.0 * AANN_CAR_SIZE * AANN_CAR_SIZE);
    double side_force = -side_speed * (205000.0 * AANN_CAR_SIZE * AANN_CAR_SIZE);
    const double force = sqrt(forward_force * forward_force + side_force * side_force);
    if (fabs(force) > grip) {
        forward_force = forward_force / force * grip;
        side_force = side_force / force * grip;
    }
    wheel->omega -= time_step * forward_force * radius / AANN_CAR_WHEEL_INERTIA;
    body->force = (aann_car_vector){(float)(side_force * side_x + forward_force * forward_x),
                                    (float)(side_force * side_y + forward_force * forward_y)};
}

void aann_car_vehicle_drive(aann_car_vehicle *vehicle)
{
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        const double turn =
            vehicle->wheels[i].steer - (double)aann_car_joint_angle(&vehicle->assembly, i);
        vehicle->assembly.joints[i].motor_speed =
            (float)(sign_of(turn) * fmin(50.0 * fabs(turn), 3.0));
        drive_wheel(&vehicle->wheels[i], &vehicle->assembly.wheels[i]);
    }
}
