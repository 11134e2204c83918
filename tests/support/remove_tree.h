/* Taking away what a test has made. */
#ifndef AANN_TESTS_SUPPORT_REMOVE_TREE_H
#define AANN_TESTS_SUPPORT_REMOVE_TREE_H

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Removes the folder and all that is in it, following no links. */
static inline void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *item;
    while (folder != NULL && (item = readdir(folder)) != NULL) {
        char inner[4096];
        struct stat information;
        snprintf(inner, sizeof inner, "%s/%s", path, item->d_name);
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) {
            continue;
        }
        if (lstat(inner, &information) == 0 && S_ISDIR(information.st_mode)) {
            remove_tree(inner);
        } else {
            (void)unlink(inner);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    (void)rmdir(path);
}

#endif
