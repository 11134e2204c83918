/* aann car bench: how fast the environment is, on one core, driven by the expert as a trained
 * driver would; and many cars beside one. */
#include <stdio.h>
#include <time.h>

#include "aann/car.h"
#include "cli/car/bench_cars.h"
#include "cli/car/car.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"

/* Processor time: what others do on this machine does not count. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct bench {
    aann_car *car;   /* with near pictures */
    aann_car *exact; /* with exact ones */
    aann_car_expert *expert;
    double seconds;
} bench;

/* Whole laps until the time is over; resets and plans are not counted. */
static double measure_steps(const bench *b, bool draw)
{
    static uint8_t pixels[AANN_CAR_PIXELS];
    double spent = 0.0;
    uint64_t steps = 0;
    for (uint64_t track = 0; spent < b->seconds; track++) {
        aann_car_reset(b->car, track);
        aann_car_expert_plan(b->expert, b->car);
        aann_car_result result = {0};
        const double start = seconds_now();
        while (!result.terminated && !result.truncated) {
            aann_car_action action;
            aann_car_expert_act(b->expert, b->car, &action);
            aann_car_step(b->car, &action, &result);
            if (draw) {
                aann_car_render(b->car, pixels);
            }
            steps++;
        }
        spent += seconds_now() - start;
    }
    return (double)steps / spent;
}

/* Pictures per second, nothing else: both kinds of every step in turn. */
static void measure_pictures(const bench *b, double rates[2])
{
    static uint8_t pixels[AANN_CAR_PIXELS];
    double spent[2] = {0.0, 0.0};
    uint64_t count = 0;
    for (uint64_t track = 0; spent[0] + spent[1] < 2.0 * b->seconds; track++) {
        aann_car_reset(b->car, track);
        aann_car_expert_plan(b->expert, b->car);
        aann_car_result result = {0};
        while (!result.terminated && !result.truncated) {
            aann_car_action action;
            aann_car_expert_act(b->expert, b->car, &action);
            aann_car_step(b->car, &action, &result);
            aann_car_copy(b->exact, b->car);
            aann_car *const cars[2] = {b->car, b->exact};
            for (int k = 0; k < 2; k++) {
                const double start = seconds_now();
                aann_car_render(cars[k], pixels);
                spent[k] += seconds_now() - start;
            }
            count++;
        }
    }
    for (int k = 0; k < 2; k++) {
        rates[k] = (double)count / spent[k];
    }
}

static double measure_resets(const bench *b)
{
    uint64_t resets = 0;
    const double start = seconds_now();
    double spent = 0.0;
    for (; spent < b->seconds; spent = seconds_now() - start) {
        for (int i = 0; i < 20; i++) {
            aann_car_reset(b->car, resets++);
        }
    }
    return (double)resets / spent;
}

static int bench_one(double seconds, bool json)
{
    aann_error error;
    bench b = {.seconds = seconds};
    aann_car_options exact = aann_car_options_default();
    exact.picture = AANN_CAR_PICTURE_EXACT;
    if (aann_car_create(NULL, &b.car, &error) != AANN_OK ||
        aann_car_create(&exact, &b.exact, &error) != AANN_OK ||
        aann_car_expert_create(NULL, &b.expert, &error) != AANN_OK) {
        aann_car_destroy(b.car);
        aann_car_destroy(b.exact);
        return cli_fail(&error);
    }
    const double with = measure_steps(&b, true), without = measure_steps(&b, false),
                 resets = measure_resets(&b);
    double pictures[2];
    measure_pictures(&b, pictures);
    if (json) {
        json_t *root =
            json_pack("{s:{s:f,s:f},s:f,s:{s:f,s:f}}", "steps_per_second", "with_rendering", with,
                      "without_rendering", without, "resets_per_second", resets,
                      "pictures_per_second", "near", pictures[0], "exact", pictures[1]);
        cli_print_json(root);
    } else {
        printf(
            "steps per second, one core: %.0f with rendering, %.0f without\nresets per second: %.0f\n"
            "pictures per second: %.0f near, %.0f exact\n",
            with, without, resets, pictures[0], pictures[1]);
    }
    aann_car_expert_destroy(b.expert);
    aann_car_destroy(b.car);
    aann_car_destroy(b.exact);
    return cli_finish_output(CLI_GOOD);
}

static int bench_many(int32_t cars, int32_t threads, double seconds, bool json)
{
    aann_error error;
    cli_cars_rates rates;
    if (cli_car_measure_cars(cars, threads, seconds, &rates, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    static const char *const names[2] = {"with_rendering", "without_rendering"};
    json_t *root = json_pack("{s:i,s:i}", "cars", (int)cars, "threads", (int)threads);
    for (int k = 0; k < 2; k++) {
        const double ratio = rates.many[k] / rates.one[k];
        json_object_set_new(root, names[k],
                            json_pack("{s:f,s:f,s:f}", "steps_per_second", rates.many[k],
                                      "one_car_steps_per_second", rates.one[k], "ratio", ratio));
    }
    if (json) {
        cli_print_json(root);
    } else {
        printf(
            "%d cars on %d threads: %.0f steps per second with rendering (%.2f times one car's),\n"
            "%.0f without (%.2f times)\n",
            cars, threads, rates.many[0], rates.many[0] / rates.one[0], rates.many[1],
            rates.many[1] / rates.one[1]);
        json_decref(root);
    }
    return cli_finish_output(CLI_GOOD);
}

int cli_car_bench(int count, char **arguments)
{
    int32_t seconds = 2, cars = 0, threads = 1;
    bool json = false;
    const cli_option options[] = {
        {"seconds", CLI_INT, &seconds, 1, 3600, "S", "how long each part takes, about (2)", NULL},
        {"cars", CLI_INT, &cars, 1, 4096, "N",
         "measure N cars stepped together, beside one car in the same run", NULL},
        {"threads", CLI_INT, &threads, 1, 256, "N", "of the cars, with --cars (1)", NULL},
        {0}};
    const cli_syntax syntax = {
        .command = "car bench",
        .description = "Drives tracks 0, 1, 2, ... with the expert on one core, with and without\n"
                       "drawing every step, in processor time. With --cars many cars are stepped\n"
                       "together, in time of the clock on the wall.\n",
        .options = options,
        .json = &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (cars == 0 && threads != 1) {
        return cli_usage_error("--threads goes with --cars");
    }
    return cars > 0 ? bench_many(cars, threads, (double)seconds, json)
                    : bench_one((double)seconds, json);
}
