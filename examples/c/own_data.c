/* Own data: arrays in, a family of networks, its best member saved, loaded elsewhere, and asked.
 *
 *     own_data train FILE     makes measurements, grows a family on them, saves its best member
 *     own_data predict FILE   loads that member, and needs nothing else
 *
 * The measurements are of leaves: length and width in millimetres, and a shade from 0 to 1. Three
 * kinds of trees differ in them. */
#include <aann/aann.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVES = 300, COLUMNS = 3, TREES = 3, MEMBERS = 4 };

static const char *const trees[TREES] = {"beech", "oak", "willow"};
static const float middle[TREES][COLUMNS] = {{70, 45, 0.4f}, {100, 60, 0.6f}, {90, 15, 0.5f}};
static const float spread[COLUMNS] = {60, 45, 0.6f};

/* Ends the program with the library's message if a call failed. */
static void must(aann_status status, const aann_error *error)
{
    if (status != AANN_OK) {
        fprintf(stderr, "own_data: %s\n", error->message);
        exit(1);
    }
}

/* Each leaf is its tree's, a little off in every column. */
static void measure(float values[LEAVES][COLUMNS], int32_t kinds[LEAVES])
{
    uint32_t state = 1;
    for (int i = 0; i < LEAVES; i++) {
        kinds[i] = i % TREES;
        for (int j = 0; j < COLUMNS; j++) {
            state = state * 1664525u + 1013904223u;
            values[i][j] =
                middle[kinds[i]][j] + spread[j] * ((float)(state >> 8) / 16777216 - 0.5f);
        }
    }
}

static void train(const char *path)
{
    static float values[LEAVES][COLUMNS];
    static int32_t kinds[LEAVES];
    aann_error error;
    measure(values, kinds);

    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(values, AANN_ELEMENT_FLOAT32, LEAVES, COLUMNS);
    arrays.labels = aann_array_vector(kinds, AANN_ELEMENT_INT32, LEAVES);
    arrays.class_names = trees;
    arrays.class_count = TREES;
    arrays.tabular = true; /* each column has its own unit */
    aann_family_source source = aann_family_source_default();
    source.validation = 0.2; /* the last fifth chooses */
    aann_dataset *dataset;
    aann_family_data *data;
    must(aann_dataset_create(&arrays, &dataset, &error), &error);
    source.train_set = dataset;
    must(aann_family_data_load(&source, &data, &error), &error);

    aann_spec spec;
    aann_family_plan plan = aann_family_plan_default();
    aann_family_work work = aann_family_work_default();
    aann_study *study; /* a path instead of ":memory:" keeps the family, resumes it, shows it */
    int64_t family;
    char network[64] = "16-3"; /* any will do; tables have a usual one */
    aann_family_data_choose_network(data, network, sizeof network, &plan);
    must(aann_spec_parse(network, aann_family_data_train(data)->shape, &spec, &error), &error);
    plan.members = MEMBERS;
    plan.search.steps = 20000;
    must(aann_study_open(":memory:", AANN_STUDY_CREATE, &study, &error), &error);
    must(aann_family_run(study, &spec, data, &plan, &work, &family, &error), &error);

    aann_member_row *members;
    size_t count, best = 0;
    must(aann_study_members(study, family, &members, &count, &error), &error);
    for (size_t i = 0; i < count; i++) {
        printf("member %d: %.1f %% of unseen leaves\n", (int)members[i].id,
               100.0 * members[i].validation_accuracy);
        best = members[i].validation_accuracy > members[best].validation_accuracy ? i : best;
    }
    aann_model *model;
    must(aann_family_model(study, members[best].id, &model, &error), &error);
    must(aann_model_save(model, path, &error), &error);
    aann_model_destroy(model);
    aann_free(members);
    aann_study_close(study);
    aann_family_data_destroy(data);
    aann_dataset_destroy(dataset);
}

static void predict(const char *path)
{
    aann_model *model;
    aann_error error;
    int32_t answers[TREES];
    must(aann_model_load(path, &model, &error), &error);
    must(aann_model_predict(model, middle[0], TREES, NULL, answers, NULL, &error), &error);
    for (int i = 0; i < TREES; i++) {
        printf("%.0f x %.0f mm: %s\n", (double)middle[i][0], (double)middle[i][1],
               aann_model_describe(model)->class_names[answers[i]]);
    }
    aann_model_destroy(model);
}

int main(int count, char **arguments)
{
    if (count != 3 ||
        (strcmp(arguments[1], "train") != 0 && strcmp(arguments[1], "predict") != 0)) {
        fprintf(stderr, "usage: own_data train|predict FILE\n");
        return 2;
    }
    (arguments[1][0] == 't' ? train : predict)(arguments[2]);
    return 0;
}
