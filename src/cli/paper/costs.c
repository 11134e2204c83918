/* What an experiment will cost, in processor hours, before it begins.
 *
 * Rates are measured, not assumed: two short searches of each family, with the whole schedule of
 * temperatures and samples compressed into a twentieth and three twentieths of its candidates, give
 * the seconds for each candidate and those for each member. Evaluations, matching and drives are
 * timed, too. Processor time, not time on the clock: other programs do not matter. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/paper/paper.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/text.h"

typedef struct stage {
    char name[PAPER_NAME];
    double count; /* members, evaluations, drives, pairs */
    double each;  /* candidates, samples, ... */
    double seconds;
} stage;

typedef struct bill {
    stage list[PAPER_MOST_FAMILIES + 16];
    int32_t count;
    double hours;
} bill;

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void add(bill *b, const char *name, double count, double each, double seconds)
{
    stage *s = &b->list[b->count++];
    *s = (stage){.count = count, .each = each, .seconds = seconds};
    snprintf(s->name, sizeof s->name, "%s", name);
    b->hours += seconds / 3600.0;
}

/* ---- searches -------------------------------------------------------------------------------- */

/* Seconds of one member with so many candidates. */
static aann_status time_member(const paper *p, const paper_family *family, uint64_t steps,
                               double *seconds, aann_error *error)
{
    aann_study *study = NULL;
    int64_t id = 0;
    paper_family one = *family;
    one.search.steps = steps;
    one.wanted = 1;
    aann_family_plan plan = paper_family_plan(p, &one);
    plan.shard = plan.shard_count = 0;
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.isa = p->session.work.isa;
    work.interrupted = p->session.work.interrupted;
    work.context = p->session.work.context;
    aann_status status = aann_study_open(":memory:", AANN_STUDY_CREATE, &study, error);
    const double began = processor_seconds();
    if (status == AANN_OK) {
        status = aann_family_run(study, &family->spec, family->data, &plan, &work, &id, error);
    }
    *seconds = processor_seconds() - began;
    aann_study_close(study);
    return status == AANN_INTERRUPTED ? cli_set_error(error, AANN_ERROR_IO, "stopped") : status;
}

/* Seconds for each candidate, and for each member beside them. */
static aann_status time_family(const paper *p, const paper_family *family, double *candidate,
                               double *member, aann_error *error)
{
    enum { PART = 20, TIMES = 3, SMALLEST = 200 };
    const uint64_t steps = family->search.steps;
    const uint64_t first = steps / PART > SMALLEST ? steps / PART : SMALLEST;
    double seconds[2];
    aann_status status = time_member(p, family, first, &seconds[0], error);
    if (status == AANN_OK) {
        status = time_member(p, family, TIMES * first, &seconds[1], error);
    }
    if (status == AANN_OK) {
        *candidate = fmax(0.0, seconds[1] - seconds[0]) / (double)((TIMES - 1) * first);
        *member = fmax(0.0, seconds[0] - *candidate * (double)first);
    }
    return status;
}

static aann_status add_family(const paper *p, paper_family *family, bill *b, double *candidate,
                              aann_error *error)
{
    double member = 0.0;
    const aann_status status = time_family(p, family, candidate, &member, error);
    const double steps = (double)family->search.steps;
    const double members = paper_members_here(p, family);
    add(b, family->name, members, steps, members * (member + *candidate * steps));
    return status;
}

/* ---- what is measured ------------------------------------------------------------------------ */

/* Seconds to judge one changed network. */
static aann_status time_evaluation(const paper *p, double *seconds, aann_error *error)
{
    aann_network *network = NULL;
    aann_ablation_options options = aann_ablation_options_default();
    aann_ablation_result results[2];
    const aann_ablation changes[2] = {paper_change(AANN_ABLATION_LESION, AANN_EVERY_LAYER, 10.0),
                                      paper_change(AANN_ABLATION_SHUFFLE, AANN_EVERY_LAYER, 0.0)};
    options.scale =
        p->regression ? p->families[0].search.output_scale : p->families[0].search.loss_scale;
    options.isa = p->session.work.isa;
    aann_status status = aann_network_create(&p->spec, &network, error);
    if (status == AANN_OK) {
        aann_network_randomise(network, 1, 0);
        const double began = processor_seconds();
        status = aann_ablation_measure(network, changes, 2, &p->measured, &options, results, error);
        *seconds = 0.5 * (processor_seconds() - began);
    }
    aann_network_destroy(network);
    return status;
}

static aann_status add_evaluations(const paper *p, bill *b, aann_error *error)
{
    const paper_settings *s = p->settings;
    const double layers = p->spec.layer_count + 1;
    const double changes = s->null_draws * (layers + AANN_NULL_COUNT - 1) +
                           layers * s->lesion_draws * s->lesions.count +
                           2.0 * s->shared_weights.count;
    double seconds = 0.0;
    const aann_status status = time_evaluation(p, &seconds, error);
    add(b, "nulls, lesions, shared weights", changes * s->existence_members,
        (double)p->measured.count, changes * s->existence_members * seconds);
    return status;
}

/* Matching of all pairs: that of two random networks, several times. */
static aann_status add_relations(const paper *p, bill *b, double candidate, aann_error *error)
{
    const paper_settings *s = p->settings;
    aann_network *networks[2] = {NULL, NULL};
    aann_matching matching;
    aann_status status = AANN_OK;
    for (int i = 0; i < 2 && status == AANN_OK; i++) {
        status = aann_network_create(&p->spec, &networks[i], error);
        if (status == AANN_OK) {
            aann_network_randomise(networks[i], 1, (uint64_t)i);
        }
    }
    if (status == AANN_OK && s->relations) {
        enum { REFERENCES = 2 * 45 }; /* pairs of random and of shuffled networks */
        const double began = processor_seconds();
        status = aann_matching_find_with(networks[0], networks[1], s->restarts, &matching, error);
        if (status == AANN_OK) {
            const double pairs =
                0.5 * s->existence_members * (s->existence_members - 1) + REFERENCES;
            add(b, "matching", pairs, s->restarts, pairs * (processor_seconds() - began));
            aann_matching_destroy(&matching);
        }
    }
    if (s->connect_members > 1) { /* half a distance of swaps, with repairs after each */
        const aann_connect_plan plan = aann_connect_plan_default();
        const double swaps = 0.5 * aann_chance_of_spec(&p->spec).mean;
        double work = 0.0;
        for (int32_t k = 0; k <= s->connect_doublings; k++) {
            work += swaps * (double)(plan.path.repairs * (1 << k) + plan.path.candidates);
        }
        const double paths = s->connect_members - 1;
        add(b, "paths, at least", paths, work, paths * work * candidate);
    }
    aann_network_destroy(networks[0]);
    aann_network_destroy(networks[1]);
    return status;
}

/* A driver's seconds on one track, at the longest: it stands, and the drive takes all its steps. */
static aann_status add_drives(const paper *p, bill *b, aann_error *error)
{
    const paper_driving_settings *d = &p->settings->driving;
    aann_network *network = NULL;
    aann_spec spec;
    aann_lap lap;
    double seconds = 0.0;
    aann_status status = paper_driver_spec(p, &spec, error);
    if (status == AANN_OK) {
        status = aann_network_create(&spec, &network, error);
    }
    if (status == AANN_OK) {
        const aann_network *one = network; /* zeros: it does not move */
        const aann_driver driver = {
            .networks = &one, .count = 1, .outputs = {.scale = {1.0, 1.0, 1.0}, .full = 127}};
        const double began = processor_seconds();
        status = aann_drive_tracks(&driver, (uint64_t)d->first_track, 1, 1, p->session.work.isa,
                                   &lap, error);
        seconds = processor_seconds() - began;
    }
    const double conditions = 2.0 + d->zeros.count + d->draws * (1.0 + d->lesions.count);
    const double drives = conditions * d->members * d->tracks;
    add(b, "drives", drives, 1000, drives * seconds);
    aann_network_destroy(network);
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Drives to time the searches of drivers on: a few, in memory. Their number of samples is smaller
 * than that of the experiment, which a search does not notice, since it looks at a working set. */
static aann_status add_drivers(paper *p, bill *b, double *candidate, aann_error *error)
{
    const int32_t first = p->family_count;
    aann_status status = p->drives != NULL ? AANN_OK : paper_sample_drives(p, error);
    if (status == AANN_OK) {
        status = paper_plan_drivers(p, error);
    }
    for (int32_t i = first; i < p->family_count && status == AANN_OK; i++) {
        status = add_family(p, &p->families[i], b, candidate, error);
    }
    return status == AANN_OK ? add_drives(p, b, error) : status;
}

static void print(const paper *p, const bill *b)
{
    cli_print("%-32s %10s %14s %16s\n", "stage", "networks", "each", "processor hours");
    for (int32_t i = 0; i < b->count; i++) {
        const stage *s = &b->list[i];
        cli_print("%-32s %10.0f %14.0f %16.3f\n", s->name, s->count, s->each, s->seconds / 3600.0);
    }
    printf("%.2f processor hours; %.2f hours on %d threads, if they are not shared\n", b->hours,
           b->hours / p->threads, p->threads);
}

static void print_json(const paper *p, const bill *b)
{
    json_t *stages = json_array();
    for (int32_t i = 0; i < b->count; i++) {
        const stage *s = &b->list[i];
        json_array_append_new(stages, json_pack("{s:s, s:f, s:f, s:f}", "stage", s->name, "count",
                                                s->count, "each", s->each, "seconds", s->seconds));
    }
    cli_print_json(json_pack("{s:o, s:f, s:i}", "stages", stages, "processor_hours", b->hours,
                             "threads", p->threads));
}

aann_status paper_print_costs(paper *p, bool json, aann_error *error)
{
    bill *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory");
    }
    aann_status status = AANN_OK;
    double candidate = 0.0, existence = 0.0;
    const int32_t planned = p->family_count;
    for (int32_t i = 0; i < planned && status == AANN_OK; i++) {
        status = add_family(p, &p->families[i], b, &candidate, error);
        existence = i == 0 ? candidate : existence;
    }
    if (status == AANN_OK && p->shard_count == 0) {
        status = add_evaluations(p, b, error);
        if (status == AANN_OK) {
            status = add_relations(p, b, existence, error);
        }
    }
    if (status == AANN_OK && p->settings->driving.asked) {
        status = add_drivers(p, b, &candidate, error);
    }
    if (status == AANN_OK && json) {
        print_json(p, b);
    } else if (status == AANN_OK) {
        print(p, b);
    }
    free(b);
    return status;
}
