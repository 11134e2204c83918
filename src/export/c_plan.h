/* What the exported C does with one network: where maps lie in memory, how synapses are stored,
 * which loops add them up. The plan is made first; the files that write source text read it.
 *
 * A map lies in memory as a frame: bytes that hold value + 128, with padding (128, a zero) around
 * the values. The padding right of a row is also that left of the next row, and the padding below a
 * channel is that above the next one. So an input of a unit is where the unit's first input is,
 * plus an offset that is the same at every place: a synapse is an offset. */
#ifndef AANN_EXPORT_C_PLAN_H
#define AANN_EXPORT_C_PLAN_H

#include "aann/export_c.h"
#include "aann/model.h"

typedef struct aann_c_frame {
    aann_shape map;
    int64_t pitch; /* bytes from one row to the next */
    int64_t plane; /* bytes from one channel to the next */
    int64_t start; /* of the value at row 0, column 0 of channel 0 */
    int64_t size;  /* bytes of everything that is read */
    bool padded;   /* it has padding, which is written before the values */
    int64_t place; /* in the memory of the network; a multiple of 4 */
} aann_c_frame;

/* Synapses of a layer as bytes; of INDEX as offsets. */
typedef struct aann_c_table {
    aann_export_c_table kind;
    int32_t low_bits; /* of RICE: those of a gap that are not unary */
    uint8_t *bytes;   /* of RICE and DELTA */
    int64_t *offsets; /* of INDEX */
    int64_t *counts;  /* of INDEX: [units][2], synapses -1 and +1 */
    size_t count;     /* bytes or offsets */
    int64_t first_gap;
    int64_t largest_gap;
} aann_c_table;

typedef struct aann_c_layer {
    const aann_layer *layer;
    int number; /* from 1 on */
    const int8_t *weights;
    bool last; /* its values are the logits */
    aann_c_frame input;
    int64_t longest; /* synapses of the unit that has most */
    int64_t list;    /* place of the list of a unit's offsets; a multiple of 4 */
    int64_t list_bytes;
    aann_c_table table;
    bool wide_sums; /* a sum, or its shift, needs more than 16 bits */
    bool
        words; /* inputs can be added four at a time, where the chip loads words from any address */
} aann_c_layer;

typedef struct aann_c_plan {
    const char *name;
    char capitals[AANN_EXPORT_C_NAME_SIZE]; /* the name, for constants and macros */
    const aann_spec *spec;
    aann_c_frame input; /* the encoded input, where it is pooled first; else that of layer 0 */
    bool pools_input;
    int32_t layer_count;
    aann_c_layer layers[AANN_MAX_LAYERS];
    int64_t memory;                     /* bytes */
    bool wide_offsets;                  /* an offset needs 32 bits */
    bool wide_gaps;                     /* so does a gap between synapses */
    bool uses[AANN_EXPORT_C_INDEX + 1]; /* kinds of tables */
    bool has_lists;
    bool has_words;
    bool has_shifts; /* of hidden layers or of the last one */
    bool pads;       /* a frame is padded */
} aann_c_plan;

/* Free with aann_c_plan_clear, whatever it returned. */
aann_status aann_c_plan_make(const aann_network *network, const aann_export_c_options *options,
                             aann_c_plan *plan, aann_error *error);
void aann_c_plan_clear(aann_c_plan *plan);

/* Where the outputs of layer `index` are written: the next layer's frame. */
const aann_c_frame *aann_c_plan_output(const aann_c_plan *plan, int32_t index);

/* Fills in the table of a layer, whose frame is known. AUTOMATIC: the smallest. */
aann_status aann_c_table_make(aann_c_layer *layer, aann_export_c_table kind, aann_error *error);
void aann_c_table_clear(aann_c_table *table);

/* Bytes that the table takes in flash. */
int64_t aann_c_table_size(const aann_c_plan *plan, const aann_c_layer *layer);

#endif
