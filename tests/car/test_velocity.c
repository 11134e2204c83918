/* The velocity solver that skips rounds, against the plain one that does not: equal to the last
 * bit, on states of real drives and on states no drive would meet. */
#include "aann/car.h"
#include "car/environment.h"
#include "car/physics_velocity.h"
#include "golden.h"
#include "support_physics_plain.h"

static const int32_t order[AANN_CAR_JOINTS] = {3, 2, 1, 0};

static void check(const aann_car_assembly *start, const char *where, int index)
{
    aann_car_assembly fast = *start, plain = *start;
    aann_car_solve_velocities(&fast, order);
    aann_car_solve_velocities_plain(&plain, order);
    for (int i = -1; i < AANN_CAR_JOINTS; i++) {
        const aann_car_body *a = i < 0 ? &fast.hull : &fast.wheels[i],
                            *b = i < 0 ? &plain.hull : &plain.wheels[i];
        if (!(a->velocity.x == b->velocity.x && a->velocity.y == b->velocity.y &&
              a->spin == b->spin)) {
            fail_msg("%s %d: body %d is (%.9g %.9g %.9g); the plain solver has (%.9g %.9g %.9g)",
                     where, index, i, (double)a->velocity.x, (double)a->velocity.y, (double)a->spin,
                     (double)b->velocity.x, (double)b->velocity.y, (double)b->spin);
        }
    }
    for (int i = 0; i < AANN_CAR_JOINTS; i++) {
        const aann_car_joint *a = &fast.joints[i], *b = &plain.joints[i];
        if (!(a->impulse.x == b->impulse.x && a->impulse.y == b->impulse.y &&
              a->limit_impulse == b->limit_impulse && a->motor_impulse == b->motor_impulse &&
              a->limit == b->limit)) {
            fail_msg("%s %d: the impulses of joint %d differ", where, index, i);
        }
    }
}

static float random_between(aann_car_random *random, double low, double high)
{
    return (float)aann_car_random_uniform(random, low, high);
}

static void equal_while_driving(void **state)
{
    (void)state;
    aann_car *car;
    assert_int_equal(aann_car_create(NULL, &car, NULL), AANN_OK);
    aann_car_random random;
    aann_car_random_seed(&random, 5);
    aann_car_action action = {0.0, 0.0, 0.0};
    for (int step = 0; step < 6000; step++) {
        if (step % 1500 == 0) {
            aann_car_reset(car, (uint64_t)step);
        }
        if (step % 25 == 0) {
            action.steer = aann_car_random_uniform(&random, -1.0, 1.0);
            action.gas = aann_car_random_uniform(&random, -0.5, 1.0);
            action.brake = aann_car_random_uniform(&random, -1.0, 1.0);
        }
        aann_car_step(car, &action, NULL);
        check(&car->vehicle.assembly, "step", step);
    }
    aann_car_destroy(car);
}

static void equal_in_wild_states(void **state)
{
    (void)state;
    aann_car *car;
    assert_int_equal(aann_car_create(NULL, &car, NULL), AANN_OK);
    aann_car_reset(car, 3);
    aann_car_random random;
    aann_car_random_seed(&random, 6);
    for (int trial = 0; trial < 3000; trial++) {
        aann_car_assembly wild = car->vehicle.assembly;
        const double size = trial % 3 == 0 ? 0.01 : trial % 3 == 1 ? 1.0 : 60.0;
        for (int i = 0; i < AANN_CAR_JOINTS; i++) {
            wild.wheels[i].velocity = (aann_car_vector){random_between(&random, -size, size),
                                                        random_between(&random, -size, size)};
            wild.wheels[i].spin = random_between(&random, -size, size);
            wild.wheels[i].angle = wild.hull.angle + random_between(&random, -0.5, 0.5);
            wild.joints[i].motor_speed = random_between(&random, -3.0, 3.0);
            wild.joints[i].motor_impulse = random_between(&random, -1.4, 1.4);
            wild.joints[i].limit = (aann_car_limit)aann_car_random_below(&random, 3);
            wild.joints[i].limit_impulse = random_between(&random, -1.0, 1.0);
        }
        wild.hull.velocity = (aann_car_vector){random_between(&random, -size, size),
                                               random_between(&random, -size, size)};
        wild.hull.spin = random_between(&random, -size, size);
        check(&wild, "trial", trial);
    }
    aann_car_destroy(car);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_while_driving),
                                       cmocka_unit_test(equal_in_wild_states)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
