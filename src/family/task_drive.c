/* Drives as tasks: every lap is independent, so the tracks are cut into pieces, and each piece goes
 * with the driver's networks to somebody who is free (do_drive.c). */
#include "family/task_drive.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/do_drive.h"

enum { TRACKS_TOGETHER = 16 };

typedef struct drive_task {
    aann_task task;
    const aann_driver *driver;
    uint64_t first;
    int64_t count;
    aann_lap *laps; /* [count]: where they go */
    bool taken;
} drive_task;

static aann_status pack(void *context, void **bytes, size_t *size, aann_error *error)
{
    const drive_task *drive = context;
    const aann_driver *driver = drive->driver;
    const aann_spec *spec = aann_network_spec(driver->networks[0]);
    const size_t weights = aann_drive_task_weights(spec);
    aann_drive_task_header head = {.input = spec->input,
                                   .networks = driver->count,
                                   .excitatory_share = spec->layers[0].excitatory_share,
                                   .outputs = driver->outputs,
                                   .picture = (int32_t)driver->picture,
                                   .domain_randomize = driver->domain_randomize,
                                   .first = drive->first,
                                   .count = drive->count};
    *bytes = NULL;
    const aann_status status = aann_spec_format(spec, head.spec, sizeof head.spec, error);
    if (status != AANN_OK) {
        return status;
    }
    *size = sizeof head + (size_t)driver->count * weights;
    *bytes = aann_allocate_zeroed(*size, 1);
    if (*bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a drive");
    }
    memcpy(*bytes, &head, sizeof head);
    uint8_t *to = (uint8_t *)*bytes + sizeof head;
    for (int32_t i = 0; i < driver->count; i++) {
        for (int32_t k = 0; k < spec->layer_count; k++) {
            const size_t count = (size_t)spec->layers[k].weight_count;
            memcpy(to, aann_network_weights(driver->networks[i], k), count);
            to += count;
        }
    }
    return AANN_OK;
}

static aann_status take(void *context, const void *bytes, size_t size, aann_error *error)
{
    drive_task *drive = context;
    if (size != (size_t)drive->count * sizeof *drive->laps) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "laps of a drive: %zu bytes, expected those of %lld", size,
                         (long long)drive->count);
    }
    memcpy(drive->laps, bytes, size);
    drive->taken = true;
    return AANN_OK;
}

static aann_status hand_out(drive_task *drives, aann_task **tasks, size_t pieces,
                            const aann_family_work *work, aann_error *error)
{
    aann_status status = aann_tasks_run(tasks, pieces, work, aann_clock_seconds(), error);
    for (size_t i = 0; status == AANN_OK && i < pieces; i++) {
        status =
            drives[i].taken ? AANN_OK : aann_fail(error, AANN_ERROR_FORMAT, "a drive without laps");
    }
    return status;
}

aann_status aann_drive_hand_out(const aann_driver *driver, uint64_t first, int64_t count,
                                const aann_family_work *work, aann_lap *laps, aann_error *error)
{
    if (count < 1 || driver->count < 1 || driver->count > AANN_DRIVE_TASK_NETWORKS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%lld tracks with %d networks; expected at least one of each, and at most "
                         "%d networks",
                         (long long)count, driver->count, (int)AANN_DRIVE_TASK_NETWORKS);
    }
    const size_t pieces = (size_t)((count + TRACKS_TOGETHER - 1) / TRACKS_TOGETHER);
    drive_task *drives = aann_allocate_zeroed(pieces, sizeof *drives);
    aann_task **tasks = aann_allocate_zeroed(pieces, sizeof *tasks);
    aann_status status = drives != NULL && tasks != NULL
                             ? AANN_OK
                             : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a drive");
    for (size_t i = 0; status == AANN_OK && i < pieces; i++) {
        const int64_t from = (int64_t)i * TRACKS_TOGETHER;
        const int64_t left = count - from;
        drives[i] = (drive_task){
            .task = {.kind = AANN_TASK_DRIVE, .context = &drives[i], .pack = pack, .take = take},
            .driver = driver,
            .first = first + (uint64_t)from,
            .count = left < TRACKS_TOGETHER ? left : TRACKS_TOGETHER,
            .laps = laps + from};
        tasks[i] = &drives[i].task;
    }
    if (status == AANN_OK) {
        status = hand_out(drives, tasks, pieces, work, error);
    }
    free(drives);
    free(tasks);
    return status;
}
