/* Checked allocation: overflow is a failure, alignment is kept, nothing asked for is still a
 * block. */
#include "core/memory.h"
#include "support/test.h"

/* Sizes that overflow, hidden from the compiler so that it does not warn about them. */
static volatile size_t half_of_everything = SIZE_MAX / 2 + 1;

static void test_multiply_sizes(void **state)
{
    (void)state;
    size_t product = 5;
    assert_true(aann_multiply_sizes(6, 7, &product));
    assert_int_equal(product, 42);
    assert_true(aann_multiply_sizes(0, SIZE_MAX, &product));
    assert_int_equal(product, 0);
    assert_true(aann_multiply_sizes(SIZE_MAX, 1, &product));
    assert_true(product == SIZE_MAX);
    assert_false(aann_multiply_sizes(half_of_everything, 2, &product));
    assert_true(product == SIZE_MAX);
    assert_false(aann_multiply_sizes(SIZE_MAX, SIZE_MAX, &product));
}

static void test_add_sizes(void **state)
{
    (void)state;
    size_t sum = 5;
    assert_true(aann_add_sizes(SIZE_MAX - 1, 1, &sum));
    assert_true(sum == SIZE_MAX);
    assert_false(aann_add_sizes(SIZE_MAX, 1, &sum));
    assert_true(sum == SIZE_MAX);
}

static void test_overflow_fails(void **state)
{
    (void)state;
    assert_null(aann_allocate(half_of_everything, 2));
    assert_null(aann_allocate(half_of_everything + 1, 2)); /* would wrap round to 2 bytes */
    assert_null(aann_allocate_zeroed(half_of_everything + 1, 2));
    assert_null(aann_allocate_aligned(half_of_everything * 2 - 1));
    void *block = aann_allocate(10, 1);
    assert_non_null(block);
    assert_null(aann_reallocate(block, half_of_everything + 1, 2));
    memset(block, 1, 10); /* still there */
    free(block);
}

static void test_blocks(void **state)
{
    (void)state;
    uint8_t *block = aann_allocate_zeroed(100, 4);
    assert_non_null(block);
    for (int index = 0; index < 400; index++) {
        assert_int_equal(block[index], 0);
    }
    block[399] = 7;
    uint8_t *larger = aann_reallocate(block, 200, 4);
    assert_non_null(larger);
    assert_int_equal(larger[399], 7);
    larger[799] = 1;
    free(larger);

    void *nothing = aann_allocate(0, 8);
    assert_non_null(nothing);
    free(nothing);
    nothing = aann_allocate_zeroed(8, 0);
    assert_non_null(nothing);
    free(nothing);
}

static void test_alignment(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < 300; bytes++) {
        uint8_t *block = aann_allocate_aligned(bytes);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % AANN_ALIGNMENT, 0);
        memset(block, 0xAA, bytes);
        aann_free_aligned(block);
    }
    aann_free_aligned(NULL);
}

/* Grows piece by piece and keeps what is in it; a size that does not fit leaves it as it was. */
static void test_grow(void **state)
{
    (void)state;
    size_t capacity = 0;
    size_t size = 0;
    unsigned char *block = NULL;
    for (size_t piece = 0; piece < 3000; piece++) {
        block = aann_grow(block, &capacity, size, piece % 7);
        assert_non_null(block);
        assert_true(capacity >= size + piece % 7);
        memset(block + size, (int)(piece % 251), piece % 7);
        size += piece % 7;
    }
    size_t at = 0;
    for (size_t piece = 0; piece < 3000; piece++) {
        for (size_t i = 0; i < piece % 7; i++) {
            assert_int_equal(block[at++], piece % 251);
        }
    }
    const size_t before = capacity;
    assert_null(aann_grow(block, &capacity, size, SIZE_MAX));
    assert_null(aann_grow(block, &capacity, size, SIZE_MAX - size));
    assert_int_equal(capacity, before);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiply_sizes), cmocka_unit_test(test_add_sizes),
        cmocka_unit_test(test_overflow_fails), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_alignment),      cmocka_unit_test(test_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
