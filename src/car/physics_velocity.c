/* Sequential impulses on the four joints of a car, 180 rounds. */
#include "car/physics_velocity.h"

enum { VELOCITY_ITERATIONS = 180 };

/* The effective mass of a joint: the inverse of how its velocity error answers to an impulse (a symmetric 3x3 matrix). */
typedef struct response {
    float a11, a12, a13, a22, a23, a33;
    float inverse2, inverse3; /* of the determinants of the upper 2x2 part and of all */
} response;

typedef struct solver_joint {
    car_vector arm; /* from the hull's centre of mass to the anchor, in the world */
    response mass;
    float motor_mass;
} solver_joint;

static float inverse_or_zero(float determinant)
{
    return determinant != 0.0f ? 1.0f / determinant : determinant;
}

static solver_joint prepare(const car_joint *joint, const car_body *hull, const car_body *wheel)
{
    const float mass_a = hull->inverse_mass, mass_b = wheel->inverse_mass;
    const float turn_a = hull->inverse_inertia, turn_b = wheel->inverse_inertia;
    solver_joint s;
    s.arm = car_rotate(hull->rotation, joint->anchor);
    response *m = &s.mass;
    m->a11 = mass_a + mass_b + s.arm.y * s.arm.y * turn_a;
    m->a12 = -s.arm.y * s.arm.x * turn_a;
    m->a13 = -s.arm.y * turn_a;
    m->a22 = mass_a + mass_b + s.arm.x * s.arm.x * turn_a;
    m->a23 = s.arm.x * turn_a;
    m->a33 = turn_a + turn_b;
    m->inverse2 = inverse_or_zero(m->a11 * m->a22 - m->a12 * m->a12);
    const float c1 = m->a22 * m->a33 - m->a23 * m->a23;
    const float c2 = m->a23 * m->a13 - m->a12 * m->a33;
    const float c3 = m->a12 * m->a23 - m->a22 * m->a13;
    m->inverse3 = inverse_or_zero(m->a11 * c1 + m->a12 * c2 + m->a13 * c3);
    s.motor_mass = 1.0f / (turn_a + turn_b);
    return s;
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

static void start_from_last_step(const car_joint *joint, const solver_joint *s, car_body *hull, car_body *wheel)
{
    const car_vector p = joint->impulse;
    hull->velocity = car_subtract(hull->velocity, car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * (car_cross(s->arm, p) + joint->motor_impulse + joint->limit_impulse);
    wheel->velocity = car_add(wheel->velocity, car_scale(wheel->inverse_mass, p));
    wheel->spin += wheel->inverse_inertia * (joint->motor_impulse + joint->limit_impulse);
}

/* Turns the wheel towards the speed of the motor, with no more torque than the motor has. */
static void solve_motor(car_joint *joint, const solver_joint *s, car_body *hull, car_body *wheel)
{
    const float max_impulse = CAR_TIME_STEP * (float)(180.0 * 900.0 * 0.02 * 0.02);
    const float error = wheel->spin - hull->spin - joint->motor_speed;
    const float before = joint->motor_impulse;
    const float wanted = before + -s->motor_mass * error;
    const float capped = wanted < max_impulse ? wanted : max_impulse;
    joint->motor_impulse = -max_impulse > capped ? -max_impulse : capped;
    const float impulse = joint->motor_impulse - before;
    hull->spin -= hull->inverse_inertia * impulse;
    wheel->spin += wheel->inverse_inertia * impulse;
}

static car_vector solve2(const response *m, car_vector b)
{
    return (car_vector){m->inverse2 * (m->a22 * b.x - m->a12 * b.y), m->inverse2 * (m->a11 * b.y - m->a12 * b.x)};
}

typedef struct three {
    float x, y, z;
} three;

static three cross3(three a, three b)
{
    return (three){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static float dot3(three a, three b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static three solve3(const response *m, three b)
{
    const three ex = {m->a11, m->a12, m->a13}, ey = {m->a12, m->a22, m->a23}, ez = {m->a13, m->a23, m->a33};
    return (three){m->inverse3 * dot3(b, cross3(ey, ez)), m->inverse3 * dot3(ex, cross3(b, ez)),
                   m->inverse3 * dot3(ex, cross3(ey, b))};
}

/* Holds the wheel to its anchor and to its stop; a stop can only push, so its sum must not change sign. */
static void solve_point_at_limit(car_joint *joint, const solver_joint *s, car_body *hull, car_body *wheel,
                                 car_vector error)
{
    const three solution = solve3(&s->mass, (three){error.x, error.y, wheel->spin - hull->spin});
    three impulse = {-solution.x, -solution.y, -solution.z};
    const float sum = joint->limit_impulse + impulse.z;
    const bool pulls = joint->limit == CAR_LIMIT_LOWER ? sum < 0.0f : sum > 0.0f;
    if (pulls) {
        const car_vector right = {-error.x + joint->limit_impulse * s->mass.a13,
                                  -error.y + joint->limit_impulse * s->mass.a23};
        const car_vector reduced = solve2(&s->mass, right);
        impulse = (three){reduced.x, reduced.y, -joint->limit_impulse};
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

static void solve_point(car_joint *joint, const solver_joint *s, car_body *hull, car_body *wheel)
{
    const car_vector error = {wheel->velocity.x - hull->velocity.x + hull->spin * s->arm.y,
                              wheel->velocity.y - hull->velocity.y - hull->spin * s->arm.x};
    if (joint->limit != CAR_LIMIT_NONE) {
        solve_point_at_limit(joint, s, hull, wheel, error);
        return;
    }
    const car_vector p = solve2(&s->mass, (car_vector){-error.x, -error.y});
    joint->impulse = car_add(joint->impulse, p);
    hull->velocity = car_subtract(hull->velocity, car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia * car_cross(s->arm, p);
    wheel->velocity = car_add(wheel->velocity, car_scale(wheel->inverse_mass, p));
}

void car_solve_velocities(car_assembly *assembly, const int32_t order[CAR_JOINTS])
{
    car_body *hull = &assembly->hull;
    solver_joint prepared[CAR_JOINTS];
    for (int32_t j = 0; j < CAR_JOINTS; j++) {
        const int32_t i = order[j];
        car_body *wheel = &assembly->wheels[i];
        car_joint *joint = &assembly->joints[i];
        prepared[i] = prepare(joint, hull, wheel);
        update_limit(joint, wheel->angle - hull->angle);
        start_from_last_step(joint, &prepared[i], hull, wheel);
    }
    for (int iteration = 0; iteration < VELOCITY_ITERATIONS; iteration++) {
        for (int32_t j = 0; j < CAR_JOINTS; j++) {
            const int32_t i = order[j];
            solve_motor(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
            solve_point(&assembly->joints[i], &prepared[i], hull, &assembly->wheels[i]);
        }
    }
}
