/* aann car bench: how fast the environment is, on one core, driven by the expert as a trained driver would. */
#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "aann/car.h"
#include "cli/car.h"

static const char help[] =
    "Usage: aann car bench [--seconds S] [--json]\n"
    "\n"
    "Drives tracks 0, 1, 2, ... with the expert on one core, with and without drawing every step.\n"
    "\n"
    "  --seconds S   how long each part takes, about (2)\n"
    "  --json        steps_per_second {with_rendering, without_rendering}, resets_per_second\n";

/* Processor time: what others do on this machine does not count. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct bench {
    aann_car *car;
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

int car_bench_command(int argc, char **argv)
{
    if (car_wants_help(argc, argv)) {
        fputs(help, stdout);
        return CAR_EXIT_GOOD;
    }
    const char *seconds_text = "2";
    bool json = false;
    const car_option options[] = {{"--seconds", &seconds_text, NULL}, {"--json", NULL, &json}};
    uint64_t seconds;
    if (!car_read_options(argc, argv, options, sizeof options / sizeof options[0])) {
        return CAR_EXIT_USAGE;
    }
    if (!car_read_number(seconds_text, &seconds) || seconds < 1 || seconds > 3600) {
        return car_fail(CAR_EXIT_USAGE, "--seconds \"%s\"; expected a number from 1 to 3600", seconds_text);
    }
    aann_error error;
    bench b = {.seconds = (double)seconds};
    if (aann_car_create(NULL, &b.car, &error) != AANN_OK ||
        aann_car_expert_create(NULL, &b.expert, &error) != AANN_OK) {
        aann_car_destroy(b.car);
        return car_fail(CAR_EXIT_FAILED, "%s", error.message);
    }
    const double with = measure_steps(&b, true), without = measure_steps(&b, false),
                 resets = measure_resets(&b);
    if (json) {
        json_t *root = json_pack("{s:{s:f,s:f},s:f}", "steps_per_second", "with_rendering", with,
                                 "without_rendering", without, "resets_per_second", resets);
        json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
        json_decref(root);
    } else {
        printf("steps per second, one core: %.0f with rendering, %.0f without\nresets per second: %.0f\n",
               with, without, resets);
    }
    aann_car_expert_destroy(b.expert);
    aann_car_destroy(b.car);
    return CAR_EXIT_GOOD;
}
