/* Sorting and halving. A file and a study of a stranger may have as many names as fit in them, so
 * none is looked for by going through all. */
#include "data/name_index.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

static int compare_places(const void *a, const void *b)
{
    const aann_named_place *one = a;
    const aann_named_place *two = b;
    const int order = strcmp(one->name, two->name);
    return order != 0 ? order : (one->place > two->place) - (one->place < two->place);
}

aann_status aann_name_index_make(const char *const *names, size_t count, aann_name_index *index,
                                 aann_error *error)
{
    *index = (aann_name_index){.list = aann_allocate(count, sizeof *index->list)};
    if (index->list == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for %zu columns", count);
    }
    for (size_t i = 0; i < count; i++) {
        index->list[i] = (aann_named_place){names[i], i};
        const size_t length = strlen(names[i]);
        index->longest = length > index->longest ? length : index->longest;
    }
    index->count = count;
    qsort(index->list, count, sizeof *index->list, compare_places);
    return AANN_OK;
}

void aann_name_index_clear(aann_name_index *index)
{
    free(index->list);
    *index = (aann_name_index){0};
}

/* Whether `name` stands before wanted[length]. */
static bool is_before(const char *name, const char *wanted, size_t length)
{
    return strncmp(name, wanted, length) < 0;
}

size_t aann_name_index_find(const aann_name_index *index, const char *name, size_t length)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (is_before(index->list[middle].name, name, length)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Of the names that begin so, the name itself is the first. */
    return low < index->count && strncmp(index->list[low].name, name, length) == 0 &&
                   index->list[low].name[length] == '\0'
               ? index->list[low].place
               : index->count;
}

size_t aann_name_index_next(const aann_name_index *index, const char *names)
{
    /* Lists of thousands of names are long, but no name is. */
    for (size_t length = strnlen(names, index->longest); length > 0; length--) {
        if ((names[length] == '\0' || names[length] == ',') &&
            aann_name_index_find(index, names, length) < index->count) {
            return length;
        }
    }
    return strcspn(names, ",");
}

bool aann_name_index_repeats(const aann_name_index *index, size_t *one, size_t *two)
{
    for (size_t i = 1; i < index->count; i++) {
        if (strcmp(index->list[i - 1].name, index->list[i].name) == 0) {
            *one = index->list[i - 1].place;
            *two = index->list[i].place;
            return true;
        }
    }
    return false;
}
