/* The input of an exported network: of what type its values are, and in what units. */
#include "export/c_input.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "samples/dataset.h"
#include "samples/encoding.h"

enum { LARGEST_POWER = 9, FINEST = 1000000000, RANGES_LIMIT = 16384, FEWEST_STEPS = 10 };

/* Numbers have about this many steps over the range of a column. */
static const double fine_enough = 1e4;
static const double largest_number = 1e9;

/* Encodings other than that of tables round values to float. From here on a float is not as fine as
 * the numbers, and levels would not begin on a line. */
static const double exact_number = 4194304.0;

/* ---- the kind -------------------------------------------------------------------------------- */

static aann_export_c_input choose_kind(const aann_encoding *encoding)
{
    if (encoding == NULL) {
        return AANN_EXPORT_C_INPUT_ENCODED;
    }
    return encoding->kind == AANN_ENCODING_BYTE ? AANN_EXPORT_C_INPUT_BYTES
                                                : AANN_EXPORT_C_INPUT_NUMBERS;
}

static aann_status check_kind(const aann_c_input *input, const aann_encoding *encoding,
                              const aann_export_c_options *options, aann_error *error)
{
    if (input->kind < AANN_EXPORT_C_INPUT_BYTES || input->kind > AANN_EXPORT_C_INPUT_ENCODED) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no kind of input with number %d",
                         (int)input->kind);
    }
    const bool bytes = encoding != NULL && encoding->kind == AANN_ENCODING_BYTE;
    if (input->kind == AANN_EXPORT_C_INPUT_BYTES && !bytes) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the model does not read bytes: expected numbers or encoded input");
    }
    if (input->kind == AANN_EXPORT_C_INPUT_NUMBERS && (bytes || encoding == NULL)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "the model does not read numbers: expected %sencoded input",
                         bytes ? "bytes or " : "");
    }
    if (input->kind != AANN_EXPORT_C_INPUT_NUMBERS && options->per_unit_count != 0) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "numbers per unit are for an input of numbers only");
    }
    return AANN_OK;
}

/* ---- units ----------------------------------------------------------------------------------- */

int64_t aann_c_input_first_rule(const aann_encoding *encoding, int64_t column)
{
    int64_t low = 0;
    int64_t high = encoding->rule_count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (encoding->rules[middle].column < column) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whether two values of a table's column give the same inputs. */
static bool is_encoded_alike(const aann_encoding *encoding, int64_t column, double a, double b)
{
    bool alike = true;
    int64_t i = aann_c_input_first_rule(encoding, column);
    for (; alike && i < encoding->rule_count && encoding->rules[i].column == column; i++) {
        const aann_input_rule *rule = &encoding->rules[i];
        alike = aann_input_rule_value(rule, a) == aann_input_rule_value(rule, b);
    }
    return alike;
}

/* Digits that the encoding does not see may be lost: most encodings round to 32-bit floats; a table's
 * thresholds may tell doubles apart. */
bool aann_c_input_number(const aann_c_input *input, int64_t feature, double value, int64_t per_unit,
                         int64_t *number)
{
    const double nearest = round(value * (double)per_unit);
    const double back = nearest / (double)per_unit;
    if (!(fabs(nearest) <= (double)INT32_MAX)) {
        return false;
    }
    *number = (int64_t)nearest;
    return back == value || ((float)back == (float)value &&
                             (input->encoding->kind != AANN_ENCODING_TABLE ||
                              is_encoded_alike(input->encoding, feature, back, value)));
}

/* Finer units, if the samples of the self-test have more decimals. */
static int64_t suit_samples(const aann_export_c_options *options, const aann_c_input *input,
                            int64_t feature, int64_t per_unit, double magnitude)
{
    const aann_dataset *samples = options->self_test;
    const int64_t count = samples != NULL ? aann_dataset_count(samples) : 0;
    int64_t number;
    int64_t finer = per_unit;
    if (aann_shape_size(input->shape) != input->value_count) {
        return per_unit;
    }
    for (int64_t i = 0; i < count && i < options->self_test_count; i++) {
        const double value = aann_dataset_value(samples, i * input->value_count + feature);
        while (isfinite(value) && !aann_c_input_number(input, feature, value, finer, &number)) {
            finer *= 10;
            if (finer > FINEST || magnitude * (double)finer > exact_number) {
                return per_unit; /* no decimal numbers; the self-test says so */
            }
        }
    }
    return finer;
}

/* A power of ten with which the range [low, high] has steps enough. */
static int64_t choose_per_unit(double low, double high)
{
    const double magnitude = fmax(fabs(low), fabs(high));
    const double range = high > low ? high - low : magnitude;
    int64_t per_unit = 1;
    for (int power = 0; power < LARGEST_POWER; power++) {
        if (range * (double)per_unit >= fine_enough ||
            magnitude * (double)per_unit * 10.0 > largest_number || range == 0.0) {
            break;
        }
        per_unit *= 10;
    }
    return per_unit;
}

/* Of a column of a table: the range of what its inputs compare it with; false if they do not. */
static bool find_column_bounds(const aann_encoding *encoding, int64_t column, double *low,
                               double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    int64_t i = aann_c_input_first_rule(encoding, column);
    for (; i < encoding->rule_count && encoding->rules[i].column == column; i++) {
        const aann_input_rule *rule = &encoding->rules[i];
        if (rule->kind != AANN_INPUT_MISSING) {
            *low = fmin(*low, rule->low);
            *high = fmax(*high, rule->kind == AANN_INPUT_RANGE ? rule->high : rule->low);
        }
    }
    return *high >= *low;
}

/* The range of what is measured; false where there are no units to choose: words, yes and no. */
static bool find_bounds(const aann_c_input *input, int64_t index, double *low, double *high)
{
    const aann_encoding *encoding = input->encoding;
    const aann_c_measure measure = {encoding, index, NULL, 1};
    if (encoding->kind == AANN_ENCODING_TABLE) {
        return encoding->columns[index].kind == AANN_COLUMN_NUMBER &&
               find_column_bounds(encoding, index, low, high);
    }
    aann_c_measure_bounds(&measure, low, high);
    return true;
}

static int64_t choose_for_value(const aann_export_c_options *options, const aann_c_input *input,
                                int64_t index)
{
    double low;
    double high;
    const bool table = input->encoding->kind == AANN_ENCODING_TABLE;
    if (!find_bounds(input, index, &low, &high)) {
        return table && input->encoding->columns[index].kind == AANN_COLUMN_NUMBER
                   ? suit_samples(options, input, index, 1, 0.0)
                   : 1;
    }
    return suit_samples(options, input, index, choose_per_unit(low, high),
                        table ? 0.0 : fmax(fabs(low), fabs(high)));
}

/* Refuses units that nobody chose and that tell nothing: numbers stay below a billion, which leaves few
 * steps to a range that is very narrow beside its distance from 0, or very small. */
static aann_status check_steps(const aann_c_input *input, aann_error *error)
{
    const bool table = input->encoding->kind == AANN_ENCODING_TABLE;
    for (int64_t i = 0; i < input->value_count; i++) {
        double low;
        double high;
        if (!find_bounds(input, i, &low, &high) || (!table && !(high > low))) {
            continue;
        }
        const double range = high > low ? high - low : fabs(high);
        if (range > 0.0 && range * (double)input->per_unit[i] < FEWEST_STEPS) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%s %" PRId64
                             ": its range has fewer than %d whole numbers of 1/%" PRId64
                             ": export with encoded input",
                             table ? "column" : "value", i + 1, FEWEST_STEPS, input->per_unit[i]);
        }
    }
    return AANN_OK;
}

/* One number for all values, for each channel, or for each value. */
static aann_status choose_units(const aann_export_c_options *options, aann_c_input *input,
                                aann_error *error)
{
    const int64_t count = input->value_count;
    const int64_t given = options->per_unit_count;
    if (given != 0 && given != 1 && given != input->shape.channels && given != count) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64 " numbers per unit for %" PRId64
                         " values: expected 1, or one for each",
                         given, count);
    }
    for (int64_t i = 0; i < given; i++) {
        if (options->per_unit[i] < 1) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "%" PRId32 " numbers per unit: expected 1 or more",
                             options->per_unit[i]);
        }
    }
    for (int64_t i = 0; i < count; i++) {
        input->per_unit[i] = given == 0   ? choose_for_value(options, input, i)
                             : given == 1 ? options->per_unit[0]
                                          : options->per_unit[i * given / count];
    }
    return AANN_OK;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* Whether values a and b are encoded in the same way. */
static bool is_same(const aann_c_input *input, int64_t a, int64_t b)
{
    const aann_encoding *encoding = input->encoding;
    return input->per_unit[a] == input->per_unit[b] &&
           (encoding->kind == AANN_ENCODING_GLOBAL ||
            (encoding->minimum[a] == encoding->minimum[b] &&
             encoding->maximum[a] == encoding->maximum[b]));
}

/* In how many equal parts the values can be divided, so that all in a part are encoded alike: 1, the
 * channels, or every value. */
static int64_t count_parts(const aann_c_input *input)
{
    const int64_t count = input->value_count;
    const int64_t candidates[] = {1, input->shape.channels};
    for (int candidate = 0; candidate < 2; candidate++) {
        const int64_t size = count / candidates[candidate];
        bool good = true;
        for (int64_t i = 0; good && i < count; i++) {
            good = is_same(input, i, i / size * size);
        }
        if (good) {
            return candidates[candidate];
        }
    }
    return count;
}

/* The range of values first..first + size - 1, which are encoded alike. Units that nobody asked for
 * may be too fine for the encoding's floats, where a range is far from 0: they become coarser. */
static aann_status find_range(aann_c_input *input, int64_t first, int64_t size, bool given,
                              aann_c_range *range, aann_error *error)
{
    aann_c_measure measure = {input->encoding, first, NULL, input->per_unit[first]};
    aann_status status = aann_c_range_find(&measure, range, error);
    while (status == AANN_ERROR_ARGUMENT && !given && measure.per_unit > 1) {
        measure.per_unit /= 10;
        status = aann_c_range_find(&measure, range, error);
    }
    for (int64_t i = first; i < first + size; i++) {
        input->per_unit[i] = measure.per_unit;
    }
    return status;
}

static aann_status find_ranges(aann_c_input *input, bool given, aann_error *error)
{
    input->range_count = count_parts(input);
    if (input->range_count > RANGES_LIMIT) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%" PRId64 " values have ranges of their own; expected at most %d: export "
                         "with encoded input",
                         input->range_count, RANGES_LIMIT);
    }
    input->ranges = aann_allocate((size_t)input->range_count, sizeof *input->ranges);
    if (input->ranges == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
    }
    const int64_t size = input->value_count / input->range_count;
    for (int64_t i = 0; i < input->range_count; i++) {
        const aann_status status =
            find_range(input, i * size, size, given, &input->ranges[i], error);
        if (status != AANN_OK) {
            return aann_fail_prefix(error, status, "value %" PRId64, i * size + 1);
        }
    }
    return AANN_OK;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static aann_status find_rule(aann_c_input *input, int64_t index, aann_error *error)
{
    const aann_input_rule *rule = &input->encoding->rules[index];
    const aann_c_measure measure = {input->encoding, rule->column, rule,
                                    input->per_unit[rule->column]};
    switch (rule->kind) {
    case AANN_INPUT_RANGE:
        return aann_c_range_find(&measure, &input->ranges[input->range_count++], error);
    case AANN_INPUT_THRESHOLD:
        if (!aann_c_measure_limit(&measure, AANN_ACTIVATION_MAX, &input->limits[index])) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "a threshold does not fit 32-bit numbers of 1/%" PRId64,
                             measure.per_unit);
        }
        return AANN_OK;
    case AANN_INPUT_LEVEL: input->limits[index] = (int64_t)rule->low; return AANN_OK;
    case AANN_INPUT_MISSING: break;
    }
    return AANN_OK;
}

static aann_status find_rules(aann_c_input *input, aann_error *error)
{
    const aann_encoding *encoding = input->encoding;
    input->limits = aann_allocate_zeroed((size_t)encoding->rule_count, sizeof *input->limits);
    input->ranges = aann_allocate_zeroed((size_t)encoding->rule_count, sizeof *input->ranges);
    if (input->limits == NULL || input->ranges == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
    }
    for (int64_t i = 0; i < encoding->rule_count; i++) {
        const aann_status status = find_rule(input, i, error);
        if (status != AANN_OK) {
            return aann_fail_prefix(error, status, "column %" PRId32,
                                    encoding->rules[i].column + 1);
        }
    }
    return AANN_OK;
}

/* Words are numbered; a number times something else would be none. */
static aann_status check_words(const aann_c_input *input, aann_error *error)
{
    for (int64_t i = 0; i < input->value_count; i++) {
        if (input->encoding->columns[i].kind == AANN_COLUMN_WORDS && input->per_unit[i] != 1) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "column %" PRId64 " holds words: expected 1 number per unit", i + 1);
        }
    }
    return AANN_OK;
}

/* ---- the input ------------------------------------------------------------------------------- */

static aann_status make_numbers(const aann_export_c_options *options, aann_c_input *input,
                                aann_error *error)
{
    input->value_count = aann_shape_size(input->shape);
    input->per_unit = aann_allocate((size_t)input->value_count, sizeof *input->per_unit);
    if (input->per_unit == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for an export");
    }
    aann_status status = choose_units(options, input, error);
    if (status == AANN_OK && input->encoding->kind == AANN_ENCODING_TABLE) {
        status = check_words(input, error);
        status = status == AANN_OK ? find_rules(input, error) : status;
    } else if (status == AANN_OK) {
        status = find_ranges(input, options->per_unit_count != 0, error);
    }
    return status == AANN_OK && options->per_unit_count == 0 ? check_steps(input, error) : status;
}

aann_status aann_c_input_make(const aann_model *model, const aann_export_c_options *options,
                              aann_c_input *input, aann_error *error)
{
    const aann_encoding *encoding = aann_model_describe(model)->encoding;
    const aann_shape read = aann_network_spec(aann_model_network(model))->input;
    *input = (aann_c_input){.kind = options->input, .shape = read};
    if (input->kind == AANN_EXPORT_C_INPUT_AUTOMATIC) {
        input->kind = choose_kind(encoding);
    }
    aann_status status = check_kind(input, encoding, options, error);
    if (status == AANN_OK && input->kind != AANN_EXPORT_C_INPUT_ENCODED) {
        input->encoding = encoding;
        input->shape = aann_encoding_measured_shape(encoding, read);
        input->constant = encoding->constant;
    }
    if (status == AANN_OK && input->kind == AANN_EXPORT_C_INPUT_NUMBERS) {
        status = make_numbers(options, input, error);
    }
    return status;
}

void aann_c_input_clear(aann_c_input *input)
{
    free(input->per_unit);
    free(input->ranges);
    free(input->limits);
    *input = (aann_c_input){0};
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
