/* The origins of members: the stored word, and which members a search finds. */
#include "family/origin.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The search proper has been called "search" since the first studies. */
const char *aann_member_origin(aann_search_method method)
{
    return method == AANN_METHOD_SENSE ? "search" : aann_search_method_name(method);
}

bool aann_member_is_searched(const aann_member_row *member)
{
    static const char *const origins[] = {"search", "hill", "random", "genetic", "import"};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        if (strcmp(member->origin, origins[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool aann_member_row_is_independent(const aann_member_row *member)
{
    return aann_member_is_searched(member);
}

bool aann_family_is_filled(const aann_family_plan *plan, const aann_member_row *members,
                           size_t count)
{
    bool found = count == 0;
    for (size_t i = 0; i < count; i++) {
        found = found || strcmp(members[i].origin, aann_member_origin(plan->search.method)) == 0;
    }
    return found;
}

aann_member_row aann_member_row_begin(int64_t family_id, int64_t index, uint64_t seed,
                                      const char *origin)
{
    aann_member_row member = {
        .family = family_id,
        .index = index,
        .seed = seed,
        .state = AANN_MEMBER_RUNNING,
        .train_loss = NAN,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .test_loss = NAN,
        .test_accuracy = NAN,
    };
    snprintf(member.origin, sizeof member.origin, "%s", origin);
    return member;
}
