/* Which paths are found next.
 *
 * Of the graph "members joined below L", all that matters for the components is its minimum spanning
 * tree: Kruskal's algorithm adds paths in order of loss, and the components at L are those of the
 * paths added so far. A path that is not in the tree could change the components only if it became
 * lower than the highest path of the tree between its ends. So only paths of the tree are improved;
 * the others would have to fall below them first.
 *
 * The first rounds give the tree something to choose from: member k (in order of loss) and its
 * better ones 0, 1, 2, ... The floor of such a pair is the loss of k, whichever the better one is,
 * so no choice has a lower bound than another, and the best members, in the middle of a star, serve
 * best as ends: between two of them there is nothing worse than them.
 *
 * Rounds are replayed from the beginning, with the attempts that are stored. The state after a kill
 * in the middle of a round leads to the same round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "family/connect.h"

/* ---- paths ----------------------------------------------------------------------------------- */

static bool stands(const aann_connect_plan *plan, const aann_connection *path)
{
    return path->loss - path->floor <= plan->tolerance ||
           (path->attempts > 1 && path->gain < plan->tolerance);
}

static void add_attempt(const aann_connect_state *state, const aann_attempt *attempt,
                        aann_connection *path)
{
    path->gain = path->attempts == 0 ? NAN : fmax(0.0, path->loss - attempt->loss);
    path->attempts++;
    if (path->attempts == 1 || attempt->loss < path->loss) {
        path->loss = attempt->loss;
        path->top = attempt->top;
        path->train_accuracy = attempt->accuracy[0];
        path->validation_accuracy = attempt->accuracy[1];
        path->test_accuracy = attempt->accuracy[2];
    }
    path->stands = stands(state->plan, path);
}

aann_status aann_connect_paths(const aann_connect_state *state, const aann_attempt *attempts,
                               int32_t count, aann_connection **paths, int32_t *path_count,
                               aann_error *error)
{
    *path_count = 0;
    *paths = aann_allocate_zeroed((size_t)count + 1, sizeof **paths);
    if (*paths == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for connections");
    }
    aann_connection *path = NULL;
    for (int32_t i = 0; i < count; i++) {
        const aann_attempt *attempt = &attempts[i];
        if (path == NULL || path->from != attempt->from || path->to != attempt->to) {
            path = &(*paths)[(*path_count)++];
            *path = (aann_connection){.from = attempt->from, .to = attempt->to};
            path->floor = fmax(state->members[attempt->from].train_loss,
                               state->members[attempt->to].train_loss);
        }
        add_attempt(state, attempt, path);
    }
    return AANN_OK;
}

/* ---- the tree -------------------------------------------------------------------------------- */

typedef struct ordered_path {
    double loss;
    int32_t from, to, place;
} ordered_path;

static int by_loss(const void *left, const void *right)
{
    const ordered_path *a = left;
    const ordered_path *b = right;
    if (a->loss != b->loss) {
        return a->loss < b->loss ? -1 : 1;
    }
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->to < b->to ? -1 : a->to > b->to ? 1 : 0;
}

/* The first member of its component. */
static int32_t root_of(int32_t *parents, int32_t member)
{
    while (parents[member] != member) {
        parents[member] = parents[parents[member]];
        member = parents[member];
    }
    return member;
}

aann_status aann_connect_tree(int32_t members, const aann_connection *paths, int32_t path_count,
                              int32_t *tree, int32_t *size, int32_t *largest, int32_t *components,
                              aann_error *error)
{
    *size = 0;
    ordered_path *order = aann_allocate((size_t)path_count + 1, sizeof *order);
    int32_t *parents = aann_allocate((size_t)members, sizeof *parents);
    int32_t *sizes = aann_allocate((size_t)members, sizeof *sizes);
    int32_t most = 1;
    if (order == NULL || parents == NULL || sizes == NULL) {
        free(order);
        free(parents);
        free(sizes);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for connections");
    }
    for (int32_t i = 0; i < members; i++) {
        parents[i] = i;
        sizes[i] = 1;
    }
    for (int32_t i = 0; i < path_count; i++) {
        order[i] = (ordered_path){paths[i].loss, paths[i].from, paths[i].to, i};
    }
    qsort(order, (size_t)path_count, sizeof *order, by_loss);
    for (int32_t i = 0; i < path_count; i++) {
        const int32_t a = root_of(parents, order[i].from);
        const int32_t b = root_of(parents, order[i].to);
        if (a == b) {
            continue;
        }
        parents[b] = a;
        sizes[a] += sizes[b];
        most = sizes[a] > most ? sizes[a] : most;
        if (largest != NULL && components != NULL) {
            largest[*size] = most;
            components[*size] = members - *size - 1;
        }
        tree[(*size)++] = order[i].place;
    }
    free(order);
    free(parents);
    free(sizes);
    return AANN_OK;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

/* The rounds again: attempts that are known so far, and the attempts of the present round. */
typedef struct replay {
    const aann_connect_state *state;
    aann_attempt *known; /* [known_count], in order; room for all that are stored */
    int32_t known_count;
    aann_attempt *round; /* [round_count]; room for all members, and all pairs of one ring */
    int32_t round_count;
    int32_t *tree;
} replay;

static void add_to_round(replay *r, int32_t from, int32_t to, int32_t number)
{
    r->round[r->round_count++] = (aann_attempt){.from = from, .to = to, .number = number};
}

/* Ring `ring` of the first rounds: every member with the one at place `ring`, if that is better. */
static void list_ring(replay *r, int32_t ring)
{
    r->round_count = 0;
    for (int32_t member = ring + 1; member < r->state->count; member++) {
        add_to_round(r, ring, member, 0);
    }
}

/* The paths of the tree that do not stand, the highest first. */
static aann_status list_improvements(replay *r, aann_error *error)
{
    const aann_connect_state *state = r->state;
    aann_connection *paths = NULL;
    int32_t path_count = 0;
    int32_t size = 0;
    r->round_count = 0;
    aann_status status =
        aann_connect_paths(state, r->known, r->known_count, &paths, &path_count, error);
    if (status == AANN_OK) {
        status =
            aann_connect_tree(state->count, paths, path_count, r->tree, &size, NULL, NULL, error);
    }
    for (int32_t i = size; status == AANN_OK && i-- > 0;) {
        const aann_connection *path = &paths[r->tree[i]];
        if (!path->stands && path->attempts <= state->plan->doublings) {
            add_to_round(r, path->from, path->to, path->attempts);
        }
    }
    free(paths);
    return status;
}

/* Fills in what is stored of the round; returns how many attempts are not. */
static int32_t look_up(replay *r)
{
    int32_t left = 0;
    for (int32_t i = 0; i < r->round_count; i++) {
        aann_attempt *attempt = &r->round[i];
        const aann_attempt *stored =
            aann_connect_state_find(r->state, attempt->from, attempt->to, attempt->number);
        if (stored != NULL) {
            *attempt = *stored;
        }
        left += stored == NULL ? 1 : 0;
    }
    return left;
}

/* Adds the round's attempts to those that are known, in order. */
static void learn(replay *r)
{
    for (int32_t i = 0; i < r->round_count; i++) {
        const aann_attempt *attempt = &r->round[i];
        int32_t place = r->known_count++;
        while (place > 0) {
            const aann_attempt *before = &r->known[place - 1];
            const bool later = before->from != attempt->from ? before->from > attempt->from
                               : before->to != attempt->to   ? before->to > attempt->to
                                                             : before->number > attempt->number;
            if (!later) {
                break;
            }
            r->known[place] = *before;
            place--;
        }
        r->known[place] = *attempt;
    }
}

static aann_status go_through(replay *r, int32_t *left, aann_error *error)
{
    const int32_t rings = r->state->plan->neighbours < r->state->count - 1
                              ? r->state->plan->neighbours
                              : r->state->count - 1;
    for (int32_t round = 0;; round++) {
        if (round < rings) {
            list_ring(r, round);
        } else {
            const aann_status status = list_improvements(r, error);
            if (status != AANN_OK) {
                return status;
            }
        }
        *left = look_up(r);
        if (*left > 0 || r->round_count == 0) {
            return AANN_OK;
        }
        learn(r);
    }
}

aann_status aann_connect_next(const aann_connect_state *state, aann_attempt **list, int32_t *count,
                              int32_t *left, aann_error *error)
{
    replay r = {.state = state};
    *list = NULL;
    *count = 0;
    *left = 0;
    r.known = aann_allocate((size_t)state->stored_count + 1, sizeof *r.known);
    r.round = aann_allocate((size_t)state->count, sizeof *r.round);
    r.tree = aann_allocate((size_t)state->count, sizeof *r.tree);
    aann_status status = r.known == NULL || r.round == NULL || r.tree == NULL
                             ? aann_fail(error, AANN_ERROR_MEMORY, "out of memory for connections")
                             : go_through(&r, left, error);
    free(r.known);
    free(r.tree);
    if (status != AANN_OK) {
        free(r.round);
        return status;
    }
    *list = r.round;
    *count = r.round_count;
    return AANN_OK;
}
