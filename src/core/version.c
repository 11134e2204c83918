/* The version of the running library, and its built-in parts. */
#include "aann/version.h"

const char *aann_version(void)
{
    return AANN_VERSION;
}

uint32_t aann_features(void)
{
    uint32_t features = 0;
#if defined(AANN_HAVE_FILES)
    features |= AANN_FEATURE_FILES;
#endif
#if defined(AANN_HAVE_STUDY)
    features |= AANN_FEATURE_STUDY;
#endif
#if defined(AANN_HAVE_PICTURES)
    features |= AANN_FEATURE_PICTURES;
#endif
    return features;
}
