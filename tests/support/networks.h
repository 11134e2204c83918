/* Networks from their notation, for tests that want one without ceremony. */
#ifndef AANN_TESTS_SUPPORT_NETWORKS_H
#define AANN_TESTS_SUPPORT_NETWORKS_H

#include "aann/network.h"
#include "support/test.h"

static inline aann_spec spec_from(const char *text, aann_shape input)
{
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse(text, input, &spec, &error));
    return spec;
}

/* All weights 0; to be destroyed. */
static inline aann_network *network_from(const char *text, aann_shape input)
{
    aann_error error;
    const aann_spec spec = spec_from(text, input);
    aann_network *network = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    return network;
}

#endif
