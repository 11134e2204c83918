/* What the study tests share: a folder of their own, a small family, small random networks. */
#ifndef TESTS_STUDY_SUPPORT_H
#define TESTS_STUDY_SUPPORT_H

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "aann/study.h"
#include "support/test.h"

enum { PATH_SIZE = 512 };

/* A folder under the system's temporary one, and a path inside it. */
typedef struct scratch {
    char folder[PATH_SIZE / 2];
    char path[PATH_SIZE];
} scratch;

static inline void scratch_path(scratch *area, const char *name)
{
    snprintf(area->path, sizeof area->path, "%s/%s", area->folder, name);
}

static inline int scratch_setup(void **state)
{
    scratch *area = calloc(1, sizeof *area);
    const char *base = getenv("TMPDIR");
    snprintf(area->folder, sizeof area->folder, "%.200s/aann-study-XXXXXX",
             base != NULL ? base : "/tmp");
    if (mkdtemp(area->folder) == NULL) {
        return -1;
    }
    scratch_path(area, "test.aann");
    *state = area;
    return 0;
}

static inline int scratch_teardown(void **state)
{
    scratch *area = *state;
    char command[PATH_SIZE];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s' && rm -rf '%s'", area->folder,
             area->folder);
    const int result = system(command);
    free(area);
    return result;
}

/* One line, not empty, that names the study. */
static inline void assert_one_line(const aann_error *error, const char *expected_part)
{
    assert_true(error->message[0] != 0);
    assert_null(strchr(error->message, '\n'));
    if (strstr(error->message, expected_part) == NULL) {
        print_error("\"%s\" does not say \"%s\"\n", error->message, expected_part);
        fail();
    }
}

static inline aann_study *open_study(const char *path, aann_study_mode mode)
{
    aann_study *study = NULL;
    aann_error error = {0};
    assert_ok(aann_study_open(path, mode, &study, &error));
    assert_non_null(study);
    return study;
}

/* The spec of every network here: small, with a convolution, a pool, uneven sizes. */
static const char test_spec[] = "3C3-MP2-5";
static const aann_shape test_input = {1, 7, 6};

static inline aann_network *make_network(uint64_t seed, uint64_t member)
{
    aann_spec spec;
    aann_error error = {0};
    assert_ok(aann_spec_parse(test_spec, test_input, &spec, &error));
    aann_network *network = NULL;
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, seed, member);
    return network;
}

/* Stores the family of those networks and returns its id. */
static inline int64_t add_family(aann_study *study)
{
    char canonical[AANN_MAX_SPEC_LENGTH];
    aann_spec spec;
    aann_error error = {0};
    assert_ok(aann_spec_parse(test_spec, test_input, &spec, &error));
    assert_ok(aann_spec_format(&spec, canonical, sizeof canonical, &error));
    char name[] = "test";
    char task[] = "classification";
    char data[] = "{\"train\": \"none\"}";
    char options[] = "{}";
    char software[] = "0.0";
    aann_family_row family = {.name = name,
                              .task = task,
                              .spec = canonical,
                              .input = test_input,
                              .excitatory_share = 0.5,
                              .data = data,
                              .options = options,
                              .software = software};
    assert_ok(aann_study_add_family(study, &family, &error));
    return family.id;
}

static inline aann_member_row new_member(int64_t family, int64_t index)
{
    return (aann_member_row){.family = family,
                             .index = index,
                             .seed = 7,
                             .origin = "search",
                             .train_loss = (double)NAN,
                             .train_accuracy = (double)NAN,
                             .validation_loss = (double)NAN,
                             .validation_accuracy = (double)NAN,
                             .test_loss = (double)NAN,
                             .test_accuracy = (double)NAN};
}

/* Adds a random member and returns it as stored. */
static inline aann_member_row add_member(aann_study *study, int64_t family, int64_t index)
{
    aann_error error = {0};
    aann_member_row member = new_member(family, index);
    aann_network *network = make_network(7, (uint64_t)index);
    assert_ok(aann_study_add_member(study, &member, network, &error));
    aann_network_destroy(network);
    return member;
}

/* A study with one family of `members` members at area->path, closed. */
static inline void make_study(const scratch *area, int members)
{
    aann_study *study = open_study(area->path, AANN_STUDY_CREATE);
    const int64_t family = add_family(study);
    for (int i = 0; i < members; i++) {
        add_member(study, family, i);
    }
    aann_study_close(study);
}

/* The number of members that a reader sees; every network is read and verified. */
static inline size_t count_members(const char *path)
{
    aann_study *study = open_study(path, AANN_STUDY_READ);
    aann_error error = {0};
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, 0, &members, &count, &error));
    for (size_t i = 0; i < count; i++) {
        aann_network *network = NULL;
        assert_ok(aann_study_network(study, members[i].id, &network, &error));
        aann_network_destroy(network);
    }
    free(members);
    aann_study_close(study);
    return count;
}

/* Runs SQL on the file, behind the library's back. */
static inline void run_sql(const char *path, const char *sql)
{
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) {
        print_error("%s: %s\n", sql, message);
        fail();
    }
    sqlite3_close(database);
}

#endif
