/* A search without data: the loss is what happens when a network acts.
 *
 * A cart stands somewhere on a rail. A network reads its position and its speed, and pushes it to
 * the left or to the right, or not. The loss is the mean distance from the middle over two
 * seconds: nobody tells the network which push is right. Every start is a case of the objective. */
#include <aann/aann.h>

#include <math.h>
#include <stdio.h>

enum { STARTS = 32, STEPS = 100, INPUTS = 2, HIDDEN = 8, PUSHES = 3 };

static int32_t clamp(double value)
{
    return (int32_t)lround(fmin(fmax(value, -1), 1) * 127);
}

/* What the network does: -1, 0 or +1. weights: [HIDDEN][INPUTS], then [PUSHES][HIDDEN]. */
static int push(const int8_t *weights, double position, double speed)
{
    const int32_t inputs[INPUTS] = {clamp(position), clamp(speed)};
    const int8_t *second = weights + HIDDEN * INPUTS;
    int32_t sums[PUSHES] = {0};
    for (int unit = 0; unit < HIDDEN; unit++) {
        const int8_t *first = weights + unit * INPUTS;
        const int32_t sum = first[0] * inputs[0] + first[1] * inputs[1];
        const int32_t activation = sum < -127 ? -127 : sum > 127 ? 127 : sum;
        for (int i = 0; i < PUSHES; i++) {
            sums[i] += second[i * HIDDEN + unit] * activation;
        }
    }
    return aann_logits_answer(sums, PUSHES) - 1;
}

/* The mean distance from the middle, for one network from one start. */
static double ride(const int8_t *weights, int64_t start)
{
    double position = 2.0 * (double)start / (STARTS - 1) - 1;
    double speed = start % 2 == 0 ? 0.5 : -0.5;
    double distance = 0;
    for (int step = 0; step < STEPS; step++) {
        speed += 0.04 * push(weights, position, speed);
        position += 0.02 * speed;
        distance += fabs(position);
    }
    return distance / STEPS;
}

static aann_status losses(void *context, const aann_objective_request *request, aann_error *error)
{
    (void)context;
    (void)error;
    for (int32_t i = 0; i < request->count; i++) {
        const int8_t *weights = request->weights + i * request->weight_count;
        for (int64_t j = 0; j < request->case_count; j++) {
            request->losses[i * request->case_count + j] = ride(weights, request->cases[j]);
        }
    }
    return AANN_OK;
}

int main(void)
{
    aann_objective objective = aann_objective_default();
    objective.losses = losses;
    objective.case_count = STARTS;
    aann_search_options options = aann_search_options_default();
    options.steps = 5000;
    options.temperature = 0.003;
    aann_spec spec;
    aann_search *search = NULL;
    aann_search_progress progress = {0};
    aann_error error;
    aann_status status = aann_spec_parse("8-3", (aann_shape){INPUTS, 1, 1}, &spec, &error);
    if (status == AANN_OK) {
        status =
            aann_objective_search_create(&spec, &objective, &options, 0, NULL, &search, &error);
    }
    if (status == AANN_OK) {
        aann_search_progress_get(search, &progress);
        printf("at first the cart is %.3f from the middle\n", progress.train_loss);
        status = aann_search_run(search, options.steps, NULL, NULL, &error);
    }
    if (status == AANN_OK) {
        aann_search_progress_get(search, &progress);
        printf("in the end it is %.3f, after %d networks\n", progress.train_loss,
               (int)progress.step);
    } else {
        fprintf(stderr, "objective: %s\n", error.message);
    }
    aann_search_destroy(search);
    return status == AANN_OK ? 0 : 1;
}
