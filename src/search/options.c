/* The table of a search's options, and what follows from it: defaults and names.
 *
 * An option is a field of aann_search_options, a line of this table, and the code that uses it. A
 * new line goes before `threads`, because the table has the order of the JSON in studies. */
#include "aann/options.h"

#include <string.h>

#include "search/objective.h"
#include "search/option_value.h"

static const char *const method_names[AANN_METHOD_COUNT + 1] = {"sense", "hill", "random",
                                                                "genetic", NULL};
static const char *const isa_names[] = {"auto", "baseline", "avx2", "avx512", "neon", NULL};

/* Name, type, group, offset, capacity; minimum, maximum, initial; choices, argument, help,
 * determines_result. */
static const aann_option table[] = {
    {"seed", AANN_OPTION_UNSIGNED, AANN_OPTION_SEARCH, offsetof(aann_search_options, seed), 1, 0,
     AANN_LARGEST_UNSIGNED, 1, NULL, "N", "where all random numbers come from", true},
    {"steps", AANN_OPTION_UNSIGNED, AANN_OPTION_BUDGET, offsetof(aann_search_options, steps), 1, 1,
     1e15, 400000, NULL, "N", "candidates per member", true},
    {"temperature", AANN_OPTION_REAL, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, temperature), 1, 0, 1e3, 1e-4, NULL, "T",
     "at the first candidate, in units of mean loss", true},
    {"cooling", AANN_OPTION_REAL, AANN_OPTION_SEARCH, offsetof(aann_search_options, cooling), 1, 1,
     3, 2, NULL, "N", "temperature falls as (1 - step / steps)^N; N is 1, 2 or 3", true},
    {"loss_scale", AANN_OPTION_REAL, AANN_OPTION_SEARCH, offsetof(aann_search_options, loss_scale),
     1, 1e-3, 1e6, 8, NULL, "S",
     "classification: logits / (127 S) go into the softmax; usually chosen by the network", true},
    {"output_scale", AANN_OPTION_REAL, AANN_OPTION_REGRESSION,
     offsetof(aann_search_options, output_scale), 1, 1e-2, 1e6, 1, NULL, "S",
     "an output is HardTanh(logit / (127 S))", true},
    {"rejection_z", AANN_OPTION_REAL, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, rejection_z), 1, 0, 100, 1, NULL, "Z",
     "reject a candidate Z standard errors above the threshold", true},
    {"within_unit", AANN_OPTION_REAL, AANN_OPTION_LAYERS,
     offsetof(aann_search_options, within_unit), 1, 0, 1, 0.8, NULL, "SHARE",
     "share of the swaps inside one unit; in the first of several layers 1 - (1 - SHARE) / 8",
     true},
    {"layer_share", AANN_OPTION_REALS, AANN_OPTION_LAYERS,
     offsetof(aann_search_options, layer_share), AANN_MAX_LAYERS, 0, 1e6, 0, NULL, "A,B,...",
     "share of the candidates that each layer starts with; not given: chosen by cost", true},
    {"adapt_layers", AANN_OPTION_BOOL, AANN_OPTION_LAYERS,
     offsetof(aann_search_options, adapt_layers), 1, 0, 1, 1, NULL, NULL,
     "shift candidates towards the layers that gain most for their cost", true},
    {"first_check", AANN_OPTION_INT32, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, first_check), 1, 1, 1e6, 8, NULL, "N",
     "blocks of 64 samples before the first test, at least one a stratum", true},
    {"strata", AANN_OPTION_INT32, AANN_OPTION_SEARCH, offsetof(aann_search_options, strata), 1, 1,
     AANN_MAX_STRATA, 8, NULL, "N", "groups of similar loss that the test samples evenly", true},
    {"arrange_interval", AANN_OPTION_UNSIGNED, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, arrange_interval), 1, 0, 1e15, 0, NULL, "N",
     "candidates between regroupings; 0: steps / 12, with jitter steps / 50", true},
    {"first_samples", AANN_OPTION_INT64, AANN_OPTION_SAMPLES,
     offsetof(aann_search_options, first_samples), 1, 0, 1e15, 4096, NULL, "N",
     "training samples at the start; 0: all", true},
    {"growth", AANN_OPTION_REAL, AANN_OPTION_SAMPLES, offsetof(aann_search_options, growth), 1, 0,
     1, 0.5, NULL, "SHARE", "share of the steps over which they grow to all", true},
    {"jitter", AANN_OPTION_INT32, AANN_OPTION_SAMPLES, offsetof(aann_search_options, jitter), 1, 0,
     100, 0, NULL, "N", "move each sample by up to N rows and columns at each regrouping", true},
    {"copies", AANN_OPTION_INT32, AANN_OPTION_SAMPLES, offsetof(aann_search_options, copies), 1, 1,
     1000, 1, NULL, "N",
     "search on N of every training sample: itself, and copies moved and warped for good", true},
    {"copy_shift", AANN_OPTION_REAL, AANN_OPTION_SAMPLES, offsetof(aann_search_options, copy_shift),
     1, 0, 100, 1, NULL, "S", "move copies by up to S rows and columns", true},
    {"copy_warp", AANN_OPTION_REAL, AANN_OPTION_SAMPLES, offsetof(aann_search_options, copy_warp),
     1, 0, 1, 0.1, NULL, "W", "turn, stretch and slant copies by up to W", true},
    {"regression", AANN_OPTION_BOOL, AANN_OPTION_REGRESSION,
     offsetof(aann_search_options, regression), 1, 0, 1, 0, NULL, NULL,
     "match targets instead of labels; follows from the data", true},
    {"target_weight", AANN_OPTION_REALS, AANN_OPTION_REGRESSION,
     offsetof(aann_search_options, target_weight), AANN_MAX_TARGETS, 0, 1e15, 0, NULL, "A,B,...",
     "weight of each output's error; 0: 1. The program's default is 1 / variance of its targets",
     true},
    {"reward_tracks", AANN_OPTION_INT64, AANN_OPTION_DRIVING,
     offsetof(aann_search_options, reward_tracks), 1, 0, 1e6, 0, NULL, "N",
     "search for reward on N tracks; 0: on samples", true},
    {"reward_first_track", AANN_OPTION_UNSIGNED, AANN_OPTION_DRIVING,
     offsetof(aann_search_options, reward_first_track), 1, 0, AANN_LARGEST_UNSIGNED, 0, NULL, "N",
     "the first of these tracks", true},
    {"method", AANN_OPTION_METHOD, AANN_OPTION_BASELINES, offsetof(aann_search_options, method), 1,
     0, 0, AANN_METHOD_SENSE, method_names, "NAME", "sense, or a baseline: hill, random or genetic",
     true},
    {"population", AANN_OPTION_INT32, AANN_OPTION_BASELINES,
     offsetof(aann_search_options, population), 1, 2, 1e5, 40, NULL, "N",
     "genetic: networks that live at a time", true},
    {"tournament", AANN_OPTION_INT32, AANN_OPTION_BASELINES,
     offsetof(aann_search_options, tournament), 1, 1, 1e5, 3, NULL, "N",
     "genetic: a parent is the best of N drawn at random", true},
    {"crossover", AANN_OPTION_REAL, AANN_OPTION_BASELINES, offsetof(aann_search_options, crossover),
     1, 0, 1, 0.5, NULL, "SHARE", "genetic: share of the children that have two parents", true},
    {"mutations", AANN_OPTION_INT32, AANN_OPTION_BASELINES,
     offsetof(aann_search_options, mutations), 1, 0, 1e6, 8, NULL, "N",
     "genetic: swaps in each child", true},
    {"warp", AANN_OPTION_REAL, AANN_OPTION_SAMPLES, offsetof(aann_search_options, warp), 1, 0, 1, 0,
     NULL, "W", "turn, stretch and slant every sample by up to W, anew at each regrouping", true},
    {"working_samples", AANN_OPTION_INT64, AANN_OPTION_SAMPLES,
     offsetof(aann_search_options, working_samples), 1, 0, 1e15, 8192, NULL, "N",
     "compare candidates on N samples, drawn anew at each regrouping; 0: on all", true},
    {"acceptance_z", AANN_OPTION_REAL, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, acceptance_z), 1, 0, 100, 3, NULL, "Z",
     "accept a candidate Z standard errors below the threshold; 0: never early", true},
    {"ranked_samples", AANN_OPTION_INT64, AANN_OPTION_SAMPLES,
     offsetof(aann_search_options, ranked_samples), 1, 0, 1e15, 262144, NULL, "N",
     "choose the working set among N of the samples, others at each regrouping; 0: among all",
     true},
    {"informed_steps", AANN_OPTION_INT32, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, informed_steps), 1, 0, 1e5, 0, NULL, "N",
     "draw N candidates at a time by the effects of a unit's single changes, where it pays; 0: "
     "blindly",
     true},
    {"density", AANN_OPTION_REALS, AANN_OPTION_DEVELOPMENT, offsetof(aann_search_options, density),
     AANN_MAX_LAYERS, 0, 100, 0, NULL, "A,B,...",
     "percent of non-zero weights while a phase lasts, of all layers or of each; 0: the network's",
     true},
    {"by_use", AANN_OPTION_REAL, AANN_OPTION_DEVELOPMENT, offsetof(aann_search_options, by_use), 1,
     0, 1, 0, NULL, "SHARE",
     "share of the synapses that such a phase loses or adds by use, not at random", true},
    {"lesion_noise", AANN_OPTION_REAL, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, lesion_noise), 1, 0, 90, 0, NULL, "PERCENT",
     "compare candidates without so many of their synapses, lost at random; 0: with all", true},
    {"lesion_masks", AANN_OPTION_INT32, AANN_OPTION_SEARCH,
     offsetof(aann_search_options, lesion_masks), 1, 1, AANN_MAX_LESION_MASKS, 8, NULL, "N",
     "such losses at a time, each on its share of the samples; others at each regrouping", true},
    {"dale", AANN_OPTION_REAL, AANN_OPTION_SEARCH, offsetof(aann_search_options, dale), 1, 0, 1, 0,
     NULL, "SHARE",
     "Dale's law: this share of the hidden units have only synapses +1, the others only -1; 0: no "
     "law",
     true},
    {"reward_steps", AANN_OPTION_INT32, AANN_OPTION_DRIVING,
     offsetof(aann_search_options, reward_steps), 1, 1, 1000, 1000, NULL, "N",
     "with --reward: a drive ends after N of its 1,000 steps", true},
    {"threads", AANN_OPTION_INT32, AANN_OPTION_MACHINE, offsetof(aann_search_options, threads), 1,
     1, 1024, 1, NULL, "N", "threads that evaluate the candidates of one member", false},
    {"isa", AANN_OPTION_ISA, AANN_OPTION_MACHINE, offsetof(aann_search_options, isa), 1, 0, 0, 0,
     isa_names, "NAME", "instruction set; auto: the best that the machine has", false},
};

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

const aann_option *aann_option_table(size_t *count)
{
    *count = OPTION_COUNT;
    return table;
}

/* Compares names; "--first-samples" equals "first_samples". */
static bool is_name(const char *given, const char *name)
{
    for (; *given != '\0' && *name != '\0'; given++, name++) {
        if ((*given == '-' ? '_' : *given) != *name) {
            return false;
        }
    }
    return *given == *name;
}

const aann_option *aann_option_find(const char *name)
{
    name += strncmp(name, "--", 2) == 0 ? 2 : 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (is_name(name, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

const char *aann_option_group_name(aann_option_group group)
{
    static const char *const names[AANN_OPTION_GROUP_COUNT] = {
        "Budget",     "Search",    "Samples", "Layers", "Development",
        "Regression", "Baselines", "Driving", "Machine"};
    return (uint32_t)group < AANN_OPTION_GROUP_COUNT ? names[group] : "unknown";
}

const char *aann_option_type_name(aann_option_type type)
{
    switch (type) {
    case AANN_OPTION_UNSIGNED: return "uint64";
    case AANN_OPTION_INT64: return "int64";
    case AANN_OPTION_INT32: return "int32";
    case AANN_OPTION_REAL: return "real";
    case AANN_OPTION_BOOL: return "bool";
    case AANN_OPTION_REALS: return "reals";
    case AANN_OPTION_METHOD: return "method";
    case AANN_OPTION_ISA: return "isa";
    }
    return "unknown";
}

/* ---- defaults -------------------------------------------------------------------------------- */

static void set_default(const aann_option *option, aann_search_options *options)
{
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
        aann_option_store(option, options, &(uint64_t){(uint64_t)option->initial});
        break;
    case AANN_OPTION_INT64:
        aann_option_store(option, options, &(int64_t){(int64_t)option->initial});
        break;
    case AANN_OPTION_INT32:
        aann_option_store(option, options, &(int32_t){(int32_t)option->initial});
        break;
    case AANN_OPTION_REAL: aann_option_store(option, options, &option->initial); break;
    case AANN_OPTION_BOOL:
        aann_option_store(option, options, &(bool){option->initial != 0.0});
        break;
    case AANN_OPTION_REALS: {
        double values[AANN_OPTION_CAPACITY];
        for (size_t i = 0; i < option->capacity; i++) {
            values[i] = option->initial;
        }
        aann_option_store(option, options, values);
        break;
    }
    case AANN_OPTION_METHOD: options->method = (aann_search_method)option->initial; break;
    case AANN_OPTION_ISA: options->isa = NULL; break;
    }
}

aann_search_options aann_search_options_default(void)
{
    aann_search_options options;
    memset(&options, 0, sizeof options);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        set_default(&table[i], &options);
    }
    return options;
}

void aann_search_options_set_unnamed(aann_search_options *options)
{
    options->warp = 0.0;
    options->working_samples = 0;
    options->acceptance_z = 0.0;
    options->ranked_samples = 0;
    options->informed_steps = 0;
}

/* ---- methods --------------------------------------------------------------------------------- */

const char *aann_search_method_name(aann_search_method method)
{
    return (uint32_t)method < AANN_METHOD_COUNT ? method_names[method] : "unknown";
}

bool aann_search_method_parse(const char *name, aann_search_method *method)
{
    for (int32_t i = 0; i < AANN_METHOD_COUNT; i++) {
        if (strcmp(name, method_names[i]) == 0) {
            *method = (aann_search_method)i;
            return true;
        }
    }
    return false;
}
