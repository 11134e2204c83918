/* Phases whose networks have other counts than the family's: more synapses first, fewer later. */
#ifndef AANN_FAMILY_PHASE_DENSITY_H
#define AANN_FAMILY_PHASE_DENSITY_H

#include "aann/family.h"

/* Whether a phase names a density. */
bool aann_phase_has_density(const aann_family_plan *plan, int32_t phase);

/* The spec of a phase's networks: that of the family, with the phase's density. */
aann_status aann_phase_spec(const aann_family_plan *plan, const aann_spec *family, int32_t phase,
                            aann_spec *spec, aann_error *error);

/* Fails, naming the phase, where a density makes no sense, or the last phase has one: a member ends
 * with the counts of its family. */
aann_status aann_phase_density_check(const aann_family_plan *plan, const aann_spec *family,
                                     aann_error *error);

/* What a search in this phase is given: its options without those of its beginning. */
aann_search_options aann_phase_search_options(const aann_family_plan *plan, int32_t phase);

/* What making a phase's first network needs besides the network of the phase before. */
typedef struct aann_phase_growth {
    const aann_family_plan *plan;
    int32_t phase;
    const aann_spec *family;
    const aann_family_data *data;
    uint64_t member;
    int32_t threads;
    const char *isa;
    bool (*interrupted)(void *context); /* NULL: never */
    void *context;
} aann_phase_growth;

/* Makes the network that a phase starts from: `network`, with the counts of that phase. Free
 * *developed with aann_network_destroy. */
aann_status aann_phase_develop(const aann_phase_growth *growth, const aann_network *network,
                               aann_network **developed, uint64_t *evaluated_samples,
                               aann_error *error);

#endif
