/* aann export: chooses the format. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/commands/export_formats.h"
#include "cli/shared/exit_status.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

static const cli_command formats[] = {
    {"c", "one C header for a chip: no floats, no multiplications", export_c},
    {"onnx", "a graph for ONNX Runtime and other engines", export_onnx},
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static const char expected[] = "expected c or onnx";

static int print_usage(void)
{
    printf("usage: aann export FORMAT (STUDY ID | MODEL) --out FILE [OPTIONS]\n\n"
           "Writes a member, or a file from 'aann save', for use outside of aann.\n\n");
    for (size_t i = 0; i < FORMATS; i++) {
        cli_print("  %-8s %s\n", formats[i].name, formats[i].summary);
    }
    printf("\n'aann export FORMAT --help' says more.\n");
    return cli_finish_output(CLI_GOOD);
}

/* For completion, as cli_parse lists options. */
static void list_formats(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        cli_print("%s\t\t%s\n", formats[i].name, formats[i].summary);
    }
}

int cli_export(int count, char **arguments)
{
    if (count < 1) {
        return cli_usage_error("export: missing format; %s", expected);
    }
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0) {
        return print_usage();
    }
    if (strcmp(arguments[0], cli_list_options) == 0) {
        list_formats();
        return cli_finish_output(CLI_GOOD);
    }
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(arguments[0], formats[i].name) == 0) {
            return formats[i].run(count - 1, arguments + 1);
        }
    }
    return cli_usage_error("export: there is no format '%s'; %s", arguments[0], expected);
}
