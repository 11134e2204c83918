/* Counting: the known number of all networks times the share that the draws stand for.
 *
 * Only temperatures at which chains mix are used (diagnose.c). What is colder would give answers as
 * well, and wrong ones: its chains stand for the valleys in which they happened to end. So a
 * question about better networks than mixing chains reach is not answered. */
#include "aann/volume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "manifold/mbar.h"
#include "manifold/record.h"

/* An answer rests on at least so many independent networks. */
static const double fewest_networks = 50.0;
/* A temperature that has less than this share of the weight does not count as contributing. */
static const double smallest_share = 0.01;

/* ---- the number of all networks -------------------------------------------------------------- */

/* ln n!: a sum where n is small, else Stirling's series, whose first term left out is below
 * 1e-17. */
static double log_factorial(int64_t n)
{
    double sum = 0.0;
    if (n < 256) {
        for (int64_t i = 2; i <= n; i++) {
            sum += log((double)i);
        }
        return sum;
    }
    const double x = (double)n;
    const double tau = 6.283185307179586;
    return x * log(x) - x + 0.5 * log(tau * x) + 1.0 / (12.0 * x) - 1.0 / (360.0 * x * x * x) +
           1.0 / (1260.0 * x * x * x * x * x);
}

double aann_volume_total(const aann_spec *spec)
{
    double sum = 0.0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        sum += log_factorial(spec->layers[i].weight_count) - log_factorial(counts.minus) -
               log_factorial(counts.zero) - log_factorial(counts.plus);
    }
    return sum;
}

/* ---- one ladder ------------------------------------------------------------------------------ */

/* The draws of all ladders, weighted. */
typedef struct volume_draws {
    const aann_sampler *sampler;
    const aann_sampler_diagnosis *diagnosis;
    int32_t ladders;
    int32_t rungs; /* that mix */
    int64_t rounds;
    double *losses;  /* [ladders][rungs][rounds] */
    double *weights; /* [ladders][rungs][rounds]: logarithms of the shares of all networks, */
    double *bennett; /* and the same by Bennett's ratios */
} volume_draws;

static void free_draws(volume_draws *draws)
{
    free(draws->losses);
    free(draws->weights);
    free(draws->bennett);
}

/* Writes the logarithms of shares that add up to 1. */
static void weigh(const aann_draws *draws, const double *log_sum, double *weights)
{
    const int64_t count = draws->rungs * draws->rounds;
    double largest = -INFINITY;
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        weights[i] = aann_mbar_log_weight(draws, log_sum, draws->losses[i]);
        largest = fmax(largest, weights[i]);
    }
    for (int64_t i = 0; i < count; i++) {
        sum += exp(weights[i] - largest);
    }
    for (int64_t i = 0; i < count; i++) {
        weights[i] -= largest + log(sum);
    }
}

static bool weigh_ladder(volume_draws *volume, int32_t ladder)
{
    const int64_t place = (int64_t)ladder * volume->rungs * volume->rounds;
    double log_sum[AANN_RUNG_LIMIT];
    for (int32_t k = 0; k < volume->rungs; k++) {
        aann_sampler_losses(volume->sampler, ladder, k,
                            volume->losses + place + k * volume->rounds);
    }
    const aann_draws draws = {volume->sampler->beta, volume->rungs, volume->losses + place,
                              volume->rounds};
    aann_bennett_ratios(&draws, log_sum);
    weigh(&draws, log_sum, volume->bennett + place);
    if (!aann_mbar_solve(&draws, log_sum)) {
        return false;
    }
    weigh(&draws, log_sum, volume->weights + place);
    return true;
}

static aann_status make_draws(const aann_sampler *sampler, const aann_sampler_diagnosis *diagnosis,
                              volume_draws *draws, aann_error *error)
{
    *draws = (volume_draws){
        .sampler = sampler,
        .diagnosis = diagnosis,
        .ladders = aann_sampler_finished(sampler),
        .rungs = diagnosis->mixed + 1,
        .rounds = sampler->options.rounds,
    };
    size_t count = 0;
    if (aann_multiply_sizes((size_t)draws->rounds, (size_t)draws->rungs * (size_t)draws->ladders,
                            &count)) {
        draws->losses = aann_allocate(count, sizeof(double));
        draws->weights = aann_allocate(count, sizeof(double));
        draws->bennett = aann_allocate(count, sizeof(double));
    }
    bool there = draws->losses != NULL && draws->weights != NULL && draws->bennett != NULL;
    for (int32_t i = 0; there && i < draws->ladders && draws->rungs > 0; i++) {
        there = weigh_ladder(draws, i);
    }
    if (!there) {
        free_draws(draws);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for counting");
    }
    return AANN_OK;
}

/* ---- a question ------------------------------------------------------------------------------ */

static bool is_counted(const volume_draws *draws, const aann_volume_question *question,
                       int32_t ladder, int32_t rung, int64_t round)
{
    if (question->by_accuracy) {
        const aann_ladder_record *record = &draws->sampler->records[ladder];
        const int64_t place =
            (draws->sampler->options.burn_in + round) * draws->sampler->rungs + rung;
        return record->correct[place] >= question->correct;
    }
    const int64_t place = ((int64_t)ladder * draws->rungs + rung) * draws->rounds + round;
    return draws->losses[place] <= question->loss;
}

/* What one ladder says: shares of all networks. */
typedef struct ladder_answer {
    double share;
    double bennett;
    double squares; /* of the weights, each times its autocorrelation time */
    double of_rung[AANN_RUNG_LIMIT];
} ladder_answer;

static ladder_answer ask_ladder(const volume_draws *draws, const aann_volume_question *question,
                                int32_t ladder)
{
    ladder_answer answer = {0};
    for (int32_t rung = 0; rung < draws->rungs; rung++) {
        const double time = draws->diagnosis->rung[rung].autocorrelation;
        const int64_t place = ((int64_t)ladder * draws->rungs + rung) * draws->rounds;
        for (int64_t round = 0; round < draws->rounds; round++) {
            if (is_counted(draws, question, ladder, rung, round)) {
                const double weight = exp(draws->weights[place + round]);
                answer.share += weight;
                answer.of_rung[rung] += weight;
                answer.squares += weight * weight * time;
                answer.bennett += exp(draws->bennett[place + round]);
            }
        }
    }
    return answer;
}

/* Fills in what the answer rests on. */
static void find_ground(const volume_draws *draws, const double *of_rung, double share,
                        aann_volume_answer *answer)
{
    answer->rung = 0;
    answer->r_hat = 0.0;
    for (int32_t rung = 0; rung < draws->rungs; rung++) {
        answer->rung = of_rung[rung] > smallest_share * share ? rung : answer->rung;
    }
    for (int32_t rung = 0; rung <= answer->rung; rung++) {
        answer->r_hat = fmax(answer->r_hat, draws->diagnosis->rung[rung].r_hat);
    }
}

static const char *find_silence(const volume_draws *draws, const aann_volume_answer *answer,
                                int32_t answering)
{
    if (draws->rungs < 2) {
        return "the chains do not mix at any temperature";
    }
    if (answering == 0) {
        return "no chain that mixes has met such a network";
    }
    if (answering < draws->ladders) {
        return "some ladders have not met such a network at a temperature that mixes";
    }
    return answer->effective_networks < fewest_networks
               ? "too few such networks were met at temperatures that mix"
               : NULL;
}

static void answer_question(const volume_draws *draws, const aann_volume_question *question,
                            aann_volume_answer *answer)
{
    *answer = (aann_volume_answer){.question = *question};
    double sum = 0.0, squares = 0.0, bennett = 0.0, share = 0.0;
    double of_rung[AANN_RUNG_LIMIT] = {0};
    int32_t answering = 0;
    const double total = aann_volume_total(&draws->sampler->spec) / log(10.0);
    for (int32_t i = 0; i < draws->ladders; i++) {
        const ladder_answer one = ask_ladder(draws, question, i);
        if (!(one.share > 0.0)) {
            continue;
        }
        const double count = total + log10(one.share);
        answering++;
        sum += count;
        squares += count * count;
        bennett += total + log10(one.bennett);
        share += one.share;
        answer->effective_networks += one.share * one.share / one.squares;
        for (int32_t rung = 0; rung < draws->rungs; rung++) {
            of_rung[rung] += one.of_rung[rung];
        }
    }
    find_ground(draws, of_rung, share, answer);
    answer->silence = find_silence(draws, answer, answering);
    answer->log10_count = answering > 0 ? sum / answering : -INFINITY;
    answer->log10_bennett = answering > 0 ? bennett / answering : -INFINITY;
    answer->log10_error = NAN;
    if (answering > 1) {
        const double variance = (squares - sum * sum / answering) / (answering - 1);
        answer->log10_error = sqrt((variance > 0.0 ? variance : 0.0) / answering);
    }
}

aann_status aann_volume_measure(const aann_sampler *sampler, const aann_volume_question *questions,
                                size_t count, aann_volume_answer *answers, aann_error *error)
{
    if (sampler->rungs == 1) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND,
                         "counting needs a ladder up to the infinite temperature, where the number "
                         "of networks is known: rungs 0, or 3 and more");
    }
    for (size_t i = 0; sampler->options.regression && i < count; i++) {
        if (questions[i].by_accuracy) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "counting by accuracy: answers of a regression are numbers, not right "
                             "or wrong; expected questions for losses");
        }
    }
    aann_sampler_diagnosis *diagnosis = aann_allocate(1, sizeof *diagnosis);
    if (diagnosis == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for counting");
    }
    volume_draws draws;
    aann_status status = aann_sampler_diagnose(sampler, diagnosis, error);
    if (status == AANN_OK) {
        status = make_draws(sampler, diagnosis, &draws, error);
    }
    if (status == AANN_OK) {
        for (size_t i = 0; i < count; i++) {
            answer_question(&draws, &questions[i], &answers[i]);
        }
        free_draws(&draws);
    }
    free(diagnosis);
    return status;
}
