/* The options --lesion, --shuffle and --shared-weight. */
#include "cli/shared/ablation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aann/ablation.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

cli_ablation cli_default_alteration(void)
{
    return (cli_ablation){.lesion = -1.0, .layer = AANN_EVERY_LAYER, .seed = 1};
}

size_t cli_alteration_options(cli_ablation *a, cli_option *options)
{
    const cli_option known[] = {
        {"lesion", CLI_REAL, &a->lesion, 0, 100, "P",
         "after deleting P percent of the synapses at random", NULL},
        {"shuffle", CLI_FLAG, &a->shuffle, 0, 0, NULL, "after shuffling the wiring: the null model",
         NULL},
        {"layer", CLI_INT, &a->layer, 0, AANN_MAX_LAYERS - 1, "N",
         "lesion or shuffle of one layer, counted from 0 (all layers)", NULL},
        {"draw", CLI_LONG, &a->draw, 0, 1e9, "N", "which random lesion or shuffle (0)",
         &a->draw_given},
        {"draw-seed", CLI_LONG, &a->seed, 0, 9e18, "N", "where their random numbers come from (1)",
         &a->seed_given},
        {"shared-weight", CLI_REAL, &a->shared, -1, 1, "W",
         "all synapses have this weight: 1, 0.5, 0.25, ... or the same below 0", &a->shared_given},
        {"keep-signs", CLI_FLAG, &a->keep_signs, 0, 0, NULL,
         "with --shared-weight: W times their signs", NULL},
    };
    memcpy(options, known, sizeof known);
    return sizeof known / sizeof known[0];
}

bool cli_ablation_is_given(const cli_ablation *a)
{
    return a->lesion >= 0.0 || a->shuffle || a->shared_given || a->keep_signs || a->layer >= 0 ||
           a->draw_given || a->seed_given;
}

/* Options that would have no effect are mistakes. */
static aann_status check(const cli_ablation *a, aann_error *error)
{
    const bool random = a->lesion >= 0.0 || a->shuffle;
    if ((a->lesion >= 0.0 ? 1 : 0) + (a->shuffle ? 1 : 0) + (a->shared_given ? 1 : 0) > 1) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--lesion, --shuffle and --shared-weight: expected one of them");
    }
    if (!random && (a->layer >= 0 || a->draw_given || a->seed_given)) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "--layer, --draw and --draw-seed say which --lesion or --shuffle; "
                             "expected one of these two");
    }
    if (a->keep_signs && !a->shared_given) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT, "--keep-signs needs --shared-weight");
    }
    return AANN_OK;
}

static void describe_layer(const cli_ablation *a, const aann_spec *spec, char text[64])
{
    char name[48];
    if (a->layer < 0 || a->layer >= spec->layer_count) {
        snprintf(text, 64, "all layers");
        return;
    }
    aann_layer_name(&spec->layers[a->layer], name, sizeof name);
    snprintf(text, 64, "layer %s", name);
}

/* What was asked for, as one change, and in words. */
static aann_ablation choose(const cli_ablation *a, const char *where, char *text, size_t size)
{
    aann_ablation change = {
        .layer = a->layer, .seed = (uint64_t)a->seed, .draw = (uint64_t)a->draw};
    text[0] = '\0';
    if (a->lesion >= 0.0) {
        change.kind = AANN_ABLATION_LESION;
        change.amount = a->lesion;
        snprintf(text, size, ", %g %% of the synapses of %s deleted, draw %" PRId64, a->lesion,
                 where, a->draw);
    } else if (a->shuffle) {
        change.kind = AANN_ABLATION_SHUFFLE;
        snprintf(text, size, ", %s shuffled, draw %" PRId64, where, a->draw);
    } else if (a->shared_given) {
        change.kind = AANN_ABLATION_SHARED_WEIGHT;
        change.amount = a->shared;
        change.keep_signs = a->keep_signs;
        snprintf(text, size, ", all synapses %g%s", a->shared,
                 a->keep_signs ? " times their sign" : "");
    }
    return change;
}

aann_status cli_ablation_copy(const cli_ablation *a, const aann_network *network,
                              aann_network **changed, char *text, size_t size, aann_error *error)
{
    char where[64];
    const aann_spec *spec = aann_network_spec(network);
    *changed = NULL;
    const aann_status status = check(a, error);
    if (status != AANN_OK) {
        return status;
    }
    describe_layer(a, spec, where);
    if (a->layer >= spec->layer_count) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT, "--layer: there are 0 to %d",
                             spec->layer_count - 1);
    }
    const aann_ablation change = choose(a, where, text, size);
    return aann_ablation_apply(network, &change, changed, NULL, error);
}

aann_status cli_ablation_apply(const cli_ablation *a, aann_member *member, char *text, size_t size,
                               aann_error *error)
{
    aann_network *changed;
    const aann_status status = cli_ablation_copy(a, member->network, &changed, text, size, error);
    if (status == AANN_OK) {
        aann_network_destroy(member->network);
        member->network = changed;
        member->spec = *aann_network_spec(changed);
    }
    return status;
}
