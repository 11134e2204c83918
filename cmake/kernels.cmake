# The kernels: src/engine/kernels/*.c and src/car/kernels/*.c are compiled once per instruction set, from the same C.
#
# Each compilation sees AANN_ISA=<name> (baseline, avx2, avx512, neon), to be used as a suffix of every name with
# external linkage. The rest of the engine sees AANN_HAVE_<NAME> for each instruction set that exists in
# this build, and chooses at run time (src/engine/dispatch.c).
#
# Kernels are -O3. Under the address sanitizer they are -O1: its checks leave little to vectorise, the tests take as
# long, and the compiler needs 2 seconds for units.c instead of more than a minute. What it sees itself, reads and
# writes through NULL or beyond an object, is not checked a second time for every access: a search takes 3/4 as long.
# Maxima of vectors are written with operators there, since loops over lanes would stay loops (vectors.h).
# What C leaves undefined is looked for in the baseline alone, which is compiled from the same sources.

set(AANN_KERNEL_ISAS "neon;baseline;avx2;avx512" CACHE STRING
    "Instruction sets to build kernels for, of those that processor and compiler know")

string(FIND "${AANN_SANITIZE}" address aann_address_at)
set(aann_kernel_options -O3)
if(AANN_FUZZ OR NOT aann_address_at EQUAL -1)
    set(aann_kernel_options -O1 -fno-sanitize=null,object-size,pointer-overflow -DAANN_CHECKED_KERNELS)
endif()

# aann_add_kernel_isa(<target> <objects> <name> <flags>...): one more instruction set, if the compiler knows all the
# flags. <target> hears of it, and the variable <objects> has its objects appended.
function(aann_add_kernel_isa target objects isa)
    if(NOT isa IN_LIST AANN_KERNEL_ISAS)
        return()
    endif()
    string(TOUPPER ${isa} upper)
    if(ARGN)
        list(JOIN ARGN " " flags)
        check_c_compiler_flag("${flags}" AANN_COMPILER_KNOWS_${upper})
        if(NOT AANN_COMPILER_KNOWS_${upper})
            return()
        endif()
    endif()
    add_library(aann_kernels_${isa} OBJECT ${aann_kernel_sources})
    aann_library_settings(aann_kernels_${isa})
    target_compile_options(aann_kernels_${isa} PRIVATE ${aann_kernel_options} ${ARGN})
    if(AANN_SANITIZE AND NOT isa MATCHES "^(baseline|neon)$")
        target_compile_options(aann_kernels_${isa} PRIVATE -fno-sanitize=undefined)
    endif()
    target_compile_definitions(aann_kernels_${isa} PRIVATE AANN_ISA=${isa} AANN_ISA_${upper}=1)
    target_compile_definitions(${target} PRIVATE AANN_HAVE_${upper}=1)
    list(APPEND ${objects} $<TARGET_OBJECTS:aann_kernels_${isa}>)
    set(${objects} ${${objects}} PARENT_SCOPE)
endfunction()

# All of them: <target> is the rest of the library.
function(aann_add_kernels target objects)
    file(GLOB aann_kernel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/engine/kernels/*.c
        ${PROJECT_SOURCE_DIR}/src/car/kernels/*.c)
    if(NOT aann_kernel_sources)
        return()
    endif()
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
        # NEON is part of every AArch64, so it is the baseline there.
        aann_add_kernel_isa(${target} ${objects} neon)
    else()
        aann_add_kernel_isa(${target} ${objects} baseline)
    endif()
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        aann_add_kernel_isa(${target} ${objects} avx2 -mavx2 -mbmi2)
        aann_add_kernel_isa(${target} ${objects} avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mbmi2
            -mprefer-vector-width=512)
    endif()
    set(${objects} ${${objects}} PARENT_SCOPE)
endfunction()
