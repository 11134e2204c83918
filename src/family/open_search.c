/* A reward search needs the cars' outputs, the others the training split. */
#include "family/open_search.h"

#include "aann/drive.h"
#include "family/driver.h"

static aann_status open_reward_search(const aann_spec *spec, const aann_family_data *data,
                                      const aann_search_options *options, uint64_t member_index,
                                      const aann_network *network, const void *state, size_t size,
                                      aann_search **search, aann_error *error)
{
    aann_car_outputs outputs;
    const aann_status status = aann_data_car_outputs(data, spec, options, &outputs, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_search_saved saved = {network, state, size};
    return state != NULL ? aann_reward_search_resume(spec, &outputs, options, member_index, &saved,
                                                     search, error)
                         : aann_reward_search_create(spec, &outputs, options, member_index, network,
                                                     search, error);
}

aann_status aann_member_search_open(const aann_spec *spec, const aann_family_data *data,
                                    const aann_search_options *options, uint64_t member_index,
                                    const aann_network *network, const void *state, size_t size,
                                    aann_search **search, aann_error *error)
{
    if (options->reward_tracks > 0) {
        return open_reward_search(spec, data, options, member_index, network, state, size, search,
                                  error);
    }
    const aann_samples *train = aann_family_data_train(data);
    const aann_search_saved saved = {network, state, size};
    return state != NULL
               ? aann_search_resume(spec, train, options, member_index, &saved, search, error)
               : aann_search_create(spec, train, options, member_index, network, search, error);
}
