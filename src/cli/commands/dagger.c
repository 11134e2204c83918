/* DAgger (Ross, Gordon, Bagnell 2011) as a loop of two commands: the members drive and the expert
 * says what it would do in their place (aann car record --driver), then the search goes on from
 * them with these pictures (aann search --start).
 *
 * The commands are said before they run: they are what to type for a round with other settings, and
 * how to go on after an interruption. The pictures of a round are kept beside the study, as
 * STUDY.correctionsF.npz, F being the family that is the first to be searched on them, because the
 * study refers to them. */
#include "cli/commands/dagger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/study.h"
#include "cli/car/car.h"
#include "cli/commands/command.h"
#include "cli/shared/members.h"
#include "cli/shared/message.h"
#include "cli/shared/text.h"

/* The steady expert, which leaves room for mistakes; see docs/carracing.md, "Measured". */
static char *const style[] = {"--teacher", "--lateral", "100", "--widest", "2"};
/* The search goes on where it was, on most of the pictures at once, and not hot enough to
 * forget. */
static char *const warmth[] = {"--temperature", "4e-5", "--first-samples", "16384"};

enum {
    MOST_WORDS = 40,
    MOST_TEXT = 4096,
    NUMBER = 24,
    TRACKS_APART = 10000,
    FIRST_TRACK = 1000000
};

/* A command line in the making. Words are borrowed. */
typedef struct command_line {
    char *words[MOST_WORDS];
    int count;
} command_line;

static void add(command_line *line, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        line->words[line->count++] = words[i];
    }
}

static void add_pair(command_line *line, const char *option, const char *value)
{
    line->words[line->count++] = (char *)(uintptr_t)option;
    line->words[line->count++] = (char *)(uintptr_t)value;
}

static void say(const cli_dagger *dagger, int32_t round, const char *command,
                const command_line *line)
{
    if (dagger->quiet) {
        return;
    }
    cli_print_to(stderr, "round %" PRId32 " of %" PRId32 ": aann %s", round, dagger->rounds,
                 command);
    for (int i = 0; i < line->count; i++) {
        const bool plain = strpbrk(line->words[i], " \t'\"") == NULL;
        cli_print_to(stderr, plain ? " %s" : " \"%s\"", line->words[i]);
    }
    fputc('\n', stderr);
}

/* "STUDY:3,4" of the study's last family, and the number that its next family will have. */
static aann_status find_members(const char *path, char *text, int64_t *next, aann_error *error)
{
    aann_study *study = NULL;
    aann_family_row *families = NULL;
    aann_member_row *members = NULL;
    size_t family_count = 0;
    size_t count = 0;
    *next = 1;
    aann_status status = aann_study_open(path, AANN_STUDY_READ, &study, error);
    if (status == AANN_OK) {
        status = aann_study_families(study, &families, &family_count, error);
    }
    if (status == AANN_OK && family_count > 0) {
        *next = families[family_count - 1].id + 1;
        status = aann_study_members(study, *next - 1, &members, &count, error);
    }
    size_t length = (size_t)snprintf(text, MOST_TEXT, "%s", path);
    for (size_t i = 0; i < count && length < MOST_TEXT; i++) {
        length += (size_t)snprintf(text + length, MOST_TEXT - length, "%c%" PRId64,
                                   i == 0 ? ':' : ',', members[i].id);
    }
    if (status == AANN_OK && (count == 0 || length >= MOST_TEXT)) {
        status = cli_set_error(error, AANN_ERROR_ARGUMENT, "%.200s: %s", path,
                               count == 0 ? "has no family to be corrected"
                                          : "too many members to be corrected at once");
    }
    free(members);
    aann_family_rows_destroy(families, family_count);
    aann_study_close(study);
    return status;
}

static int record(const cli_dagger *dagger, int32_t round, const char *driver, const char *file)
{
    char episodes[NUMBER];
    char first_track[NUMBER];
    snprintf(episodes, sizeof episodes, "%" PRId32, dagger->episodes);
    snprintf(first_track, sizeof first_track, "%" PRId32, FIRST_TRACK + round * TRACKS_APART);
    command_line line = {0};
    add(&line, style, sizeof style / sizeof style[0]);
    add_pair(&line, "--driver", driver);
    line.words[line.count++] = "--each";
    add_pair(&line, "--driver-episodes", episodes);
    add_pair(&line, "--episodes", episodes);
    add_pair(&line, "--first-track", first_track);
    add_pair(&line, "--out", file);
    if (dagger->json) {
        line.words[line.count++] = "--json";
    }
    say(dagger, round, "car record", &line);
    return cli_car_record(line.count, line.words);
}

static int search_on(const cli_dagger *dagger, int32_t round, const char *driver, const char *file)
{
    char name[MOST_TEXT];
    char steps[NUMBER];
    char seed[NUMBER];
    char threads[NUMBER];
    snprintf(name, sizeof name, "%s, corrected %" PRId32, dagger->name, round);
    snprintf(steps, sizeof steps, "%" PRId64, dagger->steps);
    snprintf(seed, sizeof seed, "%" PRId64, dagger->seed);
    snprintf(threads, sizeof threads, "%" PRId32, dagger->threads);
    command_line line = {0};
    if (dagger->task != NULL) {
        line.words[line.count++] = (char *)(uintptr_t)dagger->task;
    }
    add_pair(&line, "--start", driver);
    add_pair(&line, "--data", file);
    add_pair(&line, "--steps", steps);
    add(&line, warmth, sizeof warmth / sizeof warmth[0]);
    add_pair(&line, "--seed", seed);
    add_pair(&line, "--name", name);
    add_pair(&line, "--study", dagger->study);
    if (dagger->threads > 0) {
        add_pair(&line, "--threads", threads);
    }
    if (dagger->quiet) {
        line.words[line.count++] = "--quiet";
    }
    if (dagger->json) {
        line.words[line.count++] = "--json";
    }
    say(dagger, round, "search", &line);
    return cli_search(line.count, line.words);
}

int cli_dagger_run(const cli_dagger *dagger)
{
    for (int32_t round = 1; round <= dagger->rounds; round++) {
        aann_error error = {0};
        char members[MOST_TEXT];
        char file[MOST_TEXT];
        int64_t next = 0;
        if (find_members(dagger->study, members, &next, &error) != AANN_OK) {
            return cli_fail(&error);
        }
        snprintf(file, sizeof file, "%.4000s.corrections%" PRId64 ".npz", dagger->study, next);
        int result = record(dagger, round, members, file);
        if (result == CLI_GOOD) {
            result = search_on(dagger, round, members, file);
        }
        if (result != CLI_GOOD) {
            return result;
        }
    }
    return CLI_GOOD;
}
