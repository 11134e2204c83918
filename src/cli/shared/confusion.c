/* Confusion matrices. A row is a label, a column an answer. */
#include "cli/shared/confusion.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/evaluate.h"

#include "cli/shared/json.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

enum { MOST_CLASSES_PRINTED = 20 };

int64_t *cli_confusion(const aann_samples *samples, const int32_t *logits, int32_t outputs)
{
    if (samples->labels == NULL) {
        return NULL;
    }
    int64_t *confusion = calloc((size_t)outputs * (size_t)outputs, sizeof *confusion);
    if (confusion != NULL) {
        aann_logits_confusion(samples, logits, outputs, confusion);
    }
    return confusion;
}

json_t *cli_confusion_json(const int64_t *confusion, int32_t classes)
{
    if (confusion == NULL) {
        return json_null();
    }
    json_t *rows = json_array();
    for (int32_t label = 0; label < classes; label++) {
        json_t *row = json_array();
        for (int32_t answer = 0; answer < classes; answer++) {
            json_array_append_new(row,
                                  json_integer((json_int_t)confusion[label * classes + answer]));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

/* ---- balance --------------------------------------------------------------------------------- */

static int64_t class_size(const int64_t *confusion, int32_t classes, int32_t label)
{
    int64_t size = 0;
    for (int32_t answer = 0; answer < classes; answer++) {
        size += confusion[label * classes + answer];
    }
    return size;
}

double cli_confusion_balanced(const int64_t *confusion, int32_t classes)
{
    double sum = 0.0;
    int32_t present = 0;
    for (int32_t label = 0; confusion != NULL && label < classes; label++) {
        const int64_t size = class_size(confusion, classes, label);
        if (size > 0) {
            sum += (double)confusion[label * classes + label] / (double)size;
            present++;
        }
    }
    return present > 0 ? sum / present : (double)NAN;
}

double cli_confusion_majority(const int64_t *confusion, int32_t classes)
{
    int64_t largest = 0;
    int64_t total = 0;
    for (int32_t label = 0; confusion != NULL && label < classes; label++) {
        const int64_t size = class_size(confusion, classes, label);
        largest = size > largest ? size : largest;
        total += size;
    }
    return total > 0 ? (double)largest / (double)total : (double)NAN;
}

void cli_confusion_add_balance(const int64_t *confusion, int32_t classes, json_t *object)
{
    json_object_set_new(object, "balanced_accuracy",
                        cli_json_real(cli_confusion_balanced(confusion, classes)));
    json_object_set_new(object, "majority",
                        cli_json_real(cli_confusion_majority(confusion, classes)));
}

void cli_confusion_print_balance(const int64_t *confusion, int32_t classes)
{
    /* A class is called the largest where it has this many times its equal share. */
    static const double unequal = 1.5;
    const double majority = cli_confusion_majority(confusion, classes);
    int32_t present = 0;
    for (int32_t label = 0; confusion != NULL && label < classes; label++) {
        present += class_size(confusion, classes, label) > 0 ? 1 : 0;
    }
    if (majority * present >= unequal) {
        char balanced[16];
        char always[16];
        cli_print("balanced accuracy %s (classes counted alike); always answering the largest "
                  "class has %s\n",
                  cli_percent(cli_confusion_balanced(confusion, classes), balanced),
                  cli_percent(majority, always));
    }
}

void cli_print_confusion(const aann_member *member, const int64_t *confusion)
{
    const int32_t classes = member->spec.output_count;
    char **names = NULL;
    int32_t name_count = 0;
    if (confusion == NULL) {
        return;
    }
    if (classes > MOST_CLASSES_PRINTED) {
        printf("(%d classes: the confusion matrix is in --json)\n", classes);
        return;
    }
    (void)aann_family_class_names(&member->family, &names, &name_count, NULL);
    cli_print("confusion, label by row, answer by column:\n%-14s", "");
    for (int32_t answer = 0; answer < classes; answer++) {
        printf("%7d", answer);
    }
    printf("    right\n");
    for (int32_t label = 0; label < classes; label++) {
        int64_t total = 0;
        cli_print("  %3d %-8.8s", label, label < name_count ? names[label] : "");
        for (int32_t answer = 0; answer < classes; answer++) {
            const int64_t cell = confusion[label * classes + answer];
            total += cell;
            printf("%7" PRId64, cell);
        }
        if (total > 0) {
            printf(" %6.1f %%", 100.0 * (double)confusion[label * classes + label] / (double)total);
        }
        putchar('\n');
    }
    aann_free(names);
}
