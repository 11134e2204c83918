/* Reads the bytes of a file as they are. */
#ifndef AANN_DATA_FILE_READER_H
#define AANN_DATA_FILE_READER_H

#include "core/sha256.h"
#include "data/source.h"

aann_status aann_file_reader_open(const char *path, aann_reader *reader, aann_error *error);

/* The SHA-256 of a whole file, as it is: 64 hex digits. */
aann_status aann_file_sha256(const char *path, char text[AANN_SHA256_TEXT_SIZE], aann_error *error);

#endif
