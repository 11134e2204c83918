/* What the reference evaluation gives for the networks of a test. Every instruction set asks for the
 * same ones in the same order, so the first that the machine has evaluates them, and the others read
 * what it found: nine tenths of the time go to the reference. */
#ifndef AANN_TESTS_ENGINE_SUPPORT_REFERENCE_H
#define AANN_TESTS_ENGINE_SUPPORT_REFERENCE_H

#include "aann/data.h"
#include "aann/network.h"

/* outputs[samples][outputs of the network]. */
void evaluate_reference(const aann_network *network, const aann_samples *samples, int32_t *outputs);

/* The same, remembered. */
void reference_outputs(const aann_network *network, const aann_samples *samples, int32_t *outputs);

/* From the first network on. */
void ask_again(void);

void forget_reference(void);

#endif
