/* UTF-8, and the one other encoding that files on this side of it still have. */
#include "core/utf8.h"

#include <string.h>

/* The length of the character that begins at `at`, at most `left`; 0 if there is none. */
static size_t character_length(const unsigned char *at, size_t left)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = at[0] < 0x80             ? 1
                          : (at[0] & 0xe0) == 0xc0 ? 2
                          : (at[0] & 0xf0) == 0xe0 ? 3
                          : (at[0] & 0xf8) == 0xf0 ? 4
                                                   : 0;
    if (length < 2 || length > left) {
        return length == 1 ? 1 : 0;
    }
    uint32_t character = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        character = character << 6 | (at[i] & 0x3fu);
    }
    const bool surrogate = character >= 0xd800 && character < 0xe000;
    return character < smallest[length] || character > 0x10ffff || surrogate ? 0 : length;
}

bool aann_utf8_is_valid(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const size_t step = character_length((const unsigned char *)text + at, length - at);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

bool aann_utf8_is_odd(const char *text)
{
    return text != NULL && !aann_utf8_is_valid(text, strlen(text));
}

size_t aann_utf8_encode(uint32_t c, char text[AANN_UTF8_SIZE])
{
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        c = 0xfffd;
    }
    if (c < 0x80) {
        text[0] = (char)c;
        return 1;
    }
    const size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    static const uint8_t leads[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    text[0] = (char)(leads[length] | c);
    return length;
}

uint32_t aann_utf8_of_windows(uint8_t byte)
{
    static const uint16_t upper[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
    return byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : byte;
}
