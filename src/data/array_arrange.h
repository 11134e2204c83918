/* Where the channels of an array of samples are: pictures and signals come with the channels first
 * or last. */
#ifndef AANN_DATA_ARRAY_ARRANGE_H
#define AANN_DATA_ARRAY_ARRANGE_H

#include "data/array.h"

/* Puts the channels of an array of samples first, [n][channels][height][width], where the layout, or
 * else the sizes and the shape that is wanted ({0,0,0}: any), say that they are last. Sets *shape
 * where it follows. Fails where the wanted shape would tear the values apart. */
aann_status aann_array_arrange(aann_array *array, aann_array_layout layout, aann_shape *shape,
                               aann_error *error);

#endif
