/* CSV as in RFC 4180: cells separated by commas, rows by CRLF (or LF, or CR); a cell may be quoted,
 * and inside quotes commas, line ends and doubled quotes stand for themselves. Departures: blanks
 * around cells are dropped, blanks around quotes allowed, empty lines skipped, a UTF-8 byte order
 * mark ignored. */
#include "data/csv_scanner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"

enum { BUFFER_SIZE = 1 << 16, FIRST_ROOM = 256, END_OF_FILE = -1, PLACE_SIZE = 192 };

aann_status aann_csv_scanner_start(aann_csv_scanner *scanner, aann_source *source,
                                   aann_error *error)
{
    *scanner = (aann_csv_scanner){.source = source, .next_line = 1};
    scanner->buffer = aann_allocate(BUFFER_SIZE, 1);
    if (scanner->buffer == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a read buffer");
    }
    const uint8_t *start;
    size_t got;
    const aann_status status = aann_source_peek(source, &start, 3, &got, error);
    if (status == AANN_OK && got == 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) {
        return aann_source_read(source, scanner->buffer, 3, &got, error);
    }
    return status;
}

void aann_csv_scanner_clear(aann_csv_scanner *scanner)
{
    free(scanner->text);
    free(scanner->cells);
    free(scanner->buffer);
    scanner->text = NULL;
    scanner->cells = NULL;
    scanner->buffer = NULL;
}

const char *aann_csv_scanner_cell(const aann_csv_scanner *scanner, size_t column)
{
    return scanner->text + scanner->cells[column].start;
}

static void describe_place(const aann_csv_scanner *scanner, int64_t line, size_t column, char *text,
                           size_t size)
{
    if (scanner->column_names != NULL && column < scanner->column_count) {
        snprintf(text, size, "line %" PRId64 ", column '%.100s'", line,
                 scanner->column_names[column]);
    } else {
        snprintf(text, size, "line %" PRId64 ", column %zu", line, column + 1);
    }
}

void aann_csv_scanner_place(const aann_csv_scanner *scanner, size_t column, char *text, size_t size)
{
    describe_place(scanner, scanner->cells[column].line, column, text, size);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static aann_status fill(aann_csv_scanner *scanner, aann_error *error)
{
    if (scanner->buffer_at < scanner->buffer_end) {
        return AANN_OK;
    }
    scanner->buffer_at = 0;
    scanner->buffer_end = 0;
    return aann_source_read(scanner->source, scanner->buffer, BUFFER_SIZE, &scanner->buffer_end,
                            error);
}

static aann_status next_byte(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    const aann_status status = fill(scanner, error);
    *byte = scanner->buffer_at < scanner->buffer_end ? scanner->buffer[scanner->buffer_at++]
                                                     : END_OF_FILE;
    return status;
}

/* The next byte, still to be read; END_OF_FILE also after a failure, which the next read
 * reports. */
static int peek_byte(aann_csv_scanner *scanner)
{
    if (fill(scanner, NULL) != AANN_OK) {
        return END_OF_FILE;
    }
    return scanner->buffer_at < scanner->buffer_end ? scanner->buffer[scanner->buffer_at]
                                                    : END_OF_FILE;
}

static bool is_line_end(int byte)
{
    return byte == '\n' || byte == '\r';
}

/* After the first byte of a line end: the LF of a CRLF belongs to it. */
static void finish_line_end(aann_csv_scanner *scanner, int byte)
{
    if (byte == '\r' && peek_byte(scanner) == '\n') {
        scanner->buffer_at++;
    }
    scanner->next_line++;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static aann_status append(aann_csv_scanner *scanner, char byte, aann_error *error)
{
    if (scanner->text_size >= AANN_CSV_ROW_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64 ": longer than %d bytes, the limit of one row",
                         scanner->line, AANN_CSV_ROW_LIMIT);
    }
    if (scanner->text_size == scanner->text_room) {
        const size_t room = scanner->text_room == 0 ? FIRST_ROOM : scanner->text_room;
        char *larger = aann_reallocate(scanner->text, room, 2);
        if (larger == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for line %" PRId64,
                             scanner->line);
        }
        scanner->text = larger;
        scanner->text_room = 2 * room;
    }
    scanner->text[scanner->text_size++] = byte;
    return AANN_OK;
}

static aann_status add_cell(aann_csv_scanner *scanner, size_t start, int64_t line,
                            aann_error *error)
{
    if (scanner->cell_count >= AANN_CSV_COLUMN_LIMIT) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "line %" PRId64 ": more than %d columns, the limit of a table",
                         scanner->line, AANN_CSV_COLUMN_LIMIT);
    }
    if (scanner->cell_count == scanner->cell_room) {
        const size_t room = scanner->cell_room == 0 ? FIRST_ROOM : scanner->cell_room;
        aann_csv_cell *larger = aann_reallocate(scanner->cells, room, 2 * sizeof *larger);
        if (larger == NULL) {
            return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for line %" PRId64,
                             scanner->line);
        }
        scanner->cells = larger;
        scanner->cell_room = 2 * room;
    }
    scanner->cells[scanner->cell_count++] =
        (aann_csv_cell){start, scanner->text_size - start, line};
    return append(scanner, '\0', error);
}

static aann_status fail_in_cell(const aann_csv_scanner *scanner, int64_t line, const char *problem,
                                aann_error *error)
{
    char place[PLACE_SIZE];
    describe_place(scanner, line, scanner->cell_count, place, sizeof place);
    return aann_fail(error, AANN_ERROR_FORMAT, "%s: %s", place, problem);
}

static bool is_blank(int byte)
{
    return byte == ' ' || byte == '\t';
}

/* The rest of a quoted cell, after its first quote. Leaves *byte at what ended the cell. */
static aann_status scan_quoted(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    const int64_t line = scanner->next_line;
    for (;;) {
        aann_status status = next_byte(scanner, byte, error);
        if (status != AANN_OK) {
            return status;
        }
        if (*byte == END_OF_FILE) {
            return fail_in_cell(scanner, line, "the file ends inside the quotes that begin here",
                                error);
        }
        if (*byte == '"' && peek_byte(scanner) != '"') {
            break;
        }
        if (*byte == '"') {
            scanner->buffer_at++; /* two quotes stand for one */
        } else if (*byte == '\n' || (*byte == '\r' && peek_byte(scanner) != '\n')) {
            scanner->next_line++;
        }
        status = *byte != '\0' ? append(scanner, (char)*byte, error)
                               : fail_in_cell(scanner, line, "a byte 0 in the text", error);
        if (status != AANN_OK) {
            return status;
        }
    }
    do {
        const aann_status status = next_byte(scanner, byte, error);
        if (status != AANN_OK) {
            return status;
        }
    } while (is_blank(*byte));
    if (*byte != ',' && *byte != END_OF_FILE && !is_line_end(*byte)) {
        return fail_in_cell(scanner, line,
                            "text after the closing quote; expected a comma or the end of the line",
                            error);
    }
    return AANN_OK;
}

/* One cell. Leaves *byte at what ended it: a comma, a line end or the end of the file. */
static aann_status scan_cell(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    const int64_t line = scanner->next_line;
    const size_t start = scanner->text_size;
    for (;;) {
        aann_status status = next_byte(scanner, byte, error);
        if (status != AANN_OK) {
            return status;
        }
        if (*byte == ',' || *byte == END_OF_FILE || is_line_end(*byte)) {
            break;
        }
        if (*byte == '"') {
            if (scanner->text_size > start) {
                return fail_in_cell(scanner, line,
                                    "a quote inside a cell that does not begin with one", error);
            }
            status = scan_quoted(scanner, byte, error);
            return status == AANN_OK ? add_cell(scanner, start, line, error) : status;
        }
        if (*byte == '\0') {
            return fail_in_cell(scanner, line, "a byte 0 in the text", error);
        }
        if (is_blank(*byte) && scanner->text_size == start) {
            continue;
        }
        status = append(scanner, (char)*byte, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    while (scanner->text_size > start && is_blank(scanner->text[scanner->text_size - 1])) {
        scanner->text_size--;
    }
    return add_cell(scanner, start, line, error);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static aann_status skip_empty_lines(aann_csv_scanner *scanner, aann_error *error)
{
    aann_status status = fill(scanner, error);
    while (status == AANN_OK && is_line_end(peek_byte(scanner))) {
        int byte;
        status = next_byte(scanner, &byte, error);
        finish_line_end(scanner, byte);
        if (status == AANN_OK) {
            status = fill(scanner, error);
        }
    }
    return status;
}

aann_status aann_csv_scanner_next(aann_csv_scanner *scanner, bool *found, aann_error *error)
{
    *found = false;
    scanner->cell_count = 0;
    scanner->text_size = 0;
    aann_status status = skip_empty_lines(scanner, error);
    if (status != AANN_OK || peek_byte(scanner) == END_OF_FILE) {
        return status;
    }
    scanner->line = scanner->next_line;
    int byte = ',';
    while (byte == ',') {
        status = scan_cell(scanner, &byte, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    if (byte != END_OF_FILE) {
        finish_line_end(scanner, byte);
    }
    *found = true;
    return AANN_OK;
}
