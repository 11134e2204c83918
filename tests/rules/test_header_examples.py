"""Every example in the comment of a public header compiles.

An example is what stands in a comment, indented by five columns and more after the star, as long as a statement is in
it (tables of words look alike, but end no line in a semicolon). Each becomes a function, with an aann_error named `error` and the names of the table
below as parameters, and is compiled with all warnings as errors. Functions at the beginning of an example stay
functions.

Usage: test_header_examples.py [ROOT]
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# What an example may use without declaring it: what the text around it, or common sense, says it is.
PARAMETERS = """
aann_study *study, const aann_samples *train, const aann_samples *samples, const aann_samples *test, aann_spec spec,
aann_network *network, const aann_network *const *networks, int32_t count, int32_t threads, uint64_t seed,
uint64_t member, int8_t *input, int32_t *logits, const float *values, aann_dataset *dataset,
aann_family_data *data, aann_family_plan plan, aann_family_work work, const aann_network *from, const aann_network *to,
aann_car *car, uint8_t *pixels, uint8_t *view, aann_car_outputs outputs, aann_car_action action,
aann_car_result result, void *pattern, aann_search_options options, aann_search *search, aann_sampler *sampler, int32_t rows, const double *steps, const double *accuracy
"""

INCLUDES = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include \"aann/aann.h\"\n"


def blocks(text):
    """(line number, lines) of every indented part of a comment with a statement in it."""
    found, current, first = [], [], 0
    for number, line in enumerate(text.splitlines() + [""], start=1):
        match = re.match(r" \*( {5,}\S.*)$", line)
        if match:
            first = first if current else number
            current.append(match.group(1))
        elif current and re.match(r" \*$", line):
            current.append("")  # a blank line inside an example
        else:
            if any(re.search(r"[;{](\s*//.*)?$", row) for row in current):
                found.append((first, current))
            current = []
    return found


def split(lines):
    """The functions at the beginning of an example, and the rest."""
    margin = min(len(line) - len(line.lstrip()) for line in lines if line)
    code = [line[margin:] for line in lines]
    end = 0
    while True:
        start = end
        while start < len(code) and (not code[start] or code[start].startswith("//")):
            start += 1
        if start == len(code) or not re.match(r"static [^=;]*\([^;]*$", code[start]) or "}" not in code[start:]:
            return lines[:end], lines[end:]
        end = code.index("}", start) + 1


def translation_unit(headers):
    parts = [INCLUDES]
    parts += [f'#include "aann/{header.name}"\n' for header in headers]
    count = 0
    for header in headers:
        for first, lines in blocks(header.read_text(encoding="utf-8")):
            count += 1
            functions, statements = split(lines)
            parts.append(f'#line {first} "{header}"\n' + "\n".join(functions) + "\n")
            first += len(functions)
            parts.append(f"void example_{count}({PARAMETERS.strip()});\n"
                         f"void example_{count}({PARAMETERS.strip()})\n{{\naann_error error;\n(void)error;\n{{\n"
                         f'#line {first} "{header}"\n' + "\n".join(statements) + "\n}\n}\n")
    return "".join(parts), count


def compile_unit(text, root):
    """What the compiler says; empty if all is well."""
    with tempfile.NamedTemporaryFile("w", suffix=".c", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        # An example may end in a variable that the reader goes on with.
        done = subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-Wall", "-Werror", "-Wno-unused-variable",
                               "-Wno-unused-but-set-variable", "-fsyntax-only", "-I", root / "include", file.name],
                              capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr


def check_the_checker(root):
    with tempfile.TemporaryDirectory() as name:
        header = pathlib.Path(name) / "sample.h"

        def said(comment):
            header.write_text(f"/* Text.\n{comment} * */\n", encoding="utf-8")
            text, count = translation_unit([header])
            text = text.replace('#include "aann/sample.h"\n', "")
            return count, compile_unit(text, root)

        if said(" *     aann_free(NULL); // a word\n") != (1, ""):
            sys.exit("the checker is broken: it refuses a good example")
        if said(" *     table    of words\n *   and more;\n") != (0, ""):
            sys.exit("the checker is broken: it takes a table for an example")
        count, complaint = said(" *     aann_unknown(&error);\n *\n *     aann_free(NULL);\n")
        if count != 1 or "sample.h:2" not in complaint:
            sys.exit(f"the checker is broken: {complaint}")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AANN_SOURCE_DIR", ".")).resolve()
    check_the_checker(root)
    text, count = translation_unit(sorted((root / "include" / "aann").glob("*.h")))
    complaint = compile_unit(text, root)
    if complaint:
        sys.exit(complaint)
    if count < 8:
        sys.exit(f"only {count} examples found: have they all gone?")
    print(f"{count} examples compile")


if __name__ == "__main__":
    main()
