/* The exact picture: every byte of Gymnasium's, without its surface of 1000 x 800 pixels.
 *
 * A pixel of the picture (a cell here) comes from 11 or 12 columns and 9 or 10 rows of the surface.
 * Most cells have one colour. exact_scene.c lists what can be seen, from the ground up, as shapes
 * (exact_shapes.c) with corners in whole pixels of the surface; kernels/exact_strips.c goes through
 * the picture's rows, notes for each cell which shapes reach into it and which cover it, and paints
 * only the cells that more than one colour reaches. exact_tables.c has what both need.
 *
 * Rows count from the top of the picture here: row 0 is the surface's last, since Gymnasium turns
 * it upside down. */
#ifndef AANN_CAR_EXACT_PARTS_H
#define AANN_CAR_EXACT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/car.h"

enum {
    AANN_CAR_SURFACE_COLUMNS = 1000,
    AANN_CAR_SURFACE_ROWS = 800,
    AANN_CAR_PANEL_TOP = 700,     /* the first row of the indicators */
    AANN_CAR_PANEL_STRIP = 84,    /* and of the picture */
    AANN_CAR_LANES = 16,          /* rows of the surface held at once; a cell has at most 10 */
    AANN_CAR_CELL_COLUMNS = 12,   /* of the surface; or one less */
    AANN_CAR_EDGES = 4,           /* of a shape, at most */
    AANN_CAR_MAX_SHAPES = 6144,   /* field, 400 squares, 2 * 2500 tiles and kerbs, the car, bars */
    AANN_CAR_MAX_LAYERS = 2048,   /* shapes in one row of the picture */
    AANN_CAR_SPAN_ROWS = 1 << 17, /* of all shapes */
    AANN_CAR_SCORE_STRIP = 87,    /* rows of the picture that the score reaches, and columns */
    AANN_CAR_SCORE_STRIPS = 6,
    AANN_CAR_SCORE_CELLS = 12,
    AANN_CAR_SCORE_TEXT = 32 /* bytes of its text, which ends with a 0 */
};

/* What a shape is made of. */
typedef enum aann_car_paint {
    AANN_CAR_PAINT_BLACK,
    AANN_CAR_PAINT_FIELD,
    AANN_CAR_PAINT_GRASS,
    AANN_CAR_PAINT_ROAD,     /* without shade */
    AANN_CAR_PAINT_ROAD_ONE, /* tiles 1, 4, 7, ... */
    AANN_CAR_PAINT_ROAD_TWO, /* tiles 2, 5, 8, ... */
    AANN_CAR_PAINT_WHITE,
    AANN_CAR_PAINT_RED,
    AANN_CAR_PAINT_MARK, /* on the wheels */
    AANN_CAR_PAINT_HULL,
    AANN_CAR_PAINT_BLUE,
    AANN_CAR_PAINT_VIOLET,
    AANN_CAR_PAINT_GREEN,
    AANN_CAR_PAINTS
} aann_car_paint;

typedef enum aann_car_edge_kind {
    AANN_CAR_EDGE_STEEP, /* one pixel and its neighbour in each row */
    AANN_CAR_EDGE_FLAT   /* and in each column */
} aann_car_edge_kind;

/* A soft line. Step k = 0..length is `step` * k / 65536 away across the direction it runs in: a
 * steep one in row `row` - k, a flat one in column `column` + `direction` * k. */
typedef struct aann_car_soft_edge {
    aann_car_edge_kind kind;
    int32_t column, row; /* of step 0, the lowest in the picture */
    int32_t length, direction, step;
    int32_t across;     /* how far away the last step is: `step` is rounded down */
    int32_t whole_step; /* the one of its ends that is drawn, in full */
    bool whole;         /* all of it is drawn in full: it runs along an axis */
    int32_t top;        /* first row; the last is `row` */
    double inverse;     /* 65536 / step, if it is flat */
} aann_car_soft_edge;

/* One side of a filled shape: the crossing with surface row `from` + j (surface rows count
 * upwards in the picture) is ((65536 j) / height) * width + start, in 1/65536 of a pixel. */
typedef struct aann_car_side {
    int32_t from, to; /* surface rows, both included */
    int32_t width, start;
    double inverse; /* 65536 / height */
} aann_car_side;

/* A shape; it owns rows top..bottom of the picture's count. Where sides are listed, two of them
 * cross each row, and the kernel computes the spans from them. */
typedef struct aann_car_shape {
    aann_car_paint paint;
    int32_t top, bottom;
    int32_t spans; /* where those of `top` are; before and behind its rows are 16 empty ones */
    int32_t side_count, edge_count;
    aann_car_side sides[4];
    aann_car_soft_edge edges[AANN_CAR_EDGES];
} aann_car_shape;

/* Which lines of the surface a line of the picture comes from: `first` and `last` count in part, by
 * these shares of 0x4000, those between in full. */
typedef struct aann_car_share {
    int32_t first, last;
    uint16_t first_share, last_share;
} aann_car_share;

/* A set of cells of one row of the picture: cell c is bit c % 64 of word c / 64. */
typedef uint64_t aann_car_cells __attribute__((vector_size(16)));

/* A soft edge in the rows of a strip: the columns that it reaches, none if first > last. */
typedef struct aann_car_layer_edge {
    const aann_car_soft_edge *edge;
    int32_t first, last;
    aann_car_cells reached;
} aann_car_layer_edge;

/* A shape in the rows of a strip: lane i is filled from left[i] to right[i]. */
typedef struct aann_car_layer {
    const aann_car_shape *shape;
    const int16_t *left, *right;     /* [AANN_CAR_LANES] */
    int32_t inner_first, inner_last; /* columns filled in all rows */
    int32_t outer_first, outer_last; /* and in any */
    aann_car_cells reached;          /* where any of it may be */
    aann_car_cells covered;          /* filled in all rows and columns */
    aann_car_cells on_top;           /* where it changes what its base and layers below gave */
    int32_t edge_count;
    aann_car_layer_edge edges[AANN_CAR_EDGES];
} aann_car_layer;

/* A row of the picture while it is drawn. */
typedef struct aann_car_strip {
    int32_t row;
    uint8_t *pixels;
    int32_t first_row, row_count;         /* of the surface */
    uint32_t bases;                       /* the paints that cover cells, as bits */
    aann_car_cells base[AANN_CAR_PAINTS]; /* which cells; none if its bit is not set */
    aann_car_cells several;               /* cells that have to be painted */
    int32_t layer_count;                  /* from the ground up */
    aann_car_layer layers[AANN_CAR_MAX_LAYERS];
    uint16_t stack_heights[AANN_CAR_WIDTH]; /* of cells to be painted: layers, from the base up */
    uint16_t stacks[AANN_CAR_WIDTH][AANN_CAR_MAX_LAYERS + 32]; /* apart in the cache */
} aann_car_strip;

/* The score in the corner. */
typedef struct aann_car_score {
    bool drawn; /* else the corner stays black */
    aann_car_glyphs glyphs;
    char text[AANN_CAR_SCORE_TEXT]; /* what the cells show */
    uint8_t cells[AANN_CAR_SCORE_STRIPS][AANN_CAR_SCORE_CELLS];
} aann_car_score;

typedef struct aann_car_exact aann_car_exact;

/* Paints all rows of the picture from the list of shapes: a kernel. */
typedef void aann_car_exact_painter(aann_car_exact *exact, uint8_t *pixels);

struct aann_car_exact {
    /* Set once. */
    aann_car_exact_painter *painter;
    aann_car_share columns[AANN_CAR_WIDTH], rows[AANN_CAR_HEIGHT];
    uint16_t column_factor, row_factor;           /* 1 / extent, in 1/65536 */
    uint8_t first_cell[AANN_CAR_SURFACE_COLUMNS]; /* the first cell that has a column */
    uint8_t last_cell[AANN_CAR_SURFACE_COLUMNS];  /* and the last */
    uint8_t first_strip[AANN_CAR_SURFACE_ROWS];   /* the same of rows */
    uint8_t last_strip[AANN_CAR_SURFACE_ROWS];
    aann_car_cells cells_before[AANN_CAR_WIDTH + 1];      /* the cells left of each */
    uint16_t row_shares[AANN_CAR_HEIGHT][AANN_CAR_LANES]; /* how much each row of a strip counts */
    uint8_t spread[256][32]; /* of the 24 bytes of 8 cells, those whose bits are set: 255 */
    aann_car_score score;

    /* Of one picture. */
    uint8_t paints[AANN_CAR_PAINTS][4];
    uint8_t known_paints[AANN_CAR_PAINTS][4];   /* those that what follows is of */
    uint8_t shrunk_paints[AANN_CAR_PAINTS][32]; /* in eight cells, and some bytes more */
    aann_car_paint ground; /* what is where no shape is, above the indicators */
    int32_t shape_count;
    aann_car_shape shapes[AANN_CAR_MAX_SHAPES];
    uint8_t shape_first[AANN_CAR_MAX_SHAPES], shape_last[AANN_CAR_MAX_SHAPES]; /* strips */
    uint8_t pair_channels[AANN_CAR_PAINTS][AANN_CAR_PAINTS]; /* of `known_paints`, as bits */
    uint16_t strip_counts[AANN_CAR_HEIGHT];                  /* shapes in each strip, and which */
    uint16_t strip_shapes[AANN_CAR_HEIGHT][AANN_CAR_MAX_LAYERS + 32]; /* apart in the cache */
    int32_t span_count;
    int16_t span_left[AANN_CAR_SPAN_ROWS], span_right[AANN_CAR_SPAN_ROWS];
    aann_car_strip strip;
};

#endif
