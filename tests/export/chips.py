"""Chips in emulators: compiles an exported header for one, looks at the machine code, runs its self-test.

The header must have a self-test. Used by the tests and by bench/chips.py."""
import json
import pathlib
import re
import shutil
import subprocess

SUPPORT = pathlib.Path(__file__).resolve().parent / "chips"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-ffreestanding", "-fno-common"]
RUN_SECONDS = 120

# Instructions and helper functions that no exported network may have. Branches, loads and shifts are what remains.
FORBIDDEN = re.compile(
    r"^(mul|muls|mulu|mulsu|fmul\w*|mla|mls|[us]mul\w*|[us]mla\w*|[us]div|mulh\w*|divu?|remu?|v\w+|f(add|sub|ld|st|lw|sw|cvt)\S*)$")


class Chip:
    """A processor: its compiler, its flags, and the emulator that runs it."""

    def __init__(self, name, prefix, flags, support, link, emulator, unit="instructions"):
        self.name, self.prefix, self.flags = name, prefix, flags
        self.support, self.link, self.emulator, self.unit = support, link, emulator, unit

    def missing(self):
        """The first program that is not installed, or None."""
        wanted = [f"{self.prefix}gcc", f"{self.prefix}objdump", f"{self.prefix}nm", f"{self.prefix}size"]
        return next((program for program in wanted + self.emulator[:1] if not shutil.which(program)), None)

    def compile(self, folder, name, optimise):
        """The network alone as an object file: {flash, ram, undefined, forbidden}."""
        source = folder / f"{name}_alone.c"
        source.write_text(f'#include "{name}.h"\n'
                          f"void run(const {name}_input *input, int32_t *logits);\n"
                          f"void run(const {name}_input *input, int32_t *logits)\n"
                          "{\n"
                          f"    {name}_run(input, logits);\n"
                          "}\n", encoding="utf-8")
        built = folder / f"{name}_alone.o"
        run(f"{self.prefix}gcc", *STRICT, *self.flags, *optimise, "-c", source, "-o", built)
        # What AVR's start-up code does for every program.
        start = {"__do_clear_bss", "__do_copy_data"}
        undefined = set(re.findall(r"\bU (\S+)", run(f"{self.prefix}nm", "-u", built))) - start
        code = run(f"{self.prefix}objdump", "-d", "--no-show-raw-insn", built)
        used = {match for match in re.findall(r"^\s*[0-9a-f]+:\s+([a-z][a-z0-9.]*)", code, re.M)}
        forbidden = sorted(word for word in used if FORBIDDEN.match(word.split(".")[0]))
        return {**self.sizes(built), "undefined": sorted(undefined), "forbidden": forbidden}

    def linked_size(self, folder, name, optimise, more=()):
        """Flash and RAM of a program that only runs the network, without start-up code. `more` are flags and files."""
        source, program = folder / f"{name}_linked.c", folder / f"{name}_linked.elf"
        kind = "int8_t" if name == "cmsis" else "int32_t"
        source.write_text(f'#include "{name}.h"\n'
                          f"void begin(const {name}_input *input, {kind} *logits);\n"
                          f"void begin(const {name}_input *input, {kind} *logits)\n"
                          "{\n"
                          f"    {name}_run(input, logits);\n"
                          "}\n", encoding="utf-8")
        run(f"{self.prefix}gcc", "-std=gnu99", "-ffreestanding", *self.flags, *optimise, "-ffunction-sections",
            "-fdata-sections", "-I", folder, source, *more, "-nostdlib", "-Wl,--gc-sections", "-Wl,-e,begin",
            "-Wl,--no-warn-rwx-segments" if self.prefix != "avr-" else "-Wl,--gc-sections", "-o", program)
        return self.sizes(program)

    def sizes(self, built):
        """What sections of a program or an object file are in flash, and what in RAM."""
        size = {"flash": 0, "ram": 0}
        for section, count in re.findall(r"^(\.\S+)\s+(\d+)", run(f"{self.prefix}size", "-A", built), re.M):
            if section.startswith((".text", ".rodata", ".srodata", ".progmem", ".data", ".sdata")):
                size["flash"] += int(count)
            if section.startswith((".bss", ".sbss", ".data", ".sdata")):
                size["ram"] += int(count)
        return size

    def self_test(self, folder, name, optimise, more=()):
        """Runs the self-test: {tests, wrong, counted}. `more` are flags and files."""
        (folder / "names.h").write_text(f'#include "{name}.h"\n#define NETWORK(part) {name}_##part\n'
                                        f"#define NETWORK_TESTS {name.upper()}_TESTS\n", encoding="utf-8")
        program = folder / f"{name}_{self.name}.elf"
        run(f"{self.prefix}gcc", "-std=gnu99", "-ffreestanding", *self.flags, *optimise, "-I", folder, "-I", SUPPORT,
            SUPPORT / "main.c", SUPPORT / self.support, *more, *self.link, "-o", program)
        said = run(*self.emulator, program, both=True)
        found = re.search(r"\{\"tests\".*?\}", said)
        assert found, f"{self.name}: {said}"
        result = json.loads(found.group(0))
        return {**result, "counted": result["counted"] // result["tests"]}


def run(*command, both=False):
    """What a program says; it must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=RUN_SECONDS,
                          check=False, stdin=subprocess.DEVNULL, errors="replace")
    assert done.returncode == 0 or both, f"{command}: {done.stderr}"
    return done.stdout + (done.stderr if both else "")


def cortex(name, cpu, board, flash, ram, tick):
    """A Cortex-M. M0+ has no board of its own in QEMU; the M4's board runs its instructions."""
    return Chip(name, "arm-none-eabi-", ["-mthumb", f"-mcpu={cpu}", f"-DTICK_NS={tick}"], "cortex_m.c",
                ["-nostdlib", "-lgcc", "-T", SUPPORT / "cortex_m.ld", f"-Wl,--defsym=FLASH={flash}",
                 f"-Wl,--defsym=RAM={ram}", "-Wl,--no-warn-rwx-segments"],
                ["qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-icount", "shift=0",
                 "-semihosting-config", "enable=on,target=native", "-kernel"])


def riscv(name, arch, abi, cpu):
    """A 32-bit RISC-V."""
    return Chip(name, "riscv64-unknown-elf-", [f"-march={arch}", f"-mabi={abi}"], "riscv.c",
                ["-nostdlib", "-T", SUPPORT / "riscv.ld", "-Wl,--no-warn-rwx-segments"],
                ["qemu-system-riscv32", "-M", "virt", "-cpu", cpu, "-nographic", "-monitor", "none", "-bios", "none",
                 "-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel"])


CHIPS = {chip.name: chip for chip in (
    cortex("m0plus", "cortex-m0plus", "mps2-an386", "0", "0x20000000", 40),
    cortex("m4", "cortex-m4", "mps2-an386", "0", "0x20000000", 40),
    cortex("m33", "cortex-m33", "mps2-an505", "0x10000000", "0x38000000", 50),
    riscv("rv32imac", "rv32imac_zicsr", "ilp32", "rv32"),
    riscv("rv32ec", "rv32ec_zicsr", "ilp32e", "rv32,m=false,a=false,f=false,d=false"),
    Chip("avr", "avr-", ["-mmcu=atmega2560"], "avr.c", [],
         ["simavr", "-m", "atmega2560", "-f", "16000000"], "cycles"),
)}
