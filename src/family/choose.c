/* What a search does with data that come with no word about how: the network and the options. */
#include <math.h>
#include <stdio.h>

#include "aann/family.h"
#include "aann/options.h"
#include "family/samples.h"
#include "samples/samples.h"

enum { TABLE_MEMBERS = 5 };
static const char table_layers[] = "32@75";
static const char table_sparsity[] = "@75";
static const double table_loss_scale = 4.0;
static const uint64_t table_steps = 50000;

/* A logit is a sum of activations, one for each weight that is not 0. The deviation of the targets
 * is to be a few full activations: less would round the outputs, more could not be reached. */
static double choose_output_scale(const aann_spec *spec, const aann_samples *train)
{
    static const double activations = 4.0;
    double smallest = 1.0;
    for (int32_t o = 0; o < train->target_count; o++) {
        const double found = sqrt(aann_samples_target_variance(train, o));
        smallest = found > 0.0 && found < smallest ? found : smallest;
    }
    (void)spec;
    return fmin(activations / smallest, aann_option_find("output_scale")->maximum);
}

void aann_family_data_choose_plan(const aann_family_data *data, const aann_spec *spec,
                                  aann_family_plan *plan)
{
    aann_search_options *options = &plan->search;
    aann_search_options_balance_targets(options, data->train);
    if (data->units.standardised) {
        options->output_scale = choose_output_scale(spec, data->train);
    }
}

bool aann_family_data_choose_network(const aann_family_data *data, char *text, size_t size,
                                     aann_family_plan *plan)
{
    const aann_samples *train = data->train;
    const bool regression = train->targets != NULL;
    const int32_t outputs = regression ? train->target_count : train->class_count;
    if (!data->is_table ||
        snprintf(text, size, "%s-%d%s", table_layers, outputs, table_sparsity) >= (int)size) {
        return false;
    }
    if (plan != NULL) {
        plan->search.loss_scale = table_loss_scale;
        plan->search.steps = table_steps;
        plan->members = TABLE_MEMBERS;
    }
    return true;
}

bool aann_family_data_target_range(const aann_family_data *data, int32_t outputs, double *mean,
                                   double *scale)
{
    if (data->units.mean == NULL || data->units.count != outputs) {
        return false;
    }
    for (int32_t o = 0; o < outputs; o++) {
        mean[o] = (double)data->units.mean[o];
        scale[o] = (double)data->units.scale[o];
    }
    return true;
}
