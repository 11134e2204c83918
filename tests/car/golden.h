/* Reads what tests/car/record_golden.py wrote down. */
#ifndef AANN_TESTS_CAR_GOLDEN_H
#define AANN_TESTS_CAR_GOLDEN_H

#include <stdio.h>

#include "support/test.h"

enum { GOLDEN_COLUMNS = 24, GOLDEN_LINE_SIZE = 1024 };

typedef struct golden_file {
    FILE *file;
    char path[1024];
    int line; /* of the row last read */
} golden_file;

static inline golden_file golden_open(const char *name)
{
    golden_file golden = {0};
    snprintf(golden.path, sizeof golden.path, "%s/tests/car/golden/%s", AANN_SOURCE_DIR, name);
    golden.file = fopen(golden.path, "rb");
    if (golden.file == NULL) {
        fail_msg("cannot open %s", golden.path);
    }
    return golden;
}

/* Reads the next row as text; returns whether there was one. */
static inline int golden_line(golden_file *golden, char line[GOLDEN_LINE_SIZE])
{
    if (fgets(line, GOLDEN_LINE_SIZE, golden->file) == NULL) {
        return 0;
    }
    golden->line++;
    return 1;
}

/* Reads the next row of `columns` numbers; returns whether there was one. */
static inline int golden_row(golden_file *golden, double *values, int columns)
{
    char line[GOLDEN_LINE_SIZE];
    if (!golden_line(golden, line)) {
        return 0;
    }
    char *place = line;
    for (int i = 0; i < columns; i++) {
        char *end;
        values[i] = strtod(place, &end);
        if (end == place || (*end != ',' && i + 1 < columns)) {
            fail_msg("%s:%d: column %d is no number", golden->path, golden->line, i + 1);
        }
        place = end + 1;
    }
    return 1;
}

static inline void golden_close(golden_file *golden)
{
    fclose(golden->file);
}

/* Fails unless both are the same number (0 and -0 are). */
static inline void golden_same(const golden_file *golden, const char *what, int index,
                               double wanted, double found)
{
    if (!(wanted == found)) {
        fail_msg("%s:%d: %s[%d] is %.17g; Gymnasium has %.17g", golden->path, golden->line, what,
                 index, found, wanted);
    }
}

#endif
