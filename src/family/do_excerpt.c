/* What is stored and reported in an excerpt is sent to whoever gave the task. */
#include "family/do_excerpt.h"

#include <stdlib.h>

#include "study/excerpt.h"

static void send_excerpt(void *context)
{
    const aann_excerpt *excerpt = context;
    void *bytes = NULL;
    size_t size = 0;
    if (aann_study_image_save(excerpt->study, &bytes, &size, NULL) == AANN_OK) {
        excerpt->run->send(excerpt->run->context, bytes, size);
    }
    free(bytes);
}

static void send_reports(void *context, const aann_member_report *members, size_t count)
{
    const aann_excerpt *excerpt = context;
    for (size_t i = 0; i < count; i++) {
        excerpt->run->report(excerpt->run->context, &members[i]);
    }
}

static bool is_interrupted(void *context)
{
    const aann_excerpt *excerpt = context;
    return excerpt->run->interrupted(excerpt->run->context);
}

aann_status aann_excerpt_open(aann_excerpt *excerpt, const aann_task_run *run, const void *bytes,
                              size_t size, aann_error *error)
{
    *excerpt = (aann_excerpt){.run = run};
    const aann_status status = aann_study_image_open(bytes, size, &excerpt->study, error);
    if (status == AANN_OK) {
        aann_study_on_save(excerpt->study, send_excerpt, excerpt);
    }
    return status;
}

void aann_excerpt_close(aann_excerpt *excerpt)
{
    aann_study_close(excerpt->study);
    *excerpt = (aann_excerpt){0};
}

aann_family_work aann_excerpt_work(aann_excerpt *excerpt, double checkpoint_seconds)
{
    aann_family_work work = aann_family_work_default();
    work.threads = excerpt->run->threads;
    work.parallel = 1;
    work.checkpoint_seconds = checkpoint_seconds;
    work.isa = excerpt->run->isa;
    work.report = send_reports;
    work.interrupted = is_interrupted;
    work.context = excerpt;
    return work;
}
