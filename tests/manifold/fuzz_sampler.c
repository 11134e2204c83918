/* States of samplers with right check sums whose numbers, sizes, temperatures and networks do not
 * fit. The fuzzer's bytes choose a sampler and a moment of its run, change what was saved there, and
 * resume it. Refusals are fine, one line each; what resumes is a sampler as any other: it is saved
 * to the same bytes, runs to its end, and answers all questions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aann/sampler.h"
#include "aann/volume.h"
#include "support/fuzz.h"
#include "support/fuzz_bytes.h"

enum { SAMPLES = 20, SAMPLERS = 4, MOMENTS = 6, ROOM = 512 };

typedef struct kind {
    const char *text;
    aann_shape input;
    bool regression;
    int32_t rungs;
    int32_t ladders;
    aann_spec spec;
    uint8_t *state[MOMENTS];
    size_t size[MOMENTS];
} kind;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

static kind kinds[SAMPLERS] = {
    {.text = "4@50-3@40", .input = {1, 4, 4}, .rungs = 3, .ladders = 2},
    {.text = "2C3@50-MP2-3@40", .input = {1, 6, 6}, .rungs = 1, .ladders = 2},
    {.text = "3@50-3@40", .input = {6, 1, 1}, .regression = true, .rungs = 4, .ladders = 1},
    {.text = "3@50-3@40", .input = {1, 4, 4}, .rungs = 0, .ladders = 1}, /* the pilot chooses */
};

static aann_sampler_options options_of(const kind *of)
{
    aann_sampler_options options = aann_sampler_options_default();
    options.ladders = of->ladders;
    options.rungs = of->rungs;
    options.temperature = 0.02;
    options.sweep = 4;
    options.pilot_rounds = 12;
    options.burn_in = 3;
    options.rounds = 10;
    options.regression = of->regression;
    options.threads = 1;
    return options;
}

/* Each kind at moments from its beginning to its end. */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    for (int i = 0; i < SAMPLERS; i++) {
        aann_error error;
        kind *of = &kinds[i];
        const aann_samples samples = fuzz_samples(of->input, SAMPLES, of->regression);
        const aann_sampler_options options = options_of(of);
        aann_sampler *sampler = NULL;
        aann_sampler_progress progress;
        require(aann_spec_parse(of->text, of->input, &of->spec, &error) == AANN_OK);
        require(aann_sampler_create(&of->spec, &samples, &options, &sampler, &error) == AANN_OK);
        aann_sampler_progress_get(sampler, &progress);
        for (int moment = 0; moment < MOMENTS; moment++) {
            void *state = NULL;
            const uint64_t round = progress.rounds * (uint64_t)moment / (MOMENTS - 1);
            require(aann_sampler_run(sampler, round, NULL, NULL, &error) == AANN_OK);
            require(aann_sampler_save(sampler, &state, &of->size[moment], &error) == AANN_OK);
            of->state[moment] = state;
        }
        aann_sampler_destroy(sampler);
    }
    return 0;
}

/* One number, another size, bytes cut out or doubled, or some bytes. */
static void change_state(uint8_t *state, size_t *size, size_t room, structure_bytes *from)
{
    const uint8_t action = next_byte(from);
    const size_t words = *size / 8;
    const size_t at = words > 0 ? 8 * (next_byte(from) % (words < 256 ? words : 256)) : 0;
    if (action % 8 < 4) {
        const double real = odd_real(from);
        uint64_t word = (uint64_t)odd_integer(from);
        if (action & 8) {
            memcpy(&word, &real, sizeof word);
        } else if (action & 16 && at + 8 <= *size) { /* nearly what it was */
            uint64_t before;
            memcpy(&before, state + at, sizeof before);
            word = before + (action & 32 ? 1 : UINT64_MAX);
        }
        for (size_t i = 0; i < 8 && at + i < *size; i++) {
            state[at + i] = (uint8_t)(word >> 8 * i);
        }
    } else if (action % 8 == 4) {
        *size = next_byte(from) & 1 ? *size + next_byte(from) % 64 : next_word(from) % (*size + 1);
    } else if (action % 8 == 5 && at < *size) { /* a record shorter or longer by some words */
        const size_t moved = (size_t)(next_byte(from) % 24) * 4;
        if (action & 8 && moved <= *size - at) {
            memmove(state + at, state + at + moved, *size - at - moved);
            *size -= moved;
        } else if (*size + moved <= room) {
            memmove(state + at + moved, state + at, *size - at);
            *size += moved;
        }
    } else {
        for (int i = 1 + action / 8 % 8; i > 0 && *size > 0; i--) {
            state[next_word(from) % *size] = next_byte(from);
        }
    }
    *size = *size < room ? *size : room;
}

static void ask(const aann_sampler *sampler)
{
    static const aann_volume_question questions[] = {{.loss = 0.9}, {.loss = 0.0}, {.correct = 9}};
    aann_error error;
    aann_volume_answer answers[3];
    aann_sampler_diagnosis *diagnosis = malloc(sizeof *diagnosis);
    require(diagnosis != NULL);
    if (passed(aann_sampler_diagnose(sampler, diagnosis, &error), &error)) {
        require(diagnosis->mixed >= -1 && diagnosis->mixed < diagnosis->rungs);
    }
    free(diagnosis);
    (void)passed(aann_volume_measure(sampler, questions, 3, answers, &error), &error);
}

/* A sampler that was accepted is one as any other. Mostly one use of each: running to the end and
 * counting take a hundred times as long as the rest. */
static void go_on(aann_sampler *sampler, const uint8_t *state, size_t size, uint8_t use)
{
    aann_error error;
    void *saved = NULL;
    size_t saved_size = 0;
    aann_sampler_progress progress;
    require(aann_sampler_save(sampler, &saved, &saved_size, &error) == AANN_OK);
    require(saved_size == size && memcmp(saved, state, size) == 0);
    aann_free(saved);
    aann_sampler_progress_get(sampler, &progress);
    require(progress.round <= progress.rounds);
    if (use % 16 == 0) {
        ask(sampler);
    }
    const uint64_t last = use % 16 < 2 ? progress.rounds : progress.round + use % 4;
    if (passed(aann_sampler_run(sampler, last, NULL, NULL, &error), &error)) {
        aann_sampler_progress_get(sampler, &progress);
        require(progress.round == (last < progress.rounds ? last : progress.rounds));
        if (use % 16 == 1) {
            ask(sampler);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    structure_bytes from = {bytes, bytes + size};
    aann_error error;
    const uint8_t choice = next_byte(&from);
    const uint8_t use = next_byte(&from);
    /* The last kind rarely: its pilot has 24 rungs, and takes as long as ten of the others. */
    const kind *of = &kinds[use >= 240 ? SAMPLERS - 1 : choice % (SAMPLERS - 1)];
    const kind *other = choice >= 250 ? &kinds[next_byte(&from) % SAMPLERS] : of;
    const int moment = choice / SAMPLERS % MOMENTS;
    const aann_samples samples = fuzz_samples(of->input, SAMPLES, of->regression);
    const aann_sampler_options options = options_of(of);
    size_t state_size = other->size[moment];
    const size_t room = state_size + ROOM;
    uint8_t *changed = calloc(room, 1);
    require(changed != NULL);
    memcpy(changed, other->state[moment], state_size);
    for (int changes = next_byte(&from) % 4; changes > 0; changes--) {
        change_state(changed, &state_size, room, &from);
    }
    make_check_sum(changed, state_size);
    uint8_t *state = malloc(state_size > 0 ? state_size : 1); /* a byte beyond is noticed */
    require(state != NULL);
    memcpy(state, changed, state_size);
    free(changed);
    aann_sampler *sampler = NULL;
    if (passed(
            aann_sampler_resume(&of->spec, &samples, &options, state, state_size, &sampler, &error),
            &error)) {
        go_on(sampler, state, state_size, use);
    }
    aann_sampler_destroy(sampler);
    free(state);
    return 0;
}
