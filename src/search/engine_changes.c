/* A piece of work is some of the candidates on one block: few blocks still keep all threads busy. */
#include "search/engine_changes.h"

typedef struct changes_job {
    const aann_engine_question *question;
    int32_t groups; /* of candidates, for each block */
} changes_job;

static void evaluate(void *context, int32_t worker, int64_t item)
{
    const changes_job *job = context;
    const aann_engine_question *q = job->question;
    const int64_t index = item / job->groups;
    const int32_t group = (int32_t)(item % job->groups);
    const int32_t from = (int32_t)((int64_t)q->candidate_count * group / job->groups);
    const int32_t to = (int32_t)((int64_t)q->candidate_count * (group + 1) / job->groups);
    const int64_t row = q->places != NULL ? q->places[index] : index;
    aann_engine_changes(q->engine, worker, q->prepared, q->candidates + from, to - from,
                        q->blocks[index], &q->results[row * q->candidate_count + from]);
}

void aann_engine_question_answer(const aann_engine_question *question, aann_threads *threads)
{
    const int32_t count = aann_threads_count(threads);
    if (question->block_count == 0 || question->candidate_count == 0) {
        return;
    }
    const int32_t wanted = count == 1 ? 1 : (int32_t)(2 * count / question->block_count) + 1;
    changes_job job = {question,
                       wanted > question->candidate_count ? question->candidate_count : wanted};
    aann_engine_ready(question->engine, question->blocks, question->block_count, job.groups > 1);
    aann_threads_run(threads, 0, question->block_count * job.groups, evaluate, &job);
}
