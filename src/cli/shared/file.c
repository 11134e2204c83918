/* Writing text files whole or not at all. */
#include "cli/shared/file.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/shared/message.h"

enum { PATH_SIZE = 4096 };

/* The name that the file has while it is written. */
static void name_part(const char *path, char part[PATH_SIZE])
{
    struct stat there;
    const bool ordinary = stat(path, &there) != 0 || S_ISREG(there.st_mode);
    snprintf(part, PATH_SIZE, "%s%s", path, ordinary ? ".part" : "");
}

FILE *cli_file_open(const char *path, aann_error *error)
{
    char part[PATH_SIZE];
    if (strcmp(path, "-") == 0) {
        cli_set_error(error, AANN_ERROR_ARGUMENT,
                      "-: the standard output has the tables; name a file, such as ./out.csv");
        return NULL;
    }
    name_part(path, part);
    FILE *file = fopen(part, "w");
    if (file == NULL) {
        cli_set_error(error, AANN_ERROR_IO, "%s: %s", path, strerror(errno));
    }
    return file;
}

aann_status cli_file_close(const char *path, FILE *file, aann_error *error)
{
    char part[PATH_SIZE];
    const int failed = errno; /* of the last write, if one failed: stat would say another reason */
    name_part(path, part);
    const bool written = ferror(file) == 0;
    errno = failed;
    const bool closed = fclose(file) == 0;
    const bool named = strcmp(part, path) == 0;
    if (written && closed && (named || rename(part, path) == 0)) {
        return AANN_OK;
    }
    const aann_status status =
        cli_set_error(error, AANN_ERROR_IO, "%s: could not be written: %s", path, strerror(errno));
    if (!named) {
        remove(part);
    }
    return status;
}

void cli_file_abandon(const char *path, FILE *file)
{
    char part[PATH_SIZE];
    name_part(path, part);
    fclose(file);
    if (strcmp(part, path) != 0) {
        remove(part);
    }
}

void cli_put_cells(FILE *file, const double *values, size_t count, int digits)
{
    for (size_t i = 0; i < count; i++) {
        fputc(',', file);
        if (isfinite(values[i])) {
            fprintf(file, "%.*g", digits, values[i]);
        }
    }
}

FILE *cli_file_read(const char *path, aann_error *error)
{
    struct stat information;
    if (stat(path, &information) == 0 && !S_ISREG(information.st_mode)) {
        cli_set_error(error, AANN_ERROR_IO, "%s: is not a file", path);
        return NULL;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        cli_set_error(error, AANN_ERROR_IO, "%s: cannot open: %s", path, strerror(errno));
    }
    return file;
}

bool cli_study_stays(const char *command, const char *path)
{
    if (path == NULL || strcmp(path, ":memory:") != 0) {
        return true;
    }
    cli_usage_error("%s: --study :memory: would be gone at the end; name a file, such as "
                    "--study mine.aann",
                    command);
    return false;
}
