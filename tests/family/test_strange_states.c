/* A study whose saved searches hold numbers that no search has, with right check sums: the family is
 * refused when it is resumed, with the member's number, or goes on without harm; it never becomes
 * another study.
 *
 * ctest-timeout: 300 */
#include "support/test.h"

#include <stdio.h>

#include "family/structure_studies.h"

enum { MEMBER = 2, WORD = 8, VERSION = 0, STEP = 1, IDENTITY = 1, ACCEPTED = 2, EPOCH = 4 };

static void store_state(aann_study *study, const uint8_t *state, size_t size)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(study->database,
                                        "UPDATE checkpoint SET state = ?1 WHERE member = ?2", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(statement, 1, state, (int)size, SQLITE_TRANSIENT);
    sqlite3_bind_int(statement, 2, MEMBER);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

/* Resumes the first family of a copy whose member's state has this word: of all of it, or of the
 * search alone, without the phase before it. */
static aann_status resume_with(const structure_study *of, bool of_search, size_t word,
                               uint64_t value, aann_error *failure)
{
    aann_study *study = open_copy(of);
    void *stored = NULL;
    size_t size = 0;
    aann_error error = {0};
    assert_ok(aann_study_checkpoint(study, MEMBER, &stored, &size, &error));
    assert_non_null(stored);
    uint8_t *state = stored;
    const size_t packed = structure_packed_size(study);
    const size_t before = of_search ? bytes_before_search(state, size, packed) : 0;
    if (before + (word + 2) * WORD > size) { /* beyond the state, or the check sum */
        aann_free(stored);
        return AANN_OK;
    }
    for (size_t i = 0; i < WORD; i++) {
        state[before + word * WORD + i] = (uint8_t)(value >> 8 * i);
    }
    sign_state(state, size, packed);
    store_state(study, state, size);
    aann_free(stored);
    /* Nothing interrupts it: on a busy machine that could come before the state is read. */
    aann_family_work work = aann_family_work_default();
    work.threads = 1;
    work.parallel = 1;
    return aann_family_resume(study, 1, of->data, &work, failure);
}

static void impossible_numbers(void **state)
{
    (void)state;
    static const struct {
        size_t word;
        uint64_t value;
    } cases[] = {{STEP, UINT64_MAX},
                 {STEP, UINT64_C(1) << 62},
                 {ACCEPTED, UINT64_C(1) << 40},
                 {ACCEPTED, UINT64_MAX},
                 {EPOCH, UINT64_C(1) << 50}};
    for (int i = 0; i < STUDIES; i++) {
        const structure_study *of = &structure_table()[i];
        if (of->sample) { /* tests/manifold/test_sampler.c has the numbers of samplers */
            continue;
        }
        const bool sense = of->method == AANN_METHOD_SENSE;
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
            aann_error error = {0};
            const aann_status status = resume_with(of, true, cases[c].word, cases[c].value, &error);
            const char *says = sense ? "member 2: the checkpoint is damaged (its numbers are none"
                                     : "member 2: the checkpoint is damaged, or that of another";
            if (status != AANN_ERROR_FORMAT || strstr(error.message, says) == NULL) {
                fail_msg("study %d, word %zu: %s: %s", i, cases[c].word, aann_status_name(status),
                         error.message);
            }
        }
    }
}

/* The phase, and what was counted in the phases before. */
static void impossible_phases(void **state)
{
    (void)state;
    enum { PHASE = 1, BEFORE = 2, EVALUATED = 3, CANDIDATES = 4, DECIDED = 5 };
    static const struct {
        size_t word;
        uint64_t value;
    } cases[] = {{PHASE, 2},       {PHASE, UINT64_MAX}, {BEFORE, 31},    {EVALUATED, UINT64_MAX},
                 {CANDIDATES, 31}, {DECIDED, 1},        {DECIDED + 2, 1}};
    size_t phased = 0;
    size_t tried = 0;
    for (int i = 0; i < STUDIES; i++) {
        const structure_study *of = &structure_table()[i];
        phased += of->phases != NULL;
        for (size_t c = 0; of->phases != NULL && c < sizeof cases / sizeof cases[0]; c++) {
            aann_error error = {0};
            const aann_status status =
                resume_with(of, false, cases[c].word, cases[c].value, &error);
            if (status != AANN_ERROR_FORMAT ||
                strstr(error.message, "member 2: the checkpoint is damaged (its phase") == NULL) {
                fail_msg("word %zu: %s: %s", cases[c].word, aann_status_name(status),
                         error.message);
            }
            tried++;
        }
    }
    assert_int_equal(phased, 2); /* one of them with a density of its own */
    assert_int_equal(tried, phased * (sizeof cases / sizeof cases[0]));
}

/* Every word of the beginning: the version, the counts, the layers' records, weights. */
static void any_numbers(void **state)
{
    (void)state;
    enum { WORDS = 18 };
    static const uint64_t values[] = {0, 1, 1000, UINT64_C(1) << 31, UINT64_C(0x7ff8000000000000)};
    int refused = 0;
    for (int i = 0; i < STUDIES; i++) {
        for (size_t word = VERSION; word < WORDS; word++) {
            for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
                aann_error error = {0};
                const aann_status status =
                    resume_with(&structure_table()[i], false, word, values[v], &error);
                const bool good = status == AANN_OK;
                const bool other = structure_table()[i].sample && word == IDENTITY;
                assert_true(good || (other && status == AANN_ERROR_ARGUMENT) ||
                            status == AANN_ERROR_FORMAT ||
                            (word == VERSION && status == AANN_ERROR_VERSION));
                if (!good && (strstr(error.message, "member 2: ") == NULL ||
                              strchr(error.message, '\n') != NULL)) {
                    fail_msg("study %d, word %zu: %s", i, word, error.message);
                }
                refused += !good;
            }
        }
    }
    print_message("%d states refused\n", refused);
    assert_true(refused > 50);
}

int main(void)
{
    make_studies();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_numbers),
        cmocka_unit_test(impossible_phases),
        cmocka_unit_test(any_numbers),
    };
    return cmocka_run_group_tests_name("family: strange states", tests, NULL, NULL);
}
