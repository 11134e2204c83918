/* Any bytes as a packed file: gzip, bzip2, xz, zstd, lz4, zip, in layers, with text in UTF-16 inside. */
#include "data/source_open.h"
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { LIMIT = 1 << 20, STEP = 4093 };
    static uint8_t buffer[STEP];
    fuzz_memory memory = {bytes, size};
    aann_error error = {0};
    aann_source *source = fuzz_source(&memory);
    fuzz_require(source != NULL);
    aann_status status = aann_source_unpack(&source, &error);
    fuzz_check_error(status, &error);
    if (status != AANN_OK) {
        return 0;
    }
    aann_source_set_limit(source, LIMIT);
    size_t got = STEP;
    int64_t all = 0;
    while (status == AANN_OK && got > 0) {
        status = aann_source_read(source, buffer, STEP, &got, &error);
        fuzz_check_error(status, &error);
        all += status == AANN_OK ? (int64_t)got : 0;
    }
    fuzz_require(all <= LIMIT);
    aann_source_close(source);
    return 0;
}
