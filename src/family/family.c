/* Growing a family, and going on with one.
 *
 * Everything is in the study before the search starts: the family with all that determines its
 * result, and every member with its random start. So whenever a process ends, what is in the study
 * is enough to go on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/evaluate.h"
#include "aann/version.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/driver.h"
#include "family/plan.h"
#include "family/scheduler.h"
#include "family/walks.h"
#include "network/network.h"

aann_family_work aann_family_work_default(void)
{
    return (aann_family_work){.checkpoint_seconds = 30.0};
}

/* ---- checks -------------------------------------------------------------------------------------- */

static aann_status check_split(const aann_spec *spec, const aann_samples *samples, const char *name,
                               aann_error *error)
{
    if (samples == NULL) {
        return AANN_OK;
    }
    if (samples->target_count > 0 && samples->target_count != spec->output_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the %s set has %d targets, but the network has %d outputs", name,
                         samples->target_count, spec->output_count);
    }
    if (samples->class_count > spec->output_count) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the %s set has classes up to %d, but the network has %d outputs (0 to %d)", name,
            samples->class_count - 1, spec->output_count, spec->output_count - 1);
    }
    return AANN_OK;
}

aann_status aann_check_samples(const aann_spec *spec, const aann_family_data *data,
                               aann_error *error)
{
    const aann_samples *train = aann_family_data_train(data);
    const aann_shape a = spec->input;
    const aann_shape b = train->shape;
    if (a.channels != b.channels || a.height != b.height || a.width != b.width) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "the network reads %dx%dx%d (channels x height x width), but samples are %dx%dx%d",
            a.channels, a.height, a.width, b.channels, b.height, b.width);
    }
    aann_status status = check_split(spec, train, "training", error);
    if (status == AANN_OK) {
        status = check_split(spec, aann_family_data_validation(data), "validation", error);
    }
    if (status == AANN_OK) {
        status = check_split(spec, aann_family_data_test(data), "test", error);
    }
    return status;
}

static aann_status check_threshold(const aann_family_plan *plan, const aann_family_data *data,
                                   aann_error *error)
{
    const aann_samples *validation = aann_family_data_validation(data);
    if (plan->threshold > 0.0 && (validation == NULL || validation->labels == NULL)) {
        return aann_fail(
            error, AANN_ERROR_ARGUMENT,
            "a threshold needs a validation split with class labels, and there is none");
    }
    return AANN_OK;
}

/* The start must be a point of the manifold that is searched. */
aann_status aann_check_start(const aann_spec *spec, const aann_network *start, aann_error *error)
{
    char texts[2][AANN_MAX_SPEC_LENGTH];
    aann_status status = aann_spec_format(spec, texts[0], sizeof texts[0], error);
    if (status == AANN_OK) {
        status = aann_spec_format(aann_network_spec(start), texts[1], sizeof texts[1], error);
    }
    if (status == AANN_OK && strcmp(texts[0], texts[1]) != 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "the start is %s: expected %s", texts[1],
                         texts[0]);
    }
    if (status == AANN_OK) {
        status = aann_network_check_sparse(start, spec, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "the start");
        }
    }
    return status;
}

/* The objective is the drive: the members must be able to. */
static aann_status check_reward(const aann_spec *spec, const aann_family_data *data,
                                const aann_family_plan *plan, aann_error *error)
{
    aann_car_outputs outputs;
    return plan->search.reward_tracks > 0
               ? aann_data_car_outputs(data, spec, &plan->search, &outputs, error)
               : AANN_OK;
}

static aann_status check_work(const aann_family_work *work, aann_error *error)
{
    if (work->threads < 0 || work->threads > 1024 || work->parallel < 0 || work->parallel > 1024) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%d threads, %d members at a time: expected at most 1024 of each",
                         work->threads, work->parallel);
    }
    if (!(work->seconds >= 0.0) || !(work->checkpoint_seconds > 0.0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a time limit or a checkpoint interval is negative");
    }
    return AANN_OK;
}

/* An instruction set that this machine or this build does not have. */
static aann_status check_isa(const aann_spec *spec, const aann_family_work *work, aann_error *error)
{
    aann_evaluator *evaluator = NULL;
    const aann_status status =
        work->isa != NULL ? aann_evaluator_create_empty(spec, 1, work->isa, &evaluator, error)
                          : AANN_OK;
    aann_evaluator_destroy(evaluator);
    return status;
}

static aann_status check_copies(const aann_family_data *data, const aann_family_plan *plan,
                                aann_error *error)
{
    if (plan->search.reward_tracks > 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "copies of training samples: a search for reward has none");
    }
    const aann_augmentation wanted = {plan->search.copies, plan->search.copy_shift,
                                      plan->search.copy_warp};
    return aann_augmentation_check(aann_family_data_train(data), &wanted, error);
}

aann_status aann_family_check(const aann_spec *spec, const aann_family_data *data,
                              const aann_family_plan *plan, const aann_family_work *work,
                              aann_error *error)
{
    aann_status status = aann_family_plan_check(plan, error);
    if (status == AANN_OK) {
        status = check_work(work, error);
    }
    if (status == AANN_OK && plan->choose_steps && !(work->seconds > 0.0)) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "choosing the number of steps needs a time limit");
    }
    if (status == AANN_OK) {
        status = aann_check_samples(spec, data, error);
    }
    if (status == AANN_OK) {
        status = check_threshold(plan, data, error);
    }
    if (status == AANN_OK) {
        for (int32_t i = 0; i < plan->start_count && status == AANN_OK; i++) {
            status = aann_check_start(spec, plan->starts[i], error);
        }
    }
    if (status == AANN_OK) {
        status = check_reward(spec, data, plan, error);
    }
    if (status == AANN_OK && plan->search.copies > 1) {
        status = check_copies(data, plan, error);
    }
    return status == AANN_OK ? check_isa(spec, work, error) : status;
}

/* ---- a new family -------------------------------------------------------------------------------- */

aann_status aann_store_family(aann_study *study, const aann_spec *spec,
                              const aann_family_data *data, const aann_family_plan *plan,
                              int64_t *id, aann_error *error)
{
    char text[AANN_MAX_SPEC_LENGTH];
    aann_status status = aann_spec_format(spec, text, sizeof text, error);
    char *options = NULL;
    if (status == AANN_OK) {
        status = aann_family_plan_format(plan, &options, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    aann_family_row family = {
        .name = (char *)(uintptr_t)plan->name,
        .task = plan->search.regression ? "regression" : "classification",
        .spec = text,
        .input = spec->input,
        .excitatory_share = spec->layers[0].excitatory_share,
        .data = (char *)(uintptr_t)aann_family_data_json(data),
        .options = options,
        .software = "aann " AANN_VERSION,
    };
    status = aann_study_add_family(study, &family, error);
    *id = family.id;
    free(options);
    return status;
}

/* What is stored with a member. The search proper has been called "search" since the first
 * studies. */
static const char *origin_of(aann_search_method method)
{
    return method == AANN_METHOD_SENSE ? "search" : aann_search_method_name(method);
}

/* Members that are searched for in steps; others come from walks and the like. An imported one that
 * is not finished is a start. */
static bool is_searched(const aann_member_row *member)
{
    static const char *const origins[] = {"search", "hill", "random", "genetic", "import"};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        if (strcmp(member->origin, origins[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The first member of the study with this hash; *id is 0 if there is none. */
static aann_status find_hash(aann_study *study, uint64_t hash, int64_t *id, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    *id = 0;
    const aann_status status = aann_study_members(study, 0, &members, &count, error);
    for (size_t i = 0; i < count && *id == 0; i++) {
        *id = members[i].hash == hash ? members[i].id : 0;
    }
    free(members);
    return status;
}

/* The network that a member begins with, and the member of the study that this is (0: none). Of a
 * stored family's starts the plan knows the hashes alone. */
static aann_status begin_member(aann_study *study, const aann_spec *spec,
                                const aann_family_plan *plan, int32_t index, int64_t *parent,
                                aann_network **network, aann_error *error)
{
    *network = NULL;
    *parent = 0;
    if (plan->start_count > 0) {
        const aann_network *start = plan->starts[index % plan->start_count];
        const aann_status status = find_hash(study, aann_network_hash(start), parent, error);
        return status == AANN_OK ? aann_network_copy(start, network, error) : status;
    }
    if (plan->start_hash_count > 0) {
        const aann_status status =
            find_hash(study, plan->start_hashes[index % plan->start_hash_count], parent, error);
        if (status == AANN_OK && *parent == 0) {
            return aann_fail(
                error, AANN_ERROR_NOT_FOUND,
                "member %d started from a network that is not in this study: it cannot be added",
                index);
        }
        return status == AANN_OK ? aann_study_network(study, *parent, network, error) : status;
    }
    const aann_status status = aann_network_create(spec, network, error);
    if (status == AANN_OK) {
        aann_network_randomise(*network, plan->search.seed, (uint64_t)index);
    }
    return status;
}

aann_member_row aann_unscored_member(int64_t family, int64_t index, uint64_t seed,
                                     const char *origin)
{
    aann_member_row member = {
        .family = family,
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

static aann_status store_member(aann_study *study, const aann_spec *spec,
                                const aann_family_plan *plan, int64_t family, int32_t index,
                                aann_error *error)
{
    aann_network *network = NULL;
    aann_member_row member =
        aann_unscored_member(family, index, plan->search.seed, origin_of(plan->search.method));
    aann_status status = begin_member(study, spec, plan, index, &member.parent, &network, error);
    if (status == AANN_OK) {
        status = aann_study_add_member(study, &member, network, error);
    }
    aann_network_destroy(network);
    return status;
}

/* Whether a family is one that a search is to fill: other ways of making members make all of theirs
 * themselves. */
static bool is_filled(const aann_family_plan *plan, const aann_member_row *members, size_t count)
{
    bool found = count == 0;
    for (size_t i = 0; i < count; i++) {
        found = found || strcmp(members[i].origin, origin_of(plan->search.method)) == 0;
    }
    return found;
}

/* stored[plan->members]: whether the study has the search's member of that index. */
static aann_status find_stored(aann_study *study, const aann_family_plan *plan, int64_t family,
                               bool *stored, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    const aann_status status = aann_study_members(study, family, &members, &count, error);
    const bool searched = is_filled(plan, members, count);
    for (int32_t index = 0; index < plan->members; index++) {
        stored[index] = !searched;
    }
    for (size_t i = 0; i < count; i++) {
        const bool planned = members[i].index >= 0 && members[i].index < plan->members;
        if (planned && strcmp(members[i].origin, origin_of(plan->search.method)) == 0) {
            stored[members[i].index] = true;
        }
    }
    free(members);
    return status;
}

/* Random starts of those members of the plan that are not stored: all of a new family, the new ones
 * of a grown one, and those that a process which was killed did not get to. */
static aann_status store_members(aann_study *study, const aann_spec *spec,
                                 const aann_family_plan *plan, int64_t family, aann_error *error)
{
    bool *stored = aann_allocate_zeroed((size_t)plan->members, sizeof *stored);
    aann_status status = stored != NULL ? find_stored(study, plan, family, stored, error)
                                        : aann_fail(error, AANN_ERROR_MEMORY,
                                                    "out of memory for %d members", plan->members);
    for (int32_t index = 0; status == AANN_OK && index < plan->members; index++) {
        if (!stored[index]) {
            status = store_member(study, spec, plan, family, index, error);
        }
    }
    free(stored);
    return status;
}

/* ---- running ------------------------------------------------------------------------------------- */

/* The members of a family that a search has begun and not finished. */
static aann_status unfinished_jobs(aann_study *study, int64_t family, aann_member_job **jobs,
                                   size_t *count, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t member_count = 0;
    *jobs = NULL;
    *count = 0;
    aann_status status = aann_study_members(study, family, &members, &member_count, error);
    if (status != AANN_OK) {
        return status;
    }
    *jobs = aann_allocate_zeroed(member_count, sizeof **jobs);
    if (*jobs == NULL) {
        free(members);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu members", member_count);
    }
    for (size_t i = 0; i < member_count; i++) {
        if (members[i].state == AANN_MEMBER_RUNNING && is_searched(&members[i])) {
            (*jobs)[(*count)++] = (aann_member_job){.row = members[i]};
        }
    }
    free(members);
    return AANN_OK;
}

static aann_status run_unfinished(aann_study *study, int64_t family, const aann_spec *spec,
                                  const aann_family_data *data, const aann_family_plan *plan,
                                  const aann_family_work *work, double member_seconds,
                                  aann_error *error)
{
    aann_scheduler process = {
        .study = study,
        .spec = spec,
        .data = data,
        .plan = plan,
        .work = work,
        .member_seconds = member_seconds,
    };
    aann_status status = unfinished_jobs(study, family, &process.jobs, &process.job_count, error);
    if (status == AANN_OK) {
        status = aann_scheduler_run(&process, error);
    }
    free(process.jobs);
    return status;
}

/* Seconds for each member, where `work.seconds` are for all of them. */
static double seconds_per_member(const aann_family_work *work, const aann_spec *spec,
                                 const aann_family_data *data, const aann_family_plan *plan,
                                 int32_t *member_threads)
{
    int32_t threads;
    int32_t parallel;
    aann_share_threads(work, spec, aann_family_data_train(data), plan->search.copies, plan->members,
                       &threads, &parallel);
    *member_threads = threads / parallel > 0 ? threads / parallel : 1;
    const int32_t rounds = (plan->members + parallel - 1) / parallel;
    return work->seconds / rounds;
}

aann_status aann_family_run(aann_study *study, const aann_spec *spec, const aann_family_data *data,
                            const aann_family_plan *wanted, const aann_family_work *work,
                            int64_t *family_id, aann_error *error)
{
    *family_id = 0;
    aann_family_plan plan = *wanted;
    aann_family_work limits = *work;
    plan.search.regression = aann_family_data_train(data)->target_count > 0;
    aann_status status = aann_family_check(spec, data, &plan, work, error);
    double member_seconds = 0.0;
    if (status == AANN_OK && plan.choose_steps) {
        int32_t threads;
        member_seconds = seconds_per_member(work, spec, data, &plan, &threads);
        limits.seconds = 0.0; /* every member keeps to its own part */
        status = aann_calibrate(spec, data, &plan, work, threads, member_seconds,
                                &plan.search.steps, error);
    }
    if (status == AANN_OK) {
        status = aann_store_family(study, spec, data, &plan, family_id, error);
    }
    if (status == AANN_OK) {
        status = store_members(study, spec, &plan, *family_id, error);
    }
    return status == AANN_OK ? run_unfinished(study, *family_id, spec, data, &plan, &limits,
                                              member_seconds, error)
                             : status;
}

/* What a stored family is: its spec and plan, and a copy of its options for those who change
 * them. */
static aann_status read_family(aann_study *study, int64_t family_id, aann_spec *spec,
                               aann_family_plan *plan, char **options, aann_error *error)
{
    aann_family_row family;
    *options = NULL;
    aann_status status = aann_study_family(study, family_id, &family, error);
    if (status != AANN_OK) {
        return status;
    }
    status = aann_family_spec(&family, spec, error);
    if (status == AANN_OK) {
        status = aann_family_plan_parse(family.options, plan, error);
    }
    if (status == AANN_OK) {
        *options = family.options;
        family.options = NULL;
    }
    aann_family_row_destroy(&family);
    return status;
}

aann_status aann_family_unfinished(aann_study *study, int64_t family_id, int64_t *count,
                                   aann_error *error)
{
    aann_spec spec;
    aann_family_plan plan = aann_family_plan_default();
    char *options = NULL;
    *count = 0;
    aann_status status = read_family(study, family_id, &spec, &plan, &options, error);
    free(options);
    aann_member_row *members = NULL;
    size_t member_count = 0;
    if (status == AANN_OK) {
        status = aann_study_members(study, family_id, &members, &member_count, error);
    }
    int64_t finished = 0;
    int64_t imported = 0; /* and left as a start */
    for (size_t i = 0; i < member_count; i++) {
        const bool running = members[i].state == AANN_MEMBER_RUNNING;
        finished += !running && strcmp(members[i].origin, origin_of(plan.search.method)) == 0;
        imported += running && strcmp(members[i].origin, "import") == 0;
    }
    const bool searched = is_filled(&plan, members, member_count);
    free(members);
    int64_t walking = 0;
    if (status == AANN_OK) {
        status = aann_walks_unfinished(study, family_id, &walking, error);
    }
    *count =
        (searched && finished < plan.members ? plan.members - finished : 0) + imported + walking;
    return status;
}

aann_status aann_family_grow(aann_study *study, int64_t family_id, int32_t members,
                             aann_error *error)
{
    aann_spec spec;
    aann_family_plan plan = aann_family_plan_default();
    char *options = NULL;
    char *grown = NULL;
    aann_status status = read_family(study, family_id, &spec, &plan, &options, error);
    if (status == AANN_OK && members < plan.members) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "family %lld has %d members already: %d would be fewer",
                           (long long)family_id, plan.members, members);
    }
    plan.members = members;
    if (status == AANN_OK) {
        status = aann_family_plan_check(&plan, error);
    }
    if (status == AANN_OK && plan.start_hash_count > 0) { /* refused before anything is changed */
        aann_network *network = NULL;
        int64_t parent = 0;
        status = begin_member(study, &spec, &plan, members - 1, &parent, &network, error);
        aann_network_destroy(network);
    }
    if (status == AANN_OK) {
        status = aann_family_options_grow(options, members, &grown, error);
    }
    if (status == AANN_OK) {
        status = aann_study_save_options(study, family_id, grown, error);
    }
    free(options);
    free(grown);
    return status == AANN_OK ? store_members(study, &spec, &plan, family_id, error) : status;
}

aann_status aann_family_resume(aann_study *study, int64_t family_id, const aann_family_data *data,
                               const aann_family_work *work, aann_error *error)
{
    const double start = aann_now();
    aann_spec spec;
    aann_family_plan plan;
    aann_family_work rest = *work;
    char *options = NULL;
    aann_status status = read_family(study, family_id, &spec, &plan, &options, error);
    free(options);
    if (status == AANN_OK) {
        status = aann_family_check(&spec, data, &plan, work, error);
    }
    if (status == AANN_OK) {
        status = store_members(study, &spec, &plan, family_id, error);
    }
    if (status == AANN_OK) {
        status = run_unfinished(study, family_id, &spec, data, &plan, work, 0.0, error);
    }
    if (work->seconds > 0.0) {
        rest.seconds = work->seconds - (aann_now() - start);
    }
    return status == AANN_OK && rest.seconds >= 0.0
               ? aann_walks_resume(study, family_id, data, &rest, error)
               : status;
}
