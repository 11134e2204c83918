"""The table of options: as a page of the documentation, as JSON, and on the command line of a search."""
import json
import sqlite3

from program import SEARCH, SOURCE, answer, good, main, refused

USAGE = 2
ELSEWHERE = {"regression", "reward_tracks", "reward_first_track", "threads", "isa"}


def table():
    return answer("options")["options"]


def test_page():
    page = (SOURCE / "docs" / "options.md").read_text(encoding="utf-8")
    assert good("options", "--markdown") == page, "docs/options.md is old: aann options --markdown > docs/options.md"


def test_table():
    rows = table()
    printed = good("options")
    assert len(rows) >= 30
    for row in rows:
        assert f"  {row['name']} " in printed and row["help"] in printed, row
        assert ("choices" in row) == (row["type"] in ("method", "isa")), row
        assert ("minimum" in row) == (row["type"] not in ("method", "isa", "bool")), row
    assert {row["name"] for row in rows if not row["determines_result"]} == {"threads", "isa"}
    by_name = {row["name"]: row for row in rows}
    assert by_name["steps"]["default"] == 400000 and by_name["strata"]["maximum"] == 16
    refused(USAGE, "exclude each other", "options", "--json", "--markdown")


def typed(row):
    return ("--no-" if row["type"] == "bool" and row["default"] else "--") + row["name"].replace("_", "-")


def test_command_line():
    """Every option is in the help of a search, and its limits are those of the table."""
    lines = good("search", "--help")
    for row in table():
        if row["name"] in ELSEWHERE:
            continue
        assert f"  {typed(row)} " in lines or f"  {typed(row)}\n" in lines, row
        if "minimum" in row:
            beyond = str(row["minimum"] - 1)
            refused(USAGE, f"{typed(row)}: '{beyond}' is not .* in range; expected", *SEARCH, typed(row), beyond)
            if row["maximum"] < 1e18:
                beyond = str(int(row["maximum"]) + 1)
                refused(USAGE, f"{typed(row)}: '{beyond}' is not .* in range; expected", *SEARCH, typed(row), beyond)
        elif "choices" in row:
            refused(USAGE, f"{typed(row)}: 'none' .* expected {row['choices'][0]}", *SEARCH, typed(row), "none")
        else:
            refused(USAGE, "takes no value", *SEARCH, f"{typed(row)}=1")


def test_what_is_typed_is_stored():
    values = {"temperature": 2e-4, "cooling": 1.0, "loss_scale": 7.5, "rejection_z": 1.5, "within_unit": 0.7,
              "layer_share": [1.0, 2.0, 3.0], "first_check": 5, "strata": 4, "arrange_interval": 100,
              "first_samples": 128, "growth": 0.25, "jitter": 1, "copies": 2, "copy_shift": 0.5, "copy_warp": 0.05,
              "population": 12, "tournament": 2, "crossover": 0.75, "mutations": 4, "output_scale": 2.0}
    words = []
    for name, value in values.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        words += [f"--{name.replace('_', '-')}", text]
    good(*SEARCH, "--steps", "3e2", *words, "--no-adapt-layers", "--study", "typed.aann")
    stored = json.loads(sqlite3.connect("typed.aann").execute("SELECT options FROM family").fetchone()[0])
    assert stored["steps"] == 300 and stored["adapt_layers"] is False
    for name, value in values.items():
        assert stored[name] == value, (name, stored[name], value)


def test_user_above_task():
    """A task has defaults that differ from those of all searches; what is typed stands above both."""
    assert "output_scale 24" in good("options")
    good("car", "record", "--episodes", 2, "--every", 40, "--out", "drives.npz")
    for words, expected in (([], {"cooling": 1.0, "output_scale": 24.0, "temperature": 1e-4}),
                            (["--cooling", 2, "--output-scale", 1], {"cooling": 2.0, "output_scale": 1.0}),
                            (["--target-weight", "1,2,0.5"], {"cooling": 1.0, "target_weight": [1.0, 2.0, 0.5]})):
        good("search", "carracing", "--data", "drives.npz", "--net", "8C7s6-3", "--steps", 40, *words, "--study", "d.aann")
        rows = sqlite3.connect("d.aann").execute("SELECT options FROM family ORDER BY id").fetchall()
        stored = json.loads(rows[-1][0])
        for name, value in expected.items():
            assert stored[name] == value, (words, name, stored[name], value)
        assert len(stored["target_weight"]) == 3 and min(stored["target_weight"]) > 0, stored
    refused(USAGE, "--target-weight: 2 numbers for 3 targets", "search", "carracing", "--data", "drives.npz",
            "--net", "8C7s6-3", "--target-weight", "1,2", "--study", "d.aann")


def test_lists_have_a_number_for_each():
    refused(USAGE, "--layer-share: 2 numbers for 3 layers", *SEARCH, "--layer-share", "1,2", "--study", "never.aann")
    refused(USAGE, "--target-weight: 1 numbers for 0 targets", *SEARCH, "--target-weight", "1", "--study", "never.aann")


if __name__ == "__main__":
    main(globals())
