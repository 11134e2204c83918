"""How Sphinx builds the site: scripts/build_docs.sh.

The source folder is the repository's, so that the pages about Python and those about the library,
its formats and its search are one site, with links that lead where they lead in a checkout.
"""

import aann

project = "aann"
author = "the authors of aann"
version = release = aann.__version__
root_doc = "docs/python/index"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
include_patterns = ["docs/**"]
exclude_patterns = ["docs/README.md", "docs/notes/README.md", "build*", "src", "tests", "python"]

html_theme = "alabaster"
html_title = f"aann {release}"
html_theme_options = {"description": "Families of sparse networks with weights -1, 0 and +1"}
html_show_copyright = False

# Headings have the anchors that forges give them.
myst_heading_anchors = 4

# Links into the repository (headers, examples) lead out of the site; tests/rules/test_docs.py follows
# them. Blocks of notation, such as of networks, have no lexer. What comes before a colon in the text
# of a property is no type, as napoleon believes.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure", "ref.python"]

# Notebooks are executed at each build, and an exception in one fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": True}

# Names of the package that types refer to only while they are checked.
napoleon_use_rtype = False


def end_parameters(app, what, name, obj, options, lines) -> None:
    """Begins a new section where text follows the list of parameters; each of those ends in ":"."""
    listed = False
    for i in reversed(range(1, len(lines))):
        if set(lines[i]) == {"-"} and lines[i - 1] in ("Parameters", "Attributes"):
            listed = True
            begin = i + 1
            break
    if not listed:
        return
    for i in range(begin, len(lines)):
        line = lines[i]
        heading = i + 1 < len(lines) and set(lines[i + 1]) == {"-"}
        if line and not line[0].isspace() and not line.endswith(":") and not lines[i - 1].strip():
            if not heading:
                lines[i:i] = ["Notes", "-----", ""]
            return


def setup(app) -> None:
    app.connect("autodoc-process-docstring", end_parameters, priority=100)


def has_torch() -> bool:
    """Whether what needs PyTorch can be executed and documented here."""
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


if not has_torch():
    autodoc_mock_imports = ["torch"]
    nb_execution_excludepatterns = ["docs/python/notebooks/pytorch.md"]
