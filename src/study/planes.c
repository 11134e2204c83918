/* Whole numbers as few bytes.
 *
 * Ten thousand samples of ten classes are 400 kB of logits as int32. Most logits fit 16 bits, and
 * their high bytes hardly vary: stored byte plane by byte plane and deflated, a third of that is
 * left. */
#include "study/planes.h"

#include <stdlib.h>

#include <zlib.h>

#include "core/memory.h"

/* Higher levels save little and are several times as slow. */
enum { COMPRESSION_LEVEL = 4 };

static bool fits_16_bits(const int32_t *values, size_t count)
{
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
        fits = fits && values[i] >= INT16_MIN && values[i] <= INT16_MAX;
    }
    return fits;
}

static void split_planes(const int32_t *values, size_t count, int width, uint8_t *planes)
{
    for (int byte = 0; byte < width; byte++) {
        for (size_t i = 0; i < count; i++) {
            *planes++ = (uint8_t)((uint32_t)values[i] >> (8 * byte));
        }
    }
}

static void join_planes(const uint8_t *planes, size_t count, int width, int32_t *values)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = 0;
        for (int byte = 0; byte < width; byte++) {
            bits |= (uint32_t)planes[(size_t)byte * count + i] << (8 * byte);
        }
        values[i] = width == 2 ? (int32_t)(int16_t)(uint16_t)bits : (int32_t)bits;
    }
}

uint8_t *aann_planes_pack(const int32_t *values, size_t count, int *width, size_t *size)
{
    *width = fits_16_bits(values, count) ? 2 : 4;
    const size_t plain_size = count * (size_t)*width;
    uLongf packed_size = compressBound((uLong)plain_size);
    uint8_t *plain = aann_allocate(plain_size, 1);
    uint8_t *packed = aann_allocate(packed_size, 1);
    bool good = plain != NULL && packed != NULL;
    if (good) {
        split_planes(values, count, *width, plain);
        good = compress2(packed, &packed_size, plain, (uLong)plain_size, COMPRESSION_LEVEL) == Z_OK;
    }
    free(plain);
    if (!good) {
        free(packed);
        return NULL;
    }
    *size = packed_size;
    return packed;
}

bool aann_planes_unpack(const void *packed, size_t size, int width, size_t count, int32_t *values,
                        aann_status *status)
{
    *status = AANN_OK;
    if (width != 2 && width != 4) {
        return false;
    }
    const size_t plain_size = count * (size_t)width;
    uint8_t *plain = aann_allocate(plain_size, 1);
    if (plain == NULL) {
        *status = AANN_ERROR_MEMORY;
        return false;
    }
    uLongf found = (uLongf)plain_size;
    const bool good = uncompress(plain, &found, packed, (uLong)size) == Z_OK && found == plain_size;
    if (good) {
        join_planes(plain, count, width, values);
    }
    free(plain);
    return good;
}
