/* First the names, sorted, so that the order does not depend on the file system; then each picture
 * twice: once to see whether one has colours, and then its pixels. A picture that would be passed over
 * is an error: nobody would notice that it is missing. */
#include "data/pictures.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/picture_file.h"
#include "samples/dataset.h"

enum { CLASS_LIMIT = 256, PATH_SIZE = 4096, FIRST_ROOM = 64 };

/* Names of a folder: files, or folders. */
typedef struct name_list {
    char **names; /* [count], sorted bytewise */
    size_t count, room;
} name_list;

static void clear_names(name_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i]);
    }
    free(list->names);
    *list = (name_list){.names = NULL};
}

static bool add_name(name_list *list, const char *name)
{
    if (list->count == list->room) {
        const size_t room = list->room == 0 ? FIRST_ROOM : 2 * list->room;
        char **larger = aann_reallocate(list->names, room, sizeof *larger);
        if (larger == NULL) {
            return false;
        }
        list->names = larger;
        list->room = room;
    }
    list->names[list->count] = strdup(name);
    list->count += list->names[list->count] != NULL ? 1 : 0;
    return list->count > 0 && list->names[list->count - 1] != NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool aann_pictures_is_folder(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

static bool is_picture_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 ||
                           strcasecmp(dot, ".jpeg") == 0);
}

/* What stands in a folder. */
typedef enum entry_kind { ENTRY_FOLDER, ENTRY_PICTURE, ENTRY_OTHER } entry_kind;

/* ENTRY_PICTURE goes by the name: such a file is a picture, or an error. */
static entry_kind kind_of(const char *path, const char *name)
{
    if (aann_pictures_is_folder(path)) {
        return ENTRY_FOLDER;
    }
    return is_picture_name(name) ? ENTRY_PICTURE : ENTRY_OTHER;
}

/* Everything of one kind in a folder; what is hidden is passed over. */
static aann_status list_folder(const char *path, entry_kind kind, name_list *list,
                               aann_error *error)
{
    char inside[PATH_SIZE];
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(errno));
    }
    aann_status status = AANN_OK;
    for (struct dirent *entry = readdir(folder); status == AANN_OK && entry != NULL;
         entry = readdir(folder)) {
        const char *name = entry->d_name;
        const int length = snprintf(inside, sizeof inside, "%s/%s", path, name);
        if (name[0] == '.') {
            continue;
        }
        if (length < 0 || length >= PATH_SIZE) {
            status = aann_fail(error, AANN_ERROR_IO, "%.60s: the path is longer than %d bytes",
                               name, PATH_SIZE - 1);
        } else if (kind_of(inside, name) == kind && !add_name(list, name)) {
            status = aann_fail(error, AANN_ERROR_MEMORY, "out of memory for names");
        }
    }
    closedir(folder);
    if (list->count > 1) {
        qsort(list->names, list->count, sizeof *list->names, compare_names);
    }
    return status;
}

/* ---- what would be passed over --------------------------------------------------------------- */

/* Fails at a picture in another format, or whose name does not say that it is one. */
static aann_status refuse_other_pictures(const char *path, aann_error *error)
{
    name_list files = {.names = NULL};
    char file[PATH_SIZE];
    aann_status status = list_folder(path, ENTRY_OTHER, &files, error);
    for (size_t i = 0; status == AANN_OK && i < files.count; i++) {
        snprintf(file, sizeof file, "%s/%s", path, files.names[i]);
        bool can_read = false;
        const char *format = aann_picture_format(file, &can_read);
        if (format != NULL) {
            status = aann_fail(error, AANN_ERROR_FORMAT, "%.100s: is a picture (%s)%s",
                               files.names[i], format,
                               can_read ? ", and its name does not end in .png, .jpg or .jpeg; "
                                          "rename it, or put it elsewhere"
                                        : "; expected PNG or JPEG: convert it, for example: "
                                          "mogrify -format png FILE, and put this one elsewhere");
        }
    }
    clear_names(&files);
    return status;
}

/* Fails if pictures stand in a folder; `why` says what is wrong with it. */
static aann_status refuse_pictures(const char *path, const char *why, aann_error *error)
{
    name_list files = {.names = NULL};
    aann_status status = list_folder(path, ENTRY_PICTURE, &files, error);
    if (status == AANN_OK && files.count > 0) {
        status = aann_fail(error, AANN_ERROR_FORMAT, "%.100s%s %s", files.names[0],
                           files.count > 1 ? " and others" : "", why);
    }
    clear_names(&files);
    return status;
}

/* Fails at a picture below the folder of a class. */
static aann_status refuse_below(const char *path, aann_error *error)
{
    name_list folders = {.names = NULL};
    char folder[PATH_SIZE];
    aann_status status = list_folder(path, ENTRY_FOLDER, &folders, error);
    for (size_t i = 0; status == AANN_OK && i < folders.count; i++) {
        snprintf(folder, sizeof folder, "%s/%s", path, folders.names[i]);
        status = refuse_pictures(folder,
                                 "would be left out: pictures are expected in the folder of their "
                                 "class itself, not further down",
                                 error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", folders.names[i]);
        }
    }
    clear_names(&folders);
    return status;
}

/* ---- pixels ---------------------------------------------------------------------------------- */

typedef struct collection {
    aann_dataset *dataset;
    int64_t limit, room;
    bool colours;
    bool any_colours; /* found while grey was hoped for */
} collection;

/* Room for a few small pictures or one large one, then twice as much, never beyond the limit. */
static bool make_room(collection *all, size_t size)
{
    enum { FIRST_BYTES = 1 << 20 };
    aann_dataset *dataset = all->dataset;
    if (dataset->count < all->room) {
        return true;
    }
    const int64_t most = all->limit / (int64_t)size;
    const int64_t first = size * FIRST_ROOM <= FIRST_BYTES ? FIRST_ROOM : 1;
    const int64_t wanted = all->room == 0 ? first : 2 * all->room;
    const int64_t room = wanted < most ? wanted : most;
    uint8_t *bytes = aann_reallocate(dataset->bytes, (size_t)room, size);
    dataset->bytes = bytes != NULL ? bytes : dataset->bytes;
    int32_t *labels = aann_reallocate(dataset->labels, (size_t)room, sizeof *labels);
    dataset->labels = labels != NULL ? labels : dataset->labels;
    all->room = bytes != NULL && labels != NULL ? room : all->room;
    return bytes != NULL && labels != NULL;
}

static aann_status add_pixels(collection *all, const aann_pixels *pixels, int32_t label,
                              aann_error *error)
{
    aann_dataset *dataset = all->dataset;
    const int32_t channels = all->colours ? 3 : 1;
    const aann_shape shape = {channels, pixels->height, pixels->width};
    const size_t plane = (size_t)pixels->height * (size_t)pixels->width;
    if (dataset->count == 0) {
        dataset->shape = shape;
    }
    if (shape.height != dataset->shape.height || shape.width != dataset->shape.width) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "is %" PRId32 " x %" PRId32 " pixels, the first picture %" PRId32
                         " x %" PRId32 "; make all of one size, for example: mogrify -resize "
                         "%" PRId32 "x%" PRId32 "! FILE",
                         shape.width, shape.height, dataset->shape.width, dataset->shape.height,
                         dataset->shape.width, dataset->shape.height);
    }
    const size_t size = plane * (size_t)channels;
    if ((dataset->count + 1) * (int64_t)size > all->limit) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the pictures hold more than %" PRId64
                         " bytes; if that is right, raise the limit (--data-limit)",
                         all->limit);
    }
    if (!make_room(all, size)) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for pictures");
    }
    uint8_t *to = dataset->bytes + (size_t)dataset->count * size;
    for (size_t p = 0; p < plane; p++) {
        for (size_t c = 0; c < (size_t)channels; c++) {
            to[c * plane + p] = pixels->bytes[p * (size_t)channels + c];
        }
    }
    dataset->labels[dataset->count++] = label;
    return AANN_OK;
}

static aann_status add_picture(collection *all, const char *path, int32_t label, aann_error *error)
{
    aann_pixels pixels;
    aann_status status = aann_picture_read(path, all->colours, all->limit, &pixels, error);
    if (status == AANN_OK) {
        all->any_colours = all->any_colours || pixels.has_colours;
        /* Once one has colours, the grey pixels of the others are of no use. */
        status =
            all->colours || !all->any_colours ? add_pixels(all, &pixels, label, error) : AANN_OK;
        free(pixels.bytes);
    }
    return status;
}

static aann_status add_folder(collection *all, const char *path, int32_t label, aann_error *error)
{
    name_list files = {.names = NULL};
    char file[PATH_SIZE];
    aann_status status = refuse_other_pictures(path, error);
    if (status == AANN_OK) {
        status = list_folder(path, ENTRY_PICTURE, &files, error);
    }
    for (size_t i = 0; status == AANN_OK && i < files.count; i++) {
        snprintf(file, sizeof file, "%s/%s", path, files.names[i]);
        status = add_picture(all, file, label, error);
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", files.names[i]);
        }
    }
    clear_names(&files);
    return status;
}

static aann_status read_classes(const char *path, const name_list *classes, collection *all,
                                aann_error *error)
{
    char folder[PATH_SIZE];
    aann_status status = AANN_OK;
    if (classes->count > 0) {
        status = refuse_pictures(path,
                                 "would be left out: beside folders, which are classes, a picture "
                                 "has none; put it into one of them, or elsewhere",
                                 error);
    }
    for (size_t i = 0; status == AANN_OK && i < classes->count; i++) {
        snprintf(folder, sizeof folder, "%s/%s", path, classes->names[i]);
        status = refuse_below(folder, error);
        if (status == AANN_OK) {
            status = add_folder(all, folder, (int32_t)i, error);
        }
        if (status != AANN_OK) {
            aann_fail_prefix(error, status, "%s", classes->names[i]);
        }
    }
    return status == AANN_OK && classes->count == 0 ? add_folder(all, path, 0, error) : status;
}

static void empty(collection *all)
{
    free(all->dataset->bytes);
    free(all->dataset->labels);
    all->dataset->bytes = NULL;
    all->dataset->labels = NULL;
    all->dataset->count = 0;
    all->room = 0;
}

static aann_status read_all(const char *path, const name_list *classes, collection *all,
                            aann_error *error)
{
    aann_status status = read_classes(path, classes, all, error);
    if (status == AANN_OK && all->any_colours) {
        empty(all);
        all->colours = true;
        status = read_classes(path, classes, all, error);
    }
    if (status == AANN_OK && all->dataset->count == 0) {
        status = aann_fail(error, AANN_ERROR_FORMAT,
                           "is a folder without pictures; expected a folder of PNG or JPEG files "
                           "for each class");
    }
    return status;
}

aann_status aann_pictures_read(const char *path, const aann_load_options *options,
                               aann_dataset *dataset, aann_error *error)
{
    name_list classes = {.names = NULL};
    collection all = {.dataset = dataset,
                      .limit = options->data_limit > 0 ? options->data_limit : AANN_DATA_LIMIT};
    aann_status status = list_folder(path, ENTRY_FOLDER, &classes, error);
    if (status == AANN_OK && classes.count > CLASS_LIMIT) {
        status = aann_fail(error, AANN_ERROR_FORMAT,
                           "has %zu folders; expected one for each of at "
                           "most %d classes",
                           classes.count, CLASS_LIMIT);
    }
    if (status == AANN_OK) {
        status = read_all(path, &classes, &all, error);
    }
    dataset->in_class_order = classes.count > 0;
    if (status == AANN_OK && classes.count > 0) {
        status = aann_dataset_name_classes(dataset, (const char *const *)classes.names,
                                           (int32_t)classes.count, error);
    }
    if (status == AANN_OK && (classes.count == 0 || options->ignore_answers)) {
        free(dataset->labels);
        dataset->labels = NULL;
    }
    clear_names(&classes);
    return status;
}
