/* The names of the methods. */
#include <string.h>

#include "aann/search.h"

static const char *const names[AANN_METHOD_COUNT] = {"sense", "hill", "random", "genetic"};

const char *aann_search_method_name(aann_search_method method)
{
    return (uint32_t)method < AANN_METHOD_COUNT ? names[method] : "unknown";
}

bool aann_search_method_parse(const char *name, aann_search_method *method)
{
    for (int32_t i = 0; i < AANN_METHOD_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *method = (aann_search_method)i;
            return true;
        }
    }
    return false;
}
