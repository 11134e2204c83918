/* Finding the gallery's folder, and its index. */
#include "cli/shared/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shared/message.h"

const char cli_gallery_prefix[] = "gallery:";

enum { NAMES_LIMIT = 64 };

static const char index_name[] = "index.json";
static const char *const keys[] = {"name", "title", "figure", "use", "hash"};

/* ---- where it is ----------------------------------------------------------------------------- */

/* Puts the parts together; false if they do not fit, or if there is no index in the folder. */
static bool try_folder(char folder[CLI_GALLERY_PATH], const char *first, const char *second)
{
    char path[CLI_GALLERY_PATH];
    const int written = snprintf(folder, CLI_GALLERY_PATH, "%s%s", first, second);
    if (written < 0 || written >= CLI_GALLERY_PATH) {
        return false;
    }
    const int all = snprintf(path, sizeof path, "%s/%s", folder, index_name);
    if (all < 0 || all >= CLI_GALLERY_PATH || access(path, R_OK) != 0) {
        return false;
    }
    char *plain = realpath(folder, NULL); /* without "..", as it is printed */
    if (plain != NULL && strlen(plain) < CLI_GALLERY_PATH) {
        memcpy(folder, plain, strlen(plain) + 1);
    }
    free(plain);
    return true;
}

/* The folder that the program lies in, "" where the system does not say. */
static void program_folder(char folder[CLI_GALLERY_PATH])
{
    const ssize_t length = readlink("/proc/self/exe", folder, CLI_GALLERY_PATH - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
}

static aann_status find_folder(char folder[CLI_GALLERY_PATH], aann_error *error)
{
    const char *named = getenv("AANN_GALLERY");
    if (named != NULL && named[0] != '\0') {
        return try_folder(folder, named, "")
                   ? AANN_OK
                   : cli_set_error(error, AANN_ERROR_NOT_FOUND,
                                   "%s: no gallery there (AANN_GALLERY names it): %s is missing",
                                   named, index_name);
    }
    char program[CLI_GALLERY_PATH];
    program_folder(program);
    if ((program[0] != '\0' && (try_folder(folder, program, "/gallery") ||
                                try_folder(folder, program, "/../share/aann/gallery"))) ||
        try_folder(folder, AANN_GALLERY_FOLDER, "")) {
        return AANN_OK;
    }
    return cli_set_error(error, AANN_ERROR_NOT_FOUND,
                         "the gallery is not installed: neither beside the program nor in %s; "
                         "AANN_GALLERY=FOLDER says where it is",
                         AANN_GALLERY_FOLDER);
}

/* ---- its index ------------------------------------------------------------------------------- */

/* A name becomes part of a path and of a command: small letters, digits and "-". */
static bool is_name(const char *text)
{
    return text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static bool is_complete(const json_t *members)
{
    bool complete = json_is_array(members) && json_array_size(members) < NAMES_LIMIT;
    for (size_t i = 0; complete && i < json_array_size(members); i++) {
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            complete =
                complete && json_is_string(json_object_get(json_array_get(members, i), keys[k]));
        }
        complete = complete &&
                   is_name(json_string_value(json_object_get(json_array_get(members, i), "name")));
    }
    return complete;
}

static aann_status read_index(cli_gallery *gallery, aann_error *error)
{
    char path[CLI_GALLERY_PATH + sizeof index_name];
    snprintf(path, sizeof path, "%s/%s", gallery->folder, index_name);
    json_error_t reason;
    gallery->members = json_load_file(path, JSON_REJECT_DUPLICATES, &reason);
    if (gallery->members == NULL) {
        return cli_set_error(error, AANN_ERROR_FORMAT, "%s: line %d: %s", path, reason.line,
                             reason.text);
    }
    return is_complete(gallery->members)
               ? AANN_OK
               : cli_set_error(error, AANN_ERROR_FORMAT,
                               "%s: no index of a gallery; expected a list of at most %d members, "
                               "each with name, title, figure, use and hash",
                               path, NAMES_LIMIT - 1);
}

aann_status cli_gallery_open(cli_gallery *gallery, aann_error *error)
{
    gallery->members = NULL;
    const aann_status status = find_folder(gallery->folder, error);
    return status == AANN_OK ? read_index(gallery, error) : status;
}

void cli_gallery_close(cli_gallery *gallery)
{
    json_decref(gallery->members);
    gallery->members = NULL;
}

const char *cli_gallery_text(const cli_gallery *gallery, size_t index, const char *key)
{
    return json_string_value(json_object_get(json_array_get(gallery->members, index), key));
}

aann_status cli_gallery_find(const cli_gallery *gallery, const char *name, size_t *index,
                             aann_error *error)
{
    const char *names[NAMES_LIMIT] = {NULL};
    const size_t count = json_array_size(gallery->members);
    for (size_t i = 0; i < count; i++) {
        names[i] = cli_gallery_text(gallery, i, "name");
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return AANN_OK;
        }
    }
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL) {
        return cli_set_error(error, AANN_ERROR_ARGUMENT,
                             "the gallery has no '%s'; did you mean '%s'?", name, nearest);
    }
    return cli_set_error(error, AANN_ERROR_ARGUMENT,
                         "the gallery has no '%s'; 'aann gallery' lists what it has", name);
}

aann_status cli_gallery_path(const cli_gallery *gallery, size_t index, char path[CLI_GALLERY_PATH],
                             aann_error *error)
{
    const int written = snprintf(path, CLI_GALLERY_PATH, "%s/%s.aannm", gallery->folder,
                                 cli_gallery_text(gallery, index, "name"));
    return written > 0 && written < CLI_GALLERY_PATH
               ? AANN_OK
               : cli_set_error(error, AANN_ERROR_ARGUMENT, "%s: the path is too long",
                               gallery->folder);
}
