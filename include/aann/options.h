/* The options of a search as a table. The command line, settings files, the documentation and
 * bindings read it, so none of them has a list that can disagree.
 *
 *     size_t count;
 *     const aann_option *table = aann_option_table(&count);
 *     for (size_t i = 0; i < count; i++) {
 *         printf("%s: %s\n", table[i].name, table[i].help);
 *     }
 *
 * Options can be set and read by name, as texts:
 *
 *     aann_error error;
 *     aann_search_options options = aann_search_options_default();
 *     if (aann_search_options_set(&options, "first_samples", "1e4", &error) != AANN_OK) {
 *         fprintf(stderr, "%s\n", error.message);
 *     }
 *     char text[AANN_OPTION_TEXT_SIZE];
 *     aann_search_options_format(&options, "first_samples", text, sizeof text, &error);
 *
 * The table is constant; every function here is safe to call from any thread. */
#ifndef AANN_OPTIONS_H
#define AANN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/search.h"
#include "aann/status.h"
#include "aann/task.h"
#include "aann/visibility.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that are enough for any option as a text, the final NUL included. */
enum { AANN_OPTION_TEXT_SIZE = 2048 };

typedef enum aann_option_type {
    AANN_OPTION_UNSIGNED, /* uint64_t */
    AANN_OPTION_INT64,    /* int64_t */
    AANN_OPTION_INT32,    /* int32_t */
    AANN_OPTION_REAL,     /* double */
    AANN_OPTION_BOOL,     /* bool */
    AANN_OPTION_REALS,    /* double[capacity]; the list ends before the trailing zeros */
    AANN_OPTION_METHOD,   /* aann_search_method, by its name */
    AANN_OPTION_ISA       /* const char *: the name of an instruction set, or NULL for "auto" */
} aann_option_type;

/* What an option is about: the headings of a help text, in this order. */
typedef enum aann_option_group {
    AANN_OPTION_BUDGET = 0,
    AANN_OPTION_SEARCH,
    AANN_OPTION_SAMPLES,
    AANN_OPTION_LAYERS,
    AANN_OPTION_DEVELOPMENT,
    AANN_OPTION_REGRESSION,
    AANN_OPTION_BASELINES,
    AANN_OPTION_DRIVING,
    AANN_OPTION_MACHINE
} aann_option_group;

enum { AANN_OPTION_GROUP_COUNT = 9 };

typedef struct aann_option {
    /* with underscores, as in the struct, in JSON and in Python; on a command line with dashes */
    const char *name;
    aann_option_type type;
    aann_option_group group;

    /* bytes from the beginning of aann_search_options */
    size_t offset;

    /* maximum of numbers in a list; 1 for other types */
    size_t capacity;

    /* inclusive range of the number, or of each in a list; unused for other types */
    double minimum;
    double maximum;

    /* the default: the number, 0 or 1, or a method; in a list, each of its numbers */
    double initial;

    /* METHOD and ISA: the possible names, then NULL; NULL for other types */
    const char *const *choices;

    /* what stands for the value in a help text: "N"; NULL for BOOL */
    const char *argument;

    /* one line that says what the option does, without its default */
    const char *help;

    /* false: the value changes only the speed, not the networks */
    bool determines_result;
} aann_option;

/* options[*count], in the order of the options in a study's JSON. */
AANN_API const aann_option *aann_option_table(size_t *count);

/* The option called "first_samples", "first-samples" or "--first-samples"; NULL if there is
 * none. */
AANN_API const aann_option *aann_option_find(const char *name);

/* The heading of a group: "Budget", "Search", ... */
AANN_API const char *aann_option_group_name(aann_option_group group);

/* The name of a type: "uint64", "int64", "int32", "real", "bool", "reals", "method" or "isa". */
AANN_API const char *aann_option_type_name(aann_option_type type);

/* Writes the possible values: "1 to 16", "true or false", "sense, hill, random or genetic". 96
 * bytes are enough; a longer text is cut off. */
AANN_API void aann_option_range(const aann_option *option, char *text, size_t size);

/* Sets one option from a text: a number (integers may be written "1e5"), a list "1,2,3", "true" or
 * "false", or a name. An unknown name or a wrong value is AANN_ERROR_ARGUMENT: the message has the
 * name as given, the value and the range, and the options are unchanged. Contradictions between
 * options are left to aann_search_options_check. */
AANN_API aann_status aann_search_options_set(aann_search_options *options, const char *name,
                                             const char *text, aann_error *error);

/* Writes one option as a text that aann_search_options_set reads back to the bit. */
AANN_API aann_status aann_search_options_format(const aann_search_options *options,
                                                const char *name, char *text, size_t size,
                                                aann_error *error);

/* Sets the options for which the task has its own defaults. Call it before the user's options are
 * set. */
AANN_API void aann_search_options_apply_preset(aann_search_options *options,
                                               const aann_task_preset *preset);

/* Regression: weights every output's error by 1 / variance of its targets, so that all outputs
 * count equally and the best constant has a loss of 1 per output. An output with constant targets
 * gets the weight 1. Does nothing for samples without targets. The program does this for every
 * regression. */
AANN_API void aann_search_options_balance_targets(aann_search_options *options,
                                                  const aann_samples *samples);

/* Classification: sets loss_scale to what suits networks of this spec, the power of two from 1 to 8
 * that is nearest to half the root of the synapses of an output (docs/search.md has what that is
 * worth). Does nothing for samples with targets. The program and the Python package do this for
 * networks that the user names, before they apply the user's options. */
AANN_API void aann_search_options_choose_loss_scale(aann_search_options *options,
                                                    const aann_samples *samples,
                                                    const aann_spec *spec);

/* Parse the numbers of options. If the whole text is not such a number, they return false and leave
 * *value unchanged. An integer may have a fraction or an exponent if its value is whole ("1e5",
 * "2.5e3", "7.0"); it is read exactly. */
AANN_API bool aann_uint64_parse(const char *text, uint64_t *value);
AANN_API bool aann_int64_parse(const char *text, int64_t *value);

/* A finite number with a decimal point, whatever the locale of the program; at most 1000
 * characters. */
AANN_API bool aann_real_parse(const char *text, double *value);

#ifdef __cplusplus
}
#endif

#endif
