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
    paper_family *family = &p->families[p->family_count++];
    *family = (paper_family){
        .question = question, .x = x, .spec = *spec, .search = *search, .count = members};
    snprintf(family->name, sizeof family->name, "%s", name);
    family->search.regression = p->regression;
    if (p->regression) {
        aann_family_plan chosen = aann_family_plan_default();
        aann_family_data_choose_plan(p->data, spec, &chosen);
        memcpy(family->search.target_weight, chosen.search.target_weight,
               sizeof chosen.search.target_weight);
        if (search->output_scale == aann_search_options_default().output_scale) {
            family->search.output_scale = chosen.search.output_scale;
        }
    }
    return AANN_OK;
}

static aann_status add_sweep(paper *p, aann_error *error)
{
    const paper_settings *s = p->settings;
    aann_status status = AANN_OK;
    for (int32_t i = 0; i < s->sparsity.count && status == AANN_OK; i++) {
        char name[PAPER_NAME];
        aann_spec spec = p->spec;
        double same[AANN_MAX_LAYERS]; /* also where the network says otherwise */
        for (int32_t layer = 0; layer < spec.layer_count; layer++) {
            same[layer] = s->sparsity.values[i];
        }
        snprintf(name, sizeof name, "sparsity %g", s->sparsity.values[i]);
        status = aann_spec_set_sparsity(&spec, -1.0, same, (size_t)spec.layer_count, error);
        if (status == AANN_OK) {
            status = add(p, PAPER_SPARSITY, s->sparsity.values[i], name, s->sparsity_members, &spec,
                         &s->search, error);
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
        snprintf(name, sizeof name, "excitatory %g", s->excitatory.values[i]);
        status = aann_spec_set_excitatory_share(&spec, s->excitatory.values[i], error);
        if (status == AANN_OK) {
            status = add(p, PAPER_EXCITATORY, s->excitatory.values[i], name, s->excitatory_members,
                         &spec, &s->search, error);
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
        status = add_sweep(p, error);
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

const paper_family *paper_existence(const paper *p)
{
    return p->family_count > 0 ? &p->families[0] : NULL;
}

/* ---- finding them ---------------------------------------------------------------------------- */

/* Fails unless the stored family is what the settings ask for. */
static aann_status compare(const paper *p, const paper_family *wanted, const aann_family_plan *plan,
                           const aann_family_row *stored, aann_error *error)
{
    char spec[AANN_MAX_SPEC_LENGTH];
    char *options = NULL;
    aann_status status = aann_spec_format(&wanted->spec, spec, sizeof spec, error);
    if (status == AANN_OK) {
        status = aann_family_plan_format(plan, &options, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const char *different = strcmp(spec, stored->spec) != 0 ? "network"
                            : wanted->spec.layers[0].excitatory_share != stored->excitatory_share
                                ? "share of +1"
                            : strcmp(options, stored->options) != 0 ? "search options"
                            : strcmp(aann_family_data_json(p->data), stored->data) != 0 ? "data"
                                                                                        : NULL;
    free(options);
    if (different != NULL) {
        return cli_set_error(
            error, AANN_ERROR_ARGUMENT,
            "%s: the family '%s' is there with another %s; expected the same settings as then, "
            "or another --out",
            p->study_path, wanted->name, different);
    }
    return AANN_OK;
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
        size_t member_count = 0;
        status = compare(p, wanted, plan, &families[i - 1], error);
        if (status == AANN_OK) {
            status =
                aann_study_members(p->study, families[i - 1].id, &members, &member_count, error);
        }
        if (status == AANN_OK && member_count == (size_t)wanted->count) {
            *id = families[i - 1].id;
        }
        free(members);
    }
    aann_family_rows_destroy(families, count);
    return status;
}

static aann_status read_members(paper *p, paper_family *family, bool *complete, aann_error *error)
{
    size_t count = 0;
    free(family->rows);
    family->rows = NULL;
    const aann_status status =
        aann_study_members(p->study, family->id, &family->rows, &count, error);
    if (status != AANN_OK) {
        return status;
    }
    *complete = count >= (size_t)family->count;
    for (size_t i = 0; i < count; i++) {
        *complete = *complete && family->rows[i].state != AANN_MEMBER_RUNNING;
    }
    return AANN_OK;
}

static aann_family_plan plan_of(paper_family *family)
{
    aann_family_plan plan = aann_family_plan_default();
    plan.name = family->name;
    plan.search = family->search;
    plan.members = family->count;
    return plan;
}

static aann_status find(paper *p, paper_family *family, bool *complete, aann_error *error)
{
    const aann_family_plan plan = plan_of(family);
    *complete = false;
    aann_status status = family->id != 0 ? read_members(p, family, complete, error) : AANN_OK;
    if (status != AANN_OK || *complete) {
        return status;
    }
    if (!p->session.quiet) {
        cli_print_to(stderr, "%s: %s, %d members (family %d of %d)\n",
                     family->id != 0 ? "resuming" : "searching", family->name, family->count,
                     (int)(family - p->families) + 1, p->family_count);
    }
    status = family->id != 0
                 ? aann_family_resume(p->study, family->id, p->data, &p->session.work, error)
                 : aann_family_run(p->study, &family->spec, p->data, &plan, &p->session.work,
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
        const aann_family_plan plan = plan_of(&p->families[i]);
        status = look_up(p, &p->families[i], &plan, &p->families[i].id, error);
    }
    for (int32_t i = 0; i < p->family_count && status == AANN_OK && !p->stopped; i++) {
        bool complete = false;
        status = find(p, &p->families[i], &complete, error);
        p->stopped = !complete || cli_stop_asked();
    }
    return status;
}
