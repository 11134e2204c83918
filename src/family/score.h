/* Scoring networks on the splits of a family's data. */
#ifndef AANN_FAMILY_SCORE_H
#define AANN_FAMILY_SCORE_H

#include "aann/evaluate.h"
#include "aann/family.h"

/* An evaluator with room for the outputs of the largest split. */
typedef struct aann_scorer {
    aann_evaluator *evaluator;
    const aann_search_options *options; /* how losses are scaled and weighted; borrowed */
    int32_t *logits;                    /* [samples of the largest split][outputs] */
    int32_t outputs;
} aann_scorer;

/* `with_train`: also for the training split. Free with aann_scorer_clear. */
aann_status aann_scorer_create(const aann_spec *spec, const aann_family_data *data, bool with_train,
                               const aann_search_options *options, int32_t threads, const char *isa,
                               aann_scorer *scorer, aann_error *error);
void aann_scorer_clear(aann_scorer *scorer);

/* Loss and accuracy on a split; NAN if there are no such samples (NULL). */
aann_status aann_scorer_score(aann_scorer *scorer, const aann_network *network,
                              const aann_samples *samples, double *loss, double *accuracy,
                              aann_error *error);

#endif
