/* aann geometry: how far apart the members of a family are. */
#include "cli/shared/geometry.h"
#include "cli/commands/command.h"
#include "cli/shared/common_options.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"

static const char description[] =
    "Compares all pairs of a family's finished members: the number of weights in\n"
    "which they differ, beside what chance gives for the same counts, before and\n"
    "after matching their hidden units; how often they answer alike and are wrong\n"
    "together; how similar their layers are (linear CKA). docs/families.md\n"
    "explains the numbers. Predictions are kept in the study, so that the next\n"
    "look needs no forward passes.\n"
    "\n"
    "  aann geometry mnist.aann\n"
    "  aann geometry mnist.aann --pictures pictures --csv pairs.csv\n"
    "  aann geometry mnist.aann --json --matrices\n";

typedef struct geometry_arguments {
    cli_family_options members;
    aann_measures_options measure;
    const char *split, *csv, *pictures;
    bool json, matrices;
} geometry_arguments;

/* Of the answers to a split; a regression has none that are right or wrong. */
static aann_status measure(const geometry_arguments *a, cli_family *opened,
                           cli_comparison *geometry, aann_error *error)
{
    const bool has_test = aann_family_data_test(opened->data) != NULL;
    *geometry = (cli_comparison){.opened = opened, .split = a->split};
    if (geometry->split == NULL) {
        geometry->split = has_test ? "test" : "validation";
    }
    const aann_samples *samples = aann_family_data_split(opened->data, geometry->split);
    const bool answers = samples == NULL || samples->labels != NULL;
    aann_predictions predictions = {0};
    aann_status status = AANN_OK;
    if (answers) {
        status = cli_family_predict(opened, geometry->split, &predictions, error);
    }
    if (status == AANN_OK) {
        aann_measures_options options = a->measure;
        options.threads = opened->threads;
        geometry->samples = predictions.sample_count;
        geometry->computed = predictions.computed;
        status = aann_measures_take((const aann_network *const *)opened->family.networks,
                                    opened->family.member_count, answers ? &predictions : NULL,
                                    samples, &options, &geometry->measures, error);
    }
    aann_predictions_destroy(&predictions);
    return status;
}

static aann_status report(const geometry_arguments *a, const cli_comparison *geometry,
                          aann_error *error)
{
    aann_status status = AANN_OK;
    if (a->csv != NULL) {
        status = cli_geometry_csv(geometry, a->csv, error);
    }
    if (status == AANN_OK && a->pictures != NULL) {
        status = cli_geometry_pictures(geometry, a->pictures, error);
    }
    if (status == AANN_OK && a->json) {
        cli_geometry_json(geometry, a->matrices);
    } else if (status == AANN_OK) {
        cli_geometry_print(geometry);
    }
    return status;
}

int cli_geometry(int count, char **texts)
{
    geometry_arguments a = {.members = cli_family_options_default(),
                            .measure = aann_measures_options_default()};
    a.measure.similarity_samples = 256;
    a.measure.restarts = 10;
    a.measure.nulls = true;
    a.measure.references = true;
    const cli_option options[] = {
        {"family", CLI_LONG, &a.members.family, 1, 9e15, "ID", "which family (the study's last)",
         NULL},
        {"all", CLI_FLAG, &a.members.all, 0, 0, NULL, "unfinished and failed members, too", NULL},
        {"members", CLI_INT, &a.members.limit, 2, 1e6, "N", "only the first N members", NULL},
        {"split", CLI_TEXT, &a.split, 0, 0, "NAME",
         "whose answers are compared: validation or test (test)", NULL},
        {"samples", CLI_INT, &a.measure.similarity_samples, 0, 20000, "N",
         "samples for the similarity of layers, the split's first; 0: none (256)", NULL},
        {"unbiased", CLI_FLAG, &a.measure.unbiased, 0, 0, NULL,
         "similarity without its bias for few samples", NULL},
        cli_origin_option(&a.members.origin),
        {"restarts", CLI_INT, &a.measure.restarts, 0, AANN_MAX_RESTARTS, "N",
         "match from random names too, until N in a row find nothing closer (10)", NULL},
        {"no-nulls", CLI_CLEAR, &a.measure.nulls, 0, 0, NULL,
         "no null models: distances of shuffled members", NULL},
        {"no-match", CLI_CLEAR, &a.measure.match, 0, 0, NULL,
         "no distances after matching units, the slowest part", NULL},
        cli_no_keep_option(&a.members.keep),
        {"csv", CLI_TEXT, &a.csv, 0, 0, "FILE", "all pairs as CSV", NULL},
        {"pictures", CLI_TEXT, &a.pictures, 0, 0, "DIR", "pictures, as PNG and SVG", NULL},
        {"matrices", CLI_FLAG, &a.matrices, 0, 0, NULL, "with --json: the whole matrices", NULL},
        cli_moved_data_option(&a.members.data),
        cli_moved_test_option(&a.members.test),
        cli_data_limit_option(&a.members.data_limit),
        cli_threads_option(&a.members.threads),
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {
        "geometry", "STUDY [OPTIONS]", description, options, positional, 1, 1, &a.json};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (a.measure.similarity_samples > 0 && a.measure.similarity_samples < 4) {
        return cli_usage_error("--samples: similarity needs at least 4 samples (or 0: none)");
    }
    aann_error error;
    cli_family opened;
    cli_comparison geometry = {.samples = 0};
    aann_status done = cli_family_open(positional[0], &a.members, 2, &opened, &error);
    if (done == AANN_OK) {
        done = measure(&a, &opened, &geometry, &error);
    }
    if (done == AANN_OK) {
        done = report(&a, &geometry, &error);
    }
    aann_measures_destroy(&geometry.measures);
    cli_family_close(&opened);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
