/* A sample in its family's options:
 *     "sample": {"seed": 1, "ladders": 4, "rungs": 0, "sweep": 256, "pilot_rounds": 600,
 *                "burn_in": 500, "rounds": 2000, "members": 40, "temperature": 0.001,
 *                "within_unit": 0.5, "layer_share": [], "result": {...}}
 * with the result at the end. */
#include "family/sample_plan.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "family/json_text.h"

enum { JSON_DIGITS = 17, DEFAULT_MEMBERS = 40 };

aann_sample_plan aann_sample_plan_default(void)
{
    return (aann_sample_plan){.sampler = aann_sampler_options_default(),
                              .members = DEFAULT_MEMBERS};
}

aann_status aann_sample_plan_check(const aann_sample_plan *plan, aann_error *error)
{
    const int32_t ladders = plan->sampler.ladders;
    const aann_status status = aann_sampler_options_check(&plan->sampler, error);
    if (status != AANN_OK) {
        return status;
    }
    if (plan->members < ladders || plan->members % ladders != 0 ||
        plan->members / ladders > plan->sampler.rounds) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "members of a sample: %d; expected a multiple of the %d ladders, with at "
                         "most %lld (the rounds) in each",
                         plan->members, ladders, (long long)plan->sampler.rounds);
    }
    return AANN_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *plan_json(const aann_sample_plan *plan)
{
    const aann_sampler_options *sampler = &plan->sampler;
    json_t *shares = json_array();
    for (int32_t i = 0; i < AANN_MAX_LAYERS; i++) {
        if (sampler->layer_share[i] > 0.0 || json_array_size(shares) > 0) {
            json_array_append_new(shares, json_real(sampler->layer_share[i]));
        }
    }
    return json_pack("{s:I, s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:f, s:f, s:o}", "seed",
                     (json_int_t)sampler->seed, "ladders", sampler->ladders, "rungs",
                     sampler->rungs, "sweep", sampler->sweep, "pilot_rounds",
                     (json_int_t)sampler->pilot_rounds, "burn_in", (json_int_t)sampler->burn_in,
                     "rounds", (json_int_t)sampler->rounds, "members", plan->members, "temperature",
                     sampler->temperature, "within_unit", sampler->within_unit, "layer_share",
                     shares);
}

/* A number; null where it is not finite. */
static json_t *real_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *result_json(const aann_sampler_diagnosis *diagnosis)
{
    const aann_rung_diagnosis *cold = &diagnosis->rung[diagnosis->rungs - 1];
    json_t *r_hats = json_array();
    json_t *betas = json_array();
    for (int32_t i = 0; i < diagnosis->rungs; i++) {
        json_array_append_new(betas, real_json(diagnosis->rung[i].beta));
        json_array_append_new(r_hats, real_json(diagnosis->rung[i].r_hat));
    }
    return json_pack("{s:o, s:o, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "beta",
                     betas, "r_hat", r_hats, "mixed", diagnosis->mixed + 1 == diagnosis->rungs,
                     "descents", (json_int_t)diagnosis->descents, "loss", real_json(cold->loss),
                     "loss_deviation", real_json(cold->loss_deviation), "accuracy",
                     real_json(cold->accuracy), "coldest_r_hat", real_json(cold->r_hat),
                     "autocorrelation", real_json(cold->autocorrelation), "effective_samples",
                     real_json(cold->effective_samples), "acceptance", real_json(cold->acceptance),
                     "distance_between", real_json(cold->distance_between), "distance_within",
                     real_json(cold->distance_within));
}

aann_status aann_sample_options(const char *options, const aann_sample_plan *plan,
                                const aann_sampler_diagnosis *diagnosis, char **changed,
                                aann_error *error)
{
    *changed = NULL;
    json_t *object = json_loads(options, 0, NULL);
    json_t *sample = plan_json(plan);
    bool good = json_is_object(object) && sample != NULL;
    if (good && diagnosis != NULL) {
        good = json_object_set_new(sample, "result", result_json(diagnosis)) == 0;
    }
    if (good) {
        good = json_object_set(object, "sample", sample) == 0;
    }
    if (good) {
        *changed = aann_json_to_text(object, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
    }
    json_decref(sample);
    json_decref(object);
    return *changed != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the options of a sample");
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_plan(json_t *object, aann_sample_plan *plan)
{
    aann_sampler_options *sampler = &plan->sampler;
    json_int_t seed, pilot, burn, rounds;
    json_t *shares;
    *plan = aann_sample_plan_default();
    if (json_unpack(object, "{s:I, s:i, s:i, s:i, s:I, s:I, s:I, s:i, s:F, s:F, s:o}", "seed",
                    &seed, "ladders", &sampler->ladders, "rungs", &sampler->rungs, "sweep",
                    &sampler->sweep, "pilot_rounds", &pilot, "burn_in", &burn, "rounds", &rounds,
                    "members", &plan->members, "temperature", &sampler->temperature, "within_unit",
                    &sampler->within_unit, "layer_share", &shares) != 0) {
        return false;
    }
    sampler->seed = (uint64_t)seed;
    sampler->pilot_rounds = pilot;
    sampler->burn_in = burn;
    sampler->rounds = rounds;
    for (size_t i = 0; i < json_array_size(shares) && i < AANN_MAX_LAYERS; i++) {
        sampler->layer_share[i] = json_number_value(json_array_get(shares, i));
    }
    return aann_sample_plan_check(plan, NULL) == AANN_OK;
}

/* A number of the result; NAN where there is none. */
static double read_real(const json_t *result, const char *name)
{
    const json_t *value = json_object_get(result, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void read_result(const json_t *object, aann_sample_result *result)
{
    const int32_t each = result->plan.members / result->plan.sampler.ladders;
    result->complete = true;
    result->mixed = json_is_true(json_object_get(object, "mixed"));
    result->descents = (uint64_t)json_integer_value(json_object_get(object, "descents"));
    result->rounds_apart = (double)result->plan.sampler.rounds / each;
    result->coldest = (aann_rung_diagnosis){
        .temperature = result->plan.sampler.temperature,
        .beta = 1.0 / result->plan.sampler.temperature,
        .loss = read_real(object, "loss"),
        .loss_deviation = read_real(object, "loss_deviation"),
        .accuracy = read_real(object, "accuracy"),
        .r_hat = read_real(object, "coldest_r_hat"),
        .autocorrelation = read_real(object, "autocorrelation"),
        .effective_samples = read_real(object, "effective_samples"),
        .acceptance = read_real(object, "acceptance"),
        .exchange = NAN,
        .distance_between = read_real(object, "distance_between"),
        .distance_within = read_real(object, "distance_within"),
    };
}

aann_status aann_sample_result_read(const aann_family_row *family, aann_sample_result *result,
                                    aann_error *error)
{
    memset(result, 0, sizeof *result);
    json_t *object = json_loads(family->options, 0, NULL);
    json_t *sample = json_object_get(object, "sample");
    aann_status status = AANN_OK;
    if (sample == NULL) {
        status = aann_fail(error, AANN_ERROR_NOT_FOUND, "family %lld is no sample",
                           (long long)family->id);
    } else if (!read_plan(sample, &result->plan)) {
        status =
            aann_fail(error, AANN_ERROR_FORMAT, "the options of a family: the sample is damaged");
    } else if (json_is_object(json_object_get(sample, "result"))) {
        read_result(json_object_get(sample, "result"), result);
    }
    json_decref(object);
    return status;
}

aann_status aann_sample_unfinished(aann_study *study, int64_t family_id, int64_t *left,
                                   aann_error *error)
{
    aann_family_row family;
    aann_sample_result result;
    aann_member_row *members = NULL;
    size_t count = 0;
    *left = 0;
    aann_status status = aann_study_family(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_sample_result_read(&family, &result, error);
    aann_family_row_destroy(&family);
    if (status != AANN_OK) {
        return status == AANN_ERROR_NOT_FOUND ? AANN_OK : status;
    }
    status = aann_study_members(study, family_id, &members, &count, error);
    *left = result.plan.members;
    for (size_t i = 0; i < count; i++) {
        const bool drawn =
            members[i].state == AANN_MEMBER_DONE && strcmp(members[i].origin, "sample") == 0;
        *left -= drawn ? 1 : 0;
    }
    *left = status == AANN_OK && *left > 0 ? *left : 0;
    free(members);
    return status;
}
