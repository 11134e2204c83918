/* What 'aann export' can write: a file for each format, which export.c lists. */
#ifndef AANN_CLI_COMMANDS_EXPORT_FORMATS_H
#define AANN_CLI_COMMANDS_EXPORT_FORMATS_H

/* As every command: arguments[count] are those after the format's name. Returns the exit status. */
int export_c(int count, char **arguments);
int export_onnx(int count, char **arguments);

#endif
