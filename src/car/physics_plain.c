/* Sequential impulses on the four joints of a car, 180 rounds: the plain version, to read and to compare with.
 *
 * Every round visits every joint, and at every joint first the motor, then the pin (with the stop, if the wheel is at one) gets the impulse that
 * makes its own error zero. physics_velocity.c does the same with fewer operations; a test holds the two together, to the last bit. */
#include "car/physics_velocity.h"

/* Turns the wheel towards the speed of the motor, with no more torque than the motor has. */
static void solve_motor(car_joint *joint, const car_prepared_joint *s, car_body *hull, car_body *wheel)
{
    const float error = wheel->spin - hull->spin - joint->motor_speed;
    const float before = joint->motor_impulse;
    const float wanted = before + -s->motor_mass * error;
    const float capped = wanted < CAR_MAX_MOTOR_IMPULSE ? wanted : CAR_MAX_MOTOR_IMPULSE;
    joint->motor_impulse = -CAR_MAX_MOTOR_IMPULSE > capped ? -CAR_MAX_MOTOR_IMPULSE : capped;
    const float impulse = joint->motor_impulse - before;
    hull->spin -= hull->inverse_inertia * impulse;
    wheel->spin += wheel->inverse_inertia * impulse;
}

/* Holds the wheel to its anchor and to its stop; a stop can only push, so its sum must not change sign. */
static void solve_point_at_limit(car_joint *joint, const car_prepared_joint *s, car_body *hull,
                                 car_body *wheel, car_vector error)
{
    const car_three solution = car_solve3(&s->mass, (car_three){error.x, error.y, wheel->spin - hull->spin});
    car_three impulse = {-solution.x, -solution.y, -solution.z};
    const float sum = joint->limit_impulse + impulse.z;
    const bool pulls = joint->limit == CAR_LIMIT_LOWER ? sum < 0.0f : sum > 0.0f;
    if (pulls) {
        const car_vector right = {-error.x + joint->limit_impulse * s->mass.a13,
                                  -error.y + joint->limit_impulse * s->mass.a23};
        const car_vector reduced = car_solve2(&s->mass, right);
        impulse = (car_three){reduced.x, reduced.y, -joint->limit_impulse};
        joint->limit_impulse = 0.0f;
    } else {
        joint->limit_impulse = sum;
    }
    const car_vector p = {impulse.x, impulse.y};
    joint->impulse = car_add(joint->impulse, p);
    hull->velocity = car_subtract(hull->velocity, car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * (car_cross(s->arm, p) + impulse.z);
    wheel->velocity = car_add(wheel->velocity, car_scale(wheel->inverse_mass, p));
    wheel->spin += wheel->inverse_inertia * impulse.z;
}

static void solve_point(car_joint *joint, const car_prepared_joint *s, car_body *hull, car_body *wheel)
{
    const car_vector error = {wheel->velocity.x - hull->velocity.x + hull->spin * s->arm.y,
                              wheel->velocity.y - hull->velocity.y - hull->spin * s->arm.x};
    if (joint->limit != CAR_LIMIT_NONE) {
        solve_point_at_limit(joint, s, hull, wheel, error);
        return;
    }
    const car_vector p = car_solve2(&s->mass, (car_vector){-error.x, -error.y});
    joint->impulse = car_add(joint->impulse, p);
    hull->velocity = car_subtract(hull->velocity, car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * car_cross(s->arm, p);
    wheel->velocity = car_add(wheel->velocity, car_scale(wheel->inverse_mass, p));
}

void car_solve_velocities_plain(car_assembly *assembly, const int32_t order[CAR_JOINTS])
{
    car_body *hull = &assembly->hull;
    car_prepared_joint prepared[CAR_JOINTS];
    car_prepare_joints(assembly, order, prepared);
    for (int iteration = 0; iteration < CAR_VELOCITY_ITERATIONS; iteration++) {
        for (int32_t j = 0; j < CAR_JOINTS; j++) {
            const int32_t i = order[j];
            solve_motor(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
            solve_point(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
        }
    }
}
