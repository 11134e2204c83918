/* Fields of protocol buffers, against bytes worked out by hand from the format's description. */
#include "support/test.h"

#include "export/onnx_protobuf.h"

static void assert_bytes(aann_byte_writer *written, const char *expected, size_t size)
{
    assert_false(written->failed);
    assert_int_equal(written->size, size);
    assert_memory_equal(written->bytes, expected, size);
    free(written->bytes);
    *written = (aann_byte_writer){0};
}

static void test_integers(void **state)
{
    (void)state;
    aann_byte_writer to = {0};
    aann_protobuf_integer(&to, 1, 0);
    assert_bytes(&to, "\x08\x00", 2);
    aann_protobuf_integer(&to, 1, 127);
    assert_bytes(&to, "\x08\x7f", 2);
    aann_protobuf_integer(&to, 1, 128);
    assert_bytes(&to, "\x08\x80\x01", 3);
    aann_protobuf_integer(&to, 1, 150);
    assert_bytes(&to, "\x08\x96\x01", 3);
    aann_protobuf_integer(&to, 20, 7); /* a tag of two bytes */
    assert_bytes(&to, "\xa0\x01\x07", 3);
    aann_protobuf_integer(&to, 1, -1);
    assert_bytes(&to, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    aann_protobuf_integer(&to, 1, INT64_MAX);
    assert_bytes(&to, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
}

static void test_texts(void **state)
{
    (void)state;
    aann_byte_writer to = {0};
    aann_protobuf_text(&to, 2, "testing");
    assert_bytes(&to, "\x12\x07testing", 9);
    aann_protobuf_text(&to, 2, "");
    assert_bytes(&to, "\x12\x00", 2);
    aann_protobuf_text(&to, 2, "\xc3\xa4");
    assert_bytes(&to, "\x12\x02\xc3\xa4", 4);
    /* A stray byte, a whole character, one cut off at the end. */
    aann_protobuf_text(&to, 2, "a\xff\xc3\xa4\xe2\x82");
    assert_bytes(&to,
                 "\x12\x0c"
                 "a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd",
                 14);
}

static void test_messages(void **state)
{
    (void)state;
    aann_byte_writer to = {0};
    aann_byte_writer inner = {0};
    aann_protobuf_integer(&inner, 1, 150);
    aann_protobuf_message(&to, 3, &inner);
    assert_null(inner.bytes);
    assert_bytes(&to, "\x1a\x03\x08\x96\x01", 5);
    aann_protobuf_message(&to, 3, &inner); /* an empty one */
    assert_bytes(&to, "\x1a\x00", 2);
    inner.failed = true;
    aann_protobuf_message(&to, 3, &inner);
    assert_true(to.failed);
    free(to.bytes);
}

/* The size of a head that is not written yet is that of the head that is. */
static void test_heads(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {0, 1, 127, 128, 16383, 16384, 1U << 31, (uint64_t)1 << 40};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (uint32_t field = 1; field < 40; field += 6) {
            aann_byte_writer to = {0};
            aann_protobuf_bytes_head(&to, field, sizes[i]);
            assert_int_equal(to.size, aann_protobuf_bytes_head_size(field, sizes[i]));
            free(to.bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
