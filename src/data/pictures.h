/* Folders of pictures as a data set: a folder for each class, or pictures without classes. */
#ifndef AANN_DATA_PICTURES_H
#define AANN_DATA_PICTURES_H

#include "aann/data.h"

/* Whether the path is a folder. */
bool aann_pictures_is_folder(const char *path);

/* Reads the PNG and JPEG files of FOLDER/CLASS in the order of their names; the folders' names, sorted
 * bytewise, are the classes. If there are no such folders, the pictures in FOLDER itself, without
 * labels. All must have one size. Grey pictures have one channel; if one has colours, all have three
 * (transparency is dropped). */
aann_status aann_pictures_read(const char *path, const aann_load_options *options,
                               aann_dataset *dataset, aann_error *error);

#endif
