/* Own data: arrays in, a family of networks, one of them saved, loaded elsewhere, and asked.
 *
 *     own_data train FILE     makes measurements, grows a family on them, saves its best member
 *     own_data predict FILE   loads that member, and needs nothing else
 *
 * The measurements are of leaves: length and width in millimetres, and a shade from 0 to 1. Three
 * kinds of trees differ in them. The library scales the columns; the scaling is saved, too. */
#include <aann/aann.h>

#include <stdio.h>
#include <string.h>

enum { LEAVES = 300, TRAINING = 240, COLUMNS = 3, TREES = 3, MEMBERS = 4 };

static const char *const trees[TREES] = {"beech", "oak", "willow"};
static const char *const columns[COLUMNS] = {"length", "width", "shade"};
static const float middle[TREES][COLUMNS] = {{70, 45, 0.4f}, {100, 60, 0.6f}, {90, 15, 0.5f}};
static const float spread[COLUMNS] = {10, 6, 0.1f};

/* A number in -1..1, most often near 0: the mean of three even ones. */
static float noise(uint32_t *state)
{
    float sum = 0;
    for (int i = 0; i < 3; i++) {
        *state = *state * 1664525u + 1013904223u;
        sum += (float)(*state >> 8) / 8388608.0f - 1.0f;
    }
    return sum / 3;
}

static void measure(float (*leaves)[COLUMNS], int32_t *kinds)
{
    uint32_t state = 1;
    for (int i = 0; i < LEAVES; i++) {
        kinds[i] = i % TREES;
        for (int j = 0; j < COLUMNS; j++) {
            leaves[i][j] = middle[kinds[i]][j] + 2 * spread[j] * noise(&state);
        }
    }
}

/* Arrays to a data set, in the caller's types; the data set is a copy. */
static aann_status describe(const float *leaves, const int32_t *kinds, aann_dataset **dataset,
                            aann_error *error)
{
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){.values = leaves,
                                      .type = AANN_ELEMENT_FLOAT32,
                                      .dimension_count = 2,
                                      .dimensions = {LEAVES, COLUMNS}};
    arrays.labels = (aann_array_view){
        .values = kinds, .type = AANN_ELEMENT_INT32, .dimension_count = 1, .dimensions = {LEAVES}};
    arrays.class_names = trees;
    arrays.class_count = TREES;
    arrays.column_names = columns;
    arrays.tabular = true; /* every column has its own scale */
    return aann_dataset_create(&arrays, dataset, error);
}

/* How many of the samples the network answers correctly. */
static aann_status count_correct(const aann_network *network, const aann_samples *samples,
                                 int64_t *correct, aann_error *error)
{
    static int32_t logits[LEAVES * TREES];
    aann_evaluator *evaluator = NULL;
    aann_score score = {0};
    aann_status status =
        aann_evaluator_create(aann_network_spec(network), 1, NULL, &evaluator, error);
    if (status == AANN_OK) {
        status =
            aann_evaluator_logits(evaluator, network, samples, 0, samples->count, logits, error);
    }
    if (status == AANN_OK) {
        const double scale = aann_search_options_default().loss_scale;
        status = aann_logits_score(samples, logits, TREES, scale, NULL, &score, error);
    }
    aann_evaluator_destroy(evaluator);
    *correct = score.correct;
    return status;
}

static aann_status save(const aann_network *network, const aann_encoding *encoding,
                        const char *path, aann_error *error)
{
    aann_model_description description = aann_model_description_default();
    description.encoding = encoding;
    description.class_names = trees;
    description.class_count = TREES;
    description.column_names = columns;
    description.column_count = COLUMNS;
    description.provenance = "examples/c/own_data.c";
    aann_model *model = NULL;
    aann_status status = aann_model_create(network, &description, &model, error);
    if (status == AANN_OK) {
        status = aann_model_save(model, path, error);
    }
    aann_model_destroy(model);
    return status;
}

/* One member: a search whose random numbers are those of (seed, member). It is saved if it answers
 * more of the other samples correctly than the members before it. */
static aann_status grow(const aann_spec *spec, const aann_samples *training,
                        const aann_samples *others, const aann_encoding *encoding, uint64_t member,
                        const char *path, int64_t *best, aann_error *error)
{
    aann_search_options options = aann_search_options_default();
    options.steps = 20000;
    aann_search *search = NULL;
    int64_t correct = 0;
    aann_status status = aann_search_create(spec, training, &options, member, NULL, &search, error);
    if (status == AANN_OK) {
        status = aann_search_run(search, options.steps, NULL, NULL, error);
    }
    if (status == AANN_OK) {
        status = count_correct(aann_search_network(search), others, &correct, error);
    }
    if (status == AANN_OK) {
        printf("member %d: %d of %d leaves of the other sort are recognised\n", (int)member,
               (int)correct, (int)others->count);
        if (correct > *best) {
            *best = correct;
            status = save(aann_search_network(search), encoding, path, error);
        }
    }
    aann_search_destroy(search);
    return status;
}

static aann_status train(const char *path, aann_error *error)
{
    static float leaves[LEAVES][COLUMNS];
    static int32_t kinds[LEAVES];
    measure(leaves, kinds);
    aann_dataset *dataset = NULL;
    aann_encoding encoding = {0};
    aann_samples *training = NULL;
    aann_samples *others = NULL;
    aann_spec spec;
    aann_status status = describe(leaves[0], kinds, &dataset, error);
    if (status == AANN_OK) {
        status = aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_encode(dataset, &encoding, 0, TRAINING, &training, error);
    }
    if (status == AANN_OK) {
        status =
            aann_dataset_encode(dataset, &encoding, TRAINING, LEAVES - TRAINING, &others, error);
    }
    if (status == AANN_OK) {
        status = aann_spec_parse("16-3", training->shape, &spec, error);
    }
    int64_t best = -1;
    for (uint64_t member = 0; member < MEMBERS && status == AANN_OK; member++) {
        status = grow(&spec, training, others, &encoding, member, path, &best, error);
    }
    aann_samples_destroy(others);
    aann_samples_destroy(training);
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(dataset);
    return status;
}

static aann_status predict(const char *path, aann_error *error)
{
    aann_model *model = NULL;
    int32_t answers[TREES];
    aann_status status = aann_model_load(path, &model, error);
    if (status == AANN_OK) {
        status = aann_model_predict(model, middle[0], TREES, NULL, answers, NULL, error);
    }
    for (int i = 0; i < TREES && status == AANN_OK; i++) {
        printf("%.0f x %.0f mm: %s\n", (double)middle[i][0], (double)middle[i][1],
               aann_model_describe(model)->class_names[answers[i]]);
    }
    aann_model_destroy(model);
    return status;
}

int main(int count, char **arguments)
{
    const int training = count == 3 && strcmp(arguments[1], "train") == 0;
    if (!training && (count != 3 || strcmp(arguments[1], "predict") != 0)) {
        fprintf(stderr, "usage: own_data train|predict FILE\n");
        return 2;
    }
    aann_error error;
    if ((training ? train : predict)(arguments[2], &error) != AANN_OK) {
        fprintf(stderr, "own_data: %s\n", error.message);
        return 1;
    }
    return 0;
}
