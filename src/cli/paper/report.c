/* The report of an experiment, as Markdown: per question what was done, a table, a picture, and the
 * commands that give one of the numbers again. Nothing in it depends on when or how fast it was
 * written; the seconds are those in the study. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/search_options.h"
#include "cli/shared/text.h"

enum { NUMBER_SIZE = 32 };

/* "95.31", "0.0512"; "-" where there is none. */
static const char *score(const paper *p, double value, char text[NUMBER_SIZE])
{
    if (!isfinite(value)) {
        return "-";
    }
    snprintf(text, NUMBER_SIZE, p->regression ? "%.5f" : "%.2f", value);
    return text;
}

/* "| mean | deviation | least | largest |" of a summary, as cells. */
static void put_summary(FILE *file, const paper *p, const aann_summary *summary)
{
    char text[4][NUMBER_SIZE];
    cli_print_to(file, " %s | %s | %s | %s |\n", score(p, summary->mean, text[0]),
                 score(p, summary->deviation, text[1]), score(p, summary->minimum, text[2]),
                 score(p, summary->maximum, text[3]));
}

static void put_picture(FILE *file, const char *name, const char *what)
{
    cli_print_to(file, "\n![%s](pictures/%s.png)\n\n", what, name);
}

/* ---- commands -------------------------------------------------------------------------------- */

/* The task's part of a search command. */
static void put_task(FILE *file, const paper *p)
{
    const cli_task *task = &p->settings->task;
    const struct {
        const char *option;
        const char *value;
    } texts[] = {{"data", task->data},
                 {"test", task->test},
                 {"labels", task->labels},
                 {"test-labels", task->test_labels},
                 {"input", task->input},
                 {"validation", task->validation},
                 {"encoding", task->encoding},
                 {"label-column", task->load.options.label_column},
                 {"target-columns", task->load.options.target_columns},
                 {"net", task->net}};
    if (task->name != NULL) {
        cli_print_to(file, " %s", task->name);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value != NULL) {
            cli_print_to(file, " --%s %s", texts[i].option, texts[i].value);
        }
    }
    if (task->samples > 0) {
        fprintf(file, " --samples %" PRId64, task->samples);
    }
}

static void put_counts(FILE *file, const paper_family *family)
{
    for (int32_t i = 0; i < family->spec.layer_count; i++) {
        cli_print_to(file, "%s%.10g", i == 0 ? " --sparsity-per-layer " : ",",
                     family->spec.layers[i].sparsity);
    }
    bool shifted = false;
    for (int32_t i = 0; i < family->spec.layer_count; i++) {
        shifted = shifted || family->spec.layers[i].shift > 0;
    }
    for (int32_t i = 0; i < family->spec.layer_count && shifted; i++) {
        cli_print_to(file, "%s%d", i == 0 ? " --shifts " : ",", family->spec.layers[i].shift);
    }
    if (family->spec.layers[0].excitatory_share != 0.5) {
        fprintf(file, " --excitatory %.10g", family->spec.layers[0].excitatory_share);
    }
}

/* What `aann search` would do for this task without a word about it. */
static aann_search_options usual_options(const paper *p)
{
    aann_search_options usual = aann_search_options_default();
    const char *name = p->settings->task.name;
    const aann_task_preset *preset = name != NULL ? aann_task_preset_find(name) : NULL;
    if (preset != NULL) {
        aann_search_options_apply_preset(&usual, preset);
    }
    aann_search_options_balance_targets(&usual, aann_family_data_train(p->data));
    return usual;
}

/* Steps, seed, and whatever is not as usual. */
static void put_search(FILE *file, const paper *p, const aann_search_options *search)
{
    const aann_search_options usual = usual_options(p);
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        const aann_option *option = &table[i];
        char value[AANN_OPTION_TEXT_SIZE];
        char other[AANN_OPTION_TEXT_SIZE];
        aann_error error; /* none: every value fits */
        if (!cli_search_offers(option) ||
            aann_search_options_format(search, option->name, value, sizeof value, &error) !=
                AANN_OK ||
            aann_search_options_format(&usual, option->name, other, sizeof other, &error) !=
                AANN_OK) {
            continue;
        }
        const bool always = strcmp(option->name, "steps") == 0 || strcmp(option->name, "seed") == 0;
        if (always || strcmp(value, other) != 0) {
            char typed[CLI_NAME_SIZE];
            cli_search_name(option, typed);
            cli_print_to(file, " --%s%s%s", typed, option->type == AANN_OPTION_BOOL ? "" : " ",
                         option->type == AANN_OPTION_BOOL ? "" : value);
        }
    }
}

static void put_command(FILE *file, const paper *p, const paper_family *family)
{
    fputs("aann search", file);
    put_task(file, p);
    put_counts(file, family);
    put_search(file, p, &family->search);
    cli_print_to(file, " --members %d --name '%s' --study again.aann\n", family->count,
                 family->name);
}

/* ---- sections -------------------------------------------------------------------------------- */

static void write_layers(FILE *file, const paper *p)
{
    fputs("| layer | weights | -1 | 0 | +1 |\n|---|---|---|---|---|\n", file);
    for (int32_t i = 0; i < p->spec.layer_count; i++) {
        char name[48];
        const aann_counts counts = aann_spec_counts(&p->spec, i);
        cli_print_to(file, "| %s | %" PRId64 " | %" PRId64 " | %" PRId64 " | %" PRId64 " |\n",
                     paper_layer_name(p, i, name), p->spec.layers[i].weight_count, counts.minus,
                     counts.zero, counts.plus);
    }
}

static void write_head(FILE *file, const paper *p)
{
    const aann_samples *train = aann_family_data_train(p->data);
    const aann_samples *validation = aann_family_data_validation(p->data);
    const aann_samples *test = aann_family_data_test(p->data);
    fprintf(file, "# Families of sparse networks with weights -1, 0, +1\n\n");
    cli_print_to(file,
                 "Task: %s. %" PRId64 " training, %" PRId64 " validation, %" PRId64
                 " test samples of %dx%dx%d. ",
                 p->settings->task.name != NULL ? p->settings->task.name : p->settings->task.data,
                 train->count, validation != NULL ? validation->count : 0,
                 test != NULL ? test->count : 0, train->shape.channels, train->shape.height,
                 train->shape.width);
    cli_print_to(
        file,
        "The search sees the training samples alone. Scores are the %s; lesions, shuffled wirings and "
        "shared weights are "
        "judged on the first %" PRId64 " samples of that split.",
        paper_score_label(p), p->measured.count);
    cli_print_to(file,
                 "\n\nNetwork: `%s`, share of +1 among the weights that are not 0: %.10g.\n\n",
                 p->spec.text, p->spec.layers[0].excitatory_share);
    write_layers(file, p);
    fputs(
        "\nCommands are for this folder; `study.aann` holds every network. The tables with all numbers are "
        "the files "
        "`*.csv`; pictures are there as SVG, too.\n",
        file);
}

static aann_status write_existence(FILE *file, const paper *p, const paper_measures *m,
                                   aann_error *error)
{
    const paper_family *family = paper_existence(p);
    aann_summary summary;
    aann_status status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
    int32_t passed = 0;
    double seconds = 0.0;
    for (int32_t i = 0; i < family->count; i++) {
        passed += 100.0 * family->rows[i].validation_accuracy >= p->settings->existence_threshold;
        seconds += family->rows[i].seconds;
    }
    fputs("\n## Is there a family?\n\n", file);
    fprintf(file,
            "%d members from independent random starts, %" PRIu64
            " candidates each, %.0f seconds of search in all. ",
            family->count, family->search.steps, seconds);
    if (!p->regression && p->settings->existence_threshold > 0.0) {
        fprintf(file, "%d of them reach %.10g %% on the validation split. ", passed,
                p->settings->existence_threshold);
    }
    fputs("All have the counts above, exactly.\n\n| | mean | deviation | least | largest "
          "|\n|---|---|---|---|---|\n",
          file);
    cli_print_to(file, "| %s |", paper_score_label(p));
    put_summary(file, p, &summary);
    if (family->count > 1) {
        fprintf(
            file,
            "\nTwo members differ in %.1f weights on average (%.0f to %.0f); two random networks with "
            "these counts "
            "in %.1f (standard deviation %.1f).\n",
            m->distance.mean, m->distance.minimum, m->distance.maximum, m->chance.mean,
            sqrt(m->chance.variance));
    }
    put_picture(file, "existence", "scores of the members");
    put_picture(file, "learning", "how the members learned");
    fputs("```console\n$ ", file);
    put_command(file, p, family);
    fprintf(file,
            "$ aann geometry study.aann --family %" PRId64 " --pictures geometry\n"
            "$ aann ensemble study.aann --family %" PRId64 "\n```\n",
            family->id, family->id);
    return status;
}

static aann_status write_sweep(FILE *file, const paper *p, paper_question question,
                               const char *title, const char *heading, double scale,
                               const char *picture, aann_error *error)
{
    aann_status status = AANN_OK;
    const paper_family *last = NULL;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        if (family->question != question) {
            continue;
        }
        if (last == NULL) {
            cli_print_to(file, "\n## %s\n\n%d members at each, %" PRIu64 " candidates.\n\n", title,
                         family->count, family->search.steps);
            cli_print_to(
                file,
                "| %s | weights not 0 | mean | deviation | least | largest |\n|---|---|---|---|---|---|\n",
                heading);
        }
        int64_t synapses = 0;
        for (int32_t i = 0; i < family->spec.layer_count; i++) {
            const aann_counts counts = aann_spec_counts(&family->spec, i);
            synapses += counts.minus + counts.plus;
        }
        aann_summary summary;
        status = paper_summarise_family(p, family, PAPER_JUDGED, &summary, error);
        fprintf(file, "| %.10g | %" PRId64 " |", scale * family->x, synapses);
        put_summary(file, p, &summary);
        last = family;
    }
    if (last != NULL) {
        put_picture(file, picture, title);
        fputs("The last row:\n\n```console\n$ ", file);
        put_command(file, p, last);
        fputs("```\n", file);
    }
    return status;
}

static aann_status write_sparsities(FILE *file, const paper *p, const paper_measures *m,
                                    aann_error *error)
{
    (void)m;
    return write_sweep(file, p, PAPER_SPARSITY, "At which sparsities?", "zeros in every layer (%)",
                       1.0, "sparsity", error);
}

static aann_status write_shares(FILE *file, const paper *p, const paper_measures *m,
                                aann_error *error)
{
    (void)m;
    return write_sweep(file, p, PAPER_EXCITATORY, "At which share of +1?", "share of +1 (%)", 100.0,
                       "excitatory", error);
}

static aann_status write_nulls(FILE *file, const paper *p, const paper_measures *m,
                               aann_error *error)
{
    aann_summary summary;
    char name[48];
    if (p->settings->null_draws == 0) {
        return AANN_OK;
    }
    fprintf(
        file,
        "\n## Is it the wiring?\n\nThe null model: the weights of a layer, or of each layer, in a random "
        "order; %d "
        "orders for each of the %d members. The counts stay, the wiring goes.\n\n"
        "| | mean | deviation | least | largest |\n|---|---|---|---|---|\n| as found |",
        p->settings->null_draws, p->settings->existence_members);
    aann_status status =
        paper_summarise(p, m, paper_change(AANN_ABLATION_NONE, -1, 0.0), &summary, error);
    put_summary(file, p, &summary);
    for (int32_t place = 0; place <= p->spec.layer_count && status == AANN_OK; place++) {
        const int32_t layer = place < p->spec.layer_count ? place : -1;
        status =
            paper_summarise(p, m, paper_change(AANN_ABLATION_SHUFFLE, layer, 0.0), &summary, error);
        cli_print_to(file, "| %s shuffled |", paper_layer_name(p, layer, name));
        put_summary(file, p, &summary);
    }
    if (isfinite(m->guess)) {
        fprintf(file, "| best constant answer | %.2f | | | |\n", m->guess);
    }
    put_picture(file, "nulls", "shuffled wirings");
    cli_print_to(
        file,
        "Every evaluation is a line of `nulls.csv`. One of them (on the whole split), and its weights:\n\n"
        "```console\n$ aann eval study.aann %" PRId64
        " --shuffle --layer 0 --draw 0 --draw-seed %" PRId64
        " --split %s\n$ aann weights study.aann %" PRId64
        " --shuffle --layer 0 --draw 0 --draw-seed %" PRId64 " --npz shuffled.npz\n```\n",
        paper_existence(p)->rows[0].id, p->settings->seed, p->settings->split,
        paper_existence(p)->rows[0].id, p->settings->seed);
    return status;
}

static aann_status write_lesions(FILE *file, const paper *p, const paper_measures *m,
                                 aann_error *error)
{
    char text[NUMBER_SIZE];
    char name[48];
    aann_status status = AANN_OK;
    if (p->settings->lesion_draws == 0) {
        return AANN_OK;
    }
    fprintf(
        file,
        "\n## How much can be lost?\n\nSynapses (weights that are not 0) deleted at random, of all "
        "layers together or of "
        "one; %d draws for each of the %d members. Mean, and for all layers the standard deviation.\n\n| "
        "deleted (%%) |"
        " all layers | deviation |",
        p->settings->lesion_draws, p->settings->existence_members);
    for (int32_t layer = 0; layer < p->spec.layer_count; layer++) {
        cli_print_to(file, " %s |", paper_layer_name(p, layer, name));
    }
    fputs("\n|---|---|---|", file);
    for (int32_t layer = 0; layer < p->spec.layer_count; layer++) {
        fputs("---|", file);
    }
    for (int32_t i = 0; i < p->settings->lesions.count; i++) {
        fprintf(file, "\n| %.10g |", p->settings->lesions.values[i]);
        for (int32_t layer = -1; layer < p->spec.layer_count && status == AANN_OK; layer++) {
            aann_summary summary;
            status = paper_summarise(
                p, m, paper_change(AANN_ABLATION_LESION, layer, p->settings->lesions.values[i]),
                &summary, error);
            cli_print_to(file, " %s |", score(p, summary.mean, text));
            if (layer < 0) {
                cli_print_to(file, " %s |", score(p, summary.deviation, text));
            }
        }
    }
    fputs("\n", file);
    put_picture(file, "lesions", "lesions");
    const paper_family *existence = paper_existence(p);
    const int64_t member = existence->rows[existence->count - 1].id;
    const double percent = p->settings->lesions.values[p->settings->lesions.count - 1];
    const int32_t layer = p->spec.layer_count - 1;
    const int32_t draw = p->settings->lesion_draws - 1;
    cli_print_to(
        file,
        "Every evaluation is a line of `lesions.csv`. The last of them (on the whole split), and its "
        "weights:\n\n"
        "```console\n$ aann eval study.aann %" PRId64
        " --lesion %.10g --layer %d --draw %d --draw-seed %" PRId64
        " --split %s\n$ aann weights study.aann %" PRId64
        " --lesion %.10g --layer %d --draw %d --draw-seed %" PRId64 " --npz lesioned.npz\n```\n",
        member, percent, layer, draw, p->settings->seed, p->settings->split, member, percent, layer,
        draw, p->settings->seed);
    return status;
}

static aann_status write_shared(FILE *file, const paper *p, const paper_measures *m,
                                aann_error *error)
{
    const paper_numbers *values = &p->settings->shared_weights;
    char text[NUMBER_SIZE];
    aann_status status = AANN_OK;
    if (values->count == 0) {
        return AANN_OK;
    }
    fputs(
        "\n## One weight for all synapses\n\nWeight-agnostic evaluation: the topology stays, every synapse "
        "gets the weight w, or w "
        "times its sign. w is a power of two, so it is exact: each layer's sum is shifted. Mean over the "
        "members.\n\n"
        "| w | w for all | w times their signs |\n|---|---|---|\n",
        file);
    for (int32_t i = 0; i < values->count && status == AANN_OK; i++) {
        fprintf(file, "| %.10g |", values->values[i]);
        for (int32_t signs = 0; signs < 2 && status == AANN_OK; signs++) {
            aann_summary summary;
            aann_ablation change = paper_change(AANN_ABLATION_SHARED_WEIGHT, -1, values->values[i]);
            change.keep_signs = signs == 1;
            status = paper_summarise(p, m, change, &summary, error);
            cli_print_to(file, " %s |", score(p, summary.mean, text));
        }
        fputs("\n", file);
    }
    put_picture(file, "shared_weight", "one weight for all synapses");
    cli_print_to(file,
                 "```console\n$ aann eval study.aann %" PRId64
                 " --shared-weight %.10g --split %s\n```\n",
                 paper_existence(p)->rows[0].id, values->values[0], p->settings->split);
    return status;
}

/* One row of the table of methods: means over the members, and at last the best one's score on the
 * test set. */
static aann_status write_method(FILE *file, const paper *p, const paper_family *family,
                                aann_error *error)
{
    double samples = 0.0, seconds = 0.0, train = 0.0, validation = 0.0;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < family->count && status == AANN_OK; i++) {
        const aann_member_row *member = &family->rows[i];
        double effort;
        status = paper_effort(p, member->id, &effort, error);
        samples += effort / family->count;
        seconds += member->seconds / family->count;
        train += member->train_loss / family->count;
        validation +=
            (p->regression ? member->validation_loss : 100.0 * member->validation_accuracy) /
            family->count;
    }
    const aann_member_row *best = paper_best(p, family);
    char text[2][NUMBER_SIZE];
    cli_print_to(file, "| %s | %d | %" PRIu64 " | %.3g | %.1f | %.4f | %s | %s |\n",
                 aann_search_method_name(family->search.method), family->count,
                 family->search.steps, samples, seconds, train, score(p, validation, text[0]),
                 score(p, p->regression ? best->test_loss : 100.0 * best->test_accuracy, text[1]));
    return status;
}

static aann_status write_baselines(FILE *file, const paper *p, const paper_measures *m,
                                   aann_error *error)
{
    (void)m;
    aann_status status = AANN_OK;
    if (p->settings->baseline_members == 0) {
        return status;
    }
    cli_print_to(
        file,
        "\n## Is the search any better than simpler methods?\n\nThe same samples, counts and program. A "
        "candidate is a swap for "
        "`sense` and `hill`, which evaluate only what it changes, a whole network for the others. Means "
        "per member; the "
        "last column is the member that is best on the validation split, on the test set.\n\n"
        "| method | members | candidates | samples evaluated | seconds | training loss | validation%s | "
        "best: test |\n"
        "|---|---|---|---|---|---|---|---|\n",
        p->regression ? " loss" : " (%)");
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        const paper_family *family = &p->families[f];
        if (family->question == PAPER_EXISTENCE || family->question == PAPER_BASELINE) {
            status = write_method(file, p, family, error);
        }
    }
    put_picture(file, "baselines", "methods compared");
    put_picture(file, "baselines_learning", "methods against samples evaluated");
    fputs("```console\n", file);
    for (int32_t f = 0; f < p->family_count; f++) {
        if (p->families[f].question == PAPER_BASELINE) {
            fputs("$ ", file);
            put_command(file, p, &p->families[f]);
        }
    }
    fputs("```\n", file);
    return status;
}

aann_status paper_write_report(const paper *p, const paper_measures *m, aann_error *error)
{
    typedef aann_status answer(FILE * file, const paper *p, const paper_measures *m,
                               aann_error *error);
    static answer *const answers[] = {write_existence, write_sparsities, write_shares,
                                      write_nulls,     write_lesions,    write_shared,
                                      write_baselines};
    FILE *file = paper_open_file(p, "report.md", error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    write_head(file, p);
    aann_status status = AANN_OK;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0] && status == AANN_OK; i++) {
        status = answers[i](file, p, m, error);
    }
    const aann_status closed = paper_close_file(p, "report.md", file, error);
    return status == AANN_OK ? closed : status;
}
