/* Paints the exact picture, row by row of the picture: a strip of 9 or 10 rows of the surface.
 *
 * A strip's shapes become layers (exact_layers.h): for each cell it is noted which layers lie on
 * top of the last one that covers all of it. Cells without any have one colour, which a table
 * knows. In the others, the rows of the surface are the lanes of a vector (exact_lanes.h): one
 * layer with one edge is summed up (exact_sums.h), anything else is painted (exact_blocks.h). */
#include "car/kernels/exact_strips.h"

#include <string.h>

#include "car/kernels/exact_blocks.h"
#include "car/kernels/exact_cover.h"
#include "car/kernels/exact_sums.h"

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)

/* ---- strips ---------------------------------------------------------------------------------- */

/* Which channels two paints differ in, less those that are as another one. */
static uint8_t channels_of(const uint8_t *one, const uint8_t *other)
{
    const int32_t channels = (one[0] != other[0] ? RED : 0) | (one[1] != other[1] ? GREEN : 0) |
                             (one[2] != other[2] ? BLUE : 0);
    if (one[0] != one[2] || other[0] != other[2] || (channels & RED) == 0) {
        return (uint8_t)channels;
    }
    return one[0] == one[1] && other[0] == other[1] ? GREEN | GREY
                                                    : RED | (channels & GREEN) | SAME;
}

/* Shrinking takes 2 from every colour, since it rounds down, and leaves no less than 0, in all
 * cells alike. */
static void shrink_paint(aann_car_exact *exact, int32_t paint)
{
    for (int32_t i = 0; i < 32; i++) {
        const uint8_t colour = exact->paints[paint][i % 3];
        exact->shrunk_paints[paint][i] = colour > 2 ? (uint8_t)(colour - 2) : 0;
    }
}

/* Brings what is kept of the paints up to date. */
static void shrink_paints(aann_car_exact *exact)
{
    if (memcmp(exact->known_paints, exact->paints, sizeof exact->paints) == 0) {
        return;
    }
    for (int32_t paint = 0; paint < AANN_CAR_PAINTS; paint++) {
        for (int32_t other = 0; other < AANN_CAR_PAINTS; other++) {
            exact->pair_channels[paint][other] =
                channels_of(exact->paints[paint], exact->paints[other]);
        }
        if (memcmp(exact->known_paints[paint], exact->paints[paint], sizeof exact->paints[paint]) !=
            0) {
            shrink_paint(exact, paint);
        }
    }
    memcpy(exact->known_paints, exact->paints, sizeof exact->paints);
}

static void list_layers(aann_car_exact *exact, int32_t row)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_share *share = &exact->rows[row];
    strip->first_row = share->first;
    strip->row_count = share->last - share->first + 1;
    strip->layer_count = exact->strip_counts[row];
    for (int32_t i = 0; i < strip->layer_count; i++) {
        make_layer(exact, strip, &exact->shapes[exact->strip_shapes[row][i]], &strip->layers[i]);
    }
}

/* Lists the shapes of each strip. */
static void share_shapes(aann_car_exact *exact)
{
    memset(exact->strip_counts, 0, sizeof exact->strip_counts);
    for (int32_t i = 0; i < exact->shape_count; i++) {
        for (int32_t row = exact->shape_first[i]; row <= exact->shape_last[i]; row++) {
            if (exact->strip_counts[row] < AANN_CAR_MAX_LAYERS) {
                exact->strip_shapes[row][exact->strip_counts[row]++] = (uint16_t)i;
            }
        }
    }
}

/* Eight cells, and eight bytes more. */
typedef uint8_t eight_cells __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) eight_cells load_cells(const uint8_t *bytes)
{
    eight_cells loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

enum { EIGHTS = AANN_CAR_WIDTH / 8, EIGHT_BYTES = 24 };

/* Where a base is, in eight cells from bit `place` of a word on. */
static inline __attribute__((always_inline)) eight_cells spread_cells(const aann_car_exact *exact,
                                                                      uint64_t word, int32_t place)
{
    return load_cells(exact->spread[word >> place & 255]);
}

/* Draws all cells as if nothing but their base reached them. */
static void draw_bases(const aann_car_exact *exact)
{
    const aann_car_strip *strip = &exact->strip;
    eight_cells drawn[EIGHTS];
    uint32_t bases = strip->bases;
    const cells first = strip->base[__builtin_ctz(bases)];
    const eight_cells first_colour = load_cells(exact->shrunk_paints[__builtin_ctz(bases)]);
    for (int32_t i = 0; i < EIGHTS; i++) {
        drawn[i] = first_colour & spread_cells(exact, first[i / 8], i % 8 * 8);
    }
    for (bases &= bases - 1; bases != 0; bases &= bases - 1) {
        const cells where = strip->base[__builtin_ctz(bases)];
        const eight_cells colour = load_cells(exact->shrunk_paints[__builtin_ctz(bases)]);
        for (int32_t i = 0; i < EIGHTS; i++) {
            drawn[i] |= colour & spread_cells(exact, where[i / 8], i % 8 * 8);
        }
    }
    for (int32_t i = 0; i < EIGHTS; i++) {
        memcpy(strip->pixels + i * EIGHT_BYTES, &drawn[i], EIGHT_BYTES);
    }
}

static void paint_strip(aann_car_exact *exact, int32_t row, uint8_t *pixels)
{
    aann_car_strip *strip = &exact->strip;
    strip->row = row;
    strip->pixels = pixels;
    list_layers(exact, row);
    find_bases(exact);
    const cells changed = find_changes(strip);
    draw_bases(exact);
    if (is_empty(changed)) {
        return;
    }
    lanes row_shares[HALVES];
    memcpy(row_shares, exact->row_shares[row], sizeof row_shares);
    for (int32_t i = 0; i < strip->layer_count; i++) {
        sum_layer(exact, &strip->layers[i], row_shares);
    }
    if (!is_empty(strip->several)) {
        paint_several(exact, row_shares);
    }
}

void JOIN(aann_car_exact_paint, AANN_ISA)(aann_car_exact *exact, uint8_t *pixels)
{
    shrink_paints(exact);
    share_shapes(exact);
    for (int32_t i = 0; i < exact->shape_count; i++) {
        if (exact->shapes[i].side_count > 0) {
            fill_from_sides(exact, &exact->shapes[i]);
        }
    }
    for (int32_t row = 0; row < AANN_CAR_HEIGHT; row++) {
        paint_strip(exact, row, pixels + (size_t)row * 3 * AANN_CAR_WIDTH);
    }
}
