/* The public search on an objective (aann/objective.h): its defaults, and the options that it cannot
 * have. */
#include "aann/objective.h"

#include "core/error.h"
#include "search/callback_objective.h"
#include "search/create.h"

aann_objective aann_objective_default(void)
{
    return (aann_objective){.case_count = 1, .batch = 64};
}

static aann_status make(const void *context, const aann_spec *spec,
                        const aann_search_options *options, aann_random_key key,
                        aann_threads *threads, aann_search_objective *view, aann_error *error)
{
    (void)threads;
    return aann_callback_objective_make(spec, context, NULL, options, key, view, error);
}

static aann_status check_options(const aann_search_options *options, aann_error *error)
{
    aann_status status = aann_search_options_check(options, error);
    if (status == AANN_OK &&
        (options->method == AANN_METHOD_RANDOM || options->method == AANN_METHOD_GENETIC)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "a search on an objective by the method %s: expected sense or hill",
                           aann_search_method_name(options->method));
    }
    if (status == AANN_OK &&
        (options->copies != 1 || options->jitter != 0 || options->reward_tracks != 0)) {
        status =
            aann_fail(error, AANN_ERROR_ARGUMENT,
                      "a search on an objective has no samples to copy or move, and no tracks: "
                      "expected copies 1, jitter 0 and reward tracks 0");
    }
    if (status == AANN_OK && options->lesion_noise > 0.0) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "a search on an objective has no lesion noise: expected lesion_noise 0");
    }
    return status;
}

aann_status aann_objective_search_create(const aann_spec *spec, const aann_objective *objective,
                                         const aann_search_options *options, uint64_t member,
                                         const aann_network *start, aann_search **search,
                                         aann_error *error)
{
    *search = NULL;
    const aann_status status = check_options(options, error);
    const aann_objective_maker maker = {make, objective};
    return status == AANN_OK
               ? aann_search_create_on(spec, &maker, options, member, start, search, error)
               : status;
}

aann_status aann_objective_search_resume(const aann_spec *spec, const aann_objective *objective,
                                         const aann_search_options *options, uint64_t member,
                                         const aann_search_saved *saved, aann_search **search,
                                         aann_error *error)
{
    *search = NULL;
    const aann_status status = check_options(options, error);
    const aann_objective_maker maker = {make, objective};
    return status == AANN_OK
               ? aann_search_resume_on(spec, &maker, options, member, saved, search, error)
               : status;
}
