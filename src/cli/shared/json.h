/* JSON on the standard output: what jansson lacks. */
#ifndef AANN_CLI_SHARED_JSON_H
#define AANN_CLI_SHARED_JSON_H

#include <stdint.h>

#include <jansson.h>

/* A number; null where it is not finite. */
json_t *cli_json_real(double value);
json_t *cli_json_reals(const double *values, int64_t count);

/* 16 hexadecimal digits. */
json_t *cli_json_hash(uint64_t hash);

/* A text; where it is not UTF-8, which JSON cannot hold, as cli_escape shows it. */
json_t *cli_json_text(const char *text);

/* A document that a study stores as text; null where it is none. */
json_t *cli_json_document(const char *text);

/* Prints an object as one line, and frees it. */
void cli_print_json(json_t *object);
/* The same with `digits` significant digits in all numbers; 17 give a double exactly. */
void cli_print_json_digits(json_t *object, int digits);

#endif
