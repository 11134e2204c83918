/* The search of a member in its excerpt: that of a family with one unfinished member. */
#include "family/do_member.h"

#include <string.h>

#include "core/error.h"
#include "family/do_excerpt.h"
#include "family/run.h"
#include "family/stored.h"
#include "family/task_member.h"

static aann_status search(aann_excerpt *excerpt, const aann_member_task_header *head,
                          aann_error *error)
{
    const aann_task_run *run = excerpt->run;
    const aann_family_data *data = NULL;
    aann_stored_family family;
    aann_status status = aann_stored_family_read(excerpt->study, head->family, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = run->data(run->context, &family.row, &data, error);
    if (status == AANN_OK) {
        const aann_family_work work = aann_excerpt_work(excerpt, head->checkpoint_seconds);
        status = aann_family_run_members(excerpt->study, family.row.id, &family.spec, data,
                                         &family.plan.plan, &work, head->member_seconds, error);
    }
    aann_family_row_destroy(&family.row);
    return status;
}

aann_status aann_task_do_member(const aann_task_run *run, aann_error *error)
{
    aann_member_task_header head;
    aann_excerpt excerpt = {0};
    if (run->size < sizeof head) {
        return aann_fail(error, AANN_ERROR_FORMAT, "a task without a member");
    }
    memcpy(&head, run->bytes, sizeof head);
    aann_status status = aann_excerpt_open(&excerpt, run, (const uint8_t *)run->bytes + sizeof head,
                                           run->size - sizeof head, error);
    if (status == AANN_OK) {
        status = search(&excerpt, &head, error);
    }
    aann_excerpt_close(&excerpt);
    return status;
}
