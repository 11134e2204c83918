/* JSON as text that is whole or not there. */
#ifndef AANN_FAMILY_JSON_TEXT_H
#define AANN_FAMILY_JSON_TEXT_H

#include <jansson.h>
#include <stddef.h>

/* As json_dumps, which loses keys without a word where memory runs out in the middle. Free with
 * free(); NULL: `value` is NULL, or there is no memory. */
char *aann_json_to_text(const json_t *value, size_t flags);

#endif
