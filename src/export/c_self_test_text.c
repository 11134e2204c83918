/* The part of an exported header that tests it. */
#include "export/c_source.h"

void aann_c_write_self_test(aann_text *text, const aann_c_plan *plan, const aann_c_input *input,
                            const aann_c_self_test *test)
{
    const size_t outputs = (size_t)plan->spec->output_count;
    if (test->count == 0) {
        return;
    }
    aann_text_add(text,
                  "/* Samples, and the logits that aann computed. */\n"
                  "#define $_TESTS %lld\n\n"
                  "static const @_input @_test_inputs[] $_FLASH = {\n",
                  (long long)test->count);
    aann_text_add_numbers(text, test->inputs, (size_t)(test->count * test->size));
    aann_text_add(text, "};\n\nstatic const int32_t @_test_logits[] $_FLASH = {\n");
    aann_text_add_numbers(text, test->logits, (size_t)test->count * outputs);
    aann_text_add(text, "};\n\n"
                        "/* How many logits of the samples are wrong: 0 unless something is. */\n"
                        "static inline long @_self_test(void)\n"
                        "{\n"
                        "#if defined(__AVR__)\n"
                        "    static @_input sample[$_INPUTS];\n"
                        "#endif\n"
                        "    const @_input *input = @_test_inputs;\n"
                        "    const int32_t *expected = @_test_logits;\n"
                        "    int32_t logits[$_OUTPUTS];\n"
                        "    long wrong = 0;\n"
                        "    unsigned test, i;\n"
                        "    for (test = 0; test < $_TESTS; test++) {\n"
                        "#if defined(__AVR__)\n"
                        "        for (i = 0; i < $_INPUTS; i++) {\n");
    aann_text_add(text, input->kind == AANN_EXPORT_C_INPUT_NUMBERS
                            ? "            sample[i] = (@_input)$_LONG(input);\n"
                            : "            sample[i] = (@_input)$_BYTE(input);\n");
    aann_text_add(text, "            input++;\n"
                        "        }\n"
                        "        @_run(sample, logits);\n"
                        "#else\n"
                        "        @_run(input, logits);\n"
                        "        input += $_INPUTS;\n"
                        "#endif\n"
                        "        for (i = 0; i < $_OUTPUTS; i++) {\n"
                        "            wrong += (int32_t)$_LONG(expected) != logits[i] ? 1 : 0;\n"
                        "            expected++;\n"
                        "        }\n"
                        "    }\n"
                        "    return wrong;\n"
                        "}\n\n");
}
