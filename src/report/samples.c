/* The samples on which members disagree most: what they look like, and who answers what. */
#include <stdlib.h>

#include "aann/ensemble.h"
#include "core/memory.h"
#include "report/view.h"

/* A sample and how many members give the answer that most give. */
typedef struct doubtful_sample {
    int64_t index;
    int32_t agreeing;
} doubtful_sample;

static int compare_doubt(const void *a, const void *b)
{
    const doubtful_sample *x = a;
    const doubtful_sample *y = b;
    if (x->agreeing != y->agreeing) {
        return x->agreeing < y->agreeing ? -1 : 1;
    }
    return x->index < y->index ? -1 : 1;
}

/* list[sample_count], those with most doubt first; *doubtful: how many have any. */
static aann_status rank(const aann_report_answers *answers, doubtful_sample *list,
                        int64_t *doubtful, aann_error *error)
{
    const int64_t samples = answers->predictions.sample_count;
    int32_t *tally = aann_allocate((size_t)answers->predictions.outputs, sizeof *tally);
    if (tally == NULL) {
        return aann_report_no_memory(error);
    }
    *doubtful = 0;
    for (int64_t i = 0; i < samples; i++) {
        int32_t most = 0;
        for (int32_t c = 0; c < answers->predictions.outputs; c++) {
            tally[c] = 0;
        }
        for (int32_t m = 0; m < answers->count; m++) {
            const int32_t votes = ++tally[answers->classes[(int64_t)m * samples + i]];
            most = votes > most ? votes : most;
        }
        list[i] = (doubtful_sample){i, most};
        *doubtful += most < answers->count;
    }
    free(tally);
    qsort(list, (size_t)samples, sizeof *list, compare_doubt);
    return AANN_OK;
}

/* ---- what they look like --------------------------------------------------------------------- */

/* The channels that were measured: without the one that is always 127. */
static aann_shape measured_shape(const aann_report_view *view, bool *is_byte)
{
    aann_encoding encoding;
    aann_shape shape = view->samples->shape;
    *is_byte = false;
    if (aann_family_encoding(&view->family.row, &encoding, NULL) == AANN_OK) {
        *is_byte = encoding.kind == AANN_ENCODING_BYTE;
        if (encoding.constant && shape.channels > 1) {
            shape.channels--;
        }
        aann_encoding_destroy(&encoding);
    }
    return shape;
}

/* Bytes are as they were measured (but for the last bit); others show -127 to 127 as 0 to 254. */
static uint8_t shade(int8_t input, bool is_byte)
{
    const int value = input;
    const int shown = !is_byte ? value + 127 : value < 0 ? 0 : (value * 255 + 63) / 127;
    return (uint8_t)(shown < 0 ? 0 : shown);
}

static aann_status put_values(aann_report_view *view, const doubtful_sample *list, int32_t count,
                              aann_error *error)
{
    bool is_byte = false;
    const aann_shape shape = measured_shape(view, &is_byte);
    const size_t values = (size_t)aann_shape_size(shape);
    const size_t stride = (size_t)aann_shape_size(view->samples->shape);
    aann_json *json = &view->json;
    uint8_t *bytes = aann_allocate(values, (size_t)count);
    if (bytes == NULL) {
        return aann_report_no_memory(error);
    }
    for (int32_t i = 0; i < count; i++) {
        const int8_t *input = view->samples->inputs + (size_t)list[i].index * stride;
        for (size_t v = 0; v < values; v++) {
            bytes[(size_t)i * values + v] = shade(input[v], is_byte);
        }
    }
    aann_json_text(json, "kind",
                   shape.height > 1 && shape.width > 1   ? "picture"
                   : shape.height > 1 || shape.width > 1 ? "signal"
                                                         : "table");
    aann_json_integer(json, "channels", shape.channels);
    aann_json_integer(json, "height", shape.height);
    aann_json_integer(json, "width", shape.width);
    aann_json_bool(json, "signed", !is_byte);
    aann_json_base64(json, "value", bytes, values * (size_t)count);
    free(bytes);
    return AANN_OK;
}

/* ---- who answers what ------------------------------------------------------------------------ */

/* The places among the voters of the members whose wiring is shown. */
static int32_t choose_answering(const aann_report_view *view, int32_t *voters)
{
    int32_t count = 0;
    for (int32_t w = 0; w < view->wired_count; w++) {
        for (int32_t m = 0; m < view->answers.count; m++) {
            if (view->answers.members[m] == view->wired[w]) {
                voters[count++] = m;
            }
        }
    }
    return count;
}

static aann_status put_answers(aann_report_view *view, const doubtful_sample *list, int32_t count,
                               aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    const int64_t samples = answers->predictions.sample_count;
    aann_json *json = &view->json;
    int32_t voters[AANN_REPORT_WIRED];
    const int32_t voter_count = choose_answering(view, voters);
    int32_t *vote = aann_allocate((size_t)samples, sizeof *vote);
    aann_status status = vote != NULL ? AANN_OK : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = aann_ensemble_answer(&answers->predictions, AANN_ENSEMBLE_VOTE, vote, error);
    }
    aann_json_open(json, "id", '[');
    for (int32_t v = 0; v < voter_count; v++) {
        aann_json_integer(json, NULL, aann_report_compared(view, answers->members[voters[v]])->id);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "answer", '[');
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        aann_json_open(json, NULL, '[');
        for (int32_t v = 0; v < voter_count; v++) {
            aann_json_integer(json, NULL, answers->classes[voters[v] * samples + list[i].index]);
        }
        aann_json_close(json, ']');
    }
    aann_json_close(json, ']');
    aann_json_open(json, "vote", '[');
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        aann_json_integer(json, NULL, vote[list[i].index]);
    }
    aann_json_close(json, ']');
    free(vote);
    return status;
}

static aann_status put_samples(aann_report_view *view, const doubtful_sample *list,
                               int64_t doubtful, aann_error *error)
{
    enum { BYTES_LIMIT = 400000 };
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    const int64_t fit = BYTES_LIMIT / aann_shape_size(view->samples->shape);
    int64_t shown = doubtful < AANN_REPORT_SAMPLES ? doubtful : AANN_REPORT_SAMPLES;
    shown = shown < fit ? shown : fit;
    const int32_t count = (int32_t)shown;
    if (count == 0) {
        aann_json_absent(json, "samples",
                         doubtful == 0 ? "All members give the same answers."
                                       : "The samples are too large to be shown.");
        return AANN_OK;
    }
    aann_json_open(json, "samples", '{');
    aann_json_integer(json, "doubtful", doubtful);
    aann_json_integer(json, "of", answers->predictions.sample_count);
    aann_status status = put_values(view, list, count, error);
    aann_json_open(json, "label", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_integer(json, NULL, answers->labels[list[i].index]);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "index", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_integer(json, NULL, list[i].index);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "agreeing", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_integer(json, NULL, list[i].agreeing);
    }
    aann_json_close(json, ']');
    aann_json_integer(json, "members", answers->count);
    if (status == AANN_OK) {
        status = put_answers(view, list, count, error);
    }
    aann_json_close(json, '}');
    return status;
}

aann_status aann_report_put_samples(aann_report_view *view, aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    if (view->regression || answers->count < 2) {
        aann_json_null(json, "samples");
        return AANN_OK;
    }
    if (view->samples == NULL || answers->labels == NULL) {
        aann_json_absent(json, "samples", view->absent);
        return AANN_OK;
    }
    int64_t doubtful = 0;
    doubtful_sample *list = aann_allocate((size_t)answers->predictions.sample_count, sizeof *list);
    aann_status status =
        list != NULL ? rank(answers, list, &doubtful, error) : aann_report_no_memory(error);
    if (status == AANN_OK) {
        status = put_samples(view, list, doubtful, error);
    }
    free(list);
    return status;
}
