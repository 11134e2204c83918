# Tests, found by name:
#   tests/<folder>/test_<name>.c     one cmocka executable, <folder>_<name>, linked with the library and with
#                                    tests/<folder>/support_*.c, which are compiled once
#   tests/<folder>/test_<name>.sh    run by bash, <folder>_<name>_sh
#   tests/<folder>/test_<name>.py    run by python3, <folder>_<name>_py
#   tests/<folder>/test_<name>.mjs   run by node, <folder>_<name>_mjs
# A test may say in its first 20 lines, in a comment:
#   ctest-labels: threads slow       labels besides its folder's name; "threads" tests also run under tsan
#                                    "release" tests, about equal results alone, do not run under sanitizers
#   ctest-timeout: 300               seconds; 120 unless said
#   ctest-needs: data study          folders of src/ besides its own: left out if one of them is not built
#   ctest-serial: yes                nothing else runs meanwhile (tests of time or of the machine's limits)
# Tests see AANN (the program), AANN_SOURCE_DIR and AANN_BINARY_DIR in the environment; C tests see the last
# two also as macros. Exit status 77 of a script means "skipped".

# The value of "<key>: value" in the head of a test, as a list.
function(aann_test_setting file key result)
    file(STRINGS ${file} lines LIMIT_COUNT 20)
    set(value)
    foreach(line IN LISTS lines)
        if(line MATCHES "${key}:[ ]*([A-Za-z0-9_ ]+)")
            string(STRIP "${CMAKE_MATCH_1}" value)
            string(REPLACE " " ";" value "${value}")
        endif()
    endforeach()
    set(${result} "${value}" PARENT_SCOPE)
endfunction()

# With parts left out of the build, only the tests of what is there make sense.
function(aann_test_is_possible file folder result)
    aann_test_setting(${file} "ctest-needs" needs)
    if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/src/${folder})
        list(APPEND needs ${folder})
    endif()
    set(${result} TRUE PARENT_SCOPE)
    foreach(need IN LISTS needs)
        if(NOT need IN_LIST AANN_FOLDERS)
            set(${result} FALSE PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

# Labels of a test file: its folder and what it says.
function(aann_test_labels file result)
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)
    aann_test_setting(${file} "ctest-labels" labels)
    set(${result} ${folder} ${labels} PARENT_SCOPE)
endfunction()

# Registers `name`, run by the rest of the arguments, with the settings found in `file`.
function(aann_register_test name file)
    add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
    aann_test_labels(${file} labels)
    aann_test_setting(${file} "ctest-timeout" timeout)
    aann_test_setting(${file} "ctest-serial" serial)
    if(NOT timeout)
        set(timeout 120)
    endif()
    if(AANN_SANITIZE)
        math(EXPR timeout "${timeout} * 4")
    endif()
    if(CMAKE_CROSSCOMPILING) # under an emulator
        math(EXPR timeout "${timeout} * 10")
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout} SKIP_RETURN_CODE 77)
    # Tests that may take longest start first, so that none of them runs alone at the end.
    set_tests_properties(${name} PROPERTIES COST ${timeout})
    if(serial)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
        "AANN=${PROJECT_BINARY_DIR}/aann;AANN_SOURCE_DIR=${PROJECT_SOURCE_DIR};AANN_BINARY_DIR=${PROJECT_BINARY_DIR};CC=${CMAKE_C_COMPILER};AANN_SANITIZE=${AANN_SANITIZE};LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/leaks.txt:print_suppressions=0")
endfunction()

# What all C of the tests is compiled with.
function(aann_test_compile_settings target)
    aann_compile_settings(${target})
    # A test asserts: never compile its checks away.
    target_compile_options(${target} PRIVATE -UNDEBUG)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${target} PRIVATE
        AANN_SOURCE_DIR="${PROJECT_SOURCE_DIR}" AANN_BINARY_DIR="${PROJECT_BINARY_DIR}")
endfunction()

# What the tests of a folder share, support_*.c, as objects; empty without.
function(aann_test_support folder result)
    cmake_path(GET folder FILENAME name)
    set(target aann_test_support_${name})
    if(NOT TARGET ${target})
        file(GLOB sources CONFIGURE_DEPENDS ${folder}/support_*.c)
        if(NOT sources)
            set(${result} "" PARENT_SCOPE)
            return()
        endif()
        add_library(${target} OBJECT ${sources})
        aann_test_compile_settings(${target})
        target_link_libraries(${target} PRIVATE aann_inside PkgConfig::cmocka)
    endif()
    set(${result} $<TARGET_OBJECTS:${target}> PARENT_SCOPE)
endfunction()

function(aann_add_c_test name file)
    cmake_path(GET file PARENT_PATH folder)
    aann_test_support(${folder} support)
    add_executable(${name} ${file} ${support})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    aann_test_compile_settings(${name})
    if(CMAKE_CROSSCOMPILING) # an emulator takes fifty times as long
        target_compile_definitions(${name} PRIVATE AANN_EMULATED=1)
    endif()
    target_link_libraries(${name} PRIVATE aann_inside PkgConfig::cmocka Threads::Threads m)
    if(TARGET aann_cli AND name MATCHES "^cli_")
        target_link_libraries(${name} PRIVATE aann_cli)
    endif()
    # Tests look behind the public API with the libraries that the library itself uses.
    get_target_property(modules aann AANN_MODULES)
    foreach(module IN LISTS modules)
        target_link_libraries(${name} PRIVATE PkgConfig::${module})
    endforeach()
    aann_register_test(${name} ${file} ${name})
endfunction()

# A machine can have several python3; the tests want one with numpy.
function(aann_python_has_numpy result path)
    execute_process(COMMAND ${path} -c "import numpy" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
    if(failed)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

# The library by which tests make the n-th write, read, allocation, ... of the program fail. It stands before glibc's
# functions, and has no place beside a sanitizer's.
function(aann_add_fault_library)
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT AANN_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
        add_library(aann_fault MODULE ${PROJECT_SOURCE_DIR}/tests/torture/fault.c)
        set_target_properties(aann_fault PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
        target_link_libraries(aann_fault PRIVATE ${CMAKE_DL_LIBS})
    endif()
endfunction()

function(aann_add_tests)
    aann_find_module(cmocka)
    aann_add_fault_library()
    find_program(AANN_PYTHON python3 VALIDATOR aann_python_has_numpy)
    if(NOT AANN_PYTHON)
        message(STATUS "No python3 with numpy: the tests in Python are left out")
    endif()
    find_program(AANN_BASH bash)
    find_program(AANN_NODE node)
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/*/test_*)
    foreach(file IN LISTS files)
        cmake_path(GET file PARENT_PATH folder)
        cmake_path(GET folder FILENAME folder)
        cmake_path(GET file STEM name)
        cmake_path(GET file EXTENSION LAST_ONLY kind)
        string(REGEX REPLACE "^test_" "" name ${name})
        set(name ${folder}_${name})
        if(IS_DIRECTORY ${file} OR folder STREQUAL "python") # those are pytest's: scripts/check_python.sh
            continue()
        endif()
        aann_test_is_possible(${file} ${folder} possible)
        if(NOT possible)
            continue()
        endif()
        aann_test_labels(${file} labels)
        if(AANN_TEST_LABEL AND NOT AANN_TEST_LABEL IN_LIST labels)
            continue()
        endif()
        if(kind STREQUAL ".c")
            aann_add_c_test(${name} ${file})
        elseif(kind STREQUAL ".sh" AND AANN_BASH)
            aann_register_test(${name}_sh ${file} ${AANN_BASH} ${file})
        elseif(kind STREQUAL ".py" AND AANN_PYTHON)
            aann_register_test(${name}_py ${file} ${AANN_PYTHON} ${file})
        elseif(kind STREQUAL ".mjs" AND AANN_NODE)
            aann_register_test(${name}_mjs ${file} ${AANN_NODE} ${file})
        endif()
    endforeach()
endfunction()
