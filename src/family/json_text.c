/* Jansson does not look whether a key could be written. So the memory is ours, and remembers. */
#include "family/json_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

typedef struct json_text {
    char *bytes;
    size_t size, capacity;
    bool failed;
} json_text;

static int append(const char *bytes, size_t size, void *context)
{
    json_text *text = context;
    char *grown = text->failed ? NULL : aann_grow(text->bytes, &text->capacity, text->size, size);
    if (grown == NULL) {
        text->failed = true;
        return -1;
    }
    text->bytes = grown;
    if (size > 0) {
        memcpy(text->bytes + text->size, bytes, size);
    }
    text->size += size;
    return 0;
}

char *aann_json_to_text(const json_t *value, size_t flags)
{
    json_text text = {0};
    if (value == NULL || json_dump_callback(value, append, &text, flags) != 0 ||
        append("", 1, &text) != 0) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}
