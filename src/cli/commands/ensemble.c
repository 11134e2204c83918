/* aann ensemble: what members achieve together. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/ensemble.h"
#include "aann/picture.h"
#include "cli/commands/command.h"
#include "cli/commands/ensemble_data.h"
#include "cli/shared/common_options.h"
#include "cli/shared/file.h"
#include "cli/shared/interval.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/pictures.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Lets the members of a family answer together, by majority vote and by the\n"
    "sum of their logits: ensembles of 1, 2, 3, ... members, drawn at random\n"
    "(mean and standard deviation over the draws) and chosen greedily on the\n"
    "validation split. All are judged on the test split. Predictions are kept in\n"
    "the study. With --data, all chosen members answer together to a file, and\n"
    "the answer to each sample is printed, one a line.\n"
    "\n"
    "  aann ensemble mnist.aann\n"
    "  aann ensemble mnist.aann --size 30 --draws 50 --csv ensemble.csv\n"
    "  aann ensemble mine.aann --data new.csv\n"
    "  sensor | aann ensemble mine.aann --data - --stream     (as it comes)\n";

typedef struct ensemble_arguments {
    cli_family_options members;
    int32_t size, draws;
    int64_t seed;
    const char *csv, *pictures;
    bool json;
} ensemble_arguments;

enum { METHODS = 2 };
static const char *const method_names[METHODS] = {"vote", "sum"};

/* Accuracies at sizes 1..length, for each method, all in one piece of memory. */
typedef struct ensemble_curves {
    int32_t length;
    double *memory;
    double *mean[METHODS];
    double *deviation[METHODS];
    double *minimum[METHODS];
    double *maximum[METHODS];
    double *greedy[METHODS];            /* on the split judged on */
    double *greedy_validation[METHODS]; /* on the split chosen on */
    int32_t *order[METHODS];            /* greedy choice, indices of members */
    const char *split;                  /* judged on */
    int64_t samples;
    double *single; /* [members] accuracy of each member, on the split judged on */
    int32_t best;   /* member with the best accuracy on the split chosen on */
} ensemble_curves;

static aann_status allocate(ensemble_curves *curves, int32_t length, int32_t members,
                            aann_error *error)
{
    enum { CURVES = 6 };
    *curves = (ensemble_curves){.length = length};
    curves->memory = calloc((size_t)length, METHODS * CURVES * sizeof *curves->memory);
    curves->single = calloc((size_t)members, sizeof *curves->single);
    double *next = curves->memory;
    for (int method = 0; method < METHODS; method++) {
        curves->order[method] = calloc((size_t)length, sizeof *curves->order[method]);
        double **const parts[CURVES] = {
            &curves->mean[method],    &curves->deviation[method],
            &curves->minimum[method], &curves->maximum[method],
            &curves->greedy[method],  &curves->greedy_validation[method]};
        for (int i = 0; i < CURVES && next != NULL; i++, next += length) {
            *parts[i] = next;
        }
    }
    if (curves->memory == NULL || curves->single == NULL || curves->order[0] == NULL ||
        curves->order[1] == NULL) {
        cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for ensembles");
        return AANN_ERROR_MEMORY;
    }
    return AANN_OK;
}

static void clear(ensemble_curves *curves)
{
    free(curves->memory);
    free(curves->single);
    free(curves->order[0]);
    free(curves->order[1]);
}

/* ---- measuring ------------------------------------------------------------------------------- */

static aann_status measure_method(const ensemble_arguments *a, int method,
                                  const aann_predictions *chosen_on, const int32_t *chosen_labels,
                                  const aann_predictions *judged_on, const int32_t *judged_labels,
                                  ensemble_curves *curves, aann_error *error)
{
    const aann_ensemble_spread spread = {curves->mean[method], curves->deviation[method],
                                         curves->minimum[method], curves->maximum[method]};
    const aann_ensemble_method how = method == 0 ? AANN_ENSEMBLE_VOTE : AANN_ENSEMBLE_SUM;
    aann_status status = aann_ensemble_sample(judged_on, judged_labels, how, (uint64_t)a->seed,
                                              a->draws, curves->length, &spread, error);
    if (status == AANN_OK) {
        status =
            aann_ensemble_choose(chosen_on, chosen_labels, how, curves->length,
                                 curves->order[method], curves->greedy_validation[method], error);
    }
    if (status == AANN_OK) {
        status = aann_ensemble_grow(judged_on, judged_labels, how, curves->order[method],
                                    curves->length, curves->greedy[method], error);
    }
    return status;
}

/* The member that is best on the split chosen on; of equal ones the one with the lower loss. */
static int32_t find_best(const aann_family *family, const ensemble_curves *curves)
{
    int32_t best = curves->order[0][0]; /* the greedy choice starts with the first of the best */
    for (int32_t i = 0; i < family->member_count; i++) {
        const aann_member_row *one = &family->members[i];
        const bool as_good = one->validation_accuracy == family->members[best].validation_accuracy;
        best = as_good && one->validation_loss < family->members[best].validation_loss ? i : best;
    }
    return best;
}

static aann_status measure_singles(const aann_family *family, const aann_predictions *judged_on,
                                   const int32_t *labels, ensemble_curves *curves,
                                   aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < judged_on->member_count; i++) {
        status = aann_ensemble_grow(judged_on, labels, AANN_ENSEMBLE_SUM, &i, 1, &curves->single[i],
                                    error);
    }
    curves->best = find_best(family, curves);
    return status;
}

static aann_status measure(const ensemble_arguments *a, cli_family *opened, ensemble_curves *curves,
                           aann_error *error)
{
    const bool has_test = aann_family_data_test(opened->data) != NULL;
    aann_predictions validation = {0};
    aann_predictions test = {0};
    curves->split = has_test ? "test" : "validation";
    aann_status status = cli_family_predict(opened, "validation", &validation, error);
    if (status == AANN_OK && has_test) {
        status = cli_family_predict(opened, "test", &test, error);
    }
    const aann_predictions *judged_on = has_test ? &test : &validation;
    if (status == AANN_OK) {
        const int32_t *chosen_labels = aann_family_data_validation(opened->data)->labels;
        const int32_t *judged_labels = aann_family_data_split(opened->data, curves->split)->labels;
        curves->samples = judged_on->sample_count;
        for (int method = 0; status == AANN_OK && method < METHODS; method++) {
            status = measure_method(a, method, &validation, chosen_labels, judged_on, judged_labels,
                                    curves, error);
        }
        if (status == AANN_OK) {
            status = measure_singles(&opened->family, judged_on, judged_labels, curves, error);
        }
    }
    aann_predictions_destroy(&validation);
    aann_predictions_destroy(&test);
    return status;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Sizes worth a line: all up to 10, then ever fewer, and the last. */
static bool is_shown(int32_t size, int32_t length)
{
    return size <= 10 || size == length || (size <= 50 && size % 5 == 0) || size % 25 == 0;
}

static void print_table(const ensemble_curves *curves)
{
    cli_print("  %5s   %-19s %-19s   %-9s %-9s\n", "size", "random, vote", "random, sum", "greedy,",
              "greedy,");
    cli_print("  %5s   %-19s %-19s   %-9s %-9s\n", "", "", "", "vote", "sum");
    for (int32_t i = 0; i < curves->length; i++) {
        if (!is_shown(i + 1, curves->length)) {
            continue;
        }
        printf("  %5d", i + 1);
        for (int method = 0; method < METHODS; method++) {
            printf("   %6.2f", 100.0 * curves->mean[method][i]);
            if (isfinite(curves->deviation[method][i])) {
                printf(" +- %-6.2f", 100.0 * curves->deviation[method][i]);
            } else {
                cli_print("    %6s", "");
            }
        }
        printf("    %6.2f    %6.2f\n", 100.0 * curves->greedy[0][i], 100.0 * curves->greedy[1][i]);
    }
}

static void print(const ensemble_arguments *a, const cli_family *opened,
                  const ensemble_curves *curves)
{
    cli_print("%s, family %" PRId64 " \"%s\": %d members, %s\n", opened->path,
              opened->family.row.id, opened->family.row.name, opened->family.member_count,
              opened->family.row.spec);
    cli_print("\nAccuracy in percent on the %" PRId64 " samples of the %s split, %d random draws\n",
              curves->samples, curves->split, a->draws);
    print_table(curves);
    const int32_t last = curves->length - 1;
    const double single = curves->single[curves->best];
    const double together = curves->greedy[1][last];
    printf("\nThe member that is best on the validation split, %" PRId64
           ", has %.2f %%; the %d chosen together "
           "(sum) %.2f %%: %+.2f points.\n",
           opened->family.members[curves->best].id, 100.0 * single, curves->length,
           100.0 * together, 100.0 * (together - single));
    char intervals[2][CLI_INTERVAL_SIZE];
    cli_print("95 %% intervals (Wilson): %s and %s.\n",
              cli_interval(single, curves->samples, intervals[0]),
              cli_interval(together, curves->samples, intervals[1]));
    if (strcmp(curves->split, "validation") == 0) {
        printf(
            "There is no test split: the greedy choice is judged on the samples it was made on, and "
            "flatters.\n");
    }
}

/* ---- JSON and CSV ---------------------------------------------------------------------------- */

/* [[low, high], ...] of accuracies[count]. */
static json_t *intervals_json(const double *accuracies, int32_t count, int64_t samples)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < count; i++) {
        json_array_append_new(array, cli_json_interval(accuracies[i], samples));
    }
    return array;
}

static json_t *method_json(const cli_family *opened, const ensemble_curves *curves, int method)
{
    json_t *order = json_array();
    for (int32_t i = 0; i < curves->length; i++) {
        json_array_append_new(
            order, json_integer((json_int_t)opened->family.members[curves->order[method][i]].id));
    }
    const int32_t length = curves->length;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "mean",
                     cli_json_reals(curves->mean[method], length), "deviation",
                     cli_json_reals(curves->deviation[method], length), "minimum",
                     cli_json_reals(curves->minimum[method], length), "maximum",
                     cli_json_reals(curves->maximum[method], length), "greedy",
                     cli_json_reals(curves->greedy[method], length), "greedy_intervals",
                     intervals_json(curves->greedy[method], length, curves->samples),
                     "greedy_validation", cli_json_reals(curves->greedy_validation[method], length),
                     "greedy_order", order);
}

static void print_json(const ensemble_arguments *a, const cli_family *opened,
                       const ensemble_curves *curves)
{
    json_t *members = json_array();
    for (int32_t i = 0; i < opened->family.member_count; i++) {
        json_array_append_new(members, json_integer((json_int_t)opened->family.members[i].id));
    }
    cli_print_json(json_pack(
        "{s:o, s:I, s:o, s:o, s:s, s:I, s:i, s:I, s:o, s:o, s:I, s:o, s:o}", "study",
        cli_json_text(opened->path), "family", (json_int_t)opened->family.row.id, "spec",
        cli_json_text(opened->family.row.spec), "members", members, "split", curves->split,
        "samples", (json_int_t)curves->samples, "draws", a->draws, "seed", (json_int_t)a->seed,
        "single", cli_json_reals(curves->single, opened->family.member_count), "single_intervals",
        intervals_json(curves->single, opened->family.member_count, curves->samples), "best",
        (json_int_t)opened->family.members[curves->best].id, "vote", method_json(opened, curves, 0),
        "sum", method_json(opened, curves, 1)));
}

enum { CSV_DIGITS = 10 };

static aann_status write_csv(const ensemble_curves *curves, const char *path, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    fputs(
        "size,method,random_mean,random_deviation,random_minimum,random_maximum,greedy,greedy_validation\n",
        file);
    for (int method = 0; method < METHODS; method++) {
        for (int32_t i = 0; i < curves->length; i++) {
            const double numbers[] = {
                curves->mean[method][i],    curves->deviation[method][i],
                curves->minimum[method][i], curves->maximum[method][i],
                curves->greedy[method][i],  curves->greedy_validation[method][i]};
            cli_print_to(file, "%d,%s", i + 1, method_names[method]);
            cli_put_cells(file, numbers, sizeof numbers / sizeof numbers[0], CSV_DIGITS);
            fputc('\n', file);
        }
    }
    return cli_file_close(path, file, error);
}

/* ---- picture --------------------------------------------------------------------------------- */

enum { DRAWN = 5, TEXT_SIZE = 160 };

/* The curves in percent, scaled[DRAWN][length], as series. */
static void make_series(const ensemble_curves *curves, double *sizes, double *scaled, double *bands,
                        aann_picture_series series[DRAWN])
{
    const int32_t length = curves->length;
    const double *const values[DRAWN] = {curves->mean[1], curves->mean[0], curves->greedy[1],
                                         curves->greedy[0], NULL};
    static const char *const names[DRAWN] = {"random, sum", "random, vote", "greedy, sum",
                                             "greedy, vote", "best single member on validation"};
    for (int32_t i = 0; i < length; i++) {
        sizes[i] = i + 1.0;
    }
    for (int s = 0; s < DRAWN; s++) {
        double *y = scaled + (size_t)s * (size_t)length;
        for (int32_t i = 0; i < length; i++) {
            y[i] = 100.0 * (values[s] != NULL ? values[s][i] : curves->single[curves->best]);
        }
        series[s] = (aann_picture_series){.name = names[s],
                                          .x = sizes,
                                          .y = y,
                                          .count = length,
                                          .mark = s < 2 ? AANN_MARK_LINE : AANN_MARK_DASHES};
        if (s < 2) { /* a band of one standard deviation */
            double *low = bands + (size_t)(2 * s) * (size_t)length;
            double *high = low + length;
            for (int32_t i = 0; i < length; i++) {
                const double deviation = 100.0 * curves->deviation[s == 0 ? 1 : 0][i];
                low[i] = y[i] - (isfinite(deviation) ? deviation : 0.0);
                high[i] = y[i] + (isfinite(deviation) ? deviation : 0.0);
            }
            series[s].low = low;
            series[s].high = high;
        }
    }
}

static aann_status draw(const cli_family *opened, const ensemble_curves *curves, const char *folder,
                        aann_error *error)
{
    const size_t length = (size_t)curves->length;
    double *memory = calloc(length, (1 + DRAWN + 4) * sizeof *memory);
    if (memory == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    aann_picture_series series[DRAWN];
    make_series(curves, memory, memory + length, memory + (1 + DRAWN) * length, series);
    char subtitle[TEXT_SIZE];
    char label[TEXT_SIZE];
    snprintf(subtitle, sizeof subtitle, "%s: %d members, %.80s", opened->family.row.name,
             opened->family.member_count, opened->family.row.spec);
    snprintf(label, sizeof label, "accuracy on the %s split (%%)", curves->split);
    const aann_picture_frame frame = {.title = "Ensembles: accuracy against size",
                                      .subtitle = subtitle,
                                      .x_label = "members in the ensemble",
                                      .y_label = label};
    aann_status status = cli_make_folder(folder, error);
    if (status == AANN_OK) {
        status = cli_draw_lines(folder, "ensemble", &frame, series, DRAWN, error);
    }
    free(memory);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------- */

static aann_status run(const ensemble_arguments *a, cli_family *opened, aann_error *error)
{
    ensemble_curves curves;
    const int32_t length =
        a->size < opened->family.member_count ? a->size : opened->family.member_count;
    aann_status status = allocate(&curves, length, opened->family.member_count, error);
    if (status == AANN_OK) {
        status = measure(a, opened, &curves, error);
    }
    if (status == AANN_OK && a->csv != NULL) {
        status = write_csv(&curves, a->csv, error);
    }
    if (status == AANN_OK && a->pictures != NULL) {
        status = draw(opened, &curves, a->pictures, error);
    }
    if (status == AANN_OK && a->json) {
        print_json(a, opened, &curves);
    } else if (status == AANN_OK) {
        print(a, opened, &curves);
    }
    clear(&curves);
    return status;
}

static int answer(ensemble_request *request, bool wants_files)
{
    if (wants_files) {
        return cli_usage_error("ensemble: --csv and --pictures are for samples with labels, of the "
                               "family's own splits; --data has none");
    }
    if (request->method != NULL && strcmp(request->method, "sum") != 0 &&
        strcmp(request->method, "vote") != 0) {
        return cli_usage_error("ensemble: --method: expected sum or vote, not '%s'",
                               request->method);
    }
    if (request->stream && request->json) {
        return cli_usage_error("ensemble: --stream goes not with --json");
    }
    return ensemble_answer(request);
}

int cli_ensemble(int count, char **texts)
{
    ensemble_arguments a = {
        .members = cli_family_options_default(), .size = 50, .draws = 20, .seed = 1};
    ensemble_request request = {.load = cli_load_default()};
    const cli_option options[] = {
        {"family", CLI_LONG, &a.members.family, 1, 9e15, "ID", "which family (the study's last)",
         NULL},
        {"all", CLI_FLAG, &a.members.all, 0, 0, NULL, "unfinished and failed members, too", NULL},
        {"members", CLI_INT, &a.members.limit, 1, 1e6, "N", "only the first N members", NULL},
        {"size", CLI_INT, &a.size, 1, 1e6, "N",
         "the largest ensemble (50, or all members if there are fewer)", NULL},
        {"draws", CLI_INT, &a.draws, 1, 1e6, "N", "random orders of the members (20)", NULL},
        {"seed", CLI_LONG, &a.seed, 0, 9e15, "N", "of the random orders (1)", NULL},
        cli_origin_option(&a.members.origin),
        cli_no_keep_option(&a.members.keep),
        {"csv", CLI_TEXT, &a.csv, 0, 0, "FILE", "all sizes as CSV", NULL},
        {"pictures", CLI_TEXT, &a.pictures, 0, 0, "DIR", "a picture, as PNG and SVG", NULL},
        cli_threads_option(&a.members.threads),
        {.name = "Other data", .kind = CLI_HEADING},
        {"data", CLI_TEXT, &request.data, 0, 0, "FILE",
         "print what the members answer together to these samples", NULL},
        {"method", CLI_TEXT, &request.method, 0, 0, "NAME",
         "sum of the logits, or vote (sum); regression takes the mean", NULL},
        {"stream", CLI_FLAG, &request.stream, 0, 0, NULL,
         "answer each row, or each window, of a table as soon as it has come", NULL},
        {0},
    };
    const char *positional[1];
    const cli_syntax syntax = {
        "ensemble", "STUDY [OPTIONS]", description, options, positional, 1, 1, &a.json};
    int status;
    if (!cli_load_parse(&syntax, &request.load, count, texts, &status)) {
        return status;
    }
    if (request.data != NULL) {
        request.study = positional[0];
        request.members = a.members;
        request.json = a.json;
        return answer(&request, a.csv != NULL || a.pictures != NULL);
    }
    if (request.method != NULL || request.stream) {
        return cli_usage_error("ensemble: --%s is for --data",
                               request.stream ? "stream" : "method");
    }
    a.members.data_limit = request.load.options.data_limit;
    aann_error error;
    cli_family opened;
    aann_status done = cli_family_open(positional[0], &a.members, 1, &opened, &error);
    if (done == AANN_OK) {
        done = run(&a, &opened, &error);
    }
    cli_family_close(&opened);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
