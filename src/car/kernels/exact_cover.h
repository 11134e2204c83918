/* What lies on top of what: for each cell of a strip the paint that covers it, its base, and the
 * layers above that. */
#ifndef AANN_CAR_KERNELS_EXACT_COVER_H
#define AANN_CAR_KERNELS_EXACT_COVER_H

#include "car/kernels/exact_layers.h"

static bool is_road(aann_car_paint paint)
{
    return paint == AANN_CAR_PAINT_ROAD || paint == AANN_CAR_PAINT_ROAD_ONE ||
           paint == AANN_CAR_PAINT_ROAD_TWO;
}

/* The cells that two layers fill together in all rows of the strip. */
static cells covered_by_both(const aann_car_exact *exact, const aann_car_layer *a,
                             const aann_car_layer *b)
{
    signed_lanes first[HALVES], last[HALVES];
    for (int32_t i = 0; i < HALVES; i++) {
        const int32_t from = i * VECTOR;
        const signed_lanes a_left = load_signed(a->left + from),
                           a_right = load_signed(a->right + from),
                           b_left = load_signed(b->left + from),
                           b_right = load_signed(b->right + from);
        /* An empty row is at 32767 and -32767: the other one alone counts. */
        const signed_lanes inner_left = greater_lanes(a_left, b_left),
                           inner_right = lesser_lanes(a_right, b_right);
        const signed_lanes apart = (inner_left > inner_right + 1) & (inner_left != NO_COLUMN),
                           here = numbered(from) < (int16_t)exact->strip.row_count;
        first[i] =
            chosen(here, chosen(~apart, lesser_lanes(a_left, b_left), NO_COLUMN), -NO_COLUMN);
        last[i] = chosen(here, greater_lanes(a_right, b_right), NO_COLUMN);
    }
    return cells_within(exact, highest(first), lowest(last));
}

/* Gives cells a base. */
static void set_base(aann_car_strip *strip, aann_car_paint paint, cells which)
{
    if (!is_empty(which)) {
        strip->base[paint] |= which;
        strip->bases |= 1U << paint;
    }
}

/* Two tiles of the road side by side cover the cells on their seam together: it is as if the first
 * one covered them, with the second one on top. Finds these cells among those that are open, and
 * gives them their base. */
static cells cover_seam(aann_car_exact *exact, int32_t index, cells open)
{
    aann_car_strip *strip = &exact->strip;
    const aann_car_layer *layer = &strip->layers[index];
    cells seam = layer->on_top & open;
    int32_t before = index - 1;
    if (before >= 0 && !is_road(strip->layers[before].shape->paint)) {
        seam &= ~strip->layers[before].reached; /* a kerb, which lies between the two */
        before--;
    }
    if (is_empty(seam) || before < 0 || !is_road(strip->layers[before].shape->paint)) {
        return (cells){0};
    }
    seam &= covered_by_both(exact, &strip->layers[before], layer);
    set_base(strip, strip->layers[before].shape->paint, seam);
    return seam;
}

/* From the top down: what is covered hides what is below. */
static void find_bases(aann_car_exact *exact)
{
    aann_car_strip *strip = &exact->strip;
    for (; strip->bases != 0; strip->bases &= strip->bases - 1) {
        strip->base[__builtin_ctz(strip->bases)] = (cells){0};
    }
    cells open = exact->cells_before[AANN_CAR_WIDTH];
    for (int32_t i = strip->layer_count - 1; i >= 0; i--) {
        aann_car_layer *layer = &strip->layers[i];
        const aann_car_paint paint = layer->shape->paint;
        layer->on_top = layer->reached & open & ~layer->covered;
        set_base(strip, paint, layer->covered & open);
        open &= ~layer->covered;
        if (is_road(paint)) {
            open &= ~cover_seam(exact, i, open);
        }
    }
    set_base(strip, strip->row < AANN_CAR_PANEL_STRIP ? exact->ground : AANN_CAR_PAINT_BLACK, open);
}

/* From the ground up: a layer changes nothing where only its own paint is. Returns the cells that
 * are changed, and marks those that several layers change. */
static cells find_changes(aann_car_strip *strip)
{
    cells once = {0}, twice = {0};
    for (int32_t i = 0; i < strip->layer_count; i++) {
        aann_car_layer *layer = &strip->layers[i];
        layer->on_top &= once | ~strip->base[layer->shape->paint];
        twice |= once & layer->on_top;
        once |= layer->on_top;
    }
    strip->several = twice;
    return once;
}

/* The paint that covers a cell. */
static int32_t base_of(const aann_car_strip *strip, int32_t cell)
{
    uint32_t bases = strip->bases;
    while (!has_cell(strip->base[__builtin_ctz(bases)], cell)) {
        bases &= bases - 1;
    }
    return __builtin_ctz(bases);
}

#endif
