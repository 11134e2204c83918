/* What a search does with data that come with no word about how: the network and the options. */
#include <math.h>
#include <stdio.h>

#include "aann/family.h"
#include "aann/options.h"
#include "family/samples.h"
#include "samples/samples.h"

enum { TABLE_MEMBERS = 5 };
static const double table_loss_scale = 4.0;
static const uint64_t table_steps = 50000;

/* The usual networks of tables: zeros in percent. An answer that is a number needs many synapses of
 * the output, so that it has many values; few in the first layer, so that it learns no noise. */
static const char class_layers[] = "32@75";
static const char class_sparsity[] = "@75";
static const char number_layers[] = "64@90";
static const char number_sparsity[] = "@25";

/* A logit is a sum of activations, one for each weight that is not 0. The deviation of the targets
 * is to be a few full activations: less would round the outputs, more could not be reached. Of a
 * table, the farthest target is a third beyond what an output's synapses reach: fewer steps are
 * rounded away, and what is far out is answered with care (docs/results.md has the difference). */
static double choose_output_scale(const aann_spec *spec, const aann_samples *train, bool is_table)
{
    static const double activations = 4.0;
    static const double reach = 4.0 / 3.0;
    const aann_counts counts = aann_spec_counts(spec, spec->layer_count - 1);
    const double synapses = (double)(counts.minus + counts.plus) / spec->output_count;
    double smallest = 1.0;
    for (int32_t o = 0; o < train->target_count; o++) {
        const double found = sqrt(aann_samples_target_variance(train, o));
        smallest = found > 0.0 && found < smallest ? found : smallest;
    }
    const double chosen = fmax(activations / smallest, is_table ? reach * synapses : 0.0);
    return fmin(chosen, aann_option_find("output_scale")->maximum);
}

void aann_family_data_choose_plan(const aann_family_data *data, const aann_spec *spec,
                                  aann_family_plan *plan)
{
    aann_search_options *options = &plan->search;
    aann_search_options_balance_targets(options, data->train);
    if (data->units.standardised) {
        options->output_scale = choose_output_scale(spec, data->train, data->is_table);
    }
}

bool aann_family_data_choose_network(const aann_family_data *data, char *text, size_t size,
                                     aann_family_plan *plan)
{
    const aann_samples *train = data->train;
    const bool regression = train->targets != NULL;
    const int32_t outputs = regression ? train->target_count : train->class_count;
    if (!data->is_table ||
        snprintf(text, size, "%s-%d%s", regression ? number_layers : class_layers, outputs,
                 regression ? number_sparsity : class_sparsity) >= (int)size) {
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
