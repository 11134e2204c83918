/* Families of drivers, inside. */
#ifndef AANN_FAMILY_DRIVER_H
#define AANN_FAMILY_DRIVER_H

#include "aann/family.h"

/* As aann_family_car_outputs, for a family that is not stored yet. */
aann_status aann_data_car_outputs(const aann_family_data *data, const aann_spec *spec,
                                  const aann_search_options *options, aann_car_outputs *outputs,
                                  aann_error *error);

#endif
