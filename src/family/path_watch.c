/* Each step of a path is compared with the network before it, weight by weight. This does not rely
 * on what the search says about its swaps, and takes a hundredth of the time of a step. */
#include "family/path_watch.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "network/network.h"

aann_path_watch aann_path_watch_start(void)
{
    return (aann_path_watch){.top_loss = -INFINITY};
}

void aann_path_watch_clear(aann_path_watch *watch)
{
    aann_network_destroy(watch->previous);
    aann_network_destroy(watch->top);
    *watch = aann_path_watch_start();
}

/* Copies the network into *kept, which has the same layers or is NULL. */
static aann_status keep(const aann_network *network, aann_network **kept, aann_error *error)
{
    if (*kept == NULL) {
        return aann_network_copy(network, kept, error);
    }
    aann_network_copy_weights(network, *kept);
    return AANN_OK;
}

aann_status aann_path_watch_leg(aann_path_watch *watch, const aann_network *from, aann_error *error)
{
    return keep(from, &watch->previous, error);
}

/* Counts the weights that differ between before[count] and after[count]; the first two places go to
 * places[2]. */
static int64_t differences(const int8_t *before, const int8_t *after, int64_t count,
                           int64_t places[2])
{
    int64_t found = 0;
    if (memcmp(before, after, (size_t)count) == 0) {
        return 0;
    }
    for (int64_t i = 0; i < count; i++) {
        if (before[i] != after[i]) {
            places[found < 2 ? found : 1] = i;
            found++;
        }
    }
    return found;
}

aann_status aann_path_watch_step(aann_path_watch *watch, const aann_network *network,
                                 aann_error *error)
{
    const aann_spec *spec = aann_network_spec(network);
    int64_t swaps = 0;
    bool others = false;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        int8_t *before = aann_network_weights_mutable(watch->previous, i);
        const int8_t *after = aann_network_weights(network, i);
        int64_t places[2] = {0};
        const int64_t changed = differences(before, after, spec->layers[i].weight_count, places);
        const bool swap = changed == 2 && before[places[0]] == after[places[1]] &&
                          before[places[1]] == after[places[0]];
        swaps += swap ? 1 : 0;
        others = others || (changed != 0 && !swap);
        if (changed != 0) {
            memcpy(before, after, (size_t)spec->layers[i].weight_count);
        }
    }
    watch->checked++;
    return swaps == 1 && !others
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "step %lld of a path is not one swap of two weights of a layer: this is "
                           "a fault of aann, please report it",
                           (long long)watch->checked);
}

aann_status aann_path_watch_loss(aann_path_watch *watch, const aann_network *network, double loss,
                                 int64_t swaps, int side, aann_error *error)
{
    if (!(loss > watch->top_loss)) {
        return AANN_OK;
    }
    watch->top_loss = loss;
    watch->top_swaps = swaps;
    watch->top_side = side;
    return keep(network, &watch->top, error);
}
