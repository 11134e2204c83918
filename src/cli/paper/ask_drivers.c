/* The dynamic task: is there a family of drivers, at which sparsities, and what can it lose? */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"

static double percent_of_zeros(const aann_spec *spec)
{
    int64_t weights = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        weights += spec->layers[i].weight_count;
    }
    return 100.0 * (1.0 - (double)paper_synapses(spec) / (double)weights);
}

static void add_drive_columns(json_t *section)
{
    paper_add_summary_columns(section, 1);
    paper_add_column(section, "laps finished (%)", 1);
}

/* ---- families -------------------------------------------------------------------------------- */

/* Mean distance of the family's pairs, to be read beside chance. */
static aann_status measure_distance(const paper *p, const paper_family *family,
                                    aann_summary *distance, aann_error *error)
{
    aann_network **networks = calloc((size_t)family->count, sizeof *networks);
    double *values = calloc((size_t)family->count * (size_t)family->count, sizeof *values);
    aann_distances distances;
    aann_status status = networks == NULL || values == NULL
                             ? cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report")
                             : AANN_OK;
    for (int32_t i = 0; i < family->count && status == AANN_OK; i++) {
        status = aann_study_network(p->study, family->rows[i].id, &networks[i], error);
    }
    if (status == AANN_OK) {
        status = aann_distances_measure((const aann_network *const *)networks, family->count,
                                        p->threads, &distances, error);
    }
    if (status == AANN_OK) {
        for (int64_t i = 0; i < (int64_t)family->count * family->count; i++) {
            values[i] = (double)distances.total[i];
        }
        status = aann_summary_of_pairs(values, family->count, distance, error);
        aann_distances_destroy(&distances);
    }
    for (int32_t i = 0; networks != NULL && i < family->count; i++) {
        aann_network_destroy(networks[i]);
    }
    free(networks);
    free(values);
    return status;
}

static aann_status add_family(const paper *p, const paper_drive *drive, json_t *section,
                              aann_error *error)
{
    const paper_family *family = &p->families[drive->family];
    paper_summary summary;
    double finished = 0.0, loss = 0.0;
    aann_summary distance = {.mean = (double)NAN};
    aann_status status = paper_summarise_drive(p, drive, &summary, &finished, error);
    for (int32_t i = 0; i < family->count; i++) {
        loss += family->rows[i].validation_loss / family->count;
    }
    if (status == AANN_OK && family->count > 1) {
        status = measure_distance(p, family, &distance, error);
    }
    const aann_chance chance = aann_chance_of_spec(&family->spec);
    json_t *row = paper_add_row(section, family->spec.text);
    paper_add_number(row, percent_of_zeros(&family->spec));
    paper_add_summary(row, &summary);
    paper_add_number(row, finished);
    paper_add_number(row, loss);
    paper_add_number(row, distance.mean);
    paper_add_number(row, chance.mean);
    paper_add_number(row, sqrt(chance.variance));
    return status;
}

static void note_expert(const paper *p, const paper_drives *drives, json_t *section)
{
    const int32_t tracks = p->settings->driving.tracks;
    double reward = 0.0;
    for (int32_t i = 0; i < tracks; i++) {
        reward += drives->expert[i].reward / tracks;
    }
    paper_add_note(
        section,
        "The teacher that was imitated has %.1f on the same tracks. It sees the track, the "
        "networks see pixels. Published figures for this task are of CarRacing-v0, on "
        "other tracks; nothing here is a comparison with them.",
        reward);
}

static aann_status ask_families(const paper *p, const paper_drives *drives, json_t *sections,
                                aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const paper_family *first = &p->families[drives->list[0].family];
    const aann_samples *train = aann_family_data_train(p->drives);
    json_t *section = paper_add_section(
        sections, "Is there a family of drivers?",
        "CarRacing: %" PRId64
        " pictures of %d drives of the steady teacher (with disturbed steering), %" PRIu64
        " candidates a member, imitation alone: no rounds of corrections, no search for reward. "
        "%d members of each family from independent random starts, seeds %" PRIu64
        " and up. Each drives the tracks %" PRId64 " to %" PRId64
        ", which nothing was chosen on; its value is its mean reward.",
        train->count, d->episodes, first->search.steps, d->members, first->search.seed,
        d->first_track, d->first_track + d->tracks - 1);
    paper_add_column(section, "network", -1);
    paper_add_column(section, "zeros (%)", 1);
    add_drive_columns(section);
    paper_add_column(section, "validation loss", 3);
    paper_add_column(section, "weights that differ", 0);
    paper_add_column(section, "by chance", 0);
    paper_add_column(section, "+-", 0);
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < drives->count && status == AANN_OK; i++) {
        if (drives->list[i].road == PAPER_ROAD_WHOLE) {
            status = add_family(p, &drives->list[i], section, error);
        }
    }
    note_expert(p, drives, section);
    paper_add_picture(section, "drivers");
    char *command = paper_search_command(p, first);
    paper_add_command(
        section,
        "aann car record --teacher --lateral 100 --widest 2 --episodes %d --out drives-%d.npz",
        d->episodes, d->episodes);
    paper_add_command(section, "%s", command != NULL ? command : "");
    free(command);
    paper_add_command(section, "aann drive study.aann %" PRId64 " --tracks %" PRId64 ":%" PRId64,
                      first->rows[0].id, d->first_track, d->first_track + d->tracks);
    return status;
}

/* ---- what they can lose ---------------------------------------------------------------------- */

/* All draws of one change together: the mean over the draws is a member's value. */
static aann_status summarise_draws(const paper *p, const paper_drives *drives,
                                   const paper_drive *like, paper_summary *summary,
                                   double *finished, aann_error *error)
{
    const int32_t members = p->families[like->family].count;
    const int32_t tracks = p->settings->driving.tracks;
    double *values = calloc((size_t)members, sizeof *values);
    int64_t draws = 0, laps = 0;
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a report");
    }
    for (int32_t i = 0; i < drives->count; i++) {
        const paper_drive *one = &drives->list[i];
        if (one->family != like->family || one->road != like->road ||
            one->change.kind != like->change.kind || one->change.amount != like->change.amount) {
            continue;
        }
        draws++;
        for (int32_t k = 0; k < members * tracks; k++) {
            values[k / tracks] += one->laps[k].reward / tracks;
            laps += one->laps[k].finished ? 1 : 0;
        }
    }
    for (int32_t i = 0; i < members; i++) {
        values[i] /= (double)draws;
    }
    *finished = 100.0 * (double)laps / ((double)draws * members * tracks);
    const aann_status status = paper_summarise_values(values, members, summary, error);
    free(values);
    return status;
}

static void name_change(const paper_drive *drive, char *text, size_t size)
{
    if (drive->road == PAPER_ROAD_WHOLE) {
        snprintf(text, size, "as found");
    } else if (drive->road == PAPER_ROAD_COLOURS) {
        snprintf(text, size, "other colours on each track");
    } else if (drive->change.kind == AANN_ABLATION_SHUFFLE) {
        snprintf(text, size, "all wirings shuffled");
    } else {
        snprintf(text, size, "%.10g %% of the synapses deleted", drive->change.amount);
    }
}

aann_status paper_summarise_drives(const paper *p, const paper_drives *drives,
                                   paper_drive_summary *list, int32_t *count, aann_error *error)
{
    aann_status status = AANN_OK;
    *count = 0;
    for (int32_t i = 0; i < drives->count && status == AANN_OK; i++) {
        const paper_drive *one = &drives->list[i];
        const bool again = one->road == PAPER_ROAD_CHANGED && one->change.draw > 0;
        if (one->family != drives->list[0].family || again) {
            continue;
        }
        paper_drive_summary *next = &list[(*count)++];
        next->drive = one;
        name_change(one, next->name, sizeof next->name);
        status = summarise_draws(p, drives, one, &next->reward, &next->finished, error);
    }
    return status;
}

static aann_status ask_losses(const paper *p, const paper_drives *drives, json_t *sections,
                              aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    paper_drive_summary list[PAPER_MOST_VALUES + 3];
    int32_t count = 0;
    json_t *section = paper_add_section(
        sections, "What can a driver lose?",
        "The %d members of the first family on the same tracks: with the colours of road, grass and "
        "background drawn anew on each track (which no member saw in its pictures), with synapses "
        "deleted at random, with all wirings shuffled (the counts stay). %d draws of each "
        "deletion and shuffle, no two members with the same one; their mean is the member's value.",
        p->families[drives->list[0].family].count, d->draws);
    paper_add_column(section, "", -1);
    add_drive_columns(section);
    aann_status status = paper_summarise_drives(p, drives, list, &count, error);
    for (int32_t i = 0; i < count && status == AANN_OK; i++) {
        json_t *row = paper_add_row(section, list[i].name);
        paper_add_summary(row, &list[i].reward);
        paper_add_number(row, list[i].finished);
    }
    const int64_t id = p->families[drives->list[0].family].rows[0].id;
    paper_add_note(section, "Every drive is a line of `drives.csv`. There is no reference network "
                            "here that was trained by gradient: whether others lose as much, this "
                            "table does not say.");
    paper_add_picture(section, "drivers_changed");
    if (d->lesions.count > 0) {
        paper_add_command(section,
                          "aann drive study.aann %" PRId64 " --tracks %" PRId64 ":%" PRId64
                          " --lesion %.10g --draw-seed %" PRId64,
                          id, d->first_track, d->first_track + d->tracks, d->lesions.values[0],
                          p->settings->seed);
    }
    paper_add_command(section,
                      "aann drive study.aann %" PRId64 " --tracks %" PRId64 ":%" PRId64
                      " --domain-randomize",
                      id, d->first_track, d->first_track + d->tracks);
    return status;
}

aann_status paper_ask_drivers(const paper *p, const paper_answers *answers, json_t *sections,
                              aann_error *error)
{
    const paper_drives *drives = &answers->measures->drives;
    if (drives->count == 0) {
        return AANN_OK;
    }
    const aann_status status = ask_families(p, drives, sections, error);
    return status == AANN_OK ? ask_losses(p, drives, sections, error) : status;
}
