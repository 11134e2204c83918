/* Drivers for tests. */
#include "drive/support_driver.h"
#include "support/networks.h"

aann_network *small_driver(uint64_t seed)
{
    aann_network *network = network_from("3C9vs8@50-MP2-3@40", (aann_shape){1, 96, 96});
    aann_network_randomise(network, seed, 0);
    return network;
}

aann_car_outputs small_outputs(void)
{
    return (aann_car_outputs){{0.0, 0.1, 0.05}, {0.3, 0.2, 0.1}, 2032};
}
