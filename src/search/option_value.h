/* The value of an option, in a struct of options. */
#ifndef AANN_SEARCH_OPTION_VALUE_H
#define AANN_SEARCH_OPTION_VALUE_H

#include "aann/options.h"

/* A range as a text; the capacity of the longest list. */
enum { AANN_OPTION_RANGE_SIZE = 96, AANN_OPTION_CAPACITY = 64 };

/* 2^64: one more than the largest uint64_t, which no double represents. */
static const double AANN_LARGEST_UNSIGNED = 18446744073709551616.0;

/* Whether the option is a single integer. */
bool aann_option_is_whole(const aann_option *option);

/* The number, or number `index` of a list. Not for METHOD and ISA. */
double aann_option_number(const aann_option *option, const aann_search_options *options,
                          size_t index);

/* Copy a value of the option's type, for a list all its numbers, into or out of the struct. */
void aann_option_store(const aann_option *option, aann_search_options *options, const void *value);
void aann_option_load(const aann_option *option, const aann_search_options *options, void *value);

/* Sets options that came later than 0.1.0 to what a search did before: the meaning of a study that
 * does not name them. */
void aann_search_options_set_unnamed(aann_search_options *options);

#endif
