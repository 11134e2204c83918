/* A path in its excerpt: the family and both ends; its top becomes a member there, which is sent. */
#include "family/do_connect.h"

#include <string.h>

#include "core/error.h"
#include "family/connect_attempt.h"
#include "family/do_excerpt.h"
#include "family/stored.h"

/* Repairs are doubled with each attempt of a pair. */
enum { ATTEMPTS_LIMIT = 32 };

static aann_status find(aann_excerpt *excerpt, const aann_attempt_search *search, aann_error *error)
{
    const aann_task_run *run = excerpt->run;
    const aann_family_data *data = NULL;
    aann_stored_family family;
    aann_status status = aann_stored_family_read(excerpt->study, search->family, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = run->data(run->context, &family.row, &data, error);
    if (status == AANN_OK) {
        const aann_family_work work = aann_excerpt_work(excerpt, 0.0);
        status = aann_attempt_find(excerpt->study, search, data, &family.plan.plan, &work, error);
    }
    aann_family_row_destroy(&family.row);
    return status;
}

aann_status aann_task_do_connect(const aann_task_run *run, aann_error *error)
{
    aann_attempt_search search;
    aann_excerpt excerpt = {0};
    if (run->size < sizeof search) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task without a path");
    }
    memcpy(&search, run->bytes, sizeof search);
    if (search.number < 0 || search.number >= ATTEMPTS_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task that is no path");
    }
    aann_status status =
        aann_excerpt_open(&excerpt, run, (const uint8_t *)run->bytes + sizeof search,
                          run->size - sizeof search, error);
    if (status == AANN_OK) {
        status = find(&excerpt, &search, error);
    }
    aann_excerpt_close(&excerpt);
    return status;
}
