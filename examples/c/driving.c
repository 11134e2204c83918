/* Driving: the expert drives one track, and the program counts what the drive was worth; then the
 * same track from what the driver sees, with a network that has not learned anything yet. */
#include <aann/aann.h>

#include <stdio.h>

enum { TRACK = 7 };

/* The reward of one drive of the expert, who knows the track. */
static aann_status drive_expert(aann_car *car, double *reward, int32_t *steps, aann_error *error)
{
    const aann_car_expert_options options = aann_car_expert_options_default();
    aann_car_expert *expert = NULL;
    aann_status status = aann_car_expert_create(&options, &expert, error);
    aann_car_result result = {0};
    *reward = 0;
    *steps = 0;
    if (status == AANN_OK) {
        aann_car_reset(car, TRACK);
        aann_car_expert_plan(expert, car);
    }
    while (status == AANN_OK && !result.terminated && !result.truncated) {
        aann_car_action action;
        aann_car_expert_act(expert, car, &action);
        aann_car_step(car, &action, &result);
        *reward += result.reward;
        *steps += 1;
    }
    aann_car_expert_destroy(expert);
    return status;
}

/* The same for a random network at the wheel, which is what a search would begin with. */
static aann_status drive_network(double *reward, int32_t *steps, aann_error *error)
{
    const aann_shape input = {1, AANN_CAR_VIEW_SIZE, AANN_CAR_VIEW_SIZE};
    aann_spec spec;
    aann_network *network = NULL;
    aann_lap lap = {0};
    aann_status status = aann_spec_parse("8C7vs4-MP2-16-3", input, &spec, error);
    if (status == AANN_OK) {
        status = aann_network_create(&spec, &network, error);
    }
    if (status == AANN_OK) {
        aann_network_randomise(network, 1, 0);
        const aann_network *networks[] = {network};
        const aann_driver driver = {.networks = networks,
                                    .count = 1,
                                    .outputs = {.mean = {0, 0.5, 0.5},
                                                .scale = {1, 0.5, 0.5},
                                                .full = aann_logits_full_scale(1)}};
        status = aann_drive_tracks(&driver, TRACK, 1, 1, NULL, &lap, error);
    }
    aann_network_destroy(network);
    *reward = lap.reward;
    *steps = lap.steps;
    return status;
}

int main(void)
{
    aann_car *car = NULL;
    aann_error error;
    double reward;
    int32_t steps;
    aann_status status = aann_car_create(NULL, &car, &error);
    if (status == AANN_OK) {
        status = drive_expert(car, &reward, &steps, &error);
    }
    if (status == AANN_OK) {
        printf("the expert: %.1f in %d steps\n", reward, (int)steps);
        status = drive_network(&reward, &steps, &error);
    }
    if (status == AANN_OK) {
        printf("a random network: %.1f in %d steps\n", reward, (int)steps);
    } else {
        fprintf(stderr, "driving: %s\n", error.message);
    }
    aann_car_destroy(car);
    return status == AANN_OK ? 0 : 1;
}
