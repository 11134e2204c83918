/* The input of an exported network. */
#include "export/c_input.h"

#include "core/error.h"

static aann_export_c_input choose_kind(const aann_model_description *about)
{
    if (about->encoding == NULL) {
        return AANN_EXPORT_C_INPUT_ENCODED;
    }
    return about->encoding->kind == AANN_ENCODING_BYTE ? AANN_EXPORT_C_INPUT_BYTES
                                                       : AANN_EXPORT_C_INPUT_ENCODED;
}

aann_status aann_c_input_make(const aann_model *model, const aann_export_c_options *options,
                              aann_c_input *input, aann_error *error)
{
    const aann_model_description *about = aann_model_describe(model);
    const aann_shape read = aann_network_spec(aann_model_network(model))->input;
    *input = (aann_c_input){.kind = options->input, .shape = read};
    if (input->kind == AANN_EXPORT_C_INPUT_AUTOMATIC) {
        input->kind = choose_kind(about);
    }
    if (input->kind == AANN_EXPORT_C_INPUT_BYTES &&
        (about->encoding == NULL || about->encoding->kind != AANN_ENCODING_BYTE)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the model's inputs are not encoded bytes: expected another input");
    }
    if (input->kind != AANN_EXPORT_C_INPUT_ENCODED) {
        input->shape = aann_encoding_measured_shape(about->encoding, read);
        input->constant = about->encoding->constant;
    }
    return AANN_OK;
}

void aann_c_input_clear(aann_c_input *input)
{
    *input = (aann_c_input){.kind = input->kind};
}

const char *aann_c_input_type(const aann_c_input *input)
{
    switch (input->kind) {
    case AANN_EXPORT_C_INPUT_BYTES: return "uint8_t";
    case AANN_EXPORT_C_INPUT_NUMBERS: return "int32_t";
    case AANN_EXPORT_C_INPUT_ENCODED:
    case AANN_EXPORT_C_INPUT_AUTOMATIC: break;
    }
    return "int8_t";
}
