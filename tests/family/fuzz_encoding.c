/* Any text as an encoding's JSON: refused, or an encoding that survives being written and read
 * again. */
#include "aann/family.h"
#include "data/fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_require(text != NULL);
    memcpy(text, bytes, size);
    text[size] = '\0';
    aann_error error = {0};
    aann_encoding encoding;
    const aann_status status = aann_encoding_parse(text, &encoding, &error);
    fuzz_check_error(status, &error);
    free(text);
    if (status != AANN_OK) {
        return 0;
    }
    char *again = NULL;
    char *twice = NULL;
    aann_encoding copy;
    fuzz_require(aann_encoding_format(&encoding, &again, &error) == AANN_OK);
    fuzz_require(aann_encoding_parse(again, &copy, &error) == AANN_OK);
    fuzz_require(aann_encoding_format(&copy, &twice, &error) == AANN_OK);
    fuzz_require(strcmp(again, twice) == 0);
    free(again);
    free(twice);
    aann_encoding_destroy(&copy);
    aann_encoding_destroy(&encoding);
    return 0;
}
