/* Merging parts: a look at all of them first, then members one after the other.
 *
 * The look reads no more than rows: whether the parts are of one plan, and whose members are there.
 * So a part that does not fit, or is missing, costs nothing but a line. Then the whole gets its
 * families and, in the order of their index, all their members as they would begin: their ids are
 * those that one machine would have given. Each part then says how far its members are. Parts are
 * opened one at a time, for there may be thousands. */
#include "aann/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/dale.h"
#include "core/error.h"
#include "core/memory.h"
#include "family/member_parts.h"
#include "family/merge_part.h"
#include "family/origin.h"
#include "family/same_family.h"
#include "family/stored.h"
#include "study/transaction.h"

/* One family of the whole. */
typedef struct merged_family {
    aann_stored_family stored; /* as the whole has it: without a shard */
    char *options;             /* the row's */
    int32_t shard_count;       /* of the parts; 0: not known yet */
    bool in_whole;             /* it was there before */
    uint8_t *covered;          /* [members]: somebody has this one */
    aann_member_row *rows;     /* [members]: of the whole */
} merged_family;

typedef struct merge {
    aann_study *whole;
    const aann_merge_options *options;
    aann_merge_result *result;
    merged_family *families; /* [family_count] */
    size_t family_count;
} merge;

aann_merge_options aann_merge_options_default(void)
{
    return (aann_merge_options){0};
}

/* ---- parts ------------------------------------------------------------------------------------- */

/* What is done with each family of each part. */
typedef aann_status part_action(merge *m, aann_study *study, size_t number, aann_merge_part *part,
                                aann_error *error);

static aann_status for_families(merge *m, aann_study *study, part_action *action, aann_error *error)
{
    aann_family_row *rows = NULL;
    size_t count = 0;
    const char *path = aann_study_path(study);
    aann_status status = aann_study_families(study, &rows, &count, error);
    if (status == AANN_OK && (count == 0 || (m->family_count > 0 && count != m->family_count))) {
        status = aann_fail(error, AANN_ERROR_ARGUMENT,
                           "%s: has %zu families; expected as many as the others, %zu", path, count,
                           m->family_count > 0 ? m->family_count : 1);
    }
    if (status == AANN_OK && m->family_count == 0) { /* the first part */
        m->families = aann_allocate_zeroed(count, sizeof *m->families);
        m->family_count = m->families != NULL ? count : 0;
        status = m->families != NULL
                     ? AANN_OK
                     : aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", path);
    }
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        aann_merge_part part;
        status = aann_merge_part_read(study, rows[i].id, &part, error);
        if (status == AANN_OK) {
            status = action(m, study, i, &part, error);
            aann_merge_part_clear(&part);
        }
    }
    aann_family_rows_destroy(rows, count);
    return status;
}

/* Opens one part after the other. */
static aann_status for_parts(merge *m, const char *const *paths, size_t count, part_action *action,
                             aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        const aann_merge_options *options = m->options;
        if (options->interrupted != NULL && options->interrupted(options->context)) {
            return AANN_INTERRUPTED;
        }
        aann_study *study = NULL;
        status = aann_study_open(paths[i], AANN_STUDY_READ, &study, error);
        if (status == AANN_OK) {
            status = for_families(m, study, action, error);
        }
        aann_study_close(study);
    }
    return status;
}

/* ---- the look -------------------------------------------------------------------------------- */

/* The whole's family as the first part describes it. */
static aann_status adopt(merged_family *family, aann_merge_part *part, aann_error *error)
{
    char *whole = NULL;
    aann_status status = aann_family_options_whole(part->stored.row.options, &whole, error);
    if (status != AANN_OK) {
        return status;
    }
    family->stored = part->stored;
    family->options = whole; /* the other texts of the row are in its own block */
    family->stored.row.options = whole;
    family->stored.plan.plan.shard = 0;
    family->stored.plan.plan.shard_count = 0;
    part->stored.row = (aann_family_row){0}; /* moved */
    family->covered = aann_allocate_zeroed((size_t)family->stored.plan.plan.members, 1);
    return family->covered != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the members of a family");
}

static aann_status check_shard(merged_family *family, const aann_merge_part *part,
                               aann_error *error)
{
    const int32_t count = part->stored.plan.plan.shard_count;
    if (family->shard_count == 0) {
        family->shard_count = count;
    } else if (count != 0 && count != family->shard_count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: is one of %d shards, the others are of %d", part->path, count,
                         family->shard_count);
    }
    return AANN_OK;
}

static aann_status look(merge *m, aann_study *study, size_t number, aann_merge_part *part,
                        aann_error *error)
{
    merged_family *family = &m->families[number];
    char difference[256];
    (void)study;
    aann_status status = AANN_OK;
    const char *path = part->path;
    if (family->stored.row.options == NULL) {
        status = check_shard(family, part, error);
        if (status == AANN_OK) {
            const aann_member_row *members = part->members;
            const size_t count = part->member_count;
            status = adopt(family, part, error);
            for (size_t i = 0; status == AANN_OK && i < count; i++) {
                family->covered[members[i].index] = 1;
            }
        }
        return status;
    }
    if (!aann_family_is_same(&family->stored.row, &part->stored.row, difference,
                             sizeof difference)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: is no part of the same study: %s", path,
                         difference);
    }
    status = check_shard(family, part, error);
    for (size_t i = 0; status == AANN_OK && i < part->member_count; i++) {
        family->covered[part->members[i].index] = 1;
    }
    return status;
}

/* The whole's own members, if it is the result of an earlier merge. */
static aann_status look_at_whole(merge *m, aann_study *study, size_t number, aann_merge_part *part,
                                 aann_error *error)
{
    merged_family *family = &m->families[number];
    (void)study;
    const size_t count = part->member_count;
    if (part->stored.plan.plan.shard_count > 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: is itself shard %d of %d; expected a new study to merge into, or the "
                         "result of a merge",
                         part->path, part->stored.plan.plan.shard,
                         part->stored.plan.plan.shard_count);
    }
    const aann_status status = adopt(family, part, error);
    family->in_whole = true;
    for (size_t i = 0; status == AANN_OK && i < count; i++) {
        const aann_member_row *row = &part->members[i];
        family->covered[row->index] = row->steps > 0;
    }
    return status;
}

/* Whether nobody has the first member of shard `shard` of `shards`, from 0; or, where all first ones
 * are there (a part that was merged and resumed begins them), some member. */
static bool shard_is_missing(const merged_family *family, int32_t shard, int32_t shards)
{
    for (int32_t s = 0; s < shards; s++) {
        if (family->covered[s] == 0) {
            return family->covered[shard] == 0;
        }
    }
    for (int64_t i = shard; i < family->stored.plan.plan.members; i += shards) {
        if (family->covered[i] == 0) {
            return true;
        }
    }
    return false;
}

/* "3, 7-9" of the shards that lack members; at most size - 1 characters, with "..." if there are
 * more. */
static void name_missing(const merged_family *family, char *text, size_t size)
{
    const int32_t members = family->stored.plan.plan.members;
    const int32_t shards = family->shard_count > 0 ? family->shard_count : members;
    size_t end = 0;
    for (int32_t s = 0; s < shards; s++) {
        int32_t last = s;
        while (last < shards && shard_is_missing(family, last, shards)) {
            last++;
        }
        if (last == s) {
            continue;
        }
        if (end + 32 > size) {
            snprintf(text + end, size - end, ", ...");
            return;
        }
        const char *comma = end > 0 ? ", " : "";
        const int written = last == s + 1
                                ? snprintf(text + end, size - end, "%s%d", comma, s + 1)
                                : snprintf(text + end, size - end, "%s%d-%d", comma, s + 1, last);
        end += written > 0 ? (size_t)written : 0;
        s = last;
    }
}

/* Counts the members that nobody has, and refuses them unless some may be missing. */
static aann_status check_complete(merge *m, aann_error *error)
{
    for (size_t f = 0; f < m->family_count; f++) {
        const merged_family *family = &m->families[f];
        const int32_t members = family->stored.plan.plan.members;
        int64_t missing = 0;
        for (int32_t i = 0; i < members; i++) {
            missing += family->covered[i] == 0;
        }
        m->result->missing += missing;
        if (missing == 0) {
            continue;
        }
        if (!m->options->partial) {
            char text[128] = "";
            name_missing(family, text, sizeof text);
            return aann_fail(error, AANN_ERROR_NOT_FOUND,
                             "missing: %s %s of %d of family \"%.60s\", with %" PRId64
                             " of %d members; nothing is merged",
                             family->shard_count > 0 ? "shards" : "members", text,
                             family->shard_count > 0 ? family->shard_count : members,
                             family->stored.row.name, missing, members);
        }
        if (family->stored.plan.start_hash_count > 0 && !family->in_whole) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "family \"%.60s\": the missing members start from networks that no "
                             "part has: all shards are needed",
                             family->stored.row.name);
        }
    }
    return AANN_OK;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* All members as they begin. If they start from given networks, what is stored here is none of
 * these, but each is replaced by that of a part, since none is missing. */
static aann_status add_members(merge *m, merged_family *family, aann_error *error)
{
    const aann_family_plan *plan = &family->stored.plan.plan;
    aann_network *network = NULL;
    aann_status status = aann_network_create(&family->stored.spec, &network, error);
    for (int32_t i = 0; status == AANN_OK && i < plan->members; i++) {
        aann_member_row *row = &family->rows[i];
        *row = aann_member_row_begin(family->stored.row.id, i, plan->search.seed,
                                     aann_member_origin(plan->search.method));
        const int64_t first = aann_merge_first_with_start(&family->stored.plan, i);
        row->parent = first >= 0 ? family->rows[first].id : 0;
        status =
            aann_dale_randomise(network, plan->search.dale, plan->search.seed, (uint64_t)i, error);
        if (status == AANN_OK) {
            status = aann_study_add_member(m->whole, row, network, error);
        }
    }
    aann_network_destroy(network);
    return status;
}

/* The rows of a whole that was there. */
static aann_status find_members(merge *m, merged_family *family, aann_error *error)
{
    aann_member_row *members = NULL;
    size_t count = 0;
    const aann_family_plan *plan = &family->stored.plan.plan;
    const aann_status status =
        aann_study_members(m->whole, family->stored.row.id, &members, &count, error);
    for (size_t i = 0; i < count; i++) {
        if (aann_family_plan_has(plan, members[i].index) &&
            strcmp(members[i].origin, aann_member_origin(plan->search.method)) == 0) {
            family->rows[members[i].index] = members[i];
        }
    }
    free(members);
    return status;
}

static aann_status make_families(merge *m, aann_error *error)
{
    aann_status status = AANN_OK;
    for (size_t f = 0; status == AANN_OK && f < m->family_count; f++) {
        merged_family *family = &m->families[f];
        family->rows =
            aann_allocate_zeroed((size_t)family->stored.plan.plan.members, sizeof *family->rows);
        if (family->rows == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for the members of a family");
        }
        if (family->in_whole) {
            status = find_members(m, family, error);
            continue;
        }
        family->stored.row.id = 0;
        status = aann_study_add_family(m->whole, &family->stored.row, error);
        if (status == AANN_OK) {
            status = add_members(m, family, error);
        }
    }
    return status;
}

/* ---- members --------------------------------------------------------------------------------- */

static bool is_finished(const aann_member_row *row)
{
    return row->state != AANN_MEMBER_RUNNING;
}

static bool is_further(const aann_member_row *row, const aann_member_row *than)
{
    return is_finished(row) != is_finished(than) ? is_finished(row) : row->steps > than->steps;
}

/* Two rows of one member at the same step must agree in everything that the search decides. */
static bool agree(const aann_member_row *a, const aann_member_row *b)
{
    return a->hash == b->hash && a->state == b->state && a->accepted == b->accepted;
}

/* Copies the member's row, weights, checkpoint and trace over that of the whole. */
static aann_status take_member(merge *m, aann_study *study, const aann_member_row *from,
                               aann_member_row *to, aann_error *error)
{
    aann_member_parts parts;
    aann_member_row row = *from;
    row.id = to->id;
    row.family = to->family;
    row.parent = to->parent;
    aann_status status = aann_member_parts_read(study, from->id, &parts, error);
    const char *fault = status == AANN_OK ? aann_member_parts_fault(&parts, from) : NULL;
    if (fault != NULL) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "%s: is damaged: member %lld has %s",
                           aann_study_path(study), (long long)from->id, fault);
    }
    if (status == AANN_OK) {
        const aann_member_record record = aann_member_parts_record(&parts, &row);
        status = aann_study_save_members(m->whole, &record, 1, error);
    }
    if (status == AANN_OK) {
        *to = row;
    }
    aann_member_parts_clear(&parts);
    return status;
}

static aann_status take_family(merge *m, aann_study *study, size_t number, aann_merge_part *part,
                               aann_error *error)
{
    merged_family *family = &m->families[number];
    int64_t taken = 0;
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < part->member_count; i++) {
        const aann_member_row *row = &part->members[i];
        /* A part may have grown since the look. */
        if (row->index >= family->stored.plan.plan.members) {
            return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: has changed meanwhile", part->path);
        }
        aann_member_row *whole = &family->rows[row->index];
        const bool untouched = whole->steps == 0 && !is_finished(whole);
        if (is_further(row, whole) || (untouched && family->stored.plan.start_hash_count > 0)) {
            status = take_member(m, study, row, whole, error);
            taken++;
        } else if (row->steps == whole->steps && is_finished(row) == is_finished(whole) &&
                   !agree(row, whole)) {
            status = aann_fail(error, AANN_ERROR_FORMAT,
                               "%s: member %lld has hash %016" PRIx64 " after %" PRIu64
                               " steps; another study has %016" PRIx64 ": one of them is wrong",
                               part->path, (long long)row->id, row->hash, row->steps, whole->hash);
        } else {
            m->result->again += row->steps > 0;
        }
    }
    m->result->taken += taken;
    const aann_merge_options *options = m->options;
    if (status == AANN_OK && taken == 0 && part->member_count > 0 && part->members[0].steps > 0 &&
        options->note != NULL) {
        char line[512];
        snprintf(line, sizeof line, "%.400s: nothing new, its members are there already",
                 part->path);
        options->note(options->context, line);
    }
    return status;
}

static void count_members(merge *m)
{
    m->result->families = (int64_t)m->family_count;
    for (size_t f = 0; f < m->family_count; f++) {
        const merged_family *family = &m->families[f];
        m->result->members += family->stored.plan.plan.members;
        for (int32_t i = 0; i < family->stored.plan.plan.members; i++) {
            m->result->finished += is_finished(&family->rows[i]);
        }
    }
}

/* ---- the merge ------------------------------------------------------------------------------- */

static aann_status merge_all(merge *m, const char *const *paths, size_t count, aann_error *error)
{
    aann_family_row *rows = NULL;
    size_t present = 0;
    aann_status status = aann_study_families(m->whole, &rows, &present, error);
    aann_family_rows_destroy(rows, present);
    if (status == AANN_OK && present > 0) {
        status = for_families(m, m->whole, look_at_whole, error);
    }
    if (status == AANN_OK) {
        status = for_parts(m, paths, count, look, error);
    }
    if (status == AANN_OK) {
        status = check_complete(m, error);
    }
    if (status == AANN_OK) {
        status = make_families(m, error);
    }
    if (status == AANN_OK) {
        status = for_parts(m, paths, count, take_family, error);
    }
    if (status == AANN_OK) {
        count_members(m);
    }
    return status;
}

aann_status aann_family_merge(aann_study *whole, const char *const *paths, size_t count,
                              const aann_merge_options *options, aann_merge_result *result,
                              aann_error *error)
{
    *result = (aann_merge_result){0};
    merge m = {.whole = whole, .options = options, .result = result};
    if (count == 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "no part to merge: expected 1 and more");
    }
    aann_status status = aann_study_begin(whole, error);
    if (status != AANN_OK) {
        return status;
    }
    status = merge_all(&m, paths, count, error);
    status = aann_study_finish(whole, status, error);
    for (size_t f = 0; f < m.family_count; f++) {
        free(m.families[f].covered);
        free(m.families[f].rows);
        free(m.families[f].options);
        aann_family_row_destroy(&m.families[f].stored.row);
    }
    free(m.families);
    return status;
}
