/* `aann geometry` as text, JSON and CSV. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/file.h"
#include "cli/shared/geometry.h"
#include "cli/shared/histogram.h"
#include "cli/shared/message.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

/* ---- titles ---------------------------------------------------------------------------------- */

const char *cli_measure_title(const cli_comparison *geometry, const aann_measure *measure,
                              char text[CLI_TITLE_SIZE])
{
    static const struct {
        const char *key;
        const char *title;
    } answers[] = {
        {"agreement", "same answer (share of samples)"},
        {"answer_kappa", "kappa of the answers"},
        {"error_overlap", "shared errors (of all errors of two)"},
        {"error_kappa", "kappa of the errors"},
    };
    snprintf(text, CLI_TITLE_SIZE, "all layers");
    if (measure->layer >= 0) {
        aann_layer_name(&geometry->opened->family.spec.layers[measure->layer], text,
                        CLI_TITLE_SIZE);
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (strcmp(measure->key, answers[i].key) == 0) {
            snprintf(text, CLI_TITLE_SIZE, "%s", answers[i].title);
        }
    }
    return text;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Of one pair there is no deviation. */
static const char *deviation_text(const aann_measure *measure, char text[16])
{
    snprintf(text, 16, isfinite(measure->summary.deviation) ? "%.1f" : "-",
             measure->summary.deviation);
    return text;
}

static void print_distances(const cli_comparison *geometry)
{
    const aann_measures *measures = &geometry->measures;
    char title[CLI_TITLE_SIZE], deviation[16];
    printf("\nWeights that differ, in %" PRId64 " pairs\n", measures->list[0].summary.count);
    cli_print("  %-12s %21s   %19s %7s %7s   %s\n", "layer", "expected by chance", "found", "least",
              "most", "after matching units");
    for (int32_t i = 0; i < measures->measure_count; i++) {
        const aann_measure *raw = &measures->list[i];
        if (raw->kind != AANN_MEASURE_DISTANCE) {
            continue;
        }
        char key[64];
        snprintf(key, sizeof key, "matched%s", raw->key + strlen("distance"));
        const aann_measure *matched = aann_measures_find(measures, key);
        cli_print("  %-12s %12.1f +- %5.1f   %10.1f +- %5s %7.0f %7.0f",
                  cli_measure_title(geometry, raw, title), raw->chance.mean,
                  sqrt(raw->chance.variance), raw->summary.mean, deviation_text(raw, deviation),
                  raw->summary.minimum, raw->summary.maximum);
        if (matched != NULL) {
            cli_print("   %10.1f +- %5s (by chance %.1f)", matched->summary.mean,
                      deviation_text(matched, deviation), matched->chance.mean);
        }
        putchar('\n');
    }
}

/* Shuffled members: what is left of the distance if only some structure is kept. */
static void print_nulls(const cli_comparison *geometry)
{
    const aann_measures *measures = &geometry->measures;
    char title[CLI_TITLE_SIZE];
    if (!isfinite(measures->list[0].nulls[AANN_NULL_UNIFORM].mean)) {
        return;
    }
    cli_print("\nThe same of shuffled members, which keep the counts of every ...\n");
    cli_print("  %-12s %10s %10s %10s %10s %10s   %s\n", "layer", "layer", "unit", "kernel",
              "place", "degree", "place, after matching");
    for (int32_t i = 0; i < measures->measure_count; i++) {
        const aann_measure *raw = &measures->list[i];
        if (raw->kind != AANN_MEASURE_DISTANCE) {
            continue;
        }
        static const aann_null order[] = {AANN_NULL_UNIFORM, AANN_NULL_UNITS, AANN_NULL_KERNELS,
                                          AANN_NULL_PLACES, AANN_NULL_DEGREES};
        cli_print("  %-12s", cli_measure_title(geometry, raw, title));
        for (size_t n = 0; n < sizeof order / sizeof order[0]; n++) {
            printf(" %10.1f", raw->nulls[order[n]].mean);
        }
        char key[64];
        snprintf(key, sizeof key, "matched%s", raw->key + strlen("distance"));
        const aann_measure *matched = aann_measures_find(measures, key);
        if (matched != NULL) {
            printf("   %10.1f +- %5.1f", matched->nulls[AANN_NULL_PLACES].mean,
                   sqrt(matched->nulls[AANN_NULL_PLACES].variance));
        }
        putchar('\n');
    }
}

static void print_number(double value)
{
    if (isfinite(value)) {
        printf(" %9.4f", value);
    } else {
        cli_print(" %9s", "-");
    }
}

static void print_measures(const cli_comparison *geometry, aann_measure_kind kind, int width)
{
    const aann_measures *measures = &geometry->measures;
    char title[CLI_TITLE_SIZE];
    const bool similarity = kind == AANN_MEASURE_SIMILARITY;
    cli_print("  %-*s %9s %9s %9s %9s %9s%s\n", width, "", "mean", "deviation", "least", "median",
              "most", similarity ? "   random ones   found, random" : "");
    for (int32_t i = 0; i < measures->measure_count; i++) {
        const aann_measure *measure = &measures->list[i];
        if (measure->kind != kind) {
            continue;
        }
        cli_print("  %-*s", width, cli_measure_title(geometry, measure, title));
        print_number(measure->summary.mean);
        print_number(measure->summary.deviation);
        print_number(measure->summary.minimum);
        print_number(measure->summary.median);
        print_number(measure->summary.maximum);
        if (similarity) {
            print_number(measure->chance.mean);
            printf("  ");
            print_number(measure->mixed.mean);
        }
        putchar('\n');
    }
}

static void print_histograms(const cli_comparison *geometry)
{
    const aann_measures *measures = &geometry->measures;
    enum { BINS = 12 };
    int64_t pairs = 0;
    double *distances =
        cli_pairs(aann_measures_find(measures, "distance")->values, measures->count, &pairs);
    printf("\nDistances, all layers\n");
    if (distances != NULL) {
        cli_print_histogram(distances, pairs, BINS, "%9.1f");
    }
    free(distances);
    if (measures->accuracy != NULL) {
        cli_print("\nAccuracy on the %s split\n", geometry->split);
        cli_print_histogram(measures->accuracy, measures->count, BINS, "%9.5f");
    }
}

void cli_geometry_print(const cli_comparison *geometry)
{
    const cli_family *opened = geometry->opened;
    const aann_measures *measures = &geometry->measures;
    cli_print("%s, family %" PRId64 " \"%s\": %d members, %s\n", opened->path,
              opened->family.row.id, opened->family.row.name, opened->family.member_count,
              opened->family.row.spec);
    cli_print_left_out(opened);
    print_distances(geometry);
    print_nulls(geometry);
    if (measures->accuracy != NULL) {
        cli_print("\nAnswers to the %" PRId64
                  " samples of the %s split (%d forward passes, %d kept from before)\n",
                  geometry->samples, geometry->split, geometry->computed,
                  measures->count - geometry->computed);
        print_measures(geometry, AANN_MEASURE_ANSWERS, 38);
    }
    if (measures->similarity_samples > 0) {
        printf("\nSimilarity of what the layers see in %d samples (linear CKA)\n",
               measures->similarity_samples);
        print_measures(geometry, AANN_MEASURE_SIMILARITY, 12);
    }
    print_histograms(geometry);
    printf(
        "\nA map with two axes shows %.1f %% of the distances (equal distances would give %.1f %%)\n",
        100.0 * measures->share, 200.0 / fmax(2.0, measures->count - 1.0));
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *summary_json(const aann_summary *summary)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "count", (json_int_t)summary->count, "mean",
                     cli_json_real(summary->mean), "deviation", cli_json_real(summary->deviation),
                     "minimum", cli_json_real(summary->minimum), "median",
                     cli_json_real(summary->median), "maximum", cli_json_real(summary->maximum));
}

static json_t *rows_json(const double *values, int32_t rows, int32_t columns)
{
    json_t *array = json_array();
    for (int32_t row = 0; row < rows; row++) {
        json_array_append_new(array,
                              cli_json_reals(values + (size_t)row * (size_t)columns, columns));
    }
    return array;
}

/* Means and deviations by null model, those that were measured. */
static json_t *nulls_json(const aann_measure *measure)
{
    json_t *object = json_object();
    for (int null = 0; null < AANN_NULL_COUNT; null++) {
        const aann_chance *chance = &measure->nulls[null];
        if (isfinite(chance->mean)) {
            json_object_set_new(object, aann_null_name((aann_null)null),
                                json_pack("{s:f, s:o}", "mean", chance->mean, "deviation",
                                          cli_json_real(sqrt(chance->variance))));
        }
    }
    return object;
}

static json_t *measure_json(const cli_comparison *geometry, const aann_measure *measure,
                            bool matrices)
{
    const int32_t count = geometry->measures.count;
    char title[CLI_TITLE_SIZE];
    json_t *object = summary_json(&measure->summary);
    json_object_set_new(object, "title", json_string(cli_measure_title(geometry, measure, title)));
    if (measure->kind == AANN_MEASURE_DISTANCE || measure->kind == AANN_MEASURE_MATCHED) {
        json_object_set_new(object, "chance_mean", json_real(measure->chance.mean));
        json_object_set_new(object, "chance_deviation", json_real(sqrt(measure->chance.variance)));
    }
    if (measure->kind == AANN_MEASURE_SIMILARITY) {
        json_object_set_new(object, "random_mean", cli_json_real(measure->chance.mean));
        json_object_set_new(object, "random_deviation",
                            cli_json_real(sqrt(measure->chance.variance)));
        json_object_set_new(object, "found_with_random_mean", cli_json_real(measure->mixed.mean));
        json_object_set_new(object, "found_with_random_deviation",
                            cli_json_real(sqrt(measure->mixed.variance)));
    } else if (measure->kind != AANN_MEASURE_ANSWERS) {
        json_object_set_new(object, "nulls", nulls_json(measure));
    }
    if (matrices) {
        json_object_set_new(object, "matrix", rows_json(measure->values, count, count));
    }
    return object;
}

/* The members' ids in an order (NULL: their own). */
static json_t *ids_json(const cli_family *opened, const int32_t *order)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < opened->family.member_count; i++) {
        json_array_append_new(
            array,
            json_integer((json_int_t)opened->family.members[order == NULL ? i : order[i]].id));
    }
    return array;
}

static json_t *merges_json(const aann_measures *measures)
{
    json_t *array = json_array();
    for (int32_t i = 0; i + 1 < measures->count; i++) {
        const aann_merge *merge = &measures->merges[i];
        json_array_append_new(array, json_pack("[i, i, f, i]", merge->left, merge->right,
                                               merge->height, merge->size));
    }
    return array;
}

void cli_geometry_json(const cli_comparison *geometry, bool matrices)
{
    const cli_family *opened = geometry->opened;
    const aann_measures *measures = &geometry->measures;
    json_t *list = json_object();
    for (int32_t i = 0; i < measures->measure_count; i++) {
        const aann_measure *measure = &measures->list[i];
        json_object_set_new(list, measure->key, measure_json(geometry, measure, matrices));
    }
    json_t *map =
        json_pack("{s:o, s:o, s:o}", "coordinates", rows_json(measures->map, measures->count, 2),
                  "eigenvalues", cli_json_reals(measures->eigenvalues, 2), "share",
                  cli_json_real(measures->share));
    json_t *accuracy = measures->accuracy != NULL
                           ? cli_json_reals(measures->accuracy, measures->count)
                           : json_null();
    cli_print_json(json_pack(
        "{s:o, s:I, s:o, s:o, s:i, s:s, s:I, s:i, s:o, s:i, s:o, s:o, s:o, s:o}", "study",
        cli_json_text(opened->path), "family", (json_int_t)opened->family.row.id, "spec",
        cli_json_text(opened->family.row.spec), "members", ids_json(opened, NULL), "left_out",
        opened->family.left_out, "split", geometry->split, "samples", (json_int_t)geometry->samples,
        "forward_passes", geometry->computed, "accuracy", accuracy, "similarity_samples",
        measures->similarity_samples, "measures", list, "map", map, "order",
        ids_json(opened, measures->order), "merges", merges_json(measures)));
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void write_rows(FILE *file, const cli_comparison *geometry)
{
    const cli_family *opened = geometry->opened;
    const aann_measures *measures = &geometry->measures;
    fputs("member,other", file);
    for (int32_t i = 0; i < measures->measure_count; i++) {
        cli_print_to(file, ",%s", measures->list[i].key);
    }
    fputc('\n', file);
    for (int32_t i = 0; i < opened->family.member_count; i++) {
        for (int32_t j = i + 1; j < opened->family.member_count; j++) {
            fprintf(file, "%" PRId64 ",%" PRId64, opened->family.members[i].id,
                    opened->family.members[j].id);
            for (int32_t m = 0; m < measures->measure_count; m++) {
                const double value =
                    measures->list[m]
                        .values[(size_t)i * (size_t)opened->family.member_count + (size_t)j];
                cli_put_cells(file, &value, 1, 10);
            }
            fputc('\n', file);
        }
    }
}

aann_status cli_geometry_csv(const cli_comparison *geometry, const char *path, aann_error *error)
{
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    write_rows(file, geometry);
    return cli_file_close(path, file, error);
}
