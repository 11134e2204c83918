/* A walk in its excerpt: the family, the start, and the members recorded so far. */
#include "family/do_walk.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "family/do_excerpt.h"
#include "family/walk_plan.h"

static aann_status walk(aann_excerpt *excerpt, const aann_walk_task_header *head, aann_error *error)
{
    const aann_task_run *run = excerpt->run;
    const aann_family_data *data = NULL;
    aann_family_row family = {0};
    aann_walk_plan *plans = NULL;
    size_t count = 0;
    size_t place = 0;
    aann_status status = aann_study_family(excerpt->study, head->family, &family, error);
    if (status == AANN_OK) {
        status = aann_walk_plans_parse(family.options, &plans, &count, error);
    }
    while (place < count &&
           (plans[place].start != head->start || plans[place].seed != head->seed)) {
        place++;
    }
    if (status == AANN_OK && place == count) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "a task without its walk");
    }
    if (status == AANN_OK) {
        status = run->data(run->context, &family, &data, error);
    }
    if (status == AANN_OK) {
        const aann_family_work work = aann_excerpt_work(excerpt, head->checkpoint_seconds);
        status = aann_walk_run(excerpt->study, &plans[place], data, &work, error);
    }
    free(plans);
    aann_family_row_destroy(&family);
    return status;
}

aann_status aann_task_do_walk(const aann_task_run *run, aann_error *error)
{
    aann_walk_task_header head;
    aann_excerpt excerpt = {0};
    if (run->size < sizeof head) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task without a walk");
    }
    memcpy(&head, run->bytes, sizeof head);
    aann_status status = aann_excerpt_open(&excerpt, run, (const uint8_t *)run->bytes + sizeof head,
                                           run->size - sizeof head, error);
    if (status == AANN_OK) {
        status = walk(&excerpt, &head, error);
    }
    aann_excerpt_close(&excerpt);
    return status;
}
