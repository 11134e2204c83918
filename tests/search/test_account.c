/* The account of samples: where they went, and that it adds up. */
#include "aann/search.h"
#include "search/support_task.h"
#include "support/test.h"

enum { SAMPLES = 5000, INTERVAL = 1000, EPOCHS = 8 };

static aann_search_options options_of(int64_t working, int64_t ranked)
{
    aann_search_options options = working_options();
    options.steps = EPOCHS * INTERVAL;
    options.arrange_interval = INTERVAL;
    options.first_samples = 0;
    options.jitter = 0;
    options.warp = 0.0;
    options.working_samples = working;
    options.ranked_samples = ranked;
    return options;
}

static void run(const aann_search_options *options, aann_search_account *account,
                aann_search_progress *progress)
{
    aann_error error;
    aann_samples *samples = bar_samples(SAMPLES, 1);
    aann_search *search = bar_search(samples, options, 0);
    assert_ok(aann_search_run(search, options->steps, NULL, NULL, &error));
    aann_search_account_get(search, account);
    aann_search_progress_get(search, progress);
    print_message("together %llu, alone %llu, replayed %llu, renewed %llu, ranked %llu\n",
                  (unsigned long long)account->together, (unsigned long long)account->alone,
                  (unsigned long long)account->replayed, (unsigned long long)account->renewed,
                  (unsigned long long)account->ranked);
    aann_search_destroy(search);
    free_bar_samples(samples);
}

static void adds_up(void **state)
{
    (void)state;
    aann_search_account account;
    aann_search_progress progress;
    const aann_search_options options = options_of(2048, 0);
    run(&options, &account, &progress);
    /* Batches end at an acceptance: some of what was evaluated is not decided. */
    assert_true(account.together + account.alone > progress.evaluated_samples);
    assert_true(account.together + account.alone < 3 * progress.evaluated_samples);
    assert_true(account.alone > 0);
    assert_int_equal(account.ranked, (uint64_t)EPOCHS * SAMPLES);
    /* Each arrangement fills the blocks that it looks at, once at least. */
    assert_true(account.renewed >= EPOCHS * 24 * 64);
    /* An accepted candidate changes no block; those that are looked at next catch up. */
    assert_true(account.replayed >= progress.accepted * 64);
    assert_true(account.replayed <= progress.accepted * 2048);
}

static void counts_what_is_ranked(void **state)
{
    (void)state;
    aann_search_account account;
    aann_search_progress progress;
    const aann_search_options options = options_of(1024, 2048);
    run(&options, &account, &progress);
    assert_int_equal(account.ranked, (uint64_t)EPOCHS * 2048);
}

/* On several threads all workers count. */
static void threads(void **state)
{
    (void)state;
    aann_search_account one;
    aann_search_account three;
    aann_search_progress progress;
    aann_search_options options = options_of(2048, 0);
    run(&options, &one, &progress);
    options.threads = 3;
    run(&options, &three, &progress);
    assert_int_equal(three.together, one.together);
    assert_int_equal(three.alone, one.alone);
    assert_int_equal(three.ranked, one.ranked);
    assert_true(three.replayed + three.renewed >= one.replayed + one.renewed);
}

static void baselines_have_none(void **state)
{
    (void)state;
    aann_search_options options = options_of(0, 0);
    options.method = AANN_METHOD_RANDOM;
    options.steps = 3;
    aann_search_account account;
    aann_search_progress progress;
    run(&options, &account, &progress);
    assert_int_equal(
        account.together + account.alone + account.replayed + account.renewed + account.ranked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up),
        cmocka_unit_test(counts_what_is_ranked),
        cmocka_unit_test(threads),
        cmocka_unit_test(baselines_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
