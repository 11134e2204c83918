/* Networks: the spec notation, shapes, p-sparse weights, and the reference evaluation.
 *
 * A network is a chain of convolutions, max-pools and dense layers, written in one string such as
 * "16C5-MP2-32C5-MP2-10". Its weights are -1, 0 and +1; the number of each value is fixed per layer
 * ("p-sparse"). There are no biases, no batch normalisation and no scales.
 *
 * Arithmetic is exact. An activation is an int8 v in [-127, 127] that stands for v/127; a unit's
 * sum is an int32; HardTanh is a clamp of the (shifted) sum to [-127, 127]. The outputs of the last
 * layer are the logits: int32, shifted but not clamped. (A regression head clamps them; see
 * aann/search.h.)
 *
 * Simple use:
 *     aann_spec spec;
 *     aann_spec_parse("16C5-MP2-32C5-MP2-10", (aann_shape){1, 28, 28}, &spec, &error);
 *     aann_spec_set_sparsity(&spec, 90.0, NULL, 0, &error);
 *     aann_network *network;
 *     aann_network_create(&spec, &network, &error);
 *     aann_network_randomise(network, seed, member);
 *     aann_network_reference_logits(network, input, logits, &error);
 *     aann_network_destroy(network);
 *
 * Thread safety: specs are plain values. Any number of threads may read a network at the same time
 * while no thread changes it; different networks are independent. */
#ifndef AANN_NETWORK_H
#define AANN_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /* layers with weights in one network */
    AANN_MAX_LAYERS = 16,

    /* bytes of a spec's text, the final NUL included; every canonical text fits */
    AANN_MAX_SPEC_LENGTH = 1024,

    /* the integer that stands for 1.0 */
    AANN_ACTIVATION_MAX = 127
};

/* Channels, rows, columns of a map; a vector of n values is {n, 1, 1}. */
typedef struct aann_shape {
    int32_t channels;
    int32_t height;
    int32_t width;
} aann_shape;

typedef enum aann_layer_kind { AANN_LAYER_CONVOLUTION, AANN_LAYER_DENSE } aann_layer_kind;

/* One layer with weights and the max-pools that follow it. A dense layer is the convolution whose
 * kernel covers the whole input. Pools in a row are merged: MPa-MPb and MP(ab) are the same map. */
typedef struct aann_layer {
    aann_layer_kind kind;

    /* what the layer reads */
    aann_shape input;

    /* its units' sums, before pooling: {units, height, width} */
    aann_shape sums;

    /* after pooling: what the next layer reads */
    aann_shape output;

    /* of a dense layer: input.height, input.width */
    int32_t kernel_height;
    int32_t kernel_width;

    /* the same in both directions; 1 for dense */
    int32_t stride;

    /* zeros above the first row; 0 for dense and for "v" */
    int32_t padding_top;
    int32_t padding_left;

    /* 1: not pooled. Windows do not overlap; an incomplete one is dropped */
    int32_t pool_height;
    int32_t pool_width;

    /* right shift of the sum before HardTanh; 0 is the paper's network */
    int32_t shift;

    /* weights per unit: input.channels * kernel_height * kernel_width */
    int32_t fan_in;

    /* output channels of a convolution, outputs of a dense layer */
    int32_t units;

    /* units * fan_in */
    int64_t weight_count;

    /* percent of the weights that are 0 */
    double sparsity;

    /* the spec's text gave the sparsity ("@90"); a network-wide value does not override it */
    bool sparsity_from_spec;

    /* share of +1 among the non-zero weights; 0.5 unless set */
    double excitatory_share;
} aann_layer;

/* A parsed spec: a plain value, copied freely. */
typedef struct aann_spec {
    /* as given to aann_spec_parse */
    char text[AANN_MAX_SPEC_LENGTH];
    aann_shape input;

    /* pools before the first layer with weights; 1 if none */
    int32_t input_pool_height;
    int32_t input_pool_width;
    int32_t layer_count;
    aann_layer layers[AANN_MAX_LAYERS];

    /* classes, or outputs of a regression head */
    int32_t output_count;
} aann_spec;

/* How many weights of each value a layer has. */
typedef struct aann_counts {
    int64_t minus;
    int64_t zero;
    int64_t plus;
} aann_counts;

/* Parses the notation. Elements are separated by '-':
 *   16C5     convolution, 16 filters 5x5, stride 1, zero padding that keeps the size (odd kernels;
 *            an even kernel pads one more at the bottom and right)
 *   16C1x5   kernel 1 row, 5 columns
 *   MP2      max-pool 2x2; MP1x2: 1 row, 2 columns; an incomplete window at the edge is dropped
 *   10       dense layer with 10 units; the last element must be dense
 * Suffixes of a convolution or a dense layer, in any order, each at most once:
 *   v        no padding; s4: stride 4 (convolutions only)
 *   @90      sparsity in percent, at most nine decimals
 *   >>3      shift, 0 to 24
 * Sparsity is 50 percent until aann_spec_set_sparsity. On failure the message quotes the spec, says
 * where it goes wrong ("... at character 7 ('x')") and what was expected there; *spec is unchanged.
 * Limits: 16 layers; 65536 units, rows, columns and channels; kernels of 255; strides of 64; 2^24
 * values in a map; fewer than 2^24 weights per unit (so that every sum fits 32 bits) and 2^31 per
 * layer. Errors: AANN_ERROR_ARGUMENT. */
AANN_API aann_status aann_spec_parse(const char *text, aann_shape input, aann_spec *spec,
                                     aann_error *error);

/* Sets the sparsity of every layer in percent: `overall` for all, then per_layer[count] in the
 * order of the layers (count is 0 or layer_count). "@" in the spec overrides `overall`; per_layer
 * overrides both. A negative `overall` leaves the layers unchanged. Nine decimals are kept, finer
 * than one weight of the largest layer. A value outside [0, 100), or one that leaves a layer
 * without a non-zero weight, is AANN_ERROR_ARGUMENT, and *spec is unchanged. */
AANN_API aann_status aann_spec_set_sparsity(aann_spec *spec, double overall,
                                            const double *per_layer, size_t count,
                                            aann_error *error);

/* Sets the share of +1 among the non-zero weights of every layer, in [0, 1]. Any other value is
 * AANN_ERROR_ARGUMENT, and *spec is unchanged. */
AANN_API aann_status aann_spec_set_excitatory_share(aann_spec *spec, double share,
                                                    aann_error *error);

/* Sets every layer's shift: shifts[count], count = layer_count, each 0..24. Anything else is
 * AANN_ERROR_ARGUMENT, and *spec is unchanged. */
AANN_API aann_status aann_spec_set_shifts(aann_spec *spec, const int32_t *shifts, size_t count,
                                          aann_error *error);

/* The exact counts of layer `index`: zero = sparsity percent of weight_count, rounded to the
 * nearest integer (halves up); plus = excitatory_share of the others, rounded likewise; minus = the
 * rest. */
AANN_API aann_counts aann_spec_counts(const aann_spec *spec, int32_t index);

/* Writes the canonical text, for comparison and storage: "16C5@50-MP2-32C5@90-MP2-10@90>>3". It
 * spells out everything but the input's shape and the share of +1. It parses back to the same
 * layers, all with sparsity_from_spec. Fails (AANN_ERROR_ARGUMENT) if it does not fit `size` bytes;
 * AANN_MAX_SPEC_LENGTH bytes are always enough. */
AANN_API aann_status aann_spec_format(const aann_spec *spec, char *text, size_t size,
                                      aann_error *error);

/* Writes the name of a layer for people: "16C5", "10", ..., with its suffixes but without the
 * sparsity. 32 bytes are enough; a longer name is cut off. */
AANN_API void aann_layer_name(const aann_layer *layer, char *text, size_t size);

/* channels * height * width */
AANN_API int64_t aann_shape_size(aann_shape shape);

/* ---- networks -------------------------------------------------------------------------------- */

/* A spec and its weights. */
typedef struct aann_network aann_network;

/* Creates a network with all weights 0, or a copy of one. Free it with aann_network_destroy, which
 * allows NULL. Errors: memory. */
AANN_API aann_status aann_network_create(const aann_spec *spec, aann_network **network,
                                         aann_error *error);
AANN_API aann_status aann_network_copy(const aann_network *source, aann_network **copy,
                                       aann_error *error);
AANN_API void aann_network_destroy(aann_network *network);

/* Owned by the network. */
AANN_API const aann_spec *aann_network_spec(const aann_network *network);

/* Weights of a layer, int8 [units][input channels][kernel height][kernel width], dense:
 * [units][fan_in]. Owned by the network; valid until the network is changed or destroyed. */
AANN_API const int8_t *aann_network_weights(const aann_network *network, int32_t layer);

/* Copies values[weight_count] into a layer, in the order of aann_network_weights. Each must be -1,
 * 0 or 1; their counts may differ from the spec's (see aann_network_check_counts). Otherwise
 * AANN_ERROR_ARGUMENT: the message names the layer and the first wrong weight, and the network is
 * unchanged. */
AANN_API aann_status aann_network_set_weights(aann_network *network, int32_t layer,
                                              const int8_t *values, aann_error *error);

/* The counts that the layer has now: counted, not those of the spec. */
AANN_API aann_counts aann_network_counts(const aann_network *network, int32_t layer);

/* Fails with AANN_ERROR_ARGUMENT unless every layer has exactly the counts of the spec
 * (aann_spec_counts); the message names the layer, its counts and the expected ones. A network with
 * other counts, such as a lesioned one, can be evaluated and compared, but no search starts from
 * it. */
AANN_API aann_status aann_network_check_counts(const aann_network *network, aann_error *error);

/* Sets uniformly random weights with exactly the counts of the spec: a function of (spec, seed,
 * member) alone. */
AANN_API void aann_network_randomise(aann_network *network, uint64_t seed, uint64_t member);

/* How binarised weights compare with plain pruning by magnitude. */
typedef struct aann_binarisation {
    /* the counts that pruning by magnitude and taking the sign gives */
    aann_counts by_magnitude;

    /* weights to which it gives another value: the price of a fixed share of +1 */
    int64_t different;
} aann_binarisation;

/* Turns the finite real numbers values[weight_count] into weights -1, 0 and +1 with exactly the
 * counts of the spec: the counts.plus largest become +1, the counts.minus smallest -1, the rest 0;
 * among equal numbers the first wins. If the share of +1 among the numbers of largest magnitude is
 * that of the spec, this equals pruning by magnitude and taking the sign. `binarisation` may be
 * NULL. Errors: memory. */
AANN_API aann_status aann_network_binarise(aann_network *network, int32_t layer,
                                           const double *values, aann_binarisation *binarisation,
                                           aann_error *error);

/* Hash (XXH3, 64 bits) of the input's shape, the canonical spec and all weights: equal networks
 * have equal hashes on every machine. */
AANN_API uint64_t aann_network_hash(const aann_network *network);

/* Bytes of the packed form: 2 bits per weight (0 = 00, +1 = 01, -1 = 11, low bits first); each
 * layer starts on a byte. */
AANN_API size_t aann_network_packed_size(const aann_spec *spec);

/* Writes the packed form: packed[aann_network_packed_size(spec)]. */
AANN_API void aann_network_pack(const aann_network *network, uint8_t *packed);

/* Reads the packed form packed[size]. A wrong size, the code 10, unused bits that are not 0, or a
 * layer whose counts are not those of the spec are AANN_ERROR_FORMAT, and the network is
 * unchanged. */
AANN_API aann_status aann_network_unpack(aann_network *network, const uint8_t *packed, size_t size,
                                         aann_error *error);

/* The naive reference evaluation of one sample, against which every faster path is tested: input
 * int8 [channels][height][width], logits int32 [output_count]. Errors: memory. */
AANN_API aann_status aann_network_reference_logits(const aann_network *network, const int8_t *input,
                                                   int32_t *logits, aann_error *error);

/* The same, with the outputs of every hidden layer, after pooling and clamp: activations[layer] is
 * the caller's int8 [output size of the layer], for layer in 0..layer_count-2. */
AANN_API aann_status aann_network_reference_trace(const aann_network *network, const int8_t *input,
                                                  int8_t *const *activations, int32_t *logits,
                                                  aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
