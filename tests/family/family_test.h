/* What the tests of families share: a folder, small data, a small network, and a run of a family
 * with its hashes. */
#ifndef AANN_TESTS_FAMILY_TEST_H
#define AANN_TESTS_FAMILY_TEST_H

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "aann/family.h"
#include "support/remove_tree.h"
#include "support/test.h"

#define MNIST_SAMPLES AANN_SOURCE_DIR "/tests/fixtures/mnist/"

enum { TEST_PATH = 512, TEST_STEPS = 1500 };

static inline int make_folder(void **state)
{
    const char *parent = getenv("TMPDIR");
    char *path = malloc(TEST_PATH);
    assert_non_null(path);
    snprintf(path, TEST_PATH, "%s/aann-family-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(path));
    *state = path;
    return 0;
}

static inline int remove_folder(void **state)
{
    remove_tree(*state);
    free(*state);
    return 0;
}

static inline const char *in_folder(void **state, const char *name, char path[TEST_PATH])
{
    snprintf(path, TEST_PATH, "%s/%s", (const char *)*state, name);
    return path;
}

static inline void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* 512 real images: 461 to search on, 51 for validation; 256 to test. */
static inline aann_family_source sample_source(void)
{
    aann_family_source source = aann_family_source_default();
    source.train = MNIST_SAMPLES "train-images-idx3-ubyte.gz";
    source.test = MNIST_SAMPLES "t10k-images-idx3-ubyte.gz";
    return source;
}

static inline aann_family_data *sample_data(void)
{
    aann_error error;
    aann_family_data *data = NULL;
    const aann_family_source source = sample_source();
    assert_ok(aann_family_data_load(&source, &data, &error));
    return data;
}

static inline aann_spec sample_spec(void)
{
    aann_error error;
    aann_spec spec;
    assert_ok(aann_spec_parse("4C5s2-MP2-6C3-MP2-10", (aann_shape){1, 28, 28}, &spec, &error));
    assert_ok(aann_spec_set_sparsity(&spec, 60.0, NULL, 0, &error));
    return spec;
}

static inline aann_family_plan sample_plan(int32_t members)
{
    aann_family_plan plan = aann_family_plan_default();
    plan.name = "sample";
    plan.members = members;
    plan.search.seed = 7;
    plan.search.steps = TEST_STEPS;
    plan.search.arrange_interval = 400;
    return plan;
}

static inline aann_study *open_study(const char *path, aann_study_mode mode)
{
    aann_error error;
    aann_study *study = NULL;
    assert_ok(aann_study_open(path, mode, &study, &error));
    return study;
}

/* Members in order of id, malloc'ed. */
static inline aann_member_row *members_of(aann_study *study, int64_t family, size_t expected)
{
    aann_error error;
    aann_member_row *members = NULL;
    size_t count = 0;
    assert_ok(aann_study_members(study, family, &members, &count, &error));
    assert_int_equal(count, expected);
    return members;
}

#endif
