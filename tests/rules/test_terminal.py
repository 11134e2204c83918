"""A stranger's text reaches a terminal only through cli_print and cli_print_to (src/cli/shared/text.h), which escape it.

So in the program no printf or fprintf may have a %s, and no puts or fputs anything but a literal; what is exempt is
listed with its reason. The test first checks itself on lines that break the rule.

Usage: test_terminal.py [ROOT]
"""
import pathlib
import re
import sys

# (file, call) -> why it may.
EXEMPT = {
    ("options.c", "printf("): "the program's own help, with its line breaks",
    ("experiment.c", "fputs(paper_default_settings"): "the program's own settings, with their line breaks",
}
HOME = "text.c"
CALL = re.compile(r"(?<![A-Za-z0-9_])(printf|fprintf|puts|fputs|vprintf|vfprintf)\(")
TEXT = re.compile(r"%[-+ #0]*[0-9*]*(?:\.[0-9*]+)?s")


def arguments(text, start):
    """The text of a call's arguments, from after its opening to its closing parenthesis."""
    depth, quoted, i = 1, False, start
    while depth > 0:
        if text[i] == "\\":
            i += 1
        elif text[i] == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(text[i], 0)
        i += 1
    return text[start:i - 1]


def violations(name, text):
    for match in CALL.finditer(text):
        inside = arguments(text, match.end())
        literals = "~".join(re.findall(r'"((?:[^"\\]|\\.)*)"', inside))
        raw = match.group(1) in ("puts", "fputs", "vprintf", "vfprintf") and not inside.lstrip().startswith('"')
        if (raw or TEXT.search(literals.replace("%%", ""))) and not any(
                name == file and text[match.start():].startswith(call) for file, call in EXEMPT):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(1)}({inside.strip()[:50]}"


def check_itself():
    bad = ['printf("%s\\n", name);', 'fprintf(stderr, "(\\"%-8.8s)", name);', "puts(name);", "fputs(name, file);",
           'printf("%d "\n       "%*s", 1, 2, name);', "vprintf(format, list);"]
    fine = ['printf("%" PRId32 " steps", n);', 'printf("100 %%s\\n");', 'cli_print("%s", name);',
            'fputs("text", file);', 'snprintf(a, 2, "%s", b);']
    for line in bad:
        assert list(violations("a.c", line)), line
    assert not [line for line in fine if list(violations("a.c", line))]
    assert not list(violations("experiment.c", "fputs(paper_default_settings, stdout);"))


def main():
    check_itself()
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    files = sorted((root / "src" / "cli").rglob("*.[ch]"))
    assert len(files) > 50, "where is the program?"
    found = [line for file in files if file.name != HOME for line in violations(file.name, file.read_text())]
    for line in found:
        print(f"{line}: text of others goes through cli_print")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
