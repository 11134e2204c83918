/* The part of an exported header that reads logits: the class and its name, or numbers. */
#include "export/c_source.h"

static void write_answer(aann_text *text)
{
    aann_text_add(text, "/* The class with the largest logit; of equal ones the first. */\n"
                        "static inline int @_answer(const int32_t *logits)\n"
                        "{\n"
                        "    int best = 0, i;\n"
                        "    for (i = 1; i < $_OUTPUTS; i++) {\n"
                        "        if (logits[i] > logits[best]) {\n"
                        "            best = i;\n"
                        "        }\n"
                        "    }\n"
                        "    return best;\n"
                        "}\n\n");
}

static void write_names(aann_text *text, const aann_model_description *about)
{
    aann_text_add(text,
                  "#define $_CLASSES %d\n\n"
                  "/* The name of a class, UTF-8; \"\" of what is no class. */\n"
                  "static inline const char *@_class_name(int answer)\n"
                  "{\n"
                  "    static const char *const names[$_CLASSES] = {\n",
                  about->class_count);
    for (int32_t i = 0; i < about->class_count; i++) {
        aann_text_add(text, "        \"");
        aann_text_add_literal(text, about->class_names[i]);
        aann_text_add(text, i + 1 < about->class_count ? "\",\n" : "\"\n");
    }
    aann_text_add(text, "    };\n"
                        "    return answer >= 0 && answer < $_CLASSES ? names[answer] : \"\";\n"
                        "}\n\n");
}

static void write_numbers(aann_text *text, const aann_c_output *output)
{
    aann_text_add(text, "static const int32_t @_offsets[] $_FLASH = {\n");
    aann_text_add_numbers(text, output->offset, (size_t)output->count);
    aann_text_add(text, "};\n\nstatic const int32_t @_slopes[] $_FLASH = {\n");
    aann_text_add_numbers(text, output->slope, (size_t)output->count);
    aann_text_add(text, "};\n\n");
    aann_text_add(text,
                  "/* From logits to outputs in the user's units, times 2^$_FRACTION_BITS. */\n"
                  "static inline void @_outputs(const int32_t *logits, int32_t *outputs)\n"
                  "{\n"
                  "    unsigned i;\n"
                  "    for (i = 0; i < $_OUTPUTS; i++) {\n"
                  "        int32_t logit = logits[i];\n"
                  "        uint32_t slope = (uint32_t)$_LONG(@_slopes + i);\n"
                  "        uint32_t sum = (uint32_t)$_LONG(@_offsets + i) + %lluu;\n"
                  "        uint32_t steps;\n",
                  output->shift > 0 ? 1ULL << (output->shift - 1) : 0ULL);
    aann_text_add(text,
                  "        if (logit > %d) {\n"
                  "            logit = %d;\n"
                  "        }\n"
                  "        if (logit < -%d) {\n"
                  "            logit = -%d;\n"
                  "        }\n"
                  "        if (logit < 0) {\n"
                  "            logit = -logit;\n"
                  "            slope = 0u - slope;\n"
                  "        }\n"
                  "        for (steps = (uint32_t)logit; steps != 0; steps >>= 1) {\n"
                  "            if ((steps & 1u) != 0) {\n"
                  "                sum += slope;\n"
                  "            }\n"
                  "            slope += slope;\n"
                  "        }\n",
                  output->full, output->full, output->full, output->full);
    aann_text_add(text,
                  "        outputs[i] = $_SHIFT((int32_t)sum, %d);\n"
                  "    }\n"
                  "}\n\n",
                  output->shift);
}

void aann_c_write_outputs(aann_text *text, const aann_model_description *about,
                          const aann_c_output *output)
{
    if (output->possible) {
        write_numbers(text, output);
    }
    if (!output->regression) {
        write_answer(text);
        if (about->class_names != NULL) {
            write_names(text, about);
        }
    }
}
