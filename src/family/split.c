/* The rules of splitting.
 *
 *     last      the last samples of the file are for validation: sets of pictures
 *     shuffled  random samples, of each class its share: tables
 *     blocks    the last samples of each class in the order of the file: windows, whose neighbours
 *               are alike
 *     groups    random groups, each wholly on one side: subjects, devices, recordings
 *     time      the latest samples: what is to come is what will be predicted
 *
 * Every rule makes a list of rows, which is a function of the data, the rule and the seed. Training
 * samples are in random order (but for "last"), so that the first of them represent all. */
#include "family/split.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"
#include "data/catalog.h"
#include "samples/dataset.h"
#include "samples/gather.h"

enum { FETCHED_VALIDATION = 5000 };
static const double file_validation_share = 0.1;

static const char *const names[] = {"automatic", "last", "shuffled", "blocks", "groups", "time"};
enum { NAMES = sizeof names / sizeof names[0] };

const char *aann_split_name(aann_split_rule rule)
{
    return (int)rule >= 0 && (int)rule < NAMES ? names[rule] : names[0];
}

aann_split_rule aann_split_find(const char *name)
{
    for (int i = 1; i < NAMES; i++) {
        if (strcmp(name, names[i]) == 0) {
            return (aann_split_rule)i;
        }
    }
    return AANN_SPLIT_AUTOMATIC;
}

static aann_status out_of_memory(aann_error *error)
{
    return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a split");
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Rows of the file: for training, for validation. */
typedef struct row_lists {
    int32_t *order;   /* [count], all rows in random order */
    bool *is_chosen;  /* [count], of a row: for validation */
    int64_t *rows[2]; /* training, validation */
    int64_t counts[2];
    int64_t available; /* for training, of which the limit takes the first */
} row_lists;

static void clear(row_lists *lists)
{
    free(lists->order);
    free(lists->is_chosen);
    free(lists->rows[0]);
    free(lists->rows[1]);
}

static aann_random_stream start_stream(const aann_split *split)
{
    return aann_random_start(aann_random_key_create(split->seed, 0), 0, AANN_PURPOSE_DATA);
}

/* How many of each class are for validation: its share, rounded so that the sum is right; the largest
 * fractions are rounded up. Of a class of two and more there are some on either side, if there is
 * room for that. */
static void share_out(const int64_t *sizes, int32_t classes, int64_t count, int64_t wanted,
                      int64_t *shares)
{
    int64_t left = wanted;
    for (int32_t c = 0; c < classes; c++) {
        shares[c] = (int64_t)floor((double)wanted * (double)sizes[c] / (double)count);
        const bool none = shares[c] == 0 && sizes[c] > 1 && wanted >= 2 * (int64_t)classes;
        shares[c] += none ? 1 : 0;
        left -= shares[c];
    }
    for (; left < 0; left++) {
        int32_t largest = 0;
        for (int32_t c = 1; c < classes; c++) {
            largest = shares[c] > shares[largest] ? c : largest;
        }
        shares[largest]--;
    }
    while (left > 0) {
        int32_t best = -1;
        double largest = -1.0;
        for (int32_t c = 0; c < classes; c++) {
            const double exact = (double)wanted * (double)sizes[c] / (double)count;
            const double lacks = exact - (double)shares[c];
            if (lacks > largest && shares[c] + 1 < sizes[c]) {
                largest = lacks;
                best = c;
            }
        }
        if (best < 0) {
            break; /* classes of one sample: they stay in training */
        }
        shares[best]++;
        left--;
    }
}

/* Chooses `wanted` rows, of each class its share, in the order of `order`, or from its end. */
static aann_status choose_by_class(const aann_dataset *train, const int32_t *order, int64_t wanted,
                                   bool from_end, bool *is_chosen, aann_error *error)
{
    const int32_t classes = train->labels != NULL ? train->class_count : 1;
    int64_t *sizes = aann_allocate_zeroed((size_t)classes * 2, sizeof *sizes);
    if (sizes == NULL) {
        return out_of_memory(error);
    }
    int64_t *shares = sizes + classes;
    for (int64_t i = 0; i < train->count; i++) {
        sizes[train->labels != NULL ? train->labels[i] : 0]++;
    }
    share_out(sizes, classes, train->count, wanted, shares);
    for (int64_t k = 0; k < train->count; k++) {
        const int64_t place = from_end ? train->count - 1 - k : k;
        const int64_t row = order != NULL ? order[place] : place;
        int64_t *share = &shares[train->labels != NULL ? train->labels[row] : 0];
        is_chosen[row] = *share > 0;
        *share -= *share > 0 ? 1 : 0;
    }
    free(sizes);
    return AANN_OK;
}

typedef struct keyed_row {
    double key; /* a time or a group */
    int64_t row;
} keyed_row;

static int compare_keys(const void *a, const void *b)
{
    const keyed_row *one = a;
    const keyed_row *two = b;
    const int by_key = (one->key > two->key) - (one->key < two->key);
    return by_key != 0 ? by_key : (one->row > two->row) - (one->row < two->row);
}

/* The rows by their keys[count] (NULL: all alike), malloc'ed; NULL if there is no memory. */
static keyed_row *sort_rows(const double *keys, int64_t count)
{
    keyed_row *rows = aann_allocate((size_t)count, sizeof *rows);
    for (int64_t i = 0; rows != NULL && i < count; i++) {
        rows[i] = (keyed_row){keys != NULL ? keys[i] : 0.0, i};
    }
    if (rows != NULL) {
        qsort(rows, (size_t)count, sizeof *rows, compare_keys);
    }
    return rows;
}

/* The latest rows; without times, the last. */
static aann_status choose_by_time(const aann_dataset *train, int64_t wanted, bool *is_chosen,
                                  aann_error *error)
{
    keyed_row *timed = sort_rows(train->times, train->count);
    if (timed == NULL) {
        return out_of_memory(error);
    }
    for (int64_t i = train->count - wanted; i < train->count; i++) {
        is_chosen[timed[i].row] = true;
    }
    free(timed);
    return AANN_OK;
}

/* Writes the number of each row's group, 0, 1, 2, ..., and the rows of each group; false if there is
 * no memory. */
static bool number_groups(const aann_dataset *train, int64_t *group_of, int64_t *sizes)
{
    keyed_row *sorted = sort_rows(train->groups, train->count);
    int64_t group = 0;
    for (int64_t i = 0; sorted != NULL && i < train->count; i++) {
        group += i > 0 && sorted[i].key != sorted[i - 1].key ? 1 : 0;
        group_of[sorted[i].row] = group;
        sizes[group]++;
    }
    const bool fits = sorted != NULL;
    free(sorted);
    return fits;
}

/* Whole groups, in the order in which their first rows come in `order`, as long as that brings their
 * number closer to what is wanted; one group at least, and not the last one. */
static aann_status choose_by_group(const aann_dataset *train, const int32_t *order, int64_t wanted,
                                   bool *is_chosen, aann_error *error)
{
    int64_t *group_of = aann_allocate((size_t)train->count, sizeof *group_of);
    int64_t *sizes = aann_allocate_zeroed((size_t)train->count, sizeof *sizes); /* 0: decided */
    bool *is_taken = aann_allocate_zeroed((size_t)train->count, sizeof *is_taken);
    int64_t chosen = 0;
    int64_t left = train->count;
    const bool fits = group_of != NULL && sizes != NULL && is_taken != NULL &&
                      number_groups(train, group_of, sizes);
    for (int64_t k = 0; fits && k < train->count && chosen < wanted; k++) {
        const int64_t group = group_of[order[k]];
        const int64_t size = sizes[group];
        sizes[group] = 0;
        const bool closer = chosen + size - wanted <= wanted - chosen;
        if (size > 0 && size != left && (chosen == 0 || closer)) {
            is_taken[group] = true;
            chosen += size;
            left -= size;
        }
    }
    for (int64_t i = 0; fits && i < train->count; i++) {
        is_chosen[i] = is_taken[group_of[i]];
    }
    free(group_of);
    free(sizes);
    free(is_taken);
    if (!fits) {
        return out_of_memory(error);
    }
    return chosen > 0 ? AANN_OK
                      : aann_fail(error, AANN_ERROR_ARGUMENT,
                                  "all samples are of one group, and a group is not divided; "
                                  "expected several, or --validation 0");
}

static aann_status choose_rows(const aann_dataset *train, const aann_split *split, row_lists *lists,
                               aann_error *error)
{
    const int64_t wanted = split->validation_count;
    if (wanted == 0) {
        return AANN_OK;
    }
    switch (split->rule) {
    case AANN_SPLIT_BLOCKS:
        return choose_by_class(train, NULL, wanted, true, lists->is_chosen, error);
    case AANN_SPLIT_GROUPS:
        return choose_by_group(train, lists->order, wanted, lists->is_chosen, error);
    case AANN_SPLIT_TIME: return choose_by_time(train, wanted, lists->is_chosen, error);
    case AANN_SPLIT_SHUFFLED:
    case AANN_SPLIT_LAST:
    case AANN_SPLIT_AUTOMATIC: break;
    }
    return choose_by_class(train, lists->order, wanted, false, lists->is_chosen, error);
}

/* Repeats the rows of rarer classes until all classes have as many as the largest. */
static aann_status balance(const aann_dataset *train, row_lists *lists, aann_error *error)
{
    int64_t sizes[UINT8_MAX + 1] = {0};
    int64_t seen[UINT8_MAX + 1] = {0};
    int64_t largest = 0;
    int64_t total = 0;
    for (int64_t i = 0; i < lists->counts[0]; i++) {
        const int64_t size = ++sizes[train->labels[lists->rows[0][i]]];
        largest = size > largest ? size : largest;
    }
    for (int c = 0; c <= UINT8_MAX; c++) {
        total += sizes[c] > 0 ? largest : 0;
    }
    int64_t *rows = aann_allocate((size_t)total, sizeof *rows);
    if (rows == NULL) {
        return out_of_memory(error);
    }
    /* Round after round over all rows, so that repetitions lie far apart. */
    int64_t count = 0;
    while (count < total) {
        for (int64_t i = 0; i < lists->counts[0]; i++) {
            const int64_t row = lists->rows[0][i];
            if (seen[train->labels[row]] < largest) {
                seen[train->labels[row]]++;
                rows[count++] = row;
            }
        }
    }
    free(lists->rows[0]);
    lists->rows[0] = rows;
    lists->counts[0] = total;
    return AANN_OK;
}

static aann_status make_lists(const aann_dataset *train, const aann_split *split, row_lists *lists,
                              aann_error *error)
{
    const size_t count = (size_t)train->count;
    *lists = (row_lists){.order = aann_allocate(count, sizeof *lists->order),
                         .is_chosen = aann_allocate_zeroed(count, sizeof *lists->is_chosen)};
    lists->rows[0] = aann_allocate(count, sizeof **lists->rows);
    lists->rows[1] = aann_allocate(count, sizeof **lists->rows);
    if (lists->order == NULL || lists->is_chosen == NULL || lists->rows[0] == NULL ||
        lists->rows[1] == NULL) {
        return out_of_memory(error);
    }
    aann_random_stream stream = start_stream(split);
    aann_random_order(&stream, lists->order, (int32_t)train->count);
    const aann_status status = choose_rows(train, split, lists, error);
    for (int64_t k = 0; status == AANN_OK && k < train->count; k++) {
        const int64_t row = lists->order[k];
        const int side = lists->is_chosen[row] ? 1 : 0;
        lists->rows[side][lists->counts[side]++] = row;
    }
    lists->available = lists->counts[0];
    if (split->train_limit > 0 && split->train_limit < lists->counts[0]) {
        lists->counts[0] = split->train_limit;
    }
    return status == AANN_OK && split->balanced ? balance(train, lists, error) : status;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static aann_split_rule choose_rule(const aann_family_source *source, const aann_dataset *train)
{
    if (source->split != AANN_SPLIT_AUTOMATIC) {
        return source->split;
    }
    if (train->groups != NULL) {
        return AANN_SPLIT_GROUPS;
    }
    if (train->times != NULL) {
        return AANN_SPLIT_TIME;
    }
    if (train->windows) {
        return AANN_SPLIT_BLOCKS;
    }
    return train->table != NULL || train->in_class_order ? AANN_SPLIT_SHUFFLED : AANN_SPLIT_LAST;
}

static aann_status check_rule(const aann_dataset *train, const aann_split *split, aann_error *error)
{
    if (split->rule == AANN_SPLIT_GROUPS && train->groups == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the data have no groups to split by; --group-column says where they are");
    }
    if (split->rule == AANN_SPLIT_LAST && split->balanced) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "balanced classes need a split that is a list of samples; expected "
                         "another rule than last (--split-by shuffled)");
    }
    if (split->balanced && train->labels == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the data have no classes that could be balanced");
    }
    return train->count <= INT32_MAX || split->rule == AANN_SPLIT_LAST
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%" PRId64 " samples are too many to shuffle", train->count);
}

/* The sizes as they come out: groups are as large as they are, and classes are repeated. */
static aann_status measure(const aann_dataset *train, aann_split *split, aann_error *error)
{
    if (split->rule == AANN_SPLIT_LAST) {
        split->train_count = split->train_limit > 0 ? split->train_limit : split->validation_first;
        split->measured_validation_count = split->validation_count;
        return AANN_OK;
    }
    row_lists lists;
    const aann_status status = make_lists(train, split, &lists, error);
    split->train_count = lists.counts[0];
    split->validation_first = lists.counts[0];
    split->measured_validation_count = lists.counts[1];
    clear(&lists);
    return status;
}

/* A certification split is what a limit leaves out. */
static aann_status keep_certification(const aann_family_source *source, aann_split *split,
                                      aann_error *error)
{
    const int64_t wanted = source->certification;
    if (split->rule != AANN_SPLIT_LAST && split->rule != AANN_SPLIT_SHUFFLED) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a certification split of data that are split by %s: samples of one group "
                         "or neighbours in time are related; expected last or shuffled",
                         aann_split_name(split->rule));
    }
    if (source->train_limit != 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a certification split and a limit of the training samples: all samples "
                         "beyond the limit are for certification already; expected one of both");
    }
    if (wanted < 0 || wanted >= split->validation_first) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "certification split: %lld of %lld samples; expected a number that leaves "
                         "some",
                         (long long)wanted, (long long)split->validation_first);
    }
    split->train_limit = split->validation_first - wanted;
    return AANN_OK;
}

aann_status aann_split_choose(const aann_family_source *source, const aann_dataset *train,
                              aann_split *split, aann_error *error)
{
    const int64_t count = train->count;
    const char *name = source->train_set != NULL ? "the training set" : source->train;
    double wanted = source->validation;
    if (wanted < 0.0) {
        const bool fetched = source->train_set == NULL && aann_catalog_match(source->train) != NULL;
        wanted = fetched ? FETCHED_VALIDATION : file_validation_share;
    }
    if (wanted < 1.0) {
        wanted = floor(wanted * (double)count + 0.5);
    }
    if (!(wanted < (double)count) || wanted != floor(wanted)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "validation split: %g of the %lld training samples; expected a whole number that "
            "leaves some, or a share below 1",
            wanted, (long long)count);
    }
    *split = (aann_split){.validation_count = (int64_t)wanted,
                          .validation_first = count - (int64_t)wanted,
                          .rule = choose_rule(source, train),
                          .seed = source->split_seed,
                          .train_limit = source->train_limit,
                          .balanced = source->balanced};
    if (source->certification != 0) {
        const aann_status kept = keep_certification(source, split, error);
        if (kept != AANN_OK) {
            return kept;
        }
    }
    if (source->train_limit < 0 || source->train_limit > split->validation_first) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%lld training samples wanted, but %s has %lld",
                         (long long)source->train_limit, name, (long long)split->validation_first);
    }
    const aann_status status = check_rule(train, split, error);
    return status == AANN_OK ? measure(train, split, error) : status;
}

/* ---- cutting --------------------------------------------------------------------------------- */

aann_status aann_split_cut(const aann_dataset *train, const aann_samples *samples,
                           const aann_split *split, aann_samples **train_split,
                           aann_samples **validation, aann_error *error)
{
    row_lists lists;
    *train_split = NULL;
    *validation = NULL;
    /* A stored split may be a stranger's. */
    aann_status status = check_rule(train, split, error);
    if (status != AANN_OK) {
        return status;
    }
    if (split->validation_count < 0 || split->validation_count >= train->count) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the split has %lld of %lld samples for validation; expected 0 to %lld",
                         (long long)split->validation_count, (long long)train->count,
                         (long long)train->count - 1);
    }
    status = make_lists(train, split, &lists, error);
    if (status == AANN_OK && (lists.counts[0] != split->train_count ||
                              lists.counts[1] != split->measured_validation_count)) {
        status = aann_fail(
            error, AANN_ERROR_FORMAT, "the split has %lld and %lld samples; expected %lld and %lld",
            (long long)lists.counts[0], (long long)lists.counts[1], (long long)split->train_count,
            (long long)split->measured_validation_count);
    }
    if (status == AANN_OK) {
        status = aann_samples_gather(samples, lists.rows[0], lists.counts[0], train_split, error);
    }
    if (status == AANN_OK && lists.counts[1] > 0) {
        status = aann_samples_gather(samples, lists.rows[1], lists.counts[1], validation, error);
    }
    clear(&lists);
    return status;
}

aann_status aann_split_rest(const aann_dataset *train, const aann_samples *samples,
                            const aann_split *split, aann_samples **rest, aann_error *error)
{
    row_lists lists;
    aann_split whole = *split;
    whole.balanced = false; /* repeats would take the list's place */
    *rest = NULL;
    if (split->rule != AANN_SPLIT_SHUFFLED || split->train_limit == 0) {
        return AANN_OK;
    }
    aann_status status = make_lists(train, &whole, &lists, error);
    if (status == AANN_OK && lists.available > lists.counts[0]) {
        status = aann_samples_gather(samples, lists.rows[0] + lists.counts[0],
                                     lists.available - lists.counts[0], rest, error);
    }
    clear(&lists);
    return status;
}
