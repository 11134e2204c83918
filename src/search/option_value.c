/* Reading and writing fields of aann_search_options by their offset and type. */
#include "search/option_value.h"

#include <string.h>

static size_t size_of(const aann_option *option)
{
    switch (option->type) {
    case AANN_OPTION_UNSIGNED: return sizeof(uint64_t);
    case AANN_OPTION_INT64: return sizeof(int64_t);
    case AANN_OPTION_INT32: return sizeof(int32_t);
    case AANN_OPTION_REAL:
    case AANN_OPTION_REALS: return option->capacity * sizeof(double);
    case AANN_OPTION_BOOL: return sizeof(bool);
    case AANN_OPTION_METHOD: return sizeof(aann_search_method);
    case AANN_OPTION_ISA: return sizeof(const char *);
    }
    return 0;
}

void aann_option_store(const aann_option *option, aann_search_options *options, const void *value)
{
    memcpy((char *)options + option->offset, value, size_of(option));
}

void aann_option_load(const aann_option *option, const aann_search_options *options, void *value)
{
    memcpy(value, (const char *)options + option->offset, size_of(option));
}

bool aann_option_is_whole(const aann_option *option)
{
    return option->type == AANN_OPTION_UNSIGNED || option->type == AANN_OPTION_INT64 ||
           option->type == AANN_OPTION_INT32;
}

double aann_option_number(const aann_option *option, const aann_search_options *options,
                          size_t index)
{
    const char *place = (const char *)options + option->offset;
    switch (option->type) {
    case AANN_OPTION_UNSIGNED: return (double)*(const uint64_t *)(const void *)place;
    case AANN_OPTION_INT64: return (double)*(const int64_t *)(const void *)place;
    case AANN_OPTION_INT32: return (double)*(const int32_t *)(const void *)place;
    case AANN_OPTION_BOOL: return (double)*(const bool *)(const void *)place;
    case AANN_OPTION_REAL:
    case AANN_OPTION_REALS: return ((const double *)(const void *)place)[index];
    case AANN_OPTION_METHOD:
    case AANN_OPTION_ISA: return 0.0;
    }
    return 0.0;
}
