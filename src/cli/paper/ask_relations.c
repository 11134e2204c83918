/* How different are the members, what do they answer together, and are they connected? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/paper/paper.h"

/* ---- distances ------------------------------------------------------------------------------- */

static void add_distance(const paper *p, const aann_measures *measures, const aann_measure *raw,
                         json_t *section)
{
    char key[64], name[48], cell[80];
    snprintf(key, sizeof key, "matched%s", raw->key + strlen("distance"));
    const aann_measure *both[] = {raw, aann_measures_find(measures, key)};
    for (size_t i = 0; i < 2; i++) {
        const aann_measure *one = both[i];
        if (one == NULL) {
            continue;
        }
        snprintf(cell, sizeof cell, "%s%s", paper_layer_name(p, one->layer, name),
                 i == 1 ? ", units matched" : "");
        json_t *row = paper_add_row(section, cell);
        paper_add_number(row, one->chance.mean);
        paper_add_number(row, sqrt(one->chance.variance));
        paper_add_number(row, one->nulls[AANN_NULL_DEGREES].mean);
        paper_add_number(row, one->nulls[AANN_NULL_PLACES].mean);
        paper_add_number(row, sqrt(one->nulls[AANN_NULL_PLACES].variance));
        paper_add_number(row, one->summary.mean);
        paper_add_number(row, one->summary.deviation);
    }
}

static void ask_distances(const paper *p, const aann_measures *measures, json_t *sections)
{
    const int64_t pairs = measures->list[0].summary.count;
    const int32_t references = aann_measures_references(measures->count);
    json_t *section = paper_add_section(
        sections, "How different are the members?",
        "Weights that differ, %" PRId64 " pairs of %d independent members. Beside them: uniformly "
        "random networks with the same counts (chance), and the members shuffled so that every "
        "unit and every input keeps its number of synapses (degrees), or every class its number at "
        "every place of the picture (places: what is shared only because there is something to "
        "see). Shuffled, and matched at random, are %d networks, so these columns are of %d pairs. "
        "+-: standard deviation of one pair; the pairs of a family are not independent of each "
        "other. Units are matched from %d random names beyond the best found.",
        pairs, measures->count, references, references * (references - 1) / 2,
        p->settings->restarts);
    static const char *const columns[] = {"chance", "+-", "degrees", "places", "+-", "found", "+-"};
    paper_add_column(section, "", -1);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        paper_add_column(section, columns[i], 1);
    }
    for (int32_t i = 0; i < measures->measure_count; i++) {
        if (measures->list[i].kind == AANN_MEASURE_DISTANCE) {
            add_distance(p, measures, &measures->list[i], section);
        }
    }
    paper_add_picture(section, "distances");
    paper_add_command(
        section, "aann geometry study.aann --family %" PRId64 " --restarts %d --pictures geometry",
        paper_existence(p)->id, p->settings->restarts);
}

/* ---- similarity and answers ------------------------------------------------------------------ */

static void ask_similarity(const paper *p, const aann_measures *measures, json_t *sections)
{
    if (measures->similarity_samples == 0) {
        return;
    }
    const int32_t references = aann_measures_references(measures->count);
    json_t *section = paper_add_section(
        sections, "Do they see the same?",
        "Similarity of what the layers see in the first %d samples of the %s split (linear CKA, 1: "
        "the same up to rotation), beside that of %d random networks of the same counts among each "
        "other, and of the first %d members with them. A layer in which random networks are as similar "
        "says nothing about what was found.",
        measures->similarity_samples, p->settings->split, references, references);
    static const char *const columns[] = {"found", "+-", "random", "+-", "found with random"};
    paper_add_column(section, "layer", -1);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        paper_add_column(section, columns[i], 3);
    }
    for (int32_t i = 0; i < measures->measure_count; i++) {
        const aann_measure *one = &measures->list[i];
        char name[48];
        if (one->kind == AANN_MEASURE_SIMILARITY) {
            json_t *row = paper_add_row(section, paper_layer_name(p, one->layer, name));
            paper_add_number(row, one->summary.mean);
            paper_add_number(row, one->summary.deviation);
            paper_add_number(row, one->chance.mean);
            paper_add_number(row, sqrt(one->chance.variance));
            paper_add_number(row, one->mixed.mean);
        }
    }
}

static void ask_answers(const paper *p, const paper_relations *r, json_t *sections)
{
    static const struct {
        const char *key;
        const char *name;
    } rows[] = {{"agreement", "same answer (share of the samples)"},
                {"answer_kappa", "kappa of the answers (0: as their frequencies give)"},
                {"error_overlap", "shared errors (of those that at least one makes)"},
                {"error_kappa", "kappa of being right (0: as independent as two accuracies)"}};
    const aann_measures *measures = &r->measures;
    if (aann_measures_find(measures, rows[0].key) == NULL) {
        return;
    }
    json_t *section =
        paper_add_section(sections, "Do they answer the same?",
                          "Pairs of members on the %" PRId64 " samples of the %s split.",
                          p->judged->count, p->settings->split);
    static const char *const columns[] = {"mean", "+-", "minimum", "maximum"};
    paper_add_column(section, "", -1);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        paper_add_column(section, columns[i], 3);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const aann_measure *one = aann_measures_find(measures, rows[i].key);
        if (one != NULL) {
            json_t *row = paper_add_row(section, rows[i].name);
            paper_add_number(row, one->summary.mean);
            paper_add_number(row, one->summary.deviation);
            paper_add_number(row, one->summary.minimum);
            paper_add_number(row, one->summary.maximum);
        }
    }
}

static void ask_ensembles(const paper *p, const paper_relations *r, json_t *sections)
{
    if (r->ensemble_count < 2) {
        return;
    }
    json_t *section = paper_add_section(
        sections, "What do they answer together?",
        "Ensembles by the sum of logits, scored on the %" PRId64
        " samples of the %s split. Chosen: "
        "each next member is the one that helps most on the validation split. Random: mean over "
        "random orders of the members.",
        p->judged->count, p->settings->split);
    paper_add_column(section, "members together", 0);
    paper_add_column(section, "chosen (%)", 2);
    paper_add_column(section, "random (%)", 2);
    json_t *lines = paper_add_lines(section, "members together", false, paper_score_label(p), true);
    json_t *series[2] = {paper_add_series(lines, "chosen on the validation split", false),
                         paper_add_series(lines, "random", false)};
    for (int32_t i = 0; i < r->ensemble_count; i++) {
        json_t *row = paper_add_row(section, NULL);
        paper_add_number(row, i + 1);
        paper_add_number(row, 100.0 * r->greedy[i]);
        paper_add_number(row, 100.0 * r->random[i]);
        paper_add_place(lines, i + 1);
        paper_add_point(lines, series[0], 100.0 * r->greedy[i], 0.0, 0.0);
        paper_add_point(lines, series[1], 100.0 * r->random[i], 0.0, 0.0);
    }
    paper_add_note(
        section,
        "The member that is best on the validation split has %.2f %% alone. All together "
        "are right on %" PRId64 " samples on which it is wrong, and wrong on %" PRId64
        " on which it is right (probability %.2g if both were equally good, McNemar).",
        100.0 * r->best_alone, r->only_together, r->only_alone,
        aann_test_of_pairs(r->only_together, r->only_alone));
    paper_add_picture(section, "ensemble");
    paper_add_command(section, "aann ensemble study.aann --family %" PRId64,
                      paper_existence(p)->id);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static void ask_connections(const paper *p, const paper_relations *r, json_t *sections)
{
    const aann_connections *c = &r->connections;
    if (!r->connected || c->level_count == 0) {
        return;
    }
    double best = (double)INFINITY, worst = 0.0;
    int32_t stand = 0;
    for (int32_t i = 0; i < c->count; i++) {
        best = fmin(best, c->members[i].train_loss);
        worst = fmax(worst, c->members[i].train_loss);
    }
    for (int32_t k = 0; k < c->level_count; k++) {
        stand += c->paths[c->tree[k]].stands;
    }
    json_t *section = paper_add_section(
        sections, "Are they connected?",
        "Paths of swaps between the first %d members, whose own training losses are %.4f to %.4f. "
        "Two are joined below a loss if no network on a path between them is worse. Each path is an "
        "upper bound: there may be lower ones, and there is no lower bound but the worse end. %d of "
        "the %d paths of the tree stand, that is, twice the repairs lowered them by less than 0.01.",
        c->count, best, worst, stand, c->level_count);
    paper_add_column(section, "joined below (training loss)", 4);
    paper_add_column(section, "members in the largest component", 0);
    paper_add_column(section, "components", 0);
    paper_add_column(section, "above the worse end", 4);
    paper_add_column(section, "attempts", 0);
    paper_add_column(section, "stands", -1);
    for (int32_t k = 0; k < c->level_count; k++) {
        const aann_connection *path = &c->paths[c->tree[k]];
        json_t *row = paper_add_row(section, NULL);
        paper_add_number(row, c->levels[k]);
        paper_add_number(row, c->largest[k]);
        paper_add_number(row, c->components[k]);
        paper_add_number(row, path->loss - path->floor);
        paper_add_number(row, path->attempts);
        paper_add_text(row, path->stands ? "yes" : "no");
    }
    paper_add_note(section, "The top of every path is a member of the study (origin `top`); no "
                            "other statistic of this report contains it.");
    paper_add_command(
        section, "aann connect study.aann --family %" PRId64 " --members %d --doublings %d --show",
        paper_existence(p)->id, p->settings->connect_members, p->settings->connect_doublings);
}

aann_status paper_ask_relations(const paper *p, const paper_answers *answers, json_t *sections,
                                aann_error *error)
{
    const paper_relations *r = answers->relations;
    (void)error;
    if (r == NULL) {
        return AANN_OK;
    }
    if (r->measures.measure_count > 0) {
        ask_distances(p, &r->measures, sections);
        ask_similarity(p, &r->measures, sections);
        ask_answers(p, r, sections);
        ask_ensembles(p, r, sections);
    }
    ask_connections(p, r, sections);
    return AANN_OK;
}
