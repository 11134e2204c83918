/* aann: the program. */
#include "cli/commands/command.h"

int main(int count, char **arguments)
{
    return cli_program(count, arguments);
}
