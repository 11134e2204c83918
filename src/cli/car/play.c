/* aann car play: drive by keyboard in the terminal.
 *
 * A terminal tells of keys pressed, not of keys held, so a key works for a moment after its last
 * repeat. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "aann/car.h"
#include "cli/car/car.h"
#include "cli/shared/clock.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/terminal_picture.h"

enum { STEPS_PER_PICTURE = 2, HOLD_STEPS = 12 };

typedef enum key { KEY_NONE, KEY_GAS, KEY_BRAKE, KEY_LEFT, KEY_RIGHT, KEY_NEXT, KEY_QUIT } key;

/* Steps for which each pedal and direction still works. */
typedef struct hands {
    int gas, brake, left, right;
} hands;

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static key decode(unsigned char byte, bool after_escape)
{
    if (after_escape) {
        return byte == 'A'   ? KEY_GAS
               : byte == 'B' ? KEY_BRAKE
               : byte == 'C' ? KEY_RIGHT
               : byte == 'D' ? KEY_LEFT
                             : KEY_NONE;
    }
    switch (byte) {
    case 'w': return KEY_GAS;
    case 's': return KEY_BRAKE;
    case 'a': return KEY_LEFT;
    case 'd': return KEY_RIGHT;
    case 'n': return KEY_NEXT;
    case 'q': return KEY_QUIT;
    default: return KEY_NONE;
    }
}

/* Reads what has been typed; returns KEY_NEXT or KEY_QUIT if that was among it. */
static key read_keys(hands *h)
{
    unsigned char bytes[64];
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 0) <= 0) {
        return KEY_NONE;
    }
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) {
        return KEY_QUIT;
    }
    for (ssize_t i = 0; i < count; i++) {
        const bool escape = bytes[i] == 27 && i + 2 < count && bytes[i + 1] == '[';
        const key pressed = decode(escape ? bytes[i + 2] : bytes[i], escape);
        i += escape ? 2 : 0;
        switch (pressed) {
        case KEY_GAS: h->gas = HOLD_STEPS; break;
        case KEY_BRAKE: h->brake = HOLD_STEPS; break;
        case KEY_LEFT:
            h->left = HOLD_STEPS;
            h->right = 0;
            break;
        case KEY_RIGHT:
            h->right = HOLD_STEPS;
            h->left = 0;
            break;
        case KEY_NEXT:
        case KEY_QUIT: return pressed;
        case KEY_NONE: break;
        }
    }
    return KEY_NONE;
}

static aann_car_action act(hands *h)
{
    const aann_car_action action = {.steer = h->left > 0    ? -0.5
                                             : h->right > 0 ? 0.5
                                                            : 0.0,
                                    .gas = h->gas > 0 ? 0.6 : 0.0,
                                    .brake = h->brake > 0 ? 0.6 : 0.0};
    h->gas -= h->gas > 0;
    h->brake -= h->brake > 0;
    h->left -= h->left > 0;
    h->right -= h->right > 0;
    return action;
}

static void show(aann_car *car, uint64_t track)
{
    static uint8_t pixels[AANN_CAR_PIXELS];
    aann_car_state state;
    int32_t tiles;
    aann_car_render(car, pixels);
    aann_car_state_get(car, &state);
    aann_car_track(car, &tiles);
    printf("\033[H");
    terminal_picture_write(stdout, pixels, AANN_CAR_WIDTH, AANN_CAR_HEIGHT, 1);
    printf(
        "track %llu   reward %7.1f   %d of %d tiles   %.1f s   (arrows drive, n next, q quit)\033[K\n",
        (unsigned long long)track, state.total_reward, (int)state.visited, (int)tiles, state.time);
    fflush(stdout);
}

static void play(aann_car *car, uint64_t track)
{
    hands h = {0};
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    aann_car_reset(car, track);
    aann_car_result result = {0};
    while (!interrupted) {
        const key pressed = read_keys(&h);
        if (pressed == KEY_QUIT) {
            return;
        }
        if (pressed == KEY_NEXT) {
            aann_car_reset(car, ++track);
            result = (aann_car_result){0};
        }
        for (int i = 0; i < STEPS_PER_PICTURE && !result.terminated && !result.truncated; i++) {
            const aann_car_action action = act(&h);
            aann_car_step(car, &action, &result);
        }
        show(car, track);
        cli_wait(&moment, STEPS_PER_PICTURE * 20000000L);
    }
}

int cli_car_play(int count, char **arguments)
{
    int64_t track = 0;
    const cli_option options[] = {{"track", CLI_LONG, &track, 0, CLI_CAR_LARGEST_SEED, "N",
                                   "the track to begin with (0)", NULL},
                                  {0}};
    bool json = false; /* known to every command; there is nothing to print here */
    const cli_syntax syntax = {
        .command = "car play",
        .description =
            "Lets you drive in the terminal, which must know 24-bit colours and have 96\n"
            "columns and 50 lines. Arrows or w a s d: gas, left, brake, right; n: next\n"
            "track; q: quit.\n",
        .options = options,
        .json = &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    struct termios before, raw;
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) {
        return cli_failed("play needs a terminal");
    }
    aann_error error;
    aann_car *car;
    if (aann_car_create(NULL, &car, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    printf("\033[?25l\033[2J");
    play(car, (uint64_t)track);
    printf("\033[?25h\033[0m\n");
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    aann_car_destroy(car);
    return CLI_GOOD;
}
