/* A network with more or fewer synapses: over-production, and pruning.
 *
 * In the brain synapses are first produced in excess, and then about half of them are lost. Here a
 * network goes from the counts of -1, 0 and +1 that it has to those of another sparsity. Synapses
 * are lost, or added, at random or by use: each is tried alone on training samples, and those go
 * whose loss raises the loss least, or come whose arrival lowers it most. Nothing is derived; the
 * effects are evaluated. A search in phases does this wherever a phase has its own density
 * (aann/phases.h, docs/development.md); this function is for your own programs:
 *
 *     aann_spec dense = *aann_network_spec(network);
 *     aann_spec_set_sparsity(&dense, 50.0, NULL, 0, &error); // without "@" in the spec
 *     aann_development development = aann_development_default();
 *     development.seed = 7;
 *     aann_network *grown;
 *     aann_development_apply(network, &dense, &development, &grown, NULL, &error);
 *     // ... search, or evaluate; then go back in the same way ...
 *     aann_network_destroy(grown);
 *
 * Thread safety: calls on different networks may run at the same time; samples are only read. */
#ifndef AANN_DEVELOPMENT_H
#define AANN_DEVELOPMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/network.h"
#include "aann/samples.h"
#include "aann/search.h"
#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Samples on which the effects of synapses are evaluated, drawn from all. */
enum { AANN_DEVELOPMENT_SAMPLES = 4096 };

/* How synapses are chosen. Always start from aann_development_default(). */
typedef struct aann_development {
    /* share of the synapses that is chosen by use; the others at random */
    double by_use;

    /* with by_use: training samples, and the options of which the loss and the machine (threads,
     * isa) are used; both borrowed, NULL without by_use */
    const aann_samples *samples;
    const aann_search_options *options;

    /* Dale's law (aann/dale.h): synapses are added only where it allows them; 0: anywhere */
    double dale;

    /* determine every random choice */
    uint64_t seed;
    uint64_t member;

    /* asked now and then; true ends the call with AANN_INTERRUPTED. NULL: never */
    bool (*interrupted)(void *context);
    void *context;
} aann_development;

AANN_API aann_development aann_development_default(void);

/* Makes *developed, a network of `spec` with exactly its counts, from a network with other counts
 * but the same layers and shifts. In every layer where `spec` has fewer (more) of a sign, synapses
 * of that sign are lost (added); nothing else changes. The result is a function of the network,
 * the spec and the development, but for the machine. *evaluated_samples (may be NULL) is how many
 * samples were evaluated for single synapses, as aann_search_progress counts them. Free *developed
 * with aann_network_destroy. Errors: argument (other layers; by_use without samples), format (a
 * sample out of range), memory, interrupted. */
AANN_API aann_status aann_development_apply(const aann_network *network, const aann_spec *spec,
                                            const aann_development *development,
                                            aann_network **developed, uint64_t *evaluated_samples,
                                            aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
