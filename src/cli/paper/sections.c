/* The sections of a report: built once as JSON, written as Markdown and handed to the page. So a
 * number cannot differ between both. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/paper/paper.h"
#include "cli/shared/json.h"
#include "cli/shared/text.h"

enum { TEXT_SIZE = 4096 };

/* ---- building -------------------------------------------------------------------------------- */

json_t *paper_add_section(json_t *sections, const char *question, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    json_t *section =
        json_pack("{s:s, s:s, s:[], s:[], s:[], s:[], s:[], s:[]}", "question", question, "text",
                  text, "columns", "decimals", "rows", "pictures", "notes", "commands");
    json_array_append_new(sections, section);
    return section;
}

void paper_add_note(json_t *section, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    json_array_append_new(json_object_get(section, "notes"), json_string(text));
}

void paper_add_column(json_t *section, const char *name, int decimals)
{
    json_array_append_new(json_object_get(section, "columns"), json_string(name));
    json_array_append_new(json_object_get(section, "decimals"), json_integer(decimals));
}

json_t *paper_add_row(json_t *section, const char *first)
{
    json_t *row = json_array();
    if (first != NULL) {
        json_array_append_new(row, json_string(first));
    }
    json_array_append_new(json_object_get(section, "rows"), row);
    return row;
}

void paper_add_number(json_t *row, double value)
{
    json_array_append_new(row, cli_json_real(value));
}

void paper_add_text(json_t *row, const char *text)
{
    json_array_append_new(row, json_string(text));
}

void paper_add_summary_columns(json_t *section, int decimals)
{
    paper_add_column(section, "members", 0);
    paper_add_column(section, "mean", decimals);
    paper_add_column(section, "95 % from", decimals);
    paper_add_column(section, "to", decimals);
    paper_add_column(section, "deviation", decimals);
    paper_add_column(section, "minimum", decimals);
    paper_add_column(section, "maximum", decimals);
}

void paper_add_summary(json_t *row, const paper_summary *summary)
{
    const double cells[] = {(double)summary->members.count,
                            summary->members.mean,
                            summary->mean.low,
                            summary->mean.high,
                            summary->members.deviation,
                            summary->members.minimum,
                            summary->members.maximum};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        paper_add_number(row, cells[i]);
    }
}

json_t *paper_add_lines(json_t *section, const char *x_name, bool logarithmic, const char *y_name,
                        bool share)
{
    json_t *lines =
        json_pack("{s:{s:s, s:[], s:b}, s:{s:s, s:b}, s:[]}", "x", "name", x_name, "values", "log",
                  (int)logarithmic, "y", "name", y_name, "share", (int)share, "series");
    json_object_set_new(section, "lines", lines);
    return lines;
}

void paper_add_place(json_t *lines, double x)
{
    json_array_append_new(json_object_get(json_object_get(lines, "x"), "values"), json_real(x));
}

json_t *paper_add_series(json_t *lines, const char *name, bool band)
{
    json_t *series = band ? json_pack("{s:s, s:[], s:[], s:[]}", "name", name, "y", "low", "high")
                          : json_pack("{s:s, s:[]}", "name", name, "y");
    json_array_append_new(json_object_get(lines, "series"), series);
    return series;
}

void paper_add_point(json_t *lines, json_t *series, double value, double low, double high)
{
    const bool share = json_is_true(json_object_get(json_object_get(lines, "y"), "share"));
    const double scale = share ? 0.01 : 1.0;
    const double values[] = {value, low, high};
    static const char *const names[] = {"y", "low", "high"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *array = json_object_get(series, names[i]);
        if (array != NULL) {
            json_array_append_new(array, cli_json_real(scale * values[i]));
        }
    }
}

void paper_add_picture(json_t *section, const char *name)
{
    json_array_append_new(json_object_get(section, "pictures"), json_string(name));
}

void paper_add_command(json_t *section, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    json_array_append_new(json_object_get(section, "commands"), json_string(text));
}

int paper_decimals(const paper *p)
{
    return p->regression ? 5 : 2;
}

/* ---- Markdown -------------------------------------------------------------------------------- */

static void print_cell(FILE *file, const json_t *cell, int decimals)
{
    if (json_is_string(cell)) {
        cli_print_to(file, " %s |", json_string_value(cell));
    } else if (!json_is_number(cell)) {
        fputs(" - |", file);
    } else if (decimals < 0) {
        fprintf(file, " %.10g |", json_number_value(cell));
    } else {
        fprintf(file, " %.*f |", decimals, json_number_value(cell));
    }
}

static void print_table(FILE *file, const json_t *section)
{
    const json_t *columns = json_object_get(section, "columns");
    const json_t *decimals = json_object_get(section, "decimals");
    const json_t *rows = json_object_get(section, "rows");
    if (json_array_size(rows) == 0) {
        return;
    }
    fputs("\n|", file);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        cli_print_to(file, " %s |", json_string_value(json_array_get(columns, i)));
    }
    fputs("\n|", file);
    for (size_t i = 0; i < json_array_size(columns); i++) {
        fputs("---|", file);
    }
    for (size_t r = 0; r < json_array_size(rows); r++) {
        const json_t *row = json_array_get(rows, r);
        fputs("\n|", file);
        for (size_t i = 0; i < json_array_size(row); i++) {
            print_cell(file, json_array_get(row, i),
                       (int)json_integer_value(json_array_get(decimals, i)));
        }
    }
    fputs("\n", file);
}

static void print_section(FILE *file, const json_t *section)
{
    const json_t *pictures = json_object_get(section, "pictures");
    const json_t *notes = json_object_get(section, "notes");
    const json_t *commands = json_object_get(section, "commands");
    const char *question = json_string_value(json_object_get(section, "question"));
    cli_print_to(file, "\n## %s\n\n%s\n", question,
                 json_string_value(json_object_get(section, "text")));
    print_table(file, section);
    for (size_t i = 0; i < json_array_size(notes); i++) {
        cli_print_to(file, "\n%s\n", json_string_value(json_array_get(notes, i)));
    }
    for (size_t i = 0; i < json_array_size(pictures); i++) {
        cli_print_to(file, "\n![%s](pictures/%s.png)\n", question,
                     json_string_value(json_array_get(pictures, i)));
    }
    if (json_array_size(commands) > 0) {
        fputs("\n```console\n", file);
        for (size_t i = 0; i < json_array_size(commands); i++) {
            cli_print_to(file, "$ %s\n", json_string_value(json_array_get(commands, i)));
        }
        fputs("```\n", file);
    }
}

void paper_print_sections(FILE *file, const json_t *sections)
{
    for (size_t i = 0; i < json_array_size(sections); i++) {
        print_section(file, json_array_get(sections, i));
    }
}

/* ---- the page -------------------------------------------------------------------------------- */

/* Text and notes in one, without the marks of Markdown. */
static json_t *page_text(const json_t *section)
{
    char text[TEXT_SIZE];
    size_t used = 0;
    const json_t *notes = json_object_get(section, "notes");
    for (size_t i = 0; i <= json_array_size(notes); i++) {
        const json_t *part =
            i == 0 ? json_object_get(section, "text") : json_array_get(notes, i - 1);
        const char *from = json_string_value(part);
        if (i > 0 && used + 1 < sizeof text) {
            text[used++] = ' ';
        }
        for (; *from != '\0' && used + 1 < sizeof text; from++) {
            if (*from != '`') {
                text[used++] = *from;
            }
        }
    }
    text[used] = '\0';
    return json_string(text);
}

json_t *paper_page_sections(const json_t *sections)
{
    json_t *page = json_array();
    for (size_t i = 0; i < json_array_size(sections); i++) {
        const json_t *section = json_array_get(sections, i);
        json_t *lines = json_object_get(section, "lines");
        json_array_append_new(page, json_pack("{s:O, s:o, s:{s:O, s:O}, s:o}", "question",
                                              json_object_get(section, "question"), "text",
                                              page_text(section), "table", "columns",
                                              json_object_get(section, "columns"), "rows",
                                              json_object_get(section, "rows"), "lines",
                                              lines != NULL ? json_incref(lines) : json_null()));
    }
    return page;
}
