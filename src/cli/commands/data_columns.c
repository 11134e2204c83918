/* Columns are looked at as they will be encoded: the encoding is fitted, and tells what becomes of
 * each. */
#include "cli/commands/data_columns.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/shared/text.h"

enum { COLUMNS_SHOWN = 60, WORDS_SHOWN = 4, TEXT_SIZE = 160, TIMESTAMP = 100000000 };
/* Values this many times farther from the middle half than it is wide are called wild. */
static const double wild = 20.0;

/* What is known of one column. */
typedef struct column_facts {
    const aann_column *column;
    double minimum, maximum; /* NAN: no value */
    int64_t missing, distinct, wild_count;
    bool is_whole; /* all values are whole numbers */
    int64_t rows;
    int32_t inputs; /* that it becomes; negative: not known */
} column_facts;

static int compare(const void *a, const void *b)
{
    const double one = *(const double *)a;
    const double two = *(const double *)b;
    return (one > two) - (one < two);
}

static void measure_sorted(const double *values, int64_t count, column_facts *facts)
{
    const double low = values[count / 4];
    const double high = values[count - 1 - count / 4];
    facts->minimum = values[0];
    facts->maximum = values[count - 1];
    facts->is_whole = true;
    for (int64_t i = 0; i < count; i++) {
        facts->distinct += i == 0 || values[i] != values[i - 1] ? 1 : 0;
        facts->is_whole = facts->is_whole && values[i] == floor(values[i]);
        const double away = values[i] < low ? low - values[i] : values[i] - high;
        facts->wild_count += high > low && away > wild * (high - low) ? 1 : 0;
    }
}

static column_facts measure(const aann_dataset *dataset, int64_t index,
                            const aann_encoding *encoding)
{
    const double *table = aann_dataset_table(dataset);
    const int64_t columns = aann_dataset_column_count(dataset);
    const int64_t rows = aann_dataset_count(dataset);
    column_facts facts = {.column = aann_dataset_column(dataset, index),
                          .minimum = (double)NAN,
                          .maximum = (double)NAN,
                          .rows = rows,
                          .inputs = encoding->kind == AANN_ENCODING_TABLE ? 0 : -1};
    double *values = malloc((size_t)(rows + 1) * sizeof *values);
    int64_t count = 0;
    for (int64_t row = 0; values != NULL && row < rows; row++) {
        const double value = table[row * columns + index];
        if (isnan(value)) {
            facts.missing++;
        } else {
            values[count++] = value;
        }
    }
    if (count > 0) {
        qsort(values, (size_t)count, sizeof *values, compare);
        measure_sorted(values, count, &facts);
    }
    free(values);
    for (int64_t r = 0; r < encoding->rule_count; r++) {
        facts.inputs += encoding->rules[r].column == index ? 1 : 0;
    }
    return facts;
}

static const char *kind_name(const column_facts *facts)
{
    switch (facts->column->kind) {
    case AANN_COLUMN_BOOLEAN: return "yes/no";
    case AANN_COLUMN_WORDS: return "words";
    case AANN_COLUMN_NUMBER: break;
    }
    return "number";
}

/* "0.1 to 2.5", or "3 words: cat, dog, owl". */
static void describe_values(const column_facts *facts, char text[TEXT_SIZE])
{
    const aann_column *column = facts->column;
    if (column->kind == AANN_COLUMN_WORDS) {
        size_t used = (size_t)snprintf(text, TEXT_SIZE, "%d word%s:", column->level_count,
                                       column->level_count == 1 ? "" : "s");
        for (int32_t i = 0; i < column->level_count && i < WORDS_SHOWN && used < TEXT_SIZE; i++) {
            used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s %.20s", i > 0 ? "," : "",
                                     column->levels[i]);
        }
        if (column->level_count > WORDS_SHOWN && used < TEXT_SIZE) {
            snprintf(text + used, TEXT_SIZE - used, ", ...");
        }
    } else if (isnan(facts->minimum)) {
        snprintf(text, TEXT_SIZE, "no value");
    } else {
        snprintf(text, TEXT_SIZE, "%.8g to %.8g", facts->minimum, facts->maximum);
    }
}

/* What makes a column worth a second look; "" if nothing does. */
static void describe_doubt(const column_facts *facts, char text[TEXT_SIZE])
{
    const int64_t present = facts->rows - facts->missing;
    const bool number = facts->column->kind == AANN_COLUMN_NUMBER;
    text[0] = '\0';
    if (facts->distinct <= 1) {
        snprintf(text, TEXT_SIZE, "constant: it tells nothing");
    } else if (!number && facts->distinct == present && present > 2) {
        snprintf(text, TEXT_SIZE, "every word occurs once: a name? --drop-columns");
    } else if (number && facts->is_whole && facts->distinct == present && present > 8 &&
               facts->maximum - facts->minimum + 1.0 == (double)present) {
        snprintf(text, TEXT_SIZE, "counts the rows: an index? --drop-columns");
    } else if (facts->wild_count > 0) {
        snprintf(text, TEXT_SIZE, "%" PRId64 " value%s far from all others: a mistake?",
                 facts->wild_count, facts->wild_count == 1 ? "" : "s");
    } else if (number && facts->is_whole && facts->minimum >= TIMESTAMP &&
               facts->distinct > present / 2) {
        snprintf(text, TEXT_SIZE, "times or numbers of things? --time-column, --drop-columns");
    } else if (facts->missing > present) {
        snprintf(text, TEXT_SIZE, "mostly missing");
    }
}

static void print_column(const column_facts *facts)
{
    char values[TEXT_SIZE];
    char doubt[TEXT_SIZE];
    char becomes[32] = "";
    describe_values(facts, values);
    describe_doubt(facts, doubt);
    if (facts->inputs >= 0) {
        snprintf(becomes, sizeof becomes, "%d input%s", facts->inputs,
                 facts->inputs == 1 ? "" : "s");
    }
    cli_print("  %-18.18s %-7s %-34.60s %7" PRId64 "  %-10s %s\n", facts->column->name,
              kind_name(facts), values, facts->missing, becomes, doubt);
}

/* Fits the encoding that a search would use; kind AUTOMATIC if that fails. */
static aann_encoding fit(const aann_dataset *dataset)
{
    aann_encoding encoding = {.kind = AANN_ENCODING_AUTOMATIC};
    aann_error ignored;
    if (aann_encoding_fit(dataset, AANN_ENCODING_AUTOMATIC, &encoding, &ignored) != AANN_OK) {
        encoding = (aann_encoding){.kind = AANN_ENCODING_AUTOMATIC};
    }
    return encoding;
}

void data_print_columns(const aann_dataset *dataset)
{
    const int64_t count = aann_dataset_column_count(dataset);
    if (count == 0) {
        return;
    }
    aann_encoding encoding = fit(dataset);
    cli_print("  %-18s %-7s %-34s %7s  %-10s\n", "column", "kind", "values", "missing", "becomes");
    for (int64_t i = 0; i < count && i < COLUMNS_SHOWN; i++) {
        const column_facts facts = measure(dataset, i, &encoding);
        print_column(&facts);
    }
    if (count > COLUMNS_SHOWN) {
        cli_print("  and %" PRId64 " more columns (--json has them all)\n", count - COLUMNS_SHOWN);
    }
    aann_encoding_destroy(&encoding);
}

json_t *data_columns_json(const aann_dataset *dataset)
{
    const int64_t count = aann_dataset_column_count(dataset);
    json_t *array = json_array();
    aann_encoding encoding = count > 0 ? fit(dataset) : (aann_encoding){0};
    for (int64_t i = 0; i < count; i++) {
        const column_facts facts = measure(dataset, i, &encoding);
        const bool words = facts.column->kind == AANN_COLUMN_WORDS;
        char doubt[TEXT_SIZE];
        describe_doubt(&facts, doubt);
        json_array_append_new(
            array,
            json_pack("{s:o, s:s, s:o, s:o, s:I, s:I, s:o, s:o}", "name",
                      cli_json_text(facts.column->name), "kind", kind_name(&facts), "minimum",
                      words ? json_null() : cli_json_real(facts.minimum), "maximum",
                      words ? json_null() : cli_json_real(facts.maximum), "missing",
                      (json_int_t)facts.missing, "distinct", (json_int_t)facts.distinct, "inputs",
                      facts.inputs >= 0 ? json_integer(facts.inputs) : json_null(), "doubt",
                      doubt[0] != '\0' ? json_string(doubt) : json_null()));
    }
    aann_encoding_destroy(&encoding);
    return array;
}

void data_print_origin(const aann_dataset *dataset)
{
    const aann_table_origin origin = aann_dataset_origin(dataset);
    static const struct {
        char delimiter;
        const char *name;
    } names[] = {
        {',', "commas"}, {';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}, {' ', "blanks"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].delimiter == origin.delimiter) {
            cli_print("  cells separated by %s%s; the first line %s%s%s\n", names[i].name,
                      origin.decimal == ',' ? ", decimal commas" : "",
                      origin.has_names ? "has the names" : "is data: columns have no names",
                      origin.index_left_out ? "; an index without a name is left out" : "",
                      origin.is_repaired ? "; not UTF-8: read as Windows-1252" : "");
        }
    }
    if (aann_dataset_label_name(dataset) != NULL) {
        cli_print("  label: column '%s'\n", aann_dataset_label_name(dataset));
    }
}
