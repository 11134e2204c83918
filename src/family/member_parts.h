/* A member with all that a study has of it, on its way from one study to another. */
#ifndef AANN_FAMILY_MEMBER_PARTS_H
#define AANN_FAMILY_MEMBER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/study.h"

typedef struct aann_member_parts {
    aann_network *network;
    void *state; /* the checkpoint; NULL: none */
    size_t state_size;
    aann_trace_row *trace;
    size_t trace_count;
} aann_member_parts;

/* Reads weights, checkpoint and history of a member; clear them, also after a failure. */
aann_status aann_member_parts_read(aann_study *study, int64_t id, aann_member_parts *parts,
                                   aann_error *error);
void aann_member_parts_clear(aann_member_parts *parts);

/* The record to store under `row`, which becomes what is stored. Borrows both. */
aann_member_record aann_member_parts_record(const aann_member_parts *parts, aann_member_row *row);

/* Whether a search can have a row with these counts and measures; NaN: not measured. */
bool aann_member_row_is_possible(const aann_member_row *row);

/* Why checkpoint and history cannot be those of a member with this row; NULL: they can. A finished
 * member has no checkpoint; an unfinished one has one, and may have one before its first step. */
const char *aann_member_parts_fault(const aann_member_parts *parts, const aann_member_row *row);

/* `head`, and behind it an excerpt of the study with a family and its members ids[count]: what
 * another process needs to work on them. bytes[*size] is malloc'ed; `what` is for the message that
 * there is no memory. */
aann_status aann_member_parts_pack(aann_study *study, int64_t family, const int64_t *ids,
                                   size_t count, const void *head, size_t head_size,
                                   const char *what, void **bytes, size_t *size, aann_error *error);

#endif
