/* Options of files, once for all commands. */
#include "cli/shared/load.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shared/common_options.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"

cli_load cli_load_default(void)
{
    return (cli_load){.options = aann_load_options_default()};
}

size_t cli_load_add_options(cli_load *load, cli_option *list)
{
    aann_load_options *o = &load->options;
    const cli_option known[] = {
        {.name = "Reading files", .kind = CLI_HEADING},
        {"label-column", CLI_TEXT, &o->label_column, 0, 0, "NAME",
         "table: the column with the labels (label, class, target or y, else the last); \"\": none",
         NULL},
        {"target-columns", CLI_TEXT, &o->target_columns, 0, 0, "A,B,...",
         "table: columns to predict as numbers (regression)", NULL},
        {"drop-columns", CLI_TEXT, &o->drop_columns, 0, 0, "A,B,...",
         "table: columns to leave out (an index without a name); \"\": none", NULL},
        {"group-column", CLI_TEXT, &o->group_column, 0, 0, "NAME",
         "table: which samples belong together: a subject, a recording", NULL},
        {"time-column", CLI_TEXT, &o->time_column, 0, 0, "NAME", "table: when samples were taken",
         NULL},
        {"delimiter", CLI_TEXT, &load->delimiter, 0, 0, "MARK",
         "table: what separates cells: , ; tab | blanks (found)", NULL},
        {"decimal", CLI_TEXT, &load->decimal, 0, 0, "MARK", "table: decimal mark: . or , (found)",
         NULL},
        {"header", CLI_TEXT, &load->header, 0, 0, "WHETHER",
         "table: yes or no: the first line has names (found)", NULL},
        {"skip-lines", CLI_INT, &o->skip_lines, 0, 1e6, "N",
         "table: lines before the first one (0)", NULL},
        {"arrays", CLI_TEXT, &o->arrays, 0, 0, "x=A,y=B",
         "NPZ: which arrays are inputs (x), labels (y) or targets", NULL},
        {"layout", CLI_TEXT, &load->layout, 0, 0, "ORDER",
         "arrays: channels-first, channels-last or time-major (as --input and the sizes say)",
         NULL},
        {"window", CLI_INT, &o->window, 0, 1e6, "N",
         "table: cut samples of N consecutive rows, within a label and a group", NULL},
        {"window-step", CLI_INT, &o->window_step, 0, 1e6, "N",
         "rows from one window to the next (N of --window)", NULL},
        cli_data_limit_option(&o->data_limit),
    };
    memcpy(list, known, sizeof known);
    return sizeof known / sizeof known[0];
}

/* ---- words ----------------------------------------------------------------------------------- */

/* The index of the text among names that end in NULL; -1, with a line on the standard error, if it is
 * none of them. */
static int choose(const char *option, const char *text, const char *const *names)
{
    char list[96] = "";
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s",
                 i == 0                 ? ""
                 : names[i + 1] == NULL ? " or "
                                        : ", ",
                 names[i]);
    }
    cli_usage_error("%s: expected %s, not '%s'", option, list, text);
    return -1;
}

static bool set_delimiter(const char *text, char *delimiter)
{
    static const char *const names[] = {",",         ";",    "|",  "tab", "blanks", "comma",
                                        "semicolon", "pipe", "\t", " ",   NULL};
    static const char marks[] = ",;|\t ,;|\t ";
    const int found = choose("--delimiter", text, names);
    if (found >= 0) {
        *delimiter = marks[found];
    }
    return found >= 0;
}

static bool set_decimal(const char *text, char *decimal)
{
    static const char *const names[] = {".", ",", NULL};
    const int found = choose("--decimal", text, names);
    if (found >= 0) {
        *decimal = names[found][0];
    }
    return found >= 0;
}

static bool set_header(const char *text, aann_header *header)
{
    static const char *const names[] = {"yes", "no", NULL};
    const int found = choose("--header", text, names);
    if (found >= 0) {
        *header = found == 0 ? AANN_HEADER_YES : AANN_HEADER_NO;
    }
    return found >= 0;
}

static bool set_layout(const char *text, aann_array_layout *layout)
{
    static const char *const names[] = {"channels-first", "channels-last", "time-major", NULL};
    const int found = choose("--layout", text, names);
    if (found >= 0) {
        *layout = found == 0 ? AANN_ARRAY_LAYOUT_CHANNELS_FIRST : AANN_ARRAY_LAYOUT_CHANNELS_LAST;
    }
    return found >= 0;
}

/* Reads a number from 1 to INT32_MAX, and moves on behind it. */
static bool read_size(const char **text, int32_t *size)
{
    char *end;
    errno = 0;
    const long long value = strtoll(*text, &end, 10);
    if (**text < '0' || **text > '9' || errno != 0 || value < 1 || value > INT32_MAX) {
        return false;
    }
    *size = (int32_t)value;
    *text = end;
    return true;
}

bool cli_parse_shape(const char *text, aann_shape *shape)
{
    const char *at = text;
    if (!read_size(&at, &shape->channels) || *at++ != 'x' || !read_size(&at, &shape->height) ||
        *at++ != 'x' || !read_size(&at, &shape->width) || *at != '\0') {
        cli_usage_error("--input: '%s' is not channels x height x width, such as 1x28x28", text);
        return false;
    }
    return true;
}

bool cli_load_check(cli_load *load)
{
    aann_load_options *o = &load->options;
    if (o->window_step > 0 && o->window == 0) {
        cli_usage_error("--window-step is for --window");
        return false;
    }
    return (load->delimiter == NULL || set_delimiter(load->delimiter, &o->delimiter)) &&
           (load->decimal == NULL || set_decimal(load->decimal, &o->decimal)) &&
           (load->header == NULL || set_header(load->header, &o->header)) &&
           (load->layout == NULL || set_layout(load->layout, &o->layout)) &&
           (load->input == NULL || cli_parse_shape(load->input, &o->shape));
}

bool cli_load_parse(const cli_syntax *syntax, cli_load *load, int count, char **texts, int *status)
{
    cli_option all[CLI_LOAD_OTHERS + CLI_LOAD_OPTIONS + 1] = {{0}};
    size_t used = 0;
    while (used < CLI_LOAD_OTHERS && syntax->options[used].name != NULL) {
        all[used] = syntax->options[used];
        used++;
    }
    cli_load_add_options(load, all + used);
    cli_syntax whole = *syntax;
    whole.options = all;
    if (!cli_parse(&whole, count, texts, status)) {
        return false;
    }
    if (!cli_load_check(load)) {
        *status = CLI_USAGE;
        return false;
    }
    return true;
}
