/* A stranger's program: parses a spec and packs a random network with the installed library. */
#include <aann/network.h>

#include <stdio.h>

int main(void)
{
    aann_spec spec;
    aann_error error;
    if (aann_spec_parse("16C5-MP2-32C5-MP2-10", (aann_shape){1, 28, 28}, &spec, &error) !=
        AANN_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    aann_network *network = NULL;
    if (aann_network_create(&spec, &network, &error) != AANN_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    aann_network_randomise(network, 1, 0);
    const aann_counts counts = aann_network_counts(network, 0);
    aann_network_destroy(network);
    printf("first layer: %lld zeros\n", (long long)counts.zero);
    return counts.zero == 200 ? 0 : 1; /* 16 * 25 weights, 50 percent unless set */
}
