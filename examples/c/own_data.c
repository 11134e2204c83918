/* Own data: arrays in, a family of networks, one of them saved, loaded elsewhere, and asked.
 *
 *     own_data train FILE     makes measurements, grows a family on them, saves its best member
 *     own_data predict FILE   loads that member, and needs nothing else
 *
 * The measurements are of leaves: length and width in millimetres, and a shade from 0 to 1. Three
 * kinds of trees differ in them. */
#include <aann/aann.h>

#include <stdio.h>
#include <string.h>

enum {
    LEAVES = 300,
    TRAINING = 240,
    OTHERS = LEAVES - TRAINING,
    COLUMNS = 3,
    TREES = 3,
    MEMBERS = 4
};

static const char *const trees[TREES] = {"beech", "oak", "willow"};
static const char *const columns[COLUMNS] = {"length", "width", "shade"};
static const float middle[TREES][COLUMNS] = {{70, 45, 0.4f}, {100, 60, 0.6f}, {90, 15, 0.5f}};
static const float spread[COLUMNS] = {20, 12, 0.2f};

typedef struct leaves {
    float values[LEAVES][COLUMNS];
    int32_t kinds[LEAVES];
} leaves;

/* A number in -1..1, most often near 0: the mean of three uniform ones. */
static float noise(uint32_t *state)
{
    float sum = 0;
    for (int i = 0; i < 3; i++) {
        *state = *state * 1664525u + 1013904223u;
        sum += (float)(*state >> 8) / 8388608.0f - 1.0f;
    }
    return sum / 3;
}

static void measure(leaves *all)
{
    uint32_t state = 1;
    for (int i = 0; i < LEAVES; i++) {
        all->kinds[i] = i % TREES;
        for (int j = 0; j < COLUMNS; j++) {
            all->values[i][j] = middle[i % TREES][j] + spread[j] * noise(&state);
        }
    }
}

/* The first leaves as a data set: a copy of the arrays, in the caller's types. */
static aann_status make_dataset(const leaves *all, aann_dataset **dataset, aann_error *error)
{
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){.values = all->values,
                                      .type = AANN_ELEMENT_FLOAT32,
                                      .dimension_count = 2,
                                      .dimensions = {TRAINING, COLUMNS}};
    arrays.labels = (aann_array_view){.values = all->kinds,
                                      .type = AANN_ELEMENT_INT32,
                                      .dimension_count = 1,
                                      .dimensions = {TRAINING}};
    arrays.class_names = trees;
    arrays.class_count = TREES;
    arrays.column_names = columns;
    arrays.tabular = true; /* each column is scaled by itself */
    return aann_dataset_create(&arrays, dataset, error);
}

/* A network with the scaling of its inputs and the names of its classes: what is saved. */
static aann_status make_model(const aann_network *network, const aann_encoding *encoding,
                              aann_model **model, aann_error *error)
{
    aann_model_description description = aann_model_description_default();
    description.encoding = encoding;
    description.class_names = trees;
    description.class_count = TREES;
    description.column_names = columns;
    description.column_count = COLUMNS;
    description.provenance = "examples/c/own_data.c";
    return aann_model_create(network, &description, model, error);
}

/* One member of the family: a search whose random numbers are those of (seed, member). */
static aann_status grow(const aann_samples *samples, const aann_encoding *encoding, uint64_t member,
                        aann_model **model, aann_error *error)
{
    aann_search_options options = aann_search_options_default();
    options.steps = 20000;
    aann_spec spec;
    aann_search *search = NULL;
    aann_status status = aann_spec_parse("16-3", samples->shape, &spec, error);
    if (status == AANN_OK) {
        status = aann_search_create(&spec, samples, &options, member, NULL, &search, error);
    }
    if (status == AANN_OK) {
        status = aann_search_run(search, options.steps, NULL, NULL, error);
    }
    if (status == AANN_OK) {
        status = make_model(aann_search_network(search), encoding, model, error);
    }
    aann_search_destroy(search);
    return status;
}

/* Grows the members and saves the one that knows most of the leaves that it has not seen. */
static aann_status choose(const leaves *all, const aann_samples *samples,
                          const aann_encoding *encoding, const char *path, aann_error *error)
{
    int best = -1;
    aann_status status = AANN_OK;
    for (uint64_t member = 0; member < MEMBERS && status == AANN_OK; member++) {
        aann_model *model = NULL;
        int32_t answers[OTHERS];
        int right = 0;
        status = grow(samples, encoding, member, &model, error);
        if (status == AANN_OK) {
            status = aann_model_predict(model, all->values[TRAINING], OTHERS, NULL, answers, NULL,
                                        error);
        }
        for (int i = 0; i < OTHERS && status == AANN_OK; i++) {
            right += answers[i] == all->kinds[TRAINING + i];
        }
        if (status == AANN_OK && right > best) {
            best = right;
            status = aann_model_save(model, path, error);
        }
        if (status == AANN_OK) {
            printf("member %d: %d of %d new leaves\n", (int)member, right, OTHERS);
        }
        aann_model_destroy(model);
    }
    return status;
}

static aann_status train(const char *path, aann_error *error)
{
    static leaves all;
    measure(&all);
    aann_dataset *dataset = NULL;
    aann_encoding encoding = {0};
    aann_samples *samples = NULL;
    aann_status status = make_dataset(&all, &dataset, error);
    if (status == AANN_OK) {
        status = aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_encode(dataset, &encoding, 0, TRAINING, &samples, error);
    }
    if (status == AANN_OK) {
        status = choose(&all, samples, &encoding, path, error);
    }
    aann_samples_destroy(samples);
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
    const bool training = count == 3 && strcmp(arguments[1], "train") == 0;
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
