/* Reading connections back: members in order of loss, and the tops that are stored between them.
 *
 * A top's row says all: its parent and its index are the ends, its seed is that of the plan, and its
 * steps are the repairs, which tell the attempts of a pair apart. Rows that do not fit are somebody
 * else's and left alone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/connect.h"
#include "family/origin.h"

static int by_loss(const void *left, const void *right)
{
    const aann_member_row *a = left;
    const aann_member_row *b = right;
    if (a->train_loss != b->train_loss) {
        return a->train_loss < b->train_loss ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id ? 1 : 0;
}

static int by_pair(const void *left, const void *right)
{
    const aann_attempt *a = left;
    const aann_attempt *b = right;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return a->top < b->top ? -1 : a->top > b->top ? 1 : 0;
}

static bool same_attempt(const aann_attempt *a, const aann_attempt *b)
{
    return a->from == b->from && a->to == b->to && a->number == b->number;
}

/* Keeps the members that are connected, in order of loss. */
static aann_status choose_members(aann_connect_state *state, const aann_member_row *rows,
                                  size_t count, int64_t family, aann_error *error)
{
    const int32_t wanted = state->plan->members;
    int64_t found = 0;
    for (size_t i = 0; i < count && (wanted == 0 || found < wanted); i++) {
        const aann_member_row *row = &rows[i];
        if (row->state == AANN_MEMBER_DONE && aann_member_is_searched(row) &&
            isfinite(row->train_loss)) {
            if (found < AANN_MAX_CONNECTED) {
                state->members[found] = *row;
            }
            found++;
        }
    }
    if (found < 2 || found > AANN_MAX_CONNECTED || found < wanted) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "family %lld has %lld finished members that were searched: expected %d to "
                         "%d",
                         (long long)family, (long long)found, wanted > 2 ? wanted : 2,
                         AANN_MAX_CONNECTED);
    }
    state->count = (int32_t)found;
    qsort(state->members, (size_t)state->count, sizeof *state->members, by_loss);
    return AANN_OK;
}

static int32_t place_of(const aann_connect_state *state, int64_t id)
{
    for (int32_t i = 0; i < state->count; i++) {
        if (state->members[i].id == id) {
            return i;
        }
    }
    return -1;
}

/* How often the first attempt's repairs were doubled; -1: they were not. */
static int32_t number_of(const aann_connect_state *state, uint64_t repairs)
{
    for (int32_t number = 0; number <= AANN_MAX_DOUBLINGS; number++) {
        if (repairs == (uint64_t)state->plan->path.repairs << number) {
            return number;
        }
    }
    return -1;
}

static bool read_top(const aann_connect_state *state, const aann_member_row *row,
                     aann_attempt *attempt)
{
    if (strcmp(row->origin, "top") != 0 || row->seed != state->plan->seed ||
        row->state == AANN_MEMBER_RUNNING || !isfinite(row->train_loss)) {
        return false;
    }
    *attempt = (aann_attempt){
        .from = place_of(state, row->parent),
        .to = place_of(state, row->index),
        .number = number_of(state, row->steps),
        .top = row->id,
        .loss = row->train_loss,
        .accuracy = {row->train_accuracy, row->validation_accuracy, row->test_accuracy},
    };
    return attempt->from >= 0 && attempt->from < attempt->to && attempt->number >= 0;
}

static void read_tops(aann_connect_state *state, const aann_member_row *rows, size_t count)
{
    int32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += read_top(state, &rows[i], &state->stored[found]) ? 1 : 0;
    }
    qsort(state->stored, (size_t)found, sizeof *state->stored, by_pair);
    for (int32_t i = 0; i < found; i++) {
        const int32_t last = state->stored_count - 1;
        if (last < 0 || !same_attempt(&state->stored[last], &state->stored[i])) {
            state->stored[state->stored_count++] = state->stored[i];
        }
    }
}

aann_status aann_connect_state_read(aann_study *study, int64_t family,
                                    const aann_connect_plan *plan, aann_connect_state *state,
                                    aann_error *error)
{
    *state = (aann_connect_state){.plan = plan};
    aann_member_row *rows = NULL;
    size_t count = 0;
    aann_status status = aann_study_members(study, family, &rows, &count, error);
    if (status == AANN_OK) {
        state->members = aann_allocate(AANN_MAX_CONNECTED, sizeof *state->members);
        state->stored = aann_allocate(count + 1, sizeof *state->stored);
        status = state->members == NULL || state->stored == NULL || count >= INT32_MAX
                     ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for connections")
                     : choose_members(state, rows, count, family, error);
    }
    if (status == AANN_OK) {
        read_tops(state, rows, count);
    }
    free(rows);
    if (status != AANN_OK) {
        aann_connect_state_clear(state);
    }
    return status;
}

void aann_connect_state_clear(aann_connect_state *state)
{
    free(state->members);
    free(state->stored);
    *state = (aann_connect_state){0};
}

const aann_attempt *aann_connect_state_find(const aann_connect_state *state, int32_t from,
                                            int32_t to, int32_t number)
{
    const aann_attempt wanted = {.from = from, .to = to, .number = number};
    int32_t low = 0;
    int32_t high = state->stored_count;
    while (low < high) { /* the first that is not before it */
        const int32_t middle = low + (high - low) / 2;
        if (by_pair(&state->stored[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < state->stored_count && same_attempt(&state->stored[low], &wanted)
               ? &state->stored[low]
               : NULL;
}
