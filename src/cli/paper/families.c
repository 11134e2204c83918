/* The families of an experiment: which there are, and finding those that are not in the study yet.
 *
 * A family is recognised by its name, and has to be what the settings ask for in every respect: so
 * an experiment that was stopped goes on, one that is complete searches nothing, and one with other
 * settings is refused. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/stop.h"
#include "cli/shared/text.h"

/* ---- the list -------------------------------------------------------------------------------- */

static const aann_family_data *data_of(const paper *p, paper_question question)
{
    return question == PAPER_DRIVERS ? p->drives : p->data;
}

static aann_status add(paper *p, paper_question question, double x, const char *name,
                       int32_t members, const aann_spec *spec, const aann_search_options *search,
                       aann_error *error)
{
    if (p->family_count == PAPER_MOST_FAMILIES) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT, "more than %d families",
                             PAPER_MOST_FAMILIES);
    }
    for (int32_t i = 0; i < p->family_count; i++) { /* a family is known by its name */
        if (strcmp(p->families[i].name, name) == 0) {
            return cli_set_error(error, AANN_ERROR_ARGUMENT,
                                 "%s: asked for twice; expected values that differ, also when "
                                 "rounded to six digits",
                                 name);
        }
    }
    /* Baselines alone share their starts with another family. */
    for (int32_t i = 0; i < p->family_count && question != PAPER_BASELINE; i++) {
        if (p->families[i].question != PAPER_BASELINE &&
            p->families[i].search.seed == search->seed) {
            return cli_set_error(error, AANN_ERROR_ARGUMENT,
                                 "%s: has the seed of the family '%s'; expected values that differ "
                                 "by a thousandth of a percent and more%s",
                                 name, p->families[i].name,
                                 question == PAPER_DRIVERS ? ", and are above 0" : "");
        }
    }
    paper_family *family = &p->families[p->family_count++];
    *family = (paper_family){.question = question,
                             .x = x,
                             .spec = *spec,
                             .search = *search,
                             .data = data_of(p, question),
                             .wanted = members};
    snprintf(family->name, sizeof family->name, "%s", name);
    family->search.regression = aann_family_data_train(family->data)->target_count > 0;
    const bool has_loss_scale = question == PAPER_BASELINE
                                    ? p->settings->baseline_has_loss_scale[(int)x]
                                    : p->settings->has_loss_scale;
    if (!has_loss_scale) {
        aann_search_options_choose_loss_scale(&family->search, aann_family_data_train(family->data),
                                              spec);
    }
    if (family->search.regression) {
        aann_family_plan chosen = aann_family_plan_default();
        aann_family_data_choose_plan(family->data, spec, &chosen);
        memcpy(family->search.target_weight, chosen.search.target_weight,
               sizeof chosen.search.target_weight);
        if (search->output_scale == aann_search_options_default().output_scale) {
            family->search.output_scale = chosen.search.output_scale;
        }
    }
    return AANN_OK;
}

/* The options with the seed of a point: questions are a million apart, values a thousandth of a
 * percent. */
static aann_search_options seeded(const aann_search_options *search, const paper *p,
                                  paper_question question, double percent)
{
    aann_search_options own = *search;
    own.seed = (uint64_t)p->settings->seed + 1000000 * (uint64_t)question +
               (uint64_t)llround(1000.0 * percent);
    return own;
}

/* The same percentage in every layer, also where the network says otherwise. */
static aann_status set_every_layer(aann_spec *spec, double percent, aann_error *error)
{
    double same[AANN_MAX_LAYERS];
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        same[layer] = percent;
    }
    return aann_spec_set_sparsity(spec, -1.0, same, (size_t)spec->layer_count, error);
}

static aann_status add_sweep(paper *p, paper_question question, const paper_numbers *percents,
                             const char *word, int32_t members, const aann_spec *base,
                             const aann_search_options *options, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < percents->count && status == AANN_OK; i++) {
        char name[PAPER_NAME];
        aann_spec spec = *base;
        const aann_search_options search = seeded(options, p, question, percents->values[i]);
        snprintf(name, sizeof name, "%s %g", word, percents->values[i]);
        status = set_every_layer(&spec, percents->values[i], error);
        if (status == AANN_OK) {
            status = add(p, question, percents->values[i], name, members, &spec, &search, error);
        }
    }
    return status;
}

static aann_status add_shares(paper *p, aann_error *error)
{
    const paper_settings *s = p->settings;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < s->excitatory.count && status == AANN_OK; i++) {
        char name[PAPER_NAME];
        aann_spec spec = p->spec;
        const double share = s->excitatory.values[i];
        const aann_search_options search = seeded(&s->search, p, PAPER_EXCITATORY, 100.0 * share);
        snprintf(name, sizeof name, "excitatory %g", share);
        status = aann_spec_set_excitatory_share(&spec, share, error);
        if (status == AANN_OK) {
            status =
                add(p, PAPER_EXCITATORY, share, name, s->excitatory_members, &spec, &search, error);
        }
    }
    return status;
}

aann_status paper_plan_families(paper *p, aann_error *error)
{
    const paper_settings *s = p->settings;
    aann_status status = add(p, PAPER_EXISTENCE, 0.0, "existence", s->existence_members, &p->spec,
                             &s->search, error);
    if (status == AANN_OK) {
        status = add_sweep(p, PAPER_SPARSITY, &s->sparsity, "sparsity", s->sparsity_members,
                           &p->spec, &s->search, error);
    }
    if (status == AANN_OK) {
        status = add_shares(p, error);
    }
    for (int32_t i = 0; i < PAPER_BASELINES && status == AANN_OK; i++) {
        if (s->has_baseline[i]) {
            char name[PAPER_NAME];
            snprintf(name, sizeof name, "baseline %s",
                     aann_search_method_name(s->baseline[i].method));
            status = add(p, PAPER_BASELINE, i, name, s->baseline_members, &p->spec, &s->baseline[i],
                         error);
        }
    }
    return status;
}

aann_status paper_driver_spec(const paper *p, aann_spec *spec, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    const aann_task_preset *preset = aann_task_preset_find("carracing");
    const double *sparsity = preset->sparsity;
    size_t count = preset->layer_count;
    if (d->net != NULL || d->sparsity.count > 0) {
        sparsity = d->sparsity.values;
        count = d->sparsity.count;
    }
    aann_status status =
        aann_spec_parse(d->net != NULL ? d->net : preset->network, preset->input, spec, error);
    return status == AANN_OK ? aann_spec_set_sparsity(spec, -1.0, sparsity, count, error) : status;
}

aann_status paper_plan_drivers(paper *p, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    aann_spec spec;
    aann_status status = paper_driver_spec(p, &spec, error);
    if (status == AANN_OK) {
        const aann_search_options search = seeded(&d->search, p, PAPER_DRIVERS, 0.0);
        status = add(p, PAPER_DRIVERS, -1.0, "drivers", d->members, &spec, &search, error);
    }
    return status == AANN_OK ? add_sweep(p, PAPER_DRIVERS, &d->zeros, "drivers", d->members, &spec,
                                         &d->search, error)
                             : status;
}

const paper_family *paper_existence(const paper *p)
{
    return p->family_count > 0 ? &p->families[0] : NULL;
}

/* ---- finding them ---------------------------------------------------------------------------- */

/* The members with these indices: 0, 1, ... in all, shard - 1, shard - 1 + shard_count, ... here. */
int32_t paper_members_here(const paper *p, const paper_family *family)
{
    return p->shard_count == 0         ? family->wanted
           : p->shard > family->wanted ? 0
                                       : (family->wanted - p->shard) / p->shard_count + 1;
}

aann_family_plan paper_family_plan(const paper *p, const paper_family *family)
{
    aann_family_plan plan = aann_family_plan_default();
    plan.name = family->name;
    plan.search = family->search;
    plan.members = family->wanted;
    plan.shard = p->shard;
    plan.shard_count = p->shard_count;
    return plan;
}

/* What the data are, without where they are: a folder may have been moved, or come from a part. */
static json_t *without_paths(const char *text)
{
    json_t *data = json_loads(text, JSON_DECODE_ANY, NULL);
    static const char *const files[] = {"train", "test"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        json_object_del(json_object_get(data, files[i]), "path");
    }
    return data;
}

static bool same_data(const char *a, const char *b)
{
    json_t *one = without_paths(a);
    json_t *other = without_paths(b);
    const bool same = one != NULL && other != NULL && json_equal(one, other) == 1;
    json_decref(one);
    json_decref(other);
    return same;
}

/* Whether the stored options are those of the plan. Walks and paths that were made in the family
 * are kept with them, and belong to no plan. */
static aann_status same_options(const aann_family_plan *plan, const char *stored, bool *same,
                                aann_error *error)
{
    aann_family_plan there;
    char *texts[2] = {NULL, NULL};
    aann_status status = aann_family_plan_parse(stored, &there, error);
    if (status == AANN_OK) {
        status = aann_family_plan_format(plan, &texts[0], error);
    }
    if (status == AANN_OK) {
        status = aann_family_plan_format(&there, &texts[1], error);
    }
    *same = status == AANN_OK && strcmp(texts[0], texts[1]) == 0;
    aann_free(texts[0]);
    aann_free(texts[1]);
    return status;
}

/* Fails unless the stored family is what the settings ask for. */
static aann_status compare(const paper *p, const paper_family *wanted, const aann_family_plan *plan,
                           const aann_family_row *stored, aann_error *error)
{
    char spec[AANN_MAX_SPEC_LENGTH];
    bool same = false;
    aann_status status = aann_spec_format(&wanted->spec, spec, sizeof spec, error);
    if (status == AANN_OK) {
        status = same_options(plan, stored->options, &same, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const char *different = strcmp(spec, stored->spec) != 0 ? "network"
                            : wanted->spec.layers[0].excitatory_share != stored->excitatory_share
                                ? "share of +1"
                            : !same ? "search options"
                            : !same_data(aann_family_data_json(wanted->data), stored->data) ? "data"
                                                                                            : NULL;
    if (different != NULL) {
        return cli_set_error(
            error, AANN_ERROR_ARGUMENT,
            "%s: the family '%s' is there with another %s; expected the same settings as then, "
            "or another --out",
            p->study_path, wanted->name, different);
    }
    return AANN_OK;
}

/* Reads the rows of the family's members that were searched, not found on walks or paths. */
static aann_status read_rows(const paper *p, int64_t id, aann_member_row **rows, int32_t *count,
                             aann_error *error)
{
    size_t all = 0;
    *count = 0;
    const aann_status status = aann_study_members(p->study, id, rows, &all, error);
    for (size_t i = 0; status == AANN_OK && i < all; i++) {
        if (aann_member_row_is_independent(&(*rows)[i])) {
            (*rows)[(*count)++] = (*rows)[i];
        }
    }
    return status;
}

/* The last family of this name that has all its members (version 0.1.0, killed between storing a
 * family and its members, left one that has not); *id is 0 if there is none. */
static aann_status look_up(const paper *p, const paper_family *wanted, const aann_family_plan *plan,
                           int64_t *id, aann_error *error)
{
    aann_family_row *families = NULL;
    size_t count = 0;
    *id = 0;
    aann_status status = aann_study_families(p->study, &families, &count, error);
    for (size_t i = count; i > 0 && status == AANN_OK && *id == 0; i--) {
        if (strcmp(families[i - 1].name, wanted->name) != 0) {
            continue;
        }
        aann_member_row *members = NULL;
        int32_t member_count = 0;
        status = compare(p, wanted, plan, &families[i - 1], error);
        if (status == AANN_OK) {
            status = read_rows(p, families[i - 1].id, &members, &member_count, error);
        }
        if (status == AANN_OK && member_count == paper_members_here(p, wanted)) {
            *id = families[i - 1].id;
        }
        aann_free(members);
    }
    aann_family_rows_destroy(families, count);
    return status;
}

static aann_status read_members(const paper *p, paper_family *family, bool *complete,
                                aann_error *error)
{
    aann_free(family->rows);
    family->rows = NULL;
    const aann_status status = read_rows(p, family->id, &family->rows, &family->count, error);
    if (status != AANN_OK) {
        return status;
    }
    *complete = family->count >= paper_members_here(p, family);
    for (int32_t i = 0; family->rows != NULL && i < family->count; i++) {
        *complete = *complete && family->rows[i].state != AANN_MEMBER_RUNNING;
    }
    return AANN_OK;
}

static aann_status find(paper *p, paper_family *family, bool *complete, aann_error *error)
{
    const aann_family_plan plan = paper_family_plan(p, family);
    *complete = false;
    aann_status status = family->id != 0 ? read_members(p, family, complete, error) : AANN_OK;
    if (status != AANN_OK || *complete) {
        return status;
    }
    if (!p->session.quiet) {
        cli_print_to(stderr, "%s: %s, %d members (family %d of %d)\n",
                     family->id != 0 ? "resuming" : "searching", family->name,
                     paper_members_here(p, family), (int)(family - p->families) + 1,
                     p->family_count);
    }
    status = family->id != 0
                 ? aann_family_resume(p->study, family->id, family->data, &p->session.work, error)
                 : aann_family_run(p->study, &family->spec, family->data, &plan, &p->session.work,
                                   &family->id, error);
    return status == AANN_OK || status == AANN_INTERRUPTED
               ? read_members(p, family, complete, error)
               : status;
}

aann_status paper_find_families(paper *p, aann_error *error)
{
    aann_status status = AANN_OK;
    /* All of them are compared with the study before the first is searched. */
    for (int32_t i = 0; i < p->family_count && status == AANN_OK; i++) {
        const aann_family_plan plan = paper_family_plan(p, &p->families[i]);
        status = look_up(p, &p->families[i], &plan, &p->families[i].id, error);
    }
    for (int32_t i = 0; i < p->family_count && status == AANN_OK && !p->stopped; i++) {
        bool complete = false;
        status = find(p, &p->families[i], &complete, error);
        p->stopped = !complete || cli_stop_asked();
    }
    return status;
}
