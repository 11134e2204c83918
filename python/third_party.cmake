# The libraries that the wheel has compiled in, as the targets that cmake/dependencies.cmake looks for.

set(third_party ${CMAKE_CURRENT_SOURCE_DIR}/third_party)
if(NOT EXISTS ${third_party}/sqlite3/sqlite3.c)
    message(STATUS "python/third_party is empty: using this machine's SQLite, zlib, jansson and xxHash")
    return()
endif()
find_package(Threads REQUIRED)

function(aann_third_party name)
    add_library(third_party_${name} STATIC ${ARGN})
    set_target_properties(third_party_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
    target_compile_options(third_party_${name} PRIVATE -w -O2 -ffunction-sections -fdata-sections)
    target_include_directories(third_party_${name} SYSTEM PUBLIC ${third_party}/${name})
    add_library(PkgConfig::${name} ALIAS third_party_${name})
endfunction()

aann_third_party(sqlite3 ${third_party}/sqlite3/sqlite3.c)
target_compile_definitions(third_party_sqlite3 PRIVATE SQLITE_THREADSAFE=1 SQLITE_OMIT_LOAD_EXTENSION
    SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE SQLITE_DEFAULT_MEMSTATUS=0 HAVE_FDATASYNC=1 HAVE_USLEEP=1
    SQLITE_HAVE_ISNAN=1)
target_link_libraries(third_party_sqlite3 PRIVATE Threads::Threads m)

file(GLOB zlib_sources ${third_party}/zlib/*.c)
aann_third_party(zlib ${zlib_sources})
target_compile_definitions(third_party_zlib PRIVATE HAVE_UNISTD_H HAVE_STDARG_H Z_HAVE_UNISTD_H)

file(GLOB jansson_sources ${third_party}/jansson/*.c)
aann_third_party(jansson ${jansson_sources})
target_compile_definitions(third_party_jansson PRIVATE HAVE_CONFIG_H)

add_library(third_party_xxhash INTERFACE)
target_include_directories(third_party_xxhash SYSTEM INTERFACE ${third_party}/libxxhash)
add_library(PkgConfig::libxxhash ALIAS third_party_xxhash)
