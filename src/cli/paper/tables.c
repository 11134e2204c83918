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

/* A table of one kind of change: `amount` is its column's heading, NULL: it has none. */
typedef struct table {
    const char *name;
    aann_ablation_kind kind;
    const char *amount;
} table;

static void write_row(FILE *file, const table *t, int64_t member, const aann_ablation *change,
                      const aann_ablation_result *result)
{
    char layer[24] = "all";
    if (change->layer >= 0) {
        snprintf(layer, sizeof layer, "%d", change->layer);
    }
    cli_print_to(file, "%" PRId64 ",%s,%" PRIu64, member, layer, change->draw);
    if (t->amount != NULL) {
        cli_put_cells(file, &change->amount, 1, DIGITS);
    }
    if (t->kind == AANN_ABLATION_LESION) {
        fprintf(file, ",%" PRId64, result->deleted);
    } else if (t->kind == AANN_ABLATION_SHARED_WEIGHT) {
        cli_print_to(file, ",%s", change->keep_signs ? "own" : "same");
    }
    const double scores[] = {result->score.accuracy, result->score.loss};
    cli_put_cells(file, scores, 2, DIGITS);
    fputc('\n', file);
}

static aann_status write_changes(const paper *p, const paper_measures *m, const table *t,
                                 aann_error *error)
{
    bool any = false;
    for (int64_t i = 0; i < m->change_count; i++) {
        any = any || m->changes[i].kind == t->kind;
    }
    FILE *file = any ? paper_open_file(p, t->name, error) : NULL;
    if (file == NULL) {
        return any ? AANN_ERROR_IO : AANN_OK;
    }
    cli_print_to(file, "member,layer,draw%s%s%s,accuracy,loss\n", t->amount != NULL ? "," : "",
                 t->amount != NULL ? t->amount : "",
                 t->kind == AANN_ABLATION_LESION          ? ",deleted"
                 : t->kind == AANN_ABLATION_SHARED_WEIGHT ? ",signs"
                                                          : "");
    const paper_family *existence = paper_existence(p);
    for (int64_t i = 0; i < existence->count * m->change_count; i++) {
        const int64_t member = i / m->change_count;
        const aann_ablation change = paper_change_of_member(p, m, member, i % m->change_count);
        if (change.kind == t->kind) {
            write_row(file, t, existence->rows[member].id, &change, &m->results[i]);
        }
    }
    return paper_close_file(p, t->name, file, error);
}

/* Shuffles that keep some structure. */
static aann_status write_kept(const paper *p, const paper_measures *m, aann_error *error)
{
    const paper_family *family = paper_existence(p);
    const int32_t draws = p->settings->null_draws;
    if (draws == 0) {
        return AANN_OK;
    }
    FILE *file = paper_open_file(p, "nulls_kept.csv", error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    fputs("member,kept,draw,accuracy,loss\n", file);
    for (int32_t null = AANN_NULL_UNITS; null < AANN_NULL_COUNT; null++) {
        for (int32_t i = 0; i < family->count * draws; i++) {
            const aann_score *score = &m->nulls[null * family->count * draws + i];
            const double scores[] = {score->accuracy, score->loss};
            cli_print_to(file, "%" PRId64 ",%s,%d", family->rows[i / draws].id,
                         aann_null_name((aann_null)null), i);
            cli_put_cells(file, scores, 2, DIGITS);
            fputc('\n', file);
        }
    }
    return paper_close_file(p, "nulls_kept.csv", file, error);
}

static const char *name_of(const paper_drive *drive)
{
    return drive->road == PAPER_ROAD_WHOLE               ? "none"
           : drive->road == PAPER_ROAD_COLOURS           ? "colours"
           : drive->change.kind == AANN_ABLATION_SHUFFLE ? "shuffle"
                                                         : "lesion";
}

static void write_laps(FILE *file, const paper *p, const paper_drive *drive)
{
    const paper_driving_settings *d = &p->settings->driving;
    const paper_family *family = &p->families[drive->family];
    for (int32_t i = 0; i < family->count * d->tracks; i++) {
        const aann_lap *lap = &drive->laps[i];
        const aann_ablation change = paper_drive_change(p, drive, i / d->tracks);
        cli_print_to(file, "%s,%" PRId64 ",%s,%.10g,%" PRIu64 ",%" PRId64, family->name,
                     family->rows[i / d->tracks].id, name_of(drive), change.amount, change.draw,
                     d->first_track + i % d->tracks);
        cli_put_cells(file, &lap->reward, 1, DIGITS);
        fprintf(file, ",%d,%d\n", lap->steps, lap->finished ? 1 : 0);
    }
}

static aann_status write_drives(const paper *p, const paper_drives *drives, aann_error *error)
{
    if (drives->count == 0) {
        return AANN_OK;
    }
    FILE *file = paper_open_file(p, "drives.csv", error);
    if (file == NULL) {
        return AANN_ERROR_IO;
    }
    fputs("family,member,change,percent,draw,track,reward,steps,finished\n", file);
    for (int32_t i = 0; i < drives->count; i++) {
        write_laps(file, p, &drives->list[i]);
    }
    for (int32_t i = 0; i < p->settings->driving.tracks; i++) {
        const aann_lap *lap = &drives->expert[i];
        fprintf(file, "teacher,,none,0,0,%" PRId64, p->settings->driving.first_track + i);
        cli_put_cells(file, &lap->reward, 1, DIGITS);
        fprintf(file, ",%d,%d\n", lap->steps, lap->finished ? 1 : 0);
    }
    return paper_close_file(p, "drives.csv", file, error);
}

aann_status paper_write_tables(const paper *p, const paper_measures *m, aann_error *error)
{
    static const table tables[] = {
        {"intact.csv", AANN_ABLATION_NONE, NULL},
        {"nulls.csv", AANN_ABLATION_SHUFFLE, NULL},
        {"lesions.csv", AANN_ABLATION_LESION, "percent"},
        {"shared_weight.csv", AANN_ABLATION_SHARED_WEIGHT, "weight"},
    };
    aann_status status = write_members(p, error);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == AANN_OK; i++) {
        status = write_changes(p, m, &tables[i], error);
    }
    if (status == AANN_OK) {
        status = write_kept(p, m, error);
    }
    return status == AANN_OK ? write_drives(p, &m->drives, error) : status;
}
