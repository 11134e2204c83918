/* aann completion: what a shell runs to complete commands, options and their values.
 *
 * The scripts hold no list that could grow old: they ask the program itself, by "aann completion
 * words COMMAND" (src/cli/main.c), which takes a few milliseconds. */
#include <stdio.h>
#include <string.h>

#include "cli/commands/command.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"

static const char description[] =
    "Prints a script with which a shell completes commands, options, names and\n"
    "files after 'aann'.\n"
    "\n"
    "  bash:  source <(aann completion bash)      in ~/.bashrc\n"
    "  zsh:   source <(aann completion zsh)       in ~/.zshrc, after compinit\n"
    "  fish:  aann completion fish | source       in ~/.config/fish/config.fish\n";

/* The words before the cursor select the list: none, a command, or a command and its subcommand.
 * Of each line the first field is the word, the second says what its value is. */
static const char bash[] =
    "_aann() {\n"
    "    local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=\n"
    "    ((COMP_CWORD > 1)) && previous=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        COMPREPLY=($(compgen -W \"$(\"$program\" completion words | cut -f1)\" -- \"$current\"))\n"
    "        return\n"
    "    fi\n"
    "    local lines kind before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
    "    lines=$(\"$program\" completion words \"${before[@]:0:2}\" 2>/dev/null)\n"
    "    kind=$(awk -F'\\t' -v word=\"$previous\" '$1 == word { print $2 }' <<<\"$lines\")\n"
    "    case $kind in\n"
    "    =*) COMPREPLY=($(compgen -W \"${kind:1}\" -- \"$current\")); return ;;\n"
    "    DIR) compopt -o filenames; COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
    "    FILE) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
    "    VALUE) return ;;\n"
    "    esac\n"
    "    if [[ $current == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(cut -f1 <<<\"$lines\" | grep ^-)\" -- \"$current\"))\n"
    "    else\n"
    "        local words\n"
    "        words=$(cut -f1 <<<\"$lines\" | grep -v ^-)\n"
    "        compopt -o filenames\n"
    "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\") $(compgen -f -- \"$current\"))\n"
    "    fi\n"
    "}\n"
    "complete -F _aann aann\n";

/* Sourced, or a file called _aann in a folder of $fpath. */
static const char zsh[] =
    "#compdef aann\n"
    "_aann() {\n"
    "    local program=${words[1]} line kind\n"
    "    local -a fields described names before\n"
    "    if ((CURRENT == 2)); then\n"
    "        for line in ${(f)\"$($program completion words)\"}; do\n"
    "            fields=(\"${(@s:\t:)line}\")\n"
    "            described+=(\"${fields[1]}:${fields[3]}\")\n"
    "        done\n"
    "        _describe command described\n"
    "        return\n"
    "    fi\n"
    "    before=(${words[2,CURRENT-1]})\n"
    "    for line in ${(f)\"$($program completion words ${before[1,2]} 2>/dev/null)\"}; do\n"
    "        fields=(\"${(@s:\t:)line}\")\n"
    "        [[ ${fields[1]} == ${words[CURRENT-1]} ]] && kind=${fields[2]}\n"
    "        described+=(\"${fields[1]//:/\\\\:}:${fields[3]}\")\n"
    "    done\n"
    "    case $kind in\n"
    "    \\=*) names=(${(s: :)kind#=}); compadd -a names; return ;;\n"
    "    DIR) _files -/; return ;;\n"
    "    FILE) _files; return ;;\n"
    "    VALUE) return ;;\n"
    "    esac\n"
    "    _describe -o option described\n"
    "    [[ ${words[CURRENT]} == -* ]] || _files\n"
    "}\n"
    "if [[ ${funcstack[1]} == _aann ]]; then _aann \"$@\"; else compdef _aann aann; fi\n";

static const char fish[] =
    "function __aann_words\n"
    "    set -l before (commandline -opc)\n"
    "    set -l lines ($before[1] completion words $before[2..3] 2>/dev/null)\n"
    "    for line in $lines\n"
    "        set -l fields (string split \\t -- $line)\n"
    "        if test (count $before) -gt 1; and test \"$fields[1]\" = \"$before[-1]\"\n"
    "            switch \"$fields[2]\"\n"
    "            case '=*'\n"
    "                string split ' ' -- (string sub -s 2 -- $fields[2])\n"
    "                return\n"
    "            case DIR\n"
    "                __fish_complete_directories (commandline -ct)\n"
    "                return\n"
    "            case FILE\n"
    "                __fish_complete_path (commandline -ct)\n"
    "                return\n"
    "            case VALUE\n"
    "                return\n"
    "            end\n"
    "        end\n"
    "    end\n"
    "    for line in $lines\n"
    "        set -l fields (string split \\t -- $line)\n"
    "        printf '%s\\t%s\\n' $fields[1] $fields[3]\n"
    "    end\n"
    "    if test (count $before) -gt 1; and not string match -q -- '-*' (commandline -ct)\n"
    "        __fish_complete_path (commandline -ct)\n"
    "    end\n"
    "end\n"
    "complete -c aann -f -a '(__aann_words)'\n";

int cli_completion(int count, char **texts)
{
    static const struct {
        const char *name;
        const char *script;
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    const cli_option options[] = {{0}};
    const char *positional[1];
    const cli_syntax syntax = {
        "completion", "bash|zsh|fish", description, options, positional, 1, 1, NULL};
    int status;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(positional[0], shells[i].name) == 0) {
            fwrite(shells[i].script, 1, strlen(shells[i].script), stdout);
            return cli_finish_output(CLI_GOOD);
        }
    }
    return cli_usage_error("completion: expected bash, zsh or fish, not '%s'", positional[0]);
}
