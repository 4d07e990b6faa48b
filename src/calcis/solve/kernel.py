"""Where does compiled code come from?  From the disk cache if it can, else from LLVM.

The cache is keyed by the IR, the processor and the LLVM version.  Files are written under another
name and renamed, so two processes may write at once; a damaged file is compiled anew.
"""

from __future__ import annotations

import ctypes
import hashlib
from dataclasses import dataclass, field
from typing import Any

from calcis.cache import cache_folder, keep, kept
from calcis.solve.step_ir import Layout, module_text
from calcis.solve.system import System
from calcis.solve.tableau import RODAS5P, Tableau

FUNCTIONS = ("prepare", "observe", "slope", "step", "dense", "locate")


@dataclass(frozen=True)
class Kernel:
    """Compiled functions of a system; `address` maps each of FUNCTIONS to its entry point.

    `key` identifies what was compiled, and for which processor.
    """

    system: System
    method: Tableau
    layout: Layout
    address: dict[str, int]
    key: str
    _engine: Any = field(repr=False)  # owns the machine code


def compile_system(system: System, method: Tableau = RODAS5P) -> Kernel:
    """Compile a system, or load it from the cache."""
    text, layout = module_text(system, method)
    engine, key = machine_code(text)
    address = {name: engine.get_function_address(name) for name in FUNCTIONS}
    return Kernel(system, method, layout, address, key, engine)


def processor() -> str:
    """Name and features of the processor that kernels are compiled for."""
    import llvmlite.binding as llvm

    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


def machine_code(text: str) -> tuple[Any, str]:
    """An engine with the compiled functions of an LLVM module, from the cache if it can; and its key."""
    import llvmlite
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=1
    )
    key = hashlib.sha256(
        "\n".join(
            [text, processor(), llvmlite.__version__, ".".join(map(str, llvm.llvm_version_info))]
        ).encode()
    ).hexdigest()
    path = cache_folder() / f"{key}.o"
    code = kept(path)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    if code is None:
        code = machine.emit_object(llvm.parse_assembly(text))
        keep(path, code)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine, key


def call(address: int, *arrays: Any) -> None:
    """Call a kernel function on NumPy arrays of float64."""
    prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arrays))
    prototype(address)(*(array.ctypes.data for array in arrays))
