/* What the parts of the first layer's candidates share (first_layer.c, first_layer_prepare.c). */
#ifndef AANN_ENGINE_FIRST_LAYER_SHARED_H
#define AANN_ENGINE_FIRST_LAYER_SHARED_H

#include "engine/engine_private.h"

/* Layers. */
enum { OWN = 0, SECOND = 1, THIRD = 2 };

static inline bool ends_in_third(const aann_engine *engine)
{
    return engine->layout.layer_count == THIRD + 1;
}

#endif
