/* Reads the bytes of a file as they are. */
#ifndef AANN_DATA_FILE_READER_H
#define AANN_DATA_FILE_READER_H

#include "data/source.h"

/* Of a file or a pipe. A pipe without a writer is an error after three seconds. */
aann_status aann_file_reader_open(const char *path, aann_reader *reader, aann_error *error);

/* Fails if this is no regular file, for readers that have to move about in it; never waits. */
aann_status aann_file_check_regular(const char *path, const char *what, aann_error *error);

#endif
