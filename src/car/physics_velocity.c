/* Sequential impulses on the four joints of a car, 180 rounds, without doing most of them.
 *
 * A round is a function of the velocities and of the impulses so far. In practice the velocities
 * stand still, or swing between two values, after half a dozen rounds: single precision has no room
 * left. The impulses often do not: a rest of an error too small to move a velocity is still added
 * to the motor's impulse, round after round, until it does.
 *
 * So each round is recorded: what each motor added, the spins before and after, the impulses of the
 * pins. When the velocities after a round are, bit for bit, those after the round before or after
 * the one before that, the next round will meet the same errors, and only two things can make it
 * differ: a motor's impulse may round or be capped otherwise, or a stop may begin or cease to push.
 * Those are checked, joint by joint and without the chain from one joint to the next that makes a
 * round slow; while they agree, the round is repeated from its record. Otherwise an ordinary round
 * is made. Nothing is approximated: a test holds this file and tests/car/support_physics_plain.c
 * together, to the last bit. */
#include <string.h>

#include "car/float4.h"
#include "car/physics_velocity.h"

/* ---- what is known of the joints before the first round -------------------------------------- */

static float inverse_or_zero(float determinant)
{
    return determinant != 0.0f ? 1.0f / determinant : determinant;
}

static aann_car_prepared_joint prepare(const aann_car_joint *joint, const aann_car_body *hull,
                                       const aann_car_body *wheel)
{
    const float mass_a = hull->inverse_mass, mass_b = wheel->inverse_mass;
    const float turn_a = hull->inverse_inertia, turn_b = wheel->inverse_inertia;
    aann_car_prepared_joint p;
    p.arm = aann_car_rotate(hull->rotation, joint->anchor);
    aann_car_response *m = &p.mass;
    m->a11 = mass_a + mass_b + p.arm.y * p.arm.y * turn_a;
    m->a12 = -p.arm.y * p.arm.x * turn_a;
    m->a13 = -p.arm.y * turn_a;
    m->a22 = mass_a + mass_b + p.arm.x * p.arm.x * turn_a;
    m->a23 = p.arm.x * turn_a;
    m->a33 = turn_a + turn_b;
    m->inverse2 = inverse_or_zero(m->a11 * m->a22 - m->a12 * m->a12);
    const aann_car_three ex = {m->a11, m->a12, m->a13}, ey = {m->a12, m->a22, m->a23},
                         ez = {m->a13, m->a23, m->a33};
    m->inverse3 = inverse_or_zero(aann_car_dot3(ex, aann_car_cross3(ey, ez)));
    p.motor_mass = 1.0f / (turn_a + turn_b);
    return p;
}

/* Which stop the joint is at; a stop just met starts without an impulse. */
static void update_limit(aann_car_joint *joint, float angle)
{
    const aann_car_limit now = angle <= AANN_CAR_JOINT_LOWER   ? AANN_CAR_LIMIT_LOWER
                               : angle >= AANN_CAR_JOINT_UPPER ? AANN_CAR_LIMIT_UPPER
                                                               : AANN_CAR_LIMIT_NONE;
    if (now == AANN_CAR_LIMIT_NONE || now != joint->limit) {
        joint->limit_impulse = 0.0f;
    }
    joint->limit = now;
}

static void start_from_last_step(const aann_car_joint *joint, aann_car_vector arm,
                                 aann_car_body *hull, aann_car_body *wheel)
{
    const aann_car_vector p = joint->impulse;
    hull->velocity = aann_car_subtract(hull->velocity, aann_car_scale(hull->inverse_mass, p));
    hull->spin -= hull->inverse_inertia *
                  (aann_car_cross(arm, p) + joint->motor_impulse + joint->limit_impulse);
    wheel->velocity = aann_car_add(wheel->velocity, aann_car_scale(wheel->inverse_mass, p));
    wheel->spin += wheel->inverse_inertia * (joint->motor_impulse + joint->limit_impulse);
}

void aann_car_prepare_joints(aann_car_assembly *assembly, const int32_t order[AANN_CAR_JOINTS],
                             aann_car_prepared_joint prepared[AANN_CAR_JOINTS])
{
    for (int32_t j = 0; j < AANN_CAR_JOINTS; j++) {
        const int32_t i = order[j];
        aann_car_body *hull = &assembly->hull, *wheel = &assembly->wheels[i];
        aann_car_joint *joint = &assembly->joints[i];
        prepared[i] = prepare(joint, hull, wheel);
        update_limit(joint, wheel->angle - hull->angle);
        start_from_last_step(joint, prepared[i].arm, hull, wheel);
    }
}

/* ---- rounds ---------------------------------------------------------------------------------- */

/* The velocities of the hull and of the wheels. */
typedef struct speeds {
    float hull_x, hull_y, hull_spin;
    float wheel_x[AANN_CAR_JOINTS], wheel_y[AANN_CAR_JOINTS], wheel_spin[AANN_CAR_JOINTS];
} speeds;

/* What happened at each joint in one round. */
typedef struct record {
    float motor_change[AANN_CAR_JOINTS]; /* what the motor wanted to add */
    float hull_before[AANN_CAR_JOINTS], hull_after[AANN_CAR_JOINTS]; /* spins round the motor */
    float wheel_before[AANN_CAR_JOINTS], wheel_after[AANN_CAR_JOINTS];
    float pin_x[AANN_CAR_JOINTS], pin_y[AANN_CAR_JOINTS];
    float stop_before[AANN_CAR_JOINTS],
        stop_change[AANN_CAR_JOINTS]; /* the stop's impulse, and what it wanted to add */
    bool pulled[AANN_CAR_JOINTS];     /* the stop would have had to pull, so it gave none */
    speeds after;
} record;

typedef struct solver {
    aann_car_prepared_joint joints[AANN_CAR_JOINTS];
    float motor_speed[AANN_CAR_JOINTS];
    aann_car_limit limit[AANN_CAR_JOINTS];
    bool any_limit;
    float mass_a, turn_a, mass_b,
        turn_b; /* of the hull and of a wheel (they are all alike), inverse */
    speeds now;
    float motor[AANN_CAR_JOINTS], pin_x[AANN_CAR_JOINTS], pin_y[AANN_CAR_JOINTS],
        stop[AANN_CAR_JOINTS]; /* impulses so far */
} solver;

static inline float cap_motor(float impulse)
{
    const float capped =
        impulse < AANN_CAR_MAX_MOTOR_IMPULSE ? impulse : AANN_CAR_MAX_MOTOR_IMPULSE;
    return -AANN_CAR_MAX_MOTOR_IMPULSE > capped ? -AANN_CAR_MAX_MOTOR_IMPULSE : capped;
}

static inline void turn_motor(solver *s, record *r, int32_t i)
{
    r->hull_before[i] = s->now.hull_spin;
    r->wheel_before[i] = s->now.wheel_spin[i];
    const float error = s->now.wheel_spin[i] - s->now.hull_spin - s->motor_speed[i];
    r->motor_change[i] = -s->joints[i].motor_mass * error;
    const float sum = cap_motor(s->motor[i] + r->motor_change[i]);
    const float impulse = sum - s->motor[i];
    s->motor[i] = sum;
    s->now.hull_spin -= s->turn_a * impulse;
    s->now.wheel_spin[i] += s->turn_b * impulse;
    r->hull_after[i] = s->now.hull_spin;
    r->wheel_after[i] = s->now.wheel_spin[i];
}

static bool must_pull(aann_car_limit limit, float sum)
{
    return limit == AANN_CAR_LIMIT_LOWER ? sum < 0.0f : sum > 0.0f;
}

/* The impulse of pin and stop together; a stop can only push. */
static aann_car_three hold_at_stop(solver *s, record *r, int32_t i, aann_car_vector error)
{
    const aann_car_response *mass = &s->joints[i].mass;
    const aann_car_three solution = aann_car_solve3(
        mass, (aann_car_three){error.x, error.y, s->now.wheel_spin[i] - s->now.hull_spin});
    const float before = s->stop[i], sum = before - solution.z;
    r->stop_before[i] = before;
    r->stop_change[i] = -solution.z;
    r->pulled[i] = must_pull(s->limit[i], sum);
    if (!r->pulled[i]) {
        s->stop[i] = sum;
        return (aann_car_three){-solution.x, -solution.y, -solution.z};
    }
    s->stop[i] = 0.0f;
    const aann_car_vector reduced = aann_car_solve2(
        mass, (aann_car_vector){-error.x + before * mass->a13, -error.y + before * mass->a23});
    return (aann_car_three){reduced.x, reduced.y, -before};
}

static inline void hold_pin(solver *s, record *r, int32_t i)
{
    const aann_car_vector arm = s->joints[i].arm;
    const aann_car_vector error = {s->now.wheel_x[i] - s->now.hull_x + s->now.hull_spin * arm.y,
                                   s->now.wheel_y[i] - s->now.hull_y - s->now.hull_spin * arm.x};
    aann_car_three p;
    if (s->limit[i] == AANN_CAR_LIMIT_NONE) {
        const aann_car_vector impulse =
            aann_car_solve2(&s->joints[i].mass, (aann_car_vector){-error.x, -error.y});
        p = (aann_car_three){impulse.x, impulse.y, 0.0f};
        s->now.hull_spin -= s->turn_a * (arm.x * p.y - arm.y * p.x);
    } else {
        p = hold_at_stop(s, r, i, error);
        s->now.hull_spin -= s->turn_a * (arm.x * p.y - arm.y * p.x + p.z);
        s->now.wheel_spin[i] += s->turn_b * p.z;
    }
    r->pin_x[i] = p.x;
    r->pin_y[i] = p.y;
    s->pin_x[i] += p.x;
    s->pin_y[i] += p.y;
    s->now.hull_x -= s->mass_a * p.x;
    s->now.hull_y -= s->mass_a * p.y;
    s->now.wheel_x[i] += s->mass_b * p.x;
    s->now.wheel_y[i] += s->mass_b * p.y;
}

static void make_round(solver *s, record *r, const int32_t order[AANN_CAR_JOINTS])
{
    for (int32_t j = 0; j < AANN_CAR_JOINTS; j++) {
        turn_motor(s, r, order[j]);
        hold_pin(s, r, order[j]);
    }
    r->after = s->now;
}

/* Whether the stops would do what they did in the recorded round. */
static bool stops_agree(const solver *s, const record *r)
{
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        if (s->limit[i] != AANN_CAR_LIMIT_NONE) {
            const bool pulls = must_pull(s->limit[i], s->stop[i] + r->stop_change[i]);
            if (pulls != r->pulled[i] || (pulls && s->stop[i] != r->stop_before[i])) {
                return false;
            }
        }
    }
    return true;
}

static void repeat_stops(solver *s, const record *r)
{
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        if (s->limit[i] != AANN_CAR_LIMIT_NONE) {
            s->stop[i] = r->pulled[i] ? 0.0f : s->stop[i] + r->stop_change[i];
        }
    }
}

/* Impulses so far, of all four joints at once. */
typedef struct impulses {
    aann_float4 motor, pin_x, pin_y;
} impulses;

static inline aann_float4 cap_motors(aann_float4 impulse)
{
    const aann_float4 most = aann_float4_of(AANN_CAR_MAX_MOTOR_IMPULSE);
    const aann_float4 capped = aann_float4_choose(impulse < most, impulse, most);
    return aann_float4_choose(-most > capped, -most, capped);
}

/* Repeats a round from its record, if the motors would change the velocities in the same way;
 * false: nothing was done. */
static inline bool repeat_motors(const solver *s, const record *r, impulses *now)
{
    const aann_float4 sum = cap_motors(now->motor + aann_float4_load(r->motor_change));
    const aann_float4 impulse = sum - now->motor;
    const aann_float4 hull = aann_float4_load(r->hull_before) - s->turn_a * impulse;
    const aann_float4 wheel = aann_float4_load(r->wheel_before) + s->turn_b * impulse;
    const aann_float4_integers differ =
        (hull != aann_float4_load(r->hull_after)) | (wheel != aann_float4_load(r->wheel_after));
    if ((differ[0] | differ[1] | differ[2] | differ[3]) != 0) {
        return false;
    }
    now->motor = sum;
    now->pin_x += aann_float4_load(r->pin_x);
    now->pin_y += aann_float4_load(r->pin_y);
    return true;
}

/* Repeats rounds from the records of even and odd rounds, from `round` on, while they agree;
 * returns the first round that was not repeated. */
static int32_t repeat_rounds(solver *s, const record *even, const record *odd, int32_t round)
{
    impulses now = {aann_float4_load(s->motor), aann_float4_load(s->pin_x),
                    aann_float4_load(s->pin_y)};
    while (round < AANN_CAR_VELOCITY_ITERATIONS) {
        const record *r = round % 2 == 0 ? even : odd;
        if ((s->any_limit && !stops_agree(s, r)) || !repeat_motors(s, r, &now)) {
            break;
        }
        if (s->any_limit) {
            repeat_stops(s, r);
        }
        round++;
    }
    aann_float4_store(s->motor, now.motor);
    aann_float4_store(s->pin_x, now.pin_x);
    aann_float4_store(s->pin_y, now.pin_y);
    return round;
}

static bool same_speeds(const speeds *a, const speeds *b)
{
    /* To the bit: -0 and 0 are different starts.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    return memcmp(a, b, sizeof *a) == 0;
}

static void make_all_rounds(solver *s, const int32_t order[AANN_CAR_JOINTS])
{
    record records[2]; /* of the last two rounds: even ones and odd ones */
    records[0].after = s->now;
    records[1].after = s->now;
    int32_t round = 0;
    while (round < AANN_CAR_VELOCITY_ITERATIONS) {
        record *this_round = &records[round % 2], *last_round = &records[1 - round % 2];
        const speeds two_ago = this_round->after;
        make_round(s, this_round, order);
        round++;
        if (same_speeds(&s->now, &last_round->after)) {
            round = repeat_rounds(s, this_round, this_round, round);
            records[round % 2] = *this_round; /* both, as rounds may have changed sides */
            records[1 - round % 2] = records[round % 2];
        } else if (same_speeds(&s->now, &two_ago)) {
            round = repeat_rounds(s, &records[0], &records[1], round);
            s->now = records[1 - round % 2].after;
        }
    }
}

static void read_assembly(solver *s, const aann_car_assembly *assembly)
{
    const aann_car_body *hull = &assembly->hull;
    s->mass_a = hull->inverse_mass;
    s->turn_a = hull->inverse_inertia;
    s->mass_b = assembly->wheels[0].inverse_mass;
    s->turn_b = assembly->wheels[0].inverse_inertia;
    s->now.hull_x = hull->velocity.x;
    s->now.hull_y = hull->velocity.y;
    s->now.hull_spin = hull->spin;
    s->any_limit = false;
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        const aann_car_joint *joint = &assembly->joints[i];
        const aann_car_body *wheel = &assembly->wheels[i];
        s->now.wheel_x[i] = wheel->velocity.x;
        s->now.wheel_y[i] = wheel->velocity.y;
        s->now.wheel_spin[i] = wheel->spin;
        s->motor_speed[i] = joint->motor_speed;
        s->limit[i] = joint->limit;
        s->any_limit = s->any_limit || joint->limit != AANN_CAR_LIMIT_NONE;
        s->motor[i] = joint->motor_impulse;
        s->pin_x[i] = joint->impulse.x;
        s->pin_y[i] = joint->impulse.y;
        s->stop[i] = joint->limit_impulse;
    }
}

static void write_assembly(const solver *s, aann_car_assembly *assembly)
{
    assembly->hull.velocity = (aann_car_vector){s->now.hull_x, s->now.hull_y};
    assembly->hull.spin = s->now.hull_spin;
    for (int32_t i = 0; i < AANN_CAR_JOINTS; i++) {
        assembly->wheels[i].velocity = (aann_car_vector){s->now.wheel_x[i], s->now.wheel_y[i]};
        assembly->wheels[i].spin = s->now.wheel_spin[i];
        aann_car_joint *joint = &assembly->joints[i];
        joint->motor_impulse = s->motor[i];
        joint->impulse = (aann_car_vector){s->pin_x[i], s->pin_y[i]};
        joint->limit_impulse = s->stop[i];
    }
}

void aann_car_solve_velocities(aann_car_assembly *assembly, const int32_t order[AANN_CAR_JOINTS])
{
    solver s;
    aann_car_prepare_joints(assembly, order, s.joints);
    read_assembly(&s, assembly);
    make_all_rounds(&s, order);
    write_assembly(&s, assembly);
}
