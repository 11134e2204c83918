/* `aann connect` as text, JSON, CSV and pictures. */
#include "cli/commands/connect_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/picture.h"
#include "cli/shared/file.h"
#include "cli/shared/message.h"
#include "cli/shared/pictures.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static int64_t id_of(const connect_result *result, int32_t place)
{
    return result->connections.members[place].id;
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_level(const connect_result *result, int32_t level)
{
    const aann_connections *found = &result->connections;
    const aann_connection *path = &found->paths[found->tree[level]];
    char train[16], validation[16], test[16];
    cli_print(
        "  %10.4f %8d %10d   %5" PRId64 " %5" PRId64 " %6" PRId64 " %9s %10s %9s %8d   %s\n",
        path->loss, found->largest[level], found->components[level], id_of(result, path->from),
        id_of(result, path->to), path->top, cli_percent(path->train_accuracy, train),
        cli_percent(path->validation_accuracy, validation), cli_percent(path->test_accuracy, test),
        path->attempts, path->stands ? "stands" : "could be lower");
}

void connect_print(const connect_result *result)
{
    const aann_connections *found = &result->connections;
    const int64_t pairs = (int64_t)found->count * (found->count - 1) / 2;
    char half[16], whole[16], chance[16];
    cli_print("%s: connections of %d members of family %" PRId64 ", %s, seed %" PRIu64 "\n",
              result->path, found->count, result->family.row.id, result->family.row.spec,
              result->plan->seed);
    printf("  paths between %d of %" PRId64 " pairs, in %" PRId64 " attempts", found->path_count,
           pairs, found->attempts);
    if (found->complete) {
        printf("; the tree is complete\n");
    } else {
        printf("; this round needs %" PRId64 " more\n", found->left);
    }
    if (found->level_count > 0) {
        cli_print("\n  %10s %8s %10s   %5s %5s %6s %9s %10s %9s %8s\n", "train loss", "largest",
                  "components", "from", "to", "top", "train", "validation", "test", "attempts");
    }
    for (int32_t i = 0; i < found->level_count; i++) {
        print_level(result, i);
    }
    cli_print("\n  the members themselves: train loss %.4f to %.4f\n", found->members[0].train_loss,
              found->members[found->count - 1].train_loss);
    cli_print("  half of the members are joined at train loss %s, all at %s\n",
              cli_number(found->half, half), cli_number(found->whole, whole));
    if (isfinite(result->constant_loss)) {
        cli_print("  chance: the best constant answer has %s\n",
                  cli_number(result->constant_loss, chance));
    }
    printf("These are upper bounds: members may be joined by lower paths that were not found.\n");
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *members_json(const connect_result *result)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < result->connections.count; i++) {
        const aann_member_row *row = &result->connections.members[i];
        json_array_append_new(array,
                              json_pack("{s:I, s:o, s:o}", "id", (json_int_t)row->id, "train_loss",
                                        cli_json_real(row->train_loss), "train_accuracy",
                                        cli_json_real(row->train_accuracy)));
    }
    return array;
}

static json_t *paths_json(const connect_result *result)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < result->connections.path_count; i++) {
        const aann_connection *path = &result->connections.paths[i];
        json_array_append_new(
            array,
            json_pack("{s:I, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:i, s:o, s:b}", "from",
                      (json_int_t)id_of(result, path->from), "to",
                      (json_int_t)id_of(result, path->to), "loss", cli_json_real(path->loss),
                      "floor", cli_json_real(path->floor), "top", (json_int_t)path->top,
                      "train_accuracy", cli_json_real(path->train_accuracy), "validation_accuracy",
                      cli_json_real(path->validation_accuracy), "test_accuracy",
                      cli_json_real(path->test_accuracy), "attempts", path->attempts, "gain",
                      cli_json_real(path->gain), "stands", (int)path->stands));
    }
    return array;
}

static json_t *levels_json(const connect_result *result)
{
    const aann_connections *found = &result->connections;
    json_t *array = json_array();
    for (int32_t i = 0; i < found->level_count; i++) {
        const aann_connection *path = &found->paths[found->tree[i]];
        json_array_append_new(
            array,
            json_pack("{s:o, s:i, s:i, s:I, s:I, s:I}", "loss", cli_json_real(found->levels[i]),
                      "largest", found->largest[i], "components", found->components[i], "from",
                      (json_int_t)id_of(result, path->from), "to",
                      (json_int_t)id_of(result, path->to), "top", (json_int_t)path->top));
    }
    return array;
}

void connect_json(const connect_result *result)
{
    const aann_connections *found = &result->connections;
    const aann_path_options *path = &result->plan->path;
    cli_print_json(json_pack(
        "{s:o, s:I, s:o, s:I, s:{s:i, s:i, s:i, s:I}, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, "
        "s:b}",
        "study", cli_json_text(result->path), "family", (json_int_t)result->family.row.id, "spec",
        cli_json_text(result->family.row.spec), "seed", (json_int_t)result->plan->seed, "path",
        "points", path->points, "candidates", path->candidates, "finalists", path->finalists,
        "repairs", (json_int_t)path->repairs, "tolerance", result->plan->tolerance, "members",
        members_json(result), "paths", paths_json(result), "levels", levels_json(result), "half",
        cli_json_real(found->half), "whole", cli_json_real(found->whole), "constant_loss",
        cli_json_real(result->constant_loss), "attempts", (json_int_t)found->attempts, "left",
        (json_int_t)found->left, "complete", (int)found->complete));
}

/* ---- CSV ------------------------------------------------------------------------------------- */

aann_status connect_csv(const connect_result *result, const char *path, aann_error *error)
{
    enum { CSV_DIGITS = 10 };
    FILE *file = cli_file_open(path, error);
    if (file == NULL) {
        return error->status;
    }
    fputs("from,to,top,attempts,loss,floor,gain,train_accuracy,validation_accuracy,test_accuracy\n",
          file);
    for (int32_t i = 0; i < result->connections.path_count; i++) {
        const aann_connection *c = &result->connections.paths[i];
        fprintf(file, "%" PRId64 ",%" PRId64 ",%" PRId64 ",%d", id_of(result, c->from),
                id_of(result, c->to), c->top, c->attempts);
        const double numbers[] = {
            c->loss,         c->floor, c->gain, c->train_accuracy, c->validation_accuracy,
            c->test_accuracy};
        cli_put_cells(file, numbers, sizeof numbers / sizeof numbers[0], CSV_DIGITS);
        fputc('\n', file);
    }
    return cli_file_close(path, file, error);
}

/* ---- pictures -------------------------------------------------------------------------------- */

/* A curve with a step at every level: x[2 levels + 1], y likewise. */
static int64_t steps(const aann_connections *found, double *x, double *y)
{
    int64_t count = 0;
    double largest = 1.0;
    x[count] = found->members[0].train_loss;
    y[count++] = largest;
    for (int32_t i = 0; i < found->level_count; i++) {
        x[count] = found->levels[i];
        y[count++] = largest;
        largest = found->largest[i];
        x[count] = found->levels[i];
        y[count++] = largest;
    }
    return count;
}

static aann_status draw_percolation(const connect_result *result, const char *folder,
                                    aann_error *error)
{
    const aann_connections *found = &result->connections;
    const size_t room = 2 * (size_t)found->level_count + 1;
    char subtitle[160];
    double *x = calloc(2 * room, sizeof *x);
    if (x == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    snprintf(subtitle, sizeof subtitle,
             "%d members, %d paths found; an upper bound: lower paths may exist", found->count,
             found->path_count);
    const aann_picture_series series = {
        .x = x, .y = x + room, .count = steps(found, x, x + room), .mark = AANN_MARK_LINE};
    const aann_picture_frame frame = {.title = "Members joined by paths below a training loss",
                                      .subtitle = subtitle,
                                      .x_label = "highest mean training loss on the way",
                                      .y_label = "members in the largest component",
                                      .y_low = 0.0,
                                      .y_high = found->count};
    const aann_status status = cli_draw_lines(folder, "percolation", &frame, &series, 1, error);
    free(x);
    return status;
}

static aann_status draw_barriers(const connect_result *result, const char *folder,
                                 aann_error *error)
{
    const aann_connections *found = &result->connections;
    double *values = calloc((size_t)found->path_count + 1, sizeof *values);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; i < found->path_count; i++) {
        values[i] = found->paths[i].loss - found->paths[i].floor;
    }
    const aann_picture_frame frame = {
        .title = "Barriers: the top of each path above its worse end",
        .x_label = "mean training loss of the top above that of the worse end",
        .y_label = "paths"};
    const aann_status status =
        cli_draw_values(folder, "barriers", &frame, values, found->path_count, NULL, error);
    free(values);
    return status;
}

aann_status connect_pictures(const connect_result *result, const char *folder, aann_error *error)
{
    aann_status status = cli_make_folder(folder, error);
    if (status == AANN_OK && result->connections.level_count > 0) {
        status = draw_percolation(result, folder, error);
    }
    return status == AANN_OK ? draw_barriers(result, folder, error) : status;
}
