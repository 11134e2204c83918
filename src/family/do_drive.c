/* Drives tracks with networks that came as bytes, and sends the laps. */
#include "family/do_drive.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

enum { TRACKS_LIMIT = 1000000 };

static aann_status drive(const aann_task_run *run, const aann_drive_task_header *head,
                         const aann_network *const *networks, aann_error *error)
{
    const aann_driver driver = {.networks = networks,
                                .count = head->networks,
                                .outputs = head->outputs,
                                .picture = (aann_car_picture)head->picture,
                                .domain_randomize = head->domain_randomize != 0};
    aann_lap *laps = aann_allocate_zeroed((size_t)head->count, sizeof *laps);
    if (laps == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the laps");
    }
    const aann_status status =
        aann_drive_tracks(&driver, head->first, head->count, run->threads, run->isa, laps, error);
    if (status == AANN_OK) {
        run->send(run->context, laps, (size_t)head->count * sizeof *laps);
    }
    free(laps);
    return status;
}

size_t aann_drive_task_weights(const aann_spec *spec)
{
    size_t weights = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        weights += (size_t)spec->layers[i].weight_count;
    }
    return weights;
}

static aann_status read_networks(const aann_task_run *run, const aann_drive_task_header *head,
                                 const aann_spec *spec, aann_network **networks, aann_error *error)
{
    const int8_t *from = (const int8_t *)run->bytes + sizeof *head;
    /* Neither factor is large: a specification limits the weights, the header was checked. */
    if (run->size - sizeof *head < (size_t)head->networks * aann_drive_task_weights(spec)) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task without its networks");
    }
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < head->networks; i++) {
        status = aann_network_create(spec, &networks[i], error);
        for (int32_t k = 0; status == AANN_OK && k < spec->layer_count; k++) {
            status = aann_network_set_weights(networks[i], k, from, error);
            from += spec->layers[k].weight_count;
        }
    }
    return status;
}

aann_status aann_task_do_drive(const aann_task_run *run, aann_error *error)
{
    aann_drive_task_header head;
    if (run->size < sizeof head) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task without a drive");
    }
    memcpy(&head, run->bytes, sizeof head);
    head.spec[sizeof head.spec - 1] = '\0';
    if (head.networks < 1 || head.networks > AANN_DRIVE_TASK_NETWORKS || head.count < 1 ||
        head.count > TRACKS_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task that is no drive");
    }
    aann_spec spec;
    aann_network *networks[AANN_DRIVE_TASK_NETWORKS] = {0};
    aann_status status = aann_spec_parse(head.spec, head.input, &spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_excitatory_share(&spec, head.excitatory_share, error);
    }
    if (status == AANN_OK) {
        status = read_networks(run, &head, &spec, networks, error);
    }
    if (status == AANN_OK) {
        status = drive(run, &head, (const aann_network *const *)networks, error);
    }
    for (int32_t i = 0; i < head.networks; i++) {
        aann_network_destroy(networks[i]);
    }
    return status;
}
