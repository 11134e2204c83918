/* What demonstrations and corrections of a driver have in common. */
#ifndef AANN_CAR_DEMONSTRATION_H
#define AANN_CAR_DEMONSTRATION_H

#include <stdbool.h>

#include "aann/car_driver.h"

/* The targets of an action that the expert wants. */
void aann_car_label(const aann_car_action *wanted, float action[AANN_CAR_OUTPUTS]);

/* False where the car is too far off for the expert's action to teach anything. */
bool aann_car_worth_recording(const aann_car_expert *expert);

aann_status aann_car_check_demonstration(const aann_car_demonstration_options *options,
                                         aann_error *error);

#endif
