/* Half blocks: the upper half of a cell in the foreground colour, the lower half in the background
 * colour. */
#include "cli/shared/terminal_picture.h"

#include <stdbool.h>

typedef struct colour {
    int red, green, blue;
} colour;

/* The mean of a square of pixels, as far as it lies within the picture. */
static colour mean_colour(const uint8_t *pixels, int width, int height, int x, int y, int size)
{
    colour sum = {0, 0, 0};
    int count = 0;
    for (int j = y; j < y + size && j < height; j++) {
        for (int i = x; i < x + size && i < width; i++) {
            const uint8_t *pixel = pixels + ((size_t)j * (size_t)width + (size_t)i) * 3;
            sum.red += pixel[0];
            sum.green += pixel[1];
            sum.blue += pixel[2];
            count++;
        }
    }
    return count == 0 ? sum : (colour){sum.red / count, sum.green / count, sum.blue / count};
}

static bool same(colour a, colour b)
{
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

int terminal_picture_lines(int height, int shrink)
{
    return (height + 2 * shrink - 1) / (2 * shrink);
}

void terminal_picture_write(FILE *stream, const uint8_t *pixels, int width, int height, int shrink)
{
    for (int y = 0; y < height; y += 2 * shrink) {
        colour last_upper = {-1, -1, -1}, last_lower = {-1, -1, -1};
        for (int x = 0; x < width; x += shrink) {
            const colour upper = mean_colour(pixels, width, height, x, y, shrink);
            const colour lower = mean_colour(pixels, width, height, x, y + shrink, shrink);
            if (!same(upper, last_upper)) {
                fprintf(stream, "\033[38;2;%d;%d;%dm", upper.red, upper.green, upper.blue);
            }
            if (!same(lower, last_lower)) {
                fprintf(stream, "\033[48;2;%d;%d;%dm", lower.red, lower.green, lower.blue);
            }
            fputs("\xe2\x96\x80", stream); /* U+2580, upper half block */
            last_upper = upper;
            last_lower = lower;
        }
        fputs("\033[0m\n", stream);
    }
}
