/* Pictures in a terminal. */
#ifndef AANN_CLI_SHARED_TERMINAL_PICTURE_H
#define AANN_CLI_SHARED_TERMINAL_PICTURE_H

#include <stdint.h>
#include <stdio.h>

/* Draws pixels[height][width][3] from the current line on, each `shrink` x `shrink` pixels (1 or
 * more) as one: a character cell shows two of them one above the other, as a half block in two
 * 24-bit colours. Ends every line and resets the colours. */
void terminal_picture_write(FILE *stream, const uint8_t *pixels, int width, int height, int shrink);

/* How many lines that takes. */
int terminal_picture_lines(int height, int shrink);

#endif
