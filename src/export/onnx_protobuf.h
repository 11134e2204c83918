/* The part of Google's protocol buffers that ONNX files need: fields appended to memory.
 *
 * A message is a sequence of fields, each a tag (number of the field, how its value is stored) and
 * a value. Whole numbers are stored in groups of 7 bits, low ones first, with bit 7 set in all
 * bytes but the last; texts, bytes and inner messages with their length in front. A message that is
 * being written is an aann_byte_writer; nothing is written after memory ran out. */
#ifndef AANN_EXPORT_ONNX_PROTOBUF_H
#define AANN_EXPORT_ONNX_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "model/bytes.h"

/* A whole number, as int32, int64, enumeration or bool. */
void aann_protobuf_integer(aann_byte_writer *to, uint32_t field, int64_t value);

/* A text; bytes that are not UTF-8, which readers refuse, become U+FFFD. */
void aann_protobuf_text(aann_byte_writer *to, uint32_t field, const char *text);

/* The head of a field of `size` bytes that the caller appends next. */
void aann_protobuf_bytes_head(aann_byte_writer *to, uint32_t field, uint64_t size);

/* An inner message, which is emptied and freed. */
void aann_protobuf_message(aann_byte_writer *to, uint32_t field, aann_byte_writer *inner);

/* The bytes that aann_protobuf_bytes_head takes. */
size_t aann_protobuf_bytes_head_size(uint32_t field, uint64_t size);

#endif
