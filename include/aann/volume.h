/* How many networks there are: with exactly the spec's counts, below a loss, above an accuracy.
 *
 * The number of all is known: in every layer the multinomial coefficient of its counts. The networks
 * that a sampler (aann/sampler.h) has drawn at all temperatures say which share of all has a loss of
 * at most l: each stands for a number that follows from its loss and from how likely the ladder was
 * to draw it (the multistate Bennett acceptance ratio, MBAR, of M. R. Shirts and J. D. Chodera,
 * 2008). Every ladder gives an answer; the error is from the differences between them. Where chains
 * do not mix there is no answer.
 *
 *     aann_volume_question question = {.loss = 0.8};
 *     aann_volume_answer answer;
 *     aann_volume_measure(sampler, &question, 1, &answer, &error);
 *     if (answer.silence == NULL) {
 *         printf("10^%.2f +- %.2f\n", answer.log10_count, answer.log10_error);
 *     }
 */
#ifndef AANN_VOLUME_H
#define AANN_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/sampler.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The natural logarithm of the number of networks with exactly the spec's counts. */
AANN_API double aann_volume_total(const aann_spec *spec);

/* Which networks are counted; {0}: those with a training loss of at most 0. */
typedef struct aann_volume_question {
    /* mean training loss of at most this */
    double loss;

    /* instead of the loss: at least `correct` training samples answered correctly (0: every network
     * is one); not of a regression */
    bool by_accuracy;
    int64_t correct;
} aann_volume_question;

typedef struct aann_volume_answer {
    aann_volume_question question;

    /* Decimal logarithm of the number of such networks: the mean over the ladders, and its standard
     * error (with one ladder NAN). -INFINITY if no network drawn was one of them. */
    double log10_count;
    double log10_error;

    /* the same from ratios of neighbouring temperatures alone (C. H. Bennett, 1976), as a check */
    double log10_bennett;

    /* of the drawn networks that were such, how many the weights make count, over all ladders */
    double effective_networks;

    /* the coldest temperature that the answer rests on: its place in the ladder */
    int32_t rung;

    /* the largest R-hat of the temperatures down to there */
    double r_hat;

    /* NULL: there is an answer. Otherwise why there is none, for people; a constant text */
    const char *silence;
} aann_volume_answer;

/* Answers questions[count] from the ladders that are done: answers[count]. Errors: not found (no
 * ladder is done, or the sampler has one temperature only), argument (correct answers of a
 * regression), memory. */
AANN_API aann_status aann_volume_measure(const aann_sampler *sampler,
                                         const aann_volume_question *questions, size_t count,
                                         aann_volume_answer *answers, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
