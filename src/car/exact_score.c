/* The score: Gymnasium writes the reward as text, white on an opaque black image, and copies that
 * onto its surface, 46 rows from row 727 on, its middle at column 60. Then everything is shrunk.
 *
 * The image ends where the bars of the indicators begin: it has room for five digits and a minus,
 * for a million steps without a tile. (The bar of the hull's spin would reach it at 31 radians a
 * second; 10.6 is the most that was ever seen.) What the cells show changes with every tenth step
 * and each tile, so they are kept. */
#include "car/exact_score.h"

#include <stdio.h>
#include <string.h>

enum { TOP = 727, MIDDLE = 60, COLUMNS = 125, MINUS = AANN_CAR_GLYPHS - 1, UNITS = 64 };

static int32_t glyph_of(char character)
{
    return character == '-' ? MINUS : character - '0';
}

/* The columns at which the characters begin; returns the width of all. */
static int32_t place_glyphs(const aann_car_glyphs *glyphs, const char *text,
                            int32_t begins[AANN_CAR_SCORE_TEXT])
{
    int32_t pen = 0, width = 0;
    for (int32_t i = 0; text[i] != '\0'; i++) {
        if (i > 0) {
            const int32_t before = glyph_of(text[i - 1]);
            pen += UNITS * glyphs->advance[before] + glyphs->kerning[before][glyph_of(text[i])];
        }
        begins[i] = pen >= 0 ? pen / UNITS : -((-pen + UNITS - 1) / UNITS);
        width = begins[i] + glyphs->advance[glyph_of(text[i])];
    }
    return width;
}

/* Where glyphs overlap, the lighter one is seen. */
static void draw_text(const aann_car_glyphs *glyphs, const char *text,
                      uint8_t image[AANN_CAR_GLYPH_ROWS][COLUMNS])
{
    int32_t begins[AANN_CAR_SCORE_TEXT];
    const int32_t left = MIDDLE - place_glyphs(glyphs, text, begins) / 2;
    memset(image, 0, (size_t)AANN_CAR_GLYPH_ROWS * COLUMNS);
    for (int32_t i = 0; text[i] != '\0'; i++) {
        const int32_t glyph = glyph_of(text[i]);
        for (int32_t x = 0; x < AANN_CAR_GLYPH_COLUMNS; x++) {
            const int32_t column = left + begins[i] + x;
            for (int32_t y = 0; column >= 0 && column < COLUMNS && y < AANN_CAR_GLYPH_ROWS; y++) {
                const uint8_t value = glyphs->pixels[glyph][y][x];
                if (value > image[y][column]) {
                    image[y][column] = value;
                }
            }
        }
    }
}

static uint32_t part_of(uint32_t value, uint32_t share)
{
    return (4 * value * share) >> 16;
}

/* One row of the image, across. */
static void shrink_row(const aann_car_exact *exact, const uint8_t row[COLUMNS],
                       uint8_t cells[AANN_CAR_SCORE_CELLS])
{
    for (int32_t cell = 0; cell < AANN_CAR_SCORE_CELLS; cell++) {
        const aann_car_share *share = &exact->columns[cell];
        uint32_t sum = part_of(row[share->first], share->first_share);
        for (int32_t x = share->first + 1; x < share->last; x++) {
            sum += row[x];
        }
        sum += share->last < COLUMNS ? part_of(row[share->last], share->last_share) : 0;
        cells[cell] = (uint8_t)((sum * exact->column_factor) >> 16);
    }
}

static void make_cells(aann_car_exact *exact)
{
    aann_car_score *score = &exact->score;
    uint8_t image[AANN_CAR_GLYPH_ROWS][COLUMNS];
    uint8_t across[AANN_CAR_GLYPH_ROWS][AANN_CAR_SCORE_CELLS];
    draw_text(&score->glyphs, score->text, image);
    for (int32_t y = 0; y < AANN_CAR_GLYPH_ROWS; y++) {
        shrink_row(exact, image[y], across[y]);
    }
    for (int32_t strip = 0; strip < AANN_CAR_SCORE_STRIPS; strip++) {
        const aann_car_share *share = &exact->rows[AANN_CAR_SCORE_STRIP + strip];
        for (int32_t cell = 0; cell < AANN_CAR_SCORE_CELLS; cell++) {
            uint32_t sum = 0;
            for (int32_t y = share->first; y <= share->last; y++) {
                if (y >= TOP && y < TOP + AANN_CAR_GLYPH_ROWS) {
                    const uint32_t value = across[y - TOP][cell];
                    sum += y == share->first  ? part_of(value, share->first_share)
                           : y == share->last ? part_of(value, share->last_share)
                                              : value;
                }
            }
            score->cells[strip][cell] = (uint8_t)((sum * exact->row_factor) >> 16);
        }
    }
}

void aann_car_exact_draw_score(aann_car_exact *exact, double reward,
                               uint8_t pixels[AANN_CAR_PIXELS])
{
    aann_car_score *score = &exact->score;
    if (!score->drawn) {
        return;
    }
    char text[AANN_CAR_SCORE_TEXT];
    (void)snprintf(text, sizeof text, "%04.0f", reward);
    if (strcmp(text, score->text) != 0) {
        memcpy(score->text, text, sizeof text);
        make_cells(exact);
    }
    for (int32_t strip = 0; strip < AANN_CAR_SCORE_STRIPS; strip++) {
        uint8_t *out = pixels + (AANN_CAR_SCORE_STRIP + strip) * AANN_CAR_WIDTH * AANN_CAR_CHANNELS;
        for (int32_t cell = 0; cell < AANN_CAR_SCORE_CELLS; cell++, out += AANN_CAR_CHANNELS) {
            memset(out, score->cells[strip][cell], AANN_CAR_CHANNELS);
        }
    }
}
