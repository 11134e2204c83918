# Compiler settings that every target of ours shares.

include(CheckCCompilerFlag)

# Losses are compared to the bit between machines: no fused multiply-add anywhere, no -ffast-math.
add_compile_options(-ffp-contract=off)
# Under sanitizers, reports name functions and lines (-g1); what variables hold would take twice the time to compile.
if(AANN_SANITIZE)
    add_compile_options(-fsanitize=${AANN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
    add_link_options(-fsanitize=${AANN_SANITIZE})
endif()
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")

function(aann_compile_settings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
    # Messages of an aann_error are cut to fit, on purpose; gcc warns of each.
    check_c_compiler_flag(-Wformat-truncation AANN_COMPILER_KNOWS_FORMAT_TRUNCATION)
    if(AANN_COMPILER_KNOWS_FORMAT_TRUNCATION)
        target_compile_options(${target} PRIVATE -Wno-format-truncation)
    endif()
    if(AANN_WARNINGS_AS_ERRORS)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    # C17 without extensions hides POSIX; these bring it back, with 64-bit file sizes everywhere.
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE
        _FILE_OFFSET_BITS=64)
endfunction()

# Those and what only the library's sources have: nothing is exported unless it says AANN_API.
function(aann_library_settings target)
    aann_compile_settings(${target})
    set_target_properties(${target} PROPERTIES C_VISIBILITY_PRESET hidden)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
endfunction()
