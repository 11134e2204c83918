/* Demonstrations: the expert drives, is pushed off its way now and then, and shows how it gets
 * back.
 *
 * Imitating undisturbed laps only teaches what to do on the ideal line; a learner that errs a
 * little is soon where nobody ever showed it anything. So for every other half second what the car
 * does is the expert's action plus smooth noise, while what is recorded is the action alone. The
 * noise is autoregressive (0.9 per step, so that it lasts), of a strength drawn per episode, half
 * as strong on the gas. Normal numbers are sums of uniform ones: the same on every machine. */
#include "car/demonstration.h"

#include <math.h>

#include "core/error.h"
#include "core/philox.h"

enum { NOISE_STRETCH = 25, UNIFORMS = 4 };

static const double persistence = 0.9;
static const double gas_noise = 0.5;       /* of the steering's */
static const double steering_limit = 0.45; /* the wheels turn by 0.4 rad at most */
static const double minimum_brake = 0.02;
static const double far_off = 15.0, far_turned = 1.2; /* metres, radians */

typedef struct noise {
    aann_random_stream stream;
    double deviation;
    double steer, gas;
} noise;

aann_car_demonstration_options aann_car_demonstration_options_default(void)
{
    return (aann_car_demonstration_options){.seed = 1,
                                            .first_track = 1000000,
                                            .every = 3,
                                            .noise_limit = 0.2,
                                            .expert = aann_car_expert_options_default()};
}

/* Mean 0, variance 1: each uniform number has variance 1/12. */
static double draw_normal(aann_random_stream *stream)
{
    double sum = 0.0;
    for (int i = 0; i < UNIFORMS; i++) {
        sum += aann_random_unit(stream) - 0.5;
    }
    return sum * sqrt(12.0 / UNIFORMS);
}

static noise start_noise(const aann_car_demonstration_options *options, uint64_t episode)
{
    noise n = {.stream = aann_random_start(aann_random_key_create(options->seed, 0), episode,
                                           AANN_PURPOSE_DEMONSTRATION)};
    n.deviation = options->noise_limit * aann_random_unit(&n.stream);
    return n;
}

/* One step of the noise; it goes on in silence while it does not disturb. */
static aann_car_action disturb(noise *n, const aann_car_action *wanted, int32_t step)
{
    const double innovation = n->deviation * sqrt(1.0 - persistence * persistence);
    n->steer = persistence * n->steer + innovation * draw_normal(&n->stream);
    n->gas = persistence * n->gas + gas_noise * innovation * draw_normal(&n->stream);
    aann_car_action action = *wanted;
    if (step / NOISE_STRETCH % 2 == 1) {
        action.steer += n->steer;
        action.gas += n->gas;
    }
    action.steer = fmin(fmax(action.steer, -1.0), 1.0);
    action.gas = fmin(fmax(action.gas, 0.0), 1.0);
    return action;
}

void aann_car_label(const aann_car_action *wanted, float action[AANN_CAR_OUTPUTS])
{
    action[0] = (float)fmin(fmax(wanted->steer, -steering_limit), steering_limit);
    action[1] = (float)fmin(fmax(wanted->gas, 0.0), 1.0);
    action[2] = (float)(wanted->brake < minimum_brake ? 0.0 : fmin(wanted->brake, 1.0));
}

bool aann_car_worth_recording(const aann_car_expert *expert)
{
    double distance, angle;
    aann_car_expert_deviation(expert, &distance, &angle);
    return fabs(distance) <= far_off && fabs(angle) <= far_turned;
}

static void record(aann_car *car, const aann_car_frame *labelled, aann_car_frame_taker take,
                   void *context, bool *going)
{
    aann_car_frame frame = *labelled;
    uint8_t pixels[AANN_CAR_PIXELS];
    aann_car_render(car, pixels);
    aann_car_view(pixels, frame.view);
    *going = take(context, &frame);
}

static double drive(const aann_car_demonstration_options *options, uint64_t episode, aann_car *car,
                    aann_car_expert *expert, aann_car_frame_taker take, void *context)
{
    noise n = start_noise(options, episode);
    aann_car_result result = {0};
    double reward = 0.0;
    bool going = true;
    aann_car_reset(car, options->first_track + episode);
    aann_car_expert_plan(expert, car);
    for (int32_t step = 0; going && !result.terminated && !result.truncated; step++) {
        aann_car_action wanted;
        aann_car_expert_act(expert, car, &wanted);
        if (step % options->every == 0 && aann_car_worth_recording(expert)) {
            aann_car_frame frame;
            aann_car_label(&wanted, frame.action);
            record(car, &frame, take, context, &going);
        }
        const aann_car_action action = disturb(&n, &wanted, step);
        aann_car_step(car, &action, &result);
        reward += result.reward;
    }
    return reward;
}

aann_status aann_car_check_demonstration(const aann_car_demonstration_options *options,
                                         aann_error *error)
{
    if (options->every < 1 || !(options->noise_limit >= 0.0 && options->noise_limit <= 10.0)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "demonstrations: every %d steps, noise up to %g; expected 1 or more, and 0 to 10",
            options->every, options->noise_limit);
    }
    return AANN_OK;
}

aann_status aann_car_demonstrate(const aann_car_demonstration_options *options, uint64_t episode,
                                 aann_car_frame_taker take, void *context, double *reward,
                                 aann_error *error)
{
    aann_car *car = NULL;
    aann_car_expert *expert = NULL;
    aann_status status = aann_car_check_demonstration(options, error);
    if (status == AANN_OK) {
        status = aann_car_create(NULL, &car, error);
    }
    if (status == AANN_OK) {
        status = aann_car_expert_create(&options->expert, &expert, error);
    }
    if (status == AANN_OK) {
        *reward = drive(options, episode, car, expert, take, context);
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return status;
}
