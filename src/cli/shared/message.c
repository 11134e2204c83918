/* Messages, and a guess at what somebody meant. */
#include "cli/shared/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/shared/exit_status.h"
#include "cli/shared/text.h"

static void print_line(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void print_line(const char *format, va_list arguments)
{
    fputs("aann: ", stderr);
    cli_print_list(stderr, format, arguments);
    fputc('\n', stderr);
}

int cli_usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return CLI_USAGE;
}

int cli_failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return CLI_FAILED;
}

int cli_fail(const aann_error *error)
{
    cli_print_to(stderr, "aann: %s\n", error->message);
    return error->status == AANN_ERROR_ARGUMENT ? CLI_USAGE : CLI_FAILED;
}

#undef cli_set_error /* see message.h */
aann_status cli_set_error(aann_error *error, aann_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

void cli_prefix_error(aann_error *error, const char *path)
{
    if (error != NULL) {
        const aann_error before = *error;
        cli_set_error(error, before.status, "%s: %s", path, before.message);
    }
}

int cli_finish_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_failed("cannot write to the standard output: %s", strerror(errno));
    }
    return status;
}

/* ---- nearest --------------------------------------------------------------------------------- */

enum { LONGEST_WORD = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* How many letters have to be inserted, deleted or replaced to get from one word to the other
 * (Levenshtein). */
static int edits(const char *from, const char *to)
{
    int row[LONGEST_WORD + 1];
    const int width = (int)strlen(to);
    for (int j = 0; j <= width; j++) {
        row[j] = j;
    }
    for (int i = 1; from[i - 1] != '\0'; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= width; j++) {
            const int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[width];
}

const char *cli_nearest(const char *wrong, const char *const *texts)
{
    const char *nearest = NULL;
    int best = (int)strlen(wrong) / 3 + 2; /* as many edits make another word */
    for (; *texts != NULL; texts++) {
        if (strlen(*texts) > LONGEST_WORD || strlen(wrong) > LONGEST_WORD) {
            continue;
        }
        /* The beginning of a word is nearer than any misspelling. */
        const bool begins = strlen(wrong) >= 3 && strncmp(*texts, wrong, strlen(wrong)) == 0;
        const int distance = begins ? 0 : edits(wrong, *texts);
        if (distance < best) {
            best = distance;
            nearest = *texts;
        }
    }
    return nearest;
}
