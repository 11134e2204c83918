/* Sequential impulses on the four joints of a car, 180 rounds, without doing most of them.
 *
 * A round is a function of the velocities and of the impulses so far. In practice the velocities stand still, or
 * swing between two values, after half a dozen rounds: single precision has no room left. The impulses often do not: a rest of an error too small to
 * move a velocity is still added to the motor's impulse, round after round, until it does.
 *
 * So each round is recorded: what each motor added, the spins before and after, the impulses of the pins. When the
 * velocities after a round are, bit for bit, those after the round before or after the one before that, the next round will meet the same
 * errors, and only two things can make it differ: a motor's impulse may round or be capped otherwise, or a stop may begin or
 * cease to push. Those are checked, joint by joint and without the chain from one joint to the next that makes a round slow; while they
 * agree, the round is repeated from its record. Otherwise an ordinary round is made. Nothing is approximated: a test holds
 * this file and physics_plain.c together, to the last bit. */
#include <string.h>

#include "car/four.h"
#include "car/physics_velocity.h"

/* The velocities of the hull and of the wheels. */
typedef struct speeds {
    float hull_x, hull_y, hull_spin;
    float wheel_x[CAR_JOINTS], wheel_y[CAR_JOINTS], wheel_spin[CAR_JOINTS];
} speeds;

/* What happened at each joint in one round. */
typedef struct record {
    float motor_change[CAR_JOINTS];                        /* what the motor wanted to add */
    float hull_before[CAR_JOINTS], hull_after[CAR_JOINTS]; /* spins round the motor */
    float wheel_before[CAR_JOINTS], wheel_after[CAR_JOINTS];
    float pin_x[CAR_JOINTS], pin_y[CAR_JOINTS];
    float stop_before[CAR_JOINTS],
        stop_change[CAR_JOINTS]; /* the stop's impulse, and what it wanted to add */
    bool pulled[CAR_JOINTS];     /* the stop would have had to pull, so it gave none */
    speeds after;
} record;

typedef struct solver {
    car_prepared_joint joints[CAR_JOINTS];
    float motor_speed[CAR_JOINTS];
    car_limit limit[CAR_JOINTS];
    bool any_limit;
    float mass_a, turn_a, mass_b, turn_b; /* of the hull and of a wheel (they are all alike), inverse */
    speeds now;
    float motor[CAR_JOINTS], pin_x[CAR_JOINTS], pin_y[CAR_JOINTS], stop[CAR_JOINTS]; /* impulses so far */
} solver;

static inline float cap_motor(float impulse)
{
    const float capped = impulse < CAR_MAX_MOTOR_IMPULSE ? impulse : CAR_MAX_MOTOR_IMPULSE;
    return -CAR_MAX_MOTOR_IMPULSE > capped ? -CAR_MAX_MOTOR_IMPULSE : capped;
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

static bool must_pull(car_limit limit, float sum)
{
    return limit == CAR_LIMIT_LOWER ? sum < 0.0f : sum > 0.0f;
}

/* The impulse of pin and stop together; a stop can only push. */
static car_three hold_at_stop(solver *s, record *r, int32_t i, car_vector error)
{
    const car_response *mass = &s->joints[i].mass;
    const car_three solution =
        car_solve3(mass, (car_three){error.x, error.y, s->now.wheel_spin[i] - s->now.hull_spin});
    const float before = s->stop[i], sum = before - solution.z;
    r->stop_before[i] = before;
    r->stop_change[i] = -solution.z;
    r->pulled[i] = must_pull(s->limit[i], sum);
    if (!r->pulled[i]) {
        s->stop[i] = sum;
        return (car_three){-solution.x, -solution.y, -solution.z};
    }
    s->stop[i] = 0.0f;
    const car_vector reduced =
        car_solve2(mass, (car_vector){-error.x + before * mass->a13, -error.y + before * mass->a23});
    return (car_three){reduced.x, reduced.y, -before};
}

static inline void hold_pin(solver *s, record *r, int32_t i)
{
    const car_vector arm = s->joints[i].arm;
    const car_vector error = {s->now.wheel_x[i] - s->now.hull_x + s->now.hull_spin * arm.y,
                              s->now.wheel_y[i] - s->now.hull_y - s->now.hull_spin * arm.x};
    car_three p;
    if (s->limit[i] == CAR_LIMIT_NONE) {
        const car_vector impulse = car_solve2(&s->joints[i].mass, (car_vector){-error.x, -error.y});
        p = (car_three){impulse.x, impulse.y, 0.0f};
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

static void make_round(solver *s, record *r, const int32_t order[CAR_JOINTS])
{
    for (int32_t j = 0; j < CAR_JOINTS; j++) {
        turn_motor(s, r, order[j]);
        hold_pin(s, r, order[j]);
    }
    r->after = s->now;
}

/* Whether the stops would do what they did in the recorded round. */
static bool stops_agree(const solver *s, const record *r)
{
    for (int32_t i = 0; i < CAR_JOINTS; i++) {
        if (s->limit[i] != CAR_LIMIT_NONE) {
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
    for (int32_t i = 0; i < CAR_JOINTS; i++) {
        if (s->limit[i] != CAR_LIMIT_NONE) {
            s->stop[i] = r->pulled[i] ? 0.0f : s->stop[i] + r->stop_change[i];
        }
    }
}

/* Impulses so far, of all four joints at once. */
typedef struct impulses {
    car_four motor, pin_x, pin_y;
} impulses;

static inline car_four cap_motors(car_four impulse)
{
    const car_four most = car_four_of(CAR_MAX_MOTOR_IMPULSE);
    const car_four capped = car_four_choose(impulse < most, impulse, most);
    return car_four_choose(-most > capped, -most, capped);
}

/* Repeats a round from its record, if the motors would change the velocities in the same way; false: nothing was done. */
static inline bool repeat_motors(const solver *s, const record *r, impulses *now)
{
    const car_four sum = cap_motors(now->motor + car_four_load(r->motor_change));
    const car_four impulse = sum - now->motor;
    const car_four hull = car_four_load(r->hull_before) - s->turn_a * impulse;
    const car_four wheel = car_four_load(r->wheel_before) + s->turn_b * impulse;
    const car_four_integers differ =
        (hull != car_four_load(r->hull_after)) | (wheel != car_four_load(r->wheel_after));
    if ((differ[0] | differ[1] | differ[2] | differ[3]) != 0) {
        return false;
    }
    now->motor = sum;
    now->pin_x += car_four_load(r->pin_x);
    now->pin_y += car_four_load(r->pin_y);
    return true;
}

/* Repeats rounds from the records of even and odd rounds, from `round` on, while they agree; returns the first round that
 * was not repeated. */
static int32_t repeat_rounds(solver *s, const record *even, const record *odd, int32_t round)
{
    impulses now = {car_four_load(s->motor), car_four_load(s->pin_x), car_four_load(s->pin_y)};
    while (round < CAR_VELOCITY_ITERATIONS) {
        const record *r = round % 2 == 0 ? even : odd;
        if ((s->any_limit && !stops_agree(s, r)) || !repeat_motors(s, r, &now)) {
            break;
        }
        if (s->any_limit) {
            repeat_stops(s, r);
        }
        round++;
    }
    car_four_store(s->motor, now.motor);
    car_four_store(s->pin_x, now.pin_x);
    car_four_store(s->pin_y, now.pin_y);
    return round;
}

static bool same_speeds(const speeds *a, const speeds *b)
{
    /* To the bit: -0 and 0 are different starts. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    return memcmp(a, b, sizeof *a) == 0;
}

static void make_all_rounds(solver *s, const int32_t order[CAR_JOINTS])
{
    record records[2]; /* of the last two rounds: even ones and odd ones */
    records[0].after = s->now;
    records[1].after = s->now;
    int32_t round = 0;
    while (round < CAR_VELOCITY_ITERATIONS) {
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

static void read_assembly(solver *s, const car_assembly *assembly)
{
    const car_body *hull = &assembly->hull;
    s->mass_a = hull->inverse_mass;
    s->turn_a = hull->inverse_inertia;
    s->mass_b = assembly->wheels[0].inverse_mass;
    s->turn_b = assembly->wheels[0].inverse_inertia;
    s->now.hull_x = hull->velocity.x;
    s->now.hull_y = hull->velocity.y;
    s->now.hull_spin = hull->spin;
    s->any_limit = false;
    for (int32_t i = 0; i < CAR_JOINTS; i++) {
        const car_joint *joint = &assembly->joints[i];
        const car_body *wheel = &assembly->wheels[i];
        s->now.wheel_x[i] = wheel->velocity.x;
        s->now.wheel_y[i] = wheel->velocity.y;
        s->now.wheel_spin[i] = wheel->spin;
        s->motor_speed[i] = joint->motor_speed;
        s->limit[i] = joint->limit;
        s->any_limit = s->any_limit || joint->limit != CAR_LIMIT_NONE;
        s->motor[i] = joint->motor_impulse;
        s->pin_x[i] = joint->impulse.x;
        s->pin_y[i] = joint->impulse.y;
        s->stop[i] = joint->limit_impulse;
    }
}

static void write_assembly(const solver *s, car_assembly *assembly)
{
    assembly->hull.velocity = (car_vector){s->now.hull_x, s->now.hull_y};
    assembly->hull.spin = s->now.hull_spin;
    for (int32_t i = 0; i < CAR_JOINTS; i++) {
        assembly->wheels[i].velocity = (car_vector){s->now.wheel_x[i], s->now.wheel_y[i]};
        assembly->wheels[i].spin = s->now.wheel_spin[i];
        car_joint *joint = &assembly->joints[i];
        joint->motor_impulse = s->motor[i];
        joint->impulse = (car_vector){s->pin_x[i], s->pin_y[i]};
        joint->limit_impulse = s->stop[i];
    }
}

void car_solve_velocities(car_assembly *assembly, const int32_t order[CAR_JOINTS])
{
    solver s;
    car_prepare_joints(assembly, order, s.joints);
    read_assembly(&s, assembly);
    make_all_rounds(&s, order);
    write_assembly(&s, assembly);
}
