/* Confusion matrices. A row is a label, a column an answer. */
#include "cli/shared/confusion.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "aann/evaluate.h"

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
