/* The data folder, and the way from the name of a set to a path in it. */
#include "data/catalog.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/data.h"
#include "core/error.h"

static const char *const fashion_classes[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};

static const aann_catalog_entry catalog[] = {
    {.name = "mnist"},
    {.name = "fashion-mnist",
     .class_names = fashion_classes,
     .class_count = sizeof fashion_classes / sizeof fashion_classes[0]},
};

/* The same names in every set. */
static const char train_images[] = "train-images-idx3-ubyte";
static const char test_images[] = "t10k-images-idx3-ubyte";

aann_status aann_data_folder(char *path, size_t size, aann_error *error)
{
    static const char *const places[][2] = {
        {"AANN_DATA", ""}, {"XDG_DATA_HOME", "/aann"}, {"HOME", "/.local/share/aann"}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *value = getenv(places[i][0]);
        if (value == NULL || value[0] == '\0') {
            continue;
        }
        const int written = snprintf(path, size, "%s%s", value, places[i][1]);
        if (written < 0 || (size_t)written >= size) {
            return aann_fail(error, AANN_ERROR_ARGUMENT,
                             "the path of the data folder, from %s, is too long", places[i][0]);
        }
        return AANN_OK;
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT,
                     "no place for data: set AANN_DATA to a folder, or HOME");
}

const aann_catalog_entry *aann_catalog_match(const char *name)
{
    for (size_t i = 0; i < sizeof catalog / sizeof catalog[0]; i++) {
        const size_t length = strlen(catalog[i].name);
        if (strncmp(catalog[i].name, name, length) == 0 &&
            (name[length] == ':' || name[length] == '\0')) {
            return &catalog[i];
        }
    }
    return NULL;
}

aann_status aann_catalog_locate(const aann_catalog_entry *entry, const char *name, char *path,
                                size_t size, aann_error *error)
{
    const char *colon = strchr(name, ':');
    const bool is_train = colon != NULL && strcmp(colon, ":train") == 0;
    if (!is_train && (colon == NULL || strcmp(colon, ":test") != 0)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: say which split: %s:train or %s:test",
                         name, entry->name, entry->name);
    }
    const aann_status status = aann_data_folder(path, size, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t used = strlen(path);
    const int written = snprintf(path + used, size - used, "/%s/%s", entry->name,
                                 is_train ? train_images : test_images);
    if (written < 0 || (size_t)written >= size - used) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: the path of the data folder is too long",
                         name);
    }
    struct stat information;
    if (stat(path, &information) != 0) {
        return aann_fail(error, AANN_ERROR_NOT_FOUND,
                         "%s: not there yet; type: aann data fetch %s (looked for %s)", name,
                         entry->name, path);
    }
    return AANN_OK;
}
