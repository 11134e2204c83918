/* Any bytes as a picture, PNG or JPEG, in grey and in colours. */
#include <stdio.h>

#include "data/picture_file.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { LIMIT = 1 << 22 };
    if (size == 0) {
        return 0;
    }
    for (int colours = 0; colours < 2; colours++) {
        FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "rb");
        aann_error error = {0};
        aann_pixels pixels = {0};
        fuzz_require(file != NULL);
        const aann_status status = aann_picture_decode(file, colours != 0, LIMIT, &pixels, &error);
        fuzz_check_error(status, &error);
        if (status == AANN_OK) {
            fuzz_require(pixels.width > 0 && pixels.height > 0 && pixels.bytes != NULL);
            const size_t channels = colours != 0 || pixels.has_colours ? 3 : 1;
            const size_t count = (size_t)pixels.width * (size_t)pixels.height * channels;
            fuzz_require(count <= LIMIT);
            volatile uint8_t sum = 0; /* every byte is there, and was written */
            for (size_t i = 0; i < count; i++) {
                sum = (uint8_t)(sum + pixels.bytes[i]);
            }
            free(pixels.bytes);
        }
        fclose(file);
    }
    return 0;
}
