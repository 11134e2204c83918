/* Sequential impulses on the four joints of a car, 180 rounds: the plain version, to read and to
 * compare with.
 *
 * Every round visits every joint, and at every joint first the motor, then the pin (with the stop,
 * if the wheel is at one) gets the impulse that makes its own error zero. physics_velocity.c does
 * the same with fewer operations; a test holds the two together, to the last bit. */
#include "support_physics_plain.h"

/* Turns the wheel towards the speed of the motor, with no more torque than the motor has. */
static void solve_motor(aann_car_joint *joint, const aann_car_prepared_joint *s,
                        aann_car_body *hull, aann_car_body *wheel)
{
    const float error = wheel->spin - hull->spin - joint->motor_speed;
    const float before = joint->motor_impulse;
    const float wanted = before + -s->motor_mass * error;
    const float capped = wanted < AANN_CAR_MAX_MOTOR_IMPULSE ? wanted : AANN_CAR_MAX_MOTOR_IMPULSE;
    joint->motor_impulse =
        -AANN_CAR_MAX_MOTOR_IMPULSE > capped ? -AANN_CAR_MAX_MOTOR_IMPULSE : capped;
    const float impulse = joint->motor_impulse - before;
    hull->spin -= hull->inverse_inertia * impulse;
    wheel->spin += wheel->inverse_inertia * impulse;
}

/* Holds the wheel to its anchor and to its stop; a stop can only push, so its sum must not change
 * sign. */
static void solve_point_at_limit(aann_car_joint *joint, const aann_car_prepared_joint *s,
                                 aann_car_body *hull, aann_car_body *wheel, aann_car_vector error)
{
    const aann_car_three solution =
        aann_car_solve3(&s->mass, (aann_car_three){error.x, error.y, wheel->spin - hull->spin});
    aann_car_three impulse = {-solution.x, -solution.y, -solution.z};
    const float sum = joint->limit_impulse + impulse.z;
    const bool pulls = joint->limit == AANN_CAR_LIMIT_LOWER ? sum < 0.0f : sum > 0.0f;
    if (pulls) {
        const aann_car_vector right = {-error.x + joint->limit_impulse * s->mass.a13,
                                       -error.y + joint->limit_impulse * s->mass.a23};
        const aann_car_vector reduced = aann_car_solve2(&s->mass, right);
        impulse = (aann_car_three){reduced.x, reduced.y, -joint->limit_impulse};
        joint->limit_impulse = 0.0f;
    } else {
        joint->limit_impulse = sum;
    }
    const aann_car_vector p = {impulse.x, impulse.y};
    joint->impulse = aann_car_add(joint->impulse, p);
    hull->velocity = aann_car_subtract(hull->velocity, aann_car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * (aann_car_cross(s->arm, p) + impulse.z);
    wheel->velocity = aann_car_add(wheel->velocity, aann_car_scale(wheel->inverse_mass, p));
    wheel->spin += wheel->inverse_inertia * impulse.z;
}

static void solve_point(aann_car_joint *joint, const aann_car_prepared_joint *s,
                        aann_car_body *hull, aann_car_body *wheel)
{
    const aann_car_vector error = {wheel->velocity.x - hull->velocity.x + hull->spin * s->arm.y,
                                   wheel->velocity.y - hull->velocity.y - hull->spin * s->arm.x};
    if (joint->limit != AANN_CAR_LIMIT_NONE) {
        solve_point_at_limit(joint, s, hull, wheel, error);
        return;
    }
    const aann_car_vector p = aann_car_solve2(&s->mass, (aann_car_vector){-error.x, -error.y});
    joint->impulse = aann_car_add(joint->impulse, p);
    hull->velocity = aann_car_subtract(hull->velocity, aann_car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * aann_car_cross(s->arm, p);
    wheel->velocity = aann_car_add(wheel->velocity, aann_car_scale(wheel->inverse_mass, p));
}

void aann_car_solve_velocities_plain(aann_car_assembly *assembly,
                                     const int32_t order[AANN_CAR_JOINTS])
{
    aann_car_body *hull = &assembly->hull;
    aann_car_prepared_joint prepared[AANN_CAR_JOINTS];
    aann_car_prepare_joints(assembly, order, prepared);
    for (int iteration = 0; iteration < AANN_CAR_VELOCITY_ITERATIONS; iteration++) {
        for (int32_t j = 0; j < AANN_CAR_JOINTS; j++) {
            const int32_t i = order[j];
            solve_motor(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
            solve_point(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
        }
    }
}
