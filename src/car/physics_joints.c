/* What the velocity solver knows of the joints before its first round. */
#include "car/physics_velocity.h"

static float inverse_or_zero(float determinant)
{
    return determinant != 0.0f ? 1.0f / determinant : determinant;
}

static car_prepared_joint prepare(const car_joint *joint, const car_body *hull, const car_body *wheel)
{
    const float mass_a = hull->inverse_mass, mass_b = wheel->inverse_mass;
    const float turn_a = hull->inverse_inertia, turn_b = wheel->inverse_inertia;
    car_prepared_joint p;
    p.arm = car_rotate(hull->rotation, joint->anchor);
    car_response *m = &p.mass;
    m->a11 = mass_a + mass_b + p.arm.y * p.arm.y * turn_a;
    m->a12 = -p.arm.y * p.arm.x * turn_a;
    m->a13 = -p.arm.y * turn_a;
    m->a22 = mass_a + mass_b + p.arm.x * p.arm.x * turn_a;
    m->a23 = p.arm.x * turn_a;
    m->a33 = turn_a + turn_b;
    m->inverse2 = inverse_or_zero(m->a11 * m->a22 - m->a12 * m->a12);
    const car_three ex = {m->a11, m->a12, m->a13}, ey = {m->a12, m->a22, m->a23},
                    ez = {m->a13, m->a23, m->a33};
    m->inverse3 = inverse_or_zero(car_dot3(ex, car_cross3(ey, ez)));
    p.motor_mass = 1.0f / (turn_a + turn_b);
    return p;
}

/* Which stop the joint is at; a stop just met starts without an impulse. */
static void update_limit(car_joint *joint, float angle)
{
    const car_limit now = angle <= CAR_JOINT_LOWER   ? CAR_LIMIT_LOWER
                          : angle >= CAR_JOINT_UPPER ? CAR_LIMIT_UPPER
                                                     : CAR_LIMIT_NONE;
    if (now == CAR_LIMIT_NONE || now != joint->limit) {
        joint->limit_impulse = 0.0f;
    }
    joint->limit = now;
}

static void start_from_last_step(const car_joint *joint, car_vector arm, car_body *hull, car_body *wheel)
{
    const car_vector p = joint->impulse;
    hull->velocity = car_subtract(hull->velocity, car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * (car_cross(arm, p) + joint->motor_impulse + joint->limit_impulse);
    wheel->velocity = car_add(wheel->velocity, car_scale(wheel->inverse_mass, p));
    wheel->spin += wheel->inverse_inertia * (joint->motor_impulse + joint->limit_impulse);
}

void car_prepare_joints(car_assembly *assembly, const int32_t order[CAR_JOINTS],
                        car_prepared_joint prepared[CAR_JOINTS])
{
    for (int32_t j = 0; j < CAR_JOINTS; j++) {
        const int32_t i = order[j];
        car_body *hull = &assembly->hull, *wheel = &assembly->wheels[i];
        car_joint *joint = &assembly->joints[i];
        prepared[i] = prepare(joint, hull, wheel);
        update_limit(joint, wheel->angle - hull->angle);
        start_from_last_step(joint, prepared[i].arm, hull, wheel);
    }
}
