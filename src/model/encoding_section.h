/* The sections of the model file that hold the encoding. */
#ifndef AANN_MODEL_ENCODING_SECTION_H
#define AANN_MODEL_ENCODING_SECTION_H

#include "aann/samples.h"
#include "model/bytes.h"

/* Whether the encoding needs the second form, which aann 0.2 cannot read: it is that of a table, or
 * has a constant input. */
bool aann_encoding_needs_second_form(const aann_encoding *encoding);

void aann_encoding_write(aann_byte_writer *to, const aann_encoding *encoding);
void aann_encoding_write_second(aann_byte_writer *to, const aann_encoding *encoding);

/* Read one; what was read so far is to be freed with aann_encoding_destroy. */
aann_status aann_encoding_read(aann_byte_reader *from, aann_encoding *encoding, aann_error *error);
aann_status aann_encoding_read_second(aann_byte_reader *from, aann_encoding *encoding,
                                      aann_error *error);

/* A text of `length` bytes, malloc'ed; NULL, and the reader failed, if there are not so many, or
 * one of them is 0. */
char *aann_take_text(aann_byte_reader *from, size_t length);
void aann_write_text(aann_byte_writer *to, const char *text);

#endif
