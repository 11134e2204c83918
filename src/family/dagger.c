/* Rounds of corrections: the members drive, the expert corrects, the search continues from them. */
#include "aann/dagger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/data.h"
#include "aann/options.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/meter.h"

enum { TRACKS_APART = 10000, NAME_SIZE = 4096 };

/* What one round works with. */
typedef struct dagger_round {
    aann_study *study;
    const aann_dagger_options *options;
    const aann_family_work *work;
    double start; /* of all rounds */
    int32_t number;
    aann_family family; /* whose members drive */
    char *path;         /* of the frames */
    char name[NAME_SIZE];
    aann_recording recording;
    aann_family_data *data;
    int64_t next_id; /* of the family that is searched */
} dagger_round;

aann_dagger_options aann_dagger_options_default(void)
{
    aann_dagger_options options = {
        .rounds = 2,
        .recording = aann_recording_options_default(),
        .search = aann_search_options_default(),
    };
    /* The steady expert, which leaves a margin for mistakes: docs/carracing.md, "Measured". */
    options.recording.demonstration.expert = aann_car_expert_options_teacher();
    options.recording.demonstration.expert.lateral_acceleration = 100.0;
    options.recording.demonstration.expert.widest = 2.0;
    options.recording.driver_episodes = options.recording.episodes;
    options.recording.each = true;
    options.search.temperature = 4e-5;
    options.search.first_samples = 16384;
    return options;
}

static uint64_t first_track(const dagger_round *round)
{
    return round->options->recording.demonstration.first_track +
           (uint64_t)round->number * TRACKS_APART;
}

static void tell(const dagger_round *round, aann_dagger_stage stage)
{
    const aann_dagger_progress progress = {
        .stage = stage,
        .round = round->number,
        .members = &round->family,
        .path = round->path,
        .name = round->name,
        .first_track = first_track(round),
        .recording = stage >= AANN_DAGGER_RECORDED ? &round->recording : NULL,
        .family_id = stage == AANN_DAGGER_SEARCHED ? round->next_id : 0,
    };
    if (round->options->progress != NULL) {
        round->options->progress(round->options->context, &progress);
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The id that the study's next family will have. */
static aann_status find_next_id(aann_study *study, int64_t *id, aann_error *error)
{
    aann_family_row *families = NULL;
    size_t count = 0;
    const aann_status status = aann_study_families(study, &families, &count, error);
    const int64_t last = status == AANN_OK && count > 0 ? families[count - 1].id : 0;
    *id = last < INT64_MAX ? last + 1 : 1; /* then SQLite finds one that is free */
    aann_family_rows_destroy(families, count);
    return status;
}

/* STUDY.correctionsF.npz */
static aann_status name_file(dagger_round *round, aann_error *error)
{
    const char *study = aann_study_path(round->study);
    const size_t size = strlen(study) + 64;
    round->path = aann_allocate(size, 1);
    if (round->path == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a file's name");
    }
    snprintf(round->path, size, "%s.corrections%lld.npz", study, (long long)round->next_id);
    return AANN_OK;
}

static aann_status open_round(dagger_round *round, int64_t family_id, aann_error *error)
{
    aann_family_choice choice = aann_family_choice_default();
    choice.unfinished = true;
    choice.networks = true;
    aann_status status = aann_family_open(round->study, family_id, &choice, &round->family, error);
    if (status == AANN_OK && round->family.member_count > AANN_MAX_STARTS) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: family %lld has %d members: at most %d can be corrected at once",
                           aann_study_path(round->study), (long long)round->family.row.id,
                           round->family.member_count, AANN_MAX_STARTS);
    }
    if (status == AANN_OK) {
        status = find_next_id(round->study, &round->next_id, error);
    }
    return status == AANN_OK ? name_file(round, error) : status;
}

static void close_round(dagger_round *round)
{
    aann_family_data_destroy(round->data);
    aann_recording_destroy(&round->recording);
    aann_family_destroy(&round->family);
    free(round->path);
}

/* ---- driving --------------------------------------------------------------------------------- */

static bool must_stop(void *context)
{
    const dagger_round *round = context;
    return aann_work_must_stop(round->work, round->start);
}

static aann_status record(dagger_round *round, aann_error *error)
{
    const aann_network *networks[AANN_MAX_STARTS];
    aann_driver driver = {.networks = networks, .count = round->family.member_count};
    for (int32_t i = 0; i < driver.count; i++) {
        networks[i] = round->family.networks[i];
    }
    aann_status status = aann_family_car_outputs(&round->family.row, &driver.outputs, error);
    if (status != AANN_OK) {
        return status;
    }
    tell(round, AANN_DAGGER_RECORDS);
    aann_recording_options options = round->options->recording;
    options.demonstration.first_track = first_track(round);
    options.interrupted = must_stop;
    options.context = round;
    status = aann_recording_make(&options, &driver, &round->recording, error);
    if (status == AANN_OK) {
        status = aann_recording_write(&round->recording, round->path, error);
    }
    if (status == AANN_OK) {
        tell(round, AANN_DAGGER_RECORDED);
    }
    return status;
}

/* ---- searching on ---------------------------------------------------------------------------- */

/* Sets the remaining time; false if there is none. */
static bool time_left(const dagger_round *round, aann_family_work *left)
{
    *left = *round->work;
    if (left->seconds > 0.0) {
        left->seconds -= aann_clock_seconds() - round->start;
    }
    return round->work->seconds <= 0.0 || left->seconds > 0.0;
}

static aann_status search_on(dagger_round *round, int64_t *family_id, aann_error *error)
{
    const aann_network *starts[AANN_MAX_STARTS];
    for (int32_t i = 0; i < round->family.member_count; i++) {
        starts[i] = round->family.networks[i];
    }
    aann_family_plan plan = aann_family_plan_default();
    plan.name = round->name;
    plan.search = round->options->search;
    plan.search.output_scale = round->family.plan.search.output_scale;
    plan.members = round->family.member_count;
    plan.starts = starts;
    plan.start_count = round->family.member_count;
    aann_search_options_balance_targets(&plan.search, aann_family_data_train(round->data));
    aann_family_work work;
    if (!time_left(round, &work)) {
        return AANN_INTERRUPTED;
    }
    tell(round, AANN_DAGGER_SEARCHES);
    int64_t id = 0;
    const aann_status status =
        aann_family_run(round->study, &round->family.spec, round->data, &plan, &work, &id, error);
    *family_id = id > 0 ? id : *family_id;
    round->next_id = id;
    if (status == AANN_OK) {
        tell(round, AANN_DAGGER_SEARCHED);
    }
    return status;
}

static aann_status run_round(dagger_round *round, int64_t *family_id, aann_error *error)
{
    aann_status status = open_round(round, *family_id, error);
    if (status != AANN_OK) {
        return status;
    }
    const char *name = round->options->name;
    snprintf(round->name, sizeof round->name, "%.*s, corrected %d", NAME_SIZE - 32,
             name != NULL ? name : round->family.row.name, round->number);
    *family_id = round->family.row.id;
    status = record(round, error);
    if (status == AANN_OK) {
        aann_family_source source = aann_family_source_default();
        source.train = round->path;
        /* The laps that the expert drove for validation, which come last. A tenth of the frames would
         * reach back into laps that are searched. */
        const int64_t validation = round->recording.count - round->recording.train_count;
        source.validation = validation > 0 ? (double)validation : source.validation;
        status = aann_family_data_load(&source, &round->data, error);
    }
    return status == AANN_OK ? search_on(round, family_id, error) : status;
}

aann_status aann_dagger_run(aann_study *study, int64_t *family_id,
                            const aann_dagger_options *options, const aann_family_work *work,
                            aann_error *error)
{
    if (options->rounds < 1 || options->search.reward_tracks > 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d rounds of corrections: expected 1 and more, and no search for reward",
                         options->rounds);
    }
    const double start = aann_clock_seconds();
    aann_status status = AANN_OK;
    for (int32_t i = 1; status == AANN_OK && i <= options->rounds; i++) {
        dagger_round round = {
            .study = study, .options = options, .work = work, .start = start, .number = i};
        status = run_round(&round, family_id, error);
        close_round(&round);
    }
    return status;
}
