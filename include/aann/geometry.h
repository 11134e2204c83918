/* Geometry: how far apart the networks of a family are, in their wiring and in what they do.
 *
 * The functions take plain arrays of networks, answers or distances and return matrices
 * [count][count] (row by row, symmetric). They are deterministic: the same bits on any machine and
 * number of threads. Ties go to the lower index. docs/families.md has the definitions, and says
 * what each number can and cannot tell.
 *
 * Thread safety: nothing is kept between calls, so they may run at the same time, as long as no
 * thread changes what they read.
 *
 *     aann_distances distances;
 *     aann_distances_measure(networks, count, threads, &distances, &error);
 *     aann_chance chance = aann_chance_of_spec(aann_network_spec(networks[0]));
 *     // distances.total[i * count + j] against chance.mean
 *     aann_distances_destroy(&distances);
 */
#ifndef AANN_GEOMETRY_H
#define AANN_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/evaluate.h"
#include "aann/network.h"
#include "aann/samples.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- distances of wirings -------------------------------------------------------------------- */

/* The Hamming distance of two networks is the number of weights in which they differ. */
typedef struct aann_distances {
    /* number of networks */
    int32_t count;
    int32_t layer_count;

    /* [count][count] */
    int64_t *layers[AANN_MAX_LAYERS];

    /* [count][count], sum over the layers */
    int64_t *total;
} aann_distances;

/* Measures all pairs. The networks must have layers of the same shapes (AANN_ERROR_ARGUMENT). Free
 * with aann_distances_destroy. */
AANN_API aann_status aann_distances_measure(const aann_network *const *networks, int32_t count,
                                            int32_t threads, aann_distances *distances,
                                            aann_error *error);

/* Measures all pairs, each after renaming hidden units as aann_matching_find does. */
AANN_API aann_status aann_distances_match(const aann_network *const *networks, int32_t count,
                                          int32_t threads, aann_distances *distances,
                                          aann_error *error);

/* The same as aann_matching_find_with does. */
AANN_API aann_status aann_distances_match_with(const aann_network *const *networks, int32_t count,
                                               int32_t restarts, int32_t threads,
                                               aann_distances *distances, aann_error *error);
AANN_API void aann_distances_destroy(aann_distances *distances);

/* The distance of two independent, uniformly random networks with given counts: its exact mean and
 * variance. */
typedef struct aann_chance {
    double mean;
    double variance;
} aann_chance;

AANN_API aann_chance aann_chance_of_counts(aann_counts counts);

/* Of one layer, and of whole networks (the layers are independent). */
AANN_API aann_chance aann_chance_of_layer(const aann_spec *spec, int32_t layer);
AANN_API aann_chance aann_chance_of_spec(const aann_spec *spec);

/* The distance of two such networks after renaming units as aann_matching_find does: mean and
 * variance of what matching alone achieves. */
typedef struct aann_matched_chance {
    /* [layer_count of the spec] */
    aann_chance layers[AANN_MAX_LAYERS];
    aann_chance total;
} aann_matched_chance;

/* There is no formula, so it is sampled over the pairs of ten fixed random networks: the mean of a
 * layer is known to about a third of its standard deviation. */
AANN_API aann_status aann_chance_matched(const aann_spec *spec, int32_t threads,
                                         aann_matched_chance *chance, aann_error *error);

/* The same, matched as aann_matching_find_with does. */
AANN_API aann_status aann_chance_matched_with(const aann_spec *spec, int32_t restarts,
                                              int32_t threads, aann_matched_chance *chance,
                                              aann_error *error);

/* ---- matching of units ----------------------------------------------------------------------- */

/* Renaming the units of a hidden layer, together with the input channels of the next layer, does
 * not change a network's function. A matching renames the units of `b` to bring it close to `a`. */
typedef struct aann_matching {
    int32_t layer_count;

    /* [units]: unit units[layer][i] of b is matched with unit i of a; in the last layer 0, 1, 2,
     * ..., since outputs keep their names */
    int32_t *units[AANN_MAX_LAYERS];

    /* distances after renaming */
    int64_t layers[AANN_MAX_LAYERS];
    int64_t total;
} aann_matching;

/* Minimises the distance over the names of one layer at a time, exactly (linear assignment), until
 * no layer can be improved. It starts once from the given names and once from names found layer by
 * layer from the input, and keeps the better result. With one hidden layer this is the minimum over
 * all renamings; with more it is a local minimum: an upper bound of the minimum, and never above
 * the raw distance. Free with aann_matching_destroy. */
AANN_API aann_status aann_matching_find(const aann_network *a, const aann_network *b,
                                        aann_matching *matching, aann_error *error);

enum { AANN_MAX_RESTARTS = 1000000 };

/* The same, and then from random names too, until `restarts` such starts in a row find nothing
 * better. Never above what aann_matching_find gives; the best of many local minima, and still an
 * upper bound. */
AANN_API aann_status aann_matching_find_with(const aann_network *a, const aann_network *b,
                                             int32_t restarts, aann_matching *matching,
                                             aann_error *error);
AANN_API void aann_matching_destroy(aann_matching *matching);

/* A copy of `b` with its units renamed as the matching says: the same function, at the distance
 * matching->total from `a`. Free with aann_network_destroy. */
AANN_API aann_status aann_matching_apply(const aann_matching *matching, const aann_network *b,
                                         aann_network **renamed, aann_error *error);

/* ---- what the networks do -------------------------------------------------------------------- */

/* Logits of many members, for comparing them. */
typedef struct aann_predictions {
    int32_t member_count;
    int64_t sample_count;
    int32_t outputs;

    /* [member_count][sample_count][outputs] */
    int32_t *logits;

    /* members whose logits were computed; those of the others were in the study */
    int32_t computed;
} aann_predictions;

/* Frees the logits; a NULL field is allowed. */
AANN_API void aann_predictions_destroy(aann_predictions *predictions);

/* answers[rows] of logits[rows][outputs]: the first largest output. */
AANN_API void aann_logits_answers(const int32_t *logits, int64_t rows, int32_t outputs,
                                  uint16_t *answers);

/* Pairwise comparison of answers: matrices [count][count]. An undefined number (0/0) is NAN. */
typedef struct aann_agreement {
    int32_t count;

    /* share of the samples to which both give the same answer */
    double *agreement;

    /* Cohen's kappa of the answers: agreement beyond that of the answers' frequencies */
    double *answer_kappa;

    /* samples that both get wrong / samples that at least one gets wrong (Jaccard) */
    double *error_overlap;

    /* Cohen's kappa of being right: agreement beyond that of two accuracies ("error
     * consistency") */
    double *error_kappa;

    /* [count] */
    double *accuracy;
} aann_agreement;

/* Compares answers[count][samples]. labels[samples] may be NULL; then error_overlap, error_kappa
 * and accuracy are NULL. `classes` is above every answer and label. Free with
 * aann_agreement_destroy. */
AANN_API aann_status aann_agreement_measure(const uint16_t *answers, const int32_t *labels,
                                            int32_t count, int64_t samples, int32_t classes,
                                            int32_t threads, aann_agreement *agreement,
                                            aann_error *error);
AANN_API void aann_agreement_destroy(aann_agreement *agreement);

/* Linear centred kernel alignment of a layer's representations of the samples: 1 if they are equal
 * up to rotation, scale and offset. Hidden layers are compared by their activations, the last by
 * its logits. Always start from aann_similarity_options_default(). */
typedef struct aann_similarity_options {
    /* the estimate without the bias that grows with units per sample; can be slightly negative */
    bool unbiased;

    /* never changes the result */
    int32_t threads;
} aann_similarity_options;

AANN_API aann_similarity_options aann_similarity_options_default(void);

/* Fills in the caller's similarity[count][count], from all of `samples`, at least 4. Memory: 4 *
 * samples^2 bytes per network. NAN if a layer is constant. */
AANN_API aann_status aann_similarity_measure(const aann_network *const *networks, int32_t count,
                                             const aann_samples *samples, int32_t layer,
                                             const aann_similarity_options *options,
                                             double *similarity, aann_error *error);

/* ---- maps and clusters ----------------------------------------------------------------------- */

/* Classical multidimensional scaling: finds points whose Euclidean distances approximate
 * distances[count][count]. coordinates[count][dimensions] (dimensions at most count) are centred;
 * the axes are uncorrelated and in order of spread; the largest coordinate of an axis is positive.
 * eigenvalues[dimensions]; *share (may be NULL) is their part of the sum of all positive
 * eigenvalues: how much of the distances the map shows. */
AANN_API aann_status aann_map_scale(const double *distances, int32_t count, int32_t dimensions,
                                    double *coordinates, double *eigenvalues, double *share,
                                    aann_error *error);

/* One step of a hierarchical clustering. Clusters 0..count-1 are the single points; step k makes
 * cluster count + k. */
typedef struct aann_merge {
    /* the two clusters; the left one has the lowest point */
    int32_t left;
    int32_t right;

    /* mean distance between the points of the two */
    double height;

    /* points in the new cluster */
    int32_t size;
} aann_merge;

/* Average linkage (UPGMA). Fills in the caller's merges[count - 1] and order[count], the leaves of
 * the tree from left to right; either may be NULL. */
AANN_API aann_status aann_cluster_average(const double *distances, int32_t count,
                                          aann_merge *merges, int32_t *order, aann_error *error);

/* ---- summaries ------------------------------------------------------------------------------- */

typedef struct aann_summary {
    /* values that are not NAN */
    int64_t count;

    /* NAN if there are none */
    double mean;

    /* sample standard deviation (count - 1); NAN below two values */
    double deviation;
    double minimum;
    double median;
    double maximum;
} aann_summary;

AANN_API aann_status aann_summary_of_values(const double *values, int64_t count,
                                            aann_summary *summary, aann_error *error);

/* Of the pairs i < j of a matrix [count][count]. */
AANN_API aann_status aann_summary_of_pairs(const double *matrix, int32_t count,
                                           aann_summary *summary, aann_error *error);

enum { AANN_MAX_BINS = 64 };

/* Equal parts of a range, for a histogram. */
typedef struct aann_bins {
    double low;
    double high;

    /* 1 to AANN_MAX_BINS; 0 if there are no values */
    int32_t bins;
} aann_bins;

/* Chooses bins for the values: at most `bins` (up to AANN_MAX_BINS), or for 0 about the square root
 * of `count`, 8 to 40. If all values are multiples of one spacing (numbers of weights, shares of
 * the same number of samples), each bin holds equally many possible values; other bins would show
 * ups and downs that the values do not have. Values that are not finite are ignored. */
AANN_API aann_status aann_bins_choose(const double *values, int64_t count, int32_t bins,
                                      aann_bins *parts, aann_error *error);

/* Counts the values in equal parts of [low, high]: counts[bins]. A value outside counts in the
 * first or last part, NAN in none. */
AANN_API void aann_bins_count(const double *values, int64_t count, double low, double high,
                              int32_t bins, int64_t *counts);

#ifdef __cplusplus
}
#endif

#endif
