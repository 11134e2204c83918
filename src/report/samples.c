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

/* How a sample's inputs become the bytes that are shown of it. */
typedef struct look {
    aann_encoding encoding; /* kind AUTOMATIC: unknown */
    aann_shape shape;       /* of what is shown */
    size_t inputs;          /* of a sample */
} look;

/* Shows the channels that were measured, without the one that is always 127; of a table its columns.
 * Clear with aann_encoding_destroy. */
static look look_at(const aann_report_view *view)
{
    look l = {.shape = view->samples->shape,
              .inputs = (size_t)aann_shape_size(view->samples->shape)};
    aann_encoding *encoding = &l.encoding;
    if (aann_family_encoding(&view->family.row, encoding, NULL) != AANN_OK) {
        *encoding = (aann_encoding){.kind = AANN_ENCODING_AUTOMATIC};
        return l;
    }
    const int64_t known = encoding->rule_count + (encoding->constant ? 1 : 0);
    if (encoding->kind == AANN_ENCODING_TABLE && known == (int64_t)l.inputs &&
        encoding->feature_count <= INT32_MAX) {
        l.shape = (aann_shape){(int32_t)encoding->feature_count, 1, 1};
    } else {
        encoding->kind =
            encoding->kind == AANN_ENCODING_TABLE ? AANN_ENCODING_AUTOMATIC : encoding->kind;
        l.shape.channels -= encoding->constant && l.shape.channels > 1 ? 1 : 0;
    }
    return l;
}

/* Bytes are as they were measured (but for the last bit); others show -127 to 127 as 0 to 254. */
static uint8_t shade(int8_t input, bool is_byte)
{
    const int value = input;
    const int shown = !is_byte ? value + 127 : value < 0 ? 0 : (value * 255 + 63) / 127;
    return (uint8_t)(shown < 0 ? 0 : shown);
}

/* A column of a table as one byte: more is more. Its thresholds that are reached, of all of them; or
 * which of its words it is. */
static uint8_t shade_column(const aann_encoding *encoding, const int8_t *inputs, int32_t column)
{
    int64_t count = 0;
    int64_t sum = 0;
    int64_t word = -1;
    for (int64_t r = 0; r < encoding->rule_count; r++) {
        const aann_input_rule *rule = &encoding->rules[r];
        if (rule->column != column || rule->kind == AANN_INPUT_MISSING) {
            continue;
        }
        if (rule->kind == AANN_INPUT_LEVEL) {
            word = inputs[r] > 0 ? count : word;
        } else {
            sum += rule->kind == AANN_INPUT_RANGE ? inputs[r] + 127 : 2 * inputs[r];
        }
        count++;
    }
    const bool is_words = word >= 0;
    if (count == 0 || (is_words && count == 1)) {
        return is_words ? 254 : 0;
    }
    const int64_t shown = is_words ? 254 * word / (count - 1) : sum / count;
    return (uint8_t)(shown < 0 ? 0 : shown > 254 ? 254 : shown);
}

static void shade_sample(const look *l, const int8_t *inputs, uint8_t *bytes)
{
    const int64_t values = aann_shape_size(l->shape);
    for (int64_t v = 0; v < values; v++) {
        bytes[v] = l->encoding.kind == AANN_ENCODING_TABLE
                       ? shade_column(&l->encoding, inputs, (int32_t)v)
                       : shade(inputs[v], l->encoding.kind == AANN_ENCODING_BYTE);
    }
}

static void put_look(aann_json *json, const look *l)
{
    const aann_shape *shape = &l->shape;
    aann_json_text(json, "kind",
                   shape->height > 1 && shape->width > 1   ? "picture"
                   : shape->height > 1 || shape->width > 1 ? "signal"
                                                           : "table");
    aann_json_integer(json, "channels", shape->channels);
    aann_json_integer(json, "height", shape->height);
    aann_json_integer(json, "width", shape->width);
    aann_json_bool(json, "signed",
                   l->encoding.kind != AANN_ENCODING_BYTE &&
                       l->encoding.kind != AANN_ENCODING_TABLE);
}

static aann_status put_values(aann_report_view *view, const look *l, const doubtful_sample *list,
                              int32_t count, aann_error *error)
{
    const size_t values = (size_t)aann_shape_size(l->shape);
    uint8_t *bytes = aann_allocate(values, (size_t)count);
    for (int32_t i = 0; bytes != NULL && i < count; i++) {
        shade_sample(l, view->samples->inputs + (size_t)list[i].index * l->inputs,
                     bytes + (size_t)i * values);
    }
    if (bytes != NULL) {
        put_look(&view->json, l);
        aann_json_base64(&view->json, "value", bytes, values * (size_t)count);
    }
    free(bytes);
    return bytes != NULL ? AANN_OK : aann_report_no_memory(error);
}

/* ---- who answers what ------------------------------------------------------------------------ */

static aann_status put_answers(aann_report_view *view, const doubtful_sample *list, int32_t count,
                               aann_error *error)
{
    const aann_report_answers *answers = &view->answers;
    const int64_t samples = answers->predictions.sample_count;
    aann_json *json = &view->json;
    int32_t voters[AANN_REPORT_WIRED];
    const int32_t voter_count = aann_report_wired_voters(view, voters);
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

static aann_status put_samples(aann_report_view *view, const look *l, const doubtful_sample *list,
                               int64_t doubtful, aann_error *error)
{
    enum { BYTES_LIMIT = 400000 };
    const aann_report_answers *answers = &view->answers;
    aann_json *json = &view->json;
    const int64_t bytes = aann_shape_size(l->shape);
    const int64_t fit = BYTES_LIMIT / (bytes > 0 ? bytes : 1);
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
    aann_status status = put_values(view, l, list, count, error);
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
        look l = look_at(view);
        status = put_samples(view, &l, list, doubtful, error);
        aann_encoding_destroy(&l.encoding);
    }
    free(list);
    return status;
}
