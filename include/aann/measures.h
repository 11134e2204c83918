/* All pairwise measures of a family at once. Each is a matrix with a name, so tables, files and
 * pictures treat all of them alike.
 *
 *     aann_measures_options options = aann_measures_options_default();
 *     aann_measures measures;
 *     if (aann_measures_take(networks, count, NULL, NULL, &options, &measures, &error) ==
 *         AANN_OK) {
 *         const aann_measure *distance = aann_measures_find(&measures, "distance");
 *         // distance->values[i * count + j], distance->summary, distance->chance
 *         aann_measures_destroy(&measures);
 *     }
 *
 * Deterministic on any number of threads. Thread safety: any number of calls may run at the same
 * time. */
#ifndef AANN_MEASURES_H
#define AANN_MEASURES_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/geometry.h"
#include "aann/network.h"
#include "aann/nulls.h"
#include "aann/samples.h"
#include "aann/status.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum aann_measure_kind {
    AANN_MEASURE_DISTANCE,  /* Hamming distances */
    AANN_MEASURE_MATCHED,   /* the same after renaming units */
    AANN_MEASURE_ANSWERS,   /* see aann_agreement */
    AANN_MEASURE_SIMILARITY /* see aann_similarity_measure */
} aann_measure_kind;

typedef struct aann_measure {
    aann_measure_kind kind;

    /* "distance", "distance_layer0", ..., "matched", "matched_layer0", ..., "agreement",
     * "answer_kappa", "error_overlap", "error_kappa", "similarity_layer0", ... */
    char key[48];

    /* -1: of whole networks */
    int32_t layer;

    /* [count][count] */
    double *values;

    /* over the pairs */
    aann_summary summary;

    /* distances: what independent random networks with these counts have; exact for raw
     * distances, sampled for matched ones (aann_chance_matched) */
    /* similarity: what random networks of the counts have among each other, and found with random
     * ones (`mixed`), on the same samples: mean and variance over pairs. NAN if not measured */
    aann_chance chance;
    aann_chance mixed;

    /* distances only: of shuffled networks, by null model (nulls.h); NAN if not measured */
    aann_chance nulls[AANN_NULL_COUNT];
} aann_measure;

enum { AANN_MAX_MEASURES = 3 * (AANN_MAX_LAYERS + 1) + 4 };

typedef struct aann_measures {
    /* [measure_count] */
    aann_measure list[AANN_MAX_MEASURES];
    int32_t measure_count;

    /* number of networks */
    int32_t count;

    /* samples that the similarity was measured on; 0: not measured */
    int32_t similarity_samples;

    /* [count], on the samples; NULL without answers */
    double *accuracy;

    /* [count][2]: a map of the networks, by classical scaling of the square roots of their
     * distances */
    double *map;
    double eigenvalues[2];

    /* part of the distances that the map shows */
    double share;

    /* [count] and [count - 1]: average linkage of the distances */
    int32_t *order;
    aann_merge *merges;
} aann_measures;

/* Always start from aann_measures_options_default(). */
typedef struct aann_measures_options {
    /* also measure distances after matching units, the slowest part (true) */
    bool match;

    /* of matching, see aann_matching_find_with (0) */
    int32_t restarts;

    /* measure the null models of distances too (false): all of them raw; after matching only
     * PLACES, the slowest part again */
    bool nulls;

    /* measure the similarity of random networks too (false) */
    bool references;

    /* measure the similarity on this many first samples; 0: no similarity */
    int32_t similarity_samples;

    /* see aann_similarity_options */
    bool unbiased;

    /* never changes the result (1) */
    int32_t threads;
} aann_measures_options;

AANN_API aann_measures_options aann_measures_options_default(void);

/* How many networks the references are of, beside so many measured ones: of each of the first ones
 * shuffled copies, and as many random networks. */
AANN_API int32_t aann_measures_references(int32_t count);

/* Measures networks[count], at least 2, all of one spec. `predictions` are their logits on
 * `samples`, which need labels; without both (NULL) there are no measures of answers. The
 * similarity is measured on `samples` too. Free with aann_measures_destroy; on failure there is
 * nothing to free. */
AANN_API aann_status aann_measures_take(const aann_network *const *networks, int32_t count,
                                        const aann_predictions *predictions,
                                        const aann_samples *samples,
                                        const aann_measures_options *options,
                                        aann_measures *measures, aann_error *error);
AANN_API void aann_measures_destroy(aann_measures *measures);

/* The measure with this key; NULL if it was not taken. Owned by the measures. */
AANN_API const aann_measure *aann_measures_find(const aann_measures *measures, const char *key);

#ifdef __cplusplus
}
#endif

#endif
