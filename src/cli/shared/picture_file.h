/* Pictures in files: PNG, and moving ones as animated WebP. */
#ifndef AANN_CLI_SHARED_PICTURE_FILE_H
#define AANN_CLI_SHARED_PICTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes pixels[height][width][3] as a PNG, every pixel `enlarge` x `enlarge` times. On failure
 * returns false with one line in message[size]. */
bool picture_file_write_png(const char *path, const uint8_t *pixels, int width, int height,
                            int enlarge, char *message, size_t size);

/* A moving picture being made: create, add frames, write, destroy. */
typedef struct moving_picture moving_picture;

/* Frames are width x height, shown `enlarge` times larger, one every `milliseconds`, without loss.
 * NULL: out of memory. */
moving_picture *moving_picture_create(int width, int height, int enlarge, int milliseconds);
void moving_picture_destroy(moving_picture *picture); /* NULL is allowed */

/* Adds pixels[height][width][3]; they are copied. */
bool moving_picture_add(moving_picture *picture, const uint8_t *pixels, char *message, size_t size);

/* Writes all frames, to be repeated for ever. */
bool moving_picture_write(moving_picture *picture, const char *path, char *message, size_t size);

#endif
