/* Memory for JavaScript, and the last failure. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>

#include "aann/version.h"

static aann_error last_error;

aann_error *page_error(void)
{
    return &last_error;
}

bool page_fail(const char *message)
{
    last_error.status = AANN_ERROR_ARGUMENT;
    snprintf(last_error.message, sizeof last_error.message, "%s", message);
    return false;
}

/* Why the last call failed, as UTF-8 that ends in a zero byte. */
const char *PAGE_EXPORT(page_message)(void)
{
    return last_error.message;
}

const char *PAGE_EXPORT(page_version)(void)
{
    return aann_version();
}

/* Memory that JavaScript fills in or reads; NULL if there is none left. */
void *PAGE_EXPORT(page_allocate)(uint32_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL) {
        page_fail("out of memory");
    }
    return memory;
}

void PAGE_EXPORT(page_release)(void *memory)
{
    free(memory);
}
