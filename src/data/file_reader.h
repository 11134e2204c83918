/* Reads the bytes of a file as they are. */
#ifndef AANN_DATA_FILE_READER_H
#define AANN_DATA_FILE_READER_H

#include "data/source.h"

aann_status aann_file_reader_open(const char *path, aann_reader *reader, aann_error *error);

#endif
