/* Any bytes, opened as a study and read to the end: errors are fine, crashes and leaks are not. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "aann/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_member(aann_study *study, int64_t id)
{
    aann_network *network = NULL;
    void *state = NULL;
    size_t size = 0;
    aann_trace_row *rows = NULL;
    size_t count = 0;
    aann_error error;
    if (aann_study_network(study, id, &network, &error) == AANN_OK) {
        aann_network_destroy(network);
    }
    if (aann_study_checkpoint(study, id, &state, &size, &error) == AANN_OK) {
        free(state);
    }
    const aann_prediction prediction = {
        .split = "test", .samples = "0123456789abcdef", .sample_count = 3, .outputs = 2};
    int32_t logits[6];
    bool found = false;
    (void)aann_study_load_prediction(study, id, &prediction, logits, &found, &error);
    if (aann_study_trace(study, id, &rows, &count, &error) == AANN_OK) {
        free(rows);
    }
}

static void read_study(aann_study *study)
{
    aann_error error;
    aann_family_row *families = NULL;
    aann_member_row *members = NULL;
    size_t count = 0;
    if (aann_study_families(study, &families, &count, &error) == AANN_OK) {
        aann_family_rows_destroy(families, count);
    }
    if (aann_study_members(study, 0, &members, &count, &error) == AANN_OK) {
        for (size_t i = 0; i < count; i++) {
            read_member(study, members[i].id);
        }
        free(members);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/aann-fuzz-study-%ld.aann", (long)getpid());
    const int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0) {
        return 0;
    }
    const ssize_t written = write(file, bytes, size);
    close(file);
    aann_error error;
    aann_study *study = NULL;
    if (written == (ssize_t)size &&
        aann_study_open(path, AANN_STUDY_READ, &study, &error) == AANN_OK) {
        read_study(study);
        aann_study_close(study);
    }
    unlink(path);
    static const char *const left[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < 3; i++) {
        char beside[80];
        snprintf(beside, sizeof beside, "%s%s", path, left[i]);
        unlink(beside);
    }
    return 0;
}
