/* The numbers and names of the model file: docs/model-file.md has the whole of it. */
#ifndef AANN_MODEL_FORMAT_H
#define AANN_MODEL_FORMAT_H

#include <stdint.h>

enum {
    AANN_MODEL_MAGIC_SIZE = 8,
    AANN_MODEL_VERSION = 1,
    AANN_MODEL_TAG_SIZE = 4,
    AANN_MODEL_REQUIRED = 1, /* a flag: a reader that does not know the section must refuse */
    AANN_MODEL_CHECKSUM_SIZE = 8
};

/* Not text: no program mistakes it for text, and a copy in text mode damages it detectably. */
static const uint8_t aann_model_magic[AANN_MODEL_MAGIC_SIZE] = {0x89, 'A',  'A',  'N',
                                                                'M',  '\r', '\n', 0x1a};

/* Sections, in the order in which they are written. */
typedef enum aann_model_section {
    AANN_SECTION_NETWORK,
    AANN_SECTION_TASK,
    AANN_SECTION_ENCODING,
    AANN_SECTION_TARGETS,
    AANN_SECTION_CLASSES,
    AANN_SECTION_COLUMNS,
    AANN_SECTION_PROVENANCE,
    AANN_SECTION_SECOND_ENCODING, /* instead of the first */
    AANN_SECTION_WEIGHTS,
    AANN_SECTION_TARGET_NAMES,
    AANN_SECTION_WINDOWS,
    AANN_SECTION_COUNT
} aann_model_section;

static const char aann_model_tags[AANN_SECTION_COUNT][AANN_MODEL_TAG_SIZE + 1] = {
    "NETW", "TASK", "ENCO", "TARG", "CLAS", "COLS", "PROV", "ENC2", "TWGT", "TNAM", "WIND"};

#endif
