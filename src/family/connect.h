/* Connections inside: which attempts are known, and which come next. */
#ifndef AANN_FAMILY_CONNECT_H
#define AANN_FAMILY_CONNECT_H

#include "aann/connect.h"

/* One search for a path between members from < to (their places in order of loss). */
typedef struct aann_attempt {
    int32_t from;
    int32_t to;
    int32_t number;     /* 0: the first one of its pair; repairs are doubled `number` times */
    int64_t top;        /* id of the stored member; 0: not made yet */
    double loss;        /* of the top */
    double accuracy[3]; /* of the top: train, validation, test */
} aann_attempt;

/* The members and what is stored. */
typedef struct aann_connect_state {
    const aann_connect_plan *plan;
    aann_member_row *members; /* [count], in order of training loss, then id */
    int32_t count;
    aann_attempt *stored; /* [stored_count], in order of (from, to, number), none twice */
    int32_t stored_count;
} aann_connect_state;

/* Reads them; free with aann_connect_state_clear. */
aann_status aann_connect_state_read(aann_study *study, int64_t family,
                                    const aann_connect_plan *plan, aann_connect_state *state,
                                    aann_error *error);
void aann_connect_state_clear(aann_connect_state *state);

/* The stored attempt, or NULL. */
const aann_attempt *aann_connect_state_find(const aann_connect_state *state, int32_t from,
                                            int32_t to, int32_t number);

/* The rounds as they were and as they are next: goes through them again as long as all of their
 * attempts are stored, and lists the attempts of the first round that lacks some. list[*count] (to
 * be freed), of which *left are not stored; *count is 0 if the tree is complete. */
aann_status aann_connect_next(const aann_connect_state *state, aann_attempt **list, int32_t *count,
                              int32_t *left, aann_error *error);

/* The best known path of every pair that has one, from attempts[count] in order of (from, to,
 * number): paths[*path_count], to be freed. */
aann_status aann_connect_paths(const aann_connect_state *state, const aann_attempt *attempts,
                               int32_t count, aann_connection **paths, int32_t *path_count,
                               aann_error *error);

/* The minimum spanning forest: tree[*size] places in paths[path_count], in order of loss; room for
 * members - 1. With `largest` and `components` (else NULL) also the components after each path. */
aann_status aann_connect_tree(int32_t members, const aann_connection *paths, int32_t path_count,
                              int32_t *tree, int32_t *size, int32_t *largest, int32_t *components,
                              aann_error *error);

/* The options of a family with this plan added; malloc'ed. AANN_ERROR_ARGUMENT if there is one of
 * the same seed with other path options; *changed is NULL if it is the same. */
aann_status aann_connect_plan_add(const char *options, const aann_connect_plan *plan,
                                  char **changed, aann_error *error);

/* Fails, naming the setting and its range, if the plan makes no sense. */
aann_status aann_connect_plan_check(const aann_connect_plan *plan, aann_error *error);

#endif
