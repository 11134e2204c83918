/* The files beside an exported header: an example, and what the library managers of Arduino and
 * PlatformIO read. */
#include <stdlib.h>

#include "aann/version.h"
#include "core/error.h"
#include "export/c_source.h"

static void write_example(aann_text *text, const aann_export_c_options *options,
                          const aann_model_description *about)
{
    aann_text_add(text, "/* An example of @.h for a computer: cc main.c && ./a.out\n"
                        " *\n"
                        " * On a chip, fill in `input` from the sensor instead. */\n"
                        "#include <stdio.h>\n\n"
                        "#include \"@.h\"\n\n"
                        "static @_input input[$_INPUTS];\n"
                        "static int32_t logits[$_OUTPUTS];\n\n"
                        "int main(void)\n"
                        "{\n"
                        "    int i;\n");
    if (about->regression) {
        aann_text_add(text, "#if defined($_FRACTION_BITS)\n"
                            "    int32_t outputs[$_OUTPUTS];\n"
                            "#endif\n");
    }
    if (options->self_test != NULL) {
        aann_text_add(text,
                      "    const long wrong = @_self_test();\n"
                      "    printf(\"self-test: %%d samples, %%ld logits are wrong\\n\", $_TESTS, "
                      "wrong);\n"
                      "    for (i = 0; i < $_INPUTS; i++) {\n"
                      "        input[i] = @_test_inputs[i];\n"
                      "    }\n");
    }
    aann_text_add(text, "    @_run(input, logits);\n"
                        "    for (i = 0; i < $_OUTPUTS; i++) {\n"
                        "        printf(\"%%ld%%c\", (long)logits[i], i + 1 < $_OUTPUTS ? ' ' : "
                        "'\\n');\n"
                        "    }\n");
    if (about->regression) {
        aann_text_add(text, "#if defined($_FRACTION_BITS)\n"
                            "    @_outputs(logits, outputs);\n"
                            "    for (i = 0; i < $_OUTPUTS; i++) {\n"
                            "        printf(\"%%g\\n\", outputs[i] / (double)(1L << "
                            "$_FRACTION_BITS));\n"
                            "    }\n"
                            "#endif\n");
    } else if (about->class_names != NULL) {
        aann_text_add(text, "    printf(\"%%s\\n\", @_class_name(@_answer(logits)));\n");
    } else {
        aann_text_add(text, "    printf(\"class %%d\\n\", @_answer(logits));\n");
    }
    aann_text_add(text, options->self_test != NULL ? "    return wrong == 0 ? 0 : 1;\n}\n"
                                                   : "    return 0;\n}\n");
}

static void write_arduino(aann_text *text, const char *spec)
{
    aann_text_add(text,
                  "name=@\n"
                  "version=1.0.0\n"
                  "author=aann %s\n"
                  "maintainer=aann\n"
                  "sentence=A neural network with weights -1, 0 and +1.\n"
                  "paragraph=%s. No floats, no multiplication, all memory static.\n"
                  "category=Data Processing\n"
                  "url=\n"
                  "architectures=*\n"
                  "includes=@.h\n",
                  aann_version(), spec);
}

static void write_platformio(aann_text *text, const char *spec)
{
    aann_text_add(
        text,
        "{\n"
        "    \"name\": \"@\",\n"
        "    \"version\": \"1.0.0\",\n"
        "    \"description\": \"A neural network with weights -1, 0 and +1 (%s), written by "
        "aann %s\",\n"
        "    \"headers\": \"@.h\",\n"
        "    \"frameworks\": \"*\",\n"
        "    \"platforms\": \"*\"\n"
        "}\n",
        spec, aann_version());
}

aann_status aann_model_export_c_file(const aann_model *model, const aann_export_c_options *options,
                                     aann_export_c_file file, char **result, aann_error *error)
{
    aann_c_plan plan;
    char spec[AANN_MAX_SPEC_LENGTH] = "";
    *result = NULL;
    aann_status status = aann_c_plan_make(aann_model_network(model), options, &plan, error);
    aann_text text = {.name = plan.name, .capitals = plan.capitals};
    if (status == AANN_OK) {
        aann_spec_format(plan.spec, spec, sizeof spec, NULL);
        switch (file) {
        case AANN_EXPORT_C_EXAMPLE:
            write_example(&text, options, aann_model_describe(model));
            break;
        case AANN_EXPORT_C_ARDUINO: write_arduino(&text, spec); break;
        case AANN_EXPORT_C_PLATFORMIO: write_platformio(&text, spec); break;
        }
        if (text.failed) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
        } else if (text.size == 0) {
            status =
                aann_fail(error, AANN_ERROR_ARGUMENT, "there is no file with number %d", (int)file);
        }
    }
    if (status == AANN_OK) {
        *result = text.characters;
    } else {
        free(text.characters);
    }
    aann_c_plan_clear(&plan);
    return status;
}
