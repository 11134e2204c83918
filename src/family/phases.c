/* The phases of a plan: their options, and the text in which they are written. */
#include "family/phases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "search/option_value.h"

enum { WORD_SIZE = 256 }; /* "temperature=0.00001" */

/* As of a single search (search/create.c). */
static const uint64_t steps_limit = 1000000000000000;

/* ---- options --------------------------------------------------------------------------------- */

bool aann_option_is_of_phase(const aann_option *option)
{
    switch (option->group) {
    case AANN_OPTION_BUDGET:
    case AANN_OPTION_SAMPLES:
    case AANN_OPTION_LAYERS:
    case AANN_OPTION_DEVELOPMENT: return true;
    case AANN_OPTION_SEARCH:
        /* One seed and one measure of loss for the whole search. */
        return option->offset != offsetof(aann_search_options, seed) &&
               option->offset != offsetof(aann_search_options, loss_scale);
    case AANN_OPTION_DRIVING: return option->offset == offsetof(aann_search_options, reward_steps);
    case AANN_OPTION_REGRESSION:
    case AANN_OPTION_BASELINES:
    case AANN_OPTION_MACHINE: return false;
    }
    return false;
}

int32_t aann_plan_phase_count(const aann_family_plan *plan)
{
    return plan->phase_count > 0 ? plan->phase_count : 1;
}

uint64_t aann_plan_phase_end(const aann_family_plan *plan, int32_t phase)
{
    if (plan->phase_count == 0) {
        return plan->search.steps;
    }
    uint64_t end = 0;
    for (int32_t i = 0; i <= phase; i++) {
        end += plan->phases[i].steps;
    }
    return end;
}

/* Candidates are numbered from 0 in each phase: with one seed they would repeat. */
static uint64_t phase_seed(uint64_t seed, int32_t phase)
{
    if (phase == 0) {
        return seed;
    }
    uint8_t bytes[4];
    for (int32_t i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)((uint32_t)phase >> (8 * i));
    }
    return aann_hash64_seeded(bytes, sizeof bytes, seed);
}

aann_search_options aann_phases_options(const aann_family_plan *plan, int32_t phase)
{
    aann_search_options options = plan->search;
    if (plan->phase_count == 0) {
        return options;
    }
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (aann_option_is_of_phase(&table[i])) {
            double values[AANN_OPTION_CAPACITY];
            aann_option_load(&table[i], &plan->phases[phase], values);
            aann_option_store(&table[i], &options, values);
        }
    }
    options.seed = phase_seed(plan->search.seed, phase);
    return options;
}

aann_search_options aann_plan_phase_usual(const aann_family_plan *plan, int32_t phase)
{
    aann_search_options options = plan->search;
    if (phase > 0) {
        options.first_samples = 0;
    }
    return options;
}

aann_status aann_plan_phases_check(const aann_family_plan *plan, aann_error *error)
{
    if (plan->phase_count < 0 || plan->phase_count > AANN_MAX_PHASES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "phases: %d is not between 0 and %d",
                         plan->phase_count, AANN_MAX_PHASES);
    }
    if (plan->phase_count == 0) {
        return AANN_OK;
    }
    if (plan->search.method != AANN_METHOD_SENSE && plan->search.method != AANN_METHOD_HILL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "phases of the method %s: expected sense or hill",
                         aann_search_method_name(plan->search.method));
    }
    uint64_t steps = 0;
    for (int32_t i = 0; i < plan->phase_count; i++) {
        const aann_search_options options = aann_phases_options(plan, i);
        const aann_status status = aann_search_options_check(&options, error);
        if (status != AANN_OK) {
            return aann_fail_prefix(error, status, "phase %d", i + 1);
        }
        steps += options.steps; /* each is at most 1e15 */
    }
    if (steps > steps_limit || steps != plan->search.steps) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "steps is %" PRIu64 ": expected %" PRIu64
                         ", the sum of the phases' steps, and at most %" PRIu64,
                         plan->search.steps, steps, steps_limit);
    }
    return AANN_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What is being read. */
typedef struct reader {
    aann_family_plan plan; /* with the phases so far */
    bool begun;            /* the last of them has a word */
    bool has_steps;
} reader;

static aann_status begin_phase(reader *r, aann_error *error)
{
    if (r->plan.phase_count == AANN_MAX_PHASES) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "phases: more than %d", AANN_MAX_PHASES);
    }
    r->plan.phases[r->plan.phase_count] = aann_plan_phase_usual(&r->plan, r->plan.phase_count);
    r->plan.phase_count++;
    r->begun = true;
    r->has_steps = false;
    return AANN_OK;
}

static aann_status end_phase(reader *r, aann_error *error)
{
    if (r->begun && !r->has_steps) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "phase %d: has no steps; expected steps=N in it", r->plan.phase_count);
    }
    r->begun = false;
    return AANN_OK;
}

/* One NAME=VALUE. */
static aann_status read_word(reader *r, const char *word, size_t length, aann_error *error)
{
    char name[WORD_SIZE];
    aann_status status = r->begun ? AANN_OK : begin_phase(r, error);
    if (status != AANN_OK) {
        return status;
    }
    const int32_t number = r->plan.phase_count;
    if (length >= sizeof name) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "phase %d: a word of %zu characters", number,
                         length);
    }
    memcpy(name, word, length);
    name[length] = '\0';
    char *value = strchr(name, '=');
    if (value == NULL || value == name) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "phase %d: '%s' is not NAME=VALUE", number,
                         name);
    }
    *value++ = '\0';
    const aann_option *option = aann_option_find(name);
    if (option != NULL && !aann_option_is_of_phase(option)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "phase %d: %s is the same in all phases; set it for the whole search",
                         number, name);
    }
    status = aann_search_options_set(&r->plan.phases[number - 1], name, value, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "phase %d", number);
    }
    r->has_steps = r->has_steps || option == aann_option_find("steps");
    return AANN_OK;
}

static aann_status read_phases(reader *r, const char *text, aann_error *error)
{
    static const char spaces[] = " \t\r";
    static const char ends[] = ";\n";
    while (*text != '\0') {
        text += strspn(text, spaces);
        if (*text == '#') {
            text += strcspn(text, "\n");
        }
        const size_t length = strcspn(text, " \t\r;\n#");
        aann_status status = AANN_OK;
        if (length > 0) {
            status = read_word(r, text, length, error);
            text += length;
        } else if (*text != '\0' && strchr(ends, *text) != NULL) {
            status = end_phase(r, error);
            text++;
        }
        if (status != AANN_OK) {
            return status;
        }
    }
    return end_phase(r, error);
}

aann_status aann_phases_set(aann_family_plan *plan, const char *text, aann_error *error)
{
    reader r = {.plan = *plan};
    r.plan.phase_count = 0;
    const aann_status status = read_phases(&r, text, error);
    if (status != AANN_OK) {
        return status;
    }
    if (r.plan.phase_count > 0) {
        r.plan.search.steps = aann_plan_phase_end(&r.plan, r.plan.phase_count - 1);
    }
    *plan = r.plan;
    return AANN_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* A text that grows. */
typedef struct writer {
    char *text;
    size_t capacity;
    size_t used; /* without the final NUL */
} writer;

static aann_status write_text(writer *w, const char *text, aann_error *error)
{
    const size_t length = strlen(text);
    char *grown = aann_grow(w->text, &w->capacity, w->used, length + 1);
    if (grown == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the phases of a search");
    }
    w->text = grown;
    memcpy(w->text + w->used, text, length + 1);
    w->used += length;
    return AANN_OK;
}

/* Adds "; " or " ", and NAME=VALUE. */
static aann_status write_word(writer *w, const char *before, const aann_search_options *options,
                              const char *name, aann_error *error)
{
    char value[AANN_OPTION_TEXT_SIZE];
    char start[WORD_SIZE];
    const aann_status status =
        aann_search_options_format(options, name, value, sizeof value, error);
    if (status != AANN_OK) {
        return status;
    }
    snprintf(start, sizeof start, "%s%s=", before, name);
    const aann_status written = write_text(w, start, error);
    return written == AANN_OK ? write_text(w, value, error) : written;
}

bool aann_plan_option_differs(const aann_option *option, const aann_search_options *a,
                              const aann_search_options *b)
{
    for (size_t i = 0; i < option->capacity; i++) {
        if (aann_option_number(option, a, i) != aann_option_number(option, b, i)) {
            return true;
        }
    }
    return false;
}

static aann_status write_phase(writer *w, const aann_family_plan *plan, int32_t phase,
                               aann_error *error)
{
    const aann_search_options *options = &plan->phases[phase];
    const aann_search_options usual = aann_plan_phase_usual(plan, phase);
    aann_status status = write_word(w, phase == 0 ? "" : "; ", options, "steps", error);
    size_t count;
    const aann_option *table = aann_option_table(&count);
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        if (aann_option_is_of_phase(&table[i]) &&
            table[i].offset != offsetof(aann_search_options, steps) &&
            aann_plan_option_differs(&table[i], options, &usual)) {
            status = write_word(w, " ", options, table[i].name, error);
        }
    }
    return status;
}

aann_status aann_phases_format(const aann_family_plan *plan, char **text, aann_error *error)
{
    writer w = {0};
    aann_status status = write_text(&w, "", error);
    for (int32_t i = 0; status == AANN_OK && i < plan->phase_count; i++) {
        status = write_phase(&w, plan, i, error);
    }
    if (status != AANN_OK) {
        free(w.text);
        w.text = NULL;
    }
    *text = w.text;
    return status;
}
