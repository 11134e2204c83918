/* Ensembles: sums of logits and votes, grown member by member.
 *
 * Both methods need, per sample and class, the sum of the logits and the number of votes of the
 * members so far; one more member is one more addition. So the accuracy at all sizes costs one pass
 * over the members' logits. */
#include "aann/ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/philox.h"

/* An ensemble: [samples][classes] each. */
typedef struct tally {
    const aann_predictions *predictions;
    const int32_t *labels;
    aann_ensemble_method method;
    int64_t *sums;
    int32_t *votes; /* AANN_ENSEMBLE_VOTE only */
} tally;

static void tally_clear(tally *t)
{
    free(t->sums);
    free(t->votes);
}

static aann_status tally_create(const aann_predictions *predictions, const int32_t *labels,
                                aann_ensemble_method method, tally *t, aann_error *error)
{
    *t = (tally){.predictions = predictions, .labels = labels, .method = method};
    const size_t cells = (size_t)predictions->sample_count * (size_t)predictions->outputs;
    t->sums = aann_allocate_zeroed(cells, sizeof *t->sums);
    t->votes = method == AANN_ENSEMBLE_VOTE ? aann_allocate_zeroed(cells, sizeof *t->votes) : NULL;
    if (t->sums == NULL || (method == AANN_ENSEMBLE_VOTE && t->votes == NULL)) {
        tally_clear(t);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an ensemble on %lld samples",
                         (long long)predictions->sample_count);
    }
    return AANN_OK;
}

static void tally_empty(tally *t)
{
    const size_t cells = (size_t)t->predictions->sample_count * (size_t)t->predictions->outputs;
    memset(t->sums, 0, cells * sizeof *t->sums);
    if (t->votes != NULL) {
        memset(t->votes, 0, cells * sizeof *t->votes);
    }
}

static const int32_t *member_logits(const aann_predictions *predictions, int32_t member)
{
    return predictions->logits +
           (size_t)member * (size_t)predictions->sample_count * (size_t)predictions->outputs;
}

static void tally_add(tally *t, int32_t member)
{
    const size_t classes = (size_t)t->predictions->outputs;
    const size_t samples = (size_t)t->predictions->sample_count;
    const int32_t *logits = member_logits(t->predictions, member);
    for (size_t i = 0; i < samples * classes; i++) {
        t->sums[i] += logits[i];
    }
    for (size_t i = 0; t->votes != NULL && i < samples; i++) {
        t->votes[i * classes +
                 (size_t)aann_logits_answer(logits + i * classes, (int32_t)classes)]++;
    }
}

/* The class with most votes (none: all equal), among these the largest sum, among these the
 * first. */
static int32_t decide(const int64_t *sums, const int32_t *votes, int32_t classes)
{
    int32_t best = 0;
    for (int32_t c = 1; c < classes; c++) {
        const int32_t lead = votes == NULL ? 0 : votes[c] - votes[best];
        best = lead > 0 || (lead == 0 && sums[c] > sums[best]) ? c : best;
    }
    return best;
}

static int64_t tally_correct(const tally *t)
{
    const size_t classes = (size_t)t->predictions->outputs;
    int64_t correct = 0;
    for (size_t i = 0; i < (size_t)t->predictions->sample_count; i++) {
        const int32_t *votes = t->votes == NULL ? NULL : t->votes + i * classes;
        correct += decide(t->sums + i * classes, votes, (int32_t)classes) == t->labels[i];
    }
    return correct;
}

/* tally_correct with one more member. sums[classes] and votes[classes] are scratch. */
static int64_t correct_with(const tally *t, int32_t member, int64_t *sums, int32_t *votes)
{
    const size_t classes = (size_t)t->predictions->outputs;
    const int32_t *logits = member_logits(t->predictions, member);
    int64_t correct = 0;
    for (size_t i = 0; i < (size_t)t->predictions->sample_count; i++, logits += classes) {
        for (size_t c = 0; c < classes; c++) {
            sums[c] = t->sums[i * classes + c] + logits[c];
        }
        if (t->votes != NULL) {
            memcpy(votes, t->votes + i * classes, classes * sizeof *votes);
            votes[aann_logits_answer(logits, (int32_t)classes)]++;
        }
        correct += decide(sums, t->votes == NULL ? NULL : votes, (int32_t)classes) == t->labels[i];
    }
    return correct;
}

static aann_status check(const aann_predictions *predictions, int32_t length, aann_error *error)
{
    if (length < 1 || length > predictions->member_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "an ensemble of %d of %d members", length,
                         predictions->member_count);
    }
    return AANN_OK;
}

aann_status aann_ensemble_answer(const aann_predictions *predictions, aann_ensemble_method method,
                                 int32_t *answers, aann_error *error)
{
    tally t;
    const size_t classes = (size_t)predictions->outputs;
    aann_status status = check(predictions, predictions->member_count, error);
    if (status == AANN_OK) {
        status = tally_create(predictions, NULL, method, &t, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t member = 0; member < predictions->member_count; member++) {
        tally_add(&t, member);
    }
    for (size_t i = 0; i < (size_t)predictions->sample_count; i++) {
        const int32_t *votes = t.votes == NULL ? NULL : t.votes + i * classes;
        answers[i] = decide(t.sums + i * classes, votes, (int32_t)classes);
    }
    tally_clear(&t);
    return AANN_OK;
}

static void grow(tally *t, const int32_t *order, int32_t length, double *accuracy)
{
    tally_empty(t);
    for (int32_t size = 0; size < length; size++) {
        tally_add(t, order[size]);
        accuracy[size] = (double)tally_correct(t) / (double)t->predictions->sample_count;
    }
}

aann_status aann_ensemble_grow(const aann_predictions *predictions, const int32_t *labels,
                               aann_ensemble_method method, const int32_t *order, int32_t length,
                               double *accuracy, aann_error *error)
{
    tally t;
    aann_status status = check(predictions, length, error);
    for (int32_t i = 0; status == AANN_OK && i < length; i++) {
        if (order[i] < 0 || order[i] >= predictions->member_count) {
            status = aann_fail(error, AANN_ERROR_ARGUMENT, "member %d of %d", order[i],
                               predictions->member_count);
        }
    }
    if (status == AANN_OK) {
        status = tally_create(predictions, labels, method, &t, error);
    }
    if (status == AANN_OK) {
        grow(&t, order, length, accuracy);
        tally_clear(&t);
    }
    return status;
}

void aann_ensemble_draw(uint64_t seed, uint64_t draw, int32_t count, int32_t *order)
{
    aann_random_stream stream =
        aann_random_start(aann_random_key_create(seed, 0), draw, AANN_PURPOSE_ENSEMBLE);
    aann_random_order(&stream, order, count);
}

/* accuracies[draws][length] */
static aann_status sample(const aann_predictions *predictions, const int32_t *labels,
                          aann_ensemble_method method, uint64_t seed, int32_t draws, int32_t length,
                          double *accuracies, aann_error *error)
{
    tally t;
    aann_status status = tally_create(predictions, labels, method, &t, error);
    if (status != AANN_OK) {
        return status;
    }
    int32_t *order = aann_allocate((size_t)predictions->member_count, sizeof *order);
    if (order == NULL) {
        status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for drawing ensembles");
    }
    for (int32_t draw = 0; status == AANN_OK && draw < draws; draw++) {
        aann_ensemble_draw(seed, (uint64_t)draw, predictions->member_count, order);
        grow(&t, order, length, accuracies + (size_t)draw * (size_t)length);
    }
    free(order);
    tally_clear(&t);
    return status;
}

/* Mean, deviation, minimum and maximum of one column of accuracies[draws][length]. */
static void spread_of_column(const double *accuracies, int32_t draws, int32_t length,
                             int32_t column, const aann_ensemble_spread *spread)
{
    double sum = 0.0;
    double least = INFINITY;
    double most = -INFINITY;
    for (int32_t draw = 0; draw < draws; draw++) {
        const double value = accuracies[(size_t)draw * (size_t)length + (size_t)column];
        sum += value;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    const double mean = sum / draws;
    double squares = 0.0;
    for (int32_t draw = 0; draw < draws; draw++) {
        const double difference = accuracies[(size_t)draw * (size_t)length + (size_t)column] - mean;
        squares += difference * difference;
    }
    if (spread->mean != NULL) {
        spread->mean[column] = mean;
    }
    if (spread->deviation != NULL) {
        spread->deviation[column] = draws > 1 ? sqrt(squares / (draws - 1)) : (double)NAN;
    }
    if (spread->minimum != NULL) {
        spread->minimum[column] = least;
    }
    if (spread->maximum != NULL) {
        spread->maximum[column] = most;
    }
}

aann_status aann_ensemble_sample(const aann_predictions *predictions, const int32_t *labels,
                                 aann_ensemble_method method, uint64_t seed, int32_t draws,
                                 int32_t length, const aann_ensemble_spread *spread,
                                 aann_error *error)
{
    aann_status status = check(predictions, length, error);
    if (status == AANN_OK && draws < 1) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT, "%d draws of ensembles", draws);
    }
    if (status != AANN_OK) {
        return status;
    }
    size_t cells = 0;
    double *accuracies = aann_multiply_sizes((size_t)draws, (size_t)length, &cells)
                             ? aann_allocate(cells, sizeof *accuracies)
                             : NULL;
    if (accuracies == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %d draws of ensembles",
                         draws);
    }
    status = sample(predictions, labels, method, seed, draws, length, accuracies, error);
    for (int32_t column = 0; status == AANN_OK && column < length; column++) {
        spread_of_column(accuracies, draws, length, column, spread);
    }
    free(accuracies);
    return status;
}

/* ---- greedy choice --------------------------------------------------------------------------- */

/* Memory of one choice. */
typedef struct choice {
    tally t;
    int64_t *sums;  /* [classes] */
    int32_t *votes; /* [classes] */
    int64_t *alone; /* [members] correct on their own */
    bool *taken;    /* [members] */
} choice;

static void choice_clear(choice *c)
{
    free(c->sums);
    free(c->votes);
    free(c->alone);
    free(c->taken);
    tally_clear(&c->t);
}

static aann_status choice_create(const aann_predictions *predictions, const int32_t *labels,
                                 aann_ensemble_method method, choice *c, aann_error *error)
{
    *c = (choice){0};
    aann_status status = tally_create(predictions, labels, method, &c->t, error);
    if (status != AANN_OK) {
        return status;
    }
    c->sums = aann_allocate((size_t)predictions->outputs, sizeof *c->sums);
    c->votes = aann_allocate((size_t)predictions->outputs, sizeof *c->votes);
    c->alone = aann_allocate((size_t)predictions->member_count, sizeof *c->alone);
    c->taken = aann_allocate_zeroed((size_t)predictions->member_count, sizeof *c->taken);
    if (c->sums == NULL || c->votes == NULL || c->alone == NULL || c->taken == NULL) {
        choice_clear(c);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for choosing an ensemble");
    }
    for (int32_t member = 0; member < predictions->member_count; member++) {
        c->alone[member] = correct_with(&c->t, member, c->sums, c->votes);
    }
    return AANN_OK;
}

/* The member to add next; *correct of the ensemble with it. */
static int32_t choose_next(choice *c, int64_t *correct)
{
    int32_t best = -1;
    *correct = -1;
    for (int32_t member = 0; member < c->t.predictions->member_count; member++) {
        if (c->taken[member]) {
            continue;
        }
        const int64_t with = correct_with(&c->t, member, c->sums, c->votes);
        if (with > *correct || (with == *correct && c->alone[member] > c->alone[best])) {
            best = member;
            *correct = with;
        }
    }
    return best;
}

aann_status aann_ensemble_choose(const aann_predictions *predictions, const int32_t *labels,
                                 aann_ensemble_method method, int32_t length, int32_t *order,
                                 double *accuracy, aann_error *error)
{
    choice c;
    aann_status status = check(predictions, length, error);
    if (status == AANN_OK) {
        status = choice_create(predictions, labels, method, &c, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    for (int32_t size = 0; size < length; size++) {
        int64_t correct = 0;
        order[size] = choose_next(&c, &correct);
        c.taken[order[size]] = true;
        tally_add(&c.t, order[size]);
        if (accuracy != NULL) {
            accuracy[size] = (double)correct / (double)predictions->sample_count;
        }
    }
    choice_clear(&c);
    return AANN_OK;
}
