/* SQLite's memory during fuzzing. Each study takes thousands of small pieces, and the sanitizer's
 * allocator is a third of the time. Here pieces come from lists by size, and are marked for the
 * address sanitizer as its own allocator marks them: what lies around a piece, and a piece that
 * was freed, may not be touched. Large pieces come from malloc. */
#ifndef AANN_TESTS_STRUCTURE_MEMORY_H
#define AANN_TESTS_STRUCTURE_MEMORY_H

#include <sanitizer/asan_interface.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_HEADER = 16, PIECE_LIMIT = 4096, PIECE_SHORTEST = 32, PIECE_CLASSES = 8 };

typedef struct piece {
    int size;
    int class; /* PIECE_CLASSES: from malloc */
    struct piece *next;
} piece;

static piece *free_pieces[PIECE_CLASSES];

static int piece_class(int size)
{
    int class = 0;
    while (PIECE_SHORTEST << class < size) {
        class ++;
    }
    return class;
}

/* Cuts a large block into pieces of one class. */
static void piece_make(int class)
{
    const size_t stride = PIECE_HEADER + ((size_t)PIECE_SHORTEST << class) + PIECE_HEADER;
    const size_t count = 65536 / stride;
    char *block = malloc(count * stride);
    for (size_t i = 0; block != NULL && i < count; i++) {
        piece *made = (piece *)(block + i * stride);
        *made = (piece){.class = class, .next = free_pieces[class]};
        free_pieces[class] = made;
        ASAN_POISON_MEMORY_REGION(made, stride);
    }
}

__attribute__((no_sanitize("address"))) static void *piece_take(int size)
{
    piece *taken;
    if (size > PIECE_LIMIT) {
        taken = malloc(PIECE_HEADER + (size_t)size);
        if (taken == NULL) {
            return NULL;
        }
        taken->class = PIECE_CLASSES;
    } else {
        const int class = piece_class(size);
        if (free_pieces[class] == NULL) {
            piece_make(class);
        }
        taken = free_pieces[class];
        if (taken == NULL) {
            return NULL;
        }
        free_pieces[class] = taken->next;
        ASAN_UNPOISON_MEMORY_REGION((char *)taken + PIECE_HEADER, (size_t)size);
    }
    taken->size = size;
    return (char *)taken + PIECE_HEADER;
}

__attribute__((no_sanitize("address"))) static void piece_give(void *memory)
{
    if (memory == NULL) {
        return;
    }
    piece *given = (piece *)((char *)memory - PIECE_HEADER);
    if (given->class == PIECE_CLASSES) {
        free(given);
        return;
    }
    ASAN_POISON_MEMORY_REGION(memory, (size_t)PIECE_SHORTEST << given->class);
    given->next = free_pieces[given->class];
    free_pieces[given->class] = given;
}

__attribute__((no_sanitize("address"))) static int piece_size(void *memory)
{
    return memory == NULL ? 0 : ((const piece *)((char *)memory - PIECE_HEADER))->size;
}

static void *piece_resize(void *memory, int size)
{
    void *moved = piece_take(size);
    if (moved != NULL && memory != NULL) {
        const int before = piece_size(memory);
        memcpy(moved, memory, (size_t)(before < size ? before : size));
        piece_give(memory);
    }
    return moved;
}

static int piece_round(int size)
{
    return (size + 7) & ~7;
}

static int piece_begin(void *nothing)
{
    (void)nothing;
    return SQLITE_OK;
}

static void piece_end(void *nothing)
{
    (void)nothing;
}

/* Before SQLite's first use. One thread at a time uses a study here, so its mutexes are off too. */
static inline int structure_memory_set(void)
{
    static const sqlite3_mem_methods methods = {piece_take,  piece_give,  piece_resize, piece_size,
                                                piece_round, piece_begin, piece_end,    NULL};
    int code = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    code = code == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) : code;
    return code == SQLITE_OK ? sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) : code;
}

#endif
