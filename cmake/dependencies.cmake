# Which folder of src/ uses which library. docs/dependencies.md says why, and names the Debian packages.

set(aann_dependencies_family jansson)
set(aann_dependencies_report jansson)
set(aann_dependencies_data zlib libarchive libpng libjpeg)
set(aann_dependencies_study sqlite3 zlib)
set(aann_dependencies_picture cairo)
set(aann_dependencies_cli jansson libarchive libcurl libpng libwebp libwebpmux)
# Of these only headers are used: they are compiled in, and nothing is linked.
set(aann_headers_core libxxhash)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# Finds a pkg-config module once and makes it PkgConfig::<module>. A project around this one may have made it already
# (python/third_party.cmake compiles libraries in).
function(aann_find_module module)
    if(NOT TARGET PkgConfig::${module})
        find_package(PkgConfig REQUIRED)
        pkg_check_modules(${module} REQUIRED QUIET GLOBAL IMPORTED_TARGET ${module})
    endif()
endfunction()

# Links `target` with what the folders need. A folder without sources, or one that is not named above, needs nothing.
# The modules of the library end up in the property AANN_MODULES, for aann.pc and aannConfig.cmake.
function(aann_link_dependencies target)
    target_link_libraries(${target} PRIVATE Threads::Threads m)
    set(modules)
    foreach(folder IN LISTS ARGN)
        file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.c
            ${PROJECT_SOURCE_DIR}/src/${folder}/*/*.c)
        if(sources)
            list(APPEND modules ${aann_dependencies_${folder}})
            foreach(module IN LISTS aann_headers_${folder})
                aann_find_module(${module})
                target_include_directories(${target} SYSTEM PRIVATE
                    $<TARGET_PROPERTY:PkgConfig::${module},INTERFACE_INCLUDE_DIRECTORIES>)
            endforeach()
        endif()
    endforeach()
    list(REMOVE_DUPLICATES modules)
    foreach(module IN LISTS modules)
        aann_find_module(${module})
        target_link_libraries(${target} PRIVATE PkgConfig::${module})
    endforeach()
    set_target_properties(${target} PROPERTIES AANN_MODULES "${modules}")
endfunction()
