/* Drivers for tests. */
#include "drive/support_driver.h"
#include "support/test.h"

void must(aann_status status, const aann_error *error)
{
    if (status != AANN_OK) {
        print_error("unexpected failure: %s\n", error->message);
        fail();
    }
}

aann_network *small_driver(uint64_t seed)
{
    aann_error error;
    aann_spec spec;
    aann_network *network;
    must(aann_spec_parse("3C9vs8@50-MP2-3@40", (aann_shape){1, 96, 96}, &spec, &error), &error);
    must(aann_network_create(&spec, &network, &error), &error);
    aann_network_randomise(network, seed, 0);
    return network;
}

aann_car_outputs small_outputs(void)
{
    return (aann_car_outputs){{0.0, 0.1, 0.05}, {0.3, 0.2, 0.1}, 2032};
}
