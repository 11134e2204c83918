/* Studies that are well-formed, with right hashes and check sums, whose facts do not fit each other.
 * The fuzzer's bytes choose a small study, change it, and choose what is done with it: everything
 * that the program does with a stranger's study. Errors are fine, one line each; crashes, leaks,
 * endless loops and enormous allocations are not. */
#include <math.h>
#include <unistd.h>

#include "aann/measures.h"
#include "aann/model.h"
#include "family/structure_changes.h"
#include "family/structure_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    require(structure_memory_set() == SQLITE_OK);
    make_studies();
    return 0;
}

static void read_row(const aann_family_row *row)
{
    aann_error error;
    aann_spec spec;
    aann_family_plan plan;
    aann_data_origin *origin = NULL;
    char **names = NULL;
    int32_t count = 0;
    aann_encoding encoding;
    double mean[2], scale[2];
    aann_car_outputs outputs;
    (void)passed(aann_family_spec(row, &spec, &error), &error);
    (void)passed(aann_family_plan_parse(row->options, &plan, &error), &error);
    if (passed(aann_family_data_origin(row, &origin, &error), &error)) {
        aann_free(origin);
    }
    if (passed(aann_family_class_names(row, &names, &count, &error), &error)) {
        aann_free(names);
    }
    if (passed(aann_family_encoding(row, &encoding, &error), &error)) {
        aann_encoding_destroy(&encoding);
    }
    (void)passed(aann_family_target_range(row, 2, mean, scale, &error), &error);
    (void)passed(aann_family_car_outputs(row, &outputs, &error), &error);
}

static void read_walks(aann_study *study, int64_t family)
{
    aann_error error;
    aann_walk *walks = NULL;
    size_t count = 0;
    if (!passed(aann_walk_list(study, family, &walks, &count, &error), &error)) {
        return;
    }
    for (size_t i = 0; i < count && i < 3; i++) {
        aann_member_row *members = NULL;
        size_t found = 0;
        if (passed(aann_walk_members(study, &walks[i].plan, &members, &found, &error), &error)) {
            aann_free(members);
        }
    }
    aann_free(walks);
}

/* What is stored of connections, and of the chains of a sample. */
static void read_manifold(aann_study *study, const aann_family_row *row)
{
    aann_error error;
    aann_sample_result result;
    aann_connections connections;
    aann_connect_plan plan = aann_connect_plan_default();
    bool found = false;
    (void)passed(aann_sample_result_read(row, &result, &error), &error);
    if (passed(aann_connect_plan_find(row, &plan, &found, &error), &error) && found &&
        passed(aann_connections_read(study, row->id, &plan, &connections, &error), &error)) {
        require(connections.path_count >= 0 && connections.count >= 2);
        aann_connections_destroy(&connections);
    }
}

static void use_model(aann_study *study, int64_t id)
{
    aann_error error;
    aann_model *model = NULL;
    if (!passed(aann_family_model(study, id, &model, &error), &error)) {
        return;
    }
    void *bytes = NULL;
    size_t size = 0;
    require(aann_model_write(model, &bytes, &size, &error) == AANN_OK);
    aann_model *again = NULL;
    require(aann_model_read(bytes, size, &again, &error) == AANN_OK);
    const aann_spec *spec = aann_network_spec(aann_model_network(again));
    float *values = calloc((size_t)aann_shape_size(spec->input), sizeof *values);
    double *outputs = calloc((size_t)spec->output_count, sizeof *outputs);
    require(values != NULL && outputs != NULL);
    (void)passed(aann_model_predict(again, values, 1, NULL, NULL, outputs, &error), &error);
    free(values);
    free(outputs);
    aann_free(bytes);
    aann_model_destroy(model);
    aann_model_destroy(again);
}

static void read_members(aann_study *study, bool models)
{
    aann_error error;
    aann_member_row *rows = NULL;
    size_t count = 0;
    if (!passed(aann_study_members(study, 0, &rows, &count, &error), &error)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        aann_member member;
        aann_trace_row *trace = NULL;
        size_t lines = 0;
        if (passed(aann_member_open(study, rows[i].id, &member, &error), &error)) {
            require(aann_network_check_counts(member.network, &error) == AANN_OK);
            aann_member_destroy(&member);
        }
        if (passed(aann_study_trace(study, rows[i].id, &trace, &lines, &error), &error)) {
            aann_free(trace);
        }
        if (models) {
            use_model(study, rows[i].id);
        }
    }
    aann_free(rows);
}

/* Predictions, distances and all measures of a family, on the data of the study and on others. */
static void compare_members(aann_study *study, const structure_study *of, const char *split,
                            bool measures)
{
    aann_error error;
    aann_family_choice choice = aann_family_choice_default();
    choice.networks = true;
    choice.unfinished = true;
    choice.minimum = 2;
    choice.limit = 4;
    aann_family family;
    if (!passed(aann_family_open(study, 0, &choice, &family, &error), &error)) {
        return;
    }
    int64_t ids[4];
    for (int32_t i = 0; i < family.member_count; i++) {
        ids[i] = family.members[i].id;
    }
    const aann_network *const *networks = (const aann_network *const *)family.networks;
    aann_predictions_request request = aann_predictions_request_default();
    request.ids = ids;
    request.count = family.member_count;
    request.split = split;
    request.samples = aann_family_data_split(of->data, split);
    request.keep = true;
    aann_predictions predictions = {0};
    const bool predicted =
        passed(aann_predictions_get(study, &request, &predictions, &error), &error);
    aann_distances distances;
    if (passed(aann_distances_measure(networks, family.member_count, 1, &distances, &error),
               &error)) {
        aann_distances_destroy(&distances);
    }
    if (measures) {
        aann_measures taken;
        aann_measures_options options = aann_measures_options_default();
        options.similarity_samples = 8;
        if (passed(aann_measures_take(networks, family.member_count,
                                      predicted ? &predictions : NULL,
                                      predicted ? request.samples : NULL, &options, &taken, &error),
                   &error)) {
            aann_measures_destroy(&taken);
        }
    }
    if (predicted) {
        aann_predictions_destroy(&predictions);
    }
    aann_family_destroy(&family);
}

/* Members of a network of ten million weights are sound, but a second's work each. */
static bool is_small(const aann_family_row *row)
{
    aann_error error;
    aann_spec spec;
    return aann_family_spec(row, &spec, &error) != AANN_OK ||
           aann_network_packed_size(&spec) < 100000;
}

static void go_on(aann_study *study, int64_t family, const structure_study *of, uint8_t moments,
                  bool grow)
{
    aann_error error;
    int64_t unfinished = 0;
    int left = moments % 4;
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.parallel = 1;
    work.seconds = 0.0005; /* a search that would be long is stopped, and stored */
    work.checkpoint_seconds = moments & 128 ? 1e-6 : 1.0;
    work.interrupted = stop_at_once;
    work.context = &left;
    (void)passed(aann_family_unfinished(study, family, &unfinished, &error), &error);
    if (grow) {
        (void)passed(aann_family_grow(study, family, 5, &error), &error);
    }
    const aann_status status = aann_family_resume(study, family, of->data, &work, &error);
    require(status == AANN_OK || status == AANN_INTERRUPTED || error.message[0] != '\0');
}

static void reload(const aann_family_row *row, const structure_study *of)
{
    aann_error error;
    aann_family_data *data = NULL;
    if (passed(aann_family_data_reload_sets(row, of->set, of->set, &data, &error), &error)) {
        aann_family_data_destroy(data);
    }
}

static void export_study(aann_study *study)
{
    char path[64];
    aann_error error;
    snprintf(path, sizeof path, "/dev/shm/aann-structure-%ld.aann", (long)getpid());
    unlink(path);
    aann_study *again = NULL;
    if (passed(aann_study_export(study, path, &error), &error) &&
        passed(aann_study_open(path, AANN_STUDY_READ, &again, &error), &error)) {
        read_members(again, false);
        aann_study_close(again);
    }
    unlink(path);
}

/* Mostly one use of each study: many changes are worth more than all uses of few. */
static void use_study(aann_study *study, const structure_study *of, uint8_t choice, uint8_t how)
{
    const uint8_t what = choice < 192 ? (uint8_t)(1 << choice % 4) : choice;
    aann_error error;
    aann_family_row *rows = NULL;
    size_t count = 0;
    if (!passed(aann_study_families(study, &rows, &count, &error), &error)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        read_row(&rows[i]);
        if (what & 1) {
            read_walks(study, rows[i].id);
            read_manifold(study, &rows[i]);
            reload(&rows[i], of);
        }
        if ((what & 0x22) == 2) { /* the slowest */
            go_on(study, rows[i].id, of, how, (how & 4) != 0 && is_small(&rows[i]));
        }
    }
    aann_family_rows_destroy(rows, count);
    if (what & 4) {
        read_members(study, (how & 8) != 0);
    }
    if (what & 8) {
        compare_members(study, of,
                        how & 16   ? "test"
                        : how & 32 ? "train"
                                   : "validation",
                        (how & 0x43) == 0x40); /* slow, too */
    }
    if (what == 0xff) {
        export_study(study);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    structure_bytes from = {bytes, bytes + size};
    const structure_study *table = structure_table();
    const uint8_t choice = next_byte(&from);
    const structure_study *of = &table[choice % STUDIES];
    /* Mostly the data that belong to it. */
    const structure_study *data = choice < 200 ? of : &table[next_byte(&from) % STUDIES];
    const uint8_t what = next_byte(&from);
    const uint8_t how = next_byte(&from);
    aann_study *study = open_copy(of);
    change_study(study, &from);
    use_study(study, data, what, how);
    return 0;
}
