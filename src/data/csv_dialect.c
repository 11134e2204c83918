/* A delimiter stands in every line, and in every line as often. Of those that do, the rarer one in
 * ordinary text is meant: in "1,5;2,5" the commas are decimal marks. Lines that begin with # are
 * left out, since comments follow no rule. */
#include "data/csv_dialect.h"

#include <stdbool.h>
#include <string.h>

enum { LINE_LIMIT = 64 };

/* bytes[begin..end) of one line, its end excluded. */
typedef struct line {
    size_t begin, end;
} line;

typedef struct lines {
    const char *text;
    line list[LINE_LIMIT];
    int count;
} lines;

static bool is_line_end(char byte)
{
    return byte == '\n' || byte == '\r';
}

/* Lines that are whole; the last one may be cut, and counts only if it is alone. */
static void find_lines(const char *text, size_t size, lines *found)
{
    *found = (lines){.text = text};
    for (size_t at = 0; at < size && found->count < LINE_LIMIT;) {
        size_t end = at;
        bool quoted = false;
        while (end < size && (quoted || !is_line_end(text[end]))) {
            quoted = text[end] == '"' ? !quoted : quoted;
            end++;
        }
        const bool whole = end < size || found->count == 0;
        if (whole && end > at && text[at] != '#') {
            found->list[found->count++] = (line){at, end};
        }
        at = end + 1;
    }
}

/* How often the delimiter stands in the line, outside quotes. Blanks count as one where several
 * follow each other, and not at either end. */
static int count_in_line(const char *text, line part, char delimiter)
{
    int count = 0;
    bool quoted = false;
    bool separates = false; /* blanks after the first word */
    bool begun = false;
    for (size_t i = part.begin; i < part.end; i++) {
        const char byte = text[i];
        quoted = byte == '"' ? !quoted : quoted;
        const bool blank = !quoted && (byte == ' ' || byte == '\t');
        if (delimiter != ' ') {
            count += !quoted && byte == delimiter ? 1 : 0;
        } else if (blank) {
            separates = begun;
        } else {
            count += separates ? 1 : 0;
            separates = false;
            begun = true;
        }
    }
    return count;
}

/* Whether each line has it as often. One more at the end of the rows, which some programs write, or
 * one less in the first line, as R writes names of rows, does no harm. */
static bool is_regular(const lines *found, char delimiter)
{
    int least = 0;
    int most = 0;
    for (int i = 0; i < found->count; i++) {
        const int count = count_in_line(found->text, found->list[i], delimiter);
        least = i == 0 || count < least ? count : least;
        most = i == 0 || count > most ? count : most;
    }
    return least > 0 && most - least <= 1;
}

static char find_delimiter(const lines *found)
{
    static const char candidates[] = {'\t', ';', '|', ','};
    for (size_t i = 0; i < sizeof candidates; i++) {
        if (is_regular(found, candidates[i])) {
            return candidates[i];
        }
    }
    /* Lines of different lengths: a mistake in the table, which is found where it is. */
    char best = '\0';
    int most = 0;
    for (size_t i = 0; found->count > 0 && i < sizeof candidates; i++) {
        const int count = count_in_line(found->text, found->list[0], candidates[i]);
        if (count > most) {
            most = count;
            best = candidates[i];
        }
    }
    if (best != '\0') {
        return best;
    }
    /* Nothing but blanks: aligned columns. */
    return found->count > 1 && is_regular(found, ' ') ? ' ' : ',';
}

/* ---- decimal mark ---------------------------------------------------------------------------- */

/* Whether text[begin..end) is digits, the mark, and digits. */
static bool is_decimal(const char *text, size_t begin, size_t end, char mark)
{
    size_t digits = 0;
    size_t marks = 0;
    begin += begin < end && (text[begin] == '-' || text[begin] == '+') ? 1 : 0;
    for (size_t i = begin; i < end; i++) {
        if (text[i] == mark && marks == 0) {
            marks++;
        } else if (text[i] >= '0' && text[i] <= '9') {
            digits++;
        } else {
            return false;
        }
    }
    return digits > 0 && marks == 1;
}

/* The comma, if cells are numbers with one and none is a number with a point. */
static char find_decimal(const lines *found, char delimiter)
{
    int commas = 0;
    for (int i = 0; delimiter != ',' && i < found->count; i++) {
        const line part = found->list[i];
        size_t begin = part.begin;
        for (size_t at = part.begin; at <= part.end; at++) {
            const char byte = at < part.end ? found->text[at] : delimiter;
            if (byte != delimiter && !(delimiter == ' ' && byte == '\t')) {
                continue;
            }
            size_t first = begin;
            size_t last = at;
            for (; first < last && strchr(" \t\"", found->text[first]) != NULL; first++) {
            }
            for (; last > first && strchr(" \t\"", found->text[last - 1]) != NULL; last--) {
            }
            if (is_decimal(found->text, first, last, '.')) {
                return '.';
            }
            commas += is_decimal(found->text, first, last, ',') ? 1 : 0;
            begin = at + 1;
        }
    }
    return commas > 0 ? ',' : '.';
}

aann_csv_dialect aann_csv_dialect_find(const uint8_t *bytes, size_t size, aann_csv_dialect given)
{
    lines found;
    find_lines((const char *)bytes, size, &found);
    if (given.delimiter == '\0') {
        given.delimiter = find_delimiter(&found);
    }
    if (given.decimal == '\0') {
        given.decimal = find_decimal(&found, given.delimiter);
    }
    return given;
}

const char *aann_csv_delimiter_name(char delimiter)
{
    switch (delimiter) {
    case ';': return "semicolons";
    case '\t': return "tabs";
    case '|': return "bars";
    case ' ': return "blanks";
    default: return "commas";
    }
}
