/* The library's search behind a member. */
#ifndef AANN_FAMILY_OPEN_SEARCH_H
#define AANN_FAMILY_OPEN_SEARCH_H

#include "aann/family.h"

/* Opens a member's search, on the samples or for reward, as its options say: aann_search_create
 * (state NULL) or aann_search_resume. */
aann_status aann_member_search_open(const aann_spec *spec, const aann_family_data *data,
                                    const aann_search_options *options, uint64_t member_index,
                                    const aann_network *network, const void *state, size_t size,
                                    aann_search **search, aann_error *error);

#endif
