/* The gallery: networks that come with aann, to look at, to use and to export (gallery/README.md).
 *
 * They are model files in one folder, with an index that says what each is. Wherever a command
 * takes a model file, it also takes "gallery:NAME" (cli/shared/model_name.h). */
#ifndef AANN_CLI_SHARED_GALLERY_H
#define AANN_CLI_SHARED_GALLERY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "aann/status.h"

enum { CLI_GALLERY_PATH = 4096 };

/* What is typed in front of a name. */
extern const char cli_gallery_prefix[];

/* The gallery, opened. */
typedef struct cli_gallery {
    char folder[CLI_GALLERY_PATH];
    json_t
        *members; /* [{"name", "title", "figure", "use", "hash"}], checked: all texts are there */
} cli_gallery;

/* Finds the folder and reads its index. The folder is $AANN_GALLERY, or beside the program (where
 * it was built), or share/aann/gallery of the tree that the program is installed in, or where it
 * was configured to be. Free with cli_gallery_close, whatever it returned. */
aann_status cli_gallery_open(cli_gallery *gallery, aann_error *error);
void cli_gallery_close(cli_gallery *gallery);

/* A member's text: "name", "title", "figure", "use" or "hash". */
const char *cli_gallery_text(const cli_gallery *gallery, size_t index, const char *key);

/* The number of the member with this name; an error that names the nearest one if there is none. */
aann_status cli_gallery_find(const cli_gallery *gallery, const char *name, size_t *index,
                             aann_error *error);

/* The path of a member's model file. */
aann_status cli_gallery_path(const cli_gallery *gallery, size_t index, char path[CLI_GALLERY_PATH],
                             aann_error *error);

#endif
