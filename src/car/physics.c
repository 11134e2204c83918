/* One step of Box2D 2.3 for the five bodies of a car.
 *
 * Sources of the method: Erin Catto, "Iterative Dynamics with Temporal Coherence" (GDC 2005) and
 * Box2D 2.3.x (b2Island.cpp, b2RevoluteJoint.cpp, b2Body.cpp; zlib). Each step integrates the
 * forces, then goes over the joints 180 times, each time giving every joint the impulse that makes
 * its own error zero (sequential impulses), starting with the impulses of the step before;
 * integrates the positions; and repairs what the joints have drifted apart, up to 60 times.
 *
 * To be bit for bit the same, every sum is formed in Box2D's order, in single precision, without
 * fused multiplication. What is left out is only what cannot change a bit for a car: gravity and
 * damping are zero, sensors push nothing, the wheels' own lever arm is zero, and the time step does
 * not vary. The velocity solver, which takes nearly all the time, is in physics_velocity.c. */
#include "car/physics.h"

#include <float.h>

#include "car/physics_velocity.h"

static const float angular_slop = 2.0f / 180.0f * 3.14159265359f;
static const float linear_slop = 0.005f;

/* Joints are solved in the order in which Box2D's islands meet them: the last made comes first. */
static const int32_t joint_order[AANN_CAR_JOINTS] = {3, 2, 1, 0};

static float clamp(float value, float low, float high)
{
    const float capped = value < high ? value : high;
    return low > capped ? low : capped;
}

void aann_car_body_place(aann_car_body *body, const aann_car_polygon *polygons, int32_t count,
                         float density, aann_car_vector position, float angle)
{
    float mass = 0.0f, inertia = 0.0f;
    aann_car_vector centre = {0.0f, 0.0f};
    for (int32_t i = count - 1; i >= 0; i--) { /* Box2D keeps the newest shape first */
        const aann_car_mass part = aann_car_polygon_mass(&polygons[i], density);
        mass += part.mass;
        centre = aann_car_add(centre, aann_car_scale(part.mass, part.centre));
        inertia += part.inertia;
    }
    *body = (aann_car_body){
        .position = position, .angle = angle, .rotation = aann_car_rotation_of(angle)};
    body->inverse_mass = 1.0f / mass;
    body->local_centre = aann_car_scale(body->inverse_mass, centre);
    inertia -= mass * aann_car_dot(body->local_centre, body->local_centre);
    body->inverse_inertia = 1.0f / inertia;
    body->centre = aann_car_add(aann_car_rotate(body->rotation, body->local_centre), position);
}

void aann_car_joint_attach(aann_car_assembly *assembly, int32_t i, aann_car_vector anchor)
{
    assembly->joints[i] =
        (aann_car_joint){.anchor = aann_car_subtract(anchor, assembly->hull.local_centre)};
}

float aann_car_joint_angle(const aann_car_assembly *assembly, int32_t i)
{
    return assembly->wheels[i].angle - assembly->hull.angle;
}

static void integrate_force(aann_car_body *body)
{
    body->velocity = aann_car_add(
        body->velocity,
        aann_car_scale(AANN_CAR_TIME_STEP, aann_car_scale(body->inverse_mass, body->force)));
    body->force = (aann_car_vector){0.0f, 0.0f};
}

/* Moves a body by its velocity, which is cut to 2 m and a quarter turn a step. The origin and the
 * rotation follow later. */
static void integrate_velocity(aann_car_body *body)
{
    const float max_translation = 2.0f, max_rotation = 0.5f * 3.14159265359f;
    const aann_car_vector translation = aann_car_scale(AANN_CAR_TIME_STEP, body->velocity);
    if (aann_car_dot(translation, translation) > max_translation * max_translation) {
        body->velocity =
            aann_car_scale(max_translation / aann_car_length(translation), body->velocity);
    }
    const float rotation = AANN_CAR_TIME_STEP * body->spin;
    if (rotation * rotation > max_rotation * max_rotation) {
        body->spin *= max_rotation / fabsf(rotation);
    }
    body->centre = aann_car_add(body->centre, aann_car_scale(AANN_CAR_TIME_STEP, body->velocity));
    body->angle += AANN_CAR_TIME_STEP * body->spin;
}

/* Turns a joint that is past a stop back; returns how far past it was. */
static float repair_limit(aann_car_body *hull, aann_car_body *wheel, aann_car_limit limit)
{
    if (limit == AANN_CAR_LIMIT_NONE) {
        return 0.0f;
    }
    const float max_correction = 8.0f / 180.0f * 3.14159265359f;
    const float angle = wheel->angle - hull->angle;
    float error, correction;
    if (limit == AANN_CAR_LIMIT_LOWER) {
        const float past = angle - AANN_CAR_JOINT_LOWER;
        error = -past;
        correction = clamp(past + angular_slop, -max_correction, 0.0f);
    } else {
        const float past = angle - AANN_CAR_JOINT_UPPER;
        error = past;
        correction = clamp(past - angular_slop, 0.0f, max_correction);
    }
    const float motor_mass = 1.0f / (hull->inverse_inertia + wheel->inverse_inertia);
    const float impulse = -motor_mass * correction;
    hull->angle -= hull->inverse_inertia * impulse;
    wheel->angle += wheel->inverse_inertia * impulse;
    return error;
}

/* Pulls the wheel and its anchor together; returns whether they were near enough before. */
static bool repair_position(aann_car_body *hull, aann_car_body *wheel, const aann_car_joint *joint)
{
    const float angle_error = repair_limit(hull, wheel, joint->limit);
    const float mass_a = hull->inverse_mass, mass_b = wheel->inverse_mass,
                turn_a = hull->inverse_inertia;
    const aann_car_vector arm = aann_car_rotate(aann_car_rotation_of(hull->angle), joint->anchor);
    const aann_car_vector gap = {wheel->centre.x - hull->centre.x - arm.x,
                                 wheel->centre.y - hull->centre.y - arm.y};
    const float distance = aann_car_length(gap);

    const float a11 = mass_a + mass_b + turn_a * arm.y * arm.y;
    const float a12 = -turn_a * arm.x * arm.y;
    const float a22 = mass_a + mass_b + turn_a * arm.x * arm.x;
    float inverse = a11 * a22 - a12 * a12;
    if (inverse != 0.0f) {
        inverse = 1.0f / inverse;
    }
    const aann_car_vector impulse = {-(inverse * (a22 * gap.x - a12 * gap.y)),
                                     -(inverse * (a11 * gap.y - a12 * gap.x))};
    hull->centre = aann_car_subtract(hull->centre, aann_car_scale(mass_a, impulse));
    hull->angle -= turn_a * aann_car_cross(arm, impulse);
    wheel->centre = aann_car_add(wheel->centre, aann_car_scale(mass_b, impulse));
    return distance <= linear_slop && angle_error <= angular_slop;
}

static bool repair_positions(aann_car_assembly *assembly)
{
    enum { POSITION_ITERATIONS = 60 };
    for (int iteration = 0; iteration < POSITION_ITERATIONS; iteration++) {
        bool all_good = true;
        for (int32_t j = 0; j < AANN_CAR_JOINTS; j++) {
            const int32_t i = joint_order[j];
            const bool good =
                repair_position(&assembly->hull, &assembly->wheels[i], &assembly->joints[i]);
            all_good = all_good && good;
        }
        if (all_good) {
            return true;
        }
    }
    return false;
}

void aann_car_body_settle(aann_car_body *body)
{
    body->rotation = aann_car_rotation_of(body->angle);
    body->position =
        aann_car_subtract(body->centre, aann_car_rotate(body->rotation, body->local_centre));
}

/* Counts how long a body has rested; any motion starts the count again. */
static float count_rest(aann_car_body *body)
{
    const float linear_tolerance = 0.01f, angular_tolerance = 2.0f / 180.0f * 3.14159265359f;
    if (body->spin * body->spin > angular_tolerance * angular_tolerance ||
        aann_car_dot(body->velocity, body->velocity) > linear_tolerance * linear_tolerance) {
        body->rest_time = 0.0f;
    } else {
        body->rest_time += AANN_CAR_TIME_STEP;
    }
    return body->rest_time;
}

static void fall_asleep(aann_car_body *body)
{
    body->rest_time = 0.0f;
    body->velocity = (aann_car_vector){0.0f, 0.0f};
    body->spin = 0.0f;
}

/* Half a second of rest stops a body altogether. The driver's next step wakes it again, so sleep is
 * nothing but this stop. */
static void sleep_when_at_rest(aann_car_assembly *assembly, bool positions_good)
{
    float shortest = count_rest(&assembly->hull);
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        shortest = fminf(shortest, count_rest(&assembly->wheels[i]));
    }
    if (shortest >= 0.5f && positions_good) {
        fall_asleep(&assembly->hull);
        for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
            fall_asleep(&assembly->wheels[i]);
        }
    }
}

void aann_car_assembly_step(aann_car_assembly *assembly)
{
    integrate_force(&assembly->hull);
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        integrate_force(&assembly->wheels[i]);
    }
    aann_car_solve_velocities(assembly, joint_order);
    integrate_velocity(&assembly->hull);
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        integrate_velocity(&assembly->wheels[i]);
    }
    const bool positions_good = repair_positions(assembly);
    aann_car_body_settle(&assembly->hull);
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        aann_car_body_settle(&assembly->wheels[i]);
    }
    sleep_when_at_rest(assembly, positions_good);
}
