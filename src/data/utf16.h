/* Text in UTF-16, as some programs on Windows write it, read as UTF-8. */
#ifndef AANN_DATA_UTF16_H
#define AANN_DATA_UTF16_H

#include "data/source.h"

/* Whether bytes[size] begin UTF-16: a byte order mark, or two ASCII characters of it. */
bool aann_utf16_begins(const uint8_t *bytes, size_t size);

/* Takes over `text`: closes it with the reader, and at once if this fails. */
aann_status aann_utf16_reader_open(aann_source *text, aann_reader *reader, aann_error *error);

#endif
