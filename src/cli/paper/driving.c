/* The dynamic task: the teacher's drives are recorded once, families of drivers are searched on them
 * like any other family, and then they drive: as they are, with other colours, with synapses
 * deleted, with their wiring shuffled. Rewards are of tracks that nothing else is done on. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/car.h"
#include "aann/ranks.h"
#include "aann/recording.h"
#include "cli/paper/paper.h"
#include "cli/shared/message.h"
#include "cli/shared/ranks.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

/* ---- recorded drives ------------------------------------------------------------------------- */

/* The steady teacher near the middle of the road, as docs/carracing.md records it: who imitates the
 * fast expert drives slowly and finishes no lap. */
static aann_recording_options recording_of(int32_t episodes)
{
    aann_recording_options options = aann_recording_options_default();
    options.demonstration.expert = aann_car_expert_options_teacher();
    options.demonstration.expert.lateral_acceleration = 100.0;
    options.demonstration.expert.widest = 2.0;
    options.episodes = episodes;
    options.interrupted = cli_stop_callback;
    return options;
}

static aann_status record(const paper *p, const char *path, aann_error *error)
{
    const aann_recording_options options = recording_of(p->settings->driving.episodes);
    aann_recording recording;
    if (!p->session.quiet) {
        cli_print_to(stderr, "recording %d drives of the teacher: %s\n", options.episodes, path);
    }
    aann_status status = aann_recording_make(&options, NULL, &recording, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_recording_write(&recording, path, error);
    aann_recording_destroy(&recording);
    return status;
}

aann_status paper_load_drives(paper *p, aann_error *error)
{
    char path[PAPER_PATH];
    struct stat there;
    aann_family_source source = aann_family_source_default();
    snprintf(path, sizeof path, "%s/drives-%d.npz", p->folder, p->settings->driving.episodes);
    aann_status status = stat(path, &there) == 0 ? AANN_OK : record(p, path, error);
    source.train = path;
    if (status == AANN_OK) {
        status = aann_family_data_load(&source, &p->drives, error);
    }
    if (status == AANN_INTERRUPTED) {
        p->stopped = true;
        return AANN_OK;
    }
    return status;
}

/* The frames as samples; those of the last tracks, if there are any, for validation. */
static aann_status load_recording(paper *p, const aann_recording *recording, aann_error *error)
{
    const aann_shape shape = {1, AANN_CAR_VIEW_SIZE, AANN_CAR_VIEW_SIZE};
    int8_t *inputs = malloc((size_t)recording->count * AANN_CAR_VIEW_VALUES);
    if (inputs == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for drives");
    }
    for (int64_t i = 0; i < recording->count; i++) {
        aann_car_view_encode(recording->views + i * AANN_CAR_VIEW_VALUES,
                             inputs + i * AANN_CAR_VIEW_VALUES);
    }
    const int64_t first = recording->train_count;
    const aann_samples train = {.shape = shape,
                                .count = first,
                                .inputs = inputs,
                                .targets = recording->targets,
                                .target_count = AANN_CAR_OUTPUTS};
    aann_samples validation = train;
    validation.count = recording->count - first;
    validation.inputs = inputs + first * AANN_CAR_VIEW_VALUES;
    validation.targets = recording->targets + first * AANN_CAR_OUTPUTS;
    aann_family_samples samples = aann_family_samples_default();
    samples.train = &train;
    samples.validation = validation.count > 0 ? &validation : NULL;
    const aann_status status = aann_family_data_create(&samples, &p->drives, error);
    free(inputs);
    return status;
}

aann_status paper_sample_drives(paper *p, aann_error *error)
{
    enum { FEW = 20 };
    const int32_t episodes = p->settings->driving.episodes;
    const aann_recording_options options = recording_of(episodes < FEW ? episodes : FEW);
    aann_recording recording;
    aann_status status = aann_recording_make(&options, NULL, &recording, error);
    if (status != AANN_OK) {
        return status;
    }
    status = load_recording(p, &recording, error);
    aann_recording_destroy(&recording);
    return status;
}

/* ---- the teacher ----------------------------------------------------------------------------- */

static aann_lap drive_teacher(aann_car *car, aann_car_expert *expert, uint64_t track)
{
    aann_lap lap = {.reward = 0.0};
    aann_car_result result = {.reward = 0.0};
    aann_car_reset(car, track);
    aann_car_expert_plan(expert, car);
    while (!result.terminated && !result.truncated) {
        aann_car_action action;
        aann_car_expert_act(expert, car, &action);
        aann_car_step(car, &action, &result);
        lap.reward += result.reward;
        lap.steps++;
    }
    lap.finished = result.lap_finished;
    return lap;
}

static aann_status measure_teacher(const paper *p, aann_lap *laps, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const aann_car_expert_options style = recording_of(1).demonstration.expert;
    aann_car *car = NULL;
    aann_car_expert *expert = NULL;
    aann_status status = aann_car_create(NULL, &car, error);
    if (status == AANN_OK) {
        status = aann_car_expert_create(&style, &expert, error);
    }
    for (int32_t i = 0; i < d->tracks && status == AANN_OK; i++) {
        laps[i] = drive_teacher(car, expert, (uint64_t)d->first_track + (uint64_t)i);
    }
    aann_car_expert_destroy(expert);
    aann_car_destroy(car);
    return status;
}

/* ---- the drivers ----------------------------------------------------------------------------- */

static aann_status drive(const paper *p, const aann_driver *driver, aann_lap *laps,
                         aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const uint64_t first = (uint64_t)d->first_track;
    return cli_ranks() != NULL ? aann_ranks_drive_tracks(cli_ranks(), driver, first, d->tracks,
                                                         cli_stop_callback, NULL, laps, error)
                               : aann_drive_tracks(driver, first, d->tracks, p->threads,
                                                   p->session.work.isa, laps, error);
}

/* No two members have a draw in common, as in measures.c. */
aann_ablation paper_drive_change(const paper *p, const paper_drive *drive, int32_t member)
{
    aann_ablation own = drive->change;
    if (drive->road == PAPER_ROAD_CHANGED) {
        own.draw += (uint64_t)(member * (int64_t)p->settings->driving.draws);
    }
    return own;
}

/* One member under one condition. */
static aann_status drive_member(const paper *p, const paper_drive *condition, int32_t member,
                                const aann_car_outputs *outputs, aann_error *error)
{
    const paper_family *family = &p->families[condition->family];
    aann_network *network = NULL, *changed = NULL;
    aann_status status = aann_study_network(p->study, family->rows[member].id, &network, error);
    if (status == AANN_OK && condition->road == PAPER_ROAD_CHANGED) {
        const aann_ablation change = paper_drive_change(p, condition, member);
        status = aann_ablation_apply(network, &change, &changed, NULL, error);
    }
    if (status == AANN_OK) {
        const aann_network *one = changed != NULL ? changed : network;
        const aann_driver driver = {.networks = &one,
                                    .count = 1,
                                    .outputs = *outputs,
                                    .domain_randomize = condition->road == PAPER_ROAD_COLOURS};
        status = drive(p, &driver, condition->laps + member * p->settings->driving.tracks, error);
    }
    aann_network_destroy(changed);
    aann_network_destroy(network);
    return status == AANN_OK && cli_stop_asked()
               ? cli_set_error(error, AANN_ERROR_IO, "stopped; everything found is stored")
               : status;
}

static aann_status drive_all(const paper *p, const paper_drive *condition, aann_error *error)
{
    aann_family_row row;
    aann_car_outputs outputs;
    const paper_family *family = &p->families[condition->family];
    aann_status status = aann_study_family(p->study, family->id, &row, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_car_outputs(&row, &outputs, error);
    aann_family_row_destroy(&row);
    for (int32_t i = 0; i < family->count && status == AANN_OK; i++) {
        status = drive_member(p, condition, i, &outputs, error);
    }
    return status;
}

/* ---- the list of conditions ------------------------------------------------------------------ */

static aann_status add(const paper *p, paper_drives *drives, int32_t family, paper_road road,
                       aann_ablation change, aann_error *error)
{
    paper_drive *condition = &drives->list[drives->count];
    *condition = (paper_drive){.family = family, .road = road, .change = change};
    condition->laps =
        calloc((size_t)p->families[family].count * (size_t)p->settings->driving.tracks,
               sizeof *condition->laps);
    if (condition->laps == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for drives");
    }
    drives->count++;
    return AANN_OK;
}

/* Draw `draw` of a shuffle of all wirings, or of a lesion. */
static aann_ablation drawn(const paper *p, aann_ablation_kind kind, double amount, int32_t draw)
{
    aann_ablation change = paper_change(kind, AANN_EVERY_LAYER, amount);
    change.seed = (uint64_t)p->settings->seed;
    change.draw = (uint64_t)draw;
    return change;
}

/* The changes are made to the first family of drivers. */
static aann_status list_conditions(const paper *p, paper_drives *drives, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const aann_ablation none = aann_ablation_default();
    aann_status status = AANN_OK;
    int32_t main_family = -1;
    for (int32_t f = 0; f < p->family_count && status == AANN_OK; f++) {
        if (p->families[f].question == PAPER_DRIVERS) {
            main_family = main_family < 0 ? f : main_family;
            status = add(p, drives, f, PAPER_ROAD_WHOLE, none, error);
        }
    }
    if (status == AANN_OK) {
        status = add(p, drives, main_family, PAPER_ROAD_COLOURS, none, error);
    }
    for (int32_t draw = 0; draw < d->draws && status == AANN_OK; draw++) {
        status = add(p, drives, main_family, PAPER_ROAD_CHANGED,
                     drawn(p, AANN_ABLATION_SHUFFLE, 0.0, draw), error);
        for (int32_t i = 0; i < d->lesions.count && status == AANN_OK; i++) {
            status = add(p, drives, main_family, PAPER_ROAD_CHANGED,
                         drawn(p, AANN_ABLATION_LESION, d->lesions.values[i], draw), error);
        }
    }
    return status;
}

aann_status paper_measure_drives(const paper *p, paper_drives *drives, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const size_t most =
        (size_t)p->family_count + 2 + (size_t)d->draws * (1 + (size_t)d->lesions.count);
    *drives = (paper_drives){.list = calloc(most, sizeof *drives->list),
                             .expert = calloc((size_t)d->tracks, sizeof *drives->expert)};
    if (drives->list == NULL || drives->expert == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for drives");
    }
    aann_status status = list_conditions(p, drives, error);
    if (status == AANN_OK) {
        status = measure_teacher(p, drives->expert, error);
    }
    for (int32_t i = 0; i < drives->count && status == AANN_OK; i++) {
        status = drive_all(p, &drives->list[i], error);
    }
    return status;
}

void paper_drives_clear(paper_drives *drives)
{
    for (int32_t i = 0; i < drives->count; i++) {
        free(drives->list[i].laps);
    }
    free(drives->list);
    free(drives->expert);
    *drives = (paper_drives){.count = 0};
}
