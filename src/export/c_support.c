/* What stands before the layers of an exported header: flash and memory, clearing, shifting. */
#include "export/c_source.h"

/* What AVR's pgm_read_byte() reaches: addresses of 16 bits. */
enum { NEAR_FLASH = 65535 };

static void write_flash(aann_text *text, const aann_c_plan *plan)
{
    int64_t tables = 0;
    for (int32_t i = 0; i < plan->layer_count; i++) {
        tables += aann_c_table_size(plan, &plan->layers[i]);
    }
    aann_text_add(text, "/* Tables stay in flash, which AVR reads in its own way. */\n"
                        "#if defined(__AVR__)\n");
    if (tables > NEAR_FLASH) {
        aann_text_add(text,
                      "#error \"the tables have %lld bytes, and AVR reads only the first 64 KiB of "
                      "flash as data\"\n",
                      (long long)tables);
    }
    aann_text_add(text, "#include <avr/pgmspace.h>\n"
                        "#define $_FLASH PROGMEM\n"
                        "#define $_BYTE(place) pgm_read_byte(place)\n"
                        "#define $_HALF(place) pgm_read_word(place)\n"
                        "#define $_LONG(place) pgm_read_dword(place)\n"
                        "#else\n"
                        "#define $_FLASH\n"
                        "#define $_BYTE(place) (*(place))\n"
                        "#define $_HALF(place) (*(place))\n"
                        "#define $_LONG(place) (*(place))\n"
                        "#endif\n\n");
}

static void write_words(aann_text *text)
{
    aann_text_add(
        text,
        "/* 1: inputs are added four at a time, where a chip loads words from any address. */\n"
        "#if !defined($_WORDS)\n"
        "#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__) || \\\n"
        "    (defined(__ARM_FEATURE_UNALIGNED) && !defined(__ARM_BIG_ENDIAN)))\n"
        "#define $_WORDS 1\n"
        "#else\n"
        "#define $_WORDS 0\n"
        "#endif\n"
        "#endif\n\n"
        "#if $_WORDS\n"
        "typedef struct @_any_word {\n"
        "    uint32_t value;\n"
        "} __attribute__((packed, may_alias)) @_any_word;\n\n"
        "#define $_WORD(place) (((const @_any_word *)(const void *)(place))->value)\n"
        "/* Pairs of 16 bits: adds the bytes 1 and 3 of a word; the larger of each. */\n"
        "#if defined(__ARM_FEATURE_SIMD32)\n"
        "#define $_ADD_ODD(odd, word) \\\n"
        "    __asm__(\"uxtab16 %%0, %%0, %%1, ror #8\" : \"+r\"(odd) : \"r\"(word))\n\n"
        "static inline uint32_t @_larger(uint32_t a, uint32_t b)\n"
        "{\n"
        "    uint32_t larger;\n"
        "    __asm__(\"usub16 %%0, %%1, %%2\\n\\tsel %%0, %%1, %%2\"\n"
        "            : \"=&r\"(larger) : \"r\"(a), \"r\"(b) : \"cc\");\n"
        "    return larger;\n"
        "}\n"
        "#else\n"
        "#define $_ADD_ODD(odd, word) (odd += word >> 8 & 0x00FF00FFu)\n\n"
        "static inline uint32_t @_larger(uint32_t a, uint32_t b)\n"
        "{\n"
        "    const uint32_t low = a & 65535u, other = b & 65535u;\n"
        "    const uint32_t high = (a >> 16 > b >> 16 ? a : b) & 0xFFFF0000u;\n"
        "    return (low > other ? low : other) | high;\n"
        "}\n"
        "#endif\n"
        "#endif\n\n");
}

static void write_clear(aann_text *text)
{
    aann_text_add(text,
                  "/* Fills a map with zeros. (volatile: no compiler makes a call of it.) */\n"
                  "static void @_clear(uint32_t *words, unsigned count)\n"
                  "{\n"
                  "    volatile uint32_t *at = words;\n"
                  "    for (; count != 0; count--) {\n"
                  "        *at++ = 0x80808080u;\n"
                  "    }\n"
                  "}\n\n");
}

void aann_c_write_support(aann_text *text, const aann_c_plan *plan, bool shifts)
{
    const long long memory = (long long)plan->memory;
    write_flash(text, plan);
    aann_text_add(text, "/* Not part of what calls it. */\n"
                        "#if defined(__GNUC__)\n"
                        "#define $_APART __attribute__((noinline))\n"
                        "#else\n"
                        "#define $_APART\n"
                        "#endif\n\n");
    if (plan->has_words) {
        write_words(text);
    }
    aann_text_add(text,
                  "/* Where an input of a unit is, from where the unit's first input is. */\n"
                  "typedef %s @_offset;\n\n"
                  "/* All memory of the network. Maps hold value + 128. */\n"
                  "static union {\n"
                  "    uint32_t words[%lld];\n"
                  "    @_offset offsets[%lld];\n"
                  "    uint8_t bytes[%lld];\n"
                  "} @_memory;\n\n",
                  plan->wide_offsets ? "uint32_t" : "uint16_t", memory / 4,
                  memory / (plan->wide_offsets ? 4 : 2), memory);
    if (plan->uses[AANN_EXPORT_C_INDEX]) {
        aann_text_add(text, plan->wide_offsets ? "#define $_OFFSET(place) $_LONG(place)\n\n"
                                               : "#define $_OFFSET(place) $_HALF(place)\n\n");
    }
    if (plan->has_shifts || shifts) {
        aann_text_add(text, "/* floor(value / 2^shift) */\n"
                            "#define $_SHIFT(value, shift) \\\n"
                            "    ((value) < 0 ? ~(~(value) >> (shift)) : (value) >> (shift))\n\n");
    }
    if (plan->pads) {
        write_clear(text);
    }
}
