/* From a model to bytes. */
#include <stdlib.h>
#include <string.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hash64.h"
#include "core/memory.h"
#include "model/bytes.h"
#include "model/encoding_section.h"
#include "model/format.h"
#include "model/model.h"

/* Begins a section whose length is filled in at its end; returns where that is. */
static size_t begin_section(aann_byte_writer *to, aann_model_section section)
{
    const bool required = section == AANN_SECTION_NETWORK || section == AANN_SECTION_TASK ||
                          section == AANN_SECTION_ENCODING ||
                          section == AANN_SECTION_SECOND_ENCODING ||
                          section == AANN_SECTION_TARGETS;
    aann_write_bytes(to, aann_model_tags[section], AANN_MODEL_TAG_SIZE);
    aann_write_u32(to, required ? AANN_MODEL_REQUIRED : 0);
    const size_t place = to->size;
    aann_write_u64(to, 0);
    return place;
}

static void end_section(aann_byte_writer *to, size_t place)
{
    const uint64_t length = to->size - place - sizeof(uint64_t);
    for (size_t i = 0; !to->failed && i < sizeof length; i++) {
        to->bytes[place + i] = (uint8_t)(length >> 8 * i);
    }
}

static void write_network(aann_byte_writer *to, const aann_network *network)
{
    const aann_spec *spec = aann_network_spec(network);
    char text[AANN_MAX_SPEC_LENGTH];
    const size_t size = aann_network_packed_size(spec);
    uint8_t *packed = aann_allocate(size, 1);
    if (packed == NULL || aann_spec_format(spec, text, sizeof text, NULL) != AANN_OK) {
        to->failed = true;
        free(packed);
        return;
    }
    aann_network_pack(network, packed);
    const size_t place = begin_section(to, AANN_SECTION_NETWORK);
    aann_write_u32(to, (uint32_t)spec->input.channels);
    aann_write_u32(to, (uint32_t)spec->input.height);
    aann_write_u32(to, (uint32_t)spec->input.width);
    aann_write_text(to, text);
    for (int32_t layer = 0; layer < spec->layer_count; layer++) {
        aann_write_f64(to, spec->layers[layer].excitatory_share);
    }
    aann_write_u64(to, aann_network_hash(network));
    aann_write_bytes(to, packed, size);
    end_section(to, place);
    free(packed);
}

static void write_task(aann_byte_writer *to, const aann_model_description *d)
{
    const size_t place = begin_section(to, AANN_SECTION_TASK);
    aann_write_u32(to, d->regression ? 1 : 0);
    aann_write_f64(to, d->loss_scale);
    aann_write_f64(to, d->output_scale);
    end_section(to, place);
}

static void write_encoding(aann_byte_writer *to, const aann_encoding *encoding)
{
    const bool second = aann_encoding_needs_second_form(encoding);
    const size_t place =
        begin_section(to, second ? AANN_SECTION_SECOND_ENCODING : AANN_SECTION_ENCODING);
    if (second) {
        aann_encoding_write_second(to, encoding);
    } else {
        aann_encoding_write(to, encoding);
    }
    end_section(to, place);
}

static void write_targets(aann_byte_writer *to, const aann_model_description *d, int32_t outputs)
{
    const size_t place = begin_section(to, AANN_SECTION_TARGETS);
    for (int32_t o = 0; o < outputs; o++) {
        aann_write_f64(to, d->target_mean[o]);
        aann_write_f64(to, d->target_scale[o]);
    }
    end_section(to, place);
}

static void write_weights(aann_byte_writer *to, const double *weights, int32_t outputs)
{
    const size_t place = begin_section(to, AANN_SECTION_WEIGHTS);
    for (int32_t o = 0; o < outputs; o++) {
        aann_write_f64(to, weights[o]);
    }
    end_section(to, place);
}

static void write_names(aann_byte_writer *to, aann_model_section section, const char *const *names,
                        int32_t count)
{
    const size_t place = begin_section(to, section);
    aann_write_u32(to, (uint32_t)count);
    for (int32_t i = 0; i < count; i++) {
        aann_write_text(to, names[i]);
    }
    end_section(to, place);
}

static void write_windows(aann_byte_writer *to, const aann_model_description *d)
{
    const size_t place = begin_section(to, AANN_SECTION_WINDOWS);
    aann_write_u32(to, (uint32_t)d->window_step);
    aann_write_u32(to, (uint32_t)d->window_column_count);
    for (int32_t i = 0; i < d->window_column_count; i++) {
        aann_write_text(to, d->window_columns[i]);
    }
    end_section(to, place);
}

static void write_provenance(aann_byte_writer *to, const char *text)
{
    const size_t place = begin_section(to, AANN_SECTION_PROVENANCE);
    aann_write_bytes(to, text, strlen(text));
    end_section(to, place);
}

static void write_sections(aann_byte_writer *to, const aann_model *model)
{
    const aann_model_description *d = &model->description;
    write_network(to, model->network);
    write_task(to, d);
    if (d->encoding != NULL) {
        write_encoding(to, d->encoding);
    }
    if (d->target_mean != NULL) {
        write_targets(to, d, aann_network_spec(model->network)->output_count);
    }
    if (d->target_weights != NULL) {
        write_weights(to, d->target_weights, aann_network_spec(model->network)->output_count);
    }
    if (d->class_names != NULL) {
        write_names(to, AANN_SECTION_CLASSES, d->class_names, d->class_count);
    }
    if (d->column_names != NULL) {
        write_names(to, AANN_SECTION_COLUMNS, d->column_names, d->column_count);
    }
    if (d->target_names != NULL) {
        write_names(to, AANN_SECTION_TARGET_NAMES, d->target_names,
                    aann_network_spec(model->network)->output_count);
    }
    if (d->window_columns != NULL) {
        write_windows(to, d);
    }
    if (d->provenance != NULL) {
        write_provenance(to, d->provenance);
    }
}

aann_status aann_model_write(const aann_model *model, void **bytes, size_t *size, aann_error *error)
{
    aann_byte_writer to = {0};
    aann_write_bytes(&to, aann_model_magic, sizeof aann_model_magic);
    aann_write_u32(&to, AANN_MODEL_VERSION);
    write_sections(&to, model);
    aann_write_u64(&to, aann_hash64(to.bytes, to.size));
    if (to.failed) {
        free(to.bytes);
        *bytes = NULL;
        *size = 0;
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a model");
    }
    *bytes = to.bytes;
    *size = to.size;
    return AANN_OK;
}

aann_status aann_model_save(const aann_model *model, const char *path, aann_error *error)
{
    void *bytes = NULL;
    size_t size = 0;
    aann_atomic_file *file = NULL;
    aann_status status = aann_model_write(model, &bytes, &size, error);
    if (status == AANN_OK) {
        status = aann_atomic_file_create(path, &file, error);
    }
    if (status == AANN_OK) {
        status = aann_atomic_file_write(file, bytes, size, error);
        if (status == AANN_OK) {
            status = aann_atomic_file_commit(file, error);
        } else {
            aann_atomic_file_abandon(file);
        }
    }
    free(bytes);
    return status;
}
