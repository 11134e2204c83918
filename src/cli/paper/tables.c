/* The tables of an experiment, as CSV: every number that the report and its pictures are made
 * of. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/file.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/text.h"

enum { DIGITS = 17 }; /* doubles as they are */

FILE *paper_open_file(const paper *p, const char *name, aann_error *error)
{
    char path[PAPER_PATH];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    return cli_file_open(path, error);
}

aann_status paper_close_file(const paper *p, const char *name, FILE *file, aann_error *error)
{
    char path[PAPER_PATH];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    return cli_file_close(path, file, error);
}

static aann_status write_members(const paper *p, aann_error *error)
{
    FILE *file = paper_open_file(p, "members.csv", error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    fputs(
        "family,name,member,index,origin,state,steps,accepted,samples_evaluated,seconds,train_loss,train_"
        "accuracy,"
        "validation_loss,validation_accuracy,test_loss,test_accuracy,hash\n",
        file);
    aann_status status = AANN_OK;
    for (int32_t f = 0; f < p->family_count; f++) {
        const paper_family *family = &p->families[f];
        for (int32_t i = 0; i < family->count && status == AANN_OK; i++) {
            const aann_member_row *m = &family->rows[i];
            double samples = (double)NAN;
            status = paper_effort(p, m->id, &samples, error);
            cli_print_to(file, "%" PRId64 ",%s,%" PRId64 ",%" PRId64 ",%s,%s,%" PRIu64 ",%" PRIu64,
                         family->id, family->name, m->id, m->index, m->origin,
                         m->state == AANN_MEMBER_DONE ? "done" : "failed", m->steps, m->accepted);
            const double numbers[] = {samples,           m->seconds,         m->train_loss,
                                      m->train_accuracy, m->validation_loss, m->validation_accuracy,
                                      m->test_loss,      m->test_accuracy};
            cli_put_cells(file, numbers, sizeof numbers / sizeof numbers[0], DIGITS);
            fprintf(file, ",%016" PRIx64 "\n", m->hash);
        }
    }
    const aann_status closed = paper_close_file(p, "members.csv", file, error);
    return status == AANN_OK ? closed : status;
}

/* `x` is the heading of the point's x; NULL: it has none. */
static aann_status write_points(const paper *p, const char *name, const paper_points *points,
                                const char *x, aann_error *error)
{
    if (points->count == 0) {
        return AANN_OK;
    }
    FILE *file = paper_open_file(p, name, error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    const bool lesions = points->list[0].deleted > 0 || points->list[points->count - 1].deleted > 0;
    const bool shared = x != NULL && strcmp(x, "weight") == 0;
    cli_print_to(file, "member,layer,draw%s%s%s%s,accuracy,loss\n", x != NULL ? "," : "",
                 x != NULL ? x : "", lesions ? ",deleted" : "", shared ? ",signs" : "");
    for (int64_t i = 0; i < points->count; i++) {
        const paper_point *point = &points->list[i];
        char layer[24] = "all";
        if (point->layer >= 0) {
            snprintf(layer, sizeof layer, "%d", point->layer);
        }
        cli_print_to(file, "%" PRId64 ",%s,%d", point->member, layer, point->draw);
        if (x != NULL) {
            cli_put_cells(file, &point->x, 1, DIGITS);
        }
        if (lesions) {
            fprintf(file, ",%" PRId64, point->deleted);
        }
        if (shared) {
            cli_print_to(file, ",%s", point->keep_signs ? "own" : "same");
        }
        cli_put_cells(file, &point->accuracy, 1, DIGITS);
        cli_put_cells(file, &point->loss, 1, DIGITS);
        fputc('\n', file);
    }
    return paper_close_file(p, name, file, error);
}

aann_status paper_write_tables(const paper *p, const paper_measures *m, aann_error *error)
{
    aann_status status = write_members(p, error);
    if (status == AANN_OK) {
        status = write_points(p, "intact.csv", &m->intact, NULL, error);
    }
    if (status == AANN_OK) {
        status = write_points(p, "nulls.csv", &m->nulls, NULL, error);
    }
    if (status == AANN_OK) {
        status = write_points(p, "lesions.csv", &m->lesions, "percent", error);
    }
    return status == AANN_OK ? write_points(p, "shared_weight.csv", &m->shared, "weight", error)
                             : status;
}
