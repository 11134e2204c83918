/* From bytes to a model. The bytes are hostile: lengths are compared with the bytes that are left
 * before anything is allocated, and a section's content must end exactly with the section. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "model/bytes.h"
#include "model/encoding_section.h"
#include "model/format.h"
#include "model/model.h"

/* Sections in place; bytes NULL: there is none. */
typedef struct section_list {
    aann_byte_reader sections[AANN_SECTION_COUNT];
} section_list;

static aann_status damaged(const char *what, aann_error *error)
{
    return aann_fail(error, AANN_ERROR_FORMAT, "the model is damaged: %s", what);
}

/* ---- the frame ------------------------------------------------------------------------------- */

static aann_status check_frame(const uint8_t *bytes, size_t size, aann_error *error)
{
    const size_t header = AANN_MODEL_MAGIC_SIZE + sizeof(uint32_t);
    if (size < AANN_MODEL_MAGIC_SIZE ||
        memcmp(bytes, aann_model_magic, AANN_MODEL_MAGIC_SIZE) != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "is no model of aann (it does not begin as one does)");
    }
    if (size < header + AANN_MODEL_CHECKSUM_SIZE) {
        return damaged("it ends in its header", error);
    }
    aann_byte_reader version = {bytes + AANN_MODEL_MAGIC_SIZE, sizeof(uint32_t), false};
    aann_byte_reader checksum = {bytes + size - AANN_MODEL_CHECKSUM_SIZE, AANN_MODEL_CHECKSUM_SIZE,
                                 false};
    const uint32_t found = aann_take_u32(&version);
    if (found > AANN_MODEL_VERSION) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the model was written by a newer version of aann (format %u, this one "
                         "reads %d)",
                         found, AANN_MODEL_VERSION);
    }
    if (found < 1 ||
        aann_take_u64(&checksum) != aann_hash64(bytes, size - AANN_MODEL_CHECKSUM_SIZE)) {
        return damaged("its check sum is wrong", error);
    }
    return AANN_OK;
}

static int section_of(const uint8_t *tag)
{
    int section = 0;
    while (section < AANN_SECTION_COUNT &&
           memcmp(tag, aann_model_tags[section], AANN_MODEL_TAG_SIZE) != 0) {
        section++;
    }
    return section;
}

static aann_status find_sections(aann_byte_reader *from, section_list *list, aann_error *error)
{
    while (from->left > 0) {
        const uint8_t *tag = aann_take_bytes(from, AANN_MODEL_TAG_SIZE);
        const uint32_t flags = aann_take_u32(from);
        const uint64_t length = aann_take_u64(from);
        const uint8_t *bytes = length <= from->left ? aann_take_bytes(from, (size_t)length) : NULL;
        if (tag == NULL || bytes == NULL) {
            return damaged("a section is longer than the file", error);
        }
        const int section = section_of(tag);
        if (section == AANN_SECTION_COUNT && (flags & AANN_MODEL_REQUIRED) != 0) {
            return aann_fail(error, AANN_ERROR_VERSION,
                             "the model was written by a newer version of aann: it needs a section "
                             "that this one does not know (%02x%02x%02x%02x)",
                             tag[0], tag[1], tag[2], tag[3]);
        }
        if (section == AANN_SECTION_COUNT) {
            continue;
        }
        if (list->sections[section].bytes != NULL) {
            return damaged("a section is there twice", error);
        }
        list->sections[section] = (aann_byte_reader){bytes, (size_t)length, false};
    }
    return list->sections[AANN_SECTION_NETWORK].bytes != NULL &&
                   list->sections[AANN_SECTION_TASK].bytes != NULL
               ? AANN_OK
               : damaged("its network or its task is missing", error);
}

/* ---- sections -------------------------------------------------------------------------------- */

static aann_status read_spec(aann_byte_reader *from, aann_spec *spec, aann_error *error)
{
    aann_shape input; /* not as initialisers: a compiler may take those in any order */
    input.channels = (int32_t)aann_take_u32(from);
    input.height = (int32_t)aann_take_u32(from);
    input.width = (int32_t)aann_take_u32(from);
    const uint32_t length = aann_take_u32(from);
    char *text = length < AANN_MAX_SPEC_LENGTH ? aann_take_text(from, length) : NULL;
    if (text == NULL) {
        return damaged("its network has no spec", error);
    }
    aann_status status = aann_spec_parse(text, input, spec, error);
    free(text);
    for (int32_t layer = 0; status == AANN_OK && layer < spec->layer_count; layer++) {
        const double share = aann_take_f64(from);
        if (!(share >= 0.0 && share <= 1.0)) {
            return damaged("a share of +1 is not from 0 to 1", error);
        }
        spec->layers[layer].excitatory_share = share;
    }
    if (status != AANN_OK) { /* what makes no sense as an argument is damage in a file */
        aann_fail_prefix(error, AANN_ERROR_FORMAT, "the model is damaged");
        return status == AANN_ERROR_ARGUMENT ? AANN_ERROR_FORMAT : status;
    }
    return AANN_OK;
}

static aann_status read_network(aann_byte_reader *from, aann_network **network, aann_error *error)
{
    aann_spec spec;
    aann_status status = read_spec(from, &spec, error);
    if (status != AANN_OK) {
        return status;
    }
    const uint64_t hash = aann_take_u64(from);
    /* Before anything is allocated: a few bytes may describe an enormous network. */
    const size_t size = aann_network_packed_size(&spec);
    if (from->failed || from->left != size) {
        return damaged("it has not as many weights as its spec", error);
    }
    status = aann_network_create(&spec, network, error);
    if (status == AANN_OK) {
        status = aann_network_unpack(*network, aann_take_bytes(from, size), size, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "the model is damaged");
        }
    }
    if (status == AANN_OK && aann_network_hash(*network) != hash) {
        status = damaged("the hash of its network is wrong", error);
    }
    return status;
}

static aann_status read_task(aann_byte_reader *from, aann_model_description *d, aann_error *error)
{
    const uint32_t task = aann_take_u32(from);
    d->regression = task == 1;
    d->loss_scale = aann_take_f64(from);
    d->output_scale = aann_take_f64(from);
    return !from->failed && from->left == 0 && task <= 1
               ? AANN_OK
               : damaged("its task makes no sense", error);
}

static aann_status read_encoding(section_list *list, aann_model *model, aann_error *error)
{
    aann_byte_reader *first = &list->sections[AANN_SECTION_ENCODING];
    aann_byte_reader *second = &list->sections[AANN_SECTION_SECOND_ENCODING];
    if (first->bytes == NULL && second->bytes == NULL) {
        return AANN_OK;
    }
    if (first->bytes != NULL && second->bytes != NULL) {
        return damaged("it has two encodings", error);
    }
    model->description.encoding = &model->encoding;
    return first->bytes != NULL ? aann_encoding_read(first, &model->encoding, error)
                                : aann_encoding_read_second(second, &model->encoding, error);
}

static aann_status read_targets(aann_byte_reader *from, int32_t outputs, aann_model *model,
                                aann_error *error)
{
    if (from->left != (size_t)outputs * 2 * sizeof(double)) {
        return damaged("it has not as many targets as outputs", error);
    }
    model->target_mean = aann_allocate((size_t)outputs, sizeof *model->target_mean);
    model->target_scale = aann_allocate((size_t)outputs, sizeof *model->target_scale);
    if (model->target_mean == NULL || model->target_scale == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    for (int32_t o = 0; o < outputs; o++) {
        model->target_mean[o] = aann_take_f64(from);
        model->target_scale[o] = aann_take_f64(from);
    }
    return AANN_OK;
}

static aann_status read_weights(aann_byte_reader *from, int32_t outputs, aann_model *model,
                                aann_error *error)
{
    if (from->left != (size_t)outputs * sizeof(double)) {
        return damaged("it has not as many target weights as outputs", error);
    }
    model->target_weights = aann_allocate((size_t)outputs, sizeof *model->target_weights);
    if (model->target_weights == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    for (int32_t o = 0; o < outputs; o++) {
        model->target_weights[o] = aann_take_f64(from);
    }
    return AANN_OK;
}

static aann_status read_names(aann_byte_reader *from, char ***names, int32_t *count,
                              aann_error *error)
{
    const uint32_t wanted = aann_take_u32(from);
    /* Each name takes at least its length. */
    if (from->failed || wanted < 1 || wanted > INT32_MAX ||
        wanted > from->left / sizeof(uint32_t)) {
        return damaged("its names make no sense", error);
    }
    *names = aann_allocate_zeroed(wanted, sizeof **names);
    if (*names == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    *count = (int32_t)wanted;
    for (uint32_t i = 0; i < wanted && !from->failed; i++) {
        const uint32_t length = aann_take_u32(from);
        (*names)[i] = aann_take_text(from, length);
    }
    return !from->failed && from->left == 0 ? AANN_OK : damaged("its names make no sense", error);
}

/* One name for each output. */
static aann_status read_target_names(aann_byte_reader *from, int32_t outputs, aann_model *model,
                                     aann_error *error)
{
    const aann_status status =
        read_names(from, &model->target_names, &model->target_name_count, error);
    model->description.target_names = (const char *const *)model->target_names;
    return status == AANN_OK && model->target_name_count != outputs
               ? damaged("it has not as many names of targets as outputs", error)
               : status;
}

static aann_status read_windows(aann_byte_reader *from, aann_model *model, aann_error *error)
{
    aann_model_description *d = &model->description;
    const uint32_t step = aann_take_u32(from);
    if (from->failed || step < 1 || step > INT32_MAX) {
        return damaged("its windows make no sense", error);
    }
    d->window_step = (int32_t)step;
    const aann_status status =
        read_names(from, &model->window_columns, &d->window_column_count, error);
    d->window_columns = (const char *const *)model->window_columns;
    return status;
}

/* ---- the model ------------------------------------------------------------------------------- */

static aann_status read_names_and_text(section_list *list, aann_model *model, aann_error *error)
{
    aann_status status = AANN_OK;
    aann_model_description *d = &model->description;
    aann_byte_reader *classes = &list->sections[AANN_SECTION_CLASSES];
    aann_byte_reader *columns = &list->sections[AANN_SECTION_COLUMNS];
    aann_byte_reader *provenance = &list->sections[AANN_SECTION_PROVENANCE];
    if (classes->bytes != NULL) {
        status = read_names(classes, &model->class_names, &d->class_count, error);
    }
    if (status == AANN_OK && columns->bytes != NULL) {
        status = read_names(columns, &model->column_names, &d->column_count, error);
    }
    if (status == AANN_OK && provenance->bytes != NULL) {
        model->provenance = aann_take_text(provenance, provenance->left);
        status =
            model->provenance != NULL ? AANN_OK : damaged("where it came from is no text", error);
    }
    d->class_names = (const char *const *)model->class_names;
    d->column_names = (const char *const *)model->column_names;
    d->provenance = model->provenance;
    return status;
}

static aann_status read_sections(section_list *list, aann_model *model, aann_error *error)
{
    aann_model_description *d = &model->description;
    aann_status status =
        read_network(&list->sections[AANN_SECTION_NETWORK], &model->network, error);
    if (status == AANN_OK) {
        status = read_task(&list->sections[AANN_SECTION_TASK], d, error);
    }
    if (status == AANN_OK) {
        status = read_encoding(list, model, error);
    }
    if (status == AANN_OK && list->sections[AANN_SECTION_TARGETS].bytes != NULL) {
        status = read_targets(&list->sections[AANN_SECTION_TARGETS],
                              aann_network_spec(model->network)->output_count, model, error);
        d->target_mean = model->target_mean;
        d->target_scale = model->target_scale;
    }
    if (status == AANN_OK && list->sections[AANN_SECTION_WEIGHTS].bytes != NULL) {
        status = read_weights(&list->sections[AANN_SECTION_WEIGHTS],
                              aann_network_spec(model->network)->output_count, model, error);
        d->target_weights = model->target_weights;
    }
    if (status == AANN_OK) {
        status = read_names_and_text(list, model, error);
    }
    if (status == AANN_OK && list->sections[AANN_SECTION_TARGET_NAMES].bytes != NULL) {
        status = read_target_names(&list->sections[AANN_SECTION_TARGET_NAMES],
                                   aann_network_spec(model->network)->output_count, model, error);
    }
    if (status == AANN_OK && list->sections[AANN_SECTION_WINDOWS].bytes != NULL) {
        status = read_windows(&list->sections[AANN_SECTION_WINDOWS], model, error);
    }
    return status == AANN_OK
               ? aann_model_check(aann_network_spec(model->network), d, AANN_ERROR_FORMAT, error)
               : status;
}

aann_status aann_model_read(const void *bytes, size_t size, aann_model **result, aann_error *error)
{
    *result = NULL;
    aann_status status = check_frame(bytes, size, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t header = AANN_MODEL_MAGIC_SIZE + sizeof(uint32_t);
    aann_byte_reader from = {(const uint8_t *)bytes + header,
                             size - header - AANN_MODEL_CHECKSUM_SIZE, false};
    section_list list = {0};
    status = find_sections(&from, &list, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_model *model = aann_allocate_zeroed(1, sizeof *model);
    if (model == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    status = read_sections(&list, model, error);
    if (status != AANN_OK) {
        aann_model_destroy(model);
        return status;
    }
    *result = model;
    return AANN_OK;
}
