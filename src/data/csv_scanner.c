/* CSV as in RFC 4180: cells separated by a delimiter, rows by CRLF (or LF, or CR); a cell may be
 * quoted, and inside quotes delimiters, line ends and doubled quotes stand for themselves.
 * Departures: the delimiter may be another than the comma, or any number of blanks; blanks around
 * cells are dropped, blanks around quotes allowed, empty lines skipped, a UTF-8 byte order mark
 * ignored; a cell that is not UTF-8 is taken for Windows-1252. */
#include "data/csv_scanner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/memory.h"
#include "core/utf8.h"

enum { BUFFER_SIZE = 1 << 16, FIRST_ROOM = 256, END_OF_FILE = -1, PLACE_SIZE = 192 };

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
    return aann_source_read_some(scanner->source, scanner->buffer, BUFFER_SIZE,
                                 &scanner->buffer_end, error);
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

/* Windows-1252 is Latin-1 with printable characters in the place of control characters. */
static aann_status repair_text(aann_csv_scanner *scanner, size_t start, aann_error *error)
{
    const size_t length = scanner->text_size - start;
    if (length == 0 || aann_utf8_is_valid(scanner->text + start, length)) {
        return AANN_OK;
    }
    char *bytes = aann_allocate(length, 1);
    if (bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for line %" PRId64,
                         scanner->line);
    }
    memcpy(bytes, scanner->text + start, length);
    scanner->text_size = start;
    scanner->is_repaired = true;
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < length; i++) {
        char encoded[AANN_UTF8_SIZE];
        const size_t size = aann_utf8_encode(aann_utf8_of_windows((uint8_t)bytes[i]), encoded);
        for (size_t k = 0; status == AANN_OK && k < size; k++) {
            status = append(scanner, encoded[k], error);
        }
    }
    free(bytes);
    return status;
}

/* "1,5" or "-1,5e3" becomes a number with a point. Returns the mark that there was, 0 without one. */
static char change_decimal_mark(char *text, size_t length)
{
    char *comma = memchr(text, ',', length);
    for (size_t i = 0; comma != NULL && i < length; i++) {
        const char byte = text[i];
        const bool fits = (byte >= '0' && byte <= '9') || strchr("+-eE", byte) != NULL;
        if (&text[i] != comma && (!fits || byte == '\0')) {
            return '\0';
        }
    }
    if (comma != NULL && length > 1) {
        *comma = '.';
        return ',';
    }
    return comma == NULL && memchr(text, '.', length) != NULL ? '.' : '\0';
}

static aann_status add_cell(aann_csv_scanner *scanner, size_t start, int64_t line,
                            aann_error *error)
{
    const aann_status repaired = repair_text(scanner, start, error);
    if (repaired != AANN_OK) {
        return repaired;
    }
    char mark = '\0';
    if (scanner->dialect.decimal == ',' && scanner->text_size > start) {
        mark = change_decimal_mark(scanner->text + start, scanner->text_size - start);
    }
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
        (aann_csv_cell){start, scanner->text_size - start, line, mark};
    return append(scanner, '\0', error);
}

static aann_status fail_in_cell(const aann_csv_scanner *scanner, int64_t line, const char *problem,
                                aann_error *error)
{
    char place[PLACE_SIZE];
    describe_place(scanner, line, scanner->cell_count, place, sizeof place);
    return aann_fail(error, AANN_ERROR_FORMAT, "%s: %s", place, problem);
}

static bool is_blank(const aann_csv_scanner *scanner, int byte)
{
    return byte == ' ' || (byte == '\t' && scanner->dialect.delimiter != '\t');
}

/* What ends a cell within its line. */
static bool is_delimiter(const aann_csv_scanner *scanner, int byte)
{
    return scanner->dialect.delimiter == ' ' ? is_blank(scanner, byte)
                                             : byte == scanner->dialect.delimiter;
}

/* The rest of a line that turns out to be a comment: quotes mean nothing in it. */
static aann_status skip_comment(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    aann_status status = AANN_OK;
    scanner->is_comment = true;
    while (status == AANN_OK && *byte != END_OF_FILE && !is_line_end(*byte)) {
        status = next_byte(scanner, byte, error);
    }
    return status;
}

/* The rest of a quoted cell, after its first quote. Leaves *byte at what ended the cell. In a line
 * that begins with #, quotes that are none of a cell make it a comment. */
static aann_status scan_quoted(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    const int64_t line = scanner->next_line;
    for (;;) {
        aann_status status = next_byte(scanner, byte, error);
        if (status != AANN_OK) {
            return status;
        }
        if (scanner->has_hash && (*byte == END_OF_FILE || is_line_end(*byte))) {
            return skip_comment(scanner, byte, error);
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
    } while (is_blank(scanner, *byte) && !is_delimiter(scanner, *byte));
    const bool ends = is_delimiter(scanner, *byte) || *byte == END_OF_FILE || is_line_end(*byte);
    if (!ends && scanner->has_hash) {
        return skip_comment(scanner, byte, error);
    }
    if (!ends) {
        char problem[PLACE_SIZE];
        snprintf(
            problem, sizeof problem,
            "text after the closing quote; expected the end of the cell (%s separate cells) or "
            "of the line",
            aann_csv_delimiter_name(scanner->dialect.delimiter));
        return fail_in_cell(scanner, line, problem, error);
    }
    return AANN_OK;
}

/* One cell. Leaves *byte at what ended it: a delimiter, a line end or the end of the file. */
static aann_status scan_cell(aann_csv_scanner *scanner, int *byte, aann_error *error)
{
    const int64_t line = scanner->next_line;
    const size_t start = scanner->text_size;
    for (;;) {
        aann_status status = next_byte(scanner, byte, error);
        if (status != AANN_OK) {
            return status;
        }
        if (is_delimiter(scanner, *byte) || *byte == END_OF_FILE || is_line_end(*byte)) {
            break;
        }
        if (*byte == '"' && (!scanner->has_hash || scanner->text_size == start)) {
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
        if (is_blank(scanner, *byte) && scanner->text_size == start) {
            continue;
        }
        status = append(scanner, (char)*byte, error);
        if (status != AANN_OK) {
            return status;
        }
    }
    while (scanner->text_size > start && is_blank(scanner, scanner->text[scanner->text_size - 1])) {
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

/* Blanks before the first cell, or between cells that blanks separate. */
static aann_status skip_blanks(aann_csv_scanner *scanner, aann_error *error)
{
    aann_status status = fill(scanner, error);
    while (status == AANN_OK && is_blank(scanner, peek_byte(scanner))) {
        scanner->buffer_at++;
        status = fill(scanner, error);
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
    status = skip_blanks(scanner, error);
    scanner->has_hash = peek_byte(scanner) == '#';
    scanner->is_comment = false;
    int byte = scanner->dialect.delimiter;
    while (status == AANN_OK && is_delimiter(scanner, byte)) {
        status = scan_cell(scanner, &byte, error);
        if (status == AANN_OK && scanner->dialect.delimiter == ' ' && is_delimiter(scanner, byte)) {
            /* Blanks at the end of a line separate nothing. */
            status = skip_blanks(scanner, error);
            const int next = peek_byte(scanner);
            if (next == END_OF_FILE || is_line_end(next)) {
                byte = END_OF_FILE;
                status = status == AANN_OK ? next_byte(scanner, &byte, error) : status;
            }
        }
    }
    if (status != AANN_OK) {
        return status;
    }
    if (byte != END_OF_FILE) {
        finish_line_end(scanner, byte);
    }
    *found = true;
    return AANN_OK;
}

/* ---- rows to look at again ------------------------------------------------------------------- */

void aann_csv_scanner_take(aann_csv_scanner *scanner, aann_csv_row *row)
{
    *row = (aann_csv_row){.text = scanner->text,
                          .cells = scanner->cells,
                          .cell_count = scanner->cell_count,
                          .line = scanner->line,
                          .has_hash = scanner->has_hash,
                          .is_comment = scanner->is_comment};
    scanner->text = NULL;
    scanner->cells = NULL;
    scanner->cell_count = 0;
    scanner->text_size = scanner->text_room = scanner->cell_room = 0;
}

void aann_csv_scanner_put(aann_csv_scanner *scanner, aann_csv_row *row)
{
    free(scanner->text);
    free(scanner->cells);
    scanner->text = row->text;
    scanner->cells = row->cells;
    scanner->cell_count = row->cell_count;
    scanner->line = row->line;
    scanner->has_hash = row->has_hash;
    scanner->is_comment = row->is_comment;
    /* The row is as large as it is: what is read next gets new memory. */
    scanner->text_size = scanner->text_room = 0;
    scanner->cell_room = 0;
    *row = (aann_csv_row){0};
}

void aann_csv_row_clear(aann_csv_row *row)
{
    free(row->text);
    free(row->cells);
    *row = (aann_csv_row){0};
}

/* ---- the beginning --------------------------------------------------------------------------- */

static aann_status skip_bytes(aann_source *source, size_t count, aann_error *error)
{
    uint8_t skipped[16];
    size_t got;
    return aann_source_read(source, skipped, count < sizeof skipped ? count : sizeof skipped, &got,
                            error);
}

static aann_status skip_mark(aann_source *source, aann_error *error)
{
    const uint8_t *start;
    size_t got;
    const aann_status status = aann_source_peek(source, &start, 3, &got, error);
    return status == AANN_OK && got == 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0
               ? skip_bytes(source, 3, error)
               : status;
}

/* Lines of which nothing is known, so quotes in them mean nothing. */
static aann_status skip_lines(aann_csv_scanner *scanner, int32_t count, aann_error *error)
{
    aann_status status = AANN_OK;
    for (int32_t i = 0; status == AANN_OK && i < count;) {
        const uint8_t *next;
        size_t got;
        status = aann_source_peek(scanner->source, &next, 2, &got, error);
        if (status != AANN_OK || got == 0) {
            break;
        }
        const bool ends = is_line_end(next[0]);
        const size_t size = got == 2 && next[0] == '\r' && next[1] == '\n' ? 2 : 1;
        i += ends ? 1 : 0;
        scanner->next_line += ends ? 1 : 0;
        status = skip_bytes(scanner->source, size, error);
    }
    return status;
}

/* Excel's first line, "sep=;". */
static aann_status take_separator(aann_csv_scanner *scanner, aann_csv_dialect *given,
                                  aann_error *error)
{
    enum { LENGTH = 5 };
    const uint8_t *start;
    size_t got;
    const aann_status status = aann_source_peek(scanner->source, &start, LENGTH + 1, &got, error);
    if (status != AANN_OK || got <= LENGTH || memcmp(start, "sep=", LENGTH - 1) != 0 ||
        !is_line_end(start[LENGTH])) {
        return status;
    }
    const char delimiter = (char)start[LENGTH - 1];
    given->delimiter = given->delimiter == '\0' ? delimiter : given->delimiter;
    return skip_lines(scanner, 1, error);
}

aann_status aann_csv_scanner_start(aann_csv_scanner *scanner, aann_source *source,
                                   aann_csv_dialect given, int32_t skipped, aann_error *error)
{
    enum { LOOK_AT = 1 << 14 };
    *scanner = (aann_csv_scanner){.source = source, .next_line = 1};
    scanner->buffer = aann_allocate(BUFFER_SIZE, 1);
    if (scanner->buffer == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a read buffer");
    }
    aann_status status = skip_mark(source, error);
    if (status == AANN_OK) {
        status = skip_lines(scanner, skipped, error);
    }
    if (status == AANN_OK) {
        status = take_separator(scanner, &given, error);
    }
    const uint8_t *start = NULL;
    size_t got = 0;
    if (status == AANN_OK && (given.delimiter == '\0' || given.decimal == '\0')) {
        status = aann_source_peek(source, &start, LOOK_AT, &got, error);
    }
    if (status == AANN_OK) {
        scanner->dialect = aann_csv_dialect_find(start, got, given);
    }
    return status;
}
