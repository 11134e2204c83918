/* Notes are about what makes results mean less than they seem to: an accuracy that the largest class
 * alone would give, a class that is never judged, a split of a few samples. */
#include "family/notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/real_text.h"
#include "samples/dataset.h"

enum { NOTES_SIZE = 2048, SMALL_SPLIT = 30, NAMED_CLASSES = 5, NAMED_COLUMNS = 5, PERCENT = 100 };
/* More classes than this, with fewer samples each on average, may be numbers to be predicted. */
enum { USUAL_CLASSES = 10, SAMPLES_OF_A_CLASS = 8 };
/* A class is called the largest where it has this many times its equal share. */
static const double unequal = 1.5;

typedef struct notes {
    char text[NOTES_SIZE];
    size_t used;
} notes;

static void add(notes *all, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(notes *all, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const size_t room = sizeof all->text - all->used;
    const int written = vsnprintf(all->text + all->used, room, format, arguments);
    va_end(arguments);
    if (written > 0 && (size_t)written < room) {
        all->used += (size_t)written;
    } else {
        all->text[all->used] = '\0'; /* a note that does not fit is left out */
    }
}

/* int64 [classes], malloc'ed. */
static int64_t *count_classes(const aann_samples *samples)
{
    int64_t *counts = aann_allocate_zeroed((size_t)samples->class_count + 1, sizeof *counts);
    for (int64_t i = 0; counts != NULL && i < samples->count; i++) {
        counts[samples->labels[i]]++;
    }
    return counts;
}

/* "'cat'" or "3". */
static const char *show_class(const aann_dataset *train, int32_t index, char text[80])
{
    const char *name = aann_dataset_class_name(train, index);
    if (name != NULL) {
        snprintf(text, 80, "'%.60s'", name);
    } else {
        snprintf(text, 80, "%" PRId32, index);
    }
    return text;
}

static void note_absent(notes *all, const aann_dataset *train, const aann_samples *samples,
                        const char *split, const int64_t *counts)
{
    char names[NAMED_CLASSES * 84] = "";
    char text[80];
    int32_t absent = 0;
    size_t used = 0;
    for (int32_t c = 0; c < samples->class_count; c++) {
        if (counts[c] == 0 && absent++ < NAMED_CLASSES) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     absent > 1 ? ", " : "", show_class(train, c, text));
        }
    }
    if (absent > 0) {
        add(all, "no sample of the %s split is of class %s%s\n", split, names,
            absent > NAMED_CLASSES ? " and others" : "");
    }
}

static void note_majority(notes *all, const aann_dataset *train, const aann_samples *samples,
                          const int64_t *counts)
{
    char text[80];
    int32_t largest = 0;
    int32_t present = 0;
    for (int32_t c = 0; c < samples->class_count; c++) {
        largest = counts[c] > counts[largest] ? c : largest;
        present += counts[c] > 0 ? 1 : 0;
    }
    const double share = (double)counts[largest] / (double)samples->count;
    if (present < 2) {
        add(all, "all training samples are of class %s: there is nothing to learn\n",
            show_class(train, largest, text));
    } else if (share * present >= unequal) {
        add(all,
            "%.1f %% of the training samples are of class %s, so an accuracy of %.1f %% is what "
            "always answering it gives; balanced accuracy counts all classes alike, and "
            "--class-weights balanced makes the search do so\n",
            PERCENT * share, show_class(train, largest, text), PERCENT * share);
    }
}

/* Whole numbers with many values are classes, for all that can be known: counts and ages, too. */
static void note_numbers(notes *all, const aann_dataset *train, const aann_samples *samples)
{
    const int32_t classes = samples->class_count;
    double number;
    if (aann_dataset_column_count(train) == 0 || classes <= USUAL_CLASSES ||
        samples->count >= (int64_t)SAMPLES_OF_A_CLASS * classes) {
        return;
    }
    for (int32_t c = 0; c < classes; c++) {
        const char *name = aann_dataset_class_name(train, c);
        if (name != NULL && !aann_real_from_text(name, &number)) {
            return;
        }
    }
    add(all,
        "the labels are %" PRId32 " different numbers, of few samples each: if they are to be "
        "predicted as numbers, name their column with --target-columns\n",
        classes);
}

static void note_split(notes *all, const aann_dataset *train, const aann_samples *samples,
                       const char *split)
{
    if (samples == NULL) {
        return;
    }
    if (samples->count < SMALL_SPLIT) {
        add(all, "the %s split has %" PRId64 " sample%s%s\n", split, samples->count,
            samples->count == 1 ? "" : "s",
            strcmp(split, "training") == 0 ? "" : ": its accuracy says little");
    }
    int64_t *counts = samples->labels != NULL ? count_classes(samples) : NULL;
    if (counts != NULL) {
        if (strcmp(split, "training") == 0) {
            note_majority(all, train, samples, counts);
            note_numbers(all, train, samples);
        }
        note_absent(all, train, samples, split, counts);
    }
    free(counts);
}

/* That the sizes alone said what the channels are. */
static void note_layout(notes *all, const aann_dataset *train)
{
    const int64_t *sizes = train->recognised;
    const aann_shape shape = train->shape;
    if (train->recognised_count == 2) {
        add(all,
            "samples of %" PRId64 " x %" PRId64 " values are read as signals of %" PRId32
            " channel%s, %" PRId32 " long; --input says otherwise\n",
            sizes[0], sizes[1], shape.channels, shape.channels == 1 ? "" : "s", shape.width);
    } else if (train->recognised_count == 3) {
        add(all,
            "samples of %" PRId64 " x %" PRId64 " x %" PRId64
            " values are read as pictures of %" PRId32 " x %" PRId32 " with %" PRId32
            " channel%s; --layout says otherwise\n",
            sizes[0], sizes[1], sizes[2], shape.height, shape.width, shape.channels,
            shape.channels == 1 ? "" : "s");
    }
}

static void note_constant(notes *all, const aann_samples *samples)
{
    const int64_t size = aann_shape_size(samples->shape);
    for (int64_t i = size; i < samples->count * size; i++) {
        if (samples->inputs[i] != samples->inputs[i % size]) {
            return;
        }
    }
    if (samples->count > 1) {
        add(all, "all training samples are the same: every feature is constant\n");
    }
}

/* Columns that the encoding makes nothing of, such as words that occur once. */
static void note_left_out(notes *all, const aann_encoding *encoding)
{
    char names[NAMED_COLUMNS * 84] = "";
    size_t used = 0;
    int64_t left_out = 0;
    int64_t rule = 0;
    for (int64_t c = 0; encoding->kind == AANN_ENCODING_TABLE && c < encoding->feature_count; c++) {
        const int64_t begin = rule;
        while (rule < encoding->rule_count && encoding->rules[rule].column == c) {
            rule++;
        }
        const char *name = encoding->columns[c].name;
        if (rule == begin && left_out++ < NAMED_COLUMNS) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s'%.60s'",
                                     left_out > 1 ? ", " : "", name != NULL ? name : "");
        }
    }
    if (left_out > 0) {
        add(all,
            "%" PRId64 " column%s no input, because all values are the same or every word occurs "
            "once: %s%s\n",
            left_out, left_out == 1 ? " has" : "s have", names,
            left_out > NAMED_COLUMNS ? " and others" : "");
    }
}

aann_status aann_notes_make(const aann_noted_data *data, char **made, aann_error *error)
{
    notes all = {.used = 0};
    *made = NULL;
    note_layout(&all, data->dataset);
    note_split(&all, data->dataset, data->train, "training");
    note_split(&all, data->dataset, data->validation, "validation");
    note_split(&all, data->dataset, data->test, "test");
    if (data->validation == NULL) {
        add(&all, "there is no validation split: nothing says how well members generalise\n");
    } else if (data->dataset->windows_overlap && !data->groups_apart) {
        add(&all, "windows overlap: those of the validation split may share rows with training "
                  "windows, which makes its accuracy too high; --group-column keeps recordings "
                  "apart\n");
    }
    note_constant(&all, data->train);
    note_left_out(&all, data->encoding);
    if (all.used == 0) {
        return AANN_OK;
    }
    *made = strdup(all.text);
    return *made != NULL
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_MEMORY, "out of memory for notes about the data");
}
