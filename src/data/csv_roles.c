/* Columns are found by their names. Where the caller says which features there are, nothing is
 * guessed: a column that is missing, or one too many, is an error that names it. */
#include "data/csv_roles.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/error.h"
#include "core/memory.h"

enum { NAMES_SIZE = 256 };

/* A text that names are added to, for messages; what does not fit is counted. */
typedef struct name_list {
    char text[NAMES_SIZE];
    size_t used;
    int64_t count, left_out;
} name_list;

static void add_name(name_list *list, const char *name)
{
    const size_t room = sizeof list->text - list->used;
    const char *between = list->count > 0 ? ", " : "";
    if (list->left_out > 0 || strlen(between) + strlen(name) >= room) {
        list->left_out++;
    } else {
        list->used += (size_t)snprintf(list->text + list->used, room, "%s%s", between, name);
    }
    list->count++;
}

/* " and 12 more", or "". */
static const char *more(const name_list *list, char text[32])
{
    text[0] = '\0';
    if (list->left_out > 0) {
        snprintf(text, 32, " and %" PRId64 " more", list->left_out);
    }
    return text;
}

/* The index of the column, or column_count. */
static size_t find_column(const aann_csv_rows *rows, const char *name, size_t length)
{
    return aann_name_index_find(&rows->by_name, name, length);
}

static aann_status fail_unknown_column(const aann_csv_rows *rows, const char *name, size_t length,
                                       aann_error *error)
{
    name_list names = {.used = 0};
    char rest[32];
    for (size_t i = 0; i < rows->column_count; i++) {
        add_name(&names, rows->names[i]);
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "no column is called '%.*s'; there are: %s%s%s",
                     length < NAMES_SIZE ? (int)length : NAMES_SIZE, name, names.text,
                     more(&names, rest),
                     rows->has_names ? "" : " (the first line has numbers, no names)");
}

/* ---- named columns --------------------------------------------------------------------------- */

/* Gives a role to each of the comma-separated names: "force,torque". With `optional` a name that is
 * not there is passed over, and so is one that has a role: what is left out of other data may have
 * been something in the training data. */
static aann_status give_role(const aann_csv_rows *rows, const char *names, aann_csv_role_kind kind,
                             bool optional, aann_csv_roles *roles, aann_error *error)
{
    while (names != NULL && names[0] != '\0') {
        const size_t length = aann_name_index_next(&rows->by_name, names);
        const size_t column = find_column(rows, names, length);
        if (column == rows->column_count && !optional) {
            return fail_unknown_column(rows, names, length, error);
        }
        const bool taken =
            column < rows->column_count && roles->list[column].kind != AANN_CSV_FEATURE;
        if (taken && !optional) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the column '%s' is named twice: as label, target, group or time, or "
                             "to be left out",
                             rows->names[column]);
        }
        if (column < rows->column_count && !taken) {
            roles->list[column].kind = kind;
            roles->list[column].index = kind == AANN_CSV_TARGET ? roles->target_count++ : 0;
        }
        names += length + (names[length] == ',' ? 1 : 0);
    }
    return AANN_OK;
}

static size_t column_of(const aann_csv_rows *rows, const aann_csv_roles *roles,
                        aann_csv_role_kind kind)
{
    size_t i = 0;
    while (i < rows->column_count && roles->list[i].kind != kind) {
        i++;
    }
    return i;
}

/* ---- the label ------------------------------------------------------------------------------- */

/* The one column with this name, in capitals or not; column_count if there is none, or several. */
static size_t find_usual(const aann_csv_rows *rows, const aann_csv_roles *roles, const char *name)
{
    size_t found = rows->column_count;
    for (size_t i = 0; i < rows->column_count; i++) {
        if (roles->list[i].kind == AANN_CSV_FEATURE && strcasecmp(rows->names[i], name) == 0) {
            if (found < rows->column_count) {
                return rows->column_count;
            }
            found = i;
        }
    }
    return found;
}

/* The column that is the label although nobody said so. */
static size_t guess_label(const aann_csv_rows *rows, const aann_csv_roles *roles, int32_t rules)
{
    const size_t exact = find_column(rows, "label", strlen("label"));
    if (exact < rows->column_count && roles->list[exact].kind == AANN_CSV_FEATURE) {
        return exact;
    }
    for (size_t i = 0; rules > AANN_LOAD_RULES_FIRST && aann_csv_usual_label(i) != NULL; i++) {
        const size_t found = find_usual(rows, roles, aann_csv_usual_label(i));
        if (found < rows->column_count) {
            return found;
        }
    }
    size_t last = rows->column_count;
    while (last > 0 && roles->list[last - 1].kind != AANN_CSV_FEATURE) {
        last--;
    }
    return last > 0 ? last - 1 : rows->column_count;
}

static aann_status choose_label(const aann_csv_rows *rows, const aann_load_options *options,
                                aann_csv_roles *roles, aann_error *error)
{
    const char *name = options->label_column;
    const bool ignored = options->ignore_answers;
    const aann_csv_role_kind kind = ignored ? AANN_CSV_LEFT_OUT : AANN_CSV_LABEL;
    if (name != NULL) {
        return give_role(rows, name, kind, ignored && options->columns != NULL, roles, error);
    }
    const size_t column = guess_label(rows, roles, options->rules);
    if (column < rows->column_count && options->columns == NULL) {
        roles->list[column].kind = kind;
    }
    return AANN_OK;
}

/* ---- features -------------------------------------------------------------------------------- */

/* The names as an option takes them: without blanks between them, and in quotes where a shell needs
 * them. */
static void option_text(const name_list *list, char text[NAMES_SIZE + 3])
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-,";
    char *to = text + 1;
    for (const char *at = list->text; *at != '\0'; at++) {
        *to++ = *at;
        at += strncmp(at, ", ", 2) == 0 ? 1 : 0;
    }
    *to = '\0';
    if (text[1 + strspn(text + 1, plain)] == '\0') {
        memmove(text, text + 1, strlen(text + 1) + 1);
    } else {
        text[0] = '"';
        to[0] = '"';
        to[1] = '\0';
    }
}

static aann_status fail_columns(const name_list *missing, const name_list *further,
                                aann_error *error)
{
    char rest[2][32];
    if (missing->count > 0 && further->count > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "has other columns than the training data: %s%s missing, %s%s not known "
                         "there (further ones can be left out: --drop-columns)",
                         missing->text, more(missing, rest[0]), further->text,
                         more(further, rest[1]));
    }
    if (missing->count > 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "lacks columns that the training data had: %s%s",
                         missing->text, more(missing, rest[0]));
    }
    char option[NAMES_SIZE + 3];
    option_text(further, option);
    return aann_fail(error, AANN_ERROR_FORMAT,
                     "has columns that the training data had not: %s%s; if they mean nothing here: "
                     "--drop-columns %s",
                     further->text, more(further, rest[0]), option);
}

/* Nobody knows what the label is called, but there is only one further column. */
static aann_status take_label(const aann_csv_rows *rows, const aann_load_options *options,
                              aann_csv_roles *roles)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        if (roles->list[i].kind == AANN_CSV_FEATURE && roles->list[i].index < 0) {
            roles->list[i].kind = options->ignore_answers ? AANN_CSV_LEFT_OUT : AANN_CSV_LABEL;
        }
    }
    return AANN_OK;
}

/* The features by their names, in the wanted order. */
static aann_status match_columns(const aann_csv_rows *rows, const aann_load_options *options,
                                 aann_csv_roles *roles, aann_error *error)
{
    name_list missing = {.used = 0};
    name_list further = {.used = 0};
    for (size_t i = 0; i < rows->column_count; i++) {
        if (roles->list[i].kind == AANN_CSV_FEATURE) { /* a target has its index already */
            roles->list[i].index = -1;
        }
    }
    for (int64_t k = 0; k < options->column_count; k++) {
        const char *name = options->columns[k];
        const size_t column = find_column(rows, name, strlen(name));
        if (column < rows->column_count && roles->list[column].kind == AANN_CSV_FEATURE) {
            if (roles->list[column].index >= 0) {
                return aann_fail(error, AANN_ERROR_ARGUMENT,
                                 "the wanted column '%.100s' is named twice", name);
            }
            roles->list[column].index = (int32_t)k;
        } else {
            add_name(&missing, name);
        }
    }
    for (size_t i = 0; i < rows->column_count; i++) {
        const bool unknown = roles->list[i].kind == AANN_CSV_FEATURE && roles->list[i].index < 0;
        if (unknown && i == rows->index_column && options->drop_columns == NULL) {
            roles->list[i].kind = AANN_CSV_LEFT_OUT;
        } else if (unknown) {
            add_name(&further, rows->names[i]);
        }
    }
    roles->feature_count = (int32_t)options->column_count;
    if (missing.count == 0 && further.count == 1 && options->label_column == NULL &&
        options->target_columns == NULL) {
        return take_label(rows, options, roles);
    }
    return missing.count + further.count == 0 ? AANN_OK : fail_columns(&missing, &further, error);
}

/* A file without names, of which the caller says that its columns are in the order of the training
 * data: the features, and perhaps the label behind them. */
static aann_status match_places(const aann_csv_rows *rows, const aann_load_options *options,
                                aann_csv_roles *roles, aann_error *error)
{
    const size_t wanted = (size_t)options->column_count;
    const bool label_follows = rows->column_count == wanted + 1 && options->target_columns == NULL;
    if (options->header != AANN_HEADER_NO) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "its first line has no names of columns, and the training data had names; "
                         "add them, or say that the columns are in the same order: --header no");
    }
    if (label_follows && options->columns_scattered) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "%zu columns without names; expected the %zu features alone, because in the "
            "training data the label or another column stood before them; or add names",
            rows->column_count, wanted);
    }
    if (rows->column_count != wanted && !label_follows) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "%zu columns without names; expected the %zu features of the training "
                         "data, or these and the label",
                         rows->column_count, wanted);
    }
    for (size_t i = 0; i < rows->column_count; i++) {
        roles->list[i] = (aann_csv_role){.kind = i < wanted                ? AANN_CSV_FEATURE
                                                 : options->ignore_answers ? AANN_CSV_LEFT_OUT
                                                                           : AANN_CSV_LABEL,
                                         .index = (int32_t)i};
    }
    roles->feature_count = (int32_t)wanted;
    return AANN_OK;
}

/* Whether the names that are looked for were made for a table without names. */
static bool are_made_names(const aann_load_options *options)
{
    bool made = true;
    for (int64_t k = 0; k < options->column_count; k++) {
        made = made && strncmp(options->columns[k], "column ", strlen("column ")) == 0;
    }
    return made;
}

static aann_status count_features(const aann_csv_rows *rows, const aann_load_options *options,
                                  aann_csv_roles *roles, aann_error *error)
{
    if (rows->index_column < rows->column_count && options->drop_columns == NULL &&
        options->rules > AANN_LOAD_RULES_FIRST &&
        roles->list[rows->index_column].kind == AANN_CSV_FEATURE) {
        roles->list[rows->index_column].kind = AANN_CSV_LEFT_OUT;
    }
    for (size_t i = 0; i < rows->column_count; i++) {
        if (roles->list[i].kind == AANN_CSV_FEATURE) {
            roles->list[i].index = roles->feature_count++;
        }
    }
    if (roles->feature_count > 0) {
        return AANN_OK;
    }
    const bool alone = rows->column_count == 1;
    return aann_fail(
        error, AANN_ERROR_FORMAT,
        "line %" PRId64
        ": no column is left as a feature (column '%.100s' is the label or a target)%s",
        rows->scanner.next_line > 1 ? (int64_t)1 : rows->scanner.next_line,
        rows->names[rows->column_count - 1],
        alone ? "; cells are separated by commas, semicolons, tabs, bars or blanks, or "
                "by what --delimiter says"
              : "");
}

/* ---- everything ------------------------------------------------------------------------------ */

static aann_status choose(const aann_csv_rows *rows, const aann_load_options *options,
                          aann_csv_roles *roles, aann_error *error)
{
    const bool by_name = options->columns != NULL;
    if (options->target_columns != NULL && options->label_column != NULL &&
        options->label_column[0] != '\0') {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a label column and target columns exclude each other");
    }
    if (by_name && !rows->has_names && !are_made_names(options)) {
        return match_places(rows, options, roles, error);
    }
    aann_status status =
        give_role(rows, options->drop_columns, AANN_CSV_LEFT_OUT, by_name, roles, error);
    if (status == AANN_OK) {
        status = give_role(rows, options->group_column, AANN_CSV_GROUP, by_name, roles, error);
    }
    if (status == AANN_OK) {
        status = give_role(rows, options->time_column, AANN_CSV_TIME, by_name, roles, error);
    }
    if (status == AANN_OK) {
        status = options->target_columns != NULL
                     ? give_role(rows, options->target_columns,
                                 options->ignore_answers ? AANN_CSV_LEFT_OUT : AANN_CSV_TARGET,
                                 options->ignore_answers && by_name, roles, error)
                     : choose_label(rows, options, roles, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    return by_name ? match_columns(rows, options, roles, error)
                   : count_features(rows, options, roles, error);
}

aann_status aann_csv_roles_choose(const aann_csv_rows *rows, const aann_load_options *options,
                                  aann_csv_roles *roles, aann_error *error)
{
    *roles =
        (aann_csv_roles){.list = aann_allocate_zeroed(rows->column_count, sizeof *roles->list)};
    if (roles->list == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns",
                         rows->column_count);
    }
    const aann_status status = choose(rows, options, roles, error);
    roles->label_column = column_of(rows, roles, AANN_CSV_LABEL);
    roles->group_column = column_of(rows, roles, AANN_CSV_GROUP);
    roles->time_column = column_of(rows, roles, AANN_CSV_TIME);
    return status;
}
