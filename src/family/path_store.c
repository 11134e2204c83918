/* The chance level of paths, and storing waypoints as members of the family. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/path.h"
#include "core/error.h"
#include "core/memory.h"

/* Classification: with the classes' frequencies as probabilities the loss is the entropy, and the
 * accuracy is the frequency of the most frequent class. Regression: with the mean of the targets
 * the loss is their variance. */
void aann_samples_constant_score(const aann_samples *samples, const aann_search_options *search,
                                 double *loss, double *accuracy)
{
    const double count = (double)samples->count;
    *loss = 0.0;
    *accuracy = samples->labels != NULL ? 0.0 : NAN;
    for (int32_t c = 0; samples->labels != NULL && c < samples->class_count; c++) {
        int64_t found = 0;
        for (int64_t i = 0; i < samples->count; i++) {
            found += samples->labels[i] == c;
        }
        const double share = (double)found / count;
        *loss -= share > 0.0 ? share * log(share) : 0.0;
        *accuracy = fmax(*accuracy, share);
    }
    for (int32_t c = 0; samples->labels == NULL && c < samples->target_count; c++) {
        const float *target = samples->targets + c;
        double sum = 0.0;
        double squares = 0.0;
        for (int64_t i = 0; i < samples->count; i++) {
            const double value = (double)target[(size_t)i * (size_t)samples->target_count];
            sum += value;
            squares += value * value;
        }
        const double weight = c < AANN_MAX_TARGETS && search->target_weight[c] != 0.0
                                  ? search->target_weight[c]
                                  : 1.0;
        *loss += weight * (squares / count - sum / count * (sum / count));
    }
}

static aann_member_row point_row(const aann_member_row *from, const aann_family_plan *plan,
                                 const aann_path_options *options, const aann_path_point *point,
                                 size_t index)
{
    const bool passes = plan->threshold <= 0.0 || point->validation_accuracy >= plan->threshold;
    return (aann_member_row){
        .family = from->family,
        .index = (int64_t)index,
        .seed = options->seed,
        .state = passes ? AANN_MEMBER_DONE : AANN_MEMBER_FAILED,
        .origin = "path",
        .parent = from->id,
        .swaps_from_parent = point->swaps,
        .accepted = (uint64_t)point->swaps,
        .train_loss = point->train_loss,
        .train_accuracy = point->train_accuracy,
        .validation_loss = point->validation_loss,
        .validation_accuracy = point->validation_accuracy,
        .test_loss = point->test_loss,
        .test_accuracy = point->test_accuracy,
    };
}

static bool is_stored(const aann_member_row *members, size_t count, const aann_network *network)
{
    const uint64_t hash = aann_network_hash(network);
    for (size_t i = 0; i < count; i++) {
        if (members[i].hash == hash && strcmp(members[i].origin, "path") == 0) {
            return true;
        }
    }
    return false;
}

static aann_status read_plan(aann_study *study, int64_t from, aann_member_row *row,
                             aann_family_plan *plan, aann_error *error)
{
    aann_family_row family = {0};
    aann_status status = aann_study_member(study, from, row, error);
    if (status == AANN_OK) {
        status = aann_study_family(study, row->family, &family, error);
    }
    if (status == AANN_OK) {
        status = aann_family_plan_parse(family.options, plan, error);
    }
    aann_family_row_destroy(&family);
    return status;
}

/* The points between the ends, and the top, in the order of the path: points[*count], to be freed;
 * they are the path's. */
static aann_status points_between(const aann_path *path, const aann_path_point ***points,
                                  size_t *count, aann_error *error)
{
    const aann_path_point **list = aann_allocate_zeroed(path->point_count + 1, sizeof *list);
    *points = list;
    *count = 0;
    if (list == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the points of a path");
    }
    const aann_path_point *top = path->top.network != NULL ? &path->top : NULL;
    for (size_t i = 0; i < path->point_count; i++) {
        const aann_path_point *point = &path->points[i];
        if (top != NULL &&
            aann_network_hash(point->network) == aann_network_hash(path->top.network)) {
            top = NULL; /* is one of the points */
        }
    }
    for (size_t i = 1; i < path->point_count; i++) {
        const aann_path_point *point = &path->points[i];
        if (top != NULL && top->swaps <= point->swaps) {
            list[(*count)++] = top;
            top = NULL;
        }
        if (i + 1 < path->point_count) {
            list[(*count)++] = point;
        }
    }
    return AANN_OK;
}

aann_status aann_path_store(aann_study *study, int64_t from, const aann_path_options *options,
                            const aann_path *path, int32_t *stored, aann_error *error)
{
    aann_member_row row;
    aann_family_plan plan;
    aann_member_row *members = NULL;
    size_t member_count = 0;
    aann_status status = read_plan(study, from, &row, &plan, error);
    if (status == AANN_OK) {
        status = aann_study_members(study, row.family, &members, &member_count, error);
    }
    const aann_path_point **points = NULL;
    size_t point_count = 0;
    if (status == AANN_OK) {
        status = points_between(path, &points, &point_count, error);
    }
    aann_member_row *rows = aann_allocate_zeroed(point_count, sizeof *rows);
    aann_member_record *records = aann_allocate_zeroed(point_count, sizeof *records);
    if (status == AANN_OK && (rows == NULL || records == NULL)) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the points of a path");
    }
    size_t count = 0;
    for (size_t i = 0; status == AANN_OK && i < point_count; i++) {
        if (!is_stored(members, member_count, points[i]->network)) {
            rows[count] = point_row(&row, &plan, options, points[i], i);
            records[count] =
                (aann_member_record){.member = &rows[count], .network = points[i]->network};
            count++;
        }
    }
    if (status == AANN_OK) {
        status = aann_study_save_members(study, records, count, error);
    }
    if (stored != NULL) {
        *stored = status == AANN_OK ? (int32_t)count : 0;
    }
    free(members);
    free(points);
    free(rows);
    free(records);
    return status;
}
