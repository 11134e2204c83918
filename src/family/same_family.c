/* Comparing families: row by row what is plain, key by key what is JSON. */
#include "family/same_family.h"
#include "family/json_text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What says where something is, and not what it is. */
static bool determines_nothing(const char *key)
{
    return strcmp(key, "path") == 0 || strcmp(key, "labels") == 0 || strcmp(key, "shard") == 0;
}

/* A JSON value as a short text; "nothing" where it is missing. */
static void describe(const json_t *value, char text[40])
{
    char *whole = aann_json_to_text(value, JSON_COMPACT | JSON_ENCODE_ANY);
    snprintf(text, 40, "%.39s", whole != NULL ? whole : "nothing");
    free(whole);
}

static void say(const char *name, const json_t *a, const json_t *b, char *difference, size_t size)
{
    char first[40];
    char second[40];
    describe(a, first);
    describe(b, second);
    snprintf(difference, size, "%s is %s, not %s", name, second, first);
}

/* Compares two objects, and the objects in them; `name` leads to them. */
static bool same_objects(const char *name, json_t *a, json_t *b, char *difference, size_t size)
{
    const char *key;
    json_t *value;
    json_object_foreach(b, key, value)
    {
        if (json_object_get(a, key) == NULL && !determines_nothing(key)) {
            char full[96];
            snprintf(full, sizeof full, "%s.%s", name, key);
            say(full, NULL, value, difference, size);
            return false;
        }
    }
    json_object_foreach(a, key, value)
    {
        json_t *other = json_object_get(b, key);
        char full[96];
        snprintf(full, sizeof full, "%s.%s", name, key);
        if (determines_nothing(key) || json_equal(value, other)) {
            continue;
        }
        if (!json_is_object(value) || !json_is_object(other)) {
            say(full, value, other, difference, size);
            return false;
        }
        if (!same_objects(full, value, other, difference, size)) {
            return false;
        }
    }
    return true;
}

static bool same_documents(const char *name, const char *a, const char *b, char *difference,
                           size_t size)
{
    json_t *first = json_loads(a, JSON_REJECT_DUPLICATES, NULL);
    json_t *second = json_loads(b, JSON_REJECT_DUPLICATES, NULL);
    bool same = json_is_object(first) && json_is_object(second);
    if (same) {
        same = same_objects(name, first, second, difference, size);
    } else {
        snprintf(difference, size, "%s is damaged", name);
    }
    json_decref(first);
    json_decref(second);
    return same;
}

static bool same_texts(const char *name, const char *a, const char *b, char *difference,
                       size_t size)
{
    if (strcmp(a, b) == 0) {
        return true;
    }
    snprintf(difference, size, "%s is %.60s, not %.60s", name, b, a);
    return false;
}

bool aann_family_is_same(const aann_family_row *a, const aann_family_row *b, char *difference,
                         size_t size)
{
    if (!same_texts("task", a->task, b->task, difference, size) ||
        !same_texts("network", a->spec, b->spec, difference, size) ||
        !same_texts("name", a->name, b->name, difference, size) ||
        !same_texts("software", a->software, b->software, difference, size)) {
        return false;
    }
    if (memcmp(&a->input, &b->input, sizeof a->input) != 0 ||
        a->excitatory_share != b->excitatory_share) {
        snprintf(difference, size,
                 "the input is %dx%dx%d with a share of +1 of %g, not %dx%dx%d %g",
                 b->input.channels, b->input.height, b->input.width, b->excitatory_share,
                 a->input.channels, a->input.height, a->input.width, a->excitatory_share);
        return false;
    }
    return same_documents("options", a->options, b->options, difference, size) &&
           same_documents("data", a->data, b->data, difference, size);
}
